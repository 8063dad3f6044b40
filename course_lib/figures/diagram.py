"""A page for diagrams: boxes, letters and arrows, forward and backward, in the house style."""

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch

from course_lib.figures import style
from course_lib.figures.style import CSS_PIXELS_PER_INCH, TEXT

BLUE, VERMILION = "#1d5fa3", "#b34700"  # of the house, but dark enough for letters
FORWARD = {"color": BLUE, "linestyle": "-"}
BACKWARD = {"color": VERMILION, "linestyle": (0, (4, 2))}
TEXT_SIZE = 9


class Page:
    """A figure without axes, in CSS pixels from its lower left corner."""

    def __init__(self, width, height):
        self.figure = Figure(figsize=(width / CSS_PIXELS_PER_INCH, height / CSS_PIXELS_PER_INCH), dpi=style.DPI)
        self._ax = self.figure.add_axes((0, 0, 1, 1))
        self._ax.set(xlim=(0, width), ylim=(0, height))
        self._ax.set_axis_off()
        self._width = width

    def text(self, x, y, text, color, ha="center"):
        self._ax.text(x, y, text, color=color, ha=ha, va="center", fontsize=TEXT_SIZE, linespacing=1.3)

    def box(self, x, y, width, height, text):
        frame = {"boxstyle": "round,pad=0,rounding_size=5", "facecolor": "#f4f4f4", "edgecolor": TEXT}
        self._ax.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height, **frame))
        self.text(x, y, text, TEXT)

    def circle(self, x, y, radius, text):
        self._ax.add_patch(Circle((x, y), radius, facecolor="#f4f4f4", edgecolor=TEXT))
        self.text(x, y, text, TEXT)

    def arrow(self, start, end, look):
        self.path([start, end], look)

    def path(self, corners, look):
        """Straight lines through the corners, with a head at the last one."""
        *before, last, end = corners
        self._ax.plot(*zip(*before, last, strict=True), linewidth=1.6, **look)
        head = {"arrowstyle": "-|>,head_width=0.25,head_length=0.5", "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
        self._ax.annotate("", end, last, arrowprops={**head, **look})

    def key(self, y, forward="forward", left=110):
        """What the two kinds of arrows mean."""
        for x, look, text in ((left, FORWARD, forward), (270, BACKWARD, "backward: gradients")):
            self.arrow((x, y - 14), (x + 40, y - 14), look)
            self.text(x + 48, y - 14, text, look["color"], ha="left")
