"""Keep what was found of every submission, so that a rerun grades only what changed, and loses nothing.

The file is the record that comes first: a result is on the disk here before it goes into the audit log, the pages and
the gradebook. A rerun completes those from here, without judging again.
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from autograder.grading.judging.fingerprints import whole_print
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.journal import Journal, parsed
from autograder.grading.records.private import mode_in
from autograder.grading.submissions.own_cells import OwnCell
from autograder.grading.submissions.restore import Remark
from autograder.report import CaseResult, Diagnosis, Report
from course_lib.files import write_atomically

SUFFIX = ".results.jsonl"
SEAL = b', "seal": "'  # behind the text of a line that it seals


class Store:
    """The results of an assignment, one JSON line each; of several lines for a student the last one holds.

    ``known`` has the fingerprint and the result by student. ``done`` are the ids of the results of which everything
    else is recorded too, ``sealed`` for the others the text of their lines and the seal behind it, by id. To read, no
    file is opened for writing; to write, use the store as a context manager.

    Raises
    ------
    Busy
        From ``add``, when another grader writes to the file.
    """

    def __init__(self, path: Path):
        self.path = path
        self.known: dict[str, tuple[str, Result]] = {}
        self.done: set[str] = set()
        self.sealed: dict[str, tuple[bytes, str]] = {}
        self._doubtful: dict[str, Result] = {}
        self._reports: dict[Report, Report] = {}  # equal ones are kept once: most of a class passes
        self._journal: Journal | None = None
        self._surplus = False
        if path.exists():
            with path.open("rb") as file:
                for line in file:
                    self._read(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def result(self, student: str) -> Result | None:
        """What is known of a student's last graded submission."""
        return self.known.get(student, ("", None))[1]

    def find(self, student: str, fingerprint: str) -> Result | None:
        """The result of this very submission, if it was graded before."""
        known, result = self.known.get(student, ("", None))
        return result if known == fingerprint else None

    def add(self, result: Result, seal: Callable[[bytes], str]):
        """Append one result; when this returns, it is on the disk. ``seal`` of its line shows later whose it is."""
        text = json.dumps(asdict(result)).encode()
        self._append_line(b'%s%s%s"}' % (text[:-1], SEAL, seal(text).encode()))
        self._keep(result)

    def forget(self, student: str):
        """Believe the result of a student no more. Its line stays, to be looked at, until there is another."""
        self._doubtful[student] = self.known.pop(student)[1]

    def remove(self, student: str):
        """Keep nothing of a student."""
        self.known.pop(student, None)
        self._doubtful.pop(student, None)
        self._surplus = True
        self.compact()

    def set_done(self, result: Result):
        """Note that everything else about this result is recorded. Were the note lost, it would be recorded again."""
        self._append_line(json.dumps({"done": result.id}).encode(), sync=False)
        self.done.add(result.id)

    def compact(self):
        """Rewrite the file with one line for every student, if there are more."""
        if self._surplus:
            self.__exit__()
            left = [*(result for _, result in self.known.values()), *self._doubtful.values()]
            write_atomically(self.path, (f"{self._line(result)}\n" for result in left), mode=mode_in(self.path.parent))
            self._surplus = False

    def _keep(self, result: Result):
        kept = {
            kind: {name: self._reports.setdefault(report, report) for name, report in getattr(result, kind).items()}
            for kind in ("reports", "public")
        }
        self.known[result.student] = whole_print(result.basis), replace(result, **kept)
        self._doubtful.pop(result.student, None)

    def _line(self, result: Result) -> str:
        if result.id not in self.done and result.id in self.sealed:
            text, seal = self.sealed[result.id]
            return f'{text[:-1].decode()}{SEAL.decode()}{seal}"}}'
        return json.dumps({**asdict(result), "done": result.id in self.done})

    def _append_line(self, line: bytes, sync: bool = True):
        if self._journal is None:
            self._journal = Journal(self.path)
        self._journal.append([line], sync)
        self._surplus = True

    def _read(self, line: bytes):
        # what an interruption cut off, or somebody has changed into no result, is graded again
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
            fields = parsed(line)
            done, seal = fields.pop("done", False), fields.pop("seal", "")
            if fields:
                result = _result(fields)
                self._keep(result)
                if seal:
                    self.sealed[result.id] = (line[: line.rfind(SEAL)] + b"}", seal)
                done = done and result.id
            else:
                self._surplus = True
            if done:
                self.done.add(done)
                self.sealed.pop(done, None)


def results_file(out: Path, assignment: str) -> Path:
    """Where the results of an assignment are kept."""
    return out / f"{assignment}{SUFFIX}"


def read_results(out: Path) -> dict[str, dict[str, Result]]:
    """The last result of every student, by assignment."""
    stores = {path.name.removesuffix(SUFFIX): Store(path) for path in sorted(out.glob(f"*{SUFFIX}"))}
    return {name: {s: result for s, (_, result) in store.known.items()} for name, store in stores.items()}


def _result(fields: dict) -> Result:
    reports, public = (
        {name: _report(report) for name, report in of_kind.items()}
        for of_kind in (fields.pop("reports"), fields.pop("public"))
    )
    remarks = tuple(Remark(**remark) for remark in fields.pop("remarks"))
    texts = {name: tuple(fields[name]) for name in ("blank", "judged")}
    own = tuple(OwnCell(**cell) for cell in fields.pop("own", ()))
    return Result(**{**fields, "reports": reports, "public": public, "remarks": remarks, "own": own, **texts})


def _report(fields: dict) -> Report:
    cases = tuple(CaseResult(**case) for case in fields["cases"])
    diagnosis = Diagnosis(**fields["diagnosis"]) if fields["diagnosis"] else None
    texts = {name: tuple(fields[name]) for name in ("hints", "notes")}
    return Report(**{**fields, "cases": cases, "diagnosis": diagnosis, **texts})
