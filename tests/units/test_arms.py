"""The arms of a comparison: trained as the library trains, counted step by step, each at its best rate."""

import numpy as np
import pytest

from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import fit
from course_lib.units.shared import arms
from course_lib.units.shared.arms import (
    FORMS,
    TUNING_SEEDS,
    Arm,
    best_rate,
    final_loss,
    losses,
    quickest_rate,
    samples,
    steps,
)
from course_lib.units.shared.small_nets import affine_layers, dead_units

ARM = Arm("relu", "he_normal", 2, 16, n_samples=100)


@pytest.mark.parametrize("change", [{}, {"max_norm": 0.3}, {"activation": "elu, alpha 2"}, {"skip": 0.5}])
def test_training_is_that_of_the_library(change):
    arm = Arm(**(vars(ARM) | change))
    network, x, y, rng = arm.start(3)
    history = fit(network, x, y, rng=rng, optimizer=SGD(0.1), epochs=1, batch_size=64, max_norm=arm.max_norm)
    other, x, y, rng = arm.start(3)
    arms.train(other, x, y, lr=0.1, epochs=1, rng=rng, max_norm=arm.max_norm)
    # the same sums in another order
    np.testing.assert_allclose(other.theta, network.theta, rtol=1e-9, atol=1e-12)
    assert len(history.gradient_norm) == 2  # batches of 64 and 36


def test_steps_are_counted_one_by_one(monkeypatch):
    batches = iter([[3.0, 3.0, 3.0, 3.0, 3.0], [3.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    monkeypatch.setattr(arms, "_epoch", lambda *_: np.array(next(batches)))
    # the means of the last five are 3.0 ..., 3.0, 2.4, 1.8, 1.2, 0.6, and 0.0 after eleven
    assert steps(ARM, 0, 0.1, target=0.5, limit=30) == 11


def test_steps_end_at_the_limit_and_with_divergence(monkeypatch):
    monkeypatch.setattr(arms, "_epoch", lambda *_: np.array([3.0] * 5))
    assert steps(ARM, 0, 0.1, limit=12) == 12
    monkeypatch.setattr(arms, "_epoch", lambda *_: np.array([0.1, np.nan]))
    assert steps(ARM, 0, 0.1, limit=12) == 12


def test_a_run_that_diverges_ends_at_infinity():
    arm = Arm("relu", "he_normal", 4, 16, n_samples=100, gain=1e60)
    assert np.isinf(final_loss(arm, 0, 1e4, epochs=3))
    assert np.all(np.isinf(losses(arm, 0, 1e4, epochs=3)))


def test_the_best_rate_is_that_of_the_smallest_median_on_seeds_that_judge_nothing():
    seen = []

    def measure(arm, seed, lr, *, wanted):
        seen.append(seed)
        return abs(lr - wanted) if seed != TUNING_SEEDS[0] else 0.0

    assert best_rate(measure, ARM, (0.1, 0.3, 1.0), wanted=0.3) == 0.3
    assert {*seen} == {*TUNING_SEEDS}
    calls = len(seen)
    assert best_rate(measure, ARM, (0.1, 0.3, 1.0), wanted=0.3) == 0.3 and len(seen) == calls
    # rates that do equally well: the one in the middle
    assert best_rate(lambda arm, seed, lr: 7.0, ARM, (0.1, 0.3, 1.0)) == 0.3


@pytest.mark.parametrize("limit", [20, 60])
def test_the_quickest_rate_is_the_best_one_for_steps(monkeypatch, rng, limit):
    """Whatever the runs take: slow ones, fast ones, equal ones, and those that never arrive."""
    rates, run = (0.1, 0.2, 0.3, 0.5, 1.0), []
    for _ in range(50):
        taken = {(seed, lr): int(rng.integers(15, 25)) for seed in TUNING_SEEDS for lr in rates}

        def counted(arm, seed, lr, *, limit, taken=taken):
            run.append(min(taken[seed, lr], limit))
            return run[-1]

        monkeypatch.setattr(arms, "steps", counted)
        plain = best_rate.__wrapped__(counted, ARM, rates, limit=limit)
        run.clear()
        assert quickest_rate.__wrapped__(ARM, rates, limit=limit) == plain
        assert len(run) <= len(taken) and sum(run) <= sum(min(n, limit) for n in taken.values())


def test_the_quickest_rate_of_a_network():
    rates = (0.1, 0.3, 1.0)
    assert quickest_rate(ARM, rates, limit=60) == best_rate(steps, ARM, rates, limit=60)


def test_an_arm_starts_as_it_says():
    network, x, y, _ = Arm("tanh", "glorot_normal", 3, 16, gain=2.0, bias=-1.5, n_samples=50).start(1)
    plain, *_ = Arm("tanh", "glorot_normal", 3, 16, n_samples=50).start(1)
    assert x.shape == (50, 64) and y.shape == (50,)
    for layer, other in zip(affine_layers(network), affine_layers(plain), strict=True):
        np.testing.assert_array_equal(layer.params["w"], 2 * other.params["w"])
    biases = [layer.params["b"] for layer in affine_layers(network)]
    assert all(np.all(b == -1.5) for b in biases[:-1]) and np.all(biases[-1] == 0)


@pytest.mark.parametrize("name", ["digits", "uncentred digits", "printed digits"])
def test_samples_have_the_standard_deviation_1(name, rng):
    x, y = samples(name, 1347, rng=rng)
    assert x.shape == (1347, 64) and set(y) == set(range(10))
    # printed digits are drawn from 1600: 1347 of them differ from all by less than a hundredth
    assert x.std() == pytest.approx(1, abs=0.02)
    # each pixel has the mean 0, but for the uncentred ones
    assert (np.abs(x.mean(axis=0)).max() < 0.1) == (name != "uncentred digits")


@pytest.mark.parametrize("name", FORMS)
def test_forms_come_with_their_derivative(name, rng):
    function, derivative = FORMS[name]
    z = rng.uniform(0.01, 4, 50) * rng.choice([-1, 1], 50)  # not at the kink
    numeric = (function(z + 1e-6) - function(z - 1e-6)) / 2e-6
    # central differences with a step of 1e-6 are exact to about 1e-9 here
    np.testing.assert_allclose(derivative(z), numeric, atol=1e-8)


def test_a_unit_of_a_network_that_diverged_is_dead():
    network, x, *_ = ARM.start(0)
    assert not np.all(np.concatenate(dead_units(network, x)))
    network.theta[...] = np.nan
    assert np.all(np.concatenate(dead_units(network, x)))
