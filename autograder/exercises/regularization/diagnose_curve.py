"""Debug a run by its curves: what is wrong with the data, the evaluation or the regularization. The seed plants it."""

import numpy as np

from autograder.domain import Given
from autograder.exercise import Call, Exercise
from autograder.exercises.regularization._curve_mistakes import add_curve_mistakes
from autograder.logged_runs import HEALTHY, LEAK, ORDER, SORTED, STRONG, TRAINING_MODE, WEAK, diagnosis, shared
from autograder.logged_runs import record_of as _record


def diagnose_curve(record):
    return diagnosis(record)


def _without(cause):
    return tuple(other for other in ORDER if other != cause)


def _last(record, name):
    return record[name][-5:].mean()


exercise = Exercise(
    name="diagnose_curve",
    unit="regularization",
    points=2,
    reference=diagnose_curve,
    takes={"record": Given(lambda rng, others: _record(rng, WEAK), kept=True)},
    hints=(
        "Each of the five faults has a sentence with a number in it. Which entries of the record does each sentence "
        "speak of, and what do you have to compute from them?",
        "Two faults may meet in one run. Which of them counts, and in which order do you have to ask?",
        "A curve is noisy. How do you take the mean of the last five entries of an array, and where does the text ask "
        "for the smallest of all instead?",
        "How can you find out whether an image is equal in every pixel to one of many others? Is a tuple of its pixels "
        "something that a set can hold?",
    ),
    part="core",
    minutes=12,
    difficulty=2,
    reasoning=(
        "Three faults spoil the curves, and each leaves evidence outside of them: equal images, batches of one class, "
        "two evaluations that differ. Only where there is none do the curves tell about the regularization, by their "
        "last five passes rather than by the last."
    ),
)


def _call(rng, answer, curves=HEALTHY, **setting):
    return Call({"record": _record(rng, curves, **setting)}, f"the answer is {answer}")


@exercise.case("validation images among the training images")
def leaks(rng):
    return [
        _call(rng, LEAK, shared=0.5, valid=0.98),
        _call(rng, LEAK, shared=0.15),
        _call(rng, HEALTHY, shared=0.075),
        _call(rng, HEALTHY, close=0.4),
    ]


@exercise.case("batches sorted by class")
def sorted_batches(rng):
    return [
        _call(rng, SORTED, alike=1.0),
        _call(rng, SORTED, alike=0.6),
        _call(rng, SORTED, alike=0.9, pure=True),
        _call(rng, HEALTHY, alike=0.4, mixed=3, noise=0.02),
    ]


@exercise.case("an evaluation with dropout left on")
def training_mode(rng):
    return [
        _call(rng, TRAINING_MODE, differ=0.05),
        _call(rng, TRAINING_MODE, differ=-1e-4),
        _call(rng, HEALTHY, differ=-1e-12),
    ]


@exercise.case("too much regularization, or a training accuracy that dropout makes look poor")
def too_strong(rng):
    return [
        _call(rng, STRONG, STRONG, noise=0.12),
        _call(rng, HEALTHY, STRONG, train=0.65, valid=0.84, valid_loss=0.6),
        _call(rng, HEALTHY, STRONG, train=0.84, valid=0.65),
        _call(rng, HEALTHY, STRONG, train=0.74, valid=0.73),
    ]


@exercise.case("validation far behind a perfect training")
def far_behind(rng):
    return [
        _call(rng, WEAK, WEAK),
        _call(rng, HEALTHY, WEAK, valid=0.89),
        _call(rng, HEALTHY, WEAK, train=0.97, valid=0.79, train_loss=0.1),
        _call(rng, STRONG, WEAK, train=0.69, valid=0.4, train_loss=0.9),
    ]


@exercise.case("a validation loss that rises while its accuracy does not")
def rising(rng):
    dip, late = (_record(rng, WEAK, valid=0.93, valid_loss=loss) for loss in (0.4, 0.3))
    dip["train_loss"][-10] /= 20  # of the training loss, which no rule asks for
    late["valid_loss"][-2:] *= 3  # 1.8 times the smallest in the mean of the last five
    return [
        Call({"record": dip}, "the answer is healthy"),
        Call({"record": late}, "the answer is too weak"),
        _call(rng, WEAK, WEAK, valid=0.93, valid_loss=4.0, rise=2.0),
        _call(rng, WEAK, WEAK, rise=2.5),
        _call(rng, WEAK, WEAK, valid=0.93, valid_loss=0.6, rise=2.5),
        _call(rng, HEALTHY, WEAK, valid=0.93, valid_loss=0.4, rise=1.25),
        _call(rng, HEALTHY, HEALTHY, valid_loss=0.6, rise=2.5),
    ]


