"""Embedding, positions, feed-forward network and transformer block against their formulas and numerical gradients."""

import cmath
from math import fsum, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions import transformer as tr
from course_lib.functions.attention import causal_mask

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 3)
dtypes = st.sampled_from([np.float32, np.float64])
norms = pytest.mark.parametrize("norm", ["pre", "post"])
PART_1 = ["wq", "bq", "wk", "bk", "wv", "bv", "wo", "bo", "gamma1", "beta1"]
PART_2 = ["w1", "b1", "w2", "b2", "gamma2", "beta2"]


def draw(seed, n, t, n_heads, width, inner, dtype=np.float64):
    """x (N, T, D) with D = n_heads * width, the parameters of a block, a mask, and a gradient of the output."""
    rng = np.random.default_rng(seed)
    d = n_heads * width
    shapes = {f"w{m}": (d, d) for m in "qkvo"} | {"w1": (d, inner), "w2": (inner, d), "b1": (inner,)}
    shapes |= {key: (d,) for key in ("bq", "bk", "bv", "bo", "b2", "gamma1", "beta1", "gamma2", "beta2")}
    params = {key: rng.normal(size=shapes[key]).astype(dtype) for key in PART_1 + PART_2}
    x, dout = rng.normal(size=(2, n, t, d)).astype(dtype)
    return x, params, rng.random((n, t, t)) < 0.7, dout


def layer_norm(row, gamma, beta, eps):
    """Ba et al. 2016, eq. 3, for one vector."""
    mean = fsum(row) / len(row)
    var = fsum((v - mean) ** 2 for v in row) / len(row)
    return gamma * (row - mean) / sqrt(var + eps) + beta


def attend(x, p, n_heads, mask):
    """Vaswani et al. 2017, section 3.2.2, for one sample (T, D)."""
    width = x.shape[1] // n_heads
    out = np.zeros_like(x)
    for head in range(n_heads):
        q, k, v = ((x @ p[f"w{m}"] + p[f"b{m}"])[:, head * width : (head + 1) * width] for m in "qkv")
        for t in np.flatnonzero(mask.any(axis=1)):
            seen = mask[t]
            scores = k[seen] @ q[t] / sqrt(width)
            e = np.exp(scores - scores.max())
            out[t, head * width : (head + 1) * width] = e @ v[seen] / e.sum()
    return out @ p["wo"] + p["bo"]


def paper(x, p, n_heads, mask, norm, eps):
    """One sample through the block: Vaswani et al. 2017, section 3.1 (post), or Xiong et al. 2020, table 1 (pre)."""
    p = {key: value.astype(float) for key, value in p.items()}
    x = x.astype(float)

    def normed(x, number):
        return np.array([layer_norm(row, p[f"gamma{number}"], p[f"beta{number}"], eps) for row in x])

    def feed(x):
        return np.maximum(x @ p["w1"] + p["b1"], 0) @ p["w2"] + p["b2"]

    if norm == "pre":
        x = x + attend(normed(x, 1), p, n_heads, mask)
        return x + feed(normed(x, 2))
    x = normed(x + attend(x, p, n_heads, mask), 1)
    return normed(x + feed(x), 2)


@norms
@given(seeds, small, small, st.integers(1, 2), st.integers(1, 3), small)
def test_block_equals_the_papers(norm, seed, n, t, n_heads, width, inner):
    x, params, mask, _ = draw(seed, n, t, n_heads, width, inner)
    out, _ = tr.transformer_block_forward(x, params, n_heads, mask, norm, eps=0.1)
    for i in range(n):
        expected = paper(x[i], params, n_heads, mask[i], norm, 0.1)
        # five products with weights up to 6 * 6 stretch a rounding of 1e-16 to less than 1e-8; a typical one to 1e-13
        np.testing.assert_allclose(out[i], expected, rtol=1e-9, atol=1e-9)


@norms
@given(seeds, st.integers(1, 2), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), small, st.booleans())
def test_block_backward_equals_numerical_gradients(norm, seed, n, t, n_heads, width, inner, masked):
    x, params, mask, dout = draw(seed, n, t, n_heads, width, inner)
    mask = mask if masked else None

    def forward(x, params):
        return tr.transformer_block_forward(x, params, n_heads, mask, norm, eps=1.0)

    cache = forward(x, params)[1]
    dx, grads = tr.transformer_block_backward(dout, cache)
    assert set(grads) == set(params)
    (feed_cache, _) = cache[0][1]
    # The step of 1e-5 moves a pre-activation by less than 1e-3; nearer to its kink, relu has no derivative to compare.
    assume(np.abs(feed_cache[2]).min() > 1e-3)
    expected = numeric_grad(lambda v: np.sum(dout * forward(v, params)[0]), x)
    scale = max(1, np.abs(dout).max())
    np.testing.assert_allclose(dx, expected, rtol=0, atol=1e-6 * max(scale, np.abs(expected).max()))
    for key in params:
        expected = numeric_grad(lambda v, key=key: np.sum(dout * forward(x, params | {key: v})[0]), params[key])
        assert grads[key].shape == expected.shape
        np.testing.assert_allclose(grads[key], expected, rtol=0, atol=1e-6 * max(scale, np.abs(expected).max()))


