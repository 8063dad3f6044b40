"""Gradient norms by layer against one batch of all samples; the sigmoid's bound against its slopes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.diagnostics import gradient_norms_by_layer, sigmoid_slope_bound
from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions.activations import sigmoid, sigmoid_backward

seeds = st.integers(0, 2**32 - 1)
widths_lists = st.lists(st.integers(1, 5), min_size=2, max_size=5)
sizes_lists = st.lists(st.integers(1, 5), min_size=1, max_size=4)
dtypes = st.sampled_from([np.float32, np.float64])


def forward(weights, x):
    activations = [x]
    for w in weights:
        activations.append(np.tanh(activations[-1] @ w))
    return activations


def mean_loss(weights, x, y):
    """Half the squared error of a tanh network, averaged over the samples."""
    return np.sum((forward(weights, x)[-1] - y) ** 2) / (2 * len(x))


def make_backprop(weights):
    def backprop(x, y):
        activations = forward(weights, x)
        d = (activations[-1] - y) / len(x)
        grads = [None] * len(weights)
        for layer in reversed(range(len(weights))):
            d = d * (1 - activations[layer + 1] ** 2)
            grads[layer] = activations[layer].T @ d
            d = d @ weights[layer].T
        return activations[1:], grads

    return backprop


def draw(seed, widths, sizes, dtype=np.float64):
    rng = np.random.default_rng(seed)
    weights = [(rng.normal(size=shape) / np.sqrt(shape[0])).astype(dtype) for shape in pairwise(widths)]
    batches = [
        (rng.normal(size=(n, widths[0])).astype(dtype), rng.normal(size=(n, widths[-1])).astype(dtype)) for n in sizes
    ]
    return weights, batches


def joined(batches):
    return tuple(np.concatenate(part) for part in zip(*batches, strict=True))


@given(seeds, widths_lists, sizes_lists, dtypes)
def test_norms_are_those_of_all_samples_in_one_batch(seed, widths, sizes, dtype):
    weights, batches = draw(seed, widths, sizes, dtype)
    norms = gradient_norms_by_layer(make_backprop(weights), batches)
    wide = make_backprop([w.astype(float) for w in weights])
    _, grads = wide(*(part.astype(float) for part in joined(batches)))
    expected = [np.linalg.norm(g) for g in grads]
    assert norms.shape == (len(weights),) and norms.dtype == np.float64
    # a few hundred roundings of terms of order 10, which may cancel
    np.testing.assert_allclose(norms, expected, rtol=0, atol=1000 * np.finfo(dtype).eps)


@given(seeds, st.lists(st.integers(1, 3), min_size=2, max_size=4), st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_norms_are_those_of_the_numerical_gradient_of_the_mean_loss(seed, widths, sizes):
    weights, batches = draw(seed, widths, sizes)
    norms = gradient_norms_by_layer(make_backprop(weights), batches)
    x, y = joined(batches)
    for layer, norm in enumerate(norms):
        numeric = numeric_grad(
            lambda w, layer=layer: mean_loss([*weights[:layer], w, *weights[layer + 1 :]], x, y), weights[layer]
        )
        # rounding of a loss of order 10 over 2h, on at most 9 weights, and truncation h**2 times a third derivative
        assert norm == pytest.approx(np.linalg.norm(numeric), abs=1e-7)


@given(seeds, widths_lists, sizes_lists)
def test_the_split_and_the_order_of_the_samples_do_not_matter(seed, widths, sizes):
    weights, batches = draw(seed, widths, sizes)
    backprop = make_backprop(weights)
    norms = gradient_norms_by_layer(backprop, batches)
    singles = [(x[i : i + 1], y[i : i + 1]) for x, y in batches for i in range(len(x))]
    for other in (singles, singles[::-1], [*batches, *batches]):
        # another order of summing terms of order 10
        np.testing.assert_allclose(gradient_norms_by_layer(backprop, other), norms, rtol=1e-9, atol=1e-13)


@given(seeds, st.floats(1e-30, 1e30))
def test_norms_grow_with_the_gradients(seed, factor):
    weights, batches = draw(seed, [3, 4, 2], [2, 5])
    backprop = make_backprop(weights)

    def scaled(x, y):
        activations, grads = backprop(x, y)
        return activations, [factor * g for g in grads]

    expected = factor * gradient_norms_by_layer(backprop, batches)
    np.testing.assert_allclose(gradient_norms_by_layer(scaled, batches), expected, rtol=1e-12)  # rounding only


def test_batches_whose_gradients_cancel_have_no_gradient():
    def backprop(x, y):
        return [x], [y * np.ones((2, 3)), -2 * y * np.ones((3, 1))]

    batches = [(np.zeros(6), 1.0), (np.zeros(3), -2.0)]
    np.testing.assert_allclose(gradient_norms_by_layer(backprop, batches), 0, atol=1e-15)


ONE, NONE = (np.zeros((1, 3)), np.zeros((1, 1))), (np.zeros((0, 3)), np.zeros((0, 1)))


@pytest.mark.parametrize("batches", [[], [NONE], [ONE, NONE], [NONE, ONE]])
def test_no_sample_is_refused(batches):
    with pytest.raises(ValueError, match="batches must hold at least one sample each, got "):
        gradient_norms_by_layer(make_backprop([np.ones((3, 1))]), batches)


def test_batches_may_come_one_by_one():
    backprop = make_backprop([np.ones((3, 1))])
    batches = draw(0, [3, 1], [2, 5])[1]
    one_by_one = gradient_norms_by_layer(backprop, (batch for batch in batches))
    np.testing.assert_array_equal(one_by_one, gradient_norms_by_layer(backprop, batches))


@pytest.mark.parametrize(
    ("backprop", "batches", "error", "message"),
    [
        (None, [ONE], TypeError, r"backprop must be a function \(x, y\) -> .* got None \(NoneType\)"),
        (lambda x, y: [x, x, x], [ONE], TypeError, r"what backprop returns must be a pair .* got list"),
        (lambda x, y: ([x], x), [ONE], TypeError, r"grads must be a list of arrays, got one array .* pass \[grads\]"),
        (
            lambda x, y: ([x], [x]),
            [ONE, (np.zeros((2, 3)), 0)],
            ValueError,
            r"grads must have the shapes \[\(1, 3\)\], .*",
        ),
        (lambda x, y: ([x], [x]), [np.zeros((1, 3))], TypeError, r"a batch must be a pair \(x, y\), got ndarray"),
    ],
)
def test_bad_input_is_refused(backprop, batches, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        gradient_norms_by_layer(backprop, batches)


@given(st.integers(0, 200))
def test_the_bound_is_a_product_of_the_slopes_at_zero(n_layers):
    slope = sigmoid_backward(np.ones(1), sigmoid(np.zeros(1)))[0]
    assert sigmoid_slope_bound(n_layers) == np.prod(np.full(n_layers, slope))


@given(seeds, st.integers(1, 60), st.sampled_from([0.1, 1.0, 20.0]))
def test_no_product_of_slopes_exceeds_the_bound(seed, n_layers, scale):
    z = scale * np.random.default_rng(seed).normal(size=n_layers)
    slopes = sigmoid_backward(np.ones(n_layers), sigmoid(z))
    # each slope may be rounded up once
    assert np.prod(slopes) <= sigmoid_slope_bound(n_layers) * (1 + n_layers * np.finfo(float).eps)


def test_the_bound_underflows_where_its_documentation_says():
    assert sigmoid_slope_bound(537) > 0
    assert sigmoid_slope_bound(538) == 0


@pytest.mark.parametrize(
    ("n_layers", "error", "message"),
    [
        (-3, ValueError, "n_layers must be at least 0, got -3"),
        (2.5, TypeError, r"n_layers must be an integer, got 2.5 \(float\)"),
        (2.0, TypeError, r"n_layers must be an integer, got 2.0 \(float\): type 2"),
    ],
)
def test_what_is_not_a_number_of_layers_is_refused(n_layers, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        sigmoid_slope_bound(n_layers)
