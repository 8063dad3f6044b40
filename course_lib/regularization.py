"""Penalties on the weights and constraints on them, soft targets, and adversarial inputs.

Penalties are summed over all entries, and not divided by the number of samples: ``lam`` means the same for every batch
size. Penalise weight matrices; biases, and the scale and shift of a normalisation, are usually left alone.
"""

import numpy as np

from course_lib._arguments import as_float
from course_lib.losses import softmax_xent


def l1_penalty(w, lam):
    """lam * sum |w| as a float (the lasso, Tibshirani 1996, eq. 1 in its Lagrangian form).

    Keras ``L1(lam)`` is the same; in PyTorch the term is added to the loss by hand. ``w`` has any shape.
    """
    return float(lam) * float(np.abs(as_float(w)).sum(dtype=np.float64))


def l1_subgradient(w, lam):
    """Sub-gradient lam * sign(w) of ``l1_penalty``; at w = 0 it takes 0, as PyTorch does (Keras on JAX takes lam).

    A step along it overshoots zero and comes back: weights become small, but hardly ever exactly zero.
    ``l1_proximal_step`` makes them zero.

    Parameters
    ----------
    w : array of any shape
    lam : float, at least 0

    Returns
    -------
    dw : array, the shape of ``w``
    """
    return float(lam) * np.sign(as_float(w))


def soft_threshold(w, t):
    """sign(w) * max(|w| - t, 0): the proximal operator of t * sum |w| (Daubechies et al. 2004).

    Their penalty stands beside an undivided squared error, so that their threshold is half their weight.
    PyTorch's ``softshrink(w, lambd=t)`` and Keras's ``ops.soft_shrink(w, threshold=t)`` are the same.

    Parameters
    ----------
    w : array of any shape
    t : float, at least 0

    Returns
    -------
    shrunk : array, the shape of ``w``; every entry in [-t, t] has become 0

    Raises
    ------
    ValueError
        When ``t`` is negative.
    """
    w, t = as_float(w), _non_negative("t", t)
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)


def l1_proximal_step(w, dw, lr, lam):
    """A gradient step on the loss, then the proximal step on the penalty: soft_threshold(w - lr * dw, lr * lam).

    This is one iteration of iterative soft thresholding (Daubechies et al. 2004, section 1).

    Parameters
    ----------
    w, dw : arrays of the same shape; ``dw`` is the gradient of the loss *without* the penalty
    lr : float, the learning rate
    lam : float, at least 0

    Returns
    -------
    new_w : array, the shape of ``w``
    """
    return soft_threshold(as_float(w) - float(lr) * as_float(dw), float(lr) * float(lam))


def l2_penalty(w, lam):
    """lam / 2 * sum w**2 as a float (Krogh and Hertz 1992, eq. 1).

    With the half, ``lam`` is the factor in the gradient, and PyTorch's ``SGD(weight_decay=lam)``. Keras ``L2(lam)`` has
    no half: its ``lam`` counts double.

    Parameters
    ----------
    w : array of any shape
    lam : float, at least 0
    """
    return 0.5 * float(lam) * float(np.square(as_float(w), dtype=np.float64).sum())


def l2_gradient(w, lam):
    """Gradient lam * w of ``l2_penalty``, an array of the shape of ``w`` (Krogh and Hertz 1992, eq. 2)."""
    return float(lam) * as_float(w)


def l2_loss_grad(weights, lam):
    """``l2_penalty`` of several arrays together, and the gradient with respect to each.

    Parameters
    ----------
    weights : list of arrays, one for each layer
    lam : float, at least 0

    Returns
    -------
    loss : float
    grads : list of arrays of the same shapes
    """
    return sum(l2_penalty(w, lam) for w in weights), [l2_gradient(w, lam) for w in weights]


def decoupled_weight_decay_step(w, update, lr, weight_decay):
    """w - lr * (update + weight_decay * w) (Loshchilov and Hutter 2019, algorithm 2, line 12).

    The decay does not pass through the optimiser's moments. With ``update`` = gradient this is L2; with Adam's it is
    AdamW, in which every weight decays at the same rate, whatever the size of its gradient. In the paper Adam's rate
    alpha multiplies the first term only; here, as in PyTorch's and Keras's ``AdamW``, ``lr`` multiplies both.

    Parameters
    ----------
    w : array of any shape
    update : array, the shape of ``w``: what the optimiser would subtract, divided by ``lr``
    lr : float, the learning rate
    weight_decay : float, at least 0

    Returns
    -------
    new_w : array, the shape of ``w``
    """
    w = as_float(w)
    return w * (1.0 - float(lr) * float(weight_decay)) - float(lr) * as_float(update)


def elastic_net_penalty(w, l1, l2):
    """l1 * sum |w| + l2 / 2 * sum w**2 as a float (Zou and Hastie 2005, eq. 3, whose lambda_2 is l2 / 2).

    scikit-learn's ``ElasticNet(alpha, l1_ratio)`` has l1 = alpha * l1_ratio and l2 = alpha * (1 - l1_ratio). Keras
    ``L1L2(l1, l2)`` has no half.

    Parameters
    ----------
    w : array of any shape
    l1, l2 : floats, at least 0
    """
    return l1_penalty(w, l1) + l2_penalty(w, l2)


def elastic_net_subgradient(w, l1, l2):
    """Sub-gradient l1 * sign(w) + l2 * w of ``elastic_net_penalty``, an array of the shape of ``w``."""
    return l1_subgradient(w, l1) + l2_gradient(w, l2)


