"""Measurements on a network: how large the gradient is that reaches each layer."""

import numpy as np

from course_lib._arguments.arrays import arrays, same_shapes
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import function

# sigmoid'(z) = s (1 - s) is largest at z = 0, where s = 1/2.
SIGMOID_MAX_SLOPE = 0.25


def gradient_norms_by_layer(backprop, batches):
    """Euclidean norm, layer by layer, of the gradient of the mean loss over all samples of all batches.

    The gradients of the batches are averaged first, weighted by the batches' sizes; the norm comes afterwards.

    Parameters
    ----------
    backprop : function ``(x, y) -> (activations, grads)``, two lists of L arrays: the outputs of the layers, and
        the gradients of the batch's mean loss with respect to each weight matrix
    batches : list of pairs (x, y), possibly of different sizes, each of at least one sample; the size of a batch is
        ``len(x)``

    Returns
    -------
    norms : (L,) float64 array

    Raises
    ------
    TypeError, ValueError
        When there is no batch or an empty one, or ``backprop`` does not return two lists, or returns other shapes for
        another batch.

    References
    ----------
    Glorot and Bengio 2010, section 4.2.
    """
    function(backprop, name="backprop", form="(x, y) -> (activations, grads)")
    batches = [_pair(batch, "a batch", "(x, y)") for batch in batches]
    sizes = [len(x) for x, _ in batches]
    if not all(sizes) or not sizes:
        raise ValueError(f"batches must hold at least one sample each, got {sizes} samples")
    totals = None
    for size, (x, y) in zip(sizes, batches, strict=True):
        _, grads = _pair(backprop(x, y), "what backprop returns", "(activations, grads)")
        grads = (
            arrays(grads, np.float64, name="grads")
            if totals is None
            else same_shapes(grads, totals, np.float64, name="grads")
        )
        shares = [size / sum(sizes) * g for g in grads]
        totals = shares if totals is None else [t + s for t, s in zip(totals, shares, strict=True)]
    return np.array([np.linalg.norm(t) for t in totals])


def _pair(value, what, form):
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise TypeError(f"{what} must be a pair {form}, got {type(value).__name__}")
    return value


def sigmoid_slope_bound(n_layers):
    """Upper bound 0.25**n_layers of the product of the derivatives of ``n_layers`` sigmoids.

    Parameters
    ----------
    n_layers : int, not negative

    Returns
    -------
    bound : float in (0, 1]; 1 for no layer, 0 where it underflows (from 538 layers on)

    Raises
    ------
    ValueError
        When ``n_layers`` is negative.

    References
    ----------
    Hochreiter 1991, chapter 4; Bengio, Simard and Frasconi 1994, section IV.
    """
    return SIGMOID_MAX_SLOPE ** integer(n_layers, 0, name="n_layers")
