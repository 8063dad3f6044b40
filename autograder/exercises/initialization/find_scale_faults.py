"""Debug a start: which layers got weights of the wrong scale, from the sizes of z. The seed plants the faults."""

from itertools import pairwise

import numpy as np

from autograder.compare import Difference
from autograder.domain import Given
from autograder.exercise import Call, Exercise
from autograder.kinds import kind_of

SMALL, LARGE, SHIFTED = "small", "large", "shifted"
WIDTH, N_SAMPLES = 256, 32
# a wrong scale is wrong by a factor of 16; from one healthy layer to the next the size changes by some 8 %
JUMP = 4.0
# what is told of the first layer that is wrongly named
TOLD_OF = {
    "after a shift": ", which comes after a shifted layer",
    "shifted": ", of which the first is shifted",
    "no shift": ", of which the first has a mean that is small beside its spread",
    "passes on": ", of which the first only passes on what it gets",
    "layer before": ", of which the first comes before the one at fault",
}


def find_scale_faults(run):
    faults, before = [], 1.0
    for layer, (std, mean) in enumerate(zip(run["stds"], run["means"], strict=True)):
        if std < before / JUMP:
            faults.append((layer, SMALL))
        elif std > before * JUMP:
            faults.append((layer, LARGE))
        elif abs(mean) > JUMP / 2 * std:
            faults.append((layer, SHIFTED))
        before = max(std, abs(mean))
    return faults


def judge(inputs, value) -> Difference | None:
    """Compare the faults, and say of what is missing, or named too much, what it has in common."""
    run = inputs["run"]
    expected = find_scale_faults(run)
    if problem := _form(value):
        return problem
    got = [(int(layer), cause) for layer, cause in value]
    if got == expected:
        return None
    swapped = {SMALL: LARGE, LARGE: SMALL, SHIFTED: SHIFTED}
    whole = {
        "order": (sorted(got), "the faults are right, in another order: begin with the first layer"),
        "counted from 1": ([(layer - 1, cause) for layer, cause in got], "every layer is one too high"),
        "layer before": ([(layer + 1, cause) for layer, cause in got], "every layer is one too low"),
        "exchanged": ([(layer, swapped[cause]) for layer, cause in got], "small and large are exchanged"),
    }
    for name, (changed, sentence) in whole.items():
        if changed == expected:
            return Difference(name, sentence)
    missing, extra = [f for f in expected if f not in got], [f for f in got if f not in expected]
    reasons = {_why_missing(fault) for fault in missing} | {_why_extra(run, expected, fault) for fault in extra}
    said = [f"not found: {_told(missing)}{_beside_what_it_gets(run, missing)}"] if missing else []
    if extra:
        why = _why_extra(run, expected, extra[0])
        said.append(f"wrongly named: {_told(extra)}{TOLD_OF.get(why) or _beside_what_it_gets(run, extra)}")
    # where healthy layers are named, chance decides how many and what is missed besides
    reasons = next(({told} for told in ("healthy", "passes on", "no shift") if told in reasons), reasons)
    return Difference("; ".join(sorted(reasons)) or "twice", " - ".join(said) or "a fault is named more than once")


def _form(value) -> Difference | None:
    if not isinstance(value, list | tuple):
        return Difference("type", f"the result should be a list of pairs (layer, cause), got {kind_of(value)}")
    if value and all(isinstance(part, int | np.integer) for part in value):
        return Difference("layers alone", "the result should be a list of pairs (layer, cause), got layers alone")
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):
        return Difference("type", "every fault should be a pair (layer, cause)")
    if not all(isinstance(layer, int | np.integer) and isinstance(cause, str) for layer, cause in value):
        return Difference("type", "every fault should be a pair of an integer and a word")
    unknown = next((cause for _, cause in value if cause not in (SMALL, LARGE, SHIFTED)), None)
    if unknown is not None:
        return Difference("words", f"a cause is one of {SMALL!r}, {LARGE!r} and {SHIFTED!r}, got {unknown[:30]!r}")
    return None


def _told(faults) -> str:
    listed = ", ".join(f"layer {layer} ({cause})" for layer, cause in faults[:4])
    return listed + f" and {len(faults) - 4} more" * (len(faults) > 4)


