"""Wrong answers to symmetry_report."""

from itertools import pairwise

import numpy as np


def _units(i, weights):
    return np.concatenate([weights[i], weights[i + 1].T]).T


def symmetry_report__incoming_only(weights):
    """Compares only the incoming weights, the columns."""
    return [len(np.unique(np.round(w, 8), axis=1).T) for w in weights[:-1]]


def symmetry_report__outgoing_only(weights):
    """Compares only the outgoing weights, the rows of the next layer."""
    return [len(np.unique(np.round(w, 8), axis=0)) for w in weights[1:]]


def symmetry_report__exactly(weights):
    """Compares exactly, without any tolerance for rounding."""
    return [len({tuple(u) for u in _units(i, weights)}) for i in range(len(weights) - 1)]


def symmetry_report__product_of_counts(weights):
    """Counts different columns and different rows apart and takes the larger: wrong where they differ crosswise."""
    return [
        max(len(np.unique(np.round(w, 8), axis=1).T), len(np.unique(np.round(v, 8), axis=0)))
        for w, v in zip(weights, weights[1:])
    ]


def symmetry_report__first_layer_only(weights):
    """Reports the first hidden layer only, whatever the depth."""
    return [len(np.unique(np.round(_units(0, weights), 8), axis=0))]


def symmetry_report__rank(weights):
    """Takes the rank of the matrix of all weights of a layer's units for the number of different ones."""
    return [int(np.linalg.matrix_rank(_units(i, weights), tol=1e-8)) for i in range(len(weights) - 1)]


def symmetry_report__neighbours(weights):
    """Compares each unit only with the one before it, so that equal units that are not neighbours count twice."""
    counts = []
    for i in range(len(weights) - 1):
        u = _units(i, weights)
        counts.append(1 + sum(not np.allclose(a, b, rtol=0, atol=1e-8) for a, b in zip(u, u[1:])))
    return counts


def symmetry_report__copies(weights):
    """Counts the units that have no double at all, in place of the different ones."""
    counts = []
    for i in range(len(weights) - 1):
        _, n = np.unique(np.round(_units(i, weights), 8), axis=0, return_counts=True)
        counts.append(int((n == 1).sum()))
    return counts


def symmetry_report__incoming_only_again(weights):
    """It compares the incoming weights only, and ignores the outgoing rows."""
    return [len(np.unique(np.round(w, 8), axis=1).T) for w in weights[:-1]]


def symmetry_report__neighbours_again(weights):
    """It compares each unit with the one before it only, so equal units that are not side by side count twice."""
    counts = []
    for w_in, w_out in zip(weights, weights[1:]):
        units = np.hstack([w_in.T, w_out])
        changes = np.abs(np.diff(units, axis=0)).max(axis=1, initial=0) > 1e-8
        counts.append(1 + int(changes.sum()))
    return counts


def symmetry_report__allclose_default(weights):
    """np.allclose with its default relative tolerance of 1e-5 takes units for equal that differ in the sixth digit."""
    counts = []
    for w_in, w_out in zip(weights, weights[1:]):
        seen = []
        for unit in np.hstack([w_in.T, w_out]):
            if not any(np.allclose(unit, other) for other in seen):
                seen.append(unit)
        counts.append(len(seen))
    return counts


def symmetry_report__only_singletons(weights):
    """It counts the units that have no twin, in place of the different units."""
    counts = []
    for w_in, w_out in zip(weights, weights[1:]):
        units = np.round(np.hstack([w_in.T, w_out]), 8)
        _, times = np.unique(units, axis=0, return_counts=True)
        counts.append(int((times == 1).sum()))
    return counts


def symmetry_report__in_and_out_apart(weights):
    """It counts different columns and different rows apart and takes the larger, though a unit is the pair of both."""
    counts = []
    for w_in, w_out in zip(weights, weights[1:]):
        incoming = len({tuple(c) for c in np.round(w_in, 8).T.tolist()})
        outgoing = len({tuple(r) for r in np.round(w_out, 8).tolist()})
        counts.append(max(incoming, outgoing))
    return counts


def symmetry_report__by_sum(weights):
    """Compares the sums of the units' weights, not the weights: different units can have the same sum."""
    counts = []
    for w, v in zip(weights[:-1], weights[1:]):
        s = w.sum(axis=0) + v.sum(axis=1)
        counts.append(len(np.unique(np.round(s, 8))))
    return counts


def symmetry_report__scaled_twins(weights):
    """A unit with c times the incoming and 1 / c of the outgoing weights counts as the same."""
    out = []
    for a, b in pairwise(weights):
        n = np.linalg.norm(a, axis=0)
        n = np.where(n == 0, 1, n)
        out.append(len(np.unique(np.round(np.hstack([(a / n).T, b * n[:, None]]), 8) + 0.0, axis=0)))
    return out


def symmetry_report__relative(weights):
    """The tolerance of 1e-8 is relative to the weights."""
    out = []
    for a, b in pairwise(weights):
        r = np.hstack([a.T, b])
        seen = []
        for row in r:
            if not any(np.allclose(row, s, rtol=1e-08, atol=0) for s in seen):
                seen.append(row)
        out.append(len(seen))
    return out


def symmetry_report__normed(weights):
    """The weights of a unit are divided by their length before they are compared."""
    out = []
    for a, b in pairwise(weights):
        r = np.hstack([a.T, b])
        n = np.linalg.norm(r, axis=1, keepdims=True)
        out.append(len(np.unique(np.round(r / np.where(n == 0, 1, n), 8) + 0.0, axis=0)))
    return out


def symmetry_report__bytes_of_minus_zero(weights):
    """The bytes of the rounded numbers are compared, and -0.0 and 0.0 have different bytes."""
    return [
        len({np.concatenate([a[:, i], b[i]]).round(8).tobytes() for i in range(a.shape[1])})
        for a, b in pairwise(weights)
    ]
