"""Attention against the formulas entry by entry, its masks, and its backward passes against numerical gradients."""

from math import exp, fsum, sqrt, tanh

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions import attention as att

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 4)
shapes = st.tuples(st.integers(1, 2), small, small, small, small)  # N, Q, K, D, M
scales = st.sampled_from([0.1, 1.0, 3.0])
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, shape, scale=1.0, dtype=np.float64):
    """q, k, v, a mask that may leave rows empty, and a gradient of the output."""
    n, queries, keys, d, m = shape
    rng = np.random.default_rng(seed)
    sizes = (n, queries, d), (n, keys, d), (n, keys, m), (n, queries, m)
    q, k, v, dout = ((scale * rng.normal(size=s)).astype(dtype) for s in sizes)
    return q, k, v, rng.random((n, queries, keys)) < 0.6, dout


def draw_heads(seed, n, queries, keys, n_heads, width, dtype=np.float64):
    """q, k, v, the parameters, a mask and a gradient for multi-head attention over n_heads * width features."""
    rng = np.random.default_rng(seed)
    d = n_heads * width
    arrays = [rng.normal(size=(n, t, d)).astype(dtype) for t in (queries, keys, keys, queries)]
    params = {f"w{name}": rng.normal(size=(d, d)).astype(dtype) for name in "qkvo"}
    params |= {f"b{name}": rng.normal(size=d).astype(dtype) for name in "qkvo"}
    return (*arrays[:3], params, rng.random((n, queries, keys)) < 0.6, arrays[3])


def weighted_mean(scores, values, allowed):
    """softmax(scores) @ values over the allowed keys, with exact sums; zeros when there is none."""
    if not any(allowed):
        return [0.0] * len(values[0])
    largest = max(s for s, a in zip(scores, allowed, strict=True) if a)
    e = [exp(s - largest) if a else 0.0 for s, a in zip(scores, allowed, strict=True)]
    return [fsum(w * v[j] for w, v in zip(e, values, strict=True)) / fsum(e) for j in range(len(values[0]))]


def paper(q, k, v, mask):
    """Vaswani et al. 2017, eq. 1, for one sample: one query after the other."""
    out = []
    for query, allowed in zip(q.tolist(), mask.tolist(), strict=True):
        scores = [fsum(a * b for a, b in zip(query, key, strict=True)) / sqrt(len(query)) for key in k.tolist()]
        out.append(weighted_mean(scores, v.tolist(), allowed))
    return np.array(out)


@given(seeds, shapes, scales, dtypes)
def test_attention_equals_the_paper(seed, shape, scale, dtype):
    q, k, v, mask, _ = draw(seed, shape, scale, dtype)
    out, cache = att.attention_forward(q, k, v, mask)
    assert out.dtype == cache[-1].dtype == dtype
    for n in range(len(q)):
        # a score is below (3 * 6)**2 * 2, and its rounding is the weight's relative error; values are below 18
        atol = 2e5 * np.finfo(dtype).eps
        np.testing.assert_allclose(out[n], paper(q[n], k[n], v[n], mask[n]), rtol=0, atol=atol)


@given(seeds, shapes, st.booleans())
def test_attention_backward_equals_numerical_gradients(seed, shape, masked):
    *inputs, mask, dout = draw(seed, shape)
    mask = mask if masked else None
    gradients = att.attention_backward(dout, att.attention_forward(*inputs, mask)[1])
    check_gradients(lambda *a: att.attention_forward(*a, mask)[0], inputs, gradients, dout)


def check_gradients(forward, inputs, gradients, dout):
    for index, gradient in enumerate(gradients):

        def loss(value, index=index):
            return np.sum(dout * forward(*inputs[:index], value, *inputs[index + 1 :]))

        expected = numeric_grad(loss, inputs[index])
        assert gradient.shape == expected.shape
        # relative to the loss's terms as well, which cancel: a single key has the weight 1, whatever its score
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-6 * max(1, np.abs(expected).max()))


@given(seeds, shapes)
def test_weights_are_a_distribution_over_what_the_mask_allows(seed, shape):
    q, k, v, mask, dout = draw(seed, shape)
    out, cache = att.attention_forward(q, k, v, mask)
    weights = cache[-1]
    assert not weights[~mask].any()
    assert (weights[mask] > 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), mask.any(axis=-1), rtol=0, atol=1e-15 * 8)  # 4 roundings
    empty = ~mask.any(axis=-1)
    assert not out[empty].any()
    assert not att.attention_backward(dout, cache)[0][empty].any()


