"""Right answers to lsuv."""

import numpy as np


def lsuv__loop_until_tol(weights, x, phi, tol=1e-3):
    """The loop of the paper, with measuring again until the tolerance is met."""
    result, a = [], np.array(x, dtype=float)
    for w in weights:
        w = np.array(w, dtype=float)
        for _ in range(20):
            s = np.std(a @ w)
            if abs(s - 1) < tol:
                break
            w = w / s
        result.append(w)
        a = phi(a @ w)
    return result


def lsuv__from_the_start_each_time(weights, x, phi, tol=1e-3):
    """Sends the batch through all the layers below again for each layer, on deep copies."""
    new = [w.copy() for w in weights]
    for i in range(len(new)):
        a = x
        for w in new[:i]:
            a = phi(np.dot(a, w))
        z = np.dot(a, new[i])
        new[i] *= 1 / np.sqrt(np.mean(z**2) - np.mean(z) ** 2)
    return new


def lsuv__recursion(weights, x, phi, tol=1e-3):
    """Head and tail: scales z rather than multiplying again."""
    if not weights:
        return []
    z = x @ weights[0]
    s = z.std()
    return [weights[0] / s, *lsuv__recursion(weights[1:], phi(z / s), phi, tol)]


def lsuv__within_tolerance(weights, x, phi, tol=1e-3):
    """Stops at a relative error of nine tenths of tol by bisection of the factor."""
    out, a = [], x
    for w in weights:
        z = a @ w
        low, high = 0.0, 1.0
        while (z * high).std() < 1:
            high *= 2
        while True:
            middle = (low + high) / 2
            s = (z * middle).std()
            if abs(s - 1) < 0.5 * tol:
                break
            low, high = (middle, high) if s < 1 else (low, middle)
        out.append(w * middle)
        a = phi(z * middle)
    return out


def lsuv__until_tol(weights, x, phi, tol=1e-3):
    """As in the paper: measure and divide until within tol, on copies; a layer that is within tol already stays."""
    new = [np.array(w, dtype=float) for w in weights]
    h = np.array(x, dtype=float)
    for w in new:
        tries = 0
        while abs(np.std(h @ w) - 1) > tol and tries < 10:
            w /= np.std(h @ w)
            tries += 1
        h = phi(h @ w)
    return new


def lsuv__from_the_start(weights, x, phi, tol=1e-3):
    """For each layer it runs the whole network so far again, and gets the standard deviation from mean squares."""
    done = []
    for w in weights:
        a = x
        for v in done:
            a = phi(np.dot(a, v))
        z = np.dot(a, w).ravel()
        size = (z.dot(z) / z.size - z.mean() ** 2) ** 0.5
        done = [*done, np.multiply(w, 1 / size)]
    return done
