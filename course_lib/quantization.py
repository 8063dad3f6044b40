"""Affine quantisation: numbers as 8-bit integers q with real = scale * (q - zero_point) (Jacob et al. 2018, eq. 1)."""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments import as_float
from course_lib._numba import kernel


@dataclass(frozen=True)
class Quantizer:
    """The numbers that stand for real ones, and how.

    Attributes
    ----------
    scale : (C,) float64 array, positive; C = 1 for a whole tensor, else the channels along ``axis``
    zero_point : (C,) int64 array in [qmin, qmax]: the integer that stands for 0 exactly. Padding, ReLU and pruned
        weights need an exact zero.
    qmin, qmax : int, the range of the integers
    axis : int, the channels' axis, or None for one scale for the whole tensor
    """

    scale: np.ndarray
    zero_point: np.ndarray
    qmin: int
    qmax: int
    axis: int | None = None

    @property
    def dtype(self):
        """The integers' type: int8 when they may be negative, else uint8."""
        return np.dtype(np.int8 if self.qmin < 0 else np.uint8)


def affine_quantizer(low, high, *, bits=8, signed=False, axis=None) -> Quantizer:
    """All 2**bits integers spread over [low, high], which is widened to contain 0 (Jacob et al. 2018, section 3).

    scale = (high - low) / (2**bits - 1) and zero_point = round(qmin - low / scale). PyTorch's ``MinMaxObserver`` with
    ``torch.per_tensor_affine`` does the same, with a least scale of 1.2e-7. A range of nothing but 0 gets the scale 1.

    Parameters
    ----------
    low, high : floats, or (C,) arrays for channels; the least and largest numbers to be expected
    bits : int in [2, 8]
    signed : bool; integers from -2**(bits - 1) (int8) instead of from 0 (uint8)
    axis : int, the channels' axis, or None

    Returns
    -------
    Quantizer

    Raises
    ------
    ValueError
        When a range is not finite or upside down, or ``bits`` is not in [2, 8].
    """
    n_steps = 2 ** _checked(bits) - 1
    qmin = -(n_steps + 1) // 2 if signed else 0
    qmax = qmin + n_steps
    low, high = (np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (low, high))
    if not (np.isfinite(low).all() and np.isfinite(high).all() and (low <= high).all()):
        raise ValueError(f"finite low <= high expected, got {low} and {high}")
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    # divided first: high - low may overflow
    scale = _positive(high / n_steps - low / n_steps)
    zero_point = np.clip(np.rint(qmin - low / scale), qmin, qmax).astype(np.int64)
    return Quantizer(scale, zero_point, qmin, qmax, axis)


def symmetric_quantizer(max_abs, *, bits=8, axis=None) -> Quantizer:
    """Integers in [-(2**(bits - 1) - 1), 2**(bits - 1) - 1] over [-max_abs, max_abs], with the zero point 0.

    For weights: the most negative integer, -128, is left out, as Jacob et al. 2018 (section 3) do, so that -w is
    quantised as w is. PyTorch keeps it with ``torch.per_tensor_symmetric``: its scale is max_abs / 127.5.

    Parameters
    ----------
    max_abs : float, or (C,) array for channels; at least 0
    bits : int in [2, 8]
    axis : int, the channels' axis, or None

    Returns
    -------
    Quantizer

    Raises
    ------
    ValueError
        When ``max_abs`` is negative or not finite, or ``bits`` is not in [2, 8].
    """
    qmax = 2 ** (_checked(bits) - 1) - 1
    max_abs = np.atleast_1d(np.asarray(max_abs, dtype=np.float64))
    if not (np.isfinite(max_abs).all() and (max_abs >= 0).all()):
        raise ValueError(f"finite max_abs, at least 0, expected, got {max_abs}")
    return Quantizer(_positive(max_abs / qmax), np.zeros(max_abs.shape, np.int64), -qmax, qmax, axis)


def calibrate(x, *, symmetric=False, bits=8, signed=False, axis=None) -> Quantizer:
    """The quantiser for the range that the entries of ``x`` have.

    Parameters
    ----------
    x : array: a weight matrix, or a layer's outputs for samples of the training data
    symmetric : bool; ``symmetric_quantizer`` (always signed) instead of ``affine_quantizer``
    bits, signed : as there
    axis : int, the axis whose channels get scales of their own (for the weights (D, M) of an affine layer: 1), or None

    Returns
    -------
    Quantizer

    Raises
    ------
    ValueError
        When ``x`` has no entries, or infinite ones or NaN.
    """
    x = as_float(x)
    if not x.size:
        raise ValueError(f"at least one entry expected, got shape {x.shape}")
    others = None if axis is None else tuple(i for i in range(x.ndim) if i != axis % x.ndim)
    low, high = x.min(axis=others), x.max(axis=others)
    if symmetric:
        return symmetric_quantizer(np.maximum(np.abs(low), np.abs(high)), bits=bits, axis=axis)
    return affine_quantizer(low, high, bits=bits, signed=signed, axis=axis)


