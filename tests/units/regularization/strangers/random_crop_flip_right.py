"""Right answers to random_crop_flip."""

import numpy as np


def random_crop_flip__loop(images, pad, p_flip, rng):
    n, _, h, w = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros_like(images)
    for i in range(n):
        r, c = rng.integers(0, 2 * pad + 1), rng.integers(0, 2 * pad + 1)
        window = padded[i, :, r : r + h, c : c + w]
        out[i] = window[..., ::-1] if rng.random() < p_flip else window
    return out


def random_crop_flip__indices(images, pad, p_flip, rng):
    n, k, h, w = images.shape
    padded = np.zeros((n, k, h + 2 * pad, w + 2 * pad))
    padded[:, :, pad : pad + h, pad : pad + w] = images
    flips = rng.random(n) < p_flip
    rows = rng.integers(2 * pad + 1, size=(n, 1)) + np.arange(h)
    columns = np.arange(w) + np.zeros((n, 1), int)
    columns = np.where(flips[:, None], columns[:, ::-1], columns) + rng.integers(2 * pad, size=(n, 1), endpoint=True)
    return padded[
        np.arange(n)[:, None, None, None],
        np.arange(k)[None, :, None, None],
        rows[:, None, :, None],
        columns[:, None, None, :],
    ]


def random_crop_flip__windows(images, pad, p_flip, rng):
    n, _, h, w = images.shape
    padded = np.pad(images, [(0, 0), (0, 0), (pad, pad), (pad, pad)], constant_values=0)
    views = np.lib.stride_tricks.sliding_window_view(padded, (h, w), axis=(2, 3))
    r, c = divmod(rng.integers((2 * pad + 1) ** 2, size=n), 2 * pad + 1)
    out = views[np.arange(n), :, r, c].copy()
    flip = rng.binomial(1, p_flip, n) == 1
    out[flip] = np.flip(out[flip], axis=-1)
    return out


def random_crop_flip__paste(images, pad, p_flip, rng):
    n, _, h, w = images.shape
    out = np.zeros(images.shape)
    for i in range(n):
        image = images[i]
        down, right = pad - rng.integers(2 * pad + 1), pad - rng.integers(2 * pad + 1)
        if rng.choice([True, False], p=[p_flip, 1 - p_flip]):
            image = image[:, :, ::-1]  # mirrored first: the shift is as likely to the left as to the right
        for a in range(h):
            for b in range(w):
                if 0 <= a + down < h and 0 <= b + right < w:
                    out[i, :, a + down, b + right] = image[:, a, b]
    return out


def random_crop_flip__roll(images, pad, p_flip, rng):
    """Moves by slices into zeros instead of padding."""
    out = np.zeros(np.shape(images))
    H, W = images.shape[2:]
    for o, im in zip(out, images):
        r, c = (int(v) - pad for v in rng.integers(2 * pad + 1, size=2))
        i = np.arange(H) + r
        j = np.arange(W) + c
        gi, gj = ((i >= 0) & (i < H), (j >= 0) & (j < W))
        o[np.ix_(range(len(o)), gi, gj)] = im[np.ix_(range(len(o)), i[gi], j[gj])]
        if rng.uniform() < p_flip:
            o[:] = o[..., ::-1].copy()
    return out
