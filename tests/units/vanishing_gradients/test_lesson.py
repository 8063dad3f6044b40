"""What the lesson says, sentence by sentence: each stands in its text, and an experiment gives what it says.

The experiments run the lesson's own functions with its solutions, as a learner's notebook does.
"""

import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.catalogue import catalogue
from autograder.exercise import PARTS
from autograder.files import ROOT
from autograder.solutions import solutions
from course_lib.units.shared.digits import standardized_digits
from course_lib.units.shared.training_runs import train_on_digits
from course_lib.units.vanishing_gradients.experiments.one_change import CHANGES, one_change
from course_lib.units.vanishing_gradients.experiments.playground import Playground
from course_lib.units.vanishing_gradients.experiments.standardised_features import standardised_features

pytestmark = [pytest.mark.outcome, pytest.mark.compiled]

TEXT = (ROOT / "notebooks" / "text" / "01_vanishing_gradients.py").read_text(encoding="utf-8")
PROSE = " ".join(re.sub(r"^#", "", line).strip() for line in TEXT.splitlines() if line.startswith("# "))
GUESSING = np.log(10)
LAST = 20  # steps, over which the loss of single batches is averaged


@cache
def lesson():
    """The functions that the lesson defines, and what they read."""
    namespace, _ = solutions("vanishing_gradients")
    made = SimpleNamespace(**namespace)
    digits = standardized_digits()
    namespace |= {
        "own": made, "SEEDS": range(5), "TANH": (np.tanh, lambda dout, z: dout * (1 - np.tanh(z) ** 2)),
        "SIGMOID": (made.sigmoid, lambda dout, z: made.sigmoid_backward(dout, made.sigmoid(z))),
        "RELU": (lambda z: np.maximum(z, 0), made.relu_backward),
        "x_train": digits.x_train, "y_train": digits.y_train, "x_test": digits.x_test, "y_test": digits.y_test,
    }  # fmt: skip
    return SimpleNamespace(**namespace)


@cache
def runs(depth, activation, seed, lr=0.05):
    return train_on_digits(depth=depth, activation=activation, lr=lr, epochs=12, seed=seed)


@cache
def norms(activation, gain):
    """The norms by layer of the lesson's network of twenty layers, for each seed."""
    return np.array(lesson().norms_of(getattr(lesson(), activation), gain))


def slope_of_the_line(activation, gain):
    """The factor per layer, from the second layer to the last but one."""
    inner = norms(activation, gain)[:, 1:-1]
    return (inner[:, 0] / inner[:, -1]) ** (1 / (inner.shape[1] - 1))


def predicted_factor(seed):
    return np.sqrt(np.mean([np.mean((a * (1 - a)) ** 2) for a in outputs_of("SIGMOID", seed)]))


@cache
def trained(build, activation, depth, gain, lr, seed, clipped=False):
    """The losses and norms of the lesson's own training."""
    steps = {True: lambda w, g, lr: lesson().clipped_sgd_step(w, g, lr, 1.0), False: None}
    made = lesson()
    return made.train(getattr(made, build), getattr(made, activation), depth, gain, lr, seed, step=steps[clipped])[1:]


def last_loss(*setting, **options):
    return float(np.mean(trained(*setting, **options)[0][-LAST:]))


@cache
def heads(depth, seed):
    found = standardised_features(activations=("sigmoid",), depths=(depth,), seeds=(seed,))
    return float(found.raw[0, 0, 0]), float(found.standardised[0, 0, 0])


# A sentence of the text, what is measured with one seed, and the bounds within which it holds.
SENTENCES = [
    ("is millions of times smaller than in the last",
     lambda seed: np.divide(*runs(12, "sigmoid", seed).initial_norms[[-1, 0]]), 2e6, 1e8),
    ("the tanh network has nearly the same everywhere",
     lambda seed: np.ptp(np.log10(runs(12, "tanh", seed).initial_norms)), 0, 0.6),
    ("multiply to $(1/4)^{11}$, which is $2 \\cdot 10^{-7}$", lambda seed: largest_slope() ** 11, 1.5e-7, 2.5e-7),
    ("by a factor of 0.23 to 0.24 a layer", lambda seed: slope_of_the_line("SIGMOID", 1)[seed], 0.225, 0.245),
    ("as predicted", predicted_factor, 0.225, 0.245),
    ("and they are about twice as large",
     lambda seed: np.sqrt(np.mean(lesson().x_train ** 2) / np.mean(outputs_of("SIGMOID", seed)[0] ** 2)), 1.7, 2.3),
    ("within a factor of four over twenty layers",
     lambda seed: norms("TANH", 1)[seed].max() / norms("TANH", 1)[seed].min(), 1, 4),
    ("the outputs $a_{l-1}$, which are larger near the input", lambda seed: np.divide(*tanh_sizes(seed)), 2, 20),
    ("weights of variance $2/n$ bring it back to 1", lambda seed: slope_of_the_line("RELU", 2**0.5)[seed], 0.93, 1.13),
    ("by about a ten-millionth", lambda seed: spread_after(11, seed), 3e-8, 3e-7),
    ("more than four fifths of the test digits are right after eleven layers", lambda seed: heads(11, seed)[1], 0.8, 1),
    ("after one layer, 94 %", lambda seed: heads(1, seed)[1], 0.91, 0.97),
    ("What the classifier could not use was not noise", lambda seed: heads(11, seed)[0], 0, 0.2),
    ("from about 22 layers on the rounding of float64 shows", lambda seed: heads(24, seed)[1], 0, 0.65),
    ("and at 26 the differences are smaller than it", lambda seed: heads(26, seed)[1], 0, 0.35),
    ("the factor is a little above one, and the gradient grows towards the input",
     lambda seed: skip_factor(seed), 1.01, 1.1),
    ("the larger gradients", lambda seed: np.divide(*first_norms_of_both(seed)), 10, 200),
]  # fmt: skip

