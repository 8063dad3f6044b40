"""Feature scaling against scikit-learn, on data other than those it was fitted on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from course_lib.data.feature_scaling import min_max_apply, min_max_fit, standardize_apply, standardize_fit

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
PAIRS = {
    "standardize": (standardize_fit, standardize_apply, StandardScaler),
    "min-max": (min_max_fit, min_max_apply, MinMaxScaler),
}
pairs = st.sampled_from(list(PAIRS))
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, size, dtype=np.float64):
    """Training and other data, features of very different scale and one of them constant in training."""
    rng = np.random.default_rng(seed)
    n, m, d = size
    scale = 10.0 ** rng.integers(-3, 4, d)
    train, other = (scale * rng.uniform(-3, 3, (k, d)) for k in (n, m))
    train[:, rng.integers(d)] = 0.1
    return train.astype(dtype), other.astype(dtype)


@given(pairs, seeds, sizes)
def test_equals_scikit_learn(name, seed, size):
    fit, apply, scaler = PAIRS[name]
    train, other = draw(seed, size)
    oracle = scaler().fit(train)
    fitted = fit(train)
    for x in (train, other):
        expected = oracle.transform(x)
        # scikit-learn computes x * scale + shift, whose terms may cancel: by the size of the terms, a few roundings
        terms = np.abs(oracle.transform(np.zeros_like(x))) + np.abs(x) * np.abs(oracle.scale_) + 1
        terms += np.abs(x) / np.abs(oracle.scale_) + np.abs(expected)
        assert np.all(np.abs(apply(x, *fitted) - expected) <= 100 * np.finfo(float).eps * terms * size[0])


@given(pairs, seeds, sizes, dtypes)
def test_training_data_fill_the_range(name, seed, size, dtype):
    fit, apply, _ = PAIRS[name]
    train, _ = draw(seed, size, dtype)
    fitted = fit(train)
    out = apply(train, *fitted)
    assert out.dtype == dtype
    assert [f.dtype for f in fitted] == [dtype, dtype]
    varies = train.min(axis=0) < train.max(axis=0)
    assert not out[:, ~varies].any()
    if name == "min-max":
        np.testing.assert_array_equal(out[:, varies].min(axis=0, initial=0), 0)
        np.testing.assert_array_equal(out[:, varies].max(axis=0), 1)
    else:
        # the rounded mean and deviation, relative to a deviation that is small where two values lie together
        atol = 20 * np.finfo(dtype).eps * (1 + np.abs(train).max(axis=0) / np.where(varies, fitted[1], 1))
        assert np.all(np.abs(out.mean(axis=0)) <= atol)
        assert np.all(np.abs(np.sqrt(np.mean(out**2, axis=0)) - varies) <= atol)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n", [3, 10, 1000])
def test_a_constant_feature_is_only_shifted(n, dtype):
    x = np.full((n, 1), 0.1, dtype)  # not a binary fraction: the computed mean need not be 0.1
    for fit, apply, _ in PAIRS.values():
        fitted = fit(x)
        assert not apply(x, *fitted).any()
        # compared with the shift by itself: a difference, rounded once
        np.testing.assert_array_equal(apply(x + 1, *fitted), (x + 1) - x)
    assert standardize_fit(x)[1] == 0


def test_whole_numbers_become_floats():
    x = np.array([[0, 5], [4, 5]])
    np.testing.assert_array_equal(standardize_apply(x, *standardize_fit(x)), [[-1, 0], [1, 0]])
    np.testing.assert_array_equal(min_max_apply(np.array([[8, 7]]), *min_max_fit(x)), [[2, 2]])


@given(pairs, seeds, sizes)
def test_inputs_are_left_alone(name, seed, size):
    fit, apply, _ = PAIRS[name]
    train, other = draw(seed, size)
    before = [train.copy(), other.copy()]
    fitted = fit(train)
    saved = [f.copy() for f in fitted]
    apply(other, *fitted)
    arrays = [train, other, *fitted]
    assert all(a.tobytes() == b.tobytes() for a, b in zip(arrays, [*before, *saved], strict=True))


@pytest.mark.parametrize("name", PAIRS)
def test_what_does_not_fit_is_refused_with_its_shape(name):
    fit, apply, _ = PAIRS[name]
    for shape in [(3,), (0, 2)]:
        with pytest.raises(ValueError) as error:
            fit(np.zeros(shape))
        assert str(shape) in str(error.value)
    for arrays in ((np.zeros(2), np.ones(2)), (np.zeros(3), np.ones(1)), (np.zeros(3), np.ones(()))):
        with pytest.raises(ValueError, match=r"must have the shape \(3,\), got \("):
            apply(np.zeros((2, 3)), *arrays)
    with pytest.raises(ValueError, match="x must have at least one entry"):
        apply(np.zeros((0, 3)), np.zeros(3), np.ones(3))


def test_fitted_numbers_in_the_wrong_order_are_refused():
    x = np.array([[-1.0, 0.0], [0.0, 3.0]])
    with pytest.raises(ValueError, match=r"std must not be negative, got -0.5: is it the mean\?"):
        standardize_apply(x, *standardize_fit(x)[::-1])
    with pytest.raises(ValueError, match="high is below low"):
        min_max_apply(x, *min_max_fit(x)[::-1])


@given(st.sampled_from([10**4, 10**6]), st.floats(-10, 10), seeds)
def test_float32_statistics_of_very_many_samples_are_right(n, middle, seed):
    x = np.random.default_rng(seed).normal(middle, 1, (n, 1)).astype(np.float32)
    mean, std = standardize_fit(x)
    assert mean.dtype == std.dtype == np.float32
    # sums of blocks of 256 terms, whose size is below 15: not of a million terms, one after the other
    np.testing.assert_allclose(mean, x.mean(axis=0, dtype=float), rtol=0, atol=15 * 256 * 2**-24)
    np.testing.assert_allclose(std, x.std(axis=0, dtype=float), rtol=256 * 2**-24)


@pytest.mark.parametrize("poison", [np.nan, np.inf])
@pytest.mark.filterwarnings("ignore:invalid value")  # infinity minus infinity
def test_nan_and_infinity_stay_in_their_feature(poison):
    mean, std = standardize_fit([[1.0, poison], [3.0, 0.0]])
    assert (mean[0], std[0]) == (2, 1) and np.isnan(std[1])
