"""A random matrix whose rows or columns, whichever are fewer, have the same length and stand at right angles."""

import numpy as np

from autograder.compare import Difference
from autograder.domain import Generator, Number
from autograder.draw import short_seed
from autograder.exercise import Call, Exercise
from autograder.exercises.initialization._length_mistakes import add_length_mistakes
from autograder.kinds import kind_instead_of_numbers
from autograder.random_matrices import SIGMAS
from course_lib import initialization

ROUNDING = 1e-6  # of products of rows; those of a right answer are off by 1e-13, those of a wrong one by a tenth


def orthogonal(rng, rows, cols, gain=1.0):
    return initialization.orthogonal(rng, rows, cols, gain)


# what the gain may be instead, by the misconception that leads to it
WRONG_GAINS = {
    "loses_the_gain": lambda gain, longer, shorter: 1.0,
    "squares_the_gain": lambda gain, longer, shorter: gain**2,
    "takes_the_root_of_the_gain": lambda gain, longer, shorter: gain**0.5,
    "divides_by_the_gain": lambda gain, longer, shorter: 1 / gain if gain else np.inf,
    "entries_of_size_one": lambda gain, longer, shorter: gain * longer**0.5,
    "shrinks_by_the_root": lambda gain, longer, shorter: gain / longer**0.5,
    "shrinks_by_the_other_root": lambda gain, longer, shorter: gain / shorter**0.5,
    "entries_of_size_one_by_the_other_root": lambda gain, longer, shorter: gain * shorter**0.5,
    "keeps_the_mean_square": lambda gain, longer, shorter: gain * (longer / shorter) ** 0.5,
}


def judge(inputs, value) -> Difference | None:
    """The first thing that is not so: shape, right angles, length, and that it is random."""
    shape = inputs["rows"], inputs["cols"]
    return form(value, shape) or angles(value, inputs["gain"]) or (chance(value) if inputs["gain"] else None)


def form(value, shape) -> Difference | None:
    if type(value) is not np.ndarray or value.dtype.kind != "f":
        kind = f"dtype {value.dtype}" if type(value) is np.ndarray else kind_instead_of_numbers(value, shape)
        is_complex = kind.startswith("dtype complex")  # as of the root of a negative number, which may be nan as well
        return Difference("finite" if is_complex else "type", f"the result should be an array of floats, got {kind}")
    if value.shape != shape:
        rows, cols = shape
        known = {(cols, rows): "transposed", (rows, rows): "rows twice", (cols, cols): "columns twice"}
        return Difference(known.get(value.shape, "shape"), f"the result should be of shape {shape}, got {value.shape}")
    if not np.isfinite(value).all():
        return Difference("finite", "not all entries are finite")
    return None


def angles(w, gain) -> Difference | None:
    """Whether the shorter sides of ``w`` have the length ``gain`` and stand at right angles."""
    which, vectors = ("rows", w) if w.shape[0] < w.shape[1] else ("columns", w.T)
    products = vectors @ vectors.T
    if np.allclose(products, gain**2 * np.eye(len(products)), rtol=0, atol=ROUNDING * gain**2):
        return None
    squares = np.diag(products)
    if np.abs(products - np.diag(squares)).max() > ROUNDING * squares.max(initial=1e-300):
        named = [
            name for name, axis in (("rows", 1), ("columns", 0)) if np.ptp(np.linalg.norm(w, axis=axis)) < ROUNDING
        ]
        named += ["zeros"] if np.count_nonzero(w) < 0.6 * w.size else []
        named += ["reshaped"] if w.shape[0] < w.shape[1] and angles(w.reshape(w.shape[::-1]), gain) is None else []
        named += ["not shrunk"] if np.isclose(np.sqrt(np.mean(w**2)), abs(gain), rtol=0.1) else []
        return Difference(
            f"angles: {' and '.join(named)}", f"the {which} do not stand at right angles: their products are not 0"
        )
    if np.ptp(squares) > ROUNDING * squares.max():
        return Difference("lengths", f"the {which} are not of one length, which should be {abs(gain):.4g}")
    found = float(squares[0]) ** 0.5
    names = [
        name
        for name, wrong in WRONG_GAINS.items()
        if abs(found - wrong(abs(gain), max(w.shape), min(w.shape))) < ROUNDING * found
    ]
    return Difference(
        f"length: {names[0] if names else 'unknown'}",
        f"the {which} should have the length {abs(gain):.4g}, and have {found:.4g}",
    )


def chance(w) -> Difference | None:
    """Whether a matrix with right angles may have been drawn at random, no direction likelier than another."""
    if np.count_nonzero(w) < 0.6 * w.size:
        return Difference("zeros", "most entries are 0, which hardly ever happens to random directions")
    first = w[:, 0] if w.shape[0] >= w.shape[1] else w[0]
    # a random direction's entries are nearly normal, and their sum has the variance of one of them times their number
    if abs(first.sum()) > SIGMAS * np.linalg.norm(first):
        return Difference("mean", "the entries of the first direction go together: their mean is far from 0")
    return None


