"""Transfer: heads, reuse, rates; and that frozen means frozen under every optimiser."""

import numpy as np
import pytest
from networks import regularized

from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.normalization import BatchNorm
from course_lib.layers.spatial import Flatten
from course_lib.models.transfer import GradualUnfreezing, discriminative_rates, replace_head, reuse_layers
from course_lib.optimizers.adam import Adam, AdaMax, AdamW, Nadam
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.loop import fit

OPTIMIZERS = [
    lambda: SGD(0.1),
    lambda: Momentum(0.1),
    lambda: Momentum(0.1, convention="ema"),
    lambda: Nesterov(0.1),
    lambda: AdaGrad(0.1),
    lambda: RMSProp(0.01),
    lambda: Adam(0.01),
    lambda: AdamW(0.01, weight_decay=0.5),
    lambda: AdaMax(0.01),
    lambda: Nadam(0.01),
]


def data(rng, n=30):
    return rng.normal(size=(n, 4)), rng.integers(0, 3, n)


def values_of(layers):
    leaves = [leaf for layer in layers for leaf in layer.leaves()]
    return [value.copy() for leaf in leaves for value in (*leaf.params.values(), *leaf.buffers.values())]


def assert_equal_arrays(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("make_optimizer", OPTIMIZERS)
def test_frozen_layers_stay_bit_for_bit_and_the_others_move(make_optimizer, rng):
    network = regularized(rng)
    network.layers[0].freeze()
    network.layers[1].freeze()
    before = values_of(network.layers[:2])
    head = network.layers[-1].params["w"].copy()
    fit(network, *data(rng), rng=rng, optimizer=make_optimizer(), epochs=3, batch_size=10)
    assert_equal_arrays(values_of(network.layers[:2]), before)
    assert not np.any(network.layers[-1].params["w"] == head)


@pytest.mark.outcome
@pytest.mark.parametrize("make_optimizer", OPTIMIZERS)
def test_training_the_head_alone_equals_training_it_on_fixed_features(make_optimizer, rng):
    network = mlp([4, 6, 3], activation="tanh", rng=rng)
    for layer in network.layers[:2]:
        layer.freeze()
    x, y = data(rng)
    features = network.layers[1].forward(network.layers[0].forward(x))
    head = mlp([6, 3], activation="tanh", rng=rng)
    reuse = network.layers[2].params
    for key, value in head.layers[0].params.items():
        value[...] = reuse[key]
    fit(network, x, y, rng=np.random.default_rng(1), optimizer=make_optimizer(), epochs=3, max_norm=0.5)
    fit(head, features, y, rng=np.random.default_rng(1), optimizer=make_optimizer(), epochs=3, max_norm=0.5)
    # equal but for the order of sums in matrix products of another shape
    np.testing.assert_allclose(network.layers[2].params["w"], head.layers[0].params["w"], rtol=1e-9, atol=1e-12)


@pytest.mark.outcome
def test_a_layer_that_is_unfrozen_starts_its_own_count_of_steps(rng):
    """Adam's first step has length lr, however long the other layers have trained."""
    network = mlp([4, 6, 3], activation="tanh", rng=rng)
    body = network.layers[0]
    body.freeze()
    optimizer, (x, y) = Adam(0.01), data(rng)
    fit(network, x, y, rng=rng, optimizer=optimizer, epochs=20, batch_size=30)
    body.freeze(False)
    before = body.params["w"].copy()
    fit(network, x, y, rng=rng, optimizer=optimizer, epochs=1, batch_size=30)
    # lr * g / (|g| + eps): short of lr by eps / |g|, and |g| exceeds 1e-5 here
    np.testing.assert_allclose(np.abs(body.params["w"] - before), 0.01, rtol=1e-3)


def test_freezing_under_an_optimiser_that_has_trained_everything_is_refused(rng):
    network, optimizer = regularized(rng), Momentum(0.1)
    fit(network, *data(rng), rng=rng, optimizer=optimizer, epochs=1)
    network.layers[0].freeze()
    with pytest.raises(ValueError, match="make a new one after freezing"):
        fit(network, *data(rng), rng=rng, optimizer=optimizer, epochs=1)


def test_a_frozen_gradient_does_not_count_in_the_norm(rng):
    network = mlp([4, 6, 3], activation="tanh", rng=rng)
    network.layers[0].freeze()
    history = fit(network, *data(rng), rng=rng, epochs=1, batch_size=30)
    head = network.layers[2].grads
    expected = np.sqrt(sum(np.sum(grad**2) for grad in head.values()))
    assert history.gradient_norm[0] == pytest.approx(expected, rel=1e-12)  # a sum of 21 squares


def test_discriminative_rates_divide_from_the_top_down(rng):
    network = mlp([4, 5, 5, 3], activation="tanh", rng=rng)
    discriminative_rates(network, factor=4.0)
    assert [leaf.lr_scale for leaf in network.leaves() if leaf.params] == [1 / 16, 1 / 4, 1]
    before, (x, y) = network.state()["theta"], data(rng)
    fit(network, x, y, rng=rng, optimizer=SGD(0.5), epochs=1, batch_size=30)
    sizes = [leaf.params["w"].size + leaf.params["b"].size for leaf in network.leaves() if leaf.params]
    rates = np.repeat([0.5 / 16, 0.5 / 4, 0.5], sizes)
    np.testing.assert_allclose(
        network.theta, before - rates * network.grad, rtol=1e-12, atol=1e-15
    )  # one more rounding


def test_rates_below_zero_are_refused(rng):
    with pytest.raises(ValueError, match="factor must be positive and finite, got 0"):
        discriminative_rates(mlp([2, 2], activation="relu", rng=rng), factor=0)


def test_a_new_head_leaves_the_source_alone(rng):
    source = regularized(rng, dtype=np.float32)
    source.freeze()
    before = values_of(source.layers)
    renewed = replace_head(source, Affine(8, 5, rng=rng))
    assert_equal_arrays(values_of(renewed.layers[:-1]), before[:-2])
    assert renewed.theta.dtype == np.float32
    assert not any(leaf.frozen for leaf in renewed.leaves())
    fit(renewed, *data(rng), rng=rng, epochs=1)
    assert_equal_arrays(values_of(source.layers), before)
    assert renewed.forward(rng.normal(size=(2, 4))).shape == (2, 5)


@pytest.mark.parametrize("remove", [-1, 6])
def test_a_head_that_is_not_there_cannot_be_removed(remove, rng):
    with pytest.raises(ValueError, match=r"remove must lie in \[0, 5\]"):
        replace_head(regularized(rng), remove=remove)


@pytest.mark.parametrize("n_layers", range(6))
def test_reuse_copies_the_first_layers_and_no_more(n_layers, rng):
    source, target = regularized(rng), regularized(rng)
    source.statistics += 1
    above = values_of(target.layers[n_layers:])
    reuse_layers(source, target, n_layers)
    assert_equal_arrays(values_of(target.layers[:n_layers]), values_of(source.layers[:n_layers]))
    assert_equal_arrays(values_of(target.layers[n_layers:]), above)


def test_reuse_of_layers_that_do_not_fit_copies_nothing(rng):
    source, target = regularized(rng, n_classes=4), regularized(rng, n_classes=3)
    before = values_of(target.layers)
    with pytest.raises(ValueError, match=r"layers\[4\] must have equal shapes .* got \[\(8, 4\), \(4,\)\] in source"):
        reuse_layers(source, target, 5)
    with pytest.raises(ValueError, match=r"n_layers must lie in \[0, 5\]"):
        reuse_layers(source, target, 6)
    assert_equal_arrays(values_of(target.layers), before)


def test_gradual_unfreezing_goes_from_the_top_down(rng):
    network = mlp([4, 5, 5, 3], activation="tanh", rng=rng)
    first, second, top = (layer for layer in network.layers if layer.params)
    network.freeze()
    top.freeze(False)
    thawing = GradualUnfreezing([[second], [first]], every=2)
    moved = []
    last = network.theta.copy()

    def watch(run):
        nonlocal last
        if run.epoch_ended:
            change = [np.any(leaf.params["w"] != old) for leaf, old in zip((first, second, top), saved, strict=True)]
            moved.append(change)
            saved[:] = [leaf.params["w"].copy() for leaf in (first, second, top)]

    saved = [leaf.params["w"].copy() for leaf in (first, second, top)]
    fit(network, *data(rng), rng=rng, optimizer=Momentum(0.1), epochs=6, callbacks=[watch, thawing])
    assert moved == [[False, False, True]] * 2 + [[False, True, True]] * 2 + [[True, True, True]] * 2


@pytest.mark.parametrize(
    ("groups", "every", "error", "message"),
    [
        ([], 0, ValueError, "every must be at least 1, got 0"),
        ([], 1.0, TypeError, "every must be an integer, got 1.0"),
        ([Activation("relu")], 1, TypeError, r"groups must be lists of layers, got Act.*: type \[\[layer\], ...\]"),
        ([["relu"]], 1, TypeError, r"a member of groups\[0\] must be a Layer, got 'relu'"),
    ],
)
def test_unfreezing_of_something_else_is_refused(groups, every, error, message):
    with pytest.raises(error, match=message):
        GradualUnfreezing(groups, every=every)


def test_a_head_takes_its_width_from_a_network_that_knows_its_input(rng):
    source = Sequential(
        Flatten(), Affine(None, 8, rng=rng), Activation("relu"), Affine(8, 3, rng=rng), input_shape=(2, 3)
    )
    renewed = replace_head(source, Affine(None, 5, rng=rng))
    assert renewed.layers[-1].params["w"].shape == (8, 5)
    assert renewed.forward(rng.normal(size=(2, 2, 3))).shape == (2, 5)


def test_layers_of_another_build_are_not_reused(rng):
    one, other = Sequential(Affine(3, 4, rng=rng)), Sequential(BatchNorm(3), Affine(3, 4, rng=rng))
    with pytest.raises(ValueError, match=r"layers\[0\] must have equal shapes"):
        reuse_layers(one, other, 1)
    with pytest.raises(TypeError, match=r"n_layers must be an integer, got 1.0"):
        reuse_layers(one, one, 1.0)


@pytest.mark.outcome
def test_early_stopping_brings_back_the_statistics_too(rng):
    network, (x, y) = regularized(rng), data(rng)
    stopping = EarlyStopping(patience=1, monitor="train_loss")
    seen = []

    def note(run):
        if run.epoch_ended:
            seen.append((run.history.train_loss[-1], run.network.state()))

    fit(network, x, y, rng=rng, optimizer=SGD(2.0), epochs=50, callbacks=[note, stopping])
    _, best = min(seen, key=lambda pair: pair[0])
    np.testing.assert_array_equal(network.statistics, best["statistics"])
    np.testing.assert_array_equal(network.theta, best["theta"])
