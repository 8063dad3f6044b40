"""The audit log: whole after every crash, and no change to it goes unseen."""

import json
import subprocess
import sys

import pytest

from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.audit import (
    FILE,
    AuditError,
    AuditLog,
    examine,
    origin,
    read,
    records_of,
)
from autograder.grading.records.cross_check import examine_class
from autograder.grading.records.journal import Busy, Journal
from autograder.grading.submissions.restore import Remark

REFUSED = Result("ada", {}, (Remark("refused", "x.ipynb is a link"),), {}, (), "", 0.5, id="1f", basis={"seeds": "k"})


@pytest.fixture
def path(tmp_path):
    """A log of six records, written by three graders."""
    path = tmp_path / FILE
    for number in range(3):
        with AuditLog(path) as log:
            log.append(
                [{"event": "verdict", "student": f"s{number}", "score": n / 3, "seed_id": "k"} for n in range(2)]
            )
    return path


def test_a_log_is_whole_and_in_order(path):
    found = examine(path)
    assert (found.records, found.ok, found.torn) == (6, True, 0)
    assert [r["number"] for r in read(path)] == [1, 2, 3, 4, 5, 6]
    assert found.head == [*read(path)][-1]["hash"]
    assert all(r["time"].endswith("+00:00") for r in read(path))
    with AuditLog(path) as log:
        assert (log.head, log.seed_id) == (found.head, "k")


@pytest.mark.parametrize("line", range(6))
@pytest.mark.parametrize("attack", ["edit", "edit and rehash", "remove", "swap", "repeat", "blank", "not json"])
def test_the_first_broken_line_is_named(path, attack, line):
    lines = path.read_bytes().split(b"\n")[:-1]
    named = line + 1
    if attack == "edit":
        lines[line] = lines[line].replace(b'"score": ', b'"score": 1')
    elif attack == "edit and rehash":
        fields = json.loads(lines[line]) | {"score": 100.0}
        other = forged(fields)
        lines[line], named = other, line + 2
    elif attack == "remove":
        del lines[line]
    elif attack == "swap":
        lines[line], lines[line - 1] = lines[line - 1], lines[line]
        named = min(line + 1, (line - 1) % 6 + 1)
    elif attack == "repeat":
        lines.insert(line, lines[line])
        named = line + 2
    else:
        lines[line] = b"" if attack == "blank" else b"{"
    path.write_bytes(b"\n".join(lines) + b"\n")
    found = examine(path)
    at_the_end = line == 5 and attack in ("edit and rehash", "remove")
    # what nothing follows any more shows in the head, which course grade has printed
    assert found.broken == (None if at_the_end else named)
    assert found.ok == at_the_end


def forged(fields):
    """The line as one who knows how hashes are made would forge it."""
    import hashlib

    fields.pop("hash")
    digest = hashlib.sha256(json.dumps(fields).encode()).hexdigest()
    return json.dumps({**fields, "hash": digest}).encode()


def test_what_is_missing_at_the_end_shows_in_the_results(tmp_path):
    with AuditLog(tmp_path / FILE) as log:
        log.append(records_of("01_lesson", REFUSED))
    results = {"01_lesson": {"ada": REFUSED}}
    assert examine_class(tmp_path, results).ok
    (tmp_path / FILE).write_bytes(b"")
    found = examine_class(tmp_path, results)
    assert found.differing == ("ada, 01_lesson: the log has no verdict on the submission of this grading",)
    assert not found.ok


@pytest.mark.parametrize("cut", [1, 7, 100, 10**6])
def test_a_torn_line_is_set_aside_and_the_log_goes_on(path, cut):
    whole = path.read_bytes()
    *_, last = whole.splitlines(keepends=True)
    torn = last[: -min(cut, len(last) - 1)]
    path.write_bytes(whole + torn)
    assert examine(path).torn == len(torn)
    assert examine(path).ok
    with AuditLog(path) as log:
        log.append([{"event": "verdict", "seed_id": "k"}])
    assert path.read_bytes().startswith(whole)
    assert path.with_name(FILE + ".torn").read_bytes() == torn + b"\n"
    found = examine(path)
    assert (found.records, found.ok, found.torn) == (8, True, 0)
    assert [r["event"] for r in read(path)][-2:] == ["torn", "verdict"]


def test_zeros_at_the_end_which_a_power_cut_leaves_are_set_aside(path):
    with path.open("ab") as file:
        file.write(bytes(5000))
    with AuditLog(path):
        pass
    assert examine(path).ok
    assert b"\0" not in path.read_bytes()


def test_a_log_whose_last_line_is_no_record_is_not_continued(path):
    with path.open("ab") as file:
        file.write(b"grades are fine\n")
    before = path.read_bytes()
    with pytest.raises(AuditError, match="put the file aside"):
        AuditLog(path)
    assert path.read_bytes() == before
    path.rename(path.with_name("aside"))
    with AuditLog(path):  # the lock was given back
        pass


def test_only_one_grader_writes(path):
    script = "import sys, pathlib; from autograder.grading.records.audit import *; AuditLog(pathlib.Path(sys.argv[1]))"
    with AuditLog(path) as log:
        with pytest.raises(Busy, match="another grader is writing to"):
            AuditLog(path)
        other = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=False)
        assert "Busy: another grader is writing to" in other.stderr
        log.append([{"event": "verdict"}])
    with AuditLog(path):
        pass
    assert examine(path).records == 7


def test_a_write_that_fails_leaves_no_half_line(path, monkeypatch):
    import os

    real = os.write

    def full(descriptor, data):
        if len(data) < 50:
            raise OSError(28, "No space left on device")
        return real(descriptor, data[: len(data) // 2])

    before = path.read_bytes()
    with AuditLog(path) as log:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            log.append([{"event": "verdict"}])
        monkeypatch.undo()
        assert path.read_bytes() == before
        log.append([{"event": "verdict"}])
    assert examine(path).ok


def test_lines_are_on_the_disk_when_append_returns(tmp_path, monkeypatch):
    import os

    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(os.fstat(descriptor).st_size), real(descriptor)))
    with Journal(tmp_path / "lines") as journal:
        synced.clear()
        journal.append([b"one", b"two"])
        assert synced == [8]
        journal.append([b"three"], sync=False)
        assert synced == [8]
        journal.append([])
        assert synced == [8]


def test_no_password_stands_in_the_command(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/x/course", "grade", "--db", "postgresql://me:secret@host/grades"])
    assert origin()["command"] == "course grade --db postgresql://me:***@host/grades"
