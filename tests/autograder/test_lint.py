"""What is not right with an exercise is found, and said in words."""

import numpy as np
import pytest

from autograder.exercise import Exercise
from autograder.lint import lint


@pytest.fixture(autouse=True)
def without_a_contract(monkeypatch):
    """What an exercise has to declare is tested in test_contract.py."""
    monkeypatch.setattr("autograder.lint.contract_problems", lambda exercise: ())


def negate(x):
    return -x


def build(scales):
    """An exercise on ``negate`` whose single case multiplies a vector by one of the scales."""
    exercise = Exercise("negate", "none", 1, negate, ("What is the opposite of 2?",))

    @exercise.case("a vector")
    def vector(rng):
        return {"x": rng.choice(scales) * np.ones(3)}

    @exercise.equivalent
    def from_zero(x):
        return 0 - x

    return exercise


def test_a_fit_exercise_has_no_problem():
    exercise = build([1.0, 2.0])

    @exercise.misconception
    def keeps(x):
        """It is returned as it came."""
        return x

    assert lint(exercise).problems == ()


def test_a_misconception_that_some_seed_lets_through_is_a_problem():
    exercise = build([1.0, 0.0])

    @exercise.misconception
    def keeps(x):
        """It is returned as it came."""
        return x

    row = lint(exercise, range(20))
    assert row.problems[:2] == ("keeps survives", "keeps is not uniquely named")


def test_a_case_that_a_misconception_passes_by_luck_is_a_problem():
    exercise = build([1.0])

    @exercise.case("a vector, which may be zero")
    def lucky(rng):
        return {"x": rng.choice([0.0, 1.0, 1.0, 1.0]) * np.ones(rng.integers(2, 1000))}  # else a table would answer it

    @exercise.misconception
    def keeps(x):
        """It is returned as it came."""
        return x

    seeds = range(100, 140)
    zero = [seed for seed in seeds if not exercise.cases[1].inputs(seed)["x"].any()]
    assert 5 < len(zero) < 20
    shown = ", ".join(map(str, zero[:5]))
    luck = f'keeps passes "a vector, which may be zero" by luck, on {len(zero)} of 40 seeds: {shown}, ...'
    assert lint(exercise, seeds).problems == (luck,)
    assert lint(exercise, zero[:3]).problems == ()


def test_a_case_that_a_misconception_fails_by_luck_is_a_problem():
    exercise = build([1.0])

    @exercise.case("a vector, which is seldom zero")
    def lucky(rng):
        return {"x": float(rng.integers(10) == 0) * np.ones(rng.integers(2, 1000))}

    @exercise.misconception
    def adds_one(x):
        """1 is added."""
        return 1 - x

    @exercise.misconception
    def keeps(x):
        """It is returned as it came."""
        return x

    seeds = range(30)
    (seed, *more) = [seed for seed in seeds if exercise.cases[1].inputs(seed)["x"].any()]
    assert len(more) < 5
    shown = ", ".join(map(str, [seed, *more]))
    luck = f'keeps fails "a vector, which is seldom zero" by luck, on {1 + len(more)} of 30 seeds: {shown}'
    assert lint(exercise, seeds).problems == (luck,)


def test_two_misconceptions_with_one_behaviour_are_a_problem():
    exercise = build([1.0])

    @exercise.misconception
    def keeps(x):
        """It is returned as it came."""
        return x

    @exercise.misconception
    def takes_the_absolute_value(x):
        """Its absolute value is returned."""
        return np.abs(x)

    assert lint(exercise).killed == 2
    assert lint(exercise).problems == (
        "keeps is not uniquely named",
        "takes_the_absolute_value is not uniquely named",
    )


def test_a_right_form_that_is_rejected_is_a_problem():
    exercise = build([1.0])

    @exercise.equivalent
    def not_quite(x):
        return -x * 1.001

    assert lint(exercise).problems == ("not_quite is rejected",)


def test_hints_and_sentences_are_required():
    exercise = build([1.0])
    exercise.hints = ("Change the sign.",)
    exercise.misconception(lambda x: x)
    problems = " ".join(lint(exercise).problems)
    assert "do not end in a question" in problems
    assert "no sentence" in problems


def test_a_reference_that_accepts_everything_is_a_problem():
    exercise = Exercise("nothing", "none", 1, lambda x: None, ("What?",))
    exercise.case("a number")(lambda rng: {"x": 1.0})
    assert "the stub that returns nothing earns points" in lint(exercise).problems


def test_a_form_that_never_returns_is_a_problem_unless_that_is_the_mistake():
    exercise = build([1.0, 2.0])

    @exercise.misconception
    def has_a_slip(x):
        """It is returned as it came."""
        return y  # noqa: F821

    slip = "has_a_slip never returns a value, but raises NameError; if that is the mistake, say `raises=...`"
    assert lint(exercise).problems == (slip,)

    exercise.misconceptions.clear()
    exercise.misconception(raises=NameError)(has_a_slip)
    assert lint(exercise).problems == ()


def test_a_form_that_returns_though_it_says_that_it_raises_is_a_problem():
    exercise = build([1.0, 2.0])

    @exercise.misconception("NE1", raises=TypeError)
    def keeps(x):
        """It is returned as it came."""
        return x

    assert lint(exercise).problems == (
        "keeps does not raise TypeError in every call, as it says, but ends in returned",
    )
