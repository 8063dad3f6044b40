"""L2 in the loss and weight decay beside it: one thing for gradient descent, two for RMSProp."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import best, grid, networks_of

RMSPROP_RATES = (0.0005, 0.001, 0.002, 0.004, 0.008)
L2_STRENGTHS = (0.03, 0.1, 0.3)
DECAY_STRENGTHS = (1.0, 3.0, 10.0)


@dataclass(frozen=True)
class DecayAndL2:
    """What is left of the weights from dim and from bright pixels, as a share of what they are without the penalty.

    ``sgd_difference`` is the largest difference between weights of gradient descent with L2 and with decay, as a share
    of the largest difference that L2 makes. Errors are those on new digits.
    """

    sgd_difference: float
    l2_dim: float
    l2_bright: float
    decay_dim: float
    decay_bright: float
    plain_error: float
    l2_error: float
    decay_error: float
    l2_rate: float
    decay_rate: float
    l2_strength: float
    decay_strength: float

    @property
    def l2_ratio(self) -> float:
        """Left from dim pixels over left from bright ones."""
        return self.l2_dim / self.l2_bright

    @property
    def decay_ratio(self) -> float:
        return self.decay_dim / self.decay_bright

    @property
    def most_left(self) -> float:
        """The largest share that is left by either."""
        return max(self.l2_dim, self.l2_bright, self.decay_dim, self.decay_bright)


def decay_and_l2(
    seed, *, width=64, n_samples=200, wrong=0.2, n_epochs=30, sgd_rate=0.1, sgd_strength=0.1, data="digits",
    n_networks=2,
) -> DecayAndL2:  # fmt: skip
    """One ReLU layer; RMSProp with each penalty at the best of its rates and strengths."""
    net = Net(width=width, n_samples=n_samples, wrong=wrong, data=data, batch_size=20)
    like = Method(0.0, adaptive=1)
    plain = best(net, n_epochs, grid(RMSPROP_RATES, like=like))
    l2 = best(net, n_epochs, grid(RMSPROP_RATES, like=like, l2=L2_STRENGTHS))
    decay = best(net, n_epochs, grid(RMSPROP_RATES, like=like, decay=DECAY_STRENGTHS))
    without = [Method(each.rate, adaptive=1) for each in (l2, decay)]
    seeds = networks_of(seed, n_networks)
    stack = Stack(net, seeds, (plain, l2, decay, *without)).train(n_epochs)
    sgd = Stack(
        net, seeds, [Method(sgd_rate, **penalty) for penalty in ({}, {"l2": sgd_strength}, {"decay": sgd_strength})]
    ).train(n_epochs)
    shares = (*_left(stack, 1, 3), *_left(stack, 2, 4))
    w = sgd.w[0].reshape(n_networks, 3, *sgd.w[0].shape[1:])
    error = stack.test_error().mean(axis=0)
    return DecayAndL2(
        float(np.abs(w[:, 2] - w[:, 1]).max() / np.abs(w[:, 1] - w[:, 0]).max()),
        *shares,
        *map(float, error[:3]),
        l2.rate, decay.rate, l2.l2, decay.decay,
    )  # fmt: skip


def _left(stack, with_penalty, without) -> tuple[float, float]:
    """The mean size of the weights from the dimmest and the brightest quarter of the pixels, over that without."""
    sizes = np.abs(stack.w[0]).mean(axis=2).reshape(len(stack.seeds), len(stack.methods), -1)
    spread, shares = stack.x.std(axis=1), []
    for size, each in zip(sizes, spread, strict=True):
        lit = np.argsort(each)[np.sum(each == 0) :]  # a pixel that is never lit has no gradient of its own
        quarter = len(lit) // 4
        ends = lit[:quarter], lit[-quarter:]
        shares.append([size[with_penalty, end].mean() / size[without, end].mean() for end in ends])
    dim, bright = np.mean(shares, axis=0)
    return float(dim), float(bright)
