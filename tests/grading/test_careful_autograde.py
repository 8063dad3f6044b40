"""What lies beside a notebook: nbgrader, hardened, follows no link, waits for no pipe, and takes nothing along."""

import os
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook as Stock
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader_courses import NAME, RIGHT, booked, hand_in, make_course, nbgrader, nbgrader_api
from traitlets.config import Config

from autograder.grading.classroom.nbgrader_plugin import CollectOwned, harden
from autograder.grading.grade import grade_class
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.plain_copy import MAX_DEPTH, MAX_FILES, copy_plain_files
from autograder.grading.submissions.receipt import SECRET, TIMESTAMP

pytestmark = pytest.mark.soak

PRIVATE = "what only the instructor may read"
LAID = {f"{NAME}.ipynb", TIMESTAMP, SECRET}
CHECK = "check-relu_backward"


def unix_socket(path: Path):
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's name may have 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(here)


def huge(path: Path):
    with path.open("wb") as file:
        file.truncate(300 << 20)  # takes no room on the disk until it is copied


def deep(path: Path):
    """Deeper than Python can recurse, and than a path may be long."""
    here = os.open(".", os.O_RDONLY)
    path.mkdir()
    os.chdir(path)
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)
    os.close(here)


def remove(path: Path):
    """A folder that is too deep for Python's own ``rmtree``."""
    subprocess.run(["rm", "-rf", str(path)], check=True)


def many(path: Path):
    path.mkdir()
    for number in range(MAX_FILES + 1):
        (path / str(number)).touch()


