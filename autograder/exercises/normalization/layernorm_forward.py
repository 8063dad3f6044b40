"""Layer norm: every sample by its own mean and variance."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign
from autograder.exercise import Exercise
from autograder.exercises.normalization._normalization_mistakes import (
    add_scaling_mistakes,
    centred_and_scaled,
    inverse_root,
    mean_square,
    scaled_and_shifted,
)
from course_lib.functions import normalization

exercise = Exercise(
    name="layernorm_forward",
    unit="normalization",
    points=2,
    reference=normalization.layernorm_forward,
    takes={
        "x": Array("N", "D"),
        "gamma": Array("D"),
        "beta": Array("D"),
        "eps": Number(0.01, 0.1, corners=(1e-5, 2.0), says="any positive number"),
    },
    returns=("out", "cache"),
    hints=(
        "Batch norm takes a mean over the samples, for each feature. Over what does layer norm take it, and how many "
        "means are there?",
        "A mean for each sample has to meet x (N, D). What shape must it have, and which argument of np.mean keeps it?",
        "gamma and beta have a number for each feature. Are they another shape than in batch norm?",
    ),
    part="core",
    minutes=4,
    difficulty=2,
    reasoning=(
        "It is batch norm along the other axis: the samples share nothing, so there is no state, and training and "
        "evaluation are the same. gamma and beta still belong to the features."
    ),
)


def _draw(rng, n_samples, n_features, eps):
    """Samples, and features, that differ in mean and spread; no gamma is near 1 and no beta near 0."""
    of_sample = rng.uniform([2.0, -1.5, 4.0, -3.0, 1.0], [3.0, -0.5, 6.0, -2.0, 1.5])[:n_samples, None]
    of_feature = np.linspace(-1.5, 2.5, n_features) * rng.uniform(0.8, 1.2)
    spread = rng.uniform([0.5, 1.5, 0.2, 3.0, 1.0], [0.8, 2.0, 0.4, 4.0, 1.2])[:n_samples, None]
    x = of_sample + spread * (of_feature + 0.3 * either_sign(rng, (n_samples, n_features)))
    return {
        "x": x.round(3),
        "gamma": rng.uniform(1.5, 3.0, n_features).round(2) * np.where(np.arange(n_features) % 2, -1, 1),
        "beta": either_sign(rng, n_features, 0.5, 2.0),
        "eps": eps,
    }


SMALL = 1e-9  # eps where it is not what a case is about: it changes nothing that is compared


@exercise.case("samples of different mean and spread")
def different_samples(rng):
    return _draw(rng, 4, int(rng.integers(5, 8)), SMALL)


@exercise.case("as many samples as features, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4, SMALL)


@exercise.case("a single sample")
def single_sample(rng):
    return _draw(rng, 1, int(rng.integers(4, 7)), SMALL)


@exercise.case("a sample whose features are all alike")
def constant_sample(rng):
    inputs = _draw(rng, 3, int(rng.integers(5, 7)), round(rng.uniform(0.01, 0.02), 4))
    inputs["x"][1] = float(rng.integers(2, 5))
    return inputs


@exercise.case("an eps as large as the variance")
def large_eps(rng):
    return _draw(rng, 3, int(rng.integers(5, 8)), round(rng.uniform(0.8, 1.2), 3))


@exercise.case("numbers with much in common, such as ten million and a little more")
def far_from_zero(rng):
    inputs = _draw(rng, 4, int(rng.integers(5, 8)), SMALL)
    inputs["x"] += 1e7
    return inputs


@exercise.case("a gamma that is 0 for some features")
def zero_gamma(rng):
    inputs = _draw(rng, 3, int(rng.integers(5, 7)), SMALL)
    inputs["gamma"][[1, 3]] = 0.0
    return inputs


def _mean(x):
    return x.mean(axis=1, keepdims=True)


def _var(x):
    return x.var(axis=1, keepdims=True)


def _forward(
    x, gamma, beta, eps,
    mean_of=_mean, variance=mean_square, root=inverse_root, normalized=centred_and_scaled, affine=scaled_and_shifted,
):  # fmt: skip
    """Layer norm with another part in a place."""
    x = 1.0 * x
    mean = mean_of(x)
    inv_std = root(variance(x, mean, mean_of), eps)
    xhat = normalized(x, mean, inv_std)
    return affine(xhat, gamma, beta), (xhat, gamma, inv_std)


def _normalize(x, eps):
    inv_std = 1 / np.sqrt(_var(x) + eps)
    return (x - _mean(x)) * inv_std, inv_std


def _with(xhat, gamma, beta, inv_std):
    """The values returned for what is normalised, however that was done."""
    return gamma * xhat + beta, (xhat, gamma, inv_std)


add_scaling_mistakes(exercise, _forward, {})


@exercise.misconception("LN1a")
def over_the_samples(x, gamma, beta, eps):
    """Mean and variance are taken over the samples, for each feature, which is batch norm. Layer norm takes them over
    the features, for each sample: axis 1."""
    inv_std = 1 / np.sqrt(x.var(axis=0, keepdims=True) + eps)
    return _with((x - x.mean(axis=0)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def over_the_samples_without_an_axis_left(x, gamma, beta, eps):
    """Mean and variance are taken over the samples, for each feature, which is batch norm, and inv_std is of shape
    (D,). Layer norm takes them over the features, for each sample: axis 1."""
    inv_std = 1 / np.sqrt(x.var(axis=0) + eps)
    return _with((x - x.mean(axis=0)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def over_everything(x, gamma, beta, eps):
    """There is one mean and one variance for the whole batch, so that a sample's output depends on the others. Each
    sample has its own."""
    inv_std = np.full((len(x), 1), 1 / np.sqrt(x.var() + eps))
    return _with((x - x.mean()) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def over_everything_in_one_number(x, gamma, beta, eps):
    """There is one mean and one variance for the whole batch, a single number each. Each sample has its own: take them
    along axis 1, and keep the axis."""
    inv_std = 1 / np.sqrt(x.var() + eps)
    return _with((x - x.mean()) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def means_of_the_features(x, gamma, beta, eps):
    """The variance is that of the sample, but the mean that of the feature. Both are taken over the features of one
    sample."""
    inv_std = 1 / np.sqrt(_var(x) + eps)
    return _with((x - x.mean(axis=0)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def axis_is_lost(x, gamma, beta, eps):
    """The mean of shape (N,) meets x (N, D) from the right: NumPy refuses, or, if N is D, takes it for a mean of each
    feature. Keep the axis, with keepdims=True."""
    inv_std = 1 / np.sqrt(x.var(axis=1) + eps)
    return _with((x - x.mean(axis=1)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def inv_std_without_its_axis(x, gamma, beta, eps):
    """out is right, but inv_std in the cache has the shape (N,). It should be (N, 1), so that it meets arrays of shape
    (N, D)."""
    xhat, inv_std = _normalize(x, eps)
    return _with(xhat, gamma, beta, inv_std.ravel())


@exercise.misconception("LN4")
def gamma_of_the_samples(x, gamma, beta, eps):
    """gamma and beta are turned into columns, as if each sample had its own. They have a number for each feature, and
    meet x (N, D) as they are."""
    xhat, inv_std = _normalize(x, eps)
    return gamma[:, None] * xhat + beta[:, None], (xhat, gamma, inv_std)


@exercise.misconception("LN3")
def leaves_a_single_sample_alone(x, gamma, beta, eps):
    """A batch of one sample is not normalised, as if nothing could be measured on it. Layer norm takes its statistics
    over the features: it does the same with a sample in any batch, in training and in evaluation."""
    if len(x) > 1:
        return normalization.layernorm_forward(x, gamma, beta, eps)
    return _with(1.0 * x, gamma, beta, np.ones((1, 1)))


@exercise.misconception
def eps_squared(x, gamma, beta, eps):
    """eps is squared under the root. It is a variance already: add it as it is."""
    inv_std = 1 / np.sqrt(_var(x) + eps**2)
    return _with((x - _mean(x)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def eps_only_where_the_variance_is_zero(x, gamma, beta, eps):
    """eps is used for samples of variance 0 alone. It is added to the variance of every sample."""
    inv_std = 1 / np.sqrt(np.where(_var(x) == 0, eps, _var(x)))
    return _with((x - _mean(x)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def root_mean_square(x, gamma, beta, eps):
    """x is divided by the root of its mean square, and no mean is subtracted: that is RMSNorm. Layer norm centres each
    sample first."""
    inv_std = 1 / np.sqrt(np.mean(np.square(1.0 * x), axis=1, keepdims=True) + eps)
    return _with(x * inv_std, gamma, beta, inv_std)


@exercise.misconception
def scales_before_it_normalises(x, gamma, beta, eps):
    """gamma and beta are applied to x, and what comes out is normalised. First normalise, then scale by gamma and shift
    by beta."""
    xhat, inv_std = _normalize(gamma * x + beta, eps)
    return xhat, (xhat, gamma, inv_std)


@exercise.misconception
def caches_the_output(x, gamma, beta, eps):
    """out is right, and stands in the cache in the place of xhat. Backward needs what was normalised, before gamma and
    beta."""
    out, (_, _, inv_std) = normalization.layernorm_forward(x, gamma, beta, eps)
    return out, (out, gamma, inv_std)


@exercise.misconception
def caches_x(x, gamma, beta, eps):
    """out is right, but the cache holds x, or x minus its mean, in the place of xhat."""
    xhat, inv_std = _normalize(x, eps)
    return gamma * xhat + beta, (1.0 * x, gamma, inv_std)


@exercise.misconception
def caches_the_inverse_variance(x, gamma, beta, eps):
    """out is right, but the cache holds 1 / (var + eps) in the place of inv_std, its square: the root is missing
    there."""
    xhat, inv_std = _normalize(x, eps)
    return gamma * xhat + beta, (xhat, gamma, inv_std**2)


@exercise.misconception
def caches_what_is_only_centred(x, gamma, beta, eps):
    """out is right, but the cache holds x minus its mean in the place of xhat, which is divided by the standard
    deviation as well."""
    xhat, inv_std = _normalize(x, eps)
    return gamma * xhat + beta, (x - _mean(x), gamma, inv_std)


@exercise.misconception
def caches_the_standard_deviation(x, gamma, beta, eps):
    """out is right, but the cache holds the standard deviation. inv_std is 1 divided by it."""
    xhat, inv_std = _normalize(x, eps)
    return _with(xhat, gamma, beta, 1 / inv_std)


@exercise.misconception
def caches_the_variance(x, gamma, beta, eps):
    """out is right, but the cache holds the variance. inv_std is 1 / sqrt(var + eps)."""
    xhat, _ = _normalize(x, eps)
    return _with(xhat, gamma, beta, _var(x))


@exercise.misconception
def centres_in_place(x, gamma, beta, eps):
    """The mean is subtracted from x itself, with x -= mean, which changes the caller's array. Make a new one: x = x -
    mean."""
    inv_std = 1 / np.sqrt(_var(x) + eps)
    x -= _mean(x)
    return _with(x * inv_std, gamma, beta, inv_std)


@exercise.misconception
def caches_what_is_scaled(x, gamma, beta, eps):
    """out is right, but the cache holds gamma * xhat in the place of xhat. Backward needs it before gamma."""
    xhat, inv_std = _normalize(x, eps)
    return gamma * xhat + beta, (gamma * xhat, gamma, inv_std)


@exercise.misconception
def caches_without_eps(x, gamma, beta, eps):
    """out is right, but the inv_std in the cache is without eps. It is what x - mean was multiplied by: 1 / sqrt(var +
    eps)."""
    xhat, _ = _normalize(x, eps)
    with np.errstate(all="ignore"):
        return _with(xhat, gamma, beta, 1 / np.sqrt(_var(1.0 * x)))


@exercise.misconception
def normalises_twice(x, gamma, beta, eps):
    """What is normalised is normalised once more, so that eps has hardly any effect. Once is enough."""
    return normalization.layernorm_forward(_normalize(x, eps)[0], gamma, beta, eps)


@exercise.misconception
def statistics_of_the_first_sample(x, gamma, beta, eps):
    """All samples are normalised by the mean and the variance of the first one. Each has its own."""
    inv_std = np.full((len(x), 1), 1 / np.sqrt(x[0].var() + eps))
    return _with((x - x[0].mean()) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def leaves_small_variances_alone(x, gamma, beta, eps):
    """eps is a bound: samples whose variance is below it are not divided, and the others without eps. It is added to
    every variance."""
    var = _var(x)
    inv_std = np.where(var > eps, 1 / np.sqrt(np.maximum(var, eps)), 1.0)
    return _with((x - _mean(x)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def median_for_the_mean(x, gamma, beta, eps):
    """The median of the sample is subtracted. It is its mean that should become 0."""
    inv_std = 1 / np.sqrt(_var(x) + eps)
    return _with((x - np.median(x, axis=1, keepdims=True)) * inv_std, gamma, beta, inv_std)


@exercise.misconception
def single_precision(x, gamma, beta, eps):
    """It is computed in float32, seven digits, of which numbers with much in common leave none to tell them apart. Keep
    the precision of x."""
    xhat, inv_std = _normalize(x.astype(np.float32), eps)
    return _with(xhat, gamma, beta, inv_std)


@exercise.equivalent
def loops(x, gamma, beta, eps):
    xhat, inv_std = np.zeros(x.shape), np.zeros((len(x), 1))
    for n, row in enumerate(x):
        mean = sum(row) / len(row)
        inv_std[n, 0] = (sum((v - mean) ** 2 for v in row) / len(row) + eps) ** -0.5
        xhat[n] = (row - mean) * inv_std[n, 0]
    return xhat * gamma + beta, (xhat, gamma, inv_std)


@exercise.equivalent
def transposed(x, gamma, beta, eps):
    turned = x.T - x.T.mean(axis=0)
    inv_std = np.power(np.mean(turned * turned, axis=0) + eps, -0.5)
    xhat = (turned * inv_std).T
    return np.multiply(xhat, gamma) + beta, (xhat, gamma, inv_std.reshape(-1, 1))


@exercise.equivalent
def last_axis(x, gamma, beta, eps):
    std = np.sqrt(np.std(x, axis=-1, keepdims=True) ** 2 + eps)
    xhat = (x - np.mean(x, axis=-1)[..., np.newaxis]) / std
    return np.add(beta, gamma * xhat), [xhat, gamma.copy(), 1 / std]
