"""Wrong answers to relu_backward."""

import numpy as np


def relu_backward__passes_at_zero(dout, z):
    """The gradient is let through at z = 0 as well (z >= 0)."""
    return dout * (z >= 0)


def relu_backward__dout_changed(dout, z):
    """The mask is applied to dout itself, without a copy."""
    dz = dout
    dz[z <= 0] = 0
    return dz


def relu_backward__no_dout(dout, z):
    """Only the derivative, 0 or 1, is returned; dout is not used."""
    return np.where(z > 0, 1.0, 0.0)


def relu_backward__mask_of_dout(dout, z):
    """The mask comes from the sign of dout instead of z."""
    return np.where(dout > 0, dout, 0.0)


def relu_backward__forward_times_dout(dout, z):
    """dout is multiplied by relu(z) instead of by its derivative."""
    return np.maximum(z, 0) * dout


def relu_backward__z_in_the_off_part(dout, z):
    """Where the unit is off, z is put in place of 0."""
    return np.where(z > 0, dout, z)


def relu_backward__leaks(dout, z):
    """One hundredth of the gradient passes where the unit is off, as in a leaky ReLU."""
    return np.where(z > 0, dout, 0.01 * dout)


def relu_backward__decided_once(dout, z):
    """One decision is made for the whole array: all of dout passes if any z is positive."""
    if np.any(z > 0):
        return dout.copy()
    return np.zeros_like(dout)


def relu_backward__half_at_zero(dout, z):
    """At z = 0 half of the gradient is passed (np.heaviside with 0.5) instead of none."""
    return dout * np.heaviside(z, 0.5)


def relu_backward__integer_result(dout, z):
    """The result is written into an array made like z, which cuts the gradient to whole numbers when z holds integers."""
    dz = np.zeros_like(z)
    on = z > 0
    dz[on] = dout[on]
    return dz


def relu_backward__selects(dout, z):
    """Only the entries that pass are returned, so the shape is lost."""
    return dout[z > 0]


def relu_backward__threshold_not_zero(dout, z):
    """Entries below 1e-6 count as off, so tiny positive z lose their gradient."""
    return dout * (z > 1e-6)


def relu_backward__sign(dout, z):
    """dout is multiplied by the sign of z, so it is turned round where the unit is off."""
    return dout * np.sign(z)


def relu_backward__relu_over_z(dout, z):
    """The derivative is computed as relu(z) / z, which is nan at z = 0."""
    return dout * (np.maximum(z, 0) / z)


def relu_backward__guided(dout, z):
    """Negative gradients are stopped as well (guided backpropagation)."""
    mask = (z > 0) & (dout > 0)
    return dout * mask


def relu_backward__nonzero(dout, z):
    """z.astype(bool) is taken for z > 0, so negative entries pass too."""
    return dout * z.astype(bool)


def relu_backward__clip_as_step(dout, z):
    """np.clip(z, 0, 1) is used for the step function, which is a ramp between 0 and 1."""
    return dout * np.clip(z, 0, 1)


def relu_backward__arguments_swapped(dout, z):
    """The roles of dout and z are exchanged: z is returned where dout is positive."""
    return np.where(dout > 0, z, 0.0)


def relu_backward__rows_dropped(dout, z):
    """A sample passes only if all its z are positive; otherwise its whole row is stopped."""
    keep = np.all(z > 0, axis=-1, keepdims=True)
    return dout * keep


def relu_backward__above_mean(dout, z):
    """z is compared with its mean instead of with 0."""
    return np.where(z > np.mean(z), dout, 0.0)


def relu_backward__relu_six(dout, z):
    """The gradient is also stopped for z above 6, as for ReLU6."""
    return dout * ((z > 0) & (z < 6))


def relu_backward__nan_for_off(dout, z):
    """np.where is called with nan for the units that are off."""
    return np.where(z > 0, dout, np.nan)


def relu_backward__inverted(dout, z):
    """The comparison points the wrong way, so the gradient passes where the unit is off."""
    dz = dout.copy()
    dz[z > 0] = 0.0
    return dz
