"""Takes over the grading inside nbgrader: ``nbgrader autograde`` and formgrader's button grade in the sandbox.

One line of ``nbgrader_config.py`` does it::

    from autograder.grading.classroom.nbgrader_plugin import harden; harden(c)

nbgrader goes on with its own defaults when that file fails. So ``course new-class`` lays an ``nbgrader_config.json``
beside it, which nbgrader reads too: what ``harden`` sets, without its word that it has been called. Then nothing is
graded.

nbgrader still finds the submissions, the late penalties and the places of the files. But nothing of a submission
reaches a kernel of nbgrader's or its parser: the notebook is read as ``course grade`` reads it, rebuilt from the
source, run in a box and judged outside.
"""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange.default.collect import ExchangeCollect
from nbgrader.preprocessors import AssignLatePenalties, ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool
from traitlets.config import Config

from autograder.grading.classroom.arrival import settle_time
from autograder.grading.classroom.careful_autograde import make_careful
from autograder.grading.classroom.nbgrader_course import assignment_in
from autograder.grading.classroom.options import limits_of
from autograder.grading.grade import recorder
from autograder.grading.isolation.limits import Limits
from autograder.grading.judging.fingerprints import basis_of, common_basis
from autograder.grading.judging.grade_submission import Result, grade_submission
from autograder.grading.records.deadlines import update_deadlines
from autograder.grading.records.gradebook import LatePenalty
from autograder.grading.records.graded_notebook import graded_notebook
from autograder.grading.reports.pictures import pictures_of
from autograder.grading.seeds import class_key, seeds_of
from autograder.grading.submissions.allowances import read_allowances
from autograder.grading.submissions.assignment import Assignment, copy_notebook, notebooks_in
from autograder.grading.submissions.collect import read_submission
from autograder.grading.submissions.plain_copy import copy_plain_files
from autograder.grading.submissions.restore import restore
from autograder.grading.submissions.submission import NotReadable, Submission


