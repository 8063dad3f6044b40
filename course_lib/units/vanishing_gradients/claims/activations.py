"""Claims about what an activation function should be: range, centring, kinks, cost."""

from course_lib.claims.claim import Claim, Curves, above, at_least, below, between
from course_lib.units.vanishing_gradients.experiments.activation_properties import (
    elu_mean,
    gradient_signs,
    kink_hits,
    leaky_mean,
    sigmoid_range,
)
from course_lib.units.vanishing_gradients.experiments.activation_speed import centring_against_slope
from course_lib.units.vanishing_gradients.experiments.elementwise_cost import cost

UNIT = "vanishing_gradients"

CLAIMS = (
    Claim(
        id="C52-range",
        unit=UNIT,
        statement="The sigmoid's output lies in [0, 1].",
        question="Can the sigmoid return exactly 1, and exactly 0, for |z| up to 700 in float64?",
        options=("neither", "exactly 1, never 0", "both"),
        answer=lambda r: (r.large_at_one > 0) + (r.large_at_zero > 0),
        experiment=sigmoid_range,
        rule=(below("moderate_at_edge", 1e-9), above("large_at_one", 0.999), below("large_at_zero", 1e-9)),
        verdict="slip",
        evidence="For |z| up to 30 {moderate_at_edge:.0%} of the outputs are 0 or 1; above 40 "
        "{large_at_one:.0%} round to exactly 1, while below -40 none is 0: the smallest is "
        "{smallest:.0e}.",
        correction="The range is (0, 1), without its ends. In floating point it rounds to 1 for z above about "
        "37, because numbers are 1e-16 apart there; near 0 they lie far denser.",
        source="LeCun et al. 1998, section 4.4",
    ),
    Claim(
        id="C52-signs",
        unit=UNIT,
        statement="The sigmoid is not zero-centred, so the gradients of a layer are all positive or all negative.",
        question="Layer after a sigmoid, one example: which gradients share a sign?",
        options=("all of the layer", "those of one unit's incoming weights", "none"),
        answer=lambda r: 0 if r.per_layer > 0.5 else 1 if r.per_unit > 0.5 else 2,
        experiment=gradient_signs,
        rule=(above("per_unit", 0.999), below("per_layer", 0.01), below("per_unit_in_batch", 0.85)),
        verdict="misleading",
        evidence="For one example, {per_unit:.0%} of the units have incoming gradients of one sign, and "
        "{per_layer:.0%} of the examples give the whole layer one sign. Over a batch, "
        "{per_unit_in_batch:.0%} of the units are left.",
        correction="The argument is per unit and per example: the gradients of one unit's incoming weights are "
        "its delta times positive inputs. Other units have other signs, and a batch mixes the signs "
        "again.",
        source="LeCun et al. 1998, section 4.3",
    ),
    Claim(
        id="N03-centring-or-slope",
        unit=UNIT,
        statement="Training with the sigmoid is slow because it is not zero-centred; tanh is, and so it is faster.",
        question="Subtract 1/2 from the sigmoid, two hidden layers: how many fewer steps does training take?",
        options=("hardly any fewer", "half as many", "a fifth"),
        answer=at_least("gain_by_centring", 1.4, 3.0),
        experiment=centring_against_slope,
        rule=(below("gain_by_centring", 1.4), above("gain_by_tanh", 3.0)),
        verdict="misleading",
        evidence="The sigmoid takes {sigmoid:.0f} steps, the sigmoid minus 1/2 {centred:.0f}, tanh {tanh:.0f}: "
        "centring alone gains a factor of {gain_by_centring:.2f}, tanh {gain_by_tanh:.1f}.",
        correction="Tanh is faster, but here mostly because it is steeper: tanh(z) = 2 sigmoid(2z) - 1 has "
        "four times the slope. Centring alone does little in a shallow net with a slope of 1/4.",
        source="LeCun et al. 1998, section 4.4",
    ),
    Claim(
        id="N04-leaky-centred",
        unit=UNIT,
        statement="Leaky ReLU is close to zero-centred.",
        question="Mean over standard deviation of the output: leaky ReLU against ReLU?",
        options=("a tenth", "half", "nearly the same"),
        answer=at_least("ratio", 0.25, 0.75),
        experiment=leaky_mean,
        rule=(between("ratio", 0.95, 1.0),),
        verdict="wrong",
        evidence="For normally distributed inputs the mean is {relu:.2f} standard deviations with ReLU and "
        "{leaky_relu:.2f} with leaky ReLU.",
        correction="A slope of 0.01 moves the mean by about 1 %. Close to zero-centred are tanh, and ELU to "
        "some extent.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 2",
    ),
    Claim(
        id="H08-elu-mean",
        unit=UNIT,
        statement="ELU's negative outputs bring the mean activation closer to zero.",
        question="Mean over standard deviation in ten hidden layers: how much smaller with ELU than with ReLU?",
        options=("not smaller", "by more than a third", "a hundredfold"),
        answer=at_least("ratio", 1.5, 20.0),
        experiment=elu_mean,
        rule=(between("ratio", 1.5, 20.0),),
        verdict="holds",
        evidence="On average over the layers {elu:.2f} standard deviations with ELU, {relu:.2f} with ReLU.",
        correction="It holds: closer to zero, not at zero.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 3",
        curves=Curves(
            "hidden layer, from the input",
            "|mean| / standard deviation",
            lambda r: {"ReLU": r.relu_by_layer, "ELU": r.elu_by_layer},
        ),
    ),
    Claim(
        id="C53",
        unit=UNIT,
        statement="A good activation function should be differentiable.",
        question="Train with ReLU: how many of about a million inputs hit the kink at exactly 0?",
        options=("none or a handful", "about 1 %", "about half"),
        answer=lambda r: sum(r.hits >= share * r.evaluations for share in (1e-3, 0.1)),
        experiment=kink_hits,
        rule=(below("hits", 10), above("evaluations", 1e5), above("accuracy", 0.85)),
        verdict="misleading",
        evidence="{hits:.0f} of {evaluations:.0f} inputs were exactly 0 (at most {hits.high:.0f} per seed), "
        "and training reached an accuracy of {accuracy:.0%}.",
        correction="Differentiable almost everywhere is enough: at a kink any slope between those of the two "
        "sides serves, and training hardly ever asks for it.",
        source="Goodfellow, Bengio and Courville 2016, section 6.3; Nair and Hinton 2010",
    ),
    Claim(
        id="H09-exponentials",
        unit=UNIT,
        statement="Sigmoid and tanh are computationally expensive, because they need exponentials; ReLU is cheap.",
        question="A layer of 128 units, a batch of 128: what share of the matrix product's time does the sigmoid take?",
        options=("about an eighth", "about as long", "several times as long"),
        answer=at_least("sigmoid_share", 0.6, 2.0),
        experiment=cost,
        # timings, though of tasks that take turns in one run: an idle machine shows 17 and 0.13
        rule=(above("sigmoid_by_calls", 5.0), below("sigmoid_share", 0.6)),
        verdict="misleading",
        evidence="With one call of exp for each entry the sigmoid takes {sigmoid_by_calls:.0f} times as long as ReLU, "
        "with a polynomial for several entries at a time {sigmoid:.0f} times: then it is {sigmoid_share:.0%} "
        "of the layer's matrix product.",
        correction="A sigmoid costs more than a ReLU, but what a layer costs is its matrix product. An exponential is "
        "slow where it is computed one number at a time.",
        source="LeCun et al. 1998, section 4.4",
    ),
    Claim(
        id="C59",
        unit=UNIT,
        statement="ELU speeds up convergence without drastically increasing compute time.",
        question="A network of 4 layers with 128 units: how much longer does its forward pass take with ELU than with "
        "ReLU?",
        options=("less than 1.5 times as long", "about 2 times as long", "more than 3 times as long"),
        answer=at_least("elu_network", 1.5, 2.5),
        experiment=cost,
        # an idle machine shows 1.05
        rule=(below("elu_network", 1.5),),
        verdict="holds",
        evidence="Measured in the same run: {elu_network:.2f} times ReLU's time for the forward pass.",
        correction="It holds for the time of a step. How many steps ELU needs depends on the task and the rate, and "
        "has to be measured as well.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 4.1",
    ),
)