@given(seeds, shapes)
def test_masked_keys_and_values_do_not_matter(seed, shape):
    q, k, v, mask, dout = draw(seed, shape)
    unseen = ~mask.any(axis=1)
    out, cache = att.attention_forward(q, k, v, mask)
    _, dk, dv = att.attention_backward(dout, cache)
    assert not dk[unseen].any()
    assert not dv[unseen].any()
    k, v = k.copy(), v.copy()
    k[unseen], v[unseen] = 1e6, -1e6
    np.testing.assert_array_equal(att.attention_forward(q, k, v, mask)[0], out)


@given(seeds, st.integers(1, 6))
def test_causal_attention_does_not_see_the_future(seed, n_steps):
    x = np.random.default_rng(seed).normal(size=(2, n_steps, 3))
    out, _ = att.attention_forward(x, x, x, att.causal_mask(n_steps))
    for t in range(n_steps):
        past = x[:, : t + 1]
        alone, _ = att.attention_forward(past[:, -1:], past, past)
        # another order of summing at most 6 products below 36
        np.testing.assert_allclose(out[:, t : t + 1], alone, rtol=0, atol=1e-13)


def test_masks_of_padding_allow_the_first_steps():
    mask = att.padding_mask([0, 2, 3], 3)
    assert mask.shape == (3, 1, 3)
    assert mask[:, 0].tolist() == [[False] * 3, [True, True, False], [True] * 3]
    both = mask & att.causal_mask(3)
    assert both[1].tolist() == [[True, False, False], [True, True, False], [True, True, False]]


@given(seeds, shapes)
def test_the_order_of_the_keys_does_not_matter(seed, shape):
    q, k, v, mask, _ = draw(seed, shape)
    order = np.random.default_rng(seed).permutation(shape[2])
    shuffled, _ = att.attention_forward(q, k[:, order], v[:, order], mask[:, :, order])
    # another order of summing at most 4 products below 6
    np.testing.assert_allclose(shuffled, att.attention_forward(q, k, v, mask)[0], rtol=0, atol=1e-13)


def test_large_scores_do_not_overflow():
    q = np.array([[[1e4]]], np.float32)
    k, v = np.array([[[1e4], [9e3]]], np.float32), np.array([[[1.0], [2.0]]], np.float32)
    assert att.attention_forward(q, k, v)[0].tolist() == [[[1.0]]]


@given(seeds, small, small, small, st.integers(1, 3), st.integers(1, 2), dtypes)
def test_heads_are_attentions_on_their_own_columns(seed, n, queries, keys, n_heads, width, dtype):
    q, k, v, params, mask, _ = draw_heads(seed, n, queries, keys, n_heads, width, dtype)
    out, cache = att.multi_head_attention_forward(q, k, v, params, n_heads, mask)
    assert out.dtype == dtype
    assert cache[-1].shape == (n, n_heads, queries, keys)
    wide = {key: value.astype(float) for key, value in params.items()}
    for i in range(n):
        heads = []
        for head in range(n_heads):
            columns = slice(head * width, (head + 1) * width)
            projected = [
                x[i] @ wide[f"w{m}"][:, columns] + wide[f"b{m}"][columns] for m, x in zip("qkv", (q, k, v), strict=True)
            ]
            heads.append(paper(*projected, mask[i]))
        expected = np.concatenate(heads, axis=1) @ wide["wo"] + wide["bo"]
        # scores of two projections (each below 6 * 36, typically 3) are exponentiated; values are projected twice
        np.testing.assert_allclose(out[i], expected, rtol=0, atol=2e5 * np.finfo(dtype).eps)


@given(seeds, st.integers(1, 2), small, small, st.integers(1, 2), st.integers(1, 2), st.booleans())
def test_multi_head_backward_equals_numerical_gradients(seed, n, queries, keys, n_heads, width, masked):
    q, k, v, params, mask, dout = draw_heads(seed, n, queries, keys, n_heads, width)
    mask = mask if masked else None
    names = list(params)

    def forward(q, k, v, *values):
        return att.multi_head_attention_forward(q, k, v, dict(zip(names, values, strict=True)), n_heads, mask)[0]

    cache = att.multi_head_attention_forward(q, k, v, params, n_heads, mask)[1]
    *dinputs, grads = att.multi_head_attention_backward(dout, cache)
    assert set(grads) == set(params)
    check_gradients(forward, [q, k, v, *params.values()], [*dinputs, *(grads[name] for name in names)], dout)


