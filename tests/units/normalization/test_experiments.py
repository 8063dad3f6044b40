"""The experiments of unit 03: right against independent computations, and showing what the lesson says."""

import numpy as np
import pytest

from course_lib.functions.normalization import batchnorm_backward, batchnorm_forward, batchnorm_state
from course_lib.units.normalization.experiments import batch_gap as gap
from course_lib.units.normalization.experiments import noisy_norm as noise
from course_lib.units.normalization.experiments.batch_gap import batch_gap
from course_lib.units.normalization.experiments.depth_gain import GAINS, N_SAMPLES, depth_gain
from course_lib.units.normalization.experiments.ioffe import ioffe
from course_lib.units.normalization.experiments.noisy_norm import Noise, noisy_norm
from course_lib.units.normalization.experiments.sharing import GROUPS, NORMS, _normalised, sharing
from course_lib.units.normalization.experiments.zigzag import CURES, LIMIT, zigzag
from course_lib.units.shared.digits import centred_digits, sample_digits

pytestmark = pytest.mark.compiled


# the ravine


@pytest.mark.parametrize(("spread", "mean", "correlation"), [(10.0, 0.0, 0.0), (1.0, 3.0, 0.0), (4.0, 1.0, 0.9)])
def test_condition_and_stable_rate_are_those_of_the_features(spread, mean, correlation):
    result = zigzag(spread, mean, correlation)
    # of the population: the means add mean² everywhere, 100 samples are off by some tenths
    one, other = 1 + mean**2, correlation + mean**2
    hessian = np.array([[one, spread * other], [spread * other, spread**2 * one]])
    largest = np.linalg.eigvalsh(hessian)[-1]
    assert np.median(result.condition) == pytest.approx(np.linalg.cond(hessian), rel=0.4)
    assert np.median(result.stable_rate) == pytest.approx(2 / largest, rel=0.3)
    assert result.condition[0] == pytest.approx(np.linalg.cond(result.hessian), rel=1e-9)


def test_the_loss_is_that_of_the_path_and_ends_where_theory_says():
    result = zigzag(rate=0.8)
    losses = np.einsum("ti,ij,tj->t", result.path, result.hessian, result.path)
    np.testing.assert_allclose(result.losses[0], losses / losses[0], rtol=1e-9, atol=1e-300)
    # half of the first loss is along the ravine, half across; each shrinks by its own factor
    along, across = 1 - 2 * 0.8 / result.condition[0], 1 - 2 * 0.8
    expected = 0.5 * along ** (2 * np.arange(LIMIT + 1)) + 0.5 * across ** (2 * np.arange(LIMIT + 1))
    np.testing.assert_allclose(result.losses[0], expected, rtol=1e-6, atol=1e-300)
    assert result.losses[0][result.steps[0]] < 0.01 <= result.losses[0][result.steps[0] - 1]


def test_gradient_descent_converges_below_the_stable_rate_and_diverges_above():
    assert np.all(zigzag(rate=1.0).losses[:, -1] <= 0.51) and np.all(zigzag(rate=1.01).losses[:, -1] > 1e6)
    assert np.all(zigzag(rate=1.1).steps == LIMIT)


def test_each_cure_takes_away_what_it_should():
    hessians = {cure: zigzag(5.0, 2.0, 0.8, cure=cure).hessian for cure in CURES}
    assert hessians["none"][0, 0] > 3 and hessians["centre"][0, 0] < 2 and hessians["centre"][1, 1] > 10
    np.testing.assert_allclose(np.diag(hessians["standardise"]), 1, rtol=1e-12)
    assert hessians["standardise"][0, 1] == pytest.approx(0.8, abs=0.1)  # the correlation stays
    np.testing.assert_allclose(hessians["whiten"], np.eye(2), atol=1e-12)


@pytest.mark.parametrize(
    ("settings", "low", "high"),
    [
        ({}, 60, 200),
        ({"cure": "standardise", "rate": 0.5}, 1, 3),
        ({"spread": 1.0, "mean": 3.0}, 15, 40),
        ({"cure": "standardise", "correlation": 0.9}, 15, 40),
    ],
)
@pytest.mark.parametrize("seed", [0, 7])
def test_steps_are_those_of_the_lesson(settings, low, high, seed):
    steps = zigzag(**settings, seed=seed).steps
    assert low <= steps.min() and steps.max() <= high


@pytest.mark.parametrize(
    "wrong", [{"spread": 0.5}, {"mean": -1.0}, {"correlation": 1.0}, {"rate": 2.0}, {"cure": "centred"}]
)
def test_zigzag_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        zigzag(**wrong)


# depth and gain


