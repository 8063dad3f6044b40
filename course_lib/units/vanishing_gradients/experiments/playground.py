"""A classification network in two dimensions that trains step by step while somebody watches."""

from dataclasses import dataclass

import numpy as np

from course_lib.data.datasets import TOY_SETS
from course_lib.functions.losses import softmax
from course_lib.initialization import INITIALIZERS
from course_lib.layers.dense import Activation, Affine, Residual
from course_lib.layers.network import Sequential
from course_lib.optimizers.clipping import clip_by_global_norm, global_norm
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import backprop, evaluate
from course_lib.units.vanishing_gradients.experiments.propagation import spread_between_samples

EXTENT = 2.0  # the picture shows the square from -2 to 2
UNITS_SHOWN = 5  # of each hidden layer


@dataclass(frozen=True)
class Snapshot:
    """The state of a ``Playground``.

    Attributes
    ----------
    steps : int, training steps so far
    points, labels : (n, 2) and (n,) arrays, the data
    probability : (G, G) array of P(label 1) on a grid from -2 to 2; the first index is the vertical one, upwards
    loss : (steps,) array, one entry per step, in nats per sample
    gradient_norm : (depth + 1,) array, norm of the gradient of each weight matrix at the last step, before clipping;
        inputs first; before the first step, for all points
    clipped : int, in how many steps the gradient was scaled down
    accuracy : float in [0, 1], over all points
    units : (depth, s, G/2, G/2) array, the outputs of the first s = min(width, 5) units of each hidden layer on every
        other point of the grid, less their mean over the grid
    spread : (depth,) array, how far the outputs of a hidden layer differ between the data's points; see
        ``propagation.spread_between_samples``
    edges : (2 s + (depth - 1) s**2 + 2 s,) array, the gradient of the weights between inputs, the units in ``units``
        and outputs at the last step, as absolute values: for each matrix row by row, inputs first
    diverged : bool; the loss is no longer finite, and the training has ended
    """

    steps: int
    points: np.ndarray
    labels: np.ndarray
    probability: np.ndarray
    loss: np.ndarray
    gradient_norm: np.ndarray
    clipped: int
    accuracy: float
    units: np.ndarray
    spread: np.ndarray
    edges: np.ndarray
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
    skip : bool; from the second hidden layer on, a layer's output is added to its input
    max_norm : float or None; a gradient with a larger norm is scaled down to it
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
        skip=False,
        max_norm=None,
        seed=0,
        n_points=200,
        batch_size=32,
        grid=48,
    ):
        for name, value, known in (("data", data, TOY_SETS), ("initialization", initialization, INITIALIZERS)):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
        for name, value in (("depth", depth), ("width", width), ("lr", lr), ("max_norm", max_norm)):
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be positive, got {value}")
        data_rng, weights_rng, self._order_rng = np.random.default_rng(seed).spawn(3)
        self._points, self._labels = TOY_SETS[data](n_points, rng=data_rng)
        self._network = _network(depth, width, activation, INITIALIZERS[initialization], skip, weights_rng)
        self._shown = min(width, UNITS_SHOWN)
        self._optimizer, self._max_norm, self._clipped = SGD(lr), np.inf if max_norm is None else max_norm, 0
        self._batch_size = batch_size
        axis = np.linspace(-EXTENT, EXTENT, grid, dtype=np.float32)
        self._grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        self._loss: list[float] = []
        self.diverged = False
        with np.errstate(over="ignore", invalid="ignore"):
            backprop(self._network, self._points, self._labels)  # a gradient to show before the first step

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
                (step,), norm = clip_by_global_norm([self._network.grad], self._max_norm)
                self._clipped += norm > self._max_norm
                self.diverged = not (np.isfinite(self._loss[-1]) and np.isfinite(norm))
                self._optimizer.step(self._network.theta, step)

    def snapshot(self) -> Snapshot:
        """The present state; later steps do not change it."""
        side, gradients = int(np.sqrt(len(self._grid))), self._network.weight_gradients()
        with np.errstate(over="ignore", invalid="ignore"):
            *hidden, logits = self._outputs(self._grid)
            units = np.array([h[:, : self._shown].T.reshape(-1, side, side)[:, ::2, ::2] for h in hidden])
            units -= units.mean(axis=(2, 3), keepdims=True)
            *of_points, _ = self._outputs(self._points)
            _, accuracy = evaluate(self._network, self._points, self._labels)
            return Snapshot(
                steps=self.steps,
                points=self._points,
                labels=self._labels,
                probability=softmax(logits)[:, 1].reshape(side, side),
                loss=np.array(self._loss),
                gradient_norm=np.array([global_norm([g]) for g in gradients]),
                clipped=self._clipped,
                accuracy=accuracy,
                units=units,
                spread=np.array([spread_between_samples(h) for h in of_points]),
                edges=np.abs(np.concatenate([g[: self._shown, : self._shown].ravel() for g in gradients])),
                diverged=self.diverged,
            )

    def _outputs(self, x):
        """The outputs of every hidden layer, and of the network."""
        for layer in self._network.layers[:-1]:
            x = layer.forward(x)
            if not isinstance(layer, Affine):
                yield x
        yield self._network.layers[-1].forward(x)


def _network(depth, width, activation, initializer, skip, rng):
    def affine(fan_in, fan_out):
        return Affine(fan_in, fan_out, rng=rng, initializer=initializer)

    layers = [affine(2, width), Activation(activation)]
    for _ in range(depth - 1):
        hidden = affine(width, width), Activation(activation)
        layers += [Residual(*hidden)] if skip else hidden
    return Sequential(*layers, affine(width, 2), dtype=np.float32)
