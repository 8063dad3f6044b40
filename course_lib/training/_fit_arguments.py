"""What ``fit`` and ``mlp_fit`` alike demand of their arguments."""

from course_lib._arguments.arrays import as_float, rows, samples
from course_lib._arguments.entries import labels
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import generator, instance
from course_lib.layers.network import Sequential
from course_lib.optimizers.clipping import BOUND
from course_lib.optimizers.first_order import Optimizer


def settings(network, optimizer, rng, epochs, batch_size, max_norm) -> tuple[int, int, float | None]:
    """``epochs``, ``batch_size`` and ``max_norm``, once these three and the others are what they should be."""
    instance(network, Sequential, name="network")
    instance(optimizer, Optimizer, name="optimizer")
    generator(rng)
    bound = None if max_norm is None else BOUND(max_norm, name="max_norm")
    return integer(epochs, 0, name="epochs"), integer(batch_size, 1, name="batch_size"), bound


def pair_of(x, y, x_name="x", y_name="y"):
    """``x`` (N, ...) and ``y`` (N, ...) as arrays, of the same length, which is not 0; ``x`` holds numbers."""
    x = samples(x, name=x_name)
    as_float(x[:1], name=x_name)  # the dtype is the same for all, and they may be too many to convert at once
    return x, rows(y, len(x), name=y_name)


def labels_of(y, n_samples, shape, name="y"):
    """``y`` as the labels of ``n_samples`` samples, for each of which the network has an output of the shape
    ``shape``."""
    return labels(y, shape[-1], (n_samples, *shape[:-1]), name=name)
