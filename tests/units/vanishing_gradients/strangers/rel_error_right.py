"""Right answers to rel_error."""

import numpy as np


def rel_error__usual(a, b, eps=1e-8):
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), eps)))


def rel_error__loop(a, b, eps=1e-8):
    worst = 0.0
    for u, v in zip(np.ravel(a).tolist(), np.ravel(b).tolist()):
        worst = max(worst, abs(u - v) / max(abs(u) + abs(v), eps))
    return worst


def rel_error__where(a, b, eps=1e-8):
    den = np.abs(a) + np.abs(b)
    den = np.where(den < eps, eps, den)
    return np.absolute(np.subtract(b, a) / den).max()


def rel_error__scaled_parts(a, b, eps=1e-8):
    d = np.clip(np.add(np.abs(a), np.abs(b)), eps, None)
    r = a / d - b / d
    return float(max(r.max(), -r.min()))
