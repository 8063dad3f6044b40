"""Files that are no honest submissions are refused by name, with the reason; everybody else is graded as ever."""

import os
import socket
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from arena import FULL, PATIENT

from autograder.grading.grade import grade_class
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.names import id_problem
from autograder.grading.submissions.reading import MAX_BYTES

pytestmark = pytest.mark.sandbox
NAME = "01_lesson"
ADVICE = ("put ", "clear its outputs", "submit", "Rename it", "found ", "is not a folder", "does not exist")


class Intake:
    """A folder of submissions in nbgrader's layout; ``secret`` is a file that no student may read."""

    def __init__(self, folder: Path, secret: Path, honest: bytes):
        self.folder, self.secret, self.honest = folder, secret, honest

    def notebook(self, student: str) -> Path:
        """Where the student's notebook belongs; the folder is there."""
        path = self.folder / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def hand_in(self, student: str, timestamp: bytes | None = None):
        path = self.notebook(student)
        path.write_bytes(self.honest)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        if timestamp is not None:
            (path.parent / "timestamp.txt").write_bytes(timestamp)


def a_link_to_a_file(intake, student):
    intake.notebook(student).symlink_to(intake.secret)
    return "is a link"


def a_link_to_a_classmate(intake, student):
    intake.notebook(student).symlink_to(intake.notebook("ada"))
    return "is a link"


def a_linked_assignment(intake, student):
    (intake.folder / student).mkdir()
    (intake.folder / student / NAME).symlink_to(intake.notebook("ada").parent)
    return "is a link"


def a_linked_student(intake, student):
    (intake.folder / student).symlink_to(intake.folder / "ada")
    return "is a link"


def a_link_to_itself(intake, student):
    intake.notebook(student).symlink_to(f"{NAME}.ipynb")
    return "is a link"


def a_link_to_nothing(intake, student):
    intake.notebook(student).symlink_to("/nonexistent")
    return "is a link"


def a_link_to_an_endless_device(intake, student):
    intake.notebook(student).symlink_to("/dev/zero")
    return "is a link"


def a_hard_link(intake, student):
    intake.notebook(student).hardlink_to(intake.secret)
    return "is a hard link"


def a_pipe(intake, student):
    os.mkfifo(intake.notebook(student))
    return "is not a regular file"


def a_socket(intake, student):
    place = os.open(intake.notebook(student).parent, os.O_RDONLY)  # its own path may be too long for a socket's
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(f"/proc/self/fd/{place}/{NAME}.ipynb")
    os.close(place)
    return "cannot be opened"


def a_folder(intake, student):
    intake.notebook(student).mkdir()
    return "is not a regular file"


def a_file_for_a_folder(intake, student):
    (intake.folder / student).mkdir()
    (intake.folder / student / NAME).write_bytes(intake.honest)
    return "is not a folder"


def a_terabyte(intake, student):
    with intake.notebook(student).open("wb") as file:
        file.truncate(1 << 40)
    return "is larger than 20 MB"


def a_byte_too_much(intake, student):
    intake.notebook(student).write_bytes(intake.honest + b" " * (MAX_BYTES - len(intake.honest) + 1))
    return "is larger than 20 MB"


def a_zip(intake, student):
    with zipfile.ZipFile(intake.notebook(student), "w") as archive:
        archive.writestr(f"{NAME}.ipynb", intake.honest)
    return "not JSON"


def a_zip_that_leads_out(intake, student):
    with zipfile.ZipFile(intake.notebook(student), "w") as archive:
        archive.writestr("../../../LEFTOVER.ipynb", intake.honest)
    return "not JSON"


def a_zip_bomb(intake, student):
    with zipfile.ZipFile(intake.notebook(student), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}.ipynb", bytes(100 << 20))
    return "not JSON"


def thousands_of_notebooks(intake, student):
    folder = intake.notebook(student).parent
    for number in range(5000):
        (folder / f"{'x' * 100}{number}.ipynb").touch()
    return "and 4996 more"


def no_notebook(intake, student):
    (intake.notebook(student).parent / "notes.txt").write_text("later")
    return "found no notebook"


def two_notebooks(intake, student):
    for name in ("a.ipynb", "b.ipynb"):
        (intake.notebook(student).parent / name).write_bytes(intake.honest)
    return "found a.ipynb, b.ipynb"


