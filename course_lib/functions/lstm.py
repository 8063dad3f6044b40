"""Long short-term memory: one step, the whole sequence, and the gradient back through time.

The columns of wx (D, 4 H), wh (H, 4 H) and b (4 H,) belong to four gates, in this order:

========  ===========================================  ===============  ==========
gate      what it does                                 activation       in Keras
========  ===========================================  ===============  ==========
i input   how much of the candidate enters the cell    sigmoid          i
f forget  how much of the cell stays                   sigmoid          f
g cell    the candidate                                tanh             c
o output  how much of the cell is shown                sigmoid          o
========  ===========================================  ===============  ==========

PyTorch has the same order, with the transposed weights and two biases that are added; Keras has one bias, as here,
and starts the forget gate's at 1 (``unit_forget_bias``), as the layer ``LSTM`` here does; PyTorch does not. There are
no peepholes. The forget gate came with Gers et al. 2000.
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


def lstm_step_forward(x, h, c, wx, wh, b):
    """One step of the LSTM (Hochreiter and Schmidhuber 1997; Gers et al. 2000 for the forget gate).

    i, f, g, o = the four parts of x @ wx + h @ wh + b, through their activations;
    c_next = f * c + i * g;  h_next = o * tanh(c_next).

    Parameters
    ----------
    x : (N, D) array
    h, c : (N, H) arrays, the hidden state and the cell before the step
    wx : (D, 4 H) array
    wh : (H, 4 H) array
    b : (4 H,) array

    Returns
    -------
    h_next, c_next : (N, H) arrays
    cache : tuple for ``lstm_step_backward``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    x, (h, c), wx, wh, b = cell_inputs(x, 2, (h, c), wx, wh, b, n_gates=4)
    zi, zf, zg, zo = np.split(x @ wx + h @ wh + b, 4, axis=1)
    i, f, g, o = sigmoid(zi), sigmoid(zf), tanh(zg), sigmoid(zo)
    c_next = f * c + i * g
    tanh_c = tanh(c_next)
    return o * tanh_c, c_next, (x, h, c, wx, wh, i, f, g, o, tanh_c)


def lstm_step_backward(dh_next, dc_next, cache):
    """Backward pass of ``lstm_step_forward``.

    Parameters
    ----------
    dh_next, dc_next : (N, H) arrays; the cell's gradient comes from the step after, zeros at the last one
    cache : tuple from the forward pass

    Returns
    -------
    dx : (N, D) array
    dh, dc : (N, H) arrays, the gradients of the states before the step
    dwx, dwh, db : arrays, the shapes of the parameters

    Raises
    ------
    ValueError
        When a gradient does not have the shape of its state.
    """
    x, h, c, wx, wh, i, f, g, o, tanh_c = cache_of(cache, "lstm_step_forward", 10)
    dh_next = same_shape(dh_next, h.shape, h.dtype, name="dh_next")
    dc_next = same_shape(dc_next, c.shape, c.dtype, name="dc_next")
    # the cell is used twice: it is shown by h_next, and kept by the step after
    dc_all = dc_next + tanh_backward(dh_next * o, tanh_c)
    dz = np.concatenate(
        [
            sigmoid_backward(dc_all * g, i),
            sigmoid_backward(dc_all * c, f),
            tanh_backward(dc_all * i, g),
            sigmoid_backward(dh_next * tanh_c, o),
        ],
        axis=1,
    )
    return dz @ wx.T, dz @ wh.T, dc_all * f, x.T @ dz, h.T @ dz, sum_over(dz)


