"""Smoothed targets: a part of each label is shared out over all classes."""

import numpy as np

from autograder.domain import Given, Number
from autograder.exercise import Exercise
from course_lib.functions import regularization


def smooth_labels(y, n_classes, eps):
    return regularization.label_smooth(np.eye(n_classes)[np.asarray(y)], eps)


exercise = Exercise(
    name="smooth_labels",
    unit="regularization",
    points=1,
    reference=smooth_labels,
    takes={
        "y": Given(lambda rng, others: np.append(rng.permutation(3), rng.integers(0, 3, 2)), kept=True),
        "n_classes": Given(lambda rng, others: 4),
        "eps": Number(0.1, 0.4, corners=(0.0, 1.0), says="from 0 to 1"),
    },
    hints=(
        "Over how many classes is eps shared out, and is the label one of them?",
        "What do the targets of one image add up to, before and after?",
        "np.eye(n_classes)[y] is one-hot. By what do you multiply it, and what do you add?",
    ),
    part="core",
    minutes=4,
    difficulty=1,
    reasoning=(
        "Every class gets eps / K, and the label 1 - eps on top of that, so that each row adds up to 1: it is the "
        "mixture of the one-hot label and the uniform distribution."
    ),
)


def _draw(rng, n, n_classes, eps=None):
    """All classes but one occur, so that n_classes cannot be read from y."""
    y = np.concatenate([np.arange(n_classes - 1)[::-1], rng.integers(0, n_classes - 1, n)])[:n]
    eps = round(rng.uniform(0.1, 0.4), 2) if eps is None else eps
    return {"y": rng.permutation(y), "n_classes": n_classes, "eps": eps}


@exercise.case("more labels than classes")
def many(rng):
    return _draw(rng, int(rng.integers(7, 10)), 5)


@exercise.case("more classes than labels")
def few(rng):
    return _draw(rng, 3, int(rng.integers(6, 9)))