def test_sizes_agree_with_the_library_s_batch_norm():
    depth, width, gain = 4, 5, 1.5
    result = depth_gain("tanh", depth, width, seed=2, gain=gain)
    assert result.gain == gain
    rng = np.random.default_rng(2).spawn(3)[1]  # of the second network
    x = sample_digits(N_SAMPLES, rng=rng)[0]
    x /= np.sqrt((x**2).mean(axis=1, keepdims=True))
    weights = [rng.standard_normal((n, width)) / np.sqrt(n) for n in (64, *[width] * (depth - 1))]
    top = rng.standard_normal((N_SAMPLES, width))
    state, inputs, caches = batchnorm_state(width), [], []
    for w in weights:
        z, cache, _ = batchnorm_forward(gain * x @ w, np.ones(width), np.zeros(width), state, True)
        inputs.append(z)
        caches.append(cache)
        x = np.tanh(z)
    d = top / np.sqrt((top**2).mean())
    for layer in reversed(range(depth)):
        at = 1, 1, result.row, layer
        assert result.gradient[at] == pytest.approx(np.sqrt((d**2).mean()), rel=1e-9)
        assert result.spread[at] == pytest.approx(np.sqrt(inputs[layer].var(axis=0).mean()), rel=1e-9)
        if layer:
            before = gain * batchnorm_backward(d, caches[layer])[0] @ weights[layer].T
            d = before * (1 - np.tanh(inputs[layer - 1]) ** 2)


def test_the_gain_is_gone_with_batch_norm_and_the_exponent_of_depth_without():
    result = depth_gain()
    first = np.median(result.gradient[..., 0], axis=1)
    # eps is 1e-5 of a variance that is 0.002 at least
    assert first[1].max() / first[1].min() < 1.05 and np.all((first[1] > 0.5) & (first[1] < 5))
    assert np.all(first[0] < 0.1) and first[0][list(GAINS).index(1.0)] < 1e-10


@pytest.mark.parametrize(("name", "factor"), [("relu", (np.pi / (np.pi - 1)) ** 0.5), ("tanh", 1.085)])
def test_the_factor_with_batch_norm_is_nearly_that_of_wide_layers(name, factor):
    # tanh: the root of 0.464 / 0.394. Batches of 32 and layers of 128 add a few per cent
    assert depth_gain(name, 12, 128).factors[1] == pytest.approx(factor, rel=0.06)


def test_another_gain_is_another_row_of_the_same_measurement():
    first = depth_gain(gain=1.0)
    assert first.choose(2.6).gain == 2.5 and first.choose(9.0).gain == GAINS[-1]
    assert first.choose(2.5).gradient is first.gradient


@pytest.mark.parametrize("wrong", [{"activation": "gelu"}, {"depth": 1}, {"depth": 31}, {"width": 0}])
def test_depth_gain_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        depth_gain(**wrong)


# noise after batch norm


def test_the_noise_has_a_new_distribution_at_every_call():
    disturb, z = Noise(np.random.default_rng(0)), np.random.default_rng(1).normal(size=(20_000, 50))
    (out, factor), (again, other) = disturb(z), disturb(z)
    left = out - factor * z
    # 20 000 samples of standard deviation 0.5 have a mean that is off by 0.0035
    assert left.std(axis=0) == pytest.approx(np.full(50, noise.JITTER), rel=0.03)
    means = left.mean(axis=0)
    assert means.min() < -0.8 and means.max() > 0.8 and np.abs(means).max() < noise.LARGEST_MEAN + 0.02
    assert factor.min() >= 1 and factor.max() <= noise.LARGEST_FACTOR and not np.array_equal(factor, other)
    assert np.abs((again - other * z).mean(axis=0) - means).max() > 0.5


