"""A project: first weights with which a network of 40 layers learns in 150 plain gradient steps.

The grader trains it, with labels that stay there. Its activations are such as nobody has published a rule for.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from autograder.compare import Difference
from autograder.domain import Array, Generator, Given
from autograder.draw import short_seed
from autograder.exercise import Exercise
from course_lib.analysis.signal import gain_for
from course_lib.initialization import lsuv_weights, orthogonal
from course_lib.units.initialization.experiments import deep_start
from course_lib.units.initialization.experiments.deep_start import Bent, Staircase

ACCURACY = 0.65  # right answers reach 0.77 or more on 50 seeds
N_SHOWN = 128  # images that the student's function gets
VANISHED, EXPLODED = 1e-3, 1e4  # of the last hidden layer: from there no 150 steps lead back
UNEQUAL = 1.5  # between the scales of layers of one shape, which rules for all of them make alike but for 2 %


@dataclass(frozen=True)
class Activation:
    """An activation that stays with the grader, and with it the task that its network is to learn."""

    phi: Staircase | Bent
    seed: int

    def __call__(self, z):
        return self.phi(z)

    def slope(self, z):
        return self.phi.slope(z)


def start_deep_network(rng, sizes, phi, x):
    gain = gain_for(phi)
    return [rng.normal(0, gain / np.sqrt(n), (n, m)) for n, m in pairwise(sizes)]


def judge(inputs, value) -> Difference | None:
    """Train the network from these weights, unless they show that it cannot learn."""
    phi, sizes = inputs["phi"], inputs["sizes"]
    shapes = list(pairwise(sizes))
    if not isinstance(value, list | tuple) or len(value) != len(shapes):
        return Difference("type", f"the result should be a list of {len(shapes)} arrays, one for each layer")
    if not all(type(w) is np.ndarray and w.dtype.kind == "f" for w in value):
        return Difference("type", "all weights should be arrays of floats")
    wrong = next((layer for layer, w in enumerate(value) if w.shape != shapes[layer]), None)
    if wrong is not None:
        turned = all(w.T.shape == shape for w, shape in zip(value, shapes, strict=True))
        text = f"weights[{wrong}] should be of shape {shapes[wrong]}, got {value[wrong].shape}"
        return Difference("transposed" if turned else "shape", text)
    if not all(np.isfinite(w).all() for w in value):
        return Difference("finite", "not all weights are finite")
    if found := _copies(value):
        return found
    if len(shapes) < deep_start.DEPTH:  # a shallow one is asked for to see whether rng is used
        return None
    task = deep_start.rotated_digits(phi.seed, sizes[-1])
    if found := _lost(value, phi, task.x[:N_SHOWN]):
        return found
    accuracy = _accuracy(tuple((w.shape, w.astype(np.float64).tobytes()) for w in value), phi, sizes[-1])
    if accuracy >= ACCURACY:
        return None
    return Difference(
        "accuracy",
        f"{100 * accuracy:.1f} % of the new images are labelled right, at least {100 * ACCURACY:.0f} % are asked for",
    )


@lru_cache(maxsize=16)  # a report asks for the same more than once
def _accuracy(packed, phi, n_classes) -> float:
    weights = [np.frombuffer(numbers).reshape(shape) for shape, numbers in packed]
    return deep_start.accuracy_after_training(weights, phi, deep_start.rotated_digits(phi.seed, n_classes))


def _copies(weights) -> Difference | None:
    """Whether units, or layers, are copies of each other."""
    if all(np.ptp(w, axis=1).max() <= 1e-9 * np.abs(w).max() for w in weights[:-1]):
        return Difference("alike", "all units of each layer are copies of each other, and stay so")
    middle = weights[1:-1]
    if len(middle) > 1 and all(np.array_equal(w, middle[0]) for w in middle):
        return Difference("repeated layers", "all layers of the same shape have the same weights")
    return None


def _lost(weights, phi, x) -> Difference | None:
    """Whether the signal has vanished or exploded at the last hidden layer, before any training."""
    with np.errstate(all="ignore"):
        outputs = deep_start.hidden_layers(weights, phi, x)
        first, last = (float(np.sqrt(np.mean(a**2))) for a in (outputs[0], outputs[-1]))
    told = f"the last hidden layer's outputs are of size {last:.2g}, those of the first of size {first:.2g}"
    by_layer = [w.std() for w in weights[1:-1]]  # all of one shape
    unequal = " with unequal scales" if max(by_layer) > UNEQUAL * min(by_layer) else ""
    if last < VANISHED:
        return Difference("scaled without phi" if _is_scaled_without_phi(weights, x) else "vanished" + unequal, told)
    return None if last < EXPLODED else Difference("exploded" + unequal, told)


def _is_scaled_without_phi(weights, x) -> bool:
    """Whether z would have standard deviation 1 in every layer of a network that has no activation."""
    for w in weights:
        x = x @ w
        if not abs(x.std() - 1) < 1e-6:  # which nobody's does by chance
            return False
    return True


exercise = Exercise(
    name="start_deep_network",
    unit="initialization",
    points=3,
    reference=start_deep_network,
    takes={
        "rng": Generator(),
        "sizes": Given(lambda rng, others: deep_start.sizes_of(12), kept=True),
        "phi": Given(lambda rng, others: _bent(rng, int(rng.integers(10**6))), called_with={"z": Array()}),
        "x": Given(lambda rng, others: deep_start.rotated_digits(int(rng.integers(10**6))).x[:N_SHOWN], kept=True),
    },
    judge=judge,
    hints=(
        "Which of your functions tells what an activation does to the size of z, whatever it is?",
        "Run x through your network before any training: what is the standard deviation of z in layer 1, in layer 20 "
        "and in layer 40?",
        "If you let the data decide, from which weights do you start, and which of them may be any size?",
    ),
    part="core",
    minutes=12,
    difficulty=3,
    reasoning=(
        "Forty layers raise the factor of one to the fortieth power, so it has to be 1 for this activation, and no "
        "rule for another will do. The gain from its mean square, orthogonal matrices with that gain, and scaling by "
        "the data all lead there."
    ),
)


def _staircase(rng, seed) -> Activation:
    return Activation(Staircase(float(rng.uniform(0.3, 0.36)), float(rng.uniform(0.2, 0.25))), seed)


def _bent(rng, seed) -> Activation:
    return Activation(Bent(float(rng.uniform(0.54, 0.58)), float(rng.uniform(0.43, 0.46))), seed)


def _draw(rng, activation):
    seed = int(rng.integers(10**6))
    return {
        "rng": short_seed(rng),
        "sizes": deep_start.sizes_of(),
        "phi": activation(rng, seed),
        "x": deep_start.rotated_digits(seed).x[:N_SHOWN],
    }


@exercise.case("40 layers with a rounded staircase: 65 % of the new images")
def staircase(rng):
    return _draw(rng, _staircase)


@exercise.case("40 layers with a bent line: 65 % of the new images")
def bent(rng):
    return _draw(rng, _bent)


def _normal(rng, sizes, std):
    return [rng.normal(0, std(n, m), (n, m)) for n, m in pairwise(sizes)]


@exercise.misconception
def signal_vanishes(rng, sizes, phi, x):
    """The signal dies out on its way, and so does the gradient on its way back. Each layer loses a part of it, and
    forty layers raise that to the fortieth power: the weights are too small for this activation. What is its gain, and
    is it a standard deviation times the root of fan_in?"""
    return _normal(rng, sizes, lambda n, m: (2 / (n + m)) ** 0.5)


@exercise.misconception
def signal_explodes(rng, sizes, phi, x):
    """The signal grows from layer to layer, and forty layers raise that to the fortieth power: the weights are too
    large. Are they divided by the root of fan_in, and is the gain one over the root of the mean square?"""
    return _normal(rng, sizes, lambda n, m: 1.0)


@exercise.misconception
def each_layer_by_itself(rng, sizes, phi, x):
    """The signal grows from layer to layer. Each layer was scaled by what the unscaled ones before it let through: when
    a layer is scaled, what comes out of it changes, and has to be computed anew for the next one."""
    weights, a = [], x
    for n, m in pairwise(sizes):
        w = orthogonal(rng, n, m)
        z = a @ w
        weights.append(w / z.std())
        a = phi(z)
    return weights


@exercise.misconception
def each_layer_by_itself_from_large(rng, sizes, phi, x):
    """The signal dies out on its way. Each layer was scaled by what the unscaled ones before it let through: when a
    layer is scaled, what comes out of it changes, and has to be computed anew for the next one."""
    weights, a = [], x
    for n, m in pairwise(sizes):
        w = rng.standard_normal((n, m))
        z = a @ w
        weights.append(w / z.std())
        a = phi(z)
    return weights


@exercise.misconception
def measures_without_phi(rng, sizes, phi, x):
    """The signal dies out on its way. Each layer was scaled for a signal that had not gone through phi: what the next
    layer gets is phi(z), so that has to be sent through it when you measure."""
    weights, a = [], x
    for n, m in pairwise(sizes):
        w = orthogonal(rng, n, m)
        a = a @ w
        weights.append(w / a.std())
        a = a / a.std()
    return weights


@exercise.misconception
def all_units_alike(rng, sizes, phi, x):
    """All units of a layer have the same weights, such as zeros or another constant. They compute the same, get the
    same gradient, and stay alike: draw the weights at random."""
    rng.random()
    return [np.full((n, m), gain_for(phi) / np.sqrt(n)) for n, m in pairwise(sizes)]


@exercise.misconception
def same_weights_in_every_layer(rng, sizes, phi, x):
    """All layers of the same shape have the same weights. What one of them stretches the next stretches again: draw new
    numbers for each, from the one rng."""
    first, *_, last = weights = start_deep_network(rng, sizes, phi, x)
    return [first, *[weights[1].copy() for _ in weights[1:-1]], last]


@exercise.misconception
def outputs_by_inputs(rng, sizes, phi, x):
    """Every array is transposed, with a row for each unit, as in PyTorch. Here x @ w multiplies from the right: the
    first axis counts the inputs of a layer."""
    return [w.T for w in start_deep_network(rng, sizes, phi, x)]


@exercise.misconception
def begins_again_in_every_call(rng, sizes, phi, x):
    """A generator is made inside, always from the same seed, so that every repetition of the experiment is the same
    one. Draw from rng."""
    return start_deep_network(np.random.default_rng(0), sizes, phi, x)


@exercise.equivalent
def right_angles(rng, sizes, phi, x):
    gain = np.mean(phi(rng.normal(size=100_000)) ** 2) ** -0.5
    return [orthogonal(rng, n, m, gain) for n, m in pairwise(sizes)]


@exercise.equivalent
def scaled_by_the_data(rng, sizes, phi, x):
    return lsuv_weights([orthogonal(rng, n, m) for n, m in pairwise(sizes)], x, phi)
