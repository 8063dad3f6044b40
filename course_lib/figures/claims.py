"""The curves of a claim's experiment, one line per seed."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.claims.claim import Claim
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import distinct_styles, label, legend, logarithmic_y, new_figure, number


def claim_figure(claim: Claim, results: tuple) -> Shown | None:
    """The curves of all seeds, the first one strong and the others faint; None for a claim without curves."""
    if claim.curves is None:
        return None
    figure, (ax,) = new_figure([1], height=2.8)
    ax.set_position([0.14, 0.19, 0.83, 0.7])
    for seed, result in reversed(list(enumerate(results))):
        series = claim.curves.series(result)
        for (name, values), style in zip(series.items(), distinct_styles(len(series)), strict=True):
            strong = {"label": name, "markersize": 3} if seed == 0 else {"alpha": 0.3, "linewidth": 0.8, "marker": ""}
            ax.plot(np.arange(1, len(values) + 1), values, **{**style, **strong})
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if claim.curves.log:
        logarithmic_y(ax)
    label(ax, "", claim.curves.xlabel, claim.curves.ylabel)
    if len(series) > 1:
        legend(ax)
    return show(figure, _describe(claim, results[0]))


def _describe(claim, result) -> str:
    curves = claim.curves
    parts = (
        f"{name}: from {number(values[0])} to {number(values[-1])}" for name, values in curves.series(result).items()
    )
    return f"{curves.ylabel} by {curves.xlabel}. {'; '.join(parts)}."
