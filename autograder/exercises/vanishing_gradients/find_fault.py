"""Debug a run: which layer of a network is at fault, and what is wrong with it. The fault is planted by the seed."""

import itertools

import numpy as np

from autograder.domain import Given
from autograder.exercise import Call, Exercise

SATURATED, SILENT, BLOCKED, HEALTHY = "saturated", "silent", "blocked", "healthy"
# between a healthy layer and a faulty one lie factors of ten or more on either side of each limit
LARGE, MOST, SMALL, FALL = 0.99, 0.7, 1e-3, 1e-3


def find_fault(run):
    outputs, norms = run["outputs"], run["grad_norms"]
    for layer, out in enumerate(outputs):
        if np.mean(np.abs(out) > LARGE) > MOST:
            return layer, SATURATED
        if np.max(np.abs(out)) < SMALL:
            return layer, SILENT
    for layer in range(len(norms) - 2, -1, -1):
        if norms[layer] < FALL * norms[layer + 1]:
            return layer, BLOCKED
    return None, HEALTHY


exercise = Exercise(
    name="find_fault",
    unit="vanishing_gradients",
    points=2,
    reference=find_fault,
    takes={"run": Given(lambda rng, others: _run(rng, (SATURATED, 2)))},
    returns=("layer", "cause"),
    hints=(
        "Go through the layers as the signal does. In a layer whose weights are nearly zero, what do the outputs look "
        "like, and what do those of the layers after it?",
        "One unit that is silent, or one output near 1, is nothing unusual. Which number says that a whole layer is "
        "silent, or that most of its outputs are saturated?",
        "Gradients run from the last layer to the first. Where they are blocked, which is the last layer whose "
        "gradient is still tiny, and with which of its neighbours must you compare it?",
    ),
    part="core",
    minutes=12,
    difficulty=3,
    reasoning=(
        "Faults of the outputs run forward and faults of the gradient run backward, so the first layer with bad "
        "outputs is the culprit, and otherwise the last whose gradient is lost. Outputs come first, as a saturated or "
        "silent layer spoils gradients too."
    ),
)


def _run(rng, fault=(HEALTHY, None), gain=1.0, fall=1.0, silent_unit=False):
    """The outputs and the norms of the gradients of a tanh network in which one layer is at fault.

    Parameters
    ----------
    fault : the cause, and the layer, counted from the end where it is negative.
    gain : factor of the weights of all layers.
    fall : factor of the gradient from each layer to the one before it, as an activation with small slopes has it.
    """
    cause, layer = fault
    widths = [12, *rng.integers(9, 15, size=int(rng.integers(6, 9)))]
    weights = [gain * rng.normal(size=(n, m)) / np.sqrt(n) for n, m in itertools.pairwise(widths)]
    layer = None if layer is None else layer % len(weights)
    if cause in (SATURATED, SILENT):
        weights[layer] *= {SATURATED: 50.0, SILENT: 1e-6}[cause]
    if cause == SILENT:  # the smallest outputs are not the culprit's
        weights[layer + 1 :] = [0.6 * w for w in weights[layer + 1 :]]
    if silent_unit:
        weights[2][:, 3] = 0.0
    outputs = [rng.normal(size=(24, widths[0]))]
    for w in weights:
        outputs.append(np.tanh(outputs[-1] @ w))
    delta, norms = rng.normal(size=outputs[-1].shape) / len(outputs[0]), np.zeros(len(weights))
    for number in reversed(range(len(weights))):
        delta = delta * (1 - outputs[number + 1] ** 2) * (1e-7 if (cause, layer) == (BLOCKED, number) else 1.0)
        norms[number] = np.linalg.norm(outputs[number].T @ delta)
        delta = fall * delta @ weights[number].T
    return {"outputs": outputs[1:], "grad_norms": norms}


def _calls(rng, *faults) -> list[Call]:
    calls = []
    for cause, layer in faults:
        # some large outputs, which are no fault; and where one is blocked, the smallest gradient is not the culprit's
        run = _run(rng, (cause, layer), gain=1.2, fall=0.4 if cause == BLOCKED else 1.0)
        calls.append(Call({"run": run}, f"layer {layer}, {cause}"))
    return calls


