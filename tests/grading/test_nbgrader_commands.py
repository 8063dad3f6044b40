"""nbgrader's own commands, literally: in a course folder of ours, on PostgreSQL, and beside ours on the same class."""

import json
import os
import sysconfig

import nbformat
import psycopg
import pytest
import sqlalchemy
from click.testing import CliRunner
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, RIGHT, SIGMOID, WRONG, booked, hand_in, make_course, nbgrader

from autograder.cli import main
from autograder.grading.classroom.nbgrader_course import grading_settings, read_course
from autograder.grading.classroom.new_class import GUARD
from autograder.grading.grade import grade_class
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.assignment import is_solution

pytestmark = [pytest.mark.soak, pytest.mark.sandbox]

UNHARDENED = "c.Autograde = type(c)()\n"  # takes the hardened settings out again: nbgrader's own
LATE = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'


@pytest.fixture
def databases(server):
    """The URLs of two empty databases."""
    names = ("one", "two")
    with psycopg.connect(server.format("postgres"), autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
    return [server.format(name) for name in names]


def test_an_instructors_week(tmp_path, source_path, assignment, monkeypatch):
    """Hand out, take in, grade (with either command), give feedback, export."""
    course = make_course(tmp_path / "dl", source_path)
    nbgrader(course, "generate_assignment", NAME)
    released = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4)
    assert all("YOUR CODE HERE" in c.source for c in released.cells if is_solution(c) and c.cell_type == "code")
    assert [c.source for c in released.cells] == [c.source for c in assignment.released.cells]
    assert "Success" in nbgrader(course, "validate", str(course / "source" / NAME / f"{NAME}.ipynb"))
    assert "failed" in nbgrader(course, "validate", str(course / "release" / NAME / f"{NAME}.ipynb"))

    hand_in(course, assignment, "ada", "2026-01-01 10:00:00 UTC", relu_backward=RIGHT, sigmoid=SIGMOID)
    nbgrader(course, "autograde", NAME)
    theirs = booked(course)
    assert sum(theirs["ada"].values()) == 2.0
    monkeypatch.chdir(course)
    done = CliRunner().invoke(main, ["grade", "--assignment", NAME, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["students"][0]["score"] == 2.0
    assert booked(course) == theirs
    nbgrader(course, "generate_feedback", NAME, "--force")
    assert "Score: 2.0" in (course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    nbgrader(course, "export")
    assert "ada" in (course / "grades.csv").read_text()


def test_the_week_on_postgresql(databases, tmp_path, source_path, assignment):
    url = databases[0]
    course = make_course(tmp_path / "dl", source_path, db_url=url)
    nbgrader(course, "generate_assignment", NAME)
    nbgrader(course, "db", "student", "add", "bob")
    hand_in(course, assignment, "ada", "2026-01-01 10:00:00 UTC", relu_backward=RIGHT)
    nbgrader(course, "autograde", NAME)
    assert booked(course, url)["ada"]["check-relu_backward"] == 1.0
    nbgrader(course, "generate_feedback", NAME, "--force")
    nbgrader(course, "db", "upgrade")
    nbgrader(course, "export")
    lines = (course / "grades.csv").read_text().splitlines()
    assert len([line for line in lines if "ada" in line or "bob" in line]) == 2


def tables(url):
    """Every column of every table with its type, the keys, and the rows of the tables that tell versions."""
    engine = sqlalchemy.create_engine(url)
    found = sqlalchemy.inspect(engine)
    with engine.connect() as connection:
        rows = [connection.execute(sqlalchemy.text(f"SELECT * FROM {t}")).all() for t in ("alembic_version", "course")]
    columns = {
        table: [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)]
        for table in found.get_table_names()
    }
    keys = {table: (found.get_pk_constraint(table), found.get_unique_constraints(table)) for table in columns}
    engine.dispose()
    return columns, keys, rows


def test_postgresqls_tables_are_those_that_nbgrader_makes(databases, monkeypatch):
    with Gradebook(databases[0]):
        pass
    # nbgrader calls alembic by name
    monkeypatch.setenv("PATH", os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]))
    Stock(databases[1]).close()
    assert tables(databases[0]) == tables(databases[1])


