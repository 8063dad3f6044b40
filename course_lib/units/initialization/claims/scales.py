"""Claims about the scale of random weights."""

import numpy as np

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, less_than, vary
from course_lib.units.initialization.experiments.named_rules import both_needed
from course_lib.units.initialization.experiments.raw_scales import RATES, large_weights, one_over_n, small_weights
from course_lib.units.initialization.experiments.rules_in_training import WIDE_RATES, chance_or_scale, scale_and_bias

UNIT = "initialization"
STEPS = (
    "hidden layers of {width} units: {depth}, 300 samples of {data}, each pixel centred; steps in batches of 64 until "
    "the mean loss of five batches is below 0.5, at most {limit}, each start at the best of its rates"
)
UNTRAINED = "{depth} layers of {width} units, {n_samples} normally distributed inputs"
TRAINED = (
    "Steps: {trained_depth} hidden layers of {trained_width} units on 300 digits until the mean loss of five batches "
    "of 64 is below 0.5, at most {limit}, each start at the best of its rates."
)


CLAIMS = (
    Claim(
        id="02.06",
        in_notes="C26",
        unit=UNIT,
        statement="Random with large weights = np.random.rand(shape), slow learning & vanishing grad., & saturation "
        "happens.",
        question="Twenty tanh layers of 256 units with standard normal weights (randn): most slopes are below 0.01. "
        "What becomes of a gradient on its way back?",
        options=(
            "it vanishes",
            "it keeps its size, within a factor of a thousand",
            "it grows more than a thousandfold",
        ),
        answer=at_least("randn_gradient", 1e-3, 1e3),
        experiment=large_weights,
        setting=UNTRAINED + "; weights uniform on [0, 1) (rand), standard normal (randn), or the latter over sqrt(n). "
        "Saturated is a slope below 0.01 in the last layer. " + TRAINED,
        rates={"all": RATES},
        parts=(
            Part(
                "saturation happens",
                "holds",
                "Saturated with tanh: {rand_saturated:.0%} (rand), {randn_saturated:.0%} (randn).",
                (above("rand_saturated", 0.9), above("randn_saturated", 0.5)),
            ),
            Part(
                "vanishing grad.",
                "incomplete",
                "Of a gradient rand leaves {rand_gradient:.0e}; with randn it grows by a factor of "
                "{randn_gradient:.0e}.",
                (below("rand_gradient", 1e-6), above("randn_gradient", 1e3)),
            ),
            Part(
                "slow learning",
                "holds",
                "Steps: {lecun_steps:.0f} over sqrt(n), {randn_steps:.0f} with randn; with rand it is not there after "
                "{rand_steps:.0f}.",
                (above("slower", 1.5),),
            ),
        ),
        control=Control(
            "Over sqrt(n), {lecun_saturated:.0%} are saturated and {lecun_gradient:.2f} of the gradient is left. A "
            "ReLU signal, which cannot saturate, grows by a factor of {relu_growth:.0e} with rand.",
            (below("lecun_saturated", 0.1), between("lecun_gradient", 0.02, 1.0), above("relu_growth", 1e6)),
        ),
        verdict="incomplete",
        correction="With weights that are all positive the gradient vanishes in saturated tanh layers. With wide "
        "weights of both signs it explodes, though most units are saturated: the few that are not get multiplied by "
        "large weights. That is chaos, and ReLU signals explode as well.",
        source="Poole, Lahiri, Raghu, Sohl-Dickstein and Ganguli 2016; Schoenholz, Gilmer, Ganguli and Sohl-Dickstein "
        "2017",
        neighbours=vary(
            depth=(10, 40), width=(32, 64, 128), n_samples=(128,), trained_depth=(2, 5), trained_width=(32, 128)
        ),
    ),
    Claim(
        id="02.09",
        in_notes="C25",
        unit=UNIT,
        statement="Random with small weights = np.random.rand(shape) x 0.01, cause vanishing gradient problem & slow "
        "convergence.",
        question="Twenty ReLU layers with np.random.rand times 0.01. What becomes of a gradient if all layers have 64 "
        "units, and if all have 512?",
        options=("it vanishes in both", "it vanishes at 64 and explodes at 512", "it explodes in both"),
        answer=lambda r: 0 if r.rand_wide < 1 else 1 if r.rand_narrow < 1 else 2,
        experiment=small_weights,
        setting="{depth} untrained ReLU layers of {narrow} or {wide} units, {n_samples} normally distributed inputs; "
        "weights {factor} times uniform on [0, 1) (rand), or normal (randn). " + TRAINED,
        rates={"all": RATES},
        parts=(
            Part(
                "cause vanishing gradient problem",
                "incomplete",
                "{rand_narrow:.0e} of a gradient is left in the narrow layers; in the wide ones it grows by a factor "
                "of {rand_wide:.0e}.",
                (below("rand_narrow", 1e-3), above("rand_wide", 1e3)),
            ),
            Part(
                "slow convergence",
                "holds",
                "It takes {rand_steps:.0f} steps (rate {rand_rate:g}), from He's weights {he_steps:.0f} (rate "
                "{he_rate:g}).",
                (above("slower", 2.0),),
            ),
        ),
        control=Control(
            "With randn, of both signs, {randn_narrow:.0e} is left in the narrow layers and {randn_wide:.0e} in the "
            "wide ones.",
            (below("randn_narrow", 1e-6), below("randn_wide", 1e-6)),
        ),
        verdict="incomplete",
        correction="A factor without the width says nothing. rand has the mean 1/2 and no negative numbers, so what "
        "all units have in common is multiplied by 0.005 n in each layer: too little below 200 units, too much above. "
        "With randn, which the notes may mean, the gradient vanishes in both.",
        source="He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), section 2.2, for weights of mean 0",
        neighbours=vary(
            depth=(10, 40),
            narrow=(32, 128),
            wide=(400, 768),
            n_samples=(32,),
            trained_depth=(3,),
            trained_width=(32, 128),
        ),
    ),
    Claim(
        id="02.10",
        in_notes="C27",
        unit=UNIT,
        statement="Right way is to multiply Rand weights with 1/n, n = no. of input to node.",
        question="Twenty tanh layers of 256 units, normal weights times 1/n in place of 1/sqrt(n): what is left of the "
        "signal?",
        options=("more than a hundredth", "about a millionth", "less than a ten-billionth"),
        answer=less_than("randn_n", 0.01, 1e-10),
        experiment=one_over_n,
        setting=UNTRAINED + " of standard deviation {input_std}, tanh; weights uniform on [0, 1) (rand) or standard "
        "normal (randn), times 1/n or 1/sqrt(n).",
        parts=(
            Part(
                "",
                "wrong",
                "Of what differs between samples 1/n leaves {randn_n:.0e} with randn and {rand_n:.0e} with rand.",
                (below("randn_n", 1e-10), below("rand_n", 1e-3)),
            ),
        ),
        control=Control(
            "With randn and 1/sqrt(n) it is {randn_root:.2f}. With rand, 1/sqrt(n) is no good either: every unit "
            "saturates, and {rand_root_gradient:.0e} of a gradient is left.",
            (between("randn_root", 0.03, 1.0), below("rand_root_gradient", 1e-9)),
        ),
        verdict="wrong",
        correction="The variance should be 1/n, so the factor is 1/sqrt(n), and the numbers need the mean 0: randn. "
        "1/n makes a factor of 1/sqrt(n) too little in each layer, and depth is its exponent.",
        source="LeCun, Bottou, Orr and Müller 1998 (Efficient backprop), section 4.6",
        neighbours=vary(depth=(10, 40), width=(32, 64, 512), n_samples=(32,), input_std=(0.3, 3.0)),
    ),
    Claim(
        id="02.11",
        in_notes="H17-first-step-is-crucial",
        unit=UNIT,
        statement="So step 1 is crucial to initialise the right value to 'w' & 'b' else we might encounter the below "
        "problems: Vanishing Gradient Problem. Exploding Gradient Problem. Slow Convergence.",
        question="Four ReLU layers with He's weights, with a third of them, with three times them, each at its best "
        "rate. Which network is the slowest?",
        options=("He's", "the one with a third", "the one with three times"),
        answer=lambda r: int(np.argmax([1.0, r.small / r.he, r.large / r.he])),
        experiment=scale_and_bias,
        setting="{depth} untrained ReLU layers of {signal_width} units, He's weights, and {factor} times as small and "
        "as large. Steps: {trained_depth} hidden layers of {width} units, 300 samples of {data}, each pixel centred, "
        "until the mean loss of five batches of 64 is below 0.5, at most {limit}, each start at the best of its "
        "rates; biases at 0 or {bias}; means over {n_networks} networks.",
        rates={"all": WIDE_RATES},
        parts=(
            Part(
                "Vanishing Gradient Problem",
                "holds",
                "A third leaves {small_gradient:.0e} of a gradient.",
                (below("small_gradient", 1e-6),),
            ),
            Part(
                "Exploding Gradient Problem",
                "holds",
                "Three times makes it {large_gradient:.0e} times as large.",
                (above("large_gradient", 1e6),),
            ),
            Part(
                "Slow Convergence",
                "holds",
                "Steps: {he:.0f} with He's, {large:.0f} with three times, {small:.0f} with a third of them.",
                (above("slower_scale", 1.3), above("small_over_large", 1.3)),
            ),
            Part("the right value to 'b'", "holds", "Biases below zero: {low_bias:.0f}.", (above("slower_bias", 2.0),)),
        ),
        control=Control(
            "With He's own weights the gradient's factor is {he_gradient:.1f}.", (between("he_gradient", 0.05, 20.0),)
        ),
        verdict="holds",
        correction="It holds. In a shallow network too large a start is mended in training sooner than too small a "
        "one; for the biases 0 is the right value.",
        source="He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), section 2.2",
        neighbours=vary(
            depth=(15, 30),
            signal_width=(64, 256),
            factor=(2.0, 4.0),
            trained_depth=(3, 6),
            width=(32,),
            data=("printed digits",),
            bias=(-0.5, -2.0),
        ),
    ),
    Claim(
        id="02.12",
        in_notes="H18-activation-and-weights",
        unit=UNIT,
        statement="Vanishing/Exploding gradients can be mitigated using proper activation functions and weight "
        "initialization.",
        question="The sigmoid with narrow weights, over twenty layers. Which cure is enough: ReLU, or wider weights "
        "(Glorot's)?",
        options=("either", "ReLU alone", "the weights alone", "neither: it takes both"),
        answer=lambda r: (
            (3 if r.relu_small < 1e-3 else 1) if r.sigmoid_glorot < 1e-3 else 2 if r.relu_small < 1e-3 else 0
        ),
        experiment=both_needed,
        setting=UNTRAINED
        + " of standard deviation {input_std}; normal weights of standard deviation {small}, Glorot's "
        "or He's, {wide_gain} times He's, and {sigmoid_gain} times Glorot's. What is left of a gradient that starts "
        "behind the last layer.",
        parts=(
            Part(
                "Vanishing",
                "holds",
                "With both changes, ReLU and He's weights, {relu_he:.2f} is left. With one of them: {relu_small:.0e} "
                "(ReLU, narrow), {sigmoid_glorot:.0e} (sigmoid, Glorot).",
                (between("relu_he", 0.05, 20.0), below("relu_small", 1e-8), below("sigmoid_glorot", 1e-8)),
            ),
            Part(
                "Exploding",
                "holds",
                "ReLU with wide weights makes a gradient {relu_wide:.0e} times as large.",
                (above("relu_wide", 1e5),),
            ),
        ),
        control=Control(
            "With neither, {sigmoid_small:.0e} is left. The widest weights of all let "
            "{sigmoid_wide:.1f} through the sigmoid.",
            (below("sigmoid_small", 1e-15), between("sigmoid_wide", 0.01, 100.0)),
        ),
        verdict="holds",
        correction='It holds, and "and" is the word that counts: the slope and the weights multiply each other, so '
        "they have to fit. Neither of these two cures works without the other; weights that fit the sigmoid are far "
        "wider than Glorot's. (What explodes was cured by the weights alone; whether an activation can do it was not "
        "tried.)",
        source="Glorot and Bengio 2010, section 4.2; He, Zhang, Ren and Sun 2015, section 2.2",
        neighbours=vary(depth=(15, 30), width=(64, 256), small=(0.005, 0.03), wide_gain=(2.0,), input_std=(0.3, 3.0)),
    ),
    Claim(
        id="02.13",
        in_notes="C73",
        unit=UNIT,
        statement="The initial state of a neural network's weights profoundly impacts its learning trajectory. Random "
        "initialization, while common, can lead to suboptimal convergence.",
        question="Which makes more of a difference to the number of steps: other random numbers from He's "
        "distribution, or a third and three times its width?",
        options=("the random numbers", "about the same", "the width"),
        answer=at_least("scales_over_draws", 0.7, 1.4),
        experiment=chance_or_scale,
        setting="ReLU, " + STEPS + "; He's standard deviation, {small} and {large} times it; {n_networks} networks of "
        "each.",
        rates={"all": WIDE_RATES},
        parts=(
            Part(
                "The initial state [...] profoundly impacts its learning trajectory",
                "holds",
                "Steps: {he:.0f} with He's width, {large:.0f} with three times, {small:.0f} with a third of it.",
                (above("scales", 3.0),),
            ),
            Part(
                "Random initialization [...] can lead to suboptimal convergence",
                "misleading",
                "He's weights are random as well: the slowest of the networks that differ in their random numbers "
                "alone takes {draws:.1f} times the steps of the quickest (at most {draws.high:.1f}).",
                (above("scales_over_draws", 1.4),),
            ),
        ),
        control=Control(
            "Chance does make some difference: a factor of {draws:.1f}.",
            (between("draws", 1.02, 3.5),),
        ),
        verdict="misleading",
        correction="\"Random\" is no alternative to Glorot's and He's rules, which are random too. They choose the "
        "width, and that is what decides.",
        source="Glorot and Bengio 2010, section 4.2; He, Zhang, Ren and Sun 2015, section 2.2",
        neighbours=vary(
            depth=(3, 6), width=(32, 128), data=("printed digits", "uncentred digits"), small=(0.5,), large=(2.0,)
        ),
    ),
)
