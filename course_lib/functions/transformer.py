"""The parts around attention: embedding, positions, feed-forward network, and the transformer block made of them."""

import numpy as np

from course_lib._arguments.arrays import array_of, as_float, not_empty, same_shape
from course_lib._arguments.entries import labels
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import cache_of, choice, with_keys
from course_lib.functions._sequences import affine_per_step, affine_per_step_backward
from course_lib.functions.activations import relu, relu_backward
from course_lib.functions.attention import HEAD_PARAMETERS, multi_head_attention_backward, multi_head_attention_forward
from course_lib.functions.normalization import layernorm_backward, layernorm_forward
from course_lib.kernels.decorators import kernel

BLOCK_PARAMETERS = (*HEAD_PARAMETERS, "w1", "b1", "w2", "b2", "gamma1", "beta1", "gamma2", "beta2")


def embedding_forward(ids, table):
    """One vector for each symbol: out = table[ids], the product of one-hot rows with ``table``.

    Parameters
    ----------
    ids : array of any shape, such as (N, T), of integers in [0, V)
    table : (V, D) array

    Returns
    -------
    out : (..., D) array
    cache : tuple for ``embedding_backward``

    Raises
    ------
    TypeError
        When the ids are not integers.
    ValueError
        When an id lies outside [0, V), where NumPy would take a negative one from the end, or there are none.
    """
    table = array_of(table, ("V", "D"), name="table")
    ids = not_empty(labels(ids, len(table), name="ids"), name="ids")
    return table[ids], (ids, table.shape, table.dtype)


def embedding_backward(dout, cache):
    """Backward pass of ``embedding_forward``: a symbol that occurs twice gets the sum of both gradients.

    Parameters
    ----------
    dout : (..., D) array
    cache : tuple from the forward pass

    Returns
    -------
    dtable : (V, D) array; rows of symbols that do not occur are zero

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    ids, shape, dtype = cache_of(cache, "embedding_forward", 3)
    dout = same_shape(dout, (*ids.shape, shape[1]), dtype)
    dtable = np.zeros(shape)  # in float64, because a frequent symbol makes a long sum
    _add_rows(ids.ravel(), dout.reshape(-1, shape[1]), dtable)
    return dtable.astype(dtype, copy=False)


def sinusoidal_encoding(n_steps, n_features):
    """Positions as sines and cosines of wavelengths from 2 pi to 10000 * 2 pi (Vaswani et al. 2017, section 3.5).

    out[t, 2i] = sin(t / 10000**(2i / D)), out[t, 2i + 1] = cos of the same. Steps count from 0. Without positions,
    attention could not tell the order of its inputs. Some programs put all sines first and all cosines after them.

    Parameters
    ----------
    n_steps, n_features : int, T and D, at least 1

    Returns
    -------
    out : (T, D) float64 array, to be added to the embeddings (which the paper multiplies by sqrt(D) before)
    """
    n_steps, n_features = integer(n_steps, 1, name="n_steps"), integer(n_features, 1, name="n_features")
    column = np.arange(n_features)
    angles = np.arange(n_steps)[:, None] / 10000.0 ** ((column - column % 2) / n_features)
    return np.where(column % 2 == 0, np.sin(angles), np.cos(angles))


def feed_forward_forward(x, w1, b1, w2, b2):
    """relu(x w1 + b1) w2 + b2 at every time step by itself (Vaswani et al. 2017, eq. 2).

    Parameters
    ----------
    x : (N, T, D) array
    w1 : (D, F) array; the paper has F = 4 D
    b1 : (F,) array
    w2 : (F, D) array
    b2 : (D,) array

    Returns
    -------
    out : (N, T, D) array
    cache : tuple for ``feed_forward_backward``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    x = array_of(x, ("N", "T", "D"), name="x")
    w1, b1 = array_of(w1, ("D", "F"), x.dtype, name="w1"), as_float(b1, x.dtype, name="b1")
    w2, b2 = as_float(w2, x.dtype, name="w2"), as_float(b2, x.dtype, name="b2")
    shapes = [x.shape[2:], *(a.shape for a in (w1, b1, w2, b2))]
    n_features, n_inner = w1.shape
    if shapes != [(n_features,), (n_features, n_inner), (n_inner,), (n_inner, n_features), (n_features,)]:
        raise ValueError(
            f"x (N, T, D), w1 (D, F), b1 (F,), w2 (F, D), b2 (D,) expected, "
            f"got {x.shape}, {', '.join(str(shape) for shape in shapes[1:])}"
        )
    z = affine_per_step(x, w1, b1)
    a = relu(z)
    return affine_per_step(a, w2, b2), (x, w1, z, a, w2)