def harden(config: Config):
    """Set nbgrader's configuration so that no student's code runs outside a box, and no student's HTML is active."""
    config.SubmissionExporter.hardened = True
    config.Autograde.exporter_class = f"{__name__}.SubmissionExporter"
    config.Autograde.sanitize_preprocessors = [f"{__name__}.RestoreSubmission"]
    config.Autograde.autograde_preprocessors = [
        f"{__name__}.GradeInSandbox",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        f"{__name__}.HideTests",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    config.ExchangeFactory.collect = f"{__name__}.CollectOwned"
    config.ExchangeFactory.release_feedback = "autograder.grading.classroom.release_feedback.ReleaseCurrent"
    # what a student wrote could otherwise send the grader's own browser to give full manual marks
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = {
        name: f"autograder.grading.classroom.sanitize.{name}" for name in ("clean_html", "markdown2html")
    }


def guard() -> Config:
    """For ``nbgrader_config.json``: hardened as far as pages and ``collect`` go, while ``autograde`` refuses."""
    config = Config()
    harden(config)
    del config.SubmissionExporter
    return config


class CollectOwned(ExchangeCollect):
    """Takes from the exchange only what belongs to the student whose name it bears, and of that only plain files.

    Students share the inbound folder, and could hand in for each other; nbgrader itself only warns of that. It follows
    links, with the instructor's rights, and stops for the whole class at a pipe, a socket, or too large a file.
    """

    def copy_files(self):
        refused = [record for record in self.src_records if not self._is_owned(record)]
        for record in refused:
            self.log.error("%s is not %s's own: not collected", record["filename"], record["username"])
        self.src_records = [record for record in self.src_records if record not in refused]
        super().copy_files()

    def do_copy(self, src, dest, log=None):
        name, directory = os.path.basename(src), self.coursedir
        with TemporaryDirectory() as place:
            plain, sizes = Path(place) / "plain", (1000 * directory.max_file_size, 1000 * directory.max_dir_size)
            try:
                left_out = copy_plain_files(Path(src), plain, *sizes)
            except OSError as error:  # while it is read, it is the student's to change
                self.log.error("%s cannot be read: not collected (%s)", name, error)
                return
            for what in left_out:
                self.log.error("%s: left out %s", name, what)
            for text in settle_time(plain, self._path_to_record(name)["timestamp"], Path(src)):
                self.log.warning("%s: %s", name, text)
            super().do_copy(str(plain), dest, log)

    def _sort_by_timestamp(self, records):
        # nbgrader takes the first: the student's own newest, however new anyone else's is
        return sorted(super()._sort_by_timestamp(records), key=self._is_owned, reverse=True)

    def _is_owned(self, record) -> bool:
        if not self.check_owner:
            return True
        status = os.lstat(os.path.join(self.inbound_path, record["filename"]))
        try:
            return stat.S_ISDIR(status.st_mode) and pwd.getpwuid(status.st_uid).pw_name == record["username"]
        except KeyError:
            return False


@dataclass(frozen=True)
class Work:
    """One submission to be graded; ``out`` is the course folder, where results, key and audit log are."""

    submission: Submission
    assignment: Assignment
    out: Path
    db_url: str
    late: LatePenalty
    limits: Limits


class SubmissionExporter(NotebookExporter):
    """Reads a submission as ``course grade`` does, and never through nbformat, which trusts what it reads.

    Both of nbgrader's rounds begin with the submitted file; what they write is made by the preprocessors,
    which find in ``work`` what it is about. An exporter lives for one command, for which a source is read once.
    """

    hardened = Bool(False, help="Set by harden(c), with which nbgrader_config.py must have come to its end.").tag(
        config=True
    )

    def __init__(self, **options):
        super().__init__(**options)
        if not self.hardened:
            message = (
                "Nothing is graded: nbgrader_config.py could not be run (see above), or does not call harden(c). "
                "Without it, students' code would run unprotected in this account"
            )
            self.log.error(message)
            raise NbGraderException(message)
        make_careful(self.parent)
        self.work: Work | None = None
        self._assignments: dict[str, Assignment] = {}

    def from_filename(self, filename, resources=None, **options):
        names, coursedir = resources["nbgrader"], self.parent.coursedir
        name, student = names["assignment"], names["student"]
        folder = Path(coursedir.format_path(coursedir.submitted_directory, student, name))
        assignment = self._assignment(name, names["notebook"])
        which = {"notebook": assignment.notebook, "siblings": assignment.siblings}
        submission = read_submission(student, folder, name, **which).loaded()  # once: it may change under our hands
        if submission.ours:
            raise NotReadable(f"not graded, and nothing is recorded: {submission.problem}")
        own = self._late(), limits_of(self.config)
        self.work = Work(submission, assignment, Path(coursedir.root), names["db_url"], *own)
        return self.from_notebook_node(new_notebook(), resources, **options)

    def _assignment(self, name: str, notebook: str) -> Assignment:
        coursedir = self.parent.coursedir
        source = Path(coursedir.format_path(coursedir.source_directory, ".", name)).parent
        label = name if notebooks_in(source / name) == [name] else f"{name}.{notebook}"
        if label not in self._assignments:
            found = assignment_in(source, Path(coursedir.root), label)
            if found is None or found.notebook != notebook:
                notebooks = ", ".join(f"{each}.ipynb" for each in notebooks_in(source / name)) or "none"
                raise ValueError(f"{notebook}.ipynb is not graded: {name} of the course consists of {notebooks}")
            self._assignments[label] = found
        return self._assignments[label]

    def _late(self) -> LatePenalty:
        penalties = AssignLatePenalties(config=self.config)
        penalties.init_plugin()
        return penalties.plugin_inst.late_submission_penalty


class RestoreSubmission(NbGraderPreprocessor):
    """The source notebook with the student's solution cells; those as released, when the file cannot be read."""

    def preprocess(self, nb: NotebookNode, resources: dict):
        work = self.parent.work
        restored = None if work.submission.problem else restore(work.assignment, work.submission.data).notebook
        return copy_notebook(restored or work.assignment.master), resources


class GradeInSandbox(NbGraderPreprocessor):
    """Grades the submission and records it, as ``course grade`` does; the notebook shows our reports as outputs."""

    def preprocess(self, nb: NotebookNode, resources: dict):
        work = self.parent.work
        result = grade_one(work)
        for remark in result.remarks:
            self.log.warning("%s: %s", result.student, remark.text)
        if not result.reports:
            return copy_notebook(work.assignment.master), resources
        pictures = pictures_of(work.submission.data)
        return copy_notebook(graded_notebook(work.assignment, result, pictures)), resources


def grade_one(work: Work) -> Result:
    """Regrade one submission, with the key of its class, and record it. Raises as ``grade_class`` does."""
    limits, submission = work.limits, work.submission
    allowances = read_allowances(work.out)
    with recorder(work.out, work.assignment, work.db_url, work.late) as record:
        assignment = record.assignment
        key = class_key(work.out, expected=record.log.seed_id)
        record.seal = key.seal
        result = grade_submission(submission, assignment, limits, seeds_of(key, assignment, submission))
        result = record.record(submission, result, basis_of(submission, common_basis(assignment, limits, key.id)))
        update_deadlines(record.gradebook, allowances, work.out, submission.student)
        return result


class HideTests(ClearHiddenTests):
    """Takes the hidden tests out of feedback pages. What a student wrote is left alone, whatever marks are in it."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int):
        if is_grade(cell) and not is_solution(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        return cell, resources
