"""Right answers to numeric_grad."""

import numpy as np


def numeric_grad__ndindex(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        p = f(x)
        x[i] = old - h
        m = f(x)
        x[i] = old
        grad[i] = (p - m) / (2 * h)
    return grad


def numeric_grad__unit_arrays(f, x, h=1e-5):
    base = np.asarray(x, dtype=np.float64)
    vals = []
    for k in range(base.size):
        e = np.zeros(base.size)
        e[k] = h
        e = e.reshape(base.shape)
        vals.append((f(base + e) - f(base - e)) / (2 * h))
    return np.array(vals, dtype=float).reshape(base.shape)


def numeric_grad__nditer(f, x, h=1e-5):
    work = x.astype(float).copy()
    grad = np.empty_like(work)
    it = np.nditer(work, flags=["multi_index"], op_flags=["readwrite"])
    for _ in it:
        idx = it.multi_index
        keep = float(work[idx])
        values = []
        for sign in (+1, -1):
            work[idx] = keep + sign * h
            values.append(float(f(work)))
        work[idx] = keep
        grad[idx] = 0.5 * (values[0] - values[1]) / h
    return grad


def numeric_grad__flat_functional(f, x, h=1e-5):
    shape = np.shape(x)

    def nudged(k, by):
        v = np.array(x, dtype=float).reshape(-1)
        v[k] += by
        return f(v.reshape(shape))

    return np.fromiter(((nudged(k, h) - nudged(k, -h)) / h / 2 for k in range(np.size(x))), float, np.size(x)).reshape(
        shape
    )
