"""Double descent: the fits against independent ones, what the lesson says of them, and the figure."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from units.regularization.examples import invented_capacity

from course_lib.figures.picture import panels
from course_lib.units.regularization import widgets
from course_lib.units.regularization.experiments import double_descent as experiment
from course_lib.units.regularization.experiments.double_descent import (
    RATIOS,
    DoubleDescent,
    _decomposed,
    capacity,
    double_descent,
    widths,
)
from course_lib.units.regularization.figures import CapacityPicture, double_descent_figure
from course_lib.units.regularization.widgets.capacity import shape
from course_lib.units.shared.digits import centred_digits

pytestmark = pytest.mark.compiled

AT = RATIOS.index(1.0)
INVENTED = DoubleDescent(
    invented_capacity(0.0, 50, 0.0, 100.0),
    invented_capacity(0.2, 100, 0.0, 1000.0),
    invented_capacity(0.2, 150, 0.1, 10.0),
)


def drawn_again(images, seed):
    """Features of training and test images, and the labels, right and wrong, of one draw."""
    rng, data = np.random.default_rng(seed), centred_digits()
    chosen = rng.choice(len(data.x_train), images, replace=False)
    labels = data.y_train[chosen]
    others = (labels + rng.integers(1, 10, images)) % 10
    v = rng.normal(size=(64, 10 * images)) / 8
    return [np.maximum(x @ v, 0) for x in (data.x_train[chosen], data.x_test)], labels, others


@pytest.mark.parametrize("ridge", [0.0, 0.1])
@pytest.mark.parametrize("at", [0, 6, AT + 3, -1])
def test_errors_are_those_of_least_squares_in_the_weights(at, ridge):
    (train, test), labels, others = drawn_again(50, 3)
    labels = np.concatenate([others[:15], labels[15:]])
    width = widths(50)[at]
    train, test = train[:, :width] / np.sqrt(width), test[:, :width] / np.sqrt(width)
    targets = np.eye(10)[labels] - 0.1
    if ridge:
        weights = np.linalg.solve(train.T @ train + ridge * np.eye(width), train.T @ targets)
    else:
        weights = np.linalg.lstsq(train, targets, rcond=1e-10)[0]
    result = capacity(0.3, 50, ridge, (3,))
    # another way to the same weights: away from the peak their condition is below 1e4, so that 1e-6 is ample
    assert result.norm[0, at] == pytest.approx(np.linalg.norm(weights), rel=1e-6)
    assert result.test[0, at] == np.mean((test @ weights).argmax(axis=1) != centred_digits().y_test)
    assert result.training[0, at] == np.mean((train @ weights).argmax(axis=1) != labels)


def test_wrong_labels_are_wrong_and_as_many_as_said():
    for seed in range(5):
        _, labels, others = _decomposed(50, seed)
        assert np.all(labels != others) and set(others) <= set(range(10))
    # the share of errors cannot tell which labels were wrong, but with fewer features than digits it must grow
    assert capacity(0.5, 100).training[:, 0].mean() > capacity(0.0, 100).training[:, 0].mean()


@pytest.mark.outcome
def test_error_falls_rises_to_the_peak_and_falls_again():
    result = double_descent()
    for arm in (result.wrong, result.right):
        # 86 % and 80 % at the peak, with 37 % and 23 % before and 24 % and 9 % after it
        assert arm.at > 0.6 and arm.before < 0.5 * arm.test[:, 0].mean() + 0.2 and arm.widest < arm.before - 0.04
        assert np.all(arm.training[:, AT:] == 0)  # every label is met, the wrong ones too
        norms = np.median(arm.norm, axis=0)
        assert norms.argmax() == AT and norms[AT] > 5 * norms[-1]  # 10 to 30 times
    assert np.median(result.wrong.test, axis=0).argmax() == AT


@pytest.mark.outcome
def test_a_ridge_takes_the_peak_away():
    median = np.median(double_descent().ridge.test, axis=0)
    # the largest rise above what was reached before is 2 points at most in forty draws
    assert np.max(median - np.minimum.accumulate(median)) < 0.05
    assert double_descent().ridge.at < double_descent().wrong.at - 0.4


@pytest.mark.outcome
@pytest.mark.soak
def test_the_peak_is_there_on_forty_draws():
    for wrong in (0.0, 0.2):
        result = capacity(wrong, 100, 0.0, range(100, 140))
        # 37 points above the best before it at least, and 22 to 36 % wrong at the end with wrong labels
        assert np.all(result.test[:, AT] > result.test[:, :AT].min(axis=1) + 0.25)
        assert np.all(result.test[:, -1] < result.test[:, AT] - 0.25)


@pytest.mark.parametrize("settings", [{"wrong": 0.6}, {"images": 60}, {"ridge": -1.0}, {"ridge": np.nan}])
def test_capacity_refuses(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        capacity(**settings)


# figure and widget


def curves(ax):
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def test_the_figure_is_labelled_legible_and_not_cut():
    figure = double_descent_figure(INVENTED).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = np.array(canvas.buffer_rgba())
    for ax in figure.axes:
        assert ax.get_xlabel() and ax.get_ylabel() and ax.get_title(loc="left")
        texts = [ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels(), *ax.texts]
        assert all(text.get_fontsize() >= 8.5 for text in texts)  # 11.8 CSS pixels
        looks = [(line.get_linestyle(), line.get_marker()) for line in curves(ax).values()]
        assert len(set(looks)) == len(looks)
    for place in panels(figure):
        panel = image[place]
        assert all(np.all(edge == 255) for edge in (panel[0], panel[-1], panel[:, 0], panel[:, -1])), place


def test_the_figure_has_medians_in_bands_and_says_the_numbers():
    shown = double_descent_figure(INVENTED)
    errors, arms, norm = shown.figure.axes
    named = {"20\u00a0% wrong": INVENTED.wrong, "all right": INVENTED.right, "wrong + ridge": INVENTED.ridge}
    for ax, field in ((arms, "test"), (norm, "norm")):
        assert list(curves(ax)) == list(named)
        for (name, arm), band in zip(named.items(), ax.collections, strict=True):
            runs = getattr(arm, field)
            np.testing.assert_array_equal(curves(ax)[name].get_ydata(), np.median(runs, axis=0))
            heights = band.get_paths()[0].vertices[:, 1]
            assert (heights.min(), heights.max()) == (runs.min(), runs.max())
    np.testing.assert_array_equal(curves(errors)["training"].get_ydata(), np.median(INVENTED.wrong.training, axis=0))
    assert f"all right: {INVENTED.right.before:.0%} at best" in shown.alt
    assert f"20% wrong and a ridge of 0.1: {INVENTED.ridge.before:.0%} at best" in shown.alt


def test_where_the_training_labels_are_met_is_said():
    result = invented_capacity(0.2, 100, 0.0, 100.0)
    assert "all met never" not in CapacityPicture.describe(result)
    assert "never all met" in CapacityPicture.describe(result)
    result.training[:, 4:] = 0.0
    assert "all met from 45 features on" in CapacityPicture.describe(result)


def test_a_slider_decomposes_nothing_again(monkeypatch):
    explorer = widgets.capacity_explorer(predict=False)
    monkeypatch.setattr(experiment.np.linalg, "svd", lambda *_, **__: 1 / 0)
    for name, value in (("wrong", 0.5), ("images", 150), ("ridge", 1.0), ("images", 50)):
        getattr(explorer.controls, name).value = value
        assert getattr(explorer.result, name) == value


def test_the_answer_has_the_error_with_a_ridge_and_without():
    explorer = widgets.capacity_explorer(wrong=0.4)
    text = explorer.prediction.question.explain(explorer.measure_answer())
    assert f"an error of {capacity(0.4, 100, 0.1).at:.0%} where without it is {capacity(0.4, 100, 0.0).at:.0%}" in text


@pytest.mark.parametrize(
    ("curve", "option"),
    [
        (np.linspace(0.8, 0.1, 17), 0),
        (np.concatenate([np.linspace(0.8, 0.3, 8), np.linspace(0.35, 0.7, 9)]), 1),
        (np.concatenate([np.linspace(0.8, 0.3, 6), np.linspace(0.35, 0.85, 4), np.linspace(0.7, 0.2, 7)]), 2),
        (np.linspace(0.1, 0.8, 17), 3),
    ],
)
def test_the_shape_of_a_curve(curve, option):
    result = invented_capacity(0.2, 100, 0.0, 100.0)
    result.test[:] = curve
    assert shape(result) == option


def test_a_slider_waits_for_what_it_shows_alone(monkeypatch):
    explorer, measured = widgets.capacity_explorer(predict=False), []
    monkeypatch.setattr(widgets.capacity, "capacity", lambda *which: measured.append(which) or capacity(*which))
    explorer.controls.wrong.value = 0.3
    assert measured == [(0.3, 100, 0.0)]
    explorer.close()
