"""What holds for every layer object: the order of calls, shapes, types, memory, text."""

import re

import numpy as np
import pytest

from course_lib.functions.activations import ACTIVATIONS
from course_lib.layers.autoencoder import MaskingNoise, TiedAffine
from course_lib.layers.dense import Activation, Affine, PReLU, Residual
from course_lib.layers.dropout import AlphaDropout, Dropout
from course_lib.layers.network import Sequential
from course_lib.layers.normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm
from course_lib.layers.spatial import AvgPool2D, Conv2D, Flatten, GlobalAvgPool2D, MaxPool2D


def draws():
    return np.random.default_rng(0)


ROWS, IMAGES = (5, 4), (5, 4, 6, 6)
LAYERS = {
    "affine": (lambda: Affine(4, 3, rng=draws()), ROWS),
    "tied": (lambda: TiedAffine(Affine(3, 4, rng=draws())), ROWS),
    **{name: (lambda name=name: Activation(name), ROWS) for name in ACTIVATIONS},
    "prelu": (lambda: PReLU(4), ROWS),
    "residual": (lambda: Residual(Affine(4, 4, rng=draws()), Activation("tanh")), ROWS),
    "dropout": (lambda: Dropout(0.3, rng=draws()), ROWS),
    "alpha dropout": (lambda: AlphaDropout(0.3, rng=draws()), ROWS),
    "masking noise": (lambda: MaskingNoise(0.3, rng=draws()), ROWS),
    "batch norm": (lambda: BatchNorm(4), ROWS),
    "batch norm of images": (lambda: BatchNorm(4), IMAGES),
    "layer norm": (lambda: LayerNorm(4), ROWS),
    "group norm": (lambda: GroupNorm(4, 2), IMAGES),
    "instance norm": (lambda: InstanceNorm(4), IMAGES),
    "convolution": (lambda: Conv2D(4, 3, (3, 2), rng=draws()), IMAGES),
    "max pooling": (lambda: MaxPool2D(2), IMAGES),
    "mean pooling": (lambda: AvgPool2D(2), IMAGES),
    "global mean": (GlobalAvgPool2D, IMAGES),
    "flatten": (Flatten, IMAGES),
}
# "identity" returns what it is given, and Flatten makes a view
ALIASES = {"identity", "flatten"}
every_layer = pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)


@every_layer
def test_a_gradient_needs_a_forward_pass_first(make, shape):
    layer = make()
    with pytest.raises(RuntimeError, match=r"^\w+\.backward needs a forward pass first: call forward\(x\)$"):
        layer.backward(np.ones(shape))


@every_layer
@pytest.mark.parametrize(
    "change", [lambda s: s[1:], lambda s: (*s, 1), lambda s: (1, *s[1:]), lambda s: (s[0] + 1, *s[1:])]
)
def test_a_gradient_of_another_shape_is_refused(make, shape, change, rng):
    layer = make()
    out = layer.forward(rng.normal(size=shape))
    grads = [grad.copy() for leaf in layer.leaves() for grad in leaf.grads.values()]
    with pytest.raises(ValueError, match=rf"^dout must have the shape {re.escape(str(out.shape))}, got"):
        layer.backward(np.ones(change(out.shape)))
    for before, after in zip(grads, (g for leaf in layer.leaves() for g in leaf.grads.values()), strict=True):
        np.testing.assert_array_equal(after, before)


@every_layer
@pytest.mark.parametrize("parameters", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int64, bool])
def test_the_input_decides_the_dtype_and_is_left_alone(make, shape, parameters, kind, rng):
    layer = make()
    Sequential(layer, dtype=parameters)  # whose layout gives the parameters their dtype
    x = rng.normal(0, 2, size=shape).astype(kind)
    x.flags.writeable = False
    expected = np.float32 if kind is np.float32 else np.float64
    out = layer.forward(x)
    assert out.dtype == expected
    dout = rng.normal(size=out.shape)
    saved = dout.copy()
    dx = layer.backward(dout)
    assert dx.dtype == expected and dx.shape == x.shape
    np.testing.assert_array_equal(dout, saved)
    assert all(grad.dtype == parameters for leaf in layer.leaves() for grad in leaf.grads.values())


@every_layer
@pytest.mark.parametrize("kind", [np.float16, complex, object])
def test_other_kinds_of_numbers_are_refused(make, shape, kind):
    with pytest.raises(TypeError, match=r"float16|real numbers"):
        make().forward(np.ones(shape, kind))


@pytest.mark.parametrize("name", LAYERS)
def test_results_are_arrays_of_their_own(name, rng):
    make, shape = LAYERS[name]
    layer, x = make(), rng.normal(size=shape)
    for training in (True, False):
        layer.train(training)
        out = layer.forward(x)
        dx = layer.backward(out)
        assert name in ALIASES or not (np.shares_memory(out, x) or np.shares_memory(dx, out))


@every_layer
def test_calling_a_layer_is_its_forward_pass_and_its_text_has_no_address(make, shape, rng):
    x = rng.normal(size=shape)
    np.testing.assert_array_equal(make()(x), make().forward(x))
    assert re.fullmatch(r"\w+\(.*\)(\s+[\d,]+)?", repr(make()), re.DOTALL) and " at 0x" not in repr(make())


@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_predicted_shape_is_that_of_the_output(make, shape, dtype, rng):
    layer = make()

    def state():
        generators = [leaf.rng.bit_generator.state for leaf in layer.leaves() if hasattr(leaf, "rng")]
        return repr([(leaf.buffers, leaf.training, leaf._memory) for leaf in layer.leaves()]), generators

    before = state()
    foretold = layer.build(shape[1:], dtype)
    assert state() == before
    assert foretold == layer.forward(rng.normal(size=shape)).shape[1:]
