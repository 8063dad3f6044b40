"""How near the mean of thinned networks comes to the whole network, what both get wrong, and one digit."""

import numpy as np
from matplotlib.ticker import NullLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, PURPLE, TEXT, VERMILION, number
from course_lib.units.regularization.experiments.thinned_networks import COUNTS

CLASSES = np.arange(10)
X = "thinned networks in the mean"


class ThinnedPicture(Picture):
    """Three panels of a ``Thinned``: the distance of the mean logits from those of the whole network, and the errors,
    by the number of thinned networks; and the probabilities of one digit. Median and range of three networks."""

    def build(self):
        self.figure, (gap, error, digit) = style.new_figure([1, 1, 1], wspace=0.38)
        style.label(gap, "Distance from the whole network", X, "difference of logits, in std")
        style.label(error, "Errors on 100 test digits", X, "share that is wrong")
        style.label(digit, "One digit", "class", "probability")
        self._bands, self._lines = [], []
        for ax, color in ((gap, BLUE), (error, VERMILION)):
            ax.set_xscale("log", base=2)
            ax.set(xlim=(0.85, 150), xticks=COUNTS[::2], xticklabels=COUNTS[::2])
            ax.xaxis.set_minor_locator(NullLocator())
            self._bands.append(ax.fill_between([], [], color=color, alpha=0.25, linewidth=0))
            look = {"color": color, "marker": "o", "markersize": 4, "linewidth": 1.5}
            self._lines.append(ax.plot([], [], label="mean of them", **look)[0])
        style.logarithmic_y(gap)
        gap.yaxis.set_major_formatter(lambda value, _: number(value))  # without formulas: a slider waits for it
        gap.set_ylim(0.01, 10)
        (self._rule,) = gap.plot([], [], color=TEXT, linewidth=1.2, linestyle=":", label="1 / √number")
        error.set_ylim(-0.02, 1.0)
        (self._whole_error,) = error.plot([], [], color=PURPLE, linestyle="--", linewidth=1.6, label="whole one")
        digit.set(xlim=(-0.6, 9.6), ylim=(-0.03, 1.03), xticks=CLASSES)
        (self._passes,) = digit.plot([], [], color=BLUE, linewidth=3, alpha=0.4, label="80 of 100")
        (self._mean,) = digit.plot([], [], color=BLUE, marker="o", markersize=5, linestyle="none", label="mean")
        look = {"color": PURPLE, "marker": "D", "markersize": 7, "markerfacecolor": "none", "linestyle": "none"}
        (self._whole,) = digit.plot([], [], label="whole", **look)
        for ax in (gap, error):
            style.legend(ax)
        style.legend(digit, handlelength=1.2)
        self._title = style.heading(self.figure)
        drawn = [self._rule, self._whole_error, self._passes, self._mean, self._whole, self._title]
        self.changing = [*self._bands, *self._lines, *drawn]

    def draw(self, result):
        for band, line, runs in zip(self._bands, self._lines, (result.gap, result.error), strict=True):
            band.set_data(COUNTS, runs.min(axis=0), runs.max(axis=0))
            line.set_data(COUNTS, np.median(runs, axis=0))
        self._rule.set_data(COUNTS, np.median(result.gap[:, 0]) / np.sqrt(COUNTS))
        self._whole_error.set_data((COUNTS[0], COUNTS[-1]), [np.median(result.whole_error)] * 2)
        ends = np.quantile(result.passes, (0.1, 0.9), axis=0)
        self._passes.set_data(np.repeat(CLASSES, 3), np.vstack([ends, np.full(10, np.nan)]).T.ravel())
        self._mean.set_data(CLASSES, result.passes.mean(axis=0))
        self._whole.set_data(CLASSES, result.whole)
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        gap, error = np.median(result.gap, axis=0), np.median(result.error, axis=0)
        mean, label = result.passes.mean(axis=0), result.label
        return (
            f"{heading(result)}. Medians of three networks. The logits of one thinned network are {number(gap[0])} "
            f"standard deviations from those of the whole one, the mean logits of {COUNTS[-1]} are {number(gap[-1])}: "
            f"{result.excess:.2f} times what 1 / √number would make of the first. Wrong on test digits: one thinned "
            f"network {error[0]:.0%}, the mean of {COUNTS[-1]} {error[-1]:.0%}, the whole network "
            f"{np.median(result.whole_error):.0%}. Image {result.image} is a {label}: the whole network gives it "
            f"{result.whole[label]:.2f}, the mean {mean[label]:.2f}, and 80 of 100 thinned networks "
            f"{np.quantile(result.passes[:, label], 0.1):.2f} to {np.quantile(result.passes[:, label], 0.9):.2f}."
        )


def heading(result) -> str:
    """The network of a ``Thinned`` in one line."""
    return f"{result.network}, drop rate {result.p_drop:g}, image {result.image}"
