"""Claims about depth: what makes a gradient vanish or explode, and what does not."""

from course_lib.claims import Claim, Control, Curves, Part, above, at_least, below, between, less_than, vary
from course_lib.units.vanishing_gradients.experiments.depth_and_gradients import (
    explosion,
    large_inputs,
    range_against_slope,
    relu_keeps,
    sigmoid_and_tanh,
    small_weights,
    tanh_at_three_scales,
)

UNIT = "vanishing_gradients"
BY_LAYER = "weight matrix, from the input"
NORM = "norm of its gradient"
EXPLODING = (
    "Exploding Gradient Problem: Happens when gradients grow exponentially large as we move backward through the "
    "network, causing overly large updates to the weights and leading to an unstable training process. It can result "
    "from deep network architectures, large input values, or improper weight initialization, leading to numerical "
    "instability."
)
UNTRAINED = (
    "Untrained networks of {width} units a layer on {n_samples} digits, each pixel centred; the gradient of the first "
    "weight matrix at {depth} hidden layers, as a share of that at 2."
)

CLAIMS = (
    Claim(
        id="01.01",
        in_notes="C01",
        unit=UNIT,
        statement="Sigmoid and Tanh cause vanishing gradients due to their limited output range. Gradients become very "
        "small as they propagate backward through layers, making deep networks difficult to train.",
        question="sin(z) stays in [-1, 1]; z / 4 has no limits. Which one loses the gradient over 30 layers?",
        options=("sin(z)", "z / 4", "both", "neither"),
        answer=lambda r: (1, 3, 2, 0)[2 * (r.sine < 0.01) + (r.quarter >= 0.01)],
        experiment=range_against_slope,
        setting="{depth} layers of {width} units, the same weights for all activations: normal, of variance {variance} "
        "/ {width}; {n_samples} inputs of standard deviation {input_std}. What is left of the norm of a gradient that "
        "starts behind the last layer.",
        parts=(
            Part("Sigmoid", "holds", "The sigmoid leaves {sigmoid:.0e} of the gradient.", (below("sigmoid", 1e-7),)),
            Part("and Tanh", "incomplete", "Tanh leaves {tanh:.2f} with these weights.", (above("tanh", 0.03),)),
            Part(
                "due to their limited output range",
                "wrong",
                "sin(z), of limited range, leaves {sine:.2f} (at least {sine.low:.2f}); z / 4, of unlimited range, "
                "{quarter:.0e}.",
                (above("sine", 0.05), below("quarter", 1e-7)),
            ),
        ),
        control=Control(
            "z itself, of unlimited range and with a slope of 1, leaves {line:.2f}.", (above("line", 0.1),)
        ),
        verdict="misleading",
        correction="The slope is what counts: at most 1/4 for the sigmoid, 1 at zero for tanh and the sine, near 0 in "
        "the tails. A limited range forces flat tails on a function that only rises; the range itself does no harm. "
        "(Tanh with narrower weights, and what a small gradient does to training, are other cards.)",
        source="Hochreiter 1991; Bengio, Simard and Frasconi 1994",
        neighbours=vary(depth=(15, 60), width=(16, 256), variance=(0.5, 2.0), n_samples=(16,), input_std=(0.1, 3.0)),
    ),
    Claim(
        id="01.07",
        in_notes="H01-sigmoid-vanishes",
        unit=UNIT,
        statement="Vanishing Gradient Problem: Occurs in deep neural networks when gradients become very small, "
        "preventing the network's weights from updating effectively. This is often due to the use of certain "
        "activation functions like sigmoid or tanh, leading to slow or stagnant learning in early layers.",
        question="Sigmoid, from 2 to 20 hidden layers: what is left of the gradient at the first weight matrix?",
        options=("more than a third", "about a tenth", "less than a millionth"),
        answer=less_than("sigmoid", 0.3, 1e-6),
        experiment=sigmoid_and_tanh,
        setting=UNTRAINED + " Initialisation: {initialization}, times {gain}.",
        parts=(
            Part(
                "activation functions like sigmoid",
                "holds",
                "The sigmoid leaves {sigmoid:.0e} (at most {sigmoid.high:.0e}).",
                (below("sigmoid", 1e-6),),
            ),
            Part("or tanh", "incomplete", "With the same weights tanh leaves {tanh:.2f}.", (above("tanh", 0.03),)),
        ),
        control=Control("ReLU with He's weights leaves {relu:.2f}.", (above("relu", 0.005),)),
        verdict="incomplete",
        correction="It holds for the sigmoid with the usual weights: each layer multiplies the gradient by at most "
        "1/4, and the weights do not make up for it. Tanh needs narrower weights than Glorot's to do the same. (What "
        "that does to learning in early layers is another card.)",
        source="Hochreiter 1991; Bengio, Simard and Frasconi 1994; Glorot and Bengio 2010, section 4.2",
        neighbours=vary(
            depth=(12, 40),
            width=(16, 256),
            initialization=("lecun_normal", "he_normal", "normal 1"),
            gain=(0.7, 2.0),
            n_samples=(16,),
        ),
        curves=Curves(BY_LAYER, NORM, lambda r: {"sigmoid": r.sigmoid_norms, "tanh": r.tanh_norms}, log=True),
    ),
    Claim(
        id="01.08",
        in_notes="N01-tanh-vanishes",
        unit=UNIT,
        statement="Tanh is a saturating function, prone to vanishing gradient.",
        question="Tanh, weights so wide that many units saturate: what becomes of the first layer's gradient from 2 "
        "layers to 20?",
        options=("it vanishes", "it stays within a factor of five", "it grows more than fivefold"),
        answer=at_least("wide", 0.2, 5.0),
        experiment=tanh_at_three_scales,
        setting=UNTRAINED
        + " Glorot's normal weights, the same times {narrow_gain} (usual before 2010) and times {wide_gain}.",
        parts=(
            Part(
                "a saturating function",
                "misleading",
                "Wide weights put {saturated:.0%} of the slopes below a hundredth of the largest one (Glorot's "
                "{glorot_saturated:.0%}), and the gradient grows by a factor of {wide:.0f}.",
                (above("saturated", 0.1), below("glorot_saturated", 0.02), above("wide", 5.0)),
            ),
            Part(
                "prone to vanishing gradient",
                "incomplete",
                "With Glorot's variance tanh leaves {glorot:.2f} (at least {glorot.low:.2f}), with a third of that "
                "variance {narrow:.0e}.",
                (above("glorot", 0.1), below("narrow", 0.03)),
            ),
        ),
        control=Control("The sigmoid with Glorot's variance leaves {sigmoid:.0e}.", (below("sigmoid", 1e-6),)),
        verdict="misleading",
        correction="It depends on the scale of the weights, and not by way of saturation. The slope of tanh is 1 at "
        "zero, so Glorot's variance keeps most of the gradient; with narrower weights, which saturate nothing, signals "
        "and gradients shrink; with wide ones the weights outweigh the slopes that saturation takes.",
        source="Glorot and Bengio 2010, section 4.2",
        neighbours=vary(
            depth=(14, 40), width=(16, 256), narrow_gain=(0.5, 0.8), wide_gain=(2.0, 4.0), n_samples=(16, 512)
        ),
        curves=Curves(
            BY_LAYER,
            NORM,
            lambda r: {
                "tanh, Glorot": r.glorot_norms,
                "tanh, narrow": r.narrow_norms,
                "tanh, wide": r.wide_norms,
                "sigmoid": r.sigmoid_norms,
            },
            log=True,
        ),
    ),
    Claim(
        id="01.09",
        in_notes="H02-relu-he-keeps",
        unit=UNIT,
        statement="ReLU mitigates vanishing gradients by outputting zero for negative values and the identity function "
        "for positive values.",
        question="ReLU, He initialisation, 50 hidden layers against 2: how does the first layer's gradient change?",
        options=("by less than a factor of 100", "it falls a millionfold", "it grows a millionfold"),
        answer=lambda r: 1 if r.relu < 0.01 else 2 if r.relu > 100 else 0,
        experiment=relu_keeps,
        setting=UNTRAINED + " ReLU with {gain} times He's weights, sigmoid with {gain} times Glorot's.",
        parts=(
            Part(
                "ReLU mitigates vanishing gradients",
                "holds",
                "ReLU leaves {relu:.2f} ({relu.low:.2f} to {relu.high:.2f}), the sigmoid {sigmoid:.0e}.",
                (between("relu", 0.01, 100.0), below("sigmoid", 1e-9)),
            ),
        ),
        control=Control(
            "A ReLU with slope 1/4 for positive values leaves {quarter:.0e}: it is the slope of 1 that does it.",
            (below("quarter", 1e-9),),
        ),
        verdict="holds",
        correction="It holds with weights of variance 2 / fan_in, which make up for the half that ReLU cuts off, and "
        "layers that are not too narrow.",
        source="He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), section 2.2",
        neighbours=vary(depth=(20, 30), width=(8, 16, 32, 256), gain=(0.8, 1.2), n_samples=(16,)),
        curves=Curves(BY_LAYER, NORM, lambda r: {"ReLU": r.relu_norms, "sigmoid": r.sigmoid_norms}, log=True),
    ),
    Claim(
        id="01.10",
        in_notes="N02-relu-needs-scale",
        unit=UNIT,
        statement="For Vanishing Gradients: Utilize ReLU or similar activation functions and include skip connections "
        "to facilitate gradient flow.",
        question="ReLU with weights of standard deviation 0.01, 20 hidden layers: which networks keep the gradient?",
        options=("with skips and without", "only with skips", "neither"),
        answer=lambda r: 0 if r.plain > 0.1 else 1 if r.skips > 0.1 else 2,
        experiment=small_weights,
        setting=UNTRAINED
        + " Normal weights of standard deviation {std}, and He's; skips around every layer but the first.",
        parts=(
            Part("Utilize ReLU", "incomplete", "ReLU alone leaves {plain:.0e}.", (below("plain", 1e-9),)),
            Part(
                "and include skip connections",
                "holds",
                "ReLU with skips leaves {skips:.1f}.",
                (between("skips", 0.1, 10.0),),
            ),
        ),
        control=Control(
            "With He's weights ReLU alone leaves {he:.1f}, and with skips, whose branches then add up, it grows to "
            "{he_skips:.0f}.",
            (between("he", 0.005, 200.0), above("he_skips", 100.0)),
        ),
        verdict="incomplete",
        correction="Skips save the gradient where the weights are too small, ReLU alone does not. The scale of the "
        "weights is the third thing: He's for a plain network, and less than He's on the branches beside a skip.",
        source="He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers), section 2.2; Zhang, Dauphin and Ma 2019 "
        "(Fixup)",
        neighbours=vary(depth=(14, 40), width=(16, 128), std=(0.001, 0.03), n_samples=(16, 512)),
        curves=Curves(BY_LAYER, NORM, lambda r: {"plain": r.plain_norms, "with skips": r.skips_norms}, log=True),
    ),
    Claim(
        id="01.11",
        in_notes="H03-scale-explodes",
        unit=UNIT,
        statement=EXPLODING,
        question="ReLU with twice He's standard deviation, 20 hidden layers: the first layer's gradient ...",
        options=("doubles", "grows about twentyfold", "grows more than a thousandfold"),
        answer=at_least("full", 6.0, 1e3),
        experiment=explosion,
        setting=UNTRAINED + " {activation} with {gain} times He's weights, with He's, and with half of these.",
        parts=(
            Part(
                "can result from improper weight initialization",
                "holds",
                "Twice the width makes it grow by a factor of {full:.0e} (at least {full.low:.0e}).",
                (above("full", 1e3),),
            ),
            Part(
                "grow exponentially",
                "holds",
                "By layer it grows by a factor of {half_factor:.2f} over the first half of the depth and {factor:.2f} "
                "over the second.",
                (between("half_factor", 1.4, 2.6), between("factor", 1.4, 2.6)),
            ),
            Part(
                "can result from deep network architectures",
                "incomplete",
                "At the same depth He's own width leaves {he:.1f} of it.",
                (between("he", 0.005, 200.0),),
            ),
        ),
        control=Control("Half of He's width leaves {narrow:.0e}.", (below("narrow", 0.02),)),
        verdict="incomplete",
        correction="Unsuitable weights make gradients explode: a factor of 2 a layer is a factor of 2 to the power of "
        "the depth. Depth by itself does not; it is the exponent, whatever the factor. (Large inputs and unstable "
        "training have cards of their own.)",
        source="Pascanu, Mikolov and Bengio 2013, section 2.1; He, Zhang, Ren and Sun 2015, section 2.2",
        neighbours=vary(depth=(14, 40), width=(16, 128), activation=("leaky_relu", "elu", "tanh"), n_samples=(16, 512)),
        curves=Curves(BY_LAYER, NORM, lambda r: {"twice He's": r.norms, "He's": r.he_norms}, log=True),
    ),
    Claim(
        id="01.12",
        in_notes="H04-large-inputs",
        unit=UNIT,
        statement=EXPLODING,
        question="All inputs times 100, five ReLU layers: which gradients grow about a hundredfold?",
        options=("none", "those of all layers alike", "that of the first layer much more than that of the last"),
        answer=lambda r: 0 if r.growth < 10 else 1 if r.growth_backwards < 5 else 2,
        experiment=large_inputs,
        setting="Untrained networks of {depth} hidden layers of {width} units, {activation}, He's weights, 256 samples "
        "of {data}, each pixel centred, and the same times {factor}.",
        parts=(
            Part(
                "can result from large input values",
                "holds",
                "The gradient's norm becomes {growth:.0f} times as large (at least {growth.low:.0f} times).",
                (above("growth", 10.0),),
            ),
            Part(
                "grow exponentially large as we move backward",
                "wrong",
                "The first layer's grows {growth_backwards:.2f} times as much as the output layer's.",
                (between("growth_backwards", 0.1, 2.0),),
            ),
        ),
        control=Control(
            "At the inputs' own scale all norms are of one size: the largest is {spread:.1f} times the smallest.",
            (below("spread", 10.0),),
        ),
        verdict="misleading",
        correction="ReLU passes on a factor: inputs a hundred times as large make every layer's gradient about a "
        "hundred times as large, at any depth, and nothing adds up from layer to layer. A rate a hundred times too "
        "large for all is trouble enough: standardise the inputs.",
        source="LeCun, Bottou, Orr and Müller 1998 (Efficient backprop), section 4.3",
        neighbours=vary(
            depth=(2, 10),
            width=(16, 256),
            factor=(30.0, 1000.0),
            activation=("leaky_relu", "tanh"),
            data=("printed digits",),
        ),
    ),
)