def lstm_forward(x, h0, c0, wx, wh, b):
    """``lstm_step_forward`` at every time step.

    PyTorch's ``nn.LSTM`` with one layer, Keras' ``LSTM`` with ``return_sequences=True``; both give the last cell only.

    Parameters
    ----------
    x : (N, T, D) array
    h0, c0 : (N, H) arrays, the hidden state and the cell before the first step
    wx : (D, 4 H) array
    wh : (H, 4 H) array
    b : (4 H,) array

    Returns
    -------
    h : (N, T, H) array, the hidden states after every step
    c : (N, T, H) array, the cells after every step
    cache : tuple for ``lstm_backward``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    x, (h0, c0), wx, wh, b = cell_inputs(x, 3, (h0, c0), wx, wh, b, n_gates=4)
    gates = affine_per_step(x, wx, b)
    h, c, tanh_c = (np.empty((*x.shape[:2], len(wh)), x.dtype) for _ in range(3))
    _lstm_forward(gates, h0, c0, wh, h, c, tanh_c)
    return h, c, (x, h0, c0, wx, wh, gates, h, c, tanh_c)


def lstm_backward(dh, cache, steps=None):
    """Backward pass of ``lstm_forward`` through the whole of time, for a loss that looks at ``h`` only.

    Parameters
    ----------
    dh : (N, T, H) array; zeros where the loss does not look
    cache : tuple from the forward pass
    steps : int or None; k cuts the gradients of hidden state and cell before the steps k, 2k, ..., as in
        ``course_lib.functions.rnn_backward``

    Returns
    -------
    dx : (N, T, D) array
    dh0, dc0 : (N, H) arrays
    dwx, dwh, db : arrays, the shapes of the parameters, summed over samples and time

    Raises
    ------
    ValueError
        When ``dh`` does not have the shape of ``h``, or ``steps`` is below 1.
    """
    x, h0, c0, wx, wh, gates, h, c, tanh_c = cache_of(cache, "lstm_forward", 9)
    dh, steps = gradient_inputs(dh, h, steps)
    dz, dh0, dc0 = np.empty_like(gates), np.zeros_like(h0), np.zeros_like(c0)
    _lstm_backward(dh, gates, c0, c, tanh_c, transposed(wh), steps, dz, dh0, dc0)
    dx, dwx, db = affine_per_step_backward(dz, x, wx)
    return dx, dh0, dc0, dwx, recurrent_weight_gradient(dz, h, h0), db


@kernel
def _lstm_forward(gates, h0, c0, wh, h, c, tanh_c):
    # gates come in as x @ wx + b, and leave as the activations i, f, g, o
    n_samples, n_steps, n_hidden = h.shape
    h_prev, c_prev, z = h0.copy(), c0.copy(), np.empty_like(gates[:, 0])
    for t in range(n_steps):
        np.dot(h_prev, wh, z)
        for n in range(n_samples):
            a = gates[n, t]
            _activate(a, z[n], n_hidden)
            i, f, g, o = a[:n_hidden], a[n_hidden : 2 * n_hidden], a[2 * n_hidden : 3 * n_hidden], a[3 * n_hidden :]
            cell, shown = c_prev[n], h_prev[n]
            for j in range(n_hidden):
                cell[j] = f[j] * cell[j] + i[j] * g[j]
            show = tanh_c[n, t]
            for j in range(n_hidden):
                show[j] = _elementary.tanh(cell[j])
            for j in range(n_hidden):
                shown[j] = o[j] * show[j]
            h[n, t], c[n, t] = shown, cell


@kernel
def _activate(a, z, n_hidden):
    """a = activation(a + z): tanh for the third quarter, the logistic function for the others."""
    # slices first: with an index like n_hidden + j the compiler would not use SIMD
    start, stop = 2 * n_hidden, 3 * n_hidden
    _add_logistic(a[:start], z[:start])
    g, z_g = a[start:stop], z[start:stop]
    for j in range(n_hidden):
        g[j] = _elementary.tanh(g[j] + z_g[j])
    _add_logistic(a[stop:], z[stop:])


@kernel
def _add_logistic(a, z):
    for j in range(a.size):
        a[j] = _elementary.logistic(a[j] + z[j])


@kernel
def _lstm_backward(dh, gates, c0, c, tanh_c, wh_t, steps, dz, dh_carry, dc_carry):
    # the carries are the gradients that a step hands to the one before it; at the end they are dh0 and dc0
    n_samples, n_steps, n_hidden = dh.shape
    one, zero = dh.dtype.type(1), dh.dtype.type(0)
    dz_t = np.empty_like(gates[:, 0])
    for t in range(n_steps - 1, -1, -1):
        for n in range(n_samples):
            a, d = gates[n, t], dz_t[n]
            i, f, g, o = a[:n_hidden], a[n_hidden : 2 * n_hidden], a[2 * n_hidden : 3 * n_hidden], a[3 * n_hidden :]
            di, df, dg, do = d[:n_hidden], d[n_hidden : 2 * n_hidden], d[2 * n_hidden : 3 * n_hidden], d[3 * n_hidden :]
            c_prev = c[n, t - 1] if t > 0 else c0[n]
            show, dh_row, dh_next, dc_next = tanh_c[n, t], dh[n, t], dh_carry[n], dc_carry[n]
            for j in range(n_hidden):
                dh_all = dh_row[j] + dh_next[j]
                dc_all = dc_next[j] + dh_all * o[j] * (one - show[j] * show[j])
                di[j] = dc_all * g[j] * i[j] * (one - i[j])
                df[j] = dc_all * c_prev[j] * f[j] * (one - f[j])
                dg[j] = dc_all * i[j] * (one - g[j] * g[j])
                do[j] = dh_all * show[j] * o[j] * (one - o[j])
                dc_next[j] = dc_all * f[j]
            dz[n, t] = d
        np.dot(dz_t, wh_t, dh_carry)
        if t > 0 and t % steps == 0:
            dh_carry[:], dc_carry[:] = zero, zero
