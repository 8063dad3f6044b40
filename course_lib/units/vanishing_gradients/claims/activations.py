"""Claims about what an activation function should be: range, centring, kinks, cost."""

from course_lib.claims import Claim, Control, Curves, Part, above, at_least, below, between, vary
from course_lib.units.vanishing_gradients.experiments.activation_properties import (
    KINK_RATES,
    elu_mean,
    gradient_signs,
    kink_hits,
    leaky_mean,
    sigmoid_range,
)
from course_lib.units.vanishing_gradients.experiments.activation_speed import CENTRING_RATES, RATES, centring
from course_lib.units.vanishing_gradients.experiments.elementwise_cost import cost, elu_cost

UNIT = "vanishing_gradients"
EFFICIENT = "LeCun, Bottou, Orr and Müller 1998 (Efficient backprop)"

CLAIMS = (
    Claim(
        id="01.02",
        in_notes="C52-signs",
        unit=UNIT,
        statement="Non-Zero centered, mean is not = 0, training is slow because the gradient of one layer is either "
        "'+ve' or '-' for all nodes.",
        question="Layer after a sigmoid, one example: which gradients share a sign?",
        options=("all of the layer", "those of one unit's incoming weights", "none"),
        answer=lambda r: 0 if r.per_layer > 0.5 else 1 if r.per_unit > 0.5 else 2,
        experiment=gradient_signs,
        setting="Untrained networks of {depth} hidden layers of {width} units, Glorot's weights; the second weight "
        "matrix's gradients for each of {batch} samples of {data} (centred pixel by pixel unless they are called "
        "uncentred), and for all of them together. "
        "Steps: 300 samples, batches of 64, until the mean loss of five batches is below 0.5, each form at the best of "
        "four rates.",
        rates=CENTRING_RATES,
        parts=(
            Part(
                "the gradient of one layer is either '+ve' or '-' for all nodes",
                "wrong",
                "For one example {per_unit:.0%} of the units have incoming gradients of one sign, and {per_layer:.0%} "
                "of the examples give the whole layer one sign. Over the batch {per_unit_in_batch:.0%} of the units "
                "are left.",
                (above("per_unit", 0.999), below("per_layer", 0.01), below("per_unit_in_batch", 0.85)),
            ),
            Part(
                "Non-Zero centered, training is slow",
                "holds",
                "The sigmoid takes {gain_by_centring:.1f} times as many steps as the sigmoid minus 1/2.",
                (above("gain_by_centring", 1.15),),
            ),
        ),
        control=Control(
            "Under tanh {tanh_per_unit:.0%} of the units have incoming gradients of one sign.",
            (below("tanh_per_unit", 0.01),),
        ),
        verdict="misleading",
        correction="The argument is per unit and per example: the gradients of one unit's incoming weights are its "
        "delta times positive inputs. Other units have other signs, and a batch mixes the signs again. That centring "
        "helps is true.",
        source=f"{EFFICIENT}, section 4.3",
        neighbours=vary(depth=(3, 4), width=(16, 64), batch=(16, 256), data=("printed digits", "uncentred digits")),
    ),
    Claim(
        id="01.16",
        in_notes="C52-range",
        unit=UNIT,
        statement="Output is in range [0, 1], can be treated & used in output layer like binary classification as "
        "probability.",
        question="Can the sigmoid return exactly 1, and exactly 0, for |z| up to 700 in float64?",
        options=("neither", "exactly 1, never 0", "both"),
        answer=lambda r: (r.large_at_one > 0.01) + (r.large_at_zero > 0.01),
        experiment=sigmoid_range,
        setting="10,000 z between -{moderate_z} and {moderate_z}, and as many between {large_z} and 700, and their "
        "negatives.",
        parts=(
            Part(
                "[0, 1]",
                "slip",
                "From z = {large_z_shown:.0f} on {large_at_one:.0%} of the outputs are exactly 1; at the other end "
                "none is 0: the smallest is {smallest:.0e}.",
                (above("large_at_one", 0.999), below("large_at_zero", 1e-9)),
            ),
            Part(
                "as probability",
                "holds",
                "The outputs for z and for -z, the probabilities of the two classes, add up to 1 to {sum_error:.0e}.",
                (below("sum_error", 1e-12),),
            ),
        ),
        control=Control(
            "For moderate z {moderate_at_edge:.0%} of the outputs are 0 or 1.", (below("moderate_at_edge", 1e-9),)
        ),
        verdict="slip",
        correction="The range is (0, 1), without its ends; but in floating point it rounds to 1 for z above about 37, "
        "where 1 - p is 0 and its logarithm minus infinity. So compute a loss from z, not from the probability.",
        source=f"{EFFICIENT}, section 4.4; Goldberg 1991 (on rounding)",
        neighbours=vary(moderate_z=(10.0, 20.0, 36.0), large_z=(38.0, 50.0, 100.0)),
    ),
    Claim(
        id="01.17",
        in_notes="N03-centring-or-slope",
        unit=UNIT,
        statement="Sigmoid: Non-Zero centered, mean is not = 0, training is slow because the gradient of one layer is "
        "either '+ve' or '-' for all nodes. Tanh: Zero centered, both '+ve' & '-ve' gradients thus training is faster.",
        question="Two hidden layers, each form at its best rate. Subtract 1/2 from the sigmoid: how many steps does "
        "training then take?",
        options=("nearly as many", "about half as many", "a tenth"),
        answer=at_least("gain_by_centring", 1.2, 6.0),
        experiment=centring,
        setting="{depth} hidden layers of {width} units, {initialization}, {n_samples} samples of {data} (centred "
        "pixel by pixel unless they are called uncentred); steps in batches of 64 until the mean loss of five batches "
        "is below 0.5, each form at the best of four rates, and at {small_rate}.",
        rates=CENTRING_RATES,
        parts=(
            Part(
                "Sigmoid: Non-Zero centered, training is slow",
                "holds",
                "{sigmoid:.0f} steps with the sigmoid (rate {sigmoid_rate:g}), {centred:.0f} with the sigmoid minus "
                "1/2 (rate {centred_rate:g}).",
                (between("gain_by_centring", 1.2, 6.0),),
            ),
            Part(
                "Tanh: Zero centered, thus training is faster",
                "holds",
                "{tanh:.0f} with tanh (rate {tanh_rate:g}).",
                (above("gain_by_tanh", 1.5),),
            ),
        ),
        control=Control(
            "At one rate for both centring gains a factor of {gain_at_small_rate:.2f}. Tanh is the centred sigmoid "
            "with four times the slope; the slope gains a further factor of {gain_by_slope:.1f}.",
            (between("gain_at_small_rate", 0.8, 1.2), above("gain_by_slope", 1.2)),
        ),
        verdict="holds",
        correction="It holds when each form has its best rate: centring alone roughly halves the steps here. At one "
        "small rate for both it gains next to nothing; the centred form bears a larger one. (The reason that the "
        "lecture notes give, the signs, has a card of its own.)",
        source=f"{EFFICIENT}, section 4.4",
        neighbours=vary(
            depth=(1, 3),
            width=(16, 64),
            data=("printed digits", "uncentred digits"),
            n_samples=(600,),
            initialization=("he_normal", "lecun_normal"),
            small_rate=(0.5,),
        ),
    ),
    Claim(
        id="01.18",
        in_notes="N04-leaky-centred",
        unit=UNIT,
        statement="Leaky ReLU: for - value output is not 0 it is 0.01z. Close to 0 centered.",
        question="Mean over standard deviation of the output: leaky ReLU against ReLU?",
        options=("a tenth", "half", "nearly the same"),
        answer=at_least("ratio", 0.25, 0.75),
        experiment=leaky_mean,
        setting="20,000 normally distributed z with mean {mean} and standard deviation {std}; slope {slope} for "
        "negative z.",
        parts=(
            Part(
                "Close to 0 centered",
                "wrong",
                "The mean is {relu:.2f} standard deviations with ReLU and {leaky_relu:.2f} with leaky ReLU.",
                (between("ratio", 0.95, 1.0),),
            ),
        ),
        control=Control("It is {elu:.2f} with ELU and {tanh:.3f} with tanh.", (below("elu_ratio", 0.7),)),
        verdict="wrong",
        correction="A slope of 0.01 moves the mean by about 1 %. Close to zero-centred are tanh, and ELU to some "
        "extent.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 3",
        neighbours=vary(slope=(0.005, 0.02, 0.1, 0.3), mean=(-0.5, 0.2), std=(0.5, 2.0)),
    ),
    Claim(
        id="01.19",
        in_notes="H08-elu-mean",
        unit=UNIT,
        statement="ELU outputs negative values for negative inputs, bringing the average output closer to zero and "
        "alleviating vanishing gradients.",
        question="Mean over standard deviation in ten hidden layers: how much smaller with ELU than with ReLU?",
        options=("not smaller", "by a third or more", "twentyfold or more"),
        answer=at_least("ratio", 1.5, 20.0),
        experiment=elu_mean,
        setting="Untrained networks of {depth} hidden layers of {width} units, {initialization} for all, {n_samples} "
        "digits, each pixel centred.",
        parts=(
            Part(
                "bringing the average output closer to zero",
                "holds",
                "On average over the layers {elu:.2f} standard deviations with ELU, {relu:.2f} with ReLU.",
                (between("ratio", 1.5, 20.0),),
            ),
            Part(
                "alleviating vanishing gradients",
                "holds",
                "From 2 layers to all ELU leaves {elu_kept:.1f} of the first layer's gradient, the sigmoid "
                "{sigmoid_kept:.0e}.",
                (between("elu_kept", 0.1, 20.0), below("sigmoid_kept", 0.05)),
            ),
        ),
        control=Control(
            "ReLU, which is not centred, leaves {relu_kept:.1f}: the mean is not what keeps the gradient.",
            (between("relu_kept", 0.02, 50.0),),
        ),
        verdict="holds",
        correction="Both hold: closer to zero, not at zero. ReLU keeps the gradient as well; both have a slope of 1 "
        "for positive z.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 3",
        neighbours=vary(
            depth=(6, 20), width=(16, 32, 256), initialization=("glorot_normal", "lecun_normal"), n_samples=(16, 512)
        ),
        curves=Curves(
            "hidden layer, from the input",
            "|mean| / standard deviation",
            lambda r: {"ReLU": r.relu_by_layer, "ELU": r.elu_by_layer},
        ),
    ),
    Claim(
        id="01.20",
        in_notes="C53",
        unit=UNIT,
        statement="What is an ideal / good activation function: it should be differentiable. ReLU is not completely "
        "differentiable at 0.",
        question="Train with ReLU: how many of more than a million inputs hit the kink at exactly 0?",
        options=("fewer than one in a thousand", "about 1 %", "about half"),
        answer=lambda r: sum(r.hits >= share * r.evaluations for share in (1e-3, 0.1)),
        experiment=kink_hits,
        setting="One hidden layer of {width} units, He's weights, {n_samples} samples of {data} (centred pixel by "
        "pixel unless they are called uncentred), {epochs} epochs in batches of 64; ReLU and Swish, each at the best "
        "of three rates; {n_networks} networks, the median of their accuracies. And an untrained network of "
        "{narrow_depth} layers of {narrow_width} units.",
        rates={"both": KINK_RATES},
        parts=(
            Part(
                "it should be differentiable",
                "misleading",
                "{hits:.0f} of {evaluations:.0f} inputs were exactly 0 (at most {hits.high:.0f} per seed), and "
                "training reached an accuracy of {accuracy:.1%} (rate {rate:g}).",
                (below("hits", 10), above("evaluations", 1e5), above("accuracy", 0.85)),
            ),
        ),
        control=Control(
            "Swish, which has no kink, reached {smooth_accuracy:.1%} (rate {smooth_rate:g}). In the narrow network, "
            "where whole layers are off and biases are 0, {narrow_share:.0%} of the inputs are exactly 0.",
            (between("accuracy_lost", -0.2, 0.1), above("narrow_share", 0.01)),
        ),
        verdict="misleading",
        correction="Differentiable almost everywhere is enough: at a kink any slope between those of the two sides "
        "serves, and training an ordinary network hardly ever asks for it.",
        source="Goodfellow, Bengio and Courville 2016, section 6.3",
        neighbours=vary(width=(32, 128), data=("printed digits", "uncentred digits"), epochs=(10,), n_samples=(1000,)),
    ),
    Claim(
        id="01.21",
        in_notes="H09-exponentials",
        unit=UNIT,
        statement="Sigmoid: computationally expensive as we calculate exponents. Tanh: this is also computationally "
        "expensive. ReLU: computationally inexpensive.",
        question="A layer of 128 units, a batch of 128: the sigmoid next to the layer's matrix product takes ...",
        options=("clearly less time", "about as long", "more than twice as long"),
        answer=at_least("sigmoid_share", 0.75, 2.0),
        experiment=cost,
        timed=True,
        setting="float64, {batch} samples, {width} units, one core; the fastest of 25 repetitions, taken in turns.",
        # timings, though of tasks that take turns in one run: an idle machine shows 6, 6 and 25, and shares of a third
        parts=(
            Part(
                "Sigmoid and tanh: computationally expensive",
                "misleading",
                "Several entries at a time the sigmoid takes {sigmoid:.0f} times as long as ReLU and tanh {tanh:.0f} "
                "times; that is {sigmoid_share:.0%} and {tanh_share:.0%} of the layer's matrix product.",
                (above("sigmoid", 1.5), above("tanh", 1.5), below("sigmoid_share", 0.75), below("tanh_share", 0.75)),
            ),
            Part("ReLU: inexpensive", "holds", "ReLU takes {relu_share:.0%} of it.", (below("relu_share", 0.25),)),
        ),
        control=Control(
            "With one call of exp for each entry the sigmoid takes {sigmoid_by_calls:.0f} times as long as ReLU.",
            (above("sigmoid_by_calls", 5.0),),
        ),
        verdict="misleading",
        correction="A sigmoid costs several ReLUs, and still less than the matrix product in front of it. An "
        "exponential is slow where it is computed one number at a time.",
        source=f"{EFFICIENT}, section 4.4, which offers a ratio of polynomials for tanh",
        neighbours=vary(width=(64, 256, 512), batch=(32, 64, 512)),
    ),
    Claim(
        id="01.22",
        in_notes="C59",
        unit=UNIT,
        statement="ELU offers a balance between computational efficiency and performance by speeding up convergence "
        "without drastically increasing compute time.",
        question="ELU instead of ReLU in four layers: how do time per pass and number of steps, at the best rates, "
        "change?",
        options=(
            "much slower passes",
            "about the same time, as many steps",
            "about the same time, clearly fewer steps",
        ),
        answer=lambda r: 0 if r.time_ratio >= 1.6 else 1 + (r.gain >= 1.3),
        experiment=elu_cost,
        timed=True,
        setting="Time: the forward pass of 4 layers of {width} units for {batch} samples, the fastest of 25 "
        "repetitions taken in turns. Steps: {depth} hidden layers of {trained_width} units, He's weights, 300 samples "
        "of {data}, each pixel centred, batches of 64, until the mean loss of five batches is below 0.5, each at the "
        "best of seven rates.",
        rates={"both": RATES},
        parts=(
            Part(
                "speeding up convergence",
                "holds",
                "{elu_steps:.0f} steps with ELU (rate {elu_rate:g}), {relu_steps:.0f} with ReLU (rate {relu_rate:g}).",
                (above("gain", 1.3),),
            ),
            Part(
                "without drastically increasing compute time",
                "holds",
                "A forward pass takes {time_ratio:.2f} times as long.",
                # an idle machine shows 1.05
                (below("time_ratio", 1.6),),
            ),
        ),
        control=Control(
            "With a single hidden layer ELU gains a factor of {shallow_gain:.1f} in steps only.",
            (below("shallow_gain", 1.5),),
        ),
        verdict="holds",
        correction="It holds here, for networks of several layers: fewer steps of nearly the same length. Each was "
        "given its own best rate.",
        source="Clevert, Unterthiner and Hochreiter 2016, section 4.1",
        neighbours=vary(
            width=(64, 256), batch=(512,), depth=(2, 3, 8), trained_width=(16, 64), data=("printed digits",)
        ),
    ),
)
