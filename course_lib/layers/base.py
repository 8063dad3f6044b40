"""What every layer object has: parameters, gradients, buffers, and the two passes; and layers one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from course_lib._arguments.arrays import same_shape
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import instance


class Layer:
    """A step of the computation. Subclasses fill the three dicts, or leave them empty.

    A layer takes integers and both float types. It computes in the float type of its input, whatever that of its
    parameters is, and integers become float64. ``layer(x)`` is short for ``layer.forward(x)``.

    Attributes
    ----------
    params : dict of arrays that training changes
    grads : dict of arrays with the same keys and shapes; ``backward`` fills them in place
    buffers : dict of arrays that belong to the layer's state but are not trained, such as running statistics
    training : bool; dropout and batch norm act differently in training and in evaluation
    frozen : bool; training leaves ``params`` and ``buffers`` of a frozen layer as they are
    lr_scale : float; training multiplies the learning rate by it for this layer
    """

    # what ``backward`` needs of the last forward pass, with the output's shape and dtype; None before the first
    _memory: tuple | None = None
    # whether the parameters wait for the width of the input
    _waits = False

    def __init__(self):
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}
        self.buffers: dict[str, np.ndarray] = {}
        self.training = True
        self.frozen = False
        self.lr_scale = 1.0

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        """Output for the inputs ``x``, samples along the first axis; remembers what ``backward`` needs."""
        raise NotImplementedError

    def backward(self, dout):
        """Fill ``grads`` from ``dout`` (the shape of the output), and return the gradient of the input.

        Raises
        ------
        RuntimeError
            When there was no forward pass.
        ValueError
            When ``dout`` has another shape than the output of the last one.
        """
        raise NotImplementedError

    def build(self, shape, dtype=np.float64) -> tuple[int, ...]:
        """Make the parameters that wait for the shape of one input sample, and say the shape of its output.

        Only layers that were given None for a width wait. The output's shape is that of a sample of zeros in ``dtype``.

        Raises
        ------
        ValueError
            When the layer cannot take inputs of this shape.
        """
        if self._waits:
            self._create(self._width_of(tuple(shape)))
            self._waits = False
        with evaluating(self):
            return self.forward(np.zeros((1, *shape), dtype)).shape[1:]

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

    @property
    def n_params(self) -> int:
        """The number of parameters, of all leaves together."""
        return sum(value.size for leaf in self.leaves() for value in leaf.params.values())

    def __repr__(self):
        return f"{type(self).__name__}({self._sizes()})"

    def _rows(self):
        return [(repr(self), self.n_params)]

    def _sizes(self) -> str:
        """What the layer's repr shows between its parentheses."""
        return ""

    def _set_params(self, **params):
        """Take the parameters, and make a gradient of zeros for each."""
        self.params = params
        self.grads = {key: np.zeros_like(value) for key, value in params.items()}

    def _set_width(self, width, *, name):
        """Create the parameters for inputs of this width; None leaves it to ``build``."""
        self._waits = width is None
        if not self._waits:
            self._create(integer(width, 1, name=name))

    def _create(self, width):
        """Set the parameters for inputs of this width."""
        raise NotImplementedError

    def _width_of(self, shape):
        """The width in the shape of one sample: the length of its first axis, features (D,) or channels (C, H, W)."""
        return shape[0]

    def _check_built(self):
        if self._waits:
            raise RuntimeError(
                f"{self!r} does not know the width of its input: call build(x.shape[1:]) first, or put it into "
                "Sequential(..., input_shape=...)"
            )

    def _remember(self, out, cache):
        """``out``, after keeping what ``backward`` will ask for with ``_recall``."""
        self._memory = out.shape, out.dtype, cache
        return out

    def _recall(self, dout):
        """``dout``, checked against the last output, and the cache of that forward pass."""
        if self._memory is None:
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward pass first: call forward(x)")
        if dout is None:
            raise ValueError(f"{self!r} needs a gradient, and the layer after it gives none: that one must come first")
        shape, dtype, cache = self._memory
        if type(dout) is not np.ndarray or dout.dtype is not dtype or dout.shape != shape:
            dout = same_shape(dout, shape, dtype)
        return dout, cache


@contextmanager
def evaluating(network: Layer) -> Iterator[None]:
    """Evaluation mode within the block: no dropout, running statistics. Afterwards every layer is as before.

    A forward pass within the block is forgotten at its end; ``backward`` then goes on from the one before.
    """
    saved = [(leaf, leaf.training, leaf._memory) for leaf in network.leaves()]
    network.train(False)
    try:
        yield
    finally:
        for leaf, training, memory in saved:
            leaf.training, leaf._memory = training, memory


class Chain(Layer):
    """Layers one after the other: the output of each is the input of the next.

    Attributes
    ----------
    layers : tuple of layers, from input to output

    Raises
    ------
    TypeError
        When something other than layers is given, such as a list of them, or a class.
    """

    def __init__(self, *layers: Layer):
        super().__init__()
        if len(layers) == 1 and isinstance(layers[0], list | tuple):
            name, kind = type(self).__name__, type(layers[0]).__name__
            raise TypeError(f"{name} takes layers one by one, got a {kind}: type {name}(*layers)")
        self.layers = tuple(instance(layer, Layer, name=f"layers[{i}]") for i, layer in enumerate(layers))

    def forward(self, x):
        for layer in self.layers:
            try:
                x = layer.forward(x)
            except (ValueError, KeyError) as error:
                raise ValueError(self._refusal(layer, np.shape(x), error)) from error
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def build(self, shape, dtype=np.float64):
        return [tuple(shape), *self.shapes(shape, dtype)][-1]

    def shapes(self, shape, dtype=np.float64) -> Iterator[tuple[int, ...]]:
        """The shape of one sample after each layer, for samples of the shape ``shape`` at the start."""
        for layer in self.layers:
            try:
                after = layer.build(shape, dtype)
            except ValueError as error:
                raise ValueError(self._refusal(layer, ("N", *shape), error)) from error
            yield after
            shape = after

    def leaves(self):
        for layer in self.layers:
            yield from layer.leaves()

    def chains(self) -> Iterator["Chain"]:
        """The chains among the layers, and those inside of them."""
        for layer in self.layers:
            if isinstance(layer, Chain):
                yield layer
                yield from layer.chains()

    def _refusal(self, layer, shape, error):
        i = [each is layer for each in self.layers].index(True)
        name = type(layer).__name__ if isinstance(layer, Chain) else repr(layer)
        text = f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
        reason = f"its params are {list(layer.params)}, without {error}" if isinstance(error, KeyError) else error
        return f"layers[{i}], {name}, cannot take an input of shape {text}: {reason}"

    def __repr__(self):
        rows = self._rows()
        width, digits = max(len(text) for text, _ in rows), len(f"{self.n_params:,}")
        lines = [f"{text:{width}}  {count:{digits},}" if count else text for text, count in rows]
        return "\n".join([*lines[:-1], f"{lines[-1]:{width}}  {self.n_params:,}"])

    def _rows(self):
        """One line for each layer and its number of parameters; the parts of a composite are indented."""
        rows: list[tuple[str, int]] = [(f"{type(self).__name__}({self._sizes()}", 0)]
        for i, layer in enumerate(self.layers):
            number = f"  {i}  "
            for text, count in layer._rows():
                rows.append((number + text, count))
                number = " " * len(number)
        return [*rows, (self._closing(), 0)]

    def _closing(self):
        return ")"
