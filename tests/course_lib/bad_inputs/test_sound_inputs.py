"""Strange but sound arguments, of any layout, real dtype and size from one on: the answer is that of plain NumPy."""

from itertools import pairwise

import numpy as np
import pytest
import sound_layers
import sound_models

CASES = sound_layers.CASES + sound_models.CASES
SIZES = [(4, 3), (1, 3), (4, 1), (1, 1)]
# sums of a dozen terms below 100, and functions of slope below 100: some hundred roundings
TOLERANCE = {np.float32: 3e-5, np.float64: 1e-12}


def as_dtype(dtype):
    """Labels and other integers stay what they are."""
    return lambda x: x if x.dtype.kind == "i" else x.astype(dtype)


def whole(dtype):
    return lambda x: np.rint(x).astype(dtype)


def frozen(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def strided(x):
    """Every second entry along every axis of something larger."""
    larger = np.full([2 * size for size in x.shape], 77, x.dtype)
    view = larger[tuple(slice(None, None, 2) for _ in x.shape)]
    view[...] = x
    return view


def backwards(x):
    """Negative strides along every axis."""
    flipped = tuple(slice(None, None, -1) for _ in x.shape)
    return x[flipped].copy()[flipped]


def repeated(x):
    """One row in memory for all rows."""
    return np.broadcast_to(x[:1], x.shape)


FORMS = {
    "float32": as_dtype(np.float32),
    "float64": as_dtype(np.float64),
    "big-endian": lambda x: x.astype(x.dtype.newbyteorder(">")),
    "int64": whole(np.int64),
    "int8": whole(np.int8),
    "bool": lambda x: x if x.dtype.kind == "i" else x > 0,
    "list": lambda x: x.tolist(),
    "read-only": frozen,
    "read-only float32": lambda x: frozen(as_dtype(np.float32)(x)),
    "Fortran": np.asfortranarray,
    "strided": strided,
    "backwards": backwards,
    "repeated": repeated,
    "repeated float32": lambda x: repeated(as_dtype(np.float32)(x)),
}


def parts(answer):
    return answer if isinstance(answer, tuple) else (answer,)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_any_sound_form_gets_the_right_answer(case, form):
    dtype = np.float32 if "float32" in form else np.float64
    for n, d in SIZES:
        inputs = [FORMS[form](x) for x in case.arrays(n, d)]
        before = [np.array(x) for x in inputs]
        answers = parts(case.call(*inputs))
        expected = parts(case.oracle(*[np.asarray(x, np.float64) for x in before]))
        for answer, right in zip(answers, expected, strict=True):
            scale = max(1, np.abs(right).max())
            np.testing.assert_allclose(answer, right, rtol=0, atol=TOLERANCE[dtype] * scale)
            assert np.shape(answer) == np.shape(right)
            if isinstance(answer, np.ndarray) and answer.dtype.kind == "f":
                assert answer.dtype == dtype
            for x in inputs:
                assert not np.shares_memory(answer, x)
        for first, second in pairwise(answers):
            assert not np.shares_memory(first, second)
        for x, was in zip(inputs, before, strict=True):
            np.testing.assert_array_equal(x, was)
