"""Record what was found of a submission, in four places that agree, whatever happens in between.

The order is: the result (the write-ahead record), the audit log, the gradebook, the pages, a note that all is done.
Each step can be repeated without harm, and none judges anything. So a run that was killed at any moment is completed
by the next: where the result is on the disk, the rest is done from it, and where it is not, nothing else is there.

Guaranteed after a power cut, as far as the disk keeps what ``fsync`` has reported: results, audit log and gradebook
hold all that ``record`` has returned for; a page that is missing is written again, and so is the receipt beside it,
whole or not.
"""

import contextlib
import glob
import json
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from autograder.errors import UserError
from autograder.grading.judging.disclosure import for_student
from autograder.grading.judging.fingerprints import Basis
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records import audit
from autograder.grading.records.cross_check import Logged, disagreement
from autograder.grading.records.gradebook import NO_RESPONSE, Entry, Gradebook, GradebookError
from autograder.grading.records.graded_notebook import graded_notebook
from autograder.grading.records.marks import marks_of
from autograder.grading.records.results import Store
from autograder.grading.reports.feedback import page_basis, student_page
from autograder.grading.reports.lateness import Lateness
from autograder.grading.reports.marks import NO_MARKS, Marks
from autograder.grading.reports.pictures import NO_PICTURES, Pictures, pictures_of
from autograder.grading.submissions.assignment import Assignment
from autograder.grading.submissions.receipt import receipt_of
from autograder.grading.submissions.restore import NOT_FOR_STUDENTS, Remark
from autograder.grading.submissions.submission import Refused, Submission
from course_lib.files import write_atomically

DIFFERED = "what was kept of it differed from the audit log, so it was graded again"
BASIS = re.compile(rb'<meta name="course-basis" content="([\w-]+)">')


@dataclass(frozen=True)
class Updated:
    """Students whose page was written anew, and those who have handed in something else since they were graded."""

    written: tuple[str, ...]
    changed: tuple[str, ...]


class CannotRecord(UserError):
    """The folder or the database takes nothing more; the message says what to do."""


