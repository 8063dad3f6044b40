"""Right answers to weight_decay_step."""

import numpy as np


def weight_decay_step__branches(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    if decoupled:
        v = rho * v + (1 - rho) * grad**2.0
        w = w - lr * grad / (np.sqrt(v) + eps) - lr * decay * w
    else:
        g = grad + decay * w
        v = rho * v + (1 - rho) * g**2.0
        w = w - lr * g / (np.sqrt(v) + eps)
    return w, v


def weight_decay_step__shrink_first(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    outside = float(bool(decoupled))
    g = np.asarray(grad, float) + (1 - outside) * decay * np.asarray(w, float)
    new_v = v + (1 - rho) * (np.square(g) - v)
    return (1 - lr * decay * outside) * np.asarray(w, float) - lr * (g / (new_v**0.5 + eps)), new_v


def weight_decay_step__loop(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    new_w, new_v = np.array(w, dtype=float), np.array(v, dtype=float)
    for i in np.ndindex(new_w.shape):
        wi, g = float(w[i]), float(grad[i])
        extra = lr * decay * wi if decoupled else 0.0
        if not decoupled:
            g += decay * wi
        new_v[i] = rho * float(v[i]) + (1 - rho) * g * g
        new_w[i] = wi - lr * g / (new_v[i] ** 0.5 + eps) - extra
    return new_w, new_v


def weight_decay_step__in_place_on_copies(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    w, g, v = (np.array(a, dtype=np.float64) for a in (w, grad, v))
    pull = decay * w
    if not decoupled:
        g += pull
    v *= rho
    v += (1 - rho) * g * g
    w -= lr * g / (np.sqrt(v) + eps)
    if decoupled:
        w -= lr * pull
    return w, v
