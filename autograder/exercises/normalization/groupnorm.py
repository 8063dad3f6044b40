"""Group norm: every sample and group of neighbouring channels by itself; layer norm and instance norm are its ends."""

import numpy as np

from autograder.domain import Array, Given, Number
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise
from autograder.exercises.normalization._normalization_mistakes import (
    add_channel_mistakes,
    add_scaling_mistakes,
    centred_and_scaled,
    inverse_root,
    mean_square,
    scaled_and_shifted,
)
from course_lib.functions import normalization


def groupnorm(x, gamma, beta, n_groups, eps=1e-5):
    return normalization.groupnorm_forward(x, gamma, beta, n_groups, eps)[0]


exercise = Exercise(
    name="groupnorm",
    unit="normalization",
    points=2,
    reference=groupnorm,
    takes={
        "x": Array("N", "C", "H", "W"),
        "gamma": Array("C", magnitudes=()),
        "beta": Array("C", magnitudes=()),
        "n_groups": Given(lambda rng, others: 1),  # the one number that divides all that C is in the corners
        "eps": Number(1e-4, 1e-2, corners=(1e-5, 0.5), says="any positive number"),
    },
    hints=(
        "How many means are there: one for each sample, for each group, or for each group of each sample? Of how many "
        "numbers is each one the mean?",
        "x.reshape keeps the numbers in their order, in which the channels of a group are neighbours. Into which shape "
        "can you bring x so that each group of each sample lies along one axis?",
        "gamma and beta have a number for each channel, and not for each group. In which shape is the channel an axis "
        "of its own, and what shape must gamma get to meet it?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "A group's channels and pixels are neighbours in memory, so one reshape turns them into an axis, over which "
        "mean and variance are taken. Then everything goes back to the shape of x, where gamma and beta find their "
        "channels. With one group all channels share a mean, with C groups each has its own."
    ),
)


def _draw(rng, n=3, c=6, h=2, w=5, n_groups=2, eps=1e-9):
    """Samples, channels, rows and columns of different means, and channels of different spread: what shares a mean
    shows."""
    spread = np.array([0.5, 2.5, 1.0, 4.0, 0.7, 3.0, 1.5, 0.4])[:c, None, None] * rng.uniform(0.9, 1.1, (c, 1, 1))
    x = spread * either_sign(rng, (n, c, h, w))
    for axis, length in enumerate((n, c, h, w)):
        steps = np.arange(length) ** 1.3 * rng.uniform(0.5, 1.0)
        x = x + np.expand_dims(steps, [other for other in range(4) if other != axis])
    return {
        "x": x.round(3),
        "gamma": either_sign(rng, c, 1.3, 2.5),
        "beta": either_sign(rng, c, 0.4, 0.9),
        "n_groups": n_groups,
        "eps": eps,
    }


@exercise.case("two groups of three channels")
def two_groups(rng):
    return _draw(rng, int(rng.integers(4, 6)))


@exercise.case("four groups of two channels")
def four_groups(rng):
    return _draw(rng, 3, 8, int(rng.integers(2, 4)), 5, n_groups=4)


