"""Test error against the number of features; after Belkin, Hsu, Ma and Mandal (2019), figure 2."""

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from course_lib.figures import style
from course_lib.figures.picture import Picture, Shown, show
from course_lib.figures.style import TEXT, decades, number
from course_lib.units.regularization.experiments.double_descent import CHANCE, RATIOS, Capacity, DoubleDescent

ERRORS = ("test", "training")
X = "features ÷ training images"
TICKS = (0.1, 0.3, 1, 3, 10)


class CapacityPicture(Picture):
    """Two panels of a ``Capacity``, against the number of features for each training image: the errors on test digits
    and on training images, and the norm of the weights. Median and range of the seeds."""

    def build(self):
        self.figure, (errors, norm) = style.new_figure([1.25, 1])
        style.label(errors, "Errors", X, "share that is wrong")
        style.label(norm, "How large the weights become", X, "norm of the weights")
        _prepare_errors(errors)
        _prepare_norm(norm)
        looks = style.distinct_styles(3)
        rows = ((errors, ERRORS[0], looks[0]), (errors, ERRORS[1], looks[1]), (norm, "weights", looks[2]))
        self._artists = [_curve(ax, name, look) for ax, name, look in rows]
        style.legend(errors)
        self._norm, self._title = norm, style.heading(self.figure)
        self.changing = [artist for pair in self._artists for artist in pair] + [self._title]

    def draw(self, result):
        runs = (result.test, result.training, result.norm)
        for (band, line), values in zip(self._artists, runs, strict=True):
            _set(band, line, values)
        self._norm.set_ylim(decades(result.norm, low=-1, high=4))
        self._title.set_text(heading(result))

    @staticmethod
    def describe(result):
        lowest, trained = int(np.median(result.test, axis=0).argmin()), np.median(result.training, axis=0)
        best, at = np.median(result.test[:, lowest]), RATIOS.index(1.0)
        met = f"all met from {result.widths[_zero_from(trained)]} features on" if trained[-1] == 0 else "never all met"
        return (
            f"{heading(result)}. Median test error of {len(result.seeds)} draws: {result.before:.0%} at best with "
            f"fewer features than images, {result.at:.0%} with as many, {result.widest:.0%} with ten times as many; "
            f"the lowest is {best:.0%}, with {result.widths[lowest]} features. The training labels are {met}. The norm "
            f"of the weights is {number(np.median(result.norm[:, at]))} with as many features as images, and "
            f"{number(np.median(result.norm[:, -1]))} with ten times as many."
        )


def heading(result: Capacity) -> str:
    """The settings of a ``Capacity`` in one line."""
    ridge = f"ridge {result.ridge:g}" if result.ridge else "no ridge"
    return style.percents(f"{result.images} training images, {result.wrong:.0%} with a wrong label, {ridge}")


def double_descent_figure(result: DoubleDescent) -> Shown:
    """Errors with some wrong labels; test error and norm of the weights with right labels, with wrong ones, and with
    these and a ridge. Median and range of the seeds."""
    figure, (errors, arms, norm) = style.new_figure([1, 1, 1], wspace=0.36)
    share = style.percents(f"{result.wrong.wrong:.0%} wrong")
    style.label(errors, f"Least squares, {share} labels", X, "share that is wrong")
    style.label(arms, "Test error of three fits", X, "share that is wrong", legend_rows=2)
    style.label(norm, "Size of their weights", X, "norm of the weights", legend_rows=2)
    for name, runs, look in zip(
        ERRORS, (result.wrong.test, result.wrong.training), style.distinct_styles(2), strict=True
    ):
        _set(*_curve(errors, name, look), runs)
    named = {share: result.wrong, "all right": result.right, "wrong + ridge": result.ridge}
    looks = style.distinct_styles(4)
    for (name, arm), look in zip(named.items(), (looks[0], *looks[2:]), strict=True):
        _set(*_curve(arms, name, look), arm.test)
        _set(*_curve(norm, name, look), arm.norm)
    for ax in (errors, arms):
        _prepare_errors(ax)
    _prepare_norm(norm)
    norm.set_ylim(decades(*(arm.norm for arm in named.values()), low=0, high=4))
    style.legend(errors)
    for ax in (arms, norm):
        style.legend(ax, rows=2)
    return show(figure, _words(result))


def _words(result):
    arms = result.wrong, result.right, result.ridge
    share = f"{result.wrong.wrong:.0%} wrong"
    names = (share, "all right", f"{share} and a ridge of {result.ridge.ridge:g}")
    said = "; ".join(
        f"{name}: {arm.before:.0%} at best with fewer features than images, {arm.at:.0%} with as many, "
        f"{arm.widest:.0%} with ten times as many, and there weights of norm {number(np.median(arm.norm[:, -1]))}, "
        f"after {number(np.median(arm.norm[:, RATIOS.index(1.0)]))} with as many"
        for name, arm in zip(names, arms, strict=True)
    )
    trained = np.median(result.wrong.training, axis=0)
    return (
        f"Least squares on random ReLU features of {result.wrong.images} digits, median and range of "
        f"{len(result.wrong.seeds)} draws. Test error, by what share of the training labels is wrong: {said}. With "
        f"{result.wrong.wrong:.0%} wrong labels and no ridge, the training error falls to 0 at "
        f"{result.wrong.widths[_zero_from(trained)]} features, and stays there."
    )


def _zero_from(trained) -> int:
    """From which width on the median training error is 0; the last width if it never is."""
    above = np.flatnonzero(trained > 0)
    return min(above[-1] + 1, len(trained) - 1) if above.size else 0


def _curve(ax, name, look):
    band = ax.fill_between([], [], color=look["color"], alpha=0.22, linewidth=0)
    (line,) = ax.plot([], [], label=name, markersize=3.5, linewidth=1.4, **look)
    return band, line


def _set(band, line, runs):
    band.set_data(RATIOS, runs.min(axis=0), runs.max(axis=0))
    line.set_data(RATIOS, np.median(runs, axis=0))


def _prepare(ax):
    ax.set_xscale("log")
    ax.set_xlim(0.04, 12.5)
    ax.xaxis.set_major_locator(FixedLocator(TICKS))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.axvline(1, color=TEXT, linewidth=1, linestyle=":", zorder=0)


def _prepare_errors(ax):
    _prepare(ax)
    ax.set_ylim(-0.02, 1.0)
    ax.axhline(CHANCE, color=TEXT, linewidth=0.9, linestyle="-", zorder=0)
    ax.text(0.045, CHANCE + 0.015, "guessing", color=TEXT, fontsize=9)


def _prepare_norm(ax):
    _prepare(ax)
    style.logarithmic_y(ax)
    ax.yaxis.set_major_formatter(lambda value, _: number(value))  # without formulas: a slider waits for it
