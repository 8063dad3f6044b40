"""Gradient and spread between samples over the layers, and the first layer's gradient over the gains."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import TEXT, decades, number
from course_lib.units.normalization.experiments.depth_gain import GAINS

ARMS = ("without", "batch norm")


class DepthGainPicture(Picture):
    """Three panels of a ``DepthGain``: at the chosen gain, the gradient and the spread between samples over the layers;
    and the gradient in the first layer over all gains. Median and range of three networks."""

    def build(self):
        self.figure, self._axes = style.new_figure([1, 1, 1], wspace=0.4)
        titles = ("← Backward: the gradient", "Forward →: samples apart", "The gradient in layer 1")
        names = (("layer", "root mean square"), ("layer", "spread over the samples"), ("gain", "root mean square"))
        self._lines, self._ranges = [], []
        for ax, title, (x, y) in zip(self._axes, titles, names, strict=True):
            style.label(ax, title, x, y)
            style.logarithmic_y(ax)
            ax.yaxis.set_major_formatter(lambda value, _: number(value))  # without formulas: a slider waits for it
            for arm, look in zip(ARMS, style.distinct_styles(2), strict=True):
                self._ranges.append(ax.fill_between([], [], color=look["color"], alpha=0.25, linewidth=0))
                self._lines.append(ax.plot([], [], label=arm, markersize=3.5, linewidth=1.4, **look)[0])
            ax.axhline(1, color=TEXT, linewidth=0.9, zorder=0)
            style.legend(ax)
        for ax in self._axes[:2]:
            ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
        self._axes[2].set(xlim=(0, GAINS[-1] + 0.3), xticks=range(6))
        self._chosen = self._axes[2].axvline(1, color=TEXT, linewidth=1.4, linestyle=":")
        self._title = style.heading(self.figure)
        self.changing = [*self._ranges, *self._lines, self._chosen, self._title]

    def draw(self, result):
        layers = np.arange(1, result.depth + 1)
        shown = (
            (layers, result.gradient[:, :, result.row]),
            (layers, result.spread[:, :, result.row]),
            (GAINS, result.gradient[..., 0]),
        )
        lines, ranges = iter(self._lines), iter(self._ranges)
        for ax, (x, arms) in zip(self._axes, shown, strict=True):
            for runs in arms:
                next(ranges).set_data(x, runs.min(axis=0), runs.max(axis=0))
                next(lines).set_data(x, np.median(runs, axis=0))
            ax.set_ylim(decades(arms, low=-2, high=2))
        for ax in self._axes[:2]:
            ax.set_xlim(0, next(end for end in (11, 21, 31) if end > result.depth))
        self._chosen.set_xdata([result.gain] * 2)
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        first, last = result.gradient[..., 0], result.spread[:, :, result.row, -1]
        arms = [
            f"{arm}: {_between(first[at, :, result.row])} in layer 1, a factor of {result.factors[at]:.2f} a "
            f"layer; samples end apart by {_between(last[at])}; over all gains the gradient in layer 1 is "
            f"{_between(np.median(first[at], axis=0))}"
            for at, arm in enumerate(("without batch norm", "with it"))
        ]
        return (
            f"{heading(result)}; three networks before training. A gradient of size 1 in the last layer is, "
            f"{'; '.join(arms)}."
        )


def heading(result) -> str:
    """The network of a ``DepthGain`` in one line."""
    return f"{result.depth} {result.activation} layers of {result.width} units, gain {result.gain:g}"


def _between(values) -> str:
    low, high = number(values.min()), number(values.max())
    return low if low == high else f"{low} to {high}"
