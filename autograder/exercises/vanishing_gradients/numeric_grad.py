"""Numerical gradient by central differences."""

import numpy as np

from autograder.domain import Array, Given, Like, Number
from autograder.exercise import Exercise
from course_lib.analysis import gradient_check

exercise = Exercise(
    name="numeric_grad",
    unit="vanishing_gradients",
    points=2,
    reference=gradient_check.numeric_grad,
    takes={
        "f": Given(lambda rng, others: _coupled(rng, others["x"]), called_with={"x": Like("x")}),
        "x": Array(magnitudes=()),
        "h": Number(1e-5, 1e-4, corners=(1e-6, 0.125)),
    },
    borrows=True,
    hints=(
        "The derivative with respect to one entry asks what f does when that entry alone moves. What has to be true "
        "of all the other entries while f is called?",
        "f is called at x + h and at x - h. How far apart are these two points, and what therefore stands below the "
        "fraction?",
        "np.ndindex(x.shape) visits every entry of an array of any shape. Which array may you write into, and of "
        "which dtype must it be, so that x itself stays what it was?",
    ),
    # a difference of two values of order 10 over 2e-5 is rounded by about 1e-10
    atol=1e-8,
    part="core",
    minutes=6,
    difficulty=2,
    reasoning=(
        "A partial derivative moves one entry and leaves the others alone, hence the loop and the putting back. The "
        "two-sided difference has no error of order h: the even terms of the Taylor series cancel."
    ),
)


NOT_RESTORED = 0.7  # a number that rounding keeps from coming back after + h, - 2h, + h, with h = 3e-4 and 1e-5


def _coupled(rng, x):
    """A function in which, near ``x``, every entry's derivative depends on all the other entries.

    Its second and third derivatives are of order 1 wherever ``x`` lies, so that what a wrong step or a moved point
    makes of the gradient never happens to be too small to see.
    """
    a, b = rng.uniform(0.5, 1.2, x.size), rng.uniform(0.9, 1.3, x.size) * rng.choice([-1, 1], x.size)
    shift = rng.uniform(0.9, 1.1) - b @ x.ravel()

    def f(x):
        v = np.ravel(x)
        return float(np.sum(np.sin(a * v)) + (b @ v + shift) ** 3)

    return f


def _draw(rng, x, h):
    return {"f": _coupled(rng, x), "x": x, "h": h}


@exercise.case("a vector of three entries")
def vector(rng):
    x = np.array([NOT_RESTORED, *rng.uniform(0.5, 1.5, 2).round(3)])
    return _draw(rng, x, 3e-4)


@exercise.case("a matrix")
def matrix(rng):
    x = rng.normal(size=(2, 3)).round(3)
    x[0, 0] = NOT_RESTORED
    return _draw(rng, x, 1e-5)


@exercise.case("a step so large that it shows which difference was taken")
def large_step(rng):
    return _draw(rng, rng.integers(4, 13, 4) / 8, 1 / 8)  # exact in float32 too


@exercise.case("an array of integers")
def integers(rng):
    return _draw(rng, rng.integers(-3, 4, 5), 1e-4)


@exercise.case("an array of float32 numbers")
def single_precision(rng):
    return _draw(rng, rng.normal(size=(3, 2)).astype(np.float32), 1e-5)


@exercise.case("a function that ignores one entry")
def ignored_entry(rng):
    scale, x = float(rng.uniform(1, 2)), rng.integers(13, 64, (1, 3)) / 64
    return {"f": lambda x: float(np.exp(scale * float(x[0, 0])) * float(x[0, 2])), "x": x, "h": 1 / 64}


def _moved(f, x, i, step):
    """f at x with entry ``i`` moved by ``step``."""
    point = np.array(x, dtype=np.float64)
    point[i] += step
    return f(point)


def _entrywise(x, derivative):
    """An array of the shape of ``x`` that holds ``derivative(i)`` at every index ``i``."""
    return np.array([derivative(i) for i in np.ndindex(x.shape)]).reshape(x.shape)


def _central(f, point, h, grad):
    """Central differences that write into ``point`` and ``grad``, whatever dtypes these have."""
    for i in np.ndindex(point.shape):
        value = point[i]
        point[i] = value + h
        above = f(point)
        point[i] = value - h
        below = f(point)
        point[i] = value
        grad[i] = (above - below) / (2 * h)
    return grad


@exercise.misconception("NG1a")
def one_sided_forward(f, x, h):
    """This is the one-sided difference (f(x + h) - f(x)) / h. Its error shrinks like h, that of the central
    difference (f(x + h) - f(x - h)) / 2h like h squared."""
    return _entrywise(x, lambda i: (_moved(f, x, i, h) - _moved(f, x, i, 0.0)) / h)