# The same where networks are trained.
TRAINED = [
    ("stay at a loss of $\\ln 10", lambda seed: np.abs(runs(12, "sigmoid", seed).train_loss - GUESSING).max(), 0, 0.05),
    ("after eight passes its loss is near 1", lambda seed: last_loss("network", "TANH", 30, 1, 0.05, seed), 0.5, 1.7),
    ("that of the network with skip connections below 0.3",
     lambda seed: last_loss("residual_network", "TANH", 30, 1, 0.05, seed), 0, 0.3),
    ("after a start at which it rises",
     lambda seed: np.max(trained("residual_network", "TANH", 30, 1, 0.05, seed)[0]), 1.2 * 4, 50),
    ("the norms climb beyond $10^{20}$ within a few steps",
     lambda seed: np.log10(np.nanmax(np.array(trained("network", "RELU", 12, 2, 0.03, seed)[1])[:60])), 20, np.inf),
    ("Then the loss is nan, where the lines end, or whole layers are dead and let nothing through",
     lambda seed: is_lost(*trained("network", "RELU", 12, 2, 0.03, seed)), 1, 1),
    ("meets gradients in the hundreds at first",
     lambda seed: np.max(trained("network", "RELU", 12, 2, 0.03, seed, clipped=True)[1]), 300, 1000),
    ("and learns, though little",
     lambda seed: last_loss("network", "RELU", 12, 2, 0.03, seed, clipped=True), 0.3 * GUESSING, 0.99 * GUESSING),
]  # fmt: skip


def outputs_of(activation, seed, depth=20):
    """The outputs of the hidden layers before training."""
    made = lesson()
    return made.network(made.new_weights(depth, 1, seed), getattr(made, activation))(made.x_train, made.y_train)[0][:-1]


def largest_slope():
    """Of the sigmoid, from differences over a grid whose steps change it by less than a millionth."""
    z = np.linspace(-3, 3, 6001)
    return np.max(np.diff(lesson().sigmoid(z)) / np.diff(z))


def tanh_sizes(seed):
    """The root mean squares of the first and of the last hidden layer's outputs."""
    return [np.sqrt(np.mean(a**2)) for a in (outputs_of("TANH", seed)[0], outputs_of("TANH", seed)[-1])]


def spread_after(n_layers, seed):
    return float(np.mean(outputs_of("SIGMOID", seed)[n_layers - 1].std(axis=0)))


def first_norms_of_both(seed):
    """The norms of the first layers' gradients before training, with skip connections and without."""
    made = lesson()
    batches, weights = [(made.x_train, made.y_train)], made.new_weights(30, 1, seed)
    builds = (made.residual_network, made.network)
    return [made.gradient_norms_by_layer(build(weights, made.TANH), batches)[0] for build in builds]


def skip_factor(seed):
    """The factor per layer of the gradients' norms with skip connections, from the second layer to the last but one."""
    made = lesson()
    build, weights = made.residual_network, made.new_weights(30, 1, seed)
    norms = made.gradient_norms_by_layer(build(weights, made.TANH), [(made.x_train, made.y_train)])[1:-1]
    return (norms[0] / norms[-1]) ** (1 / (len(norms) - 1))


def is_lost(losses, norms):
    """Whether the loss is no number in the end, or that of guessing, with no gradient but that of the last layer."""
    return float(not np.isfinite(losses[-1]) or norms[-1] == 0)


@pytest.mark.parametrize("seed", rest_in_soak(range(3), soak=1))
@pytest.mark.parametrize(
    ("sentence", "measure", "low", "high"), rest_in_soak(SENTENCES, keep=6) + rest_in_soak(TRAINED, keep=0),
    ids=[row[0][:40] for row in SENTENCES + TRAINED],
)  # fmt: skip
def test_the_sentence_holds(sentence, measure, low, high, seed):
    assert low <= measure(seed) <= high


def test_every_sentence_stands_in_the_text():
    assert [row[0] for row in SENTENCES + TRAINED if row[0] not in PROSE] == []


