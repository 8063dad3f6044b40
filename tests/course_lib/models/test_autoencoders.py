"""Autoencoders: gradients with shared weights, codes as good as the principal components, what reuse copies."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.data.datasets import digits
from course_lib.functions.losses import mse, softmax_xent
from course_lib.initialization import he_normal
from course_lib.layers.autoencoder import MaskingNoise, TiedAffine
from course_lib.layers.dense import Affine
from course_lib.layers.network import Sequential
from course_lib.models.autoencoders import Autoencoder, autoencoder, encoder_of, pretrain_layerwise
from course_lib.optimizers.adam import Adam
from course_lib.training.loop import backprop, evaluate, fit

seeds = st.integers(0, 2**32 - 1)
widths = st.lists(st.integers(1, 4), min_size=2, max_size=4)
ties = st.booleans()


def disturbed(seed, sizes, **options):
    """An autoencoder with biases away from zero, and a batch."""
    rng = np.random.default_rng(seed)
    model = autoencoder(sizes, rng=rng, **options)
    model.theta += rng.normal(0, 0.3, model.theta.shape)
    return model, rng.normal(size=(int(rng.integers(1, 5)), sizes[0]))


def assert_gradient_matches(network, x, loss):
    loss(x)  # fills grad
    analytic, saved = network.grad.copy(), network.theta.copy()

    def at(theta):
        network.theta[:] = theta
        return loss(x)

    numeric = numeric_grad(at, saved)
    network.theta[:] = saved
    # central differences of a loss of order 1 at h = 1e-5 carry a rounding error of about 1e-11
    error = np.linalg.norm(analytic - numeric) / max(np.linalg.norm(analytic) + np.linalg.norm(numeric), 1e-4)
    assert error < 1e-6


@given(seeds, widths, ties, st.sampled_from(["identity", "sigmoid"]))
def test_gradient_matches_central_differences(seed, sizes, tied, output):
    model, x = disturbed(seed, sizes, activation="tanh", output=output, tied=tied)
    assert_gradient_matches(model, x, lambda x: backprop(model, x, x, mse))


@given(seeds, st.integers(1, 4), st.integers(1, 4), ties)
def test_gradient_goes_through_the_noise(seed, D, M, tied):
    model, x = disturbed(seed, [D, M], tied=tied, noise=0.5)

    def loss(inputs):
        model.encoder[0].rng = np.random.default_rng(seed)  # the same entries are blanked each time
        return backprop(model, inputs, x, mse)

    assert_gradient_matches(model, x, loss)
    loss(x)
    dx = model.backward(mse(model.forward(x), x)[1])
    assert (dx[~model.encoder[0]._memory[-1]] == 0).all()


def test_tied_weights_are_one_matrix_and_its_transpose(rng):
    model = autoencoder([5, 3, 2], tied=True, rng=rng)
    free = autoencoder([5, 3, 2], rng=rng)
    assert model.theta.size == (5 * 3 + 3 + 3 * 2 + 2) + (3 + 5)
    assert free.theta.size == 2 * (5 * 3 + 3 * 2) + (3 + 2) + (3 + 5)
    # with the encoder's weights, transposed, the free decoder computes the same
    for layer, theirs in zip(free.encoder, model.encoder, strict=True):
        for key, value in theirs.params.items():
            layer.params[key][...] = value
    for up, down in ((free.decoder[0], model.encoder[2]), (free.decoder[2], model.encoder[0])):
        up.params["w"][...] = down.params["w"].T
    x = rng.normal(size=(4, 5))
    np.testing.assert_allclose(model.forward(x), free.forward(x), rtol=1e-12, atol=1e-15)


def test_a_frozen_encoder_gets_no_gradient_from_its_tied_decoder(rng):
    model = autoencoder([4, 2], tied=True, rng=rng)
    model.encoder[0].freeze()
    x = rng.normal(size=(6, 4))
    before = model.encoder[0].params["w"].copy()
    fit(model, x, x, loss=mse, rng=rng, optimizer=Adam(0.1), epochs=2)
    assert (model.encoder[0].grads["w"] == 0).all()
    np.testing.assert_array_equal(model.encoder[0].params["w"], before)
    assert (model.decoder[0].params["b"] != 0).all()


@pytest.mark.outcome
@pytest.mark.parametrize("tied", [False, True])
def test_a_linear_code_is_as_good_as_the_principal_components_and_no_better(tied, rng):
    spread = rng.normal(size=(4, 4)) @ np.diag([3, 2, 0.3, 0.1])
    x = rng.normal(size=(60, 4)) @ spread.T
    x -= x.mean(axis=0)
    # Eckart and Young 1936: no map of rank 2 leaves less than the two smallest singular values
    least = np.sum(np.linalg.svd(x, compute_uv=False)[2:] ** 2) / x.size
    model = autoencoder([4, 2], activation="identity", tied=tied, rng=rng)
    start = mse(model.reconstruct(x), x)[0]
    history = fit(model, x, x, loss=mse, rng=rng, optimizer=Adam(0.02), epochs=600, batch_size=60)
    assert np.isnan(history.train_accuracy[-1])
    # Adam comes near, never below but for rounding
    assert least * (1 - 1e-12) <= history.train_loss[-1] < least + 0.01 * start
    assert mse(model.reconstruct(x), x)[0] == pytest.approx(history.train_loss[-1])


@given(seeds, widths, ties, st.sampled_from([np.float32, np.float64]))
def test_encode_then_decode_is_reconstruct_and_keeps_dtype_and_inputs(seed, sizes, tied, dtype):
    model, x = disturbed(seed, sizes, tied=tied, noise=0.3, dtype=dtype)
    before = x.copy()
    codes = model.encode(x)
    assert codes.shape == (len(x), sizes[-1]) and codes.dtype == dtype
    np.testing.assert_array_equal(model.reconstruct(x), model.decode(codes))
    model.train(False)
    np.testing.assert_array_equal(model.reconstruct(x), model.forward(x))
    model.train()
    backprop(model, x, x.astype(dtype), mse)
    assert model.grad.dtype == dtype
    np.testing.assert_array_equal(x, before)


@given(seeds, ties)
def test_a_copy_lives_on_its_own(seed, tied):
    model, x = disturbed(seed, [3, 2], tied=tied)
    copy = deepcopy(model)
    assert isinstance(copy, Autoencoder)
    out = model.reconstruct(x)
    np.testing.assert_array_equal(copy.reconstruct(x), out)
    copy.theta += 1
    np.testing.assert_array_equal(model.reconstruct(x), out)
    # the copy's arrays are views into its own theta, also those that are borrowed
    copy.theta[:] = 0
    np.testing.assert_array_equal(copy.reconstruct(x), np.zeros_like(x))
    assert_gradient_matches(copy, x, lambda x: backprop(copy, x, x, mse))


def test_noise_blanks_its_share_in_training_only(rng):
    layer = MaskingNoise(0.3, rng=rng)
    x = rng.uniform(1, 2, (100, 100)).astype(np.float32)
    out = layer.forward(x)
    blank = out == 0
    # binomial, 4.5 standard deviations
    assert abs(blank.sum() - 3000) < 4.5 * np.sqrt(10_000 * 0.3 * 0.7)
    np.testing.assert_array_equal(out[~blank], x[~blank])
    assert out.dtype == np.float32
    np.testing.assert_array_equal(layer.backward(x), out)
    assert (layer.forward(x) == 0).sum() != blank.sum() or not np.array_equal(layer.forward(x) == 0, blank)
    layer.training = False
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)


@pytest.mark.outcome
@pytest.mark.parametrize("seed", range(3))
def test_denoising_learns_to_fill_in_what_is_missing(seed):
    rng = np.random.default_rng(seed)
    # points on a plane in ten dimensions: what is blanked follows from the rest
    x = rng.normal(size=(300, 2)) @ rng.normal(size=(2, 10))
    x, x_test = x[:150], x[150:]
    blanked = x_test * (rng.random(x_test.shape) >= 0.3)
    errors = {}
    for noise in (0.0, 0.3):
        model = autoencoder([10, 4], activation="identity", noise=noise, rng=np.random.default_rng(seed))
        fit(model, x, x, loss=mse, rng=rng, optimizer=Adam(0.02), epochs=40)
        errors[noise] = mse(model.reconstruct(blanked), x_test)[0]
    # twelve seeds gave ratios of 0.21 to 0.42
    assert errors[0.3] < 0.7 * errors[0.0]


@pytest.mark.outcome
def test_layerwise_pretraining_is_one_autoencoder_on_the_codes_of_another():
    x = digits().x_train[:64]
    options = {"activation": "tanh", "output": "sigmoid", "initializer": he_normal}
    settings = {"epochs": 3, "batch_size": 16}
    first_optimizer = Adam(0.01)
    rng = np.random.default_rng(5)
    stack, histories = pretrain_layerwise([64, 20, 6], x, rng=rng, optimizer=first_optimizer, **settings, **options)
    assert first_optimizer.state == {}

    rng = np.random.default_rng(5)
    lower = autoencoder([64, 20], rng=rng, **options)
    first = fit(lower, x, x, loss=mse, rng=rng, optimizer=Adam(0.01), **settings)
    codes = lower.encode(x)
    upper = autoencoder([20, 6], rng=rng, **options | {"output": "tanh"})
    second = fit(upper, codes, codes, loss=mse, rng=rng, optimizer=Adam(0.01), **settings)

    assert [h.loss for h in histories] == [first.loss, second.loss]
    np.testing.assert_array_equal(stack.encode(x), upper.encode(codes))
    np.testing.assert_array_equal(stack.reconstruct(x), lower.decode(upper.reconstruct(codes)))
    # and the stack trains on as one network
    together = fit(stack, x, x, loss=mse, rng=rng, optimizer=Adam(0.01), epochs=3)
    assert together.train_loss[-1] < mse(lower.decode(upper.reconstruct(codes)), x)[0]


@pytest.mark.parametrize("tied", [False, True])
def test_a_noisy_tied_stack_is_trained_and_stays_tied(tied, rng):
    x = rng.random((20, 6)).astype(np.float32)
    stack, histories = pretrain_layerwise(
        [6, 4, 2], x, rng=rng, epochs=1, activation="tanh", tied=tied, noise=0.2, dtype=np.float32
    )
    assert [isinstance(layer, MaskingNoise) for layer in stack.layers] == [True] + [False] * 8
    assert len(histories) == 2
    assert stack.theta.dtype == stack.reconstruct(x).dtype == np.float32
    sources = [layer.source for layer in stack.decoder if isinstance(layer, TiedAffine)]
    assert sources == ([stack.encoder[3], stack.encoder[1]] if tied else [])
    stack.encoder[0].rate = 0.0
    wide = Autoencoder(stack.encoder, stack.decoder, np.float64)
    assert_gradient_matches(wide, x.astype(float), lambda x: backprop(wide, x, x, mse))


@pytest.mark.parametrize("tied", [False, True])
def test_the_encoder_serves_under_a_new_head(tied, rng):
    model = autoencoder([6, 4, 3], tied=tied, noise=0.5, rng=rng)
    x, y = rng.normal(size=(10, 6)), rng.integers(0, 2, 10)
    codes, theta = model.encode(x), model.theta.copy()
    model.encoder[1].freeze()
    network = encoder_of(model, Affine(3, 2, rng=rng))
    assert type(network) is Sequential and network.trains_as_one
    head = network.layers[-1]
    np.testing.assert_array_equal(network.forward(x), codes @ head.params["w"] + head.params["b"])
    assert_gradient_matches(network, x, lambda x: backprop(network, x, y, softmax_xent))
    network.theta += 1
    np.testing.assert_array_equal(model.theta, theta)
    np.testing.assert_array_equal(encoder_of(model).forward(x), codes)


@pytest.mark.outcome
def test_a_pretrained_code_tells_digits_apart_better_than_a_random_one():
    """Both codes frozen, so that only the head sees the five labels per digit."""
    data, rng = digits(), np.random.default_rng(0)
    sizes, labelled = [64, 16, 12], np.concatenate([np.flatnonzero(data.y_train == c)[:5] for c in range(10)])
    options = {"rng": rng, "optimizer": Adam(0.02), "epochs": 8, "batch_size": 20}
    pretrained, _ = pretrain_layerwise(sizes, data.x_train[:200], **options)
    accuracies = []
    for source in (pretrained, autoencoder(sizes, rng=rng)):
        network = encoder_of(source, Affine(12, 10, rng=rng))
        for layer in network.layers[:-1]:
            layer.freeze()
        saved = network.layers[0].params["w"].copy()
        x, y = data.x_train[labelled], data.y_train[labelled]
        fit(network, x, y, rng=rng, optimizer=Adam(0.05), epochs=25, batch_size=10)
        np.testing.assert_array_equal(network.layers[0].params["w"], saved)
        accuracies.append(evaluate(network, data.x_test[:200], data.y_test[:200])[1])
    # twelve seeds gave at least 0.46 against at most 0.23
    assert accuracies[0] > accuracies[1] + 0.15, accuracies


def test_unfit_arguments_are_refused(rng):
    with pytest.raises(TypeError, match="encoder must be a list of layers, got Affine"):
        Autoencoder(Affine(3, 2, rng=rng), [])
    with pytest.raises(ValueError, match=r"noise must lie in \[0, 1\), got 1.5"):
        autoencoder([3, 2], noise=1.5, rng=rng)
    with pytest.raises(ValueError, match="got 'rleu'"):
        autoencoder([3, 2], activation="rleu", rng=rng)
