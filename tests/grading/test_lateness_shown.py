"""Who looks at a graded class sees who was late and what counts: in the terminal, on the pages and in the exports."""

import csv
import json

import pytest
from click.testing import CliRunner
from nbgrader_courses import NAME, RIGHT, SIGMOID, hand_in, make_course

from autograder.cli import main

pytestmark = pytest.mark.sandbox
LATE = "2 of 5, late by 2 h, counted as 0"


def course(folder, *arguments):
    """What `course` says of a class."""
    done = CliRunner().invoke(main, [*arguments, "--course", str(folder)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def graded(tmp_path_factory, source_path, assignment):
    """A class of three, of whom one is late and another has an extension; and what `course grade` has said."""
    folder = make_course(tmp_path_factory.mktemp("late") / "dl", source_path)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    for student, time in {"ada": "11:59:59", "bob": "14:00:00", "cyd": "14:00:00"}.items():
        hand_in(folder, assignment, student, f"2026-03-01 {time} UTC", relu_backward=RIGHT, sigmoid=SIGMOID)
    course(folder, "due", NAME, "2026-03-01 12:00")
    course(folder, "extend", "cyd", "--assignment", NAME, "--until", "2026-03-02")
    return folder, course(folder, "grade")


def test_the_terminal(graded):
    _, said = graded
    assert LATE in said
    assert "allowed: extended to 2026-03-02 23:59:59 UTC" in said
    assert "1 submission late: the remarks say what counts" in said
    assert "median 2 of 2 points, 1 below half of them" in said


def test_the_summary(graded):
    folder, _ = graded
    rows = {row["student"]: row for row in json.loads((folder / f"{NAME}.summary.json").read_text())["students"]}
    assert [(name, row["late"], row["counted"]) for name, row in rows.items()] == [
        ("ada", 0, 2.0),
        ("bob", 7200, 0.0),
        ("cyd", 0, 2.0),
    ]
    assert LATE in (folder / f"{NAME}.summary.html").read_text()


def test_the_students_page(graded):
    folder, _ = graded
    pages = {s: (folder / "feedback" / s / NAME / f"{NAME}.html").read_text() for s in ("ada", "bob", "cyd")}
    assert LATE in pages["bob"]
    assert "handed in 2026-03-01 14:00 UTC, due 2026-03-01 12:00 UTC" in pages["bob"]
    assert "for you: extended to 2026-03-02 23:59:59 UTC" in pages["cyd"]
    assert "late by" not in pages["ada"]


def test_statistics(graded):
    folder, _ = graded
    said = course(folder, "stats")
    assert "1 of 3 handed in late, which costs 1 of them 2 points in all; 1 more in time by what they are" in said
    assert LATE in (folder / f"{NAME}.statistics.html").read_text()
    course(folder, "stats", "--no-names")
    shown = (folder / f"{NAME}.statistics-no-names.html").read_text()
    assert "1 of 3 handed in late" in shown
    assert "bob" not in shown


def test_exports(graded):
    folder, _ = graded
    said = course(folder, "export", "csv")
    assert f"bob: {LATE}" in said
    with (folder / f"{NAME}.grades.csv").open(encoding="utf-8-sig") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert [row["late"] for row in rows.values()] == ["", "late by 2 h, counted as 0", ""]
    assert [row["score"] for row in rows.values()] == ["2.00", "0.00", "2.00"]
    course(folder, "export", "gradescope")
    results = json.loads((folder / f"{NAME}.gradescope" / "bob" / "results.json").read_text())
    assert "late by 2 h, counted as 0" in results["output"]


def test_what_is_allowed_later_holds_at_once_and_when_the_class_is_graded_again(graded):
    folder, _ = graded
    said = course(folder, "extend", "bob", "--extra-time", "3h")
    assert f"bob, {NAME}: allowed: extra time of 3 h" in said
    assert "late by" not in course(folder, "export", "csv")
    course(folder, "grade")
    assert "late by" not in course(folder, "regrade")
    assert "late by" not in course(folder, "export", "csv")
    course(folder, "extend", "bob", "--withdraw")
    assert f"bob: {LATE}" in course(folder, "export", "csv")