def test_one_mask_serves_all_samples_and_heads(rng):
    x = rng.normal(size=(3, 5, 4))
    _, _, _, params, _, _ = draw_heads(0, 1, 1, 1, 2, 2)
    shared, _ = att.multi_head_attention_forward(x, x, x, params, 2, att.causal_mask(5))
    each, _ = att.multi_head_attention_forward(x, x, x, params, 2, np.tile(att.causal_mask(5), (3, 1, 1)))
    np.testing.assert_array_equal(shared, each)


def draw_additive(seed, n, queries, keys, hidden, dtype=np.float64):
    rng = np.random.default_rng(seed)
    d, e, m = 2, 3, 2
    sizes = (n, queries, d), (n, keys, e), (n, keys, m), (d, hidden), (e, hidden), (hidden,), (n, queries, m)
    *inputs, dout = (rng.normal(size=s).astype(dtype) for s in sizes)
    return inputs, rng.random((n, queries, keys)) < 0.6, dout


@given(seeds, st.integers(1, 2), small, small, small, dtypes)
def test_additive_attention_equals_the_paper(seed, n, queries, keys, hidden, dtype):
    inputs, mask, _ = draw_additive(seed, n, queries, keys, hidden, dtype)
    out, cache = att.additive_attention_forward(*inputs, mask)
    assert out.dtype == cache[-1].dtype == dtype
    q, k, v, wq, wk, ws = (a.astype(float) for a in inputs)
    for i in range(n):
        for j in range(queries):
            scores = [fsum(ws[a] * tanh(q[i, j] @ wq[:, a] + key @ wk[:, a]) for a in range(hidden)) for key in k[i]]
            expected = weighted_mean(scores, v[i].tolist(), mask[i, j])
            # sums of 5 products below 36 go through tanh, and 4 of them, weighted below 6, are the score
            np.testing.assert_allclose(out[i, j], expected, rtol=0, atol=3e4 * np.finfo(dtype).eps)


@given(seeds, st.integers(1, 2), small, small, small, st.booleans())
def test_additive_backward_equals_numerical_gradients(seed, n, queries, keys, hidden, masked):
    inputs, mask, dout = draw_additive(seed, n, queries, keys, hidden)
    mask = mask if masked else None
    gradients = att.additive_attention_backward(dout, att.additive_attention_forward(*inputs, mask)[1])
    check_gradients(lambda *a: att.additive_attention_forward(*a, mask)[0], inputs, gradients, dout)


@pytest.mark.parametrize("masked", [False, True])
def test_float32_stays_float32_and_inputs_are_left_alone(masked):
    q, k, v, params, mask, dout = draw_heads(3, 2, 3, 4, 2, 2, np.float32)
    inputs, additive_mask, additive_dout = draw_additive(3, 2, 3, 4, 2, np.float32)
    arrays = [q, k, v, *params.values(), mask, dout, *inputs, additive_mask, additive_dout]
    before = [a.copy() for a in arrays]
    mask, additive_mask = (mask, additive_mask) if masked else (None, None)
    out, cache = att.multi_head_attention_forward(q, k, v, params, 2, mask)
    *gradients, grads = att.multi_head_attention_backward(dout.astype(float), cache)
    additive, additive_cache = att.additive_attention_forward(*inputs, additive_mask)
    gradients += [*grads.values(), *att.additive_attention_backward(additive_dout.astype(float), additive_cache)]
    assert {a.dtype for a in (out, additive, *gradients)} == {np.dtype(np.float32)}
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@given(seeds, shapes)
def test_what_stands_where_nothing_may_attend_does_not_matter(seed, shape):
    _, _, _, mask, _ = draw(seed, shape)
    scores = np.random.default_rng(seed).normal(size=mask.shape)
    expected = att.attention_weights(scores, mask)
    scores[~mask] = np.random.default_rng(seed).choice([np.nan, np.inf, -np.inf, 7], np.count_nonzero(~mask))
    np.testing.assert_array_equal(att.attention_weights(scores, mask), expected)


@given(seeds, st.lists(st.integers(1, 3), max_size=4).map(tuple))
def test_a_mask_broadcasts_to_the_scores_and_not_the_other_way_round(seed, shape):
    scores = np.random.default_rng(seed).normal(size=(2, 3, 2))
    try:
        fits = np.broadcast_shapes(shape, scores.shape) == scores.shape
    except ValueError:
        fits = False
    if fits:
        assert att.attention_weights(scores, np.ones(shape, bool)).shape == scores.shape
    else:
        with pytest.raises(ValueError, match=r"mask must have the shape \(2, 3, 2\), or broadcast to it, got "):
            att.attention_weights(scores, np.ones(shape, bool))


