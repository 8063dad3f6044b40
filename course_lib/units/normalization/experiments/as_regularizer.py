"""Batch norm, weight decay, and both: the error on digits that were not trained on."""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from course_lib.units.normalization.experiments.running_statistics import accuracies, accuracy, trained, unseen
from course_lib.units.normalization.experiments.tuned_networks import Net, networks_of

RATES = (0.2, 0.4, 0.6, 1.0, 1.5, 2.5)  # as close as this: errors differ little, and so do the best rates
DECAYS = (0.0, 0.003, 0.01, 0.03, 0.06)
SEARCH_SEEDS = tuple(range(90_001, 90_010))  # more than elsewhere, for the same reason; they judge nothing


@dataclass(frozen=True)
class AsRegularizer:
    """Mean error on digits that were not trained on, without and with batch norm, without and with weight decay.

    ``batch_same_rate`` has batch norm at the best rate of the network without; ``layer`` has layer norm, which knows
    no batches. ``..._strength`` is the best decay.
    """

    plain: float
    batch: float
    plain_decay: float
    batch_decay: float
    batch_same_rate: float
    layer: float
    plain_rate: float
    batch_rate: float
    plain_strength: float
    batch_strength: float

    @property
    def ratio(self) -> float:
        return self.batch / self.plain

    @property
    def decay_ratio(self) -> float:
        return self.plain_decay / self.plain

    @property
    def either(self) -> float:
        """Batch norm without decay, over decay without batch norm."""
        return self.batch / self.plain_decay

    @property
    def decay_ratio_with_batch(self) -> float:
        return self.batch_decay / self.batch


def as_regularizer(
    seed, *, depth=2, width=32, n_samples=160, batch_size=32, n_steps=100, data="digits", n_networks=8
) -> AsRegularizer:
    """ReLU; rates and decays are chosen together, for the smallest error on digits that are not trained on."""
    same = {"depth": depth, "width": width, "n_samples": n_samples, "batch_size": batch_size, "data": data}
    plain, batch, layer = (Net("relu", norm, **same) for norm in (None, "batch", "layer"))
    seeds = networks_of(seed, n_networks)
    new = unseen(plain, seeds)
    (at_plain, plain_decay), (at_batch, batch_decay), (at_layer, _) = (
        _best(net, n_steps) for net in (plain, batch, layer)
    )

    def stack(net, pair):
        rate, decay = pair
        return trained(net, seeds, (rate,), n_steps, decays=(decay,))

    stacks = [stack(plain, at_plain), stack(batch, at_batch), stack(plain, plain_decay), stack(batch, batch_decay)]
    stacks += [stack(batch, at_plain), stack(layer, at_layer)]
    errors = [1 - accuracy(each, *new) for each in stacks]
    return AsRegularizer(*errors, at_plain[0], at_batch[0], plain_decay[1], batch_decay[1])


@cache
def _best(net, n_steps) -> tuple[tuple[float, float], tuple[float, float]]:
    """The rate and the decay with the largest median accuracy: of the pairs without decay, and of all."""
    pairs = list(product(RATES, DECAYS if net.norm != "layer" else (0.0,)))
    rates, decays = zip(*pairs, strict=True)
    stack = trained(net, SEARCH_SEEDS, rates, n_steps, decays=decays)
    found = accuracies(stack, *unseen(net, SEARCH_SEEDS)).reshape(-1, len(pairs))
    medians = dict(zip(pairs, np.median(found, axis=0), strict=True))
    return max((pair for pair in pairs if pair[1] == 0), key=medians.get), max(pairs, key=medians.get)
