"""Claims about depth: what it does to training, with and without skip connections and activation functions."""

from course_lib.claims import Claim, Control, Curves, Part, above, at_least, below, between, vary
from course_lib.units.vanishing_gradients.experiments.depth_and_degradation import (
    PLAIN_RATES,
    SCALED_RATES,
    SHALLOW_RATES,
    UNSCALED_RATES,
    degradation,
    skip_connections,
)
from course_lib.units.vanishing_gradients.experiments.depth_and_gradients import (
    SHALLOW_SIGMOID_RATES,
    SIGMOID_RATES,
    TANH_RATES,
    change_by_layer,
)
from course_lib.units.vanishing_gradients.experiments.linear_networks import collapse

UNIT = "vanishing_gradients"
BRANCHES = (
    "A branch is two layers with a ReLU between them; its last weights start at 1 / sqrt(number of branches) of He's."
)

CLAIMS = (
    Claim(
        id="01.05",
        in_notes="C02",
        unit=UNIT,
        statement="Too many layers can cause vanishing gradients (use skip connections like in ResNets to mitigate).",
        question="24 plain ReLU layers, He initialisation, the best of four rates: are the gradients healthy at the "
        "start, and how does it train next to 4 layers?",
        options=("vanished, trains badly", "healthy, trains as well", "healthy, trains far more slowly"),
        answer=lambda r: 0 if r.norm_spread > 1e3 else 1 if r.loss_ratio < 2 else 2,
        experiment=degradation,
        setting="ReLU with He's weights, {width} units a layer, {depth} hidden layers against {shallow_depth}; "
        "{n_samples} samples of {data}, each pixel centred, {epochs} epochs in batches of 64, each network at the best "
        "of its rates; and {depth} layers with skips. " + BRANCHES,
        rates={"4 layers": SHALLOW_RATES, "24 layers": PLAIN_RATES, "24 layers with skips": SCALED_RATES},
        parts=(
            Part(
                "Too many layers can cause vanishing gradients",
                "misleading",
                "At the start, the norms of the weight matrices' gradients at {depth_of_norms:.0f} layers lie within a "
                "factor of {norm_spread:.1f} of each other. Yet after the last epoch the deep network's loss is "
                "{deep:.2f} (rate {deep_rate:g}), the shallow one's {shallow:.3f} (rate {shallow_rate:g}).",
                (below("norm_spread", 30.0), above("loss_ratio", 10.0)),
            ),
            Part(
                "(use skip connections like in ResNets to mitigate)",
                "holds",
                "With skips the deep network's loss is {skips:.3f} (rate {skips_rate:g}).",
                (above("gain_by_skips", 10.0),),
            ),
        ),
        control=Control(
            "In a sigmoid network of the same shape the norms differ by a factor of {sigmoid_norm_spread:.0e}.",
            (above("sigmoid_norm_spread", 1e6),),
        ),
        verdict="misleading",
        correction="In a sigmoid network they do. But depth can slow training down though no gradient vanishes: "
        "degradation is a difficulty of its own, and the one for which skip connections were made. He et al. call "
        "vanishing gradients an unlikely cause in their plain nets.",
        source="He, Zhang, Ren and Sun 2016 (Deep residual learning), section 4.1",
        neighbours=vary(
            depth=(16, 32), shallow_depth=(2, 6), width=(16, 64), data=("printed digits",), n_samples=(300, 1000)
        ),
        curves=Curves(
            "epoch",
            "training loss",
            lambda r: {"4 layers": r.shallow_losses, "24 layers": r.deep_losses, "with skips": r.skips_losses},
            log=True,
        ),
    ),
    Claim(
        id="01.13",
        in_notes="H05-early-layers-stagnate",
        unit=UNIT,
        statement="Vanishing gradients prevent early layers from learning effectively. And elsewhere: ... leading to "
        "slow or stagnant learning in early layers.",
        question="Six sigmoid layers, ten epochs: how much farther does the last hidden layer move than the first?",
        options=("about as far", "2 to 5 times as far", "more than 5 times as far"),
        answer=at_least("ratio", 2.0, 5.0),
        experiment=change_by_layer,
        setting="{gain} times Glorot's weights, hidden layers of {width} units, {n_samples} samples of {data}, each "
        "pixel centred, {epochs} epochs in batches of 64. Sigmoid with {depth} layers, at each of its rates; tanh with "
        "as many and sigmoid with {shallow_depth}, each at the best of its rates.",
        rates={"sigmoid": SIGMOID_RATES, "tanh": TANH_RATES, "sigmoid, few layers": SHALLOW_SIGMOID_RATES},
        parts=(
            Part(
                "",
                "holds",
                "Training changes the last hidden layer's weights by {last:.0%} of their norm, the first one's by "
                "{first:.1%}: a factor of {ratio:.0f} (at least {ratio.low:.0f}), at the rate at which it is smallest. "
                "The loss ends at {sigmoid_loss:.2f}; guessing has 2.30.",
                (above("ratio", 5.0), above("sigmoid_loss", 2.0)),
            ),
        ),
        control=Control(
            "With tanh (rate {tanh_rate:g}) the factor is {tanh_ratio:.1f}, the loss {tanh_loss:.3f}; in the sigmoid "
            "network of few layers (rate {shallow_rate:g}) {shallow_ratio:.1f} and {shallow_loss:.2f}.",
            (
                between("tanh_ratio", 0.2, 3.0),
                below("tanh_loss", 1.0),
                between("shallow_ratio", 0.5, 3.0),
                below("shallow_loss", 2.0),
            ),
        ),
        verdict="holds",
        correction="It holds, and more: the late layers move, and learn nothing either, since hardly anything of the "
        "input gets through the early ones. Where a sigmoid network does learn, its first layer moves as well.",
        source="Nielsen 2015 (Neural networks and deep learning), chapter 5",
        neighbours=vary(
            depth=(4, 10),
            shallow_depth=(2,),
            width=(16, 64),
            epochs=(5, 20),
            data=("printed digits",),
            n_samples=(600,),
            gain=(0.7, 1.5),
        ),
        curves=Curves(
            "hidden layer, from the input",
            "relative change",
            lambda r: {"sigmoid": r.sigmoid, "tanh": r.tanh},
            log=True,
        ),
    ),
    Claim(
        id="01.14",
        in_notes="H06-skip-connections",
        unit=UNIT,
        statement="For Vanishing Gradients: Utilize ReLU or similar activation functions and include skip connections "
        "to facilitate gradient flow.",
        question="16 layers with a skip around every two, each network at its best rate: how does the training loss "
        "compare with that of the plain one?",
        options=("higher", "about the same", "less than half"),
        answer=at_least("gain", 0.8, 2.0),
        experiment=skip_connections,
        setting="ReLU with He's weights, {depth} hidden layers of {width} units, {n_samples} samples of {data}, each "
        "pixel centred, {epochs} epochs in batches of 64, each network at the best of its rates. " + BRANCHES,
        rates={"plain": PLAIN_RATES, "skips": SCALED_RATES, "skips, full branches": UNSCALED_RATES},
        parts=(
            Part(
                "include skip connections",
                "holds",
                "Loss {plain:.2f} without skips (rate {plain_rate:g}), {scaled:.2f} with them (rate {scaled_rate:g}): "
                "at least {gain.low:.0f} times lower.",
                (above("gain", 3.0),),
            ),
            Part(
                "to facilitate gradient flow",
                "incomplete",
                "Before training the norms of the weight matrices' gradients lie within a factor of "
                "{plain_spread:.1f} of each other without skips, of {scaled_spread:.1f} with them.",
                (below("plain_spread", 30.0),),
            ),
        ),
        control=Control(
            "With branches at all of He's weights that rate gives {unscaled_at_scaled_rate:.3g}; their own best one, "
            "{unscaled_rate:g}, gives {unscaled:.2f}.",
            (above("unscaled_at_scaled_rate", 0.8),),
        ),
        verdict="incomplete",
        correction="Skips help, and not only where gradients vanish: with He's weights the gradient flows without them "
        "as well, and they help all the same. Without the smaller start of the branches each block doubles the "
        "signal's variance, and only a small rate survives that.",
        source="He, Zhang, Ren and Sun 2016 (Deep residual learning), sections 3.1 and 4.1, and (Identity mappings, on "
        "the gradient's path along the skips); Zhang, Dauphin and Ma 2019 (Fixup)",
        neighbours=vary(depth=(12, 20, 24), width=(16, 64), data=("printed digits",), n_samples=(300,), epochs=(4, 16)),
        curves=Curves(
            "epoch",
            "training loss",
            lambda r: {"plain": r.plain_losses, "skips": r.scaled_losses, "skips, full branches": r.unscaled_losses},
            log=True,
        ),
    ),
    Claim(
        id="01.15",
        in_notes="H07-linear-without-activation",
        unit=UNIT,
        statement="Without Activation function, a neural network would behave just like a simple linear equation no "
        "matter how many layers you add.",
        question="Six matrices without activation on the four clouds of XOR: which accuracy does training reach?",
        options=("no more than a straight line can: 75 %", "about 90 %", "100 %"),
        answer=at_least("linear_accuracy", 0.8, 0.95),
        experiment=collapse,
        setting="{n_samples} points with noise {noise}, {depth} hidden layers of {width} units, He's weights, rate "
        "{rate}, {epochs} epochs in batches of 64.",
        parts=(
            Part(
                "behave just like a simple linear equation",
                "holds",
                "The product of the matrices gives the same outputs to {difference.high:.0e}; accuracy "
                "{linear_accuracy:.0%}, with a single matrix {single_accuracy:.0%}.",
                (below("difference", 1e-9), below("linear_accuracy", 0.8), below("single_accuracy", 0.8)),
            ),
        ),
        control=Control("With ReLU between the same matrices {relu_accuracy:.0%}.", (above("relu_accuracy", 0.9),)),
        verdict="holds",
        correction="It holds: a product of matrices is a matrix (with biases: an affine map).",
        source="Goodfellow, Bengio and Courville 2016, section 6.1",
        neighbours=vary(depth=(2, 8), width=(8, 32), rate=(0.003, 0.02), n_samples=(200,), noise=(0.05, 0.2)),
    ),
)