def elastic_net_proximal_step(w, dw, lr, l1, l2):
    """A gradient step on the loss, then the proximal step on the elastic net.

    The proximal operator is a soft threshold followed by a shrinkage: soft_threshold(., lr * l1) / (1 + lr * l2)
    (Parikh and Boyd 2014, section 6.5).

    Parameters
    ----------
    w, dw : arrays of the same shape; ``dw`` is the gradient of the loss *without* the penalty
    lr : float, the learning rate
    l1, l2 : floats, at least 0

    Returns
    -------
    new_w : array, the shape of ``w``
    """
    return l1_proximal_step(w, dw, lr, l1) / (1.0 + float(lr) * float(l2))


def max_norm(w, c, axis=0):
    """Scale down the weights of each unit whose Euclidean norm exceeds ``c``; the others pass bit by bit.

    The constraint is that of Srebro and Shraibman 2005, applied to networks by Srivastava et al. 2014
    (section 5.1): after every update, the incoming weights of a unit are projected onto the ball of radius ``c``.

    Keras ``MaxNorm(c, axis=0)`` adds 1e-7 to the norm and so changes short weights a little. PyTorch's
    ``renorm(w, p=2, dim, maxnorm=c)`` names the axis that *counts the units*: dim=1 for weights (fan_in, fan_out),
    dim=0 for the (fan_out, fan_in) of its ``Linear``.

    Parameters
    ----------
    w : (fan_in, fan_out) array, or of another shape with its ``axis``
    c : float, positive
    axis : int or tuple of int, the axes over which the norm is taken: 0 for an affine layer, where a unit is a
        column; (1, 2, 3) for convolution weights (C_out, C_in, K, K)

    Returns
    -------
    constrained : array, the shape of ``w``

    Raises
    ------
    ValueError
        When ``c`` is not positive.
    """
    if not c > 0:
        raise ValueError(f"c must be positive, got {c}")
    w = as_float(w)
    # in float64, where the square of a large float32 weight does not overflow
    norms = np.sqrt(np.square(w, dtype=np.float64).sum(axis=axis, keepdims=True))
    # where the norm is larger than c > 0, it can divide
    scale = np.divide(c, norms, out=np.ones_like(norms), where=norms > c)
    return w * scale.astype(w.dtype)


def label_smooth(y_onehot, eps):
    """(1 - eps) * y_onehot + eps / C: part of the target is shared out over all C classes.

    The right class keeps 1 - eps + eps / C (Szegedy et al. 2016, section 7). PyTorch's and Keras's
    ``label_smoothing=eps`` are the same. Another convention shares ``eps`` over the C - 1 wrong classes only.

    Parameters
    ----------
    y_onehot : (N, C) array whose rows sum to 1
    eps : float in [0, 1]

    Returns
    -------
    targets : (N, C) array whose rows sum to 1

    Raises
    ------
    ValueError
        When ``eps`` lies outside [0, 1].
    """
    eps, y_onehot = _fraction("eps", eps), as_float(y_onehot)
    return (1.0 - eps) * y_onehot + eps / y_onehot.shape[1]


def smoothed_softmax_xent(logits, y, eps):
    """``softmax_xent`` against smoothed targets (Szegedy et al. 2016, section 7).

    It is (1 - eps) times the loss of the label plus eps times the mean loss over all classes.
    ``fit(..., loss=functools.partial(smoothed_softmax_xent, eps=0.1))`` trains with it.

    Parameters
    ----------
    logits : (N, C) array
    y : (N,) array of integer labels in [0, C)
    eps : float in [0, 1]

    Returns
    -------
    loss : float, in nats per sample
    dlogits : (N, C) array: (softmax(logits) - label_smooth(one_hot(y), eps)) / N
    """
    eps, logits, y = _fraction("eps", eps), as_float(logits), np.asarray(y, dtype=np.int64)
    loss, dlogits = softmax_xent(logits, y)
    N, C = logits.shape
    rows = np.arange(N)
    # the loss is affine in the target: moving the target changes it by the difference of two logits
    loss += eps * float(np.mean(logits[rows, y] - logits.mean(axis=1), dtype=np.float64))
    dlogits -= eps / (N * C)
    dlogits[rows, y] += eps / N
    return loss, dlogits


def fgsm(x, dx, eps, low=0.0, high=1.0):
    """Fast gradient sign method: x + eps * sign(dx), clipped to [low, high] (Goodfellow et al. 2015, section 4).

    Among all perturbations whose entries are at most ``eps``, this one raises the linearised loss most.

    Parameters
    ----------
    x : array of any shape, the inputs
    dx : array of the same shape, the gradient of the loss with respect to the *inputs*
    eps : float, at least 0, in the units of ``x``
    low, high : floats, the range of valid inputs, such as the darkest and the brightest pixel

    Returns
    -------
    adversarial : array, the shape of ``x``

    Raises
    ------
    ValueError
        When ``eps`` is negative.
    """
    x = as_float(x)
    return np.clip(x + _non_negative("eps", eps) * np.sign(as_float(dx, x.dtype)), float(low), float(high))


def _non_negative(name, value):
    if not value >= 0:
        raise ValueError(f"{name} must be at least 0, got {value}")
    return float(value)


def _fraction(name, value):
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must lie in [0, 1], got {value}")
    return float(value)
