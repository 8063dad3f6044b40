"""Masks for every sample of its own, for a whole batch, and for a whole epoch."""

from dataclasses import dataclass, replace
from itertools import product

from course_lib.units.regularization.experiments.stacked_networks import Method, Net
from course_lib.units.regularization.experiments.tuned_methods import MORE_SEARCH_SEEDS as MORE
from course_lib.units.regularization.experiments.tuned_methods import best, errors, grid

MASK_RATES = (0.01, 0.02, 0.04, 0.08)
PROBABILITIES = (0.1, 0.2, 0.3, 0.4)
PAIRS = tuple(product(MASK_RATES, PROBABILITIES))


@dataclass(frozen=True)
class DropoutMasks:
    """Errors on new digits without dropout, and with masks drawn for each sample, each batch, and each epoch.

    Masks for a batch are tried at the rate and the probability that suit those for each sample."""

    plain: float
    sample: float
    batch: float
    epoch: float
    plain_rate: float
    sample_rate: float
    epoch_rate: float
    sample_drop: float
    epoch_drop: float

    @property
    def epoch_ratio(self) -> float:
        return self.epoch / self.sample

    @property
    def batch_ratio(self) -> float:
        return self.batch / self.sample

    @property
    def gain(self) -> float:
        return self.plain / self.sample

    @property
    def left(self) -> float:
        """Errors with masks for an epoch over those without dropout."""
        return self.epoch / self.plain


def dropout_masks(
    seed, *, width=64, n_samples=200, wrong=0.2, batch_size=10, n_epochs=15, data="digits", n_networks=10
) -> DropoutMasks:
    """One ReLU layer; each arm at its best rate and probability of dropping hidden units and pixels."""
    net = Net(1, width, n_samples, wrong, data, batch_size)
    plain = best(net, n_epochs, grid(MASK_RATES), MORE)
    sample, epoch = (
        best(net, n_epochs, tuple(Method(rate, drop=p, drop_input=p, hold=hold) for rate, p in PAIRS), MORE)
        for hold in (0, 2)
    )
    batch = replace(sample, hold=1)
    found = [test for _, test in errors(net, n_epochs, (plain, sample, batch, epoch), seed, n_networks)]
    return DropoutMasks(*found, plain.rate, sample.rate, epoch.rate, sample.drop, epoch.drop)
