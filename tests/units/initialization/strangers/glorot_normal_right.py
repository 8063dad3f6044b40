"""Right answers to glorot_normal."""

import math

import numpy as np


def glorot_normal__multiplied(rng, fan_in, fan_out):
    """Standard normal numbers times the standard deviation."""
    return rng.standard_normal((fan_in, fan_out)) * math.sqrt(2 / (fan_in + fan_out))


def glorot_normal__by_rows(rng, fan_in, fan_out):
    """Row by row, stacked."""
    s = (0.5 * (fan_in + fan_out)) ** -0.5
    return np.array([rng.normal(scale=s, size=fan_out) for _ in range(fan_in)])


def glorot_normal__box_muller(rng, fan_in, fan_out):
    """Normal numbers made from uniform ones by Box and Muller."""
    u, v = rng.random((fan_in, fan_out)), rng.random((fan_in, fan_out))
    return np.sqrt(-4 / (fan_in + fan_out) * np.log(1 - u)) * np.cos(2 * np.pi * v)


def glorot_normal__flat_fortran(rng, fan_in, fan_out):
    """A flat draw in single precision, reshaped in the order of Fortran."""
    w = rng.standard_normal(fan_in * fan_out, dtype=np.float32) / np.float32(np.sqrt((fan_in + fan_out) / 2))
    return w.reshape(fan_in, fan_out, order="F")


def glorot_normal__one_by_one(rng, fan_in, fan_out):
    """It draws one number at a time, down the columns."""
    w = np.empty((fan_in, fan_out))
    for j in range(fan_out):
        for i in range(fan_in):
            w[i, j] = rng.normal(scale=math.sqrt(2.0 / (fan_in + fan_out)))
    return w


def glorot_normal__box_muller_again(rng, fan_in, fan_out):
    """Normal numbers by Box and Muller's formula from rng.random, turned from (fan_out, fan_in)."""
    u, v = rng.random((fan_out, fan_in)), rng.random((fan_out, fan_in))
    z = np.sqrt(-2 * np.log1p(-u)) * np.cos(2 * np.pi * v)
    return z.T * ((fan_in + fan_out) / 2) ** -0.5
