"""Model answers are shown to who has earned or asked for them; progress is what the learner's own notebooks say."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograder.catalogue import UnknownExercise, catalogue
from autograder.check import hint
from autograder.cli import main
from autograder.files import ROOT
from autograder.lab import lab_environment
from autograder.learner import progress, solution
from autograder.learner.status import status_of
from autograder.report import Report
from course_lib import store
from course_lib.units.questions import all_questions

UNIT, NAME = "vanishing_gradients", "relu_backward"
LESSON = f"01_{UNIT}.ipynb"
RIGHT = "def relu_backward(dout, z):\n    return dout * (z > 0)"
WRONG = "def relu_backward(dout, z):\n    return np.where(dout > 0, dout, 0.0)"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The learner's folder, which the kernel runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check_cell(name, points=1, share=None):
    """A check cell as a notebook has it; with the output of an answer that has earned that share."""
    cell = new_code_cell(f'check("{name}")', metadata={"nbgrader": {"grade_id": f"check-{name}", "points": points}})
    if share is not None:
        said = {"course": {"exercise": name, "share": share}}
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1.0"}, metadata=said)]
        cell.execution_count = 1
    return cell


def save(path, *cells):
    nbformat.write(new_notebook(cells=list(cells)), path)


def test_an_answer_is_shown_after_a_saved_pass_only(folder):
    assert str(solution(NAME)).startswith(f'Not yet: first pass check("{NAME}")')
    save(folder / LESSON, check_cell(NAME, share=0.9))
    assert "Not yet" in str(solution(NAME))
    save(folder / "01_vanishing_gradients.new.ipynb", check_cell(NAME, share=1))
    shown = solution(NAME)
    assert "dz = dout * (z > 0)" in shown.code and "###" not in shown.code
    assert shown.sentence and shown.sentence in str(shown) and "chain rule" in shown._repr_html_()


def test_after_the_last_hint_an_answer_is_shown_to_who_confirms(folder):
    hint(NAME, 2)
    assert "Not yet" in str(solution(NAME, confirm=True))
    hint(NAME, 3)
    assert not solution(NAME).code and "confirm=True" in str(solution(NAME))
    assert solution(NAME, confirm=True).code
    assert "Not yet" in str(solution("elu", confirm=True))
    (folder / store.HINTS).write_text("broken")
    assert "Not yet" in str(solution(NAME, confirm=True))


def test_in_a_folder_that_cannot_be_written_only_the_memory_is_lost(folder):
    (folder / ".course").write_text("a file where the folder should be")
    assert hint(NAME, 3).endswith("?")
    assert "Not yet" in str(solution(NAME, confirm=True))


@pytest.mark.parametrize("exercise", catalogue(), ids=lambda exercise: exercise.name)
def test_every_exercise_has_an_answer_to_show(exercise):
    hint(exercise.name, 99)
    shown = solution(exercise.name, confirm=True)
    assert shown.code.startswith(f"def {exercise.name}(") and shown.sentence == exercise.reasoning


def test_one_line_switches_answers_off(folder, monkeypatch):
    save(folder / LESSON, check_cell(NAME, share=1))
    assert solution(NAME).code
    monkeypatch.setitem(globals(), "SOLUTIONS", "off")
    assert str(solution(NAME, confirm=True)) == "Model answers are switched off in this notebook."
    with pytest.raises(UnknownExercise, match="no exercise is called 'rleu'"):
        solution("rleu")


def test_progress_counts_by_part_and_takes_the_best_of_each(folder):
    cells = [check_cell(NAME, 1, share=1), check_cell("softmax_xent", 3, share=0.5), check_cell("elu", 2)]
    save(folder / LESSON, *cells)
    save(folder / "01_vanishing_gradients.new.ipynb", check_cell("softmax_xent", 3), check_cell("elu", 2, share=1))
    (folder / "01_vanishing_gradients.broken.ipynb").write_text("{")
    found = progress(1)
    assert (found.done, found.exercises) == ({"core": 1, "more": 1}, {"core": 2, "more": 1})
    assert (found.score, found.points, found.minutes_left) == (1 + 1.5 + 2, 6, 8)
    said = "Core: 1 of 2 exercises. More: 1 of 1 exercises. 4.5 of 6 points; about 8 minutes of core exercises to go."
    assert str(found) == f"01 vanishing gradients. {said}"
    assert 'value="1" max="2"' in found._repr_html_() and "1 of 2 exercises" in found._repr_html_()


def test_without_a_notebook_progress_counts_the_whole_unit(folder):
    found, unit = progress(UNIT), catalogue(UNIT)
    core = [exercise for exercise in unit if exercise.part == "core"]
    assert found.exercises == {"core": len(core), "more": len(unit) - len(core)} and sum(found.done.values()) == 0
    assert found.minutes_left == sum(exercise.minutes for exercise in core)
    assert found.points == sum(exercise.points for exercise in unit)


def test_a_real_kernel_knows_what_it_has_shown_and_what_it_shows_is_saved(folder):
    """The checks of this kernel count before anything is saved; afterwards the file alone tells."""
    cells = [
        new_code_cell("import numpy as np\nfrom autograder.check import check, hint\nfrom autograder.learner import *"),
        new_code_cell(WRONG),
        check_cell(NAME),
        new_code_cell(f"print(solution('{NAME}'))"),
        new_code_cell(RIGHT),
        check_cell(NAME),
        new_code_cell(f"solution('{NAME}')"),
        new_code_cell("progress(1)"),
    ]
    notebook = new_notebook(cells=cells)
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute(env=lab_environment())
    assert "Not yet" in cells[3].outputs[0].text
    assert "dz = dout * (z &gt; 0)" in cells[6].outputs[0].data["text/html"]
    assert '<b>Core</b> <progress value="1" ' in cells[7].outputs[0].data["text/html"]
    nbformat.write(notebook, folder / LESSON)
    assert solution(NAME).code and progress(1).done["core"] == 1


def test_status_is_a_table_of_the_units_from_the_saved_notebooks(folder):
    save(folder / LESSON, check_cell(NAME, 1, share=1), check_cell("elu", 2))
    os.utime(folder / LESSON, (1.7e9, 1.7e9))
    first, second = [question.name for question in all_questions(UNIT)][:2]
    store.put(store.PREDICTIONS, first, {"choice": "a", "committed": True})
    store.put(store.PREDICTIONS, second, {"choice": "b", "committed": False})
    row, *others = status_of(folder)
    assert not any(other.saved for other in others)
    assert (row.progress.done, row.predictions, row.saved.timestamp()) == ({"core": 1, "more": 0}, 1, 1.7e9)

    runner = CliRunner()
    told, *others = json.loads(runner.invoke(main, ["status", str(folder), "--json"]).output)
    assert not any(other["score"] for other in others)
    assert (told["unit"], told["score"], told["predictions"]) == (UNIT, 1, 1)
    shown = runner.invoke(main, ["status", str(folder)]).output
    assert "01 vanishing" in shown and "1 of 3" in shown and "2023-11-1" in shown
    refused = runner.invoke(main, ["status"])
    assert refused.exit_code == 1 and "no folder workspace" in refused.output


def test_an_untouched_workspace_is_not_begun(folder):
    save(folder / LESSON, check_cell(NAME, 1))
    assert "not begun" in CliRunner().invoke(main, ["status", str(folder)]).output


def test_only_a_pass_has_the_whole_share():
    def share(verdict, score, points):
        return Report("x", verdict, score, points).share

    assert [share("pass", 2.0, 2.0), share("pass", 0.0, 0.0)] == [1, 1]
    assert [share("fail", 0.5, 2.0), share("error", 0.0, 2.0), share("fail", 0.0, 0.0)] == [0.25, 0, 0]
    assert share("fail", 2.0, 2.0) < 1  # rounded up


def test_a_set_up_cell_does_not_wait_for_what_reads_notebooks():
    """nbformat takes seconds to import: validators of addresses that no notebook of ours has."""
    code = "import sys, autograder.learner; print('nbformat' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
