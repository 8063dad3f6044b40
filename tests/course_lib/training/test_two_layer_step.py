"""One step of gradient descent against its transcription and against numerical gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.training.two_layer_step import training_step

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(*[st.integers(1, 5)] * 4)  # N, D, M, C
dtypes = st.sampled_from([np.float32, np.float64])
NAMES = ("w1", "b1", "w2", "b2")


def draw(seed, size, dtype=np.float64):
    rng = np.random.default_rng(seed)
    n, d, m, c = size
    shapes = ((d, m), (m,), (m, c), (c,))
    params = {name: rng.normal(size=shape).astype(dtype) for name, shape in zip(NAMES, shapes, strict=True)}
    return params, rng.normal(size=(n, d)).astype(dtype), rng.integers(0, c, n)


def loss_of(params, x, y):
    logits = np.tanh(x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]
    return float(np.mean(logsumexp(logits, axis=1) - logits[np.arange(len(y)), y]))


def transcribed_step(params, x, y, lr):
    """The step sample by sample, in float64."""
    w1, b1, w2, b2 = (params[name].astype(float) for name in NAMES)
    sums = [np.zeros(p.shape) for p in (w1, b1, w2, b2)]
    for row, label in zip(x.astype(float), y, strict=True):
        hidden = np.tanh(w1.T @ row + b1)
        logits = w2.T @ hidden + b2
        d2 = np.exp(logits - logsumexp(logits))
        d2[label] -= 1
        d1 = (w2 @ d2) / np.cosh(w1.T @ row + b1) ** 2
        for total, grad in zip(sums, (np.outer(row, d1), d1, np.outer(hidden, d2), d2), strict=True):
            total += grad
    return {name: p - lr * s / len(y) for name, p, s in zip(NAMES, (w1, b1, w2, b2), sums, strict=True)}


@given(seeds, sizes, dtypes, st.sampled_from([0.0, 0.01, 1.0, 30.0]))
def test_step_equals_its_transcription(seed, size, dtype, lr):
    params, x, y = draw(seed, size, dtype)
    new, loss = training_step(params, x, y, lr)
    expected = transcribed_step(params, x, y, lr)
    assert new.keys() == params.keys()
    eps = float(np.finfo(dtype).eps)
    for name in params:
        assert new[name].dtype == dtype and new[name].shape == params[name].shape
        # gradients of order 10 after some 50 roundings, some of which exp multiplies by logits of order 10
        np.testing.assert_allclose(new[name], expected[name], rtol=0, atol=1000 * eps * (1 + lr))
    wide = {name: p.astype(float) for name, p in params.items()}
    assert loss == pytest.approx(loss_of(wide, x.astype(float), y), abs=1000 * eps)


@given(seeds, sizes, st.sampled_from([0.1, 1.0]))
def test_step_follows_the_numerical_gradient(seed, size, lr):
    params, x, y = draw(seed, size)
    new, _ = training_step(params, x, y, lr)
    for name in params:
        numeric = numeric_grad(lambda p, name=name: loss_of({**params, name: p}, x, y), params[name])
        # rounding of a loss of order 10 over 2h is 1e-10; truncation h**2 times a third derivative below 100
        np.testing.assert_allclose((params[name] - new[name]) / lr, numeric, rtol=0, atol=2e-8)


@given(seeds, sizes)
def test_a_small_step_lowers_the_loss_by_the_squared_gradient(seed, size):
    params, x, y = draw(seed, size)
    lr = 1e-6
    new, loss = training_step(params, x, y, lr)
    squared = sum(np.sum((params[name] - new[name]) ** 2) for name in params) / lr**2
    # second order: lr**2 / 2 times the curvature, below 100, along the gradient; rounding of the losses 1e-14
    assert loss - loss_of(new, x, y) == pytest.approx(lr * squared, abs=1e-4 * lr * squared + 1e-13)


@given(seeds, sizes)
def test_step_is_pure(seed, size):
    params, x, y = draw(seed, size)
    before = {name: p.copy() for name, p in params.items()}, x.copy(), y.copy()
    first, first_loss = training_step(params, x, y, 0.5)
    second, second_loss = training_step(params, x, y, 0.5)
    assert first_loss == second_loss
    for name in params:
        np.testing.assert_array_equal(params[name], before[0][name])
        np.testing.assert_array_equal(first[name], second[name])
        assert not np.shares_memory(first[name], params[name])
    np.testing.assert_array_equal(x, before[1])
    np.testing.assert_array_equal(y, before[2])


@given(seeds, sizes)
def test_the_order_of_the_samples_and_their_repetition_do_not_matter(seed, size):
    params, x, y = draw(seed, size)
    new, loss = training_step(params, x, y, 0.5)
    order = np.tile(np.random.default_rng(seed).permutation(len(y)), 2)
    again, again_loss = training_step(params, x[order], y[order], 0.5)
    assert again_loss == pytest.approx(loss, abs=1e-13)  # another order of summing
    for name in params:
        np.testing.assert_allclose(again[name], new[name], rtol=0, atol=1e-13)


def test_many_steps_separate_two_clusters():
    rng = np.random.default_rng(3)
    y = np.arange(40) % 2
    x = rng.normal(size=(40, 2)) + 3 * y[:, None]
    params = {"w1": rng.normal(size=(2, 5)), "b1": np.zeros(5), "w2": rng.normal(size=(5, 2)), "b2": np.zeros(2)}
    losses = []
    for _ in range(200):
        params, loss = training_step(params, x, y, 0.2)
        losses.append(loss)
    # clusters 3 apart in each of two features, of standard deviation 1, overlap in about 2 percent of the samples
    assert losses[-1] < 0.1 < losses[0]


@given(seeds, sizes, st.sampled_from([np.float32, np.float64]), st.sampled_from([np.float32, np.float64]))
def test_parameters_keep_their_dtype(seed, size, of_params, of_x):
    params, x, y = draw(seed, size)
    params = {name: value.astype(of_params) for name, value in params.items()}
    new, loss = training_step(params, x.astype(of_x), y, np.float64(0.1))
    assert {value.dtype for value in new.values()} == {np.dtype(of_params)} and type(loss) is float


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"y": [2, 0, 1]}, ValueError, r"labels must lie in \[0, 2\), got 2"),
        ({"y": [0.0, 1.0, 1.0]}, TypeError, "labels must be integers, got float64: .*"),
        ({"y": [0, 1]}, ValueError, "labels must have the shape .*"),
        ({"lr": -0.1}, ValueError, "lr must be at least 0 and finite, got -0.1"),
        ({"lr": "0.1"}, TypeError, r"lr must be a number, got '0.1' \(str\)"),
        ({"x": np.ones((0, 2)), "y": np.empty(0, int)}, ValueError, "x must have at least one entry .*"),
        ({"x": np.ones((3, 5))}, ValueError, r"x \(N, D\), w \(D, M\), b \(M,\) expected, got \(3, 5\), .*"),
        ({"params": {"w1": np.ones((2, 4))}}, ValueError, "params lacks 'b1', 'w2', 'b2': its keys are w1, b1, w2, b2"),
        ({"params": [np.ones((2, 4))]}, TypeError, "params must be a dict with the keys w1, b1, w2, b2, got .*"),
    ],
)
def test_bad_input_is_refused(change, error, message):
    params, x, _ = draw(0, (3, 2, 4, 2))
    with pytest.raises(error, match=f"^{message}$"):
        training_step(**{"params": params, "x": x, "y": [1, 0, 1], "lr": 0.1} | change)
