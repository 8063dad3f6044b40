"""Claims about SELU."""

from course_lib.claims import Claim, Control, Curves, Part, above, below, between, vary
from course_lib.units.vanishing_gradients.experiments.self_normalization import self_normalization, without_conditions

UNIT = "vanishing_gradients"


def _harmless(result) -> int:
    """Which of He weights, dropout and skip connections leave the signal's standard deviation near 1."""
    he, dropout, skips = (1 / 3 < std < 3 for std in (result.he, result.dropout, result.skips))
    return 0 if he and dropout and skips else 1 if dropout else 2 if skips else 3


CLAIMS = (
    Claim(
        id="01.35",
        in_notes="H13-selu-self-normalises",
        unit=UNIT,
        statement="SELU builds on ELU by automatically scaling inputs to maintain a mean of 0 and standard deviation "
        "of 1 across layers, promoting self-normalization in networks.",
        question="50 dense layers, LeCun's initialisation: mean and standard deviation of the signal?",
        options=("near 0 and 1", "near 0 and 0", "both above 10"),
        answer=lambda r: 2 if r.std > 10 else 1 if r.std < 0.1 else 0,
        experiment=self_normalization,
        setting="Untrained, {depth} layers of {width} units, normal weights of variance {variance} / {width}, "
        "{n_samples} normally distributed inputs with mean {input_mean} and standard deviation {input_std}.",
        parts=(
            Part(
                "a mean of 0",
                "holds",
                "After the last layer the mean is {mean:.3f} ({mean.low:.3f} to {mean.high:.3f}).",
                (between("mean", -0.25, 0.25),),
            ),
            Part(
                "and standard deviation of 1",
                "holds",
                "The standard deviation is {std:.2f} ({std.low:.2f} to {std.high:.2f}).",
                (between("std", 0.75, 1.3),),
            ),
        ),
        control=Control(
            "With the same weights it is {tanh_std:.2f} with tanh and {relu_std:.0e} with ReLU.",
            (below("tanh_std", 0.3), below("relu_std", 1e-3)),
        ),
        verdict="holds",
        correction="It holds for dense layers and LeCun's initialisation, and inputs of other scales are drawn to 0 "
        "and 1 as well.",
        source="Klambauer, Unterthiner, Mayr and Hochreiter 2017, theorem 1",
        neighbours=vary(
            depth=(30, 100),
            width=(16, 128),
            variance=(0.8, 1.5),
            n_samples=(32,),
            input_std=(0.3, 3.0),
            input_mean=(1.0,),
        ),
        curves=Curves("layer", "standard deviation", lambda r: {"SELU": r.stds, "tanh": r.tanh_stds}),
    ),
    Claim(
        id="01.36",
        in_notes="C58-automatic",
        unit=UNIT,
        statement="ELU and SELU offer additional benefits like an average output closer to zero (reducing the "
        "vanishing gradient problem) and automatic normalization, respectively.",
        question="Which of these leaves SELU's signal at standard deviation 1: He weights, dropout of 0.5, skip "
        "connections?",
        options=("all", "dropout only", "skip connections only", "none"),
        answer=_harmless,
        experiment=without_conditions,
        setting="Untrained, {depth} layers of {width} units, LeCun's normal weights, {n_samples} normally distributed "
        "inputs of standard deviation {input_std}; then He's weights, or ordinary dropout of {dropout}, or a skip "
        "around every layer.",
        parts=(
            Part(
                "SELU: automatic normalization",
                "incomplete",
                "The standard deviation ends at {he:.0f} with He's weights, {dropout:.0f} with dropout, {skips:.0e} "
                "with skips.",
                (above("he", 3.0), above("dropout", 3.0), above("skips", 3.0)),
            ),
        ),
        control=Control("Under its conditions it ends at {std:.2f}.", (between("std", 0.75, 1.3),)),
        verdict="incomplete",
        correction="Only under conditions: dense layers in sequence, LeCun's initialisation, alpha dropout instead of "
        "much of the ordinary one, no skip connections. The tables of the lecture notes name the weights and the "
        "dropout. (What is said of ELU's mean is another card.)",
        source="Klambauer, Unterthiner, Mayr and Hochreiter 2017 (initialization; alpha dropout)",
        neighbours=vary(
            depth=(30, 100), width=(32, 128), n_samples=(32,), dropout=(0.1, 0.2, 0.3), input_std=(0.3, 3.0)
        ),
    ),
)
