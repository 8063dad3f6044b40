"""After `course grade`, nbgrader's own release_feedback and fetch_feedback bring every page to its student."""

import os
import re
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeFetchFeedback, ExchangeSubmit
from nbgrader.utils import notebook_hash, parse_utc
from nbgrader_courses import NAME, RIGHT, WRONG, hand_in, make_course, nbgrader, nbgrader_api
from traitlets.config import Config

from autograder.grading.grade import grade_class
from autograder.grading.submissions.collect import read_submission
from autograder.grading.submissions.receipt import SECRET, TIMESTAMP, receipt_of
from autograder.grading.submissions.submission import Submission


class Student:
    """Works in a folder of their own, with nbgrader's exchange and cache."""

    def __init__(self, name: str, course: Path, exchange: Path):
        self.home = course.parent / "homes" / name
        self.home.mkdir(parents=True)
        self.config = Config()
        self.config.CourseDirectory.root = str(self.home)
        self.config.CourseDirectory.course_id = course.name
        self.config.CourseDirectory.student_id = name
        self.config.CourseDirectory.assignment_id = NAME
        self.config.Exchange.root = str(exchange)
        self.config.Exchange.assignment_dir = str(self.home)
        self.config.Exchange.cache = str(self.home / "cache")

    def submit(self, notebook: Path):
        (self.home / NAME).mkdir(exist_ok=True)
        shutil.copy(notebook, self.home / NAME)
        self._run(ExchangeSubmit)

    def fetch_feedback(self) -> list[str]:
        self._run(ExchangeFetchFeedback)
        return [page.read_text() for page in sorted(self.home.glob(f"{NAME}/feedback/*/*.html"))]

    def _run(self, action):
        directory = CourseDirectory(config=self.config)
        action(coursedir=directory, authenticator=Authenticator(config=self.config), config=self.config).start()


def page(course, student):
    return (course / "feedback" / student / NAME / f"{NAME}.html").read_text()


def told(page):
    """A page without the number of its grading."""
    return re.sub(r'<meta name="course-basis" [^>]+>', "", page)


@pytest.fixture
def course(tmp_path, source_path):
    course = make_course(tmp_path / "deep", source_path, exchange=tmp_path / "exchange")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("c.ExchangeCollect.check_owner = False  # one account stands for all students here\n")
    return course


@pytest.mark.soak
@pytest.mark.sandbox
def test_every_student_fetches_their_own_page_whatever_another_has_made_of_the_files(course, assignment, tmp_path):
    api = nbgrader_api(course)
    for done in (api.generate_assignment(NAME), api.release_assignment(NAME)):
        assert done["success"], done
    students = {name: Student(name, course, tmp_path / "exchange") for name in ("ada", "bob", "eve")}
    answers = {"ada": RIGHT, "bob": WRONG, "eve": RIGHT}
    for name, student in students.items():
        student.submit(hand_in(tmp_path, assignment, name, relu_backward=answers[name]))
    assert api.collect(NAME)["success"]
    theirs = {name: (course / "submitted" / name / NAME) for name in students}
    (theirs["eve"] / SECRET).unlink()
    (theirs["eve"] / SECRET).symlink_to(course / "gradebook.db")

    def grade():
        grade_class(course / "submitted", assignment, course)

    grade()
    for name in ("ada", "bob"):
        for kind in ("feedback", "autograded"):
            laid = course / kind / name / NAME
            assert (laid / SECRET).read_bytes() == (theirs[name] / SECRET).read_bytes()
            assert parse_utc((laid / TIMESTAMP).read_text()) == parse_utc((theirs[name] / TIMESTAMP).read_text())
    nbgrader(course, "release_feedback", NAME)
    assert students["ada"].fetch_feedback() == [page(course, "ada")]
    assert students["bob"].fetch_feedback() == [page(course, "bob")]
    assert students["eve"].fetch_feedback() == []
    assert page(course, "ada") != page(course, "bob")

    # what a crash has halved is whole again after the next run
    (course / "feedback" / "ada" / NAME / SECRET).write_text("")
    (course / "feedback" / "bob" / NAME / TIMESTAMP).unlink()
    grade()
    assert (course / "feedback" / "ada" / NAME / SECRET).read_bytes() == (theirs["ada"] / SECRET).read_bytes()
    assert (course / "feedback" / "bob" / NAME / TIMESTAMP).read_text()

    # handed in again, with another secret and the same answers
    students["bob"].submit(hand_in(tmp_path, assignment, "bob", relu_backward=WRONG))
    assert api.collect(NAME, update=True)["success"]
    grade()
    assert api.release_feedback(NAME)["success"]
    first, second = students["bob"].fetch_feedback()
    assert page(course, "bob") in (first, second)
    assert told(first) == told(second)  # of two gradings

    # nbgrader's own pages take the place of ours
    done = api.generate_feedback(NAME, force=True)
    assert done["success"], done
    assert api.release_feedback(NAME)["success"]
    assert "Score: 1.0" in students["ada"].fetch_feedback()[0]
    secret = (theirs["ada"] / SECRET).read_text()
    assert (tmp_path / "exchange/deep/feedback" / f"{notebook_hash(secret=secret, notebook_id=NAME)}.html").exists()


