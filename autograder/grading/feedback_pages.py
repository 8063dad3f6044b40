"""Bring the pages of students up to date with what the gradebook has by now, without grading anything."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from autograder.errors import UserError
from autograder.files import ROOT
from autograder.grading.grade import recorder
from autograder.grading.records.deadlines import settle
from autograder.grading.records.gradebook import LatePenalty
from autograder.grading.records.group_marks import share_marks
from autograder.grading.records.recording import Updated
from autograder.grading.records.results import results_file
from autograder.grading.submissions.allowances import read_allowances
from autograder.grading.submissions.assignment import Assignment, load_assignment
from autograder.grading.submissions.groups import handed_in


def update_feedback(
    folder: Path | None,
    assignment: str | Assignment,
    out: Path,
    db_url: str = "",
    *,
    late: LatePenalty | None = None,
    students: Collection[str] = (),
    ours_only: bool = False,
    root: Path = ROOT,
) -> Updated:
    """Write the pages anew on which something of the gradebook is missing: manual scores, comments, lateness.

    Parameters
    ----------
    folder : where the submissions are, with the pictures of the pages; they may be gone.
    assignment, out, db_url, late : as for ``grade_class``.
    students : only their pages; by default everybody's.
    ours_only : whether pages that nbgrader has made are left as they are.

    Raises
    ------
    FileNotFoundError
        When the assignment, or one of the students, was not graded in ``out``; else as ``grade_class``.
    """
    if isinstance(assignment, str):
        assignment = load_assignment(assignment, root)
    if not results_file(out, assignment.name).exists():
        raise FileNotFoundError(f"{out} has no results of {assignment.name}: run `course grade` first")
    allowances, submissions = read_allowances(out), {}
    if folder is not None and folder.exists():
        with suppress(FileNotFoundError):  # nothing of it is there any more
            submissions, _ = handed_in(folder, assignment, allowances)
    with recorder(out, assignment, db_url, late) as record:
        if unknown := set(students) - record.store.known.keys():
            raise UserError(f"nothing of {assignment.name} was graded of {', '.join(sorted(unknown))}: is it their id?")
        results = {student: result for student, (_, result) in record.store.known.items()}
        share_marks(record.gradebook, record.assignment, allowances, results)
        lateness = settle(record.gradebook, allowances, out, assignment.booked_as, submissions)
        return record.update_pages(submissions, lateness, students, ours_only=ours_only)
