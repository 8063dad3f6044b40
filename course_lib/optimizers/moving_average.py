"""Exponentially weighted moving average: a mean that forgets, and the correction for its start at zero."""

from math import prod

import numpy as np

from course_lib._arguments.arrays import as_float
from course_lib._arguments.numbers import BELOW_ONE
from course_lib.kernels.decorators import kernel


def ewma(xs, beta, bias_correction=True):
    """Moving average m_t = beta m_(t-1) + (1 - beta) x_t with m_0 = 0, for t from 1.

    The weights (1 - beta) beta**(t - s) of x_1 ... x_t sum to 1 - beta**t only, so m_t starts out too small. The
    correction divides what is returned by that sum; m_t itself goes on without it. The corrected average is
    pandas' ``ewm(alpha=1 - beta, adjust=True).mean()``. Without correction PyTorch's and Keras' averages differ in
    the start: ``torch.optim.swa_utils.get_ema_avg_fn`` and Keras' ``use_ema`` begin with m_1 = x_1, which counts the
    first value 1 / (1 - beta) times (pandas' ``adjust=False``).

    Parameters
    ----------
    xs : (T, ...) array; time is the first axis, and every other entry is a series of its own
    beta : float in [0, 1), the share of the old average that is kept
    bias_correction : bool

    Returns
    -------
    m : array, the shape and dtype of ``xs``, empty for T = 0; a NaN in a series stays in it from there on

    Raises
    ------
    ValueError
        When ``beta`` lies outside [0, 1), or ``xs`` has no time axis.

    References
    ----------
    Kingma and Ba 2015, section 3, equations 1 to 4.
    """
    xs, beta = as_float(xs, name="xs"), BELOW_ONE(beta, name="beta")
    if xs.ndim == 0:
        raise ValueError(f"xs must have a time axis, got the number {xs}")
    m = np.empty_like(xs)
    width = prod(xs.shape[1:])
    _ewma(xs.reshape(len(xs), width), beta, 1 - beta, bool(bias_correction), m.reshape(len(xs), width))
    return m


def effective_window(beta):
    """1 / (1 - beta), in steps: the mean age of the values in a long average, counted from 1.

    Values older than this share about 1/e of the weight, for beta**(1 / (1 - beta)) is near 1/e.

    Raises
    ------
    ValueError
        When ``beta`` lies outside [0, 1).
    """
    return 1 / (1 - BELOW_ONE(beta, name="beta"))


@kernel
def _ewma(xs, beta, one_minus_beta, bias_correction, out):
    # 1 - beta comes as a number of its own: from beta in float32 it would lose digits
    T = xs.dtype.type
    exact_beta, beta, one_minus_beta = beta, T(beta), T(one_minus_beta)
    m = np.zeros(xs.shape[1], dtype=xs.dtype)
    forgotten = 1.0
    for t in range(xs.shape[0]):
        forgotten *= exact_beta
        scale = T(1 / (1 - forgotten)) if bias_correction else T(1)
        x, row = xs[t], out[t]
        for i in range(m.size):
            m[i] = beta * m[i] + one_minus_beta * x[i]
            row[i] = m[i] * scale
