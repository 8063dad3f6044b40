"""Wrong answers to prelu_backward."""

import numpy as np


def prelu_backward__da_mean(dout, z, a):
    """The gradient of the slopes is averaged over the samples instead of summed."""
    dz = np.where(z > 0, dout, a * dout)
    da = np.mean(np.where(z > 0, 0, z) * dout, axis=0)
    return dz, da


def prelu_backward__da_one_number(dout, z, a):
    """da is summed over samples and features and is a single number."""
    dz = dout * np.where(z > 0, 1.0, a)
    da = (dout * np.minimum(z, 0)).sum()
    return dz, da


def prelu_backward__dz_at_zero(dout, z, a):
    """At z = 0 the gradient passes with slope 1 instead of a."""
    dz = np.where(z >= 0, dout, dout * a)
    da = np.sum(dout * z * (z < 0), axis=0)
    return dz, da


def prelu_backward__da_without_dout(dout, z, a):
    """dout is forgotten in the gradient of the slopes."""
    return np.where(z > 0, dout, a * dout), np.sum(np.where(z > 0, 0.0, z), axis=0)


def prelu_backward__da_not_summed(dout, z, a):
    """The contributions to da are not summed over the samples, da has shape (N, D)."""
    neg = z <= 0
    dz = dout.copy()
    dz[neg] = (a * dout)[neg]
    da = dout * z * neg
    return dz, da


def prelu_backward__da_wrong_axis(dout, z, a):
    """da is summed over the features (axis 1) instead of over the samples."""
    dz = np.where(z > 0, dout, a * dout)
    return dz, np.einsum("nd,nd->n", dout, np.where(z > 0, 0.0, z))


def prelu_backward__da_scaled_by_a(dout, z, a):
    """da is computed from the already scaled dz, so it carries a factor a too many."""
    dz = np.where(z > 0, dout, a * dout)
    da = np.sum(np.where(z > 0, 0.0, dz * z), axis=0)
    return dz, da


def prelu_backward__dz_without_dout(dout, z, a):
    """dz is only the slope, 1 or a; dout is forgotten."""
    dz = np.where(z > 0, 1.0, a)
    da = np.sum(dout * np.minimum(z, 0), axis=0)
    return dz, da


def prelu_backward__order(dout, z, a):
    """The results are returned as da, dz."""
    dz = np.where(z > 0, dout, a * dout)
    da = np.sum(dout * np.minimum(z, 0), axis=0)
    return da, dz


def prelu_backward__dout_changed(dout, z, a):
    """dz is another name for dout, so dout is changed."""
    da = np.sum(dout * np.minimum(z, 0), axis=0)
    dz = dout
    dz *= np.where(z > 0, 1.0, a)
    return dz, da


def prelu_backward__da_from_positive(dout, z, a):
    """da is summed over the positive entries of z instead of the others."""
    dz = np.where(z > 0, dout, a * dout)
    da = np.sum(dout * np.where(z > 0, z, 0.0), axis=0)
    return dz, da


def prelu_backward__da_integer(dout, z, a):
    """da is collected in an array with the type of z, so whole-number z make it lose its fractions."""
    dz = np.where(z > 0, dout, a * dout)
    da = np.zeros(z.shape[1], dtype=z.dtype)
    for d in range(z.shape[1]):
        da[d] = np.sum(dout[:, d] * np.minimum(z[:, d], 0))
    return dz, da


def prelu_backward__da_with_abs_z(dout, z, a):
    """|z| is used in the negative part, so da has the wrong sign."""
    return dout * np.where(z > 0, 1, a), (dout * np.maximum(-z, 0)).sum(0)


def prelu_backward__da_mean_of_negatives(dout, z, a):
    """da is divided by the number of non-positive entries, which is nan for a feature that has none."""
    neg = z <= 0
    dz = np.where(neg, a * dout, dout)
    da = (dout * z * neg).sum(axis=0) / neg.sum(axis=0)
    return dz, da


def prelu_backward__dz_times_z(dout, z, a):
    """In the negative part dz is a times z times dout: the function value instead of its slope."""
    dz = np.where(z > 0, dout, dout * a * z)
    da = np.sum(dout * np.minimum(z, 0), axis=0)
    return dz, da


def prelu_backward__da_counts_dout(dout, z, a):
    """da sums dout over the negative entries without the factor z."""
    neg = z <= 0
    return np.where(neg, a * dout, dout), np.sum(neg * dout, axis=0)


def prelu_backward__da_matrix_product(dout, z, a):
    """da is the matrix product dout.T @ min(z, 0), of shape (D, D), instead of its diagonal."""
    return np.where(z > 0, dout, a * dout), dout.T @ np.minimum(z, 0)


def prelu_backward__da_last_sample(dout, z, a):
    """The loop assigns da instead of adding to it, so only the last sample with a non-positive z counts."""
    dz = np.zeros(z.shape)
    da = np.zeros(z.shape[1])
    for n in range(z.shape[0]):
        for d in range(z.shape[1]):
            if z[n, d] > 0:
                dz[n, d] = dout[n, d]
            else:
                dz[n, d] = a[d] * dout[n, d]
                da[d] = z[n, d] * dout[n, d]
    return dz, da


def prelu_backward__da_axis_by_length(dout, z, a):
    """da is summed over the axis that leaves len(a) entries, which is the wrong one when N equals D."""
    c = dout * np.minimum(z, 0)
    da = c.sum(axis=1)
    if len(da) != len(a):
        da = c.sum(axis=0)
    return np.where(z > 0, dout, a * dout), da


def prelu_backward__da_over_features(dout, z, a):
    """da is divided by the number of features."""
    return np.where(z > 0, dout, a * dout), (dout * np.minimum(z, 0)).sum(axis=0) / z.shape[1]


def prelu_backward__da_keepdims(dout, z, a):
    """da has shape (1, D) instead of (D,)."""
    return np.where(z > 0, dout, a * dout), np.sum(dout * np.minimum(z, 0), axis=0, keepdims=True)


def prelu_backward__slopes_updated(dout, z, a):
    """A gradient step is made on a itself inside the function, which changes the caller's slopes."""
    dz = np.where(z > 0, dout, a * dout)
    da = np.sum(dout * np.minimum(z, 0), axis=0)
    a -= 0.01 * da
    return dz, da


def prelu_backward__column_decides(dout, z, a):
    """One decision is made for a whole feature, by the sign of its mean."""
    on = z.mean(axis=0) > 0
    dz = dout * np.where(on, 1.0, a)
    da = np.where(on, 0.0, (dout * z).sum(axis=0))
    return dz, da
