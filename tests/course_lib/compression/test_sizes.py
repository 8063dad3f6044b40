"""Sizes against the bytes that NumPy and SciPy really use."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from course_lib.compression.pruning import apply_masks, global_magnitude_masks, weight_matrices
from course_lib.compression.sizes import csr_bytes, network_size, parameter_sizes
from course_lib.layers.dense import Activation
from course_lib.layers.network import Sequential, mlp

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 9), st.integers(1, 9), st.floats(0, 1), st.sampled_from([np.float32, np.float64]))
def test_csr_bytes_are_scipys(seed, d, m, share, dtype):
    rng = np.random.default_rng(seed)
    w = np.where(rng.random((d, m)) < share, 0, rng.normal(size=(d, m))).astype(dtype)
    sparse = csr_array(w)
    assert csr_bytes(w, sparse.indices.itemsize) == sparse.data.nbytes + sparse.indices.nbytes + sparse.indptr.nbytes


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sizes_of_a_network(dtype, rng):
    network = mlp([5, 7, 3], activation="relu", rng=rng, dtype=dtype)
    parts = {sizes.name: sizes for sizes in parameter_sizes(network)}
    assert list(parts) == ["0.w", "0.b", "2.w", "2.b"]
    whole = network_size(network)
    assert whole.dense == network.theta.nbytes and whole.entries == network.theta.size
    assert whole.half == network.theta.astype(np.float16).nbytes
    assert whole.int8 == 5 * 7 + 7 * 3 + 4 * (7 + 3) + 4 * (7 + 3)
    assert whole.sparse == whole.dense  # nothing is zero but the biases: rows would only add to it
    assert whole.ratio("half") == np.dtype(dtype).itemsize / 2


def test_pruning_pays_only_beyond_the_price_of_the_indices(rng):
    network = mlp([100, 100], activation="relu", rng=rng, dtype=np.float32)
    ratios = []
    for sparsity in (0.3, 0.8, 0.95):
        apply_masks(network, global_magnitude_masks(weight_matrices(network), sparsity))
        (weights, _) = parameter_sizes(network)
        assert weights.sparsity == pytest.approx(sparsity)
        ratios.append(weights.ratio("sparse"))
    # 4 bytes per entry against 8 per entry that is left, and 404 for the rows
    assert ratios == pytest.approx([1.0, 40000 / (8 * 2000 + 404), 40000 / (8 * 500 + 404)])


def test_a_network_without_parameters_weighs_nothing():
    nothing = network_size(Sequential(Activation("relu")))
    assert (nothing.dense, nothing.sparsity, nothing.ratio("int8")) == (0, 0.0, 1.0)


REFUSED = [
    (lambda: csr_bytes(3.0), ValueError, r"w must be an array \(D, ...\) of numbers, got float64 \(\)"),
    (lambda: csr_bytes([["a"]]), ValueError, r"w must be an array \(D, ...\) of numbers, got <U1 \(1, 1\)"),
    (lambda: csr_bytes(np.eye(2), 0), ValueError, "index_bytes must be at least 1, got 0"),
    (lambda: csr_bytes(np.eye(2), 4.0), TypeError, r"index_bytes must be an integer, got 4.0 \(float\): type 4"),
    (lambda: network_size(np.eye(2)), TypeError, "network must be a Sequential, got array.*"),
    (lambda: parameter_sizes([Activation("relu")]), TypeError, "network must be a Sequential, got .*"),
    (lambda: network_size(Sequential()).ratio("int4"), ValueError, "form must be one of 'dense', .*, got 'int4'"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
