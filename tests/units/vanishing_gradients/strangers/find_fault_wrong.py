"""Wrong answers to find_fault."""

import numpy as np


def _h_saturated(run):
    return [i for i, o in enumerate(run["outputs"]) if np.mean(np.abs(o) > 0.99) > 0.5]


def _h_silent(run):
    return [i for i, o in enumerate(run["outputs"]) if np.max(np.abs(o)) < 1e-3]


def _h_blocked(run):
    norms = run["grad_norms"]
    cliffs = [i for i in range(len(norms) - 1) if norms[i] < 1e-4 * norms[i + 1]]
    return list(range(cliffs[-1] + 1)) if cliffs else []


def find_fault__last_silent(run):
    """Of the silent layers the last is named, though the first is the one whose weights are too small."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_silent(run):
        return _h_silent(run)[-1], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None, "healthy"


def find_fault__smallest_output(run):
    """The layer with the smallest outputs is called silent, though a later one than the culprit may be smaller."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    size = [np.std(o) for o in run["outputs"]]
    if min(size) < 1e-4:
        return int(np.argmin(size)), "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None, "healthy"


def find_fault__first_blocked(run):
    """Of the layers with a tiny gradient the first is named, though the last is the one that blocks."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[0], "blocked"
    return None, "healthy"


def find_fault__smallest_gradient(run):
    """The layer with the smallest gradient is called blocked, though one before the culprit may be smaller."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return int(np.argmin(run["grad_norms"])), "blocked"
    return None, "healthy"


def find_fault__layer_after_the_blocked(run):
    """The blocked layer is taken to be the first with a healthy gradient, which is one too far."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1] + 1, "blocked"
    return None, "healthy"


def find_fault__blocked_before_silent(run):
    """Tiny gradients are looked for first, so a silent layer, which makes gradients tiny as well, is called blocked."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    return None, "healthy"


def find_fault__counted_from_one(run):
    """The layers are counted from 1."""
    if _h_saturated(run):
        return _h_saturated(run)[0] + 1, "saturated"
    if _h_silent(run):
        return _h_silent(run)[0] + 1, "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1] + 1, "blocked"
    return None, "healthy"


def find_fault__any_output_beyond(run):
    """A single output beyond 0.99 is taken for saturation, which happens in healthy layers too."""
    for i, o in enumerate(run["outputs"]):
        if np.any(np.abs(o) > 0.99):
            return i, "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None, "healthy"


def find_fault__largest_output_beyond(run):
    """Saturation is looked for in the maximum of a layer's outputs alone, after the order has been got right."""
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    top = [o.max() for o in run["outputs"]]
    if max(top) > 0.99:
        return int(np.argmax(top)), "saturated"
    return None, "healthy"


def find_fault__positive_side_only(run):
    """Outputs below -0.99 are forgotten, so that only half of a saturated layer counts, which is not most."""
    for i, o in enumerate(run["outputs"]):
        if np.mean(o > 0.99) > 0.6:
            return i, "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None, "healthy"


def find_fault__mean_without_abs(run):
    """The size of a layer is taken as the mean of its outputs without their absolute value, near zero by symmetry."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    for i, o in enumerate(run["outputs"]):
        if abs(np.mean(o)) < 1e-2:
            return i, "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None, "healthy"


def find_fault__exactly_zero(run):
    """A layer is called silent only if its outputs are exactly zero, which a millionth is not."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    for i, o in enumerate(run["outputs"]):
        if np.all(o == 0):
            return i, "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None, "healthy"


def find_fault__healthy_is_minus_one(run):
    """A healthy network is answered with layer -1 instead of None."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return -1, "healthy"


def find_fault__healthy_is_none(run):
    """A healthy network is answered with None alone instead of the pair None and "healthy"."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None


def find_fault__cause_first(run):
    """The two parts of the result are in the wrong order, cause before layer."""
    if _h_saturated(run):
        return "saturated", _h_saturated(run)[0]
    if _h_silent(run):
        return "silent", _h_silent(run)[0]
    if _h_blocked(run):
        return "blocked", _h_blocked(run)[-1]
    return "healthy", None


def find_fault__gradients_alone(run):
    """Only the gradients are looked at, so that saturated and silent layers are taken for blocked ones or overlooked."""
    if _h_blocked(run):
        return _h_blocked(run)[-1], "blocked"
    return None, "healthy"


def find_fault__fixed_threshold(run):
    """A gradient is called tiny below a fixed 1e-1, though what it should be depends on the network."""
    if _h_saturated(run):
        return _h_saturated(run)[0], "saturated"
    if _h_silent(run):
        return _h_silent(run)[0], "silent"
    small = np.flatnonzero(np.asarray(run["grad_norms"]) < 1e-1)
    if len(small):
        return int(small[-1]), "blocked"
    return None, "healthy"


def find_fault__compared_with_the_last(run):
    """Each layer's gradient is compared with that of the last one, so that a steady fall is taken for a fault."""
    norms = np.asarray(run["grad_norms"])
    for layer, out in enumerate(run["outputs"]):
        if np.mean(np.abs(out) > 0.99) > 0.5:
            return layer, "saturated"
    for layer, out in enumerate(run["outputs"]):
        if np.max(np.abs(out)) < 1e-3:
            return layer, "silent"
    small = np.flatnonzero(norms < 1e-4 * norms[-1])
    if len(small):
        return int(small[-1]), "blocked"
    return None, "healthy"


def find_fault__compared_with_the_last_by_level(run):
    """The gradients are compared with the last layer's, however far away it is, and a steady fall looks like a fault."""
    layers = range(len(run["outputs"]))
    level = [float(np.mean(np.abs(o))) for o in run["outputs"]]
    last = run["grad_norms"][-1]
    first_saturated = next((i for i in layers if (np.abs(run["outputs"][i]) > 0.99).mean() > 0.5), None)
    first_silent = next((i for i in layers if level[i] < 1e-4), None)
    last_blocked = next((i for i in reversed(layers) if run["grad_norms"][i] < 1e-4 * last), None)
    if first_saturated is not None:
        return first_saturated, "saturated"
    if first_silent is not None:
        return first_silent, "silent"
    return (last_blocked, "blocked") if last_blocked is not None else (None, "healthy")


def find_fault__compared_with_the_largest(run):
    """Each gradient is compared with the largest of all, so that a steady fall is taken for a fault."""
    outputs, norms = run["outputs"], list(run["grad_norms"])
    silent = [i for i, o in enumerate(outputs) if np.median(np.abs(o)) < 1e-4]
    saturated = [i for i, o in enumerate(outputs) if np.median(np.abs(o)) > 0.99]
    blocked = [i for i, g in enumerate(norms) if g < 1e-5 * max(norms)]
    if saturated:
        return min(saturated), "saturated"
    if silent:
        return min(silent), "silent"
    if blocked:
        return max(blocked), "blocked"
    return None, "healthy"
