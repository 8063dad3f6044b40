"""Random exercises: no right answer is refused by chance, nothing that is returned stops a judge, and layers that a
probe is tried on are right or wrong on every draw."""

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.call import copy_inputs
from autograder.catalogue import load
from autograder.exercise import Form
from autograder.exercises.regularization import is_dropout as probe
from autograder.exercises.regularization._dropout_layers import RIGHT, WRONG, layer_of

NAMES = ("dropout_forward", "mc_dropout_predict", "alpha_dropout", "random_crop_flip", "mixup")
FORMS = [
    (exercise, form) for exercise in map(load, NAMES) for form in (Form(exercise.reference), *exercise.equivalents)
]
WRONG_LAYERS = {told: form for group in WRONG for told, form in group.items()}


@pytest.mark.parametrize("n_seeds", [30, pytest.param(100, marks=pytest.mark.seeds)])
@pytest.mark.parametrize(("exercise", "form"), rest_in_soak(FORMS), ids=lambda value: getattr(value, "name", ""))
def test_no_right_answer_is_refused_on_many_seeds(exercise, form, n_seeds):
    for seed in range(n_seeds):
        for case in exercise.cases:
            calls = case.calls(seed)
            values = [form.function(*copy_inputs(one.inputs).values()) for one in calls]
            for one, value in zip(calls, values, strict=True):
                assert exercise.judge(one.inputs, value) is None, (seed, case.sentence, one.told)
            if exercise.judge_together:
                assert exercise.judge_together(values) is None, (seed, case.sentence)


@pytest.mark.parametrize("value", [None, 3, "mask", [None, None], np.zeros(3), {"x": 1}, (np.zeros((0, 0)),) * 2])
@pytest.mark.parametrize("name", NAMES)
def test_strange_values_are_refused_without_an_exception(name, value):
    exercise = load(name)
    found = exercise.judge(exercise.cases[0].inputs(0), value).property
    assert found.split(" of ")[0] in ("type", "shape")


@pytest.mark.parametrize("number", [0.0, 1.0, -1.0, np.nan, np.inf, 1e300])
@pytest.mark.parametrize("name", NAMES)
def test_arrays_of_one_number_are_refused(name, number):
    exercise = load(name)
    for case in exercise.cases:
        inputs = case.inputs(0)
        right = exercise.reference(*copy_inputs(inputs).values())
        parts = [np.full(np.shape(part), number) for part in (right if type(right) is tuple else (right,))]
        with np.errstate(over="ignore"):  # 1e300 times itself
            assert exercise.judge(inputs, tuple(parts) if type(right) is tuple else parts[0]) is not None


def verdicts(form, n_seeds: int, **knobs) -> list[bool]:
    """What the reference says of a layer, with probes of other seeds."""
    return [probe._probe(layer_of(form), seed=seed, **knobs) for seed in range(n_seeds)]


@pytest.mark.parametrize("n_seeds", [10, pytest.param(200, marks=pytest.mark.seeds)])
@pytest.mark.parametrize("told", RIGHT)
def test_right_layers_pass_practically_always(told, n_seeds):
    # five statistics within 5 standard errors refuse one of 350 000, and two of counts within 4.5 one of 75 000
    assert all(verdicts(RIGHT[told], n_seeds))


@pytest.mark.parametrize("n_seeds", [2, pytest.param(40, marks=pytest.mark.seeds)])
@pytest.mark.parametrize("told", WRONG_LAYERS)
def test_every_wrong_layer_fails_on_every_seed(told, n_seeds):
    assert not any(verdicts(WRONG_LAYERS[told], n_seeds))


@pytest.mark.parametrize("told", [*RIGHT, *WRONG_LAYERS])
def test_layers_return_finite_arrays_for_every_rate_and_shape(told):
    layer = layer_of((RIGHT | WRONG_LAYERS)[told])
    with np.errstate(all="raise"):
        for shape in ((), (1,), (5,), (1, 1), (3, 4), (2, 3, 4)):
            for x in (np.zeros(shape), np.ones(shape), np.arange(np.prod(shape, dtype=int)).reshape(shape) - 1):
                for p_drop in (1e-9, 0.2, 0.5, 0.999999):
                    for training in (True, False):
                        for part in layer(x, p_drop, training, np.random.default_rng(0)):
                            assert part.shape == shape
                            assert np.isfinite(part).all()
