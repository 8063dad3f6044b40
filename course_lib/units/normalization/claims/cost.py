"""Claims about what batch norm costs in time."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, less_than, vary
from course_lib.units.normalization.experiments.norm_cost import prediction_cost, step_cost

UNIT = "normalization"
JACOB = "Jacob et al. 2018, section 3.2, on folding"
PREDICTION = (
    "{depth} ReLU layers of {width} units in NumPy, a batch of {batch_size} samples, float64; without batch norm, with "
    "it (running statistics, gamma and beta, as in its formula), and with it folded into weights and biases; the "
    "quickest of forty measurements."
)

CLAIMS = (
    Claim(
        id="03.06",
        in_notes="C66",
        unit=UNIT,
        statement="Low-latency models: Optimize for speed with fewer layers, integrate Batch Normalization, opt for "
        "faster activation functions like leaky ReLU or ReLU, and consider reducing float precision.",
        question="Batch norm is integrated into every layer. Compared with the network without it, a prediction takes "
        "...",
        options=("less time", "as long, within a tenth", "more than a tenth longer"),
        answer=at_least("slower", 0.9, 1.1),
        experiment=prediction_cost,
        timed=True,
        setting=PREDICTION
        + " Fewer: half the layers. Precision: float32. Activation: the slower one of ReLU and leaky "
        "ReLU against the sigmoid.",
        parts=(
            Part(
                "fewer layers",
                "holds",
                "Half the layers: {fewer_layers:.2f} of the time.",
                (below("fewer_layers", 0.8),),
            ),
            Part(
                "integrate Batch Normalization",
                "misleading",
                "With it {slower:.2f} times the time, {scaled_slower:.2f} times as one factor and one summand a unit; "
                "folded into the layer before it {folded_slower:.2f} times, and no output differs by more than "
                "{difference:.0e}.",
                (above("slower", 1.15), above("scaled_slower", 1.05), below("difference", 1e-6)),
            ),
            Part(
                "faster activation functions like leaky ReLU or ReLU",
                "holds",
                "{faster_activation:.2f} of the time with the sigmoid.",
                (below("faster_activation", 1.0),),
            ),
            Part(
                "reducing float precision",
                "holds",
                "float32: {less_precision:.2f} of the time.",
                (below("less_precision", 0.9),),
            ),
        ),
        control=Control(
            "Folded, it costs nothing: {folded_slower:.2f} times the time without it.",
            (between("folded_slower", 0.75, 1.3),),
        ),
        verdict="misleading",
        correction="What makes a prediction quick is to fold batch norm away once training is over. If that is what "
        '"integrate" means, the sentence holds.',
        source=JACOB,
        neighbours=vary(depth=(3, 12), width=(64, 96, 256), batch_size=(16, 256)),
    ),
    Claim(
        id="03.24",
        in_notes="H28-overhead",
        unit=UNIT,
        statement="Adds Complexity: While BN improves model performance and stability, it introduces additional "
        "complexity and computational overhead during training.",
        question="A step of training through six layers of 64 units, forward and back: with batch norm it takes ...",
        options=("hardly longer", "longer by a tenth to a third", "longer than that"),
        answer=at_least("slower", 1.1, 1.33),
        experiment=step_cost,
        timed=True,
        setting="{depth} ReLU layers of {width} units, this course's layers, a batch of {batch_size}; the quickest of "
        "forty measurements.",
        parts=(
            Part(
                "additional complexity",
                "holds",
                "Gamma, beta and the running statistics add {numbers_added:.0%} to the numbers to be kept.",
                (between("numbers_added", 0.005, 0.5),),
            ),
            Part(
                "computational overhead during training",
                "holds",
                "A step takes {slower:.1f} times as long: {batch:.2f} ms instead of {plain:.2f}.",
                (above("slower", 1.35),),
            ),
        ),
        control=Control(
            "Another network without it takes {noise:.2f} times as long as the first.", (between("noise", 0.6, 1.6),)
        ),
        verdict="holds",
        correction="It holds, and in layers as narrow as these it is much: each of the few numbers "
        "is used for every sample. What the first half says, performance and stability, has cards of its own.",
        source="Ioffe and Szegedy 2015, algorithm 1, for what is computed",
        neighbours=vary(depth=(3, 12), width=(32, 128), batch_size=(32, 128)),
    ),
    Claim(
        id="03.25",
        in_notes="H29-slower-prediction",
        unit=UNIT,
        statement="Runtime Impact: Models with BN layers may have slightly slower prediction times due to the extra "
        "computations, though this can often be mitigated by merging the BN calculations with the preceding layer "
        "after training.",
        question="How much of the time that batch norm adds to a prediction is left after merging?",
        options=("more than three quarters", "some of it", "less than a third"),
        answer=less_than("left", 0.75, 0.34),
        experiment=prediction_cost,
        timed=True,
        setting=PREDICTION,
        parts=(
            Part(
                "slightly slower prediction times due to the extra computations",
                "holds",
                "{batch:.2f} ms instead of {plain:.2f}: {slower:.1f} times as long; {scaled_slower:.1f} times as one "
                "factor and one summand a unit.",
                (above("slower", 1.15),),
            ),
            Part(
                "this can often be mitigated by merging the BN calculations with the preceding layer",
                "holds",
                "Merged, {folded:.2f} ms: {left:.0%} of the difference is left.",
                (below("left", 0.33),),
            ),
        ),
        control=Control("No output differs by more than {difference:.0e}.", (below("difference", 1e-6),)),
        verdict="holds",
        correction="It holds; in layers as narrow as these the difference is more than slight.",
        source=JACOB,
        neighbours=vary(depth=(3, 12), width=(64, 96, 256), batch_size=(16, 256)),
    ),
)
