"""Grade a class: collect, grade every submission, record it, write the pages. What is recorded, stays."""

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import nbformat

from autograder.check import HIDDEN
from autograder.files import ROOT
from autograder.grading import bubblewrap
from autograder.grading.assignment import Assignment, copy_notebook, grade_id, is_solution, load_assignment
from autograder.grading.collect import Submission, collect
from autograder.grading.feedback import class_page, student_page
from autograder.grading.gradebook import NO_RESPONSE, Entry, Gradebook
from autograder.grading.judging import Result, grade_submission
from autograder.grading.restore import Remark
from autograder.grading.results import Store, context_of, fingerprint
from autograder.grading.sandbox import Limits, SandboxUnavailable
from autograder.grading.summary import Summary, summarize
from autograder.report import render_html
from course_lib.files import write_atomically

POOL_FROM = 24  # submissions; below that, starting the processes costs more than they save

Progress = Callable[[int, int, str], None]


def grade_class(
    folder: Path,
    assignment: str | Assignment,
    out: Path,
    db_url: str = "",
    *,
    limits: Limits | None = None,
    executor: Executor | None = None,
    progress: Progress = lambda done, total, student: None,
    root: Path = ROOT,
) -> Summary:
    """Grade all submissions of an assignment.

    Parameters
    ----------
    folder : as for ``collect``.
    assignment : its name, or the assignment itself.
    out : gets nbgrader's ``autograded/`` and ``feedback/`` folders, the summary, and the results for the next run.
    db_url : the gradebook; by default ``gradebook.db`` in ``out``.
    executor : where submissions are graded; by default here, and for a large class in a process on every core.
    progress : called with the number of submissions done, their total, and the student.

    Returns
    -------
    Summary
        Of the whole class, the submissions included that had not changed since an earlier run.

    Raises
    ------
    FileNotFoundError
        When there is no such assignment, or the folder has no submissions of it.
    SandboxUnavailable, GradebookError
        When this machine or the database cannot be used; the message says what to do.
    """
    began = time.monotonic()
    if isinstance(assignment, str):
        assignment = load_assignment(assignment, root)
    submissions = collect(folder, assignment.name)
    bubblewrap.find()
    limits = limits or Limits()
    out.mkdir(parents=True, exist_ok=True)
    store = Store(out / f"{assignment.name}.results.jsonl")
    context = context_of(assignment, limits, HIDDEN)
    prints = {submission.student: fingerprint(submission, context) for submission in submissions}

    with Gradebook(db_url or f"sqlite:///{(out / 'gradebook.db').resolve()}") as gradebook:
        gradebook.add_assignment(assignment)
        recorded = gradebook.students(assignment.name)
        results = {student: store.find(student, prints[student]) for student in prints if student in recorded}
        results = {student: result for student, result in results.items() if result is not None}
        pending = [submission for submission in submissions if submission.student not in results]
        done = len(results)
        for submission, result in _graded(
            pending, partial(grade_submission, assignment=assignment, limits=limits), executor
        ):
            results[submission.student] = result
            if not any(remark.kind == "grader" for remark in result.remarks):
                gradebook.record(assignment.name, _entry(assignment, submission, result))
                _write_pages(out, assignment, result)
                store.add(prints[submission.student], result)
            done += 1
            progress(done, len(submissions), submission.student)

    store.compact()
    fresh = {submission.student for submission in pending}
    summary = summarize(assignment, list(results.values()), fresh, time.monotonic() - began)
    write_atomically(out / f"{assignment.name}.summary.json", json.dumps(summary.to_dict(), indent=1) + "\n")
    write_atomically(out / f"{assignment.name}.summary.html", class_page(summary))
    return summary


def _graded(
    pending: list[Submission], grade: Callable[[Submission], Result], executor: Executor | None
) -> Iterator[tuple[Submission, Result]]:
    """Every submission with its result, in the order in which they are done."""
    cores = os.cpu_count() or 1
    if executor is None and len(pending) >= POOL_FROM and cores > 1:
        # spawn, for a forked copy of this process would share its database connection
        with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
            yield from _graded(pending, grade, pool)
        return
    left = list(pending)
    if executor is not None:
        futures = {executor.submit(grade, submission): submission for submission in pending}
        try:
            for future in as_completed(futures):
                if isinstance(future.exception(), BrokenProcessPool):
                    break  # a process of ours was killed, for want of memory perhaps: go on without
                left.remove(futures[future])
                yield futures[future], _guarded(futures[future], lambda _, future=future: future.result())
        finally:
            for future in futures:
                future.cancel()
    for submission in left:
        yield submission, _guarded(submission, grade)


def _guarded(submission: Submission, grade: Callable[[Submission], Result]) -> Result:
    """A fault of ours in one submission is reported there, recorded nowhere, and stops no other."""
    try:
        return grade(submission)
    except SandboxUnavailable:
        raise
    except Exception as error:
        text = f"our mistake, not yours; not graded: {type(error).__name__}: {error}"
        return Result(submission.student, {}, (Remark("grader", text[:500]),), {}, (), "", 0.0)


def _entry(assignment: Assignment, submission: Submission, result: Result) -> Entry:
    """What the gradebook gets. Comments hold only our own words: nbgrader renders them as markdown."""
    if not result.reports:
        names = [*assignment.check_ids, *assignment.manual_ids]
        comments = {name: "The notebook could not be read." for name in assignment.solution_ids}
        return Entry(result.student, submission.timestamp, dict.fromkeys(names, 0.0), comments)
    # what we could not judge, a human will: a fault of ours never costs marks
    scores = {name: None if r.verdict == "grader_error" else r.score for name, r in result.reports.items()}
    scores |= {name: 0.0 if name in result.blank else None for name in assignment.manual_ids}
    comments = {report.exercise: report.diagnosis.sentence for report in result.reports.values() if report.diagnosis}
    comments |= dict.fromkeys(result.blank, NO_RESPONSE)
    return Entry(result.student, submission.timestamp, scores, comments)


def _write_pages(out: Path, assignment: Assignment, result: Result):
    """The feedback page and the graded notebook, where nbgrader's formgrader and its release_feedback look for them."""
    feedback = out / "feedback" / result.student / assignment.name / f"{assignment.name}.html"
    feedback.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(feedback, student_page(assignment, result))
    if result.reports:
        graded = out / "autograded" / result.student / assignment.name / f"{assignment.name}.ipynb"
        graded.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(graded, nbformat.writes(graded_notebook(assignment, result)) + "\n")


def graded_notebook(assignment: Assignment, result: Result) -> nbformat.NotebookNode:
    """The notebook with the student's answers, and with our reports as the outputs of the check cells."""
    notebook = copy_notebook(assignment.master)
    for cell in notebook.cells:
        name = grade_id(cell)
        if is_solution(cell):
            cell.source = result.answers[name]
        elif name in result.reports:
            report = result.reports[name]
            data = {"text/html": render_html(report), "text/plain": str(float(report.score))}
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=None)]
    return notebook
