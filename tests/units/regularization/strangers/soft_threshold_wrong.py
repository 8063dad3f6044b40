"""Wrong answers to soft_threshold."""

import numpy as np


def soft_threshold__hard(w, t):
    """Hard threshold: small ones become 0, the others stay."""
    return np.where(np.abs(w) > t, w, 0)


def soft_threshold__sign_step(w, t):
    """The sub-gradient step, which jumps across zero."""
    return w - t * np.sign(w)


def soft_threshold__no_sign(w, t):
    """Forgets to give the sign back."""
    return np.maximum(np.abs(w) - t, 0)


def soft_threshold__positive_only(w, t):
    """Takes only positive entries into account; negative ones become 0."""
    return np.maximum(w - t, 0)


def soft_threshold__away(w, t):
    """Has the signs of t the wrong way round: entries move away from zero."""
    return np.where(w > t, w + t, np.where(w < -t, w - t, 0))


def soft_threshold__clips(w, t):
    """Clips to [-t, t], which is what is taken away and not what is left."""
    return np.clip(w, -t, t)


def soft_threshold__int_copy(w, t):
    """Fills a copy of the dtype of w, so that integers are truncated."""
    out = w.copy()
    big = np.abs(w) > t
    out[big] = w[big] - t * np.sign(w[big])
    out[~big] = 0
    return out


def soft_threshold__in_place(w, t):
    """Sets the small entries to zero in the argument itself."""
    w[np.abs(w) <= t] = 0
    return w - t * np.sign(w)


def soft_threshold__half(w, t):
    """Zeroes what is within t, but forgets to shift the negative ones towards zero."""
    return np.where(np.abs(w) <= t, 0, w - t)


def soft_threshold__once_for_all(w, t):
    """Decides for all entries at once, by the largest."""
    if np.abs(w).max() <= t:
        return np.zeros(w.shape)
    return w - t * np.sign(w)
