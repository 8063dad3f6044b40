"""A submission that ends its grader, whatever did it, is named by the next run, and costs nobody else anything."""

import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from agreement import in_a_fork
from lessons import exercise
from nbformat import write

from autograder.grading.grade import grade_class
from autograder.grading.in_hand import DIED, InHand
from autograder.grading.submissions.assignment import copy_notebook, grade_id, read_assignment
from autograder.outside import VARIABLE

pytestmark = pytest.mark.sandbox

DEADLY = """
import os, signal
from autograder.exercise import Exercise

def judge(inputs, value):
    if value == 666.0:  # stands for what takes all memory
        os.kill(os.getpid(), signal.SIGKILL)

def deadly(x):
    return x

exercise = Exercise("deadly", "own", 1, deadly, ("Which?",), judge=judge)

@exercise.case("a number")
def number(rng):
    return {"x": 1.0}
"""
STUDENTS = {"ada": "return x", "bob": "return 2 * x", "mallory": "return 666.0", "zoe": "return x"}


@pytest.fixture
def deadly(tmp_path, monkeypatch):
    """An assignment, and what four students have handed in, one of whom ends every grader."""
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "deadly.py").write_text(DEADLY)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "exercises"))
    text = f"# %%\nfrom autograder.check import HIDDEN, check\n{exercise('deadly', 'x', 'return x')}"
    (tmp_path / "01_lesson.py").write_text(text)
    assignment = read_assignment(tmp_path / "01_lesson.py")
    for student, answer in STUDENTS.items():
        notebook = copy_notebook(assignment.released)
        for cell in notebook.cells:
            if grade_id(cell) == "deadly":
                cell.source = f"def deadly(x):\n    {answer}"
        path = tmp_path / "submitted" / student / "01_lesson" / "01_lesson.ipynb"
        path.parent.mkdir(parents=True)
        write(notebook, path)
    return assignment


def check_named(summary):
    rows = {row.student: row for row in summary.students}
    assert {student: row.score for student, row in rows.items()} == {"ada": 1, "bob": 1, "mallory": 0, "zoe": 1}
    assert [student for student, row in rows.items() if any(DIED in remark for remark in row.remarks)] == ["mallory"]


@pytest.mark.soak
def test_the_run_after_the_death_of_a_grader_names_the_culprit_and_grades_all_others(deadly, tmp_path):
    def grade():
        return grade_class(tmp_path / "submitted", deadly, tmp_path / "out")

    assert in_a_fork(grade) == -signal.SIGKILL
    for _ in range(2):  # and no later run dies either
        check_named(grade())
        assert InHand(tmp_path / "out" / "01_lesson.in-hand.json").suspects == {"mallory"}


@pytest.mark.soak
def test_a_dead_process_of_several_names_the_culprit_and_grades_all_others(deadly, tmp_path):
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        check_named(grade_class(tmp_path / "submitted", deadly, tmp_path / "out", executor=pool))


@pytest.mark.parametrize("text", ["", "[", "7", '["ada", 7]', '{"ada": 1}'])
def test_a_file_that_was_cut_short_suspects_nobody_wrongly(tmp_path, text):
    (tmp_path / "file").write_text(text)
    assert InHand(tmp_path / "file").suspects <= {"ada"}


def test_a_suspect_who_was_graded_is_none_any_more(tmp_path):
    hand = InHand(tmp_path / "file")
    with hand.holding("ada"):
        assert InHand(tmp_path / "file").suspects == {"ada"}
    assert not (tmp_path / "file").exists()
    hand.suspects.add("bob")
    hand.clear("bob")
    assert not InHand(tmp_path / "file").suspects
