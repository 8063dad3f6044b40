import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.exercises.vanishing_gradients.initial_weights import exercise, judge

SEEDS = range(300)


@pytest.mark.parametrize("form", rest_in_soak(exercise.equivalents), ids=lambda form: form.name)
def test_no_right_answer_is_refused_on_300_seeds(form):
    for seed in SEEDS:
        for case in exercise.cases:
            inputs = case.inputs(seed)
            assert judge(inputs, form.function(**inputs)) is None, (seed, case.sentence)


@pytest.mark.parametrize("value", [None, 3, "weights", [None, None], [np.zeros((2, 3))] * 2, {"w": 1}, [[1.0]] * 2])
def test_strange_values_are_refused_without_an_exception(value):
    assert judge({"n": 3, "n_layers": 2, "slope": 0.5, "seed": 0}, value).property in ("type", "shape")


@pytest.mark.parametrize("number", [0.0, 1.0, np.nan, np.inf])
def test_arrays_of_one_number_are_refused(number):
    assert judge({"n": 30, "n_layers": 2, "slope": 0.5, "seed": 0}, [np.full((30, 30), number)] * 2) is not None
