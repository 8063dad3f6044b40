"""What a class did: scores, how each exercise went, which misconceptions are common, what was remarked."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from statistics import median
from types import MappingProxyType

from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.lateness import NOTHING, Lateness
from autograder.grading.submissions.assignment import Assignment

NO_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
UNTIMED = "when it was handed in is not known: it has no timestamp.txt, and counts as in time"


@dataclass(frozen=True)
class StudentRow:
    """``score`` counts the exercises only; cells that a human grades are in the gradebook.

    ``late`` is how late the submission was, in seconds, and ``counted`` what counts in the gradebook once a penalty is
    taken off, manual scores included; None where nothing is known of it. ``kept`` is the share of the score that
    counts. ``lateness`` are those of the ``remarks`` that
    are about this, and hold for all notebooks of an assignment together.
    """

    student: str
    score: float
    points: float
    passed: int
    remarks: tuple[str, ...]
    fresh: bool
    seconds: float
    late: float = 0.0
    counted: float | None = None
    untimed: bool = False
    lateness: tuple[str, ...] = ()
    kept: float = 1.0

    @property
    def counts(self) -> float:
        """What counts of the ``score``."""
        return self.score * self.kept


@dataclass(frozen=True)
class ExerciseRow:
    """How many submissions came to which verdict, and their mean score."""

    exercise: str
    points: float
    mean: float
    verdicts: dict[str, int]


@dataclass(frozen=True)
class MisconceptionRow:
    exercise: str
    name: str
    sentence: str
    students: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.students)


@dataclass(frozen=True)
class Summary:
    """One assignment of one class. ``seconds`` is what this run took in all; ``head`` is the audit log's last hash.

    ``page`` is where a student's page stands below ``feedback/<student>``. ``left_out`` says what was found beside the
    submissions, and is nobody's until something is done.
    """

    assignment: str
    points: float
    students: tuple[StudentRow, ...]
    exercises: tuple[ExerciseRow, ...]
    misconceptions: tuple[MisconceptionRow, ...]
    levels: tuple[str, ...]
    seconds: float
    head: str = ""
    left_out: tuple[str, ...] = ()
    page: str = ""

    @property
    def graded(self) -> int:
        """How many submissions this run has graded; the others were unchanged."""
        return sum(row.fresh for row in self.students)

    @property
    def median(self) -> float:
        """The median of what counts of the scores; 0 for an empty class."""
        return median(row.counts for row in self.students) if self.students else 0.0

    @property
    def below_half(self) -> int:
        """How many students have less than half of the points that count."""
        return sum(row.counts < self.points / 2 for row in self.students)

    @property
    def untimed(self) -> int:
        """Of how many nobody knows when they handed in, though there is a due date."""
        return sum(row.untimed for row in self.students)

    @property
    def late(self) -> int:
        """How many students handed in after their own due date."""
        return sum(row.late > 0 for row in self.students)

    def to_dict(self) -> dict:
        """Plain data, for JSON."""
        rows = [{**asdict(row), "count": row.count} for row in self.misconceptions]
        return {**asdict(self), "misconceptions": rows}


def summarize(
    assignment: Assignment,
    results: list[Result],
    fresh: set[str],
    seconds: float,
    lateness: Mapping[str, Lateness] = NOTHING,
    said: Mapping[str, tuple[str, ...]] = NO_WORDS,
) -> Summary:
    """Count what the results have in common.

    Parameters
    ----------
    fresh : the students whose submissions were graded in this run.
    seconds : what the run took.
    lateness : what the gradebook says of due dates, by student.
    said : more remarks, by student.
    """
    exercises = assignment.exercises()
    is_timed = any(not late.untimed for late in lateness.values())  # else one line says it for all
    total = assignment.points
    holders = defaultdict(list)
    for result in results:
        for report in result.reports.values():
            if report.diagnosis and report.diagnosis.kind == "misconception":
                holders[report.exercise, report.diagnosis.name, report.diagnosis.sentence].append(result.student)
    misconceptions = [MisconceptionRow(*key, tuple(students)) for key, students in holders.items()]
    return Summary(
        assignment.name,
        total,
        tuple(
            _with_remarks(
                _student_row(result, total, result.student in fresh, lateness.get(result.student), is_timed),
                said.get(result.student, ()),
            )
            for result in sorted(results, key=_by_name)
        ),
        (
            *(_exercise_row(check, e.name, e.points, results) for check, e in exercises.items()),
            *(_exercise_row(name, name, points, results) for name, points in assignment.test_ids.items()),
        ),
        tuple(sorted(misconceptions, key=lambda row: (-row.count, row.exercise, row.name))),
        tuple(sorted({result.level for result in results if result.level})),
        seconds,
        page=assignment.page,
    )


def _by_name(result: Result) -> str:
    return result.student.casefold()


def _student_row(result: Result, points: float, fresh: bool, late: Lateness | None, is_timed: bool) -> StudentRow:
    passed = sum(report.passed for report in result.reports.values())
    said = (*([UNTIMED] if late.untimed and is_timed else []), *late.remarks) if late else ()
    remarks = (*said, *(remark.text for remark in result.remarks))
    times = (round(late.seconds), round(late.counted, 2), late.untimed, said, late.kept) if late else ()
    return StudentRow(result.student, round(result.score, 2), points, passed, remarks, fresh, result.seconds, *times)


def _with_remarks(row: StudentRow, remarks: tuple[str, ...]) -> StudentRow:
    return replace(row, remarks=(*row.remarks, *remarks)) if remarks else row


def _exercise_row(check: str, name: str, points: float, results: list[Result]) -> ExerciseRow:
    reports = [result.reports[check] for result in results if check in result.reports]
    mean = sum(report.score for report in reports) / len(reports) if reports else 0.0
    return ExerciseRow(name, points, mean, dict(Counter(report.verdict for report in reports)))