@given(seeds, shapes, shapes)
def test_gradients_of_another_call_are_refused(seed, shape, other):
    *inputs, mask, _ = draw(seed, shape)
    *_, wrong = draw(seed, other)
    heads, additive_inputs = draw_heads(seed, *shape[:3], 2, 2), draw_additive(seed, *shape[:4])[0]
    for backward, (out, cache), gradient in (
        (att.attention_backward, att.attention_forward(*inputs, mask), wrong),
        (att.multi_head_attention_backward, att.multi_head_attention_forward(*heads[:4], 2), wrong),
        (att.additive_attention_backward, att.additive_attention_forward(*additive_inputs), wrong),
    ):
        if gradient.shape == out.shape:
            backward(gradient, cache)
        else:
            with pytest.raises(ValueError, match=r"^dout must have the shape \("):
                backward(gradient, cache)


ONES = {f"{kind}{name}": np.ones((4, 4) if kind == "w" else 4) for kind in "wb" for name in "qkvo"}
X = np.ones((2, 3, 4))


def heads(q=X, k=X, v=X, params=ONES, n_heads=2, mask=None):
    return att.multi_head_attention_forward(q, k, v, params, n_heads, mask)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: att.attention_forward(X, np.ones((2, 3, 5)), X), ValueError, r"\(2, 3, 5\)"),
        (lambda: att.attention_forward(X, X, np.ones((2, 6, 4))), ValueError, r"\(2, 6, 4\)"),
        (lambda: att.attention_forward(X, X[:1], X[:1]), ValueError, r"\(1, 3, 4\)"),
        (lambda: att.attention_forward(X, X[:, :0], X[:, :0]), ValueError, r"k must have at least one entry"),
        (lambda: att.attention_forward(X[0, 0], X, X), ValueError, r"q must have the shape \(..., Q, D\), got \(4,\)"),
        (lambda: att.attention_forward(X, X, X, np.zeros((3, 3))), TypeError, "float64: type mask.astype"),
        (lambda: att.attention_weights(X, np.full((3, 4), 2)), TypeError, "True = may attend, got int64$"),
        (lambda: heads(n_heads=3), ValueError, "n_heads must divide the number of features, 4, got 3"),
        (lambda: heads(n_heads=0), ValueError, "n_heads must be at least 1, got 0"),
        (lambda: heads(n_heads=2.0), TypeError, "n_heads must be an integer, got 2.0"),
        (lambda: heads(params=ONES | {"wv": np.ones((4, 5))}), ValueError, r"wv \(4, 5\)"),
        (lambda: heads(params=ONES | {"bo": np.ones(3)}), ValueError, r"bo \(3,\)"),
        (lambda: heads(params=ONES | {"wq": np.ones(4)}), ValueError, r"wq \(4,\)"),
        (lambda: heads(params={"wq": ONES["wq"]}), ValueError, "params lacks 'bq', 'wk', "),
        (lambda: heads(params=[*ONES.values()]), TypeError, "params must be a dict with the keys wq, bq, "),
        (lambda: heads(q=X[0]), ValueError, r"q must have .*, got \(3, 4\): one sample is q\[None\]"),
        (lambda: heads(k=X[:1], v=X[:1]), ValueError, r"\(1, 3, 4\)"),
        (lambda: heads(v=X[:, :2]), ValueError, r"\(2, 2, 4\)"),
        (lambda: heads(mask=np.ones((2, 3), bool)), ValueError, r"mask must .*\(2, 3, 3\).*, got \(2, 3\)"),
        (lambda: heads(mask=np.ones((2, 2, 3, 3), bool)), ValueError, r"mask must .*, got \(2, 2, 3, 3\)"),
        (lambda: att.additive_attention_forward(X, X, X, X[0].T, X[0].T, X[0, 0]), ValueError, r"\(4, 3\)"),
        (lambda: att.additive_attention_forward(X, X, X, X[0].T, X[0].T, X[0]), ValueError, r"ws must .*got \(3, 4\)"),
        (lambda: att.additive_attention_forward(X[:0], X, X, X[0].T, X[0].T, [1, 1, 1]), ValueError, "q must have"),
        (lambda: att.padding_mask([1, 4], 3), ValueError, "lengths must lie in .*, got 4"),
        (lambda: att.padding_mask([1, -1], 3), ValueError, "lengths must lie in .*, got -1"),
        (lambda: att.padding_mask([1.0, 2.5], 3), TypeError, "lengths must be integers, got float64"),
        (lambda: att.padding_mask([[1, 2]], 3), ValueError, r"lengths must have the shape \(2,\), got \(1, 2\)"),
        (lambda: att.causal_mask(3.0), TypeError, r"n_steps must be an integer, got 3.0 \(float\): type 3"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
