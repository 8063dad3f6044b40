"""Backward pass of a residual connection."""

import numpy as np

from autograder.domain import Array, Given, Like
from autograder.exercise import Exercise
from course_lib.functions import residual

exercise = Exercise(
    name="residual_backward",
    unit="vanishing_gradients",
    points=1,
    reference=residual.residual_backward,
    takes={
        "dout": Array(integers=False),
        "branch_backward": Given(lambda rng, others: lambda d: 0.5 * d + 1, called_with={"dout": Like("dout")}),
    },
    hints=(
        "out = x + branch(x): x reaches the output along two paths. What happens to the gradients of two paths that "
        "meet in x?",
        "Along one path x arrives unchanged. What is its derivative, and what is then the gradient along it?",
        "branch_backward takes the gradient at the branch's output to that at its input. Which gradient stands at the "
        "branch's output?",
    ),
    part="core",
    minutes=3,
    difficulty=1,
    reasoning=(
        "x reaches the output along two paths, and derivatives of paths that meet add up. Along the skip the "
        "derivative is 1, so dout arrives as it is, whatever happens in the branch."
    ),
)


def _affine_branch(w):
    return lambda d: d @ w.T


def _tanh_branch(w1, slope, w2):
    return lambda d: ((d @ w2.T) * slope) @ w1.T


@exercise.case("an affine branch")
def affine_branch(rng):
    n = int(rng.integers(2, 5))
    return {"dout": rng.normal(size=(n, 5)).round(3), "branch_backward": _affine_branch(rng.normal(size=(5, 5)))}


@exercise.case("a branch of two layers with tanh between them")
def two_layers(rng):
    n = int(rng.integers(2, 5))
    slope = 1 - np.tanh(rng.normal(size=(n, 6))) ** 2
    branch = _tanh_branch(rng.normal(size=(7, 6)), slope, rng.normal(size=(6, 7)))
    return {"dout": rng.normal(size=(n, 7)).round(3), "branch_backward": branch}


@exercise.case("a branch through which no gradient comes")
def dead_branch(rng):
    return {"dout": rng.normal(size=(3, int(rng.integers(4, 7)))).round(3), "branch_backward": np.zeros_like}


@exercise.case("a single sample, whose two paths cancel")
def cancelling(rng):
    return {"dout": rng.normal(size=(1, 4)).round(3), "branch_backward": np.negative}


@exercise.case("a branch that hands back the array that it gets")
def identity_branch(rng):
    return {"dout": rng.normal(size=(2, int(rng.integers(3, 6)))).round(3), "branch_backward": lambda d: d}


@exercise.case("images")
def images(rng):
    scale = rng.uniform(0.5, 2, (3, 1, 1))
    return {
        "dout": rng.normal(size=(2, 3, 4, int(rng.integers(5, 7)))).round(3),
        "branch_backward": lambda d: np.flip(d, axis=-1) * scale,
    }


@exercise.misconception
def forgets_the_skip(dout, branch_backward):
    """The gradient comes back through the branch only. x also reaches the output directly, and that path adds
    dout."""
    return branch_backward(dout)


@exercise.misconception
def forgets_the_branch(dout, branch_backward):
    """The gradient comes back along the skip only. The branch saw x too, and adds its own part."""
    return dout.copy()


@exercise.misconception
def multiplies_the_paths(dout, branch_backward):
    """The gradients of the two paths are multiplied. Along one path factors multiply, but paths that meet add up."""
    return dout * branch_backward(dout)


@exercise.misconception
def averages_the_paths(dout, branch_backward):
    """The gradients of the two paths are averaged. out is their sum, not their mean: add them up."""
    return (dout + branch_backward(dout)) / 2


@exercise.misconception
def subtracts_the_branch(dout, branch_backward):
    """The branch's gradient is subtracted. Both paths are added in the forward pass, and so are their gradients."""
    return dout - branch_backward(dout)


@exercise.misconception
def adds_one(dout, branch_backward):
    """1 is added to the branch's gradient. The derivative of the skip is 1, but the chain rule multiplies it by
    dout."""
    return 1 + branch_backward(dout)


@exercise.misconception
def multiplies_by_dout_again(dout, branch_backward):
    """dout * (1 + branch_backward(dout)) multiplies by dout twice. branch_backward already contains it: what it
    returns is a gradient, not a derivative."""
    return dout * (1 + branch_backward(dout))


@exercise.misconception
def derivative_from_ones(dout, branch_backward):
    """branch_backward is asked for the gradient of ones, and the result multiplied by dout. That would only do if
    every output of the branch depended on its own input alone: pass dout itself."""
    return dout * (1 + branch_backward(np.ones_like(dout)))


@exercise.misconception
def through_the_branch_twice(dout, branch_backward):
    """The gradient of the branch goes through the branch a second time. There is one branch, and it is passed
    once."""
    return dout + branch_backward(branch_backward(dout))


@exercise.misconception
def skip_into_the_branch(dout, branch_backward):
    """The sum of both paths is sent back through the branch. Both paths start at dout, and meet in x."""
    return branch_backward(dout + branch_backward(dout))


@exercise.misconception
def counts_the_skip_twice(dout, branch_backward):
    """dout is added twice. The skip is one path, so it adds dout once."""
    return 2 * dout + branch_backward(dout)


@exercise.misconception
def returns_both_paths(dout, branch_backward):
    """The gradients of the two paths are returned side by side. They meet in x: return their sum."""
    return dout.copy(), branch_backward(dout)


@exercise.misconception
def adds_in_place(dout, branch_backward):
    """The result is right, but `+=` wrote it into dout. The caller's array now holds another gradient."""
    dout += branch_backward(dout)
    return dout


@exercise.equivalent
def branch_first(dout, branch_backward):
    return branch_backward(dout) + dout


@exercise.equivalent
def adds_into_a_copy(dout, branch_backward):
    dx = dout.copy()
    dx += branch_backward(dout)
    return dx


@exercise.equivalent
def sum_of_paths(dout, branch_backward):
    return np.sum([dout, branch_backward(dout)], axis=0)


@exercise.equivalent
def sample_by_sample(dout, branch_backward):
    through_branch = branch_backward(dout)
    return np.stack([d + b for d, b in zip(dout, through_branch, strict=True)])
