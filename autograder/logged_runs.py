"""Runs as they are logged, with a fault in the data, the evaluation or the regularization, and what the fault is."""

import numpy as np

STRONG, WEAK, HEALTHY = "too strong", "too weak", "healthy"
LEAK, SORTED, TRAINING_MODE = "leak", "not shuffled", "evaluated in training mode"
ORDER = (LEAK, SORTED, TRAINING_MODE, STRONG, WEAK)
LIMITS = {"leak": 0.1, "sorted": 0.5, "classes": 2, "evaluations": 1e-6, "poor": 0.7, "perfect": 0.99}
LIMITS |= {"gap": 0.15, "rise": 1.5}
CURVES = "train_accuracy", "valid_accuracy", "valid_loss"
N_PASSES, N_BATCHES, BATCH_SIZE, N_PIXELS = 24, 20, 8, 6
N_TRAIN, N_VALID = 60, 40


def _curve(rng, start, end, speed, noise):
    """From start towards end, with noise that is 0 on average over the last five passes."""
    wobble = noise * rng.choice([-1, 1], N_PASSES) * rng.uniform(0.5, 1.0, N_PASSES)
    wobble[-5:] = noise * np.array([1, -0.5, 0.5, 0, -1])
    return end + (start - end) * np.exp(-speed * np.arange(N_PASSES)) * (np.arange(N_PASSES) < N_PASSES - 5) + wobble


# What a run of each kind ends with: accuracy and loss in training, both in validation, and how far the last has risen.
ENDS = {STRONG: (0.6, 1.25, 0.62, 1.2, 1.0), WEAK: (1.0, 0.01, 0.8, 0.9, 1.0), HEALTHY: (0.96, 0.14, 0.93, 0.25, 1.0)}


def record_of(
    rng, curves=HEALTHY, *, shared=0.0, close=0.0, alike=0.0, pure=False, mixed=8, differ=0.0, noise=0.0, **ends
):
    """What a run has logged.

    Parameters
    ----------
    curves : which of ``ENDS`` the curves end with; ``train``, ``valid``, ``rise`` and others replace what stands there.
    shared : the share of validation images that are training images; ``close``, of those that are but for one pixel.
    alike : the share of batches of two classes, or of one class where they are ``pure``; others have ``mixed`` classes.
    differ : the first of two evaluations minus the second.
    noise : of the accuracies, and three times as much of the losses.
    """
    names = ("train", "train_loss", "valid", "valid_loss", "rise")
    end = dict(zip(names, ENDS[curves], strict=True)) | ends
    speed = rng.uniform(0.3, 0.5)
    record = {
        "train_accuracy": _curve(rng, 0.15, end["train"], speed, 0.0 if end["train"] == 1 else noise),
        "valid_accuracy": _curve(rng, 0.15, end["valid"], speed, noise),
        "train_loss": np.maximum(_curve(rng, 2.3, end["train_loss"], speed, 3 * noise), 1e-3),
    }
    loss = _curve(rng, 2.3, end["valid_loss"], speed, noise)
    low = N_PASSES // 3  # the loss falls until here, to end / rise, and then rises in a straight line
    if end["rise"] != 1:
        bottom, ahead = end["valid_loss"] / end["rise"], N_PASSES - 5 - low
        way = np.concatenate([np.linspace(2.3, bottom, low + 1), np.linspace(bottom, end["valid_loss"], ahead)[1:]])
        loss[: len(way)] = way
    record["valid_loss"] = loss
    record["evaluations"] = loss[-1] + differ * np.array([0.5, -0.5])
    x_train, x_valid = (rng.integers(0, 17, (n, N_PIXELS)).astype(float) for n in (N_TRAIN, N_VALID))
    x_train[:, 0], x_valid[:, 0] = x_train[:, 0] // 2 * 2, x_valid[:, 0] // 2 * 2 + 1  # so that none is equal by chance
    order, others = rng.permutation(N_VALID), rng.permutation(N_TRAIN)
    n_equal, n_close = round(shared * N_VALID), round(close * N_VALID)
    x_valid[order[:n_equal]] = x_train[others[:n_equal]]
    x_valid[order[N_VALID - n_close :], 1:] = x_train[others[N_TRAIN - n_close :], 1:]
    return (
        record | _batches(rng, alike, pure, mixed, record["train_loss"][-1]) | {"x_train": x_train, "x_valid": x_valid}
    )


def _batches(rng, alike, pure, mixed, loss):
    """Labels and losses of the last pass. Sorted batches have a loss that jumps with each new class, and then falls."""
    labels = np.array([np.resize(rng.permutation(10)[:mixed], BATCH_SIZE) for _ in range(N_BATCHES)])
    n_sorted = round(alike * N_BATCHES)
    for number in range(n_sorted):
        labels[number] = number // 2
        labels[number, : number % 2 * (not pure)] = (number // 2 + 1) % 10  # in every other batch the next class begins
    saw = 2.0 - 1.6 * (np.arange(N_BATCHES) % 2) if n_sorted > N_BATCHES // 2 else np.ones(N_BATCHES)
    return {"batch_labels": labels, "batch_loss": loss * saw * rng.uniform(0.6, 1.4, N_BATCHES)}


def diagnosis(record, order=ORDER, last=5, names=CURVES, tests=None, **limits):
    """The first fault that applies, or what a wrong diagnosis finds.

    Parameters
    ----------
    order : the faults that are asked for.
    last : how many passes at the end are looked at.
    names : the curves that are taken for those of training accuracy, validation accuracy and validation loss.
    tests : what is asked instead, by the fault. ``limits`` take the place of those in ``LIMITS``.
    """
    limit = LIMITS | limits
    train, valid, loss = (record[name][-last:].mean() for name in names)
    found = {
        LEAK: shared(record["x_train"], record["x_valid"]) > limit["leak"],
        SORTED: np.mean(_n_classes(record) <= limit["classes"]) > limit["sorted"],
        TRAINING_MODE: np.ptp(record["evaluations"]) > limit["evaluations"],
        STRONG: train < limit["poor"] and valid < limit["poor"],
        WEAK: train >= limit["perfect"]
        and (train - valid > limit["gap"] or loss > limit["rise"] * record["valid_loss"].min()),
    } | {cause: test(record) for cause, test in (tests or {}).items()}
    return next((cause for cause in order if found[cause]), HEALTHY)


def shared(others, images) -> float:
    """The share of ``images`` (M, D) that are equal to one of the ``others`` (N, D)."""
    return float((images[:, None] == others).all(axis=2).any(axis=1).mean())


def _n_classes(record):
    return 1 + np.count_nonzero(np.diff(np.sort(record["batch_labels"], axis=1), axis=1), axis=1)
