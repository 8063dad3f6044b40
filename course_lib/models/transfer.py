"""Transfer learning: keep the layers that another task has trained, put a new head on them, and choose what moves.

Frozen means frozen: no gradient, no momentum, no weight decay, no running statistics. What a layer below has learnt
stays bit for bit. Freezing is a property of a layer (``layer.freeze()``); ``course_lib.training.fit`` respects it.
In PyTorch, ``requires_grad = False`` stops the gradient, and an optimiser skips such parameters; batch norm's running
statistics move on until ``eval()`` is called. Keras's ``trainable = False`` stops both, as here.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from course_lib._arguments.numbers import POSITIVE, integer
from course_lib._arguments.objects import instance
from course_lib.layers.base import Layer
from course_lib.layers.network import Sequential
from course_lib.training.history import Run


def replace_head(network: Sequential, *head: Layer, remove: int = 1) -> Sequential:
    """A copy of ``network`` without its last ``remove`` layers, and with ``head`` in their place.

    The source keeps its own parameters. Entries of ``network.layers`` are counted, activations too. All layers of the
    copy are trainable at first. Where the network knows its ``input_shape``, layers of the head may leave the width of
    their input to it: ``Affine(None, 5, rng=rng)``.

    Raises
    ------
    ValueError
        When there are not ``remove`` layers to take away, or the head does not fit.
    """
    instance(network, Sequential, name="network")
    if not 0 <= integer(remove, name="remove") <= len(network.layers):
        raise ValueError(f"remove must lie in [0, {len(network.layers)}], the number of layers, got {remove}")
    body = deepcopy(network.layers[: len(network.layers) - remove])
    renewed = Sequential(*body, *head, dtype=network.dtype, input_shape=network.input_shape)
    renewed.freeze(False)
    return renewed


def reuse_layers(source: Sequential, target: Sequential, n_layers: int) -> None:
    """Copy parameters and running statistics of the first ``n_layers`` layers from ``source`` into ``target``.

    How many to copy is the question of Yosinski et al. 2014: the layers above keep the initialisation of ``target``.

    Raises
    ------
    ValueError
        When the layers do not match; nothing is copied then.
    """
    for network, name in ((source, "source"), (target, "target")):
        instance(network, Sequential, name=name).gather()
    if not 0 <= integer(n_layers, name="n_layers") <= min(len(source.layers), len(target.layers)):
        most = min(len(source.layers), len(target.layers))
        raise ValueError(f"n_layers must lie in [0, {most}], the layers that both have, got {n_layers}")
    pairs = [
        (_arrays(ours), _arrays(theirs))
        for ours, theirs in zip(target.layers[:n_layers], source.layers[:n_layers], strict=True)
    ]
    for i, (ours, theirs) in enumerate(pairs):
        here, there = ([value.shape for value in arrays] for arrays in (ours, theirs))
        if here != there:
            raise ValueError(f"layers[{i}] must have equal shapes in both, got {there} in source, {here} in target")
    for ours, theirs in pairs:
        for value, other in zip(ours, theirs, strict=True):
            value[...] = other


def discriminative_rates(network: Sequential, factor: float = 2.6) -> None:
    """Divide the rate by ``factor`` from each layer with parameters to the one below it; the top keeps the full rate.

    Howard and Ruder 2018, section 3.2: eta of layer l - 1 is eta of layer l, divided by 2.6.

    Raises
    ------
    TypeError, ValueError
        When ``factor`` is not a positive number.
    """
    instance(network, Layer, name="network")
    factor = POSITIVE(factor, name="factor")
    with_params = [leaf for leaf in network.leaves() if leaf.params]
    for depth, leaf in enumerate(reversed(with_params)):
        leaf.lr_scale = factor**-depth


@dataclass
class GradualUnfreezing:
    """A callback of ``fit`` that unfreezes one group of layers after another (Howard and Ruder 2018, section 3.3).

    The first group is unfrozen after ``every`` epochs, the next after 2 ``every``, and so on. The paper goes from the
    last layer to the first, one each epoch.

    Parameters
    ----------
    groups : lists of layers, in the order in which they are unfrozen; freeze them before the training
    every : int, the number of epochs from one to the next

    Raises
    ------
    TypeError, ValueError
        When the groups are not lists of layers, or ``every`` is not an integer or below 1.
    """

    groups: Sequence[Sequence[Layer]]
    every: int = 1

    def __post_init__(self):
        integer(self.every, 1, name="every")
        for i, group in enumerate(self.groups):
            if not isinstance(group, list | tuple):
                raise TypeError(f"groups must be lists of layers, got {type(group).__name__}: type [[layer], ...]")
            for layer in group:
                instance(layer, Layer, name=f"a member of groups[{i}]")

    def __call__(self, run: Run) -> None:
        done, rest = divmod(run.epoch + 1, self.every)
        if run.epoch_ended and rest == 0 and done <= len(self.groups):
            for layer in self.groups[done - 1]:
                layer.freeze(False)


def _arrays(layer):
    return [value for leaf in layer.leaves() for value in (*leaf.params.values(), *leaf.buffers.values())]
