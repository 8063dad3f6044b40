"""He et al. (2015), figures 2 and 3, at small scale: 22 and 30 ReLU layers, from Xavier's and from He's weights."""

from dataclasses import dataclass

import numpy as np

from course_lib.initialization import glorot_normal, he_normal
from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import Momentum
from course_lib.training.fused import mlp_fit
from course_lib.training.loop import evaluate
from course_lib.units.shared.digits import centred_digits

DEPTHS = (22, 30)
ARMS = {"Xavier": glorot_normal, "He": he_normal}
# Of 0.002, 0.006 and 0.02, on seeds that are not shown: He's has the lowest training loss at the end. With Xavier's,
# 22 layers start to learn in most networks; with none of the three do they come near He's.
RATES = {"Xavier": 0.02, "He": 0.002}
WIDTH, EPOCHS, BATCH_SIZE = 48, 12, 32


@dataclass(frozen=True)
class RectifierCurves:
    """Test errors (depths, arms, seeds, epochs), in the orders of ``DEPTHS`` and ``ARMS``; guessing errs in 0.9.

    ``size`` (depths, arms, seeds) is the root mean square of the first outputs of the network, before training.
    """

    seeds: tuple[int, ...]
    errors: np.ndarray
    size: np.ndarray


def rectifier_curves(seeds=(0, 1, 2)) -> RectifierCurves:
    """Train plain ReLU networks of 22 and of 30 weight layers on the digits, each initialisation at a rate of its own.

    The original trains convolutional networks on ImageNet for days; here it is dense layers of 48 units, 1347 digits
    and 12 epochs of gradient descent with momentum. Between layers of one width, Xavier's variance is 1 / fan_in. Of
    twelve seeds, eight begin to learn from Xavier's weights within these epochs at 22 layers, and none at 30.
    """
    seeds = tuple(seeds)
    runs = [[[learning_curve(depth, arm, seed) for seed in seeds] for arm in ARMS] for depth in DEPTHS]
    errors, size = (np.array([[[run[part] for run in arm] for arm in row] for row in runs]) for part in (0, 1))
    return RectifierCurves(seeds, errors, size)


def learning_curve(depth, arm, seed, lr=None, epochs=EPOCHS):
    """Test error after each epoch (epochs,), the size of the first outputs, and the mean loss of the last epoch."""
    rng, data = np.random.default_rng(seed), centred_digits()
    sizes = [64, *[WIDTH] * (depth - 1), 10]
    network = mlp(sizes, activation="relu", initializer=ARMS[arm], rng=rng, dtype=np.float32)
    optimizer, errors, losses = Momentum(RATES[arm] if lr is None else lr), [], np.array([np.nan])
    size = float(np.sqrt((network.predict(data.x_train[:256]) ** 2).mean()))
    with np.errstate(all="ignore"):  # too high a rate is for the reader to see
        for _ in range(epochs):
            losses = mlp_fit(
                network, data.x_train, data.y_train, rng=rng, optimizer=optimizer, epochs=1, batch_size=BATCH_SIZE
            )
            errors.append(1 - evaluate(network, data.x_test, data.y_test)[1])
    return np.array(errors), size, float(losses.mean())
