"""Learners: what cross-validation, ensembles and searches train again and again.

A learner is any function ``(x, y, rng) -> predict``: it sees the training rows and its own random numbers, and returns
a function from inputs (N, D) to predictions, for a classifier probabilities (N, C). Whatever is estimated from data,
the scaling of the features too, is estimated inside of it.
"""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import float_type, matrix
from course_lib._arguments.entries import labels
from course_lib._arguments.numbers import NOT_NEGATIVE, POSITIVE, integer, shape_of
from course_lib._arguments.objects import choice
from course_lib.data.feature_scaling import standardize_apply, standardize_fit
from course_lib.functions.activations import ACTIVATIONS
from course_lib.functions.losses import softmax
from course_lib.initialization import he_normal, zeros
from course_lib.layers.network import Sequential, mlp
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import Nesterov
from course_lib.training.loop import backprop, fit


@dataclass(frozen=True)
class Classifier:
    """A network behind the scaling of its inputs: ``predict(x)`` (N, D) -> probabilities (N, C)."""

    network: Sequential
    mean: np.ndarray
    std: np.ndarray

    def logits(self, x):
        """The network's outputs (N, C) for ``x`` (N, D)."""
        return self.network.forward(standardize_apply(x, self.mean, self.std))

    def __call__(self, x):
        return softmax(self.logits(x))


@dataclass(frozen=True)
class MLPLearner:
    """Trains a multi-layer perceptron with Adam on standardised features; returns a ``Classifier``.

    Parameters
    ----------
    n_classes : int; given, and not counted, because a bootstrap sample or a fold may lack a class
    hidden : tuple of int, the sizes of the hidden layers
    epochs, batch_size : int
    lr : float, the learning rate
    activation : str, a name in ``course_lib.functions.ACTIVATIONS``
    dtype : float32 or float64, that of the network

    Raises
    ------
    TypeError, ValueError
        When an argument is something else, or, in training, the data are.
    """

    n_classes: int
    hidden: tuple[int, ...] = (32,)
    epochs: int = 20
    batch_size: int = 32
    lr: float = 1e-3
    activation: str = "relu"
    dtype: type = np.float64

    def __post_init__(self):
        integer(self.n_classes, 1, name="n_classes")
        shape_of(self.hidden, name="hidden")
        integer(self.epochs, 0, name="epochs")
        integer(self.batch_size, 1, name="batch_size")
        NOT_NEGATIVE(self.lr, name="lr")
        choice(self.activation, tuple(ACTIVATIONS), name="activation")
        float_type(self.dtype)

    def __call__(self, x, y, rng) -> Classifier:
        x = matrix(x, self.dtype)
        mean, std = standardize_fit(x)
        sizes = [x.shape[1], *shape_of(self.hidden, name="hidden"), self.n_classes]
        network = mlp(sizes, activation=self.activation, initializer=he_normal, rng=rng, dtype=self.dtype)
        scaled = standardize_apply(x, mean, std)
        fit(network, scaled, y, rng=rng, optimizer=Adam(self.lr), epochs=self.epochs, batch_size=self.batch_size)
        return Classifier(network, mean, std)


@dataclass(frozen=True)
class LogisticRegressionLearner:
    """Multinomial logistic regression: a network without a hidden layer, by full-batch Nesterov descent from zero.

    Minimises the mean cross-entropy plus l2 / 2 * sum w**2 (the bias is free) over standardised features. The rate is
    1 / (L + l2), where L bounds the curvature: half the largest eigenvalue of x^T x / N, x with a column of ones
    (Boehning 1992). scikit-learn's ``LogisticRegression(C=1 / (N * l2))`` has the same minimum. ``rng`` is not used.

    Parameters
    ----------
    n_classes : int
    l2 : float, positive
    steps : int

    Raises
    ------
    TypeError, ValueError
        When an argument is something else, or, in training, the data are.
    """

    n_classes: int
    l2: float = 1e-3
    steps: int = 300

    def __post_init__(self):
        integer(self.n_classes, 1, name="n_classes")
        POSITIVE(self.l2, name="l2")
        integer(self.steps, 0, name="steps")

    def __call__(self, x, y, rng) -> Classifier:
        x = matrix(x)
        y = labels(y, self.n_classes, x.shape[:1], name="y")
        mean, std = standardize_fit(x)
        scaled = standardize_apply(x, mean, std)
        sizes = [x.shape[1], self.n_classes]
        network = mlp(sizes, activation="identity", initializer=zeros, rng=rng, dtype=x.dtype)
        layer = network.layers[0]
        with_ones = np.column_stack([scaled, np.ones(len(x), x.dtype)])
        curvature = 0.5 * np.linalg.eigvalsh(with_ones.T @ with_ones / len(x))[-1]
        optimizer = Nesterov(1 / (float(curvature) + self.l2))
        for _ in range(self.steps):
            backprop(network, scaled, y)
            layer.grads["w"] += self.l2 * layer.params["w"]
            optimizer.step(network.theta, network.grad)
        return Classifier(network, mean, std)
