"""Inputs between 0 and 1, by the smallest and the largest values of the training data."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign
from autograder.exercise import Exercise
from course_lib.data import feature_scaling


def min_max(x_train, x_other):
    low, high = feature_scaling.min_max_fit(x_train)
    return tuple(feature_scaling.min_max_apply(x, low, high) for x in (x_train, x_other))


exercise = Exercise(
    name="min_max",
    unit="normalization",
    points=1,
    reference=min_max,
    takes={"x_train": Array("N", "D"), "x_other": Array("M", "D")},
    returns=("train", "other"),
    hints=(
        "Which two numbers of each feature do you need, and of which array?",
        "What becomes of a value in x_other that is larger than all in x_train, and why should it not be cut off?",
        "What is largest minus smallest of a feature that is the same in all samples, and what could you divide by "
        "instead?",
    ),
    part="more",
    minutes=3,
    difficulty=1,
    reasoning=(
        "The smallest value goes to 0 and the largest to 1, both of x_train, and x_other gets the same shift and the "
        "same divisor, so that it may lie outside. Where the range is 0, dividing by 1 leaves the shift alone."
    ),
)


def _draw(rng, n_train=6, n_other=4, n_features=3):
    """Features of different scales, none from 0 to 1, and other data that reach further on both sides."""
    scales = rng.uniform([0.3, 2.0, 20.0], [0.6, 4.0, 40.0])[np.arange(n_features) % 3]
    centre = rng.uniform(1.0, 2.0, n_features) * np.where(np.arange(n_features) % 2, -3, 3)
    train = scales * (either_sign(rng, (n_train, n_features)) + centre)
    other = scales * (either_sign(rng, (n_other, n_features)) + centre)
    if n_other > 1:
        other[:2] = scales * (centre + np.outer([1, -1], rng.uniform(4, 5, n_features)))
    else:
        other[:] = scales * (centre + rng.uniform(4, 5, n_features))
    return {"x_train": train.round(3), "x_other": other.round(3)}


@exercise.case("features of different scales")
def different_scales(rng):
    return _draw(rng, int(rng.integers(6, 9)))


@exercise.case("as many features as samples, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4, 4)


@exercise.case("a single sample to be scaled like many others")
def single_other(rng):
    return _draw(rng, int(rng.integers(5, 8)), 1)


@exercise.case("a feature that is the same in all training samples")
def constant_feature(rng):
    given = _draw(rng, int(rng.integers(5, 8)))
    given["x_train"][:, 1] = (rng.integers(8, 16) / 4) * rng.choice([-1, 1])
    return given


def _low_and_range(x):
    """Smallest value, and largest minus smallest, 1 where that is 0."""
    width = np.ptp(x, axis=0)
    return x.min(axis=0), np.where(width == 0, 1.0, width)


def _scale(low, width, *arrays):
    return tuple((x - low) / width for x in arrays)


def _scaled(x):
    return _scale(*_low_and_range(x), x)[0]


@exercise.misconception
def takes_all_data(x_train, x_other):
    """Smallest and largest are those of both arrays together. The network would know of data that it is to be tested
    on: take them from x_train alone."""
    return _scale(*_low_and_range(np.concatenate([x_train, x_other])), x_train, x_other)


@exercise.misconception
def other_by_its_own(x_train, x_other):
    """x_other is scaled by its own smallest and largest values. The same sample would get another input there than in
    x_train: both are scaled by those of x_train."""
    return _scaled(x_train), _scaled(x_other)


@exercise.misconception
def train_by_the_others(x_train, x_other):
    """Both arrays are scaled by the smallest and the largest values of x_other. The training data decide."""
    return _scale(*_low_and_range(x_other), x_train, x_other)


@exercise.misconception
def range_of_its_own(x_train, x_other):
    """Each array is divided by its own range. Only the shift is that of x_train in both: take the range from x_train,
    too."""
    low = x_train.min(axis=0)
    return tuple((x - low) / _low_and_range(x)[1] for x in (x_train, x_other))


@exercise.misconception
def smallest_of_its_own(x_train, x_other):
    """Each array is shifted by its own smallest values. Only the range is that of x_train in both: take the smallest
    value from x_train, too."""
    width = _low_and_range(x_train)[1]
    return tuple((x - x.min(axis=0)) / width for x in (x_train, x_other))


@exercise.misconception
def other_left_as_it_is(x_train, x_other):
    """x_other comes back as it was: not scaled, or scaled by what x_train has become, which goes from 0 to 1. It gets
    the numbers that x_train had before it was scaled."""
    return _scaled(x_train), x_other


@exercise.misconception
def takes_each_sample(x_train, x_other):
    """Smallest and largest are taken over the features of each sample. A feature is a column: take them over the
    samples, axis 0."""
    return _scaled(x_train.T).T, _scaled(x_other.T).T


@exercise.misconception
def takes_each_sample_without_its_axis(x_train, x_other):
    """Smallest and largest are taken along axis 1, one for each sample, and meet the columns: NumPy complains, or, if
    there are as many samples as features, mixes them up. Take them over the samples, axis 0."""
    width = np.ptp(x_train, axis=1)
    return _scale(x_train.min(axis=1), np.where(width == 0, 1.0, width), x_train, x_other)


@exercise.misconception
def one_range_for_all(x_train, x_other):
    """All features share one smallest and one largest value, so that their scales stay as different as they were. Take
    one of each for every column."""
    width = np.ptp(x_train)
    return _scale(x_train.min(), width if width else 1.0, x_train, x_other)


@exercise.misconception
def divides_by_zero(x_train, x_other):
    """A feature that is the same in all training samples has a range of 0, and dividing by it gives NaN or infinity.
    Such a feature is only shifted."""
    with np.errstate(all="ignore"):
        return _scale(x_train.min(axis=0), np.ptp(1.0 * x_train, axis=0), x_train, x_other)


@exercise.misconception
def constant_becomes_zero(x_train, x_other):
    """A feature that is constant in training becomes 0 everywhere. In x_other it need not be constant: it is only
    shifted, by the same number."""
    constant = np.ptp(x_train, axis=0) == 0
    return tuple(np.where(constant, 0.0, x) for x in min_max(x_train, x_other))


@exercise.misconception
def constant_left_as_it_is(x_train, x_other):
    """A feature that is constant in training is left as it is. It is not divided, but it is shifted, to 0."""
    constant = np.ptp(x_train, axis=0) == 0
    pairs = zip((x_train, x_other), min_max(x_train, x_other), strict=True)
    return tuple(np.where(constant, x, scaled) for x, scaled in pairs)


@exercise.misconception
def constant_dropped(x_train, x_other):
    """A feature that is constant in training is left out, and the arrays have fewer columns. Keep it, and only shift
    it."""
    kept = np.ptp(x_train, axis=0) > 0
    return tuple(x[:, kept] for x in min_max(x_train, x_other))


@exercise.misconception
def constant_made_a_number(x_train, x_other):
    """What is NaN or infinite after dividing by 0 is replaced afterwards, so that a feature which was constant in
    training becomes 0 or 1e308. Divide by 1 there instead of 0."""
    return tuple(np.nan_to_num(x) for x in divides_by_zero(x_train, x_other))


@exercise.misconception
def adds_a_small_number(x_train, x_other):
    """1e-8 is added to every range. That saves a constant feature from NaN, and changes the others, most of all those
    of small scale; and a constant feature is divided by 1e-8 in x_other. Where the range is 0, divide by 1."""
    return _scale(x_train.min(axis=0), np.ptp(1.0 * x_train, axis=0) + 1e-8, x_train, x_other)


@exercise.misconception
def small_scale_taken_for_constant(x_train, x_other):
    """A feature whose range is small counts as constant, and is not divided. A length in kilometres may vary by 1e-7
    and tell as much as any: ask whether the range is 0."""
    low, width = _low_and_range(x_train)
    return _scale(low, np.where(width < 1e-6, 1.0, width), x_train, x_other)


@exercise.misconception
def cuts_off(x_train, x_other):
    """What lies outside of the training range is cut off at 0 and 1. Two samples that differ would look alike: other
    data may lie outside."""
    return tuple(np.clip(x, 0, 1) for x in min_max(x_train, x_other))


@exercise.misconception
def divides_by_the_largest(x_train, x_other):
    """The features are divided by their largest value, and not shifted. The smallest should become 0: subtract it
    first, and divide by the range."""
    high = x_train.max(axis=0)
    return _scale(0.0, np.where(high == 0, 1.0, high), x_train, x_other)


@exercise.misconception
def divides_by_the_largest_size(x_train, x_other):
    """The features are divided by their largest absolute value, and not shifted, so that they lie between -1 and 1. The
    smallest should become 0."""
    return _scale(0.0, np.abs(x_train).max(axis=0), x_train, x_other)


@exercise.misconception
def shifts_and_divides_by_the_largest(x_train, x_other):
    """The features are shifted by their smallest value, and divided by their largest. After the shift the largest is
    largest minus smallest: divide by that."""
    high = x_train.max(axis=0)
    return _scale(x_train.min(axis=0), np.where(high == 0, 1.0, high), x_train, x_other)


@exercise.misconception
def only_shifts(x_train, x_other):
    """The smallest value is subtracted and nothing is divided: the features keep their different scales."""
    return _scale(x_train.min(axis=0), 1.0, x_train, x_other)


@exercise.misconception
def only_divides(x_train, x_other):
    """The features are divided by their range and not shifted. The smallest value should become 0."""
    return _scale(0.0, _low_and_range(x_train)[1], x_train, x_other)


@exercise.misconception
def divides_before_it_shifts(x_train, x_other):
    """The features are divided first, and then the smallest of the undivided values is subtracted. Put round brackets
    around x - smallest."""
    low, width = _low_and_range(x_train)
    return x_train / width - low, x_other / width - low


@exercise.misconception
def upside_down(x_train, x_other):
    """The largest value becomes 0 and the smallest 1. Subtract the smallest, not the other way round."""
    low, width = _low_and_range(x_train)
    return tuple((low + np.ptp(x_train, axis=0) - x) / width for x in (x_train, x_other))


@exercise.misconception
def from_minus_one_to_one(x_train, x_other):
    """The features go from -1 to 1. Here they go from 0 to 1."""
    return tuple(2 * x - 1 for x in min_max(x_train, x_other))


@exercise.misconception
def standardised(x_train, x_other):
    """The features have mean 0 and standard deviation 1. That is another scaling: here the smallest becomes 0 and the
    largest 1."""
    mean, std = feature_scaling.standardize_fit(x_train)
    return tuple(feature_scaling.standardize_apply(x, mean, std) for x in (x_train, x_other))


@exercise.misconception
def shifted_by_the_mean(x_train, x_other):
    """The features are shifted by their mean, and divided by their range. It is the smallest value that should become
    0."""
    return _scale(x_train.mean(axis=0), _low_and_range(x_train)[1], x_train, x_other)


@exercise.misconception
def changes_its_arguments(x_train, x_other):
    """x_train and x_other are changed in place, by -= or /=. Whoever has called the function still needs them: return
    new arrays."""
    low, width = _low_and_range(x_train)
    for x in (x_train, x_other):
        x -= low
        x /= width
    return x_train, x_other


@exercise.misconception
def other_first(x_train, x_other):
    """The two arrays come back in the wrong order. Return x_train first, then x_other, both scaled."""
    return min_max(x_train, x_other)[::-1]


@exercise.misconception
def statistics_returned(x_train, x_other):
    """These are the smallest and the largest values, or the range. What is asked for are the two arrays, scaled by
    them."""
    return x_train.min(axis=0), x_train.max(axis=0)


@exercise.misconception
def takes_no_less_than_a_small_number(x_train, x_other):
    """Ranges below a small number become that number, so that what was constant in training is multiplied by a million
    millions in x_other. Where the range is 0, divide by 1."""
    return _scale(x_train.min(axis=0), np.maximum(np.ptp(x_train, axis=0), 1e-12), x_train, x_other)


def _with_a_small_number(number):
    def form(x_train, x_other):
        """A small number is added to every range. That saves a constant feature from NaN, and changes the others, most
        of all those of small scale; and in x_other, what was constant is divided by nearly nothing. Where the range is
        0, divide by 1."""
        return _scale(x_train.min(axis=0), np.ptp(x_train, axis=0) + number, x_train, x_other)

    form.__name__ = f"adds_{number:g}_to_the_range"
    return form


for exponent in (3, 4, 5, 9, 10, 12):
    exercise.misconception(_with_a_small_number(10.0**-exponent))


@exercise.misconception
def constant_becomes_one_half(x_train, x_other):
    """A feature that is constant in training becomes 1/2 everywhere. It is only shifted, to 0, and in x_other by the
    same number."""
    constant = np.ptp(x_train, axis=0) == 0
    return tuple(np.where(constant, 0.5, x) for x in min_max(x_train, x_other))


@exercise.misconception
def nothing_divided_if_one_is_constant(x_train, x_other):
    """One feature that is constant in training keeps all others from being divided. Ask of each feature by itself."""
    low, width = _low_and_range(x_train)
    return _scale(low, 1.0 if (np.ptp(x_train, axis=0) == 0).any() else width, x_train, x_other)


@exercise.misconception
def largest_range_for_all(x_train, x_other):
    """Every feature is shifted by its own smallest value, and all are divided by one range, that of all numbers. Each
    has its own."""
    width = np.ptp(x_train)
    return _scale(x_train.min(axis=0), width if width else 1.0, x_train, x_other)


@exercise.misconception
def shifted_to_the_middle(x_train, x_other):
    """The features are shifted by the middle between smallest and largest, and go from -1/2 to 1/2. It is the smallest
    that should become 0."""
    low, width = _low_and_range(x_train)
    return _scale(low + np.ptp(x_train, axis=0) / 2, width, x_train, x_other)


@exercise.misconception
def divides_by_the_deviation(x_train, x_other):
    """The features are shifted by their smallest value and divided by their standard deviation. Divide by the range, so
    that the largest becomes 1."""
    std = x_train.std(axis=0)
    return _scale(x_train.min(axis=0), np.where(np.ptp(x_train, axis=0) == 0, 1.0, std), x_train, x_other)


@exercise.equivalent
def where_it_is_not_zero(x_train, x_other):
    low = np.min(x_train, axis=0)
    width = (np.max(x_train, axis=0) - low).astype(float)
    width[width == 0] = 1
    return (x_train - low) / width, (x_other - low) / width


@exercise.equivalent
def column_by_column(x_train, x_other):
    train, other = np.zeros(x_train.shape), np.zeros(x_other.shape)
    for d in range(x_train.shape[1]):
        ordered = sorted(x_train[:, d])
        width = (ordered[-1] - ordered[0]) or 1
        train[:, d] = [(v - ordered[0]) / width for v in x_train[:, d]]
        other[:, d] = [(v - ordered[0]) / width for v in x_other[:, d]]
    return [train, other]


@exercise.equivalent
def both_at_once(x_train, x_other):
    n = x_train.shape[0]
    shifted = np.vstack([x_train, x_other]) - x_train.min(0) * 1.0
    high = shifted[:n].max(0)
    scaled = np.divide(shifted, high, out=shifted.copy(), where=high > 0)
    return scaled[:n], scaled[n:]
