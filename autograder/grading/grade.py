"""Grade a class: collect, grade every submission, record it, write the pages. What is recorded, stays."""

import contextlib
import json
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from autograder.files import ROOT
from autograder.grading.in_hand import Died, InHand, one_at_a_time
from autograder.grading.isolation import ladder
from autograder.grading.isolation.processes import die_with, usable_cores
from autograder.grading.isolation.sandbox import Limits, SandboxUnavailable
from autograder.grading.judging.fingerprints import Basis, basis_of, common_basis, same_verdict, whole_print
from autograder.grading.judging.follow_through import leaning
from autograder.grading.judging.grade_submission import Result, grade_submission
from autograder.grading.judging.mentions import mentioned_by
from autograder.grading.records.audit import FILE, AuditLog
from autograder.grading.records.deadlines import settle
from autograder.grading.records.enrolled import of_the_class
from autograder.grading.records.gradebook import Gradebook, LatePenalty
from autograder.grading.records.group_marks import share_marks
from autograder.grading.records.private import make_folder
from autograder.grading.records.recording import Recorder, explained_errors
from autograder.grading.records.results import Store, results_file
from autograder.grading.reports.feedback import class_page
from autograder.grading.reports.renamed import renamed
from autograder.grading.reports.summary import Summary, summarize
from autograder.grading.seeds import Key, class_key, seeds_of
from autograder.grading.submissions.allowances import read_allowances
from autograder.grading.submissions.assignment import Assignment, load_assignment
from autograder.grading.submissions.groups import handed_in
from autograder.grading.submissions.restore import Remark
from autograder.grading.submissions.submission import Refused, Submission
from course_lib.files import write_atomically

POOL_FROM = 24  # submissions; below that, starting the processes costs more than they save
IN_FLIGHT, IN_FLIGHT_BYTES = 256, 32 << 20  # submissions that are being graded, or next in turn; more stay on disk

Progress = Callable[[int, int, str], None]


def no_progress(done: int, total: int, student: str):
    """What is called after every submission when nobody is watching."""


@dataclass(frozen=True, eq=False)
class Job:
    """One submission to be graded: what it rests on, the seeds of its hidden cases by grade_id, what is known of it."""

    submission: Submission
    basis: Basis
    seeds: dict[str, int] = field(repr=False)
    known: Result | None = None
    keep: tuple[str, ...] = ()