def state(course):
    """Everything that the gradebook says of the students' work."""
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        return {
            submission.student_id: {
                "time": submission.timestamp,
                "score": submission.score,
                "penalty": submission.notebooks[0].late_submission_penalty,
                "needs": submission.needs_manual_grade,
                "grades": {
                    grade.name: (grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade)
                    for grade in submission.notebooks[0].grades
                },
                "unanswered": {c.name for c in submission.notebooks[0].comments if c.auto_comment == "No response."},
            }
            for submission in stock.find_assignment(NAME).submissions
        }


def executed(course):
    """Whether a kernel of nbgrader's has run the notebook."""
    notebook = nbformat.read(course / "autograded" / "ada" / NAME / f"{NAME}.ipynb", 4)
    return any(cell.get("execution_count") for cell in notebook.cells)


def teach(course):
    """A due date, an extension, manual scores."""
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        stock.update_or_create_assignment(NAME, duedate="2026-03-01 12:00:00 UTC")
        for student in ("ada", "bob", "cyd", "dan", "eve"):
            if stock.find_assignment(NAME).submissions and student != "eve":
                grade = stock.find_grade("why", NAME, NAME, student)
                grade.manual_score = 2.0 if student in ("ada", "bob") else None
                grade.extra_credit = 0.5 if student == "ada" else None
        stock.db.commit()
        if stock.find_assignment(NAME).submissions:
            stock.grant_extension(NAME, "cyd", hours=3)


def test_stock_nbgrader_the_plug_in_and_course_grade_agree(tmp_path, source_path, assignment):
    """On honest work: late or not, with and without extension, manual scores, blank cells, and no notebook at all."""
    courses = {kind: make_course(tmp_path / kind, source_path) for kind in ("stock", "plugin", "ours")}
    late, hour_late = "2026-03-02 12:00:00.000000 UTC", "2026-03-01 13:00:00.000000 UTC"
    for kind, course in courses.items():
        with (course / "nbgrader_config.py").open("a") as file:
            file.write(LATE + (UNHARDENED if kind == "stock" else ""))
        if kind == "stock":
            (course / GUARD).unlink()
        hand_in(course, assignment, "ada", "2026-03-01 11:00:00 UTC", relu_backward=RIGHT, why="So.")
        hand_in(course, assignment, "bob", late, relu_backward=WRONG, sigmoid=SIGMOID, why="So.")
        hand_in(course, assignment, "cyd", hour_late, relu_backward=RIGHT)
        hand_in(course, assignment, "dan")
        (course / "submitted" / "eve" / NAME).mkdir(parents=True)
        (course / "submitted" / "eve" / NAME / "timestamp.txt").write_text(late)

    def grade(kind):
        course = courses[kind]
        if kind == "ours":
            settings = grading_settings(read_course(course), NAME)
            grade_class(settings.pop("submitted"), **settings)
        else:
            nbgrader(course, "autograde", NAME, "--force")

    for _ in range(2):
        found = {}
        for kind, course in courses.items():
            teach(course)
            grade(kind)
            found[kind] = state(course)
        # nbgrader passes over a student without a notebook; we record zeros, which sums up to the same
        eve = found["ours"].pop("eve")
        assert (eve["score"], eve["needs"]) == (0.0, False)
        assert "eve" not in found["stock"]
        assert found["plugin"] == found["stock"]
        assert found["ours"] == found["stock"]
    assert executed(courses["stock"])
    assert not executed(courses["plugin"])
    assert found["stock"]["ada"]["score"] == 1.0 + 2.0 + 0.5
    assert found["stock"]["bob"]["penalty"] == found["stock"]["bob"]["score"] == 3.0
    assert found["stock"]["cyd"]["penalty"] is None
    assert found["stock"]["dan"]["grades"]["why"] == (0.0, None, None, False)
