from copy import copy

import numpy as np
import pytest

from autograder.call import call
from autograder.exercises.vanishing_gradients.train_classifier import exercise, judge

CASE = exercise.cases[0]
KEYS = ("w1", "b1", "w2", "b2")


def test_the_budget_of_batches_is_enforced():
    inputs = CASE.inputs(5)

    def greedy(next_batch, n_batches, *_):
        for _ in range(n_batches + 1):
            next_batch()

    outcome = call(greedy, inputs)
    assert (outcome.status, outcome.error) == ("raised", "EOFError")


def test_every_call_gets_the_whole_budget():
    inputs = CASE.inputs(5)

    def uses_it_up(next_batch, n_batches, *_):
        return len([next_batch() for _ in range(n_batches)])

    assert [call(uses_it_up, inputs).value for _ in range(2)] == [300, 300]


def test_training_images_are_not_among_the_new_ones():
    batches = CASE.inputs(5)["next_batch"]
    x = np.concatenate([batches.x, batches.x_new])
    assert len(batches.x_new) > 400
    distances = np.abs(batches.x_new[:, None, :3] - batches.x[None, :, :3]).sum(axis=2)
    assert (distances.min(axis=1) > 1e-9).all()
    assert np.isfinite(x).all()


@pytest.mark.parametrize(
    "value",
    [None, 3, {}, [1], dict.fromkeys(KEYS), dict.fromkeys(KEYS, np.zeros(3)), dict.fromkeys(KEYS, np.array(1.0))],
)
def test_strange_values_are_refused_without_an_exception(value):
    assert judge(CASE.inputs(0), value).property in ("type", "shape")


def test_parameters_that_are_not_finite_are_refused():
    inputs = CASE.inputs(0)
    params = exercise.reference(**{**inputs, "next_batch": copy(inputs["next_batch"])})
    assert judge(inputs, params) is None
    assert judge(inputs, {**params, "w2": np.full_like(params["w2"], np.nan)}) is not None


@pytest.mark.parametrize(
    "hidden, scale, found",
    [
        (32, 0.0, "alike"),
        (32, 100.0, "saturated"),
        (32, np.nan, "untrained"),
        (1, 0.0, "untrained"),
        (0, 1.0, "untrained"),
    ],
)
def test_a_network_that_cannot_learn_is_told_by_its_units(hidden, scale, found):
    rng = np.random.default_rng(0)
    params = {
        "w1": scale * rng.normal(size=(64, hidden)),
        "b1": np.zeros(hidden),
        "w2": rng.normal(size=(hidden, 10)),
        "b2": np.zeros(10),
    }
    assert judge(CASE.inputs(0), params).property == found
