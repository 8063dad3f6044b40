"""Training steps of multi-layer perceptrons against NumPy, PyTorch, JAX and scikit-learn: `python benchmarks/mlp.py`.

Every candidate trains one epoch at a time on the same data, in float32, shuffled anew; times are per step.
"""

from common import threads  # noqa: F401  first, before numpy

# isort: split
from itertools import pairwise

import jax
import numpy as np
import torch
from common.mlps import NumPyMLP, TorchMLP, jax_epoch, sklearn_epoch
from common.peak import sgemm_peak
from common.results import Row, report
from common.timing import measure

from course_lib.data import datasets
from course_lib.functions.losses import binary_xent, softmax_xent
from course_lib.layers.network import mlp
from course_lib.optimizers.adam import Adam
from course_lib.optimizers.first_order import SGD
from course_lib.training.fused import mlp_fit
from course_lib.training.loop import fit


def flops_per_step(sizes, batch_size):
    """Multiply-adds count twice; forward, gradient of weights, gradient of inputs (not for the first layer)."""
    products = [fan_in * fan_out for fan_in, fan_out in pairwise(sizes)]
    return 2 * batch_size * (3 * sum(products) - products[0])


def compare(name, sizes, x, y, batch_size, *, activation="relu", adam=False, goals=(), peers=("numpy", "torch", "jax")):
    """One row of the table: ``course_lib``'s fused run against its layer objects and the peers."""
    lr = 1e-3
    loss = "softmax_xent" if y.ndim == 1 else "binary_xent"
    rng = np.random.default_rng(0)
    network = mlp(sizes, activation=activation, rng=rng, dtype=np.float32)
    optimizer, layered = (Adam(lr), Adam(lr)) if adam else (SGD(lr), SGD(lr))
    options = dict(rng=rng, epochs=1, batch_size=batch_size)
    losses = {"softmax_xent": softmax_xent, "binary_xent": binary_xent}
    candidates = {
        "course_lib": lambda: mlp_fit(network, x, y, optimizer=optimizer, loss=loss, **options),
        "layers": lambda: fit(network, x, y, optimizer=layered, loss=losses[loss], **options),
    }
    if "numpy" in peers:
        by_hand = NumPyMLP(network, activation, loss, adam, np.float32(lr))
        candidates["numpy"] = lambda: by_hand.epoch(x, y, batch_size, rng)
    if "torch" in peers:
        eager = TorchMLP(sizes, activation, loss, adam, lr)
        tensors = torch.from_numpy(x), torch.from_numpy(y)
        candidates["torch"] = lambda: eager.epoch(*tensors, batch_size)
    if "jax" in peers:
        epoch, state = jax_epoch(sizes, activation, loss, adam, lr, len(x), batch_size)
        arrays = jax.numpy.asarray(x), jax.numpy.asarray(y)
        candidates["jax"] = lambda: jax.block_until_ready(epoch(state, *arrays, rng.permutation(len(x))))
    if "sklearn" in peers:
        candidates["sklearn"] = sklearn_epoch(sizes[1:-1], x, y, batch_size, lr)
    steps = -(-len(x) // batch_size)
    seconds = {peer: time / steps for peer, time in measure(candidates).items()}
    share = flops_per_step(sizes, batch_size) / seconds["course_lib"] / sgemm_peak()
    return Row(f"{name}, batch {batch_size}", seconds, dict(goals), {"of sgemm peak": f"{share:.0%}"})


def main():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(1024, 2)).astype(np.float32)
    sides = rng.integers(0, 2, (1024, 1)).astype(np.float32)
    digits = datasets.digits()
    # whole batches: the peers then make the same number of equal steps
    x, y = digits.x_train[:1344].astype(np.float32), digits.y_train[:1344]
    wide, classes = rng.normal(size=(2560, 784)).astype(np.float32), rng.integers(0, 10, 2560)
    toy = {"torch": 20, "numpy": 5, "jax": 1.3}
    everyone = ("numpy", "torch", "jax", "sklearn")
    rows = [
        compare("2-64-64-1 tanh, SGD", [2, 64, 64, 1], points, sides, 8, activation="tanh", goals=toy),
        compare("2-64-64-1 tanh, SGD", [2, 64, 64, 1], points, sides, 32, activation="tanh", goals=toy),
        compare("2-64-64-1 tanh, SGD", [2, 64, 64, 1], points, sides, 128, activation="tanh", goals=toy),
        compare("64-64-10 digits, Adam", [64, 64, 10], x, y, 32, adam=True, peers=everyone,
                goals={"torch": 35, "sklearn": 30, "numpy": 8}),
        compare("784-256-128-10, Adam", [784, 256, 128, 10], wide, classes, 128, adam=True, peers=everyone,
                goals={"torch": 2}),
    ]  # fmt: skip
    report("Training step of an MLP: course_lib's fused run against its peers", rows, "mlp")


if __name__ == "__main__":
    main()
