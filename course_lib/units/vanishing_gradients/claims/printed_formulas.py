"""Claims about formulas as the lecture notes print them."""

from course_lib.claims.claim import Claim, above, at_least, below, less_than
from course_lib.units.vanishing_gradients.experiments.activation_properties import elu_kink, prelu_as_printed
from course_lib.units.vanishing_gradients.experiments.activation_speed import smoothness_and_speed

UNIT = "vanishing_gradients"

CLAIMS = (
    Claim(
        id="C16",
        unit=UNIT,
        statement="PReLU is f(x) = a x for x > 0, and x otherwise.",
        question="For how many inputs does this form agree with PReLU (a = 0.25)?",
        options=("all", "the positive ones", "none but zero"),
        answer=less_than("agrees", 0.75, 0.25),
        experiment=prelu_as_printed,
        rule=(below("agrees", 0.01), above("agrees_turned", 0.99)),
        verdict="wrong",
        evidence="It agrees with PReLU for {agrees:.0%} of the inputs, and with -PReLU(-x) for {agrees_turned:.0%}.",
        correction="The branches are swapped: f(x) = x for x > 0, and a x otherwise. The printed form is PReLU "
        "turned by half a turn, which scales down the positive half.",
        source="He et al. 2015, eq. 1",
    ),
    Claim(
        id="C18",
        unit=UNIT,
        statement="ELU is always continuous and always differentiable.",
        question="ELU has a parameter alpha. For which alpha is there no kink at zero?",
        options=("for every alpha", "for alpha = 1 only", "for none"),
        answer=lambda r: 0 if r.jump_at_alpha < 1e-6 else 1 if r.jump_at_one < 1e-6 else 2,
        experiment=elu_kink,
        rule=(below("jump_at_one", 1e-6), above("jump_at_alpha", 0.15), above("curvature_jump", 0.5)),
        verdict="misleading",
        evidence="The derivative's jump at zero is {jump_at_one:.0e} for alpha = 1 and {jump_at_alpha:.2f} for "
        "another alpha ({jump_at_alpha.low:.2f} to {jump_at_alpha.high:.2f}). For alpha = 1 the "
        "second derivative jumps by {curvature_jump:.2f}.",
        correction="Continuous always, differentiable at zero for alpha = 1 only: from the left the slope is "
        "alpha. The formula of the lecture notes leaves alpha out.",
        source="Clevert, Unterthiner and Hochreiter 2016, eq. 15",
    ),
    Claim(
        id="C60",
        unit=UNIT,
        statement="ELU has a continuous gradient, which makes it converge faster.",
        question="ELU with alpha = 2 has a kink at zero. Does it take more steps than smooth ELU (alpha = 1)?",
        options=("more", "as many", "fewer"),
        answer=at_least("gain_by_kink", 0.9, 1.1),
        experiment=smoothness_and_speed,
        rule=(above("kinked_jump", 0.5), below("smooth_jump", 1e-6), above("gain_by_kink", 1.25)),
        verdict="misleading",
        evidence="Smooth ELU takes {smooth:.0f} steps to the target, ELU with a jump of {kinked_jump:.1f} in "
        "its derivative {kinked:.0f}.",
        correction="The gradient is continuous for alpha = 1 only, and that is not what makes ELU fast: here "
        "the form with the kink is faster.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 3 (they argue with the mean activation)",
    ),
)
