"""Assignments of several notebooks, as nbgrader knows them: all are graded, points add up, each is named."""

import csv
import json

import pytest
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import RIGHT, SIGMOID, make_course, nbgrader, nbgrader_api
from test_lateness_shown import course

from autograder.grading.submissions.assignment import copy_notebook, grade_id

pytestmark = pytest.mark.sandbox


def write(folder, assignment, student, names, **answers):
    """Hand in notebooks of these names, all with the same answers; their cells are called the same, too."""
    notebook = copy_notebook(assignment.released)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    for name in names:
        path = folder / "submitted" / student / "ps1" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
        (path.parent / "timestamp.txt").write_text("2026-03-01 14:00:00 UTC")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, source_path, assignment):
    """A class of two with an assignment of two notebooks, and one to read; and what `course grade` has said."""
    folder = make_course(tmp_path_factory.mktemp("several") / "dl", source_path)
    (source,) = (folder / "source").glob("*/*.ipynb")
    place = folder / "source" / "ps1"
    source.parent.rename(place)
    text = (place / source.name).read_text()
    (place / source.name).unlink()
    for name in ("problem1", "problem2"):
        (place / f"{name}.ipynb").write_text(text)
    (place / "read_me.ipynb").write_text(json.dumps({**json.loads(text), "cells": []}))
    write(folder, assignment, "ada", ["problem1", "problem2"], relu_backward=RIGHT, sigmoid=SIGMOID)
    write(folder, assignment, "bob", ["problem2"], relu_backward=RIGHT)
    course(folder, "due", "ps1", "2026-03-01 12:00")
    return folder, course(folder, "grade")


def test_all_of_them_are_graded_and_points_are_added(graded):
    folder, said = graded
    assert "problem1 2 of 2, problem2 2 of 2" in said
    assert "4 of 10, late by 2 h, counted in full" in said
    with Stock(f"sqlite:///{folder / 'gradebook.db'}") as stock:
        scores = {s.student_id: s.score for s in stock.find_assignment("ps1").submissions}
    assert scores == {"ada": 4.0, "bob": 1.0}
    summary = json.loads((folder / "ps1.summary.json").read_text())
    assert [(row["student"], row["score"], row["points"]) for row in summary["students"]] == [
        ("ada", 4.0, 4.0),
        ("bob", 1.0, 4.0),
    ]
    assert {row["exercise"] for row in summary["exercises"]} == {
        f"{notebook}: {name}" for notebook in ("problem1", "problem2") for name in ("relu_backward", "sigmoid")
    }


def test_one_that_is_missing_is_named_and_no_other_stands_in_for_it(graded):
    _, said = graded
    assert "problem1: there is no problem1.ipynb" in said


def test_every_notebook_has_its_page_which_tells_of_all(graded):
    folder, _ = graded
    for name in ("problem1", "problem2"):
        page = (folder / "feedback" / "ada" / "ps1" / f"{name}.html").read_text()
        assert f"ps1.{name}" in page
        assert "all notebooks together: 4 of 10 points (problem1 2 of 5, problem2 2 of 5)" in page
        assert (folder / "autograded" / "ada" / "ps1" / f"{name}.ipynb").exists()
    assert "feedback/ada/ps1/problem1.html" in (folder / "ps1.summary.html").read_text()


def test_the_exports_and_the_other_commands(graded):
    folder, _ = graded
    course(folder, "export", "csv")
    with (folder / "ps1.grades.csv").open(encoding="utf-8-sig") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert (rows["ada"]["score"], rows["bob"]["problem2: check-relu_backward"]) == ("4.00", "1.00")
    course(folder, "export", "gradescope")
    tests = json.loads((folder / "ps1.gradescope" / "ada" / "results.json").read_text())["tests"]
    assert "PASS" in {test["name"]: test["output"] for test in tests}["problem1: sigmoid"]
    assert course(folder, "regrade").count("every verdict stands") == 2
    assert "ps1.problem1" in course(folder, "stats", "--assignment", "ps1")
    assert "ps1.problem2" in course(folder, "similar")
    assert "0 of 2 graded" in course(folder, "grade")


@pytest.mark.soak
def test_nbgraders_own_commands_take_each_notebook(graded):
    folder, _ = graded
    said = nbgrader(folder, "autograde", "ps1", "--force", "--student", "ada")
    assert "ERROR" not in said
    with Stock(f"sqlite:///{folder / 'gradebook.db'}") as stock:
        assert stock.find_submission("ps1", "ada").score == 4.0
    assert nbgrader_api(folder).get_submission("ps1", "ada")["autograded"]
