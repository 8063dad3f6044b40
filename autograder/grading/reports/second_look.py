"""Which students of a class deserve a second look, and why; none of it is a verdict."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.similarity import MIN_TOKENS, stream_of
from autograder.grading.submissions.assignment import Assignment

FAR = 3.5  # standard deviations of all residuals
FAR_SHARE = 0.6  # and at least so much of the points
MIN_TABLE = 5  # students, and exercises, before a score can be far from what the others lead to expect
MIN_EQUAL = 3  # answers that must be long enough to be compared, before equal notebooks are worth a look
MIN_TRIED = 3  # answers of which none passes
# Most urgent first: what was not graded at all, what may be an attempt to cheat, who may need help.
REMARKS = ("grader", "refused", "unreadable", "foreign", "reference", "tampered")
URGENCY = (*REMARKS, "equal", "blank", "stuck", "slow", "far")


@dataclass(frozen=True)
class SecondLook:
    """A student to look at, with what was noticed, most urgent first."""

    student: str
    score: float
    reasons: tuple[str, ...]


def second_looks(
    assignment: Assignment,
    results: list[Result],
    shares: np.ndarray,
    groups: Mapping[str, tuple[str, ...]] | None = None,
) -> list[SecondLook]:
    """Whom to look at, most urgent first, and among equals in the order of the results.

    Parameters
    ----------
    shares : array (student, exercise)
        The share of the points; NaN where nothing was graded.
    groups : who hands in together, and so the same.
    """
    together = {member: group for group, members in (groups or {}).items() for member in members}
    names = [exercise.name for exercise in assignment.exercises().values()]
    noticed = defaultdict(list)
    for found in (
        _each(results, names),
        _equal_notebooks(assignment, results, names, together),
        _far_scores(results, names, shares),
    ):
        for student, kind, reason in found:
            noticed[student].append((URGENCY.index(kind), reason))
    scores = {result.student: round(float(result.score), 2) for result in results}
    order = {result.student: i for i, result in enumerate(results)}
    students = sorted(noticed, key=lambda student: (min(noticed[student])[0], order[student]))
    return [
        SecondLook(student, scores[student], tuple(reason for _, reason in sorted(noticed[student])))
        for student in students
    ]


def _each(results: list[Result], names: list[str]) -> Iterator[tuple[str, str, str]]:
    """What can be seen of one student alone."""
    for result in results:
        for remark in result.remarks:
            if remark.kind in REMARKS:
                yield result.student, remark.kind, remark.text
        tried = [name for name in names if name not in result.blank]
        reports = result.reports.values()
        if names and reports and not tried:
            yield result.student, "blank", "every answer is blank"
        elif len(tried) >= MIN_TRIED and reports and not any(report.passed for report in reports):
            yield result.student, "stuck", f"answered {len(tried)} exercises, and none of them passes"
        if late := [report.exercise for report in reports if report.verdict == "timeout"]:
            yield result.student, "slow", f"no answer in time: {', '.join(late)}"


def _equal_notebooks(
    assignment: Assignment, results: list[Result], names: list[str], together: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Students whose answers are all the same but for names, comments and layout."""
    # equal answers have equal verdicts, which are quicker to compare
    verdicts = {r.student: tuple(report.verdict for report in r.reports.values()) for r in results}
    frequent = Counter(verdicts.values())
    groups = defaultdict(list)
    for result in results:
        if frequent[verdicts[result.student]] < 2:
            continue
        texts = {name: result.answers.get(name, "") for name in names if name not in result.blank}
        streams = [(name, stream_of(text, assignment.released_text.get(name, ""), 1)) for name, text in texts.items()]
        if sum(len(stream) >= MIN_TOKENS for _, stream in streams) >= MIN_EQUAL:
            groups[tuple(streams)].append(result.student)
    for group in groups.values():
        for student in group:
            own = together.get(student, student)
            others = [other for other in group if other != student and together.get(other, other) != own]
            if not others:
                continue
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            reason = f"all answers are the same as those of {', '.join(others[:3])}{more}, apart from names and layout"
            yield student, "equal", reason


def _far_scores(results: list[Result], names: list[str], shares: np.ndarray) -> Iterator[tuple[str, str, str]]:
    """Scores far from what the student's other exercises and the exercise's other students lead to expect.

    The expectation is additive: mean of the student plus mean of the exercise minus mean of all.
    """
    known = np.isfinite(shares).all(axis=1) if shares.size else np.zeros(len(results), bool)
    if known.sum() < MIN_TABLE or len(names) < MIN_TABLE:
        return
    table = shares[known]
    residuals = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    spread = residuals.std()
    graded = [result for result, k in zip(results, known, strict=True) if k]
    far = (np.abs(residuals) > FAR * spread) & (np.abs(residuals) > FAR_SHARE)
    for i, j in zip(*np.nonzero(far), strict=True):
        than = "more" if residuals[i, j] > 0 else "less"
        share = f"{100 * table[i, j]:.0f} % of the points"
        yield graded[i].student, "far", f"{than} in {names[j]} than the other exercises suggest: {share}"
