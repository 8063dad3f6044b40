"""What the results of a class say about its exercises, its misconceptions, and who needs a second look.

Difficulty is the mean share of an exercise's points. Discrimination is the corrected item-total correlation

    r_i = corr(x_i, t - x_i),

``x_i`` the scores in exercise i and ``t`` those in all (with right-or-wrong scores the point-biserial correlation):
without its own points, an exercise is not compared with itself (Henrysson 1963, "Correction of item-total correlations
in item analysis", Psychometrika 28; Crocker and Algina 1986, "Introduction to Classical and Modern Test Theory").
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from autograder.grading.assignment import Assignment
from autograder.grading.judging import Result
from autograder.grading.reports.similarity import MIN_TOKENS, stream_of

MIN_CLASS = 5  # students; with fewer, a correlation is what two of them happened to do
FAR = 3.5  # standard deviations of all residuals
FAR_SHARE = 0.6  # and at least so much of the points
MIN_EQUAL = 3  # answers that must be long enough to be compared, before equal notebooks are worth a look
REFUSED = ("refused", "unreadable", "foreign")
LOOKED_AT = (*REFUSED, "reference", "tampered", "grader")


@dataclass(frozen=True)
class ExerciseStatistics:
    """``difficulty`` is the mean share of the points; None where nobody was graded.

    ``discrimination`` is None where everybody has the same score, in this exercise or in all others, or the class is
    too small.
    """

    name: str
    points: float
    graded: int
    difficulty: float | None
    discrimination: float | None
    verdicts: dict[str, int]


@dataclass(frozen=True)
class MisconceptionStatistics:
    """``example`` is the answer of ``example_student``: the shortest, which shows the mistake best."""

    exercise: str
    name: str
    sentence: str
    students: tuple[str, ...]
    example_student: str
    example: str


@dataclass(frozen=True)
class Attention:
    """A student to look at, with what was noticed; nothing of it is a verdict."""

    student: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ClassStatistics:
    """``submitted`` are the times of submission that are known, ascending; ``due`` is None when nobody has set it.

    ``scores`` ascending, in points of the exercises; cells that a human grades are in the gradebook.
    """

    assignment: str
    points: float
    scores: tuple[float, ...]
    exercises: tuple[ExerciseStatistics, ...]
    misconceptions: tuple[MisconceptionStatistics, ...]
    attention: tuple[Attention, ...]
    submitted: tuple[datetime, ...] = ()
    due: datetime | None = None

    @property
    def students(self) -> int:
        return len(self.scores)

    @property
    def late(self) -> int:
        return sum(moment > self.due for moment in self.submitted) if self.due else 0

    def quantile(self, q: float) -> float:
        """The q-quantile of the scores; 0 for an empty class."""
        return float(np.quantile(self.scores, q)) if self.scores else 0.0

    @property
    def mean(self) -> float:
        return float(np.mean(self.scores)) if self.scores else 0.0

    @property
    def deviation(self) -> float:
        return float(np.std(self.scores)) if self.scores else 0.0


def class_statistics(
    assignment: Assignment,
    results: Iterable[Result],
    submitted: dict[str, datetime] | None = None,
    due: datetime | None = None,
) -> ClassStatistics:
    """What the results say. An empty class has statistics too.

    Parameters
    ----------
    submitted : when each student submitted, in the same zone (or without one) as ``due``.
    """
    results = sorted(results, key=lambda result: result.student.casefold())
    exercises = {check: (e.name, e.points) for check, e in assignment.exercises().items()}
    shares = _shares(results, exercises)
    points = sum(points for _, points in exercises.values())
    return ClassStatistics(
        assignment.name,
        points,
        tuple(sorted(round(float(result.score), 2) for result in results)),
        tuple(_exercises(results, exercises, shares)),
        tuple(_misconceptions(results)),
        tuple(_attention(assignment, results, exercises, shares)),
        tuple(sorted((submitted or {}).values())),
        due,
    )


def _shares(results: list[Result], exercises: dict[str, tuple[str, float]]) -> np.ndarray:
    """The share of the points, (student, exercise); NaN where nothing was graded, through no fault of the student's."""
    shares = np.full((len(results), len(exercises)), np.nan)
    for i, result in enumerate(results):
        for j, (check, (_, points)) in enumerate(exercises.items()):
            report = result.reports.get(check)
            if report is not None and report.verdict != "grader_error":
                shares[i, j] = report.score / points if points else 0.0
    return shares


