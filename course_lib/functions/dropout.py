"""Dropout: noise that switches units off in training, and what it says about uncertainty."""

import numpy as np

from course_lib._arguments.arrays import as_float, not_empty, same_shape
from course_lib._arguments.numbers import BELOW_ONE, integer
from course_lib._arguments.objects import function, generator
from course_lib.functions.activations import SELU_ALPHA, SELU_LAMBDA
from course_lib.kernels.sums import sum_over


def dropout_forward(x, p_drop, training, *, rng):
    """Inverted dropout: every entry is set to zero with probability ``p_drop``, the others are divided by 1 - p_drop.

    The expected output is ``x``, so nothing is left to do when the network is used. Srivastava et al. 2014 (section 4)
    instead leave the kept entries alone and multiply the weights by 1 - p_drop afterwards; section 10 of the paper
    names the form used here. Its p is the probability of *keeping* a unit. PyTorch ``Dropout(p)`` and Keras
    ``Dropout(rate)`` are inverted, and p and rate are the probability of dropping, as here.

    Parameters
    ----------
    x : array of any shape
    p_drop : float in [0, 1)
    training : bool; when False, ``x`` passes unchanged and ``rng`` is not used
    rng : numpy.random.Generator; every entry has a draw of its own

    Returns
    -------
    out : array, the shape of ``x``
    mask : array, the shape of ``x``, for ``dropout_backward``: 0 or 1 / (1 - p_drop), or 1 when not training

    Raises
    ------
    TypeError
        When ``rng`` is not a generator, a seed for example, while training.
    ValueError
        When ``p_drop`` lies outside [0, 1).
    """
    x, p_drop = as_float(x, name="x"), BELOW_ONE(p_drop, name="p_drop")
    mask = _keep(x, p_drop, training, rng)
    if training:
        mask /= 1.0 - p_drop
    return x * mask, mask


def dropout_backward(dout, mask):
    """Backward pass of ``dropout_forward``: dx = dout * mask, with the mask of the forward pass.

    Parameters
    ----------
    dout, mask : arrays of the same shape

    Returns
    -------
    dx : array of the same shape, in the dtype of ``mask``

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    mask = as_float(mask, name="mask")
    return same_shape(dout, mask.shape, mask.dtype) * mask


def alpha_dropout_forward(x, p_drop, training, *, rng):
    """Dropout for SELU networks: keeps mean 0 and variance 1 (Klambauer et al. 2017, section "New Dropout Technique").

    A dropped entry becomes alpha' = -lambda * alpha, the limit of SELU at minus infinity. The map a * x + b then
    restores the moments: with q = 1 - p_drop,
    a = (q + alpha'**2 * q * (1 - q))**(-1/2) and b = -a * (1 - q) * alpha'.

    PyTorch ``AlphaDropout(p)`` and Keras ``AlphaDropout(rate)`` are the same. The paper's q is the probability
    of keeping.

    Parameters
    ----------
    x : array of any shape, with mean 0 and variance 1, such as the output of SELU layers
    p_drop : float in [0, 1)
    training : bool; when False, ``x`` passes unchanged and ``rng`` is not used
    rng : numpy.random.Generator; every entry has a draw of its own

    Returns
    -------
    out : array, the shape of ``x``
    slope : array, the shape of ``x``, for ``alpha_dropout_backward``: 0 or a, or 1 when not training

    Raises
    ------
    TypeError
        When ``rng`` is not a generator, a seed for example, while training.
    ValueError
        When ``p_drop`` lies outside [0, 1).
    """
    x, p_drop = as_float(x, name="x"), BELOW_ONE(p_drop, name="p_drop")
    keep = _keep(x, p_drop, training, rng)
    if not training:
        return x * keep, keep
    q, dropped = 1.0 - p_drop, -SELU_LAMBDA * SELU_ALPHA
    a = (q + dropped**2 * q * (1.0 - q)) ** -0.5
    b = -a * (1.0 - q) * dropped
    return a * (x * keep + dropped * (1.0 - keep)) + b, a * keep


def alpha_dropout_backward(dout, slope):
    """Backward pass of ``alpha_dropout_forward``: dx = dout * slope. A dropped entry is a constant.

    Parameters
    ----------
    dout, slope : arrays of the same shape

    Returns
    -------
    dx : array of the same shape, in the dtype of ``slope``

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    slope = as_float(slope, name="slope")
    return same_shape(dout, slope.shape, slope.dtype) * slope


def mc_dropout_predict(predict, x, n_passes):
    """Monte-Carlo dropout: mean and spread of the predictions with dropout left on (Gal and Ghahramani 2016, eq. 6).

    The *probabilities* are averaged, not the logits. Only dropout may be in training mode: a batch normalisation that
    uses the statistics of the batch would add noise of another kind. PyTorch and Keras have no function for this: put
    the dropout layers alone into training mode, and call the model several times.

    Parameters
    ----------
    predict : function of ``x`` that returns probabilities (N, C), and draws new dropout masks on every call
    x : (N, ...) array of inputs
    n_passes : int, at least 1: T in the paper

    Returns
    -------
    mean : (N, C) array, the predicted probabilities
    std : (N, C) array, the standard deviation over the passes (divided by T, not by T - 1)

    Raises
    ------
    TypeError
        When ``predict`` is not a function, or ``n_passes`` is not an integer.
    ValueError
        When ``n_passes`` is below 1, or ``predict`` returns nothing, another shape each time, or numbers outside of
        [0, 1], such as logits.
    """
    function(predict, name="predict", form="(x) -> probs")
    n_passes = integer(n_passes, 1, name="n_passes")
    first = not_empty(as_float(predict(x), name="predict(x)"), name="predict(x)")
    others = (same_shape(predict(x), first.shape, first.dtype, name="predict(x)") for _ in range(n_passes - 1))
    passes = np.stack([first, *others])
    outside = passes[~((passes >= 0) & (passes <= 1))]
    if outside.size:
        raise ValueError(f"predict must return probabilities in [0, 1], got {outside[0]}; apply softmax to logits")
    mean = sum_over(passes) / n_passes
    return mean, np.sqrt(sum_over(np.square(passes - mean)) / n_passes)


def _keep(x, p_drop, training, rng):
    """1 where an entry is kept, 0 where it is dropped; float64 draws, so that float32 and float64 drop the same."""
    if not training:
        return np.ones_like(x)
    return (generator(rng).random(x.shape) >= p_drop).astype(x.dtype)
