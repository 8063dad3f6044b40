"""Steps to a target with and without batch norm, each network at the rate that suits it best."""

from dataclasses import dataclass

import numpy as np

from course_lib.units.normalization.experiments.tuned_networks import Net, Stack, mean_steps, networks_of, steps_of

NORM_RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
ALL_RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
START_RATES = (0.0001, 0.0003, 0.001, 0.003, *ALL_RATES, 30.0)
SELU_RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


@dataclass(frozen=True)
class HigherRates:
    """Mean steps to the target, the best rates, and the largest rate at which every network gets there.

    ``..._usable`` is the number of the rates tried at which every network does.
    """

    plain: float
    batch: float
    plain_rate: float
    batch_rate: float
    plain_top: float
    batch_top: float
    plain_usable: float
    batch_usable: float

    @property
    def speedup(self) -> float:
        return self.plain / self.batch

    @property
    def top_ratio(self) -> float:
        return self.batch_top / self.plain_top


def higher_rates(seed, *, activation="relu", depth=6, width=32, data="digits", n_networks=3, limit=80) -> HigherRates:
    """A network with and without batch norm between its affine layers and activations."""
    same = {"depth": depth, "width": width, "data": data}
    nets = Net(activation, **same), Net(activation, "batch", **same)
    (plain, plain_rate), (batch, batch_rate) = (mean_steps(net, seed, ALL_RATES, limit, n_networks) for net in nets)
    plain_usable, batch_usable = (_usable(net, seed, limit, n_networks) for net in nets)
    tops = (max(usable, default=np.nan) for usable in (plain_usable, batch_usable))
    return HigherRates(plain, batch, plain_rate, batch_rate, *tops, len(plain_usable), len(batch_usable))


def _usable(net, seed, limit, n_networks):
    taken = steps_of(net, networks_of(seed, n_networks), ALL_RATES, limit=limit)
    return [rate for rate, worst in zip(ALL_RATES, taken.max(axis=0), strict=True) if worst < limit]


@dataclass(frozen=True)
class BadStarts:
    """Mean steps to the target, without and with batch norm, from weights too small, right, and too large."""

    plain_small: float
    plain: float
    plain_large: float
    batch_small: float
    batch: float
    batch_large: float

    @property
    def plain_price(self) -> float:
        """The steps of the better one of the two bad starts over those of the right one."""
        return min(self.plain_small, self.plain_large) / self.plain

    @property
    def batch_price(self) -> float:
        """The steps of the worse one of the two bad starts over those of the right one."""
        return max(self.batch_small, self.batch_large) / self.batch

    @property
    def advantage(self) -> float:
        return self.plain_price / self.batch_price

    @property
    def speedup(self) -> float:
        return self.plain / self.batch


def bad_starts(
    seed, *, activation="relu", depth=4, width=32, small=0.1, large=5.0, data="digits", n_networks=3, limit=200
) -> BadStarts:
    """All first weights, those of the output layer too, times ``small`` and ``large``."""
    same = {"depth": depth, "width": width, "data": data}
    nets = [Net(activation, norm, gain=gain, **same) for norm in (None, "batch") for gain in (small, 1.0, large)]
    return BadStarts(*(mean_steps(net, seed, START_RATES, limit, n_networks)[0] for net in nets))


@dataclass(frozen=True)
class Saturating:
    """Mean steps to the target of deep networks, without and with batch norm, by activation.

    ``tanh`` has narrow weights, with which it makes signal and gradient vanish; ``tanh_lecun`` those of variance
    1 / fan_in, and no batch norm. ``shallow`` is one sigmoid layer without batch norm.
    """

    sigmoid: float
    sigmoid_batch: float
    tanh: float
    tanh_batch: float
    tanh_lecun: float
    shallow: float
    sigmoid_batch_rate: float
    tanh_batch_rate: float

    @property
    def sigmoid_gain(self) -> float:
        return self.sigmoid / self.sigmoid_batch

    @property
    def tanh_gain(self) -> float:
        return self.tanh / self.tanh_batch


def saturating(seed, *, depth=6, width=32, narrow=0.5, data="digits", n_networks=3, limit=120) -> Saturating:
    """Sigmoid layers, and tanh layers with weights ``narrow`` times as wide as LeCun's."""
    same = {"width": width, "data": data}
    nets = [Net("sigmoid", norm, depth, **same) for norm in (None, "batch")]
    nets += [Net("tanh", norm, depth, gain=narrow, **same) for norm in (None, "batch")]
    nets += [Net("tanh", depth=depth, **same), Net("sigmoid", depth=1, **same)]
    found = [mean_steps(net, seed, NORM_RATES, limit, n_networks) for net in nets]
    return Saturating(*(steps for steps, _ in found), found[1][1], found[3][1])


