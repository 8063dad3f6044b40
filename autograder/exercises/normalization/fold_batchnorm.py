"""Folding batch norm, as it is in evaluation, into the affine layer in front of it."""

import numpy as np

from autograder.domain import Array, Number, Record
from autograder.draw import either_sign
from autograder.exercise import Exercise
from course_lib.functions import normalization


def fold_batchnorm(w, b, gamma, beta, state, eps=1e-5):
    return normalization.fold_batchnorm(w, b, gamma, beta, state["mean"], state["var"], eps)


exercise = Exercise(
    name="fold_batchnorm",
    unit="normalization",
    points=2,
    reference=fold_batchnorm,
    takes={
        "w": Array("D", "M"),
        "b": Array("M"),
        "gamma": Array("M"),
        "beta": Array("M"),
        "state": Record(mean=Array("M"), var=Array("M", low=0)),
        "eps": Number(0.02, 0.1, corners=(1e-5, 2.0), says="any positive number"),
    },
    returns=("w2", "b2"),
    hints=(
        "Write down what batch norm does in evaluation to z = x @ w + b, with the running mean and variance as plain "
        "numbers. What is x multiplied by, and what stands there without x?",
        "Every unit is scaled by a number of its own. Is a unit a row of w, or a column?",
        "The mean is subtracted from b before anything is scaled, and beta is added after. Which parts of the new bias "
        "does gamma / sqrt(var + eps) multiply?",
    ),
    part="core",
    minutes=6,
    difficulty=2,
    reasoning=(
        "In evaluation the statistics are constants, so batch norm multiplies each unit by a number and adds another. "
        "Multiplied out, the number goes to the unit's column of w and to b - mean, and beta stays as it is."
    ),
)


def _draw(rng, n_inputs, n_units, eps):
    """Units whose statistics differ, with variances far from 1 and no mean or bias near 0."""
    return {
        "w": either_sign(rng, (n_inputs, n_units)),
        "b": either_sign(rng, n_units, 0.5, 1.5),
        "gamma": either_sign(rng, n_units, 1.3, 2.5),
        "beta": either_sign(rng, n_units, 0.4, 0.9),
        "state": {
            "mean": either_sign(rng, n_units, 1.7, 3.0),
            "var": (np.array([0.2, 5.0, 0.5, 9.0, 0.1])[np.arange(n_units) % 5] * rng.uniform(0.8, 1.2)).round(3),
        },
        "eps": eps,
    }


SMALL = 1e-9  # eps where it is not what a case is about: it changes nothing that is compared


@exercise.case("more inputs than units")
def more_inputs(rng):
    return _draw(rng, int(rng.integers(5, 8)), 3, SMALL)


@exercise.case("more units than inputs")
def more_units(rng):
    return _draw(rng, 2, int(rng.integers(4, 6)), SMALL)


@exercise.case("as many units as inputs, where rows and columns can be mistaken for each other")
def square(rng):
    return _draw(rng, 4, 4, SMALL)


@exercise.case("a layer without bias: b is 0")
def no_bias(rng):
    return _draw(rng, int(rng.integers(4, 6)), 3, SMALL) | {"b": np.zeros(3)}


@exercise.case("a unit that has never changed, so that its variance is 0, and one whose gamma is 0")
def silent_units(rng):
    inputs = _draw(rng, int(rng.integers(5, 8)), 4, round(rng.uniform(0.02, 0.05), 4))
    inputs["state"]["var"][1] = 0.0
    inputs["gamma"][2] = 0.0
    return inputs


@exercise.case("an eps as large as the variances")
def large_eps(rng):
    return _draw(rng, 3, int(rng.integers(4, 6)), round(rng.uniform(0.8, 1.2), 3))


def _scale(gamma, state, eps):
    return gamma / np.sqrt(state["var"] + eps)


def _with_scale(w, b, beta, state, scale):
    """Folded with another scale."""
    return w * scale, (b - state["mean"]) * scale + beta


@exercise.misconception("FB1a")
def mean_is_not_scaled(w, b, gamma, beta, state, eps):
    """b is scaled, and the running mean subtracted as it is. Batch norm subtracts the mean first, and scales what is
    left: (b - mean) * scale + beta."""
    scale = _scale(gamma, state, eps)
    return w * scale, b * scale - state["mean"] + beta


