"""Small sound arguments, made afresh for every call, to spoil one at a time."""

import numpy as np

from course_lib.compression.quantization import affine_quantizer, symmetric_quantizer
from course_lib.data.datasets import Split
from course_lib.functions.convolution import conv2d_forward
from course_lib.functions.losses import softmax_xent
from course_lib.functions.pooling import max_pool2d_forward
from course_lib.initialization import glorot_normal
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential, mlp

NAN, INF = float("nan"), float("inf")
RAGGED = [[1.0, 2.0], [3.0]]


def a(*shape, dtype=np.float64):
    """Numbers between -1 and 1, no two alike."""
    return np.linspace(-1, 1, int(np.prod(shape)), dtype=dtype).reshape(shape)


def probs(*shape):
    """Positive numbers that sum to one along the last axis."""
    p = a(*shape) + 2
    return p / p.sum(-1, keepdims=True)


def y(n, n_classes=2):
    return np.arange(n) % n_classes


def one_hot(n, n_classes=2):
    return np.eye(n_classes)[y(n, n_classes)]


def half(*shape):
    return a(*shape).astype(np.float16)


def objects(*shape):
    return a(*shape).astype(object)


def words(*shape):
    return a(*shape).astype(str)


def rng():
    return np.random.default_rng(0)


def frozen(*shape):
    x = a(*shape)
    x.flags.writeable = False
    return x


def net(n_inputs=3, n_hidden=4, n_classes=2, **options):
    return mlp([n_inputs, n_hidden, n_classes], activation="tanh", rng=rng(), **options)


def layers(n_inputs=3, n_classes=2):
    return [Affine(n_inputs, 4, rng=rng()), Activation("relu"), Affine(4, n_classes, rng=rng())]


def relu_net(n_inputs=3):
    return Sequential(*layers(n_inputs))


def after_forward(layer, x):
    layer.forward(x)
    return layer


def split():
    return Split(a(8, 3), y(8), a(4, 3), y(4))


def transposed_glorot(rng, fan_in, fan_out):
    return glorot_normal(rng, fan_out, fan_in)


def sum_of_losses(logits, y):
    """A loss that gives its value, and forgot the gradient."""
    return softmax_xent(logits, y)[0]


def predict(x):
    return probs(len(x), 2)


def learner(x, y, rng):
    return predict


def backprop_of_two_layers(x, y):
    return [x, x], [a(3, 2), a(2, 2)]


# parameters and caches


def rnn(gates=1, d=3, h=2):
    """wx, wh, b of a recurrent network."""
    return a(d, gates * h), a(h, gates * h), a(gates * h)


def gru(d=3, h=2):
    wx, wh, b = rnn(3, d, h)
    return wx, wh, b, b


def attention_params(d=4):
    return {**{k: a(d, d) for k in ("wq", "wk", "wv", "wo")}, **{k: a(d) for k in ("bq", "bk", "bv", "bo")}}


def block_params(d=4):
    inner = {"w1": a(d, 8), "b1": a(8), "w2": a(8, d), "b2": a(d)}
    return attention_params(d) | inner | {k: a(d) for k in ("gamma1", "beta1", "gamma2", "beta2")}


def without(params, key):
    return {k: v for k, v in params.items() if k != key}


def two_layers():
    return {"w1": a(3, 4), "b1": a(4), "w2": a(4, 2), "b2": a(2)}


def rbm():
    return {"w": a(3, 2), "b": a(3), "c": a(2)}


def statistics(c=3):
    return {"mean": np.zeros(c), "var": np.ones(c)}


def conv_cache():
    return conv2d_forward(a(2, 1, 4, 4), a(3, 1, 2, 2), a(3))[1]


def pool_cache(*options):
    return max_pool2d_forward(a(2, 1, 4, 4), *options)[1]


def uint8_quantizer():
    return affine_quantizer(-1.0, 1.0)


def int8_quantizer():
    return symmetric_quantizer(1.0)
