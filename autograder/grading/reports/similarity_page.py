"""The pairs that resemble each other as one HTML page, side by side, to be read offline."""

from autograder.grading.reports.feedback import render_page
from autograder.grading.reports.similarity import Similarities
from autograder.grading.reports.statistics_page import excerpt

MAX_SHOWN = 50  # pairs with their answers on the page
MAX_EXCERPTS = 8  # answers of one pair


def similarity_page(similarities: Similarities) -> str:
    """The page. Everything that a student wrote is escaped."""
    return render_page("similarity.html", s=similarities, shown=MAX_SHOWN, excerpts=MAX_EXCERPTS, excerpt=excerpt)
