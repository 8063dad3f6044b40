"""Transfer learning: keep the layers that another task has trained, put a new head on them, and choose what moves.

Frozen means frozen: no gradient, no momentum, no weight decay, no running statistics. What a layer below has learnt
stays bit for bit. Freezing is a property of a layer (``layer.freeze()``); ``course_lib.training.fit`` respects it.
In PyTorch, ``requires_grad = False`` stops the gradient, and an optimiser skips such parameters; batch norm's running
statistics move on until ``eval()`` is called. Keras's ``trainable = False`` stops both, as here.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from course_lib.history import Run
from course_lib.layers.base import Layer
from course_lib.network import Sequential


def replace_head(network: Sequential, *head: Layer, remove: int = 1) -> Sequential:
    """A copy of ``network`` without its last ``remove`` layers, and with ``head`` in their place.

    The source keeps its own parameters. Entries of ``network.layers`` are counted, activations too. All layers of the
    copy are trainable at first.

    Raises
    ------
    ValueError
        When there are not ``remove`` layers to take away.
    """
    if not 0 <= remove <= len(network.layers):
        raise ValueError(f"remove must lie in [0, {len(network.layers)}], the number of layers, got {remove}")
    body = deepcopy(network.layers[: len(network.layers) - remove])
    renewed = Sequential(*body, *head, dtype=network.dtype)
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
    if not 0 <= n_layers <= min(len(source.layers), len(target.layers)):
        most = min(len(source.layers), len(target.layers))
        raise ValueError(f"n_layers must lie in [0, {most}], the layers that both have, got {n_layers}")
    pairs = [
        pair
        for ours, theirs in zip(target.layers[:n_layers], source.layers[:n_layers], strict=True)
        for pair in zip(_arrays(ours), _arrays(theirs), strict=True)
    ]
    for ours, theirs in pairs:
        if ours.shape != theirs.shape:
            raise ValueError(f"layers to reuse must have equal shapes, got {theirs.shape} in source, {ours.shape} here")
    for ours, theirs in pairs:
        ours[...] = theirs


def discriminative_rates(network: Sequential, factor: float = 2.6) -> None:
    """Divide the rate by ``factor`` from each layer with parameters to the one below it; the top keeps the full rate.

    Howard and Ruder 2018, section 3.2: eta of layer l - 1 is eta of layer l, divided by 2.6.
    """
    if not factor > 0:
        raise ValueError(f"factor must be positive, got {factor}")
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
    """

    groups: Sequence[Sequence[Layer]]
    every: int = 1

    def __post_init__(self):
        if self.every < 1:
            raise ValueError(f"every must be at least 1, got {self.every}")

    def __call__(self, run: Run) -> None:
        done, rest = divmod(run.epoch + 1, self.every)
        if run.epoch_ended and rest == 0 and done <= len(self.groups):
            for layer in self.groups[done - 1]:
                layer.freeze(False)


def _arrays(layer):
    return [value for leaf in layer.leaves() for value in (*leaf.params.values(), *leaf.buffers.values())]
