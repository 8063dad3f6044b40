"""After an exercise has changed: judge again only what that touches, and say whose grade moved, and why.

Everything is judged before anything is recorded. So the report of what moves is on the disk first, and a dry run is
the same without the recording. Scores that a human gave stay, and count in the totals.
"""

import contextlib
import json
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.files import ROOT
from autograder.grading.grade import (
    Job,
    Progress,
    default_gradebook,
    graded,
    is_our_fault,
    no_progress,
    plan,
    recorder,
    write_summary,
)
from autograder.grading.isolation import ladder
from autograder.grading.isolation.sandbox import Limits
from autograder.grading.judging.fingerprints import COMMON, Basis
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.audit import FILE, last_seed_id
from autograder.grading.records.deadlines import settle
from autograder.grading.records.enrolled import of_the_class
from autograder.grading.records.gradebook import Gradebook, LatePenalty
from autograder.grading.records.recording import Recorder, entry_of
from autograder.grading.records.results import Store, results_file
from autograder.grading.reports.feedback import render_page
from autograder.grading.reports.summary import summarize
from autograder.grading.seeds import class_key
from autograder.grading.submissions.allowances import read_allowances
from autograder.grading.submissions.assignment import Assignment, load_assignment
from autograder.grading.submissions.groups import handed_in
from autograder.grading.submissions.submission import Submission
from autograder.report import TITLES, Report
from course_lib.files import write_atomically

REASONS = {
    "lesson": "the code cells of the lesson changed",
    "judging": "the program that judges changed",
    "limits": "the limits changed",
    "seeds": "the key of the hidden cases changed",
}


@dataclass(frozen=True)
class Verdict:
    verdict: str
    score: float
    points: float
    sentence: str

    @property
    def title(self) -> str:
        return TITLES[self.verdict]


@dataclass(frozen=True)
class Move:
    """An exercise that earns one student other points than before. ``manual`` is the score of a human, which stays."""

    student: str
    exercise: str
    before: Verdict
    after: Verdict
    why: str
    manual: float | None = None


@dataclass(frozen=True)
class Total:
    """A student's score, with manual ones, without late penalties."""

    student: str
    before: float
    after: float


@dataclass(frozen=True)
class Regrade:
    """What a regrade has done, or would do.

    ``judged`` counts the verdicts that were made, ``reused`` those of the same submissions that hold; ``explained``
    those that earn the same, but say something else. ``left`` are students whose submission is new or changed,
    ``failed`` those where we failed: `course grade` is for them.
    """

    assignment: str
    dry_run: bool
    time: str
    submissions: int
    judged: int
    reused: int
    explained: int
    totals: tuple[Total, ...]
    moves: tuple[Move, ...]
    left: tuple[str, ...]
    failed: tuple[str, ...]
    seconds: float

    def to_dict(self) -> dict:
        """Plain data, for JSON."""
        return asdict(self)


def regrade_class(
    folder: Path,
    assignment: str | Assignment,
    out: Path,
    db_url: str = "",
    *,
    dry_run: bool = False,
    late: LatePenalty | None = None,
    limits: Limits | None = None,
    executor: Executor | None = None,
    progress: Progress = no_progress,
    key_file: Path | None = None,
    students: Collection[str] = (),
    root: Path = ROOT,
) -> Regrade:
    """Judge again what an earlier grading of the same submissions does not answer for any more.

    Parameters
    ----------
    dry_run : record nothing, write nothing.
    folder, assignment, out, db_url, late, limits, executor, progress, key_file, students : as for ``grade_class``.

    Returns
    -------
    Regrade
        Also written to ``out``, as JSON and as a page, under the time of the regrade.

    Raises
    ------
    FileNotFoundError
        When the assignment was not graded in ``out``; else as ``grade_class``.
    """
    began = time.monotonic()
    if isinstance(assignment, str):
        assignment = load_assignment(assignment, root)
    allowances = read_allowances(out)
    submissions, left_out = handed_in(folder, assignment, allowances, students)
    if not results_file(out, assignment.name).exists():
        raise FileNotFoundError(f"{out} has no results of {assignment.name}: run `course grade` first")
    limits = limits or Limits()
    ladder.choose(limits.levels)
    with _opened(out, assignment, db_url, late, dry_run) as (store, gradebook, record):
        assignment = gradebook.as_worth(assignment)
        key = class_key(out, key_file, record.log.seed_id if record else last_seed_id(out / FILE))
        if record:
            record.seal = key.seal
            submissions, nobodys = of_the_class(submissions, gradebook, allowances, students)
            left_out = (*left_out, *nobodys)
            record.catch_up(submissions)
        jobs = plan(submissions, assignment, limits, key, store)
        touched = [job for job in jobs.values() if _is_same(job)]
        done = []
        for job, result in graded(touched, assignment, limits, executor):
            done.append((job, result))
            progress(len(done), len(touched), job.submission.student)
        booked = gradebook.booked(assignment.booked_as, assignment.notebook)
        report = _report(assignment, done, set(jobs) - {job.submission.student for job in touched}, booked, dry_run)
        report = Regrade(**report, seconds=time.monotonic() - began)
        if record:
            _record(record, report, done, submissions, left_out)
    return report


