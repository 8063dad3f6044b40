"""Claims about the scale of the inputs."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.normalization.experiments.inputs_in_training import RATES, standardized_inputs, two_methods
from course_lib.units.normalization.experiments.three_features import (
    FRACTIONS,
    constant_features,
    mistyped_age,
    unequal_scales,
)

UNIT = "normalization"
EFFICIENT = "LeCun, Bottou, Orr and Müller 1998 (Efficient backprop), section 4.3"
NETWORKS = (
    "{activation}, {depth} hidden layers of {width} units, 320 samples of {data}; steps in batches of 64 until the "
    "mean loss of five batches is below 0.5, at most {limit}, each scaling at the best of its rates; means over "
    "{n_networks} networks"
)
FACTORS = "each pixel times a factor between 1/10 and 10"

CLAIMS = (
    Claim(
        id="03.01",
        in_notes="C54",
        unit=UNIT,
        statement="Eg Age → 0 to 1000, Salary → 10,000 to 10,00,000, Rating → 1 to 5. Large-value features dominated & "
        "small value features got ignored. Loss surface becomes zig-zag & learning became slow & unstable.",
        question="A linear model of age, salary and rating in these ranges, all equally important. Where is the rating "
        "ignored: after 1000 steps of gradient descent at its best rate, at the exact minimum of the loss, or in both?",
        options=("in both", "after the steps only", "in neither"),
        answer=lambda r: 0 if r.rating_exact < 0.5 else 1 if r.rating < 0.5 else 2,
        experiment=unequal_scales,
        setting="{n_samples} samples, features uniform up to {age} (age), {salary} (salary) and {rating} (rating), "
        "equal effects, noise of standard deviation 0.1; {n_steps} steps on all samples, at the best of its "
        "rates; standardised {n_steps_standardized} steps. Rates are shares of the largest stable one.",
        rates={"all": FRACTIONS},
        parts=(
            Part(
                "Large-value features dominated & small value features got ignored",
                "incomplete",
                "At its best rate, {fraction:.2f} times the largest stable one, gradient descent has learned "
                "{salary:.0%} of salary's effect, {age:.2%} of age's, and {rating:.0e} of rating's. At the minimum "
                "the rating has {rating_exact:.0%} of its effect.",
                (above("salary", 0.05), below("age", 0.05), below("rating", 0.05), above("rating_exact", 0.9)),
            ),
            Part(
                "Loss surface becomes zig-zag",
                "misleading",
                "The path does, at large rates: {turns:.0%} of the first steps turn back at the best rate, "
                "{turns_slow:.0%} at two fifths of the largest stable one.",
                (above("turns", 0.9), below("turns_slow", 0.1)),
            ),
            Part(
                "learning became slow & unstable",
                "holds",
                "The condition number is {condition:.0e}, standardised {condition_standardized:.1f}. Ten steps at a "
                "rate that suits the standardised features multiply the loss on the raw ones by {borrowed:.0e}.",
                (above("condition", 1e4), above("borrowed", 1e4)),
            ),
        ),
        control=Control(
            "Standardised, gradient descent soon has {rating_standardized:.0%} of the rating's effect.",
            (above("rating_standardized", 0.9),),
        ),
        verdict="incomplete",
        correction="What is ignored is not the feature but its direction in the time available: the largest curvature "
        "sets the largest rate, and directions of small curvature then need as many steps as the condition number "
        "says. The minimum is the same for all scales. The surface is a long bowl; the path zig-zags across it when "
        "the rate is above half the largest stable one.",
        source=EFFICIENT,
        neighbours=vary(
            age=(100.0,),
            salary=(100_000.0, 10_000_000.0),
            rating=(10.0,),
            n_samples=(50, 1000),
            n_steps=(300, 10_000),
        ),
    ),
    Claim(
        id="03.07",
        in_notes="H20-standardised-inputs",
        unit=UNIT,
        statement="Standardization (zero mean, unit variance) improves training stability. Helps in faster convergence "
        "and stable training.",
        question="Pixels are multiplied by factors between 1/10 and 10. Each network at its best rate: without "
        "standardisation it takes how many times the steps?",
        options=("as many, within a half", "1.5 to 3 times", "more than 3 times"),
        answer=at_least("gain", 1.5, 3.0),
        experiment=standardized_inputs,
        setting=f"{NETWORKS}; {FACTORS}, and pixels as they come, in [0, 1].",
        rates={"all": RATES},
        parts=(
            Part(
                "improves training stability",
                "holds",
                "Standardised, every network gets there at {cured_usable:.0f} of the rates tried, with the factors at "
                "{unequal_usable:.0f}.",
                (above("more_rates", 0.5),),
            ),
            Part(
                "Helps in faster convergence",
                "holds",
                "{cured:.0f} steps (rate {cured_rate:g}) instead of {unequal:.0f} (rate {unequal_rate:g}); on pixels "
                "as they come {standardized:.0f} instead of {raw:.0f}.",
                (above("gain", 3.0), above("gain_raw", 1.5)),
            ),
        ),
        control=Control(
            "Standardised, the factors make no difference: {cured:.0f} and {standardized:.0f} steps.",
            (between("cured_ratio", 0.75, 1.33),),
        ),
        verdict="holds",
        correction="It holds, and for pixels of one scale too: these have means far from zero.",
        source=EFFICIENT,
        neighbours=vary(activation=("relu",), depth=(1, 4), width=(16, 64), data=("printed digits",), n_networks=(6,)),
    ),
    Claim(
        id="03.08",
        in_notes="N21-two-methods",
        unit=UNIT,
        statement="Normalising makes all inputs comparable & in same scale, centred. So model treats all input "
        "features fairly. Two methods: Standardisation [...] Normalisation: Scales data to a fixed range (usually 0 "
        "to 1).",
        question="Inputs scaled to [0, 1], or standardised, each network at its best rate. The first takes how many "
        "times the steps?",
        options=("fewer, or as many within a fifth", "1.2 to 2 times", "more than twice"),
        answer=at_least("ratio", 1.2, 2.0),
        experiment=two_methods,
        setting=f"{NETWORKS}; {FACTORS}, then each of the methods; or none.",
        rates={"all": RATES},
        parts=(
            Part(
                "makes all inputs comparable & in same scale",
                "holds",
                "Scaled to [0, 1], {min_max:.0f} steps (rate {min_max_rate:g}); with the factors {raw:.0f}.",
                (above("scaling", 1.15),),
            ),
            Part(
                "centred. So model treats all input features fairly",
                "incomplete",
                "In [0, 1] the means are {min_max_offset:.1f} times as large as the spread; standardised 0, and "
                "{standardized:.0f} steps (rate {standardized_rate:g}).",
                (above("min_max_offset", 0.5), below("standardized_offset", 1e-6), above("ratio", 2.0)),
            ),
        ),
        control=Control(
            "In [0, 1] and then shifted to the mean 0, {shifted:.0f} steps (rate {shifted_rate:g}).",
            (above("centring", 1.5),),
        ),
        verdict="incomplete",
        correction="Both methods give features one scale; only standardisation centres them. That is worth at least as "
        "much here as the scale: means of one sign make all inputs point the same way, and the loss is steep in that "
        "direction.",
        source=EFFICIENT,
        neighbours=vary(activation=("relu",), depth=(1, 3), width=(16, 64), data=("printed digits",), n_networks=(6,)),
    ),
    Claim(
        id="03.09",
        in_notes="C55",
        unit=UNIT,
        statement="Eg Age → 0 to 1000, Salary → 10,000 to 10,00,000, Rating → 1 to 5 [...] Normalisation: Scales data "
        "to a fixed range (usually 0 to 1).",
        question="Two of 400 ages were mistyped as 1000. How much of age's effect does the exact linear fit find after "
        "min-max scaling, and after standardising?",
        options=("nearly all after both", "nearly all after standardising only", "less than a fifth after both"),
        answer=lambda r: 2 if r.share_standardized < 0.2 else 0 if r.share_min_max > 0.5 else 1,
        experiment=mistyped_age,
        setting="{n_samples} ages uniform from 18 to {oldest}, {n_mistyped} of them entered as {typed}; the target "
        "depends on the right age, with noise of a tenth of its spread.",
        parts=(
            Part(
                "Age → 0 to 1000",
                "slip",
                "With such ages among the data {share_min_max:.0%} of the effect is found after min-max scaling, "
                "{share_standardized:.0%} after standardising.",
                (below("share_min_max", 0.2), below("share_standardized", 0.2)),
            ),
            Part(
                "Scales data to a fixed range",
                "incomplete",
                "The right ages fill {range_min_max:.0%} of the range; standardised, their spread is "
                "{spread_standardized:.2f} instead of 1.",
                (below("range_min_max", 0.2), below("spread_standardized", 0.6)),
            ),
        ),
        control=Control(
            "Without these rows {share_removed:.0%} is found.",
            (above("share_removed", 0.9),),
        ),
        verdict="slip",
        correction="Nobody is 1000 years old. (10,00,000 is a million, written as in India.) Scaling changes units and "
        "repairs no data: look at the ranges first.",
        source="Hastie, Tibshirani and Friedman 2009, section 3.2, on least squares",
        neighbours=vary(n_samples=(200, 1000), n_mistyped=(1, 5), oldest=(60.0, 75.0), typed=(500.0, 9999.0)),
    ),
    Claim(
        id="03.10",
        in_notes="N22-constant-features",
        unit=UNIT,
        statement="Standardisation: Centers data around mean scales to standard deviation = (x_i - μ) / σ, μ = mean, "
        "σ = std. dev.",
        question="320 of the 8x8 digits, standardised pixel by pixel by this formula: how many of the 64 pixels become "
        "NaN?",
        options=("none", "1 to 20", "more than 20"),
        answer=at_least("nan", 0.5, 20.5),
        experiment=constant_features,
        setting="{n_train} training digits give mean and standard deviation; the others are new. Guarded: no standard "
        "deviation below {smallest_std} is used.",
        parts=(
            Part(
                "",
                "incomplete",
                "{nan:.0f} pixels of the margin are always 0: 0 / 0. Others hardly ever differ from 0, and in the new "
                "digits one lies {farthest:.0f} standard deviations out.",
                (between("nan", 0.5, 20.0), above("farthest", 13.0)),
            ),
        ),
        control=Control(
            "Guarded, no pixel becomes NaN, and none lies farther out than {farthest_guarded:.0f}.",
            (below("nan_guarded", 0.5), below("farthest_guarded", 12.5)),
        ),
        verdict="incomplete",
        correction="A feature that never changes has no spread to divide by: shift it and leave it. One that hardly "
        "ever changes is blown up when it does, so most networks of this course get digits divided by one standard "
        "deviation for all pixels.",
        source=f"{EFFICIENT}, for the formula; scikit-learn 1.5 reference, StandardScaler, leaves constant features "
        f"alone",
        neighbours=vary(n_train=(100, 200, 640, 1000), smallest_std=(0.08, 0.15)),
    ),
)
