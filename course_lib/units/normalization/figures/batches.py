"""Loss by the size of the batches in both modes, one image in many batches, and the error of a batch's mean."""

import numpy as np
from matplotlib.ticker import NullLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import TEXT, decades
from course_lib.units.normalization.experiments.batch_gap import N_COMPANIES, SIZES

MODES = ("of the batch", "running")  # statistics


class BatchPicture(Picture):
    """Three panels of a ``BatchGap``: the loss in both modes by the size of the batches; the probability of one image's
    class in 50 batches of the chosen size, sorted, and by the running statistics; and the error of a batch's mean.
    Median and range of three networks."""

    def build(self):
        self.figure, (gap, company, error) = style.new_figure([1, 1, 1], wspace=0.4)
        self._gap = gap
        style.label(gap, "Loss on new digits", "batch size", "loss (nats)")
        style.label(company, "One image, in 50 batches", "batch, sorted", "probability of its class")
        style.label(error, "How wrong is a batch's mean?", "batch size", "error, in standard deviations")
        style.logarithmic_y(gap)
        company.set(xlim=(0, N_COMPANIES + 1), ylim=(-0.02, 1.02))
        looks = style.distinct_styles(2)
        names = [(gap, MODES), (company, MODES), (error, MODES[:1])]
        self._lines, self._ranges = {}, {}
        for ax, modes in names:
            for mode, look in zip(modes, looks, strict=False):
                look = {**look, "marker": ""} if ax is company else {**look, "markersize": 4}
                self._ranges[ax, mode] = ax.fill_between([], [], color=look["color"], alpha=0.25, linewidth=0)
                (self._lines[ax, mode],) = ax.plot([], [], label=mode, linewidth=1.5, **look)
        error.plot(SIZES, np.array(SIZES) ** -0.5, color=TEXT, linewidth=1.1, linestyle=":", label="1 / √size")
        self._chosen = []
        for ax in (gap, error):
            ax.set_xscale("log", base=2)
            ax.set(xlim=(1.6, 320), xticks=SIZES[::2], xticklabels=SIZES[::2])
            ax.xaxis.set_minor_locator(NullLocator())
            self._chosen.append(ax.axvline(2, color=TEXT, linewidth=1.2, linestyle="-."))
        error.set_ylim(0, 0.8)
        for ax in (gap, company, error):
            style.legend(ax)
        self._axes = gap, company, error
        self._title = style.heading(self.figure)
        self.changing = [*self._ranges.values(), *self._lines.values(), *self._chosen, self._title]

    def draw(self, result):
        gap, company, error = self._axes
        batch = np.arange(1, N_COMPANIES + 1)
        alone = np.repeat(result.alone[:, None], N_COMPANIES, axis=1)
        shown = {
            (gap, MODES[0]): (SIZES, result.training),
            (gap, MODES[1]): (SIZES, result.evaluation),
            (company, MODES[0]): (batch, np.sort(result.in_company, axis=1)),
            (company, MODES[1]): (batch, alone),
            (error, MODES[0]): (SIZES, result.error),
        }
        for key, (x, runs) in shown.items():
            self._ranges[key].set_data(x, runs.min(axis=0), runs.max(axis=0))
            self._lines[key].set_data(x, np.median(runs, axis=0))
        gap.set_ylim(decades(result.training, result.evaluation, low=-2, high=1))
        for line in self._chosen:
            line.set_xdata([result.size] * 2)
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        at, low = result.column, np.mean(result.in_company < 0.5)
        losses = [_range(mode[:, at]) for mode in (result.training, result.evaluation)]
        right = [_percent(mode[:, at]) for mode in (result.training_accuracy, result.evaluation_accuracy)]
        others = ", ".join(f"{_medians(result, column)} ({SIZES[column]})" for column in (0, 3, -1))
        return (
            f"{heading(result)}. Three networks on new digits: loss {losses[0]} by the statistics of batches of "
            f"{result.size}, {losses[1]} by the running ones; right {right[0]} and {right[1]}. Median losses, by size: "
            f"{others}. The image's class gets a probability below one half in {100 * low:.0f}\u00a0% of 50 batches; "
            f"by the running statistics it is {_range(result.alone)}. A batch's mean is off by "
            f"{np.median(result.error[:, at]):.2f} standard deviations."
        )


def heading(result) -> str:
    """The settings of a ``BatchGap`` in one line."""
    return f"Batches of {result.size}, running statistics of momentum {result.momentum:g}, image {result.image}"


def _range(values) -> str:
    low, high = f"{values.min():.2f}", f"{values.max():.2f}"
    return low if low == high else f"{low} to {high}"


def _percent(values) -> str:
    low, high = f"{100 * values.min():.0f}", f"{100 * values.max():.0f}"
    return f"{low}\u00a0%" if low == high else f"{low} to {high}\u00a0%"


def _medians(result, at) -> str:
    return f"{np.median(result.training[:, at]):.2f} and {np.median(result.evaluation[:, at]):.2f}"
