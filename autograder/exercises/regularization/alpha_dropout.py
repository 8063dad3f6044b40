"""Dropout for SELU networks: what is dropped becomes SELU's limit, and mean and variance are restored."""

import numpy as np

from autograder.compare import Difference
from autograder.domain import Generator, Number
from autograder.draw import either_sign, short_seed
from autograder.exercise import Exercise
from autograder.exercises.regularization._random_masks import chance, number_or_array
from autograder.exercises.regularization.dropout_forward import LARGE, SMALL, Entries
from course_lib.functions import dropout
from course_lib.functions.activations import SELU_ALPHA, SELU_LAMBDA

LIMIT = -SELU_LAMBDA * SELU_ALPHA  # of SELU at minus infinity
CLOSE = 1e-4  # the limit may be rounded to 1.758


def alpha_dropout(x, p_drop, rng):
    return dropout.alpha_dropout_forward(x, p_drop, True, rng=rng)[0]


def _affine(q, dropped=LIMIT, power=-0.5):
    """a and b of the paper for the share q that is kept."""
    return _affine_of(q, q + dropped**2 * q * (1 - q), dropped, power)


def _affine_of(q, variance, dropped=LIMIT, power=-0.5):
    a = variance**power
    return a, -a * (1 - q) * dropped


def _after(a, b, dropped=LIMIT):
    """What becomes of x, a factor and a shift, and what stands where an entry was dropped."""
    return a, b, a * dropped + b


# what comes out for the rate p, by the function below that returns it
WRONG = {
    "drops_to_zero": lambda p: _after(*_affine(1 - p), 0.0),
    "is_plain_dropout": lambda p: (1 / (1 - p), 0.0, 0.0),
    "leaves_mean_and_variance": lambda p: (1.0, 0.0, LIMIT),
    "divides_by_the_share": lambda p: _after(1 / (1 - p), 0.0),
    "divides_by_the_share_and_shifts": lambda p: _after(1 / (1 - p), -p * LIMIT / (1 - p)),
    "forgets_the_shift": lambda p: _after(_affine(1 - p)[0], 0.0),
    "shifts_alone": lambda p: _after(1.0, -p * LIMIT),
    "restores_the_kept_alone": lambda p: (*_affine(1 - p), LIMIT),
    "shifts_the_other_way": lambda p: _after(_affine(1 - p)[0], -_affine(1 - p)[1]),
    "shifts_by_the_share_that_is_kept": lambda p: _after(_affine(1 - p)[0], -_affine(1 - p)[0] * (1 - p) * LIMIT),
    "without_the_root": lambda p: _after(*_affine(1 - p, power=-1.0)),
    "multiplies_by_the_spread": lambda p: _after(*_affine(1 - p, power=0.5)),
    "takes_p_drop_for_q": lambda p: _after(*_affine(p)),
    "forgets_lambda": lambda p: _after(*_affine(1 - p, -SELU_ALPHA), -SELU_ALPHA),
    "forgets_alpha": lambda p: _after(*_affine(1 - p, -SELU_LAMBDA), -SELU_LAMBDA),
    "cuts_the_limit_off": lambda p: _after(*_affine(1 - p), -1.0),
    "limit_not_squared": lambda p: _after(*_affine_of(1 - p, (1 - p) - LIMIT * p * (1 - p))),
    "divides_the_kept_as_well": lambda p: (_affine(1 - p)[0] / (1 - p), _affine(1 - p)[1], _after(*_affine(1 - p))[2]),
    "shift_without_the_factor": lambda p: _after(_affine(1 - p)[0], -p * LIMIT),
    "drops_to_the_positive_limit": lambda p: _after(*_affine(1 - p, -LIMIT), -LIMIT),
}


def judge(inputs, value) -> Difference | None:
    x, p = np.asarray(inputs["x"], dtype=float), inputs["p_drop"]
    problem = number_or_array(value, x.shape, "the result")
    if problem:
        return problem
    out = np.array(value, dtype=float)
    right = _after(*_affine(1 - p))
    if _explains(right, x, out):
        dropped = np.abs(out - right[2]) <= CLOSE
        return chance(dropped, p, x) if p and x.ndim == 2 else None
    known = next((name for name, wrong in WRONG.items() if _explains(wrong(p), x, out)), "unknown")
    if known == "unknown" and np.asarray(inputs["x"]).dtype.kind == "i" and (out == np.trunc(out)).all():
        return Difference("integers", "the result holds whole numbers: what was written into has the type of x")
    a, b, dropped = right
    text = f"entries should be {a:.4g} x + {b:.4g}, or {dropped:.4g} where they are dropped, and some are neither"
    return Difference(f"values: {known}", text)


