"""A pytest plugin (-p last_bit): tests draw and load the same numbers as ever, but for their last bit; or other ones.

``LAST_BIT=float32:1`` in the environment disturbs the last bit of float32, in the first of many ways. A statement about
a training run that rests on rounding fails under one of them sooner or later. ``OTHER_DRAWS=1`` gives every seed other
numbers: what was true of lucky ones only fails much sooner.
"""

import os
from dataclasses import replace

# Numba tells processors apart in one folder, but processes that compile at the same time take the same names.
if os.environ.get("NUMBA_CACHE_DIR") and (worker := os.environ.get("PYTEST_XDIST_WORKER")):
    os.environ["NUMBA_CACHE_DIR"] += f"/{worker}"

import numpy as np

from course_lib.data import datasets

DTYPE, _, WAY = os.environ.get("LAST_BIT", "").partition(":")
OTHER_DRAWS = int(os.environ.get("OTHER_DRAWS", 0))
ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: multiplied by it, neighbours part
draw, load = np.random.default_rng, datasets._split


def disturbed(x):
    """``x`` times 1 - eps, 1 or 1 + eps: one of the three for each value, as the value itself decides."""
    values = np.atleast_1d(x)
    hashed = (values.astype(np.float64).view(np.uint64) + np.uint64(WAY)) * ODD >> np.uint64(33)
    sign = (hashed % np.uint64(3)).astype(int) - 1
    out = (values * (1 + np.finfo(DTYPE).eps * sign)).astype(values.dtype)
    return out if np.ndim(x) else out.item()


class Disturbed(np.random.Generator):
    """A generator whose normal and uniform numbers are disturbed."""

    def normal(self, *args, **kwargs):
        return disturbed(super().normal(*args, **kwargs))

    def standard_normal(self, *args, **kwargs):
        return disturbed(super().standard_normal(*args, **kwargs))

    def uniform(self, *args, **kwargs):
        return disturbed(super().uniform(*args, **kwargs))

    def random(self, *args, **kwargs):
        return disturbed(super().random(*args, **kwargs))


def default_rng(seed=None):
    if OTHER_DRAWS and not isinstance(seed, np.random.Generator):
        seed = np.random.SeedSequence(seed, spawn_key=(OTHER_DRAWS,))
    rng = draw(seed)
    return Disturbed(rng.bit_generator) if DTYPE else rng


def split(*args):
    data = load(*args)
    return replace(data, x_train=disturbed(data.x_train), x_test=disturbed(data.x_test)) if DTYPE else data


if DTYPE or OTHER_DRAWS:
    np.random.default_rng, datasets._split = default_rng, split
