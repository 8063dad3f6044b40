"""Whether a figure can be seen as a whole on a narrow page."""

from course_lib.figures.picture import SHRINKS_TO, css, panels

NARROW = 448  # CSS pixels of a prediction's figure in a window of 900 pixels, with the file browser open


def fits_a_narrow_page(figure) -> bool:
    """Whether no panel has to be scrolled."""
    return all(round(css(columns) * SHRINKS_TO) <= NARROW for _, columns in panels(figure))
