"""Paths under penalties: where they end against independent solutions, what the widget says, and the picture."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.functions.regularization import l1_proximal_step, l1_subgradient
from course_lib.units.regularization import widgets
from course_lib.units.regularization.experiments import penalty_paths as experiment
from course_lib.units.regularization.experiments.penalty_paths import (
    METHODS,
    N_SAMPLES,
    NOISE,
    STEPS,
    STRENGTHS,
    TRUE,
    _adaptive,
    penalty_paths,
)
from course_lib.units.regularization.figures import PathsPicture
from course_lib.units.regularization.figures.penalty_paths import ALL_SEEN, DIGITS, HEIGHT, off

pytestmark = pytest.mark.compiled


def sample(result, at):
    """The data of one sample, drawn as the experiment draws them, and its first weights."""
    rng = np.random.default_rng([result.seed, at])
    x = rng.standard_normal((N_SAMPLES, len(TRUE))) * result.scales
    return x, x @ TRUE + NOISE * rng.standard_normal(N_SAMPLES), 0.5 * rng.standard_normal(len(TRUE))


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_the_scales_are_as_far_apart_as_said(spread):
    scales = penalty_paths("L2", spread=spread).scales
    assert scales.max() / scales.min() == pytest.approx(spread)


@pytest.mark.parametrize("method", METHODS[:3])
def test_the_steps_are_those_of_the_library(method):
    result = penalty_paths(method, 0.1, 3.0, 1)
    x, y, w = sample(result, 0)
    curvature = np.linalg.eigvalsh(x.T @ x / N_SAMPLES)[-1]
    # the same sums in another order
    near = {"rtol": 1e-8, "atol": 1e-12}
    np.testing.assert_allclose(result.path[0], w, **near)
    for step in range(1, 6):
        gradient = x.T @ (x @ w - y) / N_SAMPLES
        if method == "L1, proximal":
            w = l1_proximal_step(w, gradient, 1 / curvature, 0.1)
        elif method == "L2":
            w = w - (gradient + 0.1 * w) / (curvature + 0.1)
        else:
            w = w - (gradient + l1_subgradient(w, 0.1)) / curvature
        np.testing.assert_allclose(result.path[step], w, **near)


def test_plain_l2_ends_at_the_solution_and_the_proximal_steps_at_the_lasso():
    assert off(penalty_paths("L2", 0.1)) < 1e-6
    result = penalty_paths("L1, proximal", 0.1)
    for at in range(3):
        x, y, _ = sample(result, at)
        w = result.ends[at, result.row]
        gradient = x.T @ (x @ w - y) / N_SAMPLES
        # what makes a minimum of the lasso: the gradient is -lam sign(w), or at most lam in size where w is 0
        np.testing.assert_allclose(gradient[w != 0], -0.1 * np.sign(w[w != 0]), atol=1e-6)
        assert np.all(np.abs(gradient[w == 0]) <= 0.1 + 1e-6)


def test_adaptive_steps_have_the_decay_in_the_gradient_or_beside_it():
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=(1, N_SAMPLES, 20)), np.zeros((1, N_SAMPLES)), rng.normal(size=(1, len(STRENGTHS), 20))
    row = len(STRENGTHS) - 1
    coupled, decoupled = (_adaptive(x, y, w, apart, np.random.default_rng(1))[1, 0, row] for apart in (False, True))
    batch = np.random.default_rng(1).integers(N_SAMPLES, size=20)
    gradient, first = x[0, batch].T @ (x[0, batch] @ w[0, row]) / 20, w[0, row]
    # the first running mean is a tenth of the square: each weight moves by the rate times √10, but for the eps of 1e-8,
    # which is felt where a gradient is near 0
    move = 0.01 * np.sqrt(10)
    np.testing.assert_allclose(coupled, first - move * np.sign(gradient + 10 * first), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(decoupled, first - move * np.sign(gradient) - 0.01 * 10 * first, rtol=1e-5, atol=1e-5)


@pytest.mark.outcome
def test_only_proximal_steps_leave_zeros_and_only_decoupled_decay_another_solution():
    for seed in range(3):
        found = {method: penalty_paths(method, 0.1, seed=seed) for method in METHODS}
        for method, result in found.items():
            zeros = result.zeros[:, result.row]
            # 10 to 15 on 120 samples
            assert np.all(zeros >= 8) if method == "L1, proximal" else np.all(result.zeros == 0)
        # 0.03 to 0.08, and 0.15 to 0.26, on forty seeds
        assert off(found["L2, adaptive"]) < 0.11 < off(found["decoupled decay, adaptive"])


@pytest.mark.parametrize("wrong", [{"method": "prayer"}, {"strength": 20.0}, {"spread": 0.5}])
def test_penalty_paths_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        penalty_paths(**wrong)


def test_another_strength_trains_nothing_again(monkeypatch):
    explorer = widgets.paths_explorer(predict=False)
    monkeypatch.setattr(experiment, "_plain", lambda *_: 1 / 0)
    for strength in (0.01, 1.0, 10.0):
        explorer.controls.strength.value = strength
        assert explorer.result.strength == strength == pytest.approx(STRENGTHS[explorer.result.row])


def test_the_answer_compares_all_methods():
    explorer = widgets.paths_explorer()
    text = explorer.prediction.question.explain(explorer.measure_answer())
    zeros = np.median(penalty_paths("L1, proximal").zeros[:, penalty_paths().row])
    assert f"{zeros:.0f} (L1, proximal), 0 (L2)" in text
    assert f"within {off(penalty_paths('L2, adaptive')):.2f} of the L2 solution" in text


def test_the_picture_has_the_path_and_the_ends_of_the_first_sample():
    result = penalty_paths("L1, proximal", 1.0)
    steps, ends, zeros = PathsPicture(result).figure.axes
    for at in range(5):
        name = f"w{DIGITS[at]}"
        lines = [next(line for line in ax.lines if line.get_label() == name) for ax in (steps, ends)]
        np.testing.assert_array_equal(lines[0].get_ydata(), result.path[:, at])
        np.testing.assert_array_equal(lines[1].get_ydata(), result.ends[0, :, at])
    others = next(line for line in steps.lines if line.get_label() == "others").get_ydata()
    np.testing.assert_array_equal(others[:ALL_SEEN], result.path[:ALL_SEEN, 5])
    assert others[-2] == result.path[-1, -1] and np.isnan(others[-1])
    exact = next(line for line in zeros.lines if line.get_label() == "exactly 0")
    np.testing.assert_array_equal(exact.get_ydata(), np.median(result.zeros, axis=0))
    exploding = PathsPicture(penalty_paths("L1, sub-gradient", 10.0))
    thin = next(line for line in exploding.figure.axes[0].lines if line.get_label() == "others")
    assert len(thin.get_ydata()) < 15 * STEPS / 3  # a slider waits until they are drawn
    assert np.nanmin(thin.get_ydata()) < -HEIGHT and np.nanmax(thin.get_ydata()) > HEIGHT
    nearly = replace(result, ends=np.full_like(result.ends, -0.001))
    assert "are 0.00, 0.00, 0.00, 0.00, 0.00, without" in PathsPicture.describe(nearly)