class Recorder:
    """What is kept of an assignment in ``out``, and in the gradebook.

    ``seal``, which is the key's, is to be set before anything is recorded. Results that are not what the log says are
    believed no more: ``differing`` says why, by student.
    """

    def __init__(self, out: Path, assignment: Assignment, gradebook: Gradebook, store: Store, log: audit.AuditLog):
        self.out, self.assignment = out, assignment
        self.gradebook, self.store, self.log = gradebook, store, log
        self.seal: Callable[[bytes], str] | None = None
        self.differing: dict[str, str] = {}
        self._logged = Logged(assignment.name)
        found = audit.examine(out / audit.FILE, self._logged.add)
        if found.broken is not None:
            raise audit.AuditError(
                f"line {found.broken} of {out / audit.FILE} is broken: {found.why}. Nothing is booked from results for "
                "which it no longer vouches. Put the file aside, and keep it: a new one is begun, and everybody is "
                "graded again"
            )
        for student, (_, result) in list(store.known.items()):
            unfinished = result.id not in store.done
            if why := disagreement(result, self._logged, unfinished=unfinished):
                self._distrust(student, why)

    def record(self, submission: Submission, result: Result, basis: Basis) -> Result:
        """Record a new result; when this returns, it is safe. Returns it with its id and basis."""
        result = replace(result, id=secrets.token_hex(8), basis=basis)
        if why := self.differing.pop(result.student, ""):
            remark = Remark(NOT_FOR_STUDENTS, f"{DIFFERED}: {why}")
            result = replace(result, remarks=(*result.remarks, remark))
            self.log.append([audit.remark_on(self.assignment.name, result, remark)])
        self.store.add(result, self.seal)
        self._complete(submission, result, audit.records_of(self.assignment, result))
        return self.store.result(result.student)

    def note_fault(self, result: Result, basis: Basis):
        """Leave a trace of a submission that we failed to judge; nothing else is recorded."""
        self.log.append([audit.fault_of(self.assignment.name, replace(result, basis=basis))])

    def catch_up(self, submissions: dict[str, Submission]):
        """Complete what an earlier run could not: nothing is judged again, nothing logged twice."""
        for part in self.out.glob(f".{glob.escape(self.assignment.name)}.*.part"):
            part.unlink()
        undone = [result for _, result in self.store.known.values() if result.id not in self.store.done]
        if undone:
            self._remove_unfinished_pages()
        for result in undone:
            logged = self._logged.cells.get(result.id, set())
            missing = [r for r in audit.records_of(self.assignment, result) if r["cell"] not in logged]
            text, seal = self.store.sealed.get(result.id, (b"", ""))
            if missing and self.seal(text) != seal:
                self._distrust(result.student, "the log does not know it, and it was not written by `course grade`")
            elif result.student in submissions:
                self._complete(submissions[result.student], result, missing)
            else:
                self.log.append(missing)

    def reconcile(self, submission: Submission, result: Result, booked: dict[str, dict]):
        """Restore gradebook, page and receipt where they were lost or are out of date.

        Parameters
        ----------
        booked : as from ``Gradebook.booked``.
        """
        entry = entry_of(self.assignment, submission, result)
        known = booked.get(result.student, {})
        if (known.get("scores"), known.get("comments")) != (entry.scores, _comments(self.assignment, entry)):
            self.gradebook.record(self.assignment.booked_as, entry)
        if not self._page(result.student).exists():
            write_pages(self.out, self.assignment, submission, result)
        lay_receipt(self.out, self.assignment, submission)

    def update_pages(
        self,
        submissions: Mapping[str, Submission],
        lateness: Mapping[str, Lateness],
        students: Collection[str] = (),
        *,
        ours_only: bool = False,
    ) -> Updated:
        """Write the pages anew on which something of the gradebook is missing: manual scores, comments, lateness.

        Parameters
        ----------
        submissions : where pictures come from, as far as they are what was graded.
        lateness : by student.
        students : only theirs; by default everybody's.
        ours_only : whether pages that nbgrader has made are left as they are.
        """
        marks = marks_of(self.gradebook, self.assignment, students, lateness)
        written, changed = [], []
        for student, (_, result) in sorted(self.store.known.items()):
            if (students and student not in students) or result.id not in self.store.done:
                continue  # what is unfinished, `course grade` will complete, or find that it is not to be trusted
            own, submission = marks.get(student, NO_MARKS), submissions.get(student)
            is_same = submission is not None and submission.digest == result.basis.get("submission")
            if submission is not None and not is_same:
                changed.append(student)
            page = self._page(student)
            shown, basis = basis_in(page), page_basis(result, own)
            if shown == basis or (ours_only and page.exists() and not shown):
                continue
            pictures = _pictures(submission, result) if is_same else _kept_pictures(self.out, self.assignment, result)
            write_page(self.out, self.assignment, result, pictures, own)
            written.append(student)
        return Updated(tuple(written), tuple(changed))

    def _distrust(self, student: str, why: str):
        self.differing[student] = why
        self.store.forget(student)

    def _complete(self, submission: Submission, result: Result, records: list[dict]):
        self.log.append(records)
        self.gradebook.record(self.assignment.booked_as, entry_of(self.assignment, submission, result))
        marks = marks_of(self.gradebook, self.assignment, [result.student])  # a human may have graded it before
        write_pages(self.out, self.assignment, submission, result, marks.get(result.student, NO_MARKS))
        self.store.set_done(result)

    def _page(self, student: str) -> Path:
        return page_of(self.out, student, self.assignment.page)

    def _remove_unfinished_pages(self):
        """The halves of files that a killed run has left."""
        name, notebook = glob.escape(self.assignment.booked_as), glob.escape(self.assignment.notebook)
        for kind in ("feedback", "autograded"):
            for part in self.out.glob(f"{kind}/*/{name}/.{notebook}.*.part"):
                part.unlink()


@contextlib.contextmanager
def explained_errors(out: Path) -> Iterator[None]:
    """Say what to do when the disk is full, the folder is read-only, or the database gives up.

    Raises
    ------
    CannotRecord
        Instead of OSError and SQLAlchemyError.
    """
    keeps = "What is recorded stays as it is, and the same command goes on from there"
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise CannotRecord(f"{out} cannot be written: {error.strerror or error}{where}. {keeps}") from error
    except SQLAlchemyError as error:
        raise CannotRecord(f"the gradebook cannot be used: {str(error)[:300]}. {keeps}") from error
    except GradebookError as error:
        if isinstance(error.__cause__, OperationalError):
            raise CannotRecord(f"{error}. {keeps}") from error
        raise