def fifo(path, _):
    os.mkfifo(path)


def unix_socket(path, _):
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(path.parent)  # a socket's name may have 107 bytes
        server.bind(path.name)


def huge(path, _):
    with path.open("wb") as file:
        file.truncate(300 << 20)


HOSTILE = {
    "link": lambda path, other: path.symlink_to(other),
    "hard link": lambda path, other: path.hardlink_to(other),
    "link to a device": lambda path, _: path.symlink_to("/dev/null"),
    "pipe": fifo,
    "socket": unix_socket,
    "huge": huge,
    "folder": lambda path, _: path.mkdir(),
    "empty": lambda path, _: path.write_bytes(b""),
    "no text": lambda path, _: path.write_bytes(b"\xff\xfe\x00"),
    "zeros": lambda path, _: path.write_bytes(bytes(128)),
    "short": lambda path, _: path.write_bytes(b"7"),
    "missing": lambda path, _: None,
}


@pytest.fixture
def submission(tmp_path, assignment, monkeypatch) -> Submission:
    monkeypatch.chdir(tmp_path)
    path = hand_in(tmp_path, assignment, "ada", "2026-01-01 10:00:00.000000 UTC")
    (path.parent / SECRET).write_text("5" * 128)
    return read_submission("ada", path.parent, NAME)


def test_time_and_secret_are_those_of_the_submission(submission, tmp_path):
    receipt = receipt_of(submission, NAME, tmp_path)
    assert receipt == {TIMESTAMP: b"2026-01-01 10:00:00.000000 UTC", SECRET: b"5" * 128}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", [TIMESTAMP, SECRET])
def test_hostile_files_are_not_followed_and_stop_nobody(submission, tmp_path, kind, name):
    folder, other = submission.path.parent, tmp_path / "secret_of_bob"
    other.write_text("7" * 128 if name == SECRET else "2020-01-01 10:00:00 UTC")
    (folder / name).unlink()
    HOSTILE[kind](folder / name, other)
    submission = read_submission("ada", folder, NAME)
    receipt = receipt_of(submission, NAME, tmp_path / "feedback")
    if name == SECRET:
        assert receipt[SECRET] != receipt_of(submission, NAME, tmp_path / "feedback")[SECRET]
        assert len(receipt[SECRET]) == 128
        assert set(receipt[SECRET]) != set(b"7")
    else:
        # without the file nobody knows; a spoilt one is not credible
        time = parse_utc(receipt[TIMESTAMP].decode()) if receipt[TIMESTAMP] else None
        assert (time is None) == (kind == "missing")
        assert time is None or abs(time.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() < 3600
        assert receipt[SECRET] == b"5" * 128


def test_an_earlier_secret_counts_where_the_submission_has_none(submission, tmp_path):
    (submission.path.parent / SECRET).unlink()
    earlier = tmp_path / "feedback"
    earlier.mkdir()
    (earlier / SECRET).write_text("3" * 128)
    assert receipt_of(submission, NAME, earlier)[SECRET] == b"3" * 128


@pytest.mark.parametrize("linked", ["student", "assignment"])
def test_a_folder_that_is_a_link_gives_no_secret(submission, tmp_path, linked):
    folder = submission.path.parent
    path = folder if linked == "assignment" else folder.parent
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    receipt = receipt_of(read_submission("ada", folder, NAME), NAME, tmp_path / "feedback")
    assert receipt[SECRET] != b"5" * 128
    assert receipt[TIMESTAMP] == b""


def test_in_a_flat_folder_the_files_are_nobodys(submission, tmp_path):
    flat = tmp_path / "flat"
    flat.mkdir()
    shutil.copy(submission.path, flat / "ada.ipynb")
    (flat / SECRET).write_text("7" * 128)
    receipt = receipt_of(read_submission("ada", flat / "ada.ipynb", NAME), NAME, tmp_path / "feedback")
    assert receipt[SECRET] != b"7" * 128
    assert receipt[TIMESTAMP] == b""
