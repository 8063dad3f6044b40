"""Softmax with cross-entropy: the loss and its gradient."""

import numpy as np

from autograder.domain import Array, Labels
from autograder.exercise import Exercise
from course_lib.functions import losses

exercise = Exercise(
    name="softmax_xent",
    unit="vanishing_gradients",
    points=3,
    reference=losses.softmax_xent,
    takes={"logits": Array("N", "C"), "y": Labels("N", "C")},
    returns=("loss", "dlogits"),
    hints=(
        "softmax does not change when the same number is subtracted from all logits of a sample. Which number makes "
        "the largest exponent zero?",
        "Each row of probabilities sums to one. Over which axis, and with which shape, must you sum and take the "
        "maximum?",
        "The gradient of a sample's loss is its probabilities, minus one at its label. The loss is the mean over N "
        "samples: what does that do to the gradient?",
        "probs[np.arange(N), y] takes one entry per row. Which entries does probs[:, y] take?",
    ),
    part="core",
    minutes=8,
    difficulty=3,
    reasoning=(
        "Adding a constant to all logits of a row leaves the probabilities as they are, so the largest may become 0, "
        "and then no exponential overflows and no logarithm meets 0. In the derivative the logarithm and the division "
        "cancel: what is left is the probabilities, less 1 at the true class, over N as the loss is a mean."
    ),
)


def _labels(rng, logits):
    """Labels of which the first two are the same, not the first sample's likeliest class, and the third another.

    Were all the same, or all different, ``[:, y]`` or ``[y, arange(N)]`` might do for ``[arange(N), y]``.
    """
    n_samples, n_classes = logits.shape
    y = rng.integers(0, n_classes, n_samples)
    y[:2] = (logits[0].argmax() + rng.integers(1, n_classes)) % n_classes
    y[2] = (y[0] + rng.integers(1, n_classes)) % n_classes
    return y


def _with_labels(rng, logits):
    return {"logits": logits, "y": _labels(rng, logits)}


@exercise.case("a few samples")
def few_samples(rng):
    return _with_labels(rng, rng.uniform(-1.5, 1.5, (int(rng.integers(3, 5)), 5)).round(3))


@exercise.case("a single sample")
def single_sample(rng):
    logits = rng.uniform(-0.9, 0.9, (1, 4)).round(3)
    logits[0, rng.integers(0, 2)] = 1.75  # the likeliest class, which is not the label
    return {"logits": logits, "y": rng.integers(2, 4, 1)}


@exercise.case("more samples than classes, and a class without a sample")
def missing_class(rng):
    logits = rng.uniform(-1.5, 1.5, (int(rng.integers(6, 9)), 4)).round(3)
    return {"logits": logits, "y": _labels(rng, logits[:, :3])}


@exercise.case("logits near a thousand")
def large_logits(rng):
    return _with_labels(rng, (900 + rng.uniform(-1.5, 1.5, (3, 4))).round(3))


@exercise.case("rows of very different magnitude, and one class that is out of the question")
def different_rows(rng):
    rows = np.array([[0.0], [850.0], [-850.0]])
    given = _with_labels(rng, (rows + rng.uniform(-1.5, 1.5, (3, 5))).round(3))
    # so far below that neither the row's minimum nor its mean can be subtracted in the place of its maximum
    given["logits"][2, given["y"][2] - 1] = -5000.0
    return given


@exercise.case("samples that are confidently wrong")
def confidently_wrong(rng):
    logits = rng.uniform(-1.5, 1.5, (4, 3)).round(3)
    y = _labels(rng, logits)
    logits[np.arange(4), (y + 1) % 3] += [25.0, 18.0, 22.0, 1.0]
    return {"logits": logits, "y": y}


def _one_hot(y, n_classes):
    return np.eye(n_classes)[y]


def _from_probabilities(probs, y):
    """Loss and gradient that belong to ``probs``."""
    loss = -np.mean(np.log(probs[np.arange(len(y)), y]))
    return loss, (probs - _one_hot(y, probs.shape[1])) / len(y)


def _normalised(e):
    return e / e.sum(axis=1, keepdims=True)


@exercise.misconception("SX1a")
def exp_overflows(logits, y):
    """exp is taken of the logits as they are, and exp(710) is already infinite. Subtract each row's maximum
    first."""
    return _from_probabilities(_normalised(np.exp(logits)), y)


