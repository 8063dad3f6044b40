"""Low-rank factors against the theorem of Eckart and Young."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.compression.low_rank import factorize_affine, low_rank_factors
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 7), st.integers(1, 7), st.data(), st.sampled_from([np.float32, np.float64]))
def test_the_error_is_that_of_the_singular_values_left_out(seed, d, m, data, dtype):
    w = np.random.default_rng(seed).normal(size=(d, m)).astype(dtype)
    rank = data.draw(st.integers(1, min(d, m)))
    u, v = low_rank_factors(w, rank)
    assert u.shape == (d, rank) and v.shape == (rank, m) and u.dtype == v.dtype == dtype
    squared = np.linalg.eigvalsh(w.T.astype(float) @ w.astype(float))[::-1]
    left_out = np.sqrt(max(squared[rank:].sum(), 0))
    # entries of order 1, and the root of an eigenvalue's round-off in the oracle
    atol = float(50 * np.finfo(dtype).eps + 1e-7)
    assert np.linalg.norm(w - u.astype(float) @ v) == pytest.approx(left_out, abs=atol)
    # both factors carry half of every singular value
    np.testing.assert_allclose(np.linalg.norm(u, axis=0), np.linalg.norm(v, axis=1), rtol=1e-4)


def test_two_layers_do_the_work_of_one(rng):
    layer = Affine(6, 5, rng=rng)
    layer.params["b"][...] = rng.normal(size=5)
    x, w = rng.normal(size=(4, 6)), layer.params["w"].copy()
    thin = Sequential(*factorize_affine(layer, 5))
    np.testing.assert_allclose(thin.forward(x), layer.forward(x), rtol=0, atol=1e-13)  # sums of 6 products of order 1
    thin.theta[...] = 0
    np.testing.assert_array_equal(layer.params["w"], w)
    smaller = Sequential(*factorize_affine(layer, 2))
    assert smaller.theta.size == 2 * (6 + 5) + 2 + 5
    assert np.linalg.matrix_rank(smaller.forward(x) - layer.params["b"]) == 2


@given(seeds, st.integers(1, 5), st.integers(1, 5), st.sampled_from([1e-200, 1e-20, 1e20, 1e200]))
def test_weights_of_any_size_are_approximated_alike(seed, d, m, scale):
    w = np.random.default_rng(seed).normal(size=(d, m))
    for rank in range(1, min(d, m) + 1):
        u, v = low_rank_factors(scale * w, rank)
        expected = np.linalg.multi_dot(low_rank_factors(w, rank)) if rank else 0
        np.testing.assert_allclose(u @ v / scale, expected, rtol=0, atol=1e-12)  # entries of order 1


REFUSED = [
    (lambda: low_rank_factors(np.ones(3), 1), ValueError, r"w must have the shape \(D, M\), got \(3,\)"),
    (lambda: low_rank_factors(np.ones((0, 3)), 1), ValueError, r"w must have at least one entry .* \(0, 3\)"),
    (lambda: low_rank_factors(np.ones((2, 3)), 3), ValueError, r"rank must be in \[1, 2\], got 3"),
    (lambda: low_rank_factors(np.ones((2, 3)), 0), ValueError, r"rank must be in \[1, 2\], got 0"),
    (lambda: low_rank_factors(np.ones((2, 3)), 1.0), TypeError, r"rank must be an integer, got 1.0 \(float\): type 1"),
    (lambda: low_rank_factors([[1.0, np.nan]], 1), ValueError, "w must be finite, got nan"),
    (lambda: low_rank_factors(np.ones((2, 3), np.float16), 1), TypeError, "w is float16, .*"),
    (lambda: factorize_affine(Activation("relu"), 1), TypeError, "layer must be an Affine, got .*"),
    (
        lambda: factorize_affine(Affine(None, 3, rng=np.random.default_rng(0)), 1),
        ValueError,
        "layer.params lacks 'w'.*",
    ),
    (lambda: factorize_affine(np.ones((2, 3)), 1), TypeError, "layer must be an Affine, got array.*"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
