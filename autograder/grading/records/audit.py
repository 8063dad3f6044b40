"""The audit log of a class: every verdict, in the order of recording, in a file that is only appended to.

One JSON record a line. Each carries its own hash and that of the record before it, so that a line that was changed,
removed, added or moved breaks the chain there; cutting off the end shows when the results are compared
(``cross_check``). Anyone who can write to both and recomputes all later hashes is found out only by a ``head`` that was
noted elsewhere: `course grade` prints it.

Guaranteed: the records of a submission are on the disk (``fsync``, once for all records of the submission) before its
scores go into the gradebook.
"""

import getpass
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.judging.fingerprints import digest, verdict_print
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.journal import Journal, parsed
from autograder.grading.submissions.assignment import Assignment
from autograder.grading.submissions.restore import Remark

FILE = "audit.jsonl"
FIRST = "0" * 64  # what the first record has for the hash of the one before
PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")


class AuditError(UserError):
    """The log cannot be continued; the message says what to do."""


class AuditLog:
    """The open log of a folder; use it as a context manager. Only one can be open at a time.

    ``head`` is the hash of the last record, ``seed_id`` the id of the key that it was drawn with, or empty.

    Raises
    ------
    Busy
        When another grader has it open.
    AuditError
        When the last line is no record.
    """

    def __init__(self, path: Path):
        self._journal = Journal(path)
        try:
            last = _parsed(self._journal.last) if self._journal.last else {}
            if last is None:
                raise AuditError(
                    f"the last line of {path} is not a record, so nothing can be added. `course audit verify` says "
                    "where it was changed; put the file aside, and keep it: a new one is begun"
                )
        except BaseException:
            self._journal.close()
            raise
        self.head, self.seed_id = last.get("hash", FIRST), last.get("seed_id", "")
        self._number = last.get("number", 0)
        if self._journal.torn:
            self.append([{"event": "torn", "seed_id": self.seed_id, "torn_sha256": digest(self._journal.torn)}])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._journal.close()

    def append(self, records: list[dict]):
        """Write the records; when this returns, they are on the disk."""
        head, lines = self.head, []
        for number, record in enumerate(records, self._number + 1):
            stamp = {"number": number, "time": datetime.now(UTC).isoformat(timespec="milliseconds")}
            fields = {**stamp, **record, "previous": head}
            head = _hash(fields)
            lines.append(json.dumps({**fields, "hash": head}).encode())
        self._journal.append(lines)
        self.head, self._number = head, self._number + len(lines)


@dataclass(frozen=True)
class Examined:
    """What a look at a log has found.

    ``broken`` is the number of the first line that is not as it was written (from 1), or None; ``why`` says what is
    wrong with it. ``torn`` are the bytes after the last whole line, which a crash has cut off. ``differing`` says which
    results are not what the log has, and ``gradebook`` what the gradebook has otherwise than the results.
    """

    records: int
    head: str
    broken: int | None = None
    why: str = ""
    torn: int = 0
    differing: tuple[str, ...] = ()
    gradebook: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.broken is None and not self.differing and not self.gradebook

    def to_dict(self) -> dict:
        """Plain data, for JSON."""
        return {**asdict(self), "ok": self.ok}


def examine(path: Path, visit: Callable[[dict], None] = lambda record: None) -> Examined:
    """Check the chain of a log from its first line on, and ``visit`` its records; the file may be in use."""
    head, count = FIRST, 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return Examined(count, head, torn=len(line))
            record = _parsed(line)
            why = ""
            if record is None:
                why = "it is not a record, or has a key twice"
            elif not _is_as_written(line, record["hash"]):
                why = "it was changed after it was written"
            elif record["previous"] != head or record.get("number") != number:
                why = "it does not follow the line before: lines were removed, added or moved"
            if why:
                return Examined(count, head, number, why)
            head, count = record["hash"], count + 1
            visit(record)
    return Examined(count, head)


def read(path: Path) -> Iterator[dict]:
    """The records of a log, in their order; lines that are none are left out."""
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                if record := _parsed(line):
                    yield record


def last_seed_id(path: Path) -> str:
    """The id of the key that the last record was drawn with, or empty; opens nothing for writing."""
    return next((record["seed_id"] for record in reversed([*read(path)]) if record.get("seed_id")), "")


def records_of(assignment: str | Assignment, result: Result, *, every_cell: bool = False) -> list[dict]:
    """A record for every verdict that was made in the result's last grading; of ``every_cell``, of all it has."""
    name = assignment if isinstance(assignment, str) else assignment.name
    common = {
        "event": "verdict",
        "grading": result.id,
        "student": result.student,
        "assignment": name,
        "submission_sha256": result.basis.get("submission", ""),
        "program": version("training-deep-networks"),
        "code_sha256": result.basis.get("judging", ""),
        "seed_id": result.basis.get("seeds", ""),
        "beside_sha256": digest([sorted(result.answers.items()), sorted(result.blank), [*map(_plain, result.remarks)]]),
        "level": result.level,
        "seconds": round(result.seconds, 3),
        **origin(),
    }
    if not result.reports:
        remarks = [_plain(remark) for remark in result.remarks]
        return [{**common, "cell": "", "exercise": "", "score": 0.0, "verdict": "refused", "remarks": remarks}]
    return [
        {
            **common,
            "cell": cell,
            "exercise": report.exercise,
            "score": report.score,
            "points": report.points,
            "verdict": report.verdict,
            "diagnosis": report.diagnosis.name if report.diagnosis else "",
            "answer_sha256": digest(result.answers.get(report.exercise, "").encode()),
            "version_sha256": result.basis.get(cell, ""),
            "fingerprint": verdict_print(result.basis, cell),
            "tamper_proof": cell.startswith("check-"),
        }
        for cell in (result.reports if every_cell else result.judged)
        for report in [result.reports[cell]]
    ]


def fault_of(assignment: str, result: Result) -> dict:
    """A record of a submission that we failed to judge, so that it has no verdict."""
    return {
        "event": "fault",
        "student": result.student,
        "assignment": assignment,
        "submission_sha256": result.basis.get("submission", ""),
        "seed_id": result.basis.get("seeds", ""),
        "remarks": [_plain(remark) for remark in result.remarks],
        **origin(),
    }


def remark_on(assignment: str, result: Result, remark: Remark) -> dict:
    """A record of something about a student's results that is no verdict."""
    common = {"student": result.student, "assignment": assignment, "seed_id": result.basis.get("seeds", "")}
    return {"event": "remark", **common, "remarks": [_plain(remark)], **origin()}


def origin() -> dict[str, str]:
    """Who runs this program, and with what command; no password."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no such user, as in some containers
        user = ""
    return {"by": user, "command": PASSWORD.sub(r"\1:***@", " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]))}


def _plain(remark: Remark) -> str:
    return f"{remark.kind}: {remark.text}"[:300]


def _hash(fields: dict) -> str:
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


def _is_as_written(line: bytes, known: object) -> bool:
    """Whether a line of the log is what its hash, which is its last field, was made of: byte for byte."""
    end = f', "hash": "{known}"}}\n'.encode()
    return line.endswith(end) and hashlib.sha256(line[: -len(end)] + b"}").hexdigest() == known


def _parsed(line: bytes) -> dict | None:
    try:
        record = parsed(line)
    except (ValueError, RecursionError):
        return None
    return record if {"hash", "previous"} <= record.keys() else None
