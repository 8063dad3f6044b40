"""Low-rank factors against the theorem of Eckart and Young."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.layers.dense import Affine
from course_lib.low_rank import factorize_affine, low_rank_factors
from course_lib.network import Sequential

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


@pytest.mark.parametrize(
    ("w", "rank", "value"), [(np.ones(3), 1, "(3,)"), (np.ones((2, 3)), 3, "got 3"), (np.ones((2, 3)), 0, "got 0")]
)
def test_errors(w, rank, value):
    with pytest.raises(ValueError) as error:
        low_rank_factors(w, rank)
    assert value in str(error.value)
