"""How deep a plain tanh network can be and still train, by trying."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import SGD
from course_lib.training.fused import mlp_fit
from course_lib.units.shared.arms import samples
from course_lib.units.shared.small_nets import affine_layers

GRID = (0.6, 1.0, 1.4, 1.8, 2.2, 2.8, 3.5)  # weight variances at which it is tried
DEPTHS = (2, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64)
RATES = (0.03, 0.01, 0.1)  # the one that mostly succeeds first
WIDTH, N_SAMPLES, BATCH_SIZE, EPOCHS = 64, 640, 32, 5
TRAINED = np.log(10) / 2  # half the loss of guessing


@dataclass(frozen=True)
class TrainedDepth:
    """The largest of ``DEPTHS`` at which a network of these variances trained; 0 when it did at none."""

    weight_variance: float
    bias_variance: float
    depth: int


@cache  # Reset, and a line of Python, ask again for what was tried
def trainable_depth(weight_variance, bias_variance, seed=0) -> TrainedDepth:
    """Train networks of more and fewer tanh layers on 640 digits, for 100 steps, and find the deepest that learns.

    It learns if the mean loss of the last 20 batches is below half of log 10, with one of three rates. The search
    halves ``DEPTHS``, so it takes for granted that with a network all shallower ones train.
    """
    low, high = -1, len(DEPTHS)  # trains, does not train
    while high - low > 1:
        middle = (low + high) // 2
        if any(last_loss(DEPTHS[middle], weight_variance, bias_variance, seed, lr) < TRAINED for lr in RATES):
            low = middle
        else:
            high = middle
    return TrainedDepth(weight_variance, bias_variance, DEPTHS[low] if low >= 0 else 0)


def last_loss(depth, weight_variance, bias_variance, seed, lr) -> float:
    """The mean loss of the last 20 of 100 batches; infinity when the training diverged."""
    rng = np.random.default_rng(seed)
    x, y = samples("digits", N_SAMPLES, rng=rng)
    network = mlp(
        [x.shape[1], *[WIDTH] * depth, 10],
        activation="tanh",
        initializer=lambda rng, fan_in, fan_out: rng.normal(0, np.sqrt(weight_variance / fan_in), (fan_in, fan_out)),
        rng=rng,
        dtype=np.float32,
    )
    for layer in affine_layers(network):
        b = layer.params["b"]
        b[...] = rng.normal(0, np.sqrt(bias_variance), b.shape)
    losses = mlp_fit(network, x, y, rng=rng, optimizer=SGD(lr), epochs=EPOCHS, batch_size=BATCH_SIZE)
    last = losses[-N_SAMPLES // BATCH_SIZE :].mean()
    return float(last) if np.isfinite(last) else np.inf
