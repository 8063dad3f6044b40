"""What is said of this unit's claims alone; ``test_every_claim.py`` tests them with those of all units."""

import numpy as np
import pytest

from course_lib.claims.claim import VERDICTS
from course_lib.functions.activations import relu, tanh
from course_lib.initialization import constant, glorot_normal, he_normal, lecun_normal
from course_lib.units.claims import all_claims
from course_lib.units.initialization.experiments.deep_lstm import Stack
from course_lib.units.initialization.experiments.equal_weights import cosines, different_units, not_affine
from course_lib.units.initialization.experiments.named_rules import alternating_widths, twice_the_variance
from course_lib.units.initialization.experiments.raw_scales import rand_times
from course_lib.units.initialization.experiments.starts_compared import FromData, laplace, two_points
from course_lib.units.initialization.experiments.untrained_networks import pass_through
from course_lib.units.shared.arms import Arm

CLAIMS = all_claims("initialization")
LISTED = {f"C{n:02d}" for n in (8, 9, *range(22, 30), 71, 72, 73, 78)}


def test_the_listed_claims_are_there():
    """C20 and C21, on positive weights and biases, are unit 01's."""
    assert {claim.in_notes for claim in CLAIMS} >= LISTED
    in_unit_01 = {claim.in_notes for claim in all_claims("vanishing_gradients")}
    assert in_unit_01 >= {"C20", "C21"}
    assert {claim.verdict for claim in CLAIMS} >= set(VERDICTS) - {"slip"}


# what was once said of each, and was refuted: a depth at which the verdict turns, a rule that others share
CHANGED = {"N16-experimentation": "incomplete", "C71": "misleading"}


def test_verdicts_that_changed_when_the_settings_were_varied():
    assert {claim.in_notes: claim.verdict for claim in CLAIMS if claim.in_notes in CHANGED} == CHANGED


def test_the_misprints_stand_at_the_end():
    assert [claim.in_notes for claim in CLAIMS[-3:]] == ["C24", "C28", "C29"]


@pytest.mark.parametrize(
    ("activation", "phi", "slope"), [("tanh", tanh, lambda z: 1 - tanh(z) ** 2), ("relu", relu, None)]
)
def test_a_passage_agrees_with_plain_numpy(activation, phi, slope):
    slope = slope or (lambda z: (z > 0).astype(float))
    drawn = []

    def remembered(rng, fan_in, fan_out):
        drawn.append(he_normal(rng, fan_in, fan_out))
        return drawn[-1]

    found = pass_through(3, remembered, activation, [5, 7, 4], n_samples=6, input_std=2.0)
    rng = np.random.default_rng(3).spawn(2)[0]
    x = rng.normal(0, 2.0, (6, 5))
    z1 = x @ drawn[0]
    z2 = phi(z1) @ drawn[1]
    a = phi(z2)
    gradient = ((rng.standard_normal(a.shape) * slope(z2)) @ drawn[1].T * slope(z1)) @ drawn[0].T
    # the same sums in another order: rounding alone
    assert found.gradient == pytest.approx(np.sqrt(np.mean(gradient**2)), rel=1e-9)
    assert found.sizes[-1] == pytest.approx(np.sqrt(np.mean(a**2)), rel=1e-9)
    assert found.spreads[-1] == pytest.approx(np.sqrt(np.mean((a - a.mean(axis=0)) ** 2)), rel=1e-9)
    assert found.saturated == np.mean(np.abs(slope(z2)) < 0.01)


@pytest.mark.parametrize("rule", [two_points, laplace, cosines])
def test_other_weights_have_the_variance_of_lecuns(rule):
    # 240000 numbers: the variance of Laplace's, of kurtosis 6, is right to sqrt(5 / 240000) = 0.5 %; five of these
    w = rule(np.random.default_rng(0), 600, 400)
    assert w.var() * 600 == pytest.approx(1, rel=0.025)
    assert np.abs(w.mean()) < 5 / 600  # the standard error of the mean is 1 / (sqrt(600) * 490)


@pytest.mark.parametrize(("fan_in", "fan_out"), [(64, 32), (32, 32), (32, 10)])
def test_cosines_are_orthogonal_columns_that_differ(fan_in, fan_out):
    w = cosines(None, fan_in, fan_out)
    # the transform of type IV is orthogonal; cut to fewer columns its columns stay so
    np.testing.assert_allclose(w.T @ w, np.eye(fan_out), atol=1e-12)
    np.testing.assert_array_equal(w, cosines(np.random.default_rng(1), fan_in, fan_out))


def test_rand_is_never_negative_and_has_its_mean_at_half_the_factor():
    w = rand_times(0.01)(np.random.default_rng(0), 300, 300)
    assert w.min() >= 0 and w.max() < 0.01
    assert w.mean() == pytest.approx(0.005, rel=0.01)  # the standard error is 0.2 %


def test_equal_weights_make_one_unit_and_an_affine_network_is_affine():
    network, x, _, _ = Arm("tanh", constant(0.3), 2, 8).start(0)
    assert different_units(network) == 1
    network, *_ = Arm("tanh", lecun_normal, 2, 8).start(0)
    assert different_units(network) == 8
    assert not_affine(x, x[:, :3] @ np.ones((3, 2)) + 5) < 1e-20
    assert not_affine(x, x[:, 30:33] ** 2) > 0.1


def test_lsuv_takes_the_scale_of_the_inputs_away():
    standard, wide = (FromData("relu", "he_normal", 3, 16, inputs=f, lsuv=True).start(5) for f in (1.0, 30.0))
    np.testing.assert_array_equal(30.0 * standard[1], wide[1])
    # LSUV stops within 5 % of variance 1 in every layer
    np.testing.assert_allclose(standard[0].forward(standard[1]).var(), 1, atol=0.06)
    np.testing.assert_allclose(wide[0].forward(wide[1]).var(), 1, atol=0.06)


def test_half_the_variance_costs_a_root_of_two_a_layer():
    # ReLU passes on a factor: the random numbers are the same, so this is exact but for rounding
    assert twice_the_variance(0, depth=9, width=16).ratio == pytest.approx(2 ** (8 / 2), rel=1e-9)


def test_glorots_compromise_costs_what_the_card_says():
    # the variance gets 4nm / (n + m)^2 for each pair; twelve layers of 64 units or more wander by some 20 %
    result = alternating_widths(0, narrow=64, wide=256, pairs=6, activation="identity")
    factor = (4 * 64 * 256 / (64 + 256) ** 2) ** (6 / 2)
    assert result.signal_ratio == pytest.approx(factor, rel=0.5)
    assert result.gradient_ratio == pytest.approx(factor, rel=0.5)


def test_a_stack_reads_an_image_in_parts_and_draws_each_gate_by_itself():
    network, x, y, _ = Stack("tanh", glorot_normal, 2, 40, n_times=4).start(0)
    plain, y_plain = Arm("tanh", glorot_normal, 2, 40).start(0)[1:3]
    np.testing.assert_array_equal(x.reshape(300, 64), plain)
    np.testing.assert_array_equal(y, y_plain)
    assert x.shape == (300, 4, 16) and network.forward(x).shape == (300, 10)
    first, second, *_ = network.layers
    # 640 and 1600 numbers: right to 1 / sqrt(2 * 640) = 2.8 %; five of these
    for w, fan_in in ((first.params["wx"], 16), (first.params["wh"], 40), (second.params["wx"], 40)):
        for gate in np.split(w, 4, axis=1):
            assert gate.std() == pytest.approx(np.sqrt(2 / (fan_in + 40)), rel=0.14)
    assert np.unique(first.params["wx"]).size == first.params["wx"].size
