"""Figures: the house style, pictures that are redrawn for each state of a widget, and what any lesson may show."""

from course_lib.figures.claims import claim_figure
from course_lib.figures.history import history_figure

__all__ = ["claim_figure", "history_figure"]
