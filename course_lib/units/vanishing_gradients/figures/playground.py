"""A network in training on points in the plane: its units, its decision, its loss, its gradients."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, ORANGE, SLATE, VERMILION, decades, number
from course_lib.units.vanishing_gradients.experiments.playground import EXTENT
from course_lib.units.vanishing_gradients.figures.units import UnitMap

HEIGHT = 4.75  # inches
DECISION = LinearSegmentedColormap.from_list("decision", [BLUE, "#ffffff", ORANGE])


class PlaygroundPicture(Picture):
    """Four panels of a ``Snapshot``: what the units compute, the decision map with the data, the gradient norm by
    layer, the loss over the steps. On a narrow page the map and the gradient still stand side by side."""

    def build(self):
        self.figure = Figure(figsize=(style.WIDEST, HEIGHT), dpi=style.DPI)
        network, plane = self._place(0.3, 2.42, 4.3, 1.5), self._place(5.35, 2.42, 1.45, 1.5)
        gradient, loss = self._place(7.55, 2.42, 1.5, 1.5), self._place(0.67, 0.45, 3.8, 0.95)
        self._axes = loss, gradient
        style.label(
            network,
            "What the units compute; edges: gradient, 10⁻⁶ pale, 1 dark",
            "layer and spread of its outputs from point to point",
            "unit",
        )
        style.label(plane, "What it decides", "$x_1$", "$x_2$")
        style.label(loss, "Loss of the batch", "training step", "nats")
        style.label(gradient, "Gradient of the weights", "layer", "norm")
        for ax, inches in ((plane, 1.5), (gradient, 1.5), (loss, 0.95)):
            ax.xaxis.set_label_coords(0.5, -0.27 / inches)
        network.xaxis.set_label_coords(0.5, -0.36 / 1.5)  # below the layers' names
        network.yaxis.set_label_coords(-0.01, 0.5)
        plane.grid(False)
        plane.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT), aspect="equal", anchor="W")
        style.logarithmic_y(loss)
        style.logarithmic_y(gradient)
        self._units = UnitMap(network, DECISION)
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
        points = {"linestyle": "none", "markersize": 4, "markeredgecolor": "white", "markeredgewidth": 0.5}
        (self._zeros,) = plane.plot([], [], marker="o", color="#1d5fa3", label="label 0", **points)
        (self._ones,) = plane.plot([], [], marker="^", color="#b34700", label="label 1", **points)
        style.legend(plane, handlelength=1.0)
        (self._loss,) = loss.plot([], [], color=BLUE, linewidth=0.9)
        loss.axhline(np.log(2), color=SLATE, linestyle=":", linewidth=1.4, label="guessing: ln 2")
        style.legend(loss)
        (self._gradient,) = gradient.plot([], [], color=VERMILION, marker="s", markersize=5, linestyle="--")
        self._title = style.heading(self.figure)
        self._title.set_y(1 - 0.24 / HEIGHT)
        self.changing = [
            *self._units.changing,
            self._map,
            self._zeros,
            self._ones,
            self._loss,
            self._gradient,
            self._title,
        ]

    def _place(self, left, bottom, width, height):
        """Axes in inches."""
        return self.figure.add_axes((left / style.WIDEST, bottom / HEIGHT, width / style.WIDEST, height / HEIGHT))

    def draw(self, result):
        loss, gradient = self._axes
        self._units.draw(result)
        self._map.set_data(np.nan_to_num(result.probability, nan=0.5))
        for line, value in ((self._zeros, 0), (self._ones, 1)):
            line.set_data(*result.points[result.labels == value].T)
        self._loss.set_data(np.arange(1, result.steps + 1), result.loss)
        self._gradient.set_data(np.arange(1, len(result.gradient_norm) + 1), result.gradient_norm)
        self._title.set_text(heading(result))
        loss.set_xlim(0, 250 * 2 ** max(0, int(np.ceil(np.log2(max(result.steps, 1) / 250)))))
        loss.set_ylim(decades(result.loss, low=-3))
        n_layers = len(result.gradient_norm)
        gradient.set_xlim(0.5, n_layers + 0.5)
        gradient.set_xticks(np.arange(1, n_layers + 1, 1 if n_layers < 8 else 2))
        gradient.set_ylim(decades(result.gradient_norm))

    @staticmethod
    def describe(result):
        if result.diverged:
            return (
                f"{heading(result)}. The loss is no longer finite, so the training has ended: the steps are too long. "
                "Lower the learning rate, clip the gradient, or choose smaller initial weights."
            )
        norms, spread = result.gradient_norm, result.spread
        state = (
            f"The network is untrained and gets {result.accuracy:.0%} of the points right."
            if result.steps == 0
            else f"The loss of the last batch is {number(result.loss[-1])}, against 0.69 for guessing; "
            f"{result.accuracy:.0%} of the points are classified correctly."
        )
        clipped = f" The gradient was scaled down in {result.clipped} of the steps." if result.clipped else ""
        return (
            f"{heading(result)}. {state} The gradient of the weights has norm {number(norms[0])} in the first layer "
            f"and {number(norms[-1])} in the last.{clipped} From point to point, the outputs of a unit differ by "
            f"{number(spread[0])} in the first hidden layer and by {number(spread[-1])} in the last."
        )


def heading(result) -> str:
    """Where a ``Snapshot`` stands, in one line."""
    return f"Diverged at step {result.steps}" if result.diverged else f"Step {result.steps}"
