"""Affine quantisation: numbers as 8-bit integers q with real = scale * (q - zero_point) (Jacob et al. 2018, eq. 1)."""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import array_of, as_float, finite, float_type, not_empty, same_shape
from course_lib._arguments.entries import integers
from course_lib._arguments.numbers import NOT_NEGATIVE, POSITIVE, integer
from course_lib._arguments.objects import instance
from course_lib.kernels.decorators import kernel


@dataclass(frozen=True)
class Quantizer:
    """The numbers that stand for real ones, and how.

    Raises
    ------
    TypeError, ValueError
        When an attribute is not as described below.

    Attributes
    ----------
    scale : (C,) float64 array, positive; C = 1 for a whole tensor, else the channels along ``axis``
    zero_point : (C,) int64 array in [qmin, qmax]: the integer that stands for 0 exactly. Padding, ReLU and pruned
        weights need an exact zero.
    qmin, qmax : int, the range of the integers: within that of int8, or of uint8
    axis : int, the channels' axis, or None for one scale for the whole tensor
    """

    scale: np.ndarray
    zero_point: np.ndarray
    qmin: int
    qmax: int
    axis: int | None = None

    def __post_init__(self):
        # the kernel takes a scale and a zero point for each channel, and writes integers of 8 bits
        low, high = (-128, 127) if self.qmin < 0 else (0, 255)
        integer(self.qmin, low, high - 1, name="qmin")
        integer(self.qmax, self.qmin + 1, high, name="qmax")
        POSITIVE.every(array_of(instance(self.scale, np.ndarray, name="scale"), ("C",), name="scale"), name="scale")
        integers(instance(self.zero_point, np.ndarray, name="zero_point"), self.qmin, self.qmax, name="zero_point")
        same_shape(self.zero_point, self.scale.shape, name="zero_point")
        if self.axis is None and len(self.scale) > 1:
            raise ValueError(f"axis must name the channels' axis, because there are {len(self.scale)} scales, got None")
        if self.axis is not None:
            integer(self.axis, name="axis")

    @property
    def dtype(self):
        """The integers' type: int8 when they may be negative, else uint8."""
        return np.dtype(np.int8 if self.qmin < 0 else np.uint8)


def affine_quantizer(low, high, *, bits=8, signed=False, axis=None) -> Quantizer:
    """All 2**bits integers spread over [low, high], which is widened to contain 0 (Jacob et al. 2018, section 3).

    scale = (high - low) / (2**bits - 1) and zero_point = round(qmin - low / scale). PyTorch's ``MinMaxObserver`` with
    ``torch.per_tensor_affine`` does the same, with a least scale of 1.2e-7. Here a range of nothing but 0, or so small
    that the scale would be below 2.2e-308, where numbers lose their digits, gets the scale 1.

    Parameters
    ----------
    low, high : floats, or (C,) arrays for channels; the least and largest numbers to be expected
    bits : int in [2, 8]
    signed : bool; integers from -2**(bits - 1) (int8) instead of from 0 (uint8)
    axis : int, the channels' axis, or None when there is one range for all

    Returns
    -------
    Quantizer

    Raises
    ------
    TypeError
        When ``bits`` or ``axis`` is not an integer.
    ValueError
        When ranges are not finite or upside down, or several without an axis, or ``bits`` is not in [2, 8].
    """
    n_steps = 2 ** integer(bits, 2, 8, name="bits") - 1
    qmin = -(n_steps + 1) // 2 if signed else 0
    qmax = qmin + n_steps
    low, high = _channels(low, "low"), _channels(high, "high")
    if low.shape != high.shape or not (low <= high).all():
        raise ValueError(f"as many low as high expected, and low <= high, got {low} and {high}")
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
    axis : int, the channels' axis, or None when there is one range for all

    Returns
    -------
    Quantizer

    Raises
    ------
    TypeError
        When ``bits`` or ``axis`` is not an integer.
    ValueError
        When ``max_abs`` is negative or not finite, or several without an axis, or ``bits`` is not in [2, 8].
    """
    qmax = 2 ** (integer(bits, 2, 8, name="bits") - 1) - 1
    max_abs = NOT_NEGATIVE.every(_channels(max_abs, "max_abs"), name="max_abs")
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
        When ``x`` has no entries, or infinite ones or NaN, or no such axis.
    """
    x = finite(not_empty(as_float(x, name="x")))
    others = None if axis is None else tuple(i for i in range(x.ndim) if i != _axis_of(x, axis))
    low, high = x.min(axis=others), x.max(axis=others)
    if symmetric:
        return symmetric_quantizer(np.maximum(np.abs(low), np.abs(high)), bits=bits, axis=axis)
    return affine_quantizer(low, high, bits=bits, signed=signed, axis=axis)