def grade_class(
    folder: Path,
    assignment: str | Assignment,
    out: Path,
    db_url: str = "",
    *,
    late: LatePenalty | None = None,
    limits: Limits | None = None,
    executor: Executor | None = None,
    progress: Progress = no_progress,
    key_file: Path | None = None,
    new_key: bool = False,
    students: Collection[str] = (),
    root: Path = ROOT,
) -> Summary:
    """Grade all submissions of an assignment.

    Parameters
    ----------
    folder : as for ``collect``.
    assignment : its name, or the assignment itself.
    out : gets nbgrader's ``autograded/`` and ``feedback/`` folders, the summary, the audit log, and the results for
        the next run.
    db_url : the gradebook; by default ``gradebook.db`` in ``out``.
    late : what a late submission costs, as `nbgrader_course.read_course` finds it; by default penalties stay.
    executor : where submissions are graded; by default here, and for a large class in a process on every core.
    progress : called with the number of submissions done, their total, and the student.
    key_file, new_key : the key of the hidden cases, as for ``seeds.class_key``.
    students : only these are graded; by default all.

    Returns
    -------
    Summary
        Of the whole class, with the submissions that had not changed since an earlier run, or were not in the folder.

    Raises
    ------
    FileNotFoundError
        When there is no such assignment, or the folder has no submissions of it.
    NobodyCalled
        When one of the ``students`` has handed in nothing.
    AllowanceError
        When a group is called like a student who is not in it.
    SandboxUnavailable, GradebookError, CannotRecord, Busy, AuditError, KeyProblem
        When this machine, the database, the folder or the key cannot be used; the message says what to do.
    """
    began = time.monotonic()
    if isinstance(assignment, str):
        assignment = load_assignment(assignment, root)
    allowances = read_allowances(out)
    submissions, left_out = handed_in(folder, assignment, allowances, students)
    limits = limits or Limits()
    ladder.choose(limits.levels)
    with recorder(out, assignment, db_url, late) as record:
        assignment = record.assignment
        key = class_key(out, key_file, record.log.seed_id, new_key)
        record.seal = key.seal
        submissions, nobodys = of_the_class(submissions, record.gradebook, allowances, students)
        record.catch_up(submissions)
        jobs = plan(submissions, assignment, limits, key, record.store)
        known = {s: record.store.result(s) for s in submissions if s not in jobs}
        booked = record.gradebook.booked(assignment.booked_as, assignment.notebook)
        for student, result in known.items():
            record.reconcile(submissions[student], result, booked)

        # also of those who were graded from another folder: the summary is that of the class
        results = {student: result for student, (_, result) in record.store.known.items() if student not in jobs}
        total = len(results) + len(jobs)
        hand = InHand(out / f"{assignment.name}.in-hand.json")
        for job, result in graded(list(jobs.values()), assignment, limits, executor, hand):
            student = job.submission.student
            results[student] = result
            if is_our_fault(result):
                record.note_fault(result, job.basis)
            else:
                results[student] = record.record(job.submission, result, job.basis)
            progress(len(results), total, student)
        left_out = (*left_out, *nobodys)
        if not students:
            new = [student for student, job in jobs.items() if not job.known and not is_our_fault(results[student])]
            left_out = (*left_out, *renamed(results, new, submissions))
        said = share_marks(record.gradebook, assignment, allowances, results)
        lateness = settle(record.gradebook, allowances, out, assignment.booked_as, submissions)
        record.update_pages(submissions, lateness)
        record.store.compact()
        summary = summarize(assignment, list(results.values()), set(jobs), time.monotonic() - began, lateness, said)
        summary = replace(summary, head=record.log.head, left_out=left_out)
        write_summary(out, summary)
    return summary


@contextlib.contextmanager
def recorder(out: Path, assignment: Assignment, db_url: str = "", late: LatePenalty | None = None):
    """All that is written for an assignment, open; one at a time for a folder.

    Raises
    ------
    Busy, AuditError, GradebookError, CannotRecord
        When it cannot be written; the message says what to do.
    """
    with explained_errors(out):
        make_folder(out)
        with (
            AuditLog(out / FILE) as log,  # first: it holds the lock
            Gradebook(db_url or default_gradebook(out), late) as gradebook,
            Store(results_file(out, assignment.name)) as store,
        ):
            assignment = gradebook.as_worth(assignment)
            gradebook.add_assignment(assignment)
            yield Recorder(out, assignment, gradebook, store, log)


def default_gradebook(out: Path) -> str:
    """The URL of the gradebook that is used when none is named."""
    return f"sqlite:///{(out / 'gradebook.db').resolve()}"


def write_summary(out: Path, summary: Summary):
    """Write the summary of a class, for machines and for people."""
    write_atomically(out / f"{summary.assignment}.summary.json", json.dumps(summary.to_dict(), indent=1) + "\n")
    write_atomically(out / f"{summary.assignment}.summary.html", class_page(summary))


def plan(
    submissions: dict[str, Submission], assignment: Assignment, limits: Limits, key: Key, store: Store
) -> dict[str, Job]:
    """What is to be graded, by student: where something changed, only the exercises that it touches."""
    common = common_basis(assignment, limits, key.id)
    jobs = {}
    for student, submission in submissions.items():
        basis = basis_of(submission, common)
        if store.find(student, whole_print(basis)) is None:
            known = store.result(student)
            keep = unchanged(known, basis, assignment)
            jobs[student] = Job(submission, basis, seeds_of(key, assignment, submission), known, keep)
    return jobs


