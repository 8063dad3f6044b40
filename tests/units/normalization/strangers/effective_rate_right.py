"""Right answers to effective_rate."""

import math

import numpy as np


def effective_rate__loops(lr, w):
    """Plain loops over the units, with math.fsum."""
    d, m = np.shape(w)
    rates = np.empty(m)
    for j in range(m):
        rates[j] = lr / math.fsum(float(w[i][j]) ** 2 for i in range(d))
    return rates


def effective_rate__einsum(lr, w):
    """Einsum of floats."""
    w = np.array(w, dtype=float)
    return lr * np.einsum("ij,ij->j", w, w) ** -1


def effective_rate__gram(lr, w):
    """The diagonal of the Gram matrix."""
    return np.divide(lr, np.diag(np.transpose(w) @ w))


def effective_rate__hypot(lr, w):
    """The norm by hypot, and the rate divided twice by it."""
    norm = np.hypot.reduce(np.abs(w), axis=0)
    return lr / norm / norm
