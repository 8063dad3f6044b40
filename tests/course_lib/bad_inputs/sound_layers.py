"""Layers with small arguments, and what they should give."""

import numpy as np
from oracles import (
    Case,
    averages,
    classes,
    conv_gradients,
    logistic,
    max_pool_gradient,
    normalized,
    one_hot,
    padded,
    per_channel,
    rotated,
    shares,
    stable_softmax,
    windows,
    xent,
    z,
)
from scipy.special import ndtr

from course_lib.compression.distillation import soft_targets
from course_lib.data.augmentation import flip, rotate, shift
from course_lib.data.feature_scaling import min_max_apply, min_max_fit, standardize_apply, standardize_fit
from course_lib.functions import activations as act
from course_lib.functions.affine import affine_backward, affine_forward
from course_lib.functions.convolution import conv2d_backward, conv2d_forward
from course_lib.functions.dropout import dropout_backward
from course_lib.functions.losses import binary_xent, log_softmax, mse, softmax, softmax_backward, softmax_xent
from course_lib.functions.normalization import (
    batchnorm_forward,
    fold_batchnorm,
    groupnorm_forward,
    instancenorm_forward,
    layernorm_forward,
)
from course_lib.functions.pooling import (
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)
from course_lib.functions.regularization import (
    label_smooth,
    smoothed_softmax_xent,
)
from course_lib.functions.unfold import im2col
from course_lib.models.gan import discriminator_loss, generator_loss
from course_lib.optimizers.moving_average import ewma


def elementwise(name, function, derivative):
    """A pair of an activation and its backward pass, which takes the input."""
    forward, backward = getattr(act, name), getattr(act, f"{name}_backward")
    return [
        Case(name, forward, lambda n, d: (z(n, d),), function),
        Case(f"{name}_backward", backward, lambda n, d: (z(n, d, start=3), z(n, d)), lambda g, x: g * derivative(x)),
    ]


SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805

ACTIVATIONS = [
    *elementwise("relu", lambda x: np.maximum(x, 0), lambda x: x > 0),
    *elementwise("leaky_relu", lambda x: np.where(x > 0, x, 0.01 * x), lambda x: np.where(x > 0, 1, 0.01)),
    *elementwise("elu", lambda x: np.where(x > 0, x, np.expm1(x)), lambda x: np.where(x > 0, 1, np.exp(x))),
    *elementwise(
        "selu",
        lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(x)),
        lambda x: SELU_SCALE * np.where(x > 0, 1, SELU_ALPHA * np.exp(x)),
    ),
    *elementwise("swish", lambda x: x * logistic(x), lambda x: logistic(x) + x * logistic(x) * (1 - logistic(x))),
    *elementwise("gelu", lambda x: x * ndtr(x), lambda x: ndtr(x) + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)),
    # these two take their output back
    *elementwise("sigmoid", logistic, lambda a: a * (1 - a)),
    *elementwise("tanh", np.tanh, lambda a: 1 - a**2),
    Case("prelu", act.prelu, lambda n, d: (z(n, d), z(d)), lambda x, a: np.where(x > 0, x, a * x)),
    Case(
        "prelu_backward",
        act.prelu_backward,
        lambda n, d: (z(n, d, start=2), z(n, d), z(d)),
        lambda g, x, a: (np.where(x > 0, g, a * g), np.where(x > 0, 0, g * x).sum(0)),
    ),
]

