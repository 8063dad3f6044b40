"""Attention: every query takes a weighted mean of the values, weighted by how well their keys fit the query.

A mask is a boolean array in which True means *may attend*, as in PyTorch's ``scaled_dot_product_attention`` and in
Keras. PyTorch's ``nn.MultiheadAttention`` has it the other way round: True in its ``attn_mask`` and
``key_padding_mask`` means *ignore*. A query that may attend to nothing has the output zero and no gradient here, as in
``scaled_dot_product_attention``; ``nn.MultiheadAttention`` gives NaN where it also returns the weights (its default,
``need_weights=True``).
"""

import numpy as np

from course_lib._arguments.arrays import array_of, as_float, same_shape
from course_lib._arguments.entries import labels
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import cache_of, with_keys
from course_lib.functions._sequences import affine_per_step, affine_per_step_backward, as_mask, head_count
from course_lib.functions.activations import tanh, tanh_backward
from course_lib.functions.losses import softmax, softmax_backward
from course_lib.kernels.sums import sum_over

HEAD_PARAMETERS = ("wq", "bq", "wk", "bk", "wv", "bv", "wo", "bo")


def causal_mask(n_steps):
    """(T, T) mask: a step may attend to itself and to earlier ones, not to the future (Vaswani 2017, 3.2.3)."""
    return np.tri(integer(n_steps, 1, name="n_steps"), dtype=bool)


def padding_mask(lengths, n_steps):
    """(N, 1, T) mask for sequences padded at their end: all queries may attend to the first ``lengths[n]`` keys.

    Combine it with the causal one by ``&``. ``lengths`` is (N,) of int in [0, T]; ValueError outside it.
    """
    n_steps = integer(n_steps, 1, name="n_steps")
    lengths = labels(lengths, n_steps + 1, (np.size(lengths),), name="lengths")
    return np.arange(n_steps) < lengths[:, None, None]


def attention_weights(scores, mask=None):
    """Softmax over the keys that may be attended to; the others have weight 0.

    Parameters
    ----------
    scores : (..., Q, K) array, one row for each query
    mask : bool array that broadcasts to the shape of ``scores``, True = may attend; or None for all

    Returns
    -------
    weights : array of the same shape; rows sum to 1, or to 0 where the mask leaves nothing

    Raises
    ------
    TypeError
        When the mask is not boolean: numbers could mean either convention.
    ValueError
        When the mask does not broadcast to the shape of ``scores``, or there are no scores.
    """
    scores = array_of(scores, ("...", "Q", "K"), name="scores")
    if mask is None:
        return softmax(scores)
    mask = as_mask(mask, scores.shape)
    some = mask.any(axis=-1, keepdims=True)
    if some.all():
        return softmax(np.where(mask, scores, -np.inf))
    # a row of -inf alone would be 0 / 0: instead it becomes a row of 0, whose weights are cleared afterwards
    hidden = np.where(some, -np.inf, 0).astype(scores.dtype)
    return softmax(np.where(mask, scores, hidden)) * some


def attention_forward(q, k, v, mask=None):
    """Scaled dot-product attention, softmax(q k^T / sqrt(D)) v (Vaswani et al. 2017, eq. 1).

    The scores of random vectors have a variance of D; the division keeps the softmax out of saturation.

    Parameters
    ----------
    q : (..., Q, D) array of queries; leading axes are samples, or samples and heads
    k : (..., K, D) array of keys
    v : (..., K, M) array of values
    mask : bool array that broadcasts to (..., Q, K), True = may attend; or None

    Returns
    -------
    out : (..., Q, M) array
    cache : tuple for ``attention_backward``; its last entry is the weights (..., Q, K)

    Raises
    ------
    TypeError
        When the mask is not boolean.
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    q = array_of(q, ("...", "Q", "D"), name="q")
    k, v = array_of(k, ("...", "K", "D"), q.dtype, name="k"), array_of(v, ("...", "K", "M"), q.dtype, name="v")
    same = q.shape[:-2] == k.shape[:-2] == v.shape[:-2]
    if not same or q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError(f"q (..., Q, D), k (..., K, D), v (..., K, M) expected, got {q.shape}, {k.shape}, {v.shape}")
    scaled = q * float(1 / np.sqrt(q.shape[-1]))
    weights = attention_weights(scaled @ k.swapaxes(-1, -2), mask)
    return weights @ v, (scaled, k, v, weights)


def attention_backward(dout, cache):
    """Backward pass of ``attention_forward``.

    Parameters
    ----------
    dout : (..., Q, M) array
    cache : tuple from the forward pass

    Returns
    -------
    dq, dk, dv : arrays, the shapes of ``q``, ``k``, ``v``; for self-attention the three add up

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    scaled, k, v, weights = cache_of(cache, "attention_forward", 4)
    dout = same_shape(dout, (*weights.shape[:-1], v.shape[-1]), v.dtype)
    dscores = softmax_backward(dout @ v.swapaxes(-1, -2), weights)
    dq = dscores @ k * float(1 / np.sqrt(k.shape[-1]))
    return dq, dscores.swapaxes(-1, -2) @ scaled, weights.swapaxes(-1, -2) @ dout