exercise = Exercise(
    name="orthogonal",
    unit="initialization",
    points=2,
    reference=orthogonal,
    takes={
        "rng": Generator(),
        "rows": Number(50, 60),
        "cols": Number(32, 38),
        "gain": Number(1.2, 1.6, corners=(0.5, 3.0)),
    },
    judge=judge,
    hints=(
        "np.linalg.qr splits a matrix into one with orthonormal columns and a triangle. Which of the two do you want, "
        "and of which random matrix?",
        "Of a matrix with more columns than rows, qr makes a square one. What can you do before and after it, so that "
        "it always sees at least as many rows as columns?",
        "What does qr do to a factor that the matrix has before? When must the gain come?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "The columns of a random matrix point anywhere, and QR turns each until it stands at right angles to those "
        "before it. At most as many vectors as they have entries can do so, hence the transpose where columns "
        "outnumber rows; and since QR gives every column length 1, the gain comes last."
    ),
)


def _draw(rng, rows, cols, gain):
    return {"rng": short_seed(rng), "rows": rows, "cols": cols, "gain": gain}


@exercise.case("more rows than columns")
def tall(rng):
    return _draw(rng, int(rng.integers(50, 60)), int(rng.integers(30, 38)), 1.0)


@exercise.case("more columns than rows, with gains of either sign, and with 0")
def wide(rng):
    gains = 1.0, round(float(rng.uniform(1.2, 1.8)), 2), -round(float(rng.uniform(0.4, 0.8)), 2), 0.0
    rows, cols = int(rng.integers(30, 38)), int(rng.integers(50, 60))
    return [Call(_draw(rng, rows, cols, gain), f"gain = {gain:g}") for gain in gains]


@exercise.case("a square matrix, for ReLU")
def square(rng):
    n = int(rng.integers(30, 40))
    return _draw(rng, n, n, 2**0.5)


@exercise.case("a small gain")
def small_gain(rng):
    return _draw(rng, int(rng.integers(50, 60)), int(rng.integers(30, 38)), round(float(rng.uniform(0.2, 0.4)), 2))


def _orthonormal(rng, rows, cols):
    """The library's, of gain 1."""
    return initialization.orthogonal(rng, rows, cols)


@exercise.misconception("OR1a")
def qr_of_what_is_asked_for(rng, rows, cols, gain=1.0):
    """Where columns outnumber rows, qr returns a square matrix of the rows. Let it work on the transpose, which is
    tall, and turn the result round."""
    return gain * _orthonormal(rng, rows, min(rows, cols))


@exercise.misconception("OR1b", "OR5")
def square_of_the_rows(rng, rows, cols, gain=1.0):
    """The matrix has as many columns as rows, whatever cols says, as eigenvectors of a symmetric matrix, or qr with
    mode="complete", come out. Which rows or columns of it are wanted?"""
    return gain * _orthonormal(rng, rows, rows)


@exercise.misconception
def square_of_the_longer_side(rng, rows, cols, gain=1.0):
    """The matrix is square, as large as the longer side, as qr with mode="complete" makes it. The default mode stops
    after as many columns as the tall matrix has."""
    return gain * _orthonormal(rng, max(rows, cols), max(rows, cols))


@exercise.misconception("OR1c")
def always_qr_of_the_transpose(rng, rows, cols, gain=1.0):
    """The transpose is always taken, also where rows outnumber columns: there qr then returns a square matrix of the
    columns. Only a wide matrix has to be turned."""
    return gain * _orthonormal(rng, min(rows, cols), cols)


@exercise.misconception
def not_turned_back(rng, rows, cols, gain=1.0):
    """Where columns outnumber rows, the result is transposed: it was turned for qr, and not turned back."""
    return gain * _orthonormal(rng, max(rows, cols), min(rows, cols))


@exercise.misconception
def rows_and_columns_exchanged(rng, rows, cols, gain=1.0):
    """The matrix has cols rows and rows columns. The first number counts the rows."""
    return gain * _orthonormal(rng, cols, rows)


@exercise.misconception("OR3")
def loses_the_gain(rng, rows, cols, gain=1.0):
    """The gain makes no difference. If it multiplies the random matrix, qr divides it out again, since all columns that
    it returns have length 1: multiply the result."""
    return _orthonormal(rng, rows, cols)


add_length_mistakes(exercise, _orthonormal)


@exercise.misconception
def reshapes_instead_of_transposing(rng, rows, cols, gain=1.0):
    """Where columns outnumber rows, the tall matrix is reshaped to the wide one. reshape cuts its entries into new
    rows, in their order, and right angles are lost: turn it round with .T."""
    return gain * _orthonormal(rng, max(rows, cols), min(rows, cols)).reshape(rows, cols)


@exercise.misconception
def the_random_matrix_again(rng, rows, cols, gain=1.0):
    """Where columns outnumber rows, the result is the random matrix itself, as q @ r gives it back. Of the two factors
    q alone has right angles."""
    return gain * (_orthonormal(rng, rows, cols) if rows >= cols else rng.standard_normal((rows, cols)))


