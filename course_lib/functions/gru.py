"""The gated recurrent unit: one step, the whole sequence, and the gradient back through time.

The columns of wx (D, 3 H), wh (H, 3 H) and the biases bx, bh (3 H,) belong to three parts, in PyTorch's order:

    r = sigmoid(x wx_r + bx_r + h wh_r + bh_r)           the reset gate
    z = sigmoid(x wx_z + bx_z + h wh_z + bh_z)           the update gate: how much of the old state stays
    n = tanh(x wx_n + bx_n + r * (h wh_n + bh_n))        the candidate
    h_next = z * h + (1 - z) * n

The reset gate acts after the matrix product, as in cuDNN, PyTorch's ``nn.GRU`` and Keras (``reset_after=True``), so
that one product serves all three parts. Cho et al. 2014, eq. 5 to 8, have it before: tanh(x wx_n + (r * h) wh_n).
Because r multiplies bh_n, the two biases do not merge into one. Keras's order is z, r, n, and its bias is (2, 3 H).
Chung et al. 2014 exchange z and 1 - z.
"""

import numpy as np

from course_lib._arguments.arrays import same_shape
from course_lib._arguments.objects import cache_of
from course_lib.functions._sequences import (
    affine_per_step,
    affine_per_step_backward,
    cell_inputs,
    gradient_inputs,
    recurrent_weight_gradient,
    transposed,
)
from course_lib.functions.activations import sigmoid, sigmoid_backward, tanh, tanh_backward
from course_lib.kernels import elementary as _elementary
from course_lib.kernels.decorators import kernel
from course_lib.kernels.sums import sum_over


def gru_step_forward(x, h, wx, wh, bx, bh):
    """One step of the GRU (Cho et al. 2014, eq. 5 to 8, with the reset gate after the product; see the module).

    Parameters
    ----------
    x : (N, D) array
    h : (N, H) array, the hidden state before the step
    wx : (D, 3 H) array
    wh : (H, 3 H) array
    bx, bh : (3 H,) arrays, the biases of the inputs and of the state: PyTorch's ``bias_ih`` and ``bias_hh``

    Returns
    -------
    h_next : (N, H) array
    cache : tuple for ``gru_step_backward``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    x, (h,), wx, wh, bx = cell_inputs(x, 2, (h,), wx, wh, bx, n_gates=3)
    xr, xz, xn = np.split(x @ wx + bx, 3, axis=1)
    hr, hz, hn = np.split(h @ wh + same_shape(bh, bx.shape, bx.dtype, name="bh"), 3, axis=1)
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    n = tanh(xn + r * hn)
    return z * h + (1 - z) * n, (x, h, wx, wh, r, z, n, hn)


def gru_step_backward(dh_next, cache):
    """Backward pass of ``gru_step_forward``.

    Parameters
    ----------
    dh_next : (N, H) array
    cache : tuple from the forward pass

    Returns
    -------
    dx : (N, D) array
    dh : (N, H) array, the gradient of the state before the step
    dwx, dwh, dbx, dbh : arrays, the shapes of the parameters

    Raises
    ------
    ValueError
        When ``dh_next`` does not have the shape of ``h_next``.
    """
    x, h, wx, wh, r, z, n, hn = cache_of(cache, "gru_step_forward", 8)
    dh_next = same_shape(dh_next, h.shape, h.dtype, name="dh_next")
    dn = tanh_backward(dh_next * (1 - z), n)
    dr, dz = sigmoid_backward(dn * hn, r), sigmoid_backward(dh_next * (h - n), z)
    from_x = np.concatenate([dr, dz, dn], axis=1)
    from_h = np.concatenate([dr, dz, dn * r], axis=1)
    dh = dh_next * z + from_h @ wh.T
    return from_x @ wx.T, dh, x.T @ from_x, h.T @ from_h, sum_over(from_x), sum_over(from_h)


def gru_forward(x, h0, wx, wh, bx, bh):
    """``gru_step_forward`` at every time step: PyTorch's ``nn.GRU`` with one layer.

    Parameters
    ----------
    x : (N, T, D) array
    h0 : (N, H) array, the state before the first step
    wx : (D, 3 H) array
    wh : (H, 3 H) array
    bx, bh : (3 H,) arrays

    Returns
    -------
    h : (N, T, H) array, the states after every step
    cache : tuple for ``gru_backward``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    x, (h0,), wx, wh, bx = cell_inputs(x, 3, (h0,), wx, wh, bx, n_gates=3)
    bh = same_shape(bh, bx.shape, bx.dtype, name="bh")
    gates = affine_per_step(x, wx, bx)
    h, hn = (np.empty((*x.shape[:2], len(wh)), x.dtype) for _ in range(2))
    _gru_forward(gates, h0, wh, bh, h, hn)
    return h, (x, h0, wx, wh, gates, h, hn)


