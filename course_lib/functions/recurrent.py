"""The vanilla recurrent network: one step, the whole sequence, and the gradient back through time.

Sequences are x (N, T, D): samples, time, features, as PyTorch's ``batch_first=True`` and Keras have them. The weights
multiply from the right, x @ wx + h @ wh, as in Keras; PyTorch stores their transposes ``weight_ih`` and ``weight_hh``.
There is one bias, as in Keras; PyTorch adds two, ``bias_ih + bias_hh``. ``lstm.py`` and ``gru.py`` keep to the same.
The dtype of ``x`` decides that of everything else.
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
from course_lib.functions.activations import tanh, tanh_backward
from course_lib.kernels import elementary as _elementary
from course_lib.kernels.decorators import kernel
from course_lib.kernels.sums import sum_over


def rnn_step_forward(x, h, wx, wh, b):
    """One step of the simple recurrent network (Elman 1990): h_next = tanh(x @ wx + h @ wh + b).

    Parameters
    ----------
    x : (N, D) array, the inputs of this time step
    h : (N, H) array, the hidden state before it
    wx : (D, H) array
    wh : (H, H) array
    b : (H,) array

    Returns
    -------
    h_next : (N, H) array
    cache : tuple for ``rnn_step_backward``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    x, (h,), wx, wh, b = cell_inputs(x, 2, (h,), wx, wh, b, n_gates=1)
    h_next = tanh(x @ wx + h @ wh + b)
    return h_next, (x, h, wx, wh, h_next)


def rnn_step_backward(dh_next, cache):
    """Backward pass of ``rnn_step_forward``.

    Parameters
    ----------
    dh_next : (N, H) array
    cache : tuple from the forward pass

    Returns
    -------
    dx : (N, D) array
    dh : (N, H) array, the gradient of the state before the step
    dwx, dwh, db : arrays, the shapes of the parameters

    Raises
    ------
    ValueError
        When ``dh_next`` does not have the shape of ``h_next``.
    """
    x, h, wx, wh, h_next = cache_of(cache, "rnn_step_forward", 5)
    dz = tanh_backward(same_shape(dh_next, h.shape, h.dtype, name="dh_next"), h_next)
    return dz @ wx.T, dz @ wh.T, x.T @ dz, h.T @ dz, sum_over(dz)


def rnn_forward(x, h0, wx, wh, b):
    """``rnn_step_forward`` at every time step: h[:, t] = tanh(x[:, t] @ wx + h[:, t-1] @ wh + b).

    PyTorch's ``nn.RNN`` with one layer; Keras' ``SimpleRNN`` with ``return_sequences=True``.

    Parameters
    ----------
    x : (N, T, D) array
    h0 : (N, H) array, the state before the first step
    wx : (D, H) array
    wh : (H, H) array
    b : (H,) array

    Returns
    -------
    h : (N, T, H) array, the states after every step
    cache : tuple for ``rnn_backward``

    Raises
    ------
    ValueError
        When the shapes do not fit together, or one is empty.
    """
    x, (h0,), wx, wh, b = cell_inputs(x, 3, (h0,), wx, wh, b, n_gates=1)
    h = affine_per_step(x, wx, b)
    _rnn_forward(h, h0, wh)
    return h, (x, h0, wx, wh, h)


def rnn_backward(dh, cache, steps=None):
    """Backward pass of ``rnn_forward``: back-propagation through time (Werbos 1990).

    Parameters
    ----------
    dh : (N, T, H) array, the gradient of the loss with respect to all states; zeros where the loss does not look
    cache : tuple from the forward pass
    steps : int or None; with k the gradient is cut before the steps k, 2k, ... (counted from 0), while the states
        run through. Truncated back-propagation (Williams and Peng 1990), in the form of PyTorch programs that
        ``detach`` the state after every k steps

    Returns
    -------
    dx : (N, T, D) array
    dh0 : (N, H) array
    dwx, dwh, db : arrays, the shapes of the parameters, summed over samples and time

    Raises
    ------
    ValueError
        When ``dh`` does not have the shape of ``h``, or ``steps`` is below 1.
    """
    x, h0, wx, wh, h = cache_of(cache, "rnn_forward", 5)
    dh, steps = gradient_inputs(dh, h, steps)
    dz, dh0 = np.empty_like(h), np.zeros_like(h0)
    _rnn_backward(dh, h, transposed(wh), steps, dz, dh0)
    dx, dwx, db = affine_per_step_backward(dz, x, wx)
    return dx, dh0, dwx, recurrent_weight_gradient(dz, h, h0), db


@kernel
def _rnn_forward(h, h0, wh):
    # h comes in as x @ wx + b
    n_samples, n_steps, n_hidden = h.shape
    h_prev, z = h0.copy(), np.empty_like(h0)
    for t in range(n_steps):
        np.dot(h_prev, wh, z)
        for n in range(n_samples):
            z_row, h_row, prev_row = z[n], h[n, t], h_prev[n]
            for j in range(n_hidden):
                h_row[j] = _elementary.tanh(h_row[j] + z_row[j])
            prev_row[:] = h_row


@kernel
def _rnn_backward(dh, h, wh_t, steps, dz, carry):
    # carry is the gradient that a step hands to the one before it; at the end it is dh0
    n_samples, n_steps, n_hidden = h.shape
    one, zero = h.dtype.type(1), h.dtype.type(0)
    dz_t = np.empty_like(carry)
    for t in range(n_steps - 1, -1, -1):
        for n in range(n_samples):
            h_row, dh_row, dz_row, carry_row = h[n, t], dh[n, t], dz_t[n], carry[n]
            for j in range(n_hidden):
                dz_row[j] = (dh_row[j] + carry_row[j]) * (one - h_row[j] * h_row[j])
            dz[n, t] = dz_row
        np.dot(dz_t, wh_t, carry)
        if t > 0 and t % steps == 0:
            carry[:] = zero