@exercise.case("a layer is saturated")
def saturated(rng):
    return _calls(rng, (SATURATED, 2), (SATURATED, -2))


@exercise.case("a layer is silent")
def silent(rng):
    return _calls(rng, (SILENT, 2), (SILENT, -2))


@exercise.case("a layer blocks the gradient")
def blocked(rng):
    return _calls(rng, (BLOCKED, 2), (BLOCKED, -2))


@exercise.case("the first layer is at fault")
def first_layer(rng):
    return _calls(rng, *((cause, 0) for cause in (SATURATED, SILENT, BLOCKED)))


@exercise.case("nothing is wrong, though some outputs are near 1, or one unit is silent")
def healthy(rng):
    # and a run in which something is wrong, so that the same answer to all calls is never right
    return [
        Call({"run": _run(rng, gain=1.6)}, "some outputs near 1 or -1, and nothing wrong"),
        Call({"run": _run(rng, silent_unit=True)}, "one silent unit, and nothing wrong"),
        *_calls(rng, (SATURATED, 2)),
    ]


@exercise.case("nothing is wrong, though the gradient falls from layer to layer")
def falling(rng):
    return [
        Call({"run": _run(rng, gain=1.2, fall=0.04)}, "a gradient that falls steadily, and nothing wrong"),
        *_calls(rng, (SATURATED, -2)),
    ]


def _first(run, is_saturated, is_silent):
    """The first layer of which either holds, as the reference looks for it."""
    for layer, out in enumerate(run["outputs"]):
        if is_saturated(out):
            return layer, SATURATED
        if is_silent(out):
            return layer, SILENT
    return None


def _mostly_large(out):
    return np.mean(np.abs(out) > LARGE) > MOST


def _all_small(out):
    return np.max(np.abs(out)) < SMALL


def _blocked_at(run):
    """The layers whose gradients are tiny beside those of the layer after them."""
    norms = run["grad_norms"]
    return np.flatnonzero(norms[:-1] < FALL * norms[1:])


@exercise.misconception
def counts_from_one(run):
    """The layer is counted from 1. Layers are counted from 0 here, as the list of outputs is."""
    layer, cause = find_fault(run)
    return (None if layer is None else layer + 1), cause


@exercise.misconception
def names_the_last_silent_layer(run):
    """In a network with a silent layer, the last layer is named. All layers after the fault are silent too: the first
    of them is where it begins."""
    layer, cause = find_fault(run)
    return (len(run["outputs"]) - 1 if cause == SILENT else layer), cause


@exercise.misconception
def names_the_first_layer_without_gradient(run):
    """Where the gradient is blocked, the first layer is named. All layers before the fault get no gradient either: the
    one nearest to the loss is where it begins."""
    layer, cause = find_fault(run)
    return (0 if cause == BLOCKED else layer), cause


@exercise.misconception
def names_the_layer_above(run):
    """Where the gradient is blocked, the layer after the fault is named, which is the last one that still has a
    gradient. What blocks it is the first one without."""
    layer, cause = find_fault(run)
    return (layer + 1 if cause == BLOCKED else layer), cause


@exercise.misconception
def looks_at_the_gradients_first(run):
    """A silent layer is taken for one that blocks the gradient. Behind it the gradients are tiny because its weights
    are: look at the outputs first, and at the gradients only where these are healthy."""
    at = _blocked_at(run)
    return (int(at[-1]), BLOCKED) if len(at) else find_fault(run)


@exercise.misconception
def accuses_the_smallest_gradient(run):
    """The layer with the smallest gradient is always named. A fault makes gradients small elsewhere too, and in a
    healthy network some layer has the smallest as well."""
    return int(np.argmin(run["grad_norms"])), find_fault(run)[1]


@exercise.misconception
def one_large_output_is_enough(run):
    """A layer counts as saturated as soon as one of its outputs is. Some outputs near 1 or -1 are usual: ask what
    share of them is."""
    return _first(run, lambda out: np.max(np.abs(out)) > LARGE, _all_small) or find_fault(run)


@exercise.misconception
def overlooks_minus_one(run):
    """A saturated layer is not found, because only outputs near 1 count, which are half of them. Those near -1 are
    saturated as well."""
    found = _first(run, lambda out: np.mean(out > LARGE) > MOST, _all_small)
    at = _blocked_at(run)
    return found or ((int(at[-1]), BLOCKED) if len(at) else (None, HEALTHY))


