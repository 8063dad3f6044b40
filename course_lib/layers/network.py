"""Networks: layers one after the other, with all parameters in one flat vector.

A ``Sequential`` network lays the parameters of its layers into ``theta``, their gradients into ``grad`` and their
buffers into ``statistics``; the layers' arrays are views into them. One line then updates the whole network, one
gradient check covers it, and three vectors are all that a checkpoint has to keep.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from course_lib._arguments.arrays import as_float, float_type, same_shape, samples
from course_lib._arguments.numbers import FINITE, NOT_NEGATIVE, integer, shape_of
from course_lib._arguments.objects import with_keys
from course_lib.initialization import glorot_normal
from course_lib.layers.autoencoder import TiedAffine
from course_lib.layers.base import Chain, Layer, evaluating
from course_lib.layers.dense import Activation, Affine, Residual
from course_lib.layers.flat_vector import FlatVector

# Evaluation goes through the samples in chunks: the feature maps of a whole data set might not fit into memory.
CHUNK = 4096


@dataclass(frozen=True)
class Part:
    """The stretch of ``theta`` that belongs to one layer, trained with ``lr_scale`` times the learning rate."""

    where: slice
    lr_scale: float


class Sequential(Chain):
    """Layers one after the other.

    The parameters belong to the layers; ``theta`` holds all of them in a row, and the layers' arrays are windows onto
    it. A layer may be part of several networks at once, or be given another array, as in ``layer.params["w"] = w``:
    whenever a network is asked for its ``theta``, it first takes over what its layers hold by then. So ask for
    ``network.theta`` again after such a change, instead of keeping the array in a variable; and as ``params["w"]`` is a
    window, ``params["w"].copy()`` is what keeps the numbers in it.

    Parameters
    ----------
    layers : the layers, from input to output
    dtype : float32 or float64, in which the network computes, whatever its input is
    input_shape : int or tuple, the shape of one sample, such as 64 or (1, 28, 28). Layers that were given None for
        the width of their input then get it from here.

    Attributes
    ----------
    theta : (P,) array, all parameters; the layers' ``params`` are views into it
    grad : (P,) array, all gradients, laid out in the same way
    statistics : (B,) array, all buffers, laid out in the same way

    Raises
    ------
    TypeError
        When something other than layers is given, such as a list of them, or another dtype.
    ValueError
        When the same layer appears twice, layers do not fit together or lack the width of their input, or a
        network inside of this one has another dtype.
    """

    def __init__(self, *layers: Layer, dtype=np.float64, input_shape=None):
        super().__init__(*layers)
        self.dtype = float_type(dtype)
        self.input_shape = None if input_shape is None else shape_of(input_shape, name="input_shape")
        self._leaves = tuple(self.leaves())
        self._check_parts()
        if self.input_shape is not None:
            self.build(self.input_shape, self.dtype)
        names = self._places()
        self._theta, self._grad, self._statistics = (
            FlatVector(self._leaves, names, kind, self.dtype) for kind in ("params", "grads", "buffers")
        )
        self._tied = [leaf for leaf in self._leaves if isinstance(leaf, TiedAffine) and leaf.source in self._leaves]

    @property
    def theta(self) -> np.ndarray:
        return self._theta.gather()

    @theta.setter
    def theta(self, values):
        self._theta.set(values, name="theta")

    @property
    def grad(self) -> np.ndarray:
        return self._grad.gather()

    @grad.setter
    def grad(self, values):
        self._grad.set(values, name="grad")

    @property
    def statistics(self) -> np.ndarray:
        return self._statistics.gather()

    @statistics.setter
    def statistics(self, values):
        self._statistics.set(values, name="statistics")

    def forward(self, x):
        return super().forward(as_float(x, self.dtype, name="x"))

    def backward(self, dout):
        dx = super().backward(as_float(dout, self.dtype, name="dout"))
        for leaf in self._tied:
            leaf.add_to_source()
        for leaf in self._leaves:
            if leaf.frozen:
                for grad in leaf.grads.values():
                    grad[...] = 0
        return dx

    def predict(self, x):
        """Outputs for ``x`` (N, ...) in evaluation mode: of a classifier the logits; ``argmax(axis=-1)`` makes labels.

        Many samples go through the network in chunks. Nothing of the network changes: afterwards its layers are in
        the mode in which they were, and ``backward`` goes on from the last ``forward``.
        """
        x = samples(x)
        with evaluating(self):
            return np.concatenate([self.forward(x[start : start + CHUNK]) for start in range(0, len(x), CHUNK)])

    def weight_gradients(self) -> list[np.ndarray]:
        """The gradients of the affine layers' weight matrices, from input to output, as after ``backward``."""
        return [leaf.grads["w"] for leaf in self._leaves if "w" in leaf.grads]

    def gather(self) -> None:
        """Take over what the layers hold, as asking for ``theta``, ``grad`` and ``statistics`` does."""
        for vector in (self._theta, self._grad, self._statistics):
            vector.gather()

    def state(self) -> dict[str, np.ndarray]:
        """Copies of ``theta`` and ``statistics``: what the network has learnt."""
        return {"theta": self.theta.copy(), "statistics": self.statistics.copy()}

    def restore(self, state) -> None:
        """Go back to a ``state()`` of this network or of one with the same layers.

        Raises
        ------
        ValueError
            When the state is that of other layers.
        """
        with_keys(state, ("theta", "statistics"), name="state")
        for name in ("theta", "statistics"):
            same_shape(state[name], getattr(self, name).shape, name=f"state[{name!r}]")
        self.theta, self.statistics = state["theta"], state["statistics"]

    def trainable_parts(self) -> list[Part]:
        """The layers that are not frozen, from input to output."""
        spans: dict[Layer, slice] = {}
        stop = 0
        for leaf, _, view in self._theta.slots:
            start, stop = stop, stop + view.size
            spans[leaf] = slice(spans[leaf].start if leaf in spans else start, stop)
        return [
            Part(span, NOT_NEGATIVE(leaf.lr_scale, name=f"lr_scale of {leaf!r}"))
            for leaf, span in spans.items()
            if not leaf.frozen
        ]

    @property
    def trains_as_one(self) -> bool:
        """Whether no layer is frozen and none has a learning rate of its own."""
        for leaf in self._leaves:  # noqa: SIM110  every training step asks, and this takes half the time
            if leaf.params and (leaf.frozen or leaf.lr_scale != 1):
                return False
        return True

    def _places(self):
        """What messages call the leaves: ``layers[2]``, or ``Affine(3, 4) in layers[2]``."""
        places = []
        for i, layer in enumerate(self.layers):
            places += [f"layers[{i}]" if leaf is layer else f"{leaf!r} in layers[{i}]" for leaf in layer.leaves()]
        return places

    def _check_parts(self):
        first: dict[int, str] = {}
        for leaf, place in zip(self._leaves, self._places(), strict=True):
            there = first.setdefault(id(leaf), place)
            if there is not place:
                raise ValueError(
                    f"{place} is the same object as {there}: a layer remembers only one forward pass, and so has one "
                    "place in a network; type copy.deepcopy(layer) for another layer like it"
                )
            if leaf._waits and self.input_shape is None:
                raise ValueError(
                    f"{place}, {leaf!r}, waits for the width of its input: give the shape of one sample, such as "
                    "Sequential(..., input_shape=(64,))"
                )
        for inner in self.chains():
            if isinstance(inner, Sequential) and inner.dtype != self.dtype:
                raise ValueError(
                    f"a network inside of another must have its dtype, {self.dtype}, got {inner.dtype}: type "
                    f"Sequential(..., dtype=np.{inner.dtype})"
                )

    def _closing(self):
        return f") in {self.dtype}"

    def __reduce__(self):
        # copy.deepcopy and pickle would copy theta and the views into it one by one, and separate them
        return _rebuild, (self.layers, self.dtype, self.input_shape)


