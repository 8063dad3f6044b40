"""Right answers to elastic_net_penalty."""

import numpy as np


def elastic_net_penalty__formula(w, l1, l2):
    return l1 * np.sum(np.abs(w)) + 0.5 * l2 * np.sum(w**2)


def elastic_net_penalty__norms(w, l1, l2):
    flat = np.ravel(w).astype(float)
    return l1 * np.linalg.norm(flat, 1) + l2 / 2 * np.dot(flat, flat)


def elastic_net_penalty__loop(w, l1, l2):
    penalty = 0.0
    for value in np.asarray(w).ravel().tolist():
        penalty += l1 * abs(value) + l2 * value * value / 2
    return penalty


def elastic_net_penalty__factored(w, l1, l2):
    size = np.abs(np.asarray(w, dtype=float))
    return float(np.sum(size * (l1 + 0.5 * l2 * size)))
