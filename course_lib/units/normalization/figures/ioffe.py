"""Accuracy, and what one unit gets in the course of training; after Ioffe and Szegedy (2015), figure 1."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import TEXT
from course_lib.units.normalization.experiments.ioffe import Ioffe

ARMS = ("without", "batch norm")
TITLES = ("One unit, without", "One unit, with batch norm")


def ioffe_figure(result: Ioffe) -> Shown:
    """The accuracy over the steps; and for each seed the median of what one sigmoid gets, in a band between the
    percentiles 15 and 85, without and with batch norm."""
    figure, axes = style.new_figure([1, 1, 1], wspace=0.36)
    style.label(axes[0], f"Learning, {len(result.seeds)} seeds", "step", "right on the test digits")
    for arm, runs, look in zip(ARMS, result.accuracy, style.distinct_styles(2), strict=True):
        axes[0].plot(result.steps, np.median(runs, axis=0), label=arm, markersize=3.5, linewidth=1.4, **look)
        ends = runs.min(axis=0), runs.max(axis=0)
        axes[0].fill_between(result.steps, *ends, color=look["color"], alpha=0.2, linewidth=0)
    axes[0].set_ylim(0, 1.02)
    for ax, title, runs in zip(axes[1:], TITLES, result.percentiles, strict=True):
        style.label(ax, title, "step", "input of its sigmoid")
        for seed, values, look in zip(result.seeds, runs, style.distinct_styles(len(runs)), strict=True):
            look = {**look, "markersize": 3.5, "linewidth": 1.4, "markevery": 3}
            ax.plot(result.steps, values[:, 1], label=f"{seed}" if ax.lines else f"seed {seed}", **look)
            ax.fill_between(result.steps, values[:, 0], values[:, 2], color=look["color"], alpha=0.2, linewidth=0)
        ax.axhline(0, color=TEXT, linewidth=0.9, zorder=0)
        ax.set_ylim(*_limits(result.percentiles))
    for ax in axes:
        style.legend(ax)
    return show(figure, _words(result))


def _limits(values):
    """Whole numbers around all values."""
    return np.floor(values.min()), np.ceil(values.max())


def _words(result):
    accuracy = ", ".join(
        f"{runs[:, -1].min():.0%} to {runs[:, -1].max():.0%} ({arm})"
        for arm, runs in zip(ARMS, result.accuracy, strict=True)
    )
    ways = "; ".join(
        f"{arm}: " + ", ".join(f"from {_three(run[0])} to {_three(run[-1])}" for run in runs)
        for arm, runs in zip(ARMS, result.percentiles, strict=True)
    )
    return (
        f"Test accuracy of networks of three sigmoid layers after {result.steps[-1]} steps, {len(result.seeds)} "
        f"seeds: {accuracy}. Percentiles 15, 50 and 85 of what one sigmoid of the last hidden layer gets, from step "
        f"{result.steps[0]} to the end, {ways}."
    )


def _three(percentiles):
    return " / ".join(f"{each:.1f}" for each in percentiles)
