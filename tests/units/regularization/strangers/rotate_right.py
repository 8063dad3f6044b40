"""Right answers to rotate."""

import numpy as np


def rotate__hats(images, degrees):
    _, _, h, w = images.shape
    i, j = np.mgrid[:h, :w]
    m, k = (h - 1) / 2, (w - 1) / 2
    out = np.zeros(images.shape)
    for n, d in enumerate(degrees):
        cos, sin = np.cos(np.deg2rad(d)), np.sin(np.deg2rad(d))
        r, c = m + cos * (i - m) + sin * (j - k), k - sin * (i - m) + cos * (j - k)
        a = np.maximum(1 - np.abs(r[..., None] - np.arange(h)), 0)
        b = np.maximum(1 - np.abs(c[..., None] - np.arange(w)), 0)
        out[n] = np.einsum("ija,ijb,kab->kij", a, b, images[n])
    return out


def rotate__loop(images, degrees):
    n, ch, h, w = images.shape
    m, k = (h - 1) / 2, (w - 1) / 2
    out = np.zeros((n, ch, h, w), dtype=float)
    for s in range(n):
        t = degrees[s] * np.pi / 180
        for i in range(h):
            for j in range(w):
                r = m + np.cos(t) * (i - m) + np.sin(t) * (j - k)
                c = k - np.sin(t) * (i - m) + np.cos(t) * (j - k)
                r0, c0 = int(np.floor(r)), int(np.floor(c))
                for a in (r0, r0 + 1):
                    for b in (c0, c0 + 1):
                        if 0 <= a < h and 0 <= b < w:
                            out[s, :, i, j] += (1 - abs(r - a)) * (1 - abs(c - b)) * images[s, :, a, b]
    return out


def rotate__padded(images, degrees):
    n, _, h, w = images.shape
    m, k = (h - 1) / 2, (w - 1) / 2
    pad = h + w
    padded = np.pad(np.asarray(images, float), ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    t = np.radians(np.asarray(degrees, float))[:, None, None]
    i, j = np.arange(h)[:, None] - m, np.arange(w) - k
    r, c = m + np.cos(t) * i + np.sin(t) * j + pad, k - np.sin(t) * i + np.cos(t) * j + pad
    a, b = np.floor(r).astype(int), np.floor(c).astype(int)
    fr, fc = (r - a)[..., None], (c - b)[..., None]
    s = np.arange(n)[:, None, None]
    top = padded[s, :, a, b] * (1 - fc) + padded[s, :, a, b + 1] * fc
    bottom = padded[s, :, a + 1, b] * (1 - fc) + padded[s, :, a + 1, b + 1] * fc
    return np.moveaxis(top * (1 - fr) + bottom * fr, -1, 1).copy()


def rotate__complex(images, degrees):
    n, ch, h, w = images.shape
    place = (np.arange(w)[None, :] - (w - 1) / 2) + 1j * (np.arange(h)[:, None] - (h - 1) / 2)
    out = np.zeros(images.shape)
    for s in range(n):
        source = place * np.exp(1j * np.deg2rad(degrees[s]))  # columns real, rows imaginary
        r, c = source.imag + (h - 1) / 2, source.real + (w - 1) / 2
        matrix = np.zeros((h * w, h * w))
        for da in (0, 1):
            for db in (0, 1):
                a, b = np.floor(r).astype(int) + da, np.floor(c).astype(int) + db
                weight = (1 - np.abs(r - a)) * (1 - np.abs(c - b))
                ok = (a >= 0) & (a < h) & (b >= 0) & (b < w)
                np.add.at(matrix, (np.flatnonzero(ok), a[ok] * w + b[ok]), weight[ok])
        out[s] = (images[s].reshape(ch, -1) @ matrix.T).reshape(ch, h, w)
    return out
