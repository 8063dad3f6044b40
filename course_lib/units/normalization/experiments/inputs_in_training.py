"""Steps to a target by how the inputs are scaled, each network at the rate that suits it best."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.normalization.experiments.scaled_inputs import inputs
from course_lib.units.normalization.experiments.tuned_networks import Net, mean_steps, networks_of, steps_of

RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class StandardizedInputs:
    """Mean steps to the target by scaling, the best rates, and at how many of the rates every network gets there."""

    unequal: float
    cured: float
    raw: float
    standardized: float
    unequal_usable: float
    cured_usable: float
    unequal_rate: float
    cured_rate: float
    raw_rate: float
    standardized_rate: float

    @property
    def gain(self) -> float:
        return self.unequal / self.cured

    @property
    def more_rates(self) -> float:
        return self.cured_usable - self.unequal_usable

    @property
    def cured_ratio(self) -> float:
        """The steps with the factors over those without, after standardisation."""
        return self.cured / self.standardized

    @property
    def gain_raw(self) -> float:
        return self.raw / self.standardized


def standardized_inputs(
    seed, *, activation="tanh", depth=2, width=32, data="digits", n_networks=3, limit=150
) -> StandardizedInputs:
    """Pixels times factors between 1/10 and 10, and pixels as they come, each with and without standardisation."""
    same = {"depth": depth, "width": width, "data": data}
    scalings = ("unequal", "unequal, standardized", "raw", "standardized")
    nets = [Net(activation, scaling=scaling, **same) for scaling in scalings]
    found = [mean_steps(net, seed, RATES, limit, n_networks) for net in nets]
    usable = []
    for net in nets[:2]:
        taken = steps_of(net, networks_of(seed, n_networks), RATES, limit=limit)
        usable.append(float(np.sum(taken.max(axis=0) < limit)))
    return StandardizedInputs(*(steps for steps, _ in found), *usable, *(rate for _, rate in found))


@dataclass(frozen=True)
class TwoMethods:
    """Mean steps to the target by scaling; ``..._offset`` is the root mean square of the means over
    the spread.

    ``shifted`` are inputs that were min-max scaled and then centred.
    """

    min_max: float
    standardized: float
    raw: float
    shifted: float
    min_max_offset: float
    standardized_offset: float
    min_max_rate: float
    standardized_rate: float
    shifted_rate: float

    @property
    def ratio(self) -> float:
        return self.min_max / self.standardized

    @property
    def scaling(self) -> float:
        """What min-max scaling saves of the steps on the pixels with their factors."""
        return self.raw / self.min_max

    @property
    def centring(self) -> float:
        """What centring alone saves of the steps of min-max scaling, as a factor."""
        return self.min_max / self.shifted


def two_methods(seed, *, activation="tanh", depth=2, width=32, data="digits", n_networks=3, limit=150) -> TwoMethods:
    """Both methods on pixels times factors between 1/10 and 10."""
    same = {"depth": depth, "width": width, "data": data}
    cures = (", min-max", ", standardized", "", ", min-max centred")
    found = [
        mean_steps(Net(activation, scaling=f"unequal{cure}", **same), seed, RATES, limit, n_networks) for cure in cures
    ]
    offsets = (_offset(seed, data, f"unequal{cure}") for cure in cures[:2])
    rates = [rate for _, rate in found]
    return TwoMethods(*(steps for steps, _ in found), *offsets, *rates[:2], rates[3])


def _offset(seed, data, scaling) -> float:
    x, _ = inputs(data, scaling, 320, rng=np.random.default_rng(seed))
    return float(np.sqrt(np.mean(x.mean(axis=0) ** 2) / np.mean(x.var(axis=0))))
