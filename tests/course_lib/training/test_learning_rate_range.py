"""The range test: its rates, its stop, and that what it recommends trains."""

import numpy as np
import pytest
from networks import regularized

from course_lib.data import datasets
from course_lib.layers.network import mlp
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import SGD
from course_lib.training.learning_rate_range import range_test
from course_lib.training.loop import fit


def parabola(out, y):
    """Half the mean squared error, and its gradient."""
    error = out - y
    return float(0.5 * np.mean(error**2)), error / error.size


def test_rates_rise_by_a_constant_factor_and_start_at_the_first(rng):
    x, y = datasets.moons(100, rng=rng)
    found = range_test(mlp([2, 4, 2], activation="tanh", rng=rng), x, y, rng=rng, lr_min=1e-4, lr_max=1e-1, steps=31)
    # rounding of the powers of the factor
    np.testing.assert_allclose(found.lr, 1e-4 * 10 ** (np.arange(31) / 10), rtol=1e-12)
    assert len(found.loss) == len(found.smoothed) == 31


def test_the_smoothed_loss_is_the_corrected_mean(rng):
    x, y = datasets.moons(100, rng=rng)
    found = range_test(mlp([2, 4, 2], activation="tanh", rng=rng), x, y, rng=rng, steps=12, lr_max=0.1, beta=0.8)
    weights = [0.8 ** np.arange(n, -1, -1) for n in range(12)]
    expected = [w @ found.loss[: len(w)] / w.sum() for w in weights]
    np.testing.assert_allclose(found.smoothed, expected, rtol=1e-12)  # sums of 12 terms in another order


@pytest.mark.parametrize("optimizer", [None, SGD(3.0), Adam(7.0)])
def test_the_network_and_the_optimiser_stay_as_they_are(optimizer, rng):
    network = regularized(rng)
    before = network.state()
    range_test(network, rng.normal(size=(40, 4)), rng.integers(0, 3, 40), rng=rng, optimizer=optimizer, steps=20)
    np.testing.assert_array_equal(network.theta, before["theta"])
    np.testing.assert_array_equal(network.statistics, before["statistics"])
    assert optimizer is None or (not optimizer.state and optimizer.lr in (3.0, 7.0))


@pytest.mark.outcome
@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_the_loss_bursts_beyond_two_over_the_curvature(scale, rng):
    """On a parabola, gradient descent is stable below the rate 2 / curvature only (Efficient backprop, 1998)."""
    network = mlp([1, 1], activation="identity", rng=rng)
    x, y = rng.normal(0, scale, (8, 1)), rng.normal(size=(8, 1))
    options = dict(lr_min=1e-3, lr_max=1e3, steps=400, batch_size=8, beta=0.0, loss=parabola)
    found = range_test(network, x, y, rng=rng, **options)
    inputs = np.hstack([x, np.ones_like(x)])
    edge = 2 / np.linalg.eigvalsh(inputs.T @ inputs / 8).max()
    # beyond the edge the error has to grow from the rounding of the minimum, for some forty steps of 3.5 % each
    assert edge < found.lr[-1] < 5 * edge
    assert found.largest < found.lr[-1]


@pytest.mark.outcome
@pytest.mark.parametrize("seed", range(3))
def test_the_recommended_rate_trains_and_one_far_beyond_does_not(seed):
    rng = np.random.default_rng(seed)
    data = datasets.digits()
    network = mlp([64, 32, 10], activation="relu", rng=rng)
    start = network.state()
    found = range_test(network, data.x_train, data.y_train, rng=rng)
    final = []
    for lr in (found.suggested, 30 * found.largest):
        network.restore(start)
        with np.errstate(all="ignore"):
            history = fit(network, data.x_train, data.y_train, rng=rng, optimizer=SGD(lr), epochs=3)
        final.append(history.train_accuracy[-1] if history.train_accuracy else 0.0)
    # of ten classes; 24 seeds gave at least 0.70 against at most 0.11
    assert final[0] > 0.6
    assert final[1] < 0.25


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr_min": 0.0}, "lr_min must be positive and finite, got 0.0"),
        ({"lr_min": 1.0, "lr_max": 0.5}, "lr_min must be below lr_max, got 1.0 and 0.5"),
        ({"lr_max": np.inf}, "lr_max must be .*finite, got inf"),
        ({"beta": 1.0}, r"beta must lie in \[0, 1\), got 1.0"),
        ({"burst": 0}, "burst must be positive and finite, got 0"),
        ({"steps": 1}, "steps must be at least 2, got 1"),
    ],
)
def test_impossible_ranges_are_refused(options, message, rng):
    with pytest.raises(ValueError, match=message):
        range_test(mlp([2, 2], activation="relu", rng=rng), np.zeros((4, 2)), np.zeros(4, int), rng=rng, **options)


def test_a_network_that_is_broken_from_the_start_is_named(rng):
    network = mlp([2, 2], activation="relu", rng=rng)
    network.theta[:] = np.nan
    with pytest.raises(ValueError, match="not finite from the first steps on"):
        range_test(network, rng.normal(size=(40, 2)), rng.integers(0, 2, 40), rng=rng)
