"""Dropout in training: the networks against the library's layers, what the lesson says of it, and the figure."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from course_lib.figures.picture import panels
from course_lib.functions.losses import softmax_xent
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential
from course_lib.units.regularization.experiments.networks import Networks, dropout_masks, train_together
from course_lib.units.regularization.experiments.srivastava import Srivastava, srivastava
from course_lib.units.regularization.figures import srivastava_figure
from course_lib.units.shared.probabilities import softmax

pytestmark = pytest.mark.compiled

RNG = np.random.default_rng(0)
INVENTED = Srivastava(
    0.2,
    0.5,
    (1, 2, 3),
    (0, 1, 2),
    np.arange(4, 21, 4),
    RNG.uniform(0.05, 0.35, (2, 2, 3, 3, 5)),
    RNG.uniform(size=(2, 3, 3)),
)


def networks(number, sizes=(6, 7, 5, 4)):
    return Networks.of_sizes(list(sizes), [np.random.default_rng(seed) for seed in range(number)])


def steps(networks, x, labels, rate, number=1):
    """Steps on all samples at once."""
    order = np.random.default_rng(0)
    train_together(networks, x, labels, epochs=number, batch_size=x.shape[1], rate=rate, order=order)


def test_a_step_without_dropout_is_that_of_the_library_s_layers():
    both, rng = networks(2), np.random.default_rng(1)
    x, labels = rng.normal(size=(2, 8, 6)).astype(np.float32), rng.integers(4, size=(2, 8))
    layers = [
        Affine(6, 7, rng=rng),
        Activation("relu"),
        Affine(7, 5, rng=rng),
        Activation("relu"),
        Affine(5, 4, rng=rng),
    ]
    single = Sequential(*layers)
    for layer, w in zip(layers[::2], both.w, strict=True):
        layer.params["w"][:] = w[1]
        layer.params["b"][:] = 0.0
    # numbers of 32 bits: 24 binary digits, and sums of at most 8 terms
    near = {"rtol": 1e-4, "atol": 1e-6}
    logits = single.forward(x[1].astype(np.float64))
    np.testing.assert_allclose(both.forward(x)[1], logits, **near)
    single.backward(softmax_xent(logits, labels[1])[1])
    before = [w[1].copy() for w in both.w]
    steps(both, x, labels, 0.5)
    for layer, old, new in zip(layers[::2], before, both.w, strict=True):
        np.testing.assert_allclose(new[1], old - 0.5 * layer.grads["w"], **near)


def test_the_second_step_has_nine_tenths_of_the_first_s_speed():
    x, labels = RNG.normal(size=(1, 8, 6)).astype(np.float32), RNG.integers(4, size=(1, 8))
    start, one, two = networks(1).w[0], networks(1), networks(1)
    steps(one, x, labels, 1e-3)
    steps(two, x, labels, 1e-3, number=2)
    # the gradient hardly changes in a step of a thousandth: 1 + 0.9 gradients
    ratio = np.linalg.norm(two.w[0] - one.w[0]) / np.linalg.norm(one.w[0] - start)
    assert ratio == pytest.approx(1.9, rel=0.02)


def test_dropout_is_inverted_and_each_network_has_its_rate():
    both, x = networks(2, sizes=(3, 20_000, 2)), np.ones((1, 1, 3), np.float32)
    whole = both.forward(x, keep=True)[1][1]
    masks = dropout_masks(both, np.array([0.0, 0.5])[:, None, None], 1, np.random.default_rng(9))
    kept = both.forward(x, masks, keep=True)[1][1]
    np.testing.assert_array_equal(kept[0], whole[0])
    positive = whole[1] > 0
    dropped = (kept[1] == 0) & positive
    # of 10 000 units that are on; a standard deviation is half a hundredth
    assert dropped.sum() / positive.sum() == pytest.approx(0.5, abs=0.0225)
    np.testing.assert_allclose(kept[1][positive & ~dropped], 2 * whole[1][positive & ~dropped], rtol=1e-6)


def test_softmax_of_large_logits():
    np.testing.assert_allclose(softmax(np.array([1000.0, 1000.0, -1000.0])), [0.5, 0.5, 0.0], atol=1e-12)


@pytest.mark.outcome
def test_dropout_gains_where_labels_are_wrong_and_hardly_where_they_are_right():
    result = srivastava()
    last, best = np.median(result.error[..., -1], axis=-1), np.median(result.error, axis=-2).min(axis=-1)
    gain, gain_at_best = ((each[:, 0] - each[:, 1]).mean(axis=-1) for each in (last, best))
    # mean over the depths, in eight times five other seeds: 4.4 to 7.8 points with wrong labels, -0.4 to 0.8 without
    assert gain[1] > 0.03 and abs(gain[0]) < 0.02
    # stopped at the best moment, which only test digits tell: 1.4 to 4.1 points
    assert 0 < gain_at_best[1] < gain[1]
    # without dropout the error rises again by 2.2 to 8 points, and every wrong label is repeated
    assert np.all((last - best)[1, 0] > 0.01)
    repeated = np.median(result.repeated, axis=-1)
    # 78 to 87, 37 to 47, 17 to 22 %
    assert np.all(repeated[0] > 0.98) and np.all(repeated[1] < (0.93, 0.6, 0.35))


def test_the_figure_is_labelled_legible_and_not_cut():
    figure = srivastava_figure(INVENTED).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = np.array(canvas.buffer_rgba())
    for ax in figure.axes:
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title(loc="left")
        texts = [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
        assert all(text.get_fontsize() >= 8.5 for text in texts)  # 11.8 CSS pixels
        looks = [(line.get_linestyle(), line.get_marker()) for line in ax.lines]
        assert len(set(looks)) == len(looks) == 6
    for place in panels(figure):
        panel = image[place]
        assert all(np.all(edge == 255) for edge in (panel[0], panel[-1], panel[:, 0], panel[:, -1])), place


def test_the_figure_has_a_median_for_each_depth_and_a_band_for_each_arm():
    shown = srivastava_figure(INVENTED)
    for ax, arms in zip(shown.figure.axes, INVENTED.error, strict=True):
        lines = {line.get_label(): line for line in ax.lines}
        np.testing.assert_array_equal(lines["1 layer"].get_ydata(), np.median(arms[0, 0], axis=0))
        np.testing.assert_array_equal(lines["3, dropout"].get_ydata(), np.median(arms[1, 2], axis=0))
        for band, runs in zip(ax.collections, arms, strict=True):
            heights = band.get_paths()[0].vertices[:, 1]
            assert (heights.min(), heights.max()) == (runs.min(), runs.max())
    last = np.median(INVENTED.error[1, 1, :, :, -1], axis=-1)
    assert f"dropping 50% of the units: {last[0]:.1%}, {last[1]:.1%}, {last[2]:.1%} in the end" in shown.alt
    assert f"{np.median(INVENTED.repeated[1, 2]):.0%} with it." in shown.alt
