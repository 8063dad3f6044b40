"""An activation function, its slope, and what it makes of normally distributed inputs."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, GREY, RED, SAND, TEXT, VERMILION, number
from course_lib.units.vanishing_gradients.experiments.slopes import SATURATION, shape_named


class ActivationPicture(Picture):
    """Two panels of an ``ActivationPortrait``: function and slope over the inputs; histogram of the outputs."""

    def build(self):
        self.figure, (left, right) = style.new_figure([1.5, 1])
        style.label(left, "Function and slope", "input z", "f(z) and f'(z)")
        style.label(right, "What comes out", "output f(z)", "share of the outputs")
        left.set(xlim=(-6, 6), ylim=(-2, 4))
        right.set(xlim=(-3, 5))
        self._saturated = left.fill_between([], [], color=SAND, alpha=0.45, linewidth=0, label="saturated")
        self._density = left.fill_between([], [], color=GREY, alpha=0.55, linewidth=0, label="density of z")
        (self._value,) = left.plot([], [], color=BLUE, linewidth=2, label="f(z)")
        (self._slope,) = left.plot([], [], color=VERMILION, linewidth=2, linestyle="--", label="slope f'(z)")
        style.legend(left)
        self._outputs = right.stairs(np.zeros(64), np.linspace(-3, 5, 65), fill=True, color=BLUE, alpha=0.7)
        self._mean = right.axvline(0, color=RED, linewidth=1.8, linestyle="-.", label="mean of the outputs")
        right.axvline(0, color=TEXT, linewidth=0.8)
        style.legend(right)
        self._share_axis = right
        self._title = style.heading(self.figure)
        self.changing = [
            self._saturated,
            self._density,
            self._value,
            self._slope,
            self._outputs,
            self._mean,
            self._title,
        ]

    def draw(self, result):
        flat = np.abs(result.slope) < SATURATION * np.abs(result.slope).max()
        self._saturated.set_data(result.z, -2.0, 4.0, where=flat)
        # the tallest density fills a quarter of the panel: its shape matters here, its unit does not
        self._density.set_data(result.z, -2.0, -2.0 + 1.5 * result.density / max(result.density.max(), 0.4))
        self._value.set_data(result.z, result.value)
        self._slope.set_data(result.z, result.slope)
        self._outputs.set_data(result.output_share, result.output_edges)
        self._share_axis.set_ylim(0, 0.4 if result.output_share.max() < 0.4 else 1)
        self._mean.set_xdata([result.output_mean, result.output_mean])
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        centred = abs(result.output_mean) < 0.05 * result.output_std
        return (
            f"{heading(result)}. The outputs have mean {result.output_mean:.2f} and standard deviation "
            f"{result.output_std:.2f}: they are {'' if centred else 'not '}zero-centred. "
            f"{result.saturated:.1%} of the inputs meet a saturated slope (below 1 % of the largest), "
            f"{result.dead:.1%} a slope of exactly zero. Each layer multiplies the gradient's mean square by that of "
            f"the slope, {number(result.slope_mean_square)}."
        )


def heading(result) -> str:
    """Function and inputs of an ``ActivationPortrait`` in one line."""
    symbol = shape_named(result.activation).parameter
    parameter = f" with {symbol} = {result.parameter:g}" if symbol else ""
    return f"{result.activation}{parameter}, inputs of mean {result.mean:g} and standard deviation {result.std:g}"
