"""What a folder's names do to a class: nobody is made up, nobody is lost, and a part of a class does not replace it."""

import csv
import os

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, RIGHT, WRONG, booked, hand_in, make_course
from public_folder import public_folder

from autograder.cli import main
from autograder.grading.grade import grade_class
from autograder.grading.isolation import ladder
from autograder.grading.records.audit import read

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def course(tmp_path_factory, source_path, assignment):
    """A class graded whole, then after a rename, then one student's folder alone; with the summary of each run."""
    course = make_course(tmp_path_factory.mktemp("class") / "dl", source_path)
    for student, answer in (("ada", RIGHT), ("a&b", RIGHT), ("bob", WRONG)):
        hand_in(course, assignment, student, relu_backward=answer)
    (course / "submitted" / "notes.txt").write_text("x")
    summaries = [grade_class(course / "submitted", assignment, course)]
    names = {1: everywhere(course)}
    (course / "submitted" / "a&b").rename(course / "submitted" / "a_and_b")
    summaries.append(grade_class(course / "submitted", assignment, course))
    names[2] = everywhere(course)
    hand_in(course / "again", assignment, "bob", relu_backward=RIGHT)
    summaries.append(grade_class(course / "again" / "submitted", assignment, course))
    names[3] = everywhere(course)
    return course, summaries, names


def everywhere(course) -> list[set[str]]:
    """The students in the gradebook, the results, the log, the pages and the graded notebooks."""
    results = (course / f"{NAME}.results.jsonl").read_text()
    return [
        set(booked(course)),
        {name for name in ("ada", "bob", "a_and_b", "a&b", "refused") if f'"student": "{name}' in results},
        {record["student"] for record in read(course / "audit.jsonl") if "student" in record},
        {path.name for path in (course / "feedback").iterdir()},
        {path.name for path in (course / "autograded").iterdir()},
    ]


def test_a_name_that_is_refused_is_nobody_and_is_said(course):
    _, summaries, names = course
    assert [row.student for row in summaries[0].students] == ["ada", "bob"]
    assert all(found == {"ada", "bob"} for found in names[1])
    assert "a&b: its name cannot be a student's id: it holds &. Rename it" in summaries[0].left_out[0]
    assert summaries[0].left_out[1:] == ("nobody's work: notes.txt",)


def test_once_it_is_renamed_there_is_one_student_more(course):
    _, summaries, names = course
    assert {row.student: row.score for row in summaries[1].students} == {"ada": 1.0, "bob": 0.0, "a_and_b": 1.0}
    assert all(found == {"ada", "bob", "a_and_b"} for found in names[2])


def test_one_students_folder_does_not_replace_the_class(course):
    folder, summaries, names = course
    assert {row.student: row.score for row in summaries[2].students} == {"ada": 1.0, "bob": 1.0, "a_and_b": 1.0}
    assert summaries[2].graded == 1
    assert names[3] == names[2]
    page = (folder / f"{NAME}.summary.html").read_text()
    assert all(f"feedback/{student}/" in page for student in ("ada", "bob", "a_and_b"))


def test_a_folder_that_was_renamed_after_grading_is_noticed_and_its_name_forgotten(
    tmp_path, source_path, assignment, monkeypatch
):
    course = make_course(tmp_path / "dl", source_path)
    hand_in(course, assignment, "Ada", relu_backward=RIGHT)
    hand_in(course, assignment, "bob", relu_backward=WRONG)
    assert grade_class(course / "submitted", assignment, course).left_out == ()
    (course / "submitted" / "Ada").rename(course / "submitted" / "ada")
    (said,) = grade_class(course / "submitted", assignment, course).left_out
    assert said.startswith("ada is new, with the very submission of Ada") and "course forget Ada" in said
    monkeypatch.chdir(course)
    done = CliRunner().invoke(main, ["forget", "Ada"])
    assert done.exit_code == 0, done.output
    assert set(booked(course)) == {"ada", "bob"}
    assert {path.name for path in (course / "feedback").iterdir()} == {"ada", "bob"}
    assert {path.name for path in (course / "autograded").iterdir()} == {"ada", "bob"}
    assert "Ada" not in (course / f"{NAME}.summary.html").read_text()
    assert '"student": "Ada"' not in (course / f"{NAME}.results.jsonl").read_text()
    assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 0
    again = grade_class(course / "submitted", assignment, course)
    assert ([row.student for row in again.students], again.graded, again.left_out) == (["ada", "bob"], 0, ())
    refused = CliRunner().invoke(main, ["forget", "Ada"])
    assert refused.exit_code != 0
    assert "nobody called Ada was graded" in refused.output
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        stock.find_grade("why", NAME, NAME, "bob").manual_score = 2.0
        stock.db.commit()
    refused = CliRunner().invoke(main, ["forget", "bob"])
    assert refused.exit_code != 0
    assert "by hand" in refused.output
    assert set(booked(course)) == {"ada", "bob"}


def test_what_is_left_out_stands_in_the_terminal_the_page_and_no_export(course, monkeypatch):
    folder, *_ = course
    monkeypatch.chdir(folder)
    (folder / "submitted" / "=1+1" / NAME).mkdir(parents=True)
    (folder / "submitted" / "=1+1" / NAME / f"{NAME}.ipynb").write_text("{}")
    said = CliRunner().invoke(main, ["grade", "--assignment", NAME]).output
    assert "not graded: =1+1: its name cannot be a student's id" in said
    assert "=1+1: its name cannot be" in (folder / f"{NAME}.summary.html").read_text()
    done = CliRunner().invoke(main, ["export", "csv", "--assignment", NAME, "--to", "grades.csv"])
    assert done.exit_code == 0, done.output
    with (folder / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["student_id"] for row in csv.DictReader(file)} == {"ada", "bob", "a_and_b"}


def test_of_what_we_may_not_read_nothing_is_recorded(source_path, assignment):
    ladder.choose()  # as root, which makes boxes, while it may read everything
    with public_folder("class-") as top:
        course = make_course(top / "dl", source_path)
        locked = hand_in(course, assignment, "eve", relu_backward=RIGHT)
        for path in top.rglob("*"):
            path.chmod(0o777)
        locked.chmod(0)
        user = os.geteuid()
        os.seteuid(65534 if user == 0 else user)
        try:
            (row,) = grade_class(course / "submitted", assignment, course).students
        finally:
            os.seteuid(user)
        assert booked(course) == {}
        assert not (course / "feedback" / "eve").exists()
        assert "our mistake" in row.remarks[0] and "Permission denied" in row.remarks[0]
        locked.chmod(0o644)
        (again,) = grade_class(course / "submitted", assignment, course).students
        assert (again.score, again.remarks) == (1.0, ())
