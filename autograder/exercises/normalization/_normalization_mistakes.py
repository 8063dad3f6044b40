"""Wrong forms of every function that normalises, ``gamma * xhat + beta``, whatever shares a mean and a variance.

They are made by putting another part in the place of one of these:

- ``variance(x, mean, mean_of)``; ``mean_of`` takes the mean over the entries that share it,
- ``root(var, eps)``, which is inv_std,
- ``normalized(x, mean, inv_std)``,
- ``affine(xhat, gamma, beta)``,
- ``moved(state, mean, var, momentum)``, where there are running statistics.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from autograder.exercise import Exercise


def mean_square(x, mean, mean_of):
    """The biased variance."""
    return mean_of((x - mean) ** 2)


def inverse_root(var, eps):
    """One over the standard deviation, eps under the root."""
    return 1 / np.sqrt(var + eps)


def centred_and_scaled(x, mean, inv_std):
    """xhat."""
    return (x - mean) * inv_std


def scaled_and_shifted(xhat, gamma, beta):
    """gamma * xhat + beta."""
    return gamma * xhat + beta


def moved_by(state, mean, var, momentum):
    """The running statistics after a batch; momentum is the weight of the old ones."""
    return {key: momentum * state[key] + (1 - momentum) * new for key, new in (("mean", mean), ("var", var))}


def _add(exercise, labels, form):
    label = labels.get(form.__name__)
    return exercise.misconception(label)(form) if label else exercise.misconception(form)


def add_scaling_mistakes(exercise: Exercise, forward: Callable, labels: Mapping[str, str]):
    """What goes wrong between the mean and the output.

    Parameters
    ----------
    forward : the right function, which takes the parts above by keyword, too.
    labels : of the list of misconceptions, by the names of the forms.
    """
    add = partial(_add, exercise, labels)

    @add
    def divides_by_n_minus_one(*given):
        """The variance divides by one less than the number of entries that share it, as with ddof=1. It describes these
        entries, and is not an estimate for others: divide by their number. Of a single one it would be 0 / 0."""

        def variance(x, mean, mean_of):
            n = x.size // mean.size
            with np.errstate(all="ignore"):
                return mean_square(x, mean, mean_of) * n / np.float64(n - 1)

        return forward(*given, variance=variance)

    @add
    def difference_of_squares(*given):
        """The variance is E[x^2] - E[x]^2. That is right on paper; where the mean is large, two nearly equal numbers
        are subtracted, and rounding is most of what is left. Square x - mean instead."""
        return forward(*given, variance=lambda x, mean, mean_of: mean_of(x**2) - mean**2)

    @add
    def mean_square_for_variance(*given):
        """The variance is the mean of x squared. It is the mean of (x - mean) squared."""
        return forward(*given, variance=lambda x, mean, mean_of: mean_of(x**2))

    @add
    def sum_of_squares(*given):
        """The variance is the sum of (x - mean) squared, and not divided by how many there are. It is their mean."""
        return forward(*given, variance=lambda x, mean, mean_of: mean_square(x, mean, mean_of) * (x.size // mean.size))

    @add
    def root_of_the_root(*given):
        """The root is taken twice: np.std is one already, and sqrt(std + eps) another. Add eps to the variance."""
        return forward(*given, variance=lambda x, mean, mean_of: np.sqrt(mean_square(x, mean, mean_of)))

    @add
    def absolute_deviation(*given):
        """The spread is the mean of |x - mean|. It is the root of the mean of (x - mean) squared."""
        return forward(*given, variance=lambda x, mean, mean_of: mean_of(np.abs(x - mean)) ** 2)

    @add
    def eps_outside_the_root(*given):
        """eps is added to the standard deviation. It belongs under the root, to the variance."""
        return forward(*given, root=lambda var, eps: 1 / (np.sqrt(var) + eps))

    @add
    def no_eps(*given):
        """eps is not used. Where all entries that share a variance are the same, it is 0, and only eps keeps the
        division from 0 / 0."""
        return forward(*given, root=lambda var, eps: 1 / np.sqrt(var))

    @add
    def eps_as_a_floor(*given):
        """The variance is made no smaller than eps. eps is added to every variance, also to large ones."""
        return forward(*given, root=lambda var, eps: 1 / np.sqrt(np.maximum(var, eps)))

    @add
    def eps_of_its_own(*given):
        """eps is always 1e-5, whatever is asked for. Use the argument."""
        return forward(*given, root=lambda var, eps: 1 / np.sqrt(var + 1e-5))

    @add
    def divides_by_the_variance(*given):
        """x - mean is divided by the variance. It is divided by the standard deviation: the root is missing."""
        return forward(*given, root=lambda var, eps: 1 / (var + eps))

    @add
    def multiplies_by_the_deviation(*given):
        """x - mean is multiplied by the standard deviation, which makes large spreads larger still. Divide."""
        return forward(*given, root=lambda var, eps: np.sqrt(var + eps))

    @add
    def not_divided(*given):
        """x - mean is not divided by anything. Mean 0 is half of it: the variance should become 1."""
        return forward(*given, root=lambda var, eps: np.ones_like(var))

    @add
    def mean_missing(*given):
        """The mean is not subtracted: x is divided by its standard deviation, and keeps its mean."""
        return forward(*given, normalized=lambda x, mean, inv_std: x * inv_std)

    @add
    def brackets_missing(*given):
        """Only the mean is divided: x - mean / std means x - (mean / std). Put round brackets around x - mean."""
        return forward(*given, normalized=lambda x, mean, inv_std: x - mean * inv_std)

    @add
    def divides_before_it_shifts(*given):
        """x is divided first, and then the mean of what is not divided is subtracted. Put round brackets around x -
        mean."""
        return forward(*given, normalized=lambda x, mean, inv_std: x * inv_std - mean)

    @add
    def without_gamma_and_beta(*given):
        """gamma and beta are not used. They let the network choose the scale and the mean that suit it."""
        return forward(*given, affine=lambda xhat, gamma, beta: 1.0 * xhat)

    @add
    def without_gamma(*given):
        """gamma is not used. out is gamma * xhat + beta."""
        return forward(*given, affine=lambda xhat, gamma, beta: xhat + beta)

    @add
    def without_beta(*given):
        """beta is not used. out is gamma * xhat + beta."""
        return forward(*given, affine=lambda xhat, gamma, beta: gamma * xhat)

    @add
    def gamma_and_beta_exchanged(*given):
        """gamma and beta stand in each other's places: out is beta * xhat + gamma. gamma scales, beta shifts."""
        return forward(*given, affine=lambda xhat, gamma, beta: beta * xhat + gamma)

    @add
    def shifts_before_it_scales(*given):
        """out is gamma * (xhat + beta), so that gamma scales the shift as well. It is gamma * xhat + beta."""
        return forward(*given, affine=lambda xhat, gamma, beta: gamma * (xhat + beta))

    @add
    def one_more_than_gamma(*given):
        """out is (1 + gamma) * xhat + beta. Where gamma starts at 0 that is usual; here it is gamma * xhat + beta."""
        return forward(*given, affine=lambda xhat, gamma, beta: (1 + gamma) * xhat + beta)