DENSE = [
    Case(
        "affine_forward",
        lambda x, w, b: affine_forward(x, w, b)[0],
        lambda n, d: (z(n, d), z(d, 2), z(2)),
        lambda x, w, b: x @ w + b,
    ),
    Case(
        "affine_backward",
        lambda dout, x, w, b: affine_backward(dout, affine_forward(x, w, b)[1]),
        lambda n, d: (z(n, 2), z(n, d), z(d, 2), z(2)),
        lambda dout, x, w, b: (dout @ w.T, x.T @ dout, dout.sum(0)),
    ),
    Case("softmax", softmax, lambda n, d: (z(n, d),), stable_softmax),
    Case("log_softmax", log_softmax, lambda n, d: (z(n, d),), lambda x: np.log(stable_softmax(x))),
    Case(
        "softmax_backward",
        softmax_backward,
        lambda n, d: (z(n, d), shares(n, d)),
        lambda g, p: p * (g - (g * p).sum(-1, keepdims=True)),
    ),
    Case(
        "softmax_xent",
        softmax_xent,
        lambda n, d: (z(n, d), classes(n, d)),
        lambda x, y: xent(x, one_hot(y, x.shape[1])),
    ),
    Case(
        "smoothed_softmax_xent",
        lambda x, y: smoothed_softmax_xent(x, y, 0.1),
        lambda n, d: (z(n, d), classes(n, d)),
        lambda x, y: xent(x, 0.9 * one_hot(y, x.shape[1]) + 0.1 / x.shape[1]),
    ),
    Case(
        "binary_xent",
        binary_xent,
        lambda n, d: (z(n, d), shares(n, d)),
        lambda x, y: (
            (np.logaddexp(0, x) - y * x).mean(),
            (logistic(x) - y) / x.size,
        ),
    ),
    Case(
        "mse",
        mse,
        lambda n, d: (z(n, d), z(n, d, start=4)),
        lambda x, y: (((x - y) ** 2).mean(), 2 * (x - y) / x.size),
    ),
    Case("soft_targets", lambda x: soft_targets(x, 4), lambda n, d: (z(n, d),), lambda x: stable_softmax(x / 4)),
    Case("dropout_backward", dropout_backward, lambda n, d: (z(n, d), z(n, d, start=1)), lambda g, mask: g * mask),
    Case(
        "label_smooth",
        lambda t: label_smooth(t, 0.1),
        lambda n, d: (shares(n, d),),
        lambda t: 0.9 * t + 0.1 / t.shape[1],
    ),
    Case(
        "generator_loss",
        generator_loss,
        lambda n, d: (z(n, d),),
        lambda x: (np.logaddexp(0, -x).mean(), (logistic(x) - 1) / x.size),
    ),
    Case(
        "discriminator_loss",
        discriminator_loss,
        lambda n, d: (z(n, 1), z(n, 1, start=4)),
        lambda r, f: (
            np.logaddexp(0, -r).mean() + np.logaddexp(0, f).mean(),
            (logistic(r) - 1) / r.size,
            logistic(f) / f.size,
        ),
    ),
]

IMAGES = [
    Case(
        "conv2d_forward",
        lambda x, w, b: conv2d_forward(x, w, b, padding=1)[0],
        lambda n, d: (z(n, 1, d, 2), z(2, 1, 2, 2), z(2)),
        lambda x, w, b: np.einsum("ncyxij,mcij->nmyx", windows(padded(x), 2), w) + b[:, None, None],
    ),
    Case(
        "conv2d_backward",
        lambda dout, x, w, b: conv2d_backward(dout, conv2d_forward(x, w, b, padding=1)[1]),
        lambda n, d: (z(n, 2, d + 1, 3, start=2), z(n, 1, d, 2), z(2, 1, 2, 2), z(2)),
        conv_gradients,
    ),
    Case(
        "im2col",
        lambda x: im2col(x, 1),
        lambda n, d: (z(n, 2, d, 2),),
        lambda x: x.reshape(*x.shape[:2], -1),
    ),
    Case(
        "max_pool2d_forward",
        lambda x: max_pool2d_forward(x, 2, 1)[0],
        lambda n, d: (z(n, 2, d + 1, 3),),
        lambda x: windows(x, 2).max((-1, -2)),
    ),
    Case(
        "max_pool2d_backward",
        lambda dout, x: max_pool2d_backward(dout, max_pool2d_forward(x, 2, 1)[1]),
        lambda n, d: (z(n, 2, d, 2, start=2), z(n, 2, d + 1, 3)),
        max_pool_gradient,
    ),
    Case(
        "avg_pool2d_forward",
        lambda x: avg_pool2d_forward(x, 2, 1)[0],
        lambda n, d: (z(n, 2, d + 1, 3),),
        lambda x: windows(x, 2).mean((-1, -2)),
    ),
    Case(
        "global_avg_pool2d",
        lambda x: global_avg_pool2d_forward(x)[0],
        lambda n, d: (z(n, 2, d, 1),),
        lambda x: x.mean((2, 3)),
    ),
    Case(
        "global_avg_pool2d_backward",
        lambda dout, x: global_avg_pool2d_backward(dout, global_avg_pool2d_forward(x)[1]),
        lambda n, d: (z(n, 2), z(n, 2, d, 3)),
        lambda dout, x: np.broadcast_to(dout[:, :, None, None] / x[0, 0].size, x.shape),
    ),
    Case(
        "flip",
        lambda x, where: flip(x, np.asarray(where) == 1),
        lambda n, d: (z(n, 1, d, 3), classes(n, 2)),
        lambda x, where: np.where(where[:, None, None, None] == 1, x[..., ::-1], x),
    ),
    Case(
        "shift",
        lambda x, by: shift(x, by, by),
        lambda n, d: (z(n, 1, d, 2), np.zeros(n, int)),
        lambda x, by: x,
    ),
    Case(
        "rotate",
        lambda x, turns: rotate(x, np.asarray(turns, float) * 90),
        lambda n, d: (z(n, 1, d, d), classes(n, 4)),
        rotated,
    ),
]

