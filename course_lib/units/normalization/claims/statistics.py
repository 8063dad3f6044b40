"""Claims about batch norm's statistics, its scale and shift, and the bias in front of it."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.normalization.experiments.running_statistics import RATES, rate_zero, running_estimate
from course_lib.units.normalization.experiments.untrained_norms import RATES as AFFINE_RATES
from course_lib.units.normalization.experiments.untrained_norms import bias_in_front, same_values, undone

UNIT = "normalization"
IOFFE = "Ioffe and Szegedy 2015"


def _what_moves(result) -> int:
    """Nothing, the running statistics, or the weights."""
    return 2 if result.weights_moved > 1e-9 else 1 if result.statistics_moved > 0.01 else 0


CLAIMS = (
    Claim(
        id="03.02",
        in_notes="C61",
        unit=UNIT,
        statement="During Testing: BN uses the entire dataset's mean and standard deviation (estimated during "
        "training) instead of the mini-batch's to maintain consistency in predictions.",
        question="Three sigmoid layers with batch norm, 60 steps of training. The weight of the old value in the "
        "running statistics is 0.99, Keras' default. How many points of accuracy does that cost in evaluation, against "
        "the mean and variance of all training data?",
        options=("fewer than 3", "3 to 15", "more than 15"),
        answer=at_least("slow_loss", 0.03, 0.15),
        experiment=running_estimate,
        setting="{depth} {activation} layers of {width} units with batch norm, 320 samples of {data}, {n_steps} steps "
        "in batches of 64 at the best of its rates; running statistics with the weight {slow_momentum} or "
        "{quick_momentum} of the old value, and after {n_later} steps; accuracy on the samples of the training set "
        "that were not used; means over {n_networks} networks.",
        rates={"all": RATES},
        parts=(
            Part(
                "uses the entire dataset's mean and standard deviation (estimated during training)",
                "incomplete",
                "With those of all training samples {data:.1%} are right (rate {rate:g}), with the running estimate "
                "{slow:.1%}.",
                (above("slow_loss", 0.15),),
            ),
            Part(
                "to maintain consistency in predictions",
                "holds",
                "In training an output moves by {batch_change:.2f} of the spread when the rest of its batch is "
                "another, in evaluation by {evaluation_change:.0e}.",
                (above("batch_change", 0.05), below("evaluation_change", 1e-6)),
            ),
        ),
        control=Control(
            "With 0.9 the estimate gives {quick:.1%}, with 0.99 after more steps {slow_later:.1%}.",
            (between("quick_loss", -0.05, 0.05), above("slow_later", 0.85)),
        ),
        verdict="incomplete",
        correction="It is a moving average over the last batches, which starts at mean 0 and variance 1: with the "
        "weight m more than half of it is the start for the first 0.7 / (1 - m) steps. What that costs depends on the "
        "network: with ReLU 5 to 8 points, with tanh nothing. Where the estimate is to be exact, pass the training "
        "data through once more and average.",
        source=f"{IOFFE}, algorithm 2, takes averages over training batches; Keras 3 reference, BatchNormalization",
        neighbours=vary(
            activation=("relu", "tanh"),
            depth=(2, 5),
            width=(16, 64),
            slow_momentum=(0.98, 0.995),
            n_steps=(40, 100),
            data=("printed digits",),
        ),
    ),
    Claim(
        id="03.03",
        in_notes="C39",
        unit=UNIT,
        statement="Steps - Neuron give output = z = w x + b → Normalize Activation (z - μ / σ).",
        question="The bias b stands in front of batch norm. In training, how large is its gradient, compared with that "
        "of beta behind it?",
        options=("zero but for rounding", "smaller, but not zero", "at least half as large"),
        answer=at_least("training", 1e-9, 0.5),
        experiment=bias_in_front,
        setting="{n_samples} normally distributed inputs of {fan_in} features, {width} ReLU units behind batch norm, "
        "biases of standard deviation 1, a random gradient; then all biases moved by {bias}.",
        parts=(
            Part(
                "z = w x + b",
                "incomplete",
                "The gradient of b is {training:.0e} times that of beta. Moving all b changes no output by more than "
                "{moved:.0e} of the outputs' spread.",
                (below("training", 1e-10), below("moved", 1e-9)),
            ),
            Part(
                "Normalize Activation (z - μ / σ)",
                "slip",
                "Without brackets, z - (μ / σ) leaves means of {left_mean:.2f} (root mean square) where 0 was wanted.",
                (above("left_mean", 1e-3),),
            ),
        ),
        control=Control(
            "In evaluation mode, where the mean is a constant, the gradient of b is {evaluation:.0%} of that of beta; "
            "without batch norm moving b changes an output by {moved_without:.1f} of their spread.",
            (between("evaluation", 0.5, 2.0), above("moved_without", 0.3)),
        ),
        verdict="incomplete",
        correction="The mean over the batch holds b and takes it away again, forward and backward: leave b out, beta "
        "does its work. The formula is (z - μ) / sqrt(σ² + ε), with brackets, and with ε so that a unit that is the "
        "same for all samples does not become NaN.",
        source=f"{IOFFE}, algorithm 1, and section 3.2 on the bias",
        neighbours=vary(n_samples=(16, 256), fan_in=(8, 128), width=(8, 128), bias=(-1.0, 50.0)),
    ),
    Claim(
        id="03.19",
        in_notes="C40",
        unit=UNIT,
        statement="Scale & shift (= γ × Norm.value + β). This is done as at this step also all neuron will have same "
        "value out so we introduce γ-scale, β-shift.",
        question="What do the units of a layer have in common after they were normalised?",
        options=("their values", "mean and spread alone", "not even these"),
        answer=lambda r: 0 if r.alike > 0.9 else 1 if r.means < 1e-6 else 2,
        experiment=same_values,
        setting="The first of {depth} {activation} layers of {width} units with normal biases, 320 samples of {data}. "
        "Then steps in batches of 64 until the mean loss of five batches is below 0.5, at most {limit}, with gamma and "
        "beta learned or left at one and zero, each at the best of its rates; means over {n_networks} networks.",
        rates={"all": AFFINE_RATES},
        parts=(
            Part(
                "all neuron will have same value out",
                "wrong",
                "Means differ by at most {means:.0e} and standard deviations by {stds:.0e}; but two units have a mean "
                "correlation of {alike:.2f}, not 1.",
                (below("means", 1e-9), below("stds", 1e-3), below("alike", 0.6)),
            ),
            Part(
                "so we introduce γ-scale, β-shift",
                "misleading",
                "Without them training takes {fixed:.0f} steps (rate {fixed_rate:g}), with them {learned:.0f} (rate "
                "{learned_rate:g}).",
                (between("ratio", 0.7, 1.4),),
            ),
        ),
        control=Control(
            "Before, the means of two units differed by up to {means_before:.1f}.", (above("means_before", 0.5),)
        ),
        verdict="wrong",
        correction="Units keep what tells samples apart; what they lose is their own mean and spread. Gamma and beta "
        "give the layer back the functions it could compute before: a sigmoid that gets only mean 0 and variance 1 is "
        "nearly straight, and with sigmoids training takes a fifth to two thirds longer without them. With ReLU and "
        "tanh little depends on it.",
        source=f"{IOFFE}, section 3: the transform should be able to represent the identity",
        neighbours=vary(
            activation=("tanh", "sigmoid"), depth=(2, 6), width=(16, 64), data=("printed digits",), n_networks=(6,)
        ),
    ),
    Claim(
        id="03.20",
        in_notes="H25-undo",
        unit=UNIT,
        statement="Two-Step Process: First, it normalizes the inputs by subtracting the batch mean and dividing by the "
        "batch standard deviation. Then, it applies a scale and shift transformation, allowing the network to undo the "
        "normalization if needed.",
        question="Gamma and beta are set to the standard deviation and the mean of one training batch. Where is batch "
        "norm undone?",
        options=("nowhere", "on that batch, not on other training batches", "on every training batch"),
        answer=lambda r: 0 if r.same_batch > 1e-6 else 1 if r.other_batch > 0.01 else 2,
        experiment=undone,
        setting="Two batches of {batch_size} normally distributed inputs, {fan_in} features, {width} units with "
        "standard deviations from 1 to {spread} and means of standard deviation {offset}.",
        parts=(
            Part(
                "subtracting the batch mean and dividing by the batch standard deviation",
                "holds",
                "That changes z by {plain:.2f} of its spread.",
                (above("plain", 0.1),),
            ),
            Part(
                "allowing the network to undo the normalization if needed",
                "incomplete",
                "On that batch the difference from z is {same_batch:.0e} of its spread, on another one "
                "{other_batch:.2f}.",
                (below("same_batch", 1e-9), above("other_batch", 0.02)),
            ),
        ),
        control=Control(
            "In evaluation mode, with that batch's statistics, it is {evaluation:.0e} on the other batch too.",
            (below("evaluation", 1e-9),),
        ),
        verdict="incomplete",
        correction="In evaluation it can be undone exactly. In training only on the average: each batch has its own "
        "mean and spread, and what they add or take away stays, as noise.",
        source=f"{IOFFE}, section 3",
        neighbours=vary(fan_in=(16, 256), width=(8, 128), batch_size=(16, 256), spread=(1.5, 5.0), offset=(0.5, 3.0)),
    ),
    Claim(
        id="03.21",
        in_notes="C41",
        unit=UNIT,
        statement="During Training - Batch norm. normalizes Activations using new batch μ & σ. During Testing - To "
        "normalize we running μ & σ learned during training. Each node is normalized independently but using values "
        "from all samples in the batch.",
        question="A trained network sees 30 batches of printed digits in training mode, at the learning rate zero. "
        "What changes?",
        options=("nothing", "the running statistics, and with them the predictions", "the weights as well"),
        answer=_what_moves,
        experiment=rate_zero,
        setting="{depth} {activation} layers of {width} units with batch norm, {n_steps} steps on 320 digits in "
        "batches of {batch_size} at the best of its rates; then {n_seen} batches of printed digits, scaled as the "
        "digits are; accuracy on the training digits that were not used; means over {n_networks} networks.",
        rates={"all": RATES},
        parts=(
            Part(
                "During Training [...] using new batch μ & σ. Each node is normalized independently but using values "
                "from all samples in the batch",
                "holds",
                "With other samples in the batch a unit's value changes by {other_samples:.2f}; with other weights in "
                "all other units by {other_nodes:.0e}.",
                (above("other_samples", 0.01), below("other_nodes", 1e-6)),
            ),
            Part(
                "running μ & σ learned during training",
                "misleading",
                "The weights have moved by {weights_moved:.0e}, the running means by {statistics_moved:.2f}, and "
                "{after:.1%} of the digits are right instead of {before:.1%}.",
                (below("weights_moved", 1e-12), above("statistics_moved", 0.05), above("lost", 0.02)),
            ),
        ),
        control=Control(
            "After the same digits in evaluation mode it is still {frozen:.1%}.", (between("lost_frozen", -1e-9, 1e-9),)
        ),
        verdict="misleading",
        correction="They are recorded, not learned: no gradient moves them, and a learning rate of zero does not stop "
        "them. Who fine-tunes a network with frozen layers has to put their batch norm into evaluation mode; in Keras "
        "trainable = False does that, too.",
        source=f"{IOFFE}, algorithm 2; Keras 3 reference, BatchNormalization, on trainable = False",
        neighbours=vary(
            activation=("tanh",), depth=(2, 5), width=(16, 64), n_steps=(60, 200), n_seen=(15, 100), batch_size=(32,)
        ),
    ),
)
