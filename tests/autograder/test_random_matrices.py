"""Random weights are judged by their statistics: right ones pass, and each fault is called by its name."""

import numpy as np
import pytest

from autograder.random_matrices import DISTRIBUTIONS, NORMAL, TRUNCATED, UNIFORM, judge_of
from course_lib.initialization import scaled_normal, scaled_truncated_normal, scaled_uniform

STD, SHAPE = 0.3, (120, 60)
WRONG = {"half": lambda fan_in, fan_out: 0.15, "all inputs": lambda fan_in, fan_out: fan_in}
DRAWS = {
    "normal": scaled_normal(STD),
    "uniform": scaled_uniform(STD * 3**0.5),
    "truncated": scaled_truncated_normal(STD),
}


def property_of(w, distribution="normal", shape=SHAPE):
    inputs = {"rng": None, "fan_in": shape[0], "fan_out": shape[1]}
    found = judge_of(lambda fan_in, fan_out: STD, WRONG, distribution)(inputs, w)
    return found and found.property


def draw(distribution="normal", shape=SHAPE):
    return DRAWS[distribution](np.random.default_rng(4), *shape)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("shape", [(120, 60), (3, 2600), (2600, 1), (1, 2600), (80, 80), (1, 1)], ids=str)
def test_right_weights_pass_in_every_shape(distribution, shape):
    assert property_of(draw(distribution, shape), distribution, shape) is None


@pytest.mark.parametrize("known", [NORMAL, UNIFORM, TRUNCATED], ids=lambda known: known.name)
def test_the_fourth_moments_are_those_of_a_million_numbers(known):
    w = draw(known.name, (1000, 1000))
    # the standard error of a kurtosis is sqrt(24 / n) at most
    assert np.mean(w**4) / np.mean(w**2) ** 2 == pytest.approx(known.kurtosis, abs=5 * 0.005)
    assert np.abs(w).max() / STD <= known.reach


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda w: w.tolist(), "type"),
        (lambda w: w.astype(int), "type"),
        (lambda w: None, "type"),
        (lambda w: w.T, "transposed"),
        (lambda w: w[:5], "shape"),
        (lambda w: w * np.nan, "finite"),
        (lambda w: w * 0, "zero"),
        (lambda w: w * 0 + 1, "constant"),
        (lambda w: w + 0.1, "mean: unknown"),
        (lambda w: w / 4 + 0.13, "mean: half"),
        (np.abs, "positive: normal, as it should be"),
        (lambda w: np.abs(w) / 2, "positive: normal, half"),
        (lambda w: w / 2, "scale: half"),
        (lambda w: w / 5, "scale: unknown"),
        (lambda w: np.sign(w) * STD, "clipped"),
        (lambda w: np.clip(w, -2 * STD, 2 * STD), "clipped"),
        (lambda w: np.where(abs(w) < STD / 10, 0, w), "zeros"),
        (lambda w: np.maximum(w, 0), "zeros, none negative"),
        (lambda w: np.sign(w) * abs(w) ** 0.5 * (STD * 1.2533) ** 0.5, "spread: unknown"),
        (lambda w: np.tile(w[:1], (len(w), 1)), "rows"),
        (lambda w: np.tile(w[:, :1], (1, w.shape[1])), "columns"),
        (lambda w: np.linalg.qr(w)[0] * STD * len(w) ** 0.5, "orthogonal"),
        (lambda w: draw("uniform"), "spread: uniform"),
        (lambda w: draw("truncated"), "spread: truncated"),
        (lambda w: STD * 6**0.5 * np.subtract(*np.random.default_rng(4).random((2, *SHAPE))), "spread: unknown"),
    ],
)
def test_a_fault_is_called_by_its_name(change, named):
    assert property_of(change(draw())) == named


def test_a_symmetric_matrix_is_seen():
    w = draw(shape=(90, 90))
    assert property_of((w + w.T) / 2**0.5, shape=(90, 90)) == "diagonal"


@pytest.mark.parametrize(("factor", "named"), [(0.99, "reach"), (1.005, "reach"), (1.732 / 3**0.5, None)])
def test_uniform_numbers_reach_their_limit_and_not_beyond(factor, named):
    assert property_of(factor * draw("uniform"), "uniform") == named


@pytest.mark.parametrize("value", [None, 3, "weights", [None], {"w": 1}, np.zeros(0), np.array(["a"])])
def test_strange_values_are_refused_without_an_exception(value):
    assert property_of(value) in ("type", "shape")


@pytest.mark.parametrize("value", [0.3, np.float32(1), np.nan])
def test_a_single_number_is_called_so(value):
    assert property_of(value) == "number"
