"""What an instructor reads in the terminal: short for a large class, and errors that say what to do."""

import errno
import sqlite3

import pytest
from click.testing import CliRunner
from nbgrader_courses import NAME, RIGHT, hand_in, make_course

from autograder.cli import main
from autograder.cli.grading import MOST, WHOLE, show_summary
from autograder.grading import class_report
from autograder.grading.grade import grade_class
from autograder.grading.reports.summary import MisconceptionRow, StudentRow, Summary


def course(*arguments, fails=False):
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == (1 if fails else 0), done.output
    return done.output


def summary(students, misconceptions=0):
    remarks = {7: ("handed in as a zip",)}
    rows = tuple(StudentRow(f"student{i:03d}", i % 37, 36, 0, remarks.get(i, ()), True, 0.1) for i in range(students))
    held = tuple(MisconceptionRow("relu", f"m{i}", f"mistake {i}", ("student001",)) for i in range(misconceptions))
    return Summary("01", 36, rows, (), held, ("zygote",), 1.0)


def test_a_small_class_is_printed_whole(capsys):
    show_summary(summary(WHOLE), {})
    said = capsys.readouterr().out
    assert all(f"student{i:03d}" in said for i in range(WHOLE))
    assert "more in the summary" not in said


def test_of_a_large_class_only_those_with_remarks_are_printed(capsys):
    show_summary(summary(1000, 50), {})
    said = capsys.readouterr().out
    assert "student007" in said
    assert "handed in as a zip" in said
    assert "student008" not in said
    assert f"999 students and {50 - MOST} misconceptions more in the summary" in said
    assert said.count("mistake") == MOST
    assert len(said.splitlines()) < 40


def test_the_toy_class_is_printed_with_what_every_score_should_be(capsys):
    toys = summary(WHOLE + 1)
    show_summary(toys, {row.student: 12.25 for row in toys.students})
    assert capsys.readouterr().out.count("12.25") == WHOLE + 1


@pytest.fixture(scope="module")
def graded(tmp_path_factory, source_path, assignment):
    folder = make_course(tmp_path_factory.mktemp("class") / "dl", source_path)
    hand_in(folder, assignment, "ada", relu_backward=RIGHT)
    hand_in(folder, assignment, "bob")
    grade_class(folder / "submitted", assignment, folder)
    return folder


@pytest.mark.sandbox
def test_in_a_course_folder_the_only_assignment_need_not_be_named(graded, monkeypatch):
    monkeypatch.chdir(graded)
    said = course("grade")
    assert "0 of 2 graded" in said
    assert "each with" not in said
    assert "2 students: The scores are 0 and 1 of 2 points." in course("stats")
    assert "2 students; a list to look at" in course("similar")
    assert "2 students: " in course("export", "csv")
    assert "every verdict stands" in course("regrade", "--dry-run")
    (graded / "source" / "02_other").mkdir()
    (graded / "source" / "02_other" / "02_other.ipynb").write_text("{}")
    (graded / "submitted" / "bob" / "02_other").mkdir()
    said = course("grade", fails=True)
    assert f"there are {NAME}, 02_other: say which one you mean with --assignment NAME" in said
    assert "2 students: " in course("export", "csv")  # only one of them is in the gradebook


@pytest.mark.sandbox
def test_in_a_course_folder_nothing_has_to_be_named_twice(graded, monkeypatch):
    monkeypatch.chdir(graded)
    said = course("grade", "--assignment", NAME)
    assert "0 of 2 graded" in said
    assert said.endswith(f"each with --assignment {NAME}\n")
    assert "2 students: The scores are 0 and 1 of 2 points." in course("stats", "--assignment", NAME)
    assert "2 students; a list to look at" in course("similar", "--assignment", NAME)
    assert "2 students: " in course("export", "csv", "--assignment", NAME)
    for name in ("statistics.html", "similar.html", "grades.csv"):
        assert (graded / f"{NAME}.{name}").exists()
    assert "2 students" in course("stats", "--assignment", NAME, "--course", graded)


@pytest.mark.soak
@pytest.mark.sandbox
def test_a_second_program_on_the_gradebook_is_named(graded):
    writer = sqlite3.connect(graded / "gradebook.db", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    try:
        said = course("export", "csv", "--course", graded, "--assignment", NAME, fails=True)
    finally:
        writer.close()
    assert "database is locked: another program writes to it" in said
    assert "SQL" not in said.replace("sqlite", "")


@pytest.mark.sandbox
def test_a_wrong_place_is_said_with_what_to_do(graded, tmp_path):
    elsewhere = ("--course", graded, "--assignment", "01_vanishing_gradients")
    said = course("stats", *elsewhere, fails=True)
    assert f"there are some of {NAME} (choose one with --assignment)" in said
    said = course("export", "csv", "--db", f"sqlite:///{tmp_path}/no.db", "--out", tmp_path, fails=True)
    assert f"there is no gradebook {tmp_path}/no.db" in said
    assert not (tmp_path / "no.db").exists()
    said = course("grade", graded / "submitted", *elsewhere[2:], "--out", tmp_path / "out", fails=True)
    assert f"There are submissions of {NAME}: choose one with --assignment" in said
    said = course("grade", graded / "submitted" / "ada", *elsewhere[2:], "--out", tmp_path / "out", fails=True)
    assert "holds no submissions of 01_vanishing_gradients" in said


def test_the_folder_of_one_student_is_recognised(tmp_path):
    name = "01_vanishing_gradients"
    path = tmp_path / "ada" / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    said = course("grade", tmp_path / "ada", "--assignment", name, "--out", tmp_path / "out", fails=True)
    assert "ada is the folder of one student: give the one above it" in said


@pytest.mark.sandbox
def test_a_full_disk_is_no_traceback(graded, monkeypatch):
    def full(path, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(class_report, "write_atomically", full)
    said = course("stats", "--course", graded, "--assignment", NAME, fails=True)
    assert said.strip() == "Error: a file cannot be read or written: No space left on device"
