"""Histograms of activations and gradients by layer, after Glorot and Bengio (2010), figures 6 and 7."""

import numpy as np
from matplotlib.figure import Figure

from course_lib.figures import style
from course_lib.figures.picture import Shown, show
from course_lib.figures.style import number
from course_lib.units.initialization.experiments.glorot_histograms import (
    ACTIVATION_EDGE,
    ARMS,
    GRADIENT_EDGE,
    HIDDEN,
    LayerHistograms,
)

WIDTH, HEIGHT = 9.5, 6.2  # inches
NAMES = {"standard": "Standard, U(±1/√n)", "normalised": "Normalised, U(±√6/√(n+m))"}


def glorot_figure(result: LayerHistograms) -> Shown:
    """Two rows, the standard and the normalised initialisation, of activations and gradients: a curve for each layer,
    the median of the seeds, with a band from the smallest to the largest density."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=style.DPI)
    sides = {"left": 0.67 / WIDTH, "right": 1 - 0.14 / WIDTH, "wspace": 0.22}
    levels = {"bottom": 0.57 / HEIGHT, "top": 1 - 0.9 / HEIGHT, "hspace": 0.56}
    axes = figure.subplots(2, 2, gridspec_kw={**sides, **levels})
    columns = (
        ("activations", "tanh(z)", result.activations, ACTIVATION_EDGE),
        (
            "gradients",
            "gradient of z ÷ root mean square of the largest",
            result.gradients,
            GRADIENT_EDGE,
        ),
    )
    for row, arm in zip(range(2), ARMS, strict=True):
        for ax, (title, x, densities, edge) in zip(axes[row], columns, strict=True):
            style.label(ax, f"{NAMES[arm]}: {title}", x, "density")
            _draw(ax, densities[row], edge)
    heading = style.heading(figure)
    heading.set(text=f"{HIDDEN} hidden tanh layers before training", y=1 - 0.24 / HEIGHT)
    return show(figure, _words(result))


def _draw(ax, densities, edge):
    """Curves of one initialisation, (seeds, layers, bins)."""
    bins = densities.shape[-1]
    middles = (np.arange(bins) + 0.5) / bins * 2 * edge - edge
    for layer, look in enumerate(style.distinct_styles(HIDDEN)):
        values = densities[:, layer]
        look = {**look, "markersize": 3.5, "markevery": (layer, HIDDEN), "linewidth": 1.4}
        ax.plot(middles, np.median(values, axis=0), label=f"{layer + 1}" if layer else "layer 1", **look)
        ax.fill_between(middles, values.min(axis=0), values.max(axis=0), color=look["color"], alpha=0.2, linewidth=0)
    ax.set(xlim=(-edge, edge), xticks=np.linspace(-edge, edge, 5), ylim=(0.01, 30))
    style.logarithmic_y(ax)
    style.legend(ax)


def _words(result):
    def ends(spread):
        first, last = (f"{number(each.min())} to {number(each.max())}" for each in (spread[:, 0], spread[:, -1]))
        return f"{first} in layer 1, {last} in layer {HIDDEN}"

    sentences = (
        f"{arm}: root mean square of the activations {ends(a)}; of the gradients {ends(g)}."
        for arm, a, g in zip(ARMS, result.activation_std, result.gradient_std, strict=True)
    )
    return (
        f"Histograms of activations and of gradients with respect to z in {HIDDEN} hidden tanh layers before training, "
        f"{len(result.seeds)} seeds. {' '.join(sentences)}"
    )
