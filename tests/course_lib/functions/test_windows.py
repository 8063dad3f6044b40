"""Sizes and receptive fields against what a stack of layers really does to an image of probes."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.functions.windows import ReceptiveField, Window, output_size, pad_widths, pair, receptive_field

paddings = st.one_of(st.integers(0, 3), st.sampled_from(["same", "valid"]))
windows = st.builds(Window, st.integers(1, 4), st.integers(1, 3), paddings, st.integers(1, 3))
sizes = st.integers(1, 40)


def positions(size, window):
    """Every place of the window inside of the padded axis, listed: the pixels that its taps meet."""
    before, after = pad_widths(size, window)
    taps = [window.dilation * k for k in range(window.kernel)]
    last = size + after - 1
    starts = [s for s in range(-before, last + 1) if s + taps[-1] <= last]
    return [[s + t for t in taps] for s in starts[:: window.stride]]


@given(sizes, windows)
def test_output_size_counts_the_places_of_the_window(size, window):
    places = positions(size, window)
    if places:
        assert output_size(size, window) == len(places)
    else:
        with pytest.raises(ValueError, match="does not fit"):
            output_size(size, window)


@given(sizes, windows)
def test_same_keeps_the_size_but_for_the_stride_and_pads_no_more_than_needed(size, window):
    window = Window(window.kernel, window.stride, "same", window.dilation)
    before, after = pad_widths(size, window)
    n_outputs = output_size(size, window)
    assert n_outputs == -(-size // window.stride)
    assert after - before in (0, 1)
    # with one zero less, a window less would fit
    assert before + after == 0 or (size + before + after - 1 - window.extent) // window.stride + 1 < n_outputs


@given(sizes, st.lists(windows, max_size=4))
def test_the_field_is_what_can_reach_a_unit(size, stack):
    # seen[u]: the first and last pixel, padding included, that unit u of the present layer depends on;
    # a padded position of a later layer is an imagined unit of the layer before it, so we begin far outside
    seen, now = {u: (u, u) for u in range(-2000, size + 2000)}, size
    for window in stack:
        places = positions(now, window)
        assume(places)
        step, first = window.stride, places[0][0]
        last = window.dilation * (window.kernel - 1)
        begins = {u: first + u * step for u in range(-2000, len(places) + 2000)}
        seen = {
            u: (seen[begin][0], seen[begin + last][1])
            for u, begin in begins.items()
            if begin in seen and begin + last in seen
        }
        now = len(places)
    field = receptive_field(stack, size)
    for unit in range(now):
        assert field.span(unit) == seen[unit]
    assert field.size == seen[0][1] - seen[0][0] + 1
    assert field.start == sum(seen[0]) / 2
    assert field.jump == seen[1][0] - seen[0][0]


def test_known_networks():
    # VGG-16 up to its last pooling: 212 pixels and a jump of 32 (Araujo et al. 2019, table 1)
    convolution, pool = Window(3, padding=1), Window(2, 2)
    stack = [layer for n in (2, 2, 3, 3, 3) for layer in [convolution] * n + [pool]]
    field = receptive_field(stack)
    assert (field.size, field.jump) == (212, 32)
    # AlexNet up to its last pooling: 195 pixels, a jump of 32 (same table)
    alexnet = [
        Window(11, 4),
        Window(3, 2),
        Window(5, padding=2),
        Window(3, 2),
        *[Window(3, padding=1)] * 3,
        Window(3, 2),
    ]
    field = receptive_field(alexnet)
    assert (field.size, field.jump) == (195, 32)
    assert receptive_field([]) == ReceptiveField(1, 1, 0)


def test_a_size_is_needed_for_same():
    with pytest.raises(ValueError, match="pass size"):
        receptive_field([Window(3, 2, "same")])
    # three pixels, stride 2: two outputs, and of the two zeros that they need one lies before
    assert receptive_field([Window(3, 2, "same")], size=3).first == -1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "kernel must be at least 1, got 0"),
        ((1, 0), "stride must be at least 1, got 0"),
        ((1, 1, -1), "padding must be at least 0, got -1"),
        ((1, 1, "full"), "padding must be a number of pixels, 'same' or 'valid', got 'full'"),
        ((1, 1, 0, 0), "dilation must be at least 1, got 0"),
    ],
)
def test_impossible_windows_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Window(*arguments)


@pytest.mark.parametrize("arguments", [(3.0,), (3, 3.0), (3, 1, 3.0), (3, 1, 0, 3.0)])
def test_a_whole_number_that_is_not_an_integer_is_refused(arguments):
    with pytest.raises(TypeError, match=r"must be an integer, got 3.0 \(float\): type 3"):
        Window(*arguments)


def test_small_integers_of_numpy_do_not_overflow():
    window = Window(np.int8(100), 1, np.uint8(200), np.int8(2))
    assert window.extent == 199
    assert output_size(10, window) == 10 + 2 * 200 - 199 + 1


def test_pair():
    assert pair(3) == (3, 3)
    assert pair([1, 2]) == (1, 2)
    assert pair("same") == ("same", "same")
    with pytest.raises(ValueError, match=r"stride must be one value, or a pair for height and width, got \(1,\)"):
        pair((1,), "stride")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: output_size(5.0, Window(2)), TypeError, r"size must be an integer, got 5.0 \(float\): type 5"),
        (lambda: output_size(0, Window(2, padding=3)), ValueError, "size must be at least 1, got 0"),
        (lambda: output_size(5, 2), TypeError, r"window must be .*Window.*, got 2 \(int\)"),
        (lambda: pad_widths(5.0, Window(2, padding="same")), TypeError, "size must be an integer, got 5.0"),
        (lambda: receptive_field([3, 3]), TypeError, r"each of windows must be .*Window.*, got 3 \(int\)"),
        (lambda: receptive_field([Window(3)], 8.0), TypeError, "size must be an integer, got 8.0"),
    ],
)
def test_what_is_not_a_size_or_not_a_window_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
