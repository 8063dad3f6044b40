"""Wrong answers to clip_by_value."""

import numpy as np


def clip_by_value__in_place(grads, c):
    """The arrays handed in are clipped in place."""
    for g in grads:
        np.clip(g, -c, c, out=g)
    return grads


def clip_by_value__upper_only(grads, c):
    """Only the upper limit is applied."""
    return [np.minimum(g, c) for g in grads]


def clip_by_value__from_zero(grads, c):
    """The entries are limited to [0, c], so negative gradients vanish."""
    return [np.clip(g, 0, c) for g in grads]


def clip_by_value__scales_array(grads, c):
    """Each array with a too large entry is scaled down as a whole so that its largest entry is c."""
    out = []
    for g in grads:
        m = np.abs(g).max()
        out.append(g * (c / m) if m > c else g.copy())
    return out


def clip_by_value__same_array_if_small(grads, c):
    """Arrays within the limits are handed back as they are, not as new arrays."""
    return [np.clip(g, -c, c) if np.abs(g).max() > c else g for g in grads]


def clip_by_value__zeroes_large(grads, c):
    """Entries beyond the limits are set to zero instead of to the limit."""
    return [np.where(np.abs(g) <= c, g, 0.0) for g in grads]


def clip_by_value__sign_lost(grads, c):
    """Entries beyond the limits become +c, also the negative ones."""
    return [np.where(np.abs(g) > c, c, g) for g in grads]


def clip_by_value__generator(grads, c):
    """A generator is returned instead of a list."""
    return (np.clip(g, -c, c) for g in grads)


def clip_by_value__one_long_array(grads, c):
    """All arrays are joined into one long vector."""
    return np.clip(np.concatenate([g.ravel() for g in grads]), -c, c)


def clip_by_value__returns_in_loop(grads, c):
    """The return is inside the loop, so only the first array is clipped and returned."""
    clipped = []
    for g in grads:
        clipped.append(np.clip(g, -c, c))
        return clipped


def clip_by_value__limit_one(grads, c):
    """The limit is fixed at 1 and c is ignored."""
    return [np.clip(g, -1, 1) for g in grads]


def clip_by_value__squashes(grads, c):
    """The entries are squashed smoothly with c tanh(g / c), which changes those within the limits too."""
    return [c * np.tanh(g / c) for g in grads]


def clip_by_value__limits_swapped(grads, c):
    """The limits are passed to np.clip in the wrong order, so everything becomes -c."""
    return [np.clip(g, c, -c) for g in grads]


def clip_by_value__sign_of_all(grads, c):
    """As soon as one entry is too large, every entry of that array is set to plus or minus c."""
    return [c * np.sign(g) if (np.abs(g) > c).any() else np.array(g) for g in grads]


def clip_by_value__abs_clipped(grads, c):
    """The absolute value is clipped and the sign not put back."""
    return [np.minimum(np.abs(g), c) for g in grads]


def clip_by_value__one_buffer(grads, c):
    """One buffer is used for all arrays of the same shape, so they end up as the same array with the last values."""
    buffers = {}
    out = []
    for g in grads:
        if g.shape not in buffers:
            buffers[g.shape] = np.empty(g.shape)
        np.clip(g, -c, c, out=buffers[g.shape])
        out.append(buffers[g.shape])
    return out


def clip_by_value__two_axes_loop(grads, c):
    """The loops over rows and columns work for 2-D arrays only, so biases raise an error."""
    out = []
    for g in grads:
        new = g.copy()
        for i in range(g.shape[0]):
            for j in range(g.shape[1]):
                if new[i, j] > c:
                    new[i, j] = c
                elif new[i, j] < -c:
                    new[i, j] = -c
        out.append(new)
    return out


def clip_by_value__last_left_out(grads, c):
    """The loop stops one array too early."""
    return [np.clip(grads[i], -c, c) for i in range(len(grads) - 1)]


def clip_by_value__second_mask_sees_first(grads, c):
    """The second comparison has the wrong sign, g < c instead of g < -c, so all entries below c become -c."""
    out = []
    for g in grads:
        new = g.copy()
        new[new < c] = -c
        new[new > c] = c
        out.append(new)
    return out


def clip_by_value__int_limit(grads, c):
    """The limit is cut to a whole number."""
    return [np.clip(g, -int(c), int(c)) for g in grads]


def clip_by_value__lower_only(grads, c):
    """Only the lower limit is applied."""
    return [np.maximum(g, -c) for g in grads]


def clip_by_value__common_scale(grads, c):
    """All arrays are scaled by one factor so that the largest entry of all is at most c."""
    m = max(np.abs(g).max() for g in grads)
    f = c / m if m > c else 1.0
    return [f * g for g in grads]


def clip_by_value__limit_shared_out(grads, c):
    """The limit is divided by the number of arrays."""
    k = c / len(grads)
    return [np.clip(g, -k, k) for g in grads]


def clip_by_value__around_the_mean(grads, c):
    """The entries are limited to c around the mean of their array instead of around zero."""
    return [np.clip(g, g.mean() - c, g.mean() + c) for g in grads]
