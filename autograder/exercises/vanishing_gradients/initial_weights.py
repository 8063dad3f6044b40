"""Random weights that keep the gradient's size. The numbers are judged by their statistics, never one by one."""

import numpy as np

from autograder.compare import Difference
from autograder.domain import Number
from autograder.exercise import Call, Exercise
from autograder.random_matrices import statistics


def initial_weights(n, n_layers, slope, seed):
    return list(np.random.default_rng(seed).normal(0.0, 1 / np.sqrt(n * slope), (n_layers, n, n)))


# what the standard deviation may be instead, by the misconception that leads to it
WRONG_SCALES = {
    "standard_normal": lambda n, slope: 1.0,
    "variance_for_standard_deviation": lambda n, slope: 1 / (n * slope),
    "ignores_the_slope": lambda n, slope: n**-0.5,
    "multiplies_by_the_slope": lambda n, slope: (slope / n) ** 0.5,
    "ignores_the_width": lambda n, slope: slope**-0.5,
    "always_for_relu": lambda n, slope: (2 / n) ** 0.5,
    "half_the_variance": lambda n, slope: (2 * n * slope) ** -0.5,
    "limit_for_standard_deviation": lambda n, slope: (3 * n * slope) ** -0.5,
    "squares_the_slope_again": lambda n, slope: n**-0.5 / slope,
}


def judge(inputs, value) -> Difference | None:
    """The first statistic that is not what it should be; how the numbers are distributed is left to the student."""
    n, n_layers, slope = inputs["n"], inputs["n_layers"], inputs["slope"]
    if not isinstance(value, list | tuple) or len(value) != n_layers:
        return Difference("type", f"the result should be a list of {n_layers} arrays")
    if not all(type(w) is np.ndarray and w.shape == (n, n) and w.dtype.kind == "f" for w in value):
        return Difference("shape", f"every array should hold floats and have the shape ({n}, {n})")
    wrong = {name: scale(n, slope) for name, scale in WRONG_SCALES.items()}
    found = statistics(np.array(value, dtype=np.float64), (n * slope) ** -0.5, wrong)
    return Difference("mean", found.sentence) if found and found.property.startswith(("mean", "positive")) else found


exercise = Exercise(
    name="initial_weights",
    unit="vanishing_gradients",
    points=1,
    reference=initial_weights,
    takes={
        "n": Number(40, 50),
        "n_layers": Number(3, 5),
        "slope": Number(0.4, 0.43, corners=(0.05, 1.0)),
        "seed": Number(0, 10**6),
    },
    judge=judge,
    hints=(
        "The factor per layer is n * variance * slope. For which variance is it 1?",
        "rng.normal takes a standard deviation. How do you get it from the variance?",
        "Every layer needs numbers of its own. How often must the generator be made, if it is to go on drawing?",
    ),
    part="more",
    minutes=5,
    difficulty=2,
    reasoning=(
        "The factor of a layer is n times the variance times the mean squared slope; it is 1 when the variance is 1 / "
        "(n slope), and rng.normal takes the root of that. One generator draws all layers, so that they are "
        "independent."
    ),
)


def _draw(rng, n, n_layers, slope):
    return {"n": n, "n_layers": n_layers, "slope": slope, "seed": int(rng.integers(10**6))}


@exercise.case("four layers of 40 to 50 units")
def four_layers(rng):
    return _draw(rng, int(rng.integers(40, 51)), 4, 0.42)


@exercise.case("three layers of 60 to 70 units")
def wider_layers(rng):
    return _draw(rng, int(rng.integers(60, 71)), 3, 0.41)


@exercise.case("a single layer of 100 to 110 units")
def single_layer(rng):
    return _draw(rng, int(rng.integers(100, 111)), 1, 0.4)


@exercise.case("another seed, and the first seed again")
def seeds(rng):
    first = _draw(rng, 40, 2, 0.42)
    other = {**first, "seed": first["seed"] + 1}
    return [
        Call(first),
        Call(other, "another seed", as_first=False),
        Call(first, "the first seed again", as_first=True),
    ]


def _normal(n, n_layers, std, seed, mean=0.0):
    return list(np.random.default_rng(seed).normal(mean, std, (n_layers, n, n)))


@exercise.misconception
def ignores_the_seed(n, n_layers, slope, seed):
    """Every seed gives the same weights. Hand the seed to the generator: experiments are repeated with several."""
    return initial_weights(n, n_layers, slope, 0)


@exercise.misconception
def seeds_no_generator(n, n_layers, slope, seed):
    """The same seed gives other weights when you call again. Make a generator from the seed in each call, or nobody can
    repeat your experiment."""
    return initial_weights(n, n_layers, slope, None)


@exercise.misconception
def standard_normal(n, n_layers, slope, seed):
    """The weights have variance 1, whatever the width. The factor per layer is then n times the slope, and the
    gradient explodes."""
    return _normal(n, n_layers, 1.0, seed)


