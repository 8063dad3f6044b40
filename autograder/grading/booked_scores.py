"""Whether the gradebook has of every cell the score that was booked: what anybody may have changed there since."""

from collections.abc import Iterator, Mapping

from nbgrader.api import MissingEntry

from autograder.grading.exports.grades import grade_rows, impossible_scores
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.gradebook import Gradebook

ROUNDING = 1e-9


def gradebook_problems(results: Mapping[str, Mapping[str, Result]], db_url: str) -> tuple[str, ...]:
    """In words, the automatic scores that are not those of the recorded results, and all scores that cannot be.

    Parameters
    ----------
    results : the last recorded result of every student, by assignment.

    Raises
    ------
    GradebookError
        When the gradebook cannot be opened.
    """
    found, names = [], set()
    with Gradebook(db_url) as gradebook:
        for assignment, known in sorted(results.items()):
            whole, notebook = _booked_as(gradebook, assignment)
            if not whole:
                found.append(f"{assignment} is not in it")
                continue
            names.add(whole)
            booked = gradebook.booked(whole, notebook)
            for student in sorted({*known, *booked}):
                scores = booked[student]["scores"] if student in booked else None
                found += [f"{student}, {assignment}: {why}" for why in _differing(known.get(student), scores)]
        found += impossible_scores(grade_rows(gradebook.database, names)) if names else []
    return tuple(found)


def _booked_as(gradebook: Gradebook, name: str) -> tuple[str, str]:
    """The assignment and the notebook that results of this name are of; empty where the gradebook has none."""
    parts = name.split(".")
    whole = [(".".join(parts[:end]), ".".join(parts[end:])) for end in range(1, len(parts))]
    for assignment, notebook in [(name, name), *whole]:
        try:
            gradebook.database.find_notebook(notebook, assignment)
        except MissingEntry:
            continue
        return assignment, notebook
    return "", ""


def _differing(result: Result | None, scores: Mapping[str, float | None] | None) -> Iterator[str]:
    """What the gradebook has otherwise than one student's result. Cells that a human reads have 0 points or none."""
    if scores is None:
        yield "graded, and not in it"
        return
    if result is None:
        if any(scores.values()):
            yield "it has automatic scores, and no verdict was recorded"
        return
    for cell, report in result.reports.items():
        booked = None if report.verdict == "grader_error" else report.score
        if cell not in scores or not _same(scores[cell], booked):
            yield f"{cell} has {_shown(scores.get(cell))} there, where {_shown(booked)} was booked"
    for cell in scores.keys() - result.reports.keys():
        if scores[cell]:
            yield f"{cell} has {_shown(scores[cell])} there, and no verdict was recorded"


def _same(one: float | None, other: float | None) -> bool:
    return one is other if None in (one, other) else abs(one - other) <= ROUNDING


def _shown(score: float | None) -> str:
    return "no automatic score" if score is None else f"{score:g}"
