"""Surfaces: derivatives against central differences, published minima, and the rates that curvature allows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der, rosen_hess

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.analysis.surfaces import (
    SURFACES,
    Quadratic,
    Rastrigin,
    Ravine,
    Rosenbrock,
    Saddle,
    condition_number,
    curvatures,
    largest_stable_rate,
    symmetric,
)

seeds = st.integers(0, 2**32 - 1)
OTHERS = {"turned bowl": Quadratic(37.0, -2.0), "valley": Rosenbrock(-0.7, 3.0), "pits": Rastrigin(0.3)}
OTHERS["gentle ravine"] = Ravine(0.5, 2.0)
every_surface = pytest.mark.parametrize("surface", [*SURFACES.values(), *OTHERS.values()], ids=[*SURFACES, *OTHERS])


def points(surface, seed, *shape, dtype=np.float64):
    low, high = np.transpose(surface.window)
    return np.random.default_rng(seed).uniform(low, high, (*shape, 2)).astype(dtype)


@every_surface
@given(seed=seeds)
def test_gradient_equals_central_differences(surface, seed):
    z = points(surface, seed)
    analytic, numeric = surface.gradient(z), numeric_grad(surface.value, z)
    # the step of 1e-5 rounds the value by 1e-16 / 1e-5 of its size, and neglects 1e-10 of the third derivative
    scale = np.abs(numeric).max() + np.abs(surface.hessian(z)).max() + abs(surface.value(z)) * 1e-3
    np.testing.assert_allclose(analytic, numeric, rtol=0, atol=1e-6 * scale)


@every_surface
@given(seed=seeds)
def test_hessian_equals_central_differences_of_the_gradient(surface, seed):
    z = points(surface, seed)
    numeric = np.stack([numeric_grad(lambda v, i=i: surface.gradient(v)[i], z) for i in range(2)])
    # as above, one derivative up
    scale = np.abs(numeric).max() + np.abs(surface.gradient(z)).max() * 1e-3
    np.testing.assert_allclose(surface.hessian(z), numeric, rtol=0, atol=1e-6 * scale)


@every_surface
def test_the_minima_are_minima(surface):
    for minimum in surface.minima:
        gradient, lowest = surface.gradient(minimum), curvatures(surface.hessian(minimum))[0]
        # the minima are given to 16 digits, the largest curvature is 1e3
        assert np.abs(gradient).max() < 1e-11
        assert lowest > 0


@every_surface
@given(seed=seeds)
def test_nothing_lies_below_the_minima(surface, seed):
    floor = [surface.value(minimum) for minimum in surface.minima]
    assert np.ptp(floor) < 1e-12  # all of the same depth, up to rounding
    assert (surface.value(points(surface, seed, 100)) >= min(floor)).all()


@every_surface
def test_the_window_shows_the_minima_and_the_start(surface):
    (left, right), (low, high) = surface.window
    for x, y in [*surface.minima, surface.start]:
        assert left <= x <= right and low <= y <= high


@every_surface
@given(seed=seeds, dtype=st.sampled_from([np.float32, np.float64]))
def test_grids_are_points_evaluated_at_once(surface, seed, dtype):
    z = points(surface, seed, 2, 3, dtype=dtype)
    before = z.copy()
    results = surface.value(z), surface.gradient(z), surface.hessian(z)
    assert [r.shape for r in results] == [(2, 3), (2, 3, 2), (2, 3, 2, 2)]
    assert {r.dtype for r in results} == {np.dtype(dtype)}
    np.testing.assert_array_equal(z, before)
    for index in np.ndindex(2, 3):
        single = surface.value(z[index]), surface.gradient(z[index]), surface.hessian(z[index])
        for whole, one in zip(results, single, strict=True):
            # the same few operations, perhaps in another order: up to cancellation of terms below 1e6
            np.testing.assert_allclose(whole[index], one, rtol=1e-5, atol=1e6 * np.finfo(dtype).eps)


@given(seeds)
def test_rosenbrock_equals_scipys(seed):
    z = points(Rosenbrock(), seed)
    surface = Rosenbrock()
    np.testing.assert_allclose(surface.value(z), rosen(z), rtol=1e-12)
    # terms of at most 4e4 cancel
    np.testing.assert_allclose(surface.gradient(z), rosen_der(z), atol=1e-10)
    np.testing.assert_allclose(surface.hessian(z), rosen_hess(z), atol=1e-10)


@given(st.floats(0.01, 1e4), st.floats(-7, 7))
def test_the_bowl_has_the_curvatures_it_was_given(condition, angle):
    hessian = Quadratic(condition, angle).hessian((0.3, 0.4))
    # LAPACK's eigenvalues are right to a few roundings of the largest one
    np.testing.assert_allclose(curvatures(hessian), sorted([1.0, condition]), atol=1e-15 * 10 * max(1, condition))
    assert condition_number(hessian) == pytest.approx(max(condition, 1 / condition), rel=1e-10)
    assert largest_stable_rate(hessian) == pytest.approx(2 / max(1, condition), rel=1e-10)
    # the steep axis is the y axis turned counter-clockwise
    steep = np.array([-np.sin(angle), np.cos(angle)])
    np.testing.assert_allclose(hessian @ steep, condition * steep, atol=1e-14 * max(1, condition))


def test_curvature_of_flat_and_of_capped_ground():
    assert condition_number(np.diag([0.0, 2.0])) == np.inf
    assert condition_number(np.diag([-4.0, 2.0])) == 2.0
    assert largest_stable_rate(np.diag([-4.0, -2.0])) == largest_stable_rate(np.zeros((2, 2))) == np.inf
    np.testing.assert_array_equal(curvatures(Saddle().hessian((0, 0))), [-1, 1])


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("method", ["value", "gradient", "hessian"])
def test_what_are_not_points_is_refused(name, method):
    evaluate = getattr(SURFACES[name], method)
    for points in ([1.0, 2.0, 3.0], 1.0, np.ones((2, 3))):
        with pytest.raises(ValueError, match=r"points \(..., 2\) expected, got the shape \("):
            evaluate(points)
    for points in (np.ones(2, np.float16), np.ones(2, complex), "ab"):
        with pytest.raises(TypeError, match=r"^points "):
            evaluate(points)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Quadratic(0), ValueError, "condition must be positive and finite, got 0"),
        (lambda: Quadratic(condition="10"), TypeError, r"condition must be a number, got '10' \(str\)"),
        (lambda: Quadratic(angle=np.inf), ValueError, "angle must be finite, got inf"),
        (lambda: Rosenbrock(a=np.nan), ValueError, "a must be finite, got nan"),
        (lambda: Rosenbrock(b=-1), ValueError, "b must be positive and finite, got -1"),
        (lambda: Ravine(slope=0), ValueError, "slope must be positive and finite, got 0"),
        (lambda: Ravine(steepness=-1), ValueError, "steepness must be positive and finite, got -1"),
        (lambda: Rastrigin(height=-1), ValueError, "height must be at least 0 and finite, got -1"),
    ],
)
def test_surfaces_without_their_minimum_are_refused(make, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        make()


@pytest.mark.parametrize("function", [curvatures, condition_number, largest_stable_rate])
@pytest.mark.parametrize(
    ("hessian", "message"),
    [
        (np.ones((2, 3)), r"hessian must have the shape \(..., D, D\), got \(2, 3\)"),
        (np.ones(2), r"hessian must have the shape \(..., D, D\), got \(2,\)"),
        ([[1.0, 2.0], [0.0, 1.0]], "hessian must be symmetric, .*"),
    ],
)
def test_a_hessian_is_square_and_symmetric(function, hessian, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        function(hessian)


def test_a_stack_of_hessians_has_curvatures_but_no_condition():
    stack = Saddle().hessian(np.array([[0.0, 0.0], [1.0, 0.0], [np.nan, 0.0]]))
    np.testing.assert_array_equal(curvatures(stack), [[-1, 1], [1, 2], [np.nan, np.nan]])
    for function in (condition_number, largest_stable_rate):
        with pytest.raises(ValueError, match=r"^hessian must have the shape \(D, D\), got \(3, 2, 2\)$"):
            function(stack)
        assert np.isnan(function(stack[2]))


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from([np.float32, np.float64]))
def test_rounding_leaves_a_matrix_symmetric_and_a_slip_does_not(seed, size, dtype):
    x = np.random.default_rng(seed).normal(size=(size, size)).astype(dtype)
    both = x @ x.T
    both[0, -1] *= 1 + 3 * np.finfo(dtype).eps
    assert symmetric(both, name="hessian") is both
    if size > 1:
        both[0, -1] += np.abs(both).max()
        with pytest.raises(ValueError, match=r"^hessian must be symmetric, .*: pass \(hessian \+ hessian.T\) / 2$"):
            symmetric(both, name="hessian")
    for shape in ((size,), (size, size + 1), ()):
        with pytest.raises(ValueError, match=r"^hessian must have the shape \(..., D, D\), got "):
            symmetric(np.ones(shape), name="hessian")