def unchanged(known: Result | None, basis: Basis, assignment: Assignment) -> tuple[str, ...]:
    """The grade_ids whose reports of an earlier grading hold on this basis."""
    if known is None:
        return ()
    names = [*assignment.check_ids, *assignment.test_ids]
    same = [name for name in names if name in known.reports and same_verdict(known.basis, basis, name)]
    changed = {known.reports[name].exercise for name in known.reports if name not in same}
    # a report that blames another exercise, or could, depends on that one too
    return tuple(
        name
        for name in same
        if (known.reports[name].passed and known.reports[name].exercise not in leaning(known.remarks))
        or not mentioned_by(known.reports[name].exercise, changed, known.answers)
    )


def is_our_fault(result: Result) -> bool:
    """Whether there is nothing to record: we failed to judge the submission."""
    return any(remark.kind == "grader" for remark in result.remarks)


def graded(
    jobs: list[Job],
    assignment: Assignment,
    limits: Limits,
    executor: Executor | None = None,
    hand: InHand | None = None,
) -> Iterator[tuple[Job, Result]]:
    """Every job with its result, in the order in which they are done. Executors get no key, only a job's own seeds.

    Those whom ``hand`` suspects come last, in a process of their own, and so do all that a broken executor has left.
    """
    cores = usable_cores()
    if executor is None and len(jobs) >= POOL_FROM and cores > 1:
        # spawn, for a forked copy of this process would share its database connection and its lock
        context = get_context("spawn")
        with ProcessPoolExecutor(cores, context, initializer=die_with, initargs=(os.getpid(),)) as pool:
            yield from graded(jobs, assignment, limits, pool, hand)
        return

    def call(job: Job) -> Callable[[], Result]:
        options = {"seeds": job.seeds, "known": job.known, "keep": job.keep}
        return partial(grade_submission, job.submission.loaded(), assignment=assignment, limits=limits, **options)

    suspects = {job for job in jobs if hand and job.submission.student in hand.suspects}
    left = dict.fromkeys(job for job in jobs if job not in suspects)
    if executor is not None:
        # one of our processes or clusters may be lost, perhaps for lack of memory: then go on without
        try:
            for job, result in _on(executor, list(left), call):
                del left[job]
                yield job, result
        except BrokenExecutor:
            suspects |= left.keys()
            left = {}
    for job in left:
        with hand.holding(job.submission.student) if hand else contextlib.nullcontext():
            result = _guarded(job.submission, lambda job=job: call(job)())
        yield job, result
    alone = [job for job in jobs if job in suspects]
    for job, done in zip(alone, one_at_a_time([partial(call, job) for job in alone]), strict=True):
        result = _guarded(job.submission, done)
        if hand and not is_our_fault(result):
            hand.clear(job.submission.student)
        yield job, result


def _on(
    executor: Executor, jobs: list[Job], call: Callable[[Job], Callable[[], Result]]
) -> Iterator[tuple[Job, Result]]:
    """The jobs with their results; only some at a time are in memory.

    Raises
    ------
    BrokenExecutor
        When the executor fails; the jobs that have not been yielded by then are to be done elsewhere.
    """
    waiting, running = deque(jobs), {}
    try:
        while waiting or running:
            while waiting and _has_room([job.submission.size for job in running.values()]):
                job = waiting.popleft()
                try:
                    running[executor.submit(call(job))] = job
                except Refused as error:
                    yield job, _not_graded(job.submission, error)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                job = running.pop(future)
                if isinstance(future.exception(), BrokenExecutor):
                    raise future.exception()
                yield job, _guarded(job.submission, future.result)
    finally:
        for future in running:
            future.cancel()


def _has_room(sizes: list[int]) -> bool:
    return not sizes or (len(sizes) < IN_FLIGHT and sum(sizes) < IN_FLIGHT_BYTES)


def _guarded(submission: Submission, grade: Callable[[], Result]) -> Result:
    """Our own fault with one submission is reported there, recorded nowhere, and stops no other."""
    try:
        return grade()
    except SandboxUnavailable:
        raise
    except Exception as error:
        return _not_graded(submission, error)


def _not_graded(submission: Submission, error: Exception) -> Result:
    why = str(error) if isinstance(error, Refused | Died) else f"{type(error).__name__}: {error}"
    text = f"our mistake, not yours; not graded: {why}"
    return Result(submission.student, {}, (Remark("grader", text[:500]),), {}, (), "", 0.0)