def multi_head_attention_forward(q, k, v, params, n_heads, mask=None):
    """Several attentions side by side, each on its own projection (Vaswani et al. 2017, section 3.2.2).

    Head number i sees the columns i D/n_heads to (i + 1) D/n_heads of the projected queries, keys and values.
    PyTorch's ``in_proj_weight`` (3 D, D) is wq, wk, wv transposed, one above the other; Keras's kernels are
    (D, n_heads, D/n_heads).

    Parameters
    ----------
    q : (N, Q, D) array; self-attention passes the same array three times
    k, v : (N, K, D) arrays
    params : dict with ``"wq"``, ``"wk"``, ``"wv"``, ``"wo"`` (D, D), and ``"bq"``, ``"bk"``, ``"bv"``, ``"bo"`` (D,)
    n_heads : int, a divisor of D
    mask : bool array (Q, K), or one that broadcasts to (N, Q, K), the same for all heads; True = may attend; or None.
        A mask of keys (N, K) is ``mask[:, None]``

    Returns
    -------
    out : (N, Q, D) array
    cache : tuple for ``multi_head_attention_backward``; its last entry is the weights (N, n_heads, Q, K)

    Raises
    ------
    TypeError
        When the mask is not boolean, or ``n_heads`` not an integer.
    ValueError
        When the shapes do not fit together, a key is missing, or ``n_heads`` does not divide D.
    """
    q = array_of(q, ("N", "Q", "D"), name="q")
    k, v = array_of(k, ("N", "K", "D"), q.dtype, name="k"), array_of(v, ("N", "K", "D"), q.dtype, name="v")
    with_keys(params, HEAD_PARAMETERS)
    params = {key: as_float(params[key], q.dtype, name=key) for key in HEAD_PARAMETERS}
    n_samples, n_queries, n_features = q.shape
    n_keys = k.shape[1]
    shapes = {key: (n_features,) * (2 if key.startswith("w") else 1) for key in HEAD_PARAMETERS}
    if not k.shape == v.shape == (n_samples, n_keys, n_features) or any(
        params[key].shape != shape for key, shape in shapes.items()
    ):
        got = ", ".join(f"{key} {value.shape}" for key, value in params.items())
        raise ValueError(f"q, k, v (N, T, D), w (D, D), b (D,) expected, got {q.shape}, {k.shape}, {v.shape}; {got}")
    n_heads = head_count(n_heads, n_features)
    if mask is not None:
        mask = as_mask(mask, (n_samples, n_queries, n_keys))
        mask = mask[:, None] if mask.ndim == 3 else mask
    heads = [
        _split_heads(affine_per_step(x, params[f"w{name}"], params[f"b{name}"]), n_heads)
        for name, x in (("q", q), ("k", k), ("v", v))
    ]
    attended, cache = attention_forward(*heads, mask)
    merged = _merge_heads(attended)
    return affine_per_step(merged, params["wo"], params["bo"]), (q, k, v, params, merged, cache, cache[-1])


