"""Augmentation: new training images by changes that keep the label (Simard et al. 2003).

Images are batches (N, C, H, W). Every ``random_x`` makes a draw of its own for each image and changes all its
channels alike; the pixels that come in from outside are zero. The functions return new arrays. PyTorch's torchvision
transforms draw once per call, for a whole batch together; Keras layers draw for each image. Augment the training
data only.

All functions raise TypeError when an argument is of another kind than documented, and ValueError when it has another
shape, is empty, or lies outside its range.
"""

import numpy as np

from course_lib._arguments import arrays, entries, numbers, objects
from course_lib.functions.windows import pair
from course_lib.kernels.decorators import kernel


def flip(images, flipped):
    """Mirror the chosen images left to right.

    Parameters
    ----------
    images : (N, C, H, W) array
    flipped : (N,) array of bool

    Returns
    -------
    out : (N, C, H, W) array
    """
    images = arrays.images(images, name="images")
    flipped = entries.booleans(flipped, images.shape[:1], name="flipped")
    return np.where(flipped[:, None, None, None], images[..., ::-1], images)


def random_flip(images, p=0.5, *, rng):
    """``flip`` each image with probability ``p``, as torchvision's ``RandomHorizontalFlip(p)`` does.

    Keras ``RandomFlip("horizontal")`` has p = 1/2. A flipped digit is no longer a digit: choose changes that keep the
    label.
    """
    images, p = arrays.images(images, name="images"), numbers.UNIT(p, name="p")
    return flip(images, objects.generator(rng).random(len(images)) < p)


def shift(images, rows, columns):
    """Move each image down by ``rows`` and right by ``columns`` pixels; negative numbers move it up and left.

    Parameters
    ----------
    images : (N, C, H, W) array
    rows, columns : (N,) arrays of int

    Returns
    -------
    out : (N, C, H, W) array
    """
    images = arrays.images(images, name="images")
    size = images.shape[2:]
    rows, columns = _one_each(rows, images, "rows", size[0]), _one_each(columns, images, "columns", size[1])
    pad = int(max(np.abs(rows).max(), np.abs(columns).max()))
    return _crop(images, pad, pad - rows, pad - columns, size)


def random_shift(images, max_shift, *, rng):
    """``shift`` each image by whole numbers of pixels, drawn evenly from -max_shift to max_shift in both directions.

    torchvision's ``RandomAffine(0, translate)`` and Keras ``RandomTranslation`` take fractions of height and width;
    the latter mirrors the image at its border by default.

    Parameters
    ----------
    images : (N, C, H, W) array
    max_shift : int, at least 0
    """
    images, max_shift = arrays.images(images, name="images"), numbers.integer(max_shift, 0, name="max_shift")
    rows, columns = objects.generator(rng).integers(-max_shift, max_shift, (2, len(images)), endpoint=True)
    return shift(images, rows, columns)


def random_crop(images, pad, size=None, *, rng):
    """Pad each image with zeros, and cut a window of the given size out of it at a place drawn evenly.

    With the size of the image (the default) and ``pad`` = 4 this is what He et al. 2016 (section 4.2) do with
    CIFAR-10, and torchvision's ``RandomCrop(size, padding=pad)``. Keras ``RandomCrop`` does not pad.

    Parameters
    ----------
    images : (N, C, H, W) array
    pad : int, at least 0, the pixels added on each of the four sides
    size : tuple (height, width) of the window, or None for (H, W)

    Returns
    -------
    out : (N, C, height, width) array

    Raises
    ------
    ValueError
        When the window is larger than the padded image.
    """
    images, pad = arrays.images(images, name="images"), numbers.integer(pad, 0, name="pad")
    padded = tuple(n + 2 * pad for n in images.shape[2:])
    height, width = images.shape[2:] if size is None else (numbers.integer(n, name="size") for n in pair(size, "size"))
    if not (1 <= height <= padded[0] and 1 <= width <= padded[1]):
        raise ValueError(f"size must lie between (1, 1) and the padded image's {padded}, got {(height, width)}")
    top = objects.generator(rng).integers(0, padded[0] - height, len(images), endpoint=True)
    left = rng.integers(0, padded[1] - width, len(images), endpoint=True)
    return _crop(images, pad, top, left, (height, width))