def _beside_what_it_gets(run, faults) -> str:
    """How large z is in the first of these layers, where its scale is the question."""
    layer, cause = faults[0]
    if cause == SHIFTED or not 0 <= layer < len(run["stds"]):
        return ""
    got = max(run["stds"][layer - 1], abs(run["means"][layer - 1])) if layer else 1.0
    return f", where z has {run['stds'][layer] / got:.2g} times the size of what layer {layer} gets"


def _why_missing(fault) -> str:
    layer, cause = fault
    return f"{cause} missing" if layer else "first layer missing"


def _why_extra(run, expected, fault) -> str:
    layer, cause = fault
    if not 0 <= layer < len(run["stds"]):
        return "no such layer"
    if cause != SHIFTED and (layer - 1, SHIFTED) in expected:
        return "after a shift"
    if (layer + 1, cause) in expected:
        return "layer before"
    if cause == SHIFTED:
        return "no shift"
    if (layer, SHIFTED) in expected:
        return "shifted"
    before = run["stds"][layer - 1] if layer else 1.0
    is_far = before <= 0.5 if cause == SMALL else before >= 2  # in the direction that is named
    return "passes on" if is_far else "healthy"


exercise = Exercise(
    name="find_scale_faults",
    unit="initialization",
    points=2,
    reference=find_scale_faults,
    takes={"run": Given(lambda rng, others: _run(rng, {3: SMALL, 9: SHIFTED}), kept=True)},
    judge=judge,
    hints=(
        "Where one layer has weights that are far too small, what do the sizes of all layers after it look like? What "
        "tells the one from the others?",
        "A later layer may be so large that it makes good what an earlier one has spoilt, and everything after it "
        "looks healthy. With which number must you compare the size of a layer?",
        "Where z has a large mean, all units of the layer say nearly the same. ReLU passes that mean on: how large is "
        "the signal that the next layer gets, its spread alone, or its spread and its mean?",
    ),
    part="core",
    minutes=10,
    difficulty=3,
    reasoning=(
        "With ReLU every layer multiplies the size of what it gets, so a fault is a jump from one layer to the "
        "next and stays in all that follow. What a layer gets is the spread of z before it, or its mean if larger."
    ),
)


def _run(rng, faults, n_layers=20, gain=1.0):
    """Standard deviation and mean of z, layer by layer, in a ReLU network with weights of He's scale.

    Parameters
    ----------
    faults : dict of layer -> cause: weights whose standard deviation is the variance that they should have, weights of
        standard deviation 1, weights without a sign.
    gain : factor of the weights of all layers.
    """
    a, stds, means = rng.normal(size=(N_SAMPLES, WIDTH)), [], []
    std, numbers = np.sqrt(2 / WIDTH), rng.standard_normal((WIDTH, WIDTH))
    for layer in range(n_layers):
        # the same numbers in another order, which takes a third of the time
        w = gain * std * numbers[rng.permutation(WIDTH)][:, rng.permutation(WIDTH)]
        cause = faults.get(layer)
        if cause == SHIFTED:
            w = np.abs(w)
        w *= {SMALL: std / 2**0.5, LARGE: 2**0.5 / std}.get(cause, 1.0)
        z = a @ w
        stds.append(z.std())
        means.append(z.mean())
        a = np.maximum(z, 0.0)
    return {"stds": np.array(stds), "means": np.array(means)}


def _call(rng, faults, told="", **settings) -> Call:
    return Call({"run": _run(rng, faults, **settings)}, told)


def _layers(rng, n=3):
    """Layers at least three apart, neither the first two nor the last."""
    return [int(2 + 6 * part + rng.integers(4)) for part in range(n)]


@exercise.case("three faults: a layer too small, one too large, one shifted")
def three_faults(rng):
    causes = [[SMALL, LARGE, SHIFTED], [SHIFTED, SMALL, LARGE]]
    return [_call(rng, dict(zip(_layers(rng), order, strict=True)), ", ".join(order)) for order in causes]


@exercise.case("one fault in the first layer, or in the last")
def at_the_ends(rng):
    return [_call(rng, {layer: cause}, f"layer {layer}, {cause}") for layer in (0, 19) for cause in (SMALL, LARGE)]


