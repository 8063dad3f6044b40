"""Claims about which activation function trains in fewer steps."""

import numpy as np

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.vanishing_gradients.experiments.activation_speed import (
    DEEP_RATES,
    ELU_FORM_RATES,
    RATES,
    SHALLOW_RATES,
    SIGMOID_RATES,
    selu_speed,
    smoothness_and_speed,
    speed,
)

UNIT = "vanishing_gradients"
STEPS = (
    "{depth} hidden layers of {width} units, {n_samples} samples of {data} (centred pixel by pixel unless they are "
    "called uncentred); steps in batches of 64 until the mean loss of five batches is below 0.5, each activation at "
    "the best of its rates"
)

CLAIMS = (
    Claim(
        id="01.23",
        in_notes="N05-relu-fastest",
        unit=UNIT,
        statement="ReLU: convergence is faster than sigmoid & tanh.",
        question="Four hidden layers, each activation at its best rate: which one takes the fewest steps?",
        options=("ReLU", "tanh", "sigmoid"),
        answer=lambda r: int(np.argmin([r.relu, r.tanh, r.sigmoid])),
        experiment=speed,
        setting=STEPS + ", at most {limit}, and at a rate of {small_rate}; ReLU with He's weights, the others with "
        "Glorot's.",
        rates={"ReLU and tanh": RATES, "sigmoid": SIGMOID_RATES},
        parts=(
            Part(
                "faster than sigmoid",
                "holds",
                "ReLU takes {relu:.0f} steps (rate {relu_rate:g}), the sigmoid {sigmoid:.0f} (rate {sigmoid_rate:g}).",
                (above("sigmoid_over_relu", 1.5),),
            ),
            Part(
                "faster than tanh",
                "wrong",
                "Tanh takes {tanh:.0f} (rate {tanh_rate:g}).",
                (above("relu_over_tanh", 1.2), above("sigmoid_over_tanh", 1.2)),
            ),
        ),
        control=Control(
            "At the same rate of 0.1 ReLU is ahead: {relu_small_rate:.0f} steps against {tanh_small_rate:.0f}.",
            (above("tanh_over_relu_at_small_rate", 1.1),),
        ),
        verdict="misleading",
        correction="Faster than the sigmoid: yes. Than tanh with Glorot's weights: not here, where each has its "
        "best rate: tanh bears a larger one. At one small rate for both ReLU is ahead. Krizhevsky et al., whose "
        "figure is the usual evidence, chose the rates separately too, for a large convolutional net.",
        source="Krizhevsky, Sutskever and Hinton 2012, section 3.1 and figure 1",
        neighbours=vary(depth=(2, 3, 7), width=(16, 64), data=("printed digits", "uncentred digits"), n_samples=(600,)),
    ),
    Claim(
        id="01.24",
        in_notes="C58-outperforms",
        unit=UNIT,
        statement="SELU stands out for networks where self-normalization can be achieved, often outperforming other "
        "functions in deep networks.",
        question="Eight dense layers, standardised inputs, each activation at its best rate: whom does SELU beat by a "
        "fifth or more?",
        options=("neither ReLU nor tanh", "ReLU only", "ReLU and tanh"),
        answer=lambda r: 0 if r.gain_over_relu < 1.2 else 1 + (r.gain_over_tanh >= 1.2),
        experiment=selu_speed,
        setting=STEPS + ", at most {limit}; SELU with LeCun's weights, ReLU and ELU with He's, tanh with Glorot's; "
        "means over {n_networks} networks.",
        rates={"all": DEEP_RATES, "with one layer": SHALLOW_RATES},
        parts=(
            Part(
                "often outperforming other functions in deep networks",
                "holds",
                "SELU takes {selu:.0f} steps (rate {selu_rate:g}), tanh {tanh:.0f} (rate {tanh_rate:g}), ReLU "
                "{relu:.0f} (rate {relu_rate:g}); ELU {elu:.0f} (rate {elu_rate:g}).",
                (above("gain_over_relu", 1.5), above("gain_over_tanh", 1.2), between("gain_over_elu", 0.5, 3.0)),
            ),
        ),
        control=Control(
            "With one hidden layer, {selu_shallow:.0f} steps against {relu_shallow:.0f} with ReLU.",
            (below("shallow_gain", 1.45),),
        ),
        verdict="holds",
        correction="It holds where self-normalisation can be had: dense layers, LeCun's weights, standardised inputs. "
        "ELU, which differs from SELU by two factors, does about as well.",
        source="Klambauer, Unterthiner, Mayr and Hochreiter 2017 (experiments)",
        neighbours=vary(
            depth=(4, 12, 16), width=(16, 64), data=("printed digits", "uncentred digits"), n_samples=(600,)
        ),
    ),
    Claim(
        id="01.25",
        in_notes="C60",
        unit=UNIT,
        statement="ELU has a continuous gradient which aids in faster convergence.",
        question="ELU with alpha = 2 has a kink at zero. Each at its best rate: does it take more steps than smooth "
        "ELU (alpha = 1)?",
        options=("clearly more", "about as many", "clearly fewer"),
        answer=at_least("smooth_over_kinked", 0.75, 1.4),
        experiment=smoothness_and_speed,
        setting=STEPS
        + "; alpha {kinked_alpha} against 1, the weights of each scaled so that the mean square of the signal stays; "
        "means over {n_networks} networks.",
        rates={"both": ELU_FORM_RATES},
        parts=(
            Part(
                "has a continuous gradient",
                "holds",
                "The derivative's jump at zero is {smooth_jump:.0e} for alpha = 1.",
                (below("smooth_jump", 1e-6),),
            ),
            Part(
                "which aids in faster convergence",
                "wrong",
                "With it, {smooth:.0f} steps (rate {smooth_rate:g}); with a jump of {kinked_jump:.1f}, {kinked:.0f} "
                "(rate {kinked_rate:g}).",
                (between("smooth_over_kinked", 0.75, 1.4),),
            ),
        ),
        control=Control("The other form does have a kink: a jump of {kinked_jump:.1f}.", (above("kinked_jump", 0.2),)),
        verdict="misleading",
        correction="The gradient is continuous for alpha = 1 only, and that makes no difference here: with the signal "
        "at one scale and each form at its best rate, the kink costs no steps.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 3 (they argue with the mean activation)",
        neighbours=vary(
            depth=(1, 3, 4),
            width=(16, 64),
            data=("printed digits", "uncentred digits"),
            n_samples=(600,),
            kinked_alpha=(0.5,),
        ),
    ),
)
