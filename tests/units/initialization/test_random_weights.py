"""Exercises on random weights: no right answer is refused by chance, and nothing that is returned stops the judge."""

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.call import copy_inputs
from autograder.catalogue import load
from autograder.exercise import Form
from autograder.exercises.initialization import is_glorot_normal as probe

NAMES = ("glorot_normal", "glorot_uniform", "scaled", "he_normal", "he_uniform", "lecun_normal", "truncated_normal")
RIGHT = [
    (exercise, form) for exercise in map(load, NAMES) for form in (Form(exercise.reference), *exercise.equivalents)
]


@pytest.mark.parametrize("n_seeds", [30, pytest.param(100, marks=pytest.mark.seeds)])
@pytest.mark.parametrize(("exercise", "form"), rest_in_soak(RIGHT), ids=lambda value: getattr(value, "name", ""))
def test_no_right_answer_is_refused_on_many_seeds(exercise, form, n_seeds):
    for seed in range(n_seeds):
        for case in exercise.cases:
            for one in case.calls(seed):
                value = form.function(*copy_inputs(one.inputs).values())
                assert exercise.judge(one.inputs, value) is None, (seed, case.sentence, one.told)


@pytest.mark.parametrize("value", [None, 3, "weights", [None, None], np.zeros(3), {"w": 1}, [[1.0]], np.zeros((0, 0))])
@pytest.mark.parametrize("name", NAMES)
def test_strange_values_are_refused_without_an_exception(name, value):
    exercise = load(name)
    assert exercise.judge(exercise.cases[0].inputs(0), value).property in ("type", "shape")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [0.0, 1.0, np.nan, np.inf])
def test_arrays_of_one_number_are_refused(name, number):
    exercise = load(name)
    inputs = exercise.cases[0].inputs(0)
    assert exercise.judge(inputs, np.full((inputs["fan_in"], inputs["fan_out"]), number)) is not None


def verdicts(form, n_seeds: int) -> float:
    """The share of seeds on which an initialiser passes the reference's test."""
    return np.mean([probe.is_glorot_normal(probe._of(form), seed) for seed in range(n_seeds)])


def wrong_initialisers():
    for case in probe.exercise.cases:
        for one in case.calls(0):
            if "wrong" in one.told:
                yield case.sentence, one.inputs["initializer"]


@pytest.mark.parametrize("n_seeds", [100, pytest.param(3000, marks=pytest.mark.seeds)])
def test_right_initialisers_pass_practically_always(n_seeds):
    # at 5.5 standard errors, ten statistics refuse one of 2.6 million
    assert verdicts(probe._plain, n_seeds) == verdicts(probe._other_way_round, n_seeds) == 1


@pytest.mark.parametrize("n_seeds", [10, pytest.param(500, marks=pytest.mark.soak)])
def test_every_wrong_initialiser_fails_on_every_seed(n_seeds):
    sentences = []
    for sentence, initializer in wrong_initialisers():
        assert not any(probe.is_glorot_normal(initializer, seed) for seed in range(n_seeds)), sentence
        sentences.append(sentence)
    assert len(sentences) >= 8