@exercise.case("two layers too small, or two too large")
def twice_the_same(rng):
    return [_call(rng, dict.fromkeys(_layers(rng, 2), cause), f"two layers, {cause}") for cause in (SMALL, LARGE)]


@exercise.case("a shifted layer alone")
def shifted_alone(rng):
    return [
        _call(rng, {_layers(rng, 2)[1]: SHIFTED}, "in the middle, of rising sizes", gain=1.35),
        _call(rng, {19: SHIFTED}, "in the last layer"),
    ]


@exercise.case("nothing is wrong, though the sizes fall or rise steadily")
def healthy(rng):
    return [_call(rng, {}, "falling sizes", gain=0.75), _call(rng, {}, "rising sizes", gain=1.35)]


@exercise.case("twelve layers, one of which is so large that all after it look healthy")
def made_good(rng):
    return [_call(rng, {first: SMALL, 5: LARGE}, f"from layer {first}", n_layers=12, gain=1.12) for first in (1, 2)]


def _find(run, before_of=None, is_small=None, is_large=None, is_shifted=None):
    """The reference with another part in a place: what a layer is compared with, or one of the three questions."""
    stds, means = run["stds"], run["means"]
    is_small = is_small or (lambda std, before: std < before / JUMP)
    is_large = is_large or (lambda std, before: std > before * JUMP)
    is_shifted = is_shifted or (lambda std, mean: abs(mean) > JUMP / 2 * std)
    before_of = before_of or (lambda layer: max(stds[layer - 1], abs(means[layer - 1])) if layer else 1.0)
    faults = []
    for layer, (std, mean) in enumerate(zip(stds, means, strict=True)):
        before = before_of(layer)
        if is_small(std, before):
            faults.append((layer, SMALL))
        elif is_large(std, before):
            faults.append((layer, LARGE))
        elif is_shifted(std, mean):
            faults.append((layer, SHIFTED))
    return faults


def _never(*_):
    return False


@exercise.misconception
def counts_from_one(run):
    """The layers are counted from 1. They are counted from 0 here, as the entries of stds are."""
    return [(layer + 1, cause) for layer, cause in find_scale_faults(run)]


@exercise.misconception
def names_the_layer_before(run):
    """The layer before each fault is named. The weights of the second layer make the jump from the first to it."""
    return [(layer - 1, cause) for layer, cause in find_scale_faults(run)]


@exercise.misconception
def compares_with_one(run):
    """Every layer whose size is far from 1, or from that of the first layer, is named. Most of them only pass on what
    an earlier layer has done: compare each with the one before it."""
    return _find(run, before_of=lambda layer: 1.0)


@exercise.misconception
def overlooks_the_first_layer(run):
    """The first layer is never named. There is no layer before it, but the inputs have size 1: compare it with that."""
    return [fault for fault in find_scale_faults(run) if fault[0]]


@exercise.misconception
def accuses_the_layer_after_a_shift(run):
    """The layer after a shifted one is named as too large. Its weights are healthy: it gets the large mean of the layer
    before it, which belongs to the size of its inputs."""
    return _find(run, before_of=lambda layer: run["stds"][layer - 1] if layer else 1.0)


@exercise.misconception
def takes_a_shift_for_a_large_layer(run):
    """A shifted layer is not found, and the one after it is named as too large. Look at the means, too: where they are
    large beside the spread, all weights have a sign in common."""
    return _find(run, before_of=lambda layer: run["stds"][layer - 1] if layer else 1.0, is_shifted=_never)


@exercise.misconception
def overlooks_shifts(run):
    """No shifted layer is found. Look at the means, too: where one is large beside the spread, all weights have a sign
    in common."""
    return _find(run, is_shifted=_never)


@exercise.misconception
def overlooks_large_layers(run):
    """No layer that is too large is found. Sizes may jump up as well as down."""
    return _find(run, is_large=_never)


@exercise.misconception
def overlooks_small_layers(run):
    """No layer that is too small is found. Sizes may fall as well as rise."""
    return _find(run, is_small=_never)