@contextlib.contextmanager
def _opened(
    out: Path, assignment: Assignment, db_url: str, late: LatePenalty | None, dry_run: bool
) -> Iterator[tuple[Store, Gradebook, Recorder | None]]:
    if dry_run:
        with Gradebook(db_url or default_gradebook(out)) as gradebook:
            yield Store(results_file(out, assignment.name)), gradebook, None
    else:
        with recorder(out, assignment, db_url, late) as record:
            yield record.store, record.gradebook, record


def _is_same(job: Job) -> bool:
    """Whether this very file was graded before."""
    return job.known is not None and job.known.basis.get("submission") == job.basis["submission"]


def _record(
    record: Recorder,
    report: Regrade,
    done: list[tuple[Job, Result]],
    submissions: dict[str, Submission],
    left_out: tuple[str, ...],
):
    """Write the report; then record the results."""
    if done:
        name = f"{report.assignment}.regrade-{report.time.replace(':', '')}"
        write_atomically(record.out / f"{name}.json", json.dumps(report.to_dict(), indent=1) + "\n")
        write_atomically(record.out / f"{name}.html", regrade_page(report))
    for job, result in done:
        if is_our_fault(result):
            record.note_fault(result, job.basis)
        else:
            record.record(job.submission, result, job.basis)
    lateness = settle(
        record.gradebook, read_allowances(record.out), record.out, record.assignment.booked_as, submissions
    )
    record.update_pages(submissions, lateness)
    record.store.compact()
    results = [result for _, result in record.store.known.values()]
    fresh = {job.submission.student for job, _ in done}
    summary = summarize(record.assignment, results, fresh, report.seconds, lateness)
    write_summary(record.out, replace(summary, head=record.log.head, left_out=left_out))


def regrade_page(report: Regrade) -> str:
    """The report as one HTML page."""
    return render_page("regrade.html", report=report)


def _report(
    assignment: Assignment, done: list[tuple[Job, Result]], left: set[str], booked: dict[str, dict], dry_run: bool
) -> dict:
    fine = [(job, result) for job, result in done if not is_our_fault(result)]
    moves, totals, explained = [], [], 0
    for job, result in sorted(fine, key=lambda pair: pair[0].submission.student.casefold()):
        manual = booked.get(result.student, {}).get("manual", {})
        for cell in result.judged:
            old, new = job.known.reports.get(cell), result.reports[cell]
            if old and (old.score, old.points) != (new.score, new.points):
                why = _why(job, cell, new)
                moves.append(Move(result.student, new.exercise, _verdict(old), _verdict(new), why, manual.get(cell)))
            elif old and _verdict(old) != _verdict(new):
                explained += 1
        before, after = (_total(entry_of(assignment, job.submission, r).scores, manual) for r in (job.known, result))
        if before != after:
            totals.append(Total(result.student, before, after))
    return {
        "assignment": assignment.name,
        "dry_run": dry_run,
        "time": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
        "submissions": len(fine),
        "judged": sum(len(result.judged) for _, result in fine),
        "reused": sum(len(result.reports) - len(result.judged) for _, result in fine),
        "explained": explained,
        "totals": tuple(totals),
        "moves": tuple(moves),
        "left": tuple(sorted(left)),
        "failed": tuple(sorted(result.student for _, result in done if is_our_fault(result))),
    }


def _total(scores: dict[str, float | None], manual: dict[str, float | None]) -> float:
    given = {cell: score for cell, score in manual.items() if score is not None}
    return round(sum(score or 0.0 for score in {**scores, **given}.values()), 2)


def _verdict(report: Report) -> Verdict:
    failed = next((case.explanation for case in report.cases if case.explanation), "")
    sentence = report.diagnosis.sentence if report.diagnosis else report.headline or failed
    return Verdict(report.verdict, report.score, report.points, sentence)


def _why(job: Job, cell: str, report: Report) -> str:
    """What the two verdicts of a cell rest on differently."""
    before, after = job.known.basis, job.basis
    reasons = [REASONS[part] for part in COMMON if part in REASONS and before.get(part) != after[part]]
    if before.get(cell) != after[cell]:
        worth = job.known.reports[cell].points != report.points
        changed = "is worth other points" if worth else "changed, or what it imports"
        reasons.append(f"the exercise {report.exercise} {changed}")
    return "; ".join(reasons) or f"{_blamed(before, after, job)} changed, which this answer uses"


def _blamed(before: Basis, after: Basis, job: Job) -> str:
    changed = [cell for cell in job.known.reports if before.get(cell) != after.get(cell)]
    return ", ".join(job.known.reports[cell].exercise for cell in changed)
