"""The factors of signal and gradient against closed forms and sampling; equal units against equal rows."""

from math import e, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.analysis.signal import gain_for, symmetry_report, variance_factor

qs = st.floats(0.05, 20)


@settings(max_examples=20)
@given(qs, st.floats(-2, 2))
def test_factors_of_leaky_relus(q, slope):
    # a positive number keeps its square, and a negative one slope**2 of it; the kink lies on the grid
    expected = (1 + slope**2) / 2
    assert variance_factor(lambda z: np.where(z > 0, z, slope * z), q) == pytest.approx((expected, expected), rel=1e-6)


@settings(max_examples=20)
@given(qs, st.floats(0.2, 2))
def test_factors_of_sines(q, b):
    # E cos(2 b z) = exp(-2 b^2 q)
    falls = np.exp(-2 * b**2 * q)
    expected = (1 - falls) / 2 / q, b**2 * (1 + falls) / 2
    # the difference over a cell of h = 1e-3 sqrt(q) misses (h b)^2 / 24 of the slope, twice that of its square: 7e-6
    assert variance_factor(lambda z: np.sin(b * z), q) == pytest.approx(expected, rel=1e-5)


def test_factors_of_a_shifted_relu():
    # the kink lies between two points of the grid: E max(z - c, 0)^2 = (1 + c^2) P(z > c) - c density(c)
    c, above, density = 0.3, 0.3820885778110474, 0.3813878154605241
    forward, backward = variance_factor(lambda z: np.maximum(z - c, 0))
    assert forward == pytest.approx((1 + c**2) * above - c * density, rel=1e-3)
    assert backward == pytest.approx(above, rel=1e-3)


@pytest.mark.parametrize("q", [0.25, 1.0, 3.0])
def test_factors_of_tanh_by_sampling(q, rng):
    a = np.tanh(rng.normal(0, sqrt(q), 10**6))
    for samples, factor in zip((a**2 / q, (1 - a**2) ** 2), variance_factor(np.tanh, q), strict=True):
        assert abs(samples.mean() - factor) < 4.5 * samples.std() / 1000


@pytest.mark.parametrize(
    ("phi", "gain"),
    [(lambda z: np.maximum(z, 0), sqrt(2)), (np.sin, sqrt(2 / (1 - e**-2))), (lambda z: 3 * z, 1 / 3), (np.abs, 1.0)],
)
def test_gains(phi, gain):
    assert gain_for(phi) == pytest.approx(gain, rel=1e-6)


def test_the_gain_keeps_the_variance_in_a_wide_network(rng):
    def phi(z):
        return np.where(z > 0, 0.7 * z, np.sin(z))

    gain, a = gain_for(phi), phi(rng.normal(size=(200, 400)))
    for _ in range(4):
        z = a @ rng.normal(0, gain / 20, (400, 400))
        # the variance of one layer of 400 units is off by some 1 / sqrt(400), of four by twice that
        assert abs(z.var() - 1) < 4.5 * sqrt(4) / 20
        a = phi(z)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: variance_factor(3), TypeError, "phi"),
        (lambda: variance_factor(np.sum), ValueError, r"phi\(z\)"),
        (lambda: variance_factor(np.tanh, 0.0), ValueError, "q"),
        (lambda: variance_factor(np.sqrt), ValueError, "finite"),
        (lambda: gain_for(np.zeros_like), ValueError, "positive"),
        (lambda: symmetry_report(np.zeros((2, 2))), TypeError, "weights"),
        (lambda: symmetry_report([np.zeros((2, 3)), np.zeros((2, 3))]), ValueError, "fit"),
        (lambda: symmetry_report([np.zeros(3)]), ValueError, "matrices"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt")
def test_bad_calls_are_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 6), min_size=1, max_size=3))
def test_copies_of_units_are_found(seed, sizes):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(4, sizes[0]))]
    for one, other in zip(sizes, [*sizes[1:], 2], strict=True):
        weights.append(rng.normal(size=(one, other)))
    for layer, size in enumerate(sizes):
        copies = rng.permutation([*range(size), *rng.integers(0, size, 3)])
        weights[layer], weights[layer + 1] = weights[layer][:, copies], weights[layer + 1][copies]
    # rounding, of which training leaves a little, makes no difference
    weights = [w * (1 + 1e-12 * rng.normal(size=w.shape)) for w in weights]
    # copies in one layer are rows of the next, so what was different stays so
    assert symmetry_report(weights) == sizes
    assert symmetry_report(weights[:1]) == []


def test_units_that_agree_on_one_side_differ():
    assert symmetry_report([np.ones((2, 3)), np.array([[1.0], [1.0], [2.0]])]) == [2]
    assert symmetry_report([np.array([[1.0, 2.0, 1.0]]), np.ones((3, 2))]) == [2]


def test_density_is_normal():
    # E z^2 = 1 and E z^4 = 3; |z| has the mean sqrt(2 / pi)
    assert variance_factor(lambda z: z**2)[0] == pytest.approx(3, rel=1e-6)
    assert variance_factor(lambda z: np.sqrt(np.abs(z)))[0] == pytest.approx(sqrt(2 / pi), rel=1e-6)
