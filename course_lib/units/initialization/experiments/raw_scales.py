"""Random numbers as weights, multiplied by one factor or another: NumPy's ``rand`` and ``randn``."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.initialization import he_normal, he_uniform, lecun_normal, scaled_normal, scaled_uniform
from course_lib.units.initialization.experiments.untrained_networks import pass_through
from course_lib.units.shared.arms import Arm, quickest_rate, steps

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


@cache
def rand_times(factor):
    """The initialiser ``factor * np.random.rand(...)``: uniform on [0, factor), its mean is factor / 2."""
    return lambda rng, fan_in, fan_out: factor * rng.random((fan_in, fan_out))


randn_times = cache(scaled_normal)


@dataclass(frozen=True)
class SmallWeights:
    """What a gradient is multiplied by in narrow and in wide layers, and steps to the target at the best rate.

    ``rand`` is uniform on [0, 1), ``randn`` normal around 0, both times the small factor. ``apart`` is how far the
    units of the last narrow layer differ with the former, for the same sample, as a share of the layer's size.
    """

    rand_narrow: float
    rand_wide: float
    randn_narrow: float
    randn_wide: float
    apart: float
    rand_steps: int
    he_steps: int
    rand_rate: float
    he_rate: float

    @property
    def slower(self) -> float:
        return self.rand_steps / self.he_steps


def small_weights(
    seed, *, factor=0.01, depth=20, narrow=64, wide=512, n_samples=64, trained_depth=2, trained_width=64, limit=150
) -> SmallWeights:
    """Untrained ReLU networks of ``depth`` layers, and networks of ``trained_depth`` hidden layers that are trained."""
    rand_narrow, rand_wide, randn_narrow, randn_wide = (
        pass_through(seed, f(factor), "relu", [width] * (depth + 1), n_samples=n_samples)
        for f in (rand_times, randn_times)
        for width in (narrow, wide)
    )
    (rand, rand_rate), (he, he_rate) = (
        _at_its_best(initializer, "relu", trained_depth, trained_width, seed, limit)
        for initializer in (rand_times(factor), he_normal)
    )
    gradients = (p.gradient for p in (rand_narrow, rand_wide, randn_narrow, randn_wide))
    return SmallWeights(*gradients, rand_narrow.between_units, rand, he, rand_rate, he_rate)


def _at_its_best(initializer, activation, depth, width, seed, limit):
    arm = Arm(activation, initializer, depth, width)
    rate = quickest_rate(arm, RATES, limit=limit)
    return steps(arm, seed, rate, limit=limit), rate


@dataclass(frozen=True)
class LargeWeights:
    """Saturation in the last layer and what is left of a gradient, tanh; the signal's growth with ReLU; and steps.

    ``rand`` is uniform on [0, 1), ``randn`` normal around 0 with standard deviation 1; ``lecun`` the latter times
    1 / sqrt(n).
    """

    rand_saturated: float
    rand_gradient: float
    randn_saturated: float
    randn_gradient: float
    lecun_saturated: float
    lecun_gradient: float
    relu_growth: float
    rand_steps: int
    randn_steps: int
    lecun_steps: int

    @property
    def slower(self) -> float:
        """The steps of the better one of the two wide starts over those of LeCun's."""
        return min(self.rand_steps, self.randn_steps) / self.lecun_steps


def large_weights(
    seed, *, depth=20, width=256, n_samples=64, trained_depth=3, trained_width=64, limit=60
) -> LargeWeights:
    """Untrained networks of ``depth`` layers, and networks of ``trained_depth`` hidden layers that are trained."""
    widths, large = [width] * (depth + 1), (rand_times(1.0), randn_times(1.0), lecun_normal)
    rand, randn, lecun = (pass_through(seed, w, "tanh", widths, n_samples=n_samples) for w in large)
    relu = pass_through(seed, large[0], "relu", widths, n_samples=n_samples)
    taken = (_at_its_best(w, "tanh", trained_depth, trained_width, seed, limit)[0] for w in large)
    return LargeWeights(
        rand.saturated,
        rand.gradient,
        randn.saturated,
        randn.gradient,
        lecun.saturated,
        lecun.gradient,
        relu.size_left,
        *taken,
    )


@dataclass(frozen=True)
class OneOverN:
    """What differs between samples after the last tanh layer, as a share of that of the inputs, by the factor."""

    rand_n: float
    randn_n: float
    rand_root: float
    randn_root: float
    rand_root_gradient: float
    randn_root_gradient: float


def one_over_n(seed, *, depth=20, width=256, n_samples=128, input_std=1.0) -> OneOverN:
    """``rand`` and ``randn`` times 1 / n, and times 1 / sqrt(n); n is the width."""
    widths = [width] * (depth + 1)
    found = [
        pass_through(seed, f(factor), "tanh", widths, n_samples=n_samples, input_std=input_std)
        for factor in (1 / width, width**-0.5)
        for f in (rand_times, randn_times)
    ]
    left = (p.spreads[-1] / p.first_spread for p in found)
    return OneOverN(*map(float, left), *(p.gradient for p in found[2:]))


@dataclass(frozen=True)
class TwoReadings:
    """Growth of a signal through ReLU layers: He's number as standard deviation or variance; uniform weights."""

    as_std: float
    as_variance: float
    uniform: float
    as_limit: float


def two_readings(seed, *, depth=20, width=256, n_samples=128) -> TwoReadings:
    """sqrt(2 / n) as standard deviation or variance of normal weights; sqrt(6 / n), and sqrt(2 / n), as limit of "
    "uniform ones."""
    widths = [width] * (depth + 1)
    as_variance, as_limit = randn_times((2 / width) ** 0.25), scaled_uniform((2 / width) ** 0.5)
    return TwoReadings(
        *(
            pass_through(seed, w, "relu", widths, n_samples=n_samples).size_left
            for w in (he_normal, as_variance, he_uniform, as_limit)
        )
    )


@dataclass(frozen=True)
class AsPrinted:
    """``refused`` is 1 when ``np.random.rand`` does not take a tuple; mean and share below zero of what it draws."""

    refused: float
    mean: float
    negative: float
    randn_mean: float
    randn_negative: float


def rand_as_printed(seed, *, fan_in=64, fan_out=32) -> AsPrinted:
    """``np.random.rand(shape)``, and ``rand`` against ``randn`` with the two numbers that it does take."""
    rng = np.random.RandomState(seed)
    try:
        rng.rand((fan_in, fan_out))
        refused = 0.0
    except TypeError:
        refused = 1.0
    rand, randn = rng.rand(fan_in, fan_out), rng.randn(fan_in, fan_out)
    return AsPrinted(
        refused, float(rand.mean()), float(np.mean(rand < 0)), float(randn.mean()), float(np.mean(randn < 0))
    )
