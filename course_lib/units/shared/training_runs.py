"""Train one network on the digits, and keep what the lesson compares: losses, accuracy, gradient norms by layer."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import INITIALIZERS
from course_lib.layers.network import Sequential, mlp, residual_mlp
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import backprop, fit
from course_lib.units.shared.digits import standardized_digits


@dataclass(frozen=True)
class TrainingRun:
    """One training run.

    ``train_loss`` and ``test_accuracy`` have one entry per epoch, ``gradient_norm`` one per step (the global norm,
    before clipping), ``initial_norms`` one per weight matrix: the norm of its gradient before the first step.
    """

    label: str
    train_loss: np.ndarray
    test_accuracy: np.ndarray
    gradient_norm: np.ndarray
    initial_norms: np.ndarray
    diverged: bool


def train_on_digits(
    *,
    depth,
    activation,
    initialization="glorot_normal",
    width=32,
    gain=1.0,
    residual=False,
    lr=0.1,
    max_norm=None,
    epochs=8,
    seed=0,
    label=None,
) -> TrainingRun:
    """Train a network with ``depth`` weight matrices on the digits by mini-batch gradient descent.

    Parameters
    ----------
    depth : int, at least 2; with ``residual`` an even number, as every block holds two of them
    activation, initialization : names in ``functions.ACTIVATIONS`` and ``initialization.INITIALIZERS``
    gain : float, multiplies all initial weights
    max_norm : float, clips the global norm of the gradient, or None
    """
    rng = np.random.default_rng(seed)
    data = standardized_digits()
    network = _build(depth, activation, INITIALIZERS[initialization], width, residual, rng)
    network.theta *= gain
    # a network may diverge on purpose: its overflow is the result, not a fault
    with np.errstate(all="ignore"):
        backprop(network, data.x_train[:256], data.y_train[:256])
        initial_norms = np.array([np.linalg.norm(g) for g in network.weight_gradients()])
        history = fit(
            network,
            data.x_train,
            data.y_train,
            rng=rng,
            optimizer=SGD(lr),
            epochs=epochs,
            max_norm=max_norm,
            test=(data.x_test, data.y_test),
        )
    return TrainingRun(
        label or f"{depth} layers, {activation}",
        np.array(history.train_loss),
        np.array(history.test_accuracy),
        np.array(history.gradient_norm),
        initial_norms,
        history.diverged,
    )


def _build(depth, activation, initializer, width, residual, rng) -> Sequential:
    if not residual:
        sizes = [64, *[width] * (depth - 1), 10]
        return mlp(sizes, activation=activation, initializer=initializer, rng=rng)
    if depth % 2 or depth < 4:
        raise ValueError(f"a residual network needs an even depth of at least 4, got {depth}")
    n_blocks = (depth - 2) // 2
    return residual_mlp(
        64,
        width,
        10,
        n_blocks,
        activation=activation,
        initializer=initializer,
        rng=rng,
        branch_scale=n_blocks**-0.5,
    )
