"""Newton's method: one step in a bowl, squared distances near a minimum, and what a saddle does to it."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.newtons_method import METHODS, backtrack, newton, newton_step
from course_lib.analysis.surfaces import SURFACES, Himmelblau, Quadratic, Rosenbrock, Saddle, curvatures

seeds = st.integers(0, 2**32 - 1)
dimensions = st.integers(1, 6)
every_method = pytest.mark.parametrize("method", METHODS)
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, size, lowest=0.1):
    """A gradient, and a symmetric matrix with curvatures of size ``lowest`` to 10 and of both signs unless size 1."""
    rng = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(rng.normal(size=(size, size)))
    signs = np.where(np.arange(size) % 2 == 0, -1, 1)
    curvature = signs * rng.uniform(lowest, 10, size)
    return rng.normal(size=size), (axes * curvature) @ axes.T, axes, curvature


@given(seeds, dimensions)
def test_the_plain_step_solves_the_linear_system(seed, size):
    gradient, hessian, *_ = draw(seed, size)
    # conditioned at most 100, of order 1
    np.testing.assert_allclose(newton_step(gradient, hessian), np.linalg.solve(hessian, -gradient), atol=1e-11)


@given(seeds, dimensions, st.floats(0.01, 5))
def test_the_damped_step_solves_the_shifted_system(seed, size, damping):
    gradient, hessian, *_ = draw(seed, size)
    shift = max(0, damping - np.linalg.eigvalsh(hessian).min())
    expected = np.linalg.solve(hessian + shift * np.eye(size), -gradient)
    # the lowest curvature is 0.01 or more, the largest below 30, and the steps below 1e3
    np.testing.assert_allclose(newton_step(gradient, hessian, "damped", damping), expected, rtol=0, atol=1e-8)


@given(seeds, dimensions)
def test_the_saddle_free_step_takes_absolute_curvatures(seed, size):
    gradient, hessian, axes, curvature = draw(seed, size)
    expected = -(axes / np.abs(curvature)) @ axes.T @ gradient
    np.testing.assert_allclose(newton_step(gradient, hessian, "saddle_free"), expected, atol=1e-11)


@given(seeds, dimensions, st.sampled_from(["damped", "saddle_free"]), dtypes)
def test_modified_steps_go_downhill_and_keep_the_dtype(seed, size, method, dtype):
    gradient, hessian, *_ = draw(seed, size)
    gradient, hessian = gradient.astype(dtype), hessian.astype(dtype)
    before = gradient.copy(), hessian.copy()
    step = newton_step(gradient, hessian, method, damping=np.float64(0.1))
    assert step.dtype == dtype
    assert gradient @ step < 0
    np.testing.assert_array_equal(gradient, before[0])
    np.testing.assert_array_equal(hessian, before[1])


@pytest.mark.parametrize("method", ["damped", "saddle_free"])
def test_flat_ground_is_no_trouble_for_the_modified_steps(method):
    hessian = np.diag([0.0, 2.0])
    np.testing.assert_allclose(newton_step([1.0, 1.0], hessian, method, 0.5)[0], -2.0, rtol=1e-12)
    assert not np.isfinite(newton_step([1.0, 1.0], hessian)).all()


@pytest.mark.outcome
@every_method
@given(st.floats(1, 1e3), st.floats(-3, 3), seeds)
def test_a_bowl_takes_one_step(method, condition, angle, seed):
    surface = Quadratic(condition, angle)
    start = np.random.default_rng(seed).normal(size=2)
    path = newton(surface, start, method=method)
    assert path.outcome == "converged"
    # the rounding of the Hessian's entries, up to its condition number
    assert np.linalg.norm(path.points[1]) < 1e-11


@pytest.mark.outcome
@every_method
@pytest.mark.parametrize("name", SURFACES)
def test_near_a_minimum_the_distance_is_squared(method, name):
    surface = SURFACES[name]
    minimum = np.array(surface.minima[-1])
    start = minimum + np.array([0.02, 0.01]) * (0.1 if name == "rosenbrock" else 1)
    path = newton(surface, start, method=method, tol=0.0, steps=5)
    distances = np.linalg.norm(path.points - minimum, axis=1)
    # 1e4 bounds |third derivative| / |curvature| of all surfaces here; below 1e-13 the digits are used up
    for before, after in pairwise(distances):
        assert after < 1e4 * before**2 + 1e-13
    assert distances[3] < 1e-9  # 0.02 squared thrice, with the surfaces' own factors


@pytest.mark.outcome
def test_convergence_is_quadratic_in_figures():
    path = newton(Rosenbrock(), (1.2, 1.2), tol=0.0, steps=8)
    distances = np.linalg.norm(path.points - 1, axis=1)
    falling = distances[(distances < 1e-2) & (distances > 1e-14)]
    # gradient descent would gain a constant factor; here the number of right digits at least doubles, nearly
    digits = -np.log10(falling)
    assert len(digits) >= 2 and (np.diff(digits) > 0.7 * digits[:-1]).all()


@pytest.mark.outcome
@given(st.floats(-0.3, 0.3), st.floats(-1, 1))
def test_the_plain_method_runs_into_the_saddle_and_the_others_away(x, y):
    surface = Saddle()
    plain = newton(surface, (x, y))
    assert plain.outcome == "converged"
    np.testing.assert_allclose(plain.points[-1], [0, 0], atol=1e-10)
    assert curvatures(surface.hessian(plain.points[-1]))[0] < 0
    if abs(x) > 1e-6:  # on the ridge itself there is no slope to either side
        for method in ("damped", "saddle_free"):
            path = newton(surface, (x, y), 200, method, damping=0.1)
            assert path.outcome == "converged"
            np.testing.assert_allclose(path.points[-1], [np.sign(x), 0], atol=1e-9)


def test_saddle_free_leaves_as_fast_as_the_curvature_says():
    path = newton(Saddle(), (1e-6, 0.0), 1, "saddle_free")
    # the slope -x divided by |curvature| = 1 doubles x
    assert path.points[1][0] == pytest.approx(2e-6, rel=1e-6)


@pytest.mark.outcome
@every_method
@pytest.mark.parametrize("name", SURFACES)
def test_with_a_line_search_the_value_never_rises(method, name):
    surface = SURFACES[name]
    path = newton(surface, surface.start, method=method, line_search=True)
    assert (np.diff(path.values) <= 0).all()
    if method != "plain":
        assert path.outcome == "converged"
        assert curvatures(surface.hessian(path.points[-1]))[0] > 0
    else:
        assert path.outcome in ("converged", "stalled")


def test_the_plain_method_stalls_where_its_step_leads_uphill():
    path = newton(Himmelblau(), (-0.2, -1.0), line_search=True)
    assert path.outcome == "stalled" and path.steps == 0


@given(seeds, st.floats(0.2, 0.8), st.floats(1e-6, 0.4))
def test_backtracking_takes_the_largest_rate_that_meets_armijo(seed, shrink, share):
    surface, rng = Rosenbrock(), np.random.default_rng(seed)
    point = rng.uniform(-2, 2, 2)
    gradient = surface.gradient(point)
    step = -gradient * 10.0 ** rng.integers(-4, 2)
    rate = backtrack(surface.value, point, gradient, step, shrink, share)
    rates = np.cumprod([1.0] + [shrink] * 100)
    enough = [surface.value(point + r * step) <= surface.value(point) + share * r * gradient @ step for r in rates]
    # repeated products round alike in both loops
    assert rate == rates[np.argmax(enough)]


def test_backtracking_gives_up_where_nothing_is_lower():
    point, up = np.array([1.0, 1.0]), np.array([1.0, 0.0])
    surface = Quadratic(1.0, 0.0)
    gradient = surface.gradient(point)
    assert backtrack(surface.value, point, gradient, up) == 0.0
    assert backtrack(surface.value, point, gradient, np.array([-np.inf, 0.0])) == 0.0
    # a gradient of the wrong sign: no rate keeps its promise
    assert backtrack(surface.value, point, -gradient, up) == 0.0


@pytest.mark.outcome
def test_a_path_that_leaves_the_numbers_has_diverged(recwarn):
    valley = SimpleNamespace(
        value=lambda z: np.sqrt(1 + z[0] ** 2),
        gradient=lambda z: z / np.sqrt(1 + z**2),
        hessian=lambda z: np.diag((1 + z**2) ** -1.5),
    )
    # a step takes z to -z**3
    path = newton(valley, np.array([1.1]), 50)
    assert path.outcome == "diverged" and path.steps < 10
    assert newton(valley, np.array([0.9])).outcome == "converged"
    flat = SimpleNamespace(value=lambda z: z[0], gradient=np.ones_like, hessian=lambda z: np.zeros((1, 1)))
    assert newton(flat, np.ones(1)).outcome == "diverged"
    assert not recwarn.list


@given(dtypes, st.sampled_from(METHODS))
def test_paths_keep_the_dtype(dtype, method):
    path = newton(Rosenbrock(), np.array([-1.2, 1.0], dtype), 4, method, line_search=True)
    assert path.points.dtype == path.values.dtype == dtype


STEEP = np.array([[2.0, 1.0], [1.0, 3.0]])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"method": "gauss"}, ValueError, "method must be one of 'plain', 'damped', 'saddle_free', got 'gauss'"),
        ({"damping": 0}, ValueError, "damping must be positive and finite, got 0"),
        ({"damping": np.inf}, ValueError, "damping must be positive and finite, got inf"),
        ({"gradient": np.ones((2, 1))}, ValueError, r"gradient must have the shape \(D,\), got \(2, 1\)"),
        ({"gradient": np.empty(0)}, ValueError, "gradient must have at least one entry .*"),
        ({"hessian": [[1.0]]}, ValueError, r"hessian must have the shape \(2, 2\), got \(1, 1\)"),
        ({"hessian": np.triu(STEEP)}, ValueError, "hessian must be symmetric, .*"),
    ],
)
def test_bad_input_of_a_step_is_refused(change, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        newton_step(**{"gradient": np.ones(2), "hessian": STEEP} | change)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"value": 1.0}, TypeError, r"value must be a function of a point, got 1.0 \(float\)"),
        ({"point": np.ones((2, 1))}, ValueError, r"point must have the shape \(D,\), got \(2, 1\)"),
        ({"gradient": np.ones(1)}, ValueError, r"gradient must have the shape \(2,\), got \(1,\)"),
        ({"step": np.ones((1, 2))}, ValueError, r"step must have the shape \(2,\), got \(1, 2\)"),
        ({"shrink": 1.0}, ValueError, r"shrink must lie in \(0, 0.99\], got 1.0"),
        ({"shrink": 1 - 1e-12}, ValueError, r"shrink must lie in \(0, 0.99\], got 0.999999999999"),
        ({"slope_share": 0}, ValueError, r"slope_share must lie in \(0, 1\), got 0"),
    ],
)
def test_bad_input_of_a_line_search_is_refused(change, error, message):
    call = {"value": np.sum, "point": np.ones(2), "gradient": np.ones(2), "step": -np.ones(2)} | change
    with pytest.raises(error, match=f"^{message}$"):
        backtrack(**call)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"surface": Rosenbrock}, TypeError, r"surface must be an object .* Rosenbrock: type Rosenbrock\(...\)"),
        ({"method": "gauss"}, ValueError, "method must be one of .*"),
        ({"damping": -1}, ValueError, "damping must be positive and finite, got -1"),
        ({"tol": -1}, ValueError, "tol must be at least 0 and finite, got -1"),
        ({"steps": -1}, ValueError, "steps must be at least 0, got -1"),
    ],
)
def test_bad_input_is_refused_before_the_first_step(change, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        newton(**{"surface": Rosenbrock(), "start": (1.0, 1.0), "steps": 0} | change)


def test_a_line_search_without_success_ends():
    assert backtrack(lambda z: np.nan, np.ones(2), np.ones(2), -np.ones(2), shrink=0.99) == 0.0
