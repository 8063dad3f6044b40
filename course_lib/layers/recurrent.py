"""Recurrent layers, and the layers that lead from sequences (N, T, D) to vectors (N, D)."""

import numpy as np

from course_lib._arguments.arrays import array_of, as_float, matrix, same_shape
from course_lib._arguments.numbers import FINITE, integer
from course_lib._arguments.objects import generator
from course_lib.functions._sequences import affine_per_step, affine_per_step_backward
from course_lib.functions.gru import gru_backward, gru_forward, gru_step_forward
from course_lib.functions.lstm import lstm_backward, lstm_forward, lstm_step_forward
from course_lib.functions.recurrent import rnn_backward, rnn_forward, rnn_step_forward
from course_lib.initialization import check_source, draw_weights, glorot_normal, orthogonal
from course_lib.kernels.sums import sum_over
from course_lib.layers.base import Layer


class Recurrent(Layer):
    """What the recurrent layers share: (N, T, D) to the hidden states (N, T, H) after every step.

    Each gate has input weights from ``initializer`` and orthogonal recurrent weights (Saxe et al. 2014): Keras's
    defaults, except that Keras takes all gates of a layer as one matrix. PyTorch draws everything uniformly from
    +-1 / sqrt(H).

    The state goes in and comes out of ``step``, one time step after the other::

        state = None
        for x in steps:  # (N, D) each
            h, state = layer.step(x, state)

    Within a network it goes from ``last_state`` to ``first_state``: for text that is written letter by letter, as here,
    or for sequences too long for one pass, whose next part goes on where the last one ended::

        for _ in range(length):
            symbol = network.forward(symbol).argmax(axis=-1)  # (1, 1)
            layer.first_state = layer.last_state
        layer.first_state = None

    The gradient stays within one pass: that is truncated back-propagation. PyTorch hands the state to and from the
    layer in each call; Keras keeps it in the layer with ``stateful=True``.

    Parameters
    ----------
    n_inputs : int, D, or None to take it from the input's shape (``Sequential(..., input_shape=...)``)
    n_hidden : int, H
    steps : int or None; truncates back-propagation through time, as in ``course_lib.functions.rnn_backward``
    rng : numpy.random.Generator
    initializer : function (rng, fan_in, fan_out) -> weights

    Attributes
    ----------
    first_state : the state that ``forward`` starts from: None for zeros, or h, an (N, H) array; for ``LSTM`` the tuple
        (h, c), hidden state and cell. No pass changes it
    last_state : the state after the last step of the last ``forward``; None before the first

    Raises
    ------
    TypeError, ValueError
        When a size is not an integer, or below 1, ``rng`` is not a generator, or the initialiser does not return such
        weights.
    """

    n_gates = 1
    _state_names: tuple[str, ...] = ("h",)
    # the functions of one step, of the whole sequence, and back
    _passes: tuple

    def __init__(self, n_inputs, n_hidden, *, rng, initializer=glorot_normal, steps=None):
        super().__init__()
        self.n_inputs, self.n_hidden = n_inputs, integer(n_hidden, 1, name="n_hidden")
        self.steps = None if steps is None else integer(steps, 1, name="steps")
        self.first_state = self.last_state = None
        self._source = check_source(initializer, generator(rng))
        self._set_width(n_inputs, name="n_inputs")

    def _create(self, width):
        self.n_inputs = width
        _, rng = self._source
        wx = [draw_weights(*self._source, width, self.n_hidden) for _ in range(self.n_gates)]
        wh = [orthogonal(rng, self.n_hidden, self.n_hidden) for _ in range(self.n_gates)]
        self._set_params(wx=np.concatenate(wx, axis=1), wh=np.concatenate(wh, axis=1), **self._biases())
        del self._source

    def _biases(self):
        return {"b": np.zeros(self.n_gates * self.n_hidden)}

    def _width_of(self, shape):
        return _width_of_steps(shape)

    def _sizes(self):
        return f"{self.n_inputs}, {self.n_hidden}"

    def step(self, x, state=None):
        """One time step. It leaves nothing for ``backward``, and keeps to what ``forward`` left.

        Parameters
        ----------
        x : (N, D) array
        state : the state before the step, as the step before it returned it; None for zeros

        Returns
        -------
        h : (N, H) array, the hidden state after the step
        state : the state after it, for the next step

        Raises
        ------
        TypeError, ValueError
            When ``x`` or ``state`` is something else.
        """
        self._check_built()
        x = matrix(x)
        *states, _ = self._passes[0](x, *self._states(state, x), **self.params)
        return states[0].copy(), self._one_state(states)

    def forward(self, x):
        self._check_built()
        x = array_of(x, ("N", "T", str(self.n_inputs)))
        *states, cache = self._passes[1](x, *self._states(self.first_state, x), **self.params)
        self.last_state = self._one_state([s[:, -1].copy() for s in states])
        return self._remember(states[0], cache)

    def backward(self, dout):
        dx, *rest = self._passes[2](*self._recall(dout), self.steps)
        for name, grad in zip(self.grads, rest[len(self._state_names) :], strict=True):
            self.grads[name][...] = grad
        return dx

    def _states(self, state, x):
        """The arrays of a state, in the dtype of ``x``."""
        shape = len(x), self.n_hidden
        if state is None:
            return [np.zeros(shape, x.dtype) for _ in self._state_names]
        arrays = state if len(self._state_names) > 1 else (state,)
        if not isinstance(arrays, tuple) or len(arrays) != len(self._state_names):
            raise TypeError(f"the state must be the tuple ({', '.join(self._state_names)}), got {type(state).__name__}")
        names = (f"{name} of the state" for name in self._state_names)
        return [same_shape(a, shape, x.dtype, name=name) for a, name in zip(arrays, names, strict=True)]

    def _one_state(self, arrays):
        return tuple(arrays) if len(arrays) > 1 else arrays[0]


