"""What the tests of every figure and every widget have to know of those of this unit."""

import numpy as np

from course_lib.units.regularization import widgets
from course_lib.units.regularization.experiments.adversarial_digits import SIZES, Adversarial
from course_lib.units.regularization.experiments.double_descent import RATIOS, SEEDS, Capacity, widths
from course_lib.units.regularization.experiments.dropout_uncertainty import ANGLES, GROUPS, SHARES, Uncertainty
from course_lib.units.regularization.experiments.penalty_paths import penalty_paths
from course_lib.units.regularization.experiments.thinned_networks import COUNTS, Thinned
from course_lib.units.regularization.figures import (
    AdversarialPicture,
    CapacityPicture,
    PathsPicture,
    ThinnedPicture,
    UncertaintyPicture,
)


def invented_capacity(wrong, images, ridge, largest):
    """A ``Capacity`` of invented numbers: the measured ones take a second, and every collection imports this."""
    rng, shape = np.random.default_rng(images), (len(SEEDS), len(RATIOS))
    errors = np.sort(rng.uniform(0.0, 0.9, (2, *shape)))[..., ::-1]
    return Capacity(wrong, images, ridge, SEEDS, widths(images), *errors, rng.uniform(1.0, largest, shape))


def invented_thinned(network, p_drop, image, label):
    """A ``Thinned`` of invented numbers: its networks take a second to train."""
    rng = np.random.default_rng(image)
    gap, error = (np.sort(rng.uniform(0.05, 0.9, (3, len(COUNTS))))[:, ::-1] for _ in range(2))
    passes = rng.dirichlet(np.ones(10), 129)
    return Thinned(network, p_drop, image, gap, error, rng.uniform(size=3), passes[1:], passes[0], label)


def invented_adversarial(training, eps, image, label):
    """An ``Adversarial`` of invented numbers."""
    rng = np.random.default_rng(image)
    digit, moved, noisy = rng.uniform(size=(3, 8, 8))
    error = np.sort(rng.uniform(size=(2, 3, len(SIZES))))
    sign = rng.choice((-1.0, 0.0, 1.0), (8, 8))
    answers = rng.dirichlet(np.ones(10), 3)
    return Adversarial(training, eps, image, label, digit, sign, moved, noisy, answers, error)


def invented_uncertainty(p_drop, passes, degrees):
    """An ``Uncertainty`` of invented numbers: its networks take a second to train and to answer."""
    rng = np.random.default_rng(passes)
    entropy = tuple(tuple(rng.uniform(0, 2.3, (2, 30))) for _ in GROUPS)
    by_angle = rng.uniform(size=(2, 2, 3, len(ANGLES)))
    return Uncertainty(
        p_drop,
        passes,
        degrees,
        entropy,
        *by_angle,
        rng.uniform(0, 0.14, (2, 3, len(SHARES))),
        rng.uniform(size=(2, 3)),
    )


# for every picture two results that differ in all that is drawn, axis limits included
FIGURES = {
    CapacityPicture: (invented_capacity(0.2, 100, 0.0, 100.0), invented_capacity(0.5, 50, 0.1, 100_000.0)),
    AdversarialPicture: (invented_adversarial("plain", 0.1, 0, 6), invented_adversarial("adversarial", 0.26, 9, 3)),
    PathsPicture: (penalty_paths(), penalty_paths("L1, proximal", 1.0, 3.0, 2)),
    UncertaintyPicture: (invented_uncertainty(0.5, 50, 90), invented_uncertainty(0.1, 1, 0)),
    ThinnedPicture: (invented_thinned("1 ReLU layer", 0.1, 0, 6), invented_thinned("3 ReLU layers", 0.6, 7, 1)),
}
# results without numbers to show, and what is said of them
WITHOUT_NUMBERS = []
# for every widget, values other than the first for all of its controls
CONTROLS = {
    widgets.capacity_explorer: {"wrong": 0.4, "images": 50, "ridge": 0.01},
    widgets.adversarial_explorer: {"training": "adversarial", "eps": 0.2, "image": 3},
    widgets.uncertainty_explorer: {"p_drop": 0.1, "passes": 5, "degrees": 30},
    widgets.paths_explorer: {"method": "L1, proximal", "strength": 1.0, "spread": 3.0, "seed": 3},
    widgets.dropout_explorer: {"network": "2 linear layers", "p_drop": 0.2, "image": 9},
}
# settings of a widget, and the option that is then measured
PREDICTIONS = [
    (widgets.capacity_explorer, {}, 2),
    (widgets.capacity_explorer, {"ridge": 0.1}, 0),
    (widgets.capacity_explorer, {"wrong": 0.0, "images": 150}, 2),
    (widgets.adversarial_explorer, {}, 2),
    (widgets.adversarial_explorer, {"training": "adversarial"}, 1),
    (widgets.adversarial_explorer, {"eps": 0.0}, 0),
    (widgets.adversarial_explorer, {"eps": 0.2}, 3),
    (widgets.uncertainty_explorer, {}, 1),
    (widgets.uncertainty_explorer, {"degrees": 80, "passes": 20}, 1),
    (widgets.paths_explorer, {}, 0),
    (widgets.paths_explorer, {"method": "L1, proximal"}, 2),
    (widgets.paths_explorer, {"method": "L1, proximal", "strength": 0.01}, 1),
    (widgets.paths_explorer, {"method": "L2", "strength": 10.0}, 0),
    (widgets.dropout_explorer, {}, 1),
    (widgets.dropout_explorer, {"network": "1 ReLU layer"}, 0),
    (widgets.dropout_explorer, {"network": "2 linear layers", "p_drop": 0.1}, 0),
    (widgets.dropout_explorer, {"p_drop": 0.1}, 1),
]
# first values out of range
REFUSED = [
    (widgets.capacity_explorer, {"wrong": 0.6}),
    (widgets.capacity_explorer, {"images": 99}),
    (widgets.adversarial_explorer, {"eps": 0.5}),
    (widgets.adversarial_explorer, {"training": "hard"}),
    (widgets.uncertainty_explorer, {"passes": 51}),
    (widgets.uncertainty_explorer, {"p_drop": 0.9}),
    (widgets.paths_explorer, {"spread": 6.0}),
    (widgets.paths_explorer, {"method": "prayer"}),
    (widgets.dropout_explorer, {"p_drop": 0.7}),
    (widgets.dropout_explorer, {"network": "1 tanh layer"}),
]
# the exercise whose every form trains networks, which `make test` leaves to `make soak`
PROJECT = "train_on_few"