def quantize(x, quantizer: Quantizer):
    """q = clip(round(x / scale) + zero_point, qmin, qmax), halves to the even integer, as in PyTorch.

    PyTorch multiplies by 1 / scale in float32: an entry that lies halfway but for round-off may go to the neighbour.

    Parameters
    ----------
    x : array of any shape. There is no integer for NaN: it gives the zero point, as 0 does; infinity gives the end of
        the range.
    quantizer : Quantizer

    Returns
    -------
    q : int8 or uint8 array, the shape of ``x``

    Raises
    ------
    TypeError
        When ``quantizer`` is not a ``Quantizer``.
    ValueError
        When ``x`` does not have one channel for each scale.
    """
    x = as_float(x, name="x")
    shape = _channel_shape(x, quantizer)
    q = np.empty(x.shape, quantizer.dtype)
    limits = float(quantizer.qmin), float(quantizer.qmax)
    _quantize(x.reshape(shape), quantizer.scale, quantizer.zero_point, *limits, q.reshape(shape))
    return q


def dequantize(q, quantizer: Quantizer, dtype=np.float64):
    """scale * (q - zero_point) (Jacob et al. 2018, eq. 1): an array of ``dtype``, the shape of ``q``.

    Raises
    ------
    TypeError
        When ``q`` are not integers, or ``dtype`` is neither float32 nor float64.
    ValueError
        When ``q`` lie outside the quantiser's range, or do not have one channel for each scale.
    """
    dtype = float_type(dtype)
    q = integers(q, instance(quantizer, Quantizer, name="quantizer").qmin, quantizer.qmax, name="q")
    _channel_shape(q, quantizer)
    shape = _beside(q, quantizer)
    real = quantizer.scale.reshape(shape) * (q.astype(np.int64) - quantizer.zero_point.reshape(shape))
    return real.astype(dtype)


def fake_quantize_forward(x, quantizer: Quantizer):
    """dequantize(quantize(x)), for training a network that will be quantised (Jacob et al. 2018, section 3, eq. 12).

    Parameters
    ----------
    x : array of any shape. NaN stays NaN, so that training shows it; its gradient is 0.
    quantizer : Quantizer

    Returns
    -------
    out : array, the shape and dtype of ``x``
    cache : boolean array, the shape of ``x``: where the integer did not have to be clipped

    Raises
    ------
    TypeError, ValueError
        As ``quantize``.
    """
    x = as_float(x, name="x")
    out = dequantize(quantize(x, quantizer), quantizer, x.dtype)
    out = np.where(np.isnan(x), x, out)
    shape = _beside(x, quantizer)
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

    Raises
    ------
    ValueError
        When ``dout`` has another shape than ``out``.
    """
    dout = same_shape(dout, cache.shape)
    return np.where(cache, dout, dout.dtype.type(0))


@kernel
def _quantize(x, scale, zero_point, qmin, qmax, q):
    """x and q (outer, channels, inner), a scale and a zero point for each channel (``_channel_shape`` sees to it)."""
    for o in range(x.shape[0]):
        for c in range(x.shape[1]):
            row, out, step, zero = x[o, c], q[o, c], scale[c], float(zero_point[c])
            for i in range(row.size):
                value = np.rint(row[i] / step) + zero
                # NaN has no integer: it is the only number that differs from itself
                value = min(max(value, qmin), qmax) if value == value else zero
                out[i] = np.int64(value)


def _channels(values, name):
    """A number, or one for each channel, as a float64 array (C,)."""
    return finite(array_of(np.atleast_1d(as_float(values, np.float64, name=name)), ("C",), name=name), name=name)


def _positive(scale):
    return np.where(scale >= np.finfo(np.float64).tiny, scale, 1.0)


def _axis_of(x, axis):
    """``axis``, counted from the first."""
    return integer(axis, -x.ndim, x.ndim - 1, name="axis") % x.ndim


def _beside(x, quantizer):
    """The shape in which a (C,) array meets ``x``."""
    shape = [1] * x.ndim
    if quantizer.axis is not None:
        shape[quantizer.axis] = -1
    return tuple(shape) if x.ndim else ()


def _channel_shape(x, quantizer):
    """(outer, channels, inner) of ``x``."""
    if instance(quantizer, Quantizer, name="quantizer").axis is None:
        return 1, 1, x.size
    axis = _axis_of(x, quantizer.axis)
    if x.shape[axis] != len(quantizer.scale):
        raise ValueError(f"{len(quantizer.scale)} channels along axis {axis} expected, got shape {x.shape}")
    return int(np.prod(x.shape[:axis])), x.shape[axis], int(np.prod(x.shape[axis + 1 :]))