def quantize(x, quantizer: Quantizer):
    """q = clip(round(x / scale) + zero_point, qmin, qmax), halves to the even integer, as in PyTorch.

    PyTorch multiplies by 1 / scale in float32: an entry that lies halfway but for round-off may go to the neighbour.

    Parameters
    ----------
    x : array of any shape. NaN gives the zero point.
    quantizer : Quantizer

    Returns
    -------
    q : int8 or uint8 array, the shape of ``x``

    Raises
    ------
    ValueError
        When ``x`` does not have one channel for each scale.
    """
    x = as_float(x)
    q = np.empty(x.shape, quantizer.dtype)
    shape = _channel_shape(x, quantizer)
    limits = float(quantizer.qmin), float(quantizer.qmax)
    _quantize(x.reshape(shape), quantizer.scale, quantizer.zero_point, *limits, q.reshape(shape))
    return q


def dequantize(q, quantizer: Quantizer, dtype=np.float64):
    """scale * (q - zero_point) (Jacob et al. 2018, eq. 1): an array of ``dtype``, the shape of ``q``."""
    q = np.asarray(q)
    _channel_shape(q, quantizer)
    shape = _beside(q, quantizer)
    real = quantizer.scale.reshape(shape) * (q.astype(np.int64) - quantizer.zero_point.reshape(shape))
    return real.astype(dtype)


def fake_quantize_forward(x, quantizer: Quantizer):
    """dequantize(quantize(x)), for training a network that will be quantised (Jacob et al. 2018, section 3, eq. 12).

    Parameters
    ----------
    x : array of any shape
    quantizer : Quantizer

    Returns
    -------
    out : array, the shape and dtype of ``x``
    cache : boolean array, the shape of ``x``: where the integer did not have to be clipped
    """
    x = as_float(x)
    shape = _beside(x, quantizer)
    out = dequantize(quantize(x, quantizer), quantizer, x.dtype)
    unclipped = np.rint(x / quantizer.scale.reshape(shape)) + quantizer.zero_point.reshape(shape)
    return out, (quantizer.qmin <= unclipped) & (unclipped <= quantizer.qmax)


def fake_quantize_backward(dout, cache):
    """Straight-through gradient: dx = dout where the entry lay within the range, else 0 (Bengio et al. 2013).

    The true derivative of a staircase is zero almost everywhere; this is that of the line through its steps. PyTorch's
    ``fake_quantize_per_tensor_affine`` does the same.

    Parameters
    ----------
    dout : array, the shape of ``out``
    cache : from the forward pass

    Returns
    -------
    dx : array, the shape of ``dout``
    """
    dout = as_float(dout)
    if dout.shape != cache.shape:
        raise ValueError(f"dout must have the shape {cache.shape}, got {dout.shape}")
    return np.where(cache, dout, dout.dtype.type(0))


@kernel
def _quantize(x, scale, zero_point, qmin, qmax, q):
    """x and q (outer, channels, inner)."""
    for o in range(x.shape[0]):
        for c in range(x.shape[1]):
            row, out, step, zero = x[o, c], q[o, c], scale[c], float(zero_point[c])
            for i in range(row.size):
                value = np.rint(row[i] / step) + zero
                # NaN has no integer: it is the only number that differs from itself
                value = min(max(value, qmin), qmax) if value == value else zero
                out[i] = np.int64(value)


def _checked(bits):
    if not 2 <= bits <= 8:
        raise ValueError(f"bits must lie in [2, 8], got {bits}")
    return int(bits)


def _positive(scale):
    return np.where(scale > 0, scale, 1.0)


def _beside(x, quantizer):
    """The shape in which a (C,) array meets ``x``."""
    shape = [1] * x.ndim
    if quantizer.axis is not None:
        shape[quantizer.axis] = -1
    return tuple(shape) if x.ndim else ()


def _channel_shape(x, quantizer):
    """(outer, channels, inner) of ``x``."""
    if quantizer.axis is None:
        return 1, 1, x.size
    axis = quantizer.axis % x.ndim
    if x.shape[axis] != len(quantizer.scale):
        raise ValueError(f"{len(quantizer.scale)} channels along axis {axis} expected, got shape {x.shape}")
    return int(np.prod(x.shape[:axis])), x.shape[axis], int(np.prod(x.shape[axis + 1 :]))
