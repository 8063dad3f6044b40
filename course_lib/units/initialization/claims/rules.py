"""Claims about the named rules: Glorot's, He's, LeCun's."""

from course_lib.claims import Claim, Control, Curves, Part, above, at_least, below, between, less_than, vary
from course_lib.units.initialization.experiments.named_rules import (
    alternating_widths,
    glorot_balance,
    relu_and_variants,
    twice_the_variance,
    whose_fans,
)
from course_lib.units.initialization.experiments.rules_in_training import (
    LONGER_RATES,
    RATES,
    SLOW_RATES,
    dead_by_scale,
    pairing,
    random_or_he,
)

UNIT = "initialization"
HE = "He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), section 2.2"
UNTRAINED = "{n_samples} normally distributed inputs of standard deviation {input_std}"
TO_THE_TARGET = (
    "300 samples of {data}, each pixel centred; steps in batches of 64 until the mean loss of five batches is below "
    "0.5, at most {limit}, each start at the best of its rates; means over {n_networks} networks"
)
SIZE = ("layer", "size of the signal")
TANH_AND_RELU = (
    "Xavier initialization works well for activation functions with zero mean output (like tanh), while He "
    'initialization, better suited for ReLU, scales weights to combat the "dying ReLU" problem.'
)


def _better_in(result) -> int:
    """In which directions 1 / fan_in leaves more than Glorot's compromise."""
    signal, gradient = (ratio < 0.5 for ratio in (result.signal_ratio, result.gradient_ratio))
    return 3 if signal and gradient else 2 if gradient else 1 if signal else 0


def _fading(result) -> int:
    """Which variants of ReLU end below a hundredth of the first layer's signal."""
    return 0 if result.swish > 0.01 else 1 if result.elu > 0.01 else 2 if result.leaky > 0.01 else 3


