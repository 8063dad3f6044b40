"""Batch norm and group norm where a batch has few samples."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.units.normalization.experiments.running_statistics import accuracies, accuracy, trained, unseen
from course_lib.units.normalization.experiments.tuned_networks import Net, networks_of
from course_lib.units.normalization.experiments.untrained_norms import restyled
from course_lib.units.shared.arms import TUNING_SEEDS

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True)
class SmallBatches:
    """Mean accuracy on unseen digits, by norm and size of the batches; and what norms keep of a style.

    ``..._kept`` is how much of a change of some channels' contrast and brightness is left behind the norm.
    """

    batch_small: float
    group_small: float
    batch_large: float
    group_large: float
    batch_kept: float
    group_kept: float
    instance_kept: float
    batch_small_rate: float
    group_small_rate: float

    @property
    def lost_small(self) -> float:
        return self.group_small - self.batch_small

    @property
    def lost_large(self) -> float:
        return self.group_large - self.batch_large

    @property
    def least_kept(self) -> float:
        """The smaller one of what group norm and batch norm keep."""
        return min(self.group_kept, self.batch_kept)


def small_batches(
    seed, *, activation="relu", depth=3, width=32, small=2, large=32, n_samples=640, data="digits", n_networks=3,
    channels=8, n_groups=2,
) -> SmallBatches:  # fmt: skip
    """``n_samples`` are seen in batches of ``small`` and of ``large``; 16 images of 6 x 6 for the style."""
    found, rates = [], []
    for size in (small, large):
        for norm in ("batch", "group"):
            net = Net(activation, norm, depth, width, data=data, batch_size=size)
            rates.append(_best_rate(net, n_samples // size))
            seeds = networks_of(seed, n_networks)
            found.append(accuracy(trained(net, seeds, rates[-1:], n_samples // size), *unseen(net, seeds)))
    style = restyled(seed, channels=channels, n_groups=n_groups)
    return SmallBatches(*found, style.batch, style.group, style.instance, *rates[:2])


@cache
def _best_rate(net, n_steps) -> float:
    found = accuracies(trained(net, TUNING_SEEDS, RATES, n_steps), *unseen(net, TUNING_SEEDS))
    return RATES[int(np.argmax(np.median(found.reshape(-1, len(RATES)), axis=0)))]
