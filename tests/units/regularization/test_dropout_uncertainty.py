"""Uncertainty by Monte-Carlo dropout: its numbers computed in another way, what the widget says, and the picture."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.units.regularization import widgets
from course_lib.units.regularization.experiments import dropout_uncertainty as experiment
from course_lib.units.regularization.experiments.dropout_uncertainty import (
    ANGLES,
    GROUPS,
    RATES,
    SHARES,
    TURNED,
    _error_kept,
    dropout_uncertainty,
    entropy,
)
from course_lib.units.regularization.experiments.networks import Networks, dropout_masks, rank
from course_lib.units.regularization.figures import UncertaintyPicture
from course_lib.units.regularization.widgets.dropout_uncertainty import _where
from course_lib.units.shared.probabilities import softmax

pytestmark = pytest.mark.compiled


def test_entropy_of_certainty_and_of_ignorance():
    np.testing.assert_allclose(entropy(np.array([[0.0, 1.0], [0.5, 0.5]])), [0.0, np.log(2)], atol=1e-12)


def test_ranking_and_refusal_of_a_small_example():
    uncertain = np.array([[[0.1, 0.5, 0.5, 0.9, 0.2, 0.3, 0.0, 0.05, 0.4, 0.6]]])
    wrong = np.array([[[False, True, False, True, False, False, False, False, False, False]]])
    # of 16 pairs: 0.9 is above all 8, 0.5 above 6, level with one, below one
    assert rank(uncertain[0, 0], wrong[0, 0]) == (8 + 6 + 0.5) / 16
    kept = _error_kept(uncertain, wrong)[0, 0]
    # refused are 0.9, 0.6 and one of the two of 0.5
    assert kept[0] == 0.2 and kept[-1] in (0, 1 / 7)
    assert np.isnan(rank(uncertain[0, 0], np.zeros_like(wrong[0, 0])))


def test_one_pass_is_that_of_the_whole_network_and_the_mean_is_near_that_of_other_draws():
    networks, images, which = experiment._trained(), experiment._images(), RATES.index(0.3)
    (sums, one), *_ = experiment._answers(which)
    mine = slice(3 * which, 3 * which + 3)
    # the same sums in another order, in 32 bits
    np.testing.assert_allclose(one, softmax(networks.forward(images["test"][None]))[mine], atol=1e-4)
    rates, rng = np.repeat(np.array(RATES, np.float32), 3)[:, None, None], np.random.default_rng(5)
    masks = (dropout_masks(networks, rates, len(images["test"]), rng) for _ in range(50))
    passes = [softmax(networks.forward(images["test"][None], each))[mine] for each in masks]
    # two means of 50 draws from [0, 1]: a standard deviation of at most 0.1, and most are much nearer
    assert np.abs(np.mean(passes, axis=0) - sums[-1] / 50).max() < 0.45
    assert np.abs(np.mean(passes, axis=0) - sums[-1] / 50).mean() < 0.02


def test_what_is_turned_by_nothing_is_what_it_was():
    images = experiment._images()
    assert set(images["turned labels"]) == set(TURNED)
    turned = images["turned"].reshape(len(ANGLES), -1, 64)
    some = np.flatnonzero(np.isin(images["labels"], TURNED))[: turned.shape[1]]
    np.testing.assert_array_equal(turned[0], images["test"][some])
    mean, std = images["scale"]
    pixels = (turned[ANGLES.index(90)] * std + mean).reshape(-1, 8, 8)
    upright = (turned[0] * std + mean).reshape(-1, 8, 8)
    # 32 bits
    np.testing.assert_allclose(pixels, np.rot90(upright, axes=(1, 2)), atol=1e-5)


@pytest.mark.outcome
def test_dropout_is_unsure_of_noise_too_sure_of_turned_digits_and_no_better_a_judge():
    result = dropout_uncertainty()
    right, wrong, noise, turned = (np.median(result.entropy(group)[0]) for group in GROUPS)
    # on 39 other networks 0.21 to 0.25, 1.08 to 1.35, 1.41 to 1.62, 0.40 to 0.92
    assert right + 0.1 < turned < wrong - 0.1 and wrong < noise
    top, correct = (np.median(each[..., 9], axis=1) for each in (result.top_by_angle, result.right_by_angle))
    # hardly any is right; 0.70 to 0.85, and 0.90 to 0.98 in one pass
    assert np.all(correct < 0.05) and 0.6 < top[0] < top[1] and top[1] > 0.85
    ranking = np.median(result.ranking, axis=1)
    # 0.92 to 0.96 both, never 0.01 apart
    assert np.all(ranking > 0.88) and abs(ranking[0] - ranking[1]) < 0.03


@pytest.mark.parametrize("wrong", [{"p_drop": 0.2}, {"passes": 0}, {"degrees": 45}])
def test_dropout_uncertainty_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        dropout_uncertainty(**wrong)


def test_no_control_trains_or_asks_again(monkeypatch):
    explorer = widgets.uncertainty_explorer(predict=False)
    monkeypatch.setattr(Networks, "gradients", lambda *_: 1 / 0)
    monkeypatch.setattr(Networks, "passes", lambda *_: 1 / 0)
    for name, value in (("p_drop", 0.3), ("passes", 7), ("degrees", 120), ("p_drop", 0.1)):
        getattr(explorer.controls, name).value = value
        assert getattr(explorer.result, name) == value


@pytest.mark.parametrize(("turned", "option"), [(0.1, 0), (0.5, 1), (1.2, 2), (2.0, 3)])
def test_where_the_entropy_of_turned_digits_lies(turned, option):
    result = dropout_uncertainty()
    medians = dict(zip(GROUPS, (0.2, 1.0, 1.5, turned), strict=True))
    entropies = tuple((np.full(3, medians[group]),) * 2 for group in GROUPS)
    assert _where(replace(result, entropies=entropies)) == option


def test_the_answer_has_both_ways():
    explorer = widgets.uncertainty_explorer()
    result = explorer.measure_answer()
    medians = [f"{np.median(each):.2f}" for each in result.entropy("turned")]
    assert f"without: {medians[0]} and {medians[1]} nats on turned" in explorer.prediction.question.explain(result)


def test_the_picture_has_medians_of_the_groups_and_of_the_networks():
    result = dropout_uncertainty(0.3, 10, 60)
    groups, angles, kept = UncertaintyPicture(result).figure.axes
    for at, way in enumerate(("dropout", "one pass")):
        line = next(line for line in groups.lines if line.get_label() == way)
        np.testing.assert_allclose(line.get_ydata(), [np.median(result.entropy(group)[at]) for group in GROUPS])
        lines = {line.get_label(): line.get_ydata() for line in angles.lines}
        np.testing.assert_allclose(lines[f"top, {way}"], np.median(result.top_by_angle[at], axis=0))
        line = next(line for line in kept.lines if line.get_label() == way)
        np.testing.assert_allclose(line.get_xydata().T, (SHARES, np.median(result.error_kept[at], axis=0)))
    assert "10 passes with dropout of 0.3, digits turned by 60°" in UncertaintyPicture.describe(result)
