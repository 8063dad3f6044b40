"""Wrong answers to lsuv."""

import numpy as np


def lsuv__all_from_old_network(weights, x, phi, tol=1e-3):
    """Measures every layer in the old network, so that the later layers do not see what was done to the earlier ones."""
    new, a = [], x
    for w in weights:
        z = a @ w
        new.append(w / z.std())
        a = phi(z)
    return new


def lsuv__measures_activation(weights, x, phi, tol=1e-3):
    """Gives phi(z), not z, the standard deviation 1 (by ten repeated divisions)."""
    new, a = [], x
    for w in weights:
        w = w.copy()
        for _ in range(10):
            w /= phi(a @ w).std()
        new.append(w)
        a = phi(a @ w)
    return new


def lsuv__no_phi(weights, x, phi, tol=1e-3):
    """Forgets the activation between the layers: each layer gets z of the one before."""
    new, a = [], x
    for w in weights:
        w = w / (a @ w).std()
        new.append(w)
        a = a @ w
    return new


def lsuv__divides_by_variance(weights, x, phi, tol=1e-3):
    """Divides the weights by the variance of z and not by its standard deviation."""
    new, a = [], x
    for w in weights:
        w = w / (a @ w).var()
        new.append(w)
        a = phi(a @ w)
    return new


def lsuv__per_unit(weights, x, phi, tol=1e-3):
    """Scales every unit by itself, so that each column has a number of its own."""
    new, a = [], x
    for w in weights:
        w = w / (a @ w).std(axis=0)
        new.append(w)
        a = phi(a @ w)
    return new


def lsuv__root_mean_square(weights, x, phi, tol=1e-3):
    """Uses the root of the mean square of z, without subtracting the mean."""
    new, a = [], x
    for w in weights:
        w = w / np.sqrt(np.mean((a @ w) ** 2))
        new.append(w)
        a = phi(a @ w)
    return new


def lsuv__in_place(weights, x, phi, tol=1e-3):
    """Divides the arrays of the argument in place, so that the caller's weights change."""
    a = x
    for w in weights:
        w /= (a @ w).std()
        a = phi(a @ w)
    return list(weights)


def lsuv__last_left_out(weights, x, phi, tol=1e-3):
    """Leaves the last layer as it was, since its z are the logits."""
    new, a = [], x
    for w in weights[:-1]:
        w = w / (a @ w).std()
        new.append(w)
        a = phi(a @ w)
    return [*new, weights[-1].copy()]
