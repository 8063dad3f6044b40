"""What the tests of every figure and every widget have to know of those of this unit."""

import numpy as np

from course_lib.units.normalization import widgets
from course_lib.units.normalization.experiments.batch_gap import SIZES, BatchGap
from course_lib.units.normalization.experiments.depth_gain import depth_gain
from course_lib.units.normalization.experiments.sharing import sharing
from course_lib.units.normalization.experiments.zigzag import zigzag
from course_lib.units.normalization.figures import BatchPicture, DepthGainPicture, SharingPicture, ZigzagPicture


def invented(size, momentum, image):
    """A ``BatchGap`` of invented numbers: its networks take a second to train, and every collection imports this."""
    rng = np.random.default_rng(image)
    measured = (np.sort(rng.uniform(0.1, 1.0, (3, len(SIZES)))) for _ in range(5))
    return BatchGap(size, momentum, image, *measured, rng.uniform(size=(3, 50)), rng.uniform(size=3))


# for every picture two results that differ in all that is drawn, axis limits included
FIGURES = {
    SharingPicture: (sharing(), sharing("group", 4, 6, 2, seed=1)),
    BatchPicture: (invented(4, 0.9, 0), invented(64, 0.0, 7)),
    DepthGainPicture: (depth_gain(), depth_gain("tanh", 8, seed=2, gain=3.0)),
    ZigzagPicture: (zigzag(), zigzag(2.0, 1.0, 0.9, 0.5, "standardise", seed=1)),
}
# results without numbers to show, and what is said of them
WITHOUT_NUMBERS = [
    (SharingPicture, sharing("instance", side=1), "all of the output is zero"),
    (SharingPicture, sharing("layer", n=1), "other images: there are none"),
    (ZigzagPicture, zigzag(rate=1.1), "diverges"),
]
# for every widget, values other than the first for all of its controls
CONTROLS = {
    widgets.sharing_explorer: {"norm": "group", "groups": 4, "n": 6, "side": 2, "seed": 3},
    widgets.batch_explorer: {"size": 32, "momentum": 0.5, "image": 9},
    widgets.depth_gain_explorer: {"gain": 3.0, "depth": 12, "activation": "tanh", "seed": 3},
    widgets.zigzag_explorer: {
        "spread": 4.0,
        "mean": 1.5,
        "correlation": 0.8,
        "rate": 0.7,
        "cure": "standardise",
        "seed": 3,
    },
}
# settings of a widget, and the option that is then measured
PREDICTIONS = [
    (widgets.batch_explorer, {}, 0),
    (widgets.batch_explorer, {"size": 128}, 1),
    (widgets.batch_explorer, {"size": 256, "momentum": 0.99}, 2),
    (widgets.batch_explorer, {"size": 2, "momentum": 0.0}, 2),
    (widgets.depth_gain_explorer, {}, 1),
    (widgets.depth_gain_explorer, {"gain": 4.0}, 1),
    (widgets.depth_gain_explorer, {"activation": "relu", "depth": 30}, 2),
    (widgets.sharing_explorer, {}, 1),
    (widgets.sharing_explorer, {"norm": "layer"}, 2),
    (widgets.sharing_explorer, {"norm": "instance"}, 3),
    (widgets.zigzag_explorer, {}, 2),
    (widgets.zigzag_explorer, {"cure": "standardise", "rate": 0.5}, 0),
    (widgets.zigzag_explorer, {"cure": "standardise", "correlation": 0.9}, 1),
    (widgets.zigzag_explorer, {"mean": 3.0}, 3),
]
# first values out of range
REFUSED = [
    (widgets.batch_explorer, {"size": 3}),
    (widgets.batch_explorer, {"image": 50}),
    (widgets.depth_gain_explorer, {"gain": 5.5}),
    (widgets.depth_gain_explorer, {"activation": "gelu"}),
    (widgets.sharing_explorer, {"groups": 3}),
    (widgets.sharing_explorer, {"n": 9}),
    (widgets.zigzag_explorer, {"spread": 21.0}),
    (widgets.zigzag_explorer, {"cure": "pray"}),
]
# the exercise whose every form trains networks, which `make test` leaves to `make soak`
PROJECT = "train_and_fold"
