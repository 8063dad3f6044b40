"""Batch norm of images: the pixels of a channel share its statistics, in all images of the batch."""

import numpy as np

from autograder.domain import Array, Number
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

SMALL = 1e-9  # eps where it is not what a case is about: it changes nothing that is compared


def spatial_batchnorm(x, gamma, beta, eps=1e-5):
    state = normalization.batchnorm_state(np.shape(x)[1])
    return normalization.batchnorm_forward(x, gamma, beta, state, True, eps)[0]


exercise = Exercise(
    name="spatial_batchnorm",
    unit="normalization",
    points=2,
    reference=spatial_batchnorm,
    takes={
        "x": Array("N", "C", "H", "W"),
        "gamma": Array("C", magnitudes=()),
        "beta": Array("C", magnitudes=()),
        "eps": Number(1e-4, 1e-2, corners=(1e-5, 0.5), says="any positive number"),
    },
    hints=(
        "A convolution looks at every pixel with the same weights, and so should what follows it. How many means are "
        "there, and of how many numbers is each one the mean?",
        "np.mean takes several axes at once, and keepdims=True leaves them as axes of length 1. Which of the four does "
        "it take here?",
        "gamma has the shape (C,), and NumPy lines shapes up at the last axis, which is W. Which shape must gamma get "
        "to meet the channels?",
    ),
    part="core",
    minutes=8,
    difficulty=2,
    reasoning=(
        "All that is not a channel is a sample: the mean and the variance of a channel run over the images, the rows "
        "and the columns. gamma and beta, one number a channel, have to be told which axis is theirs."
    ),
)


def _draw(rng, n=4, c=3, h=2, w=5, eps=SMALL):
    """Channels of different spread; images, rows and columns of different means, so that it shows what shares one."""
    x = rng.uniform([0.3, 2.0, 0.8], [0.6, 3.0, 1.2])[np.arange(c) % 3][:, None, None] * either_sign(rng, (n, c, h, w))
    for axis, length in enumerate((n, c, h, w)):
        steps = rng.permutation(length) * rng.uniform(0.5, 1.0)
        x = x + np.expand_dims(steps, [other for other in range(4) if other != axis])
    return {
        "x": x.round(3),
        "gamma": either_sign(rng, c, 1.3, 2.5),
        "beta": either_sign(rng, c, 0.4, 0.9),
        "eps": eps,
    }


@exercise.case("a batch of images")
def images(rng):
    return _draw(rng, int(rng.integers(4, 7)))


@exercise.case("as many channels as rows and columns, where gamma meets the wrong axis unnoticed")
def square(rng):
    return _draw(rng, int(rng.integers(4, 7)), 3, 3, 3)


@exercise.case("a single image")
def single_image(rng):
    return _draw(rng, 1, 2, int(rng.integers(3, 5)), 5)


@exercise.case("images of one pixel, which are the rows of a matrix")
def one_pixel(rng):
    return _draw(rng, int(rng.integers(6, 9)), 3, 1, 1)


@exercise.case("a large eps, and a channel that is the same everywhere")
def large_eps(rng):
    large, constant = (_draw(rng, eps=round(rng.uniform(0.05, 0.2), 3)) for _ in range(2))
    constant["x"][:, 1] = constant["x"][0, 1, 0, 0]
    return [Call(large, "a large eps"), Call(constant, "a channel that is the same everywhere")]


@exercise.case("channels with a mean of a million")
def far_from_zero(rng):
    given = _draw(rng, eps=1e-5)
    given["x"] = given["x"] + 1e6 * rng.uniform(1, 2, (3, 1, 1)).round(2)
    return given


def _over(*axes):
    """The mean over these axes, which stay as axes of length 1."""
    return lambda x: x.mean(axis=axes, keepdims=True)


_of_channel = _over(0, 2, 3)


def _channels(v):
    return v.reshape(-1, 1, 1)


