"""An exercise asks for nothing that its docstring in the lesson does not say."""

import numpy as np
import pytest

from autograder.contract import contract_problems
from autograder.domain import Array, Number
from autograder.exercise import Exercise
from autograder.solutions import used_in_lesson

SAID = "def scale(z, factor=2.0):\n    '''factor * z for {}.'''"
ALL = "z of any shape, which may hold integers and must not be changed, and any number; a new array"


def scale(z, factor=2.0):
    return factor * z


def exercise(**more):
    takes = {"z": Array(), "factor": Number(1.0, 2.0, corners=(0.0,), says="any number")}
    made = Exercise("scale", "none", 1, scale, ("What?",), **{"takes": takes, "new": True} | more)
    made.case("a vector")(lambda rng: {"z": rng.normal(size=3), "factor": 0.5})
    return made


def problems(monkeypatch, said, source=SAID, **more):
    monkeypatch.setattr("autograder.contract.solution_of", lambda _: (source.format(said), {}))
    monkeypatch.setattr("autograder.contract.used_in_lesson", lambda _: {"scale"})
    return list(contract_problems(exercise(**more)))


def test_what_is_said_may_be_asked(monkeypatch):
    assert problems(monkeypatch, ALL) == []


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("any shape", "asks for z with 'any shape'"),
        ("integers", "gives arrays of integers"),
        ("must not be changed", "asks that arguments stay as they are"),
        ("any number", "asks for factor with 'any number'"),
        ("new", "asks for new arrays"),
    ],
)
def test_what_is_not_said_may_not_be_asked(monkeypatch, left_out, told):
    (problem,) = problems(monkeypatch, ALL.replace(left_out, "..."))
    assert problem.startswith(told)


@pytest.mark.parametrize("definition", ["def scale(z, factor=3.0)", "def scale(x, factor=2.0)", "def scale(z, factor)"])
def test_names_and_defaults_are_those_of_the_lesson(monkeypatch, definition):
    (problem,) = problems(monkeypatch, ALL, SAID.replace("def scale(z, factor=2.0)", definition))
    assert "in the lesson, and scale(z, factor=2.0) here" in problem


def test_a_domain_is_declared(monkeypatch):
    (problem,) = problems(monkeypatch, ALL, takes=None)
    assert problem.startswith("declares no domain")


def test_a_case_that_never_changes_is_refused(monkeypatch):
    monkeypatch.setattr("autograder.contract.solution_of", lambda _: None)
    made = exercise()
    made.case("always the same")(lambda rng: {"z": np.ones(3), "factor": 0.5})
    assert list(contract_problems(made)) == ['the case "always the same" is the same on every seed']


def test_an_answer_that_only_its_check_uses_is_refused(monkeypatch):
    monkeypatch.setattr("autograder.contract.solution_of", lambda _: (SAID.format(ALL), {}))
    monkeypatch.setattr("autograder.contract.used_in_lesson", lambda _: {"another"})
    assert list(contract_problems(exercise())) == [
        "is used by nothing in the lesson but its check: let an experiment call it, as in own.name"
    ]


def test_use_is_seen_in_the_lessons_own_code_and_not_in_its_answers():
    used = used_in_lesson("vanishing_gradients")
    assert {"relu_backward", "over_seeds"} <= used
    assert "hint" not in used
    assert used_in_lesson("no_such_unit") == frozenset()
