"""Clipping against the same on one long vector, and what it promises about length and direction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.optimizers.clipping import (
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


@given(seeds, shape_lists, st.floats(155, 307), st.floats(1e-3, 1e3))
def test_exploding_float64_gradients_are_clipped_not_erased(seed, shapes, exponent, c):
    unit = draw(seed, shapes)
    grads = [10.0**exponent * g for g in unit]
    clipped, norm = clip_by_global_norm(grads, c)
    # the norm of the unit is at most some 30, and 1e307 times that is finite; two norms of 256 squares
    assert norm == pytest.approx(10.0**exponent * np.linalg.norm(vector(unit)), rel=1e-13)
    np.testing.assert_allclose(vector(clipped), vector(unit) * (c / np.linalg.norm(vector(unit))), rtol=1e-13)


@given(seeds, shape_lists, dtypes, st.sampled_from([np.nan, np.inf, -np.inf]))
def test_a_gradient_that_is_not_finite_is_not_passed_on(seed, shapes, dtype, value):
    """PyTorch: the factor max_norm / norm is NaN or 0 for all of them."""
    grads = draw(seed, shapes, dtype=dtype)
    grads[0].flat[0] = value
    clipped, norm = clip_by_global_norm(grads, 1.0)
    expected = np.zeros(len(vector(grads)))
    expected[slice(None) if np.isnan(value) else 0] = np.nan
    np.testing.assert_array_equal(norm, abs(value))
    np.testing.assert_array_equal(vector(clipped), expected)


@given(seeds, shape_lists, dtypes)
def test_an_infinite_bound_clips_nothing(seed, shapes, dtype):
    grads = draw(seed, shapes, 1e12, dtype)
    for clipped in (clip_by_global_norm(grads, np.inf)[0], clip_by_value(grads, np.inf)):
        np.testing.assert_array_equal(vector(clipped), vector(grads))


def test_no_arrays_have_the_norm_zero():
    assert clip_by_global_norm([], 1.0) == ([], 0.0)
    assert clip_by_value([], 1.0) == []
    assert clip_by_global_norm([np.empty((0, 3))], 1.0)[1] == 0.0


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


def test_steps_keep_the_dtype_of_the_parameters():
    new = clipped_sgd_step([np.ones(2, np.float32), [1, 2]], [np.ones(2), np.ones(2, np.float32)], 0.1, 1.0)
    assert [p.dtype for p in new] == [np.float32, np.float64]


@given(seeds, shape_lists)
def test_a_vector_of_zeros_has_no_direction(seed, shapes):
    grads = draw(seed, shapes)
    zeros = [np.zeros_like(g) for g in grads]
    assert np.isnan([cosine(grads, zeros), cosine(zeros, grads), clipping_cosine(zeros, 1.0)]).all()


def test_directions_of_exploding_gradients_can_be_compared():
    huge = [np.full(3, 1e200), np.full(2, 1e300)]
    assert cosine(huge, huge) == pytest.approx(1, rel=1e-14)


GRADS = [np.ones((2, 3)), np.ones(3)]
CLIPPING = {
    "value": lambda grads, c: clip_by_value(grads, c),
    "norm": lambda grads, c: clip_by_global_norm(grads, c),
    "step": lambda grads, c: clipped_sgd_step(GRADS, grads, 0.1, c),
    "cosine": lambda grads, c: clipping_cosine(grads, c),
}


@pytest.mark.parametrize("clip", CLIPPING.values(), ids=CLIPPING)
@pytest.mark.parametrize(
    ("grads", "c", "error", "message"),
    [
        (GRADS, -1, ValueError, "c must be positive, got -1"),
        (GRADS, 0, ValueError, "c must be positive, got 0"),
        (GRADS, np.nan, ValueError, "c must be positive, got nan"),
        (GRADS, "1", TypeError, r"c must be a number, got '1' \(str\)"),
        (GRADS, None, TypeError, r"c must be a number, got None \(NoneType\)"),
        (GRADS, [1, 2], TypeError, r"c must be a number, got \[1, 2\] \(list\)"),
        (np.ones(3), 1, TypeError, r"grads must be a list of arrays, got one array of shape \(3,\): pass \[grads\]"),
        (
            dict(w=np.ones(3)),
            1,
            TypeError,
            r"grads must be a list of arrays, got a dict: pass list\(grads.values\(\)\)",
        ),
        (0.5, 1, TypeError, r"grads must be a list of arrays, got 0.5 \(float\)"),
        ([np.ones(3, complex)], 1, TypeError, "an array of grads must hold real numbers, got complex128"),
        (["abc"], 1, TypeError, "an array of grads must hold real numbers, got <U3"),
    ],
)
def test_bad_input_is_refused(clip, grads, c, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        clip(grads, c)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ([np.ones((2, 3))], r"\[\(2, 3\), \(3,\)\], got \[\(2, 3\)\]"),
        ([np.ones((2, 3)), np.ones((3, 1))], r"got \[\(2, 3\), \(3, 1\)\]"),
        ([np.ones((2, 3)), np.ones(1)], r"got \[\(2, 3\), \(1,\)\]"),
    ],
)
def test_shapes_that_would_broadcast_are_refused(other, message):
    with pytest.raises(ValueError, match=f"^grads must have the shapes .*{message}$"):
        clipped_sgd_step(GRADS, other, 0.1, 1.0)
    with pytest.raises(ValueError, match=f"^b must have the shapes .*{message}$"):
        cosine(GRADS, other)


@pytest.mark.parametrize("lr", [-0.1, np.nan, np.inf])
def test_a_rate_that_climbs_is_refused(lr):
    with pytest.raises(ValueError, match=f"^lr must be at least 0 and finite, got {lr}$"):
        clipped_sgd_step(GRADS, GRADS, lr, 1.0)
