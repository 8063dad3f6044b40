"""What is collected from nbgrader's exchange belongs to the student whose name it bears."""

import os
import pwd

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeCollect as Chosen
from traitlets.config import Config

from autograder.grading.classroom.nbgrader_plugin import CollectOwned, harden
from autograder.grading.records.gradebook import Gradebook

# accounts that every Linux system has
ADA, EVE = "daemon", "bin"
FIRST, LATER = "2026-01-01 10:00:00.000000 UTC", "2026-01-02 10:00:00.000000 UTC"


@pytest.fixture
def course(tmp_path):
    config = Config()
    harden(config)
    config.CourseDirectory.root = str(tmp_path / "course")
    config.CourseDirectory.course_id = "deep"
    config.CourseDirectory.assignment_id = "lesson"
    config.Exchange.root = str(tmp_path / "exchange")
    (tmp_path / "course").mkdir()
    with Gradebook(f"sqlite:///{tmp_path / 'course' / 'gradebook.db'}"):
        pass
    (tmp_path / "exchange" / "deep" / "inbound").mkdir(parents=True)
    return config


@pytest.fixture
def give(monkeypatch):
    """A function that gives a folder to somebody; without root's rights, only as far as one sees who looks at it."""
    if os.geteuid() == 0:
        return lambda folder, uid: os.chown(folder, uid, -1)
    owners = {}

    def seen(look):
        def looked(path, **options):
            found = look(path, **options)
            uid = owners.get((found.st_dev, found.st_ino))
            return found if uid is None else os.stat_result((*found[:4], uid, *found[5:10]))

        return looked

    monkeypatch.setattr(os, "stat", seen(os.stat))
    monkeypatch.setattr(os, "lstat", seen(os.lstat))
    return lambda folder, uid: owners.update({(os.stat(folder).st_dev, os.stat(folder).st_ino): uid})


@pytest.fixture
def hand_in(course, give):
    def write(name, time, owner, text):
        folder = os.path.join(course.Exchange.root, "deep", "inbound", f"{name}+lesson+{time}")
        os.mkdir(folder)
        with open(os.path.join(folder, "lesson.ipynb"), "w") as file:
            file.write(text)
        give(folder, pwd.getpwnam(owner).pw_uid)

    return write


def collected(course, **options):
    course.ExchangeCollect.update(options)
    directory = CourseDirectory(config=course)
    collect = CollectOwned(coursedir=directory, authenticator=Authenticator(config=course), config=course)
    collect.start()
    path = os.path.join(course.CourseDirectory.root, "submitted")
    found = {}
    for student in os.listdir(path) if os.path.isdir(path) else []:
        with open(os.path.join(path, student, "lesson", "lesson.ipynb")) as file:
            found[student] = file.read()
    return found


def test_the_hardened_configuration_names_it(course):
    assert course.ExchangeFactory.collect.endswith(".CollectOwned")
    assert issubclass(CollectOwned, Chosen)


def test_a_students_own_newest_work_is_taken(course, hand_in):
    hand_in(ADA, FIRST, ADA, "first")
    hand_in(ADA, LATER, ADA, "later")
    assert collected(course) == {ADA: "later"}


def test_somebody_elses_newer_work_does_not_take_its_place(course, hand_in):
    hand_in(ADA, FIRST, ADA, "ada's")
    hand_in(ADA, LATER, EVE, "eve's")
    hand_in(EVE, FIRST, EVE, "eve's own")
    assert collected(course) == {ADA: "ada's", EVE: "eve's own"}


def test_work_in_the_name_of_one_who_has_handed_in_nothing_is_refused(course, hand_in):
    hand_in(ADA, LATER, EVE, "eve's")
    assert collected(course) == {}


def test_a_link_to_a_folder_is_not_its_owners_work(course, tmp_path, hand_in):
    hand_in(ADA, FIRST, ADA, "ada's")
    inbound = os.path.join(course.Exchange.root, "deep", "inbound")
    link = os.path.join(inbound, f"{ADA}+lesson+{LATER}")
    os.symlink(os.path.join(inbound, f"{ADA}+lesson+{FIRST}"), link)
    assert collected(course) == {ADA: "ada's"}


def test_the_check_can_be_switched_off_as_in_nbgrader(course, hand_in):
    hand_in(ADA, LATER, EVE, "eve's")
    assert collected(course, check_owner=False) == {ADA: "eve's"}


def test_the_time_of_the_exchange_counts_and_not_what_the_student_writes(course, hand_in, caplog):
    hand_in("ada", LATER, ADA, "{}")
    hand_in("eve", LATER, EVE, "{}")
    inbound = os.path.join(course.Exchange.root, "deep", "inbound")
    for student, text in {"ada": LATER, "eve": FIRST}.items():
        with open(os.path.join(inbound, f"{student}+lesson+{LATER}", "timestamp.txt"), "w") as file:
            file.write(text)
    collected(course, check_owner=False)
    for student in ("ada", "eve"):
        with open(os.path.join(course.CourseDirectory.root, "submitted", student, "lesson", "timestamp.txt")) as file:
            assert file.read() == LATER
    said = [record.getMessage() for record in caplog.records if "time of the exchange counts" in record.getMessage()]
    assert len(said) == 1
    assert said[0].startswith("eve+lesson")
    assert "timestamp.txt says 2026-01-01 10:00:00 UTC: the time of the exchange counts, 2026-01-02 10:00:00" in said[0]
    # both folders bear the date of January, and were made now
    assert sum("has dated it back" in record.getMessage() for record in caplog.records) == 2
