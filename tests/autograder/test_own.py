"""A learner's own functions in the experiments of a lesson, and the library's in the place of what is not right yet."""

import pytest

from autograder.catalogue import UnknownExercise, load
from autograder.check import check
from autograder.learner import yours

RIGHT = "def relu_backward(dout, z):\n    return dout * (z > 0)"
WRONG = "def sigmoid(z):\n    return z"


def run(code, names=("relu_backward", "sigmoid")):
    """What ``yours`` gives in a notebook with these definitions."""
    notebook = {"yours": yours, "check": check}
    exec(f"import numpy as np\n{code}\nown = yours{names!r}", notebook)
    return notebook


def test_what_passes_is_the_learners_own_and_the_rest_the_librarys(capsys):
    notebook = run(f"{RIGHT}\n{WRONG}")
    assert notebook["own"].relu_backward is notebook["relu_backward"]
    assert notebook["own"].sigmoid is load("sigmoid").reference
    assert capsys.readouterr().out == "The library's sigmoid stands in until your own passes.\n"


def test_nothing_is_said_when_all_are_ones_own(capsys):
    run(RIGHT, ("relu_backward", "relu_backward"))
    assert capsys.readouterr().out == ""


def test_without_a_definition_the_library_stands_in(capsys):
    own = run("pass")["own"]
    assert own.relu_backward is load("relu_backward").reference
    assert "relu_backward and sigmoid stand in until your own pass." in capsys.readouterr().out


def test_an_answer_that_calls_what_stands_in_earns_nothing():
    notebook = run("def relu_backward(dout, z):\n    return own.relu_backward(dout, z)")
    exec("report = check('relu_backward')", notebook)
    assert notebook["report"].score == 0
    assert "uses own of the course's library" in str(notebook["report"])


def test_an_unknown_name_is_said():
    with pytest.raises(UnknownExercise):
        run("pass", ("no_such_exercise", "sigmoid"))
