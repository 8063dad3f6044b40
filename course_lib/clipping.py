"""Gradient clipping: a bound on the step that one batch can cause."""

import numpy as np


def global_norm(grads):
    """Euclidean norm of all entries of all arrays together, as a float."""
    # in float64, where the square of an exploding float32 entry does not overflow
    arrays = [np.asarray(g, dtype=np.float64) for g in grads]
    return float(np.sqrt(sum(float(np.vdot(g, g)) for g in arrays)))


def clip_by_value(grads, c):
    """Clip every entry to [-c, c]. The direction of the gradient changes.

    Parameters
    ----------
    grads : list of arrays
    c : float, positive

    Returns
    -------
    clipped : list of new arrays of the same shapes
    """
    c = float(c)  # a NumPy float64 would turn float32 gradients into float64
    return [np.clip(g, -c, c) for g in grads]


def clip_by_global_norm(grads, c):
    """Scale all arrays by min(1, c / norm), with one norm for all of them: the direction is kept.

    Parameters
    ----------
    grads : list of arrays
    c : float, positive, the largest norm that passes unchanged

    Returns
    -------
    clipped : list of new arrays of the same shapes
    norm : float, the norm before clipping

    References
    ----------
    Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    norm = global_norm(grads)
    scale = float(min(1.0, c / norm)) if norm > 0 else 1.0
    return [g * scale for g in grads], norm


def clipped_sgd_step(params, grads, lr, c):
    """One step of gradient descent with the gradients clipped first: params - lr * clip_by_global_norm(grads, c).

    Parameters
    ----------
    params, grads : lists of arrays of the same shapes
    lr : float, the learning rate
    c : float, positive, the largest norm that passes unchanged

    Returns
    -------
    new_params : list of new arrays; the whole step is at most lr * c long
    """
    clipped, _ = clip_by_global_norm(grads, c)
    return [p - lr * g for p, g in zip(params, clipped, strict=True)]


def cosine(a, b):
    """Cosine of the angle between two lists of arrays, each read as one long vector; float in [-1, 1]."""
    dot = sum(float(np.vdot(p, q)) for p, q in zip(a, b, strict=True))
    return dot / (global_norm(a) * global_norm(b))


def clipping_cosine(grads, c):
    """Cosine of the angle by which ``clip_by_value(grads, c)`` turns the gradient; float in (0, 1]."""
    return cosine(grads, clip_by_value(grads, c))
