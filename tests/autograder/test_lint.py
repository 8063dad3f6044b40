"""Every exercise is fit for use, on seeds that its author did not look at; and every mistake reads as it should."""

from functools import cache

import numpy as np
import pytest

from autograder.catalogue import catalogue, load
from autograder.check import HIDDEN, VISIBLE, report_on
from autograder.exercise import Exercise
from autograder.lint import SEEDS, lint
from autograder.probes import Probes

EXERCISES = catalogue()
OTHER_SEEDS = range(len(SEEDS), len(SEEDS) + 2)  # `make soak` takes many more


@cache
def probes_of(name, seed):
    """One for all forms of an exercise, so that each form is called once."""
    return Probes(load(name), seed)


def report_of(exercise, form, seed):
    probes = probes_of(exercise.name, seed)
    return report_on(probes, probes.outcomes_of(form))


def forms(kind):
    """All forms of that kind, one test parameter each."""
    return [
        pytest.param(exercise, form, id=f"{exercise.name}-{form.name}")
        for exercise in EXERCISES
        for form in getattr(exercise, kind)
    ]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_exercise_is_fit_on_other_seeds(exercise):
    row = lint(exercise, OTHER_SEEDS)
    assert row.ok, row.problems
    assert (row.killed, row.uniquely_named) == (row.misconceptions, row.misconceptions)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_exercise_has_wrong_and_right_forms(exercise):
    assert exercise.misconceptions and len(exercise.equivalents) >= 2
    names = [f.name for f in [*exercise.misconceptions, *exercise.variants, *exercise.equivalents]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_other_seeds_draw_other_inputs(exercise):
    def data(seed):
        drawn = [case.inputs(seed) for case in exercise.cases]
        return str([[value for value in inputs.values() if not callable(value)] for inputs in drawn])

    assert data(VISIBLE) == data(VISIBLE)
    assert data(VISIBLE) != data(HIDDEN)


@pytest.mark.parametrize("seed", [VISIBLE, HIDDEN])
@pytest.mark.parametrize(("exercise", "form"), forms("misconceptions"))
def test_report_names_the_misconception(exercise, form, seed):
    report = report_of(exercise, form, seed)
    assert report.verdict in ("fail", "error")
    assert report.score < exercise.points
    assert (report.diagnosis.name, report.diagnosis.kind) == (form.name, "misconception")
    assert f"Likely cause: {form.sentence}" in str(report)


@pytest.mark.parametrize("seed", [VISIBLE, HIDDEN])
@pytest.mark.parametrize(("exercise", "form"), forms("variants"))
def test_report_explains_the_variant_and_takes_no_marks(exercise, form, seed):
    report = report_of(exercise, form, seed)
    assert (report.verdict, report.score) == ("pass", exercise.points)
    assert f"Right, under another convention: {form.sentence}" in str(report)


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
        return {"x": rng.choice([0.0, 1.0, 1.0, 1.0]) * np.ones(2)}

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
        return {"x": float(rng.integers(10) == 0) * np.ones(2)}

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
