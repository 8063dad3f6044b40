"""Claims about penalties on the weights."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.regularization.experiments.decay_and_l2 import (
    DECAY_STRENGTHS,
    L2_STRENGTHS,
    RMSPROP_RATES,
    decay_and_l2,
)
from course_lib.units.regularization.experiments.l1_zeros import l1_zeros
from course_lib.units.regularization.experiments.shrunken_coefficients import (
    ELASTIC_L1,
    ELASTIC_L2,
    elastic_net,
    large_and_small,
)
from course_lib.units.regularization.experiments.shrunken_coefficients import STRENGTHS as COEFFICIENT_STRENGTHS
from course_lib.units.regularization.experiments.tuned_methods import RATES, STRENGTHS

UNIT = "regularization"
LOSHCHILOV = "Loshchilov and Hutter 2019, arXiv:1711.05101"
SQUARES = (
    "Least squares, {n_samples} samples, {n_features} independent features, {n_large} coefficients of {large}, as "
    "many of {small}, the others zero; noise {noise}; each penalty at the best of the strengths, by the mean squared "
    "error of the coefficients; what it takes away is the difference from least squares without it; {n_problems} "
    "problems."
)
SQUARES_NEIGHBOURS = vary(n_samples=(45, 90), n_features=(20, 40), large=(3.0, 5.0), n_large=(3, 8), noise=(3.0, 5.0))

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
            width=(32, 128), n_samples=(100, 300), wrong=(0.0, 0.4), n_epochs=(15, 45), data=("printed digits",)
        ),
    ),
    Claim(
        id="04.02",
        in_notes="C35",
        unit=UNIT,
        statement="Weights directly pushed to zero / Many weights become exactly zero.",
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
                (above("proximal_zeros", 0.2), below("subgradient_zeros", 0.0005), between("alike", 0.85, 1.15)),
            ),
        ),
        control=Control("With L2, {l2_zeros:.1%} are zero.", (below("l2_zeros", 0.0005),)),
        verdict="incomplete",
        correction="At the minimum of the penalised loss many weights are zero. A step along the sign overshoots "
        "zero and comes back, so that weights stay small and are hardly ever zero; a proximal step stops there. The "
        "errors are about the same here, but only after proximal steps can weights be left out without choosing a "
        "threshold.",
        source="Parikh and Boyd 2014, Proximal Algorithms, for the proximal step of L1",
        neighbours=vary(
            depth=(2,),
            width=(32, 128),
            n_samples=(100, 400),
            wrong=(0.0, 0.4),
            n_epochs=(60,),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="04.08",
        in_notes="C36",
        unit=UNIT,
        statement="Weights are pulled toward zero But never zero.",
        question="Least squares with L2 at its best strength. From a coefficient of 4, compared with one of 1, L2 "
        "takes away ...",
        options=("as much, within half", "about four times as much", "more than eight times as much"),
        answer=at_least("l2_ratio", 1.5, 8.0),
        experiment=large_and_small,
        setting=SQUARES,
        rates={"strengths": COEFFICIENT_STRENGTHS},
        parts=(
            Part(
                "Weights are pulled toward zero",
                "holds",
                "L2 takes {l2_large:.2f} from the large ones, {l2_small:.2f} from the small ones, "
                "{l2_ratio:.1f} times as much.",
                (above("l2_small", 0.02), between("l2_ratio", 2.0, 7.5)),
            ),
            Part(
                "But never zero", "holds", "{l2_zeros:.0%} of the coefficients are zero.", (below("l2_zeros", 0.001),)
            ),
        ),
        control=Control("With L1, {l1_zeros:.0%} are.", (above("l1_zeros", 0.1),)),
        verdict="holds",
        correction="It holds: the pull is in proportion to the weight, and vanishes with it. How strong it is "
        "depends on the convention as well: the gradient of lambda times the square is twice lambda times the "
        "weight, that of lambda half times the square is lambda times the weight, and libraries differ in this.",
        source="Hastie, Tibshirani and Friedman 2009, The Elements of Statistical Learning, section 3.4",
        neighbours=SQUARES_NEIGHBOURS,
    ),
    Claim(
        id="04.09",
        in_notes="C34",
        unit=UNIT,
        statement="Same weight & penalty ratio as L2 But penalty ↑ or ↓ linearly",
        question="Least squares with L1 at its best strength. From a coefficient of 4, compared with one of 1, L1 "
        "takes away ...",
        options=("at most 1.8 times as much", "about four times as much, as L2 does", "more than eight times as much"),
        answer=at_least("l1_ratio", 1.8, 8.0),
        experiment=large_and_small,
        setting=SQUARES,
        rates={"strengths": COEFFICIENT_STRENGTHS},
        parts=(
            Part(
                "Same weight & penalty ratio as L2",
                "wrong",
                "L1 takes {l1_large:.2f} from the large ones and {l1_small:.2f} from the small ones, {l1_ratio:.1f} "
                "times as much; L2 {l2_large:.2f} and {l2_small:.2f}, {l2_ratio:.1f} times.",
                (between("l1_ratio", 0.7, 1.7), above("l2_ratio", 2.0)),
            ),
            Part(
                "But penalty ↑ or ↓ linearly",
                "holds",
                "A pull that does not grow with the coefficient is that of a penalty which grows linearly; it makes "
                "{l1_zeros:.0%} of the coefficients zero, L2 {l2_zeros:.0%}.",
                (above("l1_zeros", 0.1), below("l2_zeros", 0.001)),
            ),
        ),
        control=Control(
            "From the small ones, both take something: {l1_small:.2f} and {l2_small:.2f}. Mean squared error: "
            "{plain_error:.2f} without a penalty, {l1_error:.2f} with L1, {l2_error:.2f} with L2.",
            (above("l1_small", 0.02), above("l2_small", 0.02)),
        ),
        verdict="wrong",
        correction="Taken at its word, the first half contradicts the second, which is right. L1 pulls at all weights "
        "with the same force, L2 in proportion to the weight; so L1 is easier on large weights, and brings small ones "
        "to zero. If the ratio only means that larger weights cost more, that is true of both.",
        source="Tibshirani 1996, on soft thresholds with orthogonal features",
        neighbours=SQUARES_NEIGHBOURS,
    ),
    Claim(
        id="04.11",
        in_notes="H31-elastic-net",
        unit=UNIT,
        statement="Elastic Net: Combines L1 and L2 regularization to leverage the benefits of both.",
        question="Two groups of five features that are nearly alike count, fifty others do not. At its best, the "
        "elastic net's error is, compared with the better one of L1 and L2 alone, ...",
        options=("larger", "as large, within a tenth", "smaller by more than a tenth"),
        answer=lambda r: 0 if r.over_best > 1.1 else 1 if r.over_best > 0.9 else 2,
        experiment=elastic_net,
        setting="Least squares, {n_samples} samples, {n_features} features, {n_groups} groups of {group} with "
        "coefficient {size} and correlation {alike}, the others zero; noise {noise}; each penalty at the best of its "
        "strengths by the mean squared error of the coefficients; {n_problems} problems.",
        rates={"L1": ELASTIC_L1, "L2": ELASTIC_L2},
        parts=(
            Part(
                "to leverage the benefits of both",
                "holds",
                "Error {both_error:.3f}, L1 {l1_error:.3f} (strength {l1_strength:g}), L2 {l2_error:.3f} "
                "({l2_strength:g}). Of the features that count it keeps {both_kept:.0%}, L1 {l1_kept:.0%}; of the "
                "others {both_zeros:.0%} are zero, with L2 {l2_zeros:.0%}.",
                (below("over_best", 0.85), above("kept_gain", 1.2), above("both_zeros", 0.3)),
            ),
        ),
        control=Control(
            "With L1 alone, {l1_zeros:.0%} of those that do not count are zero.", (above("l1_zeros", 0.8),)
        ),
        verdict="holds",
        correction="It holds where features come in groups that are nearly alike: L1 picks some of a group, L2 keeps "
        "everything, the elastic net keeps the groups.",
        source="Zou and Hastie 2005, on the grouping effect",
        neighbours=vary(n_samples=(30, 60), n_features=(40, 100), alike=(0.8, 0.95), noise=(2.0, 4.0), group=(3, 8)),
    ),
)
