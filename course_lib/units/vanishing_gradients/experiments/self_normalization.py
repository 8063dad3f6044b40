"""SELU: when its signal keeps mean 0 and standard deviation 1, and what is left of that otherwise."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import SELU_ALPHA, SELU_LAMBDA, elu, selu

WIDTH = 128


@dataclass(frozen=True)
class SignalStd:
    """Standard deviation of the signal after every layer, under SELU as published and under another form."""

    selu: np.ndarray
    other: np.ndarray

    @property
    def selu_last(self) -> float:
        return float(self.selu[-1])

    @property
    def other_last(self) -> float:
        return float(self.other[-1])


def selu_as_printed(seed) -> SignalStd:
    """Two layers of the printed form: lambda (e^x - 1) for x > 0 and lambda**2 (e^x - 1) below, lambda = 1.67."""

    def printed(z):
        return 1.67 * np.where(z > 0, np.expm1(z), 1.67 * np.expm1(z))

    return SignalStd(signal(seed, selu, depth=2)[1], signal(seed, printed, depth=2)[1])


def selu_with_swapped_constants(seed) -> SignalStd:
    """50 layers with lambda = 1.6733 and alpha = 1.0507 in place of lambda = 1.0507 and alpha = 1.6733."""

    def swapped(z):
        return SELU_ALPHA * elu(z, SELU_LAMBDA)

    return SignalStd(signal(seed, selu)[1], signal(seed, swapped)[1])


@dataclass(frozen=True)
class SelfNormalization:
    """Mean and standard deviation of a SELU signal after 50 layers, under its conditions and without one of them."""

    mean: float
    std: float
    he_std: float
    dropout_std: float
    skip_std: float
    stds: np.ndarray


def self_normalization(seed) -> SelfNormalization:
    """LeCun weights and standardised inputs; then He weights, ordinary dropout of 0.5, and skip connections."""
    means, stds = signal(seed, selu)
    return SelfNormalization(
        float(means[-1]),
        float(stds[-1]),
        float(signal(seed, selu, variance=2.0)[1][-1]),
        float(signal(seed, selu, dropout=0.5)[1][-1]),
        float(signal(seed, selu, skip=True)[1][-1]),
        stds,
    )


def signal(seed, activation, *, depth=50, variance=1.0, dropout=0.0, skip=False) -> tuple[np.ndarray, np.ndarray]:
    """Means and standard deviations (depth,) of a standard normal signal after each dense layer.

    ``variance`` is that of the weights times their fan-in; ``dropout`` the share of units that inverted dropout
    switches off; with ``skip`` every layer's output is added to its input.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(128, WIDTH))
    means, stds = np.empty(depth), np.empty(depth)
    for layer in range(depth):
        with np.errstate(over="ignore"):  # some of these forms overflow on purpose
            out = activation(x @ rng.normal(0, np.sqrt(variance / WIDTH), (WIDTH, WIDTH)))
        if dropout:
            out = out * (rng.random(out.shape) >= dropout) / (1 - dropout)
        x = x + out if skip else out
        means[layer], stds[layer] = x.mean(), x.std()
    return means, stds
