"""Wrong answers to diagnose_curve."""

import numpy as np


def _last(curve):
    return float(np.mean(curve[-5:]))


def _leak(r):
    train = {tuple(row) for row in r["x_train"].tolist()}
    return sum(tuple(row) in train for row in r["x_valid"].tolist()) / len(r["x_valid"])


def _few_classes(r):
    return np.mean([len(set(batch)) <= 2 for batch in r["batch_labels"].tolist()])


def _off(r):
    return abs(r["evaluations"][0] - r["evaluations"][1])


def _strong(r):
    return _last(r["train_accuracy"]) < 0.7 and _last(r["valid_accuracy"]) < 0.7


def _weak(r):
    t, v = _last(r["train_accuracy"]), _last(r["valid_accuracy"])
    return t >= 0.99 and (t - v > 0.15 or _last(r["valid_loss"]) > 1.5 * np.min(r["valid_loss"]))


def _first(**found):
    for name, applies in found.items():
        if applies:
            return name.replace("_", " ")
    return "healthy"


def _usual(r, leak=_leak, shuffled=_few_classes, strong=_strong, weak=_weak, off=_off):
    return _first(
        leak=leak(r) > 0.1,
        not_shuffled=shuffled(r) > 0.5,
        evaluated_in_training_mode=off(r) > 1e-6,
        too_strong=strong(r),
        too_weak=weak(r),
    )


def diagnose_curve__share_of_training(record):
    """Divides the number of shared images by the number of training images."""
    return _usual(record, leak=lambda r: _leak(r) * len(r["x_valid"]) / len(r["x_train"]))


def diagnose_curve__same_place(record):
    """Compares validation and training images at the same index only."""

    def leak(r):
        n = min(len(r["x_train"]), len(r["x_valid"]))
        return np.sum((r["x_train"][:n] == r["x_valid"][:n]).all(axis=1)) / len(r["x_valid"])

    return _usual(record, leak=leak)


def diagnose_curve__any_leak(record):
    """A single shared image is a leak already."""
    return _usual(record, leak=lambda r: float(_leak(r) > 0))


def diagnose_curve__counts_pairs(record):
    """Counts pairs of equal images, so that one validation image may count several times."""

    def leak(r):
        return sum((r["x_train"] == v).all(axis=1).sum() for v in r["x_valid"]) / len(r["x_valid"])

    return _usual(record, leak=leak)


def diagnose_curve__any_pixel(record):
    """Images count as equal if any pixel is equal."""

    def leak(r):
        return np.mean([(r["x_train"] == v).any() for v in r["x_valid"]])

    return _usual(record, leak=leak)


def diagnose_curve__last_pass(record):
    """Takes the last pass alone."""

    def cut(r):
        return {k: (np.repeat(c[-1:], 5) if k.endswith("accuracy") else c) for k, c in r.items()}

    def weak(r):
        t, v = r["train_accuracy"][-1], r["valid_accuracy"][-1]
        return t >= 0.99 and (t - v > 0.15 or r["valid_loss"][-1] > 1.5 * np.min(r["valid_loss"]))

    return _usual(cut(record), weak=weak)


def diagnose_curve__curves_first(record):
    """Looks at the curves before ruling out the first three faults."""
    return _first(
        too_strong=_strong(record),
        too_weak=_weak(record),
        leak=_leak(record) > 0.1,
        not_shuffled=_few_classes(record) > 0.5,
        evaluated_in_training_mode=_off(record) > 1e-6,
    )


def diagnose_curve__one_class(record):
    """Only batches of a single class count as not shuffled."""
    return _usual(record, shuffled=lambda r: np.mean([len(set(b)) == 1 for b in r["batch_labels"].tolist()]))


def diagnose_curve__or_strong(record):
    """One of the two accuracies below 0.7 is enough for too strong."""
    return _usual(record, strong=lambda r: min(_last(r["train_accuracy"]), _last(r["valid_accuracy"])) < 0.7)


def diagnose_curve__gap_any_accuracy(record):
    """Forgets the condition on the training accuracy in too weak."""

    def weak(r):
        gap = _last(r["train_accuracy"]) - _last(r["valid_accuracy"])
        return gap > 0.15 or _last(r["valid_loss"]) > 1.5 * np.min(r["valid_loss"])

    return _usual(record, weak=weak)


def diagnose_curve__no_loss(record):
    """Forgets the rising validation loss in too weak."""
    return _usual(
        record,
        weak=lambda r: (
            _last(r["train_accuracy"]) >= 0.99 and _last(r["train_accuracy"]) - _last(r["valid_accuracy"]) > 0.15
        ),
    )


def diagnose_curve__signed(record):
    """Forgets the absolute value of the difference of the evaluations."""
    return _usual(record, off=lambda r: r["evaluations"][0] - r["evaluations"][1])


def diagnose_curve__train_loss(record):
    """Compares the validation loss with the last training loss instead of its own minimum."""

    def weak(r):
        t, v = _last(r["train_accuracy"]), _last(r["valid_accuracy"])
        return t >= 0.99 and (t - v > 0.15 or _last(r["valid_loss"]) > 1.5 * _last(r["train_loss"]))

    return _usual(record, weak=weak)


def diagnose_curve__last_four(record):
    """The slice [-5:-1] leaves out the last pass, so that the mean is that of four others."""

    def ends(r):
        return (np.mean(r[name][-5:-1]) for name in ("train_accuracy", "valid_accuracy", "valid_loss"))

    def strong(r):
        t, v, _ = ends(r)
        return t < 0.7 and v < 0.7

    def weak(r):
        t, v, loss = ends(r)
        return t >= 0.99 and (t - v > 0.15 or loss > 1.5 * np.min(r["valid_loss"]))

    return _usual(record, strong=strong, weak=weak)


def diagnose_curve__first_loss(record):
    """Compares the last validation loss with the first one, not with the smallest."""

    def weak(r):
        t, v, loss = (_last(r[name]) for name in ("train_accuracy", "valid_accuracy", "valid_loss"))
        return t >= 0.99 and (t - v > 0.15 or loss > 1.5 * r["valid_loss"][0])

    return _usual(record, weak=weak)


def diagnose_curve__recent_minimum(record):
    """Looks for the smallest validation loss among the last five only."""

    def weak(r):
        t, v, tail = _last(r["train_accuracy"]), _last(r["valid_accuracy"]), r["valid_loss"][-5:]
        return t >= 0.99 and (t - v > 0.15 or tail.mean() > 1.5 * tail.min())

    return _usual(record, weak=weak)


def diagnose_curve__gap_and_loss(record):
    """Asks for both, the gap and the rising loss."""

    def weak(r):
        t, v, loss = (_last(r[name]) for name in ("train_accuracy", "valid_accuracy", "valid_loss"))
        return t >= 0.99 and t - v > 0.15 and loss > 1.5 * r["valid_loss"].min()

    return _usual(record, weak=weak)


def diagnose_curve__gap_before_all(record):
    """A gap is enough, and it is asked for before too strong."""
    if _leak(record) <= 0.1 and _few_classes(record) <= 0.5 and _off(record) <= 1e-6:
        if _last(record["train_accuracy"]) - _last(record["valid_accuracy"]) > 0.15:
            return "too weak"
    return _usual(record)


def diagnose_curve__other_word(record):
    """Says overfitting where the text says too weak."""
    return _usual(record).replace("too weak", "overfitting")
