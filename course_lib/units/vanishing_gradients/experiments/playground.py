"""A classification network in two dimensions that trains step by step while somebody watches."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.datasets import TOY_SETS
from course_lib.functions.losses import softmax
from course_lib.initialization import INITIALIZERS
from course_lib.layers.network import mlp
from course_lib.optimizers.clipping import global_norm
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import backprop, evaluate

EXTENT = 2.0  # the picture shows the square from -2 to 2


@dataclass(frozen=True)
class Snapshot:
    """The state of a ``Playground``.

    Attributes
    ----------
    steps : int, training steps so far
    points, labels : (n, 2) and (n,) arrays, the data
    probability : (G, G) array of P(label 1) on a grid from -2 to 2; the first index is the vertical one, upwards
    loss : (steps,) array, one entry per step, in nats per sample
    gradient_norm : (depth + 1,) array, norm of the gradient of each weight matrix at the last step, inputs first
    accuracy : float in [0, 1], over all points
    diverged : bool; the loss is no longer finite, and the training has ended
    """

    steps: int
    points: np.ndarray
    labels: np.ndarray
    probability: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    accuracy: float
    diverged: bool


class Playground:
    """A network of ``depth`` hidden layers on one of the toy data sets, trained by gradient descent.

    Parameters
    ----------
    data : str, a name in ``course_lib.data.datasets.TOY_SETS``
    depth, width : int, hidden layers and the units in each
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    initialization : str, a name in ``course_lib.initialization.INITIALIZERS``
    lr : float, the learning rate
    seed : int; data, weights and the order of the batches follow from it
    n_points, batch_size, grid : int

    Raises
    ------
    ValueError
        When a name is unknown, or a number lies outside its range.
    """

    def __init__(
        self,
        data="moons",
        depth=3,
        width=16,
        activation="tanh",
        initialization="glorot_normal",
        lr=0.1,
        seed=0,
        n_points=200,
        batch_size=32,
        grid=48,
    ):
        for name, value, known in (("data", data, TOY_SETS), ("initialization", initialization, INITIALIZERS)):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
        for name, value in (("depth", depth), ("width", width), ("lr", lr)):
            if not value > 0:
                raise ValueError(f"{name} must be positive, got {value}")
        data_rng, weights_rng, self._order_rng = np.random.default_rng(seed).spawn(3)
        self._points, self._labels = TOY_SETS[data](n_points, rng=data_rng)
        self._network = mlp(
            [2, *[width] * depth, 2],
            activation=activation,
            initializer=INITIALIZERS[initialization],
            rng=weights_rng,
            dtype=np.float32,
        )
        self._optimizer = SGD(lr)
        self._batch_size = batch_size
        axis = np.linspace(-EXTENT, EXTENT, grid, dtype=np.float32)
        self._grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        self._loss: list[float] = []
        self._gradient_norm = np.zeros(depth + 1)
        self.diverged = False

    @property
    def steps(self) -> int:
        """Training steps so far."""
        return len(self._loss)

    def advance(self, n_steps: int) -> None:
        """Train for ``n_steps`` batches, or until the loss is no longer finite."""
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is part of the lesson, and is reported
            for _ in range(n_steps):
                if self.diverged:
                    return
                batch = self._order_rng.choice(len(self._points), size=self._batch_size, replace=False)
                self._loss.append(backprop(self._network, self._points[batch], self._labels[batch]))
                self._gradient_norm = np.array([global_norm([g]) for g in self._network.weight_gradients()])
                self.diverged = not (np.isfinite(self._loss[-1]) and np.isfinite(self._gradient_norm).all())
                self._optimizer.step(self._network.theta, self._network.grad)

    def snapshot(self) -> Snapshot:
        """The present state; later steps do not change it."""
        with np.errstate(over="ignore", invalid="ignore"):
            probability = softmax(self._network.forward(self._grid))[:, 1]
            _, accuracy = evaluate(self._network, self._points, self._labels)
        side = int(np.sqrt(len(self._grid)))
        return Snapshot(
            steps=self.steps,
            points=self._points,
            labels=self._labels,
            probability=probability.reshape(side, side),
            loss=np.array(self._loss),
            gradient_norm=self._gradient_norm,
            accuracy=accuracy,
            diverged=self.diverged,
        )
