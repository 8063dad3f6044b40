"""Who seems to have been graded before, under another name: of a folder that was renamed."""

from collections.abc import Iterable, Iterator

from autograder.grading.judging.grade_submission import Result


def renamed(results: dict[str, Result], new: Iterable[str], handed_in: Iterable[str]) -> Iterator[str]:
    """What to say of students who are new, while one with the very same submission has gone from the folder.

    Parameters
    ----------
    results : of the whole class, by student.
    new, handed_in : who was not known before, and all whose submissions were found.
    """
    gone = {results[student].basis.get("submission", ""): student for student in results.keys() - set(handed_in)}
    for student in sorted(new):
        before = gone.get(results[student].basis.get("submission", "-"))
        if before:
            yield (
                f"{student} is new, with the very submission of {before}, who is not in this folder: if {before} was "
                f"renamed, `course forget {before}` takes that name out of gradebook, pages and exports"
            )
