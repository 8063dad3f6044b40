"""What the results of a class say about its exercises, its misconceptions, and who needs a second look.

Difficulty is the mean share of an exercise's points, the "item difficulty" of classical test theory: high is easy.
Discrimination is the corrected item-total correlation, and not the upper-lower index, which throws half of the class
away and needs thresholds:

    r_i = corr(x_i, t - x_i),

``x_i`` the scores in exercise i and ``t`` those in all (with right-or-wrong scores the point-biserial correlation):
without its own points, an exercise is not compared with itself (Henrysson 1963, "Correction of item-total correlations
in item analysis", Psychometrika 28; Crocker and Algina 1986, "Introduction to Classical and Modern Test Theory"; the R
package performance computes it as `item_discrimination`). From 0.2 on it is usually taken as sufficient (Ebel and
Frisbie 1991, "Essentials of Educational Measurement").

The standard deviation is that of the class, which is no sample of a larger one (division by n); quantiles interpolate
linearly (type 7 of Hyndman and Fan 1996).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.lateness import NOTHING, Lateness
from autograder.grading.reports.second_look import SecondLook, second_looks
from autograder.grading.submissions.assignment import Assignment

MIN_CLASS = 5  # students; with fewer, a correlation is what two of them happened to do
LOW_DISCRIMINATION = 0.2


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

    @property
    def doubtful(self) -> bool:
        """Whether it hardly tells strong from weak students."""
        return self.discrimination is not None and self.discrimination < LOW_DISCRIMINATION


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
class ClassStatistics:
    """``submitted`` are the times of submission that are known, ascending; ``due`` is None when nobody has set it.

    ``scores`` ascending, in points of the exercises; cells that a human grades are in the gradebook. ``missing`` are
    the students of the gradebook who have not submitted anything. ``lateness`` has those who were late, or would have
    been without what they are allowed. ``page`` is where a student's page stands below ``feedback/<student>``.
    """

    assignment: str
    points: float
    scores: tuple[float, ...]
    exercises: tuple[ExerciseStatistics, ...]
    misconceptions: tuple[MisconceptionStatistics, ...]
    second_looks: tuple[SecondLook, ...]
    submitted: tuple[datetime, ...] = ()
    due: datetime | None = None
    missing: tuple[str, ...] = ()
    lateness: tuple[tuple[str, Lateness], ...] = ()
    page: str = ""

    @property
    def students(self) -> int:
        return len(self.scores)

    @property
    def late(self) -> int:
        """How many submitted after the due date of the class."""
        return sum(moment > self.due for moment in self.submitted) if self.due else 0

    def quantile(self, q: float) -> float:
        """The q-quantile of the scores; 0 for an empty class."""
        return float(np.quantile(self.scores, q)) if self.scores else 0.0

    @property
    def late_in_words(self) -> str:
        """How many were late after their own due date, and what it cost; empty when nobody was."""
        late = [lateness for _, lateness in self.lateness if lateness.seconds]
        lost = [lateness.penalty for lateness in late if lateness.penalty]
        excused = sum(not lateness.seconds for _, lateness in self.lateness)
        if not self.lateness:
            return ""
        who = f"{len(late)} of {self.students} handed in late" if late else "Nobody handed in late"
        cost = f", which costs {len(lost)} of them {sum(lost):.3g} points in all" if lost else ""
        return f"{who}{cost}; {excused} more in time by what they are allowed." if excused else f"{who}{cost}."

    @property
    def mean(self) -> float:
        return float(np.mean(self.scores)) if self.scores else 0.0

    @property
    def deviation(self) -> float:
        return float(np.std(self.scores)) if self.scores else 0.0

    @property
    def in_words(self) -> str:
        """The distribution of the scores in a sentence; where there is none, the scores."""
        if not self.scores:
            return "Nobody has submitted anything."
        low, high, of = f"{self.scores[0]:g}", f"{self.scores[-1]:g}", f"{self.points:g} points."
        if low == high:
            return f"{'The one student' if self.students == 1 else f'All {self.students} students'} got {low} of {of}"
        if self.students < MIN_CLASS:
            return f"The scores are {', '.join(f'{score:g}' for score in self.scores[:-1])} and {high} of {of}"
        return (
            f"Half of the class has between {self.quantile(0.25):.3g} and {self.quantile(0.75):.3g} of {of[:-1]}, the "
            f"median is {self.quantile(0.5):.3g}; mean {self.mean:.3g}, standard deviation {self.deviation:.3g}, "
            f"lowest {low}, highest {high}."
        )


def class_statistics(
    assignment: Assignment,
    results: Iterable[Result],
    submitted: dict[str, datetime] | None = None,
    due: datetime | None = None,
    missing: Iterable[str] = (),
    lateness: Mapping[str, Lateness] = NOTHING,
    groups: Mapping[str, tuple[str, ...]] | None = None,
) -> ClassStatistics:
    """What the results say. An empty class has statistics too.

    Parameters
    ----------
    submitted : when each student submitted, in the same zone (or without one) as ``due``.
    missing : who has not.
    lateness : what the gradebook says of due dates, by student.
    groups : who hands in together.
    """
    results = sorted(results, key=lambda result: result.student.casefold())
    exercises = {check: (e.name, e.points) for check, e in assignment.exercises().items()}
    tests = {name: (name, points) for name, points in assignment.test_ids.items()}
    cells = exercises | tests
    shares = _shares(results, list(cells))
    return ClassStatistics(
        assignment.name,
        assignment.points,
        tuple(sorted(round(float(result.score), 2) for result in results)),
        tuple(_exercises(results, cells, shares)),
        tuple(_misconceptions(results)),
        tuple(second_looks(assignment, results, shares[:, : len(exercises)], groups)),
        tuple(sorted((submitted or {}).values())),
        due,
        tuple(missing),
        tuple(sorted((student, late) for student, late in lateness.items() if late.remarks)),
        assignment.page,
    )


def _shares(results: list[Result], cells: list[str]) -> np.ndarray:
    """The share of the points, (student, cell); NaN where nothing was graded, through no fault of the student's."""
    shares = np.full((len(results), len(cells)), np.nan)
    for i, result in enumerate(results):
        for j, cell in enumerate(cells):
            report = result.reports.get(cell)
            if report is not None and report.verdict != "grader_error":
                shares[i, j] = report.score / report.points if report.points else 0.0
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
