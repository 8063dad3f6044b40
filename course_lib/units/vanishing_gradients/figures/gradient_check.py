"""The V-curve of gradient checking: the error of a numerical gradient against its step."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import RED, SLATE, number


class GradientCheckPicture(Picture):
    """Relative error over the step h, for central and one-sided differences, from a ``GradientCheckCurve``."""

    def build(self):
        self.figure, (ax,) = style.new_figure([1], height=3.8)
        style.label(ax, "Numerical against exact gradient", "step h", "largest relative error")
        ax.set(xscale="log", yscale="log", xlim=(10**-13.4, 10**-0.6), ylim=(1e-11, 4))
        ax.set_xticks(10.0 ** np.arange(-13, 0, 2))
        ax.set_yticks(10.0 ** np.arange(-11, 1, 2))
        ax.minorticks_off()
        central, one_sided = ({**line, "markersize": 5, "linewidth": 1.6} for line in style.distinct_styles(2))
        (self._central,) = ax.plot([], [], label="central", **central)
        (self._one_sided,) = ax.plot([], [], label="one-sided", **one_sided)
        self._step = ax.axvline(1e-5, color=RED, linewidth=1.4, linestyle="-.", label="the chosen step")
        note = {"fontsize": 9, "color": SLATE, "style": "italic", "transform": ax.transAxes}
        ax.text(0.015, 0.04, "← smaller h\nrounding: 1/h", **note)
        ax.text(0.985, 0.04, "larger h →\ntruncation: h² or h", ha="right", **note)
        style.legend(ax)
        self._title = style.heading(self.figure)
        self.changing = [self._central, self._one_sided, self._step, self._title]

    def draw(self, result):
        self._central.set_data(result.h, result.central)
        self._one_sided.set_data(result.h, result.one_sided)
        self._step.set_xdata([result.h[result.chosen]] * 2)
        self._title.set_text(f"{result.activation} network, loss in {result.precision}")

    @staticmethod
    def describe(result):
        chosen = result.chosen
        return (
            f"{result.activation} network, loss in {result.precision}. At h = {number(result.h[chosen])} the relative "
            f"error is {number(result.central[chosen])} for central and {number(result.one_sided[chosen])} for "
            f"one-sided differences. Central differences are best at h = {number(result.best_step)}, with an error of "
            f"{number(result.central.min())}; one-sided ones at h = {number(result.h[np.argmin(result.one_sided)])}, "
            f"with {number(result.one_sided.min())}. Larger steps suffer from truncation, smaller ones from rounding."
        )
