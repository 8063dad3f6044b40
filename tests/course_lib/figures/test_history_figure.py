"""The figure of a training run shows what the history holds, for every kind of run."""

import numpy as np
import pytest

from course_lib.data import datasets
from course_lib.figures.history import describe, history_figure
from course_lib.functions.losses import mse
from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import SGD
from course_lib.training.history import History
from course_lib.training.loop import fit

pytestmark = pytest.mark.compiled


def trained(**options):
    rng = np.random.default_rng(0)
    x, y = datasets.moons(100, rng=rng)
    options = {"epochs": 4, "test": (x[:30], y[:30])} | options
    return fit(mlp([2, 8, 2], activation="relu", rng=rng), x, y, rng=rng, **options)


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def test_every_number_of_the_history_is_drawn():
    history = trained()
    figure = history_figure(history)
    loss, accuracy, step = (lines(ax) for ax in figure.axes)
    np.testing.assert_array_equal(loss["batch"].get_ydata(), history.loss)
    np.testing.assert_array_equal(loss["train"].get_ydata(), history.train_loss)
    np.testing.assert_array_equal(loss["test"].get_ydata(), history.test_loss)
    np.testing.assert_array_equal(accuracy["test"].get_ydata(), history.test_accuracy)
    np.testing.assert_array_equal(step["gradient norm"].get_ydata(), history.gradient_norm)
    np.testing.assert_array_equal(step["learning rate"].get_ydata(), history.lr)
    assert loss["batch"].get_xdata()[-1] == len(history.train_loss)  # steps and epochs end together
    assert len({(line.get_color(), line.get_linestyle()) for line in loss.values()}) == 3
    assert all(ax.get_legend() for ax in figure.axes)


@pytest.mark.parametrize(
    "history",
    [
        History(),
        History(loss=[1.0, 0.5], gradient_norm=[1.0, 1.0], lr=[0.1, 0.1]),
        trained(test=None),
        trained(epochs=1),
        trained(optimizer=SGD(1e200)),
    ],
    ids=["empty", "within the first epoch", "no test data", "one epoch", "diverged"],
)
def test_every_kind_of_run_can_be_drawn(history, tmp_path):
    history_figure(history).savefig(tmp_path / "history.png")
    assert describe(history).endswith(".")


def test_the_sentence_has_the_last_figures():
    history = trained()
    sentence = describe(history)
    assert f"{history.test_accuracy[-1]:.1%}" in sentence and "4 epochs" in sentence
    best = int(np.argmin(history.test_loss)) + 1
    assert f"lowest in epoch {best}" in sentence


def test_no_accuracy_is_claimed_where_there_is_none():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(20, 2))
    history = fit(mlp([2, 2], activation="relu", rng=rng), x, x, rng=rng, loss=mse, epochs=2, test=(x, x))
    assert "accuracy" not in describe(history)
    history_figure(history)


def test_a_diverged_run_is_named():
    with np.errstate(all="ignore"):
        assert "no longer finite at step" in describe(trained(optimizer=SGD(1e200)))
