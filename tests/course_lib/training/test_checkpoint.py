"""A run that was cut off and resumed ends bit for bit where an uninterrupted one ends."""

import numpy as np
import pytest
from networks import regularized

from course_lib.layers.dense import Affine
from course_lib.layers.network import mlp
from course_lib.models.transfer import GradualUnfreezing, discriminative_rates
from course_lib.optimizers.adam import Adam, AdaMax, AdamW, Nadam
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp
from course_lib.optimizers.schedules import one_cycle
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.loop import fit

OPTIMIZERS = [SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW, AdaMax, Nadam]
EPOCHS, STEPS = 5, 5 * 4


class Crash(Exception):
    pass


def crash_at(step):
    def callback(run):
        if run.step == step and not run.epoch_ended:
            raise Crash

    return callback


def start(kind=Adam, *, dtype=np.float64, bits=np.random.PCG64, thaw=False):
    """A fresh run, as a new process would make it."""
    rng = np.random.Generator(bits(3))
    network = regularized(rng, dtype=dtype)
    callbacks = [EarlyStopping(patience=EPOCHS)]
    if thaw:
        network.layers[0].freeze()
        discriminative_rates(network)
        callbacks.append(GradualUnfreezing([[network.layers[0]]], every=2))
    x, y = rng.normal(size=(37, 4)), rng.integers(0, 3, 37)
    options = dict(rng=rng, optimizer=kind(lr=0.05), epochs=EPOCHS, batch_size=10, test=(x[:9], y[:9]))
    return network, x, y, options | {"callbacks": callbacks}


def outcome(path=None, crash=None, schedule=None, **options):
    """Where the run ends: what it has learnt, its history, and what its generators would draw next."""
    network, x, y, settings = start(**options)
    if crash is not None:
        settings["callbacks"] = [*settings["callbacks"], crash_at(crash)]
    history = fit(network, x, y, schedule=schedule, checkpoint=path, **settings)
    draws = settings["rng"].random(), network.layers[3].rng.random()
    return network.state(), history, draws, settings["callbacks"][0].best


def assert_same(ours, theirs):
    for key in ("theta", "statistics"):
        np.testing.assert_array_equal(ours[0][key], theirs[0][key])
        assert ours[0][key].dtype == theirs[0][key].dtype
    assert ours[1:] == theirs[1:]


@pytest.mark.outcome
@pytest.mark.parametrize("step", [2, 4, 11, 19])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_run_goes_on_bit_for_bit(kind, step, tmp_path):
    path = tmp_path / "run.safetensors"
    whole = outcome(kind=kind)
    with pytest.raises(Crash):
        outcome(path, crash=step, kind=kind)
    assert path.exists() == (step > 4)  # the first epoch ends with step 4
    assert_same(outcome(path, kind=kind), whole)


@pytest.mark.outcome
@pytest.mark.parametrize(
    "options",
    [
        {"dtype": np.float32},
        {"bits": np.random.MT19937},
        {"bits": np.random.Philox},
        {"bits": np.random.SFC64},
        {"thaw": True},
        {"thaw": True, "kind": Momentum},
        {"schedule": lambda step: one_cycle(step, lr_max=0.1, steps=STEPS), "kind": Momentum},
        {"schedule": lambda step: one_cycle(step, lr_max=0.1, steps=STEPS)},
    ],
)
def test_every_kind_of_state_comes_back(options, tmp_path):
    whole = outcome(**options)
    for step in (6, 10, 14):  # crash after crash, each a little later
        with pytest.raises(Crash):
            outcome(tmp_path / "run", crash=step, **options)
    assert_same(outcome(tmp_path / "run", **options), whole)


def test_a_finished_run_is_not_trained_again(tmp_path):
    first = outcome(tmp_path / "run")
    assert_same(outcome(tmp_path / "run", crash=1), first)


def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    def train(path):
        rng = np.random.default_rng(0)
        network = mlp([4, 3], activation="relu", rng=rng)
        x, y = rng.normal(size=(20, 4)), rng.integers(0, 3, 20)
        stopping = EarlyStopping(patience=1, min_delta=10.0, monitor="train_loss")
        return network, fit(network, x, y, rng=rng, epochs=9, callbacks=[stopping], checkpoint=path)

    (one, history), (two, again) = train(tmp_path / "run"), train(tmp_path / "run")
    assert len(history.train_loss) == 2
    assert history == again
    np.testing.assert_array_equal(one.theta, two.theta)


@pytest.mark.outcome
def test_more_epochs_continue_a_finished_run(tmp_path):
    def train(epochs, path=None):
        network, x, y, options = start()
        return network, fit(network, x, y, **options | {"epochs": epochs}, checkpoint=path)

    train(2, tmp_path / "run")
    network, _ = train(4, tmp_path / "run")
    np.testing.assert_array_equal(network.theta, train(4)[0].theta)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 11}, "made with batch_size 10, and now it is 11"),
        ({"max_norm": 1.0}, "made with max_norm None, and now it is 1.0"),
        ({"optimizer": SGD(0.05)}, "made with optimizer Adam, and now it is SGD"),
        ({"optimizer": Adam(0.06)}, "made with hyper-parameters"),
        ({"callbacks": []}, "made with callbacks"),
    ],
)
def test_another_run_is_not_taken_for_this_one(change, message, tmp_path):
    outcome(tmp_path / "run")
    network, x, y, options = start()
    before = network.theta.copy()
    with pytest.raises(ValueError, match=message) as raised:
        fit(network, x, y, **options | change, checkpoint=tmp_path / "run")
    assert "delete the file to start over" in str(raised.value)
    np.testing.assert_array_equal(network.theta, before)


def test_other_data_or_layers_are_not_taken_for_these(tmp_path):
    outcome(tmp_path / "run")
    network, x, y, options = start()
    with pytest.raises(ValueError, match="n_samples 37, and now it is 36"):
        fit(network, x[1:], y[1:], **options, checkpoint=tmp_path / "run")
    other = mlp([4, 3], activation="relu", rng=np.random.default_rng(0))
    assert isinstance(other.layers[0], Affine)
    with pytest.raises(ValueError, match="made with layers"):
        fit(other, x, y, **options, checkpoint=tmp_path / "run")


@pytest.mark.parametrize("damage", [b"", b"\x00", b"hello, this is no checkpoint at all"])
def test_a_damaged_file_is_named_and_left_alone(damage, tmp_path):
    path = tmp_path / "run"
    path.write_bytes(damage)
    with pytest.raises(ValueError, match="not a checkpoint, or is damaged"):
        outcome(path)
    assert path.read_bytes() == damage


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_half_a_file_is_named(share, tmp_path):
    path = tmp_path / "run"
    outcome(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(ValueError, match="not a checkpoint, or is damaged"):
        outcome(path)
