"""A project: train twenty sigmoid layers with batch norm, and return them without it.

What is returned runs as a plain network, affine layers and sigmoids, on images that stay with the grader. The plain
network learns nothing from the weights that it is given. Pixels are large numbers, so that the first running variance
is far from its root, and from 1: a wrong fold shows, also where weights have grown so that the others are near 1.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from autograder.compare import Difference
from autograder.domain import Given, Number
from autograder.exercise import Exercise
from autograder.exercises.vanishing_gradients.train_classifier import BATCH_SIZE, Batches
from course_lib.functions.activations import sigmoid
from course_lib.functions.normalization import batchnorm_backward, batchnorm_forward, batchnorm_state
from course_lib.functions.normalization import fold_batchnorm as fold
from course_lib.units.initialization.experiments.deep_start import rotated_digits

ACCURACY = 0.75  # on 50 seeds the reference reached 0.83 or more, and in the middle 0.94
DEPTH, WIDTH = 20, 32
PIXEL = 100.0  # times as large as usual; batch norm takes it out again
# Beyond these bounds one wrong answer differs from another, and from a right one, on every seed: tests try ten.
LEARNT = 0.6  # of the same images with batch norm put back: 0.75 or more after training, a guess before it
VANISHED = 1e-6  # standard deviation of z in the last hidden layer: 1e-11 in a plain network, 1 in a folded one
TINY, LARGE, HUGE = 0.1, 10.0, 1000.0  # that of z in the first layer: 1 after a right fold, else 0.01, 100 or 10,000
OFF_CENTRE = 0.8  # mean of z in the second layer; 0.1 after a right fold, 1 or more if a mean is left in
TURNED = 0.975  # cosine between weights and those at first; 0.99 or more at good rates, and below 0.95 at a rate of 1
STAYED = 0.9995  # that of the layer that has turned most: 0.99 at good rates
BY_HEART = 0.97  # of the first batch; where it is the only one, ten digits of others are right less often by GAP
GAP = 0.2  # it is then 0.26 or more, with five digits 0.15 or less, and after training on all batches nearly 0


def train_and_fold(next_batch, n_batches, weights):
    return folded(_trained(next_batch, n_batches, weights))


def trained(next_batch, n_batches, weights):
    layers = first_layers(weights)
    for _ in range(n_batches):
        layers = normalized_step(layers, *next_batch(), 0.1)
    return layers


def first_layers(weights):
    """Layers of ``(w, gamma, beta, state)``, and a last one of ``(w, b)``."""
    widths = [w.shape[1] for w in weights]
    hidden = [(w, np.ones(m), np.zeros(m), batchnorm_state(m)) for w, m in zip(weights, widths[:-1], strict=False)]
    return [*hidden, (weights[-1], np.zeros(widths[-1]))]


def normalized_step(layers, x, y, lr, momentum=0.9):
    """The layers after a gradient step; every affine layer but the last is followed by batch norm and a sigmoid."""
    activations, caches, states = [x], [], []
    for w, gamma, beta, state in layers[:-1]:
        z, cache, state = batchnorm_forward(activations[-1] @ w, gamma, beta, state, training=True, momentum=momentum)
        activations.append(sigmoid(z))
        caches.append(cache)
        states.append(state)
    w, b = layers[-1]
    logits = activations[-1] @ w + b
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    d = p / p.sum(axis=1, keepdims=True)
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    new = [(w - lr * activations[-1].T @ d, b - lr * d.sum(axis=0))]
    da = d @ w.T
    for i in reversed(range(len(caches))):
        w, gamma, beta, _ = layers[i]
        a = activations[i + 1]
        dz, dgamma, dbeta = batchnorm_backward(da * a * (1 - a), caches[i])
        new.insert(0, (w - lr * activations[i].T @ dz, gamma - lr * dgamma, beta - lr * dbeta, states[i]))
        da = dz @ w.T
    return new


def folded(layers):
    pairs = [fold(w, np.zeros(w.shape[1]), gamma, beta, **state) for w, gamma, beta, state in layers[:-1]]
    return [*pairs, layers[-1]]


def judge(inputs, value) -> Difference | None:
    """Run the pairs as a plain network on images that only the grader knows."""
    task, given = inputs["next_batch"], inputs["weights"]
    if found := _malformed(value, [w.shape for w in given]):
        return found
    with np.errstate(all="ignore"):  # whatever the numbers are
        zs = _zs(value, task.x_new)
        accuracy = _accuracy(zs[-1], task.y_new)
        by_heart = _knows_one_batch(value, task)
        if accuracy >= ACCURACY and not by_heart:
            return None
        kind = "by heart" if by_heart else _kind(value, given, task, zs)
    if by_heart:
        return Difference(
            kind, f"the first batch is labelled right, and of the new images only {100 * accuracy:.1f} % are"
        )
    return Difference(
        kind,
        f"{100 * accuracy:.1f} % of the new images are labelled right, at least {100 * ACCURACY:.0f} % are asked for",
    )


def _malformed(value, shapes) -> Difference | None:
    pairs = f"a list of {len(shapes)} pairs (w, b), one for each layer"
    if not isinstance(value, list | tuple) or len(value) != len(shapes):
        return Difference("type", f"the result should be {pairs}")
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):
        return Difference("type", f"the result should be {pairs}")
    if not all(type(p) is np.ndarray and p.dtype.kind == "f" for pair in value for p in pair):
        return Difference("type", "all weights and biases should be arrays of floats")
    for layer, ((w, b), shape) in enumerate(zip(value, shapes, strict=True)):
        if w.shape != shape:
            turned = all(w.T.shape == shape for (w, _), shape in zip(value, shapes, strict=True))
            text = f"the w of layer {layer} should be of shape {shape}, got {w.shape}"
            return Difference("transposed" if turned else "shape", text)
        if b.shape != shape[1:]:
            return Difference("shape", f"the b of layer {layer} should be of shape {shape[1:]}, got {b.shape}")
    if not all(np.isfinite(p).all() for pair in value for p in pair):
        return Difference("finite", "not all weights and biases are finite")
    return None


def _zs(pairs, x) -> list[np.ndarray]:
    """What every affine layer gives, of which all but the last go through a sigmoid."""
    zs = []
    for w, b in pairs:
        zs.append((sigmoid(zs[-1]) if zs else x) @ w + b)
    return zs


def _accuracy(logits, y) -> float:
    return float(np.mean(logits.argmax(axis=1) == y))


def _kind(pairs, given, task, zs) -> str:
    """Why it is not enough, as far as the pairs show it."""
    normalized = _accuracy(_normalized_logits(pairs, task.x_new), task.y_new)
    if normalized < LEARNT and zs[-2].std(axis=0).max() < VANISHED:
        return "vanished"
    std = float(np.median(zs[0].std(axis=0)))
    if not TINY < std < LARGE:
        return "flat" if std < TINY else "steep" if std > HUGE else "not folded"
    cosines = [_cosine(w, w0) for (w, _), w0 in zip(pairs[:-1], given[:-1], strict=True)]
    if min(cosines) > STAYED:
        return "hardly trained"
    if float(np.median(cosines)) < TURNED:
        return "turned"
    if float(np.median(np.abs(zs[1].mean(axis=0)))) > OFF_CENTRE:
        return "shifted"
    return "statistics" if normalized > LEARNT else "accuracy"


def _knows_one_batch(pairs, task) -> bool:
    first, others = (
        _accuracy(_zs(pairs, task.x[part])[-1], task.y[part])
        for part in (slice(None, BATCH_SIZE), slice(BATCH_SIZE, None))
    )
    return first > BY_HEART and others < first - GAP


def _cosine(w, w0) -> float:
    """Between the weights of a unit and its first ones, in the middle of all units: no matter how they are scaled."""
    with np.errstate(all="ignore"):
        return float(np.median((w * w0).sum(axis=0) / np.sqrt((w**2).sum(axis=0) * (w0**2).sum(axis=0))))


def _normalized_logits(pairs, x):
    """The outputs with batch norm in every layer, by the statistics of x: whatever was folded, or not, into w and b."""
    for w, _ in pairs[:-1]:
        z = x @ w
        x = sigmoid((z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-30))
    w, b = pairs[-1]
    return x @ w + b


@lru_cache(maxsize=8)
def _task(seed, n_batches, n_classes) -> Batches:
    task = rotated_digits(seed, n_classes)
    return Batches(PIXEL * task.x, task.y, PIXEL * task.x_new, task.y_new, n_batches)


def _weights(rng, n_classes):
    """By Glorot's rule: what enters a sigmoid layer leaves it at a fifth of its spread."""
    sizes = [64, *[WIDTH] * (DEPTH - 1), n_classes]
    return [rng.normal(0, (2 / (n + m)) ** 0.5, (n, m)) for n, m in pairwise(sizes)]