@exercise.misconception("FB1b")
def mean_is_left_out(w, b, gamma, beta, state, eps):
    """The running mean is not in the new bias. Batch norm subtracts it from x @ w + b: (b - mean) * scale + beta."""
    scale = _scale(gamma, state, eps)
    return w * scale, b * scale + beta


@exercise.misconception("FB1c")
def bias_is_not_scaled(w, b, gamma, beta, state, eps):
    """w is scaled, and neither b nor the mean is. Batch norm scales all of x @ w + b - mean."""
    return w * _scale(gamma, state, eps), b - state["mean"] + beta


@exercise.misconception("FB1d")
def old_bias_is_not_scaled(w, b, gamma, beta, state, eps):
    """The running mean is scaled, and b is not. Batch norm scales all of x @ w + b - mean."""
    scale = _scale(gamma, state, eps)
    return w * scale, b - state["mean"] * scale + beta


@exercise.misconception
def old_bias_is_left_out(w, b, gamma, beta, state, eps):
    """The new bias is beta - mean * scale, without b. That is right where the layer has no bias; this one has."""
    scale = _scale(gamma, state, eps)
    return w * scale, beta - state["mean"] * scale


@exercise.misconception
def old_bias_stays(w, b, gamma, beta, state, eps):
    """w is scaled, and b is returned as it was. The mean, gamma and beta belong in the new bias."""
    return w * _scale(gamma, state, eps), 1.0 * b


@exercise.misconception
def beta_is_the_bias(w, b, gamma, beta, state, eps):
    """The new bias is beta alone. What batch norm makes of b - mean belongs there too."""
    return w * _scale(gamma, state, eps), 1.0 * beta


@exercise.misconception
def beta_is_left_out(w, b, gamma, beta, state, eps):
    """beta is not in the new bias. Batch norm adds it at the end: (b - mean) * scale + beta."""
    return _with_scale(w, b, 0.0, state, _scale(gamma, state, eps))


@exercise.misconception
def beta_is_scaled(w, b, gamma, beta, state, eps):
    """beta is scaled along with b - mean. Batch norm adds it last, and nothing multiplies it after that."""
    scale = _scale(gamma, state, eps)
    return w * scale, (b - state["mean"] + beta) * scale


@exercise.misconception
def beta_is_subtracted(w, b, gamma, beta, state, eps):
    """beta is subtracted in the new bias. Batch norm adds it."""
    return _with_scale(w, b, -beta, state, _scale(gamma, state, eps))


@exercise.misconception
def adds_the_mean(w, b, gamma, beta, state, eps):
    """The running mean is added to b. Batch norm subtracts it: (b - mean) * scale + beta."""
    scale = _scale(gamma, state, eps)
    return w * scale, (b + state["mean"]) * scale + beta


@exercise.misconception
def bias_from_the_mean(w, b, gamma, beta, state, eps):
    """The new bias has mean - b in it, with the sign the other way round. Batch norm subtracts the mean: b - mean."""
    scale = _scale(gamma, state, eps)
    return w * scale, (state["mean"] - b) * scale + beta


@exercise.misconception("FB2")
def scales_the_rows(w, b, gamma, beta, state, eps):
    """The scale is turned into a column and multiplies the rows of w, which are its inputs. A unit is a column of w:
    (M,) meets (D, M) as it is."""
    scale = _scale(gamma, state, eps)
    return w * scale[:, None], (b - state["mean"]) * scale + beta


@exercise.misconception
def mixes_the_units(w, b, gamma, beta, state, eps):
    """w is multiplied by the scale with @, which adds up the units. Each column is multiplied by its own number, with
    *."""
    scale = _scale(gamma, state, eps)
    return w @ scale, (b - state["mean"]) * scale + beta


@exercise.misconception
def weights_stay(w, b, gamma, beta, state, eps):
    """w is returned as it was, and everything is done in the bias. Batch norm scales x @ w as well."""
    scale = _scale(gamma, state, eps)
    return 1.0 * w, (b - state["mean"]) * scale + beta


