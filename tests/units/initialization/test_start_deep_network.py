"""The project's judge: what starts forty layers passes, on many seeds, and what does not is told why."""

from itertools import pairwise

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.exercises.initialization.start_deep_network import exercise, judge
from course_lib.analysis.signal import gain_for
from course_lib.units.initialization.experiments import deep_start


def uniform_numbers(rng, sizes, phi, x):
    return [rng.uniform(-1, 1, (n, m)) * gain_for(phi) * np.sqrt(3 / n) for n, m in pairwise(sizes)]


RIGHT = [exercise.reference, uniform_numbers, *(form.function for form in exercise.equivalents)]
SEEDS = 6
# what a rule for another activation makes of the weights
RULES = {
    "Glorot": lambda n, m: (2 / (n + m)) ** 0.5,
    "LeCun": lambda n, m: n**-0.5,
    "He": lambda n, m: (2 / n) ** 0.5,
    "1 / n": lambda n, m: 1 / n,
    "0.01": lambda n, m: 0.01,
}


def answer(form, inputs):
    return form(**inputs | {"rng": inputs["rng"].generator()})


def by_rule(std):
    return lambda rng, sizes, phi, x: [rng.normal(0, std(n, m), (n, m)) for n, m in pairwise(sizes)]


@pytest.mark.outcome
@pytest.mark.parametrize("case", exercise.cases, ids=lambda case: case.sentence[:30])
@pytest.mark.parametrize("form", rest_in_soak(RIGHT), ids=lambda form: form.__name__)
def test_right_answers_pass(form, case):
    inputs = case.inputs(0)
    assert judge(inputs, answer(form, inputs)) is None


@pytest.mark.seeds
@pytest.mark.outcome
@pytest.mark.parametrize("case", exercise.cases, ids=lambda case: case.sentence[:30])
@pytest.mark.parametrize("form", RIGHT, ids=lambda form: form.__name__)
def test_right_answers_pass_on_many_seeds(form, case):
    for seed in range(SEEDS):
        inputs = case.inputs(seed)
        assert judge(inputs, answer(form, inputs)) is None, seed


@pytest.mark.parametrize("case", exercise.cases, ids=lambda case: case.sentence[:30])
@pytest.mark.parametrize("seeds", rest_in_soak([range(5), range(5, SEEDS)]), ids=str)
def test_rules_for_other_activations_lose_the_signal_on_every_seed(seeds, case):
    for seed in seeds:
        inputs = case.inputs(seed)
        for rule, std in RULES.items():
            assert judge(inputs, answer(by_rule(std), inputs)).property == "vanished", (seed, rule)


@pytest.mark.soak
@pytest.mark.outcome
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("case", exercise.cases, ids=lambda case: case.sentence[:30])
def test_networks_that_have_lost_the_signal_learn_nothing(rule, case):
    """The judge does not train them; if it did, they would be as good as a constant answer."""
    for seed in range(2):
        inputs = case.inputs(seed)
        task = deep_start.rotated_digits(inputs["phi"].seed)
        reached = deep_start.accuracy_after_training(answer(by_rule(RULES[rule]), inputs), inputs["phi"], task)
        assert reached < 0.5, seed


@pytest.mark.parametrize("value", [None, 3, [], "weights", [1] * 40, [np.zeros(3)] * 40, [np.zeros((2, 2), int)] * 40])
def test_strange_values_are_refused_without_an_exception(value):
    assert judge(exercise.cases[0].inputs(0), value).property in ("type", "shape")


@pytest.mark.parametrize("number", [0.0, np.nan, np.inf, 1e300])
def test_arrays_of_one_number_are_refused(number):
    inputs = exercise.cases[0].inputs(0)
    weights = [np.full(shape, number) for shape in pairwise(inputs["sizes"])]
    assert judge(inputs, weights).property in ("alike", "finite")


def test_the_images_that_are_shown_are_for_training():
    inputs = exercise.cases[0].inputs(3)
    task = deep_start.rotated_digits(inputs["phi"].seed)
    assert np.array_equal(inputs["x"], task.x[: len(inputs["x"])])
    distances = np.abs(task.x_new[:, None, :3] - task.x[None, :, :3]).sum(axis=2)
    assert distances.min() > 1e-9
    # the mean square of a pixel of the training images before the split and the choice of classes is 1
    assert np.mean(task.x**2) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("phi", [deep_start.Staircase(0.3, 0.2), deep_start.Bent(0.6, 0.4)], ids=repr)
def test_slopes_are_those_of_the_activations(phi):
    z = np.linspace(-4, 4, 40)  # none at the bend
    np.testing.assert_allclose(phi.slope(z), (phi(z + 1e-6) - phi(z - 1e-6)) / 2e-6, rtol=1e-8)


def test_a_step_goes_down_the_gradient():
    rng = np.random.default_rng(0)
    phi, task = deep_start.Staircase(0.4, 0.3), deep_start.rotated_digits(1)
    x, y = task.x[:32], task.y[:32]
    weights = [rng.normal(0, 1.5 / np.sqrt(n), (n, m)) for n, m in pairwise([64, 5, 4, 4])]

    def loss(ws):
        logits = deep_start.hidden_layers(ws, phi, x)[-1] @ ws[-1]
        return np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(32), y])

    after = [w.copy() for w in weights]
    deep_start._step(after, phi, x, y)
    for layer, w in enumerate(weights):
        for index in [(0, 0), (3, 2)]:
            moved = [v.copy() for v in weights]
            moved[layer][index] += 1e-6
            slope = (loss(moved) - loss(weights)) / 1e-6
            # a one-sided difference errs by 1e-6 times a curvature of order 1
            assert (w - after[layer])[index] / deep_start.RATE == pytest.approx(slope, abs=1e-5)
