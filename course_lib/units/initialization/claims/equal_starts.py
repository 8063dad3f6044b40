"""Claims about weights that are all equal, and about whether they have to be drawn."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.initialization.experiments.equal_weights import (
    LEARNING_RATES,
    RATES,
    constant_start,
    without_chance,
    zero_start,
)

UNIT = "initialization"
TRAINED = (
    "Then training on 300 samples of {data}, each pixel centred, {epochs} epochs in batches of 64, each network at the "
    "best of its rates; accuracy on the same samples"
)


def _moves(result) -> int:
    """Which of a sigmoid network's weight matrices have moved after one step, and after two."""
    if result.last_step > 10:
        return 0
    return 1 if result.first_step > 10 else 2 if result.first_step > result.last_step else 3


def _resembles(result) -> int:
    """A linear model, a network with a single unit in each hidden layer, or one with many."""
    return 2 if result.units > 1.5 else 0 if result.not_affine < 0.05 else 1


CLAIMS = (
    Claim(
        id="02.01",
        in_notes="N10-must-be-random",
        unit=UNIT,
        statement="The learning is we have to initialise randomly but range matters.",
        question="Eight tanh layers start from waves: each unit's weights are a cosine of a frequency of its own, of "
        "Glorot's variance, and nothing is drawn. How many steps does it take, next to Glorot's random weights?",
        options=("as many or fewer", "about twice as many", "it never learns"),
        answer=at_least("cosines_over_normal", 1.3, 4.0),
        experiment=without_chance,
        setting="{depth} hidden {activation} layers of {width} units, 300 samples of {data}, each pixel centred; steps "
        "in batches of 64 until the mean loss of five batches is below 0.5, at most {limit}, each start at the best of "
        "its rates; cosines {factor} times as small and as large.",
        rates={"all": RATES},
        parts=(
            Part(
                "we have to initialise randomly",
                "wrong",
                "The cosines take {cosines:.0f} steps (rate {cosines_rate:g}), Glorot's normal weights {normal:.0f} "
                "(rate {normal_rate:g}); random orthogonal ones {orthogonal:.0f}.",
                (below("cosines_over_normal", 1.3),),
            ),
            Part(
                "but range matters",
                "holds",
                "Waves of another size take {narrow:.0f} (too small) and {wide:.0f} (too large).",
                (above("narrow_over_cosines", 3.0), above("wide_over_cosines", 3.0)),
            ),
        ),
        control=Control("Equal weights of the right size take {equal:.0f}.", (above("equal_over_cosines", 3.0),)),
        verdict="misleading",
        correction="The units have to differ, and the weights need the right size. Random numbers are one way to get "
        "both, and no step depends on their being random. (These waves are orthogonal, and do as well as random "
        "orthogonal weights.)",
        source="Zhao, Schäfer and Anandkumar 2022 (ZerO initialization), who start from zeros and ones",
        neighbours=vary(
            depth=(4, 12),
            width=(16, 64),
            data=("printed digits", "uncentred digits"),
            activation=("elu",),
            factor=(3.0, 10.0),
        ),
    ),
    Claim(
        id="02.07",
        in_notes="C22",
        unit=UNIT,
        statement="Zero initialization = w=0, b=0, No learning happens as weights & bias never update with this "
        "formula w = w - dJ/dw.",
        question="One hidden layer of sigmoid units, all weights and biases zero: which weight matrices move in the "
        "first two steps?",
        options=(
            "neither",
            "only the output layer's",
            "the output layer's in the first step, the hidden layer's in the second",
            "both in the first step",
        ),
        answer=_moves,
        experiment=zero_start,
        setting="{depth} hidden layer(s) of {width} units, {activation} and sigmoid, ten steps on 300 samples at rate "
        "{rate}. " + TRAINED + ".",
        rates={"all": LEARNING_RATES},
        parts=(
            Part(
                "weights & bias never update",
                "wrong",
                "With tanh {moved:.0f} of the weight matrices and biases moves: the output layer's bias. In the "
                "sigmoid network the output layer's weights move at step {last_step:.0f}, the first layer's at step "
                "{first_step:.0f}.",
                (
                    between("moved", 0.5, 1.5),
                    above("last_bias", 0.5),
                    between("last_step", 0.5, 1.5),
                    between("first_step", 1.5, 2.5),
                ),
            ),
            Part(
                "No learning happens",
                "misleading",
                "Trained, the sigmoid network gets {sigmoid_accuracy:.0%} right, with {units:.0f} different unit; the "
                "tanh network {accuracy:.0%}.",
                (between("sigmoid_accuracy", 0.17, 0.6), between("units", 0.5, 1.5), below("accuracy", 0.17)),
            ),
        ),
        control=Control("From Glorot's weights {glorot_accuracy:.0%}.", (above("glorot_accuracy", 0.8),)),
        verdict="wrong",
        correction="An activation that is 0 at 0, such as tanh or ReLU, leaves only the output's bias a gradient. The "
        "sigmoid is 1/2 there, and everything moves, but all units of a layer in the same way. Not the gradient is the "
        "trouble with zero, but that the units are copies of each other.",
        source="Goodfellow, Bengio and Courville 2016, section 8.4 (breaking the symmetry)",
        neighbours=vary(
            activation=("relu", "elu", "swish"),
            depth=(2,),
            width=(8, 128),
            data=("printed digits",),
            epochs=(10,),
            rate=(0.1, 2.0),
        ),
    ),
    Claim(
        id="02.08",
        in_notes="C23",
        unit=UNIT,
        statement="Non-zero constant = w=1.5, b=1.5, All nodes behave identical as same activation, behaves like "
        "linear model only.",
        question="All weights and biases of a tanh network start at 1.5. What is it like, after training?",
        options=("a linear model", "a network with a single unit in each hidden layer", "any other network"),
        answer=_resembles,
        experiment=constant_start,
        setting="{depth} hidden {activation} layers of {width} units; all weights and biases start at {value}. "
        + TRAINED
        + "; of its outputs the best affine function of the inputs is taken off.",
        rates={"all": LEARNING_RATES},
        parts=(
            Part(
                "All nodes behave identical as same activation",
                "holds",
                "After training a layer has {units:.0f} different unit. Before it, a network of one unit a layer gives "
                "the same outputs, to {one_unit_difference.high:.0e}.",
                (below("units", 1.5), below("one_unit_difference", 1e-6)),
            ),
            Part(
                "behaves like linear model only",
                "wrong",
                "No affine function explains {not_affine:.0%} of its outputs' variance; and it gets {accuracy:.0%} of "
                "the samples right, a linear model {linear_accuracy:.0%}.",
                (above("not_affine", 0.05), below("accuracy", 0.3), above("linear_accuracy", 0.8)),
            ),
        ),
        control=Control(
            "Without activation functions the unexplained share is {linear_not_affine:.0e}.",
            (below("linear_not_affine", 1e-9),),
        ),
        verdict="misleading",
        correction="Equal units count as one, and one tanh unit is not linear. On ten digits such a network does far "
        "worse than a linear model, whose ten outputs have weights of their own.",
        source="Goodfellow, Bengio and Courville 2016, section 8.4 (breaking the symmetry)",
        neighbours=vary(
            value=(0.1, 0.5),
            activation=("relu", "sigmoid"),
            depth=(1, 3),
            width=(8, 64),
            data=("printed digits",),
            epochs=(10,),
        ),
    ),
)
