"""Numbers, axes and styles of all figures."""

import base64

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_lib.figures.picture import show
from course_lib.figures.style import decades, distinct_styles, number, percents, power_of_ten


def test_show_wraps_any_figure_and_wants_a_text():
    figure = Figure()
    data, metadata = show(figure, "an empty page")._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == "an empty page"
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="alt must say"):
        show(figure, "  ")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.1266, "0.13"),
        (250.0, "250"),
        (1e-5, "10⁻⁵"),
        (-3.14e12, "-3.1\u00a0×\u00a010¹²"),
        (np.inf, "not finite"),
        (np.nan, "not finite"),
        (9999.0, "10⁴"),
    ],
)
def test_numbers_for_sentences(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [("2e+09", "2\u00a0×\u00a010⁹"), ("1e+40", "10⁴⁰"), ("0e+00", "0"), ("3.1e-03", "3.1\u00a0×\u00a010⁻³")],
)
def test_numbers_as_python_writes_them(written, text):
    assert power_of_ten(*written.split("e")) == text


def test_per_cent_signs_stand_apart_from_their_number():
    assert percents("5% of 20.5 %, 100%") == "5\u00a0% of 20.5 %, 100\u00a0%"


@pytest.mark.parametrize("seed", range(20))
def test_decades_hold_all_positive_values_and_change_in_strides(seed):
    rng = np.random.default_rng(seed)
    values = 10.0 ** rng.uniform(-250, 250, 5) if seed % 2 else 10.0 ** rng.uniform(-3, 1, 5)
    low, high = decades(values, [0.0, np.nan, np.inf])
    assert low <= values.min() and values.max() <= high
    assert decades(values * 1.0001)[0] == low or seed % 2
    assert decades([0.0]) == decades([np.nan])


def test_styles_differ_in_all_channels():
    styles = distinct_styles(7)
    for channel in ("color", "linestyle", "marker"):
        assert len({style[channel] for style in styles}) == 7
