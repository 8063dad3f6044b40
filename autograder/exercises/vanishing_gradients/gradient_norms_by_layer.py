"""Norm of the gradient, layer by layer."""

import itertools

import numpy as np

from autograder.domain import Array, Given
from autograder.exercise import Exercise
from course_lib.analysis import diagnostics
from course_lib.functions import losses

exercise = Exercise(
    name="gradient_norms_by_layer",
    unit="vanishing_gradients",
    points=2,
    reference=diagnostics.gradient_norms_by_layer,
    takes={
        "backprop": Given(
            lambda rng, others: _network(rng, (3, 5, 4)), called_with={"x": Array("N", "D"), "y": Array("N")}
        ),
        "batches": Given(lambda rng, others: _batches(rng, (3, 5, 4), (4, 2))),
    },
    hints=(
        "backprop returns two lists. Which one says how the loss changes with the weights, and how many entries has "
        "it?",
        "Two batches of 2 and 8 samples each give the gradient of their own mean. By which weights must you average "
        "the two, to get the mean over all 10 samples?",
        "Gradients of two batches may point in opposite directions and cancel. Does the mean of their norms show "
        "that, or the norm of their mean?",
    ),
    part="core",
    minutes=10,
    difficulty=3,
    reasoning=(
        "The mean over all samples is the mean of the batches' means, each weighted by its share of the samples. "
        "Gradients of two batches may cancel, so they are added first, and the norm is taken once, of the sum."
    ),
)


def _network(rng, widths):
    """``backprop`` of a tanh network without biases, whose layers have these widths."""
    weights = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in itertools.pairwise(widths)]

    def backprop(x, y):
        activations = [x]
        for w in weights[:-1]:
            activations.append(np.tanh(activations[-1] @ w))
        logits = activations[-1] @ weights[-1]
        d = losses.softmax_xent(logits, y)[1]
        grads = []
        for layer in range(len(weights) - 1, -1, -1):
            grads.insert(0, activations[layer].T @ d)
            d = d @ weights[layer].T * (1 - activations[layer] ** 2)
        return [*activations[1:], logits], grads

    return backprop


def _batches(rng, widths, sizes):
    return [(rng.normal(size=(n, widths[0])), rng.integers(0, widths[-1], n)) for n in sizes]


def _draw(rng, widths, sizes):
    return {"backprop": _network(rng, widths), "batches": _batches(rng, widths, sizes)}


@exercise.case("one batch")
def one_batch(rng):
    return _draw(rng, (3, 5, 4), (int(rng.integers(6, 9)),))


@exercise.case("two batches of unequal sizes")
def two_batches(rng):
    return _draw(rng, (4, 6, 3), (2, int(rng.integers(7, 10))))


@exercise.case("many layers, three batches")
def many_layers(rng):
    return _draw(rng, (5, 4, 6, 3, 4, 2), (3, 1, int(rng.integers(6, 9))))


@exercise.case("a single layer")
def single_layer(rng):
    return _draw(rng, (4, 3), (int(rng.integers(5, 8)), 2))


@exercise.case("two batches whose gradients nearly cancel")
def cancelling(rng):
    backprop = _network(rng, (3, 4, 2))
    x = rng.normal(size=(6, 3))
    y = rng.integers(0, 2, 6)
    return {"backprop": backprop, "batches": [(x, y), (x[:5], 1 - y[:5])]}


def _batch_gradients(backprop, batches):
    """Sizes of the batches, and for each layer the list of the batches' gradients."""
    sizes = np.array([len(x) for x, _ in batches])
    return sizes, list(zip(*(backprop(x, y)[1] for x, y in batches), strict=True))


def _mean_gradients(backprop, batches):
    """For each layer the gradient of the mean loss over all samples."""
    sizes, layers = _batch_gradients(backprop, batches)
    return [np.average(grads, axis=0, weights=sizes) for grads in layers]


