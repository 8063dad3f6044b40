"""Inference in integers: 8-bit inputs and weights, 32-bit sums, and a rescaling without a floating-point number.

With x = s_x (q_x - z_x), w = s_w q_w and out = s_out (q_out - z_out), an affine layer is (Jacob et al.
2018, eq. 4 to 8)

    q_out = z_out + m * (sum_d q_x q_w - z_x sum_d q_w + b / (s_x s_w)),    m = s_x s_w / s_out.

The second and third term are known beforehand, and m = multiplier * 2**-shift with an integer multiplier.
"""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import array_of, as_float, finite, matrix, not_empty, same_shape
from course_lib._arguments.entries import integers
from course_lib._arguments.numbers import Interval
from course_lib._arguments.objects import instance
from course_lib.compression.quantization import Quantizer, calibrate, quantize, symmetric_quantizer
from course_lib.kernels.decorators import kernel
from course_lib.layers.base import evaluating
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential

# |q_x q_w| <= 255 * 127: the sum of more terms than this might not fit into 31 bits
MAX_INPUTS = 2**31 // (255 * 127)


@dataclass(frozen=True)
class Int8Affine:
    """An affine layer in integers, as ``quantize_affine`` makes it.

    Attributes
    ----------
    w : (M, D) int8 array, the transpose of the layer's weights: each output's inputs are neighbours in memory
    offset : (M,) int64 array, round(b / (s_x s_w)) - z_x sum_d q_w
    scale : (M,) float64 array, s_x s_w: what one unit of the sum is worth
    multiplier, shift : (M,) int64 arrays, m = multiplier * 2**-shift; empty without ``out``
    out : Quantizer of the outputs, or None for a last layer with real outputs

    Raises
    ------
    ValueError
        When an array has another shape or dtype, or there are so many inputs that a sum may overflow.
    """

    w: np.ndarray
    offset: np.ndarray
    scale: np.ndarray
    multiplier: np.ndarray
    shift: np.ndarray
    out: Quantizer | None

    def __post_init__(self):
        # the kernels read w as (M, D) and the vectors as (M,), and add in 32 bits
        M, D = self.w.shape
        n_factors = 0 if self.out is None else M
        for name, shape, dtype in (
            ("w", (M, D), np.int8),
            ("offset", (M,), np.int64),
            ("scale", (M,), np.float64),
            ("multiplier", (n_factors,), np.int64),
            ("shift", (n_factors,), np.int64),
        ):
            value = getattr(self, name)
            if value.shape != shape or value.dtype != dtype:
                raise ValueError(f"{name} must be {np.dtype(dtype)} {shape}, got {value.dtype} {value.shape}")
        if not 1 <= D <= MAX_INPUTS:
            raise ValueError(f"1 to {MAX_INPUTS} inputs fit into a 32-bit sum, got {D}")
        integers(self.multiplier, 0, 2**31 - 1, name="multiplier")
        integers(self.shift, 1, 62, name="shift")

    @property
    def n_bytes(self) -> int:
        """Bytes to store: weights in 1, and for each output offset, scale, multiplier in 4, shift in 1."""
        return self.w.size + 13 * len(self.w)


