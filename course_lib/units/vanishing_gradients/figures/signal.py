"""The signal and the gradient in every layer of a network at initialisation."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import decades, number


class SignalPicture(Picture):
    """Three panels over the layers of a ``Propagation``: spread on the way forward, gradient norms on the way back (on
    one scale, so that slopes compare), saturated units."""

    def build(self):
        self.figure, self._axes = style.new_figure([1.05, 1.05, 0.8], wspace=0.36)
        spread, gradient, share = self._axes
        style.label(spread, "Forward →: the signal", "layer", "standard deviation")
        style.label(gradient, "← Backward: the gradient", "layer", "norm")
        style.label(share, "Units without slope", "layer", "share")
        for ax in (spread, gradient):
            style.logarithmic_y(ax)
        share.set_ylim(-0.03, 1.03)
        first, second = ({**line, "markersize": 3.5, "linewidth": 1.4} for line in style.distinct_styles(2))
        hollow = {**second, "markersize": 6, "markerfacecolor": "none"}
        (self._between,) = spread.plot([], [], label="between samples", **first)
        (self._total,) = spread.plot([], [], label="units too", **second)
        (self._inputs,) = gradient.plot([], [], label="of the inputs", **first)
        (self._weights,) = gradient.plot([], [], label="of the weights", **second)
        (self._saturated,) = share.plot([], [], label="saturated", **first)
        (self._dead,) = share.plot([], [], label="dead", **hollow)
        for ax in self._axes:
            style.legend(ax)
            ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        self._title = style.heading(self.figure)
        self.changing = [
            self._between,
            self._total,
            self._inputs,
            self._weights,
            self._saturated,
            self._dead,
            self._title,
        ]

    def draw(self, result):
        hidden, all_layers = np.arange(1, result.depth + 1), np.arange(1, result.depth + 2)
        self._between.set_data(hidden, result.between_samples)
        self._total.set_data(hidden, result.activation_std)
        self._inputs.set_data(all_layers, result.input_gradient_norm)
        self._weights.set_data(all_layers, result.weight_gradient_norm)
        self._saturated.set_data(hidden, result.saturated)
        self._dead.set_data(hidden, result.dead)
        self._title.set_text(heading(result))
        spread, gradient, _ = self._axes
        for ax in self._axes:
            ax.set_xlim(0, next(end for end in (12, 27, 52) if end > result.depth + 1 or end == 52))
        limits = decades(
            result.between_samples, result.activation_std, result.weight_gradient_norm, result.input_gradient_norm
        )
        spread.set_ylim(limits)
        gradient.set_ylim(limits)

    @staticmethod
    def describe(result):
        between, total = result.between_samples, result.activation_std
        weights, inputs = result.weight_gradient_norm, result.input_gradient_norm
        return (
            f"{heading(result)}. "
            f"Forward: from sample to sample, a unit's output has standard deviation {number(between[0])} in layer 1 "
            f"and {number(between[-1])} in layer {result.depth}: what tells the samples apart "
            f"{change(between[0], between[-1])}{rate(between)}. Over samples and units together it goes from "
            f"{number(total[0])} to {number(total[-1])}. "
            f"Backward: the gradient of a layer's inputs goes from {number(inputs[-1])} (output layer) to "
            f"{number(inputs[0])} (layer 1): the gradient {change(inputs[-1], inputs[0])}{rate(inputs[::-1])}. "
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


def rate(sizes) -> str:
    """The mean factor from one size to the next, to be put behind ``change``; nothing where there is none."""
    before, after = sizes[0], sizes[-1]
    if not (0 < before < np.inf and 0 < after < np.inf):
        return ""
    return f", by a factor of {(after / before) ** (1 / (len(sizes) - 1)):.3f} a layer"
