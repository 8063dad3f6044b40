"""A random orthogonal matrix, none likelier than another."""

import numpy as np

from autograder.compare import Difference
from autograder.domain import Generator, Number
from autograder.draw import short_seed
from autograder.exercise import Call, Exercise
from autograder.exercises.initialization.orthogonal import angles, chance, form
from course_lib import initialization

N_DRAWN = 20  # matrices, of which half are rotations


def judge(inputs, value) -> Difference | None:
    """Right angles, and no rule behind the signs."""
    n = inputs["n"]
    return form(value, (n, n)) or angles(value, 1.0) or chance(value) or _signs(value)


def _signs(q) -> Difference | None:
    """Whether all columns got their signs by a rule; by chance they fit one once in 2 ** (n - 1) matrices."""
    # what qr has returned keeps its signs when it goes through qr again, the last one aside
    again = np.sign(np.diag(np.linalg.qr(q)[1]))[:-1]
    if abs(again.sum()) == len(again):
        return Difference(
            "signs of qr", "all signs are those that qr chooses by its own rule, so not all are as likely"
        )
    diagonal = np.sign(np.diag(q))
    if abs(diagonal.sum()) == len(diagonal):
        return Difference("signs of the diagonal", "all entries of the diagonal have the same sign")
    for axis, what in enumerate(("column", "row")):
        of_one_sign = np.flatnonzero(np.abs(np.sign(q).sum(axis=axis)) == len(q))
        if of_one_sign.size:
            return Difference(
                f"signs of a {what}", f"all entries of {what} {of_one_sign[0]}, counted from 0, have the same sign"
            )
    return None


def judge_together(values) -> Difference | None:
    """Whether there are rotations and reflections among them; a right answer draws one kind alone once in 2 ** 19."""
    determinants = {int(np.sign(np.linalg.det(q))) for q in values}
    if len(values) < N_DRAWN or len(determinants) > 1:
        return None
    kind = "rotations" if determinants == {1} else "reflections"
    return Difference(kind, f"all {len(values)} matrices are {kind}, of determinant {min(determinants)}")


exercise = Exercise(
    name="haar_orthogonal",
    unit="initialization",
    points=1,
    reference=initialization.haar_orthogonal,
    takes={"rng": Generator(), "n": Number(40, 46)},
    judge=judge,
    judge_together=judge_together,
    hints=(
        "A = Q R stays true when a column of Q and the row of R that belongs to it change their signs. Who has chosen "
        "them, and by which rule?",
        "Draw some matrices of two rows and look at the first entry of Q. What do you see?",
        "If the diagonal of R is positive, Q and R are unique. Which sign must each column of Q be multiplied by, to "
        "get there?",
    ),
    part="more",
    minutes=5,
    difficulty=3,
    reasoning=(
        "No direction is likelier than another for a normal matrix, and a rotation of it rotates Q, provided that Q is "
        "unique. It is when the diagonal of R is positive, so each column of Q takes the sign of its entry there."
    ),
)


def _draw(rng, n):
    return {"rng": short_seed(rng), "n": n}


@exercise.case("a matrix of 30 to 40 rows")
def thirty(rng):
    return _draw(rng, int(rng.integers(30, 40)))


@exercise.case(f"{N_DRAWN} matrices, rotations and reflections")
def several(rng):
    return [Call(_draw(rng, 48), f"matrix {number}") for number in range(1, N_DRAWN + 1)]


@exercise.case("a matrix of 60 to 70 rows")
def sixty(rng):
    return _draw(rng, int(rng.integers(60, 70)))


@exercise.misconception("OR2")
def signs_of_qr(rng, n):
    """The columns have the signs that qr chose by a rule of its own: the first entry is never positive. Multiply each
    column by the sign of its entry in the diagonal of r."""
    return np.linalg.qr(rng.standard_normal((n, n)))[0]


@exercise.misconception
def signs_of_q(rng, n):
    """The diagonal of the matrix has one sign throughout: its own signs were taken. Those of r's diagonal make the
    factors unique."""
    q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return q * np.sign(np.diag(q))


@exercise.misconception
def signs_of_a_row(rng, n):
    """A row of the matrix has one sign throughout: its own signs were taken, and one side is preferred. Those of r's
    diagonal make the factors unique."""
    q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return q * np.sign(q[0])


@exercise.misconception
def rotations_alone(rng, n):
    """All matrices are rotations, of determinant 1. Reflections, of determinant -1, are as many, and as orthogonal."""
    return _with_determinant(1, rng, n)


@exercise.misconception
def reflections_alone(rng, n):
    """All matrices are reflections, of determinant -1. Rotations, of determinant 1, are as many."""
    return _with_determinant(-1, rng, n)


def _with_determinant(sign, rng, n):
    q = initialization.haar_orthogonal(rng, n)
    q[:, 0] *= sign * np.sign(np.linalg.det(q))
    return q


@exercise.misconception
def signs_of_all_of_r(rng, n):
    """The columns are not at right angles any more: q was multiplied, entry by entry, by the signs of all of r, half of
    which are 0. Only those of its diagonal count, one for each column."""
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.sign(r)


@exercise.misconception
def multiplies_by_the_diagonal(rng, n):
    """The columns have different lengths: they were multiplied by the diagonal of r, and not by its signs."""
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.diag(r)


@exercise.misconception
def normalises_the_columns(rng, n):
    """Every column has length 1, and that is all: random columns are not at right angles."""
    w = rng.standard_normal((n, n))
    return w / np.linalg.norm(w, axis=0)


@exercise.misconception
def independent_numbers(rng, n):
    """The columns are not at right angles. Independent random numbers are only nearly so."""
    return rng.standard_normal((n, n)) / np.sqrt(n)


@exercise.misconception
def starts_from_positive_numbers(rng, n):
    """The first direction is nearly that of (1, 1, ..., 1), all of one sign: the numbers before qr were uniform between
    0 and 1, or the rows got the signs of the first column. Start from normal numbers, which point anywhere, and take
    the signs of r's diagonal."""
    return np.linalg.qr(rng.random((n, n)))[0]


@exercise.misconception
def exchanges_axes_only(rng, n):
    """Most entries are 0: this is the identity, or one with its rows exchanged or turned. There are many more
    orthogonal matrices."""
    return np.eye(n)[rng.permutation(n)]


@exercise.misconception
def begins_again_in_every_call(rng, n):
    """A generator is made inside, always from the same seed: every call returns the same matrix. Draw from rng."""
    return initialization.haar_orthogonal(np.random.default_rng(0), n)


@exercise.misconception
def draws_from_another_generator(rng, n):
    """The numbers come from a generator that nobody has seeded, as np.random.normal and default_rng() have it, and not
    from rng: nobody can repeat the experiment."""
    return initialization.haar_orthogonal(np.random.default_rng(), n)


@exercise.equivalent
def signs_of_r(rng, n):
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    signs = np.diag(r) / np.abs(np.diag(r))
    return q @ np.diag(signs)


@exercise.equivalent
def random_signs(rng, n):
    q = np.linalg.qr(rng.normal(size=(n, n)))[0]
    return q * rng.choice([-1.0, 1.0], size=n)


@exercise.equivalent
def nearest_orthogonal_matrix(rng, n):
    u, _, vt = np.linalg.svd(rng.standard_normal((n, n)))
    return u @ vt