@exercise.misconception("NG1b")
def one_sided_backward(f, x, h):
    """This is the one-sided difference (f(x) - f(x - h)) / h. Its error shrinks like h, that of the central
    difference (f(x + h) - f(x - h)) / 2h like h squared."""
    return _entrywise(x, lambda i: (_moved(f, x, i, 0.0) - _moved(f, x, i, -h)) / h)


@exercise.misconception("NG2")
def divides_by_h(f, x, h):
    """The difference of f(x + h) and f(x - h) is divided by h. The two points lie 2h apart, so that every entry
    comes out twice as large."""
    return _entrywise(x, lambda i: (_moved(f, x, i, h) - _moved(f, x, i, -h)) / h)


@exercise.misconception
def steps_back_by_h_only(f, x, h):
    """After the step up, x was moved down by h, which is where it started, not x - h. The points then lie h apart,
    and dividing by 2h halves every entry."""
    return _entrywise(x, lambda i: (_moved(f, x, i, h) - _moved(f, x, i, 0.0)) / (2 * h))


@exercise.misconception
def divides_by_two_and_multiplies_by_h(f, x, h):
    """`/ 2 * h` divides by 2 and then multiplies by h. The denominator needs parentheses: `/ (2 * h)`."""
    return _entrywise(x, lambda i: (_moved(f, x, i, h) - _moved(f, x, i, -h)) / 2 * h)


@exercise.misconception
def subtracts_the_wrong_way(f, x, h):
    """f(x + h) is subtracted from f(x - h). An increasing function should have a positive derivative."""
    return _entrywise(x, lambda i: (_moved(f, x, i, -h) - _moved(f, x, i, h)) / (2 * h))


@exercise.misconception
def second_difference(f, x, h):
    """f(x + h) - 2 f(x) + f(x - h) over h squared is the second derivative. The gradient is made of first ones."""
    return _entrywise(x, lambda i: (_moved(f, x, i, h) - 2 * _moved(f, x, i, 0.0) + _moved(f, x, i, -h)) / h**2)


@exercise.misconception("NG3a")
def moves_cumulatively(f, x, h):
    """An entry that was moved is not put back, so that the next derivative is taken at another point. Restore the
    entry before going on."""
    point = np.array(x, dtype=np.float64)
    grad = np.empty_like(point)
    for i in np.ndindex(point.shape):
        point[i] += h
        above = f(point)
        point[i] -= 2 * h
        grad[i] = (above - f(point)) / (2 * h)
    return grad


@exercise.misconception("NG3b")
def leaves_x_moved(f, x, h):
    """x itself is moved, entry by entry, and never put back. Later derivatives are taken at another point, and
    whoever passed x in now holds another array."""
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] = x[i] + h
        above = f(x)
        x[i] = x[i] - 2 * h
        grad[i] = (above - f(x)) / (2 * h)
    return grad


def _moves_up_down_up(f, point, h):
    grad = np.zeros(point.shape)
    for i in np.ndindex(point.shape):
        point[i] += h
        above = f(point)
        point[i] -= 2 * h
        grad[i] = (above - f(point)) / (2 * h)
        point[i] += h
    return grad


@exercise.misconception("NG3c")
def restores_by_arithmetic(f, x, h):
    """np.asarray does not copy an array that is float64 already, so x itself moves by +h, -2h, +h, and rounding keeps
    it from coming back exactly. Move a copy, np.array(x, dtype=np.float64)."""
    return _moves_up_down_up(f, np.asarray(x, dtype=np.float64), h)


@exercise.misconception("NG3d")
def restores_x_by_arithmetic(f, x, h):
    """x itself moves by +h, -2h, +h, and rounding keeps it from coming back exactly, all the more if it holds integers.
    Move a float64 copy."""
    return _moves_up_down_up(f, x, h)


@exercise.misconception("NG4")
def moves_a_copy_and_asks_the_original(f, x, h):
    """Every difference is zero: f does not see the step. Is f called on the array that was moved, and are the two
    points two arrays, or two names of one?"""
    return _entrywise(x, lambda i: (f(x) - f(x)) / (2 * h))


@exercise.misconception("NG6c")
def keeps_the_dtype_of_x(f, x, h):
    """The copy of x and the gradient have the dtype of x. In an integer array x + h is cut back to an integer, and
    in float32 most of a small step is lost: work in float64."""
    return _central(f, x.copy(), h, np.zeros_like(x))


