"""Order and chaos: what becomes of two inputs, and how deep a network can be and still train."""

import ipywidgets
import numpy as np

from course_lib.units.initialization.experiments.order_and_chaos import (
    BIAS_VARIANCES,
    DEEPEST,
    WEIGHT_VARIANCES,
    order_and_chaos,
)
from course_lib.units.initialization.experiments.trainable_depth import GRID, trainable_depth
from course_lib.units.initialization.figures.phases import PhasePicture
from course_lib.widgets import controls
from course_lib.widgets.explorer import Explorer
from course_lib.widgets.prediction import Question


def phase_explorer(
    weight_variance=1.0, bias_variance=0.05, correlation=0.0, depth=30, seed=0, measured=(), predict=True
) -> "PhaseExplorer":
    """Explore order and chaos in deep tanh networks, and try how deep a network can be for one variance of the biases.

    Parameters
    ----------
    weight_variance, bias_variance, correlation, depth, seed
        The first values of the controls; see ``order_and_chaos``.
    measured : tuple of pairs (variance of the biases, seed) for which networks are trained before the widget appears,
        each in some five seconds
    predict : bool, whether to ask for a prediction before anything is shown

    Returns
    -------
    PhaseExplorer, whose ``result`` is an ``OrderAndChaos``
    """
    return PhaseExplorer(
        measured,
        {
            "weight_variance": controls.real("Weight variance", weight_variance, *WEIGHT_VARIANCES, 0.05),
            "bias_variance": controls.real("Bias variance", bias_variance, *BIAS_VARIANCES, 0.01),
            "correlation": controls.real("Correlation", correlation, 0.0, 0.95, 0.05),
            "depth": controls.whole("Layers", depth, 1, DEEPEST),
            "seed": controls.seed(seed),
        },
        _question(weight_variance, bias_variance, correlation, depth) if predict else None,
    )


class PhaseExplorer(Explorer):
    """An ``Explorer`` that also trains networks, when it is asked to.

    Attributes
    ----------
    measure_button : ipywidgets.Button
    progress : ipywidgets.IntProgress, in weight variances that have been tried
    """

    def __init__(self, measured, control_widgets, question):
        self._first_measured = tuple(measured)
        # (variance of the biases, seed) -> what has been found so far, and stays when the controls move
        self._trained = {}
        self.measure_button = ipywidgets.Button(
            description="Measure",
            icon="flask",
            tooltip="Train networks of more and fewer layers, for these biases and seven variances of the weights",
            layout={"width": "110px"},
            button_style="primary",
        )
        self.progress = ipywidgets.IntProgress(
            0, 0, len(GRID), description="Tried", layout={"width": "180px"}, style={"description_width": "45px"}
        )
        super().__init__(
            maker=phase_explorer,
            controls=control_widgets,
            run=self._with_what_trained,
            picture=PhasePicture,
            question=question,
            buttons=(self.measure_button, self.progress),
        )
        self.measure_button.on_click(lambda _: self.measure())

    def measure(self) -> None:
        """Train networks for the present variance of the biases, and show each depth as soon as it is found."""
        now = self.settings()
        where = now["bias_variance"], now["seed"]
        self.measure_button.disabled = True
        try:
            for _ in self._trying(*where):
                self.refresh()
        except (Exception, KeyboardInterrupt) as error:  # a search that was broken off is no measurement
            del self._trained[where]
            self.report(error)
        finally:
            self.measure_button.disabled = False

    def state(self):
        return {**self.settings(), "measured": tuple(self._trained)}

    def restore(self) -> None:
        self._trained.clear()
        self.progress.value = 0
        super().restore()

    def _trying(self, bias_variance, seed):
        found = self._trained[bias_variance, seed] = []
        for at, weight_variance in enumerate(GRID, 1):
            found.append(trainable_depth(weight_variance, bias_variance, seed))
            self.progress.value = at
            yield

    def _with_what_trained(self, **settings):
        if not self._trained:
            for bias_variance, seed in self._first_measured:
                list(self._trying(bias_variance, seed))
        return order_and_chaos(**settings, trained=[each for found in self._trained.values() for each in found])


def _question(weight_variance, bias_variance, correlation, depth):
    return Question(
        f"Two inputs of correlation {correlation:g} go through {depth} tanh layers, whose weights have variance "
        f"{weight_variance:g} / fan_in and whose biases have variance {bias_variance:g}. The correlation of z in the "
        "last layer is then",
        ("below 0.1", "0.1 to 0.5", "0.5 to 0.9", "above 0.9: the network hardly tells the two apart"),
        lambda result: int(np.searchsorted([0.1, 0.5, 0.9], np.median(result.measured[:, -1]))),
        _why,
    )


def _why(result):
    last = result.measured[:, -1]
    grows, becomes = ("shrinks", "alike") if result.chi < 1 else ("grows", "different")
    found = " to ".join(dict.fromkeys(f"{value:z.2f}" for value in (last.min(), last.max())))
    return (
        f"Measured: {found} in five networks. A small difference of two inputs {grows}: "
        f"its mean square is multiplied by {result.chi:.2f} in each layer, so the two become {becomes}. The mean "
        "square of a gradient is multiplied by the same number on its way back."
    )
