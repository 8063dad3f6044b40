"""Test error in training, without and with dropout, for several depths; after Srivastava et al. (2014), figure 4."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import BLUE, VERMILION
from course_lib.units.regularization.experiments.srivastava import Srivastava

COLORS = (BLUE, VERMILION)  # without dropout, with it


def srivastava_figure(result: Srivastava) -> Shown:
    """The test error over the epochs, with right labels and with some wrong ones: for each depth the median of the
    seeds, and for all without dropout, and all with it, a band from the lowest to the highest error."""
    figure, axes = style.new_figure([1, 1], width=8.6, wspace=0.25)
    titles = ("All labels right", style.percents(f"{result.wrong:.0%} of the labels wrong"))
    looks = style.distinct_styles(2 * len(result.depths))
    for ax, title, arms in zip(axes, titles, result.error, strict=True):
        style.label(ax, title, "epoch", "error on test digits", legend_rows=2)
        for color, runs in zip(COLORS, arms, strict=True):
            ends = runs.min(axis=(0, 1)), runs.max(axis=(0, 1))
            ax.fill_between(result.epochs, *ends, color=color, alpha=0.18, linewidth=0)
        for at, depth in enumerate(result.depths):  # the legend has a row for each arm: its columns are filled first
            for row, (color, runs) in enumerate(zip(COLORS, arms, strict=True)):
                look = {**looks[2 * at + row], "color": color}
                name = f"{depth}, dropout" if row else f"{depth} layer{'' if depth == 1 else 's'}"
                ax.plot(result.epochs, np.median(runs[at], axis=0), label=name, markersize=3.5, linewidth=1.4, **look)
        ax.set(ylim=(0, 0.4), xlim=(0, result.epochs[-1] + 1))
        style.legend(ax, rows=2, handlelength=2.1)
    return show(figure, _words(result))


def _words(result):
    last, best = np.median(result.error[..., -1], axis=-1), np.median(result.error, axis=-2).min(axis=-1)
    said = []
    for labels, at in (("all labels right", 0), (f"{result.wrong:.0%} of them wrong", 1)):
        for row, arm in enumerate(("without dropout", f"dropping {result.p_drop:.0%} of the units")):
            said.append(
                f"{labels}, {arm}: {_each(last[at, row])} in the end, {_each(best[at, row])} at the best moment"
            )
    repeated = [_each(np.median(runs, axis=-1), digits=0) for runs in result.repeated]
    depths = ", ".join(map(str, result.depths))
    return (
        f"Test error of networks of {depths} hidden layers over {result.epochs[-1]} epochs, medians of "
        f"{len(result.seeds)} seeds for each depth. With {'; with '.join(said)}. Of the wrong labels, {repeated[0]} "
        f"are repeated in the end without dropout, and {repeated[1]} with it."
    )


def _each(values, digits=1) -> str:
    return ", ".join(f"{value:.{digits}%}" for value in values)
