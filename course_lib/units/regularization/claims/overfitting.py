"""Claims about what each method does to the gap between training and test error, and to the test error itself."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, less_than, vary
from course_lib.units.regularization.experiments.l1_zeros import l1_zeros
from course_lib.units.regularization.experiments.narrowed_gap import max_norm_networks, narrowed_gap
from course_lib.units.regularization.experiments.tuned_methods import RATES, STRENGTHS

UNIT = "regularization"
GAP = (
    "{depth} hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with wrong labels, "
    "{n_epochs} epochs in batches of 20. At one rate: 0.3 for all, at which the network without regularisation learns "
    "its labels by heart, each strength the best of those tried. At its best: each arm at the best of the same rates, "
    "and of its strengths. Means over {n_networks} networks."
)
GAP_NEIGHBOURS = vary(
    depth=(2,), width=(32, 128), n_samples=(100, 300), wrong=(0.1, 0.3), n_epochs=(45,), data=("printed digits",)
)
CLAIMS = (
    Claim(
        id="04.07",
        in_notes="C04",
        unit=UNIT,
        statement="L2 Regularization (Ridge/Weight Decay): Penalizes large weight values, reducing overfitting while "
        "retaining all features.",
        question="A network that learns its labels by heart, one in five of them wrong, has a gap between test and "
        "training error. With L2 at the same rate, and the best strength, what is left of it is ...",
        options=("more than half", "a tenth to a half", "less than a tenth, or none"),
        answer=less_than("l2_share", 0.5, 0.1),
        experiment=narrowed_gap,
        setting=GAP,
        rates={"rates": RATES, "L2": STRENGTHS["l2"], "L1": STRENGTHS["l1"]},
        parts=(
            Part(
                "Penalizes large weight values",
                "holds",
                "At one rate the largest weight is {l2_large:.0%} as large with L2 (strength {l2_at_one_rate:g}).",
                (below("l2_large", 0.8),),
            ),
            Part(
                "reducing overfitting",
                "holds",
                "At one rate the gap is {l2_gap:+.0%} instead of {fitted_gap:+.0%} (a training error is a label that "
                "is not learned, right or wrong). Each at its best, errors on new digits are {l2_error:.1%} with L2 "
                "(strength {l2_strength:g}) and {plain_error:.1%} without.",
                (below("l2_share", 0.05), below("l2_gain", 0.97)),
            ),
            Part(
                "while retaining all features",
                "holds",
                "{l2_zeros:.0%} of the weights are zero.",
                (below("l2_zeros", 0.001),),
            ),
        ),
        control=Control(
            "At one rate the training error without L2 is {fitted_train:.1%}. At its best rate, the network without L2 "
            "has a gap of {plain_gap:+.0%}. With L1 at the one rate, {l1_zeros:.0%} of the weights are zero.",
            (below("fitted_train", 0.02), below("plain_gap", 0.05), above("l1_zeros", 0.2)),
        ),
        verdict="holds",
        correction="It holds where there is something to overfit to; that weight decay is the same thing is true of "
        "plain gradient descent only. A well-chosen rate closes the gap here by itself; L2 then lowers the test "
        "error further. A gap below zero is no mistake: the network has not learned the wrong labels, and each of them "
        "counts as a training error.",
        source="Krogh and Hertz 1992, who show that decay suppresses what noise in the targets does",
        neighbours=GAP_NEIGHBOURS,
    ),
    Claim(
        id="04.10",
        in_notes="H30-lasso",
        unit=UNIT,
        statement="L1 Regularization (Lasso): Encourages sparsity by penalizing large absolute values of weights, "
        "making some weights zero.",
        question="L1 at its best, by proximal steps, with one label in five wrong. How many of the network's weights "
        "are zero?",
        options=("fewer than one in ten", "one in ten to one in three", "more than one in three"),
        answer=at_least("proximal_zeros", 0.1, 0.34),
        experiment=l1_zeros,
        setting="{depth} hidden layer of {width} ReLU units, {n_samples} samples of {data}, a share of {wrong} with "
        "wrong labels, {n_epochs} epochs in batches of 20, each arm at the best of the rates, and of its strengths. "
        "Means over {n_networks} networks.",
        rates={"rates": RATES, "L1": STRENGTHS["l1"], "L2": STRENGTHS["l2"]},
        parts=(
            Part(
                "Encourages sparsity [...], making some weights zero",
                "holds",
                "{proximal_zeros:.0%} are (strength {strength:g}); errors on new digits are {proximal_error:.1%}, and "
                "without L1 {plain_error:.1%}, each at its best.",
                (above("proximal_zeros", 0.35), below("gain", 0.97)),
            ),
        ),
        control=Control("With L2 {l2_zeros:.0%} are zero.", (below("l2_zeros", 0.001),)),
        verdict="holds",
        correction="It holds, with proximal steps. L2 penalises large values as well: what makes zeros is that L1 "
        "pulls at small weights as hard as at large ones.",
        source="Tibshirani 1996, on the lasso",
        neighbours=GAP_NEIGHBOURS,
    ),
    Claim(
        id="04.12",
        in_notes="H32-max-norm",
        unit=UNIT,
        statement="Max-norm regularization: Restricts the size of the weight vector for each neuron to a maximum "
        "value, combating the unstable gradients problem and further reducing overfitting.",
        question="One label in five is wrong, and each network has its best rate. With max-norm, the errors on new "
        "digits are ...",
        options=("as many, within a tenth", "fewer by more than a tenth", "more by more than a tenth"),
        answer=lambda r: 2 if r.gain > 1.1 else 0 if r.gain > 0.9 else 1,
        experiment=max_norm_networks,
        setting="Stability: {depth} ReLU layers of 32 units, right labels, rate {high}, limit {limit}, 10 epochs, 16 "
        "networks; failed is a training error above 50%. Overfitting: one layer of {width} units, {n_samples} "
        "samples of {data}, a share of {wrong} with wrong labels, {n_epochs} epochs in batches of 20; each arm at "
        "the best of the same rates, and of the limits; {n_networks} networks.",
        rates={"rates": RATES, "limits": STRENGTHS["max_norm"]},
        parts=(
            Part(
                "combating the unstable gradients problem",
                "holds",
                "At a rate that is too high {plain_failed:.0%} of the networks fail; {start_failed:.0%} if only their "
                "first weights are cut down to the limit; with max-norm {max_norm_failed:.0%}.",
                (above("rescued", 0.1),),
            ),
            Part(
                "and further reducing overfitting",
                "holds",
                "{max_norm_error:.1%} errors on new digits (limit {limit_found:g}), without {plain_error:.1%}; the gap "
                "to the training error is {max_norm_gap:+.0%} and {plain_gap:+.0%}.",
                (below("gain", 0.89),),
            ),
        ),
        control=Control("At a lower rate {low_failed:.0%} fail without it.", (below("low_failed", 0.1),)),
        verdict="holds",
        correction="Both hold here: the weights into a unit cannot grow past the limit, neither at a rate that is too "
        "high nor in learning wrong labels. (The limit lies below the norm that the weights start with, and a smaller "
        "start alone saves some networks, too; others need the limit in training.) The gradients themselves were not "
        "measured, but whether training succeeds.",
        source="Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, who use it together with dropout",
        neighbours=vary(
            depth=(3, 5),
            high=(0.7,),
            limit=(0.8, 1.2),
            width=(32, 128),
            n_samples=(100,),
            wrong=(0.3,),
            data=("printed digits",),
        ),
    ),
)
