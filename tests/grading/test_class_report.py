"""From the zip of an LMS to its gradebook: the commands that an instructor types, one after the other."""

import csv
import json
import zipfile

import pytest
from click.testing import CliRunner
from pages import harmless

from autograder.cli import main
from autograder.files import ROOT
from autograder.grading.class_report import published_answers
from autograder.grading.demo import solutions_of
from autograder.grading.submissions.assignment import copy_notebook, grade_id, is_solution, load_assignment
from autograder.release import source_notebook

pytestmark = pytest.mark.sandbox

NAME = "01_vanishing_gradients"


def course(*arguments):
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of three from Canvas, graded: a right notebook, a blank one, and a zip in the place of one."""
    folder = tmp_path_factory.mktemp("class")
    assignment = load_assignment(NAME)
    solutions = solutions_of(source_notebook(ROOT / "notebooks" / "text" / f"{NAME}.py"))
    right = copy_notebook(assignment.released)
    for cell in right.cells:
        if is_solution(cell):
            cell.source = solutions[grade_id(cell)]
    with zipfile.ZipFile(folder / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"lovelaceada_501_1_{NAME}.ipynb", json.dumps(assignment.released))
        archive.writestr(f"lovelaceada_501_2_{NAME}-1.ipynb", json.dumps(right))
        archive.writestr(f"boolegeorge_LATE_502_3_{NAME}.ipynb", json.dumps(assignment.released))
        archive.writestr("hopper_503_4_work.zip", "PK")
    course("grade", folder / "class.zip", "--assignment", NAME, "--out", folder / "out")
    return folder


def test_scores_of_the_zip_reach_canvas(graded):
    roster = graded / "roster.csv"
    roster.write_text(
        f'Student,ID,SIS Login ID,Section,{NAME} (77)\n"Lovelace, Ada",501,ada,A,\n"Boole, George",502,george,A,\n'
    )
    out = course("export", "canvas", "--out", graded / "out", "--roster", roster, "--to", graded / "canvas.csv")
    assert "2 students" in out
    assert "not in the roster, and not in the file: hopper_503" in out
    head, points, george, ada = csv.reader((graded / "canvas.csv").read_text().splitlines())
    assert head[-1] == f"{NAME} (77)"
    assert float(ada[-1]) == float(points[-1]) > 0
    assert ada[1] == "501"
    assert (george[1], float(george[-1])) == ("502", 0.0)


def test_gradescope_shows_what_the_feedback_page_shows(graded):
    course("export", "gradescope", "--out", graded / "out", "--to", graded / "scope")
    results = {path.parent.name: json.loads(path.read_text()) for path in (graded / "scope").rglob("results.json")}
    assert set(results) == {"lovelaceada_501", "boolegeorge_502", "hopper_503"}
    best = results["lovelaceada_501"]
    assert best["score"] == sum(test["max_score"] for test in best["tests"])
    assert all(test["output"].startswith("PASS") for test in best["tests"])


def test_the_other_exports_and_their_errors(graded):
    course("export", "csv", "--out", graded / "out", "--to", graded / "plain.csv")
    assert len((graded / "plain.csv").read_text("utf-8-sig").splitlines()) == 4
    course("export", "moodle-grades", "--out", graded / "out", "--to", graded / "moodle.csv")
    failed = CliRunner().invoke(main, ["export", "moodle", "--out", str(graded / "out")])
    assert failed.exit_code == 1
    assert "download the grading worksheet" in failed.output
    failed = CliRunner().invoke(main, ["stats", "--out", str(graded / "nowhere")])
    assert failed.exit_code == 1
    assert "run `course grade` first" in failed.output


def test_the_statistics_of_the_class(graded):
    assert "3 students" in course("stats", "--out", graded / "out")
    seen = harmless((graded / "out" / f"{NAME}.statistics.html").read_text())
    assert "work.zip was submitted instead of a notebook" in seen.text
    assert "every answer is blank" in seen.text
    data = json.loads(course("stats", "--out", graded / "out", "--json"))
    assert len(data["scores"]) == 3
    course("stats", "--out", graded / "out", "--no-names")
    assert "boole" not in (graded / "out" / f"{NAME}.statistics-no-names.html").read_text()
    assert "boole" in (graded / "out" / f"{NAME}.statistics.html").read_text()


def test_the_similarity_of_the_class(graded):
    assert "a list to look at, no verdict" in course("similar", "--out", graded / "out")
    harmless((graded / "out" / f"{NAME}.similar.html").read_text())
    found = json.loads(course("similar", "--out", graded / "out", "--json"))
    # who hands in the course's own solutions shares them with what is published
    assert {(pair["left"], pair["right"]) for pair in found["pairs"]} == {("lovelaceada_501", "the course's solution")}


def test_published_answers_are_the_solutions_and_the_other_right_forms():
    published = published_answers(load_assignment(NAME))
    assert "the course's solution" in published
    names = {exercise.name for exercise in load_assignment(NAME).exercises().values()}
    assert set(published["the course's solution"]) == names
    for answers in published.values():
        assert all(f"def {name}(" in text for name, text in answers.items())
