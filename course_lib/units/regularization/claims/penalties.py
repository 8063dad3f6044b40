"""Claims about penalties on the weights."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.regularization.experiments.decay_and_l2 import (
    DECAY_STRENGTHS,
    L2_STRENGTHS,
    RMSPROP_RATES,
    decay_and_l2,
)
from course_lib.units.regularization.experiments.l1_zeros import l1_zeros
from course_lib.units.regularization.experiments.tuned_methods import RATES, STRENGTHS

UNIT = "regularization"
LOSHCHILOV = "Loshchilov and Hutter 2019, arXiv:1711.05101"

CLAIMS = (
    Claim(
        id="04.01",
        in_notes="C75",
        unit=UNIT,
        statement="Weight decay acts as L2 regularization, gradually shrinking weights towards zero during training.",
        question="RMSProp divides each weight's gradient by its usual size. Weights that belong to dim pixels have "
        "small gradients. Of those weights, and of the ones from bright pixels, how much does L2 in the loss leave?",
        options=(
            "less from the bright pixels",
            "the same share of both, as weight decay does",
            "less from the dim pixels",
        ),
        answer=lambda r: 0 if r.l2_ratio > 1.25 else 1 if r.l2_ratio > 0.7 else 2,
        experiment=decay_and_l2,
        setting="One hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with wrong "
        "labels, {n_epochs} epochs in batches of 20; RMSProp (0.9), each penalty at the best of its rates and "
        "strengths. Left: mean absolute weight, over that without the penalty; dimmest and brightest quarter of the "
        "pixels by their spread. Gradient descent: rate {sgd_rate}, strength {sgd_strength} for both. Means over "
        "{n_networks} networks.",
        rates={"rates": RMSPROP_RATES, "L2": L2_STRENGTHS, "decay": DECAY_STRENGTHS},
        parts=(
            Part(
                "acts as L2 regularization",
                "misleading",
                "With RMSProp, L2 (strength {l2_strength:g}, rate {l2_rate:g}) leaves {l2_dim:.0%} of the weights from "
                "dim pixels and {l2_bright:.0%} of those from bright ones; decay ({decay_strength:g}, "
                "{decay_rate:g}) leaves {decay_dim:.0%} and {decay_bright:.0%}. Errors on new digits: "
                "{plain_error:.0%} without, {l2_error:.0%} with L2, {decay_error:.0%} with decay.",
                (below("l2_ratio", 0.6), between("decay_ratio", 0.75, 1.25)),
            ),
            Part(
                "gradually shrinking weights towards zero",
                "holds",
                "At most {most_left:.0%} is left.",
                (below("most_left", 0.8),),
            ),
        ),
        control=Control(
            "With plain gradient descent the two are one: weights differ by {sgd_difference:.0e} of what the penalty "
            "changes in them.",
            (below("sgd_difference", 0.05),),
        ),
        verdict="misleading",
        correction="They are the same for plain gradient descent only. An optimiser that divides by the size of the "
        "gradient divides the gradient of an L2 penalty too: weights with small gradients are shrunk more, those with "
        "large ones less. Decay beside the step shrinks all at the same pace. Which one gives fewer errors is another "
        "question; here both help.",
        source=f"{LOSHCHILOV}, who propose decoupled weight decay and compare both",
        neighbours=vary(
            width=(32, 128), n_samples=(100, 400), wrong=(0.0, 0.4), n_epochs=(15, 60), data=("printed digits",)
        ),
    ),
    Claim(
        id="04.02",
        in_notes="C35",
        unit=UNIT,
        statement="Weights directly pushed to zero Many weights become exactly zero.",
        question="L1 is added to the loss, and its gradient (the sign of each weight) to the gradient, as an automatic "
        "derivative does. How many weights are exactly zero after training?",
        options=("none, or one in a thousand at most", "a few in a hundred", "one in ten, or more"),
        answer=at_least("subgradient_zeros", 0.001, 0.1),
        experiment=l1_zeros,
        setting="{depth} hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with "
        "wrong labels, {n_epochs} epochs in batches of 20; L1 by a proximal step (soft threshold) at the best of the "
        "rates and strengths, and by its sub-gradient at the same; L2 at its own best. Small: below 0.01. Means over "
        "{n_networks} networks.",
        rates={"rates": RATES, "L1": STRENGTHS["l1"], "L2": STRENGTHS["l2"]},
        parts=(
            Part(
                "Weights directly pushed to zero",
                "holds",
                "With either step, {pushed:.0f} times as many weights are small as without L1.",
                (above("pushed", 3.0),),
            ),
            Part(
                "Many weights become exactly zero",
                "incomplete",
                "With proximal steps {proximal_zeros:.0%} are, with sub-gradient steps {subgradient_zeros:.1%}; errors "
                "on new digits {proximal_error:.1%} and {subgradient_error:.1%}, without L1 {plain_error:.1%}.",
                (above("proximal_zeros", 0.2), below("subgradient_zeros", 0.0005)),
            ),
        ),
        control=Control("With L2, {l2_zeros:.1%} are zero.", (below("l2_zeros", 0.0005),)),
        verdict="incomplete",
        correction="At the minimum of the penalised loss many weights are zero. A step along the sign overshoots "
        "zero and comes back, so that weights stay small and are hardly ever zero; a proximal step stops there. The "
        "errors are the same, but only after proximal steps are there weights to leave out.",
        source="Parikh and Boyd 2014, section 6.5, for the proximal step of L1",
        neighbours=vary(
            depth=(2,),
            width=(32, 128),
            n_samples=(100, 400),
            wrong=(0.0, 0.4),
            n_epochs=(60,),
            data=("printed digits",),
        ),
    ),
)
