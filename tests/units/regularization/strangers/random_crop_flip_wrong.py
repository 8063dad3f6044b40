"""Wrong answers to random_crop_flip."""

import numpy as np


def _pad(images, pad, **how):
    return np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)), **how)


def _cut(images, pad, rows, columns, flips, **how):
    padded, out = _pad(images, pad, **how), np.empty(images.shape)
    h, w = images.shape[2:]
    for i, (r, c, f) in enumerate(zip(rows, columns, flips)):
        window = padded[i, :, r : r + h, c : c + w]
        out[i] = window[:, :, ::-1] if f else window
    return out


def random_crop_flip__exclusive(images, pad, p_flip, rng):
    """Forgets that the upper end is exclusive: never draws 2 pad."""
    n = len(images)
    r, c = (rng.integers(0, max(2 * pad, 1), n) for _ in range(2))
    return _cut(images, pad, r, c, rng.random(n) < p_flip)


def random_crop_flip__one_window(images, pad, p_flip, rng):
    """One window for the whole batch."""
    n = len(images)
    r, c = rng.integers(0, 2 * pad + 1, 2)
    return _cut(images, pad, [r] * n, [c] * n, rng.random(n) < p_flip)


def random_crop_flip__one_flip(images, pad, p_flip, rng):
    """Mirrors all images of the batch or none."""
    n = len(images)
    r, c = rng.integers(0, 2 * pad + 1, (2, n))
    return _cut(images, pad, r, c, [rng.random() < p_flip] * n)


def random_crop_flip__upside_down(images, pad, p_flip, rng):
    """Mirrors top to bottom."""
    n = len(images)
    r, c = rng.integers(0, 2 * pad + 1, (2, n))
    out = _cut(images, pad, r, c, [False] * n)
    f = rng.random(n) < p_flip
    out[f] = out[f][:, :, ::-1]
    return out


def random_crop_flip__same_shift(images, pad, p_flip, rng):
    """Uses one number for the row and the column."""
    n = len(images)
    r = rng.integers(0, 2 * pad + 1, n)
    return _cut(images, pad, r, r, rng.random(n) < p_flip)


def random_crop_flip__flips_the_rest(images, pad, p_flip, rng):
    """Mirrors with probability 1 - p_flip."""
    n = len(images)
    r, c = rng.integers(0, 2 * pad + 1, (2, n))
    return _cut(images, pad, r, c, rng.random(n) >= p_flip)


def random_crop_flip__edge(images, pad, p_flip, rng):
    """Pads with the edge's pixels instead of zeros."""
    n = len(images)
    r, c = rng.integers(0, 2 * pad + 1, (2, n))
    return _cut(images, pad, r, c, rng.random(n) < p_flip, mode="edge")


def random_crop_flip__roll(images, pad, p_flip, rng):
    """Rolls, so that what leaves on one side comes back on the other."""
    out = np.array(images, float)
    for i in range(len(out)):
        r, c = rng.integers(-pad, pad + 1, 2)
        out[i] = np.roll(out[i], (r, c), axis=(1, 2))
        if rng.random() < p_flip:
            out[i] = out[i][:, :, ::-1]
    return out


def random_crop_flip__channels(images, pad, p_flip, rng):
    """Every channel has a window of its own."""
    n, k, h, w = images.shape
    flat = images.reshape(n * k, 1, h, w)
    r, c = rng.integers(0, 2 * pad + 1, (2, n * k))
    return _cut(flat, pad, r, c, np.repeat(rng.random(n) < p_flip, k)).reshape(images.shape)


def random_crop_flip__in_place(images, pad, p_flip, rng):
    """Writes the results into images."""
    n = len(images)
    r, c = rng.integers(0, 2 * pad + 1, (2, n))
    images[...] = _cut(images, pad, r, c, rng.random(n) < p_flip)
    return images


def random_crop_flip__one_side(images, pad, p_flip, rng):
    """Pads at the bottom and on the right only, twice as much."""
    h, w = images.shape[2:]
    p, out = np.pad(images, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad))), np.empty(images.shape)
    for i in range(len(images)):
        r, c = rng.integers(0, 2 * pad + 1, 2)
        window = p[i, :, r : r + h, c : c + w]
        out[i] = window[:, :, ::-1] if rng.random() < p_flip else window
    return out


def random_crop_flip__no_window(images, pad, p_flip, rng):
    """Mirrors the padded images, and cuts nothing out."""
    out = _pad(images, pad)
    flip = rng.random(len(images)) < p_flip
    out[flip] = out[flip][..., ::-1]
    return out
