"""Entropy of answers with Monte-Carlo dropout and of one pass: on four kinds of images, by angle, and to refuse by."""

import numpy as np

from course_lib.figures import style
from course_lib.figures.picture import Picture
from course_lib.figures.style import TEXT
from course_lib.units.regularization.experiments.dropout_uncertainty import ANGLES, GROUPS, SHARES, TURNED, WAYS

MOST = np.log(10)  # nats: ten classes alike


class UncertaintyPicture(Picture):
    """Three panels of an ``Uncertainty``: the entropy on four kinds of images, median and 80 of 100; what turned digits
    get, by the angle; and the error on the digits that are left when the most uncertain are refused, median and range
    of three networks."""

    def build(self):
        self.figure, (groups, angles, kept) = style.new_figure([1, 1, 1], top=0.72, wspace=0.36)
        looks = style.distinct_styles(4)
        style.label(groups, "How unsure?", "what is shown", "entropy (nats)", legend_rows=2)
        groups.set(xlim=(-0.6, 3.6), ylim=(-0.07, 2.6), xticks=range(4), xticklabels=GROUPS)
        groups.axhline(MOST, color=TEXT, linewidth=0.9, zorder=0)
        groups.text(-0.5, MOST + 0.05, "all classes alike", color=TEXT, fontsize=9)
        self._ranges, self._medians = [], []
        for way, look in zip(WAYS, looks, strict=False):
            self._ranges.append(groups.plot([], [], color=look["color"], linewidth=3, alpha=0.4)[0])
            look = {**look, "linestyle": "none", "markersize": 6}
            self._medians.append(groups.plot([], [], label=way, **look)[0])
        said = f"Digits {', '.join(map(str, TURNED[:-1]))} and {TURNED[-1]}, turned"
        style.label(angles, said, "degrees", "share, or probability", legend_rows=2)
        angles.set(xlim=(-3, ANGLES[-1] + 3), ylim=(-0.03, 1.03), xticks=(0, 30, 60, 90, 120))
        names = [*(f"top, {way}" for way in WAYS), *(f"right, {way}" for way in WAYS)]
        self._angles = [curve(angles, name, look) for name, look in zip(names, looks, strict=True)]
        self._chosen = angles.axvline(0, color=TEXT, linewidth=1.2, linestyle="-.")
        style.label(kept, "Refuse the most unsure", "share of test digits refused", "error on the rest", legend_rows=2)
        kept.set(xlim=(-0.005, SHARES[-1] + 0.005), ylim=(-0.004, 0.14), xticks=(0, 0.1, 0.2, 0.3))
        self._kept = [curve(kept, way, look) for way, look in zip(WAYS, looks, strict=False)]
        for ax in (groups, kept):
            style.legend(ax, rows=2)
        style.legend(angles, rows=2, handlelength=1.6)
        self._title = style.heading(self.figure)
        drawn = [artist for pair in (*self._angles, *self._kept) for artist in pair]
        self.changing = [*self._ranges, *self._medians, *drawn, self._chosen, self._title]

    def draw(self, result):
        for at, (ends, medians) in enumerate(zip(self._ranges, self._medians, strict=True)):
            x = np.arange(len(GROUPS)) + 0.26 * (at - 0.5)
            quantiles = np.array([np.quantile(result.entropy(group)[at], (0.1, 0.9)) for group in GROUPS])
            ends.set_data(np.repeat(x, 3), np.column_stack([quantiles, np.full(len(GROUPS), np.nan)]).ravel())
            medians.set_data(x, [np.median(result.entropy(group)[at]) for group in GROUPS])
        for (band, line), runs in zip(self._angles, (*result.top_by_angle, *result.right_by_angle), strict=True):
            fill(band, line, ANGLES, runs)
        for (band, line), runs in zip(self._kept, result.error_kept, strict=True):
            fill(band, line, SHARES, runs)
        self._chosen.set_xdata([result.degrees] * 2)
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        said = "; ".join(
            f"{group}: {np.median(result.entropy(group)[0]):.2f} and {np.median(result.entropy(group)[1]):.2f}"
            for group in GROUPS
        )
        at, third = result.column, len(SHARES) // 3
        top, right = (np.median(each[..., at], axis=1) for each in (result.top_by_angle, result.right_by_angle))
        first, later = (np.median(result.error_kept[..., each], axis=1) for each in (0, third))
        ranking = np.median(result.ranking, axis=1)
        return (
            f"{heading(result)}; beside one pass without. Median entropies in nats, with dropout and in one pass: "
            f"{said}. Of the digits turned by {result.degrees} degrees {right[0]:.0%} and {right[1]:.0%} are right, "
            f"and the largest probability is {top[0]:.2f} and {top[1]:.2f} in the mean. A wrong answer has a higher "
            f"entropy than a right one in {ranking[0]:.0%} and {ranking[1]:.0%} of the pairs; the error on test digits "
            f"goes from {first[0]:.1%} and {first[1]:.1%} to {later[0]:.1%} and {later[1]:.1%} when the "
            f"{SHARES[third]:.0%} of highest entropy are refused (medians of three networks)."
        )


def heading(result) -> str:
    """The settings of an ``Uncertainty`` in one line."""
    passes = f"{result.passes} passes" if result.passes > 1 else "1 pass"
    return f"{passes} with dropout of {result.p_drop:g}, digits turned by {result.degrees}°"


def curve(ax, name, look):
    """A line with the band of its range."""
    band = ax.fill_between([], [], color=look["color"], alpha=0.22, linewidth=0)
    return band, ax.plot([], [], label=name, markersize=3.5, linewidth=1.4, **look)[0]


def fill(band, line, x, runs) -> None:
    """Median and range of the runs (seeds, points)."""
    band.set_data(x, runs.min(axis=0), runs.max(axis=0))
    line.set_data(x, np.median(runs, axis=0))
