"""Recurrent layers, and the layers that lead from sequences (N, T, D) to vectors (N, D)."""

import numpy as np

from course_lib._arguments import as_float
from course_lib._sequences import affine_per_step, affine_per_step_backward
from course_lib.gru import gru_backward, gru_forward
from course_lib.initialization import glorot_normal, orthogonal
from course_lib.layers.base import Layer
from course_lib.lstm import lstm_backward, lstm_forward
from course_lib.recurrent import rnn_backward, rnn_forward


class Recurrent(Layer):
    """What the recurrent layers share: (N, T, D) to the states (N, T, H) after every step; the first states are zero.

    Each gate has input weights from ``initializer`` and orthogonal recurrent weights (Saxe et al. 2014): Keras's
    defaults, except that Keras takes all gates of a layer as one matrix. PyTorch draws everything uniformly from
    +-1 / sqrt(H).

    Parameters
    ----------
    n_inputs, n_hidden : int, D and H
    steps : int or None; truncates back-propagation through time, as in ``course_lib.recurrent.rnn_backward``
    rng : numpy.random.Generator
    initializer : function (rng, fan_in, fan_out) -> weights
    """

    n_gates = 1

    def __init__(self, n_inputs, n_hidden, *, rng, initializer=glorot_normal, steps=None):
        super().__init__()
        wx = [initializer(rng, n_inputs, n_hidden) for _ in range(self.n_gates)]
        wh = [orthogonal(rng, n_hidden, n_hidden) for _ in range(self.n_gates)]
        self._set_params(wx=np.concatenate(wx, axis=1), wh=np.concatenate(wh, axis=1), **self._biases(n_hidden))
        self.n_hidden, self.steps = n_hidden, steps

    def _biases(self, n_hidden):
        return {"b": np.zeros(n_hidden)}

    def _first_state(self, x):
        return np.zeros((len(x), self.n_hidden), x.dtype)

    def _store(self, *grads):
        for name, grad in zip(self.grads, grads, strict=True):
            self.grads[name][...] = grad


class RNN(Recurrent):
    """The vanilla recurrent layer, with tanh."""

    def forward(self, x):
        h, self._cache = rnn_forward(x, self._first_state(x), **self.params)
        return h

    def backward(self, dout):
        dx, _, *grads = rnn_backward(dout, self._cache, self.steps)
        self._store(*grads)
        return dx


class LSTM(Recurrent):
    """Long short-term memory; its forget gate's bias starts at ``forget_bias``.

    With 1 the cell keeps 73 % of its content at every step (Gers et al. 2000; Jozefowicz et al. 2015): good for some
    ten steps. To keep it over T steps from the start, logistic(forget_bias)**T must not be small: log(T) is the
    least to try (Tallec and Ollivier 2018).
    """

    n_gates = 4

    def __init__(self, n_inputs, n_hidden, *, rng, initializer=glorot_normal, steps=None, forget_bias=1.0):
        super().__init__(n_inputs, n_hidden, rng=rng, initializer=initializer, steps=steps)
        self.params["b"][n_hidden : 2 * n_hidden] = forget_bias

    def _biases(self, n_hidden):
        return {"b": np.zeros(4 * n_hidden)}

    def forward(self, x):
        zeros = self._first_state(x)
        h, _, self._cache = lstm_forward(x, zeros, zeros, **self.params)
        return h

    def backward(self, dout):
        dx, _, _, *grads = lstm_backward(dout, self._cache, self.steps)
        self._store(*grads)
        return dx


class GRU(Recurrent):
    """Gated recurrent unit with the reset gate after the matrix product."""

    n_gates = 3

    def _biases(self, n_hidden):
        return {"bx": np.zeros(3 * n_hidden), "bh": np.zeros(3 * n_hidden)}

    def forward(self, x):
        h, self._cache = gru_forward(x, self._first_state(x), **self.params)
        return h

    def backward(self, dout):
        dx, _, *grads = gru_backward(dout, self._cache, self.steps)
        self._store(*grads)
        return dx


class AffinePerStep(Layer):
    """x @ w + b at every time step, with the same w (fan_in, fan_out) and b: (N, T, D) to (N, T, M).

    What Keras's ``Dense`` and PyTorch's ``nn.Linear`` do with a sequence.
    """

    def __init__(self, fan_in, fan_out, *, rng, initializer=glorot_normal):
        super().__init__()
        self._set_params(w=np.asarray(initializer(rng, fan_in, fan_out)), b=np.zeros(fan_out))

    def forward(self, x):
        if x.ndim != 3 or x.shape[2] != len(self.params["w"]):
            raise ValueError(f"x (N, T, {len(self.params['w'])}) expected, got {x.shape}")
        self._x, self._w = x, as_float(self.params["w"], x.dtype)
        return affine_per_step(x, self._w, self.params["b"])

    def backward(self, dout):
        dx, self.grads["w"][...], self.grads["b"][...] = affine_per_step_backward(dout, self._x, self._w)
        return dx


class LastStep(Layer):
    """The last time step: (N, T, D) to (N, D)."""

    def forward(self, x):
        self._shape = x.shape
        return np.ascontiguousarray(x[:, -1])

    def backward(self, dout):
        dx = np.zeros(self._shape, dout.dtype)
        dx[:, -1] = dout
        return dx


class MeanOverTime(Layer):
    """The mean over all time steps: (N, T, D) to (N, D)."""

    def forward(self, x):
        self._shape = x.shape
        return x.mean(axis=1)

    def backward(self, dout):
        # a copy in full size: the layers before want an array of their own
        return np.repeat(dout[:, None] / self._shape[1], self._shape[1], axis=1)