@pytest.fixture(scope="module")
def private(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("instructor")
    (folder / "private.html").write_text(PRIVATE)
    return folder


# what a student lays beside the notebook: the name, and how it is made
EXTRA = {
    "link": ("page.html", lambda path, private: path.symlink_to(private / "private.html")),
    "link_to_folder": ("data", lambda path, private: path.symlink_to(private)),
    "dangling_link": ("page.html", lambda path, _: path.symlink_to("nowhere")),
    "link_to_device": ("device", lambda path, _: path.symlink_to("/dev/null")),
    "hard_link": ("page.html", lambda path, private: path.hardlink_to(private / "private.html")),
    "pipe": ("pipe", lambda path, _: os.mkfifo(path)),
    "socket": ("socket", lambda path, _: unix_socket(path)),
    "huge": ("data.bin", lambda path, _: huge(path)),
    "deep": ("folder", lambda path, _: deep(path)),
    "many": ("numbers", lambda path, _: many(path)),
    "plain": ("notes.txt", lambda path, _: path.write_text("my notes")),
    "notebook_pipe": (f"{NAME}.ipynb", lambda path, _: os.mkfifo(path)),
    "notebook_link": (f"{NAME}.ipynb", lambda path, private: path.symlink_to(private / "private.html")),
}
HOSTILE_TIME = {
    "time_link": lambda path, private: path.symlink_to(private / "private.html"),
    "time_device": lambda path, _: path.symlink_to("/dev/null"),
    "time_pipe": lambda path, _: os.mkfifo(path),
    "time_huge": lambda path, _: huge(path),
    "time_garbage": lambda path, _: path.write_text("yesterday"),
    "time_to_come": lambda path, _: path.write_text("2999-01-01 10:00:00 UTC"),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory, source_path, assignment, private):
    """A class of such students, graded by the real `nbgrader autograde`."""
    course = make_course(tmp_path_factory.mktemp("careful") / "dl", source_path)
    for student, (name, make) in EXTRA.items():
        path = hand_in(course, assignment, student, "2026-01-01 10:00:00 UTC", relu_backward=RIGHT).with_name(name)
        path.unlink(missing_ok=True)
        make(path, private)
    for student, make in HOSTILE_TIME.items():
        make(hand_in(course, assignment, student, relu_backward=RIGHT).with_name(TIMESTAMP), private)
    (course / "source" / NAME / "figure.txt").write_text("the instructor's")
    try:
        nbgrader(course, "autograde", NAME)
        yield course
    finally:
        remove(course / "submitted" / "deep")


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.sandbox
@pytest.mark.parametrize("student", [*EXTRA, *HOSTILE_TIME])
def test_it_is_graded_and_nothing_is_taken_along(course, student):
    readable = not student.startswith("notebook_")
    assert booked(course)[student][CHECK] == (1.0 if readable else 0.0)
    graded = course / "autograded" / student / NAME
    assert files_below(graded) == LAID | {"figure.txt"}
    assert all(PRIVATE not in path.read_text() for path in graded.iterdir())


@pytest.mark.sandbox
@pytest.mark.parametrize("student", HOSTILE_TIME)
def test_a_spoilt_time_is_taken_for_the_notebooks_own(course, student):
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        time = stock.find_submission(NAME, student).timestamp.replace(tzinfo=UTC)
        assert stock.find_submission(NAME, "plain").timestamp == datetime(2026, 1, 1, 10)
    assert timedelta() < datetime.now(UTC) - time < timedelta(hours=1)  # when the test wrote it


@pytest.mark.sandbox
def test_course_grade_comes_to_the_same(course, assignment, tmp_path):
    grade_class(course / "submitted", assignment, tmp_path)
    assert booked(tmp_path) == booked(course)


@pytest.mark.sandbox
def test_pages_are_made_and_released_and_hold_nothing_of_the_instructors(course):
    api = nbgrader_api(course)
    for done in (api.generate_feedback(NAME, force=True), api.release_feedback(NAME)):
        assert done["success"], done
    released = list((course / "exchange").rglob("*.html"))
    assert len(released) == len(EXTRA) + len(HOSTILE_TIME)
    assert all(PRIVATE not in page.read_text() for page in released)


@pytest.mark.sandbox
def test_a_newer_submission_is_graded_anew_without_force(course, assignment):
    hand_in(course, assignment, "plain", "2026-01-01 10:00:00 UTC")
    api = nbgrader_api(course)
    assert api.autograde(NAME, "plain", force=False)["success"]
    assert booked(course)["plain"][CHECK] == 1.0
    hand_in(course, assignment, "plain", "2026-01-02 10:00:00 UTC")
    assert api.autograde(NAME, "plain", force=False)["success"]
    assert booked(course)["plain"][CHECK] == 0.0


@pytest.fixture
def collect(tmp_path):
    """Collects what is in the inbound folder of an exchange, into submitted/."""
    config = Config()
    harden(config)
    config.CourseDirectory.root = str(tmp_path / "course")
    config.CourseDirectory.course_id = "deep"
    config.CourseDirectory.assignment_id = NAME
    config.Exchange.root = str(tmp_path / "exchange")
    config.ExchangeCollect.check_owner = False
    (tmp_path / "course").mkdir()
    with Gradebook(f"sqlite:///{tmp_path / 'course' / 'gradebook.db'}"):
        pass

    def run() -> Path:
        directory = CourseDirectory(config=config)
        CollectOwned(coursedir=directory, authenticator=Authenticator(config=config), config=config).start()
        return tmp_path / "course" / "submitted"

    yield run
    for path in (tmp_path / "exchange" / "deep" / "inbound").glob("deep+*"):
        remove(path)


def test_collecting_takes_plain_files_and_stops_for_nobody(collect, tmp_path, private, assignment):
    inbound = tmp_path / "exchange" / "deep" / "inbound"
    for student, (name, make) in {**EXTRA, **{s: (TIMESTAMP, make) for s, make in HOSTILE_TIME.items()}}.items():
        path = hand_in(tmp_path, assignment, student).with_name(name)
        (path.parent / "more").mkdir()
        (path.parent / "more" / "helper.py").write_text("x = 1")
        path.unlink(missing_ok=True)
        make(path, private)
        os.utime(path.parent / "more" / "helper.py", (1e9, 1e9))
        inbound.mkdir(parents=True, exist_ok=True)
        path.parent.rename(inbound / f"{student}+{NAME}+2026-01-01 10:00:00.000000 UTC+x")
    submitted = collect()
    plain = {f"{NAME}.ipynb", "more", "more/helper.py"}
    for student in (*EXTRA, *HOSTILE_TIME):
        found = files_below(submitted / student / NAME)
        kept = {TIMESTAMP, *({"notes.txt"} if student == "plain" else ())}  # the exchange's time is written
        gone = {f"{NAME}.ipynb"} if student.startswith("notebook_") else set()
        if student in ("deep", "many"):
            assert plain <= found
            assert len(found) <= MAX_FILES + MAX_DEPTH + len(plain)
        else:
            assert found == (plain | kept) - gone, student
        texts = [path.read_text() for path in (submitted / student).rglob("*") if path.is_file()]
        assert PRIVATE not in "".join(texts)
    assert (submitted / "plain" / NAME / "more" / "helper.py").stat().st_mtime == 1e9


def test_what_does_not_fit_is_left_out_and_the_small_files_come_first(tmp_path):
    source = tmp_path / "source"
    (source / "a").mkdir(parents=True)
    (source / "a" / "late").write_bytes(b"12")
    for name, size in (("b", 4), ("c", 3), ("z", 1), ("too_large", 9)):
        (source / name).write_bytes(b"x" * size)
    left_out = copy_plain_files(source, tmp_path / "target", max_bytes=5, max_total=9)
    assert files_below(tmp_path / "target") == {"a", "b", "c", "z"}
    assert sorted(text.partition(":")[0] for text in left_out) == ["late", "too_large"]