def quantize_affine(w, b, x_quantizer: Quantizer, out_quantizer: Quantizer | None, *, per_channel=True) -> Int8Affine:
    """An affine layer in integers: symmetric int8 weights, uint8 inputs and outputs.

    An output range that begins at 0 makes the layer one with ReLU: what is negative is clipped.

    Parameters
    ----------
    w : (D, M) array
    b : (M,) array
    x_quantizer, out_quantizer : Quantizers of whole tensors, uint8; None for real outputs
    per_channel : bool, one scale for each output's weights, or one for all

    Returns
    -------
    Int8Affine

    Raises
    ------
    TypeError
        When a quantiser is not a ``Quantizer``.
    ValueError
        When the shapes do not fit together, weights or biases are not finite, D is so large that the sum may overflow,
        a quantiser is not uint8 with one scale, or the scales multiply to 0 or infinity.
    """
    w = finite(array_of(w, ("D", "M"), name="w"), name="w")
    b = finite(same_shape(b, w.shape[1:], np.float64, name="b"), name="b")
    _of_whole_tensor(x_quantizer, "x_quantizer")
    if out_quantizer is not None:
        _of_whole_tensor(out_quantizer, "out_quantizer")
    # A bias that is huge compared with its weights must fit into 30 bits: it decides the scale then.
    largest = np.abs(w).max(axis=0 if per_channel else None).astype(np.float64)
    least = np.abs(b) if per_channel else np.abs(b).max()
    w_quantizer = symmetric_quantizer(
        np.broadcast_to(np.maximum(largest, 127 / 2**30 * least / x_quantizer.scale[0]), b.shape), axis=1
    )
    q_w = np.ascontiguousarray(quantize(w, w_quantizer).T)
    with np.errstate(over="ignore"):
        scale = x_quantizer.scale[0] * w_quantizer.scale
    if not ((scale >= np.finfo(np.float64).tiny) & (scale < np.inf)).all():
        raise ValueError(f"the scales of x and w multiply to {scale}, no normal number: scale x or w")
    offset = np.rint(b / scale).astype(np.int64) - x_quantizer.zero_point[0] * q_w.sum(axis=1, dtype=np.int64)
    multiplier, shift = (
        np.empty((2, 0), np.int64) if out_quantizer is None else fixed_point(scale / out_quantizer.scale)
    )
    return Int8Affine(q_w, offset, scale, multiplier, shift, out_quantizer)


def fixed_point(m):
    """Integers with multiplier * 2**-shift = m to 31 bits (Jacob et al. 2018, eq. 6; their M_0 is multiplier / 2**31).

    Parameters
    ----------
    m : (M,) array of positive numbers below 2**30

    Returns
    -------
    multiplier : (M,) int64 array, below 2**31
    shift : (M,) int64 array in [1, 62]

    Raises
    ------
    ValueError
        When a number is outside its range.
    """
    m = Interval(0, 2**30, open_low=True, open_high=True).every(as_float(m, np.float64, name="m"), name="m")
    _, exponent = np.frexp(m)
    shift = np.minimum(31 - exponent, 62).astype(np.int64)
    # rounding up to 2**31 itself would need a 32nd bit
    return np.minimum(np.rint(np.ldexp(m, shift)), 2**31 - 1).astype(np.int64), shift


def int8_affine_forward(q, layer: Int8Affine):
    """The layer's outputs for quantised inputs; only integers are used unless the outputs are real.

    Halves are rounded up when rescaling.

    Parameters
    ----------
    q : (N, D) uint8 array
    layer : Int8Affine

    Returns
    -------
    out : (N, M) uint8 array; float32 for a layer without a quantiser of its outputs

    Raises
    ------
    TypeError
        When ``layer`` is not an ``Int8Affine``.
    ValueError
        When ``q`` is not uint8, has another width than the layer, or is empty.
    """
    q = not_empty(np.require(q, requirements="CW"), name="q")  # a read-only array would compile the kernel again
    width = instance(layer, Int8Affine, name="layer").w.shape[1]
    if q.ndim != 2 or q.dtype != np.uint8 or q.shape[1] != width:
        raise ValueError(f"q must be uint8 (N, {width}), got {q.dtype} {q.shape}")
    sums = np.empty((len(q), len(layer.w)), np.int32)
    _int8_matmul(q, layer.w, sums)
    if layer.out is None:
        return ((sums + layer.offset) * layer.scale).astype(np.float32)
    out = np.empty(sums.shape, np.uint8)
    _requantize(sums, layer.offset, layer.multiplier, layer.shift, int(layer.out.zero_point[0]), layer.out.qmax, out)
    return out


@dataclass(frozen=True)
class Int8MLP:
    """A network in integers: calling it with ``x`` (N, D) gives float32 logits (N, C). NaN counts as 0."""

    x_quantizer: Quantizer
    layers: tuple[Int8Affine, ...]

    def __call__(self, x):
        q = quantize(matrix(x), self.x_quantizer)
        for layer in self.layers:
            q = int8_affine_forward(q, layer)
        return q

    @property
    def n_bytes(self) -> int:
        """Bytes to store the layers, and a scale and a zero point for each of their inputs."""
        return sum(layer.n_bytes + 5 for layer in self.layers)


