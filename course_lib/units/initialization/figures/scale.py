"""The size of signal and gradient over layers and gains, as maps, and along one gain, as curves."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, TEXT, VERMILION, decades, number
from course_lib.units.initialization.experiments.scale_map import GAINS

SIZES = LinearSegmentedColormap.from_list("sizes", ["#123f6b", BLUE, "#ffffff", VERMILION, "#6b1500"])
FURTHEST = 4  # powers of ten: what is smaller or larger has the colours at the ends
STEP = GAINS[1] - GAINS[0]


class ScalePicture(Picture):
    """Three panels of a ``ScaleMap``: the size of z by layer and gain, that of its gradient, and both along the chosen
    gain, beside what wide layers would have."""

    def build(self):
        self.figure, self._axes = style.new_figure([1, 1, 1.1], wspace=0.36)
        forward, backward, curves = self._axes
        self._maps, self._rows, self._keeps = [], [], []
        for ax, title in ((forward, "Forward →: size of z"), (backward, "← Backward: size of the gradient")):
            style.label(ax, title, "layer", "gain of the weights")
            ax.grid(False)
            ax.set_ylim(GAINS[0] - STEP / 2, GAINS[-1] + STEP / 2)
            self._maps.append(
                ax.imshow(
                    np.zeros((2, 2)),
                    cmap=SIZES,
                    vmin=-FURTHEST,
                    vmax=FURTHEST,
                    origin="lower",
                    aspect="auto",
                    interpolation="nearest",
                )
            )
            self._rows.append(ax.axhline(1, color=TEXT, linewidth=1.6, label="chosen"))
            self._keeps.append(ax.axhline(1, color=TEXT, linewidth=1.4, linestyle=":", label="keeps z, by theory"))
        key = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "borderaxespad": 0.2, "borderpad": 0, "frameon": False}
        forward.legend(
            handles=[
                Patch(facecolor=SIZES(0.5 + power / 2 / FURTHEST), edgecolor=TEXT, linewidth=0.5, label=name)
                for power, name in ((-4, "10⁻⁴"), (-2, "10⁻²"), (0, "1"), (2, "10²"), (4, "10⁴"))
            ],
            **{**key, "ncols": 5, "fontsize": 8.5, "labelcolor": TEXT},
            columnspacing=0.7,
            handlelength=1.0,
            handletextpad=0.3,
        )
        style.legend(backward)
        style.label(curves, "Along the chosen gain", "layer", "root mean square")
        style.logarithmic_y(curves)
        signal, gradient = ({**look, "linestyle": "none", "markersize": 4} for look in style.distinct_styles(2))
        (self._forward,) = curves.plot([], [], label="z", **signal)
        (self._backward,) = curves.plot([], [], label="gradient", **gradient)
        theory = {"color": TEXT, "linewidth": 1.2}
        (self._forward_theory,) = curves.plot([], [], label="theory", **theory)
        (self._backward_theory,) = curves.plot([], [], **theory)
        style.legend(curves)
        for ax in self._axes:
            ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
        self._title = style.heading(self.figure)
        self.changing = [
            *self._maps,
            *self._rows,
            *self._keeps,
            self._forward_theory,
            self._backward_theory,
            self._forward,
            self._backward,
            self._title,
        ]

    def draw(self, result):
        end = next(end for end in (11, 21, 31, 41) if end > result.depth)
        for image, sizes in zip(self._maps, (result.forward, result.backward), strict=True):
            image.set_data(powers(sizes))
            image.set_extent((0.5, result.depth + 0.5, GAINS[0] - STEP / 2, GAINS[-1] + STEP / 2))
        for line in self._rows:
            line.set_ydata([result.gain] * 2)
        for line in self._keeps:
            line.set_ydata([result.keeps] * 2)
        layers = np.arange(1, result.depth + 1)
        curves = [sizes[result.row] for sizes in (result.forward, result.backward)]
        theory = [sizes[result.row] for sizes in (result.forward_theory, result.backward_theory)]
        lines = (self._forward, self._backward, self._forward_theory, self._backward_theory)
        for line, sizes in zip(lines, curves + theory, strict=True):
            line.set_data(layers, sizes)
        for ax in self._axes:
            ax.set_xlim(0, end)
        self._axes[-1].set_ylim(decades(*curves, *theory, low=-2, high=2))
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        row, depth = result.row, result.depth
        forward, backward = result.forward[row], result.backward[row]
        return (
            f"{heading(result)}. "
            f"The size of z goes from {number(forward[0])} in layer 1 to {number(forward[-1])} in layer {depth}, where "
            f"theory has {number(result.forward_theory[row, -1])} for wide layers. The gradient goes from 1 in layer "
            f"{depth} to {number(backward[0])} in layer 1; theory has {number(result.backward_theory[row, 0])}. "
            f"{kept(result)} The gain that keeps z at variance 1 is {result.keeps:.2f}."
        )


def powers(sizes):
    """log10 of the sizes, within what the colours show."""
    return np.log10(np.clip(sizes, 10.0**-FURTHEST, 10.0**FURTHEST))


def kept(result) -> str:
    """The gains at which neither of the two sizes changes by more than a factor of ten, in a sentence."""
    change = np.abs(np.log10(np.maximum(result.forward[:, -1] / result.forward[:, 0], 1e-300)))
    back = np.abs(np.log10(np.maximum(result.backward[:, 0], 1e-300)))
    gains = GAINS[(change < 1) & (back < 1)]
    if not gains.size:
        return "With no gain of the map do both stay within a factor of 10."
    among = f"With a gain of {gains[0]:g}" if len(gains) == 1 else f"With gains from {gains[0]:g} to {gains[-1]:g}"
    return f"{among} both stay within a factor of 10."


def heading(result) -> str:
    """The network of a ``ScaleMap`` in one line."""
    return f"{result.depth} {result.activation} layers of {result.width} units, gain {result.gain:g}"
