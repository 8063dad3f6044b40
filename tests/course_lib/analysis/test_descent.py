"""Paths of optimisers: every optimiser of the library finds its way down, the rates that curvature allows are the rates
that work."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.descent import descend
from course_lib.analysis.surfaces import SURFACES, Quadratic, condition_number, largest_stable_rate
from course_lib.optimizers.adam import Adam, AdaMax, AdamW, Nadam
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp

MAKERS = {
    "sgd": lambda: SGD(0.05),
    "momentum": lambda: Momentum(0.02),
    "nesterov": lambda: Nesterov(0.02),
    "adagrad": lambda: AdaGrad(0.5),
    "rmsprop": lambda: RMSProp(0.01),
    "adam": lambda: Adam(0.05),
    "adamw": lambda: AdamW(0.05),
    "adamax": lambda: AdaMax(0.05),
    "nadam": lambda: Nadam(0.05),
}
conditions, angles = st.floats(1, 1e3), st.floats(-3, 3)
dtypes = st.sampled_from([np.float32, np.float64])


@pytest.mark.outcome
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_every_optimizer_walks_into_a_bowl(make):
    surface = Quadratic()
    path = descend(surface, surface.start, make(), 500)
    assert path.outcome == "steps" and path.steps == 500
    assert path.values[-1] < 1e-2 * path.values[0]


@given(conditions, angles, dtypes)
def test_the_path_of_gradient_descent_is_known(condition, angle, dtype):
    surface, rate = Quadratic(condition, angle), 0.5 / condition
    start = np.array(surface.start, dtype)
    path = descend(surface, start, SGD(rate), 20)
    assert path.points.dtype == path.values.dtype == path.gradient_norms.dtype == dtype
    step = np.eye(2) - rate * surface.matrix()
    expected = [np.linalg.matrix_power(step, t) @ start for t in range(21)]
    # twenty contracting steps from a distance of 2.2, each rounded a few times
    np.testing.assert_allclose(path.points, expected, rtol=0, atol=100 * np.finfo(dtype).eps)
    for point, value, norm in zip(path.points, path.values, path.gradient_norms, strict=True):
        assert value == surface.value(point)
        assert norm == np.linalg.norm(surface.gradient(point))


@given(conditions, angles)
def test_the_largest_stable_rate_separates_falling_from_diverging(condition, angle):
    surface = Quadratic(condition, angle)
    steep = np.array([-np.sin(angle), np.cos(angle)])
    limit = largest_stable_rate(surface.hessian(steep))
    below = descend(surface, steep, SGD(0.99 * limit), 50)
    above = descend(surface, steep, SGD(1.01 * limit), 50)
    # along the steep axis a step multiplies the distance by 1 - 2 * 0.99 or 1 - 2 * 1.01
    assert np.linalg.norm(below.points[-1]) == pytest.approx(0.98**50, rel=1e-6)
    assert np.linalg.norm(above.points[-1]) == pytest.approx(1.02**50, rel=1e-6)


@given(st.floats(1.5, 1e3), angles)
def test_the_best_rate_falls_as_the_condition_number_says(condition, angle):
    surface = Quadratic(condition, angle)
    # equal parts of both axes: 2 / (lambda_min + lambda_max) shrinks both alike
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    path = descend(surface, axes.sum(axis=0), SGD(2 / (1 + condition)), 10)
    kappa = condition_number(surface.hessian((0, 0)))
    ratio = np.linalg.norm(path.points[-1]) / np.linalg.norm(path.points[0])
    # relative to the start: for condition 1.5 the distance has fallen to 1e-7
    assert ratio == pytest.approx(((kappa - 1) / (kappa + 1)) ** 10, rel=1e-6, abs=1e-14)


@pytest.mark.outcome
@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau"])
def test_a_diverging_path_ends_and_says_so(name, recwarn):
    surface = SURFACES[name]
    path = descend(surface, surface.start, SGD(10.0), 100)
    assert path.outcome == "diverged" and path.steps < 100
    assert np.isfinite(path.values[:-1]).all()
    assert not (np.isfinite(path.values[-1]) and np.isfinite(path.gradient_norms[-1]))
    assert not recwarn.list


def test_the_start_is_left_alone_and_no_steps_are_a_path():
    surface, start = Quadratic(), np.array([1.0, 1.0])
    path = descend(surface, start, Adam(0.1), 3)
    np.testing.assert_array_equal(start, [1, 1])
    np.testing.assert_array_equal(path.points[0], start)
    assert len({tuple(point) for point in path.points}) == 4
    assert descend(surface, start, Adam(0.1), 0).steps == 0


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="at least 0, got -1"):
        descend(Quadratic(), (1.0, 1.0), SGD(0.1), -1)
    with pytest.raises(ValueError, match=r"one point \(D,\), got the shape \(1, 2\)"):
        descend(Quadratic(), [(1.0, 1.0)], SGD(0.1), 1)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"surface": Quadratic},
            TypeError,
            r"surface must be an object with .* the class Quadratic: type Quadratic\(...\)",
        ),
        ({"surface": abs}, TypeError, "surface must be an object with value, gradient, got .*"),
        (
            {"optimizer": Adam},
            TypeError,
            r"optimizer must be an object with step, got the class Adam: type Adam\(...\)",
        ),
        ({"optimizer": 0.1}, TypeError, r"optimizer must be an object with step, got 0.1 \(float\)"),
        ({"steps": 2.0}, TypeError, r"steps must be an integer, got 2.0 \(float\): type 2"),
        ({"start": 1.0}, ValueError, r"start must be one point \(D,\), got the shape \(\)"),
        ({"start": "ab"}, TypeError, "start must hold real numbers, got <U2"),
    ],
)
def test_bad_input_is_refused(change, error, message):
    call = {"surface": Quadratic(), "start": (1.0, 1.0), "optimizer": SGD(0.1), "steps": 2} | change
    with pytest.raises(error, match=f"^{message}$"):
        descend(**call)
