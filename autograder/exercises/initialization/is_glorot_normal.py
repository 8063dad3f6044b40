"""A statistical test of an initialiser: the student's probe is tried on right initialisers and on known mistakes."""

from functools import partial

import numpy as np

from autograder.domain import Generator, Given, Number, Size
from autograder.draw import generator_for
from autograder.exercise import Call, Exercise
from autograder.exercises.initialization import glorot_normal as catalogued
from course_lib import initialization

SIGMAS = 5.5  # the reference refuses a right initialiser once in a million times
FANS = ((90, 40), (30, 130))
RIGHT = 8  # initialisers in a row


def is_glorot_normal(initializer, seed):
    return _probe(initializer, seed, _looks_right)


def _probe(initializer, seed, looks_right, all_fans=FANS) -> bool:
    """Whether two matrices of each shape, divided by the standard deviation that is due, look right."""
    rng = np.random.default_rng(seed)
    for fans in all_fans:
        pair = [initializer(rng, *fans) / _std(*fans) for _ in range(2)]
        if not looks_right(pair, fans):
            return False
    return True


def _std(fan_in, fan_out):
    return (2 / (fan_in + fan_out)) ** 0.5


def _looks_right(pair, shape, mean=True, tails=True, neighbours=True, size_of=abs) -> bool:
    """Whether two matrices are of that shape, different, and of standard normal numbers that are independent.

    ``size_of`` is what is compared with a bound, of each statistic in standard errors.
    """
    if pair[0].shape != shape or np.array_equal(*pair):
        return False
    z = np.stack(pair)
    errors = [(np.mean(z**2) ** 0.5 - 1) * (2 * z.size) ** 0.5, mean * z.mean() * z.size**0.5]
    if tails:
        squares = z**2
        errors.append((np.mean(squares**2) / np.mean(squares) ** 2 - 3) * (z.size / 24) ** 0.5)
    if neighbours:
        z = z - z.mean()
        products = z[:, 1:] * z[:, :-1], z[:, :, 1:] * z[:, :, :-1]
        errors += [abs(p.mean()) * p.size**0.5 for p in products]
    return bool(all(size_of(error) < SIGMAS for error in errors))


exercise = Exercise(
    name="is_glorot_normal",
    unit="initialization",
    points=3,
    reference=is_glorot_normal,
    takes={
        # of the corner cases those fail whose seed is odd: neither answer is always right
        "initializer": Given(
            lambda rng, others: _of(_too_wide if others["seed"] % 2 else _plain),
            called_with={"rng": Generator(), "fan_in": Size(), "fan_out": Size()},
        ),
        "seed": Number(0, 10**6),
    },
    hints=(
        "Which numbers of a matrix of weights do you know beforehand, such as its mean, and how far from them may "
        "those of a right one be? How does that depend on how many weights you draw?",
        "Which wrong rules agree with the right one where fan_in and fan_out are the same?",
        "Mean and standard deviation may be right, and the numbers uniform, or units alike. Which numbers tell?",
        "What does an initialiser do that makes a generator of its own, and how often must you call it to see that?",
    ),
    part="core",
    minutes=15,
    difficulty=3,
    reasoning=(
        "The mean of n weights errs by std / sqrt(n), their standard deviation by std / sqrt(2 n), the kurtosis by "
        "sqrt(24 / n). With bounds of five times as much a right initialiser practically always passes, and with some "
        "thousand weights a wrong one does not. The shape, two calls, and products of neighbours show the rest."
    ),
)


def _of(form):
    """The initialiser as the student's function gets it."""

    def initializer(rng, fan_in, fan_out, /):
        return form(generator_for(rng), fan_in, fan_out)

    initializer.__qualname__ = "initializer"  # as messages call it
    return initializer


def _plain(rng, fan_in, fan_out):
    return rng.normal(0.0, _std(fan_in, fan_out), (fan_in, fan_out))


def _other_way_round(rng, fan_in, fan_out):
    """As right as the plain one, and other numbers."""
    return -np.flip(_plain(rng, fan_in, fan_out))


TOLD = {
    _plain: "a right initialiser, rng.normal of the right standard deviation",
    _other_way_round: "a right initialiser, rng.normal with all signs and both axes reversed",
}


