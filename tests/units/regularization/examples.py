"""What the tests of every figure and every widget have to know of those of this unit."""

import numpy as np

from course_lib.units.regularization import widgets
from course_lib.units.regularization.experiments.double_descent import RATIOS, SEEDS, Capacity, widths
from course_lib.units.regularization.figures import CapacityPicture


def invented_capacity(wrong, images, ridge, largest):
    """A ``Capacity`` of invented numbers: the measured ones take a second, and every collection imports this."""
    rng, shape = np.random.default_rng(images), (len(SEEDS), len(RATIOS))
    errors = np.sort(rng.uniform(0.0, 0.9, (2, *shape)))[..., ::-1]
    return Capacity(wrong, images, ridge, SEEDS, widths(images), *errors, rng.uniform(1.0, largest, shape))


# for every picture two results that differ in all that is drawn, axis limits included
FIGURES = {
    CapacityPicture: (invented_capacity(0.2, 100, 0.0, 100.0), invented_capacity(0.5, 50, 0.1, 100_000.0)),
}
# results without numbers to show, and what is said of them
WITHOUT_NUMBERS = []
# for every widget, values other than the first for all of its controls
CONTROLS = {
    widgets.capacity_explorer: {"wrong": 0.4, "images": 50, "ridge": 0.01},
}
# settings of a widget, and the option that is then measured
PREDICTIONS = [
    (widgets.capacity_explorer, {}, 2),
    (widgets.capacity_explorer, {"ridge": 0.1}, 0),
    (widgets.capacity_explorer, {"wrong": 0.0, "images": 150}, 2),
]
# first values out of range
REFUSED = [
    (widgets.capacity_explorer, {"wrong": 0.6}),
    (widgets.capacity_explorer, {"images": 99}),
]
# the exercise whose every form trains networks, which `make test` leaves to `make soak`
PROJECT = "train_on_few"
