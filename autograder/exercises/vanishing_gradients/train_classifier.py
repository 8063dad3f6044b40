"""A project: train a network on digits that nobody has seen, from a limited number of batches.

The images are turned by a random rotation in all their dimensions and the labels exchanged: the task is as hard as the
digits are, and nothing about it can be looked up.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from autograder.compare import Difference
from autograder.domain import Given, Number
from autograder.exercise import Exercise
from autograder.exercises.vanishing_gradients.training_step import exercise as training_step
from course_lib.units.shared.digits import standardized_digits

ACCURACY = 0.9  # the reference reaches 0.94 or more
BATCH_SIZE = 64


@dataclass
class Batches:
    """The next batch at every call, as long as there are any; it is copied for each answer, and counts anew.

    ``x_new`` and ``y_new`` stay with the grader: in a box there is only a function that asks for the next batch.
    """

    x: np.ndarray
    y: np.ndarray
    x_new: np.ndarray
    y_new: np.ndarray
    budget: int
    used: int = field(default=0)

    def __call__(self):
        if self.used == self.budget:
            raise EOFError(f"all {self.budget} batches are used up")
        chosen = (np.arange(BATCH_SIZE) + self.used * BATCH_SIZE) % len(self.x)
        self.used += 1
        return self.x[chosen], self.y[chosen]


@lru_cache(maxsize=8)
def _task(seed, n_batches, n_classes) -> Batches:
    rng = np.random.default_rng([seed, 17])
    data = standardized_digits()
    x, y = np.concatenate([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    labels = rng.permutation(10)
    order = rng.permutation(np.flatnonzero(labels[y] < n_classes))
    rotation = np.linalg.qr(rng.normal(size=(64, 64)))[0]
    x, y = x[order] @ rotation, labels[y[order]]
    n_train = 3 * len(x) // 4
    return Batches(x[:n_train], y[:n_train], x[n_train:], y[n_train:], n_batches)


def judge(inputs, value) -> Difference | None:
    """Let a network with these parameters label images that only the grader knows."""
    task, n_classes = inputs["next_batch"], inputs["n_classes"]
    if not isinstance(value, dict) or sorted(value) != ["b1", "b2", "w1", "w2"]:
        return Difference("type", "the result should be a dict with the keys w1, b1, w2, b2")
    if not all(type(p) is np.ndarray and p.dtype.kind == "f" for p in value.values()):
        return Difference("type", "all parameters should be arrays of floats")
    h = value["b1"].size
    shapes = {"w1": (task.x.shape[1], h), "b1": (h,), "w2": (h, n_classes), "b2": (n_classes,)}
    for key, shape in shapes.items():
        if value[key].shape != shape:
            return Difference("shape", f"`{key}` should be of shape {shape}, got {value[key].shape}")
    with np.errstate(all="ignore"):
        labels = _predict(value, task.x_new)
    accuracy = float(np.mean(labels == task.y_new))
    if accuracy >= ACCURACY:
        return None
    untrained = accuracy < 0.2 + 1 / n_classes
    kind = _state_of_units(value, task.x_new) or ("untrained" if untrained else "accuracy")
    return Difference(
        kind,
        f"{100 * accuracy:.1f} % of the new images are labelled right, at least {100 * ACCURACY:.0f} % are asked for",
    )


def _state_of_units(params, x) -> str:
    """Whether all hidden units compute the same, up to rounding, or most are saturated and cannot learn."""
    with np.errstate(all="ignore"):
        a = np.tanh(x @ params["w1"] + params["b1"])
    if a.shape[1] > 1 and np.max(np.ptp(a, axis=1)) < 1e-6:
        return "alike"
    return "saturated" if np.count_nonzero(np.abs(a) > 0.99) > 0.7 * a.size else ""


def train_classifier(next_batch, n_batches, n_features, n_classes, seed):
    params = _weights(n_features, 32, n_classes, seed)
    for _ in range(n_batches):
        params, _loss = training_step.reference(params, *next_batch(), 0.2)
    return params


def _weights(n_inputs, n_hidden, n_classes, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    return {
        "w1": scale * rng.normal(0, n_inputs**-0.5, (n_inputs, n_hidden)),
        "b1": np.zeros(n_hidden),
        "w2": scale * rng.normal(0, n_hidden**-0.5, (n_hidden, n_classes)),
        "b2": np.zeros(n_classes),
    }


def _predict(params, x):
    return (np.tanh(x @ params["w1"] + params["b1"]) @ params["w2"] + params["b2"]).argmax(axis=1)


exercise = Exercise(
    name="train_classifier",
    unit="vanishing_gradients",
    points=2,
    reference=train_classifier,
    takes={
        "next_batch": Given(
            lambda rng, others: _task(others["seed"], others["n_batches"], others["n_classes"]), called_with={}
        ),
        "n_batches": Number(250, 300),
        "n_features": Number(64, 64),
        "n_classes": Number(8, 10),
        "seed": Number(0, 10**6),
    },
    judge=judge,
    hints=(
        "Which shapes do the four parameters have, and which of their sizes are you free to choose?",
        "At the start, what is the loss, and what should it be for a guess among n_classes? Does it fall, and how fast "
        "with another learning rate?",
        "training_step returns new parameters, and leaves the old ones as they are. Which ones must the next step "
        "begin with?",
    ),
    part="core",
    minutes=12,
    difficulty=3,
    reasoning=(
        "It is the training step, repeated, with the new parameters handed on. Weights with standard deviation 1 / "
        "sqrt(inputs) keep tanh off its flat ends, and the rate is large enough to get there within the batches."
    ),
)


def _draw(rng, n_batches, n_classes):
    seed = int(rng.integers(10**6))
    task = _task(seed, n_batches, n_classes)
    return {
        "next_batch": task,
        "n_batches": n_batches,
        "n_features": 64,
        "n_classes": n_classes,
        "seed": seed,
    }


@exercise.case("ten digits, 300 batches: 90 % of the new images")
def ten_digits(rng):
    return _draw(rng, 300, 10)


@exercise.case("five digits, 200 batches: 90 % of the new images")
def five_digits(rng):
    return _draw(rng, 200, 5)


@exercise.misconception
def learns_nothing(next_batch, n_batches, n_features, n_classes, seed):
    """The network is hardly better than a guess: the parameters that are returned have learnt nothing. Does each step
    begin with the parameters that the step before has returned, are the last ones returned, and is the rate large
    enough to move them?"""
    return _weights(n_features, 32, n_classes, seed)


@exercise.misconception
def all_units_alike(next_batch, n_batches, n_features, n_classes, seed):
    """All hidden units compute the same. Their weights began at the same numbers, such as zeros, and have had the same
    gradients ever since: let them begin at random ones."""
    return _weights(n_features, 32, n_classes, seed, scale=0.0)


@exercise.misconception
def saturated_units(next_batch, n_batches, n_features, n_classes, seed):
    """Most hidden units are saturated, whatever the image, and hardly learn. Either the weights began too large, or
    steps that are too long, or go uphill, have made them so: does the loss fall?"""
    return _weights(n_features, 32, n_classes, seed, scale=100.0)


@exercise.misconception(raises=EOFError)
def asks_for_too_many_batches(next_batch, n_batches, n_features, n_classes, seed):
    """It asks for more than n_batches batches. There are no more: every call of next_batch uses one up."""
    for _ in range(n_batches + 1):
        next_batch()


@exercise.equivalent
def wider_and_slower(next_batch, n_batches, n_features, n_classes, seed):
    params = _weights(n_features, 64, n_classes, seed + 1)
    for _ in range(n_batches):
        x, y = next_batch()
        params, _loss = training_step.reference(params, x, y, 0.1)
    return params


@exercise.equivalent
def falling_rate(next_batch, n_batches, n_features, n_classes, seed):
    params = _weights(n_features, 24, n_classes, seed + 2)
    for step in range(n_batches):
        params, _loss = training_step.reference(params, *next_batch(), 0.4 * (1 - step / n_batches))
    return params


@exercise.equivalent
def written_out(next_batch, n_batches, n_features, n_classes, seed):
    w1, b1, w2, b2 = _weights(n_features, 40, n_classes, seed + 3).values()
    for _ in range(n_batches):
        x, y = next_batch()
        a = np.tanh(x @ w1 + b1)
        p = np.exp(a @ w2 + b2)
        d = (p / p.sum(axis=1, keepdims=True) - np.eye(n_classes)[y]) / len(x)
        back = (d @ w2.T) * (1 - a**2)
        w2, b2 = w2 - 0.2 * a.T @ d, b2 - 0.2 * d.sum(axis=0)
        w1, b1 = w1 - 0.2 * x.T @ back, b1 - 0.2 * back.sum(axis=0)
    return {"b2": b2, "w2": w2, "b1": b1, "w1": w1}
