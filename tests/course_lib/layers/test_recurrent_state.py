"""The state goes into a recurrent layer and comes out of it: step by step, part by part, and letter by letter."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions.losses import softmax_xent
from course_lib.layers.attention import Embedding
from course_lib.layers.network import Sequential
from course_lib.layers.recurrent import GRU, LSTM, RNN, AffinePerStep
from course_lib.optimizers.adam import Adam
from course_lib.training.loop import evaluate, fit

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 4)
shapes = st.tuples(small, st.integers(1, 6), small, small)  # N, T, D, H
dtypes = st.sampled_from([np.float32, np.float64])
every_layer = pytest.mark.parametrize("cls", [RNN, LSTM, GRU])


def arrays(state):
    return state if isinstance(state, tuple) else (state,)


def draw(cls, seed, shape, dtype=np.float64):
    """A layer, sequences (N, T, D), a first state, and a gradient of the output."""
    n, t, d, h = shape
    rng = np.random.default_rng(seed)
    layer = cls(d, h, rng=rng)
    state = tuple(rng.normal(size=(n, h)).astype(dtype) for _ in range(2 if cls is LSTM else 1))
    x, dout = rng.normal(size=(n, t, d)).astype(dtype), rng.normal(size=(n, t, h)).astype(dtype)
    return layer, x, state if cls is LSTM else state[0], dout


@every_layer
@given(seeds, shapes, dtypes, st.booleans())
def test_step_by_step_is_the_whole_sequence(cls, seed, shape, dtype, from_zero):
    layer, x, state, _ = draw(cls, seed, shape, dtype)
    state = layer.first_state = None if from_zero else state
    whole = layer.forward(x)
    # another order of summing at most 9 products below 5 * 5, in 6 steps; tanh and the gates stretch nothing
    close = {"rtol": 0, "atol": 1e3 * np.finfo(dtype).eps}
    for t in range(shape[1]):
        h, state = layer.step(x[:, t], state)
        assert h.dtype == dtype
        np.testing.assert_allclose(h, whole[:, t], **close)
    for one, other in zip(arrays(state), arrays(layer.last_state), strict=True):
        assert one.dtype == other.dtype == dtype
        np.testing.assert_allclose(one, other, **close)


@every_layer
@given(seeds, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_part_by_part_is_the_whole_sequence_with_the_gradient_cut_between_the_parts(cls, seed, n, parts, length, h):
    layer, x, state, dout = draw(cls, seed, (n, parts * length, 2, h))
    layer.first_state, layer.steps = state, length
    whole = layer.forward(x)
    dx, expected = layer.backward(dout), {key: grad.copy() for key, grad in layer.grads.items()}
    layer.steps = None
    total = dict.fromkeys(layer.grads, 0.0)
    for part in range(parts):
        where = slice(part * length, (part + 1) * length)
        # the same sums in another order: at most 27 products below 5 * 5
        np.testing.assert_allclose(layer.forward(x[:, where]), whole[:, where], rtol=0, atol=1e-12)
        layer.first_state = layer.last_state
        np.testing.assert_allclose(layer.backward(dout[:, where]), dx[:, where], rtol=0, atol=1e-11)
        total = {key: total[key] + grad for key, grad in layer.grads.items()}
    for key, grad in total.items():
        np.testing.assert_allclose(grad, expected[key], rtol=0, atol=1e-11)


@every_layer
@given(seeds, shapes)
def test_the_gradient_from_a_state_is_the_numerical_one(cls, seed, shape):
    layer, x, state, dout = draw(cls, seed, shape)
    layer.first_state = state
    layer.forward(x)
    dx, grads = layer.backward(dout), {key: grad.copy() for key, grad in layer.grads.items()}
    expected = numeric_grad(lambda v: np.sum(dout * layer.forward(v)), x)
    np.testing.assert_allclose(dx, expected, rtol=0, atol=1e-6 * max(np.abs(expected).max(), 1e-2))
    for key, value in list(layer.params.items()):

        def loss(v, key=key):
            layer.params[key] = v
            return np.sum(dout * layer.forward(x))

        expected = numeric_grad(loss, value)
        layer.params[key] = value
        np.testing.assert_allclose(grads[key], expected, rtol=0, atol=1e-6 * max(np.abs(expected).max(), 1e-2))


@every_layer
@given(seeds, shapes)
def test_a_step_between_the_passes_changes_nothing(cls, seed, shape):
    layer, x, state, dout = draw(cls, seed, shape)
    out = layer.forward(x)
    expected, last = layer.backward(dout), arrays(layer.last_state)
    before = [a.copy() for a in (out, *last, *arrays(state))]
    layer.forward(x)
    h, after = layer.step(x[:, 0], state)
    for array in (h, *arrays(after)):
        array += 1
    np.testing.assert_array_equal(layer.backward(dout), expected)
    for array, copy in zip((out, *arrays(layer.last_state), *arrays(state)), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    apart = [h, *arrays(after), *arrays(layer.last_state), out, x]
    assert not any(np.shares_memory(one, other) for i, one in enumerate(apart) for other in apart[:i])


@every_layer
def test_the_input_decides_the_dtype_of_a_layer_on_its_own(cls):
    layer, x, state, dout = draw(cls, 0, (2, 3, 4, 5))
    layer.first_state = state
    out = layer.forward(x.astype(np.float32))
    dx = layer.backward(dout)
    assert {a.dtype for a in (out, dx, *arrays(layer.last_state))} == {np.dtype(np.float32)}
    assert {g.dtype for g in layer.grads.values()} == {np.dtype(np.float64)}
    assert layer.forward(np.ones((2, 3, 4), int)).dtype == layer.step(np.ones((2, 4), int))[0].dtype == np.float64


X, H = np.ones((2, 3, 4)), np.ones((2, 5))


@pytest.mark.parametrize(
    ("cls", "state", "error", "message"),
    [
        (RNN, H[:1], ValueError, r"h of the state must have the shape \(2, 5\), got \(1, 5\)"),
        (GRU, (H,), ValueError, r"h of the state must have the shape \(2, 5\), got \(1, 2, 5\)"),
        (GRU, "h", TypeError, "h of the state must hold real numbers"),
        (LSTM, H, TypeError, r"the state must be the tuple \(h, c\), got ndarray"),
        (LSTM, (H,), TypeError, r"the state must be the tuple \(h, c\), got tuple"),
        (LSTM, (H, H[:, :4]), ValueError, r"c of the state must have the shape \(2, 5\), got \(2, 4\)"),
    ],
)
def test_another_state_is_refused_with_its_value(cls, state, error, message, rng):
    layer = cls(4, 5, rng=rng)
    with pytest.raises(error, match=message):
        layer.step(X[:, 0], state)
    layer.first_state = state
    with pytest.raises(error, match=message):
        layer.forward(X)


@every_layer
def test_steps_and_sequences_are_told_apart(cls, rng):
    layer = cls(4, 5, rng=rng)
    with pytest.raises(ValueError, match=r"x must have the shape \(N, D\), got \(2, 3, 4\)"):
        layer.step(X)
    with pytest.raises(ValueError, match=r"x must have the shape \(N, T, 4\), got \(2, 4\): one sample is x\[None\]"):
        layer.forward(X[:, 0])
    assert layer.first_state is None and layer.last_state is None


TEXT = "hello world. "
ALPHABET = sorted(set(TEXT))


# In 8 runs of each layer the least probability of a letter that was right was 0.70: far from that of another.
@pytest.mark.compiled
@pytest.mark.outcome
@every_layer
def test_a_network_of_letters_learns_a_text_and_writes_it_letter_by_letter(cls, rng):
    ids = np.array([ALPHABET.index(letter) for letter in TEXT * 4])
    places = np.arange(2 * len(TEXT))
    starts, lengths = rng.integers(0, len(TEXT), (256, 1)), rng.integers(len(TEXT), 2 * len(TEXT) + 1, (256, 1))
    x, y = ids[starts + places], np.where(places < lengths, ids[starts + places + 1], -1)
    layer = cls(8, 24, rng=rng)
    network = Sequential(
        Embedding(len(ALPHABET), 8, rng=rng), layer, AffinePerStep(24, len(ALPHABET), rng=rng), dtype=np.float32
    )
    loss = partial(softmax_xent, ignore=-1)
    history = fit(network, x, y, rng=rng, optimizer=Adam(0.01), epochs=20, max_norm=1.0, loss=loss)
    assert history.train_accuracy[-1] == evaluate(network, x, y, loss)[1] > 0.9

    written, symbol = TEXT[0], np.array([[ALPHABET.index(TEXT[0])]])
    for _ in range(3 * len(TEXT)):
        symbol = network.forward(symbol).argmax(axis=-1)
        layer.first_state = layer.last_state
        written += ALPHABET[symbol.item()]
    assert written == (TEXT * 4)[: len(written)]
