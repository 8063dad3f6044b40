"""A course folder is made whole, made again without loss, and nbgrader's own commands work in it."""

import json
import os
import stat

import nbformat
import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, make_course, nbgrader, nbgrader_api

from autograder.cli import main
from autograder.grading.classroom import new_class as module
from autograder.grading.classroom.nbgrader_course import CourseError, read_course
from autograder.grading.classroom.new_class import new_class, read_roster
from autograder.grading.submissions.assignment import grade_id, read_assignment
from autograder.release import source_notebook

ROSTER = "id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\nbob, Bob,,\n"


def snapshot(folder):
    """Every file with its content, but for the gradebook, whose pages may be written anew."""
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "gradebook.db"}


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "students.csv"
    path.write_text(ROSTER)
    return path


def test_the_folder_holds_settings_sources_gradebook_and_roster(tmp_path, source_path, assignment, roster):
    course = make_course(tmp_path / "dl", source_path, students=roster)
    source = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", 4)
    assert source == source_notebook(source_path)
    assert any("BEGIN SOLUTION" in cell.source for cell in source.cells)
    settings = read_course(course)
    assert settings.root == course
    assert settings.submitted == course / "submitted"
    with Stock(settings.db_url) as stock:
        cells = {cell.name for cell in stock.find_notebook(NAME, NAME).source_cells}
        assert cells == {grade_id(cell) for cell in assignment.master.cells if grade_id(cell)}
        students = {s.id: (s.first_name, s.last_name, s.email) for s in stock.students}
        assert students == {"ada": ("Ada", "Lovelace", "ada@example.org"), "bob": ("Bob", None, None)}


def test_making_it_again_changes_nothing_and_brings_back_what_is_missing(tmp_path, source_path, roster):
    course = make_course(tmp_path / "dl", source_path, students=roster)
    source, config = course / "source" / NAME / f"{NAME}.ipynb", course / "nbgrader_config.py"
    own = json.loads(source.read_text())
    own["cells"][0]["source"] = "# My own lesson"
    source.write_text(json.dumps(own))
    config.write_text(config.read_text() + "c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Stock(read_course(course).db_url) as stock:
        stock.find_student("ada").email = "new@example.org"
        stock.db.commit()
    before = snapshot(course)
    roster.write_text(ROSTER + "cyd,Cyd,,\n")
    make_course(course, source_path, students=roster)
    assert snapshot(course) == before
    with Stock(read_course(course).db_url) as stock:
        assert {s.id: s.email for s in stock.students} == {"ada": "new@example.org", "bob": None, "cyd": None}
    (course / "submitted").rmdir()
    source.unlink()
    make_course(course, source_path)
    assert read_assignment(source).solution_ids == read_assignment(source_path).solution_ids
    assert (course / "submitted").is_dir()


def test_it_is_said_what_stays_and_differs(tmp_path, source_path):
    course = make_course(tmp_path / "dl", source_path)
    root = tmp_path / "dl-root"
    text = root / "notebooks" / "text" / f"{NAME}.py"
    text.write_text(text.read_text().replace("# # A lesson", "# # A better lesson"))
    made = {row.what: (row.action, row.note) for row in new_class(course, root=root, course_id="other")}
    assert made["nbgrader_config.py"] == ("kept", "it differs from what you asked for; change it by hand")
    action, note = made[f"source/{NAME}/{NAME}.ipynb"]
    assert action == "kept"
    assert "not the course's current text" in note
    assert "A lesson" in (course / "source" / NAME / f"{NAME}.ipynb").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\nada\n", "no column `id`"),
        ("id,first_name\nada,Ada\nada,Ada\n", "line 3.*twice"),
        ("id\n../etc\n", "line 2"),
        ("id\n=cmd()\n", "line 2.*formula"),
        ("id\n\n,\n", "line 3"),
        ("id,shoe_size\nada,41\n", "shoe_size"),
        ("", "no column `id`"),
    ],
)
def test_a_wrong_roster_is_said_by_line_before_anything_is_made(tmp_path, source_path, text, message):
    path = tmp_path / "students.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=message):
        make_course(tmp_path / "dl", source_path, students=path)
    assert not (tmp_path / "dl").exists()


