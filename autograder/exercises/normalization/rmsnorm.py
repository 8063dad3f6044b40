"""RMSNorm: every sample divided by its root mean square, without a mean and without a shift."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Exercise


def rmsnorm(x, gamma, eps=1e-5):
    """(Zhang and Sennrich 2019), with eps under the root as in PyTorch."""
    x = np.asarray(x, dtype=float)
    return gamma * x / np.sqrt(np.mean(np.square(x), axis=1, keepdims=True) + eps)


exercise = Exercise(
    name="rmsnorm",
    unit="normalization",
    points=1,
    reference=rmsnorm,
    takes={
        "x": Array("N", "D"),
        "gamma": Array("D"),
        "eps": Number(0.01, 0.1, corners=(1e-5, 2.0), says="any positive number"),
    },
    hints=(
        "The name says what a sample is divided by, read backwards. In which order do you square, average and take the "
        "root?",
        "Over which axis is the mean taken, so that each sample has one, and what keeps that axis?",
        "Which of layer norm's four steps (shift, divide, scale, shift) are left?",
    ),
    part="more",
    minutes=3,
    difficulty=1,
    reasoning=(
        "It is layer norm without its two shifts: nothing is subtracted before, and nothing added after. So it divides "
        "by the root mean square, which is the standard deviation of numbers whose mean is 0."
    ),
)


def _draw(rng, n_samples, n_features, eps):
    """Samples, and features, that differ in mean and size; no gamma is near 1."""
    size = rng.uniform([0.5, 1.5, 0.2, 3.0, 1.0], [0.8, 2.0, 0.4, 4.0, 1.2])[:n_samples, None]
    shift = np.array([1.5, -2.0, 1.0, 2.5, -1.0])[:n_samples, None]
    return {
        "x": (size * (either_sign(rng, (n_samples, n_features)) + shift)).round(3),
        "gamma": rng.uniform(1.5, 3.0, n_features).round(2) * np.where(np.arange(n_features) % 2, -1, 1),
        "eps": eps,
    }


@exercise.case("samples of different size")
def different_samples(rng):
    return _draw(rng, 4, int(rng.integers(5, 8)), round(rng.uniform(0.01, 0.02), 4))


@exercise.case("as many samples as features, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4, round(rng.uniform(0.01, 0.02), 4))


@exercise.case("a single sample")
def single_sample(rng):
    return _draw(rng, 1, int(rng.integers(4, 7)), round(rng.uniform(0.01, 0.02), 4))


@exercise.case("a sample of zeros, and a gamma that is 0 for some features")
def zeros(rng):
    inputs = _draw(rng, 3, int(rng.integers(5, 7)), round(rng.uniform(0.01, 0.02), 4))
    inputs["x"][1] = 0.0
    inputs["gamma"][[1, 3]] = 0.0
    return inputs


@exercise.case("an eps as large as the mean square")
def large_eps(rng):
    return _draw(rng, 3, int(rng.integers(5, 8)), round(rng.uniform(0.8, 1.2), 3))


def _mean_square(x):
    return np.mean(np.square(1.0 * x), axis=1, keepdims=True)


@exercise.misconception
def centred_first(x, gamma, eps):
    """The mean is subtracted first: that is layer norm. RMSNorm leaves it where it is."""
    x = x - x.mean(axis=1, keepdims=True)
    return gamma * x / np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def standard_deviation(x, gamma, eps):
    """x is divided by the standard deviation, which does not count the mean. The root mean square does: square x as it
    is."""
    return gamma * x / np.sqrt(np.var(x, axis=1, keepdims=True) + eps)


@exercise.misconception
def centred_and_then_by_the_root_mean_square(x, gamma, eps):
    """x is divided by its root mean square, but the mean has been subtracted from it. RMSNorm subtracts nothing."""
    return gamma * (x - x.mean(axis=1, keepdims=True)) / np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def length(x, gamma, eps):
    """x is divided by its length, the root of the sum of its squares. The root mean square divides that sum by D
    first."""
    return gamma * x / np.sqrt(np.sum(np.square(1.0 * x), axis=1, keepdims=True) + eps)


@exercise.misconception
def mean_square(x, gamma, eps):
    """x is divided by its mean square. The root is missing."""
    return gamma * x / (_mean_square(x) + eps)


@exercise.misconception
def mean_of_the_sizes(x, gamma, eps):
    """x is divided by the mean of its absolute values. The root mean square squares them, and takes the root of their
    mean."""
    return gamma * x / (np.abs(1.0 * x).mean(axis=1, keepdims=True) + eps)


@exercise.misconception
def square_of_the_mean(x, gamma, eps):
    """The mean is squared, and not the numbers: its root is the size of the mean. Square first, then average."""
    return gamma * x / np.sqrt(np.mean(x, axis=1, keepdims=True) ** 2 + eps)


@exercise.misconception
def largest_size(x, gamma, eps):
    """x is divided by its largest absolute value. The root mean square is the root of the mean of the squares."""
    return gamma * x / (np.abs(1.0 * x).max(axis=1, keepdims=True) + eps)


@exercise.misconception
def over_the_samples(x, gamma, eps):
    """The mean is taken over the samples, for each feature. RMSNorm takes it over the features, for each sample: axis
    1."""
    return gamma * x / np.sqrt(np.mean(np.square(1.0 * x), axis=0) + eps)


@exercise.misconception
def over_everything(x, gamma, eps):
    """There is one root mean square for the whole batch. Each sample has its own."""
    return gamma * x / np.sqrt(np.mean(np.square(1.0 * x)) + eps)


@exercise.misconception
def axis_is_lost(x, gamma, eps):
    """The mean squares of shape (N,) meet x (N, D) from the right: NumPy refuses, or, if N is D, divides the features
    by them. Keep the axis, with keepdims=True."""
    return gamma * x / np.sqrt(np.mean(np.square(1.0 * x), axis=1) + eps)


@exercise.misconception
def eps_outside_of_the_root(x, gamma, eps):
    """eps is added to the root mean square. Here it stands under the root, beside the mean square."""
    return gamma * x / (np.sqrt(_mean_square(x)) + eps)


@exercise.misconception
def without_eps(x, gamma, eps):
    """eps is left out, so that a sample of zeros is 0 / 0 = nan. It stands under the root, beside the mean square."""
    with np.errstate(all="ignore"):
        return gamma * x / np.sqrt(_mean_square(x))


@exercise.misconception
def eps_as_a_floor(x, gamma, eps):
    """The mean square is made no smaller than eps. eps is added to every mean square, also to large ones."""
    return gamma * x / np.sqrt(np.maximum(_mean_square(x), eps))


@exercise.misconception
def eps_as_a_floor_of_the_root(x, gamma, eps):
    """The root mean square is made no smaller than eps. eps is added to every mean square, under the root."""
    return gamma * x / np.maximum(np.sqrt(_mean_square(x)), eps)


@exercise.misconception
def eps_squared(x, gamma, eps):
    """eps is squared under the root. It is a mean square already: add it as it is."""
    return gamma * x / np.sqrt(_mean_square(x) + eps**2)


@exercise.misconception
def eps_of_its_own(x, gamma, eps):
    """eps is always 1e-5, whatever is asked for. Use the argument."""
    return gamma * x / np.sqrt(_mean_square(x) + 1e-5)


@exercise.misconception
def eps_before_it_squares(x, gamma, eps):
    """eps is added to x before it is squared. It is added once, to the mean of the squares."""
    return gamma * x / np.sqrt(np.mean(np.square(x + eps), axis=1, keepdims=True))


@exercise.misconception
def eps_for_every_feature(x, gamma, eps):
    """eps is added D times: to each square before they are averaged and to nothing after, or to their sum. It is added
    once, to the mean of the squares."""
    return gamma * x / np.sqrt(np.sum(np.square(1.0 * x), axis=1, keepdims=True) / x.shape[1] + x.shape[1] * eps)


@exercise.misconception
def eps_in_the_sum(x, gamma, eps):
    """eps is added to the sum of the squares, before it is divided by D, so that only a part of it is left. It is added
    to their mean."""
    return gamma * x / np.sqrt((np.sum(np.square(1.0 * x), axis=1, keepdims=True) + eps) / x.shape[1])


@exercise.misconception
def without_gamma(x, gamma, eps):
    """gamma is not used. Each feature is multiplied by its own."""
    return x / np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def one_more_than_gamma(x, gamma, eps):
    """The features are multiplied by 1 + gamma. Where gamma starts at 0 that is usual; here it is the factor itself."""
    return (1 + gamma) * x / np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def adds_gamma(x, gamma, eps):
    """gamma is added. It is a scale: multiply by it."""
    return x / np.sqrt(_mean_square(x) + eps) + gamma


@exercise.misconception
def divides_by_gamma(x, gamma, eps):
    """x is divided by gamma. It is a scale: multiply by it."""
    with np.errstate(all="ignore"):
        return x / np.sqrt(_mean_square(x) + eps) / gamma


@exercise.misconception
def gamma_of_the_samples(x, gamma, eps):
    """gamma is turned into a column, as if each sample had its own. It has a number for each feature, and meets x (N,
    D) as it is."""
    return gamma[:, None] * x / np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def scales_before_it_normalises(x, gamma, eps):
    """x is multiplied by gamma first, and then divided by its own root mean square. Divide first, then scale."""
    x = gamma * x
    return x / np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def multiplies(x, gamma, eps):
    """x is multiplied by its root mean square, which makes large samples larger still. Divide."""
    return gamma * x * np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def the_norm_alone(x, gamma, eps):
    """The root mean squares come back themselves. Divide x by them, and multiply by gamma."""
    return np.sqrt(_mean_square(x) + eps)


@exercise.misconception
def changes_x(x, gamma, eps):
    """The values are right, and x has been changed in place, by /= or *=. Make a new array."""
    out = rmsnorm(x, gamma, eps)
    x[...] = out
    return out


@exercise.misconception
def divides_by_one_less(x, gamma, eps):
    """The sum of the squares is divided by D - 1. The root mean square divides it by D."""
    return gamma * x / np.sqrt(np.sum(np.square(1.0 * x), axis=1, keepdims=True) / (x.shape[1] - 1) + eps)


@exercise.misconception
def root_of_the_mean_size(x, gamma, eps):
    """The root is taken of the mean of the absolute values. It is the squares that are averaged."""
    return gamma * x / np.sqrt(np.mean(np.abs(1.0 * x), axis=1, keepdims=True) + eps)


@exercise.misconception
def mean_of_the_roots(x, gamma, eps):
    """The root is taken of each square, and then the mean. Average first, then take the root."""
    return gamma * x / np.mean(np.sqrt(np.square(1.0 * x) + eps), axis=1, keepdims=True)


@exercise.misconception
def size_of_the_first_sample(x, gamma, eps):
    """All samples are divided by the root mean square of the first. Each has its own."""
    return gamma * x / np.sqrt(np.mean(np.square(1.0 * x[0])) + eps)


@exercise.misconception
def eps_only_for_zeros(x, gamma, eps):
    """eps is used for samples of zeros alone. It is added to the mean square of every sample."""
    rms = np.sqrt(_mean_square(x))
    return gamma * x / np.where(rms == 0, eps, rms)


@exercise.misconception
def eps_twice(x, gamma, eps):
    """eps is added under the root, and to the root again. Once is enough: under the root."""
    return gamma * x / (np.sqrt(_mean_square(x) + eps) + eps)


@exercise.misconception
def gamma_in_the_norm_alone(x, gamma, eps):
    """gamma is in the root mean square, and what is divided by it is x without gamma. It belongs outside: gamma * x /
    sqrt(...)."""
    return x / np.sqrt(_mean_square(gamma * x) + eps)


@exercise.equivalent
def number_by_number(x, gamma, eps):
    out = np.zeros(x.shape)
    for n, row in enumerate(x):
        rms = (sum(v * v for v in row) / len(row) + eps) ** 0.5
        for d, v in enumerate(row):
            out[n, d] = gamma[d] * v / rms
    return out


@exercise.equivalent
def norms(x, gamma, eps):
    rms = np.sqrt(np.linalg.norm(x, axis=-1) ** 2 / x.shape[-1] + eps)
    return (x / rms[:, np.newaxis]) * gamma


@exercise.equivalent
def einsum(x, gamma, eps):
    x = x.astype(float)
    return np.einsum("nd,d,n->nd", x, gamma, (np.einsum("nd,nd->n", x, x) / len(gamma) + eps) ** -0.5)
