"""What the functions over sequences (N, T, D) share: checks of their arguments, and products over all steps.

The products trust what the checks, and those of ``_arguments``, have let through.
"""

import numpy as np

from course_lib._arguments.arrays import as_float, same_shape
from course_lib._arguments.numbers import integer
from course_lib.kernels.sums import sum_over


def cell_inputs(x, n_axes, states, wx, wh, b, n_gates):
    """All as float arrays of the dtype of ``x``, which has 2 axes for one step and 3 for a sequence.

    ValueError when the shapes do not fit together, or one is empty.
    """
    x = as_float(x, name="x")
    states = tuple(as_float(s, x.dtype, name="state") for s in states)
    wx, wh, b = (as_float(a, x.dtype, name=name) for a, name in ((wx, "wx"), (wh, "wh"), (b, "b")))
    n_hidden = len(wh) if wh.ndim else 0
    width = n_gates * n_hidden
    fits = x.ndim == n_axes and x.size > 0 and n_hidden > 0 and all(s.shape == (len(x), n_hidden) for s in states)
    if not fits or (wx.shape, wh.shape, b.shape) != ((x.shape[-1], width), (n_hidden, width), (width,)):
        sizes = "(N, D)" if n_axes == 2 else "(N, T, D)"
        columns = "H" if n_gates == 1 else f"{n_gates} H"
        raise ValueError(
            f"x {sizes}, states (N, H), wx (D, {columns}), wh (H, {columns}), b ({columns},) expected, "
            f"got {x.shape}, {', '.join(str(s.shape) for s in states)}, {wx.shape}, {wh.shape}, {b.shape}"
        )
    return x, states, wx, wh, b


def gradient_inputs(dh, h, steps):
    """``dh`` in the shape and dtype of ``h``, and ``steps`` as an int: the sequence's length when nothing is cut."""
    dh = same_shape(dh, h.shape, h.dtype, name="dh")
    return dh, h.shape[1] if steps is None else integer(steps, 1, name="steps")


def head_count(n_heads, n_features):
    """``n_heads`` as an int that divides the number of features."""
    n_heads = integer(n_heads, 1, name="n_heads")
    if n_features % n_heads:
        raise ValueError(f"n_heads must divide the number of features, {n_features}, got {n_heads}")
    return n_heads


def as_mask(mask, shape):
    """``mask`` as a bool array, True = may attend, that broadcasts to ``shape`` and does not enlarge it."""
    mask = np.asarray(mask)
    if mask.dtype != bool:
        advice = ": type mask.astype(bool) if 1 means so" if np.isin(mask, (0, 1)).all() else ""
        raise TypeError(f"mask must be boolean, True = may attend, got {mask.dtype}{advice}")
    pairs = zip(mask.shape[::-1], shape[::-1], strict=False)
    if mask.ndim > len(shape) or any(m not in (1, size) for m, size in pairs):
        raise ValueError(f"mask must have the shape {shape}, or broadcast to it, got {mask.shape}")
    return mask


def affine_per_step(x, wx, b):
    """x[:, t] @ wx + b, (N, T, M), for all time steps in one matrix product: they do not wait for each other."""
    z = x.reshape(-1, x.shape[2]) @ wx
    z += b
    return z.reshape(*x.shape[:2], -1)


def affine_per_step_backward(dz, x, wx):
    """Backward pass of ``affine_per_step``: dx, dwx, db."""
    rows = dz.reshape(-1, dz.shape[2])
    return (rows @ wx.T).reshape(x.shape), x.reshape(-1, x.shape[2]).T @ rows, sum_over(rows)


def recurrent_weight_gradient(dz, h, h0):
    """The sum over time of h[:, t-1].T @ dz[:, t]."""
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    return before.reshape(-1, h.shape[2]).T @ dz.reshape(-1, dz.shape[2])


def transposed(w):
    """w.T in a layout of its own: A @ B is faster than A @ B.T for small matrices, and time repeats it."""
    return np.ascontiguousarray(w.T)
