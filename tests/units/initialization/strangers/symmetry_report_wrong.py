"""Wrong answers to symmetry_report."""

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
