"""Weights that are scaled layer by layer, until each layer's z has standard deviation 1 on the data."""

from itertools import pairwise

import numpy as np

from autograder.domain import Array, Given, Number
from autograder.exercise import Exercise
from autograder.exercises.initialization import variance_factor as factors
from course_lib.initialization import lsuv_weights

exercise = Exercise(
    name="lsuv",
    unit="initialization",
    points=2,
    reference=lsuv_weights,
    takes={
        "weights": Given(lambda rng, others: _weights(rng, (others["x"].shape[1], 7, 6, 4))),
        "x": Array("N", "D", integers=False),
        "phi": Given(lambda rng, others: factors.bounded(rng), called_with={"z": Array()}),
        "tol": Number(1e-4, 9e-4),
    },
    # an answer may end anywhere within tol, in each layer, and what a layer gets follows from those before it
    rtol=1e-2,
    hints=(
        "z = a @ w. When every weight is divided by the same number, what happens to z and to its standard deviation?",
        "Once the first layer is scaled, what does the second one get: the a that you had before, or another?",
        "Which of z and phi(z) should have standard deviation 1, and which of the two goes on to the next layer?",
    ),
    part="core",
    minutes=10,
    difficulty=2,
    reasoning=(
        "z is proportional to the weights, so dividing them by its standard deviation makes that 1, at once. The next "
        "layer sees what comes out of the scaled one, so the signal is computed anew before it is scaled in turn."
    ),
)


def _weights(rng, widths, sizes=(5.0, 0.2, 4.0, 0.25), mean=0.0):
    """Random weights whose z is several times too large or too small, in turn; never within the tolerance of 1."""
    return [
        sizes[layer % len(sizes)] * (rng.normal(mean, 1.0, (n, m)) / np.sqrt(n))
        for layer, (n, m) in enumerate(pairwise(widths))
    ]


def _tol(rng):
    return float(f"{rng.uniform(1e-4, 9e-4):.2g}")


@exercise.case("three layers, whose weights are too large and too small")
def three_layers(rng):
    widths = (int(rng.integers(4, 7)), 9, 7, 5)
    x = rng.normal(1.0, 1.0, size=(int(rng.integers(20, 30)), widths[0]))
    return {"weights": _weights(rng, widths, mean=0.8), "x": x, "phi": factors.bounded(rng), "tol": _tol(rng)}


@exercise.case("inputs and weights whose mean is not 0")
def with_a_mean(rng):
    x = rng.normal(1.0, 0.5, size=(int(rng.integers(15, 25)), 6))
    weights = _weights(rng, (6, 8, 5, 7), mean=0.5)
    return {"weights": weights, "x": x, "phi": factors.with_a_mean(rng), "tol": _tol(rng)}


@exercise.case("a single layer")
def single_layer(rng):
    x = 20 * rng.normal(size=(int(rng.integers(10, 20)), 4))
    x -= x.mean(axis=0)
    return {"weights": _weights(rng, (4, 6), mean=0.8), "x": x, "phi": factors.bounded(rng), "tol": _tol(rng)}


@exercise.case("ten layers, and an activation for which nobody has published a rule")
def ten_layers(rng):
    widths = (5, *(int(width) for width in rng.integers(6, 12, 10)))
    x = rng.normal(size=(int(rng.integers(20, 30)), 5))
    return {"weights": _weights(rng, widths), "x": x, "phi": factors.unknown(rng), "tol": _tol(rng)}


def _divide(weights, x, phi, by):
    """Divide each layer's weights by ``by(z, phi(z), w)``, on the signal that comes through the scaled layers."""
    a, scaled = np.asarray(x, dtype=float), []
    for w in weights:
        z = a @ w
        scaled.append(w / by(z, phi(z), w))
        a = phi(a @ scaled[-1])
    return scaled


def _std(z, a, w):
    return np.std(z)


@exercise.misconception("LS1")
def divides_by_the_variance(weights, x, phi, tol):
    """The weights are divided by the variance of z. z shrinks by the number that the weights are divided by, so that is
    its standard deviation."""
    return _divide(weights, x, phi, lambda z, a, w: np.var(z))


@exercise.misconception("LS2")
def never_computes_the_signal_anew(weights, x, phi, tol):
    """Every layer is scaled for the signal of the old weights. When a layer is scaled, what comes out of it changes:
    compute it anew before you scale the next."""
    a, scaled = x, []
    for w in weights:
        scaled.append(w / np.std(a @ w))
        a = phi(a @ w)
    return scaled