CLAIMS = (
    Claim(
        id="02.03",
        in_notes="N11-glorot-matches-variances",
        unit=UNIT,
        statement="Xavier/Glorot Initialization: A strategy that aims for the variance of the outputs of each layer to "
        "match the variance of its inputs, promoting a healthy flow of gradients. It involves initializing weights "
        "randomly based on the layer's number of inputs and outputs.",
        question="Twenty tanh layers of 16 and 128 units in turn. What keeps more than twice as much: Glorot's "
        "variance 2 / (fan_in + fan_out), or 1 / fan_in?",
        options=(
            "1 / fan_in for neither signal nor gradient",
            "1 / fan_in for the signal only",
            "1 / fan_in for the gradient only",
            "1 / fan_in for both",
        ),
        answer=_better_in,
        experiment=alternating_widths,
        setting="{pairs} pairs of {activation} layers, {narrow} and {wide} units wide, normal weights, "
        + UNTRAINED
        + ".",
        parts=(
            Part(
                "the variance of the outputs of each layer to match the variance of its inputs",
                "incomplete",
                "Of the signal's size Glorot's rule leaves {glorot_signal:.1e}, 1 / fan_in {lecun_signal:.2f}.",
                (below("signal_ratio", 0.2),),
            ),
            Part(
                "promoting a healthy flow of gradients",
                "incomplete",
                "Of a gradient {glorot_gradient:.1e} and {lecun_gradient:.2f}.",
                (below("gradient_ratio", 0.2),),
            ),
        ),
        control=Control(
            "Where all layers have {wide_shown:.0f} units, Glorot's rule leaves {even_signal:.2f} of the signal and "
            "{even_gradient:.2f} of the gradient.",
            (above("even_signal", 0.03), above("even_gradient", 0.03)),
        ),
        verdict="incomplete",
        correction="The rule is a compromise, and exact only where fan_in = fan_out. Between layers of n and m units "
        "and back it multiplies both variances by 4nm / (n + m)^2, which is below 1, and depth is its exponent. With "
        "1 / fan_in the factors n/m and m/n of the gradient cancel.",
        source=f"Glorot and Bengio 2010, eq. 12; {HE}, where one of the two directions is enough",
        neighbours=vary(
            narrow=(8, 32, 64),
            wide=(64, 256),
            pairs=(5, 20),
            activation=("identity", "elu"),
            n_samples=(32,),
            input_std=(0.3,),
        ),
    ),
    Claim(
        id="02.14",
        in_notes="N12-glorot-for-sigmoid",
        unit=UNIT,
        statement="Xavier/Glorot Initialization: Helps balance activation distribution across layers (used with "
        "Sigmoid/Tanh) by setting weights based on the number of input and output neurons.",
        question="Twenty sigmoid layers with Glorot's weights. The last layer's outputs differ between two inputs by "
        "... of what the first one's do.",
        options=("more than a twentieth", "about a thousandth", "less than a millionth"),
        answer=less_than("sigmoid", 0.05, 1e-6),
        experiment=glorot_balance,
        setting="{depth} untrained layers of {width} units, " + UNTRAINED + "; Glorot's normal weights, and "
        "{narrow_gain} times them. What differs between samples, after the last layer, as a share of that after the "
        "first.",
        parts=(
            Part(
                "used with Sigmoid",
                "wrong",
                "With the sigmoid {sigmoid:.0e} is left.",
                (below("sigmoid", 1e-6),),
            ),
            Part("used with Tanh", "holds", "With tanh {tanh:.2f}.", (above("tanh", 0.05),)),
            Part(
                "Helps balance activation distribution across layers",
                "holds",
                "Without activation {linear:.2f}.",
                (between("linear", 0.2, 5.0),),
            ),
        ),
        control=Control("With tanh and narrower weights {tanh_narrow:.0e}.", (below("tanh_narrow", 0.01),)),
        verdict="misleading",
        correction="The rule is derived for a slope of 1 at zero. It is right without activation and good for tanh. "
        "The sigmoid's slope is at most 1/4, so that with weights of this size about a quarter of what differs between "
        "samples gets through each layer; it would take far wider ones.",
        source="Glorot and Bengio 2010, section 4.2 (they assume f'(0) = 1)",
        neighbours=vary(depth=(12, 40), width=(16, 256), narrow_gain=(0.5, 0.7), n_samples=(32,), input_std=(0.3, 3.0)),
        curves=Curves(
            "layer",
            "spread between samples",
            lambda r: {"tanh": r.tanh_spreads, "sigmoid": r.sigmoid_spreads},
            log=True,
        ),
    ),
    Claim(
        id="02.15",
        in_notes="C09",
        unit=UNIT,
        statement="He Initialization: Specifically designed for ReLU and its variants, it uses a slightly higher "
        "variance to prevent vanishing gradients.",
        question="Twenty ReLU layers, weights of variance 2/n and 1/n: how many times as large is the signal after the "
        "last layer?",
        options=("1.4 to 3 times", "about 20 times", "more than 100 times"),
        answer=at_least("ratio", 5.0, 100.0),
        experiment=twice_the_variance,
        setting="{depth} untrained ReLU layers of {width} units, normal weights, the same random numbers for both, "
        + UNTRAINED
        + ".",
        parts=(
            Part(
                "a slightly higher variance",
                "misleading",
                "2/n keeps {he:.2f} of the first layer's signal to the last, 1/n {half:.0e}: a factor of {ratio:.0f}.",
                (above("ratio", 100.0),),
            ),
            Part(
                "to prevent vanishing gradients",
                "holds",
                "Of a gradient {he_gradient:.2f} is left, and {half_gradient:.0e}.",
                (between("he_gradient", 0.05, 20.0), below("half_gradient", 0.01)),
            ),
        ),
        control=Control("He's own factor stays near 1: {he:.2f}.", (between("he", 0.05, 20.0),)),
        verdict="misleading",
        correction="It is twice as much, because ReLU takes half of the mean square away, and the square root of 2 has "
        "the depth as its exponent. (For variants of ReLU see the next card.)",
        source=HE,
        neighbours=vary(depth=(16, 30, 40), width=(32, 64, 256), n_samples=(32,), input_std=(0.3, 3.0)),
        curves=Curves(*SIZE, lambda r: {"2 / n": r.he_sizes, "1 / n": r.half_sizes}, log=True),
    ),
    Claim(
        id="02.16",
        in_notes="N13-he-for-variants",
        unit=UNIT,
        statement="Initialization: He. Activation functions: ReLU and variants. sigma^2 (Normal): 2 / fan_in.",
        question="Thirty layers with He's weights: for which activations does less than a hundredth of the signal get "
        "to the end?",
        options=("for none", "Swish", "Swish and ELU", "Swish, ELU and leaky ReLU"),
        answer=_fading,
        experiment=relu_and_variants,
        setting="{depth} untrained layers of {width} units, He's normal weights, and half the variance for the "
        "control, " + UNTRAINED + "; leaky ReLU with slope "
        "0.01, PReLU with its first slope, 0.25.",
        parts=(
            Part("ReLU", "holds", "ReLU leaves {relu:.2f} of the signal.", (between("relu", 0.02, 50.0),)),
            Part(
                "and variants",
                "incomplete",
                "Leaky ReLU {leaky:.2f}, PReLU {prelu:.1f}, ELU {elu:.1f}; Swish {swish:.0e}.",
                (
                    between("leaky", 0.02, 50.0),
                    between("prelu", 0.02, 50.0),
                    between("elu", 0.02, 50.0),
                    below("swish", 0.01),
                ),
            ),
        ),
        control=Control(
            "With half of that variance ReLU fades as well: {relu_half:.0e}.", (below("relu_half", 0.005),)
        ),
        verdict="incomplete",
        correction="Compute E[phi(z)^2] for your activation. 2 / fan_in keeps ReLU, leaky ReLU and, roughly, PReLU "
        "with a slope of 0.25; ELU settles at a size of its own. Swish keeps 0.36 of the mean square instead of a "
        "half, and less the smaller z is: its signal fades.",
        source=f"{HE}; Hayou, Doucet and Rousseau 2019 for other activations",
        neighbours=vary(depth=(20, 50), width=(32, 64, 256), n_samples=(32,), input_std=(0.3, 3.0)),
        curves=Curves(*SIZE, lambda r: {"ReLU": r.relu_sizes, "ELU": r.elu_sizes, "Swish": r.swish_sizes}, log=True),
    ),
    Claim(
        id="02.17",
        in_notes="C72",
        unit=UNIT,
        statement="Techniques like Xavier/Glorot initialization and He initialization address this by scaling weights "
        "based on the number of neurons in the input and output layers.",
        question="A network of 64 inputs, 10 outputs and ten linear layers of 256 units. All weights get Glorot's "
        "variance for its input and output layers, 2 / (64 + 10). From the first to the last hidden layer the signal "
        "...",
        options=("keeps its size, within a factor of 3", "grows about thirtyfold", "grows more than a hundredfold"),
        answer=at_least("glorot_ends", 3.0, 100.0),
        experiment=whose_fans,
        setting="Untrained, {depth} layers of {width} units, {n_inputs} inputs, {n_outputs} outputs, {n_samples} "
        "normally distributed inputs; without activation for Glorot's rule, with ReLU for He's. Then every second "
        "layer is twice as wide.",
        parts=(
            Part(
                "Xavier/Glorot initialization [...] the number of neurons in the input and output layers",
                "wrong",
                "It grows by a factor of {glorot_ends:.0f}.",
                (above("glorot_ends", 100.0),),
            ),
            Part(
                "and He initialization",
                "wrong",
                "He's rule with the network's inputs: {he_ends:.0f}. With each layer's own fan_in, and no count of "
                "outputs, the signal is kept where widths alternate, too: {he_output_doubled:.1f}.",
                (above("he_ends", 30.0), between("he_output_doubled", 0.05, 20.0)),
            ),
        ),
        control=Control(
            "With each layer's own numbers: {glorot_own:.2f} (Glorot), {he_own:.2f} (He).",
            (between("glorot_own", 0.3, 3.0), between("he_own", 0.05, 20.0)),
        ),
        verdict="wrong",
        correction="What counts are the inputs and outputs of the layer that the matrix belongs to; and He's rule uses "
        "one of the two numbers, fan_in as a rule.",
        source=f"Glorot and Bengio 2010, eq. 12; {HE}",
        neighbours=vary(n_inputs=(32, 128), n_outputs=(2, 50), depth=(8, 16), width=(128, 512), n_samples=(32,)),
    ),
    Claim(
        id="02.18",
        in_notes="N14-xavier-for-tanh",
        unit=UNIT,
        statement=TANH_AND_RELU,
        question="Twelve tanh layers, each start at its best rate. Which takes fewer steps, Glorot's weights or He's, "
        "which are meant for ReLU?",
        options=("Glorot's", "no difference", "He's"),
        answer=at_least("tanh_gain", 0.85, 1.2),
        experiment=pairing,
        setting="Hidden layers of {width} units, {tanh_depth} of tanh or {relu_depth} of ReLU; Glorot's weights, He's, "
        "and {wide_gain} times Glorot's; " + TO_THE_TARGET + ".",
        rates={"all": (0.01, *RATES)},
        parts=(
            Part(
                "Xavier works well for activation functions with zero mean output (like tanh)",
                "misleading",
                "With tanh Glorot's weights take {tanh_glorot:.0f} steps (rate {tanh_glorot_rate:g}), He's "
                "{tanh_he:.0f} (rate {tanh_he_rate:g}).",
                (above("tanh_gain", 1.2),),
            ),
            Part(
                "while He initialization, better suited for ReLU",
                "holds",
                "With ReLU Glorot's {relu_glorot:.0f} (rate {relu_glorot_rate:g}), He's {relu_he:.0f} (rate "
                "{relu_he_rate:g}).",
                (above("relu_gain", 1.1),),
            ),
        ),
        control=Control(
            "Wider still is worse: {tanh_wide:.0f} with tanh.",
            (above("price_of_width", 1.3),),
        ),
        verdict="misleading",
        correction="Glorot's rule takes tanh for the line z, and tanh takes a part of the signal in each layer. The "
        "gain that makes up for it at variance 1 is 1.59; He's 1.41 is nearer to that than Glorot's 1. (What is said "
        "of dying units is the next card.)",
        source="Glorot and Bengio 2010, section 4.2; Poole, Lahiri, Raghu, Sohl-Dickstein and Ganguli 2016",
        neighbours=vary(tanh_depth=(8, 16, 20), relu_depth=(4, 8), width=(64,), data=("printed digits",)),
    ),
    Claim(
        id="02.19",
        in_notes="C71",
        unit=UNIT,
        statement=TANH_AND_RELU,
        question="Five ReLU layers, biases at 0. How many more units are dead before training if the weights have "
        "half of He's variance?",
        options=("far more", "a few more", "not one more"),
        answer=less_than("difference_before", 0.1, 1e-6),
        experiment=dead_by_scale,
        setting="Hidden layers of {width} ReLU units: {depth}, 300 samples of {data}, {epochs} epochs in batches of "
        "64, each start at the best of its rates; He's weights, half the variance, {wide_gain} times He's width; "
        "means over {n_networks} networks. Dead: off for every sample.",
        rates={"all": SLOW_RATES},
        parts=(
            Part(
                'scales weights to combat the "dying ReLU" problem',
                "misleading",
                "Before training {before:.1%} are dead either way. After it {he:.1%} with He's weights (rate "
                "{he_rate:g}), {half:.1%} with half the variance (rate {half_rate:g}); the losses are {he_loss:.2f} "
                "and {half_loss:.2f}.",
                (
                    between("difference_before", -1e-6, 1e-6),
                    between("difference", -0.05, 0.08),
                    above("loss_ratio", 1.2),
                ),
            ),
        ),
        control=Control(
            "A scale can kill: training turns off {wide:.0%} of the units that start with {wide_shown:g} times He's "
            "width.",
            (above("wide", 0.3),),
        ),
        verdict="misleading",
        correction="With biases at zero a factor on all weights changes no sign of z, so no unit more or less is off "
        "before training; and after it the factor of 2, which sets He's rule apart, has hardly saved one. It keeps the "
        "size of the signal, and the loss ends at a lower value. Far too wide a start does kill, through the steps "
        "that it causes, but any rule that avoids it does that much.",
        source=HE,
        neighbours=vary(
            depth=(3, 8), width=(32, 128), data=("digits", "printed digits"), wide_gain=(5.0,), epochs=(3, 10)
        ),
    ),
    Claim(
        id="02.20",
        in_notes="N15-he-saves-twenty-percent",
        unit=UNIT,
        statement="Case Study 1: A team working on image classification found that switching from random "
        "initialization to He initialization reduced training time by twenty percent while achieving comparable "
        "accuracy.",
        question="ReLU networks from normal weights of standard deviation 0.05, or from He's. Which share of the "
        "steps does He's start save with three hidden layers?",
        options=("none", "about a fifth", "more than half"),
        answer=at_least("saved_3", 0.05, 0.5),
        experiment=random_or_he,
        setting="1, 3 and 6 hidden ReLU layers of {width} units; normal weights of standard deviation {std}, and He's; "
        + TO_THE_TARGET
        + ". Accuracy after ten epochs, on the 1347 digits of which the network has seen 300.",
        rates={"all": LONGER_RATES},
        parts=(
            Part(
                "reduced training time by twenty percent",
                "misleading",
                "Saved: {saved_1:.0%} of the steps with one hidden layer, {saved_3:.0%} with three; with six the other "
                "start is not there after {random_6:.0f} steps, He's after {he_6:.0f}.",
                (between("saved_1", 0.03, 0.45), above("saved_3", 0.5), above("saved_6", 0.6)),
            ),
            Part(
                "while achieving comparable accuracy",
                "misleading",
                "One layer: {accuracy_he_1:.0%} with He's, {accuracy_random_1:.0%} without. Six: {accuracy_he_6:.0%} "
                "and {accuracy_random_6:.0%}.",
                (
                    between("accuracy_gained_1", -0.05, 0.05),
                    above("accuracy_he_6", 0.6),
                    below("accuracy_random_6", 0.3),
                ),
            ),
        ),
        control=Control(
            "Both starts are good enough for one layer: {random_1:.0f} steps, He's {he_1:.0f}.",
            (above("accuracy_random_1", 0.85), above("accuracy_he_1", 0.85)),
        ),
        verdict="misleading",
        correction="Such a number says nothing without the depth, the width and the standard deviation that He's was "
        "compared with: here it is anything from a fifth to all.",
        source=HE,
        neighbours=vary(std=(0.03, 0.07), width=(32, 128), data=("printed digits", "uncentred digits")),
    ),
)