def _exercises(results, exercises, shares) -> Iterable[ExerciseStatistics]:
    weights = np.array([points for _, points in exercises.values()])
    scores = shares * weights
    complete = scores[np.isfinite(scores).all(axis=1)] if len(scores) else scores
    for j, (check, (name, points)) in enumerate(exercises.items()):
        own = shares[:, j][np.isfinite(shares[:, j])]
        verdicts = Counter(result.reports[check].verdict for result in results if check in result.reports)
        rest = complete.sum(axis=1) - complete[:, j]
        difficulty = float(own.mean()) if own.size else None
        yield ExerciseStatistics(
            name, points, own.size, difficulty, discrimination(complete[:, j], rest), dict(verdicts)
        )


def discrimination(item: np.ndarray, rest: np.ndarray) -> float | None:
    """The correlation (-1 to 1) of the scores in one exercise with those in all others; None where there is none."""
    # rounding leaves a constant sum of points not quite constant
    if len(item) < MIN_CLASS or np.ptp(item) < 1e-9 or np.ptp(rest) < 1e-9:
        return None
    return float(np.corrcoef(item, rest)[0, 1])


def _misconceptions(results: list[Result]) -> list[MisconceptionStatistics]:
    holders = defaultdict(list)
    for result in results:
        for report in result.reports.values():
            if report.diagnosis and report.diagnosis.kind == "misconception":
                key = report.exercise, report.diagnosis.name, report.diagnosis.sentence
                holders[key].append((result.student, result.answers.get(report.exercise, "")))
    rows = []
    for key, held in holders.items():
        student, example = min(held, key=lambda pair: (len(pair[1]), pair[0]))
        rows.append(MisconceptionStatistics(*key, tuple(name for name, _ in held), student, example))
    return sorted(rows, key=lambda row: (-len(row.students), row.exercise, row.name))


def _attention(assignment, results, exercises, shares) -> list[Attention]:
    reasons = defaultdict(list)
    names = [name for name, _ in exercises.values()]
    for result in results:
        own = reasons[result.student]
        own += [remark.text for remark in result.remarks if remark.kind in LOOKED_AT]
        blank = set(names).intersection(result.blank)
        if names and result.reports and blank == set(names):
            own.append("every answer is blank")
        late = [report.exercise for report in result.reports.values() if report.verdict == "timeout"]
        if late:
            own.append(f"no answer in time: {', '.join(late)}")
    for student, reason in [*_equal_notebooks(assignment, results, names), *_far_scores(results, names, shares)]:
        reasons[student].append(reason)
    scores = {result.student: round(float(result.score), 2) for result in results}
    return [Attention(student, scores[student], tuple(found)) for student, found in reasons.items() if found]


def _equal_notebooks(assignment: Assignment, results: list[Result], names: list[str]):
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
        for student in group if len(group) > 1 else ():
            others = [other for other in group if other != student]
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            yield student, f"all answers equal those of {', '.join(others[:3])}{more}, but for names and layout"


def _far_scores(results: list[Result], names: list[str], shares: np.ndarray):
    """Scores far from what the student's other exercises and the exercise's other students lead to expect.

    The expectation is additive: mean of the student plus mean of the exercise minus mean of all.
    """
    known = np.isfinite(shares).all(axis=1) if shares.size else np.zeros(len(results), bool)
    if known.sum() < MIN_CLASS or len(names) < MIN_CLASS:
        return
    table = shares[known]
    residuals = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    spread = residuals.std()
    graded = [result for result, k in zip(results, known, strict=True) if k]
    far = (np.abs(residuals) > FAR * spread) & (np.abs(residuals) > FAR_SHARE)
    for i, j in zip(*np.nonzero(far), strict=True):
        than = "more" if residuals[i, j] > 0 else "less"
        yield graded[i].student, f"{than} in {names[j]} than the other exercises suggest: {table[i, j]:.0%}"
