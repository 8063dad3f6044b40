"""Batch norm of a dense layer's outputs, in training and in evaluation."""

import numpy as np

from autograder.domain import Array, Given, Number, Record
from autograder.draw import either_sign, rows_of_opposite_sign
from autograder.exercise import Call, Exercise
from autograder.exercises.normalization._cache_mistakes import add_cache_mistakes
from autograder.exercises.normalization._normalization_mistakes import (
    add_running_mistakes,
    add_scaling_mistakes,
    centred_and_scaled,
    inverse_root,
    mean_square,
    moved_by,
    scaled_and_shifted,
)
from course_lib.functions import normalization


def batchnorm_forward(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    out, cache, state = normalization.batchnorm_forward(x, gamma, beta, state, training, eps, momentum)
    xhat, gamma, inv_std, _ = cache
    return out, (xhat, gamma, inv_std.ravel()), state


exercise = Exercise(
    name="batchnorm_forward",
    unit="normalization",
    points=4,
    reference=batchnorm_forward,
    takes={
        "x": Array("N", "C"),
        "gamma": Array("C", magnitudes=()),
        "beta": Array("C", magnitudes=()),
        "state": Record(mean=Array("C", magnitudes=()), var=Array("C", low=0, magnitudes=())),
        "training": Given(lambda rng, others: True),
        "eps": Number(1e-4, 1e-2, corners=(1e-5, 0.5), says="any positive number"),
        "momentum": Number(0.8, 0.95, corners=(0.0, 1.0), says="from 0 to 1"),
    },
    returns=("out", "cache", "state"),
    hints=(
        "Each of the C features has a mean and a variance of its own. Over which axis of x (N, C) are they taken, and "
        "what is their shape?",
        "In training and in evaluation the same line makes out of x, a mean and a variance. Which mean and which "
        "variance does it get in each?",
        "momentum is the weight of the old running statistics. What is then the weight of those of the batch, and what "
        "does the state become in evaluation?",
        "The state of the caller has to stay as it is. Does your code write into state, or does it build another dict?",
    ),
    part="core",
    minutes=15,
    difficulty=2,
    reasoning=(
        "What normalises is the only difference: the batch's own mean and variance in training, the running ones in "
        "evaluation, so that the output of a sample does not depend on its neighbours. gamma and beta come after it in "
        "both. Only training moves the running statistics, and it moves them in a new dict."
    ),
)

SMALL = 1e-9  # eps where it is not what a case is about: it changes nothing that is compared


def _draw(rng, n=7, c=3, training=True, eps=SMALL, momentum=0.9):
    """A batch whose statistics are far from the running ones; no variance is near its root, or near 0."""
    spread = rng.uniform([2.0, 0.3, 1.5], [3.0, 0.6, 2.5])[np.arange(c) % 3]
    x = spread * rows_of_opposite_sign(rng, (n, c), 0.5, 1.5) + rng.uniform(1.0, 3.0, c) * rng.choice([-1, 1], c)
    var = rng.uniform([4.0, 0.2, 6.0], [5.0, 0.5, 9.0])[np.arange(c) % 3]
    return {
        "x": x.round(3),
        "gamma": either_sign(rng, c, 1.3, 2.5),
        "beta": either_sign(rng, c, 0.4, 0.9),
        "state": {"mean": either_sign(rng, c, 4.0, 6.0), "var": var.round(3)},
        "training": training,
        "eps": eps,
        "momentum": momentum,
    }


@exercise.case("a batch in training")
def batch(rng):
    return _draw(rng, int(rng.integers(6, 9)))


@exercise.case("as many samples as features, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4)


@exercise.case("the same batch in evaluation, and one sample of it")
def evaluation(rng):
    given = _draw(rng, int(rng.integers(6, 9)), training=False)
    return [Call(given, "a batch"), Call({**given, "x": given["x"][:1]}, "a single sample")]


@exercise.case("a large eps")
def large_eps(rng):
    given = _draw(rng, int(rng.integers(6, 9)), eps=round(rng.uniform(0.05, 0.2), 3))
    return [Call(given, "in training"), Call({**given, "training": False}, "in evaluation")]


@exercise.case("a feature that is the same in the whole batch, and a gamma of 0")
def constant_feature(rng):
    given = _draw(rng, int(rng.integers(6, 9)), eps=0.01)
    given["x"][:, 1] = given["x"][0, 1]
    given["gamma"][0] = 0.0
    return given


@exercise.case("two batches one after the other, the second in evaluation")
def two_batches(rng):
    first = _draw(rng, int(rng.integers(6, 9)), momentum=round(rng.uniform(0.6, 0.8), 2))
    other = _draw(rng, int(rng.integers(3, 6)))
    _, _, state = batchnorm_forward(**first)
    after = {**first, "x": other["x"], "state": state, "training": False}
    return [Call(first, "in training"), Call(after, "in evaluation, with the state that training should return")]


@exercise.case("features with a mean of a million")
def far_from_zero(rng):
    given = _draw(rng, int(rng.integers(6, 9)), eps=1e-5)
    given["x"] = given["x"] + 1e6 * rng.uniform(1, 2, 3).round(2)
    return given


@exercise.case("a batch of one in training")
def batch_of_one(rng):
    return _draw(rng, 1, eps=0.01)


def _mean(x):
    return x.mean(axis=0)


def _running(state):
    return state["mean"], state["var"]


def _forward(
    x, gamma, beta, state, training, eps, momentum,
    variance=mean_square, root=inverse_root, normalized=centred_and_scaled, affine=scaled_and_shifted,
    mean_of=_mean, of_state=_running, moved=moved_by, cached=None,
):  # fmt: skip
    """Batch norm with other parts; ``cached(x, mean, var, inv_std)`` are the first and the last of the cache."""
    mean, var = of_state(state)
    if training:
        mean = mean_of(x)
        var = variance(x, mean, mean_of)
    inv_std = root(var, eps)
    xhat = normalized(x, mean, inv_std)
    first, last = cached(x, mean, var, inv_std) if cached else (xhat, inv_std)
    new = moved(state, mean, var, momentum) if training else state
    return affine(xhat, gamma, beta), (first, gamma, last), new


LABELS = {
    "divides_by_n_minus_one": "BN1",
    "eps_outside_the_root": "BN2",
    "no_eps": "BN3",
    "divides_by_the_variance": "BN4",
    "without_gamma_and_beta": "BN11a",
    "momentum_reversed": "BN7",
    "stores_the_deviation": "BN8a",
    "never_learns": "BN13",
    "plain_mean_of_old_and_new": "BN15",
}
add_scaling_mistakes(exercise, _forward, LABELS)
add_running_mistakes(exercise, _forward, LABELS)
add_cache_mistakes(exercise, _forward)


def _in_evaluation(given, **parts):
    training = given[4]
    return _forward(*given) if training else _forward(*given, **parts)


@exercise.misconception
def no_eps_in_evaluation(*given):
    """eps is not used in evaluation. What was added to the variance in training is added there too."""
    return _in_evaluation(given, root=lambda var, eps: 1 / np.sqrt(var))


@exercise.misconception("BN5a")
def over_the_features(x, gamma, beta, state, training, eps, momentum):
    """In training every sample is normalised by its own mean and variance, over the features. That is layer norm: batch
    norm takes them over the samples, axis 0, for each feature."""
    given = x, gamma, beta, state, training, eps, momentum
    if not training:
        return _forward(*given)
    out, cache, _ = _forward(*given, mean_of=lambda x: x.mean(axis=1, keepdims=True), moved=lambda *_: state)
    return out, cache, _forward(*given)[2]


@exercise.misconception("BN5b")
def over_the_features_all_the_way(*given):
    """Mean and variance are taken over axis 1, the features, one of each for every sample. Batch norm takes them over
    the samples, axis 0, one of each for every feature."""
    return _forward(*given, mean_of=lambda x: x.mean(axis=1))


@exercise.misconception("BN6")
def one_mean_for_all(*given):
    """All features share one mean and one variance, those of the whole batch. Every feature gets its own: take them
    over axis 0."""
    return _forward(*given, mean_of=np.mean)


@exercise.misconception
def one_variance_for_all(*given):
    """All features share one variance, that of the whole batch. Every feature gets its own: take it over axis 0, as the
    mean."""
    return _forward(*given, variance=lambda x, mean, mean_of: x.var())


@exercise.misconception("BN8b")
def stores_the_deviation_with_eps(*given):
    """The running variance gets sqrt(var + eps), a standard deviation. In evaluation its root would be taken a second
    time: move it towards the variance of the batch."""
    eps = given[5]
    return _forward(
        *given, moved=lambda state, mean, var, momentum: moved_by(state, mean, np.sqrt(var + eps), momentum)
    )


@exercise.misconception
def running_variance_taken_for_a_deviation(*given):
    """In evaluation state["var"] is used as if it were a standard deviation, and its root is not taken. It is a
    variance."""
    return _in_evaluation(given, root=lambda var, eps: 1 / (var + eps))


@exercise.misconception("BN9")
def batch_in_evaluation(x, gamma, beta, state, training, eps, momentum):
    """In evaluation the statistics of the batch are used. A sample's output would depend on its neighbours, and a
    single sample would become beta: use the running ones."""
    out, cache, new = _forward(x, gamma, beta, state, True, eps, momentum)
    return out, cache, new if training else state


@exercise.misconception
def training_is_ignored(x, gamma, beta, state, training, eps, momentum):
    """Evaluation does what training does: it uses the statistics of the batch, and moves the running ones. Ask whether
    training is True."""
    return _forward(x, gamma, beta, state, True, eps, momentum)


@exercise.misconception
def asks_the_wrong_way(x, gamma, beta, state, training, eps, momentum):
    """Training and evaluation are exchanged: with training=False the batch's statistics normalise and the running ones
    move. Is there a `not` too many?"""
    return _forward(x, gamma, beta, state, not training, eps, momentum)


@exercise.misconception("BN10a")
def learns_in_evaluation(x, gamma, beta, state, training, eps, momentum):
    """The running statistics move in evaluation, too. What the network is asked later must not change it: return the
    state as it is."""
    new = _forward(x, gamma, beta, state, True, eps, momentum)[2]
    return *_forward(x, gamma, beta, state, training, eps, momentum)[:2], new


@exercise.misconception("BN10b")
def learns_before_it_evaluates(x, gamma, beta, state, training, eps, momentum):
    """In evaluation the running statistics are first moved by the batch, and then used. They stay as they are there."""
    new = _forward(x, gamma, beta, state, True, eps, momentum)[2]
    return *_forward(x, gamma, beta, new, training, eps, momentum)[:2], new


@exercise.misconception("BN11b")
def without_gamma_and_beta_in_evaluation(*given):
    """In evaluation out is xhat: gamma and beta are missing. They were trained, and what follows expects them."""
    return _in_evaluation(given, affine=lambda xhat, gamma, beta: xhat)


@exercise.misconception("BN14")
def affine_before_it_normalises(x, gamma, beta, state, training, eps, momentum):
    """gamma and beta are applied to x, and the result is normalised, which takes them out again. They come last."""
    return _forward(gamma * x + beta, gamma, beta, state, training, eps, momentum, affine=lambda xhat, *_: xhat)


@exercise.misconception
def normalises_by_the_new_state(x, gamma, beta, state, training, eps, momentum):
    """In training x is normalised by the running statistics, after they have moved. There it is the batch's own mean
    and variance that normalise, and the gradient goes back through them."""
    new = _forward(x, gamma, beta, state, training, eps, momentum)[2]
    return *_forward(x, gamma, beta, new, False, eps, momentum)[:2], new


@exercise.misconception
def normalises_by_the_old_state(x, gamma, beta, state, training, eps, momentum):
    """In training x is normalised by the running statistics. There it is the batch's own mean and variance that
    normalise; the running ones are for evaluation."""
    new = _forward(x, gamma, beta, state, training, eps, momentum)[2]
    return *_forward(x, gamma, beta, state, False, eps, momentum)[:2], new


@exercise.misconception
def evaluates_a_batch_of_one(x, gamma, beta, state, training, eps, momentum):
    """A batch of one is treated as in evaluation. What the layer does depends on training alone: in training xhat is 0
    there, and out is beta."""
    return _forward(x, gamma, beta, state, training and len(x) > 1, eps, momentum)


@exercise.misconception
def changes_the_state(*given):
    """The values are right, and the caller's state has been changed: state["mean"] = ... writes into the dict that was
    handed over, and += into its arrays. Return a new dict of new arrays."""
    out, cache, new = _forward(*given)
    given[3].update(new)
    return out, cache, given[3]


@exercise.misconception
def spread_about_the_running_mean(*given):
    """In training the variance is the mean of (x - state["mean"]) squared. It is taken about the batch's own mean, as
    xhat is."""
    old = given[3]["mean"]
    return _forward(*given, variance=lambda x, mean, mean_of: mean_square(x, old, mean_of))


@exercise.misconception
def eps_outside_and_momentum_reversed(*given):
    """Two things at once: eps is added to the standard deviation, and belongs under the root, to the variance; and the
    running statistics become (1 - momentum) * old + momentum * batch, where momentum is the weight of the old."""
    return _forward(
        *given,
        root=lambda var, eps: 1 / (np.sqrt(var) + eps),
        moved=lambda state, mean, var, momentum: moved_by(state, mean, var, 1 - momentum),
    )


@exercise.misconception
def moves_as_in_pytorch(*given):
    """The running statistics move as PyTorch's do: momentum is the weight of the batch, whose variance divides by N -
    1. Here momentum is the weight of the old value."""
    n = len(given[0])
    return _forward(*given, moved=lambda state, m, v, momentum: moved_by(state, m, v * n / max(n - 1, 1), 1 - momentum))


@exercise.misconception
def deviations_throughout(*given):
    """Standard deviations are kept in the running variance, and evaluation divides by them as they are. That fits
    together, but state["var"] is to hold variances, and eps to stand under the root."""
    moves = _forward(*given, moved=lambda state, m, v, momentum: moved_by(state, m, np.sqrt(v), momentum))
    outside = _forward(*given, root=lambda var, eps: 1 / ((np.sqrt(var) if given[4] else var) + eps))
    return *outside[:2], moves[2]


@exercise.misconception
def unbiased_also_for_one(*given):
    """The running variance divides by N - 1, as PyTorch's does. For a batch of one that is 0 / 0, and the state holds
    NaN from then on."""
    unbiased = given[0].var(axis=0, ddof=1)
    return _forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, unbiased, momentum))