def _over_batches(backprop, batches, combine):
    """The norm of ``combine(grads, sizes)`` for each layer."""
    sizes, layers = _batch_gradients(backprop, batches)
    return np.array([np.linalg.norm(combine(np.array(grads), sizes)) for grads in layers])


def _measured_by(backprop, batches, measure):
    """``measure`` of each layer's gradient of the mean loss."""
    return np.array([measure(g) for g in _mean_gradients(backprop, batches)])


@exercise.misconception("GN1a")
def norms_of_the_activations(backprop, batches):
    """These are the sizes of the layers' outputs. Outputs can be large where hardly any gradient arrives: measure the
    second list that backprop returns."""
    sizes = [len(x) for x, _ in batches]
    norms = [[np.linalg.norm(a) for a in backprop(x, y)[0]] for x, y in batches]
    return np.average(norms, axis=0, weights=sizes)


@exercise.misconception("GN1b")
def norms_of_all_activations(backprop, batches):
    """These are the sizes of the layers' outputs, over all samples. Outputs can be large where hardly any gradient
    arrives: measure the second list that backprop returns."""
    layers = zip(*(backprop(x, y)[0] for x, y in batches), strict=True)
    return np.array([np.linalg.norm(np.vstack(outputs)) for outputs in layers])


@exercise.misconception("GN1c")
def unpacks_in_the_wrong_order(backprop, batches):
    """backprop returns activations, then gradients, and these were unpacked the other way round. Outputs have one row
    per sample, so that batches of unequal sizes do not even add up."""
    n_samples = sum(len(x) for x, _ in batches)
    totals = None
    for x, y in batches:
        grads, _ = backprop(x, y)
        shares = [len(x) / n_samples * g for g in grads]
        totals = shares if totals is None else [t + s for t, s in zip(totals, shares, strict=True)]
    return np.array([np.linalg.norm(t) for t in totals])


@exercise.misconception("GN2")
def last_batch_only(backprop, batches):
    """Only the last batch counts: each pass of the loop overwrites what the one before has found. Add up over all
    batches."""
    return np.array([np.linalg.norm(g) for g in backprop(*batches[-1])[1]])


@exercise.misconception
def first_batch_only(backprop, batches):
    """Only the first batch counts. The mean runs over the samples of all batches."""
    return np.array([np.linalg.norm(g) for g in backprop(*batches[0])[1]])


@exercise.misconception("GN3")
def mean_of_the_entries(backprop, batches):
    """This is the mean of the gradient's entries. Positive and negative ones cancel, so that it may be near zero for
    a large gradient: take the norm."""
    return _measured_by(backprop, batches, np.mean)


@exercise.misconception
def mean_of_the_absolute_entries(backprop, batches):
    """This is the mean of the entries' absolute values. The Euclidean norm is the root of the sum of their
    squares."""
    return _measured_by(backprop, batches, lambda g: np.mean(np.abs(g)))


@exercise.misconception
def sum_of_the_absolute_entries(backprop, batches):
    """This is the sum of the entries' absolute values. The Euclidean norm is the root of the sum of their squares."""
    return _measured_by(backprop, batches, lambda g: np.sum(np.abs(g)))


@exercise.misconception
def largest_entry(backprop, batches):
    """This is each gradient's largest entry. The Euclidean norm is the root of the sum of the squares of all."""
    return _measured_by(backprop, batches, lambda g: np.max(np.abs(g)))


@exercise.misconception
def standard_deviation(backprop, batches):
    """This is the standard deviation of the entries, how far they are from their mean. The Euclidean norm is the root
    of the sum of their squares."""
    return _measured_by(backprop, batches, np.std)


@exercise.misconception
def root_mean_square(backprop, batches):
    """This is the root of the mean of the squares. The Euclidean norm takes the sum, and does not divide by the number
    of weights."""
    return _measured_by(backprop, batches, lambda g: np.sqrt(np.mean(g**2)))


