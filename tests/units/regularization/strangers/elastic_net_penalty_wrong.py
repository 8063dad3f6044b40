"""Wrong answers to elastic_net_penalty."""

import numpy as np


def elastic_net_penalty__no_half(w, l1, l2):
    """Forgets the half."""
    return l1 * np.sum(np.abs(w)) + l2 * np.sum(w**2)


def elastic_net_penalty__root(w, l1, l2):
    """Takes the norm, not its square."""
    return l1 * np.sum(np.abs(w)) + 0.5 * l2 * np.sqrt(np.sum(w**2))


def elastic_net_penalty__mean(w, l1, l2):
    """Means instead of sums."""
    return l1 * np.mean(np.abs(w)) + 0.5 * l2 * np.mean(w**2)


def elastic_net_penalty__no_abs(w, l1, l2):
    """Forgets the absolute value."""
    return l1 * np.sum(w) + 0.5 * l2 * np.sum(w**2)


def elastic_net_penalty__half_of_all(w, l1, l2):
    """Halves both terms."""
    return 0.5 * (l1 * np.sum(np.abs(w)) + l2 * np.sum(w**2))


def elastic_net_penalty__swapped(w, l1, l2):
    """Exchanges the two strengths."""
    return l2 * np.sum(np.abs(w)) + 0.5 * l1 * np.sum(w**2)


def elastic_net_penalty__square_of_sum(w, l1, l2):
    """Squares the sum instead of summing the squares."""
    return l1 * np.sum(np.abs(w)) + 0.5 * l2 * np.sum(np.abs(w)) ** 2


def elastic_net_penalty__one_axis(w, l1, l2):
    """Sums along the first axis only, so that a matrix gives an array."""
    return l1 * np.abs(w).sum(axis=0) + 0.5 * l2 * (w**2).sum(axis=0)
