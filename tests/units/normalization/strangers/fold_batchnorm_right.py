"""Right answers to fold_batchnorm."""

import numpy as np


def fold_batchnorm__loops(w, b, gamma, beta, state, eps=1e-5):
    """Plain loops over units and inputs."""
    d, m = w.shape
    w2, b2 = np.zeros((d, m)), np.zeros(m)
    for j in range(m):
        s = float(gamma[j]) * (float(state["var"][j]) + eps) ** -0.5
        for i in range(d):
            w2[i, j] = w[i, j] * s
        b2[j] = s * b[j] - s * state["mean"][j] + beta[j]
    return w2, b2


def fold_batchnorm__augmented(w, b, gamma, beta, state, eps=1e-5):
    """Product of two augmented matrices, in homogeneous coordinates."""
    d, m = w.shape
    s = gamma / np.sqrt(np.add(state["var"], eps))
    first = np.block([[w, np.zeros((d, 1))], [np.reshape(b, (1, m)), np.ones((1, 1))]])
    second = np.block([[np.diag(s)], [np.reshape(beta - s * state["mean"], (1, m))]])
    both = first @ second
    return both[:d], both[d]


def fold_batchnorm__probe(w, b, gamma, beta, state, eps=1e-5):
    """Evaluates the two layers at zero and at the unit vectors, as they are affine."""

    def layer(a):
        return gamma * (a @ w + b - state["mean"]) / np.sqrt(state["var"] + eps) + beta

    d = w.shape[0]
    b2 = layer(np.zeros(d))
    return layer(np.eye(d)) - b2, b2


def fold_batchnorm__in_steps(w, b, gamma, beta, state, eps=1e-5):
    """On float copies, in place, one part of batch norm after the other."""
    w2, b2 = np.array(w, dtype=float), np.array(b, dtype=float)
    b2 -= state["mean"]
    for array in (w2, b2):
        array /= np.sqrt(np.asarray(state["var"], dtype=float) + eps)
        array *= gamma
    b2 += beta
    return w2, b2


def fold_batchnorm__by_probing(w, b, gamma, beta, state, eps=1e-05):
    """Sends zeros and the identity through."""

    def f(a):
        return (a @ w + b - state["mean"]) / np.sqrt(np.asarray(state["var"]) + eps) * gamma + beta

    d = np.shape(w)[0]
    b2 = f(np.zeros((1, d)))[0]
    return (f(np.eye(d)) - b2, b2)
