"""Right answers to lecun_normal."""

import math

import numpy as np


def lecun_normal__divided(rng, fan_in, fan_out):
    """Standard normal numbers divided by the root of the number of inputs."""
    return rng.standard_normal((fan_in, fan_out)) / math.sqrt(fan_in)


def lecun_normal__multivariate(rng, fan_in, fan_out):
    """Drawn as columns of a normal vector with a diagonal covariance."""
    return (np.diag(np.full(fan_in, fan_in**-0.5))) @ rng.normal(size=(fan_in, fan_out))


def lecun_normal__positional(rng, fan_in, fan_out):
    """A flat list of draws, made an array."""
    s = np.reciprocal(np.sqrt(float(fan_in)))
    return np.array([rng.normal(0.0, s) for _ in range(fan_in * fan_out)]).reshape((fan_in, fan_out))
