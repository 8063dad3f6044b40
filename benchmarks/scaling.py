"""How the cost of training grows with the problem: `python benchmarks/scaling.py`.

Time per sample of one epoch should be flat in the number of samples, and grow with the number of operations in width,
depth and channels; small networks gain on that, because calls cost the same whatever they compute.
"""

from common import threads  # noqa: F401  first, before numpy

# isort: split
from itertools import pairwise

import numpy as np
from common.results import OURS, Row, report
from common.timing import measure

from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential, mlp
from course_lib.layers.spatial import Conv2D, Flatten, MaxPool2D
from course_lib.optimizers.first_order import SGD
from course_lib.training.fused import mlp_fit
from course_lib.training.loop import fit

BATCH = 64


def dense(n_samples, width, depth):
    """One epoch of a perceptron in the fused run: the call, and the multiply-adds per sample of the forward pass."""
    rng = np.random.default_rng(0)
    sizes = [64, *[width] * depth, 10]
    network = mlp(sizes, activation="relu", rng=rng, dtype=np.float32)
    x, y = rng.normal(size=(n_samples, 64)).astype(np.float32), rng.integers(0, 10, n_samples)
    products = sum(a * b for a, b in pairwise(sizes))
    optimizer = SGD(1e-3)
    return lambda: mlp_fit(network, x, y, rng=rng, optimizer=optimizer, epochs=1, batch_size=BATCH), products


def convolutional(channels, n_samples=256, side=16):
    """The same for conv-relu-pool and an affine layer, through the layer objects."""
    rng = np.random.default_rng(0)
    network = Sequential(
        *(Conv2D(channels, channels, 3, padding=1, rng=rng), Activation("relu"), MaxPool2D(2)),
        *(Flatten(), Affine(channels * (side // 2) ** 2, 10, rng=rng)),
        dtype=np.float32,
    )
    x = rng.normal(size=(n_samples, channels, side, side)).astype(np.float32)
    y = rng.integers(0, 10, n_samples)
    products = 9 * channels**2 * side**2 + channels * (side // 2) ** 2 * 10
    optimizer = SGD(1e-3)
    return lambda: fit(network, x, y, rng=rng, optimizer=optimizer, epochs=1, batch_size=BATCH), products


def rows(title, cases, n_samples):
    """A row for each case: the time per sample, and per multiply-add of the forward pass."""
    tasks = {name: task for name, (task, _) in cases.items()}
    seconds = measure(tasks, seconds=0.5)
    return [
        Row(
            f"{title} {name}",
            {OURS: seconds[name] / n_samples[name]},
            extra={"ns per forward multiply-add": f"{1e9 * seconds[name] / n_samples[name] / products:.3f}"},
        )
        for name, (_, products) in cases.items()
    ]


def main():
    numbers = {str(n): dense(n, 64, 1) for n in (256, 1024, 4096, 16384)}
    widths = {str(width): dense(1024, width, 1) for width in (16, 64, 256, 1024)}
    depths = {str(depth): dense(1024, 64, depth) for depth in (1, 2, 4, 8, 16)}
    channels = {str(c): convolutional(c) for c in (4, 8, 16, 32, 64)}
    table = rows("samples", numbers, {name: int(name) for name in numbers})
    table += rows("width", widths, dict.fromkeys(widths, 1024))
    table += rows("depth", depths, dict.fromkeys(depths, 1024))
    table += rows("channels", channels, dict.fromkeys(channels, 256))
    report("Training time per sample, one epoch with batches of 64", table, "scaling")


if __name__ == "__main__":
    main()
