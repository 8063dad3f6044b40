"""Right answers to gelu."""

import math
import statistics

import numpy as np


def gelu__vectorize(z):
    """The formula, with erf vectorized."""
    return z * 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(z / math.sqrt(2)))


def gelu__erfc_in_a_loop(z):
    """The complement of erf, which keeps its digits for negative z, one entry at a time."""
    out = np.empty(np.shape(z))
    for i, t in np.ndenumerate(z):
        out[i] = t * math.erfc(-t / math.sqrt(2)) / 2
    return out


def gelu__list_and_reshape(z):
    """A list over the flattened array, brought back to its shape."""
    z = np.asarray(z, dtype=float)
    return np.array([t * (1 + math.erf(t / 2**0.5)) / 2 for t in z.ravel()]).reshape(z.shape)


def gelu__normal_distribution(z):
    """The distribution function of the standard library."""
    cdf = statistics.NormalDist().cdf
    return z * np.array(list(map(cdf, np.ravel(z)))).reshape(np.shape(z))


def gelu__frompyfunc(z):
    """erf as a ufunc of objects, and the brackets multiplied out."""
    erf = np.frompyfunc(math.erf, 1, 1)
    return z / 2 + z / 2 * np.asarray(erf(z / np.sqrt(2.0)), dtype=float)
