"""Right answers to scaled."""

import math

import numpy as np


def scaled__dictionary(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """Looks the fan up in a dictionary, and multiplies standard numbers."""
    n = dict(fan_in=fan_in, fan_out=fan_out, fan_avg=0.5 * (fan_in + fan_out))[mode]
    base = (
        rng.standard_normal((fan_in, fan_out))
        if distribution == "normal"
        else (rng.random((fan_in, fan_out)) - 0.5) * math.sqrt(12)
    )
    return base * (gain / math.sqrt(n))


def scaled__loops(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """Fills the array entry by entry."""
    if mode == "fan_in":
        var = gain**2 / fan_in
    elif mode == "fan_out":
        var = gain**2 / fan_out
    else:
        var = 2 * gain**2 / (fan_in + fan_out)
    w = np.empty((fan_in, fan_out))
    for i in range(fan_in):
        for j in range(fan_out):
            if distribution == "uniform":
                w[i, j] = rng.uniform(-math.sqrt(3 * var), math.sqrt(3 * var))
            else:
                w[i, j] = rng.normal(0, math.sqrt(var))
    return w


def scaled__transposed_draw(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """Draws the transposed matrix and turns it, so that the array is a view."""
    fan = np.mean({"fan_in": [fan_in], "fan_out": [fan_out], "fan_avg": [fan_in, fan_out]}[mode])
    s = gain * fan**-0.5
    if distribution == "normal":
        return rng.normal(scale=s, size=(fan_out, fan_in)).T
    return rng.uniform(-(3**0.5) * s, 3**0.5 * s, (fan_out, fan_in)).T


def scaled__new_generator(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """Single precision numbers, drawn as such from rng."""
    fan = {"fan_in": fan_in, "fan_out": fan_out}.get(mode, (fan_in + fan_out) / 2)
    if distribution == "normal":
        w = rng.standard_normal((fan_in, fan_out), dtype=np.float32)
    else:
        w = (2 * rng.random((fan_in, fan_out), dtype=np.float32) - 1) * np.float32(3**0.5)
    return w * np.float32(gain / fan**0.5)


def scaled__variance_first(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """It works out the variance with a chain of ifs, and draws standard numbers first."""
    if mode == "fan_in":
        variance = gain * gain / fan_in
    elif mode == "fan_out":
        variance = gain * gain / fan_out
    else:
        variance = 2 * gain * gain / (fan_in + fan_out)
    if distribution == "uniform":
        w = np.sqrt(12) * (rng.random((fan_in, fan_out)) - 0.5)
    else:
        w = rng.standard_normal((fan_in, fan_out))
    w *= np.sqrt(variance)
    return w


def scaled__columns(rng, fan_in, fan_out, mode="fan_in", gain=1.0, distribution="normal"):
    """It draws column by column in a loop, with the fan as the mean of a list."""
    fan = np.mean([n for n, name in ((fan_in, "fan_in"), (fan_out, "fan_out")) if mode in (name, "fan_avg")])
    std = gain * fan**-0.5
    columns = []
    for _ in range(fan_out):
        if distribution == "normal":
            columns.append(rng.normal(scale=std, size=fan_in))
        else:
            columns.append(rng.uniform(-(3**0.5) * std, 3**0.5 * std, size=fan_in))
    return np.column_stack(columns)