@exercise.misconception
def squared_norm(backprop, batches):
    """This is the sum of the squares. The norm is its root."""
    return _measured_by(backprop, batches, lambda g: np.sum(g**2))


@exercise.misconception
def spectral_norm(backprop, batches):
    """np.linalg.norm(g, 2) of a matrix is its largest singular value. np.linalg.norm(g) is the root of the sum of the
    squares of all entries."""
    return _measured_by(backprop, batches, lambda g: np.linalg.norm(g, 2))


@exercise.misconception
def one_norm_for_all_layers(backprop, batches):
    """This is one number for the whole network. To see where the gradient vanishes, return one norm per layer."""
    return np.sqrt(sum(np.sum(g**2) for g in _mean_gradients(backprop, batches)))


@exercise.misconception
def last_layer_first(backprop, batches):
    """The norms are right, from the last layer to the first. backprop lists the gradients from the first layer on:
    keep that order."""
    return _measured_by(backprop, batches, np.linalg.norm)[::-1]


@exercise.misconception
def batches_count_equally(backprop, batches):
    """Every batch has the same weight, whatever its size. Weight each batch's gradient by its number of samples."""
    return _over_batches(backprop, batches, lambda grads, sizes: grads.mean(axis=0))


@exercise.misconception
def sum_over_batches(backprop, batches):
    """The gradients of the batches are added up, so that more batches give larger norms. Average them, weighted by
    their numbers of samples."""
    return _over_batches(backprop, batches, lambda grads, sizes: grads.sum(axis=0))


@exercise.misconception
def sum_over_samples(backprop, batches):
    """The gradients are weighted by the batches' sizes, but not divided by the number of all samples. This is the
    gradient of the summed loss."""
    return _over_batches(backprop, batches, lambda grads, sizes: np.tensordot(sizes, grads, 1))


@exercise.misconception
def divides_by_the_batches(backprop, batches):
    """The gradients are weighted by the batches' sizes, and then divided by the number of batches. Divide by the
    number of all samples."""
    return _over_batches(backprop, batches, lambda grads, sizes: np.tensordot(sizes, grads, 1) / len(sizes))


@exercise.misconception
def mean_of_the_norms(backprop, batches):
    """The norms of the batches' gradients are averaged. Gradients that point in opposite directions cancel, their
    norms do not: average first, and take the norm of the result."""
    sizes, layers = _batch_gradients(backprop, batches)
    return np.array([np.average([np.linalg.norm(g) for g in grads], weights=sizes) for grads in layers])


@exercise.misconception
def unweighted_mean_of_the_norms(backprop, batches):
    """The norms of the batches' gradients are averaged, each batch with the same weight. Average the gradients first,
    weighted by their numbers of samples, and take the norm of the result."""
    _, layers = _batch_gradients(backprop, batches)
    return np.array([np.mean([np.linalg.norm(g) for g in grads]) for grads in layers])


@exercise.equivalent
def all_samples_as_one_batch(backprop, batches):
    xs, ys = zip(*batches, strict=True)
    return np.array([np.linalg.norm(g) for g in backprop(np.concatenate(xs), np.concatenate(ys))[1]])


@exercise.equivalent
def running_sum(backprop, batches):
    totals, n_samples = 0, 0
    for x, y in batches:
        _, grads = backprop(x, y)
        totals = (
            [len(y) * g for g in grads]
            if n_samples == 0
            else [t + len(y) * g for t, g in zip(totals, grads, strict=True)]
        )
        n_samples += len(y)
    return np.array([np.sqrt((t**2).sum()) for t in totals]) / n_samples


@exercise.equivalent
def sample_by_sample(backprop, batches):
    samples = [(x[i : i + 1], y[i : i + 1]) for x, y in batches for i in range(len(x))]
    layers = zip(*(backprop(x, y)[1] for x, y in samples), strict=True)
    return np.array([np.linalg.norm(np.mean(grads, axis=0).ravel()) for grads in layers])