@exercise.misconception
def takes_any_mean_for_a_shift(run):
    """Healthy layers count as shifted, because their mean is not 0. Chance leaves some, the more the larger the layer's
    z are: compare the mean with the spread of the same layer."""
    return _find(run, is_shifted=lambda std, mean: abs(mean) > 0.02)


@exercise.misconception
def takes_a_positive_mean_for_a_shift(run):
    """Healthy layers count as shifted, because their mean is above 0. Chance leaves some mean, of either sign: compare
    it with the spread of the same layer."""
    return _find(run, is_shifted=lambda std, mean: mean > 0)


@exercise.misconception
def calls_a_shifted_layer_large(run):
    """A shifted layer is also called large, because its mean was counted into its own size. The mean belongs to what
    the next layer gets; a shifted layer has one fault."""
    faults = find_scale_faults(run)
    return sorted(faults + [(layer, LARGE) for layer, cause in faults if cause == SHIFTED])


@exercise.misconception
def takes_chance_for_faults(run):
    """Healthy layers are named whose size differs a little from that of the layer before. Chance does as much to each,
    and a wrong gain a third: a layer that is at fault is off by a factor of 16."""
    small, large = (lambda std, before: std < before / 1.1), (lambda std, before: std > before * 1.1)
    return _find(run, is_small=small, is_large=large)


@exercise.misconception
def takes_differences(run):
    """A layer counts as at fault when its size differs from the one before by more than 0.5. Layers multiply: a fall
    from 0.06 to 0.004 is as bad as one from 1 to 0.06. Compare by division."""
    small, large = (lambda std, before: before - std > 0.5), (lambda std, before: std - before > 0.5)
    return _find(run, is_small=small, is_large=large)


@exercise.misconception
def one_fault_only(run):
    """Only the first fault is returned. Go on to the last layer: there may be several."""
    return find_scale_faults(run)[:1]


@exercise.misconception
def smallest_and_largest(run):
    """The layers with the smallest and the largest z are named. A layer may pass on what others have done, and where
    nothing is wrong, some layer is the smallest as well."""
    faults = [(int(np.argmin(run["stds"])), SMALL), (int(np.argmax(run["stds"])), LARGE)]
    return sorted(faults + [fault for fault in find_scale_faults(run) if fault[1] == SHIFTED])


@exercise.misconception
def each_cause_once(run):
    """Of several layers with the same fault only one is named. Each of them needs other weights."""
    first = {cause: layer for layer, cause in reversed(find_scale_faults(run))}
    return sorted((layer, cause) for cause, layer in first.items())


@exercise.misconception
def small_for_large(run):
    """small and large stand in each other's places. A layer whose z is far larger than its inputs has weights that are
    too large."""
    swapped = {SMALL: LARGE, LARGE: SMALL, SHIFTED: SHIFTED}
    return [(layer, swapped[cause]) for layer, cause in find_scale_faults(run)]


@exercise.misconception
def last_fault_first(run):
    """The faults are right, from the last layer to the first. Begin with the first."""
    return find_scale_faults(run)[::-1]


@exercise.misconception
def layers_without_causes(run):
    """These are the layers alone. Return pairs of a layer and its cause."""
    return [layer for layer, _ in find_scale_faults(run)]


@exercise.equivalent
def by_logarithms(run):
    stds, means = run["stds"], run["means"]
    got = np.concatenate([[1.0], np.sqrt(stds**2 + means**2)[:-1]])
    jumps = np.log10(stds / got)
    shifted = np.abs(means) > 1.5 * stds
    return [
        [layer, "small" if jumps[layer] < -0.6 else "large" if jumps[layer] > 0.6 else "shifted"]
        for layer in range(len(stds))
        if abs(jumps[layer]) > 0.6 or shifted[layer]
    ]


@exercise.equivalent
def pair_by_pair(run):
    stds, means = run["stds"], run["means"]
    faults = []
    sizes = [1.0, *(max(s, abs(m)) for s, m in zip(stds, means, strict=True))]
    for layer, (before, after) in enumerate(pairwise(sizes)):
        if abs(means[layer]) > 2 * stds[layer]:
            faults.append((layer, "shifted"))
        elif after * 3 < before:
            faults.append((layer, "small"))
        elif before * 3 < after:
            faults.append((layer, "large"))
    return tuple(faults)
