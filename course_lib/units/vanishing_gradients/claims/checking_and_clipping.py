"""Claims about gradient checking and gradient clipping."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, less_than, vary
from course_lib.units.vanishing_gradients.experiments.gradient_checking import check_outcomes, training_with_checks
from course_lib.units.vanishing_gradients.experiments.gradient_clipping import (
    CLIPPED_RATES,
    FREE_RATES,
    HE_RATES,
    HEALTHY_RATES,
    by_layer,
    healthy,
    rescue,
    value_and_norm,
)

UNIT = "vanishing_gradients"
CHECKS = "CS231n notes (Karpathy 2015), Neural networks 3 (gradient checks)"
PASCANU = "Pascanu, Mikolov and Bengio 2013"
CHECKED = (
    "A tanh network with hidden layers of {hidden} units, {n_samples} samples of standard deviation {input_std}, a "
    "penalty of {decay} / 2 times the squared norm of the parameters; central differences with step {step}, float64."
)
CHECKED_NEIGHBOURS = vary(
    hidden=((4,), (16, 16)), n_samples=(4, 64), step=(1e-4, 1e-6), decay=(1e-2, 1e-4), input_std=(0.5, 2.0)
)

CLAIMS = (
    Claim(
        id="01.06",
        in_notes="C43-clipping",
        unit=UNIT,
        statement="Gradient checking and clipping: these are also techniques used to improve performance & stability "
        "of neural networks during training.",
        question="A healthy network, rate 0.1. The gradient's norm is limited to 0.5: what becomes of the loss after "
        "two epochs?",
        options=("it is lower", "about the same", "it is higher by a fifth or more"),
        answer=at_least("slowdown", 0.8, 1.2),
        experiment=healthy,
        setting="Hidden layers of {width} ReLU units: {depth}, He's weights, {n_samples} samples of {data} "
        "(centred pixel by pixel unless they are called uncentred), {epochs} epochs in batches of 64, with the norm "
        "limited to {limit} and without a limit, at "
        "rates {rate} and {large_rate} and each at the best of six; medians over {n_networks} networks.",
        rates={"both": HEALTHY_RATES},
        parts=(
            Part(
                "to improve performance",
                "incomplete",
                "At the ordinary rate the loss is {free:.2f} without a limit and {clipped:.2f} with it; at the best "
                "rates {free_best:.2f} (rate {free_rate:g}) and {clipped_best:.2f} (rate {clipped_rate:g}).",
                (above("slowdown", 1.2), between("best_ratio", 0.5, 2.0)),
            ),
            Part(
                "& stability",
                "holds",
                "At the large rate it is {free_large:.3g} without a limit and {clipped_large:.2f} with it.",
                (above("guard", 1.5),),
            ),
        ),
        control=Control("The limit does act: at the start the norm is {start_norm:.1f}.", (above("start_norm", 0.6),)),
        verdict="incomplete",
        correction="A limit guards against steps that are too long, and where none is, it is a smaller rate: it slows "
        "training down until the rate makes up for it. In this net it then gains nothing; in nets of two and three "
        "layers, which it lets have a larger rate, a little. Look at the norms first.",
        source=f"{PASCANU}, section 3.2",
        neighbours=vary(
            depth=(2, 3),
            width=(16, 128),
            data=("printed digits", "uncentred digits"),
            limit=(0.3, 1.0),
            rate=(0.05, 0.2),
            large_rate=(2.0, 4.0),
        ),
    ),
    Claim(
        id="01.37",
        in_notes="C42",
        unit=UNIT,
        statement="If Backprop grad ≠ Manually calculated numeric gradient → means bug in code.",
        question="A correct gradient in float64: how many entries equal the numerical ones to the last bit?",
        options=("all", "about half", "next to none"),
        answer=less_than("equal", 0.9, 0.1),
        experiment=check_outcomes,
        setting=CHECKED + " And ReLU at less than half a step from its kink.",
        parts=(
            Part(
                "",
                "misleading",
                "Of a correct gradient {equal:.0%} of the entries are equal; its relative error is {correct:.0e}. Next "
                "to a kink a correct gradient has {kink:.1f}.",
                (below("equal", 0.1), below("correct", 1e-4), above("kink", 1e-2)),
            ),
        ),
        control=Control("Gross mistakes have at least {gross.low:.1f}.", (above("gross", 0.1),)),
        verdict="misleading",
        correction="Compare the relative error with a tolerance (1e-5 or so in float64), and look for kinks within one "
        "step before you look for a bug.",
        source=CHECKS,
        neighbours=CHECKED_NEIGHBOURS,
    ),
    Claim(
        id="01.38",
        in_notes="H14-check-finds-bugs",
        unit=UNIT,
        statement="Gradient Checking: it is a debugging technique used to verify whether backpropagation gradients are "
        "computed correctly or not.",
        question="Six mistakes: four gross ones, a forgotten weight penalty, and a slope that is wrong only for |z| > "
        "8, where no input falls. How many does a check find?",
        options=("the four gross ones", "five", "all six"),
        answer=at_least("found", 5, 6),
        experiment=check_outcomes,
        setting=CHECKED,
        parts=(
            Part(
                "used to verify whether gradients are computed correctly",
                "holds",
                "Relative errors: gross mistakes at least {gross.low:.1f}, the forgotten penalty at least "
                "{decay.low:.0e}.",
                (above("gross", 0.1), above("decay", 1e-3)),
            ),
            Part(
                "or not",
                "incomplete",
                "The slope that is wrong where no input falls: {unvisited:.0e}, as of a correct gradient.",
                (below("unvisited", 1e-5),),
            ),
        ),
        control=Control("A correct gradient: {correct:.0e} (at most {correct.high:.0e}).", (below("correct", 1e-5),)),
        verdict="incomplete",
        correction="It finds mistakes that act on the inputs of the check, and says nothing of branches that they do "
        "not reach, or of a loss that is wrong in both passes.",
        source=CHECKS,
        neighbours=CHECKED_NEIGHBOURS,
    ),
    Claim(
        id="01.39",
        in_notes="C43-checking",
        unit=UNIT,
        statement="Gradient checking and clipping: these are also techniques used to improve performance & stability "
        "of neural networks during training.",
        question="Train with a gradient check after every epoch: what differs at the end?",
        options=("the parameters, and with them the loss", "nothing but the time it took"),
        answer=less_than("difference", 1e-12),
        experiment=training_with_checks,
        setting="A tanh network with hidden layers of {hidden} units, {n_samples} samples in batches of 4, {epochs} "
        "epochs at rate {rate}; central differences with step {step}.",
        parts=(
            Part(
                "gradient checking",
                "slip",
                "The parameters at the end differ by {difference:.0f}; one check costs {forward_passes:.0f} forward "
                "passes.",
                (below("difference", 1e-12), above("forward_passes", 20)),
            ),
        ),
        control=Control("Training moved the parameters by up to {moved:.2f}.", (above("moved", 1e-2),)),
        verdict="slip",
        correction="Checking is debugging, as the lecture notes say two lines further on: do it once on a small "
        "network, and switch it off for training.",
        source=CHECKS,
        neighbours=vary(hidden=((4,), (16, 16)), rate=(0.1, 1.0), epochs=(2, 5), n_samples=(32,), step=(1e-4,)),
    ),
    Claim(
        id="01.40",
        in_notes="C10",
        unit=UNIT,
        statement="Gradient Clipping limits the maximum gradient values to prevent exploding gradients.",
        question="A gradient is clipped by value at c, a tenth of its norm. How large can its norm still be?",
        options=("at most c", "several times c"),
        answer=at_least("norm_after_value", 2.0),
        experiment=value_and_norm,
        setting="Untrained, {depth} hidden layers of {width} units, {activation}, {gain} times He's weights, 64 "
        "samples of {data}, each pixel centred. c is {share} of the gradient's norm (a second limit: {small_share}).",
        parts=(
            Part(
                "limits the maximum gradient values",
                "incomplete",
                "Clipped by value at c, the gradient keeps a norm of {norm_after_value:.1f} c (at least "
                "{norm_after_value.low:.1f} c).",
                (above("norm_after_value", 2.0),),
            ),
        ),
        control=Control(
            "Clipped by norm at c, its largest entry is {largest_after_norm:.2f} c.",
            (below("largest_after_norm", 0.7),),
        ),
        verdict="incomplete",
        correction="There are two limits: clipping by value bounds every entry, clipping by norm bounds the length of "
        "the whole gradient, and with it the step.",
        source=f"{PASCANU}, algorithm 1; Mikolov 2012 (by value)",
        neighbours=vary(
            depth=(2, 16),
            width=(16, 128),
            activation=("tanh", "sigmoid"),
            data=("printed digits",),
            gain=(1.0,),
            share=(0.03, 0.3),
        ),
    ),
    Claim(
        id="01.41",
        in_notes="H15-clipping-direction",
        unit=UNIT,
        statement="Clipping by Value: this approach can alter the direction of the gradient vector. Clipping by Norm: "
        "preserving the direction of the gradient vector but reducing its magnitude.",
        question="Each entry is clipped at a hundredth of the gradient's norm: the cosine of the angle between before "
        "and after?",
        options=("exactly 1", "between 0.95 and 1", "below 0.95"),
        answer=less_than("value_cosine", 1 - 1e-9, 0.95),
        experiment=value_and_norm,
        setting="Untrained, {depth} hidden layers of {width} units, {activation}, {gain} times He's weights, 64 "
        "samples of {data}, each pixel centred. Limits: {small_share} of the gradient's norm, and {share} of it.",
        parts=(
            Part(
                "Clipping by Value can alter the direction",
                "holds",
                "The cosine is {value_cosine:.2f} for clipping by value.",
                (below("value_cosine", 0.95),),
            ),
            Part(
                "Clipping by Norm: preserving the direction",
                "holds",
                "It is {norm_cosine:.6f} for clipping by norm.",
                (below("norm_turns", 1e-9),),
            ),
        ),
        control=Control(
            "With the larger limit, which few entries reach, clipping by value gives {loose_cosine:.3f}.",
            (above("loose_cosine", 0.95),),
        ),
        verdict="holds",
        correction="It holds: one factor for all entries keeps the direction, a limit for each entry does not, the "
        "less so the more of them it cuts.",
        source=f"{PASCANU}, section 3.2",
        neighbours=vary(
            depth=(2, 16),
            width=(16, 64),
            activation=("tanh", "sigmoid"),
            data=("printed digits",),
            gain=(1.0,),
            small_share=(0.003, 0.03),
        ),
    ),
    Claim(
        id="01.42",
        in_notes="H16-clipping-rescues",
        unit=UNIT,
        statement="Gradient Clipping: it is used to limit the magnitude of gradients to prevent exploding gradients "
        "during training. If gradient becomes very large → clip it to a fixed limit.",
        question="1.5 times He's weights, 8 layers, the norm limited to 5, the best rate for that. Without the limit, "
        "at the same rate, the loss is ...",
        options=("lower", "about the same", "higher by a third or more, or it diverges"),
        answer=at_least("guard", 0.8, 1.3),
        experiment=rescue,
        setting="{activation}, {depth} hidden layers of {width} units, {gain} times He's weights, {n_samples} samples "
        "of {data}, each pixel centred, {epochs} epochs in batches of 64; the norm limited to {limit} or not, each at "
        "the best of its rates.",
        rates={"without a limit": FREE_RATES, "with it": CLIPPED_RATES, "He's own weights": HE_RATES},
        parts=(
            Part(
                "to prevent exploding gradients during training",
                "holds",
                "With the limit the loss ends at {clipped:.2f} (rate {clipped_rate:g}); without it, at that rate, at "
                "{unclipped_there:.3g}, and at its own best rate of {unclipped_rate:g} at {unclipped:.2f}.",
                (above("guard", 1.3), below("clipped", 2.2)),
            ),
        ),
        control=Control(
            "The norm is {start_norm:.0f} before training; with He's own weights it is {he_norm:.1f}, and the loss "
            "ends at {he_loss:.2f} without a limit (rate {he_rate:g}).",
            (above("growth", 5.0), below("he_loss", 2.0)),
        ),
        verdict="holds",
        correction="It holds: the step stays bounded while the weights find a better place. A smaller rate without a "
        "limit can do as well (with 64 units a layer it does); weights of the right size need no rescue. With weights "
        "twice too wide this limit no longer saves the run.",
        source=f"{PASCANU}, section 3.2",
        neighbours=vary(
            depth=(6, 10),
            width=(16, 64),
            gain=(1.3, 2.0),
            data=("printed digits",),
            limit=(2.0, 10.0),
            n_samples=(300,),
            activation=("leaky_relu",),
        ),
    ),
    Claim(
        id="01.43",
        in_notes="C67",
        unit=UNIT,
        statement="There are two main methods of gradient clipping: Clipping by Value: Limits each component of the "
        "gradient vector to lie within a specified range. Clipping by Norm: Scales down the entire gradient vector if "
        "its norm exceeds a specified threshold, preserving the direction of the gradient vector but reducing its "
        "magnitude.",
        question="Keras's `clipnorm` limits the norm of each weight matrix's gradient by itself. Is the direction of "
        "the whole gradient kept?",
        options=("yes, as with one norm", "within each layer only", "not even within a layer"),
        answer=lambda r: 0 if r.layer_cosine > 0.998 else 1 if r.within_layer_cosine > 1 - 1e-9 else 2,
        experiment=by_layer,
        setting="Untrained, {depth} hidden layers of {width} units, {activation}, {initialization}, 64 samples of "
        "{data}, each pixel centred; a limit of half the smallest norm of a matrix's gradient. Adaptive "
        "clipping: {adaptive_limit} of each unit's weights.",
        parts=(
            Part(
                "Scales down the entire gradient vector, preserving the direction",
                "holds",
                "With one norm for all the cosine is {one_norm:.6f}.",
                (above("one_norm", 1 - 1e-9),),
            ),
            Part(
                "There are two main methods",
                "incomplete",
                "It is {layer_cosine:.2f} for clipping matrix by matrix, which is neither of the two, and "
                "{adaptive_cosine:.2f} for adaptive clipping, unit by unit.",
                (below("layer_cosine", 0.998), below("adaptive_cosine", 0.98)),
            ),
        ),
        control=Control(
            "Within each matrix the direction is kept: {within_layer_cosine:.6f}.",
            (above("within_layer_cosine", 1 - 1e-9),),
        ),
        verdict="incomplete",
        correction="True of one norm for all (`global_clipnorm` in Keras, `clip_grad_norm_` in PyTorch). A norm for "
        "each matrix, `clipnorm`, turns the whole gradient, the more the matrices' norms differ.",
        source="Keras documentation 2024, optimizers (clipnorm, global_clipnorm); Brock et al. 2021, section 4 "
        "(adaptive)",
        neighbours=vary(
            depth=(2, 8),
            width=(16, 64),
            activation=("tanh", "relu"),
            initialization=("he_normal",),
            data=("printed digits",),
        ),
    ),
)
