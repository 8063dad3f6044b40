"""Inputs on one scale: mean 0 and standard deviation 1, by the statistics of the training data."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign
from autograder.exercise import Exercise
from autograder.exercises.normalization._spread_mistakes import add_mixed_statistics, add_small_numbers, add_two_at_once
from course_lib.data import feature_scaling


def standardize(x_train, x_other):
    mean, std = feature_scaling.standardize_fit(x_train)
    return tuple(feature_scaling.standardize_apply(x, mean, std) for x in (x_train, x_other))


exercise = Exercise(
    name="standardize",
    unit="normalization",
    points=1,
    reference=standardize,
    takes={"x_train": Array("N", "D"), "x_other": Array("M", "D")},
    returns=("train", "other"),
    hints=(
        "Each feature is a column and gets numbers of its own. Along which axis do you take the mean, and what shape "
        "does it have?",
        "The network is going to be trained on x_train. Which mean and which standard deviation may know of x_other?",
        "What is the standard deviation of a feature that is the same in all samples, and what could you divide by "
        "instead, so that it is only shifted?",
    ),
    part="core",
    minutes=8,
    difficulty=1,
    reasoning=(
        "Mean and standard deviation are taken once, over the samples of x_train, and both arrays are shifted and "
        "divided by the same numbers: so a sample gets the same input in whichever array it stands. Where the "
        "standard deviation is 0, dividing by 1 leaves the shift alone."
    ),
)


def _draw(rng, n_train=6, n_other=4, n_features=3):
    """Features of different scales, and other data that lie elsewhere, so that no two sets of statistics agree."""
    scales = rng.uniform([0.12, 2.0, 20.0], [0.2, 4.0, 40.0])[np.arange(n_features) % 3]
    train = scales * (either_sign(rng, (n_train, n_features)) + rng.uniform(0.5, 2.0, n_features))
    other = scales * (0.4 * either_sign(rng, (n_other, n_features)) - 1.5)
    return {"x_train": train.round(3), "x_other": other.round(3)}


@exercise.case("features of different scales")
def different_scales(rng):
    return _draw(rng, int(rng.integers(6, 9)))


@exercise.case("as many features as samples, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4, 4)


@exercise.case("a single sample to be scaled by the statistics of many")
def single_other(rng):
    return _draw(rng, int(rng.integers(5, 8)), 1)


@exercise.case("a feature that is the same in all training samples")
def constant_feature(rng):
    given = _draw(rng, int(rng.integers(5, 8)))
    # a multiple of a quarter, of which every mean is exact
    given["x_train"][:, 1] = (rng.integers(4, 12) / 4) * rng.choice([-1, 1])
    return given


@exercise.case("features with a mean of a million")
def far_from_zero(rng):
    given = _draw(rng, int(rng.integers(6, 9)))
    offset = 1e6 * rng.uniform(1, 2, 3).round(2)
    scales = np.array([4.0, 1.0, 0.1])  # of spread 1 or so, which E[x^2] - E[x]^2 has no digits left for
    return {name: x * scales + offset for name, x in given.items()}


def _statistics(x):
    """Mean and standard deviation by the reference, the latter 1 where it is 0."""
    mean, std = feature_scaling.standardize_fit(x)
    return mean, np.where(std == 0, 1.0, std)


def _scale(mean, std, *arrays):
    return tuple((x - mean) / std for x in arrays)


@exercise.misconception("ST1")
def takes_all_data(x_train, x_other):
    """Mean and standard deviation are those of both arrays together. The network would know of data that it is to be
    tested on: take them from x_train alone."""
    return _scale(*_statistics(np.concatenate([x_train, x_other])), x_train, x_other)


@exercise.misconception("ST2")
def takes_each_sample(x_train, x_other):
    """Mean and standard deviation are taken over the features of each sample. A feature is a column: take them over the
    samples, axis 0."""
    return tuple((_standardized(x.T)).T for x in (x_train, x_other))


def _standardized(x):
    return _scale(*_statistics(x), x)[0]


@exercise.misconception("ST3")
def one_mean_for_all(x_train, x_other):
    """All features share one mean and one standard deviation, so their scales stay as different as they were. Take one
    of each for every column."""
    std = x_train.std()
    return _scale(x_train.mean(), std if std else 1.0, x_train, x_other)


@exercise.misconception("ST4")
def divides_by_zero(x_train, x_other):
    """A feature that is the same in all training samples has a standard deviation of 0, and dividing by it gives NaN or
    infinity. Such a feature is only shifted."""
    return _scale(x_train.mean(axis=0), x_train.std(axis=0), x_train, x_other)


@exercise.misconception("ST5")
def other_by_its_own(x_train, x_other):
    """x_other is scaled by its own mean and standard deviation. The same sample would get another input there than in
    x_train: both are scaled by the statistics of x_train."""
    return _standardized(x_train), _standardized(x_other)


@exercise.misconception
def train_by_the_others(x_train, x_other):
    """Both arrays are scaled by the statistics of x_other. The training data decide: take those of x_train."""
    return _scale(*_statistics(x_other), x_train, x_other)


@exercise.misconception
def divides_by_n_minus_one(x_train, x_other):
    """The standard deviation divides by N - 1. Here it is that of these samples, with the divisor N, as np.std takes it
    without ddof."""
    n = len(x_train)
    std = x_train.std(axis=0) * np.sqrt(n / max(n - 1, 1))
    return _scale(x_train.mean(axis=0), np.where(std == 0, 1.0, std), x_train, x_other)


@exercise.misconception
def divides_by_n_minus_one_also_of_one(x_train, x_other):
    """The standard deviation divides by N - 1, which is 0 for a single sample. Here it is that of these samples, with
    the divisor N, as np.std takes it without ddof."""
    std = x_train.std(axis=0, ddof=1)
    return _scale(x_train.mean(axis=0), np.where(std == 0, 1.0, std), x_train, x_other)


@exercise.misconception
def divides_by_the_variance(x_train, x_other):
    """The features are divided by their variance. A feature in metres would then be in units of 1 / metre: divide by
    the standard deviation, its root."""
    mean, std = _statistics(x_train)
    return _scale(mean, std**2, x_train, x_other)


@exercise.misconception
def only_shifts(x_train, x_other):
    """The mean is subtracted and nothing is divided: the features keep their different scales."""
    return _scale(_statistics(x_train)[0], 1.0, x_train, x_other)


@exercise.misconception
def only_divides(x_train, x_other):
    """The features are divided by their standard deviation, and not shifted: their means are still there."""
    return _scale(0.0, _statistics(x_train)[1], x_train, x_other)


@exercise.misconception
def divides_before_it_shifts(x_train, x_other):
    """The features are divided first, and then the mean of the undivided ones is subtracted. Put round brackets around
    x - mean."""
    mean, std = _statistics(x_train)
    return x_train / std - mean, x_other / std - mean


@exercise.misconception
def brackets_missing(x_train, x_other):
    """Only the mean is divided: x - mean / std means x - (mean / std). Put round brackets around x - mean."""
    mean, std = _statistics(x_train)
    return x_train - mean / std, x_other - mean / std


@exercise.misconception
def multiplies(x_train, x_other):
    """The features are multiplied by their standard deviation, which makes large ones larger still. Divide."""
    mean, std = _statistics(x_train)
    return _scale(mean, 1 / std, x_train, x_other)


@exercise.misconception
def other_only_divided(x_train, x_other):
    """x_other is divided and not shifted. It gets the mean and the standard deviation of x_train, both."""
    return _standardized(x_train), x_other / _statistics(x_train)[1]


@exercise.misconception
def other_left_as_it_is(x_train, x_other):
    """x_other comes back as it was: not scaled, or scaled by the mean and the standard deviation of what x_train has
    become, which are 0 and 1. It gets those that x_train had before it was scaled."""
    return _standardized(x_train), x_other


@exercise.misconception
def other_only_shifted(x_train, x_other):
    """x_other is shifted and not divided. It gets the mean and the standard deviation of x_train, both."""
    return _standardized(x_train), x_other - _statistics(x_train)[0]


@exercise.misconception
def mean_of_its_own(x_train, x_other):
    """Each array is shifted by its own mean. Only the standard deviation is that of x_train in both: take the mean from
    x_train, too."""
    std = _statistics(x_train)[1]
    return tuple((x - x.mean(axis=0)) / std for x in (x_train, x_other))


@exercise.misconception
def std_of_its_own(x_train, x_other):
    """Each array is divided by its own standard deviation. Only the mean is that of x_train in both: take the standard
    deviation from x_train, too."""
    mean = _statistics(x_train)[0]
    return tuple((x - mean) / _statistics(x)[1] for x in (x_train, x_other))


@exercise.misconception
def scaled_to_the_range(x_train, x_other):
    """The features are scaled to lie between 0 and 1. That is another scaling, which one outlier can spoil: here the
    mean becomes 0 and the standard deviation 1."""
    low, high = feature_scaling.min_max_fit(x_train)
    return tuple(feature_scaling.min_max_apply(x, low, high) for x in (x_train, x_other))


@exercise.misconception
def divides_by_the_range(x_train, x_other):
    """The features are shifted by their mean, but divided by largest minus smallest. Divide by the standard
    deviation."""
    spread = np.ptp(x_train, axis=0)
    return _scale(_statistics(x_train)[0], np.where(spread == 0, 1.0, spread), x_train, x_other)


@exercise.misconception
def by_median_and_quartiles(x_train, x_other):
    """The features are shifted by their median. That makes a scaling that outliers do not spoil, and another one: here
    the mean becomes 0."""
    return _scale(np.median(x_train, axis=0), _statistics(x_train)[1], x_train, x_other)


@exercise.misconception
def constant_becomes_zero(x_train, x_other):
    """A feature that is constant in training becomes 0 everywhere. In x_other it need not be constant: it is only
    shifted, by the same number."""
    mean, std = feature_scaling.standardize_fit(x_train)
    return tuple(np.where(std == 0, 0.0, _scale(mean, np.where(std == 0, 1.0, std), x)[0]) for x in (x_train, x_other))


@exercise.misconception
def constant_left_as_it_is(x_train, x_other):
    """A feature that is constant in training is left as it is. It is not divided, but it is shifted: its mean becomes 0
    as well."""
    mean, std = feature_scaling.standardize_fit(x_train)
    return _scale(np.where(std == 0, 0.0, mean), np.where(std == 0, 1.0, std), x_train, x_other)


@exercise.misconception
def constant_dropped(x_train, x_other):
    """A feature that is constant in training is left out, and the arrays have fewer columns. Keep it, and only shift
    it."""
    mean, std = feature_scaling.standardize_fit(x_train)
    kept = std > 0
    return _scale(mean[kept], std[kept], x_train[:, kept], x_other[:, kept])


@exercise.misconception
def constant_made_a_number(x_train, x_other):
    """What is NaN or infinite after dividing by 0 is replaced afterwards, so that a feature which was constant in
    training becomes 0 or 1e308. Divide by 1 there instead of 0."""
    return tuple(np.nan_to_num(x) for x in divides_by_zero(x_train, x_other))


add_small_numbers(exercise)
add_mixed_statistics(exercise)
add_two_at_once(exercise)


@exercise.misconception
def small_scale_taken_for_constant(x_train, x_other):
    """A feature whose standard deviation is small counts as constant, and is not divided. A length in kilometres may
    vary by 1e-7 and tell as much as any: ask whether the standard deviation is 0."""
    mean, std = _statistics(x_train)
    return _scale(mean, np.where(std < 1e-6, 1.0, std), x_train, x_other)


@exercise.misconception
def only_nan_made_zero(x_train, x_other):
    """NaN is replaced by 0 afterwards, and infinity stays: dividing by 0 gives it wherever x_other is not what x_train
    was. Divide by 1 there instead of 0."""
    return tuple(np.where(np.isnan(x), 0.0, x) for x in divides_by_zero(x_train, x_other))


@exercise.misconception
def mean_square_for_variance(x_train, x_other):
    """The standard deviation is the root of the mean of x squared. It is measured from the mean: (x - mean) squared."""
    return _scale(_statistics(x_train)[0], np.sqrt(np.mean(1.0 * x_train**2, axis=0)), x_train, x_other)


@exercise.misconception
def absolute_deviation(x_train, x_other):
    """The features are divided by the mean of |x - mean|. Divide by the root of the mean of (x - mean) squared."""
    mean = _statistics(x_train)[0]
    spread = np.abs(x_train - mean).mean(axis=0)
    return _scale(mean, np.where(spread == 0, 1.0, spread), x_train, x_other)


@exercise.misconception
def difference_of_squares(x_train, x_other):
    """The variance is E[x^2] - E[x]^2. That is right on paper; where the mean is large, two nearly equal numbers are
    subtracted, and rounding is most of what is left. Square x - mean instead."""
    mean = x_train.mean(axis=0)
    std = np.sqrt(np.maximum((x_train**2).mean(axis=0) - mean**2, 0.0))
    return _scale(mean, np.where(std == 0, 1.0, std), x_train, x_other)


@exercise.misconception
def changes_its_arguments(x_train, x_other):
    """x_train and x_other are changed in place, by -= or /=. Whoever has called the function still needs them: return
    new arrays."""
    mean, std = _statistics(x_train)
    for x in (x_train, x_other):
        x -= mean
        x /= std
    return x_train, x_other


@exercise.misconception
def other_first(x_train, x_other):
    """The two arrays come back in the wrong order. Return x_train first, then x_other, both scaled."""
    return standardize(x_train, x_other)[::-1]


@exercise.misconception
def statistics_returned(x_train, x_other):
    """These are the mean and the standard deviation. What is asked for are the two arrays, scaled by them."""
    return _statistics(x_train)


@exercise.equivalent
def where_it_is_not_zero(x_train, x_other):
    mean, std = np.mean(x_train, axis=0), np.std(x_train, axis=0)
    std[std == 0] = 1
    return (x_train - mean) / std, (x_other - mean) / std


@exercise.equivalent
def column_by_column(x_train, x_other):
    train, other = np.zeros(x_train.shape), np.zeros(x_other.shape)
    for d in range(x_train.shape[1]):
        mean = sum(x_train[:, d]) / len(x_train)
        std = (sum((v - mean) ** 2 for v in x_train[:, d]) / len(x_train)) ** 0.5
        train[:, d] = (x_train[:, d] - mean) / (std or 1.0)
        other[:, d] = (x_other[:, d] - mean) / (std or 1.0)
    return [train, other]


@exercise.equivalent
def both_at_once(x_train, x_other):
    n = x_train.shape[0]
    mean = np.ones(n) @ x_train / n
    centred = np.vstack([x_train, x_other]) - mean
    std = np.sqrt(np.einsum("nd,nd->d", centred[:n], centred[:n]) / n)
    scaled = np.divide(centred, std, out=centred.copy(), where=std > 0)
    return scaled[:n], scaled[n:]