@pytest.mark.outcome
def test_with_noise_it_shifts_more_than_without_batch_norm_and_still_learns_faster():
    result = noisy_norm()
    plain, normed, noisy = np.median(result.shift, axis=1)
    # 0.04 to 0.25, 0.02 and 0.85 here
    assert np.all(noisy > 2 * plain) and np.all(noisy > 10 * normed)
    middle = np.median(result.accuracy[:, :, len(result.steps) // 2], axis=1)
    # 0.53, 0.95 and 0.94 here
    assert middle[1] > middle[0] + 0.15 and middle[2] > middle[0] + 0.15


@pytest.mark.soak
@pytest.mark.outcome
@pytest.mark.parametrize("arm", range(3))
def test_no_rate_beside_3_is_much_better(arm):
    """By the loss at the end, on seeds that judge nothing."""
    last = {
        rate: np.median(noisy_norm((90_001, 90_002, 90_003), rates=(rate,) * 3).losses[arm, :, -1])
        for rate in (1.0, 3.0, 10.0)
    }
    assert last[3.0] < min(last.values()) + 0.1


# one unit in the course of training


@pytest.mark.outcome
def test_batch_norm_gets_there_first_and_its_unit_keeps_its_place():
    result = ioffe()
    plain, normed = np.median(result.accuracy, axis=1)
    quarter = len(result.steps) // 4
    # 0.49 and 0.95 here; at the end 0.93 and 0.96
    assert normed[quarter] > plain[quarter] + 0.2 and plain[-1] > 0.8
    low, middle, high = np.moveaxis(result.percentiles, -1, 0)
    assert np.all(low <= middle) and np.all(middle <= high)
    late = slice(quarter, None)
    # the median of one unit, furthest from zero: 1.1 to 2 without, 0.6 with
    assert np.abs(middle[1, :, late]).max() < np.abs(middle[0, :, late]).max()
    # how wide the middle 70 % is after a tenth of the run: 0.5 at most without, more than 1.5 with
    early = high - low
    assert early[0, :, 2].max() < early[1, :, 2].min()


# the size of batches


def test_the_mean_of_a_batch_is_off_by_one_over_the_root_of_its_size():
    # 100 batches: a standard deviation is off by 7 %, and 32 units average that
    np.testing.assert_allclose(batch_gap().error, np.broadcast_to(np.array(gap.SIZES) ** -0.5, (3, 8)), rtol=0.1)


@pytest.mark.outcome
def test_small_batches_are_better_off_in_evaluation_and_large_ones_alike():
    result = batch_gap()
    ratio = np.median(result.training, axis=0) / np.median(result.evaluation, axis=0)
    # 3.4 with batches of 4, 0.95 with 128 here
    assert ratio[gap.SIZES.index(4)] > 2 and 0.5 < ratio[gap.SIZES.index(128)] < 2


@pytest.mark.outcome
def test_small_batches_want_a_long_memory_and_few_steps_a_short_one():
    short, long = (np.median(batch_gap(momentum=each).evaluation, axis=0) for each in (0.0, 0.99))
    assert short[0] > 2 * long[0] and long[-1] > 1.5 * short[-1]


def test_a_probability_in_company_is_that_of_the_networks():
    result, networks, data = batch_gap(8, 0.5, 3), gap._networks(8), centred_digits()
    assert np.all((result.in_company >= 0) & (result.in_company <= 1)) and result.in_company.shape == (3, 50)
    logits = networks.evaluate(data.x_test[3:4], gap.MOMENTA.index(0.5))[:, 0]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(result.alone, p[:, data.y_test[3]], rtol=1e-9)


@pytest.mark.parametrize("wrong", [{"size": 3}, {"momentum": 0.95}, {"image": 50}])
def test_batch_gap_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        batch_gap(**wrong)


@pytest.mark.soak
@pytest.mark.outcome
@pytest.mark.parametrize("size", gap.SIZES)
def test_no_rate_beside_that_of_a_size_is_much_better(size):
    data, which, rate, losses = centred_digits(), gap.MOMENTA.index(0.9), gap.RATES[gap.SIZES.index(size)], {}
    for each in (0.3 * rate, rate, 3.3 * rate):
        logits = gap.trained(size, each, (90_001, 90_002, 90_003)).evaluate(data.x_test, which)
        losses[each] = np.median(gap._scores(logits, data.y_test)[0])
    assert losses[rate] < min(losses.values()) + 0.05


# who shares a mean


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("groups", GROUPS)
def test_an_entry_depends_on_those_of_its_block_and_on_no_others(norm, groups):
    result = sharing(norm, groups, n=3, side=2)
    x = np.random.default_rng(0).normal(size=(3, 8, 2, 2))
    first = _normalised(norm, groups, x)[0, 0, 0, 0]
    for place in np.ndindex(x.shape):
        other = x.copy()
        other[place] += 1.0
        depends = abs(_normalised(norm, groups, other)[0, 0, 0, 0] - first) > 1e-9
        assert depends == result.block[place]
    assert result.entries == result.block.sum() and result.means * result.entries == x.size


def test_the_ends_of_group_norm_are_layer_and_instance_norm():
    for groups, end in ((1, "layer"), (8, "instance")):
        np.testing.assert_allclose(sharing("group", groups).changes, sharing(end).changes, atol=1e-12)
        assert np.array_equal(sharing("group", groups).block, sharing(end).block)


def test_what_each_norm_does_not_notice():
    unnoticed = {norm: sharing(norm).unnoticed for norm in NORMS}
    others, brighter, channel = "other images", "brighter", "channel × 3"
    assert unnoticed == {
        "batch": (channel,),
        "layer": (others, brighter),
        "group": (others, brighter),
        "instance": (others, brighter, channel),
    }


@pytest.mark.parametrize(
    ("settings", "zeros"),
    [
        ({"norm": "instance", "side": 1}, True),
        ({"norm": "group", "groups": 8, "side": 1}, True),
        ({"norm": "batch", "n": 1, "side": 1}, True),
        ({"norm": "batch", "n": 2, "side": 1}, False),
        ({"norm": "layer", "n": 1, "side": 1}, False),
    ],
)
def test_a_mean_of_one_entry_leaves_only_zeros(settings, zeros):
    result = sharing(**settings)
    assert result.only_zeros == zeros == bool(np.isnan(result.changes).all())


@pytest.mark.parametrize("wrong", [{"norm": "weight"}, {"groups": 3}, {"n": 0}, {"side": 5}])
def test_sharing_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        sharing(**wrong)
