"""The GAN: both gradients against central differences, the two losses, and what the generator comes to make."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, log_expit

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.layers.network import mlp
from course_lib.models.gan import (
    GAN,
    discriminator_backprop,
    discriminator_loss,
    fit_gan,
    generator_backprop,
    generator_loss,
    mode_coverage,
    ring_centres,
    ring_of_gaussians,
    small_gan,
)
from course_lib.optimizers.adam import Adam

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 4)
forms = st.booleans()


def draw(seed, n, D, Z, dtype=np.float64):
    """A GAN with biases away from zero, noise and data."""
    rng = np.random.default_rng(seed)
    gan = small_gan(D, n_noise=Z, hidden=(3,), activation="tanh", rng=rng, dtype=dtype)
    for network in (gan.generator, gan.discriminator):
        network.theta += rng.normal(0, 0.3, network.theta.shape).astype(dtype)
    return gan, rng.normal(size=(n, Z)).astype(dtype), rng.normal(size=(n + 1, D)).astype(dtype)


def assert_gradient_matches(network, loss):
    """``loss`` is a function of nothing that does not move the parameters; ``network.grad`` is the claim."""
    analytic, saved = network.grad.copy(), network.theta.copy()

    def at(theta):
        network.theta[:] = theta
        return loss()

    numeric = numeric_grad(at, saved)
    network.theta[:] = saved
    # central differences of a loss of order 1 at h = 1e-5 carry a rounding error of about 1e-11
    error = np.linalg.norm(analytic - numeric) / max(np.linalg.norm(analytic) + np.linalg.norm(numeric), 1e-4)
    assert error < 1e-6


@given(seeds, sizes, sizes, sizes, forms)
def test_the_generators_gradient_comes_through_the_discriminator(seed, n, D, Z, saturating):
    gan, noise, _ = draw(seed, n, D, Z)

    def loss():
        logits = gan.discriminator.forward(gan.generator.forward(noise))
        return np.mean(log_expit(-logits)) if saturating else -np.mean(log_expit(logits))

    theta = gan.discriminator.theta.copy()
    assert generator_backprop(gan, noise, saturating) == pytest.approx(loss(), rel=1e-12)
    assert_gradient_matches(gan.generator, loss)
    np.testing.assert_array_equal(gan.discriminator.theta, theta)


@given(seeds, sizes, sizes, sizes)
def test_the_discriminators_gradient_is_that_of_both_batches(seed, n, D, Z):
    gan, noise, real = draw(seed, n, D, Z)
    fake = gan.generator.forward(noise)

    def loss():
        of_real, of_fake = gan.discriminator.forward(real), gan.discriminator.forward(fake)
        return -np.mean(np.log(expit(of_real))) - np.mean(np.log(1 - expit(of_fake)))

    value, real_logits, fake_logits = discriminator_backprop(gan, real, fake)
    assert value == pytest.approx(loss(), rel=1e-10)
    assert_gradient_matches(gan.discriminator, loss)
    np.testing.assert_allclose(real_logits, gan.discriminator.forward(real), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(fake_logits, gan.discriminator.forward(fake), rtol=1e-12, atol=1e-15)


@given(seeds, sizes, st.sampled_from([0.1, 1.0, 30.0, 1000.0]))
def test_losses_and_their_gradients_for_any_logits(seed, n, scale):
    rng = np.random.default_rng(seed)
    real, fake = rng.normal(0, scale, (2, n, 1))
    loss, dreal, dfake = discriminator_loss(real, fake)
    assert loss == pytest.approx(-np.mean(log_expit(real)) - np.mean(log_expit(-fake)), rel=1e-12)
    # sigmoid(l) - 1 is right to the last digit of the 1, however small the difference
    last = {"rtol": 1e-12, "atol": np.finfo(float).eps}
    np.testing.assert_allclose(dreal, -expit(-real) / n, **last)
    np.testing.assert_allclose(dfake, expit(fake) / n, **last)
    saturating, other = generator_loss(fake, saturating=True), generator_loss(fake)
    assert saturating[0] == pytest.approx(np.mean(log_expit(-fake)), rel=1e-12)
    assert other[0] == pytest.approx(-np.mean(log_expit(fake)), rel=1e-12)
    np.testing.assert_allclose(saturating[1], -expit(fake) / n, **last)
    np.testing.assert_allclose(other[1], -expit(-fake) / n, **last)


@given(seeds, sizes, st.floats(2, 20))
def test_the_saturating_gradient_vanishes_where_the_discriminator_is_sure(seed, n, confidence):
    gan, noise, _ = draw(seed, n, 2, 2)
    # a last bias far below zero: every fake is called one
    bias = gan.discriminator.layers[-1].params["b"]
    bias -= confidence + gan.discriminator.forward(gan.generator.forward(noise)).max()
    norms = {}
    for saturating in (False, True):
        generator_backprop(gan, noise, saturating)
        norms[saturating] = np.linalg.norm(gan.generator.grad)
    logits = gan.discriminator.forward(gan.generator.forward(noise))
    if n == 1:
        # one logit l: the two gradients are in the ratio sigmoid(l) / (1 - sigmoid(l)) = exp(l)
        assert norms[True] == pytest.approx(np.exp(logits.item()) * norms[False], rel=1e-9)
    assert np.abs(generator_loss(logits, True)[1]).sum() <= np.exp(-confidence)
    assert np.abs(generator_loss(logits)[1]).sum() >= 1 / (1 + np.exp(-confidence)) - 1e-12


@pytest.mark.outcome
@pytest.mark.compiled
@pytest.mark.parametrize("seed", range(2))
def test_a_generator_finds_the_mean_and_the_spread_of_the_data(seed):
    rng = np.random.default_rng(seed)
    gan = GAN(mlp([1, 1], activation="identity", rng=rng), mlp([1, 8, 1], activation="tanh", rng=rng), 1)
    data = rng.normal(2.0, 0.5, (1000, 1))
    assert abs(gan.sample(1000, rng=rng).mean() - 2) > 1.5
    optimizers = Adam(0.005, beta1=0.5), Adam(0.02, beta1=0.5)
    history = fit_gan(gan, data, rng=rng, steps=800, batch_size=32, optimizers=optimizers)
    points = gan.sample(1000, rng=rng)
    # twenty seeds came within 0.07 of the mean, and to 0.85 to 1.03 of the spread
    assert abs(points.mean() - 2) < 0.3
    assert 0.6 < points.std() / 0.5 < 1.4
    assert np.mean(history.discriminator_loss[-100:]) == pytest.approx(2 * np.log(2), abs=0.1)
    assert np.mean(history.real_share[-100:]) == pytest.approx(0.5, abs=0.1)
    assert len(history.generator_loss) == len(history.fake_share) == 800


@pytest.mark.outcome
def test_a_ring_is_found_mode_by_mode():
    covered, near = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        data, _ = ring_of_gaussians(1000, rng=rng, n_modes=4, std=0.1)
        gan = small_gan(hidden=(16, 16), rng=rng, dtype=np.float32)
        before = mode_coverage(gan.sample(500, rng=rng), ring_centres(4), 0.1)
        assert before.covered <= 1
        optimizers = Adam(0.003, beta1=0.5), Adam(0.01, beta1=0.5)
        fit_gan(gan, data, rng=rng, steps=500, batch_size=32, optimizers=optimizers)
        after = mode_coverage(gan.sample(500, rng=rng), ring_centres(4), 0.1)
        covered.append(after.covered)
        near.append(after.near)
    # the median, because a generator may miss modes: one of thirty did; the others had 0.81 to 0.89 of the points near
    assert np.median(covered) == 4 and np.median(near) > 0.65


def test_one_step_is_one_of_each_and_uses_what_the_other_has_become():
    def fresh():
        return draw(3, 4, 2, 2)[0]

    data = np.random.default_rng(0).normal(size=(50, 2))
    gan, rng = fresh(), np.random.default_rng(7)
    history = fit_gan(gan, data, rng=rng, steps=1, batch_size=5, saturating=True, discriminator_steps=2)

    other, rng = fresh(), np.random.default_rng(7)
    of_generator, of_discriminator = Adam(0.001, beta1=0.5), Adam(0.003, beta1=0.5)
    for _ in range(2):
        real = data[rng.integers(0, 50, 5)]
        loss, *_ = discriminator_backprop(other, real, other.generator.forward(rng.standard_normal((5, 2))))
        of_discriminator.step(other.discriminator.theta, other.discriminator.grad)
    # sums run in another order where an array begins elsewhere in memory: roundings of 1e-16 in a few dozen terms
    close = {"rtol": 1e-12, "atol": 1e-14}
    generator_loss = generator_backprop(other, rng.standard_normal((5, 2)), saturating=True)
    np.testing.assert_allclose(history.generator_loss, [generator_loss], **close)
    of_generator.step(other.generator.theta, other.generator.grad)
    np.testing.assert_allclose(history.discriminator_loss, [loss], **close)
    np.testing.assert_allclose(gan.generator.theta, other.generator.theta, **close)
    np.testing.assert_allclose(gan.discriminator.theta, other.discriminator.theta, **close)


@given(seeds, sizes, sizes, sizes, forms)
def test_float32_stays_float32_and_inputs_stay(seed, n, D, Z, saturating):
    gan, noise, real = draw(seed, n, D, Z, np.float32)
    before = noise.copy(), real.copy()
    wide, *_ = draw(seed, n, D, Z)
    assert gan.sample(3, rng=np.random.default_rng(0)).dtype == np.float32
    losses = [generator_backprop(g, noise, saturating) for g in (gan, wide)]
    assert gan.generator.grad.dtype == gan.discriminator.grad.dtype == np.float32
    # a few layers with at most four terms of order 1
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)
    np.testing.assert_allclose(gan.generator.grad, wide.generator.grad, rtol=0, atol=1e-4)
    fit_gan(gan, real, rng=np.random.default_rng(0), steps=1)
    for array, saved in zip((noise, real), before, strict=True):
        np.testing.assert_array_equal(array, saved)


def test_the_ring_is_what_its_parameters_say(rng):
    points, modes = ring_of_gaussians(9000, rng=rng, n_modes=6, radius=2.0, std=0.1)
    centres = ring_centres(6, 2.0)
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 2.0)
    np.testing.assert_allclose(centres[[0, 3]], [[2, 0], [-2, 0]], atol=1e-15)
    for k in range(6):
        cloud = points[modes == k] - centres[k]
        assert len(cloud) == 1500
        # 4.5 standard errors of a mean, and of a standard deviation
        assert np.abs(cloud.mean(axis=0)).max() < 4.5 * 0.1 / np.sqrt(1500)
        assert np.abs(cloud.std(axis=0) - 0.1).max() < 4.5 * 0.1 / np.sqrt(3000)
    coverage = mode_coverage(points, centres, 0.1)
    inside = 1 - np.exp(-4.5)  # of a normal distribution in the plane, within three standard deviations
    assert coverage.covered == 6
    assert abs(coverage.near - inside) < 4.5 * np.sqrt(inside * (1 - inside) / 9000)


def test_coverage_counts_modes_that_get_enough():
    centres = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [5.0, 5.0]])
    points = np.concatenate(
        [np.tile(centres[0], (89, 1)), centres[[1]], np.tile(centres[2], (5, 1)), np.full((5, 2), 9.0)]
    )
    points[90] += [0.0, 0.29]
    points[91] += [0.0, 0.31]
    coverage = mode_coverage(points, centres, 0.1)
    np.testing.assert_allclose(coverage.shares, [0.89, 0.01, 0.04, 0.0])
    # enough is a tenth of a quarter: 0.025
    assert coverage.covered == 2
    assert coverage.near == pytest.approx(0.94)
    assert mode_coverage(points, centres, 0.1, enough=0.01).covered == 3
    assert mode_coverage(points, centres, 0.1, n_std=3.2).near == pytest.approx(0.95)


def test_points_that_are_nan_are_near_no_mode():
    points = np.array([[0.0, 0.0], [np.nan, 0.0], [np.inf, 0.0], [1.0, 1.0]])
    coverage = mode_coverage(points, [[0.0, 0.0], [1.0, 1.0]], 0.1)
    assert coverage.shares.tolist() == [0.25, 0.25] and coverage.near == 0.5


POINTS = np.zeros((3, 2))
NOISE = np.zeros((4, 2))


def small(**changed):
    return small_gan(**{"rng": np.random.default_rng(0), "hidden": (3,)} | changed)


def fitted(gan=None, data=POINTS, **changed):
    return fit_gan(gan or small(), data, **{"rng": np.random.default_rng(0), "steps": 1} | changed)


def two_logits():
    rng = np.random.default_rng(0)
    return GAN(mlp([2, 2], activation="relu", rng=rng), mlp([2, 2], activation="relu", rng=rng), 2)


def shared():
    one = Adam(0.001)
    return one, one


REFUSED = [
    (lambda rng: fitted(discriminator_steps=0), ValueError, "discriminator_steps must be at least 1, got 0"),
    (lambda rng: fitted(steps=0), ValueError, "steps must be at least 1, got 0"),
    (lambda rng: fitted(steps=10.0), TypeError, r"steps must be an integer, got 10.0 \(float\): type 10"),
    (lambda rng: fitted(batch_size=0), ValueError, "batch_size must be at least 1, got 0"),
    (lambda rng: fitted(batch_size=8.0), TypeError, r"batch_size must be an integer, got 8.0 \(float\): type 8"),
    (lambda rng: fitted(rng=0), TypeError, r"rng must be .*: type rng=np.random.default_rng\(0\)"),
    (lambda rng: fitted(data=POINTS[0]), ValueError, r"data must have the shape \(N, D\), got \(2,\): .*"),
    (lambda rng: fitted(data=POINTS[:0]), ValueError, "data must have at least one entry .*"),
    (lambda rng: fitted(data=np.zeros((3, 1))), ValueError, r"data must have the shape \(N, 2\), got \(3, 1\)"),
    (lambda rng: fitted(gan="gan"), TypeError, r"gan must be a GAN, got 'gan' \(str\)"),
    (lambda rng: fitted(optimizers=Adam(0.001)), TypeError, r"optimizers must be a pair, .*, got Adam\(.*"),
    (lambda rng: fitted(optimizers=(Adam, Adam)), TypeError, r"each of optimizers must be .*: type Adam\(\.\.\.\)"),
    (lambda rng: fitted(optimizers=shared()), ValueError, "optimizers must be two objects: .*"),
    (lambda rng: fitted(gan=two_logits()), ValueError, r"the discriminator's output .* \(N, 1\), got \(128, 2\)"),
    (lambda rng: small().sample(0, rng=rng), ValueError, "n must be at least 1, got 0"),
    (lambda rng: small().sample(5.0, rng=rng), TypeError, r"n must be an integer, got 5.0 \(float\): type 5"),
    (lambda rng: small().sample(5, rng=1), TypeError, r"rng must be .*: type rng=np.random.default_rng\(1\)"),
    (lambda rng: GAN(len, small().discriminator, 2), TypeError, "generator must be a Sequential, .*"),
    (lambda rng: GAN(small().generator, None, 2), TypeError, "discriminator must be a Sequential, .*"),
    (lambda rng: GAN(small().generator, small().discriminator, 0), ValueError, "n_noise must be at least 1, got 0"),
    (lambda rng: discriminator_backprop(small(), POINTS, NOISE[:, :1]), ValueError, r"fake .* \(N, 2\), got \(4, 1\)"),
    (lambda rng: discriminator_backprop(small(), POINTS[:0], NOISE), ValueError, "real must have at least one .*"),
    (lambda rng: generator_backprop(small(), np.zeros((4, 3))), ValueError, r"noise .* \(N, 2\), got \(4, 3\)"),
    (lambda rng: generator_backprop(small(), NOISE[0]), ValueError, r"noise must have the shape \(N, D\), .*"),
    (lambda rng: ring_centres(0), ValueError, "n_modes must be at least 1, got 0"),
    (lambda rng: ring_centres(8, -1), ValueError, "radius must be positive and finite, got -1"),
    (lambda rng: ring_of_gaussians(0, rng=rng), ValueError, "n must be at least 1, got 0"),
    (lambda rng: ring_of_gaussians(9, rng=rng, n_modes=8.0), TypeError, r"n_modes .* got 8.0 \(float\): type 8"),
    (lambda rng: ring_of_gaussians(9, rng=rng, std=-1), ValueError, "std must be at least 0 and finite, got -1"),
    (lambda rng: ring_of_gaussians(9, rng=None), TypeError, "rng must be a numpy.random.Generator, got None .*"),
    (lambda rng: mode_coverage(POINTS, np.zeros(2), 0.1), ValueError, r"centres .* \(N, D\), got \(2,\): .*"),
    (lambda rng: mode_coverage(POINTS, np.zeros((2, 3)), 0.1), ValueError, r"centres .* \(N, 2\), got \(2, 3\)"),
    (lambda rng: mode_coverage(POINTS, np.zeros((0, 2)), 0.1), ValueError, "centres must have at least one .*"),
    (lambda rng: mode_coverage(POINTS, [[np.nan, 0.0]], 0.1), ValueError, "centres must be finite, got nan"),
    (lambda rng: mode_coverage(POINTS[:0], POINTS, 0.1), ValueError, "points must have at least one entry .*"),
    (lambda rng: mode_coverage(POINTS, POINTS, 0.0), ValueError, "std must be positive and finite, got 0.0"),
    (lambda rng: mode_coverage(POINTS, POINTS, 0.1, n_std=-3), ValueError, "n_std must be positive and finite, got -3"),
    (lambda rng: mode_coverage(POINTS, POINTS, 0.1, enough=np.nan), ValueError, "enough must be positive .* got nan"),
    (lambda rng: mode_coverage(POINTS, POINTS, [0.1]), TypeError, r"std must be a number, got \[0.1\] \(list\)"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message, rng):
    with pytest.raises(error, match=f"^{message}$"):
        call(rng)