def _rebuild(layers, dtype, input_shape):
    return Sequential(*layers, dtype=dtype, input_shape=input_shape)


def mlp(sizes, *, activation, initializer=glorot_normal, rng, dtype=np.float64) -> Sequential:
    """A multi-layer perceptron: affine layers of the given sizes with an activation between them.

    Parameters
    ----------
    sizes : list of int, such as [64, 32, 10]: inputs, hidden layers, outputs
    activation : str, a name in ``functions.ACTIVATIONS``
    initializer : function (rng, fan_in, fan_out) -> weights

    Raises
    ------
    TypeError, ValueError
        When the sizes are not two or more integers from 1 on, or the activation is unknown.
    """
    sizes = shape_of(sizes, name="sizes")
    if len(sizes) < 2:
        raise ValueError(f"sizes must name the inputs and the outputs, such as [64, 10], got {list(sizes)}")
    layers: list[Layer] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [Affine(fan_in, fan_out, rng=rng, initializer=initializer), Activation(activation)]
    return Sequential(*layers[:-1], dtype=dtype)


def residual_mlp(n_inputs, width, n_outputs, n_blocks, *, activation, initializer, rng, branch_scale=1.0):
    """An affine layer into ``width`` units, residual blocks affine-activation-affine, an affine layer out of them.

    ``branch_scale`` multiplies the last weights of each branch: 1 / sqrt(n_blocks) keeps the variance of the sum
    from doubling in every block.

    Raises
    ------
    TypeError, ValueError
        When a size is not an integer or below 1, or the activation is unknown.
    """
    branch_scale = FINITE(branch_scale, name="branch_scale")

    def affine(fan_in, fan_out):
        return Affine(fan_in, fan_out, rng=rng, initializer=initializer)

    blocks = []
    for _ in range(integer(n_blocks, 0, name="n_blocks")):
        last = affine(width, width)
        last.params["w"] *= branch_scale
        blocks.append(Residual(affine(width, width), Activation(activation), last))
    return Sequential(affine(n_inputs, width), *blocks, Activation(activation), affine(width, n_outputs))
