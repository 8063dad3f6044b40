"""What the tests of every figure and every widget have to know of those of this unit."""

from course_lib.units.initialization import widgets
from course_lib.units.initialization.experiments.order_and_chaos import order_and_chaos
from course_lib.units.initialization.experiments.scale_map import scale_map
from course_lib.units.initialization.experiments.symmetry import break_symmetry
from course_lib.units.initialization.experiments.trainable_depth import TrainedDepth
from course_lib.units.initialization.figures import PhasePicture, ScalePicture, SymmetryPicture

TRAINED = (TrainedDepth(1.0, 0.1, 16), TrainedDepth(1.8, 0.1, 32), TrainedDepth(1.0, 0.2, 0))

# for every picture two results that differ in all that is drawn, axis limits included
FIGURES = {
    ScalePicture: (scale_map(gain=2.0), scale_map("relu", 8, 16, seed=2, gain=0.6)),
    PhasePicture: (order_and_chaos(1.0, 0.05, 0.0), order_and_chaos(2.5, 0.1, 0.6, 12, seed=1, trained=TRAINED)),
    SymmetryPicture: (break_symmetry(), break_symmetry("relu", 3, 0.1, 0.01, seed=1)),
}
# results without numbers to show, and what is said of them
WITHOUT_NUMBERS = [(SymmetryPicture, break_symmetry("relu", 2), "1 of 8, 1 of 8; largest difference: 0, 0")]
# for every widget, values other than the first for all of its controls
CONTROLS = {
    widgets.scale_explorer: {"gain": 1.3, "depth": 17, "width": 32, "activation": "gelu", "seed": 4},
    widgets.phase_explorer: {
        "weight_variance": 2.5,
        "bias_variance": 0.12,
        "correlation": 0.6,
        "depth": 45,
        "seed": 3,
    },
    widgets.symmetry_explorer: {"start": 0.1, "noise": 0.01, "hidden": 2, "activation": "sigmoid", "seed": 2},
}
# settings of a widget, and the option that is then measured
PREDICTIONS = [
    (widgets.scale_explorer, {}, 2),
    (widgets.scale_explorer, {"gain": 0.8}, 0),
    (widgets.scale_explorer, {"activation": "relu", "gain": 1.4}, 1),
    (widgets.phase_explorer, {}, 3),
    (widgets.phase_explorer, {"weight_variance": 4.0, "bias_variance": 0.0}, 0),
    (widgets.symmetry_explorer, {}, 1),
    (widgets.symmetry_explorer, {"activation": "relu", "hidden": 2}, 1),
    (widgets.symmetry_explorer, {"activation": "sigmoid"}, 3),
    (widgets.symmetry_explorer, {"start": 0.1}, 3),
]
# first values out of range
REFUSED = [
    (widgets.scale_explorer, {"gain": 3.1}),
    (widgets.scale_explorer, {"activation": "step"}),
    (widgets.phase_explorer, {"weight_variance": 4.5}),
    (widgets.symmetry_explorer, {"noise": 0.5}),
    (widgets.symmetry_explorer, {"seed": -1}),
]
# the exercise whose every form trains networks, which `make test` leaves to `make soak`
PROJECT = "start_deep_network"