def add_channel_mistakes(exercise: Exercise, forward: Callable):
    """What goes wrong where gamma and beta (C,) meet images (N, C, H, W); ``along`` of ``forward`` turns them."""

    @exercise.misconception
    def gamma_along_the_columns(*given):
        """gamma and beta are not turned to the channels: NumPy lines (C,) up with the last axis, the columns, and
        complains where W is not C. They need the shape (1, C, 1, 1)."""
        return forward(*given, along=lambda v: v)

    @exercise.misconception
    def gamma_along_the_rows(*given):
        """gamma and beta have the shape (C, 1), which NumPy lines up with the rows. They need the shape (1, C, 1,
        1)."""
        return forward(*given, along=lambda v: v.reshape(-1, 1))


def add_running_mistakes(exercise: Exercise, forward: Callable, labels: Mapping[str, str]):
    """What goes wrong with the running statistics; the parameters are those of ``add_scaling_mistakes``."""
    add = partial(_add, exercise, labels)

    @add
    def momentum_of_its_own(*given):
        """momentum is always 0.9, whatever is asked for. Use the argument."""
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, var, 0.9))

    @add
    def momentum_reversed(*given):
        """The running statistics become (1 - momentum) * old + momentum * batch. PyTorch calls that momentum, with 0.1;
        here it is the weight of the old value."""
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, var, 1 - momentum))

    @add
    def stores_the_deviation(*given):
        """The running variance gets standard deviations. In evaluation their root would be taken a second time: move it
        towards the variance of the batch."""
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, np.sqrt(var), momentum))

    @add
    def never_learns(*given):
        """The running statistics stay as they are, in training too. Evaluation would use those of the start."""
        return forward(*given, moved=lambda state, mean, var, momentum: state)

    @add
    def momentum_of_the_mean_reversed(*given):
        """The running variance moves rightly, and the running mean with the weights exchanged: momentum is that of the
        old mean."""
        return forward(
            *given,
            moved=lambda state, mean, var, momentum: {
                "mean": (1 - momentum) * state["mean"] + momentum * mean,
                "var": moved_by(state, mean, var, momentum)["var"],
            },
        )

    @add
    def moves_the_mean_alone(*given):
        """Only the running mean moves. The running variance moves towards that of the batch in the same way."""
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, state["var"], momentum))

    @add
    def moves_the_variance_alone(*given):
        """Only the running variance moves. The running mean moves towards that of the batch in the same way."""
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, state["mean"], var, momentum))

    @add
    def plain_mean_of_old_and_new(*given):
        """The running statistics become the plain mean of the old ones and those of the batch. The old ones have the
        weight momentum, and the batch what is left of 1."""
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, var, 0.5))

    @add
    def adds_to_the_old(*given):
        """The old running statistics keep the weight 1 and a share of those of the batch is added, so that they grow
        without end. The old ones have the weight momentum."""
        return forward(
            *given,
            moved=lambda state, mean, var, momentum: {
                "mean": state["mean"] + (1 - momentum) * mean,
                "var": state["var"] + (1 - momentum) * var,
            },
        )

    @add
    def keeps_the_batch_alone(*given):
        """The new state holds the statistics of this batch alone. The old ones have the weight momentum."""
        return forward(*given, moved=lambda state, mean, var, momentum: {"mean": mean, "var": var})

    @add
    def running_variance_moves_to_the_mean(*given):
        """The running variance moves towards the mean of the batch. It moves towards the batch's variance: is a line
        copied, and changed in one place only?"""
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, mean, momentum))

    @add
    def running_variance_about_the_running_mean(x, *given):
        """The running variance moves towards the spread about the running mean. It moves towards the variance of the
        batch, which is taken about the batch's own mean."""

        def moved(state, mean, var, momentum):
            new = moved_by(state, mean, var, momentum)["mean"]
            return moved_by(state, mean, np.mean((x - new) ** 2, axis=0), momentum)

        return forward(x, *given, moved=moved)

    @add
    def stores_eps(*given):
        """eps is part of what the running variance moves towards. It is added when the root is taken, in training and
        in evaluation, and the state is to hold the variance alone."""
        eps = given[5]
        return forward(*given, moved=lambda state, mean, var, momentum: moved_by(state, mean, var + eps, momentum))

    @add
    def moves_towards_the_output(x, gamma, beta, *given):
        """The running statistics move towards those of out, after gamma and beta. In evaluation they meet x: move them
        towards the mean and the variance of x."""
        out = forward(x, gamma, beta, *given)[0]

        def moved(state, mean, var, momentum):
            return moved_by(state, out.mean(axis=0), out.var(axis=0), momentum)

        return forward(x, gamma, beta, *given, moved=moved)

    @add
    def batch_mean_in_evaluation(x, *given):
        """In evaluation the mean is that of the batch, beside the running variance. Both are the running ones there."""
        return forward(x, *given, of_state=lambda state: (np.mean(x, axis=0), state["var"]))

    @add
    def batch_variance_in_evaluation(x, *given):
        """In evaluation the variance is that of the batch, beside the running mean. Both are the running ones there."""
        return forward(x, *given, of_state=lambda state: (state["mean"], np.var(x, axis=0)))
