"""Right answers to passes_gradient_check."""

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


def passes_gradient_check__own_functions(forward, backward, z):
    dout = np.random.default_rng(0).normal(size=z.shape)
    numeric = numeric_grad(lambda z: np.sum(dout * forward(z)), z)
    return rel_error(backward(dout, z), numeric) < 1e-4


def passes_gradient_check__all_entries_at_once(forward, backward, z):
    h = 1e-5
    rng = np.random.default_rng(42)
    dout = rng.choice([-1.0, 1.0], size=z.shape) * rng.uniform(0.5, 2.0, size=z.shape)
    wanted = dout * (forward(z + h) - forward(z - h)) / (2 * h)
    got = backward(dout.copy(), z.copy())
    if np.shape(got) != z.shape:
        return False
    return bool(np.all(np.abs(got - wanted) <= 1e-3 * np.maximum(np.abs(got), np.abs(wanted)) + 1e-9))


def passes_gradient_check__three_times(forward, backward, z):
    for seed in range(3):
        rng = np.random.default_rng(seed)
        dout = rng.standard_normal(z.shape)

        def loss(at, dout=dout):
            return (dout * forward(at)).sum()

        if not rel_error(backward(dout, z), numeric_grad(loss, z)) < 1e-3:
            return False
    return True


def passes_gradient_check__unseeded(forward, backward, z):
    dout = np.random.randn(*z.shape)
    numeric = numeric_grad(lambda x: (forward(x) * dout).sum(), z, h=1e-6)
    analytic = backward(dout, z)
    return np.linalg.norm(analytic - numeric) <= 1e-4 * (np.linalg.norm(analytic) + np.linalg.norm(numeric)) and (
        rel_error(analytic, numeric) < 5e-3
    )


def passes_gradient_check__entry_by_entry(forward, backward, z):
    dout = np.linspace(-1.7, 2.3, z.size).reshape(z.shape)
    analytic = np.asarray(backward(dout, z))
    for index, value in np.ndenumerate(z):
        up, down = z.astype(float), z.astype(float)
        up[index] = value + 1e-5
        down[index] = value - 1e-5
        numeric = np.sum(dout * (forward(up) - forward(down))) / 2e-5
        size = max(abs(numeric) + abs(analytic[index]), 1e-8)
        if not abs(numeric - analytic[index]) / size < 1e-4:
            return False
    return True