@pytest.mark.soak
@pytest.mark.parametrize("lr", [0.01, 0.1, 1.0, 10.0])
def test_from_001_to_10_no_rate_gets_the_sigmoids_going(lr):
    assert "none from 0.01 to 10 gets them going" in PROSE
    assert min(runs(12, "sigmoid", 0, lr=lr).train_loss) > 0.95 * GUESSING


@pytest.mark.soak
def test_the_opening_question_has_its_answer_with_every_seed_of_the_lesson():
    shallow, deep = (
        [runs(depth, name, s).train_loss[-1] for s in range(5)] for depth, name in [(2, "sigmoid"), (12, "tanh")]
    )
    assert max(deep) < min(shallow)


def test_a_twelve_layer_network_of_ones_own_reaches_what_the_project_asks_for():
    """With skip connections and ReLU, at the rate that the cell begins with."""
    made = lesson()
    weights, *_ = made.train(made.residual_network, made.TANH, 12, 1.0, 0.1, 0, step=None)
    outputs, _ = made.residual_network(weights, made.TANH)(made.x_test, made.y_test)
    assert "until it labels 90 % of the test digits right" in PROSE
    assert np.mean(outputs[-1].argmax(axis=1) == made.y_test) >= 0.9


def test_one_large_entry_turns_the_gradient_when_it_is_clipped_by_value():
    gradients = [np.concatenate([[100.0], np.full(9999, 0.001)])]
    assert "here 0.011" in PROSE
    assert lesson().clipping_cosine(gradients, 0.001) == pytest.approx(0.011, abs=0.0005)


def test_the_boundary_of_six_sigmoid_layers_does_not_move():
    playground = Playground("spirals", depth=6, activation="sigmoid", seed=0)
    playground.advance(1)
    gradient = playground.snapshot().gradient_norm
    assert "the boundary does not move" in PROSE
    assert gradient[0] < 1e-2 * gradient[-1]
    playground.advance(500)
    # the network says the same of every point; what that is depends on the labels of the last batches
    assert np.ptp(playground.snapshot().probability) < 0.01


def test_the_minutes_of_the_exercises_are_the_ones_that_the_lesson_names():
    minutes = {part: sum(e.minutes for e in catalogue("vanishing_gradients") if e.part == part) for part in PARTS}
    assert f"the core exercises take {minutes['core']} minutes" in PROSE
    assert f"The exercises take {minutes['more']} minutes" in PROSE


@pytest.mark.parametrize("seed", rest_in_soak(range(3), keep=0, soak=1))
def test_larger_steps_do_not_explain_what_skip_connections_do(seed):
    assert "at rates from 0.1 to 0.8 the plain network does no better" in PROSE
    at_the_lessons_rate = last_loss("network", "TANH", 30, 1, 0.05, seed)
    assert all(last_loss("network", "TANH", 30, 1, lr, seed) > 0.7 * at_the_lessons_rate for lr in (0.1, 0.2, 0.4, 0.8))
    assert "with a tenth of the rate the other still gets further" in PROSE
    assert last_loss("residual_network", "TANH", 30, 1, 0.005, seed) < 0.6 * at_the_lessons_rate


def test_with_their_own_weights_the_norms_of_most_activations_are_level():
    """The cell itself is run, with the solutions."""
    (cell,) = [cell for cell in TEXT.split("# %%\n") if "ACTIVATIONS = {" in cell]
    code = cell.partition("\n# %%")[0]
    seen = vars(lesson()) | {
        "yours": lambda *names: lesson().own,
        "over_seeds": lambda panel: None,
        "Panel": lambda *_, **__: None,
    }
    exec(code, seen)
    falls = {name: np.ptp(np.log10(rows[0][1:])) for name, rows in seen["norms"].items()}
    assert "In this run all are level within a factor of three, from layer 2 on" in PROSE
    assert max(falls.values()) < np.log10(3)
    middle = {name: rows[0][9] / np.sqrt(rows[0][1] * rows[0][-1]) for name, rows in seen["norms"].items()}
    assert "Swish and GELU sag in the middle" in PROSE
    assert set(sorted(middle, key=middle.get)[:2]) == {"swish", "GELU"}


@pytest.mark.soak
def test_weights_alone_get_the_sigmoids_going_and_no_other_of_the_changes():
    found = dict(zip(CHANGES, one_change().changed, strict=True))
    assert "the weights can make up for its slopes, at least in six layers" in PROSE
    assert found.pop("first weights of standard deviation 1") > 0.95
    assert max(found.values()) < 0.9


@pytest.mark.parametrize("seed", rest_in_soak(range(3), soak=1))
def test_relu_dies_at_a_rate_of_three(seed):
    playground = Playground("spirals", depth=6, activation="relu", lr=3.0, seed=seed)
    playground.advance(500)
    snapshot = playground.snapshot()
    assert "ReLU dies at a learning rate of 3, with weights of variance $1/n$" in PROSE
    assert np.ptp(snapshot.probability) < 1e-4 and snapshot.gradient_norm[0] == 0
