"""Weight initialisers: ``initializer(rng, fan_in, fan_out) -> (fan_in, fan_out) array``.

``rng`` is a ``numpy.random.Generator``; fan_in counts the inputs of a unit, fan_out those that its output feeds.
"""

import numpy as np


def zeros(rng, fan_in, fan_out):
    """All weights zero: every unit computes the same, and none of them ever differs (``rng`` is not used)."""
    return np.zeros((fan_in, fan_out))


def scaled_normal(std):
    """An initialiser that draws from a normal distribution of mean 0 and standard deviation ``std``."""

    def initialize(rng, fan_in, fan_out):
        return rng.normal(0.0, std, (fan_in, fan_out))

    return initialize


def glorot_normal(rng, fan_in, fan_out):
    """Normal with variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010, eq. 12)."""
    return rng.normal(0.0, np.sqrt(2.0 / (fan_in + fan_out)), (fan_in, fan_out))


def glorot_uniform(rng, fan_in, fan_out):
    """Uniform on [-limit, limit] with limit = sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16)."""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def he_normal(rng, fan_in, fan_out):
    """Normal with variance 2 / fan_in, for ReLU (He et al. 2015, eq. 10)."""
    return rng.normal(0.0, np.sqrt(2.0 / fan_in), (fan_in, fan_out))


def lecun_normal(rng, fan_in, fan_out):
    """Normal with variance 1 / fan_in, for tanh and SELU (LeCun et al. 1998, section 4.6)."""
    return rng.normal(0.0, np.sqrt(1.0 / fan_in), (fan_in, fan_out))


INITIALIZERS = {
    "glorot_normal": glorot_normal,
    "glorot_uniform": glorot_uniform,
    "he_normal": he_normal,
    "lecun_normal": lecun_normal,
    "normal 0.01": scaled_normal(0.01),
    "normal 1": scaled_normal(1.0),
    "zeros": zeros,
}
