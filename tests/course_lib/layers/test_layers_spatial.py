"""The layers for images, alone and in a network."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions import pooling
from course_lib.functions.convolution import conv2d_backward, conv2d_forward
from course_lib.functions.losses import softmax_xent
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.layers.spatial import AvgPool2D, Conv2D, Flatten, GlobalAvgPool2D, MaxPool2D
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import fit

seeds = st.integers(0, 2**32 - 1)
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def cnn(rng, dtype=np.float64, activation="tanh", **first):
    """A network with every layer of the module: images (N, 2, 8, 8) to three classes."""
    return Sequential(
        Conv2D(2, 3, 3, rng=rng, **first),
        Activation(activation),
        MaxPool2D(2),
        Conv2D(3, 4, (2, 3), 1, "valid", rng=rng),
        AvgPool2D(2, 1, count_padding=False),
        Conv2D(4, 5, 1, rng=rng),
        Flatten(),
        Affine(5 * 2 * 1, 3, rng=rng),
        dtype=dtype,
    )


@given(seeds, st.integers(1, 3))
def test_gradient_of_a_whole_network(seed, n):
    rng = np.random.default_rng(seed)
    network = cnn(rng)
    x, y = rng.normal(size=(n, 2, 8, 8)), rng.integers(3, size=n)
    windows = Sequential(*network.layers[:2]).forward(x).reshape(n, 3, 4, 2, 4, 2).swapaxes(3, 4).reshape(-1, 4)
    _, _, second, first = np.sort(windows).T
    # no maximum changes hands within the step of 1e-5, which moves entries by that times pixels of up to 5
    assume((first - second).min() > 1e-4)

    def loss(theta):
        network.theta[:] = theta
        return softmax_xent(network.forward(x), y)[0]

    some = rng.choice(network.theta.size, 12, replace=False)
    start = network.theta.copy()

    def along(values):
        theta = start.copy()
        theta[some] = values
        return loss(theta)

    expected = numeric_grad(along, start[some])
    network.theta[:] = start
    network.backward(softmax_xent(network.forward(x), y)[1])
    # differences of step 1e-5 of a loss near 1 are exact to about 1e-11, so to 1e-6 of entries of 1e-4 and above
    assert rel_error(network.grad[some], expected, eps=1e-4) < 1e-6


@dtypes
def test_global_average_head(dtype, rng):
    network = Sequential(Conv2D(1, 4, 3, rng=rng), GlobalAvgPool2D(), Affine(4, 2, rng=rng), dtype=dtype)
    x = rng.normal(size=(3, 1, 6, 5)).astype(dtype)
    out = network.forward(x)
    assert out.shape == (3, 2)
    assert out.dtype == dtype
    dx = network.backward(np.ones_like(out))
    assert dx.shape == x.shape
    assert dx.dtype == dtype


@dtypes
def test_layers_do_what_the_functions_do(dtype, rng):
    x = rng.normal(size=(2, 3, 7, 6)).astype(dtype)
    layer = Conv2D(3, 4, (3, 2), (2, 1), "valid", (1, 2), rng=rng)
    Sequential(layer, dtype=dtype)
    expected, cache = conv2d_forward(x, layer.params["w"], layer.params["b"], (2, 1), "valid", (1, 2))
    np.testing.assert_array_equal(layer.forward(x), expected)
    dout = rng.normal(size=expected.shape).astype(dtype)
    dx, dw, db = conv2d_backward(dout, cache)
    np.testing.assert_array_equal(layer.backward(dout), dx)
    np.testing.assert_array_equal(layer.grads["w"], dw)
    np.testing.assert_array_equal(layer.grads["b"], db)
    for pool, forward, backward, window in (
        (MaxPool2D, pooling.max_pool2d_forward, pooling.max_pool2d_backward, (3, 2, 1)),
        (AvgPool2D, pooling.avg_pool2d_forward, pooling.avg_pool2d_backward, (3, 2, 1, False)),
    ):
        layer = pool(*window)
        expected, cache = forward(x, *window)
        np.testing.assert_array_equal(layer.forward(x), expected)
        dout = rng.normal(size=expected.shape).astype(dtype)
        np.testing.assert_array_equal(layer.backward(dout), backward(dout, cache))


def test_weights_have_the_variance_of_their_fans(rng):
    seen = []

    def initializer(rng, fan_in, fan_out):
        seen.append((fan_in, fan_out))
        return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))

    layer = Conv2D(16, 48, (3, 5), rng=rng, initializer=initializer)
    assert seen == [(16 * 15, 48 * 15)]
    w = layer.params["w"]
    assert w.shape == (48, 16, 3, 5)
    assert not layer.params["b"].any()
    # 4.5 standard errors of the variance of w.size normal numbers
    assert abs(w.var() / (2 / (16 * 15)) - 1) < 4.5 * np.sqrt(2 / w.size)


def test_a_filter_is_a_column_of_the_initialiser(rng):
    seen = []

    def initializer(rng, fan_in, fan_out):
        seen.append(rng.normal(size=(fan_in, fan_out)))
        return seen[0]

    layer = Conv2D(3, 4, (2, 5), rng=rng, initializer=initializer)
    for m in range(4):
        np.testing.assert_array_equal(layer.params["w"][m].ravel(), seen[0][:, m])


def test_the_first_layer_may_leave_the_gradient_of_the_data_out(rng):
    x, y = rng.normal(size=(2, 2, 8, 8)), np.array([0, 2])
    grads = []
    for wanted in (True, False):
        network = cnn(np.random.default_rng(1), input_gradient=wanted)
        network.forward(x)
        dx = network.backward(softmax_xent(network.forward(x), y)[1])
        assert (dx is not None) == wanted
        grads.append(network.grad.copy())
    np.testing.assert_array_equal(*grads)


def test_flatten_goes_channel_by_channel(rng):
    layer, x = Flatten(), rng.normal(size=(2, 3, 4, 5))
    out = layer.forward(x)
    assert out.shape == (2, 60)
    assert out[1, 20 * 2 + 5 * 3 + 4] == x[1, 2, 3, 4]
    assert np.shares_memory(out, x)
    np.testing.assert_array_equal(layer.backward(out), x)


def test_an_earlier_output_is_not_overwritten(rng):
    network = cnn(rng)
    outputs = []
    for layer in network.layers[:3]:
        x = rng.normal(size=(2, 2, 8, 8)) if not outputs else outputs[-1][0]
        outputs.append((layer.forward(x), layer.forward(x).copy()))
    network.forward(rng.normal(size=(2, 2, 8, 8)))
    for out, before in outputs:
        np.testing.assert_array_equal(out, before)


@pytest.mark.outcome
@dtypes
def test_a_cnn_tells_horizontal_from_vertical_lines_wherever_they_are(dtype, rng):
    def draw(n):
        x = 0.1 * rng.normal(size=(n, 1, 6, 6))
        y = rng.integers(2, size=n)
        for image, label in zip(x, y, strict=True):
            place = rng.integers(1, 5)
            (image[0] if label else image[0].T)[place] += 1
        return x.astype(dtype), y

    network = Sequential(
        Conv2D(1, 8, 3, rng=rng, input_gradient=False),
        Activation("relu"),
        GlobalAvgPool2D(),
        Affine(8, 2, rng=rng),
        dtype=dtype,
    )
    fit(network, *draw(60), rng=rng, optimizer=SGD(0.5), epochs=20, batch_size=20)
    x, y = draw(100)
    # a 3 by 3 filter sees the direction of a line, and the mean over the image forgets its place; guessing gives 0.5;
    # of four filters all may die, with eight thirty seeds gave 1.00
    assert (network.forward(x).argmax(axis=1) == y).mean() > 0.9
