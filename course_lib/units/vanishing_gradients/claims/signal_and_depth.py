"""Claims about depth: vanishing, exploding, degradation, and networks without activation functions."""

from functools import partial

import numpy as np

from course_lib.claims.claim import Claim, Curves, above, at_least, below, between, less_than
from course_lib.units.vanishing_gradients.experiments.depth_and_degradation import degradation, skip_connections
from course_lib.units.vanishing_gradients.experiments.depth_and_gradients import (
    change_by_layer,
    depth_effect,
    large_inputs,
    range_against_slope,
    tanh_at_two_scales,
)
from course_lib.units.vanishing_gradients.experiments.linear_networks import collapse

UNIT = "vanishing_gradients"

NORMS = Curves("weight matrix, from the input", "norm of its gradient", lambda r: {"gradient": r.norms}, log=True)

CLAIMS = (
    Claim(
        id="H01-sigmoid-vanishes",
        unit=UNIT,
        statement="With the sigmoid, gradients become very small on their way back to the early layers of a deep net.",
        question="From 2 to 20 hidden layers: what is left of the gradient at the first weight matrix?",
        options=("about the same", "about a tenth", "less than a millionth"),
        answer=less_than("ratio", 0.3, 1e-6),
        experiment=partial(depth_effect, activation="sigmoid", initialization="glorot_normal"),
        rule=(below("ratio", 1e-6),),
        verdict="holds",
        evidence="At {depth:.0f} hidden layers {ratio:.0e} of the gradient at 2 layers is left (at most "
        "{ratio.high:.0e}).",
        correction="It holds: each sigmoid multiplies the gradient by at most 1/4, and the weights do not make "
        "up for it.",
        source="Hochreiter 1991; Bengio, Simard and Frasconi 1994; Glorot and Bengio 2010, section 3",
        curves=NORMS,
    ),
    Claim(
        id="N01-tanh-vanishes",
        unit=UNIT,
        statement="Tanh makes gradients vanish in deep networks, just as the sigmoid does.",
        question="Tanh, 20 hidden layers, Glorot initialisation: what is left of the gradient at 2 layers?",
        options=("more than a tenth", "about a thousandth", "less than a millionth"),
        answer=less_than("glorot", 0.1, 1e-6),
        experiment=tanh_at_two_scales,
        rule=(above("glorot", 0.1), below("narrow", 1e-3)),
        verdict="misleading",
        evidence="With Glorot's variance {glorot:.2f} of the gradient is left at 20 layers, with a third of "
        "that variance (the usual choice before 2010) {narrow:.0e}.",
        correction="It depends on the scale of the weights. The slope of tanh is 1 at zero, so Glorot's "
        "variance keeps most of the gradient; with narrower weights activations shrink on the way "
        "forward and gradients on the way back.",
        source="Glorot and Bengio 2010, section 4.2",
        curves=Curves(
            "weight matrix, from the input",
            "norm of its gradient",
            lambda r: {"Glorot": r.glorot_norms, "a third of its variance": r.narrow_norms},
            log=True,
        ),
    ),
    Claim(
        id="C01",
        unit=UNIT,
        statement="Sigmoid and tanh cause vanishing gradients because their output range is limited.",
        question="sin(z) stays in [-1, 1]; z / 4 has no limits. Which one loses the gradient over 30 layers?",
        options=("sin(z)", "z / 4", "both", "neither"),
        answer=lambda r: (1, 3, 2, 0)[2 * (r.sine < 0.01) + (r.quarter >= 0.01)],
        experiment=range_against_slope,
        rule=(above("sine", 0.5), below("quarter", 1e-12), below("sigmoid", 1e-12)),
        verdict="misleading",
        evidence="After 30 layers sin(z), of limited range, leaves {sine:.1f} times the gradient; z / 4, of "
        "unlimited range, {quarter:.0e}; the sigmoid {sigmoid:.0e}.",
        correction="The slope is what counts: at most 1/4 for the sigmoid, at most 1 for tanh, and near 0 in "
        "the tails. A limited range implies flat tails for a monotone function, but the range "
        "itself does no harm.",
        source="Hochreiter 1991; Bengio, Simard and Frasconi 1994",
    ),
    Claim(
        id="H02-relu-he-keeps",
        unit=UNIT,
        statement="ReLU mitigates vanishing gradients.",
        question="ReLU, He initialisation, 50 hidden layers against 2: how does the first layer's gradient change?",
        options=("by less than a factor of 100", "it falls a millionfold", "it grows a millionfold"),
        answer=lambda r: 1 if r.ratio < 0.01 else 2 if r.ratio > 100 else 0,
        experiment=partial(depth_effect, activation="relu", initialization="he_normal", depth=50),
        rule=(between("ratio", 0.01, 100.0),),
        verdict="holds",
        evidence="At {depth:.0f} hidden layers {ratio:.2f} of the gradient at 2 layers is left "
        "({ratio.low:.2f} to {ratio.high:.2f}).",
        correction="It holds with weights of variance 2 / fan_in, which make up for the half that ReLU cuts off.",
        source="He et al. 2015, section 2.2",
        curves=NORMS,
    ),
    Claim(
        id="N02-relu-needs-scale",
        unit=UNIT,
        statement="The cure for vanishing gradients is ReLU or a similar activation function.",
        question="ReLU with weights of standard deviation 0.01, 20 hidden layers: what is left of the gradient?",
        options=("most of it", "about a thousandth", "practically nothing"),
        answer=less_than("ratio", 0.1, 1e-6),
        experiment=partial(depth_effect, activation="relu", initialization="normal 0.01"),
        rule=(below("ratio", 1e-12),),
        verdict="incomplete",
        evidence="With weights that are too small, ReLU leaves {ratio:.0e} of the gradient at {depth:.0f} layers.",
        correction="The activation is half of it; the scale of the weights is the other half. ReLU needs He's.",
        source="He et al. 2015, section 2.2",
        curves=NORMS,
    ),
    Claim(
        id="H03-scale-explodes",
        unit=UNIT,
        statement="Improper weight initialisation makes gradients explode as they move back through the network.",
        question="ReLU with twice He's standard deviation, 20 hidden layers: the first layer's gradient ...",
        options=("doubles", "grows about twentyfold", "grows more than a thousandfold"),
        answer=at_least("ratio", 6.0, 1e3),
        experiment=partial(depth_effect, activation="relu", initialization="he_normal", gain=2.0),
        rule=(above("ratio", 1e3),),
        verdict="holds",
        evidence="From 2 to {depth:.0f} layers the first layer's gradient grows by a factor of {ratio:.0e}.",
        correction="It holds: a factor of 2 per layer is a factor of 2 to the power of the depth.",
        source="Pascanu, Mikolov and Bengio 2013, section 2.1; He et al. 2015, section 2.2",
        curves=NORMS,
    ),
    Claim(
        id="H04-large-inputs",
        unit=UNIT,
        statement="Large input values can make gradients explode.",
        question="All inputs times 100, ReLU: what happens to the norm of the gradient?",
        options=("it stays", "it grows more than tenfold", "it shrinks"),
        answer=lambda r: 1 if r.ratio > 10 else 2 if r.ratio < 0.5 else 0,
        experiment=large_inputs,
        rule=(above("ratio", 10.0),),
        verdict="holds",
        evidence="Inputs a hundred times as large make the gradient {ratio:.0f} times as large (at least "
        "{ratio.low:.0f} times).",
        correction="It holds for ReLU, through which the scale of the inputs passes unhindered: standardise them.",
        source="LeCun et al. 1998, section 4.3",
    ),
    Claim(
        id="H05-early-layers-stagnate",
        unit=UNIT,
        statement="Vanishing gradients make the early layers learn slowly or not at all.",
        question="Six sigmoid layers, three epochs: how much farther does the last hidden layer move than the first?",
        options=("about as far", "2 to 5 times as far", "more than 10 times as far"),
        answer=at_least("ratio", 2.0, 10.0),
        experiment=change_by_layer,
        rule=(above("ratio", 10.0),),
        verdict="holds",
        evidence="Training changes the last hidden layer's weights by {last:.0%} of their norm, the first "
        "one's by {first:.2%}: a factor of {ratio:.0f}.",
        correction="It holds: a gradient that is small moves its layer little, while the late layers learn.",
        source="Glorot and Bengio 2010, section 3.1",
        curves=Curves("hidden layer, from the input", "relative change", lambda r: {"change": r.changes}, log=True),
    ),
    Claim(
        id="C02",
        unit=UNIT,
        statement="Too many layers cause vanishing gradients; that is why deeper networks train worse.",
        question="24 plain ReLU layers, He initialisation: are the gradients healthy, and how does it train?",
        options=("vanished, trains badly", "healthy, trains well", "healthy, trains badly"),
        answer=lambda r: 0 if r.norm_spread > 1e3 else 1 if r.loss_ratio < 1.5 else 2,
        experiment=degradation,
        rule=(below("norm_spread", 20.0), above("sigmoid_norm_spread", 1e6), above("loss_ratio", 1.8)),
        verdict="misleading",
        evidence="The gradient norms of the deep net lie within a factor of {norm_spread:.1f} (a sigmoid net "
        "of that depth: {sigmoid_norm_spread:.0e}), yet its lowest training loss is {deep_loss:.2f} "
        "against {shallow_loss:.2f} of the net of 4 layers.",
        correction="Depth can hurt training though no gradient vanishes: degradation is a difficulty of its "
        "own. He et al. call vanishing gradients an unlikely cause in their plain networks.",
        source="He et al. 2016 (Deep residual learning), section 4.1",
        curves=Curves(
            "weight matrix, from the input",
            "norm of its gradient",
            lambda r: {"ReLU, He": r.norms, "sigmoid, Glorot": np.maximum(r.sigmoid_norms, 1e-30)},
            log=True,
        ),
    ),
    Claim(
        id="H06-skip-connections",
        unit=UNIT,
        statement="Skip connections help deep networks to train.",
        question="24 layers with a skip around every two: how does the training loss compare with the plain net?",
        options=("higher", "about the same", "clearly lower"),
        answer=at_least("loss_ratio", 0.8, 1.25),
        experiment=skip_connections,
        rule=(above("loss_ratio", 1.5),),
        verdict="holds",
        evidence="Lowest training loss, each at its better rate: {plain_loss:.2f} without skips, "
        "{residual_loss:.2f} with them (at least {loss_ratio.low:.1f} times lower).",
        correction="It holds: every block starts near the identity, and its gradient has a path with slope 1.",
        source="He et al. 2016 (Deep residual learning), sections 3.1 and 4.1",
    ),
    Claim(
        id="H07-linear-without-activation",
        unit=UNIT,
        statement="Without activation functions a network is a linear model, however many layers it has.",
        question="Six matrices without activation on XOR: which accuracy does training reach?",
        options=("about 50 %", "about 75 %", "100 %"),
        answer=at_least("linear_accuracy", 0.65, 0.9),
        experiment=collapse,
        rule=(below("difference", 1e-9), below("linear_accuracy", 0.8), above("relu_accuracy", 0.95)),
        verdict="holds",
        evidence="The product of its matrices gives the same outputs to {difference.high:.0e}; accuracy on XOR "
        "{linear_accuracy:.0%}, with ReLU {relu_accuracy:.0%}.",
        correction="It holds: a product of matrices is a matrix (with biases: an affine map).",
        source="Leshno et al. 1993",
    ),
)
