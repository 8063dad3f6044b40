"""RNN, LSTM and GRU against transcriptions of the papers, number by number, and against numerical gradients."""

from math import exp, tanh
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions import gru, lstm, recurrent

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 3)
shapes = st.tuples(small, st.integers(1, 4), small, small)  # N, T, D, H
scales = st.sampled_from([0.1, 1.0, 3.0])
dtypes = st.sampled_from([np.float32, np.float64])


def logistic(v):
    return 1 / (1 + exp(-v))


def rnn_paper(x, states, wx, wh, b):
    """Elman 1990: one unit after the other. Returns the new states."""
    (h,) = states
    return (
        [
            tanh(sum(x[d] * wx[d][j] for d in range(len(x))) + sum(h[k] * wh[k][j] for k in range(len(h))) + b[j])
            for j in range(len(h))
        ],
    )


def lstm_paper(x, states, wx, wh, b):
    """Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000, one unit after the other."""
    h, c = states
    n_hidden = len(h)

    def net(gate, j):
        column = gate * n_hidden + j
        return sum(v * w[column] for v, w in zip([*x, *h], [*wx, *wh], strict=True)) + b[column]

    h_next, c_next = [], []
    for j in range(n_hidden):
        write, keep, candidate, show = (f(net(k, j)) for k, f in enumerate((logistic, logistic, tanh, logistic)))
        c_next.append(keep * c[j] + write * candidate)
        h_next.append(show * tanh(c_next[j]))
    return h_next, c_next


def gru_paper(x, states, wx, wh, bx, bh):
    """Cho et al. 2014, eq. 5 to 8, with the reset gate on the product, as in PyTorch's formulas for ``nn.GRU``."""
    (h,) = states
    n_hidden = len(h)

    def from_x(gate, j):
        return sum(v * w[gate * n_hidden + j] for v, w in zip(x, wx, strict=True)) + bx[gate * n_hidden + j]

    def from_h(gate, j):
        return sum(v * w[gate * n_hidden + j] for v, w in zip(h, wh, strict=True)) + bh[gate * n_hidden + j]

    h_next = []
    for j in range(n_hidden):
        reset, keep = (logistic(from_x(k, j) + from_h(k, j)) for k in (0, 1))
        h_next.append(keep * h[j] + (1 - keep) * tanh(from_x(2, j) + reset * from_h(2, j)))
    return (h_next,)


CELLS = {
    "rnn": SimpleNamespace(
        module=recurrent, n_gates=1, n_states=1, n_biases=1, paper=rnn_paper,
        forward=recurrent.rnn_forward, backward=recurrent.rnn_backward,
        step=recurrent.rnn_step_forward, step_backward=recurrent.rnn_step_backward,
    ),
    "lstm": SimpleNamespace(
        module=lstm, n_gates=4, n_states=2, n_biases=1, paper=lstm_paper,
        forward=lstm.lstm_forward, backward=lstm.lstm_backward,
        step=lstm.lstm_step_forward, step_backward=lstm.lstm_step_backward,
    ),
    "gru": SimpleNamespace(
        module=gru, n_gates=3, n_states=1, n_biases=2, paper=gru_paper,
        forward=gru.gru_forward, backward=gru.gru_backward,
        step=gru.gru_step_forward, step_backward=gru.gru_step_backward,
    ),
}  # fmt: skip
every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def draw(cell, seed, shape, scale=1.0, dtype=np.float64):
    """x, the first states, the parameters, and a gradient of the states."""
    n, t, d, h = shape
    rng = np.random.default_rng(seed)
    width = cell.n_gates * h
    sizes = [(n, t, d), *[(n, h)] * cell.n_states, (d, width), (h, width), *[(width,)] * cell.n_biases]
    inputs = [(scale * rng.normal(size=s)).astype(dtype) for s in sizes]
    return inputs, rng.normal(size=(n, t, h)).astype(dtype)