def _forward(
    x, gamma, beta, eps, mean_of=_of_channel,
    variance=mean_square, root=inverse_root, normalized=centred_and_scaled, affine=scaled_and_shifted, along=_channels,
):  # fmt: skip
    """Batch norm of images with another part in a place; ``along`` turns gamma and beta to their axis."""
    mean = mean_of(x)
    xhat = normalized(x, mean, root(variance(x, mean, mean_of), eps))
    return affine(xhat, along(gamma), along(beta))


add_scaling_mistakes(exercise, _forward, {})


@exercise.misconception("SB1")
def every_pixel_by_itself(*given):
    """Every pixel has its own mean and variance, taken over the images alone. A channel has one of each: the mean runs
    over the rows and the columns as well."""
    return _forward(*given, mean_of=_over(0))


@exercise.misconception("SB2a")
def reshaped_without_transposing(x, gamma, beta, eps):
    """x is reshaped to C columns while the channels are the second axis, so that a column holds numbers of all
    channels. Move the channels to the end first."""
    out = _forward(x.reshape(-1, x.shape[1], 1, 1), gamma, beta, eps)
    return out.reshape(x.shape)


@exercise.misconception("SB2b")
def reshaped_without_transposing_back(x, gamma, beta, eps):
    """The numbers are right and stand in the wrong places: with the channels at the end, out was reshaped to (N, C, H,
    W). Reshape to (N, H, W, C), and move the channels back."""
    return _forward(x, gamma, beta, eps).transpose(0, 2, 3, 1).reshape(x.shape)


@exercise.misconception("SB2c")
def channels_left_at_the_end(x, gamma, beta, eps):
    """out has its channels at the end, (N, H, W, C). Move them back to where they were in x."""
    return _forward(x, gamma, beta, eps).transpose(0, 2, 3, 1)


@exercise.misconception("SB2d")
def rows_and_columns_exchanged(x, gamma, beta, eps):
    """Rows and columns are exchanged in out, (N, C, W, H). The channels are moved back in the wrong order of axes."""
    return _forward(x, gamma, beta, eps).transpose(0, 1, 3, 2)


@exercise.misconception("SB2e")
def images_and_channels_not_exchanged_back(x, gamma, beta, eps):
    """The numbers are right and stand in the wrong places: with the channels in front, out was reshaped to (N, C, H,
    W). Reshape to (C, N, H, W), and exchange the two axes."""
    return _forward(x, gamma, beta, eps).swapaxes(0, 1).reshape(x.shape)


@exercise.misconception("SB3a")
def divides_by_the_images(*given):
    """The sums over a channel are divided by N, the number of images. They are sums of N * H * W numbers."""
    return _forward(*given, mean_of=lambda x: x.sum(axis=(0, 2, 3), keepdims=True) / len(x))


@exercise.misconception("SB3b")
def divides_by_the_pixels(*given):
    """The sums over a channel are divided by H * W, the number of pixels. They are sums of N * H * W numbers."""
    return _forward(*given, mean_of=lambda x: x.sum(axis=(0, 2, 3), keepdims=True) / (x.shape[2] * x.shape[3]))


@exercise.misconception
def variance_divides_by_the_images(x, gamma, beta, eps):
    """The variance of a channel divides its sum of squares by N. It is a sum of N * H * W squares."""
    return _forward(
        x, gamma, beta, eps, variance=lambda x, mean, mean_of: ((x - mean) ** 2).sum((0, 2, 3), keepdims=True) / len(x)
    )


@exercise.misconception
def every_image_by_itself(*given):
    """Every image has its own mean and variance in each channel. That is instance norm: in batch norm the images of the
    batch share them."""
    return _forward(*given, mean_of=_over(2, 3))


@exercise.misconception
def every_image_as_a_whole(*given):
    """Every image has one mean and one variance for all its channels. That is layer norm: in batch norm each channel
    has its own, which the images share."""
    return _forward(*given, mean_of=_over(1, 2, 3))


@exercise.misconception
def everything_together(*given):
    """All channels share one mean and one variance. Each channel gets its own: leave axis 1 out of the mean."""
    return _forward(*given, mean_of=_over(0, 1, 2, 3))


