"""Learning curves of deep ReLU networks, after He et al. (2015), figures 2 and 3."""

from course_lib.figures.picture import Shown
from course_lib.units.initialization.experiments.rectifier_depth import ARMS, DEPTHS, RectifierCurves
from course_lib.units.shared.figures.seeds import Panel, over_seeds


def rectifier_figure(result: RectifierCurves) -> Shown:
    """A panel for each depth: the test error over the epochs, from Xavier's and from He's weights."""
    return over_seeds(
        *(
            Panel(dict(zip(ARMS, errors, strict=True)), f"{depth} ReLU layers", "epoch", "test error")
            for depth, errors in zip(DEPTHS, result.errors, strict=True)
        )
    )
