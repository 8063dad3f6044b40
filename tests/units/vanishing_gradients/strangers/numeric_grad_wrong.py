"""Wrong answers to numeric_grad."""

import numpy as np


def numeric_grad__forward_difference(f, x, h=1e-5):
    """A one-sided (forward) difference is used instead of the central one."""
    x = x.astype(float)
    grad = np.zeros_like(x)
    f0 = f(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        grad[i] = (f(x) - f0) / h
        x[i] = old
    return grad


def numeric_grad__divided_by_h(f, x, h=1e-5):
    """The difference is divided by h instead of 2 h, so the gradient is twice too big."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = x.astype(float)
        up[i] += h
        down = x.astype(float)
        down[i] -= h
        grad[i] = (f(up) - f(down)) / h
    return grad


def numeric_grad__integer_copy(f, x, h=1e-5):
    """The copy of x keeps its integer type, so adding and subtracting h is cut off and whole-number inputs give nonsense."""
    x = x.copy()
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        v = x[i]
        x[i] = v + h
        plus = f(x)
        x[i] = v - h
        minus = f(x)
        x[i] = v
        grad[i] = (plus - minus) / (2 * h)
    return grad


def numeric_grad__not_put_back(f, x, h=1e-5):
    """The nudged entry is not put back, so every entry of x is left shifted by -h."""
    grad = np.zeros(x.shape)
    if x.dtype.kind != "f":
        x = x.astype(float)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        idx = it.multi_index
        x[idx] += h
        a = f(x)
        x[idx] -= 2 * h
        b = f(x)
        grad[idx] = (a - b) / (2 * h)
        it.iternext()
    return grad


def numeric_grad__all_at_once(f, x, h=1e-5):
    """All entries are nudged at once, so every entry of the result is the sum of the partial derivatives."""
    d = (f(x + h) - f(x - h)) / (2 * h)
    return np.full(x.shape, d)


def numeric_grad__fixed_step(f, x, h=1e-5):
    """The step is hard-coded and the argument h is ignored."""
    eps = 1e-5
    grad = np.zeros(x.shape)
    xf = np.array(x, dtype=float)
    for i in np.ndindex(xf.shape):
        v = xf[i]
        xf[i] = v + eps
        p = f(xf)
        xf[i] = v - eps
        m = f(xf)
        xf[i] = v
        grad[i] = (p - m) / (2 * eps)
    return grad


def numeric_grad__rows_nudged(f, x, h=1e-5):
    """The loop runs over the first axis only, so for a 2-D array whole rows are nudged together."""
    x = np.array(x, dtype=float)
    grad = np.zeros_like(x)
    for i in range(len(x)):
        xp, xm = x.copy(), x.copy()
        xp[i] += h
        xm[i] -= h
        grad[i] = (f(xp) - f(xm)) / (2 * h)
    return grad


def numeric_grad__reshape_is_copy(f, x, h=1e-5):
    """The entries are nudged through x.reshape(-1), which is a copy for a transposed or strided array, so f never sees the nudge."""
    if x.dtype.kind != "f":
        x = x.astype(float)
    flat = x.reshape(-1)
    grad = np.zeros(flat.size)
    for i in range(flat.size):
        v = flat[i]
        flat[i] = v + h
        p = f(x)
        flat[i] = v - h
        m = f(x)
        flat[i] = v
        grad[i] = (p - m) / (2 * h)
    return grad.reshape(x.shape)


def numeric_grad__flat_result(f, x, h=1e-5):
    """The result is flat instead of having the shape of x."""
    grad = []
    for i in range(x.size):
        e = np.zeros(x.size)
        e[i] = h
        e = e.reshape(x.shape)
        grad.append((f(x + e) - f(x - e)) / (2 * h))
    return np.array(grad)


def numeric_grad__put_back_by_adding(f, x, h=1e-5):
    """The entry is put back by adding h again, which rounding leaves slightly different from the original."""
    if x.dtype.kind != "f":
        x = x.astype(float)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        p = f(x)
        x[i] -= 2 * h
        m = f(x)
        x[i] += h
        grad[i] = (p - m) / (2 * h)
    return grad


def numeric_grad__relative_step(f, x, h=1e-5):
    """The step is h times the entry itself, so an entry that is zero gives 0/0."""
    xf = np.asarray(x, dtype=float)
    grad = np.zeros(xf.shape)
    for i in np.ndindex(xf.shape):
        step = h * xf[i]
        a, b = xf.copy(), xf.copy()
        a[i] += step
        b[i] -= step
        grad[i] = np.divide(f(a) - f(b), 2 * step)
    return grad


def numeric_grad__aliased_copies(f, x, h=1e-5):
    """Plus and minus version are two names of one array, so the nudges cancel and every difference is zero."""
    base = x.astype(float)
    grad = np.zeros(base.shape)
    for i in np.ndindex(base.shape):
        xp = xm = base.copy()
        xp[i] += h
        xm[i] -= h
        grad[i] = (f(xp) - f(xm)) / (2 * h)
    return grad


def numeric_grad__integer_grad(f, x, h=1e-5):
    """The array for the result is made like x, so the gradient is cut to whole numbers when x holds integers."""
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        grad[i] = (f(x + e) - f(x - e)) / (2 * h)
    return grad


def numeric_grad__two_axes_only(f, x, h=1e-5):
    """The loops assume exactly two axes, so 1-D and 3-D arrays raise an error."""
    rows, cols = x.shape
    grad = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            e = np.zeros((rows, cols))
            e[r, c] = h
            grad[r, c] = (f(x + e) - f(x - e)) / (2 * h)
    return grad


def numeric_grad__complex_step(f, x, h=1e-5):
    """A complex step, Im f(x + ih) / h, is used instead of central differences; it fails for functions that are not analytic."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        xc = x.astype(complex)
        xc[i] += 1j * h
        grad[i] = np.imag(f(xc)) / h
    return grad


def numeric_grad__float32(f, x, h=1e-5):
    """The entries are nudged in float32, where a step of 1e-5 is mostly lost to rounding."""
    x32 = x.astype(np.float32)
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        a, b = x32.copy(), x32.copy()
        a[i] += h
        b[i] -= h
        grad[i] = (float(f(a)) - float(f(b))) / (2 * h)
    return grad


def numeric_grad__divided_by_two_times_h(f, x, h=1e-5):
    """The brackets around 2 * h are missing: the difference is divided by 2 and multiplied by h."""
    x0 = x.astype(float)
    grad = np.zeros(x0.shape)
    for i in np.ndindex(x0.shape):
        e = np.zeros(x0.shape)
        e[i] = h
        grad[i] = (f(x0 + e) - f(x0 - e)) / 2 * h
    return grad


def numeric_grad__half_steps(f, x, h=1e-5):
    """The entry is nudged by h/2 each way but the difference is divided by 2 h."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h / 2
        down[i] -= h / 2
        grad[i] = (f(up) - f(down)) / (2 * h)
    return grad


def numeric_grad__nudges_pile_up(f, x, h=1e-5):
    """One working copy is used for all entries and only the minus nudge is undone, so earlier entries stay shifted by +h."""
    work = np.array(x, dtype=float)
    grad = np.zeros(work.shape)
    for i in np.ndindex(work.shape):
        work[i] -= h
        low = f(work)
        work[i] += 2 * h
        high = f(work)
        grad[i] = (high - low) / (2 * h)
    return grad


def numeric_grad__floor_division(f, x, h=1e-5):
    """// is written for /, so the quotient is rounded down to a whole number."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        grad[i] = (f(x + e) - f(x - e)) // (2 * h)
    return grad


def numeric_grad__second_difference(f, x, h=1e-5):
    """The second difference (f(x+h) - 2 f(x) + f(x-h)) / h**2 is formed, which approximates the second derivative."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        grad[i] = (f(x + e) - 2 * f(x + 0 * e) + f(x - e)) / h**2
    return grad


def numeric_grad__default_h(f, x, h=1e-2):
    """The default step is 1e-2 instead of 1e-5."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        grad[i] = (f(x + e) - f(x - e)) / (2 * h)
    return grad


def numeric_grad__extrapolated_wrongly(f, x, h=1e-5):
    """Two step sizes are combined with Richardson's weights exchanged, (4 D(2h) - D(h)) / 3, which enlarges the error."""

    def central(i, s):
        e = np.zeros(x.shape)
        e[i] = s
        return (f(x + e) - f(x - e)) / (2 * s)

    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        grad[i] = (4 * central(i, 2 * h) - central(i, h)) / 3
    return grad