@exercise.misconception
def the_triangle(rng, rows, cols, gain=1.0):
    """The result is the triangle r, below whose diagonal all is 0. Of the two factors it is q that has right angles."""
    n = max(rows, cols)
    return gain * np.linalg.qr(rng.standard_normal((n, n)))[1][:rows, :cols]


@exercise.misconception
def the_random_matrix(rng, rows, cols, gain=1.0):
    """The result is the random matrix itself, as q @ r gives it back. Of the two factors q alone has right angles."""
    return gain * rng.standard_normal((rows, cols))


@exercise.misconception("OR4a")
def normalises_the_columns(rng, rows, cols, gain=1.0):
    """Every column has the right length, and that is all: random columns are not at right angles, and the matrix
    stretches some vectors more than others."""
    w = rng.standard_normal((rows, cols))
    return gain * w / np.linalg.norm(w, axis=0)


@exercise.misconception("OR4b")
def normalises_the_rows(rng, rows, cols, gain=1.0):
    """Every row has the right length, and that is all: random rows are not at right angles, and the matrix stretches
    some vectors more than others."""
    w = rng.standard_normal((rows, cols))
    return gain * w / np.linalg.norm(w, axis=1, keepdims=True)


@exercise.misconception
def normalises_the_shorter_side(rng, rows, cols, gain=1.0):
    """The rows or columns, whichever are fewer, have the right length, and that is all: random directions are not at
    right angles, and the matrix stretches some vectors more than others."""
    w = rng.standard_normal((rows, cols))
    return gain * w / np.linalg.norm(w, axis=0 if rows >= cols else 1, keepdims=True)


@exercise.misconception
def independent_numbers(rng, rows, cols, gain=1.0):
    """The rows or columns are not at right angles. Independent random numbers are only nearly so, and the larger the
    matrix is, the more it stretches some vectors and shrinks others."""
    return gain * rng.standard_normal((rows, cols)) / np.sqrt(max(rows, cols))


@exercise.misconception
def starts_from_positive_numbers(rng, rows, cols, gain=1.0):
    """The angles are right, but the first direction is nearly that of (1, 1, ..., 1): the numbers before qr were
    uniform between 0 and 1. Start from normal ones, which point anywhere."""
    q = np.linalg.qr(rng.random((max(rows, cols), min(rows, cols))))[0]
    return gain * (q if rows >= cols else q.T)


@exercise.misconception
def cuts_the_identity(rng, rows, cols, gain=1.0):
    """The angles are right, but the matrix is a part of the identity, or another with hardly an entry that is not 0:
    each unit copies one input. Draw the directions at random."""
    rng.random()
    return gain * np.eye(rows, cols)


@exercise.misconception
def signs_to_the_rows(rng, rows, cols, gain=1.0):
    """The signs of the triangle's diagonal belong to the columns of q, one to each: `q * signs`, without another
    axis."""
    q, r = np.linalg.qr(rng.standard_normal((max(rows, cols), min(rows, cols))))
    q = q * np.sign(np.diag(r))[:, None]
    return gain * (q if rows >= cols else q.T)


@exercise.misconception
def begins_again_in_every_call(rng, rows, cols, gain=1.0):
    """A generator is made inside, always from the same seed: all layers of one shape get the same weights. Draw from
    rng, which goes on from layer to layer."""
    return gain * _orthonormal(np.random.default_rng(0), rows, cols)


@exercise.misconception
def draws_from_another_generator(rng, rows, cols, gain=1.0):
    """The numbers come from a generator that nobody has seeded, as np.random.normal and default_rng() have it, and not
    from rng: nobody can repeat the experiment. Call the methods of rng."""
    return gain * _orthonormal(np.random.default_rng(), rows, cols)


@exercise.equivalent
def signs_as_they_come(rng, rows, cols, gain=1.0):
    w = rng.normal(size=(rows, cols))
    if rows < cols:
        return gain * np.linalg.qr(w.T)[0].T
    return gain * np.linalg.qr(w)[0]


@exercise.equivalent
def by_singular_values(rng, rows, cols, gain=1.0):
    u, _, vt = np.linalg.svd(rng.standard_normal((rows, cols)), full_matrices=False)
    return gain * (u @ vt)


@exercise.equivalent
def a_part_of_a_square(rng, rows, cols, gain=1.0):
    n = max(rows, cols)
    s = rng.standard_normal((n, n))
    return gain * np.linalg.eigh(s + s.T)[1][:rows, :cols]


@exercise.equivalent
def by_gram_and_schmidt(rng, rows, cols, gain=1.0):
    vectors = []
    for _ in range(min(rows, cols)):
        v = rng.standard_normal(max(rows, cols))
        for _twice in range(2):
            for u in vectors:
                v = v - (u @ v) * u
        vectors.append(v / np.sqrt(v @ v))
    w = gain * np.array(vectors)
    return w if rows < cols else w.T
