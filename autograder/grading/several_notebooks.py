"""Assignments of several notebooks: each is graded by itself, and what came of all is put together here."""

from collections.abc import Sequence
from pathlib import Path

from autograder.grading.feedback_pages import update_feedback
from autograder.grading.grade import write_summary
from autograder.grading.records.gradebook import LatePenalty
from autograder.grading.reports.summary import Summary
from autograder.grading.reports.whole import combined, related
from autograder.grading.submissions.assignment import Assignment


def put_together(
    folder: Path,
    notebooks: Sequence[Assignment],
    summaries: Sequence[Summary],
    out: Path,
    db_url: str = "",
    late: LatePenalty | None = None,
) -> Summary:
    """Bring pages and summaries of the notebooks up to date with each other; write the summary of the assignment.

    Parameters
    ----------
    notebooks, summaries : all of one assignment, as they have just been graded, in that order.
    folder, out, db_url, late : as for ``grade_class``.
    """
    for notebook in notebooks[:-1]:  # graded before the others, of which their pages tell too
        update_feedback(folder, notebook, out, db_url, late=late)
    for summary in related(summaries):
        write_summary(out, summary)
    whole = combined(notebooks[0].booked_as, summaries)
    write_summary(out, whole)
    return whole
