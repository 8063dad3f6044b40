"""Who fools a network best, and what training on such images gives."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import N_CLASSES, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import best, grid, networks_of

ATTACK_RATES = (0.08, 0.16, 0.32, 0.64, 1.28)


@dataclass(frozen=True)
class AdversarialTraining:
    """Errors on new digits as they are, and with every pixel moved by ``eps`` of its range.

    ``own``: by the gradient of the network that is tested; ``other``: by that of a network trained on other samples;
    ``random``: by random signs. ``trained_...`` is a network trained on images moved by its own gradient, ``noisy_...``
    one trained on images moved by random signs.
    """

    clean: float
    random: float
    other: float
    own: float
    trained_clean: float
    trained_own: float
    noisy_clean: float
    noisy_own: float
    rate: float
    trained_rate: float

    @property
    def own_over_other(self) -> float:
        return self.own / self.other

    @property
    def random_over_most(self) -> float:
        """Errors by random signs over the most that a gradient brings about."""
        return self.random / max(self.own, self.other)

    @property
    def noise_ratio(self) -> float:
        return self.noisy_own / self.own

    @property
    def robust_ratio(self) -> float:
        return self.trained_own / self.own

    @property
    def clean_ratio(self) -> float:
        return self.trained_clean / self.clean

    @property
    def clean_over_noisy(self) -> float:
        return self.trained_clean / self.noisy_clean


def adversarial_training(
    seed, *, width=64, n_samples=200, wrong=0.0, eps=0.1, n_epochs=30, data="digits", n_networks=3
) -> AdversarialTraining:
    """One ReLU layer, each arm at the best rate for digits as they are; pixels lie in [0, 1]."""
    net = Net(1, width, n_samples, wrong, data, batch_size=20)
    methods = [
        best(net, n_epochs, grid(ATTACK_RATES, **arm)) for arm in ({}, {"adversarial": (eps,)}, {"signs": (eps,)})
    ]
    seeds = networks_of(seed, n_networks)
    stacks = [Stack(net, seeds, (m,)).train(n_epochs) for m in methods]
    plain, trained, noisy = stacks
    x, y = plain.new()
    rng = np.random.default_rng([seed, 5])
    signs = rng.choice(np.array([-1, 1], np.float32), x.shape)
    # the gradient of the network of the next seed, which saw other samples
    other = _gradient(plain.rolled(), x, y)
    moved = {"random": signs, "other": np.sign(other), "own": np.sign(_gradient(plain, x, y))}
    attacked = {name: plain.error(plain.moved(x, eps * s), y).mean() for name, s in moved.items()}
    found = [plain.error(x, y).mean(), *attacked.values()]
    for each in (trained, noisy):
        own = each.moved(x, eps * np.sign(_gradient(each, x, y)))
        found += [each.error(x, y).mean(), each.error(own, y).mean()]
    return AdversarialTraining(*map(float, found), methods[0].rate, methods[1].rate)


def _gradient(stack, x, y):
    return stack.input_gradient(x, np.eye(N_CLASSES, dtype=np.float32)[y])