@exercise.misconception
def shifts_the_weights(w, b, gamma, beta, state, eps):
    """The mean is subtracted from w before it is scaled. It is a mean of x @ w + b, a number for each unit, and goes to
    the bias alone."""
    scale = _scale(gamma, state, eps)
    return (w - state["mean"]) * scale, (b - state["mean"]) * scale + beta


@exercise.misconception
def beta_in_the_weights(w, b, gamma, beta, state, eps):
    """beta is added to w as well. It is added once to each unit, whatever x is: it goes to the bias alone."""
    scale = _scale(gamma, state, eps)
    return w * scale + beta, (b - state["mean"]) * scale + beta


@exercise.misconception("FB3")
def without_eps(w, b, gamma, beta, state, eps):
    """eps is left out. The folded layer should give what batch norm gives, which adds eps to the variance; and a unit
    of variance 0 is divided by 0."""
    with np.errstate(all="ignore"):
        return _with_scale(w, b, beta, state, gamma / np.sqrt(1.0 * state["var"]))


@exercise.misconception
def eps_outside_of_the_root(w, b, gamma, beta, state, eps):
    """eps is added to the standard deviation. It belongs under the root, to the variance."""
    return _with_scale(w, b, beta, state, gamma / (np.sqrt(state["var"]) + eps))


@exercise.misconception
def eps_as_a_floor(w, b, gamma, beta, state, eps):
    """The variance is made no smaller than eps. eps is added to every variance, also to large ones."""
    return _with_scale(w, b, beta, state, gamma / np.sqrt(np.maximum(state["var"], eps)))


@exercise.misconception
def eps_of_its_own(w, b, gamma, beta, state, eps):
    """eps is always 1e-5, whatever is asked for. Use the argument."""
    return _with_scale(w, b, beta, state, _scale(gamma, state, 1e-5))


@exercise.misconception("FB4")
def statistics_of_the_weights(w, b, gamma, beta, state, eps):
    """Mean and variance are taken of what is at hand, the columns of w. Evaluation uses those that are in state."""
    return _with_scale(w, b, beta, {"mean": w.mean(axis=0)}, gamma / np.sqrt(w.var(axis=0) + eps))


@exercise.misconception
def mean_and_variance_exchanged(w, b, gamma, beta, state, eps):
    """Mean and variance stand in each other's places. state holds both by name: state["mean"], state["var"]."""
    with np.errstate(all="ignore"):
        return _with_scale(w, b, beta, {"mean": state["var"]}, gamma / np.sqrt(state["mean"] + eps))


@exercise.misconception
def divides_by_the_variance(w, b, gamma, beta, state, eps):
    """The scale divides by the variance. Batch norm divides by the standard deviation: the root is missing."""
    return _with_scale(w, b, beta, state, gamma / (state["var"] + eps))


@exercise.misconception
def multiplies_by_the_deviation(w, b, gamma, beta, state, eps):
    """The scale multiplies by the standard deviation. Batch norm divides by it."""
    return _with_scale(w, b, beta, state, gamma * np.sqrt(state["var"] + eps))


@exercise.misconception
def gamma_under_the_root(w, b, gamma, beta, state, eps):
    """gamma stands under the root, so that its root scales, and a negative one is nan. Only var + eps stands there."""
    with np.errstate(all="ignore"):
        return _with_scale(w, b, beta, state, np.sqrt(gamma / (state["var"] + eps)))


@exercise.misconception
def without_gamma(w, b, gamma, beta, state, eps):
    """gamma is left out of the scale, which is gamma / sqrt(var + eps)."""
    return _with_scale(w, b, beta, state, 1 / np.sqrt(state["var"] + eps))


@exercise.misconception
def gamma_alone(w, b, gamma, beta, state, eps):
    """The scale is gamma alone, and nothing is divided by the standard deviation. Batch norm does both."""
    return _with_scale(w, b, beta, state, 1.0 * gamma)


@exercise.misconception
def gamma_for_the_weights_alone(w, b, gamma, beta, state, eps):
    """gamma scales w, and in the bias it is missing. It multiplies all of x @ w + b - mean."""
    scale = 1 / np.sqrt(state["var"] + eps)
    return w * scale * gamma, (b - state["mean"]) * scale + beta


@exercise.misconception
def gamma_for_the_bias_alone(w, b, gamma, beta, state, eps):
    """gamma scales the bias, and in w it is missing. It multiplies all of x @ w + b - mean."""
    scale = 1 / np.sqrt(state["var"] + eps)
    return w * scale, (b - state["mean"]) * scale * gamma + beta


