"""What every layer object has: parameters, gradients, buffers, and the two passes."""

from collections.abc import Iterator

import numpy as np


class Layer:
    """A step of the computation. Subclasses fill the three dicts, or leave them empty.

    Attributes
    ----------
    params : dict of arrays that training changes
    grads : dict of arrays with the same keys and shapes; ``backward`` fills them in place
    buffers : dict of arrays that belong to the layer's state but are not trained, such as running statistics
    training : bool; dropout and batch norm act differently in training and in evaluation
    frozen : bool; training leaves ``params`` and ``buffers`` of a frozen layer as they are
    lr_scale : float; training multiplies the learning rate by it for this layer
    """

    def __init__(self):
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}
        self.buffers: dict[str, np.ndarray] = {}
        self.training = True
        self.frozen = False
        self.lr_scale = 1.0

    def _set_params(self, **params):
        """Take the parameters, and make a gradient of zeros for each."""
        self.params = params
        self.grads = {key: np.zeros_like(value) for key, value in params.items()}

    def forward(self, x):
        """Output for the inputs ``x``, samples along the first axis; remembers what ``backward`` needs."""
        raise NotImplementedError

    def backward(self, dout):
        """Fill ``grads`` from ``dout`` (the shape of the output), and return the gradient of the input."""
        raise NotImplementedError

    def leaves(self) -> Iterator["Layer"]:
        """The layers that do the work, in the order of computation; a composite layer names its parts."""
        yield self

    def train(self, training=True) -> None:
        """Training mode (or evaluation mode) for all leaves."""
        for leaf in self.leaves():
            leaf.training = training

    def freeze(self, frozen=True) -> None:
        """Freeze (or unfreeze) all leaves."""
        for leaf in self.leaves():
            leaf.frozen = frozen
