"""Penalties on the weights and constraints on them, soft targets, and adversarial inputs.

Penalties are summed over all entries, and not divided by the number of samples: ``lam`` means the same for every batch
size. Penalise weight matrices; biases, and the scale and shift of a normalisation, are usually left alone.

Everywhere a hyper-parameter that is no finite number in its range is a ValueError, and so are arrays that should have
the same shape and do not: NumPy would broadcast them.
"""

import numpy as np

from course_lib._arguments.arrays import arrays, as_float, same_shape
from course_lib._arguments.numbers import NOT_NEGATIVE, POSITIVE, UNIT, Interval, integer
from course_lib.functions.losses import log_softmax, softmax_xent, weighted


def l1_penalty(w, lam):
    """lam * sum |w| as a float (the lasso, Tibshirani 1996, eq. 1 in its Lagrangian form).

    Keras ``L1(lam)`` is the same; in PyTorch the term is added to the loss by hand.

    Parameters
    ----------
    w : array of any shape
    lam : float, at least 0
    """
    return NOT_NEGATIVE(lam, name="lam") * float(np.abs(as_float(w, name="w")).sum(dtype=np.float64))


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
    return NOT_NEGATIVE(lam, name="lam") * np.sign(as_float(w, name="w"))


def soft_threshold(w, t):
    """sign(w) * max(|w| - t, 0): the proximal operator of t * sum |w| (Daubechies et al. 2004).

    Their squared error is not divided by two, so that their threshold is half their weight.
    PyTorch's ``softshrink(w, lambd=t)`` and Keras's ``ops.soft_shrink(w, threshold=t)`` are the same.

    Parameters
    ----------
    w : array of any shape
    t : float, at least 0

    Returns
    -------
    shrunk : array, the shape of ``w``; every entry in [-t, t] has become 0
    """
    w, t = as_float(w, name="w"), NOT_NEGATIVE(t, name="t")
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)


def l1_proximal_step(w, dw, lr, lam):
    """A gradient step on the loss, then the proximal step on the penalty: soft_threshold(w - lr * dw, lr * lam).

    This is one iteration of iterative soft thresholding (Daubechies et al. 2004, section 1).

    Parameters
    ----------
    w, dw : arrays of the same shape; ``dw`` is the gradient of the loss *without* the penalty
    lr : float, the learning rate, at least 0
    lam : float, at least 0

    Returns
    -------
    new_w : array, the shape of ``w``
    """
    w, dw, lr = _step_inputs(w, dw, lr, "dw")
    return soft_threshold(w - lr * dw, lr * NOT_NEGATIVE(lam, name="lam"))


def l2_penalty(w, lam):
    """lam / 2 * sum w**2 as a float (Krogh and Hertz 1992, eq. 1).

    With the half, ``lam`` is the factor in the gradient, and PyTorch's ``SGD(weight_decay=lam)``. Keras ``L2(lam)`` has
    no half: its ``lam`` counts double.

    Parameters
    ----------
    w : array of any shape
    lam : float, at least 0
    """
    return 0.5 * NOT_NEGATIVE(lam, name="lam") * float(np.square(as_float(w, name="w"), dtype=np.float64).sum())


def l2_gradient(w, lam):
    """Gradient lam * w of ``l2_penalty``, an array of the shape of ``w`` (Krogh and Hertz 1992, eq. 2)."""
    return NOT_NEGATIVE(lam, name="lam") * as_float(w, name="w")


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
    weights = arrays(weights, name="weights")
    return sum((l2_penalty(w, lam) for w in weights), 0.0), [l2_gradient(w, lam) for w in weights]


def decoupled_weight_decay_step(w, update, lr, weight_decay):
    """w - lr * (update + weight_decay * w) (Loshchilov and Hutter 2019, algorithm 2, line 12).

    The decay does not pass through the optimiser's moments. With ``update`` = gradient this is L2; with Adam's it is
    AdamW, in which every weight decays at the same rate, whatever the size of its gradient. In the paper Adam's rate
    alpha multiplies the first term only; here, as in PyTorch's and Keras's ``AdamW``, ``lr`` multiplies both.

    Parameters
    ----------
    w : array of any shape
    update : array, the shape of ``w``: what the optimiser would subtract, divided by ``lr``
    lr : float, the learning rate, at least 0
    weight_decay : float, at least 0

    Returns
    -------
    new_w : array, the shape of ``w``
    """
    w, update, lr = _step_inputs(w, update, lr, "update")
    return w * (1.0 - lr * NOT_NEGATIVE(weight_decay, name="weight_decay")) - lr * update


def elastic_net_penalty(w, l1, l2):
    """l1 * sum |w| + l2 / 2 * sum w**2 as a float (Zou and Hastie 2005, eq. 3, whose lambda_2 is l2 / 2).

    scikit-learn's ``ElasticNet(alpha, l1_ratio)`` has l1 = alpha * l1_ratio and l2 = alpha * (1 - l1_ratio). Keras
    ``L1L2(l1, l2)`` has no half.

    Parameters
    ----------
    w : array of any shape
    l1, l2 : floats, at least 0
    """
    return l1_penalty(w, NOT_NEGATIVE(l1, name="l1")) + l2_penalty(w, NOT_NEGATIVE(l2, name="l2"))


