"""Claims about SELU."""

from course_lib.claims.claim import Claim, Curves, above, at_least, between
from course_lib.units.vanishing_gradients.experiments.self_normalization import (
    self_normalization,
    selu_as_printed,
    selu_with_swapped_constants,
)

UNIT = "vanishing_gradients"


def _harmless(result) -> int:
    """Which of He weights, dropout and skip connections leave the signal's standard deviation near 1."""
    he, dropout, skips = (1 / 3 < std < 3 for std in (result.he_std, result.dropout_std, result.skip_std))
    return 0 if he and dropout and skips else 1 if dropout else 2 if skips else 3


STDS = Curves("layer", "standard deviation", lambda r: {"as published": r.selu, "as in the notes": r.other}, log=True)

CLAIMS = (
    Claim(
        id="C14",
        unit=UNIT,
        statement="SELU is lambda times e^x - 1 for x > 0, and lambda times lambda (e^x - 1) for x <= 0.",
        question="A signal of standard deviation 1 after two layers of this form?",
        options=("about 1", "about 10", "more than 1000"),
        answer=at_least("other_last", 3.0, 1e3),
        experiment=selu_as_printed,
        rule=(above("other_last", 1e3), between("selu_last", 0.8, 1.25)),
        verdict="wrong",
        evidence="After two layers its standard deviation is {other_last:.0e} (at least {other_last.low:.0e}); "
        "with SELU as published {selu_last:.2f}.",
        correction="SELU is lambda times x for x > 0, and lambda times alpha (e^x - 1) for x <= 0: linear on "
        "the right.",
        source="Klambauer et al. 2017, eq. 2",
        curves=STDS,
    ),
    Claim(
        id="C15",
        unit=UNIT,
        statement="SELU's constants are lambda = 1.67 and alpha = 1.05.",
        question="50 layers with these constants: what becomes of a standard deviation of 1?",
        options=("it stays near 1", "it falls towards 0", "it grows beyond 100"),
        answer=lambda r: 2 if r.other_last > 100 else 1 if r.other_last < 0.1 else 0,
        experiment=selu_with_swapped_constants,
        rule=(above("other_last", 100.0), between("selu_last", 0.8, 1.25)),
        verdict="wrong",
        evidence="After 50 layers {other_last:.0f} with these constants, {selu_last:.2f} with the published ones.",
        correction="They are swapped: lambda = 1.0507, alpha = 1.6733.",
        source="Klambauer et al. 2017, eq. 14",
        curves=STDS,
    ),
    Claim(
        id="H13-selu-self-normalises",
        unit=UNIT,
        statement="SELU keeps mean 0 and standard deviation 1 across layers, without batch normalisation.",
        question="50 dense layers, LeCun's initialisation: mean and standard deviation of the signal?",
        options=("near 0 and 1", "near 0 and 0", "both above 10"),
        answer=lambda r: 2 if r.std > 10 else 1 if r.std < 0.1 else 0,
        experiment=self_normalization,
        rule=(between("std", 0.8, 1.25), between("mean", -0.2, 0.2)),
        verdict="holds",
        evidence="After 50 layers the mean is {mean:.3f} and the standard deviation {std:.2f} ({std.low:.2f} "
        "to {std.high:.2f}).",
        correction="It holds for dense layers, LeCun's initialisation and standardised inputs.",
        source="Klambauer et al. 2017, theorem 1",
        curves=Curves("layer", "standard deviation", lambda r: {"SELU": r.stds}),
    ),
    Claim(
        id="C58-automatic",
        unit=UNIT,
        statement="SELU normalises automatically.",
        question="Which of these leaves SELU's signal at standard deviation 1: He weights, dropout, skip connections?",
        options=("all", "dropout only", "skip connections only", "none"),
        answer=_harmless,
        experiment=self_normalization,
        rule=(above("he_std", 3.0), above("dropout_std", 3.0), above("skip_std", 3.0), between("std", 0.8, 1.25)),
        verdict="misleading",
        evidence="After 50 layers: {std:.2f} under its conditions, {he_std:.0f} with He weights, "
        "{dropout_std:.0f} with ordinary dropout of 0.5, {skip_std:.0e} with skip connections.",
        correction="Only under conditions: dense layers in sequence, LeCun's initialisation, standardised "
        "inputs, alpha dropout instead of the ordinary one, no skip connections.",
        source="Klambauer et al. 2017, section 2",
    ),
)