def _explains(after, x, out) -> bool:
    a, b, dropped = after
    off = np.minimum(np.abs(out - (a * x + b)), np.abs(out - dropped))
    return bool((off <= CLOSE * (1 + np.abs(x))).all())


exercise = Exercise(
    name="alpha_dropout",
    unit="regularization",
    points=1,
    reference=alpha_dropout,
    takes={
        "x": Entries(magnitudes=(10.0, 1e3)),
        "p_drop": Number(*LARGE, corners=(0.0,), says="at least 0 and below 1"),
        "rng": Generator(),
    },
    judge=judge,
    hints=(
        "Which value does SELU come close to for very negative inputs?",
        "Once a share of the entries has that value, what are mean and variance of all, if they were 0 and 1 before?",
        "a and b restore both. Which entries do they apply to: those that were kept, or all?",
    ),
    part="more",
    minutes=8,
    difficulty=2,
    reasoning=(
        "Where an entry is dropped, np.where puts the limit. Then the mean is (1 - q) alpha' and the variance "
        "q + alpha'^2 q (1 - q); b takes the one away, a is one over the root of the other, and both apply to all."
    ),
)


def _inputs(rng, p_drop, shape):
    rate = float(f"{rng.uniform(*p_drop):.3g}")
    return {"x": either_sign(rng, shape), "p_drop": rate, "rng": short_seed(rng)}


@exercise.case("a small rate")
def small_rate(rng):
    return _inputs(rng, SMALL, (100, 60))


@exercise.case("a rate above one half")
def large_rate(rng):
    return _inputs(rng, LARGE, (60, 100))


def _with(after, x, dropped):
    a, b, instead = after
    return np.where(dropped, instead, a * np.asarray(x) + b)


def _wrong(name, x, p_drop, rng):
    with np.errstate(all="ignore"):
        return _with(WRONG[name](np.float64(p_drop)), x, rng.random(np.shape(x)) < p_drop)


@exercise.misconception("AD1")
def drops_to_zero(x, p_drop, rng):
    """Dropped entries become 0 before a and b apply. 0 is nothing special for SELU: they become its limit at minus
    infinity, -lambda * alpha."""
    return _wrong("drops_to_zero", x, p_drop, rng)


@exercise.misconception
def is_plain_dropout(x, p_drop, rng):
    """This is inverted dropout: zeros, and the others divided by 1 - p_drop. It keeps the mean, and makes the variance
    larger, which SELU then has to put up with."""
    return _wrong("is_plain_dropout", x, p_drop, rng)


@exercise.misconception("AD2")
def leaves_mean_and_variance(x, p_drop, rng):
    """Dropped entries have the right value, but a and b are missing, so mean and variance drift from layer to layer."""
    return _wrong("leaves_mean_and_variance", x, p_drop, rng)


@exercise.misconception("AD3")
def divides_by_the_share(x, p_drop, rng):
    """a is 1 / (1 - p_drop) and b is missing, as in inverted dropout. That is for entries that become 0: these become
    alpha', and a follows from the variance."""
    return _wrong("divides_by_the_share", x, p_drop, rng)


@exercise.misconception
def divides_by_the_share_and_shifts(x, p_drop, rng):
    """a is 1 / (1 - p_drop), as in inverted dropout. The mean comes out right, and the variance does not: a is one over
    its root."""
    return _wrong("divides_by_the_share_and_shifts", x, p_drop, rng)


@exercise.misconception
def forgets_the_shift(x, p_drop, rng):
    """b is missing. The dropped entries are all negative, and so is the mean, until b takes it away."""
    return _wrong("forgets_the_shift", x, p_drop, rng)


@exercise.misconception
def shifts_alone(x, p_drop, rng):
    """The mean is taken away, but nothing is scaled: a is 1, and the variance is not."""
    return _wrong("shifts_alone", x, p_drop, rng)


@exercise.misconception
def restores_the_kept_alone(x, p_drop, rng):
    """a and b are applied to what is kept alone. All entries, the dropped ones too, go through a x + b."""
    return _wrong("restores_the_kept_alone", x, p_drop, rng)


@exercise.misconception
def shifts_the_other_way(x, p_drop, rng):
    """b has the other sign, and doubles the mean in place of taking it away. alpha' is negative, so b is positive."""
    return _wrong("shifts_the_other_way", x, p_drop, rng)


@exercise.misconception
def shifts_by_the_share_that_is_kept(x, p_drop, rng):
    """In b stands q, the share that is kept. The mean is that of the dropped entries: 1 - q belongs there."""
    return _wrong("shifts_by_the_share_that_is_kept", x, p_drop, rng)


@exercise.misconception
def without_the_root(x, p_drop, rng):
    """a is one over the variance. It is one over its root, the standard deviation."""
    return _wrong("without_the_root", x, p_drop, rng)


