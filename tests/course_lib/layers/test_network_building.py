"""Building networks: widths from the shape of the input, what is refused, text, predictions, borrowed weights."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import assert_gradient_matches, regularized

from course_lib.functions.losses import mse
from course_lib.initialization import he_normal
from course_lib.layers.attention import TransformerBlock
from course_lib.layers.autoencoder import MaskingNoise, TiedAffine
from course_lib.layers.base import Layer
from course_lib.layers.dense import Activation, Affine, PReLU, Residual
from course_lib.layers.dropout import Dropout
from course_lib.layers.network import CHUNK, Sequential, mlp, residual_mlp
from course_lib.layers.normalization import BatchNorm, GroupNorm, LayerNorm
from course_lib.layers.recurrent import GRU, LSTM, RNN, AffinePerStep, LastStep
from course_lib.layers.spatial import AvgPool2D, Conv2D, Flatten, MaxPool2D
from course_lib.layers.summary import summarize
from course_lib.models.autoencoders import Autoencoder, autoencoder


def draws():
    return np.random.default_rng(0)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
@pytest.mark.parametrize("make", [lambda: Affine(None, 3, rng=draws()), lambda: Conv2D(None, 3, 3, rng=draws())])
def test_layers_that_wait_can_be_copied(make, duplicate):
    layer = duplicate(make())
    shape = (4,) if isinstance(layer, Affine) else (4, 5, 5)
    layer.build(shape)
    known = make()
    known.build(shape)
    np.testing.assert_array_equal(layer.params["w"], known.params["w"])


def convolutional(rng, *, channels=None, widths=(None, None), input_shape=None):
    return Sequential(
        Conv2D(channels, 3, 3, rng=rng),
        BatchNorm(3 if widths[0] else None),
        PReLU(3 if widths[0] else None),
        MaxPool2D(2),
        Residual(Conv2D(3 if widths[0] else None, 3, 3, rng=rng), GroupNorm(3 if widths[0] else None, 3)),
        Flatten(),
        Affine(widths[0], 6, rng=rng),
        LayerNorm(6 if widths[0] else None),
        Affine(widths[1], 2, rng=rng),
        input_shape=input_shape,
    )


@given(st.integers(1, 3), st.integers(2, 9), st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_widths_come_from_the_shape_of_the_input(channels, height, width, seed):
    by_hand = convolutional(
        np.random.default_rng(seed), channels=channels, widths=(3 * (height // 2) * (width // 2), 6)
    )
    inferred = convolutional(np.random.default_rng(seed), input_shape=(channels, height, width))
    np.testing.assert_array_equal(inferred.theta, by_hand.theta)
    np.testing.assert_array_equal(inferred.statistics, by_hand.statistics)
    assert repr(inferred) == repr(by_hand)
    assert str(summarize(inferred)) == str(summarize(by_hand, (channels, height, width)))
    for other in (copy.deepcopy(inferred), pickle.loads(pickle.dumps(inferred))):
        assert other.input_shape == (channels, height, width)
        np.testing.assert_array_equal(other.theta, inferred.theta)


@pytest.mark.parametrize("make", [RNN, LSTM, GRU])
def test_widths_of_sequences_come_from_the_shape_of_the_input(make, rng):
    layers = AffinePerStep(None, 5, rng=rng), make(None, 4, rng=rng), LastStep(), Affine(None, 2, rng=rng)
    network = Sequential(*layers, input_shape=(7, 3))
    assert network.forward(rng.normal(size=(2, 7, 3))).shape == (2, 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Sequential(Affine(None, 2, rng=draws())),
            r"layers\[0\], Affine\(None, 2\), waits .*input_shape=\(64,\)",
        ),
        (lambda: Sequential(Residual(BatchNorm(None))), r"BatchNorm\(None\) in layers\[0\], .* waits for the width"),
        (
            lambda: Sequential(Affine(None, 2, rng=draws()), input_shape=(1, 8, 8)),
            r"layers\[0\], Affine\(None, 2\), cannot take an input of shape \(N, 1, 8, 8\): .* Flatten\(\)",
        ),
        (
            lambda: Sequential(Affine(3, 4, rng=draws()), Affine(5, 2, rng=draws()), input_shape=3),
            r"layers\[1\], Affine\(5, 2\), cannot take an input of shape \(N, 4\): x .* got \(1, 4\), \(5, 2\)",
        ),
        (
            lambda: Sequential(Residual(Affine(3, 1, rng=draws())), input_shape=3),
            r"layers\[0\], Residual, .*the branch must keep the shape of its input, \(1, 3\), got \(1, 1\)",
        ),
        (
            lambda: Sequential(LayerNorm(None), input_shape=(3, 8, 8)),
            r"name the axes of images, LayerNorm\(\(C, H, W\)\)",
        ),
        (
            lambda: Sequential(GroupNorm(None, 2), input_shape=3),
            "n_groups must divide the number of channels, 3, got 2",
        ),
        (lambda: Sequential(input_shape=(8, 0)), "input_shape must be at least 1, got 0"),
        (lambda: summarize(mlp([3, 2], activation="relu", rng=draws())), "the shape of one sample must be given"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_layer_that_waits_says_so(rng):
    layer = Affine(None, 2, rng=rng)
    with pytest.raises(RuntimeError, match=r"Affine\(None, 2\) does not know .* call build\(x.shape\[1:\]\) first"):
        layer(np.ones((4, 3)))
    assert layer.build((3,)) == (2,) and repr(layer) == "Affine(3, 2)"
    assert layer(np.ones((4, 3))).shape == (4, 2)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Sequential([Flatten()]),
            TypeError,
            r"Sequential takes layers one by one, got a list: type Sequential\(\*l",
        ),
        (lambda: Residual((Flatten(),)), TypeError, "Residual takes layers one by one, got a tuple"),
        (lambda: Sequential(Flatten(), "relu"), TypeError, r"layers\[1\] must be a Layer, got 'relu' \(str\)"),
        (lambda: Sequential(Activation), TypeError, r"layers\[0\] must be a Layer, got the class Activation: type Act"),
        (lambda: Sequential(dtype=int), TypeError, "dtype must be float32 or float64, got int64"),
        (lambda: Sequential(dtype=np.float16), TypeError, "dtype must be float32 or float64, got float16"),
        (
            lambda: Sequential(Sequential(dtype=np.float32)),
            ValueError,
            "must have its dtype, float64, got float32: type",
        ),
        (lambda: Residual(Affine(3, 1, rng=draws())).forward(np.ones((2, 3))), ValueError, "the branch must keep"),
        (lambda: mlp([3], activation="relu", rng=draws()), ValueError, r"sizes must name the inputs .* got \[3\]"),
        (lambda: mlp([3, 2.0], activation="relu", rng=draws()), TypeError, "sizes must be an integer, got 2.0"),
        (
            lambda: mlp([3, 2], activation="relu", rng=0),
            TypeError,
            r"rng must be .* type rng=np.random.default_rng\(0\)",
        ),
        (
            lambda: residual_mlp(3, 4, 2, -1, activation="relu", initializer=he_normal, rng=draws()),
            ValueError,
            "n_blocks must be at least 0, got -1",
        ),
        (lambda: Affine(0, 3, rng=draws()), ValueError, "fan_in must be at least 1, got 0"),
        (lambda: Affine(3, None, rng=draws()), TypeError, "fan_out must be an integer, got None"),
        (lambda: Affine(3, 2, rng=draws(), initializer="he"), TypeError, "initializer must be a function .* got 'he'"),
        (
            lambda: Affine(3, 2, rng=draws(), initializer=lambda rng, i, o: np.ones((o, i))),
            ValueError,
            r"the initializer's weights must have the shape \(3, 2\), got \(2, 3\)",
        ),
        (lambda: Affine(3, 2, rng=None), TypeError, "rng must be a"),
        (lambda: Conv2D(3, 2, 3.0, rng=draws()), TypeError, "kernel must be an integer, got 3.0"),
        (lambda: Conv2D(3, 2, 3, stride=2.0, rng=draws()), TypeError, r"stride must be an integer, got 2.0 .*: type 2"),
        (lambda: MaxPool2D(2, stride=0), ValueError, "stride must be at least 1, got 0"),
        (lambda: AvgPool2D(2, padding="full"), ValueError, "padding must be .* got 'full'"),
        (lambda: BatchNorm(3, eps=0), ValueError, "eps must be positive and finite, got 0"),
        (lambda: BatchNorm(3, momentum=1.1), ValueError, r"momentum must lie in \[0, 1\], got 1.1"),
        (lambda: LayerNorm((3, 0)), ValueError, "shape must be at least 1, got 0"),
        (lambda: GroupNorm(6, 4), ValueError, "n_groups must divide the number of channels, 6, got 4"),
        (lambda: PReLU(3, slope=np.nan), ValueError, "slope must be finite, got nan"),
        (lambda: Dropout(np.nan, rng=draws()), ValueError, r"p_drop must lie in \[0, 1\), got nan"),
        (lambda: Dropout(0.5, rng=1), TypeError, r"rng must be .* got 1 \(int\)"),
        (lambda: MaskingNoise("much", rng=draws()), TypeError, "rate must be a number, got 'much'"),
        (lambda: TiedAffine(Activation("relu")), TypeError, "source must be an Affine, got Activation"),
    ],
)
def test_bad_arguments_of_a_constructor_are_refused_at_once(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_wrong_inputs_name_the_layer_that_cannot_take_them(rng):
    network = Sequential(Affine(3, 4, rng=rng), Residual(Affine(4, 4, rng=rng), Affine(5, 4, rng=rng)))
    with pytest.raises(ValueError, match=r"^layers\[0\], Affine\(3, 4\), cannot take an input of shape \(6, 2\): x"):
        network(np.ones((6, 2)))
    inside = r"^layers\[1\], Residual, cannot take an input of shape \(6, 4\): layers\[1\], Affine\(5, 4\), cannot take"
    with pytest.raises(ValueError, match=inside):
        network(np.ones((6, 3)))
    with pytest.raises(ValueError, match=r"input of shape \(3,\): x"):
        network(np.ones(3))
    network.layers[0].params.pop("w")
    with pytest.raises(
        ValueError, match=r"^layers\[0\], Affine\(3, 4\), cannot .* its params are \['b'\], without 'w'"
    ):
        network(np.ones((6, 3)))


def test_a_layer_that_gives_no_gradient_of_its_input_comes_first(rng):
    network = Sequential(Activation("relu"), Conv2D(1, 2, 3, rng=rng, input_gradient=False))
    out = network(np.ones((2, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"Activation\('relu'\) needs a gradient, and the layer after it gives none"):
        network.backward(out)


def test_rates_of_layers_are_not_negative(rng):
    network = mlp([3, 4, 2], activation="relu", rng=rng)
    network.layers[2].lr_scale = -1.0
    with pytest.raises(ValueError, match=r"lr_scale of Affine\(4, 2\) must be at least 0"):
        network.trainable_parts()


def test_text_has_a_line_for_each_layer_and_counts_parameters(rng):
    network = Sequential(
        Conv2D(1, 4, 3, rng=rng),
        Residual(Conv2D(4, 4, (3, 1), rng=rng), Sequential(BatchNorm(4))),
        MaxPool2D(2, stride=1),
        Flatten(),
        Affine(None, 1000, rng=rng),
        Activation("relu"),
        input_shape=(1, 8, 8),
    )
    assert repr(network) == (
        "Sequential(\n"
        "  0  Conv2D(1, 4, 3)                 40\n"
        "  1  Residual(\n"
        "       0  Conv2D(4, 4, (3, 1))       52\n"
        "       1  Sequential(\n"
        "            0  BatchNorm(4)           8\n"
        "          ) in float64\n"
        "     )\n"
        "  2  MaxPool2D(2, stride=1)\n"
        "  3  Flatten()\n"
        "  4  Affine(196, 1000)          197,000\n"
        "  5  Activation('relu')\n"
        ") in float64                    197,100"
    )
    assert repr(TransformerBlock(4, 2, rng=rng)).startswith("TransformerBlock(\n  0  Residual(\n       0  LayerNorm(4)")
    assert repr(Sequential()) == "Sequential(\n) in float64  0"


@pytest.mark.parametrize("n", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
def test_predictions_are_the_outputs_in_evaluation_mode(n, rng):
    network = regularized(rng)
    network.layers[3].training = False
    x = rng.normal(size=(n, 4))
    state, draw = network.state(), network.layers[3].rng.bit_generator.state
    out = network.predict(x)
    assert [leaf.training for leaf in network.leaves()] == [True, True, True, False, True]
    assert network.layers[3].rng.bit_generator.state == draw
    np.testing.assert_array_equal(network.statistics, state["statistics"])
    with pytest.raises(RuntimeError, match="needs a forward pass first"):
        network.backward(np.ones((n, 3)))
    network.train(False)
    # the product of a matrix with many rows may be summed in another order than with few
    np.testing.assert_allclose(out, network.forward(x), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("x", [np.empty((0, 4)), np.float64(3), []])
def test_there_is_no_prediction_for_nothing(x, rng):
    with pytest.raises(ValueError, match="x must have at least one sample"):
        regularized(rng).predict(x)


def test_a_prediction_shares_no_memory_with_its_input():
    x = np.ones((3, 2, 2))
    for network in (Sequential(Flatten()), Sequential(Activation("identity")), Sequential()):
        assert not np.shares_memory(network.predict(x), x)


class Plain(Layer):
    """A layer as a student writes one: forward and backward, and nothing of what the library's layers keep."""

    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        return 2 * dout


