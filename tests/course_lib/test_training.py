"""The loop: it learns, it repeats, it clips, it reports, and callbacks can end it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib import datasets
from course_lib.network import mlp
from course_lib.optimizers import SGD
from course_lib.training import evaluate, fit, minibatches


def train(seed=0, activation="tanh", **options):
    rng = np.random.default_rng(seed)
    x, y = datasets.moons(200, rng=rng)
    network = mlp([2, 16, 16, 2], activation=activation, rng=rng)
    return network, fit(network, x, y, rng=rng, **options)


@pytest.mark.parametrize("seed", range(3))
def test_moons_are_learned(seed):
    _, history = train(seed, epochs=60, optimizer=SGD(0.5))
    assert history.train_accuracy[-1] > 0.97  # the two arcs are separable but for a few noisy points
    assert history.train_loss[-1] < 0.5 * history.train_loss[0]


def test_the_same_seed_gives_the_same_run():
    (first, _), (second, _) = train(3, epochs=2), train(3, epochs=2)
    assert np.array_equal(first.theta, second.theta)


def test_one_full_batch_step_is_theta_minus_rate_times_gradient(rng):
    x, y = datasets.blobs(30, rng=rng)
    network = mlp([2, 3, 2], activation="tanh", rng=rng)
    before = network.theta.copy()
    fit(network, x, y, rng=rng, optimizer=SGD(0.25), epochs=1, batch_size=len(x))
    # grad is that of the step; the fused loop may round the product once more
    np.testing.assert_allclose(network.theta, before - 0.25 * network.grad, rtol=1e-12, atol=1e-15)


def test_clipping_bounds_the_step_and_records_the_norm_before():
    network, history = train(epochs=1, optimizer=SGD(1.0), max_norm=1e-3, batch_size=200)
    start, _ = train(epochs=0)
    assert history.gradient_norm[0] > 1e-2
    # rounding of the scale and of each product
    assert np.linalg.norm(network.theta - start.theta) == pytest.approx(1e-3, rel=1e-9)


def test_history_has_one_entry_per_step_and_per_epoch(rng):
    x, y = datasets.xor(50, rng=rng)
    network = mlp([2, 4, 2], activation="relu", rng=rng)
    history = fit(network, x, y, rng=rng, epochs=3, batch_size=20, test=(x, y))
    assert len(history.loss) == len(history.gradient_norm) == 9
    assert len(history.train_loss) == len(history.test_accuracy) == 3
    assert history.test_accuracy[-1] == evaluate(network, x, y)[1]


def test_callbacks_see_every_step_and_can_stop():
    seen = []

    def stop_at_seven(run):
        if not run.epoch_ended:
            seen.append(run.step)
        run.stop = run.step == 7

    _, history = train(epochs=5, batch_size=50, callbacks=[stop_at_seven])
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert len(history.loss) == 7


def test_a_diverging_run_stops_and_says_so():
    with np.errstate(all="ignore"):
        _, history = train(epochs=50, activation="relu", optimizer=SGD(1e100))
    assert history.diverged
    assert len(history.loss) < 50 * 7


@given(n=st.integers(1, 60), batch_size=st.integers(1, 70), seed=st.integers(0, 10**6))
def test_minibatches_visit_every_sample_once(n, batch_size, seed):
    batches = list(minibatches(n, batch_size, rng=np.random.default_rng(seed)))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert all(len(b) == batch_size for b in batches[:-1])
