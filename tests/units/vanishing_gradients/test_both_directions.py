"""The signal fades forward as the gradient does backward, and standardising brings it back: against plain NumPy."""

import numpy as np
import pytest

from course_lib.units.shared.digits import centred_digits, sample_digits
from course_lib.units.vanishing_gradients.experiments.propagation import propagate, spread_between_samples
from course_lib.units.vanishing_gradients.experiments.standardised_features import standardised_features

pytestmark = pytest.mark.compiled

SEEDS = range(6)


def sigmoid_layers(x, depth, rng):
    """The outputs of untrained sigmoid layers of 64 units with Glorot's initialisation."""
    for _ in range(depth):
        w = rng.normal(0, np.sqrt(2 / (x.shape[1] + 64)), (x.shape[1], 64))
        x = 1 / (1 + np.exp(-x @ w))
        yield x


def test_only_differences_between_samples_are_counted():
    constant = np.tile([1.0, -3.0, 100.0], (5, 1))
    assert spread_between_samples(constant) == 0
    # units with standard deviations 3 and 4: the root mean square is 5 / sqrt(2)
    h = np.array([[13.0, -16.0], [7.0, -24.0]])
    assert spread_between_samples(h) == pytest.approx(5 / np.sqrt(2))


@pytest.mark.parametrize("seed", SEEDS)
def test_signal_and_gradient_vanish_alike_in_sigmoid_layers(seed):
    weights_rng, digits_rng = np.random.default_rng(seed).spawn(2)
    x, _ = sample_digits(128, rng=digits_rng)
    outputs = list(sigmoid_layers(x, 20, weights_rng))
    between = [np.sqrt(np.mean([np.var(unit) for unit in h.T])) for h in outputs]
    result = propagate(seed=seed)
    # rounding of outputs near 0.5 is 1e-16, of a spread that falls to 2e-13
    np.testing.assert_allclose(result.between_samples, between, rtol=1e-2)

    # the figures of the lesson, for every seed: each layer multiplies by the mean slope, a little less than 1/4
    assert 0.19 < between[0] < 0.22 and 1e-13 < between[-1] < 5e-13
    forward = (between[-1] / between[0]) ** (1 / 19)
    backward = (result.input_gradient_norm[0] / result.input_gradient_norm[-1]) ** (1 / 20)
    assert 0.22 < forward < 0.25 and 0.22 < backward < 0.25
    assert 0.5 < np.std(outputs[-1]) / np.std(outputs[0]) < 1  # while the spread over units too stays


def head_in_numpy(train, test, data, lr=1.0, steps=300):
    """Test accuracy of a linear softmax layer after full-batch gradient descent."""
    w, b, wanted = np.zeros((64, 10)), np.zeros(10), np.eye(10)[data.y_train]
    for _ in range(steps):
        z = train @ w + b
        p = np.exp(z - z.max(axis=1, keepdims=True))
        d = (p / p.sum(axis=1, keepdims=True) - wanted) / len(wanted)
        w, b = w - lr * train.T @ d, b - lr * d.sum(axis=0)
    return np.mean((test @ w + b).argmax(axis=1) == data.y_test)


def test_the_features_and_their_heads_against_plain_numpy():
    data, rng = centred_digits(), np.random.default_rng(0)
    *_, h = sigmoid_layers(np.concatenate([data.x_train, data.x_test]), 11, rng)
    train, test = np.split(h, [len(data.x_train)])
    mean, std = train.mean(axis=0), train.std(axis=0)
    result = standardised_features(("sigmoid",), (11,), (0,))
    assert result.spread.item() == pytest.approx(np.sqrt(np.mean(std**2)), rel=1e-6)
    assert result.raw.item() == head_in_numpy(train, test, data)
    # other batches: a head that trains longer comes to 85 %, on 450 test digits 2 % are one standard deviation
    scaled = head_in_numpy((train - mean) / std, (test - mean) / std, data, lr=0.5)
    assert result.standardised.item() == pytest.approx(scaled, abs=0.05)


@pytest.mark.outcome
def test_standardising_brings_the_digits_back_from_eleven_sigmoid_layers():
    result = standardised_features(("sigmoid", "tanh"), (11,))
    assert np.all(result.raw[0] < 0.12) and np.all(result.standardised[0] > 0.78)
    assert np.all(result.raw[1] > 0.65)  # tanh has kept the differences


@pytest.mark.soak
@pytest.mark.outcome
def test_it_holds_up_to_22_sigmoid_layers_where_rounding_takes_over():
    result = standardised_features(("sigmoid",), (3, 5, 8, 14, 17, 20, 22, 26), range(10))
    (raw,), (standardised,), (spread,) = result.raw, result.standardised, result.spread
    assert np.all(raw < 0.15)
    assert np.all(standardised[:3] > 0.8) and np.all(standardised[:7] > 0.55)
    assert np.median(standardised[7]) < 0.3 and np.all(standardised[7] < 0.5)
    assert np.all(spread[7] > 5e-15) and np.all(spread[6] < 3e-14)  # exact numbers would go on falling, to 5e-17


@pytest.mark.parametrize("depths", [(), (0, 2), (3, 3), (5, 2)])
def test_depths_that_do_not_increase_are_named(depths):
    with pytest.raises(ValueError, match="increase from at least 1") as caught:
        standardised_features(depths=depths)
    assert str(depths) in str(caught.value)


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match="step"):
        standardised_features(("step",))