@exercise.misconception("NG6a")
def cuts_the_step(f, x, h):
    """The copy of x has the dtype of x. In an integer array x + h is cut back to an integer, and in float32 most of
    a small step is lost: make the copy float64."""
    return _central(f, x.copy(), h, np.zeros(x.shape))


@exercise.misconception
def divides_by_h_and_cuts_the_step(f, x, h):
    """The difference of f(x + h) and f(x - h) is divided by h, though the points lie 2h apart. And in an array of
    integers x + h is cut back to an integer: move a float64 copy."""
    return 2 * _central(f, x.copy(), h, np.zeros(x.shape))


@exercise.misconception
def one_sided_and_cuts_the_step(f, x, h):
    """This is the one-sided difference (f(x + h) - f(x)) / h, whose error shrinks like h only. And in an array of
    integers x + h is cut back to an integer: move a float64 copy."""
    point, grad = x.copy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        value = point[i]
        point[i] = value + h
        grad[i] = (f(point) - f(x)) / h
        point[i] = value
    return grad


@exercise.misconception("NG6b")
def cuts_the_gradient(f, x, h):
    """np.zeros_like(x) takes over the dtype of x, and an integer array cannot hold a derivative. Ask for
    dtype=np.float64."""
    return _central(f, np.array(x, dtype=np.float64), h, np.zeros_like(x))


@exercise.misconception("NG5b")
def float32_arithmetic(f, x, h):
    """The differences are taken in float32, which has seven digits: next to 1, a step of 1e-5 keeps two of them.
    Gradient checking needs float64."""
    return _central(f, x.astype(np.float32), h, np.zeros(x.shape, dtype=np.float32))


@exercise.misconception("NG5a")
def step_below_rounding(f, x, h):
    """The step 1e-12 is so small that the difference of the two values is mostly rounding. Use the h that is
    passed in; near 1e-5 the error of a central difference is smallest."""
    return _central(f, np.array(x, dtype=np.float64), 1e-12, np.empty(x.shape))


@exercise.misconception
def step_of_its_own(f, x, h):
    """The step is always 1e-5, whatever h says. Use the h that is passed in."""
    return _central(f, np.array(x, dtype=np.float64), 1e-5, np.empty(x.shape))


@exercise.misconception
def moves_whole_rows(f, x, h):
    """The loop runs over the first axis only, so that in a matrix a whole row moves at once. Visit every entry on
    its own, for instance with np.ndindex(x.shape)."""
    grad = np.zeros(x.shape)
    for i in range(len(x)):
        grad[i] = (_moved(f, x, i, h) - _moved(f, x, i, -h)) / (2 * h)
    return grad


@exercise.misconception
def moves_every_entry_at_once(f, x, h):
    """All entries move at once, which gives one number, the slope along the diagonal. The gradient has one number
    per entry of x, each from moving that entry alone."""
    return (_moved(f, x, ..., h) - _moved(f, x, ..., -h)) / (2 * h)


@exercise.misconception
def flattens_the_gradient(f, x, h):
    """The numbers are right, but the gradient comes out as one long vector. It should have the shape of x, so that
    it can be subtracted from it."""
    return _central(f, np.array(x, dtype=np.float64), h, np.empty(x.shape)).ravel()


@exercise.variant
def half_steps(f, x, h):
    """You step h/2 to each side and divide by h, which is a central difference too. The course steps h to each side
    and divides by 2h."""
    return _entrywise(x, lambda i: (_moved(f, x, i, h / 2) - _moved(f, x, i, -h / 2)) / h)


@exercise.equivalent
def unit_vectors(f, x, h):
    x = np.asarray(x, dtype=float)
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps]).reshape(x.shape)


@exercise.equivalent
def flat_iteration(f, x, h):
    point = x.astype(np.float64)
    grad = np.zeros(point.size)
    for k in range(point.size):
        old = point.flat[k]
        point.flat[k] = old + h
        grad[k] = f(point) / (2 * h)
        point.flat[k] = old - h
        grad[k] -= f(point) / (2 * h)
        point.flat[k] = old
    return grad.reshape(x.shape)


@exercise.equivalent
def ndenumerate(f, x, h):
    grad = np.zeros(x.shape)
    for i, value in np.ndenumerate(x):
        above, below = x.astype(float), x.astype(float)
        # float: a float32 scalar plus h would be rounded to float32
        above[i], below[i] = float(value) + h, float(value) - h
        grad[i] = (f(above) - f(below)) / h / 2
    return grad
