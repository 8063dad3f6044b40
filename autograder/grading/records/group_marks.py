"""What a human gives to one member of a group holds for all who handed in the same, unless they got something else.

nbgrader knows no groups: formgrader shows the submission of each member, of which one is enough to be read.
"""

from collections.abc import Iterable, Mapping

from nbgrader.api import MissingEntry

from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.allowances import Allowances
from autograder.grading.submissions.assignment import Assignment


def share_marks(
    gradebook: Gradebook, assignment: Assignment, allowances: Allowances, results: Mapping[str, Result]
) -> dict[str, tuple[str, ...]]:
    """Give scores, extra credit and comments of one member to those of the others who wait for theirs.

    Parameters
    ----------
    results : by student; those of a group are the same submission, or are left alone.

    Returns
    -------
    dict
        By student, what to say of scores that differ within the group: who has graded two of them has the last word.
    """
    said: dict[str, tuple[str, ...]] = {}
    for group, members in allowances.groups(assignment.booked_as).items():
        same = [results[member].basis for member in members if member in results]
        if len(same) < 2 or len({(basis.get("submission"), basis.get("group")) for basis in same}) > 1:
            continue
        notebooks = list(_notebooks(gradebook, assignment, members))
        differing = _share_grades(notebooks)
        _share_comments(notebooks)
        texts = tuple(f"{cell}: members of {group} have other scores of a human ({each})" for cell, each in differing)
        said |= dict.fromkeys(members, texts) if texts else {}
    gradebook.commit("the scores of groups")
    return said


def _notebooks(gradebook: Gradebook, assignment: Assignment, members: Iterable[str]):
    for member in members:
        try:
            submission = gradebook.database.find_submission(assignment.booked_as, member)
        except MissingEntry:
            continue
        yield from ((member, book) for book in submission.notebooks if book.name == assignment.notebook)


def _share_grades(notebooks) -> list[tuple[str, str]]:
    """Cells in which members have other scores, and which."""
    differing = []
    by_cell: dict[str, list] = {}
    for member, notebook in notebooks:
        for grade in notebook.grades:
            by_cell.setdefault(grade.name, []).append((member, grade))
    for cell, grades in by_cell.items():
        read = [(m, g) for m, g in grades if g.manual_score is not None and not g.needs_manual_grade]
        given = {(grade.manual_score, grade.extra_credit or 0.0) for _, grade in read}
        if len(given) > 1:
            differing.append((cell, ", ".join(f"{member} {grade.manual_score:g}" for member, grade in read)))
        elif given:
            _, one = read[0]
            for _, grade in grades:
                if grade.manual_score is None or grade.needs_manual_grade:
                    grade.manual_score, grade.extra_credit = one.manual_score, one.extra_credit
                    grade.needs_manual_grade = False
    return sorted(differing)


def _share_comments(notebooks):
    by_cell: dict[str, list] = {}
    for _, notebook in notebooks:
        for comment in notebook.comments:
            by_cell.setdefault(comment.name, []).append(comment)
    for comments in by_cell.values():
        given = {comment.manual_comment for comment in comments if comment.manual_comment}
        if len(given) == 1:
            (text,) = given
            for comment in comments:
                comment.manual_comment = text
