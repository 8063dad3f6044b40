"""The loop: it learns, it repeats, it clips, it reports, and callbacks can end it."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import regularized

from course_lib.data import datasets
from course_lib.functions.losses import mse, softmax_xent
from course_lib.layers.base import evaluating
from course_lib.layers.dense import Affine
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.recurrent import AffinePerStep
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import SGD, Momentum
from course_lib.optimizers.schedules import one_cycle
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.fused import mlp_fit
from course_lib.training.loop import evaluate, fit, minibatches


def train(seed=0, activation="tanh", **options):
    rng = np.random.default_rng(seed)
    x, y = datasets.moons(200, rng=rng)
    network = mlp([2, 16, 16, 2], activation=activation, rng=rng)
    return network, fit(network, x, y, rng=rng, **options)


@pytest.mark.outcome
@pytest.mark.parametrize("seed", range(3))
def test_moons_are_learned(seed):
    _, history = train(seed, epochs=60, optimizer=Momentum(0.1))
    assert (
        history.train_accuracy[-1] > 0.97
    )  # the two arcs are separable but for a few noisy points: forty seeds gave 0.99
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


@pytest.mark.outcome
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


@pytest.mark.outcome
def test_a_diverging_run_stops_and_says_so():
    with np.errstate(all="ignore"):
        _, history = train(epochs=50, activation="identity", optimizer=SGD(1e100))
    assert history.diverged
    assert len(history.loss) < 50 * 7


@given(n=st.integers(1, 60), batch_size=st.integers(1, 70), seed=st.integers(0, 10**6))
def test_minibatches_visit_every_sample_once(n, batch_size, seed):
    batches = list(minibatches(n, batch_size, rng=np.random.default_rng(seed)))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert all(len(b) == batch_size for b in batches[:-1])


def test_a_schedule_sets_the_rate_of_every_step():
    _, history = train(epochs=2, batch_size=50, schedule=lambda step: 0.1 / (step + 1))
    # the rates are those of the schedule, bit for bit
    assert history.lr == [0.1 / (step + 1) for step in range(8)]


@pytest.mark.outcome
@pytest.mark.parametrize(("optimizer", "name"), [(Momentum(0.1), "momentum"), (Adam(0.1), "beta1")])
def test_one_cycle_moves_the_momentum_too(optimizer, name):
    seen = []

    def note(run):
        if not run.epoch_ended:
            seen.append(getattr(optimizer, name))

    def schedule(step):
        return one_cycle(step, lr_max=0.05, steps=8)

    train(epochs=2, batch_size=50, optimizer=optimizer, schedule=schedule, callbacks=[note])
    assert seen == [schedule(step).momentum for step in range(8)]
    assert min(seen) < 0.9 < max(seen)


def test_training_ends_in_evaluation_mode_also_when_it_is_interrupted(rng):
    def interrupt(run):
        assert all(leaf.training for leaf in run.network.leaves())
        raise KeyboardInterrupt

    network = regularized(rng)
    x, y = rng.normal(size=(20, 4)), rng.integers(0, 3, 20)
    with pytest.raises(KeyboardInterrupt):
        fit(network, x, y, rng=rng, callbacks=[interrupt])
    assert not any(leaf.training for leaf in network.leaves())


def test_every_epoch_trains_in_training_mode(rng):
    """Evaluation after an epoch must not leave dropout off for the next one."""
    network = regularized(rng)
    x, y = rng.normal(size=(20, 4)), rng.integers(0, 3, 20)
    modes = []
    fit(network, x, y, rng=rng, epochs=3, test=(x, y), callbacks=[lambda run: modes.append(network.layers[3].training)])
    assert all(modes)


@pytest.mark.parametrize("n", [1, 4095, 4096, 4097, 9000])
def test_evaluation_in_chunks_equals_evaluation_at_once(n, rng):
    network = regularized(rng)
    x, y = rng.normal(size=(n, 4)), rng.integers(0, 3, n)
    loss, accuracy = evaluate(network, x, y)
    with evaluating(network):
        out = network.forward(x)
    # sums of up to 9000 losses in another order
    assert loss == pytest.approx(softmax_xent(out, y)[0], rel=1e-12)
    assert accuracy == np.mean(out.argmax(axis=1) == y)


@pytest.mark.parametrize("n", [1, 5000])
def test_evaluation_of_padded_sequences_counts_every_label_once(n, rng):
    """Whatever the lengths of the sequences in a chunk."""
    network = Sequential(AffinePerStep(2, 3, rng=rng))
    x, y = rng.normal(size=(n, 4, 2)), rng.integers(0, 3, (n, 4))
    lengths = rng.integers(1, 3, n) + 2 * (np.arange(n) >= 4096)
    y[np.arange(4) >= lengths[:, None]] = -1
    loss, accuracy = evaluate(network, x, y, partial(softmax_xent, ignore=-1))
    counted, out = y >= 0, network.forward(x)
    # sums of up to 20,000 losses in another order
    assert loss == pytest.approx(softmax_xent(out[counted], y[counted])[0], rel=1e-12)
    assert accuracy == np.mean(out.argmax(axis=-1)[counted] == y[counted])


@pytest.mark.outcome
def test_targets_that_are_no_labels_have_no_accuracy(rng):
    x = rng.normal(size=(30, 4))
    network = mlp([4, 4], activation="identity", rng=rng)
    history = fit(network, x, x, rng=rng, loss=mse, optimizer=SGD(1.0), epochs=30)
    assert np.isnan(history.train_accuracy).all()
    assert history.train_loss[-1] < 0.1 * history.train_loss[0]


def test_signs_are_no_classes(rng):
    """A loss of its own for labels -1 and 1: one output tells no classes apart, and no label is padding."""
    x, y = rng.normal(size=(30, 4)), rng.choice([-1, 1], 30)
    network = mlp([4, 1], activation="identity", rng=rng)

    def hinge(out, y):
        margin = 1 - y * out[:, 0]
        return float(np.maximum(margin, 0).mean()), np.where(margin > 0, -y, 0)[:, None] / len(y)

    loss, accuracy = evaluate(network, x, y, hinge)
    assert loss == hinge(network.forward(x), y)[0] and np.isnan(accuracy)


@pytest.mark.parametrize("epochs", [0, 3])
def test_the_progress_bar_counts_to_the_end(epochs, capsys):
    _, history = train(epochs=epochs, progress=True)
    shown = capsys.readouterr().out
    assert f"{epochs}/{epochs}" in shown
    assert not history.loss or f"{history.loss[-1]:.4g}" in shown


def test_the_progress_bar_ends_with_an_interrupted_training(capsys):
    def interrupt(run):
        raise KeyboardInterrupt

    for _ in range(2):  # a bar that lives on would refuse the second
        with pytest.raises(KeyboardInterrupt):
            train(progress=True, callbacks=[interrupt])
    assert "epoch 1/10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((np.zeros(3), 2), TypeError, r"n must be the number of samples, got an array \(3,\): type len\(y\)"),
        ((0, 2), ValueError, "n must be at least 1, got 0"),
        ((3, 0), ValueError, "batch_size must be at least 1, got 0"),
        ((3, 2.0), TypeError, r"batch_size must be an integer, got 2.0 \(float\): type 2"),
    ],
)
def test_batches_of_something_else_are_refused(arguments, error, message, rng):
    with pytest.raises(error, match=f"^{message}$"):
        next(minibatches(*arguments, rng=rng))
    with pytest.raises(TypeError, match=r"type rng=np.random.default_rng\(0\)$"):
        next(minibatches(3, 2, rng=0))


BAD_ARGUMENTS = [
    ({"network": Affine(2, 2, rng=np.random.default_rng(0))}, TypeError, r"network must be a Sequential, got Affine\("),
    ({"optimizer": Adam}, TypeError, r"optimizer must be an Optimizer, got the class Adam: type Adam\(\.\.\.\)"),
    ({"optimizer": "adam"}, TypeError, "optimizer must be an Optimizer, got 'adam'"),
    ({"rng": 0}, TypeError, r"rng must be .* got 0 \(int\): type rng=np.random.default_rng\(0\)"),
    ({"epochs": -1}, ValueError, "epochs must be at least 0, got -1"),
    ({"epochs": 2.0}, TypeError, r"epochs must be an integer, got 2.0 \(float\): type 2"),
    ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
    ({"batch_size": 2.0}, TypeError, r"batch_size must be an integer, got 2.0 \(float\): type 2"),
    ({"max_norm": -1}, ValueError, "max_norm must be positive, got -1"),
    ({"max_norm": 0}, ValueError, "max_norm must be positive, got 0"),
    ({"max_norm": np.nan}, ValueError, "max_norm must be positive, got nan"),
    ({"x": np.empty((0, 2)), "y": []}, ValueError, r"x must have at least one sample .* got the shape \(0, 2\)"),
    ({"x": np.ones((6, 2), np.float16)}, TypeError, "x is float16, which is not supported"),
    ({"y": [0, 1]}, ValueError, r"y must have one row for each of the 6 samples, got the shape \(2,\)"),
    ({"y": np.eye(2, dtype=int)[[0] * 6]}, ValueError, r"y must have the shape \(6,\), got \(6, 2\): one-hot rows"),
    ({"y": np.zeros(6)}, TypeError, r"y must be integers, got float64: pass y.astype\(int\)"),
    ({"y": [0, 1, 0, 1, 0, 2]}, ValueError, r"y must lie in \[0, 2\), got 2"),
]
ONLY_OF_THE_LOOP = [
    ({"x": np.ones((6, 3))}, ValueError, r"layers\[0\], Affine\(2, 4\), cannot take an input of shape \(1, 3\)"),
    ({"loss": "mse"}, TypeError, "loss must be a function .* got 'mse'"),
    (
        {"loss": lambda out, y: 0.5},
        TypeError,
        "the loss must return .* got an object of type float",
    ),
    ({"loss": lambda out, y: ("low", out)}, TypeError, "the loss must return .* got an object of type tuple"),
    ({"loss": lambda out, y: (0.5, out[0])}, ValueError, r"dout must have the shape \(6, 2\), got \(2,\)"),
    ({"schedule": 0.1}, TypeError, "schedule must be a function .* got 0.1"),
    (
        {"schedule": lambda step: None},
        TypeError,
        "the schedule returns for step 0 is refused: lr must be a number, got N",
    ),
    ({"schedule": lambda step: -0.1}, ValueError, "the schedule returns for step 0 is refused: lr must be .* got -0.1"),
    (
        {"schedule": lambda step: np.nan},
        ValueError,
        "the schedule returns for step 0 is refused: lr must be .* got nan",
    ),
    ({"callbacks": print}, TypeError, r"callbacks must be a list, got builtin_.*: type callbacks=\[...\]"),
    ({"callbacks": None}, TypeError, "callbacks must be a list, got NoneType"),
    ({"callbacks": [EarlyStopping]}, TypeError, "a callback must be a function .* got the class EarlyStopping"),
    ({"test": np.ones((6, 2))}, TypeError, "test must be a pair .* got an object of type ndarray"),
    ({"test": (np.ones((6, 2)),)}, TypeError, "test must be a pair"),
    ({"test": (np.ones((6, 2)), [0, 1])}, ValueError, "y of test must have one row for each of the 6 samples"),
    ({"test": (np.ones((2, 2)), [0, 5])}, ValueError, r"y of test must lie in \[0, 2\), got 5"),
]


@pytest.mark.parametrize(
    ("train", "change", "error", "message"),
    [
        *((fit, *row) for row in BAD_ARGUMENTS + ONLY_OF_THE_LOOP),
        *((mlp_fit, *row) for row in BAD_ARGUMENTS),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_learnt(train, change, error, message, rng):
    network = mlp([2, 4, 2], activation="tanh", rng=rng)
    call = dict(network=network, x=np.ones((6, 2)), y=[0, 1, 0, 1, 0, 1], rng=rng, optimizer=SGD(0.1), epochs=1)
    before = network.theta.copy()
    with pytest.raises(error, match=message):
        train(**call | change)
    np.testing.assert_array_equal(network.theta, before)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((3, 2)), [0, 1], "y must have one row for each of the 3 samples"),
        (np.empty((0, 2)), [], "x must have at least one sample"),
        (np.ones((3, 2)), [0, 1, 2], r"labels must lie in \[0, 2\), got 2"),
    ],
)
def test_bad_data_are_not_evaluated(x, y, message, rng):
    with pytest.raises(ValueError, match=message):
        evaluate(mlp([2, 2], activation="tanh", rng=rng), x, y)


@pytest.mark.parametrize(("n", "batch_size", "error"), [(0, 2, ValueError), (3, 0, ValueError), (3, 2.0, TypeError)])
def test_impossible_batches_are_refused(n, batch_size, error, rng):
    with pytest.raises(error, match="must be"):
        next(minibatches(n, batch_size, rng=rng))
