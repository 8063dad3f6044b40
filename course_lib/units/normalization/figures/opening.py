"""Twenty sigmoid layers, without and with batch norm: learning, and the gradients before the first step."""

from course_lib.figures.picture import Shown
from course_lib.units.normalization.experiments.deep_sigmoid import OneLine
from course_lib.units.shared.figures.seeds import Panel, over_seeds

ARMS = ("without", "with batch norm")


def one_line_figure(result: OneLine) -> Shown:
    """The loss over the passes through the data, and the gradient in every layer before the first step."""
    return over_seeds(
        Panel(
            dict(zip(ARMS, result.losses, strict=True)),
            f"{result.depth} sigmoid layers, {len(result.seeds)} seeds",
            "pass over the data",
            "loss (nats)",
        ),
        Panel(
            dict(zip(ARMS, result.first_gradients, strict=True)),
            "Before the first step",
            "layer, from the input",
            "norm of the weights' gradient",
            log=True,
        ),
    )