@exercise.misconception
def channels_at_the_end(*given):
    """The last axis is taken for the channels, as it is in Keras: the mean runs over the axes 0, 1 and 2. Here the
    channels are axis 1."""
    return _forward(*given, mean_of=_over(0, 1, 2))


@exercise.misconception
def channels_at_the_end_all_the_way(*given):
    """The last axis is taken for the channels, as it is in Keras: the mean runs over the axes 0, 1 and 2, and gamma and
    beta meet the columns. Here the channels are axis 1."""
    return _forward(*given, mean_of=_over(0, 1, 2), along=lambda v: v)


add_channel_mistakes(exercise, _forward)


@exercise.misconception
def every_row_by_itself(*given):
    """Every row of the images has its own mean and variance: the mean runs over the images and the columns alone. It
    runs over the rows as well."""
    return _forward(*given, mean_of=_over(0, 3))


@exercise.misconception
def every_column_by_itself(*given):
    """Every column of the images has its own mean and variance: the mean runs over the images and the rows alone. It
    runs over the columns as well."""
    return _forward(*given, mean_of=_over(0, 2))


@exercise.misconception
def mean_of_the_variances_of_the_images(*given):
    """The variance of a channel is the mean of the variances that it has in the images. What the means of the images
    differ by is missing: take it over images and pixels at once."""
    return _forward(*given, variance=lambda x, mean, mean_of: x.var(axis=(2, 3), keepdims=True).mean(0, keepdims=True))


@exercise.misconception
def variance_of_the_means_of_the_images(*given):
    """The variance of a channel is that of the means which it has in the images. What the pixels of an image differ by
    is missing: take it over images and pixels at once."""
    return _forward(*given, variance=lambda x, mean, mean_of: x.mean(axis=(2, 3), keepdims=True).var(0, keepdims=True))


@exercise.misconception
def variance_of_every_image(*given):
    """The mean is that of the channel, and the variance that of every image, over its pixels alone. Take both over the
    images, the rows and the columns."""
    return _forward(*given, variance=lambda x, mean, mean_of: ((x - mean) ** 2).mean(axis=(2, 3), keepdims=True))


@exercise.misconception
def variance_of_every_pixel(*given):
    """The mean is that of the channel, and the variance that of every pixel, over the images alone. Take both over the
    images, the rows and the columns."""
    return _forward(*given, variance=lambda x, mean, mean_of: x.var(axis=0, keepdims=True))


@exercise.misconception
def mean_of_every_image(*given):
    """Every image is shifted by its own mean in the channel. The images share the mean, as they share the variance."""
    return _forward(*given, normalized=lambda x, mean, inv_std: (x - _over(2, 3)(x)) * inv_std)


@exercise.misconception
def changes_x(*given):
    """The values are right, and x has been changed in place, by -= or *=. Other parts of the network may still need it:
    make a new array."""
    out = _forward(*given)
    given[0][...] = out
    return out


@exercise.equivalent
def channels_as_columns(x, gamma, beta, eps=1e-5):
    n, c, h, w = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, c)
    flat = gamma * (flat - flat.mean(axis=0)) / np.sqrt(flat.var(axis=0) + eps) + beta
    return flat.reshape(n, h, w, c).transpose(0, 3, 1, 2)


@exercise.equivalent
def channel_by_channel(x, gamma, beta, eps=1e-5):
    out = np.empty(x.shape)
    for c in range(x.shape[1]):
        channel = x[:, c]
        mean = channel.sum() / channel.size
        var = ((channel - mean) ** 2).sum() / channel.size
        out[:, c] = gamma[c] / (var + eps) ** 0.5 * (channel - mean) + beta[c]
    return out


@exercise.equivalent
def channels_first(x, gamma, beta, eps=1e-5):
    rows = np.swapaxes(x, 0, 1).reshape(x.shape[1], -1)
    std = np.sqrt(np.var(rows, axis=1) + eps)
    shift = (None, slice(None), None, None)
    return (x - rows.mean(1)[shift]) / std[shift] * gamma[shift] + beta[shift]
