"""Clipping against the same on one long vector, and what it promises about length and direction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.clipping import (
    clip_by_global_norm,
    clip_by_value,
    clipped_sgd_step,
    clipping_cosine,
    cosine,
    global_norm,
)

seeds = st.integers(0, 2**32 - 1)
shape_lists = st.lists(st.lists(st.integers(1, 4), max_size=3).map(tuple), min_size=1, max_size=4)
scales = st.sampled_from([1e-12, 1e-3, 1.0, 1e3, 1e12])
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, shapes, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [np.asarray(scale * rng.normal(size=shape), dtype=dtype) for shape in shapes]


def vector(arrays):
    return np.concatenate([np.ravel(a) for a in arrays]).astype(float)


@given(seeds, shape_lists, scales, dtypes)
def test_global_norm_is_that_of_one_long_vector(seed, shapes, scale, dtype):
    grads = draw(seed, shapes, scale, dtype)
    # sums of at most 256 squares in float64
    assert global_norm(grads) == pytest.approx(np.linalg.norm(vector(grads)), rel=1e-13)


@given(seeds, shape_lists, scales, dtypes, st.floats(0.01, 100))
def test_clip_by_global_norm_bounds_the_length_and_keeps_the_direction(seed, shapes, scale, dtype, ratio):
    grads = draw(seed, shapes, scale, dtype)
    c = ratio * np.linalg.norm(vector(grads))
    clipped, norm = clip_by_global_norm(grads, c)
    eps = float(np.finfo(dtype).eps)
    assert norm == global_norm(grads)
    assert all(g.shape == k.shape and k.dtype == dtype for g, k in zip(grads, clipped, strict=True))
    # each entry is rounded once by the product and once by the factor's conversion
    assert np.linalg.norm(vector(clipped)) == pytest.approx(min(norm, c), rel=4 * eps)
    np.testing.assert_allclose(vector(clipped) / min(norm, c), vector(grads) / norm, rtol=8 * eps)


@given(seeds, shape_lists, st.floats(1, 100))
def test_short_gradients_pass_bit_by_bit(seed, shapes, ratio):
    grads = draw(seed, shapes)
    clipped, _ = clip_by_global_norm(grads, ratio * global_norm(grads))
    np.testing.assert_array_equal(vector(clipped), vector(grads))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_of_zero_stay_zero(dtype):
    clipped, norm = clip_by_global_norm([np.zeros((2, 3), dtype), np.zeros(1, dtype)], 0.5)
    assert norm == 0.0
    assert all(g.dtype == dtype and not g.any() for g in clipped)


def test_exploding_float32_gradients_are_clipped_not_erased():
    grads = [np.full(4, 1e30, dtype=np.float32)]
    clipped, norm = clip_by_global_norm(grads, 1.0)
    # float32 keeps 1e30 to 7 digits; the norm of four equal entries is twice one of them
    assert norm == pytest.approx(2e30, rel=1e-7)
    np.testing.assert_allclose(clipped[0], 0.5, rtol=1e-6)


def test_nan_reaches_the_norm_that_is_watched():
    _, norm = clip_by_global_norm([np.array([1.0, np.nan])], 1.0)
    assert np.isnan(norm)


@given(seeds, shape_lists, scales, dtypes, st.floats(0.1, 3))
def test_clip_by_value_equals_its_definition(seed, shapes, scale, dtype, ratio):
    grads = draw(seed, shapes, scale, dtype)
    c = dtype(ratio * scale)
    clipped = clip_by_value(grads, c)
    for before, after in zip(grads, clipped, strict=True):
        assert after.dtype == dtype and after.shape == before.shape
        for p, q in zip(np.ravel(before), np.ravel(after), strict=True):
            assert q == max(-c, min(c, p))
    np.testing.assert_array_equal(vector(clip_by_value(clipped, c)), vector(clipped))


@pytest.mark.parametrize("clip", [clip_by_value, lambda grads, c: clip_by_global_norm(grads, c)[0]])
@given(seed=seeds, shapes=shape_lists)
def test_clipping_makes_new_arrays_and_keeps_float32(clip, seed, shapes):
    grads = draw(seed, shapes, 3.0, np.float32)
    before = vector(grads)
    clipped = clip(grads, np.float64(0.5))
    assert not any(np.shares_memory(g, k) for g, k in zip(grads, clipped, strict=True))
    assert {k.dtype for k in clipped} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(vector(grads), before)


@given(seeds, shape_lists, scales, dtypes)
def test_cosine_is_that_of_long_vectors(seed, shapes, scale, dtype):
    a, b = draw(seed, shapes, scale, dtype), draw(seed + 1, shapes, 2.0, dtype)
    p, q = vector(a), vector(b)
    # dot products of float32 arrays are summed in float32
    atol = 100 * float(np.finfo(dtype).eps)
    assert cosine(a, b) == pytest.approx(p @ q / np.linalg.norm(p) / np.linalg.norm(q), abs=atol)


@given(seeds, shape_lists, st.floats(0.05, 5))
def test_clipping_cosine_lies_between_zero_and_one(seed, shapes, c):
    grads = draw(seed, shapes)
    turned = clipping_cosine(grads, c)
    before, after = vector(grads), np.clip(vector(grads), -c, c)
    expected = before @ after / np.linalg.norm(before) / np.linalg.norm(after)
    assert turned == pytest.approx(expected, abs=1e-13)  # sums of at most 256 products
    assert 0 < turned <= 1 + 1e-13


@given(seeds, shape_lists, st.floats(0.05, 5))
def test_only_clipping_by_value_turns_the_gradient(seed, shapes, c):
    grads = draw(seed, shapes)
    clipped, _ = clip_by_global_norm(grads, c)
    assert cosine(grads, clipped) == pytest.approx(1, abs=1e-13)  # as above


def test_clipping_by_value_turns_a_long_thin_gradient_almost_to_the_diagonal():
    assert clipping_cosine([np.array([1e6]), np.array([1.0])], 1.0) == pytest.approx(np.sqrt(0.5), rel=1e-5)


@given(seeds, shape_lists, st.floats(0.01, 100), st.floats(1e-3, 10))
def test_a_clipped_step_goes_along_the_gradient_and_no_further_than_its_bound(seed, shapes, ratio, lr):
    params, grads = draw(seed, shapes), draw(seed + 1, shapes)
    norm = np.linalg.norm(vector(grads))
    new = clipped_sgd_step(params, grads, lr, ratio * norm)
    step = vector(params) - vector(new)
    # the difference of parameters of order 1 is rounded to about 1e-16
    np.testing.assert_allclose(step, lr * min(1, ratio) * vector(grads), rtol=1e-9, atol=1e-14)