NORMS = [
    Case(
        "batchnorm_forward",
        lambda x, g, b: batchnorm_forward(x, g, b, {"mean": np.zeros(len(g)), "var": np.ones(len(g))}, True)[0],
        lambda n, d: (z(n, d), z(d), z(d, start=1)),
        lambda x, g, b: g * normalized(x, 0) + b,
    ),
    Case(
        "batchnorm_forward in evaluation",
        lambda x, mean: batchnorm_forward(x, np.ones(2), np.zeros(2), {"mean": mean, "var": np.ones(2)}, False)[0],
        lambda n, d: (z(n, 2, d, 1), z(2)),
        lambda x, mean: (x - per_channel(mean, x)) / np.sqrt(1 + 1e-5),
    ),
    Case(
        "layernorm_forward",
        lambda x, g, b: layernorm_forward(x, g, b)[0],
        lambda n, d: (z(n, 2, d), z(d), z(d, start=1)),
        lambda x, g, b: g * normalized(x, -1) + b,
    ),
    Case(
        "groupnorm_forward",
        lambda x, g, b: groupnorm_forward(x, g, b, 2)[0],
        lambda n, d: (z(n, 4, d, 1), z(4), z(4, start=1)),
        lambda x, g, b: (
            per_channel(g, x) * normalized(x.reshape(len(x), 2, -1), 2).reshape(x.shape) + per_channel(b, x)
        ),
    ),
    Case(
        "instancenorm_forward",
        lambda x, g, b: instancenorm_forward(x, g, b)[0],
        lambda n, d: (z(n, 2, d, 2), z(2), z(2, start=1)),
        lambda x, g, b: per_channel(g, x) * normalized(x, (2, 3)) + per_channel(b, x),
    ),
    Case(
        "fold_batchnorm",
        lambda w, b, g, beta, mean: fold_batchnorm(w, b, g, beta, mean, np.ones(2)),
        lambda n, d: (z(d, 2), z(2), z(2), z(2), z(2)),
        lambda w, b, g, beta, mean: (w * g / np.sqrt(1 + 1e-5), (b - mean) * g / np.sqrt(1 + 1e-5) + beta),
    ),
    Case("standardize_fit", standardize_fit, lambda n, d: (z(n, d),), lambda x: (x.mean(0), x.std(0))),
    Case(
        "standardize_apply",
        lambda x, m: standardize_apply(x, m, np.full(x.shape[1] if hasattr(x, "shape") else len(x[0]), 2.0)),
        lambda n, d: (z(n, d), z(d)),
        lambda x, m: (x - m) / 2,
    ),
    Case("min_max_fit", min_max_fit, lambda n, d: (z(n, d),), lambda x: (x.min(0), x.max(0))),
    Case(
        "min_max_apply",
        lambda x, low: min_max_apply(x, low, np.asarray(low) + 4.0),
        lambda n, d: (z(n, d), z(d)),
        lambda x, low: (x - low) / 4,
    ),
    Case("ewma", lambda xs: ewma(xs, 0.9), lambda n, d: (z(n, d),), lambda xs: averages(xs, 0.9)),
]

CASES = ACTIVATIONS + DENSE + IMAGES + NORMS
