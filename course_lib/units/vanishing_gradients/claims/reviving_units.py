"""Claims about variants of ReLU: whether units that are off come back."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, vary
from course_lib.units.vanishing_gradients.experiments.reviving_units import REVIVAL_RATES, revival, variants

UNIT = "vanishing_gradients"
SETTING = (
    "Hidden layers of {width} units: {depth}, He's weights, biases that start at {bias}, 1347 samples of {data}, "
    "{epochs} epochs in batches of 64, each activation at the best of five rates."
)
NEIGHBOURS = vary(depth=(2,), width=(64, 256), data=("digits", "printed digits"), bias=(-3.0, -5.0), epochs=(4, 10))

CLAIMS = (
    Claim(
        id="01.04",
        in_notes="H12-leaky-stays-alive",
        unit=UNIT,
        statement="Leaky ReLU introduces a small, positive slope for negative input values, ensuring neurons remain "
        "active.",
        question="Most units start off: z < 0 for every digit. Six epochs, each activation at its best rate: how many "
        "of these units come to be on for some digit, with leaky ReLU (slope 0.01)?",
        options=("hardly any, as with ReLU", "about half", "nearly all"),
        answer=at_least("leaky", 0.2, 0.8),
        experiment=revival,
        setting=SETTING,
        rates={"all": REVIVAL_RATES},
        parts=(
            Part(
                "a small, positive slope for negative input values",
                "holds",
                "Slope 0.01 moves the weights of {leaky_moved:.0%} of the units that start off, ReLU those of "
                "{relu_moved:.0%}.",
                (above("leaky_moved", 0.99), below("relu_moved", 0.01)),
            ),
            Part(
                "ensuring neurons remain active",
                "misleading",
                "Yet leaky ReLU (rate {leaky_rate:g}) brings back {leaky:.1%} of them (at most {leaky.high:.1%}), ReLU "
                "(rate {relu_rate:g}) {relu:.1%}.",
                (below("leaky", 0.2), below("relu", 0.02)),
            ),
        ),
        control=Control(
            "They can be brought back: with a slope of 0.25 {steeper:.0%} are, with ELU "
            "{elu:.0%}. (ReLU starts with {off:.0%} of its units off.)",
            (above("steeper", 0.5), above("elu", 0.2), above("off", 0.1)),
        ),
        verdict="misleading",
        correction="With a slope of 0.01 no unit is dead by definition, but one that is off learns a hundred times "
        "more slowly, and in a training run of ordinary length it stays off. A slope of 0.25, or ELU, brings units "
        "back.",
        source="Maas, Hannun and Ng 2013, section 2 (slope 0.01)",
        neighbours=NEIGHBOURS,
    ),
    Claim(
        id="01.34",
        in_notes="C12",
        unit=UNIT,
        statement="Leaky ReLU, Parametric ReLU (PReLU), and Swish help reduce dead neurons while maintaining "
        "non-linearity, improving gradient flow.",
        question="Most units start off: z < 0 for every digit. Which of the three bring back more than a tenth of them "
        "in six epochs?",
        options=("all three", "PReLU and Swish", "PReLU only", "none"),
        answer=lambda r: 3 if r.prelu < 0.1 else 2 if r.swish < 0.1 else 1 if r.leaky < 0.1 else 0,
        experiment=variants,
        setting=SETTING,
        rates={"all": REVIVAL_RATES},
        parts=(
            Part("Leaky ReLU", "misleading", "Slope 0.01 brings back {leaky:.1%}.", (below("leaky", 0.1),)),
            Part(
                "Parametric ReLU (PReLU)",
                "holds",
                "PReLU, whose slopes start at 0.25, {prelu:.0%} (loss {prelu_loss:.2f}).",
                (above("prelu", 0.1),),
            ),
            Part("and Swish", "holds", "Swish {swish:.0%} (loss {swish_loss:.2f}).", (above("swish", 0.1),)),
        ),
        control=Control(
            "ReLU {relu:.1%} (loss {relu_loss:.2f}), of {off:.0%} that start off.",
            (below("relu", 0.02), above("off", 0.1)),
        ),
        verdict="incomplete",
        correction="By how much depends on the slope where a unit is off: 0.01 brings back next to none, Swish a part "
        "(its slope fades for very negative z), and so does PReLU, which learns smaller slopes before the units are "
        "back (a slope that stays at 0.25 brings back nearly all).",
        source="He, Zhang, Ren and Sun 2015, section 2.1; Ramachandran, Zoph and Le 2017 (Swish)",
        neighbours=NEIGHBOURS,
    ),
)
