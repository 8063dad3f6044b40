"""Choose, commit, reveal: what is shown when, what is kept, and what can go wrong."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import ipywidgets
import pytest

from autograder.files import ROOT
from course_lib.figures.picture import show
from course_lib.figures.style import new_figure
from course_lib.store import PREDICTIONS as FILE
from course_lib.widgets.memory import Kept, keep, recall
from course_lib.widgets.names import STATUS
from course_lib.widgets.prediction import Prediction, Question

QUESTION = Question(
    name="loss",
    text="Which loss is lower?",
    options=("the first", "the second"),
    answer=lambda result: int(result["losses"][1] < result["losses"][0]),
    explanation="The losses are {result[losses][0]:.1f} and {result[losses][1]:.1f}.",
)
RESULT = {"losses": (2.3, 0.1)}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    ipywidgets.Widget.close_all()


def ask(experiment=lambda: RESULT, **others):
    return Prediction(QUESTION, experiment, lambda result: show(new_figure([1])[0], f"It ends at {result}."), **others)


def everything(widget) -> str:
    """The state of all widgets that would be saved with a notebook, and what the cell displays."""
    return json.dumps(ipywidgets.Widget.get_manager_state()) + repr(widget._repr_mimebundle_())


def test_nothing_of_the_answer_exists_before_the_commitment():
    runs = []
    asked = ask(lambda: runs.append(1) or RESULT)
    asked.choice.index = 1
    assert runs == []
    for answer in ("2.3", "0.1", "measured", "losses are", "data:image"):
        assert answer not in everything(asked)
    asked.button.click()
    assert runs == [1]
    assert asked.result is RESULT
    for answer in ("2.3", "0.1", "measured", "losses are", "data:image", "It ends at"):
        assert answer in everything(asked)


@pytest.mark.parametrize(
    ("index", "words"), [(0, "measured: <b>the second</b>. What explains"), (1, "that is what was measured")]
)
def test_the_choice_is_compared_with_the_result(index, words):
    asked = ask()
    asked.choice.index = index
    asked.button.click()
    assert STATUS in asked.verdict._dom_classes
    assert words in asked.verdict.value
    assert "The losses are 2.3 and 0.1." in asked.verdict.value
    assert asked.choice not in asked._asked.children and asked.button not in asked._asked.children


def test_a_choice_that_the_click_has_overtaken_counts():
    asked = ask()
    asked.choice.index = 0
    asked.button.click()
    asked.choice.index = 1
    assert "that is what was measured" in asked.verdict.value
    assert recall("loss") == Kept("the second", True)


def test_a_choice_that_comes_while_the_experiment_runs_counts_too():
    def choose():
        asked.choice.index = 1
        return RESULT

    asked = ask(choose)
    asked.choice.index = 0
    asked.button.click()
    assert "that is what was measured" in asked.verdict.value
    assert recall("loss") == Kept("the second", True)


def test_without_a_choice_one_is_asked_for():
    asked = ask(lambda: pytest.fail("ran"))
    asked.button.click()
    assert "Choose one of the answers first." in asked.verdict.value
    assert not FILE.exists()


def test_it_says_that_the_experiment_runs():
    seen = []
    asked = ask(lambda: seen.append((asked.verdict.value, asked.button.disabled)) or RESULT)
    asked.choice.index = 0
    asked.button.click()
    ((said, disabled),) = seen
    assert "is running" in said and disabled


@pytest.mark.parametrize("error", [ZeroDivisionError("by <zero>"), KeyboardInterrupt()])
def test_what_fails_is_said_in_words_and_can_be_tried_again(error):
    outcomes = [error, RESULT]

    def experiment():
        outcome = outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    asked = ask(experiment)
    asked.choice.index = 1
    asked.button.click()
    assert "could not be run" in asked.verdict.value
    assert type(error).__name__ in asked.verdict.value and "<zero>" not in asked.verdict.value
    asked.button.click()
    assert "that is what was measured" in asked.verdict.value


def test_a_choice_is_there_again_but_the_answer_only_after_a_commitment():
    first = ask()
    first.choice.index = 1
    again = ask(lambda: pytest.fail("ran"))
    assert again.choice.index == 1 and again.verdict.value == ""
    first.button.click()
    assert "that is what was measured" in ask().verdict.value


def test_a_question_whose_options_have_changed_is_asked_anew():
    keep("loss", Kept("an option of old", committed=True))
    asked = ask(lambda: pytest.fail("ran"))
    assert asked.choice.value is None


def test_an_explanation_may_be_a_function():
    asked = Prediction(Question("?", ("no", "yes"), lambda _: 1, lambda result: f"{result[-1]:.1f}"), lambda: (1, 2))
    asked.choice.index = 1
    asked.button.click()
    assert asked.verdict.value.endswith("measured. 2.0</div>")
    assert recall("?") == Kept("yes", committed=True)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"loss": 3}', '{"loss": {"choice": 3, "committed": true}}', "[" * 100_000]
)
def test_a_broken_file_is_forgotten(content):
    FILE.parent.mkdir()
    FILE.write_text(content)
    assert recall("loss") is None
    keep("loss", Kept("the first"))
    assert recall("loss") == Kept("the first")


def test_bytes_that_are_no_text_are_forgotten():
    FILE.parent.mkdir()
    FILE.write_bytes(b"\xff\xfe\x00")
    assert recall("loss") is None


@pytest.mark.parametrize("obstacle", ["a file for a folder", "a folder for a file", "a lock that is held"])
def test_what_cannot_be_written_costs_only_the_memory(obstacle, monkeypatch):
    if obstacle == "a file for a folder":
        FILE.parent.write_text("")
    else:
        FILE.parent.mkdir()
    if obstacle == "a folder for a file":
        FILE.mkdir()
    with open(os.devnull if obstacle != "a lock that is held" else FILE.with_suffix(".lock"), "a") as file:
        if obstacle == "a lock that is held":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
            monkeypatch.setattr("course_lib.store.PATIENCE_SECONDS", 0.05)
        asked = ask()
        asked.choice.index = 1
        asked.button.click()
    assert "that is what was measured" in asked.verdict.value
    assert recall("loss") is None


def test_kernels_that_write_at_the_same_time_lose_nothing(tmp_path):
    code = (
        "import sys; from course_lib.widgets.memory import Kept, keep\n"
        "for i in range(10): keep(f'{sys.argv[1]}-{i}', Kept(str(i)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def kernel(name):
        subprocess.run([sys.executable, "-c", code, name], check=True, cwd=tmp_path, env=environment)

    with ThreadPoolExecutor() as pool:
        list(pool.map(kernel, "abc"))
    assert len(json.loads(FILE.read_text(encoding="utf-8"))) == 30
    assert list(FILE.parent.glob("*.part")) == []