@exercise.misconception("LS3")
def scales_by_the_activation(weights, x, phi, tol):
    """The weights are divided by the standard deviation of phi(z). It is z whose standard deviation should be 1, before
    the activation."""
    return _divide(weights, x, phi, lambda z, a, w: np.std(a))


@exercise.misconception
def takes_the_mean_from_the_weights(weights, x, phi, tol):
    """The mean of z was subtracted from every weight. That does not make the mean of z 0, and is not asked for: the
    weights are divided by one number, and nothing else."""
    a, scaled = x, []
    for w in weights:
        z = a @ w
        scaled.append((w - np.mean(z)) / np.std(z))
        a = phi(a @ scaled[-1])
    return scaled


@exercise.misconception
def multiplies(weights, x, phi, tol):
    """The weights are multiplied by the standard deviation of z. What is too large should become smaller: divide."""
    return _divide(weights, x, phi, lambda z, a, w: 1 / np.std(z))


@exercise.misconception
def root_of_the_standard_deviation(weights, x, phi, tol):
    """The weights are divided by the root of the standard deviation. z is proportional to them: divide by the standard
    deviation itself."""
    return _divide(weights, x, phi, lambda z, a, w: np.std(z) ** 0.5)


@exercise.misconception
def root_mean_square(weights, x, phi, tol):
    """The weights are divided by the root of the mean square of z. Where z has a mean, that is more than the standard
    deviation."""
    return _divide(weights, x, phi, lambda z, a, w: np.sqrt(np.mean(z**2)))


@exercise.misconception
def mean_magnitude(weights, x, phi, tol):
    """The weights are divided by the mean of |z|. That is less than the standard deviation."""
    return _divide(weights, x, phi, lambda z, a, w: np.mean(np.abs(z)))


@exercise.misconception
def largest_magnitude(weights, x, phi, tol):
    """The weights are divided by the largest |z|. One number among all then has size 1, and most are far smaller."""
    return _divide(weights, x, phi, lambda z, a, w: np.max(np.abs(z)))


@exercise.misconception
def length_of_z(weights, x, phi, tol):
    """The weights are divided by the norm of z, which grows with the numbers of samples and units. The standard
    deviation is a mean."""
    return _divide(weights, x, phi, lambda z, a, w: np.linalg.norm(z))


@exercise.misconception
def each_unit_for_itself(weights, x, phi, tol):
    """Every unit gets a factor of its own, from the standard deviation of its column of z. One number for the whole
    layer is asked for."""
    return _divide(weights, x, phi, lambda z, a, w: np.std(z, axis=0))


@exercise.misconception
def mean_over_the_units(weights, x, phi, tol):
    """The weights are divided by the mean of the units' standard deviations. That leaves out how far the units' means
    are apart: take the standard deviation of all z."""
    return _divide(weights, x, phi, lambda z, a, w: np.mean(np.std(z, axis=0)))


@exercise.misconception
def mean_over_the_samples(weights, x, phi, tol):
    """The weights are divided by the mean of the samples' standard deviations. Take the standard deviation of all z,
    over samples and units."""
    return _divide(weights, x, phi, lambda z, a, w: np.mean(np.std(z, axis=1)))


@exercise.misconception
def spread_of_the_weights(weights, x, phi, tol):
    """The weights get the standard deviation 1 themselves. How large z is depends on the data and the number of inputs,
    too: measure z."""
    return _divide(weights, x, phi, lambda z, a, w: np.std(w))


@exercise.misconception
def rule_without_data(weights, x, phi, tol):
    """The weights get the standard deviation 1 / sqrt(fan_in), and the data play no part. Measure z on the batch, and
    scale by what you find."""
    return _divide(weights, x, phi, lambda z, a, w: np.std(w) * len(w) ** 0.5)


@exercise.misconception
def forgets_the_activation(weights, x, phi, tol):
    """The signal goes from layer to layer without the activation. The next layer gets phi(z)."""
    return _divide(weights, x, lambda z: z, _std)


@exercise.misconception
def leaves_out_the_last_layer(weights, x, phi, tol):
    """The last layer is left as it was. Its z should have standard deviation 1, too."""
    return [*_divide(weights, x, phi, _std)[:-1], weights[-1].copy()]


@exercise.misconception
def leaves_out_the_first_layer(weights, x, phi, tol):
    """The first layer is left as it was. Its z should have standard deviation 1, too."""
    first = weights[0].copy()
    return [first, *_divide(weights[1:], phi(x @ first), phi, _std)]


@exercise.misconception
def one_factor_for_all_layers(weights, x, phi, tol):
    """All layers are divided by the same number, the standard deviation of the last z. Each layer needs its own."""
    a = x
    for w in weights:
        z = a @ w
        a = phi(z)
    return [w / np.std(z) for w in weights]


