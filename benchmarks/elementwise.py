"""Activations, the softmax loss and the optimisers' updates against NumPy, PyTorch and a Python loop.

Run ``python benchmarks/elementwise.py``. Everything in float32; a forward or backward pass returns a new array on both
sides, an optimiser updates one flat vector in place. PyTorch runs without autograd where it has the backward pass as
an operator, and its optimisers in the faster of their two forms (one tensor at a time, and foreach).
"""

from common import threads  # noqa: F401

# isort: split
import math

import numpy as np
import torch
import torch.nn.functional as F
from common.results import OURS, Row, report
from common.timing import measure

from course_lib.functions import activations as act
from course_lib.functions.losses import softmax_xent
from course_lib.optimizers.adam import Adam, AdamW
from course_lib.optimizers.first_order import SGD, Momentum, RMSProp

SIZES = (1_000, 10_000, 100_000)
LOOP_SIZE = 10_000  # at which the plain Python loop runs too
N_CLASSES = 10
SECONDS = 0.2  # for each candidate
GOALS = {"torch": 1.0}
aten = torch.ops.aten


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def swish_slope(z):
    s = sigmoid(z)
    return s + z * s * (1 - s)


# name -> (this library, NumPy as a student writes it, PyTorch, one number)
FORWARD = {
    "relu": (act.relu, lambda z: np.maximum(z, 0), torch.relu, lambda v: max(v, 0.0)),
    "leaky relu": (
        act.leaky_relu,
        lambda z: np.where(z > 0, z, 0.01 * z),
        F.leaky_relu,
        lambda v: v if v > 0 else 0.01 * v,
    ),
    "sigmoid": (act.sigmoid, sigmoid, torch.sigmoid, lambda v: 1 / (1 + math.exp(-v))),
    "tanh": (act.tanh, np.tanh, torch.tanh, math.tanh),
    "elu": (act.elu, lambda z: np.where(z > 0, z, np.exp(z) - 1), F.elu, lambda v: v if v > 0 else math.exp(v) - 1),
    "swish": (act.swish, lambda z: z * sigmoid(z), F.silu, lambda v: v / (1 + math.exp(-v))),
}
# The argument x is the forward pass's input, or its output for sigmoid and tanh.
BACKWARD = {
    "relu": (act.relu_backward, lambda d, x: d * (x > 0), lambda d, x: aten.threshold_backward(d, x, 0)),
    "leaky relu": (
        act.leaky_relu_backward,
        lambda d, x: np.where(x > 0, d, 0.01 * d),
        lambda d, x: aten.leaky_relu_backward(d, x, 0.01, False),
    ),
    "sigmoid": (act.sigmoid_backward, lambda d, x: d * x * (1 - x), aten.sigmoid_backward),
    "tanh": (act.tanh_backward, lambda d, x: d * (1 - x**2), aten.tanh_backward),
    "elu": (
        act.elu_backward,
        lambda d, x: d * np.where(x > 0, 1, np.exp(x)),
        lambda d, x: aten.elu_backward(d, 1.0, 1.0, 1.0, False, x),
    ),
    "swish": (act.swish_backward, lambda d, x: d * swish_slope(x), aten.silu_backward),
}
# name -> (this library's, PyTorch's class, its arguments)
OPTIMIZERS = {
    "SGD": (lambda: SGD(1e-3), torch.optim.SGD, {"lr": 1e-3}),
    "momentum": (lambda: Momentum(1e-3), torch.optim.SGD, {"lr": 1e-3, "momentum": 0.9}),
    "RMSProp": (lambda: RMSProp(1e-3), torch.optim.RMSprop, {"lr": 1e-3, "alpha": 0.9}),
    "Adam": (lambda: Adam(1e-3), torch.optim.Adam, {"lr": 1e-3}),
    "AdamW": (lambda: AdamW(1e-3), torch.optim.AdamW, {"lr": 1e-3, "weight_decay": 0.01}),
}


def forward_row(name, size, rng):
    ours, numpy, peer, of_one = FORWARD[name]
    x = rng.normal(size=size).astype(np.float32)
    tensor, values = torch.from_numpy(x.copy()), x.tolist()
    candidates = {OURS: lambda: ours(x), "numpy": lambda: numpy(x), "torch": lambda: peer(tensor)}
    if size == LOOP_SIZE:
        candidates["python loop"] = lambda: [of_one(v) for v in values]
    return row(f"{name}, {size:,}", candidates)


