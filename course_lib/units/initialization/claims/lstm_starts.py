"""A claim about first weights in a recurrent network."""

from course_lib.claims import Claim, Control, Part, above, below, between, vary
from course_lib.units.initialization.experiments.deep_lstm import RATES, SINGLE_RATES, deep_lstm

CLAIMS = (
    Claim(
        id="02.21",
        in_notes="N18-xavier-for-lstm",
        unit="initialization",
        statement="Case Study 2: A natural language processing project experienced a significant improvement in model "
        "convergence speed by utilizing Xavier initialization for a deep LSTM network.",
        question="Three LSTM layers, each start at its best rate. Random normal weights have the standard deviation "
        "0.05, or 1. Where does Xavier's start save a fifth of the steps?",
        options=(
            "against neither",
            "against the narrow weights only",
            "against the wide weights only",
            "against both",
        ),
        answer=lambda r: int(r.narrow_over_xavier >= 1.25) + 2 * int(r.wide_over_xavier >= 1.25),
        experiment=deep_lstm,
        setting="{depth} LSTM layers of {width} units, or one, over 300 samples of {data}, each pixel centred, "
        "read in {n_times} parts; the matrices of each gate drawn by themselves, forget gates with a bias of 1; steps "
        "in batches of 64 until the mean loss of five batches is below 0.5, at most {limit}, each start at the best of "
        "its rates.",
        rates={"deep": RATES, "one layer": SINGLE_RATES},
        parts=(
            Part(
                "a significant improvement in model convergence speed",
                "incomplete",
                "Xavier's start takes {xavier:.0f} steps (rate {xavier_rate:g}), the narrow one {narrow:.0f} (rate "
                "{narrow_rate:g}), the wide one {wide:.0f} (rate {wide_rate:g}).",
                (above("narrow_over_xavier", 1.25), below("wide_over_xavier", 1.25)),
            ),
        ),
        control=Control(
            "In a single layer the narrow weights are no great loss: {narrow_1:.0f} steps, Xavier's {xavier_1:.0f}.",
            (between("narrow_over_xavier_1", 0.7, 1.6),),
        ),
        verdict="incomplete",
        correction="What is saved depends on what Xavier's start is compared with. Too narrow a start stalls a deep "
        "LSTM, as it does other deep networks. A far too wide one costs no steps here, where gates and outputs are "
        "bounded. (These are digits in a few parts, not language.)",
        source="Glorot and Bengio 2010, section 4.2, which has neither gates nor time; the notes name no source",
        neighbours=vary(depth=(2, 4), width=(16, 24), n_times=(2, 8), data=("printed digits", "uncentred digits")),
    ),
)
