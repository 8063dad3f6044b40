"""Early stopping against a transcription of its rule, and in a real training."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.layers.dense import Affine
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.normalization import BatchNorm
from course_lib.optimizers.first_order import SGD
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.loop import evaluate, fit

# few distinct values, so that ties and improvements of exactly min_delta happen
values = st.one_of(st.integers(-4, 4).map(lambda k: k / 4), st.sampled_from([np.nan, np.inf]))
histories = st.lists(values, min_size=1, max_size=20)


def expected_stop(history, patience, min_delta):
    """Index of the evaluation that stops, or None; index of the best one, or None."""
    best, chosen = np.inf, None
    for i, value in enumerate(history):
        if not np.isnan(value) and best - value > min_delta:
            best, chosen = value, i
        if i - (-1 if chosen is None else chosen) == patience:
            return i, chosen
    return None, chosen


@given(histories, st.integers(1, 5), st.sampled_from([0.0, 0.25, 0.5]))
def test_stops_where_the_rule_says_and_keeps_the_best(history, patience, min_delta):
    history = [value for value in history if value != np.inf]  # inf - inf has no order for the transcription
    stopping = EarlyStopping(patience, min_delta)
    where, chosen = expected_stop(history, patience, min_delta)
    stopped = None
    for i, value in enumerate(history):
        if stopping.update(value, np.array([float(i)])):
            stopped = i
            break
    assert stopped == where
    if chosen is None:
        assert stopping.best_params is None and stopping.best == np.inf
    else:
        assert stopping.best == history[chosen]
        np.testing.assert_array_equal(stopping.best_params, [float(chosen)])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("start", [[], [1.0]])
def test_nan_and_infinity_are_no_improvement(bad, start):
    stopping = EarlyStopping(2)
    assert [stopping.update(value, np.zeros(1)) for value in [*start, bad, bad]] == [False] * (len(start) + 1) + [True]
    assert stopping.best == (start[0] if start else np.inf)


def test_a_good_value_after_nan_counts_again():
    stopping = EarlyStopping(2)
    assert not any(stopping.update(value, np.zeros(1)) for value in [np.nan, 3.0, np.nan, 2.0, 2.5])
    assert stopping.best == 2.0 and stopping.waited == 1


@pytest.mark.parametrize("kind", [lambda a: a, lambda a: [a], lambda a: {"w": a}])
def test_the_best_parameters_are_a_copy(kind):
    w = np.array([1.0, 2.0])
    stopping = EarlyStopping(1)
    stopping.update(0.5, kind(w))
    w[...] = 9.0
    assert repr(stopping.best_params) == repr(kind(np.array([1.0, 2.0])))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_restore_brings_parameters_and_running_statistics_back_in_place(dtype, rng):
    network = Sequential(Affine(3, 4, rng=rng), BatchNorm(4), dtype=dtype)
    before, weights = network.state(), network.layers[0].params["w"]
    stopping = EarlyStopping(1)
    stopping.update(0.5, network.state())
    for _ in range(2):
        network.theta += 5
        network.statistics += 5
        stopping.restore(network)
        np.testing.assert_array_equal(network.theta, before["theta"])
        np.testing.assert_array_equal(network.statistics, before["statistics"])
        np.testing.assert_array_equal(weights.ravel(), before["theta"][:12])
    assert stopping.best_params["theta"].dtype == dtype


def noisy_data(rng, n=40):
    """Labels with no relation to the inputs: whatever is learnt raises the held-out loss."""
    return rng.normal(size=(n, 5)), rng.integers(0, 3, n)


@pytest.mark.outcome
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_training_stops_early_with_the_best_parameters(dtype, rng):
    train, held_out = noisy_data(rng), noisy_data(rng)
    network = mlp([5, 30, 3], activation="tanh", rng=rng, dtype=dtype)
    stopping, seen = EarlyStopping(patience=4), []

    def note(run):
        if run.epoch_ended:
            seen.append(run.network.theta.copy())

    history = fit(network, *train, rng=rng, epochs=200, test=held_out, callbacks=[note, stopping])
    losses = np.array(history.test_loss)
    assert len(losses) < 200
    assert len(losses) - 1 - losses.argmin() == 4
    np.testing.assert_array_equal(network.theta, seen[losses.argmin()])
    # the layers' views followed; another run of the same pass gives the same numbers
    assert evaluate(network, *held_out)[0] == stopping.best == losses.min()


@pytest.mark.outcome
def test_a_training_that_diverges_goes_back_to_the_best(rng):
    x, y = noisy_data(rng)
    network = mlp([5, 8, 3], activation="relu", rng=rng)
    stopping = EarlyStopping(patience=50, monitor="train_loss")
    optimizer = SGD(lr=0.1)

    def break_after_three_epochs(run):
        if run.epoch_ended and run.epoch == 2:
            run.network.theta[...] = np.nan

    history = fit(
        x=x, y=y, network=network, rng=rng, optimizer=optimizer, callbacks=[stopping, break_after_three_epochs]
    )
    assert history.diverged and len(history.train_loss) == 3
    assert evaluate(network, x, y)[0] == min(history.train_loss)


def test_a_training_that_diverges_at_once_has_nothing_to_restore(rng):
    x, y = noisy_data(rng)
    network = mlp([5, 3], activation="relu", rng=rng)
    network.theta[...] = np.nan
    stopping = EarlyStopping(patience=1, monitor="train_loss")
    assert fit(network, x, y, rng=rng, callbacks=[stopping]).diverged
    with pytest.raises(ValueError, match="no parameters to restore"):
        stopping.restore(network)


def test_monitoring_the_test_loss_needs_test_data(rng):
    with pytest.raises(ValueError, match="no test_loss: give fit"):
        fit(mlp([5, 3], activation="relu", rng=rng), *noisy_data(rng), rng=rng, callbacks=[EarlyStopping(1)])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"patience": 0}, ValueError, "patience must be at least 1, got 0"),
        ({"patience": 2.0}, TypeError, r"patience must be an integer, got 2.0 \(float\): type 2"),
        ({"min_delta": -0.5}, ValueError, "min_delta must be at least 0 and finite, got -0.5"),
        ({"min_delta": math.nan}, ValueError, "min_delta must be at least 0 and finite, got nan"),
        ({"min_delta": None}, TypeError, r"min_delta must be a number, got None \(NoneType\)"),
        ({"monitor": "loss"}, ValueError, "monitor must be one of 'test_loss', 'train_loss', got 'loss'"),
    ],
)
def test_parameters_outside_their_range_are_refused(arguments, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        EarlyStopping(**{"patience": 1} | arguments)


@pytest.mark.parametrize("value", [None, "0.5", [0.5, 0.4], (0.5, np.ones(2))])
def test_a_loss_that_is_no_number_is_refused(value):
    stopping = EarlyStopping(1)
    with pytest.raises(TypeError, match=r"^value must be a number, got "):
        stopping.update(value, np.ones(2))
    assert stopping.best == math.inf and stopping.waited == 0