def unrolled(cell, inputs):
    """All states (N, T, H) from the paper's step, and the caches of the library's steps."""
    x, states, params = inputs[0], inputs[1 : 1 + cell.n_states], inputs[1 + cell.n_states :]
    n, t = x.shape[:2]
    out = [np.empty((n, t, states[0].shape[1])) for _ in states]
    for i in range(n):
        now = [s[i].tolist() for s in states]
        for k in range(t):
            now = cell.paper(x[i, k].tolist(), now, *(p.tolist() for p in params))
            for array, value in zip(out, now, strict=True):
                array[i, k] = value
    return out


def stepwise(cell, inputs, dh, steps):
    """Gradients by the step functions, one after the other, the carried ones cut before every ``steps``-th step."""
    x, states, params = inputs[0], inputs[1 : 1 + cell.n_states], inputs[1 + cell.n_states :]
    caches = []
    for t in range(x.shape[1]):
        *states, cache = cell.step(x[:, t], *states, *params)
        caches.append(cache)
    dx = np.empty_like(x)
    dstates = [np.zeros_like(s) for s in states]
    dparams = [np.zeros_like(p) for p in params]
    for t in reversed(range(x.shape[1])):
        dstates[0] = dstates[0] + dh[:, t]
        dx[:, t], *rest = cell.step_backward(*dstates, caches[t])
        dstates = rest[: cell.n_states]
        for total, part in zip(dparams, rest[cell.n_states :], strict=True):
            total += part
        if t and t % steps == 0:
            dstates = [np.zeros_like(d) for d in dstates]
    return [dx, *dstates, *dparams]


@every_cell
@given(seed=seeds, shape=shapes, scale=scales, dtype=dtypes)
def test_forward_equals_the_paper(cell, seed, shape, scale, dtype):
    inputs, _ = draw(cell, seed, shape, scale, dtype)
    *states, _ = cell.forward(*inputs)
    # Sums of at most 6 terms below 15**2 are rounded, by at most 1350 eps; a step stretches an error of the state by
    # no more than the 3 * 15 of its weights, in 4 steps that meet a saturated tanh: in practice far less.
    atol = 1e5 * np.finfo(dtype).eps
    for got, expected in zip(states, unrolled(cell, inputs), strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, expected, rtol=0, atol=atol)


@every_cell
@given(seed=seeds, shape=shapes, scale=scales)
def test_one_step_equals_the_sequence_of_length_one(cell, seed, shape, scale):
    (x, *rest), _ = draw(cell, seed, shape, scale)
    *states, _ = cell.step(x[:, 0], *rest)
    *sequences, _ = cell.forward(x[:, :1], *rest)
    for one, many in zip(states, sequences, strict=True):
        # another order of summing at most 7 terms below 15**2
        np.testing.assert_allclose(many[:, 0], one, rtol=0, atol=1e-11)


@every_cell
@given(seed=seeds, shape=shapes, scale=st.sampled_from([0.1, 1.0]))
def test_backward_equals_numerical_gradients(cell, seed, shape, scale):
    inputs, dh = draw(cell, seed, shape, scale)
    *_, cache = cell.forward(*inputs)
    gradients = cell.backward(dh, cache)
    for index, gradient in enumerate(gradients):

        def loss(value, index=index):
            return np.sum(dh * cell.forward(*inputs[:index], value, *inputs[index + 1 :])[0])

        expected = numeric_grad(loss, inputs[index])
        assert gradient.shape == expected.shape
        # relative to the gradient's terms as well: they may cancel, or vanish where a gate is saturated
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-6 * max(np.abs(expected).max(), 1e-2))


@every_cell
@given(seed=seeds, shape=shapes)
def test_step_backward_equals_numerical_gradients(cell, seed, shape):
    (x, *rest), _ = draw(cell, seed, shape)
    inputs = [x[:, 0], *rest]
    *states, cache = cell.step(*inputs)
    douts = [np.random.default_rng(seed).normal(size=s.shape) for s in states]
    for index, gradient in enumerate(cell.step_backward(*douts, cache)):

        def loss(value, index=index):
            *out, _ = cell.step(*inputs[:index], value, *inputs[index + 1 :])
            return sum(np.sum(d * o) for d, o in zip(douts, out, strict=True))

        expected = numeric_grad(loss, inputs[index])
        assert gradient.shape == expected.shape
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-6 * max(np.abs(expected).max(), 1e-2))