@exercise.misconception
def multiplies_by_the_spread(x, p_drop, rng):
    """a is the standard deviation itself. To make it 1, divide by it: the exponent is -1/2."""
    return _wrong("multiplies_by_the_spread", x, p_drop, rng)


@exercise.misconception
def takes_p_drop_for_q(x, p_drop, rng):
    """q is taken for p_drop in a and b. It is the probability of keeping, 1 - p_drop."""
    return _wrong("takes_p_drop_for_q", x, p_drop, rng)


@exercise.misconception
def forgets_lambda(x, p_drop, rng):
    """alpha' is -alpha, the limit of ELU. SELU multiplies it by lambda."""
    return _wrong("forgets_lambda", x, p_drop, rng)


@exercise.misconception
def forgets_alpha(x, p_drop, rng):
    """alpha' is -lambda. SELU's limit is -lambda * alpha."""
    return _wrong("forgets_alpha", x, p_drop, rng)


@exercise.misconception
def drops_to_the_positive_limit(x, p_drop, rng):
    """Dropped entries become +lambda * alpha. SELU's limit at minus infinity is negative."""
    return _wrong("drops_to_the_positive_limit", x, p_drop, rng)


@exercise.misconception
def limit_not_squared(x, p_drop, rng):
    """In a stands |alpha'|, and not its square. A variance is a mean of squares: alpha'^2 q (1 - q)."""
    return _wrong("limit_not_squared", x, p_drop, rng)


@exercise.misconception
def cuts_the_limit_off(x, p_drop, rng):
    """Where x holds integers, so does its copy, and alpha' becomes -1 when it is written there. Make the copy an array
    of floats."""
    return _wrong("cuts_the_limit_off", x, p_drop, rng) if x.dtype.kind == "i" else alpha_dropout(x, p_drop, rng)


@exercise.misconception
def keeps_integers(x, p_drop, rng):
    """The result has the type of x, so that whole numbers lose what stands behind the point. Make it an array of
    floats."""
    return np.asarray(alpha_dropout(x, p_drop, rng)).astype(np.asarray(x).dtype)


@exercise.misconception
def divides_the_kept_as_well(x, p_drop, rng):
    """What is kept is divided by 1 - p_drop before a and b apply, as in inverted dropout. Here a and b alone restore
    mean and variance."""
    return _wrong("divides_the_kept_as_well", x, p_drop, rng)


@exercise.misconception
def shift_without_the_factor(x, p_drop, rng):
    """b is -(1 - q) alpha', without a. The mean is multiplied by a like everything else, and that is what b takes
    away."""
    return _wrong("shift_without_the_factor", x, p_drop, rng)


@exercise.misconception
def whole_rows(x, p_drop, rng):
    """Whole rows of x are dropped or kept. Every entry has a draw of its own: draw as many numbers as x has."""
    dropped = rng.random(np.shape(x)[:1] + (1,) * (np.ndim(x) - 1)) < p_drop
    return _with(_after(*_affine(1 - p_drop)), x, np.broadcast_to(dropped, np.shape(x)))


@exercise.misconception
def keeps_with_p_drop(x, p_drop, rng):
    """Entries are kept with probability p_drop, and it is the probability of dropping."""
    return _with(_after(*_affine(1 - p_drop)), x, rng.random(np.shape(x)) >= p_drop)


@exercise.misconception
def one_mask_for_the_batch(x, p_drop, rng):
    """All rows of x share one mask. Every entry has a draw of its own: draw as many numbers as x has."""
    return _with(_after(*_affine(1 - p_drop)), x, rng.random(np.shape(x[:1])) < p_drop)


@exercise.misconception
def same_mask_in_every_call(x, p_drop, rng):
    """A generator is made inside, always from the same seed, so that every call drops the same entries. Draw from
    rng."""
    return _with(_after(*_affine(1 - p_drop)), x, np.random.default_rng(0).random(np.shape(x)) < p_drop)


@exercise.equivalent
def with_a_mask(x, p_drop, rng):
    keep = rng.binomial(1, 1 - p_drop, np.shape(x))
    q, limit = 1 - p_drop, -1.7580993408473766
    a = 1 / np.sqrt(q + limit**2 * q * p_drop)
    return a * (x * keep + limit * (1 - keep)) - a * p_drop * limit


@exercise.equivalent
def mean_and_variance_first(x, p_drop, rng):
    out = np.array(x, dtype=float)
    out[rng.random(out.shape) < p_drop] = -1.7581
    mean = -1.7581 * p_drop
    variance = (1 - p_drop) + p_drop * 1.7581**2 - mean**2
    return (out - mean) / variance**0.5
