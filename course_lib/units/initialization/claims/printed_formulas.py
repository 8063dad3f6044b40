"""Claims about formulas and calls as the lecture notes print them."""

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, vary
from course_lib.units.initialization.experiments.named_rules import printed_glorot
from course_lib.units.initialization.experiments.raw_scales import rand_as_printed, two_readings

UNIT = "initialization"
HE = "He, Zhang, Ren and Sun 2015 (Delving deep into rectifiers)"


CLAIMS = (
    Claim(
        id="02.24",
        in_notes="C24",
        unit=UNIT,
        statement="Random with large weights = np.random.rand(shape), slow learning & vanishing grad., & saturation "
        "happens.",
        question="What does np.random.rand((64, 32)) return?",
        options=("normal numbers of mean 0", "numbers between 0 and 1", "nothing: it raises an error"),
        answer=lambda r: 2 if r.refused > 0.5 else 0 if r.negative > 0.25 else 1,
        experiment=rand_as_printed,
        setting="rand and randn for {fan_in} inputs and {fan_out} units.",
        parts=(
            Part(
                "np.random.rand(shape)",
                "wrong",
                "It raises a TypeError, as rand takes the sizes one by one. What rand(64, 32) draws has the mean "
                "{mean:.2f}, and {negative:.0%} of it is negative.",
                (above("refused", 0.5), between("mean", 0.4, 0.6), below("negative", 1e-9)),
            ),
        ),
        control=Control(
            "randn has the mean {randn_mean:.2f}, and {randn_negative:.0%} of its numbers are negative.",
            (between("randn_mean", -0.15, 0.15), between("randn_negative", 0.4, 0.6)),
        ),
        verdict="wrong",
        correction="rng.normal(0, std, shape), with rng = np.random.default_rng(seed). rand is uniform on [0, 1), and "
        "its mean adds up over the inputs of a unit: other cards show what becomes of that.",
        source="NumPy 2 reference, numpy.random.rand and numpy.random.Generator.normal",
        neighbours=vary(fan_in=(32, 256, 1000), fan_out=(16, 128, 500)),
    ),
    Claim(
        id="02.25",
        in_notes="C28",
        unit=UNIT,
        statement="Xavier/Glorot (used with tanh): Normal = sqrt(1/n), n = no. of inputs coming to the node. Uniform = "
        "[-limit, limit], limit = sqrt(6/(m+n)), m = input to node, n = no. of output to node.",
        question="100 inputs, 400 units: the standard deviation sqrt(1/n) is how many times that of Glorot's paper?",
        options=("less than 0.9 times", "the same", "more than 1.4 times"),
        answer=at_least("printed_widening", 0.9, 1.4),
        experiment=printed_glorot,
        setting="Layers between {smaller} and {larger} units; standard deviations of the drawn weights, as shares of "
        "sqrt(2 / (fan_in + fan_out)).",
        parts=(
            Part(
                "Normal = sqrt(1/n)",
                "wrong",
                "{printed_widening:.2f} times where the layer widens, {printed_narrowing:.2f} times where it narrows.",
                (above("printed_widening", 1.4), below("printed_narrowing", 0.9)),
            ),
            Part(
                "limit = sqrt(6/(m+n))",
                "holds",
                "The uniform form is Glorot's: {uniform_widening:.2f} and {uniform_narrowing:.2f}.",
                (between("uniform_widening", 0.97, 1.03), between("uniform_narrowing", 0.97, 1.03)),
            ),
        ),
        control=Control(
            "In a square layer the two are one: {printed_square:.2f}.", (between("printed_square", 0.97, 1.03),)
        ),
        verdict="wrong",
        correction="sqrt(1 / fan_in) is LeCun's rule; Glorot's standard deviation is sqrt(2 / (fan_in + fan_out)). "
        "(And n stands for the inputs in one column, for the outputs in the other.)",
        source="Glorot and Bengio 2010, eq. 12 and 16; LeCun, Bottou, Orr and Müller 1998 (Efficient backprop), "
        "section 4.6",
        neighbours=vary(smaller=(50, 130, 200), larger=(300, 600, 1000)),
    ),
    Claim(
        id="02.26",
        in_notes="C29",
        unit=UNIT,
        statement="He init (used with ReLU): Normal = sqrt(2/n), n = no. of inputs to the node. Uniform = [-limit, "
        "limit], limit = sqrt(6/n), n = no. of inputs to the node.",
        question="Is sqrt(2/n) the standard deviation or the variance? Taken as the variance, over twenty ReLU layers "
        "of 256 units, it makes the signal ...",
        options=("keep its size, within a factor of 20", "grow a hundred- to a thousandfold", "grow more than that"),
        answer=at_least("as_variance", 20.0, 1e3),
        experiment=two_readings,
        setting="{depth} untrained ReLU layers of {width} units, {n_samples} normally distributed inputs.",
        parts=(
            Part(
                "Normal = sqrt(2/n)",
                "incomplete",
                "Taken as the standard deviation it keeps {as_std:.1f} of the signal; as the variance it makes it "
                "{as_variance:.0e} times as large.",
                (between("as_std", 0.05, 20.0), above("as_variance", 1e3)),
            ),
            Part(
                "limit = sqrt(6/n)",
                "holds",
                "The uniform form keeps {uniform:.1f}.",
                (between("uniform", 0.05, 20.0),),
            ),
        ),
        control=Control(
            "A limit of sqrt(2/n), as if it were the standard deviation, keeps {as_limit:.0e}.",
            (below("as_limit", 0.01),),
        ),
        verdict="incomplete",
        correction="It is the standard deviation; other notes, and papers, print the variance, 2/n. A limit of sqrt(3) "
        "standard deviations gives uniform weights the same variance.",
        source=f"{HE}, eq. 10",
        neighbours=vary(depth=(10, 30), width=(64, 128, 512), n_samples=(32,)),
    ),
)