@every_cell
@given(seed=seeds, shape=shapes, steps=st.one_of(st.none(), st.integers(1, 5)))
def test_truncation_cuts_the_carried_gradient_and_nothing_else(cell, seed, shape, steps):
    inputs, dh = draw(cell, seed, shape)
    *_, cache = cell.forward(*inputs)
    gradients = cell.backward(dh, cache, steps=steps)
    expected = stepwise(cell, inputs, dh, steps or shape[1])
    for got, wanted in zip(gradients, expected, strict=True):
        # another order of summing; weights of at most 3 * 5 stretch an error in 4 steps
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-9 * max(np.abs(wanted).max(), 1e-2))


@every_cell
@given(seed=seeds, shape=shapes)
def test_float32_stays_float32_and_agrees_with_float64(cell, seed, shape):
    inputs, dh = draw(cell, seed, shape, 0.5, np.float32)
    *states, cache = cell.forward(*inputs)
    narrow = [*states, *cell.backward(dh, cache)]
    *states, cache = cell.forward(*(a.astype(float) for a in inputs))
    wide = [*states, *cell.backward(dh.astype(float), cache)]
    for got, wanted in zip(narrow, wide, strict=True):
        assert got.dtype == np.float32
        # roundings (6e-8) of sums of some 50 terms, stretched by the recurrent weights (below 3 * 2) in 4 steps
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-3 * max(1, np.abs(wanted).max()))


@every_cell
def test_the_dtype_of_x_decides(cell):
    inputs, dh = draw(cell, 0, (2, 3, 2, 2))
    inputs[0] = inputs[0].astype(np.float32)
    *states, cache = cell.forward(*inputs)
    assert {a.dtype for a in (*states, *cell.backward(dh, cache))} == {np.dtype(np.float32)}
    *states, cache = cell.step(inputs[0][:, 0], *inputs[1:])
    douts = [s.astype(float) for s in states]
    assert {a.dtype for a in (*states, *cell.step_backward(*douts, cache))} == {np.dtype(np.float32)}


@every_cell
@given(seed=seeds, shape=shapes)
def test_inputs_are_left_alone_and_a_second_pass_is_the_same(cell, seed, shape):
    inputs, dh = draw(cell, seed, shape)
    before = [a.copy() for a in (*inputs, dh)]
    *_, cache = cell.forward(*inputs)
    first = cell.backward(dh, cache)
    for one, other in zip(first, cell.backward(dh, cache), strict=True):
        np.testing.assert_array_equal(one, other)
    for array, copy in zip((*inputs, dh), before, strict=True):
        np.testing.assert_array_equal(array, copy)


@every_cell
def test_no_step_sees_the_future(cell):
    inputs, _ = draw(cell, 1, (2, 6, 2, 3))
    whole, *_ = cell.forward(*inputs)
    inputs[0] = inputs[0].copy()
    inputs[0][:, 4:] += 1
    changed, *_ = cell.forward(*inputs)
    np.testing.assert_array_equal(changed[:, :4], whole[:, :4])
    assert np.abs(changed[:, 4:] - whole[:, 4:]).min() > 0


@every_cell
def test_saturated_gates_give_finite_numbers(cell):
    inputs, dh = draw(cell, 2, (2, 4, 2, 3), scale=1e3)
    *states, cache = cell.forward(*inputs)
    assert all(np.isfinite(a).all() for a in (*states, *cell.backward(dh, cache)))


def test_an_open_forget_gate_carries_the_gradient_unchanged():
    n_steps, n_hidden = 200, 2
    b = np.zeros(4 * n_hidden)
    b[:n_hidden], b[n_hidden : 2 * n_hidden], b[3 * n_hidden :] = -50, 50, 50  # writes nothing, keeps and shows all
    zeros = np.zeros((1, n_hidden))
    dh = np.zeros((1, n_steps, n_hidden))
    dh[:, -1] = 1
    weights = np.zeros((n_hidden, 4 * n_hidden))
    *_, cache = lstm.lstm_forward(np.zeros((1, n_steps, n_hidden)), zeros, zeros, weights, weights, b)
    _, _, dc0, *_ = lstm.lstm_backward(dh, cache)
    np.testing.assert_allclose(dc0, 1, rtol=1e-12)  # 1 - logistic(50) = 2e-22, and 200 products are rounded