@norms
def test_block_keeps_float32_and_leaves_its_inputs_alone(norm):
    x, params, mask, dout = draw(5, 2, 3, 2, 2, 5, np.float32)
    before = [a.copy() for a in (x, mask, dout, *params.values())]
    out, cache = tr.transformer_block_forward(x, params, 2, mask, norm)
    dx, grads = tr.transformer_block_backward(dout, cache)
    assert {a.dtype for a in (out, dx, *grads.values())} == {np.dtype(np.float32)}
    for array, copy in zip((x, mask, dout, *params.values()), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    wide = {key: value.astype(float) for key, value in params.items()}
    wide_out, wide_cache = tr.transformer_block_forward(x.astype(float), wide, 2, mask, norm)
    wide_dx, _ = tr.transformer_block_backward(dout.astype(float), wide_cache)
    # roundings of 6e-8 through five products with weights of order 1, and a division by a standard deviation
    np.testing.assert_allclose(out, wide_out, rtol=0, atol=1e-4 * np.abs(wide_out).max())
    np.testing.assert_allclose(dx, wide_dx, rtol=0, atol=1e-3 * np.abs(wide_dx).max())


@norms
def test_a_causal_block_does_not_see_the_future(norm, rng):
    x, params, _, _ = draw(6, 2, 5, 2, 2, 3)
    out, _ = tr.transformer_block_forward(x, params, 2, causal_mask(5), norm)
    changed = x.copy()
    changed[:, 3:] += rng.normal(size=changed[:, 3:].shape)
    again, _ = tr.transformer_block_forward(changed, params, 2, causal_mask(5), norm)
    # the matrix products may sum in another order when the rows differ: they do not here, but need not promise it
    np.testing.assert_allclose(again[:, :3], out[:, :3], rtol=1e-12)
    assert np.abs(again[:, 3:] - out[:, 3:]).max() > 0.1


@given(seeds, st.integers(1, 2), small, small, small)
def test_feed_forward_backward_equals_numerical_gradients(seed, n, t, d, inner):
    rng = np.random.default_rng(seed)
    inputs = [rng.normal(size=s) for s in ((n, t, d), (d, inner), (inner,), (inner, d), (d,))]
    dout = rng.normal(size=(n, t, d))
    out, cache = tr.feed_forward_forward(*inputs)
    z = np.einsum("ntd,df->ntf", *inputs[:2]) + inputs[2]
    # sums of at most 3 products, twice
    np.testing.assert_allclose(out, np.maximum(z, 0) @ inputs[3] + inputs[4], rtol=0, atol=1e-12)
    assume(np.abs(z).min() > 1e-3)  # nearer to relu's kink there is no derivative to compare
    for index, gradient in enumerate(tr.feed_forward_backward(dout, cache)):

        def loss(value, index=index):
            return np.sum(dout * tr.feed_forward_forward(*inputs[:index], value, *inputs[index + 1 :])[0])

        expected = numeric_grad(loss, inputs[index])
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-6 * max(1, np.abs(expected).max()))


@given(seeds, st.lists(st.integers(1, 3), min_size=1, max_size=3), st.integers(1, 4), small, dtypes)
def test_embedding_is_the_product_with_one_hot_rows(seed, shape, n_symbols, d, dtype):
    rng = np.random.default_rng(seed)
    ids, table = rng.integers(0, n_symbols, shape), rng.normal(size=(n_symbols, d)).astype(dtype)
    dout = rng.normal(size=(*shape, d)).astype(dtype)
    one_hot = (ids[..., None] == np.arange(n_symbols)).reshape(-1, n_symbols).astype(float)
    out, cache = tr.embedding_forward(ids, table)
    np.testing.assert_array_equal(out.reshape(-1, d), (one_hot @ table).astype(dtype))
    dtable = tr.embedding_backward(dout, cache)
    assert out.dtype == dtable.dtype == dtype
    # another order of summing at most 27 terms below 6
    expected = one_hot.T @ dout.reshape(-1, d)
    np.testing.assert_allclose(dtable, expected, rtol=0, atol=27 * 27 * 6 * np.finfo(dtype).eps)


