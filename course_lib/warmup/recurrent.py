"""Small runs that compile the kernels of the recurrent networks."""

from functools import partial

import numpy as np

from course_lib.functions.gru import gru_backward, gru_forward
from course_lib.functions.lstm import lstm_backward, lstm_forward
from course_lib.functions.recurrent import rnn_backward, rnn_forward


def workloads(dtype):
    """Label -> one forward and backward pass with ``dtype``."""
    name = np.dtype(dtype).name
    return {
        f"{label}, {name}": partial(run, forward, backward, *(np.ones(s, dtype) for s in shapes))
        for label, forward, backward, shapes in (
            ("RNN", rnn_forward, rnn_backward, ((2, 2, 1), (2, 1), (1, 1), (1, 1), (1,))),
            ("LSTM", lstm_forward, lstm_backward, ((2, 2, 1), (2, 1), (2, 1), (1, 4), (1, 4), (4,))),
            ("GRU", gru_forward, gru_backward, ((2, 2, 1), (2, 1), (1, 3), (1, 3), (3,), (3,))),
        )
    }


def run(forward, backward, *inputs) -> None:
    """One sequence forward, and its gradient back."""
    h, *_, cache = forward(*inputs)
    backward(np.ones_like(h), cache)
