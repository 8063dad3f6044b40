"""How far the distributions of hidden layers' inputs move in training, and what it has to do with speed."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.normalization.experiments.tuned_networks import Net, Stack, best_of, mean_steps, networks_of

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class InternalShift:
    """Mean steps to the target, and the shift of the layers' inputs in one step, as a share of their spread.

    ``noisy``: with random scales and shifts behind batch norm, new ones at every step; ``noisy_plain``: with the same,
    and without batch norm.
    """

    plain: float
    batch: float
    noisy: float
    noisy_plain: float
    plain_shift: float
    batch_shift: float
    noisy_shift: float
    plain_rate: float
    batch_rate: float
    noisy_rate: float

    @property
    def noisy_gain(self) -> float:
        return self.plain / self.noisy

    @property
    def gain_in_noise(self) -> float:
        """What batch norm gains where both networks have the noise."""
        return self.noisy_plain / self.noisy

    @property
    def batch_gain(self) -> float:
        return self.plain / self.batch

    @property
    def noise_costs(self) -> float:
        """The steps with the noise over those without it, with batch norm."""
        return self.noisy / self.batch

    @property
    def shift_ratio(self) -> float:
        return self.noisy_shift / self.plain_shift

    @property
    def batch_shift_ratio(self) -> float:
        return self.batch_shift / self.plain_shift


def internal_shift(
    seed,
    *,
    activation="sigmoid",
    depth=3,
    width=32,
    noise_shift=1.0,
    noise_scale=1.25,
    n_steps=15,
    data="digits",
    n_networks=3,
    limit=200,
) -> InternalShift:
    """Without batch norm, with it, and with noise behind it; shifts over the first ``n_steps`` steps."""
    same = {"depth": depth, "width": width, "data": data}
    noise = (noise_shift, noise_scale)
    nets = [Net(activation, **same), Net(activation, "batch", **same), Net(activation, "batch", noise=noise, **same)]
    nets.append(Net(activation, noise=noise, **same))
    found = [mean_steps(net, seed, RATES, limit, n_networks) for net in nets]
    shifts = [shift(net, networks_of(seed, n_networks), best_of(net, RATES, limit), n_steps) for net in nets[:3]]
    return InternalShift(*(steps for steps, _ in found), *shifts, *(rate for _, rate in found[:3]))


def shift(net: Net, seeds, rate, n_steps) -> float:
    """By how much the mean of a unit moves in one step, over the units' spread: root mean squares over units and steps.

    Measured on 64 samples that stay the same, for what the second hidden layer and all later ones get.
    """
    stack = Stack(net, seeds, (rate,))
    probe = stack.x[:, :64]
    before, moved, spread = None, [], []
    while len(moved) < n_steps:
        for orders in stack.epoch(net.batch_size):
            stack.step(orders)
            now = np.array(stack.received(probe)[1:], float)
            if before is not None:
                moved.append(np.mean((now.mean(axis=2) - before.mean(axis=2)) ** 2))
                spread.append(np.mean(now.var(axis=2)))
            before = now
    return float(np.sqrt(np.mean(moved[:n_steps]) / np.mean(spread[:n_steps])))
