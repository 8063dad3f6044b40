"""Claims about orthogonal weights, other distributions, and weights that the data scale."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.initialization.experiments.orthogonal_cost import orthogonal_cost
from course_lib.units.initialization.experiments.starts_compared import (
    DEEP_GAIN_RATES,
    DEEP_RATES,
    GAIN_RATES,
    LARGE_RATES,
    RATES,
    SHALLOW_RATES,
    SMALLER_GAIN_RATES,
    STANDARDISED_RATES,
    data_dependent,
    distributions,
    gain_scan,
    orthogonal_start,
)

UNIT = "initialization"
NETWORKS = (
    "300 samples of {data}, each pixel centred; steps in batches of 64 until the mean loss of five batches is below "
    "0.5, at most {limit}, each start at the best of its rates; means over {n_networks} networks"
)
SAXE = "Saxe, McClelland and Ganguli 2014"


def _when(result) -> int:
    """For which inputs scaling on the data saves a third of the steps."""
    standardised, unscaled = result.gain >= 1.5, result.gain_unscaled >= 1.5
    return (0 if unscaled else 1) if standardised else 2 if unscaled else 3


CLAIMS = (
    Claim(
        id="02.02",
        in_notes="N16-experimentation",
        unit=UNIT,
        statement="Choosing the right initialization method often requires experimentation and careful consideration "
        "of the network architecture and activation functions. [...] Experimentation is crucial to identifying the "
        "most suitable initialization method for a given task.",
        question="Compute the gain 1 / sqrt(E[phi(z)^2]), then try others, each at its best rate. Where does one of "
        "them save a fifth of the steps: in four layers (of tanh, ReLU or ELU), or in thirty of tanh?",
        options=("in neither", "in four layers only", "in thirty only", "in both"),
        answer=lambda r: int(r.worst_ratio >= 1.25) + 2 * int(r.deep_ratio >= 1.25),
        experiment=gain_scan,
        setting="{depth} hidden layers of {width} units, normal weights of standard deviation gain / sqrt(fan_in), the "
        "computed gain and {factors} times it; {deep} tanh layers, the computed gain and {part} times it, means over "
        "{n_deep} networks; otherwise " + NETWORKS + ".",
        rates={"four layers": GAIN_RATES, "thirty": DEEP_GAIN_RATES, "thirty, smaller gain": SMALLER_GAIN_RATES},
        parts=(
            Part(
                "careful consideration of the network architecture and activation functions",
                "holds",
                "The computed gains differ: {tanh_gain:.2f} (tanh), {relu_gain:.2f} (ReLU) and {elu_gain:.2f} (ELU).",
                (above("gain_ratio", 1.1),),
            ),
            Part(
                "Experimentation is crucial to identifying the most suitable initialization method",
                "incomplete",
                "Steps of the shallow networks with the computed gain, and with the best of all: {tanh:.0f} and "
                "{tanh_best:.0f} (tanh), {relu:.0f} and {relu_best:.0f} (ReLU), {elu:.0f} and {elu_best:.0f} (ELU). "
                "The deep one takes {deep:.0f} (rate {deep_rate:g}), and {deep_smaller:.0f} with the smaller gain "
                "(rate {deep_smaller_rate:g}): untrained, it makes a gradient {deep_gradient:.0f} times as large, and "
                "{deep_smaller_gradient:.1f} times.",
                (below("worst_ratio", 1.2), above("deep_ratio", 1.25), above("deep_gradient", 3.0)),
            ),
        ),
        control=Control(
            "A gain can be wrong in a shallow network, too: half of its own costs ReLU {half_costs:.1f} times the "
            "steps.",
            (above("half_costs", 1.4),),
        ),
        verdict="incomplete",
        correction="In a few dense layers the gain can be worked out, and no other of those tried is better by much. "
        "In many the size of z is not all that counts: with tanh's computed gain the gradient grows from layer to "
        "layer, and a smaller gain, which lets z shrink a little, trains in fewer steps. The formula says where to "
        "begin.",
        source="He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), section 2.2; Schoenholz, Gilmer, Ganguli "
        "and Sohl-Dickstein 2017, for deep tanh networks",
        neighbours=vary(
            depth=(3, 6),
            deep=(24, 40),
            width=(48,),
            data=("printed digits", "uncentred digits"),
            factors=((0.85, 1.2),),
            part=(0.75, 0.9),
        ),
    ),
    Claim(
        id="02.04",
        in_notes="C08",
        unit=UNIT,
        statement="Orthogonal Initialization: Preserves variance across layers and improves training stability, "
        "particularly for deep networks.",
        question="Twenty square orthogonal layers. What is left of the size of a signal: without activation, with "
        "tanh, with ReLU?",
        options=("all, all, all", "all, about a sixth, less than a tenth", "about a half of each"),
        answer=lambda r: 0 if r.relu > 0.5 else 1 if r.linear_error < 1e-6 else 2,
        experiment=orthogonal_start,
        setting="{signal_depth} untrained layers of {signal_width} units, 128 normally distributed inputs. Training: "
        "tanh, {depth} and {shallow_depth} hidden layers of {width} units, orthogonal weights against normal ones of "
        "variance 1 / fan_in, " + NETWORKS + ".",
        rates={"deep": DEEP_RATES, "shallow": SHALLOW_RATES},
        parts=(
            Part(
                "Preserves variance across layers",
                "incomplete",
                "Without activation no sample's norm changes by more than {linear_error.high:.0e}; tanh leaves "
                "{tanh:.2f} of the size, ReLU {relu:.0e}.",
                (below("linear_error", 1e-9), between("tanh", 0.03, 0.5), below("relu", 0.1)),
            ),
            Part(
                "and improves training stability, particularly for deep networks",
                "holds",
                "Deep: {deep:.0f} steps (rate {deep_rate:g}), from normal weights {deep_normal:.0f} (rate "
                "{deep_normal_rate:g}). Shallow: {shallow:.0f} and {shallow_normal:.0f}.",
                (above("deep_gain", 1.25), between("shallow_gain", 0.8, 1.25)),
            ),
        ),
        control=Control(
            "Normal weights change a sample's norm by up to {normal_error:.0%}; ReLU with the gain sqrt(2) leaves "
            "{relu_with_gain:.1f}.",
            (above("normal_error", 0.2), between("relu_with_gain", 0.05, 20.0)),
        ),
        verdict="incomplete",
        correction="It preserves norms, and in linear layers only: exactly, for every input, where others do so on "
        "average. An activation needs its gain here as elsewhere, sqrt(2) for ReLU. In deep networks it trains in "
        "fewer steps.",
        source=SAXE,
        neighbours=vary(
            depth=(8, 24),
            shallow_depth=(1, 3),
            width=(16, 64),
            signal_depth=(10, 40),
            signal_width=(32, 128),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="02.05",
        in_notes="H19-data-dependent",
        unit=UNIT,
        statement="Moreover, adaptive initialization methods that adjust weights based on the data during early "
        "training iterations offer a dynamic approach to optimization. This involves using the data itself to shape "
        "the initial weight configurations, leading to potentially faster convergence and improved performance.",
        question="Six ReLU layers with He's weights, or with the same weights after LSUV has scaled each layer on the "
        "data. Inputs are standardised, or 30 times as large. Where does LSUV save a third of the steps?",
        options=("with both", "with standardised inputs only", "with the large inputs only", "with neither"),
        answer=_when,
        experiment=data_dependent,
        setting="{depth} hidden {activation} layers of {width} units, inputs of variance 1, and {factor} times as "
        "large; " + NETWORKS + ".",
        rates={"standardised": STANDARDISED_RATES, "large": LARGE_RATES},
        parts=(
            Part(
                "leading to potentially faster convergence",
                "incomplete",
                "Large inputs: {scaled_unscaled:.0f} steps with LSUV (rate {scaled_unscaled_rate:g}), "
                "{rule_unscaled:.0f} without (rate {rule_unscaled_rate:g}). Standardised: {scaled:.0f} (rate "
                "{scaled_rate:g}) and {rule:.0f} (rate {rule_rate:g}).",
                (above("gain_unscaled", 1.5), between("gain", 0.67, 1.5)),
            ),
        ),
        control=Control(
            "There is something to mend: before training the outputs have the size {size_unscaled:.0f} with large "
            "inputs, {size:.1f} with standardised ones. LSUV makes it 1.",
            (above("size_unscaled", 5.0), between("size", 0.2, 3.0)),
        ),
        verdict="incomplete",
        correction="Looking at the data pays where the derivation's assumption fails, as with inputs of another size. "
        "Where it is met, computed weights do nearly as well in layers of this width; in eight layers of 32 units "
        "LSUV saves some steps there, too. (LSUV looks before the first step, not during training. What the networks "
        "reach in the end was not compared.)",
        source="Mishkin and Matas 2016, algorithm 1",
        neighbours=vary(
            activation=("elu", "tanh"), depth=(4, 10), width=(32, 96), data=("printed digits",), factor=(10.0, 100.0)
        ),
    ),
    Claim(
        id="02.22",
        in_notes="C78",
        unit=UNIT,
        statement="This less common approach minimizes the risk of vanishing or exploding gradients, ensuring "
        "consistent signal propagation during backpropagation. The trade-off often lies in the increased "
        "computational complexity of creating orthogonal matrices for larger networks.",
        question="Four matrices of 256 x 256. How many steps of training, in batches of 64, take as long as making "
        "them orthogonal?",
        options=("fewer than a hundred", "some hundreds", "thousands"),
        answer=at_least("in_steps", 100.0, 1000.0),
        experiment=orthogonal_cost,
        timed=True,
        setting="{depth} square matrices of {width} x {width}, and steps in batches of 64 through tanh layers of that "
        "number and width, on {n_samples} samples of {data}; the quickest of three measurements. Gradients: twenty "
        "orthogonal layers of 64 units.",
        rates={},
        parts=(
            Part(
                "minimizes the risk of vanishing or exploding gradients",
                "incomplete",
                "Without activation {linear_gradient:.2f} of a gradient is left, with tanh {tanh_gradient:.2f}, with "
                "ReLU {relu_gradient:.0e}.",
                (
                    between("linear_gradient", 0.8, 1.25),
                    between("tanh_gradient", 0.05, 0.6),
                    below("relu_gradient", 0.01),
                ),
            ),
            Part(
                "The trade-off often lies in the increased computational complexity",
                "misleading",
                "It takes {orthogonal_ms:.0f} ms, once: as long as {in_steps:.0f} steps (at most {in_steps.high:.0f}).",
                (below("in_steps", 100.0),),
            ),
        ),
        control=Control(
            "Normal weights are cheaper indeed: {normal_ms:.1f} ms, a factor of {over_normal:.1f}.",
            (above("over_normal", 1.2),),
        ),
        verdict="misleading",
        correction="One QR decomposition for each matrix, at the start. It costs several times as much as drawing the "
        "numbers, and a few steps of training; a whole training takes thousands. What it does ask for is the gain of "
        "the activation: without it ReLU's gradient vanishes.",
        source=f"{SAXE}; Mezzadri 2007",
        neighbours=vary(depth=(2, 8), width=(64, 128, 512), n_samples=(320,), data=("printed digits",)),
    ),
    Claim(
        id="02.23",
        in_notes="N17-other-distributions",
        unit=UNIT,
        statement="Advanced strategies include exploring different distributions for weight initialization, going "
        "beyond the common Gaussian or uniform distributions. Investigating alternative distributions tailored to "
        "specific network architectures or datasets might uncover hidden potential for enhanced learning.",
        question="Eight tanh layers, each start at its best rate. Weights that are +s or -s by the toss of a coin, "
        "with the variance of the normal ones: how many steps?",
        options=("less than two thirds as many", "about as many", "more than one and a half times as many"),
        answer=lambda r: 0 if r.best_other < 0.67 else 2 if r.worst_other > 1.5 else 1,
        experiment=distributions,
        setting="tanh, {depth} hidden layers of {width} units, normal, uniform, two-point and Laplace weights of "
        "variance 1 / fan_in, and normal ones of half of it; " + NETWORKS + ". Signals: {signal_depth} untrained "
        "layers of {signal_width} units.",
        rates={"all": RATES},
        parts=(
            Part(
                "",
                "misleading",
                "Steps: {normal:.0f} from normal weights, {uniform:.0f} from uniform, {two_points:.0f} from two "
                "points, {laplace:.0f} from Laplace's distribution. Signals at the end: {normal_signal:.2f}, "
                "{two_points_signal:.2f}, {laplace_signal:.2f} (normal, two points, Laplace).",
                (above("best_other", 0.67), below("worst_other", 1.5)),
            ),
        ),
        control=Control(
            "Half the variance takes {narrow_over_normal:.1f} times the steps.", (above("narrow_over_normal", 1.5),)
        ),
        verdict="misleading",
        correction="A unit adds up many inputs, and of the distribution of its weights one number is left then: the "
        "variance. Nothing was hidden in the three others tried here. (Weights that depend on each other, as those of "
        "orthogonal matrices do, are another matter.)",
        source="Glorot and Bengio 2010, section 4.2, and He, Zhang, Ren and Sun 2015, section 2.2, whose derivations "
        "use the variance alone",
        neighbours=vary(depth=(4, 12), width=(16, 64), data=("printed digits", "uncentred digits"), signal_depth=(40,)),
    ),
)
