"""What dropout does in training, forward and backward, and in evaluation."""

from course_lib.figures.diagram import BACKWARD, BLUE, FORWARD, Page
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import TEXT

ROWS, MIDDLE = (232, 186, 140, 94), 163  # of the hidden units and of the boxes, in pixels from below
MASK = (2, 0, 0, 2)


def dropout_diagram() -> Shown:
    """A layer of four units with dropout of one half: in training with its mask, and in evaluation."""
    page = Page(480, 320)
    for left, title, mask in ((32, "training, image 1", MASK), (278, "evaluation, every image", None)):
        page.text(left + 85, 300, title, TEXT)
        page.box(left, MIDDLE, 30, 36, "$x$")
        page.box(left + 170, MIDDLE, 36, 36, "out")
        for unit, y in enumerate(ROWS):
            factor = 1 if mask is None else mask[unit]
            name = f"$h_{unit + 1}$"
            page.circle(left + 85, y, 18, {0: "0", 1: name, 2: f"2{name}"}[factor])
            if not factor:
                continue
            slope = (y - MIDDLE) / 6
            for start, end in (
                ((left + 15, MIDDLE + slope), (left + 66, y - slope)),
                ((left + 104, y - slope), (left + 152, MIDDLE + slope)),
            ):
                aside = 5 if mask else 0  # room for the arrow back
                page.arrow((start[0], start[1] + aside), (end[0], end[1] + aside), FORWARD)
                if mask:
                    page.arrow((end[0], end[1] - aside), (start[0], start[1] - aside), BACKWARD)
    page.text(117, 56, f"mask {MASK}\nimage 2: another mask", BLUE)
    page.text(363, 64, "no draw, no factor", BLUE)
    page.key(32)
    return show(
        page.figure,
        "A layer of four hidden units with dropout of one half. In training, image 1 meets the mask (2, 0, 0, 2): "
        "forward, units 1 and 4 hand on twice their value, and units 2 and 3 hand on 0; backward, the same mask lets "
        "no gradient through to units 2 and 3. Image 2 has a mask of its own. In evaluation nothing is drawn: all four "
        "units hand on what they are, which is what each hands on in training on average.",
    )