def elastic_net_subgradient(w, l1, l2):
    """Sub-gradient l1 * sign(w) + l2 * w of ``elastic_net_penalty``, an array of the shape of ``w``."""
    return l1_subgradient(w, NOT_NEGATIVE(l1, name="l1")) + l2_gradient(w, NOT_NEGATIVE(l2, name="l2"))


def elastic_net_proximal_step(w, dw, lr, l1, l2):
    """A gradient step on the loss, then the proximal step on the elastic net.

    The proximal operator is a soft threshold followed by a shrinkage: soft_threshold(., lr * l1) / (1 + lr * l2)
    (Parikh and Boyd 2014, section 6.5).

    Parameters
    ----------
    w, dw : arrays of the same shape; ``dw`` is the gradient of the loss *without* the penalty
    lr : float, the learning rate, at least 0
    l1, l2 : floats, at least 0

    Returns
    -------
    new_w : array, the shape of ``w``
    """
    l1, l2 = NOT_NEGATIVE(l1, name="l1"), NOT_NEGATIVE(l2, name="l2")
    return l1_proximal_step(w, dw, lr, l1) / (1.0 + float(lr) * l2)


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
    """
    w, c = as_float(w, name="w"), POSITIVE(c, name="c")
    axis = tuple(integer(i, -w.ndim, w.ndim - 1, name="axis") for i in (axis if isinstance(axis, tuple) else (axis,)))
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
    y_onehot : (N, C) array whose rows sum to 1, or (N, T, C) for sequences
    eps : float in [0, 1]

    Returns
    -------
    targets : array of the same shape, whose rows sum to 1

    Raises
    ------
    ValueError
        When ``eps`` lies outside [0, 1], or the rows do not sum to 1, as class numbers do not.
    """
    y_onehot, eps = as_float(y_onehot, name="y_onehot"), UNIT(eps, name="eps")
    advice = "for class numbers type label_smooth(np.eye(n_classes)[labels], eps)"
    if y_onehot.ndim < 2 or y_onehot.size == 0:
        raise ValueError(f"y_onehot must have the shape (N, ..., C), got {y_onehot.shape}: {advice}")
    sums = y_onehot.sum(axis=-1)
    wrong = ~(np.abs(sums - 1) < 1e-2)  # wide enough for a few probabilities that are written with three digits
    if wrong.any():
        raise ValueError(f"the rows of y_onehot must sum to 1, got {sums[wrong][0]:g}: {advice}")
    return (1.0 - eps) * y_onehot + eps / y_onehot.shape[-1]


def smoothed_softmax_xent(logits, y, eps):
    """``softmax_xent`` against smoothed targets (Szegedy et al. 2016, section 7).

    It is (1 - eps) times the loss of the label plus eps times the mean loss over all classes. With eps > 0 a class that
    is ruled out by a logit of -inf therefore costs infinitely much, as in PyTorch.
    ``fit(..., loss=functools.partial(smoothed_softmax_xent, eps=0.1))`` trains with it.

    Parameters
    ----------
    logits : (N, C) array, or (N, T, C) for sequences
    y : (N,) or (N, T) array of integer labels in [0, C)
    eps : float in [0, 1]

    Returns
    -------
    loss : float, in nats per label
    dlogits : array, the shape of ``logits``: (softmax(logits) - label_smooth(one_hot(y), eps)) / n for n labels

    Raises
    ------
    TypeError
        When the labels are not integers.
    ValueError
        When ``eps`` or a label lies outside its range, or there is not one label per row.
    """
    eps, logits = UNIT(eps, name="eps"), as_float(logits, name="logits")
    loss, dlogits = softmax_xent(logits, y)
    mean_loss = -float(np.mean(log_softmax(logits), dtype=np.float64))
    n_classes = logits.shape[-1]
    one_hot = np.asarray(y)[..., None] == np.arange(n_classes)
    dlogits += (eps * n_classes / logits.size) * (one_hot - 1 / n_classes)
    return weighted(1 - eps, loss) + weighted(eps, mean_loss), dlogits


def fgsm(x, dx, eps, low=0.0, high=1.0):
    """Fast gradient sign method: x + eps * sign(dx), clipped to [low, high] (Goodfellow et al. 2015, section 4).

    Among all perturbations whose entries are at most ``eps``, this one raises the linearised loss most.

    Parameters
    ----------
    x : array of any shape, the inputs
    dx : array of the same shape, the gradient of the loss with respect to the *inputs*
    eps : float, at least 0, in the units of ``x``
    low, high : floats, the range of valid inputs, such as the darkest and the brightest pixel; they may be infinite

    Returns
    -------
    adversarial : array, the shape of ``x``
    """
    x, eps = as_float(x, name="x"), NOT_NEGATIVE(eps, name="eps")
    dx = same_shape(dx, x.shape, x.dtype, name="dx")
    low = Interval(-np.inf, np.inf)(low, name="low")
    high = Interval(low, np.inf)(high, name="high")
    return np.clip(x + eps * np.sign(dx), low, high)


def _step_inputs(w, dw, lr, name):
    w = as_float(w, name="w")
    return w, same_shape(dw, w.shape, w.dtype, name=name), NOT_NEGATIVE(lr, name="lr")