@exercise.case("as many labels as classes, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4)


@exercise.case("two classes")
def two(rng):
    return {"y": np.array([0, 1, 1, 0, 1]), "n_classes": 2, "eps": round(rng.uniform(0.1, 0.4), 2)}


@exercise.case("most of the label is shared out")
def strong(rng):
    return _draw(rng, 6, 3, round(rng.uniform(0.7, 0.9), 2))


def _one_hot(y, n_classes):
    return np.eye(n_classes)[np.asarray(y)]


@exercise.misconception("LB1")
def shared_by_the_others(y, n_classes, eps):
    """The label gets 1 - eps, and eps is shared out over the other classes alone. That is another convention. Here all
    K classes share it, the label among them, so that it gets 1 - eps + eps / K."""
    one_hot = _one_hot(y, n_classes)
    return one_hot * (1 - eps) + (1 - one_hot) * eps / (n_classes - 1)


@exercise.misconception
def all_of_eps_on_each(y, n_classes, eps):
    """Every other class gets eps, not a share of it, so that rows add up to more than 1."""
    one_hot = _one_hot(y, n_classes)
    return one_hot * (1 - eps) + (1 - one_hot) * eps


@exercise.misconception
def eps_added_to_each(y, n_classes, eps):
    """Every class gets all of eps. It is shared out: each gets eps / K."""
    return _one_hot(y, n_classes) * (1 - eps) + eps


@exercise.misconception
def not_for_the_label(y, n_classes, eps):
    """The label has 1 - eps alone: its own share of eps is missing, and the row adds up to less than 1."""
    one_hot = _one_hot(y, n_classes)
    return one_hot * (1 - eps) + (1 - one_hot) * eps / n_classes


@exercise.misconception
def label_keeps_all(y, n_classes, eps):
    """The label keeps 1, and every class gets its share on top. What is shared out has to be taken from somewhere: from
    the label, by the factor 1 - eps."""
    return _one_hot(y, n_classes) + eps / n_classes


@exercise.misconception
def label_keeps_one(y, n_classes, eps):
    """The others get their share, and the label is left at 1. Rows add up to more than 1."""
    one_hot = _one_hot(y, n_classes)
    return one_hot + (1 - one_hot) * eps / n_classes


@exercise.misconception("LB2")
def more_confident(y, n_classes, eps):
    """The label gets more than 1, and the others less than 0. Smoothing makes the targets less sure, not surer."""
    return _one_hot(y, n_classes) * (1 + eps) - eps / n_classes


@exercise.misconception
def exchanged(y, n_classes, eps):
    """eps and 1 - eps stand in each other's places: the more smoothing is asked for, the less is done."""
    return eps * _one_hot(y, n_classes) + (1 - eps) / n_classes


@exercise.misconception
def not_smoothed(y, n_classes, eps):
    """These are the one-hot labels; eps is not used."""
    return _one_hot(y, n_classes)


@exercise.misconception
def uniform(y, n_classes, eps):
    """All classes have the same target, so that the label is gone."""
    return np.full((len(y), n_classes), 1 / n_classes)


@exercise.misconception
def only_shrunk(y, n_classes, eps):
    """The label is lowered to 1 - eps, and the others stay at 0: what is taken away is given to nobody."""
    return _one_hot(y, n_classes) * (1 - eps)


@exercise.misconception
def transposed(y, n_classes, eps):
    """The classes are in the rows. The shape is (N, n_classes): a row for each label."""
    return smooth_labels(y, n_classes, eps).T


@exercise.misconception
def classes_from_labels(y, n_classes, eps):
    """The number of classes is taken from y, as its largest label and one more. A class may be missing there: use
    n_classes."""
    return smooth_labels(y, int(np.max(y)) + 1, eps)


@exercise.misconception
def shared_by_the_batch(y, n_classes, eps):
    """eps is divided by the number of labels. It is shared out over the classes."""
    return _one_hot(y, n_classes) * (1 - eps) + eps / len(y)


@exercise.misconception
def half_of_eps(y, n_classes, eps):
    """Half of eps is shared out, as it would be for two classes of which one is the label."""
    return smooth_labels(y, n_classes, eps / 2)


@exercise.misconception
def root_of_eps(y, n_classes, eps):
    """The label is multiplied by (1 - eps) squared. Once is enough."""
    return _one_hot(y, n_classes) * (1 - eps) ** 2 + eps / n_classes


@exercise.misconception
def label_of_the_next_class(y, n_classes, eps):
    """Labels are counted from 1, so that each row belongs to the class before. They run from 0 to n_classes - 1."""
    return smooth_labels((np.asarray(y) - 1) % n_classes, n_classes, eps)


@exercise.misconception
def logarithms(y, n_classes, eps):
    """These are the logarithms of the targets. Wanted are the probabilities."""
    with np.errstate(divide="ignore"):
        return np.log(smooth_labels(y, n_classes, eps))


@exercise.misconception
def only_the_label(y, n_classes, eps):
    """A single number for each label, what its own class gets. Wanted is a row with a target for every class."""
    return np.full(len(y), 1 - eps + eps / n_classes)


@exercise.misconception
def neighbours_share(y, n_classes, eps):
    """eps goes to the next class alone. All classes share it alike."""
    return (1 - eps) * _one_hot(y, n_classes) + eps * _one_hot((np.asarray(y) + 1) % n_classes, n_classes)


@exercise.misconception
def in_every_row(y, n_classes, eps):
    """Every row holds 1 - eps at the labels of all samples: t[:, y] means all rows. Sample i has its label in row i:
    pair np.arange(N) with y."""
    targets = np.full((len(y), n_classes), eps / n_classes)
    targets[:, y] += 1 - eps
    return targets


@exercise.equivalent
def mixture(y, n_classes, eps):
    return (1 - eps) * _one_hot(y, n_classes) + eps * np.full(n_classes, 1 / n_classes)


@exercise.equivalent
def by_comparison(y, n_classes, eps):
    targets = np.where(np.arange(n_classes) == np.asarray(y)[:, None], 1 - eps + eps / n_classes, eps / n_classes)
    return targets


@exercise.equivalent
def row_by_row(y, n_classes, eps):
    rows = []
    for label in y:
        row = [eps / n_classes] * n_classes
        row[label] += 1 - eps
        rows.append(row)
    return np.array(rows)