def gru_backward(dh, cache, steps=None):
    """Backward pass of ``gru_forward``: back-propagation through time.

    Parameters
    ----------
    dh : (N, T, H) array; zeros where the loss does not look
    cache : tuple from the forward pass
    steps : int or None; k cuts the gradient before the steps k, 2k, ..., as in
        ``course_lib.functions.rnn_backward``

    Returns
    -------
    dx : (N, T, D) array
    dh0 : (N, H) array
    dwx, dwh, dbx, dbh : arrays, the shapes of the parameters, summed over samples and time

    Raises
    ------
    ValueError
        When ``dh`` does not have the shape of ``h``, or ``steps`` is below 1.
    """
    x, h0, wx, wh, gates, h, hn = cache_of(cache, "gru_forward", 7)
    dh, steps = gradient_inputs(dh, h, steps)
    from_x, from_h, dh0 = np.empty_like(gates), np.empty_like(gates), np.zeros_like(h0)
    _gru_backward(dh, gates, h0, h, hn, transposed(wh), steps, from_x, from_h, dh0)
    dx, dwx, dbx = affine_per_step_backward(from_x, x, wx)
    return dx, dh0, dwx, recurrent_weight_gradient(from_h, h, h0), dbx, sum_over(from_h, axis=(0, 1))


@kernel
def _gru_forward(gates, h0, wh, bh, h, hn):
    # gates come in as x @ wx + bx, and leave as r, z and the candidate
    n_samples, n_steps, n_hidden = h.shape
    one = h.dtype.type(1)
    state, s = h0.copy(), np.empty_like(gates[:, 0])
    bias_n = bh[2 * n_hidden :]
    for t in range(n_steps):
        np.dot(state, wh, s)
        for k in range(n_samples):
            both, from_state = gates[k, t, : 2 * n_hidden], s[k, : 2 * n_hidden]
            for j in range(2 * n_hidden):
                both[j] = _elementary.logistic(both[j] + from_state[j] + bh[j])
            r, z, n = both[:n_hidden], both[n_hidden:], gates[k, t, 2 * n_hidden :]
            s_n, hn_row, state_row = s[k, 2 * n_hidden :], hn[k, t], state[k]
            for j in range(n_hidden):
                hn_row[j] = s_n[j] + bias_n[j]
            for j in range(n_hidden):
                n[j] = _elementary.tanh(n[j] + r[j] * hn_row[j])
            for j in range(n_hidden):
                state_row[j] = z[j] * state_row[j] + (one - z[j]) * n[j]
            h[k, t] = state_row


@kernel
def _gru_backward(dh, gates, h0, h, hn, wh_t, steps, from_x, from_h, carry):
    # carry is the gradient that a step hands to the one before it; at the end it is dh0
    n_samples, n_steps, n_hidden = dh.shape
    one, zero = dh.dtype.type(1), dh.dtype.type(0)
    direct, ds = np.empty_like(carry), np.empty_like(gates[:, 0])
    for t in range(n_steps - 1, -1, -1):
        for k in range(n_samples):
            a, d = gates[k, t], ds[k]
            r, z, n = a[:n_hidden], a[n_hidden : 2 * n_hidden], a[2 * n_hidden :]
            dr, dz, ds_n, dn = d[:n_hidden], d[n_hidden : 2 * n_hidden], d[2 * n_hidden :], from_x[k, t, 2 * n_hidden :]
            before = h[k, t - 1] if t > 0 else h0[k]
            dh_row, carry_row, direct_row, hn_row = dh[k, t], carry[k], direct[k], hn[k, t]
            for j in range(n_hidden):
                dh_all = dh_row[j] + carry_row[j]
                direct_row[j] = dh_all * z[j]
                dn[j] = dh_all * (one - z[j]) * (one - n[j] * n[j])
                dr[j] = dn[j] * hn_row[j] * r[j] * (one - r[j])
                dz[j] = dh_all * (before[j] - n[j]) * z[j] * (one - z[j])
                ds_n[j] = dn[j] * r[j]
            from_x[k, t, : 2 * n_hidden] = d[: 2 * n_hidden]
            from_h[k, t] = d
        np.dot(ds, wh_t, carry)
        carry += direct
        if t > 0 and t % steps == 0:
            carry[:] = zero
