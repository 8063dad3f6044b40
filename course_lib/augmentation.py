"""Augmentation: new training images by changes that keep the label (Simard et al. 2003).

Images are batches (N, C, H, W). Every ``random_x`` makes a draw of its own for each image and changes all its
channels alike; the pixels that come in from outside are zero. The functions return new arrays. PyTorch's torchvision
transforms draw once per call, for a whole batch together; Keras layers draw for each image. Augment the training
data only.
"""

import numpy as np

from course_lib._arguments import as_float
from course_lib._numba import kernel


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
    images = _batch(images)
    return np.where(np.asarray(flipped, dtype=bool)[:, None, None, None], images[..., ::-1], images)


def random_flip(images, p=0.5, *, rng):
    """``flip`` each image with probability ``p``, as torchvision's ``RandomHorizontalFlip(p)`` does.

    Keras ``RandomFlip("horizontal")`` has p = 1/2. A flipped digit is no longer a digit: choose changes that keep the
    label.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie in [0, 1], got {p}")
    return flip(images, rng.random(len(images)) < p)


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
    images, rows, columns = _batch(images), np.asarray(rows), np.asarray(columns)
    pad = int(max(np.abs(rows).max(initial=0), np.abs(columns).max(initial=0)))
    return _crop(images, pad, pad - rows, pad - columns, images.shape[2:])


def random_shift(images, max_shift, *, rng):
    """``shift`` each image by whole numbers of pixels, drawn evenly from -max_shift to max_shift in both directions.

    torchvision's ``RandomAffine(0, translate)`` and Keras ``RandomTranslation`` take fractions of height and width;
    the latter mirrors the image at its border by default.

    Parameters
    ----------
    images : (N, C, H, W) array
    max_shift : int, at least 0
    """
    _check_pixels("max_shift", max_shift)
    rows, columns = rng.integers(-max_shift, max_shift, (2, len(images)), endpoint=True)
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
        When ``pad`` is negative, or the window is empty or larger than the padded image.
    """
    images = _batch(images)
    _check_pixels("pad", pad)
    padded = tuple(n + 2 * pad for n in images.shape[2:])
    height, width = images.shape[2:] if size is None else size
    if not (1 <= height <= padded[0] and 1 <= width <= padded[1]):
        raise ValueError(f"size must lie between (1, 1) and the padded image's {padded}, got {(height, width)}")
    top = rng.integers(0, padded[0] - height, len(images), endpoint=True)
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

    Raises
    ------
    ValueError
        When there is not one angle per image.
    """
    images = _batch(images)
    degrees = np.asarray(degrees, dtype=np.float64)
    if degrees.shape != images.shape[:1]:
        raise ValueError(f"one angle per image expected, {images.shape[:1]}, got {degrees.shape}")
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
    return rotate(images, rng.uniform(-max_degrees, max_degrees, len(images)))


def add_noise(images, std, *, rng):
    """Add normal noise of standard deviation ``std`` to every pixel; the result is not clipped.

    Keras ``GaussianNoise(stddev)`` is the same; torchvision's ``GaussianNoise(sigma)`` clips to [0, 1] by default.
    To first order in the variance, training on noisy inputs is Tikhonov regularisation (Bishop 1995).

    Parameters
    ----------
    images : (N, C, H, W) array
    std : float, at least 0, in the units of the pixels
    """
    images = _batch(images)
    if not std >= 0:
        raise ValueError(f"std must be at least 0, got {std}")
    return images + float(std) * rng.standard_normal(images.shape, dtype=images.dtype)


def _crop(images, pad, top, left, size):
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(2, 3))
    # the three index arrays stand apart from the slice, so NumPy puts their axis first: (N, C, height, width)
    return windows[np.arange(len(images)), :, top, left]


def _batch(images):
    images = as_float(images)
    if images.ndim != 4:
        raise ValueError(f"images (N, C, H, W) expected, got {images.shape}")
    return images


def _check_pixels(name, value):
    if value < 0:
        raise ValueError(f"{name} must be at least 0, got {value}")


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
