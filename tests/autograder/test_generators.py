"""Functions that draw from a generator: each call gets one as new, and all that is random has to come from it."""

from functools import partial

import numpy as np
import pytest

from autograder.box.wire import Seed, plain
from autograder.call import call
from autograder.check import judge
from autograder.compare import Difference
from autograder.compiled import call_compiled
from autograder.corners import corner_cases
from autograder.domain import Domain, Generator, Number
from autograder.draw import generator_for
from autograder.exercise import Exercise
from autograder.probes import Probes

INPUTS = {"rng": Seed(7), "n": 4}


def normals(rng, n):
    return rng.standard_normal(n)


def own_seed(rng, n):
    return np.random.default_rng(0).standard_normal(n)


def global_generator(rng, n):
    return np.random.standard_normal(n)


def a_copy(rng, n):
    return np.random.Generator(type(rng.bit_generator)(rng.bit_generator.seed_seq)).standard_normal(n)


def judge_numbers(inputs, value):
    right = isinstance(value, np.ndarray) and value.shape == (inputs["n"],) and np.abs(value).max() < 8
    return None if right else Difference("numbers", "these are no normal numbers")


@pytest.fixture
def exercise():
    made = Exercise(
        "normals",
        "none",
        1,
        normals,
        ("What?",),
        judge=judge_numbers,
        takes={"rng": Generator(), "n": Number(3, 6)},
    )
    made.case("six numbers")(lambda rng: {"rng": Seed(int(rng.integers(100))), "n": 6})
    return made


def test_every_call_gets_a_generator_as_new():
    outcomes = [call(normals, INPUTS) for _ in range(2)]
    for outcome in outcomes:
        assert np.array_equal(outcome.value, np.random.default_rng(7).standard_normal(4))


@pytest.mark.parametrize(
    ("function", "uses"),
    [(normals, True), (own_seed, False), (a_copy, False), (lambda rng, n: len(rng.spawn(n)), True)],
)
def test_what_draws_from_it_changes_it(function, uses):
    assert call(function, INPUTS).mutated == (("rng",) if uses else ())


def test_compiled_code_draws_from_it_in_a_process_of_its_own():
    from numba import njit

    (outcome,) = call_compiled(njit(normals), [INPUTS])
    assert outcome.status == "returned", outcome
    assert np.array_equal(outcome.value, np.random.default_rng(7).standard_normal(4))
    assert outcome.mutated == ("rng",)


def test_a_generator_that_is_returned_is_no_plain_data():
    assert "numpy.random" in plain(np.random.default_rng(0)).kind


@pytest.mark.parametrize("function", [own_seed, global_generator, a_copy])
def test_chance_from_elsewhere_costs_the_corner(exercise, function):
    report = judge(exercise, partial(call, function), 1)
    (failed,) = [case for case in report.cases if case.verdict != "pass"]
    assert failed.kind == "generators" and report.score == 0.8
    assert "nothing is drawn from rng" in failed.explanation


def test_each_source_of_chance_has_a_mark_of_its_own(exercise):
    probes = Probes(exercise, 1)
    calls = [index for index in range(len(probes.drawn)) if probes.kind_of(index) == "generators"]
    found = {}
    for function in (own_seed, global_generator, a_copy):
        outcomes = [call(function, inputs) for inputs in probes.drawn]
        found[function.__name__] = [probes.difference(index, outcomes).property for index in calls]
    assert found == {
        "own_seed": ["not drawn", "repeated", "not drawn"],
        "global_generator": ["not drawn", "not drawn", "not repeated"],
        "a_copy": ["not drawn"] * 3,
    }


def test_a_right_answer_passes(exercise):
    report = judge(exercise, partial(call, normals), 1)
    assert report.passed and "numbers drawn from rng, and from nothing else" in str(report)


def test_where_one_value_is_right_the_comparison_shows_it(exercise):
    made = Exercise("normals", "none", 1, normals, ("What?",), takes=exercise.takes)
    made.case("six numbers")(lambda rng: {"rng": Seed(int(rng.integers(100))), "n": 6})
    assert not any(case.kind == "generators" for case in corner_cases(made))
    assert judge(made, partial(call, normals), 1).passed
    assert not judge(made, partial(call, own_seed), 1).passed


def test_a_failure_is_repeated_by_a_line_with_the_seed(exercise):
    report = judge(exercise, partial(call, lambda rng, n: None), 0)
    seed = Probes(exercise, 0).drawn[0]["rng"].number
    assert report.cases[0].reproduce == f"normals(np.random.default_rng({seed}), 6)"


def test_the_seed_is_drawn_and_another_each_time(exercise):
    draw = partial(Domain(exercise.takes).draw, np.random.default_rng(0))
    assert draw()["rng"] != draw()["rng"]


def test_a_function_of_the_graders_draws_the_same_in_a_notebook_as_for_a_box():
    in_notebook, in_box = np.random.default_rng(3), np.random.default_rng(3)
    for _ in range(2):  # and the second time other numbers
        numbers = generator_for(in_notebook).random(3)
        assert np.array_equal(numbers, generator_for(Seed.drawn_by(in_box)).random(3))
    assert not np.array_equal(numbers, generator_for(in_notebook).random(3))


@pytest.mark.parametrize("rng", [7, None, np.random.RandomState(0)])
def test_it_takes_generators_alone(rng):
    with pytest.raises(TypeError, match=r"must be a np\.random\.Generator"):
        generator_for(rng)