class RNN(Recurrent):
    """The vanilla recurrent layer, with tanh."""

    _passes = rnn_step_forward, rnn_forward, rnn_backward


class LSTM(Recurrent):
    """Long short-term memory; its forget gate's bias starts at ``forget_bias``. Its state is the tuple (h, c).

    With 1 the cell keeps 73 % of its content at every step (Gers et al. 2000; Jozefowicz et al. 2015): good for some
    ten steps. To keep it over T steps from the start, logistic(forget_bias)**T must not be small: log(T) is the
    least to try (Tallec and Ollivier 2018).
    """

    n_gates = 4
    _state_names = "h", "c"
    _passes = lstm_step_forward, lstm_forward, lstm_backward

    def __init__(self, n_inputs, n_hidden, *, rng, initializer=glorot_normal, steps=None, forget_bias=1.0):
        self.forget_bias = FINITE(forget_bias, name="forget_bias")
        super().__init__(n_inputs, n_hidden, rng=rng, initializer=initializer, steps=steps)

    def _biases(self):
        b = np.zeros(4 * self.n_hidden)
        b[self.n_hidden : 2 * self.n_hidden] = self.forget_bias
        return {"b": b}


class GRU(Recurrent):
    """Gated recurrent unit with the reset gate after the matrix product."""

    n_gates = 3
    _passes = gru_step_forward, gru_forward, gru_backward

    def _biases(self):
        return {"bx": np.zeros(3 * self.n_hidden), "bh": np.zeros(3 * self.n_hidden)}


class AffinePerStep(Layer):
    """x @ w + b at every time step, with the same w (fan_in, fan_out) and b: (N, T, D) to (N, T, M).

    What Keras's ``Dense`` and PyTorch's ``nn.Linear`` do with a sequence.

    Parameters
    ----------
    fan_in : int, D, or None to take it from the input's shape
    fan_out : int, M
    rng : numpy.random.Generator
    initializer : function (rng, fan_in, fan_out) -> weights
    """

    def __init__(self, fan_in, fan_out, *, rng, initializer=glorot_normal):
        super().__init__()
        self.fan_in, self.fan_out = fan_in, integer(fan_out, 1, name="fan_out")
        self._source = check_source(initializer, rng)
        self._set_width(fan_in, name="fan_in")

    def _create(self, width):
        self.fan_in = width
        self._set_params(w=draw_weights(*self._source, width, self.fan_out), b=np.zeros(self.fan_out))
        del self._source

    def _width_of(self, shape):
        return _width_of_steps(shape)

    def _sizes(self):
        return f"{self.fan_in}, {self.fan_out}"

    def forward(self, x):
        self._check_built()
        x = array_of(x, ("N", "T", str(self.fan_in)))
        if x.shape[2] != self.fan_in:
            raise ValueError(f"x must have the shape (N, T, {self.fan_in}), got {x.shape}")
        w, b = (as_float(self.params[key], x.dtype) for key in ("w", "b"))
        return self._remember(affine_per_step(x, w, b), (x, w))

    def backward(self, dout):
        dout, (x, w) = self._recall(dout)
        dx, self.grads["w"][...], self.grads["b"][...] = affine_per_step_backward(dout, x, w)
        return dx


class LastStep(Layer):
    """The last time step: (N, T, D) to (N, D)."""

    def forward(self, x):
        x = array_of(x, ("N", "T", "D"))
        return self._remember(x[:, -1].copy(), x.shape)

    def backward(self, dout):
        dout, shape = self._recall(dout)
        dx = np.zeros(shape, dout.dtype)
        dx[:, -1] = dout
        return dx


class MeanOverTime(Layer):
    """The mean over all time steps: (N, T, D) to (N, D)."""

    def forward(self, x):
        x = array_of(x, ("N", "T", "D"))
        n_steps = x.shape[1]
        return self._remember(sum_over(x, axis=1) / n_steps, n_steps)

    def backward(self, dout):
        dout, n_steps = self._recall(dout)
        # a copy in full size: the layers before want an array of their own
        return np.repeat(dout[:, None] / n_steps, n_steps, axis=1)


def _width_of_steps(shape):
    """D of one sample (T, D)."""
    if len(shape) != 2:
        raise ValueError("x must have the shape (N, T, D)")
    return shape[1]
