"""A learner's own functions in the experiments of a lesson, and the library's in the place of what is not right yet."""

import pytest

from autograder.catalogue import load
from autograder.check import check
from autograder.learner import yours

RIGHT = "def relu_backward(dout, z):\n    return dout * (z > 0)"
WRONG = "def sigmoid(z):\n    return z"


@pytest.fixture
def notebook():
    """A notebook's names, with ``own`` from its set-up cell."""
    names = {"yours": yours, "check": check}
    exec("import numpy as np\nown = yours()", names)
    return names


def test_what_passes_is_the_learners_own_and_the_rest_the_librarys(notebook, capsys):
    exec(f"{RIGHT}\n{WRONG}", notebook)
    own = notebook["own"]
    assert own.relu_backward is notebook["relu_backward"]
    assert capsys.readouterr().out == ""
    assert own.sigmoid is own.sigmoid is load("sigmoid").reference
    assert capsys.readouterr().out == "The library's sigmoid stands in until yours passes.\n"  # said once


def test_a_function_counts_as_it_is_when_it_is_asked_for(notebook, capsys):
    own = notebook["own"]
    assert own.relu_backward is load("relu_backward").reference
    exec(RIGHT, notebook)
    assert own.relu_backward is notebook["relu_backward"]
    exec("def relu_backward(dout, z):\n    return dout", notebook)
    assert own.relu_backward is load("relu_backward").reference


def test_an_answer_that_asks_for_what_stands_in_earns_nothing(notebook):
    exec("def relu_backward(dout, z):\n    return own.relu_backward(dout, z)", notebook)
    exec("report = check('relu_backward')", notebook)
    assert notebook["report"].score == 0
    assert "uses own of the course's library" in str(notebook["report"])


def test_an_unknown_name_is_said(notebook):
    with pytest.raises(AttributeError, match="no exercise is called 'no_such_exercise'"):
        notebook["own"].no_such_exercise  # noqa: B018
    assert not hasattr(notebook["own"], "_repr_html_")