@exercise.misconception("SX1b")
def log_of_the_sum_overflows(logits, y):
    """The logarithm of the sum is taken of exponentials that overflow or vanish. Subtract each row's maximum before
    exp, and add it again after the logarithm."""
    e = np.exp(logits)
    loss = np.mean(np.log(e.sum(axis=1)) - logits[np.arange(len(y)), y])
    return loss, (_normalised(e) - _one_hot(y, logits.shape[1])) / len(y)


@exercise.misconception("SX2a")
def one_maximum_for_all_rows(logits, y):
    """One maximum is subtracted from all rows. In a row far below it every exp is zero, which gives 0/0: each row
    needs its own maximum."""
    return _from_probabilities(_normalised(np.exp(logits - logits.max())), y)


@exercise.misconception("SX2b")
def one_maximum_for_all_rows_in_log_space(logits, y):
    """One maximum is subtracted from all rows. In a row far below it the sum is zero and its logarithm infinite:
    each row needs its own maximum."""
    z = logits - logits.max()
    e = np.exp(z)
    loss = np.mean(np.log(e.sum(axis=1)) - z[np.arange(len(y)), y])
    return loss, (_normalised(e) - _one_hot(y, logits.shape[1])) / len(y)


@exercise.misconception("SX3")
def gradient_not_averaged(logits, y):
    """The gradient lacks 1/N. The loss is the mean over the samples, and its gradient too."""
    loss, dlogits = losses.softmax_xent(logits, y)
    return loss, dlogits * len(y)


@exercise.misconception
def loss_not_averaged(logits, y):
    """The loss is the sum over the samples, while the gradient is that of the mean. Divide the loss by N too."""
    loss, dlogits = losses.softmax_xent(logits, y)
    return loss * len(y), dlogits


@exercise.misconception
def nothing_averaged(logits, y):
    """Loss and gradient are sums over the samples. Divide both by N, so that the learning rate need not change with
    the size of the batch."""
    loss, dlogits = losses.softmax_xent(logits, y)
    return loss * len(y), dlogits * len(y)


@exercise.misconception
def averages_over_classes_too(logits, y):
    """The mean runs over all N * C entries of the one-hot product. The loss is a sum over the classes and a mean
    over the samples only."""
    loss, dlogits = losses.softmax_xent(logits, y)
    return loss / logits.shape[1], dlogits


@exercise.misconception("SX4a")
def sums_over_samples(logits, y):
    """The probabilities are normalised down each column, axis 0. It is each sample, a row, whose classes compete:
    sum over axis 1."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return _from_probabilities(e / e.sum(axis=0), y)


@exercise.misconception("SX4b")
def columns_throughout(logits, y):
    """Maximum and sum run down each column, axis 0. It is each sample, a row, whose classes compete: use axis 1."""
    e = np.exp(logits - logits.max(axis=0))
    return _from_probabilities(e / e.sum(axis=0), y)


@exercise.misconception
def row_sums_do_not_broadcast(logits, y):
    """The maximum or the sum of each row has the shape (N,), which does not line up with (N, C). keepdims=True makes
    it (N, 1)."""
    e = np.exp(logits - logits.max(axis=1))
    return _from_probabilities(e / e.sum(axis=1), y)


def _with_a_floor(exponent, label=None):
    """Add the two forms that keep the logarithm from 0 by a small number."""
    eps = 10.0**-exponent
    told = f"""so that no sample can lose more than {-np.log(eps):.3g}, however wrong it is. With the row's maximum
    subtracted, log of the sum needs no such help."""

    def added(logits, y):
        _, dlogits = losses.softmax_xent(logits, y)
        return -np.mean(np.log(losses.softmax(logits)[np.arange(len(y)), y] + eps)), dlogits

    def clipped(logits, y):
        _, dlogits = losses.softmax_xent(logits, y)
        return -np.mean(np.log(np.maximum(losses.softmax(logits)[np.arange(len(y)), y], eps))), dlogits

    added.__name__, clipped.__name__ = f"logarithm_with_1e_{exponent}", f"probability_clipped_at_1e_{exponent}"
    added.__doc__ = f"{eps:g} is added inside the logarithm, {told}"
    clipped.__doc__ = f"The probability is kept from falling below {eps:g}, {told}"
    exercise.misconception(*[label] * (label is not None))(added)
    exercise.misconception()(clipped)


for exponent, label in {5: None, 6: None, 7: None, 8: "SX5a", 9: None, 10: None, 12: "SX5b"}.items():
    _with_a_floor(exponent, label)


@exercise.misconception("SX6")
def softmax_twice(logits, y):
    """softmax is applied to probabilities that it already made. The second one flattens them: no class can come near
    probability one any more."""
    return losses.softmax_xent(losses.softmax(logits), y)


@exercise.misconception("SX7")
def loss_of_the_wrong_sign(logits, y):
    """The loss has the wrong sign. The logarithm of a probability is negative, and the loss is minus that."""
    loss, dlogits = losses.softmax_xent(logits, y)
    return -loss, dlogits


@exercise.misconception
def gradient_of_the_wrong_sign(logits, y):
    """The gradient is label minus probability, which points downhill. It should be probability minus label, and the
    update subtracts it."""
    loss, dlogits = losses.softmax_xent(logits, y)
    return loss, -dlogits


@exercise.misconception
def gradient_without_the_labels(logits, y):
    """The gradient is the probabilities alone. One has to be subtracted at each sample's label."""
    loss, _ = losses.softmax_xent(logits, y)
    return loss, losses.softmax(logits) / len(y)