def backward_row(name, size, rng):
    ours, numpy, peer = BACKWARD[name]
    x, dout = rng.normal(size=(2, size)).astype(np.float32)
    if name in ("sigmoid", "tanh"):
        x = FORWARD[name][0](x)
    x_tensor, d_tensor = torch.from_numpy(x.copy()), torch.from_numpy(dout.copy())
    candidates = {
        OURS: lambda: ours(dout, x),
        "numpy": lambda: numpy(dout, x),
        "torch": lambda: peer(d_tensor, x_tensor),
    }
    return row(f"{name} backward, {size:,}", candidates)


def softmax_row(size, rng):
    """Loss and gradient of a batch with ``size`` logits."""
    logits = rng.normal(size=(size // N_CLASSES, N_CLASSES)).astype(np.float32)
    y = rng.integers(0, N_CLASSES, len(logits))
    tensor, targets = torch.from_numpy(logits.copy()).requires_grad_(), torch.from_numpy(y)

    def numpy():
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        probs = e / e.sum(axis=1, keepdims=True)
        picked = np.arange(len(y)), y
        loss = -np.log(probs[picked]).mean()
        probs[picked] -= 1
        return loss, probs / len(y)

    def peer():
        with torch.enable_grad():
            loss = F.cross_entropy(tensor, targets)
            (gradient,) = torch.autograd.grad(loss, tensor)
        return loss, gradient

    return row(f"softmax_xent, {size:,}", {OURS: lambda: softmax_xent(logits, y), "numpy": numpy, "torch": peer})


def optimizer_row(name, size, rng):
    make, kind, options = OPTIMIZERS[name]
    theta, grad = rng.normal(size=(2, size)).astype(np.float32)
    optimizer = make()
    candidates = {OURS: lambda: optimizer.step(theta, grad), "numpy": numpy_step(name, theta.copy(), grad)}
    for form, foreach in (("torch", False), ("torch foreach", True)):
        weights = torch.nn.Parameter(torch.from_numpy(theta.copy()))
        weights.grad = torch.from_numpy(grad.copy())
        candidates[form] = kind([weights], foreach=foreach, **options).step
    seconds = measure(candidates, seconds=SECONDS)
    seconds["torch"] = min(seconds["torch"], seconds.pop("torch foreach"))
    return Row(f"{name} step, {size:,}", seconds, GOALS)


def numpy_step(name, w, g):
    """The update as a student writes it, from the formula, in place where that is natural."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    lr, beta1, beta2, eps, decay, t = 1e-3, 0.9, 0.999, 1e-8, 0.01, 0

    def sgd():
        w[...] = w - lr * g

    def momentum():
        v[...] = beta1 * v - lr * g
        w[...] = w + v

    def rmsprop():
        v[...] = beta1 * v + (1 - beta1) * g**2
        w[...] = w - lr * g / (np.sqrt(v) + eps)

    def adam():
        nonlocal t
        t += 1
        m[...] = beta1 * m + (1 - beta1) * g
        v[...] = beta2 * v + (1 - beta2) * g**2
        w[...] = w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)

    def adamw():
        w[...] = w - lr * decay * w
        adam()

    return {"SGD": sgd, "momentum": momentum, "RMSProp": rmsprop, "Adam": adam, "AdamW": adamw}[name]


def row(case, candidates):
    return Row(case, measure(candidates, seconds=SECONDS), GOALS)


def main():
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    rng = np.random.default_rng(0)
    forward = [forward_row(name, size, rng) for name in FORWARD for size in SIZES]
    backward = [backward_row(name, size, rng) for name in BACKWARD for size in SIZES]
    losses = [softmax_row(size, rng) for size in SIZES]
    steps = [optimizer_row(name, size, rng) for name in OPTIMIZERS for size in SIZES]
    report("Elementwise kernels, float32", forward + backward + losses, "elementwise")
    report("Optimiser steps, float32", steps, "optimizer_steps")


if __name__ == "__main__":
    main()
