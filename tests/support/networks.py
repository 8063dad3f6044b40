"""Networks and checks that several test modules share."""

import numpy as np

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions.losses import softmax_xent
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.dropout import Dropout
from course_lib.layers.network import Sequential
from course_lib.layers.normalization import BatchNorm
from course_lib.training.loop import backprop


def regularized(rng, *, n_inputs=4, n_classes=3, dtype=np.float64):
    """A network with everything that has a state: weights, running statistics, a random generator."""
    return Sequential(
        Affine(n_inputs, 8, rng=rng),
        BatchNorm(8),
        Activation("tanh"),
        Dropout(0.3, rng=np.random.default_rng(7)),
        Affine(8, n_classes, rng=rng),
        dtype=dtype,
    )


def batch(rng, n, d, c):
    return rng.normal(size=(n, d)), rng.integers(0, c, n)


def assert_gradient_matches(network, x, y, loss=softmax_xent):
    """All of ``network.grad`` against central differences of the loss."""

    def loss_at(theta):
        saved = network.theta.copy()
        network.theta[:] = theta
        value = loss(network.forward(x), y)[0]
        network.theta[:] = saved
        return value

    backprop(network, x, y, loss)
    analytic = network.grad.copy()
    numeric = numeric_grad(loss_at, network.theta)
    # central differences of a loss of order 1 at h = 1e-5 carry a rounding error of about 1e-11
    error = np.linalg.norm(analytic - numeric) / max(np.linalg.norm(analytic) + np.linalg.norm(numeric), 1e-4)
    assert error < 1e-6
