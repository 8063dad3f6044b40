"""Backward pass of the affine layer."""

import numpy as np

from autograder.domain import Array, Pack
from autograder.exercise import Exercise
from course_lib.functions import affine

exercise = Exercise(
    name="affine_backward",
    unit="vanishing_gradients",
    points=2,
    reference=affine.affine_backward,
    takes={"dout": Array("N", "M", integers=False), "cache": Pack(x=Array("N", "D"), w=Array("D", "M"))},
    returns=("dx", "dw", "db"),
    hints=(
        "A gradient has the shape of what it belongs to. Which shapes must dx, dw and db have?",
        "dout is (N, M), x is (N, D), w is (D, M). Which product of which two, one of them transposed, is (N, D), and "
        "which is (D, M)?",
        "The bias is added to each of the N samples, so it changes the loss N times over. What happens to the N "
        "gradients along that axis?",
    ),
    part="core",
    minutes=5,
    difficulty=2,
    reasoning=(
        "Each derivative is a sum over the index that the result does not have, and a matrix product is such a sum: "
        "over the M outputs for dx, over the N samples for dw. The bias reaches every sample, so its gradient adds "
        "all rows up."
    ),
)


def _draw(rng, n_samples, n_inputs, n_outputs):
    x = rng.normal(size=(n_samples, n_inputs)).round(3)
    w = rng.normal(size=(n_inputs, n_outputs)).round(3)
    return {"dout": rng.normal(size=(n_samples, n_outputs)).round(3), "cache": (x, w)}


@exercise.case("a few samples")
def few_samples(rng):
    return _draw(rng, int(rng.integers(3, 5)), 2, 5)


@exercise.case("a single sample")
def single_sample(rng):
    return _draw(rng, 1, 4, 3)


@exercise.case("a single output")
def single_output(rng):
    return _draw(rng, int(rng.integers(4, 7)), 3, 1)


@exercise.case("as many outputs as inputs, where a forgotten transpose goes unnoticed")
def square_weights(rng):
    return _draw(rng, int(rng.integers(5, 8)), 3, 3)


@exercise.case("more inputs than outputs")
def wide_input(rng):
    return _draw(rng, int(rng.integers(6, 9)), 5, 4)


@exercise.misconception("AB1")
def bias_without_sum(dout, cache):
    """db still has one row per sample. The bias is shared by all samples, so their gradients add up."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout


@exercise.misconception
def bias_averaged(dout, cache):
    """db is the mean over the samples. The division by N is already part of dout: add up."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


@exercise.misconception
def bias_summed_over_outputs(dout, cache):
    """db is summed over the outputs, one number per sample. Each output has its own bias, shared by the samples: sum
    over axis 0."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=1)


@exercise.misconception
def bias_summed_over_everything(dout, cache):
    """db is a single number. Each output has its own bias: sum over the samples, axis 0, only."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum()


@exercise.misconception
def bias_as_a_row(dout, cache):
    """db has the shape (1, M), because the summed axis was kept. The bias has the shape (M,), and its gradient too."""
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0, keepdims=True)


@exercise.misconception("AB2")
def transposed_weight_gradient(dout, cache):
    """dw is transposed: dout.T @ x has the shape (M, D), while w is (D, M)."""
    x, w = cache
    return dout @ w.T, dout.T @ x, dout.sum(axis=0)


@exercise.misconception("AB3a")
def averages_again(dout, cache):
    """dw and db are divided by N. The loss is a mean, and its 1/N is already part of dout: here it would count
    twice."""
    x, w = cache
    return dout @ w.T, x.T @ dout / len(x), dout.mean(axis=0)


@exercise.misconception("AB3b")
def averages_the_weight_gradient(dout, cache):
    """dw is divided by N. The loss is a mean, and its 1/N is already part of dout: here it would count twice."""
    x, w = cache
    return dout @ w.T, x.T @ dout / len(x), dout.sum(axis=0)


@exercise.misconception("AB4")
def adds_the_weights(dout, cache):
    """The weights themselves are added to dw. That is the gradient of an L2 penalty, which belongs to the loss and
    must be added only once, there."""
    x, w = cache
    return dout @ w.T, x.T @ dout + w, dout.sum(axis=0)


@exercise.misconception("AB5a")
def multiplies_elementwise_for_dx(dout, cache):
    """dx is an elementwise product, `*`. Every input reaches every output, so it takes a matrix product, `@`."""
    x, w = cache
    return dout * w.T, x.T @ dout, dout.sum(axis=0)


@exercise.misconception("AB5b")
def multiplies_elementwise_for_dw(dout, cache):
    """dw is an elementwise product, `*`. Every weight gets a sum over the samples, which is a matrix product, `@`."""
    x, w = cache
    return dout @ w.T, x.T * dout, dout.sum(axis=0)


@exercise.misconception
def forgets_to_transpose_w(dout, cache):
    """dx multiplies by w instead of w.T. Forward goes from D inputs to M outputs, so backward has to go from M to
    D."""
    x, w = cache
    return dout @ w, x.T @ dout, dout.sum(axis=0)


@exercise.misconception(raises=ValueError)
def forgets_to_transpose_x(dout, cache):
    """dw multiplies by x instead of x.T. The sum runs over the N samples, so N has to be the inner dimension."""
    x, w = cache
    return dout @ w.T, x @ dout, dout.sum(axis=0)


# np.dot words its complaint about shapes differently from `@`
@exercise.misconception
def forgets_to_transpose_w_in_dot(dout, cache):
    """dx multiplies by w instead of w.T. Forward goes from D inputs to M outputs, so backward has to go from M to
    D."""
    x, w = cache
    return np.dot(dout, w), np.dot(x.T, dout), dout.sum(axis=0)


@exercise.misconception(raises=ValueError)
def forgets_to_transpose_x_in_dot(dout, cache):
    """dw multiplies by x instead of x.T. The sum runs over the N samples, so N has to be the inner dimension."""
    x, w = cache
    return np.dot(dout, w.T), np.dot(x, dout), dout.sum(axis=0)


@exercise.misconception(raises=ValueError)
def swaps_x_and_w(dout, cache):
    """x and w are swapped on the way out of the cache. It holds (x, w), in this order."""
    w, x = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


@exercise.misconception
def returns_dw_first(dout, cache):
    """The gradients are right, but in the wrong order. Return dx, dw, db."""
    x, w = cache
    return x.T @ dout, dout @ w.T, dout.sum(axis=0)


@exercise.misconception
def averages_dx(dout, cache):
    """dx is divided by N. The samples do not share x: each row of dx belongs to its own sample."""
    x, w = cache
    return dout @ w.T / len(x), x.T @ dout, dout.sum(axis=0)


@exercise.equivalent
def loops(dout, cache):
    x, w = cache
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for n in range(len(x)):
        for m in range(w.shape[1]):
            dx[n] += dout[n, m] * w[:, m]
            dw[:, m] += dout[n, m] * x[n]
            db[m] += dout[n, m]
    return dx, dw, db


@exercise.equivalent
def einsum(dout, cache):
    x, w = cache
    return np.einsum("nm,dm->nd", dout, w), np.einsum("nd,nm->dm", x, dout), np.einsum("nm->m", dout)


@exercise.equivalent
def outer_products(dout, cache):
    x, w = cache
    dw = sum(np.outer(row, d) for row, d in zip(x, dout, strict=True))
    return w.dot(dout.T).T, dw, np.ones(len(x)) @ dout
