"""Loss surfaces in two dimensions: value, gradient and Hessian, to watch an optimiser walk.

Every surface is a frozen dataclass with ``value(z)``, ``gradient(z)`` and ``hessian(z)`` for points z (..., 2), so a
whole grid is evaluated at once; float32 points give float32 results. ``minima`` (n, 2) lists the global minima,
``start`` a point (2,) from where a path shows something, ``window`` the (x, y) ranges worth plotting.
"""

from dataclasses import dataclass

import numpy as np

from course_lib._arguments.arrays import as_float
from course_lib._arguments.numbers import FINITE, NOT_NEGATIVE, POSITIVE


def symmetric(x, *, name):
    """The square matrix ``x``, or a stack of them, refused unless symmetric up to a thousandth: rounding, not a
    mistake."""
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"{name} must have the shape (..., D, D), got {x.shape}")
    with np.errstate(invalid="ignore"):  # NaN and infinity pass
        differs = x.size and np.abs(x - np.swapaxes(x, -1, -2)).max() > 1e-3 * np.abs(x).max()
    if differs:
        raise ValueError(f"{name} must be symmetric, got one whose transpose differs: pass ({name} + {name}.T) / 2")
    return x


def curvatures(hessian):
    """Eigenvalues (..., D) of a symmetric matrix (..., D, D), ascending: the curvature along its own axes.

    Raises ValueError when it is not square, or not symmetric. NaN where a matrix is not finite.
    """
    hessian = symmetric(as_float(hessian, name="hessian"), name="hessian")
    known = np.isfinite(hessian).all(axis=(-1, -2))
    values = np.linalg.eigvalsh(np.where(known[..., None, None], hessian, 0))
    return np.where(known[..., None], values, np.nan)


def condition_number(hessian):
    """Largest curvature of a matrix (D, D) divided by the smallest, both in absolute value; infinite when singular.

    Gradient descent at its best rate multiplies the distance to the minimum of a quadratic bowl by
    (condition - 1) / (condition + 1) in each step (Boyd and Vandenberghe 2004, section 9.3).
    """
    sizes = np.abs(_curvatures_of_one(hessian))
    return float("inf") if sizes.min() == 0 else float(sizes.max() / sizes.min())


def largest_stable_rate(hessian):
    """2 / lambda_max: above this learning rate gradient descent swings ever wider along the steepest axis.

    A step multiplies the distance along an axis of curvature lambda by 1 - rate * lambda, which lies in (-1, 1) for
    rates in (0, 2 / lambda) (LeCun, Bottou, Orr and Müller 1998, section 5.1). Infinite where no curvature of the
    matrix (D, D) is positive. Along an axis of negative curvature the distance grows at any rate.
    """
    steepest = float(_curvatures_of_one(hessian).max())
    return float("inf") if steepest <= 0 else 2 / steepest


def _curvatures_of_one(hessian):
    values = curvatures(hessian)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"hessian must have the shape (D, D), got {np.shape(hessian)}")
    return values


@dataclass(frozen=True)
class Quadratic:
    """Bowl (u**2 + condition * v**2) / 2, where (u, v) are the axes (x, y) turned by ``angle``.

    Parameters
    ----------
    condition : float, positive: the condition number where it is at least 1
    angle : float, in radians, counter-clockwise
    """

    condition: float = 10.0
    angle: float = 0.5

    minima = ((0.0, 0.0),)
    start = (-1.8, 1.2)
    window = ((-2.0, 2.0), (-1.5, 1.5))

    def __post_init__(self):
        POSITIVE(self.condition, name="condition")
        FINITE(self.angle, name="angle")

    def value(self, z):
        z = _points(z)
        return np.sum(z * self.gradient(z), axis=-1) / 2

    def gradient(self, z):
        z = _points(z)
        return z @ self.matrix().astype(z.dtype)

    def hessian(self, z):
        z = _points(z)
        return np.broadcast_to(self.matrix().astype(z.dtype), (*z.shape, 2)).copy()

    def matrix(self):
        """The constant Hessian, float64 (2, 2)."""
        cosine, sine = np.cos(self.angle), np.sin(self.angle)
        axes = np.array([[cosine, -sine], [sine, cosine]])
        return (axes * [1.0, self.condition]) @ axes.T


@dataclass(frozen=True)
class Rosenbrock:
    """(a - x)**2 + b (y - x**2)**2, with b > 0: a curved valley, easy to reach and hard to follow (Rosenbrock 1960)."""

    a: float = 1.0
    b: float = 100.0

    start = (-1.2, 1.0)
    window = ((-2.0, 2.0), (-1.0, 3.0))

    def __post_init__(self):
        FINITE(self.a, name="a")
        POSITIVE(self.b, name="b")

    @property
    def minima(self):
        return ((float(self.a), float(self.a) ** 2),)

    def value(self, z):
        x, y = _split(z)
        return (self.a - x) ** 2 + self.b * (y - x**2) ** 2

    def gradient(self, z):
        x, y = _split(z)
        off = y - x**2
        return _vector(-2 * (self.a - x) - 4 * self.b * x * off, 2 * self.b * off)

    def hessian(self, z):
        x, y = _split(z)
        xy = -4 * self.b * x
        return _symmetric(2 - 4 * self.b * (y - 3 * x**2), xy, np.full_like(x, 2 * self.b))