@exercise.misconception
def one_silent_unit_is_enough(run):
    """A layer counts as silent as soon as one of its units is. The fault is a layer all of whose outputs are nearly
    0."""
    return _first(run, _mostly_large, lambda out: np.min(np.max(np.abs(out), axis=0)) < SMALL) or find_fault(run)


@exercise.misconception
def compares_with_the_last_layer(run):
    """A steady fall of the gradient over many layers is taken for a fault. Compare each layer with its neighbour: a
    layer that blocks the gradient makes a cliff, not a slope."""
    found = _first(run, _mostly_large, _all_small)
    norms = run["grad_norms"]
    at = np.flatnonzero(norms < FALL * norms[-1])
    return found or ((int(at[-1]), BLOCKED) if len(at) else (None, HEALTHY))


@exercise.misconception
def compares_with_a_millionth_of_the_last(run):
    """A steady fall of the gradient over many layers is taken for a fault: after six of them it has come to a
    millionth. Compare each layer with its neighbour: a layer that blocks the gradient makes a cliff, not a slope."""
    found = _first(run, _mostly_large, _all_small)
    norms = run["grad_norms"]
    at = np.flatnonzero(norms < 1e-6 * norms[-1])
    return found or ((int(at[-1]), BLOCKED) if len(at) else (None, HEALTHY))


@exercise.misconception
def asks_for_exact_zeros(run):
    """A silent layer is not found. Its outputs are not exactly 0, only about a million times smaller than usual."""
    at = _blocked_at(run)
    return _first(run, _mostly_large, lambda out: not np.any(out)) or (
        (int(at[-1]), BLOCKED) if len(at) else (None, HEALTHY)
    )


@exercise.misconception
def overlooks_bad_outputs(run):
    """Only the gradients are looked at. A saturated or a silent layer shows in its outputs, and spoils the gradients
    of other layers."""
    at = _blocked_at(run)
    return (int(at[-1]), BLOCKED) if len(at) else (None, HEALTHY)


@exercise.misconception
def gives_minus_one_for_none(run):
    """Where nothing is wrong, the layer is -1. It should be None: -1 is the last layer."""
    layer, cause = find_fault(run)
    return (-1 if layer is None else layer), cause


@exercise.misconception
def overlooks_blocked_gradients(run):
    """Only the outputs are looked at. A layer that blocks the gradient has healthy outputs: its fault shows in the
    norms of the gradients."""
    return _first(run, _mostly_large, _all_small) or (None, HEALTHY)


@exercise.equivalent
def cause_by_cause(run):
    outputs, norms = run["outputs"], run["grad_norms"]
    size = np.array([np.abs(out).mean() for out in outputs])
    if size.min() < 0.01:
        return int(np.argmax(size < 0.01)), SILENT
    if size.max() > 0.9:
        return int(np.argmax(size)), SATURATED
    ratio = norms[:-1] / norms[1:]
    return (int(np.argmin(ratio)), BLOCKED) if ratio.min() < 1e-4 else (None, HEALTHY)


@exercise.equivalent
def by_logarithms(run):
    sizes = np.log10([np.sqrt(np.mean(out**2)) for out in run["outputs"]])
    silent = np.flatnonzero(sizes < -2.5)
    if silent.size:
        return silent[0], SILENT
    for layer, out in enumerate(run["outputs"]):
        if np.median(np.abs(out)) > 0.999:
            return layer, SATURATED
    cliffs = np.flatnonzero(np.diff(np.log10(run["grad_norms"])) > 3.5)
    return (cliffs[-1], BLOCKED) if cliffs.size else (None, HEALTHY)


@exercise.equivalent
def from_the_last_layer_down(run):
    found = (None, HEALTHY)
    norms = list(run["grad_norms"])
    for layer in range(len(norms)):
        if layer + 1 < len(norms) and norms[layer + 1] > 2000 * norms[layer]:
            found = layer, BLOCKED
    for layer in reversed(range(len(norms))):
        out = np.abs(run["outputs"][layer])
        if np.all(out < 1e-2):
            found = layer, SILENT
        elif np.quantile(out, 0.4) > 0.98:
            found = layer, SATURATED
    return list(found)
