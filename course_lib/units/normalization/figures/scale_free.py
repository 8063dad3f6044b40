"""What becomes of gradient and step when the weights in front of batch norm are multiplied."""

import numpy as np
from matplotlib.ticker import NullLocator

from course_lib.figures import style
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import TEXT, number
from course_lib.units.normalization.experiments.scale_free import ScaleFree

ARMS = ("without", "batch norm")


def scale_free_figure(result: ScaleFree) -> Shown:
    """By the factor c of the first weights, the gradient and the turn of the weights in one step, beside 1/c and 1/c²;
    median and range of the seeds."""
    figure, axes = style.new_figure([1, 1])
    panels = (
        ("The gradient of the weights", result.gradient, 1, "1 / c"),
        ("How far a step turns the weights", result.turn, 2, "1 / c²"),
    )
    for ax, (title, measured, power, name) in zip(axes, panels, strict=True):
        style.label(ax, title, "factor c of the weights", "in units of that at c = 1")
        for arm, runs, look in zip(ARMS, measured, style.distinct_styles(2), strict=True):
            ax.plot(result.factors, np.median(runs, axis=0), label=arm, markersize=6, **look)
            ends = runs.min(axis=0), runs.max(axis=0)
            ax.fill_between(result.factors, *ends, color=look["color"], alpha=0.2, linewidth=0)
        law = 1.0 / result.factors**power
        ax.plot(result.factors, law, color=TEXT, linewidth=1.2, linestyle=":", label=name)
        ax.set(xscale="log", yscale="log", xticks=result.factors, xticklabels=result.factors)
        ax.set(yticks=law, yticklabels=["1", *(f"1/{factor**power}" for factor in result.factors[1:])])
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_minor_locator(NullLocator())
        style.legend(ax)
    return show(figure, _words(result))


def _words(result):
    last = result.factors[-1]
    sentences = (
        f"{arm}: the gradient is {number(np.median(gradient[:, -1]))} times as large, a step turns the weights by "
        f"{number(np.median(turn[:, -1]))} of the angle, and a logit changes by up to "
        f"{number(np.median(output[:, -1]))} of its spread"
        for arm, gradient, turn, output in zip(ARMS, result.gradient, result.turn, result.output, strict=True)
    )
    return (
        f"The weights of the first layer are multiplied by {last}; medians of {result.turn.shape[1]} seeds. "
        f"{'; '.join(sentences)}. 1 / c is {number(1 / last)}, and 1 / c² is {number(1 / last**2)}."
    )