@dataclass(frozen=True)
class Beale:
    """Sum of (c - x + x y**k)**2 for k = 1, 2, 3 and c = 1.5, 2.25, 2.625: flat plains, steep corners (Beale 1958)."""

    minima = ((3.0, 0.5),)
    start = (1.0, 1.5)
    window = ((-1.0, 4.5), (-1.5, 2.0))

    def value(self, z):
        return sum(r**2 for r, *_ in self._terms(z))

    def gradient(self, z):
        terms = self._terms(z)
        return _vector(sum(2 * r * rx for r, rx, *_ in terms), sum(2 * r * ry for r, _, ry, *_ in terms))

    def hessian(self, z):
        # with a residual r: d2(r**2) = 2 (dr dr + r d2r), and d2r / dx2 = 0
        terms = self._terms(z)
        return _symmetric(
            sum(2 * rx**2 for _, rx, *_ in terms),
            sum(2 * (rx * ry + r * rxy) for r, rx, ry, rxy, _ in terms),
            sum(2 * (ry**2 + r * ryy) for r, _, ry, _, ryy in terms),
        )

    @staticmethod
    def _terms(z):
        """The three residuals r, each with its derivatives r_x, r_y, r_xy, r_yy."""
        x, y = _split(z)
        constants = {1: 1.5, 2: 2.25, 3: 2.625}
        return [
            (c - x + x * y**k, y**k - 1, k * x * y ** (k - 1), k * y ** (k - 1), k * (k - 1) * x * y ** max(k - 2, 0))
            for k, c in constants.items()
        ]


@dataclass(frozen=True)
class Saddle:
    """x**4 / 4 - x**2 / 2 + y**2 / 2: a saddle at the origin, between the minima (-1, 0) and (1, 0)."""

    minima = ((-1.0, 0.0), (1.0, 0.0))
    start = (0.1, 1.0)
    window = ((-1.6, 1.6), (-1.2, 1.2))

    def value(self, z):
        x, y = _split(z)
        return x**4 / 4 - x**2 / 2 + y**2 / 2

    def gradient(self, z):
        x, y = _split(z)
        return _vector(x**3 - x, y)

    def hessian(self, z):
        x, _ = _split(z)
        return _symmetric(3 * x**2 - 1, np.zeros_like(x), np.ones_like(x))


@dataclass(frozen=True)
class Ravine:
    """slope x**2 / 2 + steepness (y - sin x)**2 / 2: a winding valley, gentle along its floor and steep across."""

    slope: float = 0.1
    steepness: float = 10.0

    minima = ((0.0, 0.0),)
    start = (-4.0, 2.0)
    window = ((-5.0, 2.0), (-2.0, 2.5))

    def __post_init__(self):
        POSITIVE(self.slope, name="slope")
        POSITIVE(self.steepness, name="steepness")

    def value(self, z):
        x, y = _split(z)
        return self.slope * x**2 / 2 + self.steepness * (y - np.sin(x)) ** 2 / 2

    def gradient(self, z):
        x, y = _split(z)
        across = self.steepness * (y - np.sin(x))
        return _vector(self.slope * x - across * np.cos(x), across)

    def hessian(self, z):
        x, y = _split(z)
        xx = self.slope + self.steepness * (np.cos(x) ** 2 + (y - np.sin(x)) * np.sin(x))
        return _symmetric(xx, -self.steepness * np.cos(x), np.full_like(x, self.steepness))


@dataclass(frozen=True)
class Himmelblau:
    """(x**2 + y - 11)**2 + (x + y**2 - 7)**2: four minima of the same depth 0, four saddles (Himmelblau 1972)."""

    minima = (
        (3.0, 2.0),
        (-2.8051180869527448, 3.1313125182505730),
        (-3.7793102533777469, -3.2831859912861694),
        (3.5844283403304917, -1.8481265269644036),
    )
    start = (-0.2, -1.0)
    window = ((-5.0, 5.0), (-5.0, 5.0))

    def value(self, z):
        x, y = _split(z)
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def gradient(self, z):
        x, y = _split(z)
        r, s = x**2 + y - 11, x + y**2 - 7
        return _vector(4 * x * r + 2 * s, 2 * r + 4 * y * s)

    def hessian(self, z):
        x, y = _split(z)
        return _symmetric(12 * x**2 + 4 * y - 42, 4 * (x + y), 12 * y**2 + 4 * x - 26)


@dataclass(frozen=True)
class Rastrigin:
    """Sum over both coordinates of x**2 + height (1 - cos 2 pi x): a bowl of many pits, one near every whole point.

    Only the pit at the origin is a global minimum (Rastrigin 1974).
    """

    height: float = 10.0

    minima = ((0.0, 0.0),)
    start = (2.3, -1.6)
    window = ((-3.5, 3.5), (-3.5, 3.5))

    def __post_init__(self):
        NOT_NEGATIVE(self.height, name="height")

    def value(self, z):
        z = _points(z)
        return np.sum(z**2 + self.height * (1 - np.cos(2 * np.pi * z)), axis=-1)

    def gradient(self, z):
        z = _points(z)
        return 2 * z + 2 * np.pi * self.height * np.sin(2 * np.pi * z)

    def hessian(self, z):
        x, y = np.moveaxis(2 + (2 * np.pi) ** 2 * self.height * np.cos(2 * np.pi * _points(z)), -1, 0)
        return _symmetric(x, np.zeros_like(x), y)


SURFACES = {
    "quadratic": Quadratic(),
    "rosenbrock": Rosenbrock(),
    "beale": Beale(),
    "saddle": Saddle(),
    "ravine": Ravine(),
    "himmelblau": Himmelblau(),
    "rastrigin": Rastrigin(),
}


def _points(z):
    z = as_float(z, name="points")
    if z.ndim == 0 or z.shape[-1] != 2:
        raise ValueError(f"points (..., 2) expected, got the shape {z.shape}")
    return z


def _split(z):
    return np.moveaxis(_points(z), -1, 0)


def _vector(x, y):
    return np.stack([x, y], axis=-1)


def _symmetric(xx, xy, yy):
    return np.stack([_vector(xx, xy), _vector(xy, yy)], axis=-2)