REFUSED = [
    a_link_to_a_file, a_link_to_a_classmate, a_linked_assignment, a_linked_student, a_link_to_itself,
    a_link_to_nothing, a_link_to_an_endless_device, a_hard_link, a_pipe, a_socket, a_folder, a_file_for_a_folder,
    a_terabyte, a_byte_too_much, a_zip, a_zip_that_leads_out, a_zip_bomb, thousands_of_notebooks, no_notebook,
    two_notebooks,
]  # fmt: skip
TIMESTAMPS = {
    "in_the_future": (b"2999-01-01 00:00:00 UTC", "which lies in the future"),
    "at_the_end_of_time": (b"9999-12-31 23:59:59.999999-14:00", "contains no time"),
    "before_computers": (b"1969-12-31 23:59:59 UTC", "before notebooks existed"),
    "no_time": (b"yesterday", "contains no time"),
    "empty": (b"", "contains no time"),
    "of_NULs": (bytes(100), "contains no time"),
    "of_a_gigabyte": (b"2023-01-01 00:00:00 UTC" + b" " * 10_000, "larger than"),
    "of_another_zone": (b"2023-01-01 00:00:00 Mars/Olympus", "another zone"),
    "before_the_file": (b"2020-01-01 00:00:00 UTC", "after the 2020-01-01"),
}
NAMES = ("=1+1", "<script>alert(1)<", "x" * 101, "new\nline", "\u202eada", "\udcff", " ada", "ada\u00a0")


@pytest.fixture(scope="module")
def graded(arena, tmp_path_factory):
    top = tmp_path_factory.mktemp("intake")
    secret = top / "secret.txt"
    secret.write_text(arena.secret)
    intake = Intake(top / "submitted", secret, arena.submission().data)
    intake.hand_in("ada")
    intake.hand_in("zoe", b"2023-11-15 00:00:00.000001 UTC")
    reasons = {make.__name__: make(intake, make.__name__) for make in REFUSED}
    for student, (stamp, _) in TIMESTAMPS.items():
        intake.hand_in(student, stamp)
    for name in NAMES:
        intake.hand_in(name)
    (intake.folder / f"{NAME}_...ipynb").write_bytes(intake.honest)
    (intake.folder / f"{NAME}_ada.ipynb").write_bytes(b"{}")
    (intake.folder / "bob.ipynb").write_bytes(intake.honest)
    before = set(top.rglob("*"))
    began = time.process_time()
    with ThreadPoolExecutor(1) as executor:  # two processes, as for a class, would take longer to start
        summary = grade_class(intake.folder, arena.assignment, top / "out", limits=PATIENT, executor=executor)
    return {
        "rows": {row.student: row for row in summary.students},
        "left_out": summary.left_out,
        "reasons": reasons,
        "seconds": time.process_time() - began,
        "new": set(top.rglob("*")) - before,
        "top": top,
    }


@pytest.mark.parametrize("make", REFUSED, ids=[make.__name__ for make in REFUSED])
def test_refused_with_the_reason_and_what_to_do(graded, make):
    row = graded["rows"][make.__name__]
    assert row.score == 0
    (said,) = row.remarks
    assert graded["reasons"][make.__name__] in said
    assert len(said) < 600
    assert any(advice in said for advice in ADVICE), said


def test_honest_students_get_full_marks(graded):
    for student in ("ada", "zoe", "bob"):
        assert graded["rows"][student].score == FULL
    assert graded["rows"]["zoe"].remarks == graded["rows"]["bob"].remarks == ()
    assert graded["seconds"] < 60  # of computing, which other work on the machine does not prolong


def test_who_hands_in_for_somebody_else_is_named(graded):
    """A file of ada's name that comes after hers is not graded, and hers is."""
    ada = [row for row in graded["rows"].values() if any("ada" in r and "not graded" in r for r in row.remarks)]
    assert [row.student for row in ada] == ["ada"]


@pytest.mark.parametrize("student", TIMESTAMPS, ids=TIMESTAMPS.keys())
def test_a_forged_timestamp_is_named_and_gains_nothing(graded, student):
    row = graded["rows"][student]
    assert row.score == FULL
    assert TIMESTAMPS[student][1] in row.remarks[0]
    with Gradebook(f"sqlite:///{graded['top'] / 'out' / 'gradebook.db'}") as gradebook:
        found = gradebook._database.find_submission(NAME, student).timestamp
    # that of the file, which nobody has touched since; a plausible one is believed, and remarked
    written = datetime.fromtimestamp(1_700_000_000, UTC).replace(tzinfo=None)
    assert found == (datetime(2020, 1, 1) if student == "before_the_file" else written)


def test_names_that_are_no_ids_are_named_and_leave_nobody_behind(graded):
    refused = [text for text in graded["left_out"] if "cannot be a student's id" in text]
    assert len(refused) == len(NAMES) + 1
    assert all(text.isprintable() and "Rename it" in text for text in refused)
    for student in graded["rows"]:
        assert id_problem(student) == ""
    assert {path.name for path in (graded["top"] / "out" / "feedback").iterdir()} == set(graded["rows"])


def test_nothing_is_written_elsewhere_and_no_secret_anywhere(arena, graded):
    out = graded["top"] / "out"
    for path in graded["new"]:
        assert path.is_relative_to(out)
        assert not path.is_symlink()
        if path.is_file():
            assert arena.secret.encode() not in path.read_bytes()
    assert {path.name for path in out.iterdir() if path.is_dir()} == {"feedback", "autograded"}
