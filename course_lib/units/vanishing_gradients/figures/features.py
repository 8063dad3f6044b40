"""What a linear head reads from untrained layers, before and after its inputs are standardised."""

import numpy as np
from matplotlib.ticker import PercentFormatter

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import GREY, TEXT

HEADS = ("as they are", "standardised")
GUESSING = 0.1
WIDTH = 9.2  # inches, of three panels


class FeaturesPicture(Picture):
    """A panel for each activation of ``HeadAccuracies``: every head's accuracy on the test digits, over the number of
    untrained layers; the lines join the medians of the seeds."""

    def __init__(self, result):
        self._n_panels = len(result.activations)
        super().__init__(result)

    def build(self):
        n = self._n_panels
        self.figure, self._axes = style.new_figure([1] * n, width=min(n * style.WIDEST_PANEL, WIDTH), wspace=0.36)
        self._drawn = []
        looks = [{**look, "markersize": 4.5, "linewidth": 1.4} for look in style.distinct_styles(2)]
        for ax in self._axes:
            ax.set_ylim(0, 1.02)
            ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            ax.axhline(GUESSING, color=GREY, linestyle=":")
            beside = {"fontsize": 8.5, "color": TEXT, "transform": ax.get_yaxis_transform()}
            ax.text(0.02, GUESSING + 0.01, "guessing", **beside)
            lines = []
            for head, look in zip(HEADS, looks, strict=True):
                (median,) = ax.plot([], [], **{**look, "marker": ""})
                (dots,) = ax.plot([], [], **{**look, "linestyle": "none", "alpha": 0.75})
                ax.plot([], [], label=head, **look)
                lines.append((median, dots))
            self._drawn.append(lines)
            style.legend(ax)
        self._title = style.heading(self.figure)
        self._title.set_text("A linear head on the features")
        self.changing = [line for lines in self._drawn for pair in lines for line in pair]

    def draw(self, result):
        last = result.depths[-1] + 1
        side = 0.012 * last * np.array([-1, 1])  # a little to the left and right, so that no dot hides another
        for which, (name, ax, lines) in enumerate(zip(result.activations, self._axes, self._drawn, strict=True)):
            style.label(ax, name, "untrained layers", "right on the test digits")
            ax.set(xlim=(0, last), xticks=result.depths)
            for aside, accuracy, (median, dots) in zip(side, (result.raw, result.standardised), lines, strict=True):
                at = np.array(result.depths) + aside
                median.set_data(at, np.median(accuracy[which], axis=1))
                dots.set_data(np.repeat(at, len(result.seeds)), accuracy[which].ravel())

    @staticmethod
    def describe(result):
        sentences = [
            f"{name}, {depth} {'layer' if depth == 1 else 'layers'}: {between(raw[at])} on the features as they are, "
            f"{between(scaled[at])} once they are standardised."
            for name, raw, scaled in zip(result.activations, result.raw, result.standardised, strict=True)
            for at, depth in enumerate(result.depths)
        ]
        return (
            f"Test accuracy of a linear head on untrained layers, {len(result.seeds)} seeds; guessing gives 10 %. "
            + " ".join(sentences)
        )


def between(accuracies) -> str:
    """The range of some accuracies in words."""
    low, high = (f"{100 * value:.0f}" for value in (accuracies.min(), accuracies.max()))
    return f"{low} %" if low == high else f"{low} to {high} %"
