"""Wrong answers to weight_decay_step."""

import numpy as np


def weight_decay_step__plain_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Coupled, the penalty's gradient is left out of v."""
    v = rho * v + (1 - rho) * grad**2
    if decoupled:
        return w - lr * grad / (np.sqrt(v) + eps) - lr * decay * w, v
    return w - lr * (grad + decay * w) / (np.sqrt(v) + eps), v


def weight_decay_step__penalty_always_in_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, v still sees the gradient with the penalty."""
    g = grad + decay * w
    v = rho * v + (1 - rho) * g**2
    if decoupled:
        return w - lr * grad / (np.sqrt(v) + eps) - lr * decay * w, v
    return w - lr * g / (np.sqrt(v) + eps), v


def weight_decay_step__swapped(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Takes decoupled for coupled and the reverse."""
    g = grad + decay * w if decoupled else grad
    v = rho * v + (1 - rho) * g**2
    new = w - lr * g / (np.sqrt(v) + eps)
    if not decoupled:
        new = new - lr * decay * w
    return new, v


def weight_decay_step__decay_without_lr(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, subtracts decay * w without the factor lr."""
    g = grad if decoupled else grad + decay * w
    v = rho * v + (1 - rho) * g**2
    new = w - lr * g / (np.sqrt(v) + eps)
    return (new - decay * w if decoupled else new), v


def weight_decay_step__eps_in_root(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Adds eps under the root instead of to the root."""
    g = grad if decoupled else grad + decay * w
    v = rho * v + (1 - rho) * g**2
    new = w - lr * g / np.sqrt(v + eps)
    return (new - lr * decay * w if decoupled else new), v


def weight_decay_step__old_v(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Divides by the root of the old v."""
    g = grad if decoupled else grad + decay * w
    new = w - lr * g / (np.sqrt(v) + eps)
    v = rho * v + (1 - rho) * g**2
    return (new - lr * decay * w if decoupled else new), v


def weight_decay_step__decays_new_w(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, decays the w after the step, not the old one."""
    g = grad if decoupled else grad + decay * w
    v = rho * v + (1 - rho) * g**2
    w = w - lr * g / (np.sqrt(v) + eps)
    if decoupled:
        w = w - lr * decay * w
    return w, v


def weight_decay_step__rho_swapped(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Gives the new square the weight rho and the old mean 1 - rho."""
    g = grad if decoupled else grad + decay * w
    v = (1 - rho) * v + rho * g**2
    new = w - lr * g / (np.sqrt(v) + eps)
    return (new - lr * decay * w if decoupled else new), v


def weight_decay_step__in_place(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Updates v in place, which also truncates it if it holds integers."""
    g = grad if decoupled else grad + decay * w
    v[...] = rho * v + (1 - rho) * g**2
    new = w - lr * g / (np.sqrt(v) + eps)
    return (new - lr * decay * w if decoupled else new), v


def weight_decay_step__decay_divided(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-8):
    """Decoupled, the decay is divided by the root too."""
    g = grad if decoupled else grad + decay * w
    v = rho * v + (1 - rho) * g**2
    if decoupled:
        g = g + decay * w
    return w - lr * g / (np.sqrt(v) + eps), v


def weight_decay_step__coupled_twice(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-08):
    """Coupled, the decay is also subtracted beside the optimiser."""
    g = grad if decoupled else grad + decay * w
    v = rho * v + (1 - rho) * g**2
    return (w - lr * g / (np.sqrt(v) + eps) - lr * decay * w, v)


def weight_decay_step__coupled_v_only(w, grad, v, lr, decay, decoupled, rho=0.9, eps=1e-08):
    """Coupled, v is made before the penalty is added to the gradient."""
    g = grad
    v = rho * v + (1 - rho) * g**2
    if not decoupled:
        g = g + decay * w
    w = w - lr * g / (np.sqrt(v) + eps)
    if decoupled:
        w = w - lr * decay * w
    return (w, v)