def _too_wide(rng, fan_in, fan_out):
    return 1.1 * _plain(rng, fan_in, fan_out)


def _too_narrow(rng, fan_in, fan_out):
    return 0.9 * _plain(rng, fan_in, fan_out)


def _with_copies(axis, rng, fan_in, fan_out):
    """One row or column in four is a copy of the one before it: too few for the weights as a whole to look wrong."""
    w = _plain(rng, fan_in, fan_out)
    rows = np.moveaxis(w, axis, 0)
    copies = rows[1::4]
    copies[...] = rows[: 4 * len(copies) : 4]
    return w


def _both(rng, *wrong, right=_other_way_round, told=()) -> list[Call]:
    """A right initialiser and wrong ones, so that a constant answer earns nothing; ``told`` sets these apart."""
    seeds = map(int, rng.integers(10**6, size=len(wrong) + 1))
    wrong_ones = [f"a wrong initialiser: {what}" for what in told] or ["a wrong initialiser"]
    calls = zip((right, *wrong), seeds, (TOLD[right], *wrong_ones), strict=True)
    return [Call({"initializer": _of(form), "seed": seed}, words) for form, seed, words in calls]


@exercise.case("the standard deviation is what the variance should be")
def variance_for_standard_deviation(rng):
    return _both(rng, catalogued.variance_for_standard_deviation, right=_plain)


@exercise.case("right where there are as many outputs as inputs, and nowhere else")
def right_for_squares(rng):
    return _both(rng, catalogued.looks_at_the_inputs_alone)


@exercise.case("the standard deviation is a tenth too large, or too small")
def too_wide(rng):
    told = [f"a standard deviation a tenth too {size}" for size in ("large", "small")]
    return _both(rng, _too_wide, _too_narrow, told=told)


@exercise.case("right where the fans add up to 200, and nowhere else")
def one_for_all(rng):
    return _both(rng, lambda rng, fan_in, fan_out: 0.1 * rng.standard_normal((fan_in, fan_out)))


@exercise.case("the mean is half of the standard deviation, or minus half of it")
def with_a_mean(rng):
    above, below = partial(_with_a_mean, 0.5), partial(_with_a_mean, -0.5)
    return _both(rng, above, below, told=["a mean of half the standard deviation", "a mean of minus half of it"])


def _with_a_mean(share, rng, fan_in, fan_out):
    return _plain(rng, fan_in, fan_out) + share * _std(fan_in, fan_out)


@exercise.case("all numbers positive, and of the right mean square")
def positive_numbers(rng):
    return _both(rng, lambda rng, fan_in, fan_out: np.abs(_plain(rng, fan_in, fan_out)))


@exercise.case("uniform numbers, or many large ones, of the right mean and standard deviation")
def another_distribution(rng):
    of_right_size = "of the right mean and standard deviation"
    told = [f"uniform numbers {of_right_size}", f"too many large numbers, {of_right_size}"]
    return _both(rng, initialization.glorot_uniform, _with_heavy_tails, told=told)


def _with_heavy_tails(rng, fan_in, fan_out):
    return rng.laplace(0.0, _std(fan_in, fan_out) / 2**0.5, (fan_in, fan_out))


@exercise.case("one unit in four is a copy of the one before it")
def equal_columns(rng):
    return _both(rng, partial(_with_copies, 1))


@exercise.case("one input in four is weighted as the one before it")
def equal_rows(rng):
    return _both(rng, partial(_with_copies, 0))


@exercise.case("fan_out rows and fan_in columns")
def turned(rng):
    return _both(rng, lambda rng, fan_in, fan_out: _plain(rng, fan_in, fan_out).T)


@exercise.case("the same numbers in every call")
def repeated(rng):
    return _both(rng, lambda rng, fan_in, fan_out: _plain(np.random.default_rng(0), fan_in, fan_out))