@exercise.misconception
def one_more_than_gamma(w, b, gamma, beta, state, eps):
    """The scale has 1 + gamma in it. Where gamma starts at 0 that is usual; here it is gamma / sqrt(var + eps)."""
    return _with_scale(w, b, beta, state, _scale(1 + gamma, state, eps))


@exercise.misconception
def gamma_and_beta_exchanged(w, b, gamma, beta, state, eps):
    """gamma and beta stand in each other's places. gamma scales, beta shifts."""
    return _with_scale(w, b, gamma, state, _scale(beta, state, eps))


@exercise.misconception
def weights_transposed(w, b, gamma, beta, state, eps):
    """w2 is transposed, with a row for each unit. It has the shape of w, (D, M)."""
    w2, b2 = fold_batchnorm(w, b, gamma, beta, state, eps)
    return w2.T, b2


@exercise.misconception
def bias_for_every_input(w, b, gamma, beta, state, eps):
    """b2 has a row for each input, or the shape (1, M). It is a number for each unit, of shape (M,)."""
    w2, b2 = fold_batchnorm(w, b, gamma, beta, state, eps)
    return w2, b2[None, :]


@exercise.misconception
def changes_w(w, b, gamma, beta, state, eps):
    """The values are right, and w has been changed in place, by *=. Training may go on with it: make a new array."""
    w2, b2 = fold_batchnorm(w, b, gamma, beta, state, eps)
    w[...] = w2
    return w, b2


@exercise.misconception
def changes_b(w, b, gamma, beta, state, eps):
    """The values are right, and b has been changed in place, by -= or *=. Training may go on with it: make a new
    array."""
    w2, b2 = fold_batchnorm(w, b, gamma, beta, state, eps)
    b[...] = b2
    return w2, b


@exercise.misconception
def mean_without_gamma(w, b, gamma, beta, state, eps):
    """The mean is divided by the standard deviation and not multiplied by gamma. b - mean is scaled as a whole."""
    std = np.sqrt(state["var"] + eps)
    return w * gamma / std, b * gamma / std - state["mean"] / std + beta


@exercise.misconception
def mean_without_the_deviation(w, b, gamma, beta, state, eps):
    """The mean is multiplied by gamma and not divided by the standard deviation. b - mean is scaled as a whole."""
    scale = _scale(gamma, state, eps)
    return w * scale, b * scale - state["mean"] * gamma + beta


@exercise.misconception
def one_mean_for_all_units(w, b, gamma, beta, state, eps):
    """All units get the same mean, that of their means. Each has its own."""
    return _with_scale(w, b, beta, {"mean": np.mean(state["mean"])}, _scale(gamma, state, eps))


@exercise.equivalent
def unit_by_unit(w, b, gamma, beta, state, eps=1e-5):
    w2, b2 = np.zeros(w.shape), np.zeros(len(b))
    for j in range(w.shape[1]):
        std = (state["var"][j] + eps) ** 0.5
        w2[:, j] = gamma[j] * w[:, j] / std
        b2[j] = gamma[j] * (b[j] - state["mean"][j]) / std + beta[j]
    return w2, b2


@exercise.equivalent
def diagonal_matrix(w, b, gamma, beta, state, eps=1e-5):
    scale = np.diag(gamma * (state["var"] + eps) ** -0.5)
    return w @ scale, beta + (b - state["mean"]) @ scale


@exercise.equivalent
def two_layers_measured(w, b, gamma, beta, state, eps=1e-5):
    def layer(x):
        return gamma * (x @ w + b - state["mean"]) / np.sqrt(state["var"] + eps) + beta

    zero = layer(np.zeros((1, len(w))))[0]
    std = np.sqrt(state["var"] + eps)
    return (gamma * w.astype(float)) / std, zero


@exercise.equivalent
def multiplied_out(w, b, gamma, beta, state, eps=1e-5):
    inv_std = np.reciprocal(np.sqrt(np.add(state["var"], eps)))
    return (w.T * (gamma * inv_std)[:, np.newaxis]).T, gamma * inv_std * b - gamma * inv_std * state["mean"] + beta
