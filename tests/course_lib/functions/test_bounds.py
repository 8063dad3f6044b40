"""No function touches memory beyond its arrays.

Every array that a function gets, and every one that it makes by way of NumPy, lies between two fences whose bytes are
all ones. What reads a fence reads NaN, and what writes there is found out. The arrays that a kernel makes for itself
are not fenced: ``make soak`` runs all tests once under NUMBA_BOUNDSCHECK=1, which watches these too.
"""

import os
import subprocess
import sys
from functools import partial
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_convolution import cases as convolutions
from test_pooling import cases as poolings

from course_lib.compression.int8_inference import Int8Affine, int8_affine_forward, quantize_affine
from course_lib.compression.quantization import calibrate, quantize
from course_lib.data.augmentation import rotate
from course_lib.functions import activations, losses, pooling
from course_lib.functions.attention import additive_attention_backward, additive_attention_forward
from course_lib.functions.convolution import conv2d_backward, conv2d_forward
from course_lib.functions.gru import gru_backward, gru_forward
from course_lib.functions.lstm import lstm_backward, lstm_forward
from course_lib.functions.recurrent import rnn_backward, rnn_forward
from course_lib.functions.transformer import embedding_backward, embedding_forward
from course_lib.functions.unfold import col2im, im2col
from course_lib.optimizers.adam import Adam, AdaMax, Nadam
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp
from course_lib.optimizers.moving_average import ewma
from course_lib.selection.decision_stump import Presorted, fit_stump, presort

MARGIN = 4096  # bytes: more than a row of any array below
seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 5)
dtypes = st.sampled_from([np.float32, np.float64])


class Fences:
    """Arrays in the middle of larger memories, and whether the rest of these is unchanged."""

    def __init__(self):
        self.memories = []

    def around(self, shape, dtype):
        """A new array of ones in every bit."""
        dtype = np.dtype(dtype)
        n_bytes = int(np.prod(shape)) * dtype.itemsize
        memory = np.full(MARGIN + n_bytes + MARGIN, 255, np.uint8)
        self.memories.append((memory, n_bytes))
        return memory[MARGIN : MARGIN + n_bytes].view(dtype).reshape(shape)

    def copy(self, x):
        fenced = self.around(x.shape, x.dtype)
        fenced[...] = x
        return fenced

    def empty(self, shape, dtype=float, order="C"):
        return self.around(shape, dtype) if order == "C" else self.around(shape[::-1], dtype).T

    def zeros(self, shape, dtype=float):
        return self.copy(np.broadcast_to(np.dtype(dtype).type(0), shape))

    def empty_like(self, x, dtype=None):
        return self.around(x.shape, dtype or x.dtype)

    def zeros_like(self, x, dtype=None):
        return self.zeros(x.shape, dtype or x.dtype)

    def stand(self):
        return all((m[:MARGIN] == 255).all() and (m[MARGIN + n :] == 255).all() for m, n in self.memories)


def assert_stays_inside(run, *arrays):
    """``run(*arrays)`` returns the same among fences, and leaves them intact."""
    expected = run(*(a.copy() for a in arrays))  # compiles what is needed, before NumPy's functions are others
    fences = Fences()
    fenced = [fences.copy(a) for a in arrays]
    makers = {name: getattr(fences, name) for name in ("empty", "zeros", "empty_like", "zeros_like")}
    with mock.patch.multiple(np, **makers):
        got = run(*fenced)
    assert fences.stand()
    assert len(fences.memories) > len(arrays)
    for result, wanted in zip(got, expected, strict=True):
        # the same arithmetic at another address: at most, sums are rounded in another order
        tolerance = 1e-4 if np.asarray(wanted).dtype == np.float32 else 1e-10
        np.testing.assert_allclose(result, wanted, rtol=tolerance, atol=tolerance)


def normal(seed, dtype, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


@given(seeds, poolings(), dtypes)
def test_pooling(seed, case, dtype):
    shape, window = case

    def largest(x):
        out, cache = pooling.max_pool2d_forward(x, **window)
        return out, pooling.max_pool2d_backward(np.ones_like(out), cache)

    def mean(x):
        out, cache = pooling.avg_pool2d_forward(x, **window)
        return out, pooling.avg_pool2d_backward(np.ones_like(out), cache)

    for run in (largest, mean):
        assert_stays_inside(run, *normal(seed, dtype, shape))


@given(seeds, convolutions(), dtypes)
def test_convolution(seed, case, dtype):
    x_shape, w_shape, window = case

    def convolve(x, w, b):
        out, cache = conv2d_forward(x, w, b, **window)
        return out, *conv2d_backward(np.ones_like(out), cache)

    def unfold(x):
        cols = im2col(x, w_shape[2:], **window)
        return cols, col2im(cols, x.shape, w_shape[2:], **window)

    assert_stays_inside(convolve, *normal(seed, dtype, x_shape, w_shape, w_shape[:1]))
    assert_stays_inside(unfold, *normal(seed, dtype, x_shape))


@given(seeds, st.tuples(small, small, small, small), dtypes)
def test_rotation(seed, shape, dtype):
    degrees = np.random.default_rng(seed).uniform(-400, 400, shape[0])
    assert_stays_inside(lambda x, angles: (rotate(x, angles),), *normal(seed, dtype, shape), degrees)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "swish", "gelu"])
@given(seed=seeds, size=st.integers(1, 70), dtype=dtypes)
def test_activations(name, seed, size, dtype):
    def run(z, dout):
        return getattr(activations, name)(z), getattr(activations, f"{name}_backward")(dout, z)

    assert_stays_inside(run, *normal(seed, dtype, size, size))


