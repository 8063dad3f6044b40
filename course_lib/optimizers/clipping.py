"""Gradient clipping: a bound on the step that one batch can cause."""

from math import inf, sqrt

import numpy as np

from course_lib._arguments.arrays import arrays, same_shapes
from course_lib._arguments.numbers import NOT_NEGATIVE, Interval

# an infinite bound clips nothing: it serves to watch the norm
BOUND = Interval(0, inf, open_low=True)


def global_norm(grads):
    """Euclidean norm of all entries of all arrays together, as a float; 0 when there are none.

    Parameters
    ----------
    grads : list of arrays

    Raises
    ------
    TypeError
        When ``grads`` is one array, or not a list of arrays of numbers; the other functions here raise it too.
    """
    return _norm(arrays(grads, name="grads"))


def _norm(grads):
    # in float64, where the square of an exploding float32 entry does not overflow
    grads = [g.astype(np.float64, copy=False) for g in grads]
    norm = sqrt(sum([float(np.vdot(g, g)) for g in grads]))
    if 1e-140 < norm < inf:
        return norm
    # nor that of a finite float64 entry, when the largest one is the unit; nor does a small one underflow
    largest = max((float(np.abs(g).max(initial=0)) for g in grads), default=0.0)
    return largest * _norm([g / largest for g in grads]) if 0 < largest < inf else largest


def clip_by_value(grads, c):
    """Clip every entry to [-c, c]. The direction of the gradient changes.

    Parameters
    ----------
    grads : list of arrays
    c : float, positive

    Returns
    -------
    clipped : list of new arrays of the same shapes; infinite entries become c or -c, NaN stays

    Raises
    ------
    ValueError
        When ``c`` is not positive.
    """
    c = BOUND(c, name="c")
    return [np.clip(g, -c, c) for g in arrays(grads, name="grads")]


def clip_by_global_norm(grads, c):
    """Scale all arrays by min(1, c / norm), with one norm for all of them: the direction is kept.

    A gradient that is not finite has no direction: NaN anywhere makes all entries NaN, and infinity makes the infinite
    ones NaN and the others 0. PyTorch's ``clip_grad_norm_`` does the same, and raises an error instead with
    ``error_if_nonfinite=True``; it divides by norm + 1e-6.

    Parameters
    ----------
    grads : list of arrays
    c : float, positive, the largest norm that passes unchanged

    Returns
    -------
    clipped : list of new arrays of the same shapes
    norm : float, the norm before clipping

    Raises
    ------
    ValueError
        When ``c`` is not positive.

    References
    ----------
    Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    c, grads = BOUND(c, name="c"), arrays(grads, name="grads")
    norm = _norm(grads)
    scale = 1.0 if norm <= c else c / norm  # NaN compares as False
    with np.errstate(invalid="ignore"):  # 0 times infinity
        return [g * scale for g in grads], norm


def clipped_sgd_step(params, grads, lr, c):
    """One step of gradient descent with the gradients clipped first: params - lr * clip_by_global_norm(grads, c).

    Parameters
    ----------
    params, grads : lists of arrays of the same shapes
    lr : float, the learning rate, at least 0
    c : float, positive, the largest norm that passes unchanged

    Returns
    -------
    new_params : list of new arrays in the dtypes of ``params``; the whole step is at most lr * c long

    Raises
    ------
    ValueError
        When the shapes differ, or ``lr`` or ``c`` is out of range.
    """
    lr = NOT_NEGATIVE(lr, name="lr")
    params = arrays(params, name="params")
    clipped, _ = clip_by_global_norm(same_shapes(grads, params, name="grads"), c)
    return [p - (lr * g).astype(p.dtype) for p, g in zip(params, clipped, strict=True)]


def cosine(a, b):
    """Cosine of the angle between two lists of arrays, each read as one long vector.

    Returns
    -------
    cosine : float in [-1, 1], up to rounding; NaN when one of the vectors is zero or not finite

    Raises
    ------
    ValueError
        When the shapes differ.
    """
    a = arrays(a, np.float64, name="a")
    b = same_shapes(b, a, np.float64, name="b")
    of_a, of_b = global_norm(a), global_norm(b)
    if not (0 < of_a < inf and 0 < of_b < inf):
        return float("nan")
    return sum(float(np.vdot(p / of_a, q / of_b)) for p, q in zip(a, b, strict=True))


def clipping_cosine(grads, c):
    """Cosine of the angle by which ``clip_by_value(grads, c)`` turns the gradient.

    Returns
    -------
    cosine : float in (0, 1], up to rounding; NaN when the gradient is zero or not finite

    Raises
    ------
    ValueError
        When ``c`` is not positive.
    """
    return cosine(grads, clip_by_value(grads, c))
