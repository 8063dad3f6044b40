"""Claims about formulas and words as the lecture notes print them."""

from course_lib.claims import Claim, Control, Curves, Part, above, at_least, below, between, less_than, vary
from course_lib.units.vanishing_gradients.experiments.activation_properties import elu_kink, prelu_as_printed
from course_lib.units.vanishing_gradients.experiments.reviving_units import REVIVAL_RATES, revival
from course_lib.units.vanishing_gradients.experiments.self_normalization import (
    selu_as_printed,
    selu_with_swapped_constants,
)

UNIT = "vanishing_gradients"
STDS = Curves("layer", "standard deviation", lambda r: {"as published": r.selu, "as printed": r.other}, log=True)
SELU = "Klambauer, Unterthiner, Mayr and Hochreiter 2017"

CLAIMS = (
    Claim(
        id="01.44",
        in_notes="C14",
        unit=UNIT,
        statement="SELU is lambda (e^x - 1) for x > 0, and lambda times lambda (e^x - 1) for x <= 0.",
        question="A signal of standard deviation 1 after two layers of this form?",
        options=("about 1", "about 10", "more than 100"),
        answer=at_least("other_last", 3.0, 100.0),
        experiment=selu_as_printed,
        setting="{depth} layers of {width} units, normal weights of variance {variance} / {width}, {n_samples} "
        "standard normal inputs.",
        parts=(
            Part(
                "",
                "wrong",
                "As printed its standard deviation becomes {other_last:.0e} (at least {other_last.low:.0e}).",
                (above("other_last", 100.0),),
            ),
        ),
        control=Control("With SELU as published it is {selu_last:.2f}.", (between("selu_last", 0.6, 1.6),)),
        verdict="wrong",
        correction="SELU is lambda times x for x > 0, and lambda times alpha (e^x - 1) for x <= 0: linear on "
        "the right.",
        source=f"{SELU}, eq. 2",
        neighbours=vary(depth=(3, 4), width=(32, 256), variance=(0.7, 1.4), n_samples=(32, 512)),
        curves=STDS,
    ),
    Claim(
        id="01.45",
        in_notes="C15",
        unit=UNIT,
        statement="SELU's constants are lambda = 1.67 and alpha = 1.05.",
        question="50 layers with these constants: what becomes of a standard deviation of 1?",
        options=("it stays near 1", "it falls towards 0", "it grows beyond 100"),
        answer=lambda r: 2 if r.other_last > 100 else 1 if r.other_last < 0.1 else 0,
        experiment=selu_with_swapped_constants,
        setting="{depth} layers of {width} units, LeCun's normal weights, {n_samples} normally distributed inputs of "
        "standard deviation {input_std}.",
        parts=(Part("", "wrong", "After the last layer {other_last:.0f} with these.", (above("other_last", 100.0),)),),
        control=Control("With the published ones {selu_last:.2f}.", (between("selu_last", 0.75, 1.3),)),
        verdict="wrong",
        correction="They are swapped: lambda = 1.0507, alpha = 1.6733.",
        source=SELU,
        neighbours=vary(depth=(30, 100), width=(32, 128), n_samples=(32, 512), input_std=(0.3, 3.0)),
        curves=STDS,
    ),
    Claim(
        id="01.46",
        in_notes="C16",
        unit=UNIT,
        statement="PReLU is f(x) = a x for x > 0, and x otherwise.",
        question="For how many inputs does this form agree with PReLU (a = 0.25)?",
        options=("all", "half: the positive ones", "none but zero"),
        answer=less_than("agrees", 0.75, 0.25),
        experiment=prelu_as_printed,
        setting="1000 normally distributed inputs with mean {mean} and standard deviation {std}; a = {slope}.",
        parts=(Part("", "wrong", "It agrees with PReLU for {agrees:.0%} of the inputs.", (below("agrees", 0.01),)),),
        control=Control(
            "It agrees with -PReLU(-x), PReLU turned by half a turn, for {agrees_turned:.0%}.",
            (above("agrees_turned", 0.99),),
        ),
        verdict="wrong",
        correction="The branches are swapped: f(x) = x for x > 0, and a x otherwise.",
        source="He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), eq. 1",
        neighbours=vary(slope=(0.01, 0.5), mean=(-1.0, 1.0), std=(0.1, 10.0)),
    ),
    Claim(
        id="01.47",
        in_notes="C17",
        unit=UNIT,
        statement="Leaky ReLU: solves Leaky ReLU problem.",
        question="The dying-ReLU problem must be meant. Units that start off, z < 0 for all digits: which share of "
        "them does training bring back with a slope of 0.25?",
        options=("none, as with ReLU", "about a third", "most"),
        answer=at_least("steeper", 0.2, 0.5),
        experiment=revival,
        setting="Hidden layers of {width} units: {depth}, He's weights, biases that start at {bias}, 1347 samples of "
        "{data}, {epochs} epochs in batches of 64, each activation at the best of five rates.",
        rates={"all": REVIVAL_RATES},
        parts=(Part("", "slip", "With a slope of 0.25 {steeper:.0%} come back.", (above("steeper", 0.5),)),),
        control=Control("With ReLU {relu:.0%}, of {off:.0%} that start off.", (below("relu", 0.05), above("off", 0.1))),
        verdict="slip",
        correction="It is the dying-ReLU problem that it solves, and a slope of 0.01 does it badly: that is another "
        "card.",
        source="Maas, Hannun and Ng 2013, section 2",
        neighbours=vary(
            depth=(2,), width=(64, 256), data=("digits", "printed digits"), bias=(-3.0, -5.0), epochs=(4, 10)
        ),
    ),
    Claim(
        id="01.48",
        in_notes="C18",
        unit=UNIT,
        statement="ELU is x for x > 0, and e^x - 1 for x <= 0. This f' is always continuous & always differentiable.",
        question="ELU has a parameter alpha, which this formula sets to 1. For which alpha is there no kink at zero?",
        options=("for every alpha", "for alpha = 1 only", "for none"),
        answer=lambda r: 0 if r.jump_at_alpha < 1e-6 else 1 if r.jump_at_one < 1e-6 else 2,
        experiment=elu_kink,
        setting="Differences over {h} on both sides of zero; the other alpha is drawn between {low} and {high}.",
        parts=(
            Part(
                "always continuous & always differentiable",
                "holds",
                "For alpha = 1 the derivative's jump at zero is {jump_at_one:.0e}; that of the second derivative is "
                "{curvature_jump:.2f}.",
                (below("jump_at_one", 1e-6), above("curvature_jump", 0.5)),
            ),
        ),
        control=Control(
            "For alpha = {alpha:.2f} the derivative jumps by {jump_at_alpha:.2f}.", (above("jump_at_alpha", 0.15),)
        ),
        verdict="holds",
        correction="It holds for the formula as printed, when f' stands for the function. The derivative is continuous "
        "too, and has a kink itself. With another alpha, as libraries allow, the slope from the left is alpha, and the "
        "function has a kink.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 3",
        neighbours=vary(low=(1.2, 1.7), high=(1.6, 3.0), h=(1e-3, 1e-5)),
    ),
)
