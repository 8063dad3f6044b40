"""Weights of a sparse problem over the steps and over the strength of a penalty, and how many become zero."""

import numpy as np
from matplotlib.ticker import NullLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import BLUE, GREY, TEXT, VERMILION
from course_lib.units.regularization.experiments.penalty_paths import SMALL, STEPS, STRENGTHS, TRUE

USED = int(np.count_nonzero(TRUE))  # the weights that have something to do come first
DIGITS = "₁₂₃₄₅"
MARKED = [1, 4, 12, 40, 120, STEPS]  # steps that are even on the axis
HEIGHT = 2.6  # of the axes of weights, up and down
ALL_SEEN = 30  # steps; of later ones, several share a pixel


class PathsPicture(Picture):
    """Three panels of a ``Paths``: the weights of the first sample over the steps, at the chosen strength, and in the
    end, over all strengths; and how many of the 20 are exactly 0 or near it, median and range of three samples."""

    def build(self):
        self.figure, (steps, ends, zeros) = style.new_figure([1, 1, 1], top=0.72, wspace=0.36)
        style.label(steps, "In training", "step", "weight", legend_rows=2)
        style.label(ends, f"After {STEPS} steps", "strength", "weight", legend_rows=2)
        style.label(zeros, "How many of the 20 are 0?", "strength", "weights", legend_rows=2)
        steps.set_xscale("symlog", linthresh=1)  # most happens in the first ten steps
        steps.set(xlim=(0, STEPS * 1.1), xticks=(0, 1, 10, 100))
        self._weights = {}
        for ax, every in ((steps, MARKED), (ends, 3)):
            ax.set_ylim(-HEIGHT, HEIGHT)
            (others,) = ax.plot([], [], color=GREY, linewidth=0.8, label="others")
            looks = style.distinct_styles(USED)
            lines = [
                ax.plot([], [], label=f"w{DIGITS[at]}", linewidth=1.4, markersize=3.5, markevery=every, **look)[0]
                for at, look in enumerate(looks)
            ]
            self._weights[ax] = (others, lines)
            style.legend(ax, rows=2)
        self._chosen = []
        for ax in (ends, zeros):
            ax.set_xscale("log")
            ax.set(xlim=(STRENGTHS[0] * 0.8, STRENGTHS[-1] * 1.25), xticks=(0.001, 0.01, 0.1, 1, 10))
            self._chosen.append(ax.axvline(1, color=TEXT, linewidth=1.2, linestyle="-."))
        for ax in (steps, ends, zeros):
            ax.xaxis.set_minor_locator(NullLocator())
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        zeros.set_ylim(-0.6, 20.6)
        zeros.set_yticks((0, 5, 10, 15, 20))
        self._counts = []
        for name, color, line, marker in (
            ("exactly 0", BLUE, "-", "o"),
            (f"nearer to 0 than {SMALL:g}", VERMILION, "--", "s"),
        ):
            band = zeros.fill_between([], [], color=color, alpha=0.22, linewidth=0)
            look = {"color": color, "linestyle": line, "marker": marker, "markersize": 3.5, "linewidth": 1.4}
            self._counts.append((band, zeros.plot([], [], label=name, **look)[0]))
        style.legend(zeros, rows=2)
        self._axes, self._title = (steps, ends), style.heading(self.figure)
        drawn = [each for others, lines in self._weights.values() for each in (others, *lines)]
        self.changing = [*drawn, *self._chosen, *(each for pair in self._counts for each in pair), self._title]

    def draw(self, result):
        shown = ((np.arange(STEPS + 1), result.path), (STRENGTHS, result.ends[0]))
        for ax, (x, weights) in zip(self._axes, shown, strict=True):
            others, lines = self._weights[ax]
            for at, line in enumerate(lines):
                line.set_data(x, weights[:, at])
            unused = weights[:, USED:]
            if ax is self._axes[0]:
                x, unused = _thinned(x, unused)
            gaps = np.full((1, unused.shape[1]), np.nan)  # one line for all, with a gap behind each
            others.set_data(np.tile([*x, np.nan], unused.shape[1]), np.vstack([unused, gaps]).T.ravel())
        for (band, line), runs in zip(self._counts, (result.zeros, result.small), strict=True):
            band.set_data(STRENGTHS, runs.min(axis=0), runs.max(axis=0))
            line.set_data(STRENGTHS, np.median(runs, axis=0))
        for line in self._chosen:
            line.set_xdata([STRENGTHS[result.row]] * 2)
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        weights = ", ".join(f"{w:z.2f}" for w in result.ends[0, result.row, :USED])
        unused = np.abs(result.ends[0, result.row, USED:]).max()
        zeros, small = result.zeros[:, result.row], result.small[:, result.row]
        return (
            f"{heading(result)}. After {STEPS} steps the five weights that have something to do are {weights}, without "
            f"penalty and noise {', '.join(f'{w:g}' for w in TRUE[:USED])}; the largest of the 15 others is "
            f"{unused:.3f}. Exactly 0 are {_range(zeros)} of the 20 weights in three samples, and nearer to 0 than "
            f"{SMALL:g} are {_range(small)}. From the L2 solution the weights are at most {off(result):.2f} away."
        )


def _thinned(steps, weights):
    """Every step up to ``ALL_SEEN``, and then the lowest and the highest weight of the steps that share two pixels.

    Weights that swing from one side of the frame to the other would otherwise take a quarter of a second to draw.
    """
    shared = np.unique(np.geomspace(ALL_SEEN, STEPS, 40).astype(int))
    ends = np.stack([reduce.reduceat(weights, shared) for reduce in (np.minimum, np.maximum)], axis=1)
    ends = np.clip(ends.reshape(-1, weights.shape[1]), -1.1 * HEIGHT, 1.1 * HEIGHT)
    return np.concatenate([steps[:ALL_SEEN], np.repeat(steps[shared], 2)]), np.vstack([weights[:ALL_SEEN], ends])


def off(result) -> float:
    """The largest distance of a weight from the minimum with the L2 penalty; median of the samples."""
    return float(np.median(np.abs(result.ends - result.ridge)[:, result.row].max(axis=1)))


def heading(result) -> str:
    """The penalty of a ``Paths`` in one line."""
    scales = f"scales of the features 1 to {result.spread:g}" if result.spread > 1 else "features of one scale"
    return f"{result.method}; strength {result.strength:.2g}, {scales}"


def _range(values) -> str:
    low, high = values.min(), values.max()
    return f"{low}" if low == high else f"{low} to {high}"
