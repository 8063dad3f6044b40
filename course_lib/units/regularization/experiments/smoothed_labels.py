"""Label smoothing: how sure a network becomes, and how often it is right."""

from dataclasses import dataclass

from course_lib.units.regularization.experiments.stacked_networks import Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import best, grid, networks_of
from course_lib.units.shared.probabilities import entropy, softmax

SMOOTH_RATES = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28)


@dataclass(frozen=True)
class SmoothedLabels:
    """On new digits, without and with smoothing: mean probability of the chosen class, entropy, errors.

    ``..._sure_wrong`` is the mean probability where the chosen class is wrong.
    """

    plain_sure: float
    smooth_sure: float
    plain_entropy: float
    smooth_entropy: float
    plain_error: float
    smooth_error: float
    plain_sure_wrong: float
    smooth_sure_wrong: float
    plain_rate: float
    smooth_rate: float

    @property
    def less_sure(self) -> float:
        return self.plain_sure - self.smooth_sure

    @property
    def less_sure_where_wrong(self) -> float:
        return self.plain_sure_wrong - self.smooth_sure_wrong

    @property
    def plain_excess(self) -> float:
        """By how much the probability of the chosen class exceeds the share of right answers."""
        return self.plain_sure - (1 - self.plain_error)

    @property
    def smooth_excess(self) -> float:
        return self.smooth_sure - (1 - self.smooth_error)

    @property
    def error_difference(self) -> float:
        return self.smooth_error - self.plain_error

    @property
    def entropy_ratio(self) -> float:
        return self.smooth_entropy / self.plain_entropy


def smoothed_labels(
    seed, *, depth=1, width=64, n_samples=200, wrong=0.0, eps=0.1, n_epochs=30, data="digits", n_networks=3
) -> SmoothedLabels:
    """ReLU layers, each arm at its best rate."""
    net = Net(depth, width, n_samples, wrong, data, batch_size=20)
    methods = [best(net, n_epochs, grid(SMOOTH_RATES, smooth=(each,))) for each in (0.0, eps)]
    stack = Stack(net, networks_of(seed, n_networks), methods).train(n_epochs)
    x, y = stack.new()
    p = softmax(stack.forward(x))
    sure, wrong = p.max(axis=2), p.argmax(axis=2) != y
    means = [m.mean(axis=1).reshape(n_networks, 2).mean(axis=0) for m in (sure, entropy(p), wrong)]
    means.append([sure[arm::2][wrong[arm::2]].mean() for arm in (0, 1)])
    return SmoothedLabels(*(float(v) for mean in means for v in mean), *(m.rate for m in methods))
