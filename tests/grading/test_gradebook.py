"""Scores reach nbgrader's gradebook in nbgrader's own form; what a human has entered stays."""

import os
import sqlite3
import sysconfig
from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook as Stock

from autograder.grading.records.gradebook import Entry, Gradebook, GradebookError
from autograder.grading.submissions.assignment import Assignment, copy_notebook, grade_id

CHECKS = ("check-relu_backward", "check-sigmoid")


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'gradebook.db'}"


def entry(student="ada", relu=1.0, sigmoid=0.4, why=None, **options):
    return Entry(student, scores={CHECKS[0]: relu, CHECKS[1]: sigmoid, "why": why}, **options)


def test_cells_are_recorded_once(url, assignment):
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.add_assignment(assignment)
    with Stock(url) as stock:
        notebook = stock.find_notebook(assignment.name, assignment.name)
        assert {c.name: c.max_score for c in notebook.grade_cells} == {CHECKS[0]: 1.0, CHECKS[1]: 1.0, "why": 3.0}
        assert {c.name for c in notebook.solution_cells} == {"relu_backward", "sigmoid", "why"}
        sources = {c.name: c for c in notebook.source_cells}
        assert set(sources) == {*CHECKS, "relu_backward", "sigmoid", "why"}
        assert sources[CHECKS[0]].locked
        assert "seed=HIDDEN" in sources[CHECKS[0]].source
        assert "np.where" not in sources["relu_backward"].source


@pytest.mark.soak
def test_a_new_gradebook_is_what_nbgrader_makes(tmp_path, url, monkeypatch):
    """Its tables, keys, version and course, byte for byte, but in a tenth of a second instead of four."""
    monkeypatch.setenv("PATH", os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]))  # for alembic
    Stock(f"sqlite:///{tmp_path / 'stock.db'}").close()
    with Gradebook(url):
        pass
    dumps = [list(sqlite3.connect(tmp_path / name).iterdump()) for name in ("gradebook.db", "stock.db")]
    assert dumps[0] == dumps[1]
    assert any("alembic_version" in line for line in dumps[0])


def test_a_gradebook_of_another_version_is_said(tmp_path, url):
    with Gradebook(url):
        pass
    with sqlite3.connect(tmp_path / "gradebook.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '167914646830'")
    with pytest.raises(GradebookError, match="nbgrader db upgrade"):
        Gradebook(url)


def test_scores_comments_and_time_are_recorded(url, assignment):
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.record(assignment.name, entry(timestamp=moment, comments={"sigmoid": "a sentence"}))
        assert gradebook.students(assignment.name) == {"ada"}
        assert gradebook.scores(assignment.name)["ada"] == {CHECKS[0]: 1.0, CHECKS[1]: 0.4, "why": 0.0}
    with Stock(url) as stock:
        submission = stock.find_submission(assignment.name, "ada")
        assert submission.timestamp == moment.replace(tzinfo=None)
        assert submission.score == pytest.approx(1.4)
        grade = stock.find_grade("why", assignment.name, assignment.name, "ada")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)
        assert stock.find_comment("sigmoid", assignment.name, assignment.name, "ada").auto_comment == "a sentence"
        assert stock.find_comment("why", assignment.name, assignment.name, "ada").auto_comment is None


def test_what_a_human_entered_stays_on_a_rerun(url, assignment):
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.record(assignment.name, entry(sigmoid=0.2))
    with Stock(url) as stock:
        grade = stock.find_grade(CHECKS[1], assignment.name, assignment.name, "ada")
        grade.manual_score, grade.extra_credit = 0.8, 0.5
        stock.find_comment("sigmoid", assignment.name, assignment.name, "ada").manual_comment = "well tried"
        stock.find_grade("why", assignment.name, assignment.name, "ada").manual_score = 2.0
        stock.db.commit()
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.record(assignment.name, entry(sigmoid=0.6))
        assert gradebook.scores(assignment.name)["ada"] == {CHECKS[0]: 1.0, CHECKS[1]: 1.3, "why": 2.0}
    with Stock(url) as stock:
        grade = stock.find_grade(CHECKS[1], assignment.name, assignment.name, "ada")
        assert (grade.auto_score, grade.manual_score, grade.needs_manual_grade) == (0.6, 0.8, True)
        assert stock.find_comment("sigmoid", assignment.name, assignment.name, "ada").comment == "well tried"


def changed(assignment, name, source=None):
    """The assignment with a cell changed, or (without a source) left out."""
    master = copy_notebook(assignment.master)
    master.cells = [cell for cell in master.cells if source is not None or grade_id(cell) != name]
    for cell in master.cells:
        if grade_id(cell) == name:
            cell.source = source
    return Assignment(assignment.name, master, assignment.released)


def test_a_corrected_check_cell_is_updated_although_there_are_submissions(url, assignment):
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.record(assignment.name, entry())
        gradebook.add_assignment(changed(assignment, CHECKS[0], "check(1)"))
        assert gradebook.scores(assignment.name)["ada"][CHECKS[0]] == 1.0
    with Stock(url) as stock:
        cell = stock.find_source_cell(CHECKS[0], assignment.name, assignment.name)
        assert cell.source == "check(1)"


def test_other_cells_than_those_graded_are_an_error_that_says_what_to_do(url, assignment):
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.record(assignment.name, entry())
        with pytest.raises(GradebookError, match="--db"):
            gradebook.add_assignment(changed(assignment, CHECKS[0]))


@pytest.mark.parametrize("bad", ["sqlite:////nonexistent/folder/gradebook.db", "no url", "mystery://host/name"])
def test_a_gradebook_that_cannot_be_opened_is_said(bad):
    with pytest.raises(GradebookError, match="cannot be opened"):
        Gradebook(bad)
