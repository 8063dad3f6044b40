"""What the tests of every figure and every widget have to know of those of this unit."""

from course_lib.units.vanishing_gradients import widgets
from course_lib.units.vanishing_gradients.experiments.activation_portrait import compare
from course_lib.units.vanishing_gradients.experiments.gradient_check_curve import check_gradient
from course_lib.units.vanishing_gradients.experiments.playground import Playground
from course_lib.units.vanishing_gradients.experiments.propagation import propagate
from course_lib.units.vanishing_gradients.experiments.slopes import SHAPES
from course_lib.units.vanishing_gradients.experiments.standardised_features import standardised_features
from course_lib.units.vanishing_gradients.figures import (
    ActivationPicture,
    FeaturesPicture,
    GradientCheckPicture,
    PlaygroundPicture,
    SignalPicture,
)
from course_lib.units.vanishing_gradients.widgets.playground import LAST_STEP


def trained(steps=0, **settings):
    network = Playground(**settings)
    network.advance(steps)
    return network.snapshot()


# for every picture two results that differ in all that is drawn, axis limits included
FIGURES = {
    SignalPicture: (propagate(), propagate(50, 16, "relu", "normal 1", seed=2, gain=2.0)),
    ActivationPicture: (compare("tanh", 0.0, 2.0, None, SHAPES), compare("relu", -3.0, 0.5, None, ("gelu",))),
    FeaturesPicture: (
        standardised_features(depths=(1, 3), seeds=(0,)),
        standardised_features(depths=(2,), seeds=(1, 2)),
    ),
    GradientCheckPicture: (check_gradient(), check_gradient("relu", "float32", h=1e-2)),
    PlaygroundPicture: (trained(), trained(300, data="circles", depth=5, activation="relu", max_norm=1.0)),
}
# results without numbers to show, and what is said of them
WITHOUT_NUMBERS = [
    (SignalPicture, propagate(5, 8, "relu", "zeros"), "exactly zero"),
    (PlaygroundPicture, trained(400, activation="identity", initialization="normal 1", lr=50.0), "no longer finite"),
]
# for every widget, values other than the first for all of its controls
CONTROLS = {
    widgets.signal_explorer: {
        "depth": 33,
        "width": 32,
        "activation": "prelu",
        "initialization": "he_normal",
        "gain": 1.35,
        "residual": True,
        "seed": 7,
    },
    widgets.activation_explorer: {
        "activation": "swish",
        "others": ("tanh", "elu"),
        "mean": -1.1,
        "std": 3.2,
        "parameter": 0.6,
    },
    widgets.gradient_check_explorer: {"h": 1e-9, "activation": "relu", "precision": "float32", "seed": 3},
    widgets.playground: {
        "data": "xor",
        "depth": 2,
        "width": 8,
        "activation": "relu",
        "initialization": "he_normal",
        "lr": 0.01,
        "skip": True,
        "max_norm": 0.01,
        "seed": 5,
    },
}
# settings of a widget, and the option that is then measured
PREDICTIONS = [
    (widgets.signal_explorer, {}, 2),
    (widgets.signal_explorer, {"activation": "relu", "initialization": "he_normal"}, 3),
    (widgets.signal_explorer, {"activation": "relu", "initialization": "normal 1"}, 3),
    (widgets.activation_explorer, {"activation": "leaky_relu"}, 0),
    (widgets.activation_explorer, {"activation": "relu"}, 3),
    (widgets.gradient_check_explorer, {}, 2),
    (widgets.gradient_check_explorer, {"precision": "float32"}, 3),
    (widgets.playground, {}, 0),
    (widgets.playground, {"activation": "tanh"}, 2),
]
# first values out of range
REFUSED = [
    (widgets.signal_explorer, {"depth": 51}),
    (widgets.signal_explorer, {"activation": "step"}),
    (widgets.activation_explorer, {"std": 0.0}),
    (widgets.activation_explorer, {"others": ("step",)}),
    (widgets.gradient_check_explorer, {"h": 1.0}),
    (widgets.playground, {"steps": LAST_STEP + 1}),
    (widgets.playground, {"seed": -1}),
]
# the exercise whose every form trains networks, which `make test` leaves to `make soak`
PROJECT = "train_classifier"