@given(st.integers(1, 30), st.integers(1, 9))
def test_positions_are_a_rotating_phase(n_steps, n_features):
    encoding = tr.sinusoidal_encoding(n_steps, n_features)
    assert encoding.shape == (n_steps, n_features)
    for t in range(n_steps):
        for j in range(n_features):
            phase = cmath.exp(1j * t * 10000 ** (-(j // 2 * 2) / n_features))
            expected = phase.imag if j % 2 == 0 else phase.real
            assert abs(encoding[t, j] - expected) < 1e-13  # an angle of at most 30 is rounded by 4e-15


def test_a_frequent_symbol_adds_up_in_float64():
    """A million times 0.1 would be 100,958 in float32."""
    ids = np.zeros(1_000_000, int)
    dout = np.full((len(ids), 1), 0.1, np.float32)
    dtable = tr.embedding_backward(dout, tr.embedding_forward(ids, np.ones((2, 1), np.float32))[1])
    assert dtable.dtype == np.float32
    np.testing.assert_allclose(dtable[:, 0], [len(ids) * float(np.float32(0.1)), 0], rtol=1e-7)  # rounded once


@norms
def test_float64_gradients_of_a_float32_block_become_float32(norm):
    x, params, _, dout = draw(5, 2, 3, 2, 2, 5)
    cache = tr.transformer_block_forward(x.astype(np.float32), params, 2, norm=norm)[1]
    dx, grads = tr.transformer_block_backward(dout, cache)
    assert {a.dtype for a in (dx, *grads.values())} == {np.dtype(np.float32)}


X, D4 = np.ones((2, 3, 4)), draw(0, 2, 3, 2, 2, 5)[1]
TABLE = np.ones((3, 2))
FED = (X, D4["w1"], D4["b1"], D4["w2"], D4["b2"])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tr.embedding_forward([[0, 3]], TABLE), ValueError, r"ids must lie in \[0, 3\), got 3"),
        (lambda: tr.embedding_forward([[0, -1]], TABLE), ValueError, r"ids must lie in \[0, 3\), got -1"),
        (lambda: tr.embedding_forward([[0, 1.9]], TABLE), TypeError, "ids must be integers, got float64$"),
        (lambda: tr.embedding_forward([[0.0, 1.0]], TABLE), TypeError, r"float64: pass ids.astype\(int\)"),
        (lambda: tr.embedding_forward(np.zeros((0, 2), int), TABLE), ValueError, "ids must have at least one entry"),
        (lambda: tr.embedding_forward([0], TABLE[0]), ValueError, r"table must have the shape \(V, D\), got \(2,\)"),
        (
            lambda: tr.embedding_backward(np.ones((1, 2, 3)), tr.embedding_forward([[0, 1]], TABLE)[1]),
            ValueError,
            r"dout must have the shape \(1, 2, 2\), got \(1, 2, 3\)",
        ),
        (lambda: tr.sinusoidal_encoding(3, 4.0), TypeError, "n_features must be an integer, got 4.0"),
        (lambda: tr.sinusoidal_encoding(0, 4), ValueError, "n_steps must be at least 1, got 0"),
        (lambda: tr.feed_forward_forward(X[0], *FED[1:]), ValueError, r"got \(3, 4\): one sample is x\[None\]"),
        (lambda: tr.feed_forward_forward(X[:, :, :3], *FED[1:]), ValueError, r"expected, got \(2, 3, 3\)"),
        (lambda: tr.feed_forward_forward(*FED[:2], [1.0], *FED[3:]), ValueError, r"\(1,\)"),
        (lambda: tr.feed_forward_forward(*FED[:4], 0.0), ValueError, r"\(\)"),
        (
            lambda: tr.feed_forward_backward(X[:1], tr.feed_forward_forward(*FED)[1]),
            ValueError,
            r"dout must have the shape \(2, 3, 4\), got \(1, 3, 4\)",
        ),
        (lambda: tr.transformer_block_forward(X, {}, 1, norm="middle"), ValueError, "'pre', 'post', got 'middle'"),
        (lambda: tr.transformer_block_forward(X, {}, 1), ValueError, "params lacks 'wq', "),
        (lambda: tr.transformer_block_forward(X[:0], D4, 2), ValueError, "x must have at least one entry"),
        (lambda: tr.transformer_block_forward(X, D4, 3), ValueError, "n_heads must divide .*, 4, got 3"),
        (
            lambda: tr.transformer_block_backward(X[:, :1], tr.transformer_block_forward(X, D4, 2)[1]),
            ValueError,
            r"dout must have the shape \(2, 3, 4\), got \(2, 1, 4\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
