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


def lsuv__old_inputs(weights, x, phi, tol=1e-3):
    """It measures every layer in the unscaled network, so that later layers do not know of the scaling of earlier ones."""
    new, a = [], x
    for w in weights:
        z = a @ w
        new.append(w / z.std())
        a = phi(z)
    return new


def lsuv__per_unit_again(weights, x, phi, tol=1e-3):
    """It divides every unit's column by a standard deviation of its own in place of one number for the layer."""
    new, a = [], x
    for w in weights:
        w = w / (a @ w).std(axis=0)
        new.append(w)
        a = phi(a @ w)
    return new


def lsuv__in_place_again(weights, x, phi, tol=1e-3):
    """It scales the given arrays themselves, in place of copies."""
    a = x
    for w in weights:
        w /= (a @ w).std()
        a = phi(a @ w)
    return weights


def lsuv__mean_square(weights, x, phi, tol=1e-3):
    """It divides by the root of the mean square in place of the standard deviation, which differ when z has a mean."""
    new, a = [], x
    for w in weights:
        z = a @ w
        w = w / np.sqrt(np.mean(z**2))
        new.append(w)
        a = phi(a @ w)
    return new


def lsuv__after_activation(weights, x, phi, tol=1e-3):
    """It brings phi(z) to the standard deviation 1, by repeated division, in place of z."""
    new, a = [], x
    for w in weights:
        for _ in range(20):
            w = w / phi(a @ w).std()
        new.append(w)
        a = phi(a @ w)
    return new


def lsuv__only_while_too_large(weights, x, phi, tol=1e-3):
    """Only layers whose z is too large are scaled; those that are too small stay."""
    result, a = [], x
    for w in weights:
        s = (a @ w).std()
        if s - 1 > tol:
            w = w / s
        result.append(w)
        a = phi(a @ w)
    return result


def lsuv__centres_z(weights, x, phi, tol=1e-3):
    """The mean of z is subtracted before the activation, which the network does not do."""
    result, a = [], x
    for w in weights:
        z = a @ w
        w = w / z.std()
        result.append(w)
        a = phi((z - z.mean()) / z.std())
    return result
