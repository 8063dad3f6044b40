"""Optimisers: from a gradient to a step. Each updates the flat parameter vector in place."""

from dataclasses import dataclass

import numpy as np

from course_lib._numba import kernel


@dataclass
class SGD:
    """Gradient descent: theta -= lr * grad.

    Parameters
    ----------
    lr : float, the learning rate
    """

    lr: float

    def step(self, theta: np.ndarray, grad: np.ndarray) -> None:
        """Update ``theta`` (P,) in place from ``grad`` (P,)."""
        _sgd(theta, grad, theta.dtype.type(self.lr))


@kernel
def _sgd(theta, grad, lr):
    for i in range(theta.size):
        theta[i] -= lr * grad[i]