@exercise.misconception
def variance_for_standard_deviation(n, n_layers, slope, seed):
    """The standard deviation is what the variance should be, 1 / (n * slope). The weights are far too small: the
    standard deviation is the root of the variance."""
    return _normal(n, n_layers, 1 / (n * slope), seed)


@exercise.misconception
def ignores_the_slope(n, n_layers, slope, seed):
    """The variance is 1 / n, which is right where the slope is 1. An activation that lets less through needs larger
    weights."""
    return _normal(n, n_layers, n**-0.5, seed)


@exercise.misconception
def multiplies_by_the_slope(n, n_layers, slope, seed):
    """The variance is slope / n. The smaller the slope, the larger the weights have to be: it belongs below the
    fraction."""
    return _normal(n, n_layers, (slope / n) ** 0.5, seed)


@exercise.misconception
def squares_the_slope_again(n, n_layers, slope, seed):
    """The variance is 1 / (n * slope ** 2). slope is the mean of the squares already."""
    return _normal(n, n_layers, n**-0.5 / slope, seed)


@exercise.misconception
def ignores_the_width(n, n_layers, slope, seed):
    """The variance does not depend on n. Every gradient is a sum over n units, and grows with their number."""
    return _normal(n, n_layers, slope**-0.5, seed)


@exercise.misconception
def always_for_relu(n, n_layers, slope, seed):
    """The variance is 2 / n, whatever the slope. That is right for ReLU, whose mean squared slope is one half."""
    return _normal(n, n_layers, (2 / n) ** 0.5, seed)


@exercise.misconception
def half_the_variance(n, n_layers, slope, seed):
    """The variance is half of what it should be, and the gradient is halved at every layer. Only the n units of one
    layer count."""
    return _normal(n, n_layers, (2 * n * slope) ** -0.5, seed)


@exercise.misconception
def limit_for_standard_deviation(n, n_layers, slope, seed):
    """The variance is a third of what it should be, as of uniform numbers between minus and plus the standard
    deviation. Uniform numbers have to reach further, by a factor of the square root of 3."""
    limit = (n * slope) ** -0.5
    return list(np.random.default_rng(seed).uniform(-limit, limit, (n_layers, n, n)))


@exercise.misconception
def never_negative(n, n_layers, slope, seed):
    """The mean of the weights is not 0: most of them, or all, are positive. Then they do not average out, and the
    formula does not hold."""
    return [np.abs(w) for w in _normal(n, n_layers, (n * slope) ** -0.5, seed)]


@exercise.misconception
def same_in_every_layer(n, n_layers, slope, seed):
    """Every layer gets the same weights. Make the generator once, and let it go on drawing: made again from the same
    seed, it begins again with the same numbers."""
    return _normal(n, 1, (n * slope) ** -0.5, seed) * n_layers


@exercise.misconception
def same_in_every_row(n, n_layers, slope, seed):
    """All rows of a layer are alike: one row was drawn and repeated. Every weight is drawn by itself."""
    return [np.tile(w[:1], (n, 1)) for w in _normal(n, n_layers, (n * slope) ** -0.5, seed)]


@exercise.misconception
def same_in_every_column(n, n_layers, slope, seed):
    """All columns of a layer are alike, so that all its units compute the same. Every weight is drawn by itself."""
    return [np.tile(w[:, :1], (1, n)) for w in _normal(n, n_layers, (n * slope) ** -0.5, seed)]


@exercise.misconception
def symmetric_matrices(n, n_layers, slope, seed):
    """The matrices are symmetric: half of their weights are copies of the other half. Every weight is drawn by
    itself."""
    return [(w + w.T) / 2**0.5 for w in _normal(n, n_layers, (n * slope) ** -0.5, seed)]


@exercise.misconception
def orthogonal_matrices(n, n_layers, slope, seed):
    """The matrices are orthogonal. They keep the gradient's norm as well, but here every weight is drawn by itself,
    which needs no other."""
    return [np.linalg.qr(w)[0] / slope**0.5 for w in _normal(n, n_layers, 1.0, seed)]


@exercise.equivalent
def uniform_numbers(n, n_layers, slope, seed):
    rng = np.random.default_rng([seed, 1])
    limit = np.sqrt(3 / (n * slope))
    return [rng.uniform(-limit, limit, size=(n, n)) for _ in range(n_layers)]


@exercise.equivalent
def generator_for_each_layer(n, n_layers, slope, seed):
    rngs = [np.random.default_rng([seed, layer]) for layer in range(n_layers)]
    return tuple(rng.standard_normal((n, n)) / np.sqrt(n * slope) for rng in rngs)


@exercise.equivalent
def signs(n, n_layers, slope, seed):
    rng = np.random.default_rng(seed + 1)
    return [rng.choice([-1.0, 1.0], (n, n)) * (n * slope) ** -0.5 for _ in range(n_layers)]