@dataclass(frozen=True)
class Places:
    """Mean steps to the target by where batch norm stands, with hidden layers, and as the very first layer alone.

    ``raw`` and ``standardized`` are networks without batch norm. ``relu_ratio`` and ``tanh_ratio`` are before over
    after, ``worst_place`` the slower one of these with ReLU over none, ``first_ratio`` and ``raw_ratio`` over
    standardised inputs.
    """

    relu_before: float
    relu_after: float
    tanh_before: float
    tanh_after: float
    relu_without: float
    first: float
    raw: float
    standardized: float
    relu_before_rate: float
    relu_after_rate: float
    tanh_before_rate: float
    tanh_after_rate: float
    relu_ratio: float
    tanh_ratio: float
    worst_place: float
    first_ratio: float
    raw_ratio: float


def places(seed, *, depth=6, input_depth=2, width=32, data="digits", n_networks=3, limit=100) -> Places:
    """Before and after ReLU and tanh; then in front of all other layers, on pixels as they come."""
    same = {"width": width, "data": data}
    nets = [
        Net(activation, "batch", depth, after=after, **same)
        for activation in ("relu", "tanh")
        for after in (False, True)
    ]
    nets.append(Net("relu", depth=depth, **same))
    nets.append(Net("tanh", depth=input_depth, scaling="raw", first=True, **same))
    nets += [Net("tanh", depth=input_depth, scaling=scaling, **same) for scaling in ("raw", "standardized")]
    found = [mean_steps(net, seed, NORM_RATES, limit, n_networks) for net in nets]
    steps = [each for each, _ in found]
    relu_before, relu_after, tanh_before, tanh_after, without, first, raw, standardized = steps
    return Places(
        *steps,
        *(rate for _, rate in found[:4]),
        relu_ratio=relu_before / relu_after,
        tanh_ratio=tanh_before / tanh_after,
        worst_place=max(relu_before, relu_after) / without,
        first_ratio=first / standardized,
        raw_ratio=raw / standardized,
    )


@dataclass(frozen=True)
class InsteadOfBatchNorm:
    """Mean steps to the target of SELU and of ReLU with batch norm; and both from weights three times as wide."""

    selu: float
    batch: float
    plain: float
    selu_wide: float
    batch_wide: float
    selu_rate: float
    batch_rate: float

    @property
    def ratio(self) -> float:
        return self.selu / self.batch

    @property
    def over_plain(self) -> float:
        return self.plain / self.selu

    @property
    def ratio_wide(self) -> float:
        return self.selu_wide / self.batch_wide


def instead_of_batch_norm(
    seed, *, depth=8, width=32, wide=3.0, data="digits", n_networks=3, limit=100
) -> InsteadOfBatchNorm:
    """LeCun's normal weights for SELU, He's for ReLU, centred inputs of variance 1."""
    same = {"depth": depth, "width": width, "data": data}
    nets = [Net("selu", **same), Net("relu", "batch", **same), Net("relu", **same)]
    nets += [Net("selu", gain=wide, **same), Net("relu", "batch", gain=wide, **same)]
    found = [mean_steps(net, seed, SELU_RATES, limit, n_networks) for net in nets]
    return InsteadOfBatchNorm(*(steps for steps, _ in found), *(rate for _, rate in found[:2]))


@dataclass(frozen=True)
class CentredOutputs:
    """The size of a unit's mean output as a share of its spread, over units and layers before training; and mean steps.

    ``without`` is a network without batch norm; otherwise it stands before or after the ReLU.
    """

    offset_without: float
    offset_before: float
    offset_after: float
    without: float
    before: float
    after: float
    without_rate: float
    before_rate: float
    after_rate: float

    @property
    def before_gain(self) -> float:
        return self.without / self.before

    @property
    def after_gain(self) -> float:
        return self.without / self.after


def centred_outputs(seed, *, depth=6, width=32, data="digits", n_networks=3, limit=100) -> CentredOutputs:
    """ReLU networks; what the next layer gets from each hidden layer, on one batch in training mode."""
    same = {"depth": depth, "width": width, "data": data}
    nets = [Net(**same), Net(norm="batch", **same), Net(norm="batch", after=True, **same)]
    offsets = [_offset(net, networks_of(seed, n_networks)) for net in nets]
    found = [mean_steps(net, seed, ALL_RATES, limit, n_networks) for net in nets]
    return CentredOutputs(*offsets, *(steps for steps, _ in found), *(rate for _, rate in found))


def _offset(net, seeds) -> float:
    stack = Stack(net, seeds, (0.1,))
    received = stack.received(stack.x[:, : net.batch_size])[1:]
    means, variances = (np.array([f(x, axis=1) for x in received], float) for f in (np.mean, np.var))
    return float(np.sqrt(np.mean(means**2) / np.mean(variances)))
