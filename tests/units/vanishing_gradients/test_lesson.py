"""What the lessons say of their own training runs, on the lesson's seed and on others."""

import numpy as np
import pytest

from course_lib.units.shared import training_runs
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.small_nets import dead_units
from course_lib.units.shared.training_runs import train_on_digits
from course_lib.units.vanishing_gradients.experiments.playground import Playground

pytestmark = [pytest.mark.outcome, pytest.mark.compiled]

each_seed = pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (1, 2))])
GUESSING = np.log(10)


def spread(run):
    """How far the layers' gradient norms are apart before the first step."""
    return run.initial_norms.max() / run.initial_norms.min()


@each_seed
def test_twelve_sigmoid_layers_only_guess(seed):
    shallow = train_on_digits(depth=2, activation="sigmoid", lr=0.05, seed=seed)
    deep = train_on_digits(depth=12, activation="sigmoid", lr=0.05, seed=seed)
    tanh = train_on_digits(depth=12, activation="tanh", lr=0.05, seed=seed)
    assert np.abs(deep.train_loss - GUESSING).max() < 0.05
    assert max(shallow.train_loss[-1], tanh.train_loss[-1]) < 0.6 * GUESSING
    assert deep.initial_norms[-1] > 1e6 * deep.initial_norms[0]


@each_seed
def test_who_keeps_the_norms_level_can_train(seed):
    losses = {}
    for name, initialization in [
        ("sigmoid", "glorot_normal"),
        ("tanh", "glorot_normal"),
        ("relu", "he_normal"),
        ("leaky_relu", "he_normal"),
        ("elu", "he_normal"),
        ("selu", "lecun_normal"),
        ("swish", "he_normal"),
    ]:
        run = train_on_digits(
            depth=12, activation=name, initialization=initialization, lr=0.05, max_norm=1.0, seed=seed
        )
        losses[name] = run.train_loss[-1]
        assert spread(run) > 1e5 if name == "sigmoid" else spread(run) < 20
    assert losses.pop("sigmoid") > 0.95 * GUESSING
    assert max(losses.values()) < 0.6 * GUESSING
    assert losses["selu"] < 0.7 * losses["relu"]


@each_seed
def test_skips_help_where_gradients_are_not_small(seed):
    plain = train_on_digits(depth=30, activation="tanh", lr=0.05, seed=seed)
    skipping = train_on_digits(depth=30, activation="tanh", lr=0.05, residual=True, seed=seed)
    assert spread(plain) < 10
    assert plain.train_loss[-1] > 3 * skipping.train_loss[-1]


@each_seed
def test_steps_that_are_too_long_kill_the_units_and_clipped_ones_do_not(seed, monkeypatch):
    built, build = [], training_runs._build
    monkeypatch.setattr(training_runs, "_build", lambda *sizes: built.append(build(*sizes)) or built[-1])
    settings = {"depth": 3, "activation": "relu", "initialization": "he_normal", "lr": 2.0, "seed": seed}
    free, clipped = train_on_digits(**settings), train_on_digits(**settings, max_norm=0.5)
    off = np.concatenate(dead_units(built[0], standardized_digits().x_train))
    assert free.gradient_norm.max() > 3 * free.gradient_norm[0]
    assert off.mean() > 0.7
    assert np.median(free.gradient_norm[172:]) < 0.3
    assert free.test_accuracy[-1] < 0.3 and clipped.test_accuracy[-1] > 0.7
    assert np.mean(clipped.gradient_norm[172:] > 0.5) > 0.5


@each_seed
def test_the_boundary_of_six_sigmoid_layers_does_not_move(seed):
    playground = Playground("spirals", depth=6, activation="sigmoid", seed=seed)
    playground.advance(1)
    norms = playground.snapshot().gradient_norm
    assert norms[0] < 1e-2 * norms[-1]
    playground.advance(500)
    # the network says the same of every point; what that is depends on the labels of the last batches
    assert np.ptp(playground.snapshot().probability) < 0.01