def good(cell, shape=(2, 3, 4, 5)):
    return draw(cell, 0, shape)


@every_cell
def test_shapes_that_do_not_fit_are_refused_with_their_value(cell):
    inputs, _ = good(cell)
    for index in range(len(inputs)):
        wrong = list(inputs)
        wrong[index] = np.ones((*inputs[index].shape[:-1], inputs[index].shape[-1] + 1))
        with pytest.raises(ValueError) as error:
            cell.forward(*wrong)
        assert str(wrong[index].shape) in str(error.value)
    with pytest.raises(ValueError, match=r"\(2, 4\)"):
        cell.forward(inputs[0][:, 0], *inputs[1:])
    with pytest.raises(ValueError, match=r"\(2, 0, 4\)"):
        cell.forward(inputs[0][:, :0], *inputs[1:])
    with pytest.raises(ValueError, match=r"\(2, 3, 4\)"):
        cell.step(*inputs)


@every_cell
@given(seed=seeds, shape=shapes, other=shapes)
def test_gradients_of_another_call_are_refused(cell, seed, shape, other):
    inputs, _ = draw(cell, seed, shape)
    _, dh = draw(cell, seed, other)
    h, *_, cache = cell.forward(*inputs)
    *states, step_cache = cell.step(inputs[0][:, 0], *inputs[1:])
    douts = [dh[:, 0]] + [np.ones_like(s) for s in states[1:]]
    for backward, expected, given_shape in (
        (lambda: cell.backward(dh, cache), h.shape, dh.shape),
        (lambda: cell.step_backward(*douts, step_cache), states[0].shape, douts[0].shape),
    ):
        if expected == given_shape:
            backward()
        else:
            with pytest.raises(ValueError) as error:
                backward()
            assert f"must have the shape {expected}, got {given_shape}" in str(error.value)


@every_cell
def test_other_bad_input(cell):
    (x, *rest), dh = good(cell)
    wh = 1 + cell.n_states  # where the recurrent weights stand in rest, after the states and wx
    *_, cache = cell.forward(x, *rest)
    for call, error, message in (
        (lambda: cell.forward(x.astype(np.float16), *rest), TypeError, "x is float16"),
        (lambda: cell.forward(x, *rest[:wh], 3.0, *rest[wh + 1 :]), ValueError, r"expected, got .*\(\)"),
        (lambda: cell.forward(x[:0], *rest), ValueError, r"got \(0, 3, 4\)"),
        (lambda: cell.forward(x, *rest[:-1], rest[-1][:-1]), ValueError, r"\(\d+,\)"),
        (lambda: cell.backward(dh, cache, steps=0), ValueError, "steps must be at least 1, got 0"),
        (
            lambda: cell.backward(dh, cache, steps=2.0),
            TypeError,
            r"steps must be an integer, got 2.0 \(float\): type 2",
        ),
    ):
        with pytest.raises(error, match=message):
            call()


@pytest.mark.compiled
@every_cell
def test_sums_over_a_long_sequence_keep_their_digits(cell):
    """Added up in float32 one after the other they are wrong by 2e-6 to 2e-5 of the largest."""
    (x, *rest), dh = draw(cell, 3, (1, 300_000, 1, 2), 0.1, np.float32)
    dh = np.abs(dh)
    (*_, narrow), (*_, wide) = (cell.forward(*(a.astype(t) for a in (x, *rest))) for t in (np.float32, np.float64))
    biases = [cell.backward(dh, cache)[-cell.n_biases :] for cache in (narrow, wide)]
    for got, expected in zip(*biases, strict=True):
        # the terms are rounded at 6e-8 some ten times each, in either direction, and the sum once
        np.testing.assert_allclose(got, expected, rtol=0, atol=3e-7 * np.abs(expected).max())