def entry_of(assignment: Assignment, submission: Submission, result: Result) -> Entry:
    """What the gradebook gets. Comments hold only our own words, and nothing of hidden cases: nbgrader renders them as
    markdown, and shows them to students.
    """
    if not result.reports:
        names = [*assignment.check_ids, *assignment.test_ids, *assignment.manual_ids]
        comments = {name: "The notebook could not be read." for name in assignment.solution_ids}
        return Entry(result.student, submission.timestamp, dict.fromkeys(names, 0.0), comments, assignment.notebook)
    # what we could not judge, a human will: our own faults never cost marks
    scores = {name: None if r.verdict == "grader_error" else r.score for name, r in result.reports.items()}
    scores |= {name: 0.0 if name in result.blank else None for name in assignment.manual_ids}
    told = [for_student(report, result.public.get(name)) for name, report in result.reports.items()]
    comments = {report.exercise: report.diagnosis.sentence for report in told if report.diagnosis}
    comments |= dict.fromkeys(result.blank, NO_RESPONSE)
    return Entry(result.student, submission.timestamp, scores, comments, assignment.notebook)


def page_of(out: Path, student: str, page: str) -> Path:
    """Where a student's feedback page stands, which is where nbgrader's release_feedback looks for it.

    Parameters
    ----------
    page : of the assignment.
    """
    return out / "feedback" / student / f"{page}.html"


def basis_in(page: Path) -> str:
    """The basis of a page of ours (see ``page_basis``); empty when there is none, or nbgrader has made it."""
    with contextlib.suppress(OSError), page.open("rb") as file:
        found = BASIS.search(file.read(4096))
        return found[1].decode() if found else ""
    return ""


def write_page(out: Path, assignment: Assignment, result: Result, pictures: Pictures, marks: Marks):
    """The feedback page, where nbgrader's release_feedback looks for it."""
    feedback = page_of(out, result.student, assignment.page)
    feedback.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(feedback, student_page(assignment, result, pictures, marks))


def _pictures(submission: Submission, result: Result) -> Pictures:
    if result.reports:
        with contextlib.suppress(Refused):  # changed since it was graded: no pictures until the next run
            return pictures_of(submission.data)
    return NO_PICTURES


def _kept_pictures(out: Path, assignment: Assignment, result: Result) -> Pictures:
    """Those that were kept for formgrader: of what was handed in as a zip, is gone by now, or was changed."""
    if not result.reports:  # what stands there is of an earlier submission
        return NO_PICTURES
    with contextlib.suppress(OSError):
        found = pictures_of(graded_path(out, assignment, result.student).read_bytes())
        return Pictures(tuple(replace(p, index=-1) for p in found.found))  # the cells there are counted otherwise
    return NO_PICTURES


def graded_path(out: Path, assignment: Assignment, student: str) -> Path:
    """Where the graded notebook stands, which is where formgrader looks for it."""
    return out / "autograded" / student / f"{assignment.page}.ipynb"


def write_pages(out: Path, assignment: Assignment, submission: Submission, result: Result, marks: Marks = NO_MARKS):
    """The feedback page, the graded notebook and their receipts, where nbgrader's formgrader and its release_feedback
    look for them.
    """
    pictures = _pictures(submission, result)
    write_page(out, assignment, result, pictures, marks)
    if result.reports:
        graded = graded_path(out, assignment, result.student)
        graded.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(graded, json.dumps(graded_notebook(assignment, result, pictures)) + "\n")
    lay_receipt(out, assignment, submission)


def lay_receipt(out: Path, assignment: Assignment, submission: Submission):
    """Lay the submission's receipt beside its pages; what is there already and the same, is not written."""
    feedback, graded = (out / kind / submission.student / assignment.booked_as for kind in ("feedback", "autograded"))
    receipt = receipt_of(submission, assignment.booked_as, feedback)
    # nbgrader's generate_feedback recreates the folder of the page from that of the graded notebook
    for path, content in [(folder / name, receipt[name]) for folder in (feedback, graded) for name in receipt]:
        if path.parent.is_dir() and not (path.is_file() and path.read_bytes() == content):
            path.unlink(missing_ok=True)  # nbgrader leaves it read-only
            path.write_bytes(content)


def _comments(assignment: Assignment, entry: Entry) -> dict[str, str | None]:
    """The automatic comment of every cell that has one in nbgrader's gradebook."""
    return {name: entry.comments.get(name) for name in assignment.solution_ids}
