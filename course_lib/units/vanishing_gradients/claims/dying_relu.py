"""Claims about dying ReLU: what it is, its causes, its cures."""

from course_lib.claims.claim import Claim, above, at_least, below, between, less_than
from course_lib.units.vanishing_gradients.experiments.dying_relu import (
    by_bias,
    by_centring,
    by_initial_weights,
    by_rate,
    by_sign_of_inputs,
    by_small_bias,
    by_variant,
    dead_units_at_work,
    negative_for_some,
    positive_weights,
)

UNIT = "vanishing_gradients"

CLAIMS = (
    Claim(
        id="C19",
        unit=UNIT,
        statement="A ReLU dies because f'(x) becomes negative, so that its output is 0.",
        question="What is the smallest derivative of any unit in a network with dead ReLUs?",
        options=("negative", "exactly 0", "small and positive"),
        answer=at_least("smallest_slope", -1e-12, 1e-12),
        experiment=dead_units_at_work,
        rule=(
            above("dead", 0.2),
            between("smallest_slope", -1e-12, 1e-12),
            below("largest_gradient", 1e-12),
            below("largest_move", 1e-12),
            above("live_move", 1e-3),
        ),
        verdict="wrong",
        evidence="{dead:.0%} of the units are dead; the smallest derivative is {smallest_slope:.0f}. In a "
        "further epoch the weights into dead units move by {largest_move:.0f}, those into living ones "
        "by up to {live_move:.2f}.",
        correction="The derivative of ReLU is 0 or 1. A unit is dead when its input z is negative for all "
        "examples: then its output and its gradient are 0 for all of them.",
        source="Lu et al. 2019 (Dying ReLU and initialization)",
    ),
    Claim(
        id="N06-never-learns-again",
        unit=UNIT,
        statement="For a negative input ReLU's gradient is 0, so the weights stop updating and never learn again.",
        question="Units whose z is negative for some of the digits: how many of them get no gradient?",
        options=("all", "about half", "none"),
        answer=less_than("without_gradient", 0.9, 0.1),
        experiment=negative_for_some,
        rule=(above("share_negative", 0.2), above("sometimes_negative", 0.9), below("without_gradient", 0.01)),
        verdict="misleading",
        evidence="The median unit sees negative z for {share_negative:.0%} of the digits. Of the "
        "{sometimes_negative:.0%} of units with z negative for some digits but not all, "
        "{without_gradient:.0%} get no gradient.",
        correction="Negative z stops the gradient of that example only; the others go on teaching the unit. It "
        "stays dead only if z is negative for all inputs.",
        source="Lu et al. 2019; Maas, Hannun and Ng 2013, section 2",
    ),
    Claim(
        id="H10-large-rate-kills",
        unit=UNIT,
        statement="A large learning rate makes ReLU units die; a lower one keeps them alive.",
        question="Rate 0.1 against 1.5: how many of the hidden units are dead after three epochs?",
        options=("none, none", "none, more than a quarter", "a quarter, a quarter"),
        answer=lambda r: 0 if r.after < 0.25 else 1 if r.before < 0.05 else 2,
        experiment=by_rate,
        rule=(below("before", 0.05), above("after", 0.25)),
        verdict="holds",
        evidence="Dead after three epochs: {before:.0%} at the moderate rate, {after:.0%} at the large one "
        "({after.low:.0%} to {after.high:.0%}).",
        correction="It holds here: a large step can push z below zero for all examples, and nothing brings it back.",
        source="CS231n notes, Neural networks 1 (commonly used activation functions)",
    ),
    Claim(
        id="H11-negative-bias-kills",
        unit=UNIT,
        statement="A bias that has become negative makes ReLU units die.",
        question="Biases that start at -4, inputs of standard deviation 1: how many units are dead after training?",
        options=("none: they learn to recover", "about a tenth", "more than half"),
        answer=at_least("after", 0.05, 0.5),
        experiment=by_bias,
        rule=(below("before", 0.05), above("after", 0.5)),
        verdict="holds",
        evidence="After three epochs {after:.0%} of the units are dead, {before:.0%} with biases that start at zero.",
        correction="It holds: z is then negative for all inputs, and a dead unit's bias gets no gradient either.",
        source="Lu et al. 2019",
    ),
    Claim(
        id="N07-bad-initialisation",
        unit=UNIT,
        statement="Bad weight initialisation makes ReLU units die.",
        question="Which initialisation leaves dead units: ten times He's width, or all weights negative?",
        options=("ten times the width", "all negative", "both"),
        answer=lambda r: 2 if min(r.ten_times_he, r.all_negative) > 0.15 else int(r.all_negative > r.ten_times_he),
        experiment=by_initial_weights,
        rule=(below("ten_times_he", 0.15), above("all_negative", 0.95)),
        verdict="misleading",
        evidence="Dead before training: He {he:.0%}, ten times as wide {ten_times_he:.0%}, all weights "
        "negative {all_negative:.0%} (inputs not negative).",
        correction="The sign kills, not the scale: ReLU does not care about a positive factor. Wide weights "
        "may kill later, through the large gradients that they cause.",
        source="Lu et al. 2019",
    ),
    Claim(
        id="N08-negative-data",
        unit=UNIT,
        statement="Negative input data makes ReLU units die.",
        question="All inputs times -1: how many more units are dead after training?",
        options=("half of them", "about a fifth of them", "hardly any"),
        answer=less_than("difference", 0.35, 0.15),
        experiment=by_sign_of_inputs,
        rule=(between("difference", -0.15, 0.15), below("after", 0.2)),
        verdict="wrong",
        evidence="Dead after three epochs: {before:.1%} on positive inputs, {after:.1%} on the same inputs times -1.",
        correction="The weights have both signs, so the sign of the inputs means nothing to them. What counts "
        "is the sign of z.",
        source="Lu et al. 2019",
    ),
    Claim(
        id="N09-cures",
        unit=UNIT,
        statement="The cures for dying ReLU: a lower rate, positive weights, a positive bias, variants of ReLU.",
        question="The same large rate, but each pixel centred at 0: how many units die?",
        options=("as many", "half as many", "hardly any"),
        answer=lambda r: sum(r.after < share * r.before for share in (0.75, 0.25)),
        experiment=by_centring,
        rule=(above("before", 0.25), below("after", 0.1)),
        verdict="incomplete",
        evidence="At the large rate {before:.0%} of the units die when the digits are centred all pixels "
        "together, {after:.0%} when each pixel is centred.",
        correction="Centre the inputs: a mean that all examples share pushes all their z in the same direction "
        "at once.",
        source="LeCun et al. 1998, section 4.3",
    ),
    Claim(
        id="C20",
        unit=UNIT,
        statement="Positive weights cure dying ReLU.",
        question="He's weights without their signs: what becomes of the signal at layer 20?",
        options=("it stays", "it grows a thousandfold", "it grows more than a millionfold"),
        answer=at_least("growth", 30.0, 1e6),
        experiment=positive_weights,
        rule=(above("growth", 1e6), below("he_std", 10.0)),
        verdict="wrong",
        evidence="At layer 20 the signal's standard deviation is {he_std:.1f} with He's weights and "
        "{positive_std:.0e} with their absolute values; a shallow net then trains to a loss of "
        "{positive_loss:.2f} instead of {he_loss:.2f}.",
        correction="Weights need both signs around a mean of 0. Positive ones add up instead of cancelling, "
        "and with positive inputs no ReLU ever switches: the network is linear.",
        source="He et al. 2015, section 2.2",
    ),
    Claim(
        id="C21",
        unit=UNIT,
        statement="A bias of +0.001 cures dying ReLU; there is scientific proof.",
        question="At a rate that kills some units: by how much does a bias of +0.001 lower their share?",
        options=("to nearly none", "by half", "not noticeably"),
        answer=at_least("share_left", 0.25, 0.75),
        experiment=by_small_bias,
        rule=(above("before", 0.05), above("share_left", 0.4)),
        verdict="wrong",
        evidence="Dead after three epochs: {before:.0%} with biases that start at 0, {after:.0%} with 0.001 "
        "(difference {difference.low:+.0%} to {difference.high:+.0%}).",
        correction="Some start with 0.01, but it is not clear that it brings a consistent improvement: a "
        "single step moves the bias by more than that.",
        source="CS231n notes, Neural networks 2 (initializing the biases)",
    ),
    Claim(
        id="H12-leaky-stays-alive",
        unit=UNIT,
        statement="Leaky ReLU's small slope for negative inputs keeps units from dying.",
        question="At the rate that kills ReLU units: how many leaky units are without gradient?",
        options=("none", "half as many", "as many"),
        answer=lambda r: sum(r.leaky_relu >= share * r.relu for share in (0.1, 0.75)),
        experiment=by_variant,
        rule=(above("relu", 0.25), below("leaky_relu", 0.01)),
        verdict="holds",
        evidence="Dead after three epochs: {relu:.0%} with ReLU, {leaky_relu:.0%} with leaky ReLU. Their "
        "losses: {relu_loss:.2f} and {leaky_relu_loss:.2f}.",
        correction="It holds: the slope is never 0. That a unit is alive does not yet mean that the network "
        "trains well at such a rate.",
        source="Maas, Hannun and Ng 2013, section 2",
    ),
    Claim(
        id="C12",
        unit=UNIT,
        statement="Swish reduces dead neurons.",
        question="At the rate that kills ReLU units: how many Swish units have a slope below 0.001 for all digits?",
        options=("more", "as many", "fewer"),
        answer=at_least("swish_saves", -0.1, 0.1),
        experiment=by_variant,
        rule=(above("swish_saves", 0.2),),
        verdict="holds",
        evidence="Dead after three epochs: {relu:.0%} with ReLU, {swish:.0%} with Swish (slope below 0.001 for "
        "all digits).",
        correction="It holds here: fewer, though not always none. Swish's slope fades for very negative z, so "
        "that a unit can be stuck there for all practical purposes.",
        source="Ramachandran, Zoph and Le 2017 (who do not claim it)",
    ),
    Claim(
        id="C17",
        unit=UNIT,
        statement="Leaky ReLU solves the leaky-ReLU problem.",
        question="At the rate that kills ReLU units: is dying the problem that leaky ReLU solves?",
        options=("no, as many units die", "in part, half as many die", "yes, none dies"),
        answer=lambda r: sum(r.leaky_relu < share * r.relu for share in (0.75, 0.1)),
        experiment=by_variant,
        rule=(above("relu", 0.25), below("leaky_relu", 0.01)),
        verdict="slip",
        evidence="ReLU leaves {relu:.0%} of the units dead at a large rate, leaky ReLU {leaky_relu:.0%}.",
        correction="It is the dying-ReLU problem that it solves.",
        source="Maas, Hannun and Ng 2013, section 2",
    ),
)