def test_a_layer_of_ones_own_needs_no_more_than_two_methods(rng):
    network = Sequential(Affine(3, 4, rng=rng), Plain(), Affine(None, 2, rng=rng), input_shape=3)
    assert_gradient_matches(network, rng.normal(size=(5, 3)), rng.integers(0, 2, 5))
    assert "1  Plain()" in repr(network)


@pytest.mark.parametrize("build", [Sequential, lambda *layers: Sequential(Sequential(*layers[:3]), *layers[3:])])
def test_tied_weights_get_their_whole_gradient_in_any_network(build, rng):
    down = Affine(4, 3, rng=rng)
    layers = [down, Activation("tanh"), TiedAffine(down), Activation("tanh"), Affine(4, 2, rng=rng)]
    network = build(*layers)
    assert_gradient_matches(network, rng.normal(size=(5, 4)), rng.normal(size=(5, 2)), mse)


def test_tied_weights_wait_for_those_that_they_borrow(rng):
    down = Affine(None, 3, rng=rng)
    model = Autoencoder([down], [TiedAffine(down)], input_shape=5)
    assert model.layers[1].params["b"].shape == (5,) and repr(model.layers[1]) == "TiedAffine(3, 5)"
    assert autoencoder([5, 3], tied=True, rng=rng).reconstruct(np.ones((2, 5))).shape == (2, 5)
    with pytest.raises(RuntimeError, match=r"Affine\(None, 3\) does not know the width"):
        Sequential(TiedAffine(Affine(None, 3, rng=rng)), input_shape=3)