@exercise.variant("BN12")
def unbiased_running_variance(*given):
    """The running variance divides by N - 1, as in PyTorch and in the paper: it is to estimate the variance of all
    data, of which the batch is a sample. Keras divides by N, and so does this course; for a batch of 32 the two differ
    by 3 %."""
    n = len(given[0])
    return _forward(
        *given, moved=lambda state, mean, var, momentum: moved_by(state, mean, var * n / max(n - 1, 1), momentum)
    )


@exercise.equivalent
def one_line_for_both(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    mean, var = (np.mean(x, 0), np.var(x, 0)) if training else (state["mean"], state["var"])
    inv_std = (var + eps) ** -0.5
    xhat = (x - mean) * inv_std
    new = {"mean": state["mean"], "var": state["var"]}
    if training:
        new = {
            "mean": new["mean"] + (1 - momentum) * (mean - new["mean"]),
            "var": new["var"] + (1 - momentum) * (var - new["var"]),
        }
    return xhat * gamma + beta, (xhat, gamma, inv_std), new


@exercise.equivalent
def in_small_steps(x, gamma, beta, state, training, eps=1e-5, momentum=0.9):
    mean, var = np.array(state["mean"], dtype=float), np.array(state["var"], dtype=float)
    new = dict(state)
    if training:
        mean = np.array([sum(column) / len(column) for column in x.T])
        var = np.einsum("nc,nc->c", x - mean, x - mean) / len(x)
        new = {
            "var": state["var"] * momentum + var * (1 - momentum),
            "mean": state["mean"] * momentum + mean * (1 - momentum),
        }
    xhat = np.divide(x - mean, std := np.sqrt(var + eps))
    return [np.multiply(xhat, gamma) + beta[np.newaxis], [xhat, gamma.copy(), np.reciprocal(std)], new]
