"""A network in training on points in the plane: its decision, its loss, its gradients."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, ORANGE, SLATE, VERMILION, decades, number
from course_lib.units.vanishing_gradients.experiments.playground import EXTENT

DECISION = LinearSegmentedColormap.from_list("decision", [BLUE, "#ffffff", ORANGE])


class PlaygroundPicture(Picture):
    """Three panels of a ``Snapshot``: decision map with the data, loss over the steps, gradient norm by layer."""

    def build(self):
        self.figure, self._axes = style.new_figure([1, 1, 0.8], wspace=0.32)
        plane, loss, gradient = self._axes
        style.label(plane, "What the network decides", "$x_1$", "$x_2$")
        style.label(loss, "Loss of the batch", "training step", "cross-entropy (nats)")
        style.label(gradient, "Gradient of the weights", "layer", "norm")
        plane.grid(False)
        plane.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT), aspect="equal")
        style.logarithmic_y(loss)
        style.logarithmic_y(gradient)
        self._map = plane.imshow(
            np.full((2, 2), 0.5),
            extent=(-EXTENT, EXTENT, -EXTENT, EXTENT),
            origin="lower",
            cmap=DECISION,
            vmin=0,
            vmax=1,
            interpolation="bilinear",
            alpha=0.75,
        )
        points = {"linestyle": "none", "markersize": 4.5, "markeredgecolor": "white", "markeredgewidth": 0.5}
        (self._zeros,) = plane.plot([], [], marker="o", color="#1d5fa3", label="label 0", **points)
        (self._ones,) = plane.plot([], [], marker="^", color="#b34700", label="label 1", **points)
        style.legend(plane)
        (self._loss,) = loss.plot([], [], color=BLUE, linewidth=0.9)
        loss.axhline(np.log(2), color=SLATE, linestyle=":", linewidth=1.4, label="guessing: ln 2")
        style.legend(loss)
        (self._gradient,) = gradient.plot([], [], color=VERMILION, marker="s", markersize=5, linestyle="--")
        self._title = style.heading(self.figure)
        self.changing = [self._map, self._zeros, self._ones, self._loss, self._gradient, self._title]

    def draw(self, result):
        _, loss, gradient = self._axes
        self._map.set_data(np.nan_to_num(result.probability, nan=0.5))
        for line, value in ((self._zeros, 0), (self._ones, 1)):
            line.set_data(*result.points[result.labels == value].T)
        self._loss.set_data(np.arange(1, result.steps + 1), result.loss)
        self._gradient.set_data(np.arange(1, len(result.gradient_norm) + 1), result.gradient_norm)
        self._title.set_text(heading(result))
        loss.set_xlim(0, 250 * 2 ** max(0, int(np.ceil(np.log2(max(result.steps, 1) / 250)))))
        loss.set_ylim(decades(result.loss, low=-3))
        gradient.set_xlim(0.5, len(result.gradient_norm) + 0.5)
        gradient.set_xticks(np.arange(1, len(result.gradient_norm) + 1))
        gradient.set_ylim(decades(result.gradient_norm))

    @staticmethod
    def describe(result):
        if result.steps == 0:
            return f"{heading(result)}. The network is untrained and gets {result.accuracy:.0%} of the points right."
        if result.diverged:
            return (
                f"{heading(result)}. The loss is no longer finite, so the training has ended: the steps are too long. "
                "Lower the learning rate, or choose smaller initial weights."
            )
        norms = result.gradient_norm
        return (
            f"{heading(result)}. The loss of the last batch is {number(result.loss[-1])}, against 0.69 for guessing; "
            f"{result.accuracy:.0%} of the points are classified correctly. The gradient of the weights has norm "
            f"{number(norms[0])} in the first layer and {number(norms[-1])} in the last."
        )


def heading(result) -> str:
    """Where a ``Snapshot`` stands, in one line."""
    return f"Diverged at step {result.steps}" if result.diverged else f"Step {result.steps}"
