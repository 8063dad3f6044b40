"""Wrong answers to fgsm."""

import numpy as np


def fgsm__descends(x, dx, eps, low=0.0, high=1.0):
    """Moves against the gradient, so that the loss falls."""
    return np.clip(x - eps * np.sign(dx), low, high)


def fgsm__no_sign(x, dx, eps, low=0.0, high=1.0):
    """Adds eps times the gradient itself."""
    return np.clip(x + eps * dx, low, high)


def fgsm__zero_to_one(x, dx, eps, low=0.0, high=1.0):
    """Always clips to [0, 1]."""
    return np.clip(x + eps * np.sign(dx), 0, 1)


def fgsm__clips_first(x, dx, eps, low=0.0, high=1.0):
    """Clips x before the step and not after it."""
    return np.clip(x, low, high) + eps * np.sign(dx)


def fgsm__zero_is_minus(x, dx, eps, low=0.0, high=1.0):
    """Subtracts eps where dx is 0."""
    return np.clip(np.where(dx > 0, x + eps, x - eps), low, high)


def fgsm__clips_step(x, dx, eps, low=0.0, high=1.0):
    """Clips the step instead of the image."""
    return x + np.clip(eps * np.sign(dx), low, high)


def fgsm__in_place(x, dx, eps, low=0.0, high=1.0):
    """Writes the result into x."""
    x[...] = np.clip(x + eps * np.sign(dx), low, high)
    return x


def fgsm__clips_change(x, dx, eps, low=0.0, high=1.0):
    """Adds eps*dx, clipped to eps."""
    return np.clip(x + np.clip(dx, -eps, eps), low, high)
