"""Curves over several seeds: the median, the band, and where a curve ends."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from widths import fits_a_narrow_page

from course_lib.units.shared.figures.seeds import Panel, over_seeds


def panel(rows, **more):
    return Panel({"one": rows}, "Title", "step", "loss", **more)


def test_the_line_is_the_median_and_the_band_reaches_from_the_smallest_to_the_largest():
    rows = np.random.default_rng(0).uniform(1, 2, (5, 8))
    (ax,) = over_seeds(panel(rows)).figure.axes
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.median(rows, axis=0))
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert corners.min() == rows.min() and corners.max() == rows.max()


def test_a_curve_ends_where_most_seeds_are_not_finite():
    rows = np.ones((3, 4))
    rows[:2, 2:] = np.inf, np.nan
    shown = over_seeds(panel(rows))
    (ax,) = shown.figure.axes
    assert np.ma.getmaskarray(ax.lines[0].get_ydata()).tolist() == [False, False, True, True]
    assert "not finite with 2 of 3 seeds" in shown.alt


def test_the_text_says_both_ends_and_how_far_the_seeds_are_apart():
    shown = over_seeds(panel([[3.0, 1.0], [4.0, 2.0], [8.0, 2.5]], log=True))
    assert shown.alt == "Title, one: from 4 to 2 at the end (1 to 2.5 with 3 seeds)."
    assert shown.figure.axes[0].get_yscale() == "log"


@pytest.mark.parametrize("ends", [(1.31, 1.32), (1.3, 2.4), (0.3, 1.5), (0.9, 11.0), (1e-8, 3.0)])
def test_a_logarithmic_axis_shows_numbers_however_short_it_is(ends):
    figure = over_seeds(panel([ends], log=True)).figure
    FigureCanvasAgg(figure).draw()
    (ax,) = figure.axes
    low, high = ax.get_ylim()
    said = [tick.label1.get_text() for tick in ax.yaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert len(set(said)) == len(said) >= 2 and all(said)


def test_a_single_row_is_a_curve_without_a_band():
    (ax,) = over_seeds(panel([1.0, 2.0, 3.0])).figure.axes
    assert len(ax.collections) == 0


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError, match="inhomogeneous"):
        over_seeds(panel([[1.0, 2.0], [1.0]]))


@pytest.mark.parametrize("n_panels", [1, 2, 3])
def test_every_panel_fits_a_narrow_page(n_panels):
    assert fits_a_narrow_page(over_seeds(*[Panel({"one": [1.0, 2.0]}, "Title", "step", "loss")] * n_panels).figure)


def test_a_curve_that_would_hide_another_has_rings_around_its_markers():
    series = {"one": [1e-4, 1.0], "ten times": [1e-3, 10.0], "nearly one": [1.05e-4, 1.0]}
    for log, rings in ((True, [False, False, True]), (False, [False, False, True])):
        (ax,) = over_seeds(Panel(series, "Title", "step", "loss", log=log)).figure.axes
        assert [line.get_markerfacecolor() == "none" for line in ax.lines] == rings


def test_values_stand_where_they_were_measured():
    (ax,) = over_seeds(panel([[1.0, 2.0, 3.0]], at=(10, 20, 40))).figure.axes
    assert list(ax.lines[0].get_xdata()) == [10, 20, 40]


@pytest.mark.parametrize(
    ("name", "n_curves"),
    [("a name of the curve", 2), ("a name of the curve", 4), ("a name of the curve", 6), ("any", 7)],
)
def test_the_legend_stands_between_the_curves_and_the_title(name, n_curves):
    names = [f"{name} {i}" for i in range(n_curves)]
    figure = over_seeds(Panel({name: [1.0, 2.0] for name in names}, "Title", "step", "loss")).figure
    FigureCanvasAgg(figure).draw()
    (ax,) = figure.axes
    legend, title = ax.get_legend().get_window_extent(), ax._left_title.get_window_extent()
    assert ax.bbox.y1 <= legend.y0 and legend.y1 <= title.y0 and title.y1 <= figure.bbox.y1
    assert legend.x1 <= figure.bbox.x1
