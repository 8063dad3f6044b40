"""Claims about dying ReLU: what it is, its causes, its cures."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, less_than, vary
from course_lib.units.vanishing_gradients.experiments.dying_relu import (
    RATES,
    WIDE_RATES,
    by_bias,
    by_initial_weights,
    by_rate,
    by_sign_of_inputs,
    by_small_bias,
    cures,
    dead_units_at_work,
    negative_for_some,
    positive_weights,
)

UNIT = "vanishing_gradients"
CS231N = "CS231n notes (Karpathy 2015)"
NETWORK = "Hidden layers of {width} ReLU units: {depth}, He's weights, 1347 samples of {data}, batches of 64"
# of which the data cannot be chosen
DIGITS = NETWORK.replace("{data}", "digits")

CLAIMS = (
    Claim(
        id="01.03",
        in_notes="N06-never-learns-again",
        unit=UNIT,
        statement="ReLU is max(0, x), so for all negative value ReLU outputs 0. So the problem is for negative input "
        "gradient = 0, weight stops updating so it never learns again.",
        question="Units whose z is negative for some of the digits: how many of them get no gradient?",
        options=("all", "about half", "none"),
        answer=less_than("without_gradient", 0.9, 0.1),
        experiment=negative_for_some,
        setting=NETWORK + ", one epoch at rate {rate}; then the gradient over all samples, and one more epoch. And "
        "the same with biases that start at {low_bias}.",
        parts=(
            Part(
                "for negative input gradient = 0",
                "holds",
                "The median unit sees negative z, and no gradient, for {share_negative:.0%} of the samples.",
                (above("share_negative", 0.2),),
            ),
            Part(
                "weight stops updating so it never learns again",
                "wrong",
                "Of the {sometimes_negative:.0%} of units with z negative for some samples but not all, "
                "{without_gradient:.0%} get no gradient.",
                (above("sometimes_negative", 0.8), below("without_gradient", 0.01)),
            ),
        ),
        control=Control(
            "In the next epoch the weights of {moved:.0%} of them change; of units with z negative for all samples, "
            "which low biases make, those of {off_moved:.0%}.",
            (above("moved", 0.99), below("off_moved", 0.01)),
        ),
        verdict="misleading",
        correction="Negative z stops the gradient of that example only; the others go on teaching the unit. It stays "
        "dead only if z is negative for all inputs.",
        source="Maas, Hannun and Ng 2013, section 2",
        neighbours=vary(depth=(2, 4), width=(32, 256), data=("digits", "printed digits"), rate=(0.03, 0.3)),
    ),
    Claim(
        id="01.26",
        in_notes="C19",
        unit=UNIT,
        statement="Large Learning rate, Bad weight Initialization, Bias become '-', Negative Input data: because of "
        "these the value of f'(x) become '-' so the output is 0.",
        question="What is the smallest derivative of any unit in a network with dead ReLUs?",
        options=("negative", "exactly 0", "small and positive"),
        answer=at_least("smallest_slope", -1e-12, 1e-12),
        experiment=dead_units_at_work,
        setting=NETWORK + ", {epochs} epochs at rate {rate}, then one at rate {later_rate}; the first hidden layer.",
        parts=(
            Part(
                "the value of f'(x) become '-'",
                "wrong",
                "{dead:.0%} of the units are dead; the smallest derivative of all is {smallest_slope:.0f}.",
                (above("dead", 0.05), between("smallest_slope", -1e-12, 1e-12)),
            ),
            Part(
                "so the output is 0",
                "holds",
                "The largest output of a dead unit is {largest_output:.0f}. In a further epoch the weights into dead "
                "units move by {largest_move:.0f}.",
                (below("largest_output", 1e-12), below("largest_gradient", 1e-12), below("largest_move", 1e-12)),
            ),
        ),
        control=Control("Those into living ones move by up to {live_move:.2f}.", (above("live_move", 1e-3),)),
        verdict="wrong",
        correction="The derivative of ReLU is 0 or 1. A unit is dead when its input z is negative for all examples: "
        "then its output and its gradient are 0 for all of them.",
        source="Maas, Hannun and Ng 2013, section 2",
        neighbours=vary(depth=(2,), width=(64, 256), data=("digits", "printed digits"), rate=(1.0, 1.5), epochs=(2, 5)),
    ),
    Claim(
        id="01.27",
        in_notes="H10-large-rate-kills",
        unit=UNIT,
        statement="Dying ReLU, reasons: large learning rate. Solutions: set lower learning rate.",
        question="Rate 0.1 against 2: how many of the hidden units are dead after three epochs?",
        options=("hardly any, hardly any", "hardly any, more than a quarter", "a quarter, a quarter"),
        answer=lambda r: 0 if r.large < 0.25 else 1 if r.moderate < 0.15 else 2,
        experiment=by_rate,
        setting=NETWORK + ", {epochs} epochs at rates {moderate_rate} and {large_rate}; {gain} times He's weights.",
        parts=(
            Part(
                "large learning rate",
                "holds",
                "Dead at the large rate: {large:.0%} ({large.low:.0%} to {large.high:.0%}).",
                (above("large", 0.25),),
            ),
        ),
        control=Control("At the moderate one {moderate:.1%}.", (below("moderate", 0.15),)),
        verdict="holds",
        correction="It holds: a large step can push z below zero for all examples, and nothing brings it back. In a "
        "net of one hidden layer it takes inputs with a mean in common; deeper ones lose units on centred inputs too.",
        source=f"{CS231N}, Neural networks 1 (commonly used activation functions)",
        neighbours=vary(
            depth=(1, 3), width=(16, 128), data=("digits", "printed digits"), large_rate=(1.5, 3.0), gain=(0.5, 1.5)
        ),
    ),
    Claim(
        id="01.28",
        in_notes="H11-negative-bias-kills",
        unit=UNIT,
        statement="Dying ReLU, reasons: bias become '-'.",
        question="Biases that start at -0.5, and at -4: how many units are dead after training?",
        options=("hardly any, hardly any", "hardly any, more than a quarter", "both more than a quarter"),
        answer=lambda r: (r.strongly >= 0.25) + (r.strongly >= 0.25 and r.slightly >= 0.1),
        experiment=by_bias,
        setting=NETWORK
        + ", {epochs} epochs at rate {rate}; biases that start at 0, {slight} and {strong}, while what is added to "
        "them has a standard deviation of about 1.4.",
        parts=(
            Part(
                "bias become '-'",
                "incomplete",
                "Dead with {slight_shown:g}: {slightly:.1%} (at most {slightly.high:.1%}); with {strong_shown:g}: "
                "{strongly:.0%}.",
                (below("slightly", 0.1), above("strongly", 0.25)),
            ),
        ),
        control=Control("With biases that start at 0: {zero:.1%}.", (below("zero", 0.05),)),
        verdict="incomplete",
        correction="It has to be so negative that it outweighs everything that the inputs add, for all examples. A "
        "slightly negative bias is harmless.",
        source="Maas, Hannun and Ng 2013, section 2, on what a dead unit is",
        neighbours=vary(
            depth=(2, 3), width=(32, 256), data=("digits", "printed digits"), rate=(0.03, 0.3), strong=(-3.0, -6.0)
        ),
    ),
    Claim(
        id="01.29",
        in_notes="N07-bad-initialisation",
        unit=UNIT,
        statement="Dying ReLU, reasons: bad weight initialization.",
        question="Ten times He's width: how many units are dead after training at the rate that suits He's weights, "
        "and how many at the rate that suits these?",
        options=(
            "hardly any, hardly any",
            "more than a quarter, hardly any",
            "more than a quarter, more than a quarter",
        ),
        answer=lambda r: 0 if r.wide_at_he_rate < 0.25 else 1 if r.wide < 0.15 else 2,
        experiment=by_initial_weights,
        setting=NETWORK
        + ", {epochs} epochs: He's weights and {factor} times as wide ones, each start at the best of its rates, and "
        "all of He's weights negative.",
        rates={"He": RATES, "wide": WIDE_RATES},
        parts=(
            Part(
                "too wide",
                "incomplete",
                "Dead with wide weights: {wide_before:.1%} before training, after it {wide_at_he_rate:.0%} at He's "
                "best rate ({he_rate:g}), {wide:.1%} at their own ({wide_rate:g}).",
                (below("wide_before", 0.1), above("wide_at_he_rate", 0.25), below("wide", 0.15)),
            ),
            Part(
                "all negative",
                "holds",
                "With all weights negative {negative_before:.0%} are dead before training.",
                (above("negative_before", 0.25),),
            ),
        ),
        control=Control("With He's weights {he:.1%} at their best rate.", (below("he", 0.15),)),
        verdict="incomplete",
        correction="Negative weights kill at once, from the second layer on, where inputs are never negative. Wide "
        "ones kill only through steps that are too long for them: they make the gradients large, and at a rate that "
        "takes this into account hardly a unit of this net dies. (With a third layer the rates that spare units "
        "need more epochs.)",
        source="Lu, Shin, Su and Karniadakis 2019 (Dying ReLU and initialization), on units that are dead before "
        "training",
        neighbours=vary(
            depth=(3,), width=(32, 128), data=("digits", "printed digits"), factor=(5.0, 7.0), epochs=(10, 30)
        ),
    ),
    Claim(
        id="01.30",
        in_notes="N08-negative-data",
        unit=UNIT,
        statement="Dying ReLU, reasons: negative input data.",
        question="A rate of 1. Digits with pixels from 0 up, the same times -1, or centred pixel by pixel: where do "
        "units die?",
        options=("only where all are negative", "where all have one sign, whichever", "nowhere", "everywhere"),
        answer=lambda r: (
            (3 if r.centred > 0.2 else 1) if r.positive > 0.25 and r.negative > 0.25 else 0 if r.negative > 0.25 else 2
        ),
        experiment=by_sign_of_inputs,
        setting=NETWORK + ", {epochs} epochs at rates {rate} and {moderate_rate}; inputs of mean square 1.",
        parts=(
            Part(
                "negative input data",
                "misleading",
                "Dead on pixels of one sign: {negative:.0%} if they are negative, {positive:.0%} if they are positive.",
                (above("negative", 0.25), above("positive", 0.25), between("difference", -0.4, 0.4)),
            ),
        ),
        control=Control(
            "Centred: {centred:.0%}. At rate {moderate_shown:g} {negative_at_moderate_rate:.1%} on the negative ones.",
            (below("centred", 0.2), below("negative_at_moderate_rate", 0.15)),
        ),
        verdict="misleading",
        correction="The weights have both signs, so the sign of the inputs means nothing to them. What kills at a "
        "large rate is what the examples have in common: one step then moves all their z the same way. In a net of one "
        "hidden layer it is enough to centre the inputs.",
        source=f"{CS231N}, Neural networks 2 (mean subtraction)",
        neighbours=vary(
            depth=(2, 3),
            width=(32, 256),
            data=("printed digits",),
            rate=(0.7, 1.5),
            moderate_rate=(0.03,),
            epochs=(2, 5),
        ),
    ),
    Claim(
        id="01.31",
        in_notes="N09-cures",
        unit=UNIT,
        statement="Solutions: set lower learning rate, use positive weights, use bias +ve, 0.001, use variations of "
        "ReLU.",
        question="A rate that kills two thirds of the units. Which of these keep nearly all alive: positive weights, a "
        "bias of +0.001, centring each pixel?",
        options=("all three", "centring only", "centring and positive weights", "none"),
        answer=lambda r: (0 if r.small_bias < 0.1 else 2) if r.positive_weights < 0.1 else 1 if r.centred < 0.1 else 3,
        experiment=cures,
        setting=DIGITS
        + ", {epochs} epochs at rate {rate} (the lower one: {lower_rate}); pixels centred together, or one by one; "
        "bias {bias}.",
        parts=(
            Part(
                "set lower learning rate",
                "holds",
                "Dead with a lower rate: {lower_rate:.1%}.",
                (below("lower_rate", 0.1),),
            ),
            Part(
                "use positive weights",
                "wrong",
                "With positive weights {positive_weights:.0%}.",
                (above("positive_weights", 0.2),),
            ),
            Part("use bias +ve, 0.001", "wrong", "With the bias {small_bias:.0%}.", (above("small_bias", 0.2),)),
        ),
        control=Control(
            "With none of them {none:.0%}; with each pixel centred, which is not on the list, {centred:.1%}.",
            (above("none", 0.25), below("centred", 0.1)),
        ),
        verdict="misleading",
        correction="A lower rate helps. In a net of one hidden layer so does centring the inputs, which is missing: a "
        "mean that all examples share pushes all their z in one direction at once. Deeper nets lose units at such a "
        "rate all the same. Variants of ReLU have cards of their own.",
        source=f"{CS231N}, Neural networks 2 (mean subtraction)",
        neighbours=vary(
            depth=(2, 3), width=(64, 256), rate=(1.2, 2.0), lower_rate=(0.3,), bias=(0.01, 0.1), epochs=(5,)
        ),
    ),
    Claim(
        id="01.32",
        in_notes="C20",
        unit=UNIT,
        statement="Dying ReLU, solutions: use positive weights.",
        question="Inputs >= 0, rate 0.5. He's weights lose some units. How many die with the same weights without "
        "their signs?",
        options=("fewer", "as many", "far more"),
        answer=lambda r: 0 if r.positive_dead < 0.5 * r.he_dead else 1 if r.positive_dead < r.he_dead + 0.3 else 2,
        experiment=positive_weights,
        setting=NETWORK
        + ", pixels from 0 up, {epochs} epochs at rate {rate}, and at the best of five rates; a signal through "
        "{signal_depth} layers of 64 units.",
        rates={"both": RATES},
        parts=(
            Part(
                "",
                "wrong",
                "Dead: {he_dead:.0%} with He's weights, {positive_dead:.0%} with their absolute values. At the best "
                "rates the losses are {he_loss:.2f} (rate {he_rate:g}) and {positive_loss:.2f} (rate "
                "{positive_rate:g}).",
                (above("more_dead", 0.3), above("loss_ratio", 1.5)),
            ),
        ),
        control=Control(
            "Through deep layers the signal grows by {growth:.0e} with positive weights, by {he_growth:.1f} with He's.",
            (above("growth", 1e6), between("he_growth", 0.05, 20.0)),
        ),
        verdict="wrong",
        correction="Weights need both signs around a mean of 0. Positive ones add up instead of cancelling: outputs "
        "and steps become large, and large steps kill.",
        source="He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), section 2.2",
        neighbours=vary(
            depth=(2,), width=(64, 256), data=("printed digits",), rate=(0.4, 0.7), signal_depth=(10,), epochs=(2, 5)
        ),
    ),
    Claim(
        id="01.33",
        in_notes="C21",
        unit=UNIT,
        statement="Dying ReLU, solutions: use bias +ve, 0.001 - scientific proof.",
        question="At a rate that kills most units: what share of the deaths is left with biases that start at +0.001?",
        options=("next to none", "about half", "nearly all"),
        answer=at_least("share_left", 0.25, 0.75),
        experiment=by_small_bias,
        setting=NETWORK
        + ", {epochs} epochs at rate {rate}; biases that start at 0, {bias} and {larger_bias}; means over {n_networks} "
        "networks.",
        parts=(
            Part(
                "",
                "wrong",
                "Dead: {without:.0%} with biases that start at 0, {with_bias:.0%} with the small ones; the ratio is "
                "{share_left.low:.2f} to {share_left.high:.2f}.",
                (above("share_left", 0.75),),
            ),
        ),
        control=Control(
            "There is something to cure: {without:.0%}. A hundred times the bias leaves {with_larger:.0%}.",
            (above("without", 0.25), above("larger_share_left", 0.6)),
        ),
        verdict="wrong",
        correction="Some start with 0.01, but it is not clear that it brings a consistent improvement: a single step "
        "at such a rate moves the bias by far more.",
        source=f"{CS231N}, Neural networks 2 (initializing the biases)",
        neighbours=vary(depth=(2, 3), width=(64, 256), rate=(1.2, 2.0), bias=(0.0001, 0.01), epochs=(2, 5)),
    ),
)