def test_a_roster_as_spreadsheets_write_it_is_read(tmp_path):
    path = tmp_path / "students.csv"
    path.write_bytes("\ufeffid,last_name\r\nzoë,Ångström\r\n".encode())
    assert read_roster(path) == {"zoë": {"last_name": "Ångström"}}


@pytest.mark.parametrize("options", [{"course_id": "a/b"}, {"db_url": "no url"}, {"course_id": "x'\nimport os"}])
def test_settings_that_cannot_be_are_refused_before_anything_is_made(tmp_path, source_path, options):
    with pytest.raises(CourseError):
        make_course(tmp_path / "dl", source_path, **options)
    assert not (tmp_path / "dl").exists()


def test_a_password_in_the_settings_is_for_their_owner_only(tmp_path):
    path = tmp_path / "nbgrader_config.py"
    module._settings_file(path, "x = 1\n", False, 0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.fixture
def umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def exchange_row(rows, exchange):
    (row,) = (row for row in rows if row.what == f"{exchange}/")
    return row


def test_the_exchange_is_made_for_everybody_and_nbgrader_can_use_it(tmp_path, source_path, umask):
    exchange = tmp_path / "srv" / "exchange"
    course = make_course(tmp_path / "dl", source_path, exchange=exchange)
    assert mode(exchange) == 0o1777
    api = nbgrader_api(course)
    for done in (api.generate_assignment(NAME), api.release_assignment(NAME)):
        assert done["success"], done
    assert (exchange / "dl" / "outbound" / NAME / f"{NAME}.ipynb").exists()


@pytest.mark.parametrize(
    ("permissions", "note"),
    [(0o1777, ""), (0o755, "students cannot submit: chmod 1777"), (0o777, "replace a course: chmod 1777")],
)
def test_the_permissions_of_an_exchange_that_exists_stay_and_are_said(tmp_path, source_path, permissions, note):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(permissions)
    make_course(tmp_path / "dl", source_path, exchange=exchange)
    rows = new_class(tmp_path / "dl", root=tmp_path / "dl-root", exchange=exchange)
    row = exchange_row(rows, exchange)
    assert row.action == "kept"
    assert bool(row.note) == bool(note)
    assert note in row.note
    assert mode(exchange) == permissions


def in_a_file(folder):
    (folder / "file").write_text("")
    return folder / "file" / "exchange"


def a_file(folder):
    (folder / "file").write_text("")
    return folder / "file"


@pytest.mark.parametrize(
    ("place", "message"),
    [(in_a_file, "cannot be made: Not a directory.*install -d -m 1777"), (a_file, "is not a folder")],
)
def test_an_exchange_that_cannot_be_is_said_before_anything_is_made(tmp_path, source_path, place, message):
    with pytest.raises(CourseError, match=message):
        make_course(tmp_path / "dl", source_path, exchange=place(tmp_path))
    assert not (tmp_path / "dl").exists()


def test_a_guard_of_an_earlier_version_stays_and_is_said(tmp_path, source_path):
    course = make_course(tmp_path / "dl", source_path)
    (course / module.GUARD).write_text("{}")
    rows = {row.what: row for row in new_class(course, root=tmp_path / "dl-root")}
    assert (rows[module.GUARD].action, (course / module.GUARD).read_text()) == ("kept", "{}")
    assert "delete it" in rows[module.GUARD].note


@pytest.mark.soak
def test_nbgrader_stops_when_the_plug_in_is_missing(tmp_path, source_path):
    """Otherwise it would log the error, go on without the settings, and run students' code unprotected."""
    course = make_course(tmp_path / "dl", source_path)
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text().replace("classroom.nbgrader_plugin", "nowhere.nbgrader_plugin"))
    said = nbgrader(course, "autograde", NAME, fails=True)
    assert "must run in the Python that the course is installed in" in said


def test_the_command_says_what_to_do_next_and_what_went_wrong(tmp_path):
    course = tmp_path / "dl"
    done = CliRunner().invoke(main, ["new-class", str(course), "--assignment", "01_vanishing_gradients"])
    assert done.exit_code == 0, done.output
    for word in ("made", "source/01_vanishing_gradients", "generate_assignment", "course serve", "course grade"):
        assert word in done.output
    wrong = CliRunner().invoke(main, ["new-class", str(tmp_path / "other"), "--assignment", "02_nothing"])
    assert wrong.exit_code == 1
    assert "02_nothing" in wrong.output
    assert not (tmp_path / "other").exists()