@exercise.case("nothing is wrong, though the curves are noisy, or validation is better than training")
def suspicious(rng):
    record = _record(rng, WEAK, valid=0.87)
    record["valid_accuracy"][-1] = 0.8  # one bad pass at the end
    worse = _record(rng, WEAK, valid=0.87)
    worse["valid_accuracy"][-1] = 0.7  # one that is bad enough to count: 0.836 in the mean of the last five
    dip = _record(rng, STRONG)
    dip["train_accuracy"][-10:] = dip["valid_accuracy"][-10:] = [*5 * [0.5], 0.98, *4 * [0.66]]
    return [
        _call(rng, HEALTHY, train=0.9, train_loss=0.35, valid=0.95, valid_loss=0.15),
        Call({"record": record}, "the answer is healthy"),
        Call({"record": worse}, "the answer is too weak"),
        Call({"record": dip}, "the answer is healthy"),
        _call(rng, HEALTHY, train=0.8, train_loss=0.6, valid=0.995),
        _call(rng, WEAK, WEAK, valid=0.8),
    ]


@exercise.case("two faults meet, and the first of the list counts")
def two_faults(rng):
    return [
        _call(rng, LEAK, WEAK, shared=0.4),
        _call(rng, LEAK, shared=0.4, alike=1.0),
        _call(rng, LEAK, shared=0.4, differ=0.1),
        _call(rng, SORTED, differ=0.1, alike=1.0),
        _call(rng, SORTED, STRONG, alike=1.0),
        _call(rng, TRAINING_MODE, STRONG, differ=-0.1),
        _call(rng, TRAINING_MODE, WEAK, differ=0.1),
    ]


@exercise.misconception
def always_healthy(record):
    """The answer is always healthy. Work out the number of each of the five sentences, and compare it with its
    limit."""
    return HEALTHY


@exercise.misconception
def overlooks_leak(record):
    """Validation images among the training images are not found. The curves may look healthy then, or too good: compare
    each of them with all training images, wherever these stand."""
    return diagnosis(record, _without(LEAK))


@exercise.misconception
def leak_by_the_training_images(record):
    """A leak is overlooked where few of the validation images are shared, though more than a tenth. Is the share one of
    the training images, of which there are more? It is one of the validation images."""
    return diagnosis(record, tests={LEAK: lambda r: shared(r["x_valid"], r["x_train"]) > 0.1})


@exercise.misconception
def overlooks_sorted(record):
    """Batches that are sorted by class are not found. The labels of the last pass show them."""
    return diagnosis(record, _without(SORTED))


@exercise.misconception
def overlooks_training_mode(record):
    """An evaluation with dropout left on is not found. It draws a new mask each time, so two evaluations of the same
    weights differ."""
    return diagnosis(record, _without(TRAINING_MODE))


@exercise.misconception
def overlooks_strong(record):
    """Too strong a regularization is not found. It keeps the network from fitting even the training data: both
    accuracies are low."""
    return diagnosis(record, _without(STRONG))


@exercise.misconception
def overlooks_weak(record):
    """Too weak a regularization is not found. Training is perfect then, and validation far behind, or its loss on the
    rise."""
    return diagnosis(record, _without(WEAK))


@exercise.misconception
def looks_at_the_curves_alone(record):
    """What only the images, the labels and the two evaluations show is not found. Curves alone cannot tell a leak from
    a good run."""
    return diagnosis(record, (STRONG, WEAK))


@exercise.misconception
def curves_first(record):
    """Where two faults meet, the curves are asked first. A leak, sorted batches or dropout left on spoil the curves:
    rule these out before you read them."""
    return diagnosis(record, (STRONG, WEAK, LEAK, SORTED, TRAINING_MODE))


@exercise.misconception
def training_mode_before_sorted(record):
    """Where sorted batches meet an evaluation in training mode, the latter is named. Sorted batches come before it."""
    return diagnosis(record, (LEAK, TRAINING_MODE, SORTED, STRONG, WEAK))


@exercise.misconception
def any_shared_image_is_a_leak(record):
    """A few images that occur twice count as a leak. It takes more than a tenth of the validation images."""
    return diagnosis(record, leak=0.0)


@exercise.misconception
def better_validation_is_a_leak(record):
    """Leaks are looked for in the curves: validation that is better than training counts as one. Training accuracy is
    logged with dropout on, which alone can put it behind; and a leak may hide behind ordinary curves."""
    return diagnosis(record, tests={LEAK: lambda r: _last(r, "valid_accuracy") > _last(r, "train_accuracy") + 0.015})


@exercise.misconception
def one_pixel_is_enough(record):
    """Healthy runs count as leaks, since images that agree in some pixels count as equal. They have to agree in all of
    them: .all(axis=...) before .any()."""
    return diagnosis(record, tests={LEAK: lambda r: np.isin(r["x_valid"], r["x_train"]).any(axis=1).mean() > 0.1})


@exercise.misconception
def close_images_are_equal(record):
    """Healthy runs count as leaks, since images that are much alike count as equal. Digits often are: they have
    to agree in every pixel."""
    return diagnosis(record, tests={LEAK: lambda r: np.mean(_least_distance(r) == 0) > 0.1})


@exercise.misconception
def every_batch_must_be_sorted(record):
    """Sorted batches are not found where some batches are mixed. More than half is enough."""
    return diagnosis(record, sorted=0.95)