@exercise.case("as many samples, rows and columns as channels, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4, 4, 4, n_groups=2)


@exercise.case("one group, as in layer norm, and as many as there are channels, which is instance norm")
def both_ends(rng):
    return [
        Call(_draw(rng, n_groups=1), "one group of six channels"),
        Call(_draw(rng, n_groups=6), "six groups of one channel"),
    ]


@exercise.case("a single image")
def single_image(rng):
    return _draw(rng, 1, 6, int(rng.integers(3, 5)), 2, n_groups=3)


@exercise.case("images of one pixel")
def one_pixel(rng):
    return _draw(rng, int(rng.integers(4, 6)), 6, 1, 1, n_groups=2)


@exercise.case("a large eps, and a group that is the same everywhere")
def large_eps(rng):
    large, constant = (_draw(rng, eps=round(rng.uniform(0.05, 0.2), 3)) for _ in range(2))
    constant["x"][1, 3:] = float(rng.integers(2, 5))
    return [Call(large, "a large eps"), Call(constant, "a group that is the same everywhere")]


@exercise.case("groups with a mean of a million")
def far_from_zero(rng):
    given = _draw(rng, eps=1e-5)
    given["x"] = given["x"] + 1e6 * rng.uniform(1, 2, (3, 6, 1, 1)).round(2)[:, [0, 0, 0, 1, 1, 1]]
    return given


def _mean(x):
    """The mean of each group: x (N, G, C / G, H, W)."""
    return x.mean(axis=(2, 3, 4), keepdims=True)


def _over(*axes):
    return lambda x: x.mean(axis=axes, keepdims=True)


def _grouped(x, n_groups):
    return x.reshape(len(x), n_groups, -1, *x.shape[2:])


def _channels(v):
    return v.reshape(-1, 1, 1)


def _forward(
    x, gamma, beta, n_groups, eps, mean_of=_mean,
    variance=mean_square, root=inverse_root, normalized=centred_and_scaled, affine=scaled_and_shifted, along=_channels,
):  # fmt: skip
    """Group norm with another part in a place; ``along`` turns gamma and beta to their axis."""
    groups = _grouped(1.0 * x, n_groups)
    mean = mean_of(groups)
    xhat = normalized(groups, mean, root(variance(groups, mean, mean_of), eps))
    return affine(xhat.reshape(x.shape), along(gamma), along(beta))


add_scaling_mistakes(exercise, _forward, {})


@exercise.misconception("GN1")
def samples_share_their_groups(*given):
    """The mean of a group runs over the samples of the batch too. Each sample has a mean and a variance of its own in
    each group: group norm does not know of a batch."""
    return _forward(*given, mean_of=_over(0, 2, 3, 4))


@exercise.misconception
def samples_in_the_groups(x, gamma, beta, n_groups, eps):
    """x is reshaped to groups without an axis for the samples, so that a group holds numbers of several samples. The
    first axis stays N: each sample has its own groups."""
    groups = x.reshape(n_groups, -1)
    xhat = (groups - groups.mean(axis=1, keepdims=True)) / np.sqrt(groups.var(axis=1, keepdims=True) + eps)
    return scaled_and_shifted(xhat.reshape(x.shape), _channels(gamma), _channels(beta))


@exercise.misconception("GN2")
def every_channel_by_itself(*given):
    """Every channel of a sample has its own mean and variance, taken over its pixels, whatever n_groups is. That is
    instance norm: the channels of a group share them."""
    return _forward(*given, mean_of=_over(3, 4))


@exercise.misconception
def every_sample_as_a_whole(x, gamma, beta, n_groups, eps):
    """Every sample has one mean and one variance, whatever n_groups is. That is layer norm: each group of its channels
    has its own."""
    return groupnorm(x, gamma, beta, 1, eps)


@exercise.misconception
def as_in_batch_norm(x, gamma, beta, n_groups, eps):
    """Mean and variance are those of batch norm: one for each channel, over samples and pixels. Here each group of each
    sample has its own."""
    return _forward(x, gamma, beta, x.shape[1], eps, mean_of=_over(0, 2, 3, 4))


@exercise.misconception
def everything_together(*given):
    """There is one mean and one variance for the whole batch. Each group of each sample has its own."""
    return _forward(*given, mean_of=_over(0, 1, 2, 3, 4))


@exercise.misconception("GN3")
def groups_of_that_size(x, gamma, beta, n_groups, eps):
    """n_groups is taken for the number of channels in a group. It is the number of groups, and each has C / n_groups
    channels."""
    if x.shape[1] % n_groups:
        raise ValueError("cannot reshape array")
    return groupnorm(x, gamma, beta, x.shape[1] // n_groups, eps)


@exercise.misconception("GN4a")
def every_so_many_channels(x, gamma, beta, n_groups, eps):
    """The channels of a group are not neighbours: with two groups, they are the even and the odd ones. Group norm takes
    neighbouring channels together: in the reshaped array the groups come before the channels in them."""
    n, c, h, w = x.shape
    groups = x.reshape(n, c // n_groups, n_groups, h, w)
    xhat = (groups - groups.mean(axis=(1, 3, 4), keepdims=True)) / np.sqrt(
        groups.var(axis=(1, 3, 4), keepdims=True) + eps
    )
    return scaled_and_shifted(xhat.reshape(x.shape), _channels(gamma), _channels(beta))


@exercise.misconception("GN4b")
def channels_come_back_in_another_order(x, gamma, beta, n_groups, eps):
    """Each group is normalised as it should be, but the channels come back in another order, that of their places in
    the groups. What reshape has taken apart, reshape puts together, without an exchange of axes."""
    xhat = _forward(x, np.ones_like(gamma), np.zeros_like(beta), n_groups, eps)
    xhat = _grouped(xhat, n_groups).swapaxes(1, 2).reshape(x.shape)
    return scaled_and_shifted(xhat, _channels(gamma), _channels(beta))


@exercise.misconception
def stays_in_groups(x, gamma, beta, n_groups, eps):
    """out is still in groups, (N, n_groups, C / n_groups, H, W). Bring it back to the shape of x."""
    return _grouped(groupnorm(x, gamma, beta, n_groups, eps), n_groups)


@exercise.misconception
def rows_and_columns_exchanged(x, gamma, beta, n_groups, eps):
    """Rows and columns are exchanged in out, (N, C, W, H)."""
    return groupnorm(x, gamma, beta, n_groups, eps).swapaxes(2, 3)


@exercise.misconception
def channels_at_the_end(x, gamma, beta, n_groups, eps):
    """out has its channels at the end, (N, H, W, C). Move them back to where they were in x."""
    return np.moveaxis(groupnorm(x, gamma, beta, n_groups, eps), 1, 3)


@exercise.misconception
def every_pixel_by_itself(*given):
    """Every pixel has its own mean and variance, taken over the channels of the group alone. The pixels of a group
    share them."""
    return _forward(*given, mean_of=_over(2))


@exercise.misconception
def every_row_by_itself(*given):
    """Every row of the images has its own mean and variance. The mean runs over channels, rows and columns of the
    group."""
    return _forward(*given, mean_of=_over(2, 4))


@exercise.misconception
def every_column_by_itself(*given):
    """Every column of the images has its own mean and variance. The mean runs over channels, rows and columns of the
    group."""
    return _forward(*given, mean_of=_over(2, 3))


@exercise.misconception
def variance_of_every_channel(*given):
    """The mean is that of the group, and the variance that of each channel. The channels of a group share both."""
    return _forward(*given, variance=lambda x, mean, mean_of: x.var(axis=(3, 4), keepdims=True))


@exercise.misconception
def mean_of_the_variances_of_the_channels(*given):
    """The variance of a group is the mean of its channels' variances. What the means of the channels differ by is
    missing: take it over all numbers of the group at once."""
    return _forward(*given, variance=lambda x, mean, mean_of: x.var(axis=(3, 4), keepdims=True).mean(2, keepdims=True))


@exercise.misconception
def mean_of_every_channel(*given):
    """Every channel is shifted by its own mean, and divided by the deviation of its group. The channels of a group
    share both."""
    return _forward(*given, normalized=lambda x, mean, inv_std: (x - x.mean(axis=(3, 4), keepdims=True)) * inv_std)


@exercise.misconception
def divides_by_the_pixels(*given):
    """The sums over a group are divided by H * W, the number of pixels of one channel. A group has C / n_groups times
    as many numbers."""
    return _forward(*given, mean_of=lambda x: x.sum(axis=(2, 3, 4), keepdims=True) / (x.shape[3] * x.shape[4]))


add_channel_mistakes(exercise, _forward)


@exercise.misconception
def gamma_along_the_samples(*given):
    """gamma and beta have the shape (C, 1, 1, 1), which NumPy lines up with the samples. They need the shape (1, C, 1,
    1)."""
    return _forward(*given, along=lambda v: v.reshape(-1, 1, 1, 1))


@exercise.misconception
def gamma_of_the_groups(x, gamma, beta, n_groups, eps):
    """All channels of a group get the gamma and the beta of one of them, as if there were one for each group. They have
    a number for each channel."""
    first = np.repeat(np.arange(n_groups), x.shape[1] // n_groups)
    return groupnorm(x, gamma[first], beta[first], n_groups, eps)


@exercise.misconception
def gamma_of_the_first_in_each_group(x, gamma, beta, n_groups, eps):
    """All channels of a group get the gamma and the beta of its first. They have a number for each channel."""
    size = x.shape[1] // n_groups
    first = np.arange(x.shape[1]) // size * size
    return groupnorm(x, gamma[first], beta[first], n_groups, eps)


@exercise.misconception
def gamma_by_its_place_in_the_group(x, gamma, beta, n_groups, eps):
    """Every group begins again with the first gamma and the first beta. The channels are counted through all groups."""
    again = np.arange(x.shape[1]) % (x.shape[1] // n_groups)
    return groupnorm(x, gamma[again], beta[again], n_groups, eps)


@exercise.misconception
def scales_before_it_normalises(x, gamma, beta, n_groups, eps):
    """gamma and beta are applied to x, and what comes out is normalised. First normalise, then scale and shift."""
    scaled = scaled_and_shifted(x, _channels(gamma), _channels(beta))
    return groupnorm(scaled, np.ones(len(gamma)), np.zeros(len(gamma)), n_groups, eps)


@exercise.misconception
def changes_x(*given):
    """The values are right, and x has been changed in place, by -= or *=. Other parts of the network may still need it:
    make a new array."""
    out = _forward(*given)
    given[0][...] = out
    return out


@exercise.misconception
def along_the_groups(x, gamma, beta, n_groups, eps):
    """The mean is taken along the groups, of the numbers at the same place in each of them. It is taken over the
    numbers of one group."""
    flat = x.reshape(len(x), n_groups, -1)
    xhat = (flat - flat.mean(axis=1, keepdims=True)) / np.sqrt(flat.var(axis=1, keepdims=True) + eps)
    return scaled_and_shifted(xhat.reshape(x.shape), _channels(gamma), _channels(beta))


@exercise.misconception
def same_place_in_every_group(*given):
    """The channels at the same place in their groups share a mean: the first of each, the second of each. It is the
    channels of one group that share it."""
    return _forward(*given, mean_of=_over(1, 3, 4))


@exercise.misconception
def groups_of_pixels(x, gamma, beta, n_groups, eps):
    """The channels were moved to the end before x was reshaped, so that a group is a part of the image with all its
    channels. With the channels as axis 1, those of a group are neighbours."""
    turned = np.moveaxis(x, 1, 3)
    flat = turned.reshape(len(x), n_groups, -1)
    xhat = (flat - flat.mean(axis=2, keepdims=True)) / np.sqrt(flat.var(axis=2, keepdims=True) + eps)
    return np.moveaxis(gamma * xhat.reshape(turned.shape) + beta, 3, 1)


@exercise.misconception
def mean_of_the_deviations_of_the_channels(*given):
    """The standard deviation of a group is the mean of its channels' standard deviations. Take it over all numbers of
    the group at once."""
    return _forward(
        *given, variance=lambda x, mean, mean_of: x.std(axis=(3, 4), keepdims=True).mean(2, keepdims=True) ** 2
    )


@exercise.equivalent
def one_axis_for_a_group(x, gamma, beta, n_groups, eps=1e-5):
    flat = x.reshape(x.shape[0] * n_groups, -1)
    flat = (flat - flat.mean(1)[:, None]) / np.sqrt(flat.var(1)[:, None] + eps)
    return flat.reshape(x.shape) * gamma[None, :, None, None] + beta[None, :, None, None]


@exercise.equivalent
def group_by_group(x, gamma, beta, n_groups, eps=1e-5):
    out = np.empty(x.shape)
    size = x.shape[1] // n_groups
    for n in range(len(x)):
        for first in range(0, x.shape[1], size):
            block = x[n, first : first + size]
            std = (np.mean((block - np.mean(block)) ** 2) + eps) ** 0.5
            for c in range(size):
                out[n, first + c] = gamma[first + c] * (block[c] - np.mean(block)) / std + beta[first + c]
    return out


@exercise.equivalent
def split(x, gamma, beta, n_groups, eps=1e-5):
    parts = []
    for part in np.split(x, n_groups, axis=1):
        m, v = part.mean((1, 2, 3), keepdims=True), part.var((1, 2, 3), keepdims=True)
        parts.append((part - m) * (v + eps) ** -0.5)
    return np.einsum("nchw,c->nchw", np.concatenate(parts, axis=1), gamma) + np.reshape(beta, (1, -1, 1, 1))
