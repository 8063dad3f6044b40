"""A weight after one step of a penalty alone: L1's proximal step, L1's sub-gradient step, L2."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import TEXT
from course_lib.functions.regularization import soft_threshold


def shrinkage_figure(t=0.5) -> Shown:
    """A weight after one step of each penalty alone against the weight before; ``t`` is the rate times the strength."""
    w = np.linspace(-1.5, 1.5, 301)
    steps = {"L1, proximal": soft_threshold(w, t), "L1, sub-gradient": w - t * np.sign(w), "L2": (1 - t) * w}
    figure, (ax,) = style.new_figure([1], height=3.5)
    style.label(ax, f"One step of the penalty alone, rate × strength = {t:g}", "weight before", "weight after")
    for (name, after), look in zip(steps.items(), style.distinct_styles(3), strict=True):
        # the sub-gradient step jumps at 0: a line across would say that it takes every value there
        shown = np.where(np.isclose(w, 0), np.nan, after) if "sub" in name else after
        ax.plot(w, shown, label=name, linewidth=1.6, markersize=4, markevery=30, **look)
    ax.plot(w, w, color=TEXT, linewidth=0.9, zorder=0)
    ax.text(1.0, 1.12, "unchanged", color=TEXT, fontsize=9, ha="right")
    ax.set(xlim=(-1.55, 1.55), ylim=(-1.55, 1.55))
    style.legend(ax)
    return show(
        figure,
        f"A weight after one step of a penalty alone, against the weight before; the rate times the strength is {t:g}. "
        f"L1's proximal step makes every weight from -{t:g} to {t:g} exactly 0, and takes {t:g} off the size of all "
        f"others. L1's sub-gradient step takes {t:g} off as well, and carries weights nearer than {t:g} to 0 across: "
        f"{t / 5:g} becomes {t / 5 - t:g}. L2's step multiplies each weight by {1 - t:g}, so that none becomes 0.",
    )