@exercise.misconception
def scales_the_signal_too(weights, x, phi, tol):
    """The signal is divided by its own standard deviation before the next layer. In the network nobody does that: the
    next layer gets phi(z) as it is."""
    a, scaled = x, []
    for w in weights:
        scaled.append(w / np.std(a @ w))
        a = phi(a @ scaled[-1])
        a = a / np.std(a)
    return scaled


@exercise.misconception
def standardises_the_inputs(weights, x, phi, tol):
    """The inputs are standardised first. The network will get x as it is, and z must be right for that."""
    x = np.asarray(x, dtype=float)
    return _divide(weights, (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-12), phi, _std)


@exercise.misconception
def returns_the_old_weights(weights, x, phi, tol):
    """The weights that are returned are the old ones. Were the scaled ones put into the list? And are they divided by
    the standard deviation? To divide by the variance twice leads back to where you were."""
    return [w.copy() for w in weights]


@exercise.misconception
def scales_in_place(weights, x, phi, tol):
    """The values are right, but `/=` wrote them into the arrays that were passed in. Build new ones: w / std."""
    a = x
    for w in weights:
        w /= np.std(a @ w)
        a = phi(a @ w)
    return weights


@exercise.misconception
def activation_before_the_first_layer(weights, x, phi, tol):
    """phi is applied to x, before the first layer. The batch goes into it as it is; phi comes after each layer's z."""
    return _divide(weights, phi(x), phi, _std)


@exercise.misconception
def a_hundredth_added_to_the_deviation(weights, x, phi, tol):
    """A number is added to the standard deviation before the weights are divided by it, so that z ends below 1. It is
    never 0: divide by it as it is."""
    return _divide(weights, x, phi, lambda z, a, w: _std(z, a, w) + 0.01)


@exercise.misconception
def scales_until_the_activation_fits(weights, x, phi, tol):
    """The weights are scaled again and again until phi(z) has the standard deviation 1, or as near to it as it gets. It
    is z whose standard deviation should be 1, before the activation."""
    a, scaled = x, []
    for w in weights:
        for _ in range(20):
            w = w / max(np.std(phi(a @ w)), 1e-3)
        scaled.append(w)
        a = phi(a @ w)
    return scaled


@exercise.misconception
def only_what_is_too_large(weights, x, phi, tol):
    """Only layers whose z is too large are scaled. Those whose z is too small are to be scaled as well: compare the
    magnitude of the difference from 1 with tol, or divide always."""
    return _divide(weights, x, phi, lambda z, a, w: max(np.std(z), 1.0))


@exercise.misconception
def only_what_is_too_small(weights, x, phi, tol):
    """Only layers whose z is too small are scaled. Those whose z is too large are to be scaled as well: compare the
    magnitude of the difference from 1 with tol, or divide always."""
    return _divide(weights, x, phi, lambda z, a, w: min(np.std(z), 1.0))


@exercise.misconception
def centres_the_signal(weights, x, phi, tol):
    """The mean of z is subtracted before the activation. In the network nobody does that: the next layer gets phi(z),
    of z as it is."""
    a, scaled = x, []
    for w in weights:
        scaled.append(w / np.std(a @ w))
        z = a @ scaled[-1]
        a = phi(z - np.mean(z))
    return scaled


@exercise.variant
def one_less_in_the_denominator(weights, x, phi, tol):
    """You take the standard deviation with n - 1 below the sum (ddof=1), as torch.std does. The course divides by n, as
    np.std does."""
    return _divide(weights, x, phi, lambda z, a, w: np.std(z, ddof=1))


@exercise.equivalent
def from_the_first_layer_each_time(weights, x, phi, tol):
    new = [w.copy() for w in weights]
    for layer in range(len(new)):
        a = x
        for w in new[:layer]:
            a = phi(np.dot(a, w))
        new[layer] *= 1 / np.std(np.dot(a, new[layer]))
    return tuple(new)


@exercise.equivalent
def until_it_is_close(weights, x, phi, tol):
    scaled = []
    for w in weights:
        w = np.array(w)
        while abs(np.std(x @ w) - 1) > tol:
            w = w / np.std(x @ w)
        scaled.append(w)
        x = phi(x @ w)
    return scaled


@exercise.equivalent
def small_steps(weights, x, phi, tol):
    new = []
    for w in weights:
        variance = np.var(x @ w)
        while not 1 - tol < variance < 1 + tol:
            w = w * variance**-0.25
            variance = np.var(x @ w)
        new.append(w)
        x = phi(x @ w)
    return new
