"""nbgrader's own export command writes our formats."""

import json
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook as Database
from nbgrader.plugins import ExportPlugin

from autograder.grading.exports import exporters
from autograder.grading.records.gradebook import Entry, Gradebook

CHECKS = ("check-relu_backward", "check-sigmoid")
ALL = [value for value in vars(exporters).values() if isinstance(value, type) and value.__name__.endswith("Exporter")]


@pytest.fixture
def course(tmp_path, assignment):
    """A folder with a gradebook of two students, one of whom has submitted."""
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.add_students({"bob": {"first_name": "Bob", "last_name": "=cmd()"}})
        gradebook.record("01_lesson", Entry("ada", scores={CHECKS[0]: 1.0, CHECKS[1]: 0.5, "why": None}))
    return tmp_path


def run(course, exporter, **options):
    plugin = exporter(**options)
    with Database(f"sqlite:///{course / 'gradebook.db'}") as database:
        plugin.export(database)


def test_all_are_plug_ins_of_nbgrader():
    assert {e.__name__ for e in ALL} >= {"CanvasExporter", "MoodleExporter", "GradescopeExporter", "PlainExporter"}
    assert all(issubclass(exporter, ExportPlugin) for exporter in ALL)


@pytest.mark.soak
def test_the_command_of_nbgrader(course):
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    command = [sys.executable, "-m", "nbgrader", "export", "--to=out/canvas.csv"]
    command += [
        "--exporter=autograder.grading.exports.exporters.CanvasExporter",
        "--CanvasExporter.zero_for_missing=True",
    ]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    lines = (course / "out" / "canvas.csv").read_text().splitlines()
    assert lines[2:] == ["ada,,,ada,,1.50", '"\'=cmd(), Bob",,,bob,,0.00']
    assert "still have to be graded by hand" in done.stderr


def test_each_writes_its_file(course):
    roster = course / "roster.csv"
    roster.write_text(
        "Identifier,Full name,Email address,Grade,Maximum Grade,Last modified (grade)\nParticipant 1,ada,ada@x,,5,-\n"
    )
    run(course, exporters.MoodleExporter, to=str(course / "moodle.csv"), roster=str(roster))
    assert "Participant 1,ada,ada@x,1.50,5,-" in (course / "moodle.csv").read_text("utf-8-sig")
    run(course, exporters.MoodleGradesExporter, to=str(course / "grades.csv"))
    assert "ada,,,,,1.50" in (course / "grades.csv").read_text("utf-8-sig")
    run(course, exporters.PlainExporter, to=str(course / "plain.csv"), student=["ada"])
    assert len((course / "plain.csv").read_text("utf-8-sig").splitlines()) == 2
    run(course, exporters.GradescopeExporter, to=str(course / "scope"), visibility="hidden")
    (path,) = (course / "scope").rglob("results.json")
    assert path.relative_to(course / "scope").parts == ("ada", "01_lesson", "results.json")
    assert json.loads(path.read_text())["visibility"] == "hidden"


def test_an_id_that_leads_elsewhere_is_not_written(course):
    with Database(f"sqlite:///{course / 'gradebook.db'}") as database:
        database.add_student("../../evil")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.record("01_lesson", Entry("../../evil", scores={}))
    before = sorted(course.parent.rglob("*"))
    run(course, exporters.GradescopeExporter, to=str(course / "scope"))
    new = set(course.parent.rglob("*")) - set(before)
    assert all(path.is_relative_to(course / "scope") for path in new)
    assert not any("evil" in path.name for path in new)