@given(seeds, small, st.integers(1, 9), dtypes)
def test_losses(seed, n, c, dtype):
    labels = np.random.default_rng(seed).integers(0, c, n)
    z, y = normal(seed, dtype, (n, c), (n, c))
    assert_stays_inside(lambda z: (losses.softmax(z),), z)
    assert_stays_inside(losses.softmax_xent, z, labels)
    assert_stays_inside(losses.mse, z, y)
    assert_stays_inside(losses.binary_xent, z, np.clip(y, 0, 1))


RECURRENT = {
    "rnn": (rnn_forward, rnn_backward, 1, 1, 1),
    "lstm": (lstm_forward, lstm_backward, 4, 2, 1),
    "gru": (gru_forward, gru_backward, 3, 1, 2),
}


@pytest.mark.parametrize("name", RECURRENT)
@given(seed=seeds, sizes=st.tuples(small, small, small, small), steps=st.sampled_from([None, 1, 2]), dtype=dtypes)
def test_recurrent_networks(name, seed, sizes, steps, dtype):
    forward, backward, n_gates, n_states, n_biases = RECURRENT[name]
    N, T, D, H = sizes

    def run(*inputs):
        h, *more, cache = forward(*inputs)
        return h, *more, *backward(np.ones_like(h), cache, steps)

    shapes = [(N, T, D), *[(N, H)] * n_states, (D, n_gates * H), (H, n_gates * H), *[(n_gates * H,)] * n_biases]
    assert_stays_inside(run, *normal(seed, dtype, *shapes))


@given(seeds, st.tuples(small, small, small, small), dtypes)
def test_attention_and_embedding(seed, sizes, dtype):
    N, T, S, D = sizes

    def attend(*inputs):
        out, cache = additive_attention_forward(*inputs)
        return out, *additive_attention_backward(np.ones_like(out), cache)

    def embed(ids, table):
        out, cache = embedding_forward(ids, table)
        return out, embedding_backward(np.ones_like(out), cache)

    assert_stays_inside(attend, *normal(seed, dtype, (N, T, D), (N, S, D), (N, S, D), (D, 2), (D, 2), (2,)))
    assert_stays_inside(embed, np.random.default_rng(seed).integers(0, S, (N, T)), *normal(seed, dtype, (S, D)))


OPTIMIZERS = (
    *(partial(kind, 0.1) for kind in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdaMax, Nadam)),
    partial(Momentum, 0.1, convention="ema"),
)


@pytest.mark.parametrize("make", OPTIMIZERS)
@given(seed=seeds, size=st.integers(1, 70), dtype=dtypes)
def test_optimisers(make, seed, size, dtype):
    def run(theta, grad):
        optimizer = make()
        np.empty(1)  # SGD itself needs no array
        for _ in range(2):
            optimizer.step(theta, grad)
        return (theta,)

    assert_stays_inside(run, *normal(seed, dtype, size, size))


@given(seeds, st.tuples(small, small, small), dtypes)
def test_averages_and_quantisation(seed, shape, dtype):
    def to_integers(x):
        return (quantize(x, calibrate(x, axis=1)),)

    assert_stays_inside(lambda x: (ewma(x, 0.9),), *normal(seed, dtype, shape))
    assert_stays_inside(to_integers, *normal(seed, dtype, shape))


@given(seeds, st.integers(1, 9), small, small, dtypes, st.sampled_from(["error", "gini"]))
def test_stumps(seed, n, d, c, dtype, criterion):
    def ask(values, samples, labels, weights):
        np.empty(1)  # a stump itself needs no array
        stump = fit_stump(Presorted(values, samples), labels, weights, n_classes=c, criterion=criterion)
        return stump.feature, stump.threshold, stump.left, stump.right

    rng = np.random.default_rng(seed)
    data = presort(rng.integers(0, 4, (n, d)).astype(dtype))
    assert_stays_inside(ask, data.values, data.samples, rng.integers(0, c, n), rng.uniform(0.1, 1, n))


@given(seeds, small, st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_integer_layers(seed, n, d, m, last):
    x, w, b = normal(seed, np.float64, (n, d), (d, m), m)
    made = quantize_affine(w, b, calibrate(x), None if last else calibrate(x @ w))

    def run(q, *arrays):
        return (int8_affine_forward(q, Int8Affine(*arrays, made.out)),)

    arrays = made.w, made.offset, made.scale, made.multiplier, made.shift
    assert_stays_inside(run, quantize(x, calibrate(x)), *arrays)


BEYOND = """
import numpy as np
from course_lib.functions.activations import _relu
print("checked", flush=True)
_relu(np.zeros(3), np.zeros(3)[:2])
"""


@pytest.mark.soak
@pytest.mark.compiled
def test_the_flag_watches_the_bounds_whatever_was_compiled_before(tmp_path):
    """A cache that holds the kernel without checks, as after ``make setup``, does not switch them off; nor on."""
    for flag, fails in ((None, False), ("1", True), (None, False)):
        environment = {key: value for key, value in os.environ.items() if key != "NUMBA_BOUNDSCHECK"}
        environment |= {"NUMBA_CACHE_DIR": str(tmp_path)} | ({"NUMBA_BOUNDSCHECK": flag} if flag else {})
        done = subprocess.run([sys.executable, "-c", BEYOND], env=environment, capture_output=True, text=True)
        assert done.stdout == "checked\n"
        assert ("IndexError" in done.stderr) == fails == (done.returncode != 0)
