"""The signal and the gradient in every layer of a network at initialisation."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import decades, number


class SignalPicture(Picture):
    """Three panels over the layers of a ``Propagation``: activation spread, gradient norms, saturated units."""

    def build(self):
        self.figure, self._axes = style.new_figure([1, 1.05, 0.95])
        spread, gradient, share = self._axes
        style.label(spread, "Signal: spread of the activations", "layer", "standard deviation")
        style.label(gradient, "Gradient of the loss", "layer", "norm")
        style.label(share, "Units that pass nothing back", "layer", "share")
        for ax in (spread, gradient):
            style.logarithmic_y(ax)
        share.set_ylim(-0.03, 1.03)
        first, second = ({**line, "markersize": 3.5, "linewidth": 1.4} for line in style.distinct_styles(2))
        (self._spread,) = spread.plot([], [], **first)
        (self._weights,) = gradient.plot([], [], label="of the weights", **first)
        (self._inputs,) = gradient.plot([], [], label="of the inputs", **second)
        (self._saturated,) = share.plot([], [], label="saturated", **first)
        (self._dead,) = share.plot([], [], label="dead", **{**second, "markersize": 6, "markerfacecolor": "none"})
        for ax in (gradient, share):
            style.legend(ax)
        for ax in self._axes:
            ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        self._title = style.heading(self.figure)
        self.changing = [self._spread, self._weights, self._inputs, self._saturated, self._dead, self._title]

    def draw(self, result):
        hidden, all_layers = np.arange(1, result.depth + 1), np.arange(1, result.depth + 2)
        self._spread.set_data(hidden, result.activation_std)
        self._weights.set_data(all_layers, result.weight_gradient_norm)
        self._inputs.set_data(all_layers, result.input_gradient_norm)
        self._saturated.set_data(hidden, result.saturated)
        self._dead.set_data(hidden, result.dead)
        self._title.set_text(heading(result))
        spread, gradient, _ = self._axes
        for ax in self._axes:
            ax.set_xlim(0, next(end for end in (12, 27, 52) if end > result.depth + 1 or end == 52))
        spread.set_ylim(decades(result.activation_std))
        gradient.set_ylim(decades(result.weight_gradient_norm, result.input_gradient_norm))

    @staticmethod
    def describe(result):
        spread, weights, inputs = result.activation_std, result.weight_gradient_norm, result.input_gradient_norm
        return (
            f"{heading(result)}. "
            f"The activations' standard deviation is {number(spread[0])} in layer 1 and {number(spread[-1])} "
            f"in layer {result.depth}: the signal {change(spread[0], spread[-1])}. "
            f"On the way back, the gradient of a layer's inputs goes from {number(inputs[-1])} (output layer) to "
            f"{number(inputs[0])} (layer 1): the gradient {change(inputs[-1], inputs[0])}. "
            f"The gradient of the weights has norm {number(weights[0])} in layer 1 and {number(weights[-1])} in the "
            f"output layer. In layer {result.depth}, {result.saturated[-1]:.0%} of the outputs are saturated and "
            f"{result.dead[-1]:.0%} of the units are dead."
        )


def heading(result) -> str:
    """The network of a ``Propagation`` in one line."""
    skip = ", skip connections" if result.residual else ""
    gain = "" if result.gain == 1 else f", gain {result.gain:g}"
    return (
        f"{result.depth} hidden layers of {result.width} {result.activation} units, {result.initialization}{gain}{skip}"
    )


def change(before, after) -> str:
    """What became of a size, as the end of a sentence; beyond a factor of 1000 it vanishes or explodes."""
    if not (np.isfinite(before) and np.isfinite(after)):
        return "is not finite"
    if after == 0:
        return "is gone: it is exactly zero"
    if before == 0:
        return "started at exactly zero"
    ratio = after / before
    if 0.1 <= ratio <= 10:
        return "keeps its size"
    if ratio < 1:
        return f"{'vanishes' if ratio < 1e-3 else 'shrinks'} ({number(1 / ratio)} times smaller)"
    return f"{'explodes' if ratio > 1e3 else 'grows'} ({number(ratio)} times larger)"