@exercise.misconception
def subtracts_in_every_row(logits, y):
    """`[:, y] -= 1` subtracts in the columns of all labels, in every row. One entry per row is
    `[np.arange(N), y] -= 1`."""
    loss, _ = losses.softmax_xent(logits, y)
    dlogits = losses.softmax(logits)
    dlogits[:, y] -= 1
    return loss, dlogits / len(y)


@exercise.misconception
def softmax_derivative_once_more(logits, y):
    """The gradient is multiplied by p (1 - p) once more. Probability minus label already contains the derivative of
    softmax."""
    loss, dlogits = losses.softmax_xent(logits, y)
    probs = losses.softmax(logits)
    return loss, dlogits * probs * (1 - probs)


@exercise.misconception
def gradient_for_the_probabilities(logits, y):
    """This is the gradient with respect to the probabilities, -1/p at the label. Take it on through softmax to the
    logits."""
    loss, _ = losses.softmax_xent(logits, y)
    return loss, -_one_hot(y, logits.shape[1]) / losses.softmax(logits) / len(y)


@exercise.misconception
def loss_of_the_prediction(logits, y):
    """The loss is taken at the most probable class instead of the label, so that a confident mistake costs
    nothing."""
    _, dlogits = losses.softmax_xent(logits, y)
    return -np.mean(np.log(losses.softmax(logits).max(axis=1))), dlogits


@exercise.misconception
def shifts_the_logits_in_place(logits, y):
    """The values are right, but `logits -= ...` overwrites the array that was passed in. Write
    `logits = logits - ...`."""
    logits -= logits.max(axis=1, keepdims=True)
    return losses.softmax_xent(logits, y)


@exercise.misconception
def returns_the_gradient_first(logits, y):
    """Loss and gradient are right, but in the wrong order. Return loss, dlogits."""
    return losses.softmax_xent(logits, y)[::-1]


@exercise.equivalent
def log_sum_exp(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    dlogits = np.exp(log_probs)
    dlogits[np.arange(len(y)), y] -= 1
    return -log_probs[np.arange(len(y)), y].mean(), dlogits / len(y)


@exercise.misconception
def log_of_the_probability(logits, y):
    """The logarithm is taken of a probability that has underflowed to 0, which makes the loss infinite. Take it before
    the division: log p is the shifted logit minus the logarithm of the sum."""
    return _from_probabilities(_normalised(np.exp(logits - logits.max(axis=1)[:, None])), y)


@exercise.equivalent
def sample_by_sample(logits, y):
    loss, dlogits = 0.0, np.empty(logits.shape)
    for n, (row, label) in enumerate(zip(logits, y, strict=True)):
        shifted = row - max(row)
        e = np.exp(shifted)
        probs = e / sum(e)
        loss -= (shifted[label] - np.log(sum(e))) / len(y)
        probs[label] -= 1
        dlogits[n] = probs / len(y)
    return loss, dlogits


@exercise.equivalent
def one_hot_product(logits, y):
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    labels = _one_hot(y, logits.shape[1])
    return -np.sum(labels * log_probs) / len(y), (np.exp(log_probs) - labels) / len(y)
