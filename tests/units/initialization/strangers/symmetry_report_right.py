"""Right answers to symmetry_report."""

import numpy as np


def symmetry_report__pairs(weights):
    """Keeps a list of units seen, and compares each with all of them."""
    counts = []
    for w, v in zip(weights[:-1], weights[1:]):
        seen = []
        for k in range(w.shape[1]):
            unit = list(w[:, k]) + list(v[k])
            if not any(max(abs(a - b) for a, b in zip(unit, other)) < 1e-8 for other in seen):
                seen.append(unit)
        counts.append(len(seen))
    return counts


def symmetry_report__unique(weights):
    """np.unique over rounded units; a negative zero is added away."""
    return [
        np.unique(np.round(np.hstack([weights[i].T, weights[i + 1]]), 8) + 0.0, axis=0).shape[0]
        for i in range(len(weights) - 1)
    ]


def symmetry_report__distances(weights):
    """All distances between units at once: a unit is new if none before it is near."""
    result = []
    for a, b in zip(weights, weights[1:]):
        u = np.vstack((a, b.T)).T
        near = np.abs(u[:, None] - u[None]).max(axis=2) <= 1e-8
        result.append(int(sum(not near[k, :k].any() for k in range(len(u)))))
    return result


def symmetry_report__set_of_bytes(weights):
    """A set of the bytes of the rounded integers."""
    counts = []
    for i in range(1, len(weights)):
        units = np.rint(np.concatenate([weights[i - 1].T, weights[i]], axis=1) * 1e8).astype(np.int64)
        counts.append(len({row.tobytes() for row in units}))
    return counts


def symmetry_report__sets(weights):
    """Python loops and a set of tuples of rounded numbers."""
    counts = []
    for layer in range(len(weights) - 1):
        w_in, w_out = weights[layer], weights[layer + 1]
        units = set()
        for i in range(w_in.shape[1]):
            numbers = [round(float(v), 8) for v in w_in[:, i]] + [round(float(v), 8) for v in w_out[i]]
            units.add(tuple(numbers))
        counts.append(len(units))
    return counts


def symmetry_report__distances_again(weights):
    """All pairwise largest differences; a unit counts if no earlier one is within 1e-8."""
    counts = []
    for w_in, w_out in zip(weights[:-1], weights[1:], strict=True):
        units = np.concatenate([w_in, w_out.T]).T
        apart = np.abs(units[:, None, :] - units[None, :, :]).max(axis=2)
        has_earlier_twin = np.tril(apart <= 1e-8, k=-1).any(axis=1)
        counts.append(np.count_nonzero(~has_earlier_twin))
    return counts


def symmetry_report__bytes(weights):
    """Units as bytes in a set."""
    return [
        len({(np.round(np.r_[w[:, i], v[i]], 8) + 0.0).tobytes() for i in range(w.shape[1])})
        for w, v in zip(weights, weights[1:])
    ]