def quantize_mlp(network: Sequential, x, *, per_channel=True) -> Int8MLP:
    """A trained network in integers (post-training static quantisation).

    Parameters
    ----------
    network : Sequential of ``Affine`` layers, with ReLU or nothing between them; the last layer is affine
    x : (N, D) array, some of the training data: the ranges of the inputs and activations are taken from them. Later
        values beyond them are clipped.
    per_channel : bool, as in ``quantize_affine``

    Returns
    -------
    Int8MLP

    Raises
    ------
    TypeError
        When ``network`` is not a ``Sequential``.
    ValueError
        When the network has other layers, or ``x`` or what becomes of it is not finite.
    """
    instance(network, Sequential, name="network")
    layers = [layer for layer in network.layers if not (isinstance(layer, Activation) and layer.name == "identity")]
    for layer in layers:
        if not (isinstance(layer, Affine) or (isinstance(layer, Activation) and layer.name == "relu")):
            raise ValueError(
                f"Affine layers and ReLU expected, got {type(layer).__name__} {getattr(layer, 'name', '')}"
            )
    if not layers or not all(isinstance(layer, Affine) for layer in (layers[0], layers[-1])):
        raise ValueError("the first and the last layer must be affine")
    activations = matrix(x, network.dtype)
    first = x_quantizer = calibrate(activations)
    quantized = []
    with evaluating(network):
        for i, layer in enumerate(layers):
            if not isinstance(layer, Affine):
                continue
            following = layers[i + 1 : i + 2]
            activations = layer.forward(activations)
            if following and not isinstance(following[0], Affine):
                activations = following[0].forward(activations)
            out = calibrate(activations) if following else None
            w, b = layer.params["w"], layer.params["b"]
            quantized.append(quantize_affine(w, b, x_quantizer, out, per_channel=per_channel))
            x_quantizer = out
    return Int8MLP(first, tuple(quantized))


def _of_whole_tensor(quantizer, name):
    if instance(quantizer, Quantizer, name=name).dtype != np.uint8 or quantizer.scale.shape != (1,):
        raise ValueError(f"{name} must be a uint8 quantiser of a whole tensor, got {quantizer}")


@kernel
def _int8_matmul(x, w, sums):
    """sums = x @ w.T for x (N, D) uint8 and w (M, D) int8, in int32: D is at most MAX_INPUTS (``Int8Affine``)."""
    n_inputs, last = x.shape[1], w.shape[0] - 1
    for n in range(x.shape[0]):
        row, out = x[n], sums[n]
        # Four outputs share each load of the inputs. Beyond the last output, that one is computed again.
        for m in range(0, last + 1, 4):
            m1, m2, m3 = min(m + 1, last), min(m + 2, last), min(m + 3, last)
            w0, w1, w2, w3 = w[m], w[m1], w[m2], w[m3]
            s0, s1, s2, s3 = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
            # 32-bit casts: Numba widens integers to 64 bits, which halves the numbers in a register
            for d in range(n_inputs):
                value = np.int32(row[d])
                s0 = np.int32(s0 + value * np.int32(w0[d]))
                s1 = np.int32(s1 + value * np.int32(w1[d]))
                s2 = np.int32(s2 + value * np.int32(w2[d]))
                s3 = np.int32(s3 + value * np.int32(w3[d]))
            out[m], out[m1], out[m2], out[m3] = s0, s1, s2, s3


@kernel
def _requantize(sums, offset, multiplier, shift, zero_point, qmax, out):
    """out = clip(zero_point + round(multiplier * 2**-shift * (sums + offset)), 0, qmax), in integers.

    ``sums`` and ``out`` (N, M), the others (M,) (``Int8Affine``).
    """
    one = np.int64(1)
    for n in range(sums.shape[0]):
        row, q = sums[n], out[n]
        for m in range(row.size):
            # |row + offset| < 255 * 127 D + 2**30 <= 3 * 2**30, times a factor below 2**31, and half a unit of at most
            # 2**61, which is added before the shift cuts: together below 2**63
            scaled = (row[m] + offset[m]) * multiplier[m] + (one << (shift[m] - 1))
            q[m] = min(max((scaled >> shift[m]) + zero_point, 0), qmax)