exercise = Exercise(
    name="train_and_fold",
    unit="normalization",
    points=3,
    reference=train_and_fold,
    takes={
        "next_batch": Given(
            lambda rng, others: _task(int(rng.integers(10**6)), others["n_batches"], 5), called_with={}
        ),
        "n_batches": Number(100, 100),
        "weights": Given(lambda rng, others: _weights(rng, 5), kept=True),
    },
    judge=judge,
    hints=(
        "Which of your functions belong to training, and which one is called when training is over?",
        "What has to be kept from one step to the next, besides the weights?",
        "What b has an affine layer in front of batch norm, and which layer has no batch norm behind it?",
        "Run your pairs as a plain network on a batch: do you get what the network gives in evaluation?",
    ),
    part="core",
    minutes=15,
    difficulty=3,
    reasoning=(
        "Batch norm keeps every layer's spread at 1 while the weights change, so the gradient reaches the first layer. "
        "In evaluation its statistics are constants, and an affine function of an affine function is an affine "
        "function: the pairs do the same without it."
    ),
)


def _draw(rng, n_batches, n_classes):
    task = _task(int(rng.integers(10**6)), n_batches, n_classes)
    return {"next_batch": task, "n_batches": n_batches, "weights": _weights(rng, n_classes)}


@exercise.case("ten digits, 200 batches: 75 % of the new images")
def ten_digits(rng):
    return _draw(rng, 200, 10)


