"""SELU: when its signal keeps mean 0 and standard deviation 1, and what is left of that otherwise."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions.activations import SELU_ALPHA, SELU_LAMBDA, elu, relu, selu, tanh

WIDTH = 64


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
        last = float(self.other[-1])
        return last if np.isfinite(last) else np.inf  # it has overflowed


def selu_as_printed(seed, *, depth=2, width=WIDTH, variance=1.0, n_samples=128) -> SignalStd:
    """The printed form: lambda (e^x - 1) for x > 0 and lambda**2 (e^x - 1) below, lambda = 1.67."""

    def printed(z):
        return 1.67 * np.where(z > 0, np.expm1(z), 1.67 * np.expm1(z))

    same = {"depth": depth, "width": width, "variance": variance, "n_samples": n_samples}
    return SignalStd(signal(seed, selu, **same)[1], signal(seed, printed, **same)[1])


def selu_with_swapped_constants(seed, *, depth=50, width=WIDTH, n_samples=128, input_std=1.0) -> SignalStd:
    """Layers with lambda = 1.6733 and alpha = 1.0507 in place of lambda = 1.0507 and alpha = 1.6733."""

    def swapped(z):
        return SELU_ALPHA * elu(z, SELU_LAMBDA)

    same = {"depth": depth, "width": width, "n_samples": n_samples, "input_std": input_std}
    return SignalStd(signal(seed, selu, **same)[1], signal(seed, swapped, **same)[1])


@dataclass(frozen=True)
class SelfNormalization:
    """Mean and standard deviation of a SELU signal after many layers, and the standard deviation with tanh, ReLU."""

    mean: float
    std: float
    tanh_std: float
    relu_std: float
    stds: np.ndarray
    tanh_stds: np.ndarray


def self_normalization(
    seed, *, depth=50, width=WIDTH, variance=1.0, n_samples=128, input_std=1.0, input_mean=0.0
) -> SelfNormalization:
    """Dense layers, weights of variance ``variance`` / fan-in (LeCun's for 1); tanh and ReLU with the same weights."""
    same = {"depth": depth, "width": width, "variance": variance, "n_samples": n_samples}
    same |= {"input_std": input_std, "input_mean": input_mean}
    (means, stds), (_, tanh_stds), (_, relu_stds) = (signal(seed, f, **same) for f in (selu, tanh, relu))
    return SelfNormalization(
        float(means[-1]), float(stds[-1]), float(tanh_stds[-1]), float(relu_stds[-1]), stds, tanh_stds
    )


@dataclass(frozen=True)
class WithoutConditions:
    """Standard deviation of a SELU signal after many layers: under its conditions, and without one of them each."""

    std: float
    he: float
    dropout: float
    skips: float


def without_conditions(seed, *, depth=50, width=WIDTH, n_samples=128, dropout=0.5, input_std=1.0) -> WithoutConditions:
    """LeCun's weights; then He's, ordinary dropout, and skip connections around every layer."""
    same = {"depth": depth, "width": width, "n_samples": n_samples, "input_std": input_std}
    return WithoutConditions(
        *(
            float(signal(seed, selu, **same, **other)[1][-1])
            for other in ({}, {"variance": 2.0}, {"dropout": dropout}, {"skip": True})
        )
    )


def signal(
    seed,
    activation,
    *,
    depth,
    width=WIDTH,
    n_samples=128,
    variance=1.0,
    dropout=0.0,
    skip=False,
    input_std=1.0,
    input_mean=0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Means and standard deviations (depth,) of a normally distributed signal after each dense layer.

    ``variance`` is that of the weights times their fan-in; ``dropout`` the share of units that inverted dropout
    switches off; with ``skip`` every layer's output is added to its input.
    """
    rng = np.random.default_rng(seed)
    x = rng.normal(input_mean, input_std, (n_samples, width))
    means, stds = np.empty(depth), np.empty(depth)
    for layer in range(depth):
        with np.errstate(over="ignore", invalid="ignore"):  # some of these forms overflow on purpose
            out = activation(x @ rng.normal(0, np.sqrt(variance / width), (width, width)))
        if dropout:
            out = out * (rng.random(out.shape) >= dropout) / (1 - dropout)
        x = x + out if skip else out
        with np.errstate(over="ignore", invalid="ignore"):
            means[layer], stds[layer] = x.mean(), x.std()
    return means, stds
