"""An exercise holds its parts, draws the same inputs for the same seed, and is found by its name."""

import numpy as np
import pytest

from autograder.catalogue import UnknownExercise, catalogue, load
from autograder.exercise import Call, Exercise
from autograder.probes import Probes
from course_lib.units import ORDER


def scale(x, factor: float = 2.0) -> float:
    return x * factor


@pytest.fixture
def exercise():
    exercise = Exercise("scale", "none", 1, scale, ("By how much?",))
    exercise.case("a vector")(vector)
    exercise.case("a number")(number)
    return exercise


def vector(rng):
    return {"x": rng.normal(size=int(rng.integers(3, 50))), "factor": rng.uniform()}


def number(rng):
    return {"x": rng.normal(), "factor": rng.uniform()}


def test_signature_is_the_students_without_annotations(exercise):
    assert exercise.signature == "scale(x, factor=2.0)"
    assert exercise.parameters == ("x", "factor")


def test_decorators_keep_the_function_and_its_order(exercise):
    def first(x, factor):
        """One
        sentence."""

    def second(x, factor):
        pass

    for add in (exercise.misconception, exercise.variant, exercise.equivalent):
        assert add(first) is first and add(second) is second
    for forms in (exercise.misconceptions, exercise.variants, exercise.equivalents):
        assert [form.name for form in forms] == ["first", "second"]
        assert [form.sentence for form in forms] == ["One sentence.", ""]


def test_a_case_draws_the_same_for_the_same_seed_only(exercise):
    case = exercise.cases[0]
    np.testing.assert_array_equal(case.inputs(3)["x"], case.inputs(3)["x"])
    assert len({case.inputs(seed)["factor"] for seed in range(20)}) == 20


def test_cases_draw_independently_of_one_another(exercise):
    assert exercise.cases[0].inputs(0)["factor"] != exercise.cases[1].inputs(0)["factor"]
    single = Exercise("scale", "none", 1, scale, ())
    single.case("a number")(number)
    assert single.cases[0].inputs(5) == exercise.cases[1].inputs(5)


def test_every_exercise_of_the_catalogue_loads_under_its_own_name():
    found = catalogue()
    assert [load(exercise.name) for exercise in found] == found
    assert found == sorted(found, key=lambda e: (ORDER.index(e.unit), e.name))
    assert len({e.name for e in found}) == len(found) > 0


def test_catalogue_of_one_unit():
    units = {exercise.unit for exercise in catalogue()}
    assert sum(len(catalogue(unit)) for unit in units) == len(catalogue())
    assert catalogue("no such unit") == []


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UnknownExercise, match=r"^no exercise is called 'relu_backwards'; there are: .*relu_backward"):
        load("relu_backwards")


@pytest.mark.parametrize("exercise", catalogue(), ids=lambda exercise: exercise.name)
def test_inputs_come_in_the_order_of_the_reference(exercise):
    for case in exercise.cases:
        assert tuple(case.inputs(0)) == exercise.parameters[: len(case.inputs(0))]


def test_a_reference_is_not_asked_for_what_a_case_knows():
    def asked(layer):
        raise AssertionError

    exercise = Exercise("probe", "none", 1, asked, ("Which?",))
    exercise.case("a right layer, and a wrong one")(lambda rng: [Call({"layer": 1}, right=r) for r in (True, False)])
    assert [outcome.value for outcome in Probes(exercise, 0).expected] == [True, False]


def test_an_exercise_belongs_to_one_of_the_parts_of_a_lesson():
    parts = {exercise.name: exercise.part for exercise in catalogue("vanishing_gradients")}
    assert (parts["relu_backward"], parts["train_classifier"], parts["elu"]) == ("core", "core", "more")
    with pytest.raises(ValueError, match="part must be one of core, more, got 'extra'"):
        Exercise("scale", "none", 1, scale, (), part="extra")