def feed_forward_backward(dout, cache):
    """Backward pass of ``feed_forward_forward``.

    Parameters
    ----------
    dout : (N, T, D) array
    cache : tuple from the forward pass

    Returns
    -------
    dx : (N, T, D) array
    dw1, db1, dw2, db2 : arrays, the shapes of the parameters

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    x, w1, z, a, w2 = cache_of(cache, "feed_forward_forward", 5)
    dout = same_shape(dout, x.shape, x.dtype)
    da, dw2, db2 = affine_per_step_backward(dout, a, w2)
    dx, dw1, db1 = affine_per_step_backward(relu_backward(da, z), x, w1)
    return dx, dw1, db1, dw2, db2


def transformer_block_forward(x, params, n_heads, mask=None, norm="pre", eps=1e-5):
    """Self-attention and a feed-forward network, each with a skip connection and a layer norm.

    ==========  ==========================================  =====================================
    ``norm``    each of the two parts                       source
    ==========  ==========================================  =====================================
    ``"pre"``   x = x + part(layernorm(x))                  Xiong et al. 2020: needs no warm-up
    ``"post"``  x = layernorm(x + part(x))                  Vaswani et al. 2017, section 3.1
    ==========  ==========================================  =====================================

    PyTorch's ``nn.TransformerEncoderLayer`` is "post" unless ``norm_first=True``; both here have no dropout. A stack
    of "pre" blocks wants one more layer norm at its end.

    Parameters
    ----------
    x : (N, T, D) array
    params : dict with those of ``multi_head_attention_forward``, ``"w1"``, ``"b1"``, ``"w2"``, ``"b2"`` of
        ``feed_forward_forward``, and ``"gamma1"``, ``"beta1"``, ``"gamma2"``, ``"beta2"`` (D,) of the layer
        norms of the first and the second part
    n_heads : int, a divisor of D
    mask : bool array, True = may attend, as in ``multi_head_attention_forward``; or None
    norm : "pre" or "post"
    eps : float, that of the layer norms

    Returns
    -------
    out : (N, T, D) array
    cache : tuple for ``transformer_block_backward``

    Raises
    ------
    TypeError
        When the mask is not boolean, or ``n_heads`` not an integer.
    ValueError
        When ``norm`` is neither, a key is missing, or the shapes do not fit together.
    """
    choice(norm, ("pre", "post"), name="norm")
    x = array_of(x, ("N", "T", "D"), name="x")
    with_keys(params, BLOCK_PARAMETERS)

    def attend(h):
        return multi_head_attention_forward(h, h, h, params, n_heads, mask)

    def feed(h):
        return feed_forward_forward(h, *(params[key] for key in ("w1", "b1", "w2", "b2")))

    caches = []
    for part, number in ((attend, 1), (feed, 2)):
        gamma, beta = params[f"gamma{number}"], params[f"beta{number}"]
        if norm == "pre":
            h, norm_cache = layernorm_forward(x, gamma, beta, eps)
            out, part_cache = part(h)
            x = x + out
        else:
            out, part_cache = part(x)
            x, norm_cache = layernorm_forward(x + out, gamma, beta, eps)
        caches.append((part_cache, norm_cache))
    return x, (caches, norm)


def transformer_block_backward(dout, cache):
    """Backward pass of ``transformer_block_forward``.

    Parameters
    ----------
    dout : (N, T, D) array
    cache : tuple from the forward pass

    Returns
    -------
    dx : (N, T, D) array
    grads : dict of arrays with the keys of ``params``

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    caches, norm = cache_of(cache, "transformer_block_forward", 2)
    (attended, *_), _ = caches[0]  # the input of the attention, of the shape of x
    dout = same_shape(dout, attended.shape, attended.dtype)
    grads: dict[str, np.ndarray] = {}

    def attend_backward(dh, part_cache):
        dq, dk, dv, head_grads = multi_head_attention_backward(dh, part_cache)
        grads.update({key: head_grads[key] for key in HEAD_PARAMETERS})
        return dq + dk + dv

    def feed_backward(dh, part_cache):
        dx, grads["w1"], grads["b1"], grads["w2"], grads["b2"] = feed_forward_backward(dh, part_cache)
        return dx

    for part_backward, number in ((feed_backward, 2), (attend_backward, 1)):
        part_cache, norm_cache = caches[number - 1]
        if norm == "pre":
            dh = part_backward(dout, part_cache)
            dx, dgamma, dbeta = layernorm_backward(dh, norm_cache)
            dout = dout + dx
        else:
            dsum, dgamma, dbeta = layernorm_backward(dout, norm_cache)
            dout = dsum + part_backward(dsum, part_cache)
        grads[f"gamma{number}"], grads[f"beta{number}"] = dgamma, dbeta
    return dout, grads


@kernel
def _add_rows(ids, dout, dtable):
    for n in range(ids.size):
        target, row = dtable[ids[n]], dout[n]
        for j in range(row.size):
            target[j] += row[j]
