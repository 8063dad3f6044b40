"""Wrong answers to passes_gradient_check."""

import numpy as np


def numeric_grad(f, x, h=1e-5):
    x = x.astype(float)
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        plus = f(x)
        x[i] = old - h
        minus = f(x)
        x[i] = old
        grad[i] = (plus - minus) / (2 * h)
    return grad


def rel_error(a, b, eps=1e-8):
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def passes_gradient_check__dout_of_ones(forward, backward, z):
    """The check uses a dout of ones, for which a backward function that forgets dout looks right."""
    dout = np.ones(z.shape)
    numeric = numeric_grad(lambda z: np.sum(forward(z)), z)
    return rel_error(backward(dout, z), numeric) < 1e-4


def passes_gradient_check__dout_missing_in_loss(forward, backward, z):
    """A random dout is handed to backward, but the number that is differentiated is sum(forward(z)), without dout."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(forward(z)), z)
    return rel_error(backward(dout, z), numeric) < 1e-4


def passes_gradient_check__dout_of_zeros(forward, backward, z):
    """The dout is all zeros, so both gradients vanish and nearly everything passes."""
    dout = np.zeros_like(z, dtype=float)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return rel_error(backward(dout, z), numeric) < 1e-4


def passes_gradient_check__line_at_one_billionth(forward, backward, z):
    """The tolerance of 1e-12 is below the rounding of a central difference, so right functions fail."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return rel_error(backward(dout, z), numeric) < 1e-12


def passes_gradient_check__line_at_one_half(forward, backward, z):
    """The tolerance of 0.5 lets mistakes of many per cent through."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return rel_error(backward(dout, z), numeric) < 0.5


def passes_gradient_check__turned_round(forward, backward, z):
    """True and False are exchanged: it returns whether the error is large."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return rel_error(backward(dout, z), numeric) > 1e-4


def passes_gradient_check__returns_the_error(forward, backward, z):
    """The relative error is returned instead of True or False."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return rel_error(backward(dout, z), numeric)


def passes_gradient_check__prints_the_verdict(forward, backward, z):
    """The verdict is computed but the return is missing, so the function returns None."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    passes = rel_error(backward(dout, z), numeric) < 1e-4
    verdict = "passes" if passes else "fails"


def passes_gradient_check__signed_difference(forward, backward, z):
    """The absolute value of the difference is forgotten, so a gradient that is too small passes wherever it is."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    analytic = backward(dout, z)
    error = np.max((analytic - numeric) / np.maximum(np.abs(analytic) + np.abs(numeric), 1e-8))
    return bool(error < 1e-4)


def passes_gradient_check__first_entry_only(forward, backward, z):
    """Only the first entry of z is nudged and compared, so a mistake elsewhere goes unseen."""
    h = 1e-5
    dout = np.random.default_rng(3).normal(size=z.shape)
    up, down = z.astype(float), z.astype(float)
    up.flat[0] += h
    down.flat[0] -= h
    numeric = np.sum(dout * (forward(up) - forward(down))) / (2 * h)
    analytic = backward(dout, z).flat[0]
    return bool(abs(numeric - analytic) / max(abs(numeric) + abs(analytic), 1e-8) < 1e-4)


def passes_gradient_check__any_instead_of_all(forward, backward, z):
    """One entry that agrees is enough, because any is used instead of all."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    analytic = backward(dout, z)
    return bool(np.any(np.abs(analytic - numeric) < 1e-4 * (np.abs(analytic) + np.abs(numeric))))


def passes_gradient_check__absolute_difference(forward, backward, z):
    """The difference is compared with 1e-2 without regard to the size of the gradients, so a small wrong one passes."""
    dout = 1e-3 * np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return bool(np.max(np.abs(backward(dout, z) - numeric)) < 1e-2)


def passes_gradient_check__limit_for_the_difference(forward, backward, z):
    """The difference itself is compared with 1e-5, so small gradients pass and large ones fail."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return bool(np.max(np.abs(backward(dout, z) - numeric)) < 1e-5)


def passes_gradient_check__one_sided_and_strict(forward, backward, z):
    """A forward difference is used, whose own error is larger than the tolerance of 1e-7, so right functions fail."""
    h = 1e-4
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = dout * (forward(z + h) - forward(z)) / h
    return rel_error(backward(dout, z), numeric) < 1e-7


def passes_gradient_check__step_too_small(forward, backward, z):
    """The step of 1e-14 drowns in rounding, so right functions fail."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z, h=1e-14)
    return rel_error(backward(dout, z), numeric) < 1e-4


def passes_gradient_check__divided_by_h(forward, backward, z):
    """The central difference is divided by h instead of 2 h, so right functions fail."""
    h = 1e-5
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = dout * (forward(z + h) - forward(z - h)) / h
    return rel_error(backward(dout, z), numeric) < 1e-4


def passes_gradient_check__z_left_nudged(forward, backward, z):
    """The entries of z are nudged in place and not put back, so the argument is changed."""
    h = 1e-5
    dout = np.random.default_rng(0).normal(size=z.shape)
    analytic = backward(dout, z)
    numeric = np.zeros(z.shape)
    for i in np.ndindex(z.shape):
        z[i] += h
        plus = np.sum(dout * forward(z))
        z[i] -= 2 * h
        minus = np.sum(dout * forward(z))
        numeric[i] = (plus - minus) / (2 * h)
    return rel_error(analytic, numeric) < 1e-4


def passes_gradient_check__compares_the_norms(forward, backward, z):
    """Only the norms of the two gradients are compared, which a wrong sign does not change."""
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    a, b = np.linalg.norm(backward(dout, z)), np.linalg.norm(numeric)
    return bool(abs(a - b) / max(a + b, 1e-8) < 1e-4)


def passes_gradient_check__rows_of_a_matrix(forward, backward, z):
    """The loops run over rows and columns, so only two-dimensional z work."""
    rows, cols = z.shape
    dout = np.random.default_rng(0).normal(size=z.shape)
    analytic = backward(dout, z)
    for i in range(rows):
        for j in range(cols):
            up, down = z.astype(float), z.astype(float)
            up[i, j] += 1e-5
            down[i, j] -= 1e-5
            numeric = np.sum(dout * (forward(up) - forward(down))) / 2e-5
            if abs(numeric - analytic[i, j]) > 1e-4 * max(abs(numeric) + abs(analytic[i, j]), 1e-8):
                return False
    return True