@exercise.case(f"{RIGHT} right initialisers, and one of standard deviation 1")
def right_ones(rng):
    *seeds, last = (int(seed) for seed in rng.integers(10**6, size=RIGHT + 1))
    standard = _of(lambda rng, fan_in, fan_out: rng.standard_normal((fan_in, fan_out)))
    return [
        *[Call({"initializer": _of(_other_way_round), "seed": seed}, TOLD[_other_way_round]) for seed in seeds],
        Call({"initializer": standard, "seed": last}, "a wrong initialiser"),
    ]


@exercise.misconception
def passes_everything(initializer, seed):
    """Every initialiser passes, also a wrong one. A test is worth what it refuses."""
    return True


@exercise.misconception
def fails_everything(initializer, seed):
    """No initialiser passes, not even a right one. Print what you compare for a right one: are the bounds too narrow
    for so many weights, or is something compared with a number that it need not have? Or were two calls to differ whose
    generators you made from the same seed? From one a right initialiser draws the same each time."""
    return False


@exercise.misconception
def answers_the_other_way(initializer, seed):
    """The verdicts are the wrong way round: True means that the initialiser is right."""
    return not is_glorot_normal(initializer, seed)


@exercise.misconception
def asks_for_squares_alone(initializer, seed):
    """An initialiser passes that looks at one of the fans alone. Where both are the same, that shows in nothing: draw
    matrices with more inputs than outputs, or fewer."""
    return _probe(initializer, seed, _looks_right, ((60, 60), (80, 80)))


@exercise.misconception
def asks_for_one_square(initializer, seed):
    """Initialisers pass that are right for 100 inputs and 100 outputs, and wrong elsewhere. Draw matrices with more
    inputs than outputs, or fewer, and of several sums of fans."""
    return _probe(initializer, seed, _looks_right, ((100, 100),))


@exercise.misconception
def asks_for_one_sum_of_fans(initializer, seed):
    """An initialiser passes whose standard deviation is 0.1 whatever the fans, which is right where they add up to 200.
    Ask for shapes whose fans add up to different numbers."""
    return _probe(initializer, seed, _looks_right, ((150, 50), (40, 160)))


@exercise.misconception
def ignores_the_mean(initializer, seed):
    """An initialiser passes whose weights have another mean than 0. np.std measures from the mean, wherever it is, and
    does not show it."""
    return _probe(initializer, seed, lambda pair, shape: _looks_right([w - w.mean() for w in pair], shape))


@exercise.misconception
def looks_at_squares_alone(initializer, seed):
    """An initialiser passes whose numbers are all positive. Their squares do not show it, nor do fourth powers: look at
    the mean as well."""
    return _probe(initializer, seed, partial(_looks_right, mean=False))


@exercise.misconception
def ignores_the_spread(initializer, seed):
    """Nearly every initialiser passes that draws normal numbers around 0: their standard deviation is not compared with
    the root of 2 / (fan_in + fan_out)."""
    return _probe(initializer, seed, lambda pair, shape: _looks_right([w / _size(w) for w in pair], shape))


def _size(w):
    return np.sqrt(np.mean(w**2))


@exercise.misconception
def is_content_with_a_rough_spread(initializer, seed):
    """An initialiser passes whose standard deviation is a tenth too large. That of n weights errs by one part in
    sqrt(2 n): draw some thousands, and choose the bound accordingly."""

    def looks_right(pair, shape):
        return all(abs(_size(w) - 1) < 0.15 for w in pair) and _looks_right([w / _size(w) for w in pair], shape)

    return _probe(initializer, seed, looks_right)


@exercise.misconception
def ignores_how_they_are_spread(initializer, seed):
    """Initialisers pass whose numbers are not normal. Their mean and standard deviation are right: look at the fourth
    power, or count how many weights lie within one standard deviation."""
    return _probe(initializer, seed, partial(_looks_right, tails=False))


@exercise.misconception
def forgets_the_absolute_values(initializer, seed):
    """Initialisers pass whose statistics are too small: the difference is then negative, and below every bound. Take
    its absolute value."""
    return _probe(initializer, seed, partial(_looks_right, size_of=float))


@exercise.misconception
def treats_the_weights_as_one_heap(initializer, seed):
    """Initialisers pass that copy rows or columns. Taken together their weights look right: compare the rows with each
    other, and the columns."""
    return _probe(initializer, seed, partial(_looks_right, neighbours=False))


