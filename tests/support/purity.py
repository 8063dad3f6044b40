"""What holds of every function over arrays: its arguments stay as they are, and so do its results."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np


def arrays_in(result):
    """The arrays in a result: in tuples, lists, dicts and dataclasses too."""
    if isinstance(result, np.ndarray):
        yield result
    elif isinstance(result, Mapping):
        yield from arrays_in(list(result.values()))
    elif isinstance(result, tuple | list):
        for part in result:
            yield from arrays_in(part)
    elif is_dataclass(result):
        yield from arrays_in([getattr(result, field.name) for field in fields(result)])


def frozen(x):
    """A read-only copy."""
    x = x.copy()
    x.flags.writeable = False
    return x


def apart(x):
    """A copy whose entries are not neighbours in memory."""
    return np.repeat(x[..., None], 2, axis=-1)[..., 0]


def assert_pure(run, *arrays):
    """``run(*arrays)``, which changes no array, gives none back, and does the same for read-only and scattered ones."""
    saved = [x.copy() for x in arrays]
    result = run(*arrays)
    for x, before in zip(arrays, saved, strict=True):
        np.testing.assert_array_equal(x, before)
    for out in arrays_in(result):
        assert not any(np.shares_memory(out, x) for x in arrays)
    for form in (frozen, apart):
        again = run(*(form(x) for x in arrays))
        for out, expected in zip(arrays_in(again), arrays_in(result), strict=True):
            assert out.dtype == expected.dtype
            # the same arithmetic at another address: at most, sums are rounded in another order
            np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)
    return result