def rotate(images, degrees):
    """Turn each image counter-clockwise about its centre, with bilinear interpolation.

    Multiples of 90 degrees are exact: on square images they equal ``np.rot90``. torchvision's ``rotate`` turns the
    same way, but takes the nearest pixel by default; Keras ``RandomRotation`` takes fractions of a full turn, and
    mirrors the image at its border by default.

    Parameters
    ----------
    images : (N, C, H, W) array
    degrees : (N,) array

    Returns
    -------
    out : (N, C, H, W) array; corners that turn out of the picture are lost
    """
    images = arrays.images(images, name="images")
    degrees = arrays.same_shape(degrees, images.shape[:1], np.float64, name="degrees")
    arrays.finite(degrees, name="degrees")
    angle = np.deg2rad(degrees % 360)
    # the rounding removes the 6e-17 of cos(90 degrees), which would mix in a neighbouring pixel
    cosine, sine = np.round(np.cos(angle), 15), np.round(np.sin(angle), 15)
    out = np.zeros_like(images)
    _rotate(images, cosine, sine, out)
    return out


def random_rotation(images, max_degrees, *, rng):
    """``rotate`` each image by an angle drawn evenly from -max_degrees to max_degrees.

    torchvision's ``RandomRotation(max_degrees)`` draws from the same range.
    """
    images, limit = arrays.images(images, name="images"), numbers.NOT_NEGATIVE(max_degrees, name="max_degrees")
    return rotate(images, objects.generator(rng).uniform(-limit, limit, len(images)))


def add_noise(images, std, *, rng):
    """Add normal noise of standard deviation ``std`` to every pixel; the result is not clipped.

    Keras ``GaussianNoise(stddev)`` is the same; torchvision's ``GaussianNoise(sigma)`` clips to [0, 1] by default.
    To first order in the variance, training on noisy inputs is Tikhonov regularisation (Bishop 1995).

    Parameters
    ----------
    images : (N, C, H, W) array
    std : float, at least 0, in the units of the pixels
    """
    images, std = arrays.images(images, name="images"), numbers.NOT_NEGATIVE(std, name="std")
    return images + std * objects.generator(rng).standard_normal(images.shape, dtype=images.dtype)


def _crop(images, pad, top, left, size):
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(2, 3))
    # the three index arrays stand apart from the slice, so NumPy puts their axis first: (N, C, height, width)
    return windows[np.arange(len(images)), :, top, left]


def _one_each(numbers, images, name, limit):
    """An integer for each image, cut off at the limit: what moves further has left the picture."""
    numbers = entries.integers(numbers, name=name).astype(np.int64)
    if numbers.shape != images.shape[:1]:
        raise ValueError(f"{name} must have one number for each image, {images.shape[:1]}, got {numbers.shape}")
    return np.minimum(np.maximum(numbers, -limit), limit)


@kernel
def _rotate(images, cosine, sine, out):
    N, C, H, W = images.shape
    middle_row, middle_column = (H - 1) / 2, (W - 1) / 2
    for n in range(N):
        for i in range(H):
            for j in range(W):
                # turned back, the pixel (i, j) lies here among the pixels of the image
                row = middle_row + cosine[n] * (i - middle_row) + sine[n] * (j - middle_column)
                column = middle_column - sine[n] * (i - middle_row) + cosine[n] * (j - middle_column)
                top, left = int(np.floor(row)), int(np.floor(column))
                for r in range(top, top + 2):
                    for k in range(left, left + 2):
                        weight = (1 - abs(row - r)) * (1 - abs(column - k))
                        # a weight of zero must not meet an infinite pixel
                        if weight > 0 and 0 <= r < H and 0 <= k < W:
                            for c in range(C):
                                out[n, c, i, j] += images.dtype.type(weight) * images[n, c, r, k]