@exercise.misconception
def one_sorted_batch_is_enough(record):
    """Healthy runs count as not shuffled, because some batches hold one or two classes. It takes more than half of
    them."""
    return diagnosis(record, sorted=0.0)


@exercise.misconception
def one_class_only(record):
    """Sorted batches are not found where a class ends within a batch: it holds two then. Count one or two classes."""
    return diagnosis(record, classes=1)


@exercise.misconception
def noisy_losses_are_sorted(record):
    """Whether batches are sorted is judged by how much their losses differ. Those of shuffled batches differ as well:
    look at the labels."""
    return diagnosis(record, tests={SORTED: lambda r: np.ptp(r["batch_loss"]) > 0.3 * r["batch_loss"].mean()})


@exercise.misconception
def any_difference_is_training_mode(record):
    """Two evaluations that differ by rounding count as different. They may differ by 1e-6."""
    return diagnosis(record, evaluations=0.0)


@exercise.misconception
def large_differences_only(record):
    """An evaluation in training mode is not found where the two losses differ by little. More than 1e-6 is more than
    rounding does."""
    return diagnosis(record, evaluations=1e-2)


@exercise.misconception
def signed_difference(record):
    """An evaluation in training mode is found or not, as chance will have it: the second loss may be the larger or the
    smaller one. Take the absolute value of the difference."""
    return diagnosis(record, tests={TRAINING_MODE: lambda r: r["evaluations"][0] - r["evaluations"][1] > 1e-6})


@exercise.misconception
def poor_training_is_enough(record):
    """A run counts as too strong because training is poor, though validation is good. Training accuracy is logged with
    dropout on; both have to be below 0.7."""
    return diagnosis(record, tests={STRONG: lambda r: _last(r, "train_accuracy") < 0.7})


@exercise.misconception
def poor_validation_is_enough(record):
    """A run counts as too strong because validation is poor, though training is not. Both have to be below 0.7."""
    return diagnosis(record, tests={STRONG: lambda r: _last(r, "valid_accuracy") < 0.7})


add_curve_mistakes(exercise)


@exercise.misconception
def training_for_validation(record):
    """Training and validation accuracy stand in each other's places. The gap that counts is training minus
    validation."""
    return diagnosis(record, names=("valid_accuracy", "train_accuracy", "valid_loss"))


@exercise.misconception
def losses_for_accuracies(record):
    """Losses are compared with the limits of accuracies. A loss is small where things are good."""
    return diagnosis(record, names=("train_loss", "valid_loss", "valid_loss"))


@exercise.misconception
def strong_for_weak(record):
    """ "too strong" and "too weak" stand in each other's places. Too strong a regularization keeps training poor."""
    cause = diagnosis(record)
    return {STRONG: WEAK, WEAK: STRONG}.get(cause, cause)


@exercise.misconception
def all_causes(record):
    """A list is returned. One string is asked for: the first fault that applies."""
    return [diagnosis(record)]


def _least_distance(record):
    """Of each validation image, the square of its distance from the nearest training image but for the first pixel."""
    return ((record["x_valid"][:, None, 1:] - record["x_train"][:, 1:]) ** 2).sum(axis=2).min(axis=1)


@exercise.equivalent
def with_sets(record):
    images = {image.tobytes() for image in record["x_train"]}
    n_shared = sum(image.tobytes() in images for image in record["x_valid"])
    if 10 * n_shared > len(record["x_valid"]):
        return "leak"
    changes = (np.diff(np.sort(record["batch_labels"], axis=1), axis=1) != 0).sum(axis=1)
    if np.median(changes) < 1.5:
        return "not shuffled"
    if not np.isclose(*record["evaluations"], rtol=0, atol=1e-6):
        return "evaluated in training mode"
    train, valid = np.mean(record["train_accuracy"][-5:]), np.mean(record["valid_accuracy"][-5:])
    if train < 0.7 and valid < 0.7:
        return "too strong"
    is_rising = np.mean(record["valid_loss"][-5:]) / np.min(record["valid_loss"]) > 1.5
    return "too weak" if train >= 0.99 and (is_rising or valid < train - 0.15) else "healthy"


@exercise.equivalent
def in_loops(record):
    def end(name):
        return sum(record[name][-5:]) / 5

    n_shared = 0
    for image in record["x_valid"]:
        n_shared += (np.abs(record["x_train"] - image).sum(axis=1) == 0).any()
    n_sorted = sum(1 for labels in record["batch_labels"] if len(set(labels.tolist())) < 3)
    word = "healthy"
    if end("train_accuracy") >= 0.99:
        if end("valid_loss") > 1.5 * min(record["valid_loss"]):
            word = "too weak"
        if end("train_accuracy") - end("valid_accuracy") > 0.15:
            word = "too weak"
    if max(end("train_accuracy"), end("valid_accuracy")) < 0.7:
        word = "too strong"
    if abs(record["evaluations"][0] - record["evaluations"][1]) > 1e-6:
        word = "evaluated in training mode"
    if n_sorted > len(record["batch_labels"]) / 2:
        word = "not shuffled"
    return "leak" if n_shared > len(record["x_valid"]) / 10 else word
