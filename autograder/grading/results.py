"""Keep what was found of every submission, so that a rerun grades only what changed."""

import hashlib
import inspect
import json
from dataclasses import asdict
from pathlib import Path

from autograder.files import ROOT
from autograder.grading.assignment import Assignment
from autograder.grading.collect import Submission
from autograder.grading.judging import Result
from autograder.grading.restore import Remark
from autograder.grading.sandbox import Limits
from autograder.report import CaseResult, Diagnosis, Report
from course_lib.files import write_atomically

# Everything that a grade depends on, besides the exercises: not the figures, widgets and claims.
JUDGING = ("autograder/*.py", "autograder/grading/**/*.py", "course_lib/*.py")


class Store:
    """A file of results, one JSON line each; of several lines for a student the last one holds.

    A line is appended after everything else about the submission is safely recorded, so that what an interruption
    cuts off is graded again.
    """

    def __init__(self, path: Path):
        self.path = path
        self.known: dict[str, tuple[str, Result]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                self._read(line)

    def find(self, student: str, fingerprint: str) -> Result | None:
        """The result of this very submission, if it was graded before."""
        known, result = self.known.get(student, ("", None))
        return result if known == fingerprint else None

    def add(self, fingerprint: str, result: Result):
        """Append one result."""
        self.known[result.student] = fingerprint, result
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(fingerprint, result))

    def compact(self):
        """Rewrite the file with one line for every student."""
        write_atomically(self.path, "".join(_line(*entry) for entry in self.known.values()))

    def _read(self, line: str):
        try:
            fields = json.loads(line)
            fingerprint = fields.pop("fingerprint")
            result = _result(fields)
        except (ValueError, TypeError, KeyError):  # a line that an interruption cut short
            return
        self.known[result.student] = fingerprint, result


def fingerprint(submission: Submission, context: str) -> str:
    """A digest of one submission, and of everything else that its grade depends on."""
    facts = [context, submission.student, str(submission.timestamp), submission.problem, *submission.remarks]
    return hashlib.sha256(json.dumps(facts).encode() + submission.data).hexdigest()


def context_of(assignment: Assignment, limits: Limits, seed: int) -> str:
    """A digest of the assignment, the limits, the hidden seed, the exercises, and the code that judges."""
    digest = hashlib.sha256(json.dumps([assignment.master, assignment.released, asdict(limits), seed]).encode())
    paths = {Path(inspect.getfile(case.draw)) for e in assignment.exercises().values() for case in e.cases}
    for path in sorted(paths.union(*(ROOT.glob(pattern) for pattern in JUDGING))):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _line(fingerprint: str, result: Result) -> str:
    return json.dumps({"fingerprint": fingerprint, **asdict(result)}) + "\n"


def _result(fields: dict) -> Result:
    reports = {name: _report(report) for name, report in fields.pop("reports").items()}
    remarks = tuple(Remark(**remark) for remark in fields.pop("remarks"))
    return Result(**{**fields, "reports": reports, "remarks": remarks, "blank": tuple(fields["blank"])})


def _report(fields: dict) -> Report:
    cases = tuple(CaseResult(**case) for case in fields["cases"])
    diagnosis = Diagnosis(**fields["diagnosis"]) if fields["diagnosis"] else None
    texts = {name: tuple(fields[name]) for name in ("hints", "notes")}
    return Report(**{**fields, "cases": cases, "diagnosis": diagnosis, **texts})