@exercise.misconception
def compares_the_units_alone(initializer, seed):
    """An initialiser passes in which inputs are weighted alike. You compare the columns with each other: compare the
    rows as well."""
    return _of_neighbours(initializer, seed, 2)


@exercise.misconception
def compares_the_inputs_alone(initializer, seed):
    """An initialiser passes in which units are alike. You compare the rows with each other: compare the columns as
    well."""
    return _of_neighbours(initializer, seed, 1)


def _of_neighbours(initializer, seed, axis):
    def looks_right(pair, shape):
        rows = np.moveaxis(np.stack(pair), axis, 1)
        are_independent = abs(np.mean(rows[:, 1:] * rows[:, :-1])) < SIGMAS / np.sqrt(rows.size)
        return _looks_right(pair, shape, neighbours=False) and are_independent

    return _probe(initializer, seed, looks_right)


@exercise.misconception
def ignores_the_shape(initializer, seed):
    """An initialiser passes that returns fan_out rows and fan_in columns. The numbers are right, and their array is
    not."""
    return _probe(initializer, seed, lambda pair, shape: _looks_right(pair, pair[0].shape))


@exercise.misconception
def calls_it_once(initializer, seed):
    """An initialiser passes that gives the same numbers in every call. Call it twice with one generator, which goes
    on in between, and compare."""
    return _probe(initializer, seed, lambda pair, shape: _looks_right([pair[0], np.flip(pair[1])], shape))


@exercise.misconception
def takes_the_variance_for_the_standard_deviation(initializer, seed):
    """Right initialisers fail, and one passes whose standard deviation is 2 / (fan_in + fan_out). That is the variance:
    compare np.var with it, or np.std with its root."""
    return _probe(initializer, seed, lambda pair, shape: _looks_right([w / _std(*shape) for w in pair], shape))


@exercise.misconception
def expects_lecuns_rule(initializer, seed):
    """Right initialisers fail, and one passes whose variance is 1 / fan_in. That is LeCun's rule: Glorot's looks at
    both fans."""

    def looks_right(pair, shape):
        return _looks_right([w * _std(*shape) * shape[0] ** 0.5 for w in pair], shape)

    return _probe(initializer, seed, looks_right)


@exercise.equivalent
def counts_in_intervals(initializer, seed):
    rng = np.random.default_rng(seed)
    inside = {0.5: 0.38292, 1.0: 0.68269, 1.5: 0.86639, 2.0: 0.95450}
    for fan_in, fan_out in ((200, 60), (60, 240), (110, 110)):
        w, again = initializer(rng, fan_in, fan_out), initializer(rng, fan_in, fan_out)
        if w.shape != (fan_in, fan_out) or (w == again).all():
            return False
        z = w * np.sqrt((fan_in + fan_out) / 2)
        if abs(z.mean()) > 5 / z.size**0.5:
            return False
        if any(abs((abs(z) < end).mean() - p) > 5 * (p * (1 - p) / z.size) ** 0.5 for end, p in inside.items()):
            return False
        if any(np.sort(np.corrcoef(rows).ravel())[-len(rows) - 1] > 0.9 for rows in (z, z.T)):
            return False
    return True


@exercise.equivalent
def several_draws_of_each(initializer, seed):
    rng = np.random.default_rng(seed)
    for shape in [(90, 30), (30, 90), (300, 10)]:
        draws = [initializer(rng, *shape) for _ in range(5)]
        if any(w.shape != shape for w in draws) or len({float(w[0, 0]) for w in draws}) < 5:
            return False
        z = np.array(draws) / np.sqrt(2 / sum(shape))
        tails = abs((z**4).mean() - 3) < 5 * np.sqrt(96 / z.size)
        moments = abs(z.mean()) < 5 / np.sqrt(z.size) and abs((z**2).mean() - 1) < 5 * np.sqrt(2 / z.size)
        rows, columns = z[:, 0] * z[:, 1], z[:, :, 0] * z[:, :, 1]
        if not (tails and moments and all(abs(p.mean()) < 5 / np.sqrt(p.size) for p in (rows, columns))):
            return False
    return True
