"""Initialisers by their statistics: mean, variance, support, independence."""

import numpy as np
import pytest

from course_lib import initialization

FAN_IN, FAN_OUT = 300, 170
VARIANCE = {
    "glorot_normal": 1 / ((FAN_IN + FAN_OUT) / 2),
    "glorot_uniform": 1 / ((FAN_IN + FAN_OUT) / 2),
    "he_normal": 1 / (FAN_IN / 2),
    "lecun_normal": 1 / FAN_IN,
    "normal 0.01": 1e-4,
    "normal 1": 1.0,
}


@pytest.mark.parametrize("name", VARIANCE)
@pytest.mark.parametrize("seed", range(3))
def test_mean_and_variance(name, seed):
    w = initialization.INITIALIZERS[name](np.random.default_rng(seed), FAN_IN, FAN_OUT)
    n, variance = w.size, VARIANCE[name]
    assert w.shape == (FAN_IN, FAN_OUT)
    # 4.5 standard errors: of the mean, and of the variance (2 var^2 / n for a normal, less for a uniform)
    assert abs(w.mean()) < 4.5 * np.sqrt(variance / n)
    assert abs(w.var() - variance) < 4.5 * variance * np.sqrt(2 / n)


def test_the_uniform_one_is_flat_and_bounded(rng):
    w = initialization.glorot_uniform(rng, FAN_IN, FAN_OUT)
    limit = np.sqrt(3 * VARIANCE["glorot_uniform"])
    assert np.abs(w).max() <= limit
    # kurtosis of a uniform distribution is 1.8, of a normal one 3; its standard error here is below 0.01
    assert np.mean(w**4) / np.mean(w**2) ** 2 == pytest.approx(1.8, abs=0.05)


def test_calls_are_independent(rng):
    first, second = (initialization.he_normal(rng, FAN_IN, FAN_OUT).ravel() for _ in range(2))
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / np.sqrt(first.size)


def test_zeros(rng):
    assert not initialization.zeros(rng, 3, 4).any()