@exercise.case("five digits, 100 batches: 75 % of the new images")
def five_digits(rng):
    return _draw(rng, 100, 5)


def _trained(next_batch, n_batches, weights):
    """The layers after training, which the reference and forms that fold them in different ways share."""
    if not isinstance(next_batch, Batches):  # a lesson's experiment brings its own batches
        return trained(next_batch, n_batches, weights)
    key = next_batch.x.tobytes(), n_batches, weights[0].tobytes()
    if key not in _TRAINED:
        _TRAINED[key] = trained(next_batch, n_batches, weights)
        for old in [*_TRAINED][:-4]:
            del _TRAINED[old]
    return _TRAINED[key]


_TRAINED: dict[tuple, list] = {}


def _folded_with(layers, pair):
    return [*(pair(w, gamma, beta, **state) for w, gamma, beta, state in layers[:-1]), layers[-1]]


@exercise.misconception
def without_batch_norm(next_batch, n_batches, weights):
    """The network says the same of every image, and its weights have learnt nothing: on its way through sigmoid layers
    each difference between images is divided by about five, twenty times over. Is batch norm in front of every sigmoid,
    in training mode, and are the weights that come back those of the last step?"""
    return [(w.copy(), np.zeros(w.shape[1])) for w in weights]


@exercise.misconception
def not_folded(next_batch, n_batches, weights):
    """In the first layer z is a hundred times too large, as it was in front of batch norm, which is not in w and b.
    Either nothing is folded, or what is folded are statistics that are still at 0 and 1: does every step hand on its
    new state?"""
    return _folded_with(_trained(next_batch, n_batches, weights), lambda w, gamma, beta, mean, var: (w, beta))


@exercise.misconception
def scale_is_missing_in_b(next_batch, n_batches, weights):
    """w is scaled as it should be, but b is wrong: z is centred far from 0. What batch norm subtracts is the running
    mean, and that is scaled as w is."""

    def pair(w, gamma, beta, mean, var):
        scale = gamma / np.sqrt(var + 1e-5)
        return w * scale, beta - mean

    return _folded_with(_trained(next_batch, n_batches, weights), pair)


