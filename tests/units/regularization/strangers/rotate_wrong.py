"""Wrong answers to rotate."""

import numpy as np


def _source(h, w, theta, m, k):
    i, j = np.mgrid[:h, :w]
    cos, sin = np.cos(theta), np.sin(theta)
    return m + cos * (i - m) + sin * (j - k), k - sin * (i - m) + cos * (j - k)


def _sample(image, r, c):
    """Bilinear, zero outside; image is (C, H, W)."""
    h, w = image.shape[1:]
    a = np.maximum(1 - np.abs(r[..., None] - np.arange(h)), 0)
    b = np.maximum(1 - np.abs(c[..., None] - np.arange(w)), 0)
    return np.einsum("ija,ijb,kab->kij", a, b, image)


def _turn(images, degrees, theta=np.deg2rad, m=None, k=None, sample=_sample):
    h, w = images.shape[2:]
    m, k = (h - 1) / 2 if m is None else m, (w - 1) / 2 if k is None else k
    return np.array([sample(x, *_source(h, w, theta(d), m, k)) for x, d in zip(images, degrees)]).reshape(images.shape)


def rotate__clockwise(images, degrees):
    """Turns clockwise: the signs of the sines are exchanged."""
    return _turn(images, -np.asarray(degrees))


def rotate__radians(images, degrees):
    """Takes degrees for radians."""
    return _turn(images, degrees, theta=lambda d: d)


def rotate__middle(images, degrees):
    """Turns about (H / 2, W / 2)."""
    return _turn(images, degrees, m=images.shape[2] / 2, k=images.shape[3] / 2)


def rotate__whole_middle(images, degrees):
    """Turns about the whole pixel H // 2, W // 2."""
    return _turn(images, degrees, m=images.shape[2] // 2, k=images.shape[3] // 2)


def rotate__swapped_middle(images, degrees):
    """Exchanges H and W in the middle."""
    return _turn(images, degrees, m=(images.shape[3] - 1) / 2, k=(images.shape[2] - 1) / 2)


def rotate__nearest(images, degrees):
    """Takes the nearest pixel, without mixing."""
    return _turn(images, degrees, sample=lambda x, r, c: _sample(x, np.rint(r), np.rint(c)))


def rotate__edges(images, degrees):
    """Outside takes the pixels of the edge, not zeros."""

    def sample(x, r, c):
        return _sample(x, np.clip(r, 0, x.shape[1] - 1), np.clip(c, 0, x.shape[2] - 1))

    return _turn(images, degrees, sample=sample)


def rotate__wraps(images, degrees):
    """Negative indices come back on the other side."""

    def sample(x, r, c):
        a, b = np.floor(r).astype(int), np.floor(c).astype(int)
        total = 0
        for aa in (a, a + 1):
            for bb in (b, b + 1):
                weight = (1 - np.abs(r - aa)) * (1 - np.abs(c - bb))
                total = total + weight * x[:, aa % x.shape[1], bb % x.shape[2]]
        return total

    return _turn(images, degrees, sample=sample)


def rotate__inside_only(images, degrees):
    """A pixel whose source is outside of the image's centres by less than one becomes 0, without its share."""

    def sample(x, r, c):
        e = 1e-9
        inside = (r >= -e) & (r <= x.shape[1] - 1 + e) & (c >= -e) & (c <= x.shape[2] - 1 + e)
        return _sample(x, r, c) * inside

    return _turn(images, degrees, sample=sample)


def rotate__first_angle(images, degrees):
    """Turns all images by the first angle."""
    return _turn(images, [degrees[0]] * len(images) if len(images) else degrees)


def rotate__int_out(images, degrees):
    """The result has the dtype of images, so that integers are truncated."""
    out = np.zeros_like(images)
    out[...] = _turn(images, degrees)
    return out


def rotate__forward(images, degrees):
    """Sends each pixel to the nearest place it goes to, which leaves holes."""
    n, _, h, w = images.shape
    out, m, k = np.zeros(images.shape), (h - 1) / 2, (w - 1) / 2
    for x, o, d in zip(images, out, degrees):
        r, c = _source(h, w, -np.deg2rad(d), m, k)
        r, c = np.rint(r).astype(int), np.rint(c).astype(int)
        ok = (r >= 0) & (r < h) & (c >= 0) & (c < w)
        o[:, r[ok], c[ok]] = x[:, ok]
    return out


def rotate__middle_row_for_columns(images, degrees):
    """Takes the middle of the rows for the columns as well."""
    middle = (images.shape[2] - 1) / 2
    return _turn(images, degrees, m=middle, k=middle)


def rotate__spreads_forward(images, degrees):
    """Asks where each pixel goes, and spreads it over four places."""
    h, w = images.shape[2:]
    m, k = (h - 1) / 2, (w - 1) / 2
    out = np.zeros(images.shape)
    for n, d in enumerate(degrees):
        r, c = _source(h, w, -np.deg2rad(d), m, k)
        for i in range(h):
            for j in range(w):
                a = np.maximum(1 - np.abs(r[i, j] - np.arange(h)), 0)
                b = np.maximum(1 - np.abs(c[i, j] - np.arange(w)), 0)
                out[n] += images[n][:, i, j, None, None] * np.outer(a, b)
    return out
