"""Which assignment a command is about, when it is not named, or is named by the unit."""

from types import SimpleNamespace

import pytest

from autograder.cli import assignments
from autograder.errors import UserError
from autograder.grading.records.results import SUFFIX

UNIT_01 = "01_vanishing_gradients"


@pytest.fixture
def course(tmp_path):
    for name in ("ps1", "ps2"):
        path = tmp_path / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.touch()
    (tmp_path / "source" / "notes").mkdir()
    return SimpleNamespace(source=tmp_path / "source", submitted=tmp_path / "submitted")


def hand_in(course, student, *names):
    for name in names:
        (course.submitted / student / name).mkdir(parents=True)


@pytest.mark.parametrize("text", ["1", "01", "vanishing_gradients", UNIT_01])
def test_a_unit_can_be_named_in_every_usual_way(text, course, tmp_path):
    assert assignments.named_assignment(text) == UNIT_01
    assert assignments.handed_in(text, None, None) == UNIT_01
    assert assignments.graded(text, course, tmp_path) == UNIT_01
    assert assignments.booked(text, course, tmp_path, "") == UNIT_01


def test_an_instructors_own_names_come_first(course, tmp_path):
    assert assignments.named_assignment("1", ["1", "2"]) == "1"
    assert assignments.handed_in("ps2", course, None) == "ps2"
    (tmp_path / f"vanishing_gradients{SUFFIX}").touch()
    assert assignments.graded("vanishing_gradients", None, tmp_path) == "vanishing_gradients"
    assert assignments.named_assignment("unheard_of") == "unheard_of"  # to be refused where it is looked for


def test_what_was_handed_in_decides(course):
    hand_in(course, "ada", "ps1", "essay")
    assert assignments.handed_in("", course, None) == "ps1"
    hand_in(course, "bob", "ps2")
    with pytest.raises(UserError, match="there are ps1, ps2: say which one you mean with --assignment NAME"):
        assignments.handed_in("", course, None)


def test_the_named_folder_counts_before_that_of_the_course(course, tmp_path):
    hand_in(course, "ada", "ps1")
    (tmp_path / "late" / "ada" / "ps2").mkdir(parents=True)
    assert assignments.handed_in("", course, tmp_path / "late") == "ps2"


def test_all_are_those_that_somebody_has_handed_in(course):
    hand_in(course, "ada", "ps2", "essay")
    assert assignments.all_handed_in("all", course, None) == ["ps2"]
    hand_in(course, "bob", "ps1")
    assert assignments.all_handed_in("all", course, None) == ["ps1", "ps2"]
    assert assignments.all_handed_in("ps1", course, None) == ["ps1"]


def test_where_nothing_is_handed_in_all_is_refused(course, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds none of ps1, ps2"):
        assignments.all_handed_in("all", course, tmp_path / "empty")


def test_with_nothing_handed_in_the_only_assignment_is_meant(course):
    with pytest.raises(UserError, match="ps1, ps2"):
        assignments.handed_in("", course, None)
    (course.source / "ps2" / "ps2.ipynb").unlink()
    assert assignments.handed_in("", course, None) == "ps1"


def test_reports_are_about_what_was_graded(course, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / f"ps2{SUFFIX}").touch()
    assert assignments.graded("", course, out) == "ps2"
    assert assignments.graded_in(out) == ["ps2"]
    (out / f"ps1{SUFFIX}").touch()
    with pytest.raises(UserError, match="there are ps1, ps2"):
        assignments.graded("", course, out)


def test_without_any_assignment_it_is_said(monkeypatch):
    monkeypatch.setattr(assignments, "lessons", list)
    with pytest.raises(UserError, match="there is no assignment here"):
        assignments.handed_in("", None, None)