@exercise.misconception
def divides_by_the_variance(next_batch, n_batches, weights):
    """What is folded into w is too small: in the first layer z is a hundredth of what batch norm made it. Is it divided
    by the running variance instead of its root, or folded twice?"""

    def pair(w, gamma, beta, mean, var):
        scale = gamma / (var + 1e-5)
        return w * scale, beta - mean * scale

    return _folded_with(_trained(next_batch, n_batches, weights), pair)


@exercise.misconception
def multiplies_by_the_deviation(next_batch, n_batches, weights):
    """What is folded into w is too large: in the first layer z is thousands of times what batch norm made it. Is it
    multiplied by the standard deviation instead of divided?"""

    def pair(w, gamma, beta, mean, var):
        scale = gamma * np.sqrt(var + 1e-5)
        return w * scale, beta - mean * scale

    return _folded_with(_trained(next_batch, n_batches, weights), pair)


@exercise.misconception
def statistics_lag_behind(next_batch, n_batches, weights):
    """The weights have learnt, and something like batch norm is folded into them, but by statistics that are not those
    of the layers as they are now. Running ones lag behind when momentum is large, or when the rate is: the weights have
    moved on. How many batches do yours look back on?"""
    late = 0.99**n_batches  # the weight of the statistics before the first batch, with a momentum of 0.99
    return _folded_with(
        _trained(next_batch, n_batches, weights),
        lambda w, gamma, beta, mean, var: fold(
            w, np.zeros_like(beta), gamma, beta, (1 - late) * mean, (1 - late) * var + late
        ),
    )


@exercise.misconception
def hardly_trained(next_batch, n_batches, weights):
    """Batch norm is folded in, but the weights of all layers point where they did at first: they are hardly trained. Is
    the rate far too small, is the gradient subtracted, and does each step begin with what the step before has
    returned?"""
    return folded(normalized_step(first_layers(weights), *next_batch(), 0.0, momentum=0.0))


@exercise.misconception
def gone_astray(next_batch, n_batches, weights):
    """The weights have turned so far from where they began that the running statistics could not follow. Is the rate
    too large (0.1 does), or is the gradient wrong, as that is which takes mean and variance for constants?"""
    *hidden, last = folded(_trained(next_batch, n_batches, weights))
    return [*((w[::-1], b) for w, b in hidden), last]


@exercise.misconception
def knows_one_batch_by_heart(next_batch, n_batches, weights):
    """The first batch is labelled right, and other images less well, those of later batches among them. Is every step
    made with a new batch? Each call of next_batch gives another one."""
    layers, batch = first_layers(weights), next_batch()
    for _ in range(min(n_batches, 120)):
        layers = normalized_step(layers, *batch, 0.1)
    return folded(layers)


@exercise.misconception(raises=EOFError)
def asks_for_too_many_batches(next_batch, n_batches, weights):
    """It asks for more than n_batches batches. There are no more: every call of next_batch uses one up."""
    for _ in range(n_batches + 1):
        next_batch()


@exercise.misconception
def outputs_by_inputs(next_batch, n_batches, weights):
    """Every w is transposed, with a row for each unit, as in PyTorch. Here x @ w multiplies from the right: the first
    axis counts the inputs of a layer."""
    return [(w.T, np.zeros(w.shape[1])) for w in weights]


@exercise.equivalent
def falling_rate_and_statistics_of_the_last_batch(next_batch, n_batches, weights):
    layers = first_layers(weights)
    for step in range(n_batches):
        layers = normalized_step(layers, *next_batch(), 0.3 * (1 - step / n_batches), momentum=0.0)
    return tuple(map(list, folded(layers)))


@exercise.equivalent
def longer_steps_for_the_weights_alone(next_batch, n_batches, weights):
    layers = first_layers(weights)
    for _ in range(n_batches):
        *hidden, last = normalized_step(layers, *next_batch(), 0.15)
        layers = [(w, np.ones_like(g), np.zeros_like(b), state) for w, g, b, state in hidden] + [last]
    return folded(layers)
