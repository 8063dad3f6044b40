"""Claims about gradient checking and gradient clipping."""

from course_lib.claims.claim import Claim, above, at_least, below, less_than
from course_lib.units.vanishing_gradients.experiments.gradient_checking import check_outcomes, training_with_checks
from course_lib.units.vanishing_gradients.experiments.gradient_clipping import (
    further_methods,
    rescue,
    unused_limit,
    value_and_norm,
)

UNIT = "vanishing_gradients"

CLAIMS = (
    Claim(
        id="C42",
        unit=UNIT,
        statement="If the gradient of backpropagation does not equal the numerical one, there is a bug.",
        question="A correct gradient in float64: how many entries equal the numerical ones to the last bit?",
        options=("all", "about half", "next to none"),
        answer=less_than("equal", 0.9, 0.1),
        experiment=check_outcomes,
        rule=(below("equal", 0.1), below("correct", 1e-5), above("bug", 1e-2), above("kink", 1e-2)),
        verdict="misleading",
        evidence="Of a correct gradient {equal:.0%} of the entries are equal; its relative error is "
        "{correct:.0e}, that of faulty ones at least {bug.low:.1f}. Next to a kink a correct gradient "
        "has {kink:.1f}.",
        correction="Compare the relative error with a tolerance (1e-5 or so in float64), and look for kinks "
        "within one step before you look for a bug.",
        source="CS231n notes, Neural networks 3 (gradient checks)",
    ),
    Claim(
        id="H14-check-finds-bugs",
        unit=UNIT,
        statement="Gradient checking is a debugging technique that shows whether backpropagation is right.",
        question="Four typical bugs in a backward pass: how many does a tolerance of 0.01 find?",
        options=("one", "two", "all four"),
        answer=at_least("found", 2, 4),
        experiment=check_outcomes,
        rule=(above("bug", 0.1), below("correct", 1e-5)),
        verdict="holds",
        evidence="The smallest relative error over four faulty backward passes is {bug.low:.2f}, that of the "
        "right one at most {correct.high:.0e}.",
        correction="It holds: nearly every mistake in a derivative shows, as long as the loss itself is right.",
        source="LeCun et al. 1998; CS231n notes, Neural networks 3 (gradient checks)",
    ),
    Claim(
        id="C43-checking",
        unit=UNIT,
        statement="Gradient checking improves the performance and stability of training.",
        question="Train with a gradient check after every epoch: what differs at the end?",
        options=("the parameters, and with them the loss", "nothing but the time it took"),
        answer=less_than("difference", 1e-12),
        experiment=training_with_checks,
        rule=(below("difference", 1e-12), above("moved", 1e-2), above("forward_passes", 100)),
        verdict="wrong",
        evidence="The parameters at the end differ by {difference:.0f} (training moved them by up to "
        "{moved:.2f}); one check costs {forward_passes:.0f} forward passes.",
        correction="Checking is debugging: do it once on a small network, and switch it off for training.",
        source="CS231n notes, Neural networks 3 (gradient checks)",
    ),
    Claim(
        id="C43-clipping",
        unit=UNIT,
        statement="Gradient clipping improves the performance and stability of training.",
        question="The limit is twice the largest gradient norm of the run: what does clipping change?",
        options=("the parameters at the end", "nothing"),
        answer=less_than("never_exceeded", 1e-12),
        experiment=unused_limit,
        rule=(below("never_exceeded", 1e-12), above("often_exceeded", 1e-3)),
        verdict="misleading",
        evidence="With a limit above all norms the parameters differ by {never_exceeded:.0f}; with a tenth of "
        "the largest norm ({largest_norm:.1f}) by up to {often_exceeded:.2f}.",
        correction="Clipping acts only on gradients beyond its limit: it prevents explosions, and is no cure "
        "for anything else. Look at the norms first.",
        source="Pascanu, Mikolov and Bengio 2013, section 3.2",
    ),
    Claim(
        id="C10",
        unit=UNIT,
        statement="Gradient clipping limits the maximum gradient values.",
        question="A gradient is clipped by value at c. How large can its norm still be?",
        options=("at most c", "several times c"),
        answer=at_least("norm_after_value", 1.5),
        experiment=value_and_norm,
        rule=(above("norm_after_value", 2.0), below("largest_after_norm", 0.7)),
        verdict="misleading",
        evidence="Clipped by value at c, the gradient keeps a norm of {norm_after_value:.1f} c; clipped by "
        "norm at c, its largest entry is {largest_after_norm:.2f} c.",
        correction="There are two limits: clipping by value bounds every entry, clipping by norm bounds the "
        "length of the whole gradient.",
        source="Pascanu, Mikolov and Bengio 2013, algorithm 1; Mikolov 2012 (by value)",
    ),
    Claim(
        id="H15-clipping-direction",
        unit=UNIT,
        statement="Clipping by norm keeps the gradient's direction; clipping by value can change it.",
        question="Cosine of the angle between the gradient before and after clipping by value?",
        options=("exactly 1", "between 0.95 and 1", "below 0.95"),
        answer=less_than("value_cosine", 1 - 1e-9, 0.95),
        experiment=value_and_norm,
        rule=(below("norm_turns", 1e-9), below("value_cosine", 0.95)),
        verdict="holds",
        evidence="The cosine is {norm_cosine:.6f} for clipping by norm and {value_cosine:.2f} for clipping by value.",
        correction="It holds: one factor for all entries keeps the direction, a limit for each entry does not.",
        source="Pascanu, Mikolov and Bengio 2013, section 3.2",
    ),
    Claim(
        id="H16-clipping-rescues",
        unit=UNIT,
        statement="Gradient clipping prevents exploding gradients from ruining training.",
        question="1.5 times He's weights, 8 layers, a large rate: what does a limit of 1/2 on the norm do?",
        options=("nothing", "it turns divergence into training", "it only slows training"),
        answer=lambda r: 0 if abs(r.clipped - r.unclipped) < 0.1 else 1 if r.clipped > r.unclipped else 2,
        experiment=rescue,
        rule=(below("unclipped", 0.2), above("clipped", 0.3), above("start_norm", 10.0)),
        verdict="holds",
        evidence="The gradient's norm is {start_norm:.0f} before training. Without clipping the accuracy ends "
        "at {unclipped:.0%}, which is guessing; with it at {clipped:.0%}.",
        correction="It holds: the step stays bounded while the weights find a better place. The right "
        "initialisation is still the better cure.",
        source="Pascanu, Mikolov and Bengio 2013, section 3.2",
    ),
    Claim(
        id="C67",
        unit=UNIT,
        statement="There are two main methods of gradient clipping: by value and by norm.",
        question="Clip each layer by its own norm: is the direction of the whole gradient kept?",
        options=("yes, as with one norm", "within each layer only", "not even within a layer"),
        answer=lambda r: 0 if r.layer_cosine > 0.995 else 1 if r.within_layer_cosine > 1 - 1e-9 else 2,
        experiment=further_methods,
        rule=(
            below("layer_cosine", 0.995),
            above("within_layer_cosine", 1 - 1e-9),
            below("adaptive_cosine", 0.95),
            below("largest_ratio", 1 + 1e-9),
        ),
        verdict="incomplete",
        evidence="The whole gradient's cosine is {layer_cosine:.2f} for clipping layer by layer "
        "({within_layer_cosine:.2f} within each) and {adaptive_cosine:.2f} for adaptive clipping unit "
        "by unit.",
        correction="By norm can mean one norm for all or one per layer, and adaptive clipping bounds each "
        "unit's gradient in proportion to its weights. Say which one you use.",
        source="Brock et al. 2021, section 4 and eq. 3",
    ),
)
