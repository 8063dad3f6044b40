"""Right answers to diagnose_curve."""

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


def diagnose_curve__helpers(record):
    return _first(
        leak=_leak(record) > 0.1,
        not_shuffled=_few_classes(record) > 0.5,
        evaluated_in_training_mode=_off(record) > 1e-6,
        too_strong=_strong(record),
        too_weak=_weak(record),
    )


def diagnose_curve__broadcast(record):
    train, valid = np.asarray(record["x_train"]), np.asarray(record["x_valid"])
    shared = sum(int(np.any(np.all(train == image, axis=1))) for image in valid)
    if 10 * shared > len(valid):
        return "leak"
    present = (np.asarray(record["batch_labels"])[:, :, None] == np.arange(10)).any(axis=1).sum(axis=1)
    if 2 * np.count_nonzero(present <= 2) > len(present):
        return "not shuffled"
    if np.ptp(record["evaluations"]) > 1e-6:
        return "evaluated in training mode"
    t, v, loss = (np.mean(record[k][-5:]) for k in ("train_accuracy", "valid_accuracy", "valid_loss"))
    if max(t, v) < 0.7:
        return "too strong"
    if t >= 0.99 and (t - v > 0.15 or loss > 1.5 * min(record["valid_loss"])):
        return "too weak"
    return "healthy"


def diagnose_curve__backwards(record):
    cause = "healthy"
    t, v, loss = (np.average(np.asarray(record[k])[-5:]) for k in ("train_accuracy", "valid_accuracy", "valid_loss"))
    if t >= 0.99 and (v < t - 0.15 or loss / 1.5 > np.min(record["valid_loss"])):
        cause = "too weak"
    if t < 0.7 and v < 0.7:
        cause = "too strong"
    one, two = record["evaluations"]
    if abs(float(one) - float(two)) > 1e-6:
        cause = "evaluated in training mode"
    if np.mean([len(np.unique(b)) < 3 for b in record["batch_labels"]]) > 0.5:
        cause = "not shuffled"
    _, inverse = np.unique(np.concatenate([record["x_train"], record["x_valid"]]), axis=0, return_inverse=True)
    inverse, n = inverse.ravel(), len(record["x_train"])
    if np.mean(np.isin(inverse[n:], inverse[:n])) > 0.1:
        cause = "leak"
    return cause


def diagnose_curve__sorted_labels(record):
    t, v, loss = (record[k][-5:].sum() / 5 for k in ("train_accuracy", "valid_accuracy", "valid_loss"))
    ordered = np.sort(record["batch_labels"], axis=1)
    classes = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)
    seen = {(row + 0.0).astype(float).tobytes() for row in record["x_train"]}
    copied = [(row + 0.0).astype(float).tobytes() in seen for row in record["x_valid"]]
    tests = [
        ("leak", np.mean(copied) > 0.1),
        ("not shuffled", np.mean(classes <= 2) > 0.5),
        ("evaluated in training mode", abs(np.diff(record["evaluations"])[0]) > 1e-6),
        ("too strong", t < 0.7 and v < 0.7),
        ("too weak", t >= 0.99 and (t - v > 0.15 or loss > 1.5 * record["valid_loss"].min())),
        ("healthy", True),
    ]
    return next(name for name, applies in tests if applies)


def diagnose_curve__rules(record):
    """Lazy rules in a dict of functions."""

    def last(k):
        return float(np.average(record[k][-5:]))

    def leak():
        return (np.asarray(record["x_valid"])[:, None, :] == np.asarray(record["x_train"])[None]).all(-1).any(
            1
        ).mean() > 0.1

    rules = {
        "leak": leak,
        "not shuffled": lambda: (
            sum(len(set(map(int, b))) < 3 for b in record["batch_labels"]) * 2 > len(record["batch_labels"])
        ),
        "evaluated in training mode": lambda: np.ptp(record["evaluations"]) > 1e-06,
        "too strong": lambda: max(last("train_accuracy"), last("valid_accuracy")) < 0.7,
        "too weak": lambda: (
            last("train_accuracy") >= 0.99
            and (
                last("train_accuracy") - last("valid_accuracy") > 0.15
                or last("valid_loss") / min(record["valid_loss"]) > 1.5
            )
        ),
    }
    return next((n for n, f in rules.items() if f()), "healthy")