def multi_head_attention_backward(dout, cache):
    """Backward pass of ``multi_head_attention_forward``.

    Parameters
    ----------
    dout : (N, Q, D) array
    cache : tuple from the forward pass

    Returns
    -------
    dq, dk, dv : arrays, the shapes of ``q``, ``k``, ``v``; for self-attention the three add up
    grads : dict of arrays with the keys of ``params``. That of ``bk`` is zero: a shift of all scores of a query
        changes nothing

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    q, k, v, params, merged, attention_cache, weights = cache_of(cache, "multi_head_attention_forward", 7)
    dout = same_shape(dout, q.shape, q.dtype)
    dmerged, *grads_o = affine_per_step_backward(dout, merged, params["wo"])
    dheads = attention_backward(_split_heads(dmerged, weights.shape[1]), attention_cache)
    grads = dict(zip(("wo", "bo"), grads_o, strict=True))
    dinputs = []
    for name, x, dhead in zip("qkv", (q, k, v), dheads, strict=True):
        dx, grads[f"w{name}"], grads[f"b{name}"] = affine_per_step_backward(_merge_heads(dhead), x, params[f"w{name}"])
        dinputs.append(dx)
    return *dinputs, grads


def additive_attention_forward(q, k, v, wq, wk, ws, mask=None):
    """Additive attention: the score of a query and a key is tanh(q wq + k wk) ws (Bahdanau et al. 2015, A.1.2).

    There, q is the decoder's state before the step, and k and v are both the encoder's states.

    Parameters
    ----------
    q : (N, Q, D) array
    k : (N, K, E) array
    v : (N, K, M) array
    wq : (D, A) array
    wk : (E, A) array
    ws : (A,) array
    mask : bool array that broadcasts to (N, Q, K), True = may attend; or None

    Returns
    -------
    out : (N, Q, M) array, the context vectors
    cache : tuple for ``additive_attention_backward``; its last entry is the weights (N, Q, K)

    Raises
    ------
    TypeError
        When the mask is not boolean.
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    q = array_of(q, ("N", "Q", "D"), name="q")
    k, v = array_of(k, ("N", "K", "E"), q.dtype, name="k"), array_of(v, ("N", "K", "M"), q.dtype, name="v")
    wq, wk = array_of(wq, ("D", "A"), q.dtype, name="wq"), array_of(wk, ("E", "A"), q.dtype, name="wk")
    ws = array_of(ws, ("A",), q.dtype, name="ws")
    shapes = [a.shape for a in (q, k, v, wq, wk, ws)]
    if shapes != [
        (len(k), q.shape[1], len(wq)), (len(q), v.shape[1], len(wk)), (len(q), *v.shape[1:]),
        (len(wq), len(ws)), (len(wk), len(ws)), ws.shape,
    ]:  # fmt: skip
        raise ValueError(f"q (N, Q, D), k (N, K, E), v (N, K, M), wq (D, A), wk (E, A), ws (A,) expected, got {shapes}")
    a = tanh((q @ wq)[:, :, None] + (k @ wk)[:, None])
    weights = attention_weights(a @ ws, mask)
    return weights @ v, (q, k, v, wq, wk, ws, a, weights)


def additive_attention_backward(dout, cache):
    """Backward pass of ``additive_attention_forward``.

    Parameters
    ----------
    dout : (N, Q, M) array
    cache : tuple from the forward pass

    Returns
    -------
    dq, dk, dv, dwq, dwk, dws : arrays, the shapes of the inputs

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    q, k, v, wq, wk, ws, a, weights = cache_of(cache, "additive_attention_forward", 8)
    dout = same_shape(dout, (*weights.shape[:2], v.shape[2]), q.dtype)
    dscores = softmax_backward(dout @ v.swapaxes(1, 2), weights)
    da = tanh_backward(dscores[..., None] * ws, a)
    dq, dwq, _ = affine_per_step_backward(sum_over(da, axis=2), q, wq)
    dk, dwk, _ = affine_per_step_backward(sum_over(da, axis=1), k, wk)
    return dq, dk, weights.swapaxes(1, 2) @ dout, dwq, dwk, np.tensordot(dscores, a, axes=3)


def _split_heads(x, n_heads):
    """(N, T, D) to (N, n_heads, T, D / n_heads)."""
    return np.ascontiguousarray(x.reshape(*x.shape[:2], n_heads, -1).swapaxes(1, 2))


def _merge_heads(x):
    """(N, n_heads, T, D / n_heads) to (N, T, D)."""
    n_samples, _, n_steps, _ = x.shape
    return x.swapaxes(1, 2).reshape(n_samples, n_steps, -1)
