"""Wrong answers to clipping_cosine."""

import numpy as np


def _right_clip_by_value(grads, c):
    return [np.clip(g, -c, c) for g in grads]


def _right_clip_by_global_norm(grads, c):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def _h_flat(arrays):
    return np.concatenate([np.ravel(g) for g in arrays])


def clipping_cosine__mean_of_cosines(grads, c):
    """The cosines of the arrays are averaged instead of taking one cosine of the long vectors."""
    cosines = []
    for g, h in zip(grads, _right_clip_by_value(grads, c)):
        cosines.append(np.sum(g * h) / (np.linalg.norm(g) * np.linalg.norm(h)))
    return float(np.mean(cosines))


def clipping_cosine__not_clipped(grads, c):
    """The gradient is compared with itself, so the cosine is always 1."""
    v = _h_flat(grads)
    return float(v @ v / (np.linalg.norm(v) * np.linalg.norm(v)))


def clipping_cosine__by_global_norm(grads, c):
    """The gradient is clipped by global norm instead of by value, which keeps the direction."""
    u, v = _h_flat(grads), _h_flat(_right_clip_by_global_norm(grads, c)[0])
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def clipping_cosine__angle(grads, c):
    """The angle in radians is returned instead of its cosine."""
    u, v = _h_flat(grads), _h_flat(_right_clip_by_value(grads, c))
    return float(np.arccos(np.clip(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)), -1, 1)))


def clipping_cosine__dot_product(grads, c):
    """The dot product is returned without dividing by the norms."""
    return float(sum(np.sum(g * h) for g, h in zip(grads, _right_clip_by_value(grads, c))))


def clipping_cosine__one_norm_squared(grads, c):
    """The dot product is divided by the squared norm of the gradient, not by the product of both norms."""
    u, v = _h_flat(grads), _h_flat(_right_clip_by_value(grads, c))
    return float(u @ v / (u @ u))


def clipping_cosine__sum_of_norm_products(grads, c):
    """The denominator adds up the products of the arrays' norms instead of using the norms of the long vectors."""
    clipped = _right_clip_by_value(grads, c)
    num = sum(np.vdot(g, h) for g, h in zip(grads, clipped))
    den = sum(np.linalg.norm(g) * np.linalg.norm(h) for g, h in zip(grads, clipped))
    return float(num / den)


def clipping_cosine__distance(grads, c):
    """One minus the cosine, the cosine distance, is returned."""
    u, v = _h_flat(grads), _h_flat(_right_clip_by_value(grads, c))
    return float(1 - u @ v / np.sqrt((u @ u) * (v @ v)))


def clipping_cosine__first_array(grads, c):
    """Only the first array is looked at."""
    u = np.ravel(grads[0])
    v = np.clip(u, -c, c)
    return float(np.dot(u, v) / np.linalg.norm(u) / np.linalg.norm(v))


def clipping_cosine__grads_changed(grads, c):
    """The gradients are clipped in place, which changes them and makes the cosine 1."""
    for g in grads:
        g[g > c] = c
        g[g < -c] = -c
    u = v = _h_flat(grads)
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def clipping_cosine__limit_one(grads, c):
    """The limit is fixed at 1 and c is ignored."""
    u = _h_flat(grads)
    v = np.clip(u, -1, 1)
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def clipping_cosine__correlation(grads, c):
    """The correlation coefficient is returned, which subtracts the means first."""
    u = _h_flat(grads)
    return float(np.corrcoef(u, np.clip(u, -c, c))[0, 1])


def clipping_cosine__squared(grads, c):
    """The squared cosine is returned, because the root in the denominator is missing and the dot product is squared."""
    u = _h_flat(grads)
    v = np.clip(u, -c, c)
    return float((u @ v) ** 2 / ((u @ u) * (v @ v)))


def clipping_cosine__no_roots(grads, c):
    """The dot product is divided by the product of the squared norms; the square roots are missing."""
    u = _h_flat(grads)
    v = np.clip(u, -c, c)
    return float((u @ v) / ((u @ u) * (v @ v)))


def clipping_cosine__not_raveled(grads, c):
    """The arrays are joined without flattening, which fails when their shapes differ."""
    u = np.concatenate(grads)
    v = np.clip(u, -c, c)
    return float(np.sum(u * v) / (np.linalg.norm(u) * np.linalg.norm(v)))


def clipping_cosine__cosine_of_cosine(grads, c):
    """np.cos is applied to the normalised dot product, which already is the cosine."""
    u = _h_flat(grads)
    v = np.clip(u, -c, c)
    return float(np.cos(u @ v / (np.linalg.norm(u) * np.linalg.norm(v))))


def clipping_cosine__mixed_orders(grads, c):
    """The gradient is flattened by rows and its clipped version by columns, so entries of matrices do not match."""
    u = _h_flat(grads)
    v = np.concatenate([np.ravel(h, order="F") for h in _right_clip_by_value(grads, c)])
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))


def clipping_cosine__last_array(grads, c):
    """The result is overwritten in the loop, so only the last array counts."""
    cos = 1.0
    for g in grads:
        h = np.clip(g, -c, c)
        cos = np.sum(g * h) / np.sqrt(np.sum(g * g) * np.sum(h * h))
    return float(cos)


def clipping_cosine__small_norms_floored(grads, c):
    """1e-8 is added to the product of the norms, which spoils the cosine when the gradients are tiny."""
    u = _h_flat(grads)
    v = np.clip(u, -c, c)
    return float(u @ v / (np.linalg.norm(u) * np.linalg.norm(v) + 1e-8))


def clipping_cosine__matrix_products(grads, c):
    """The dot product is formed with np.dot(g, h.T) summed over all entries, which mixes rows of a matrix that do not belong together."""
    clipped = _right_clip_by_value(grads, c)
    num = sum(np.sum(np.dot(g, h.T)) for g, h in zip(grads, clipped))
    return float(num / np.linalg.norm(_h_flat(grads)) / np.linalg.norm(_h_flat(clipped)))


def clipping_cosine__smallest(grads, c):
    """The smallest cosine of the single arrays is returned."""
    return float(
        min(
            np.sum(g * h) / np.linalg.norm(g) / np.linalg.norm(h) for g, h in zip(grads, _right_clip_by_value(grads, c))
        )
    )


def clipping_cosine__share_untouched(grads, c):
    """The share of entries that clipping does not change is returned."""
    return float(np.mean(np.abs(_h_flat(grads)) <= c))


def clipping_cosine__ratio_of_norms(grads, c):
    """The ratio of the two norms is returned, how much shorter the gradient became, not its angle."""
    u = _h_flat(grads)
    return float(np.linalg.norm(np.clip(u, -c, c)) / np.linalg.norm(u))


def clipping_cosine__weighted_mean(grads, c):
    """The cosines of the arrays are averaged with their sizes as weights."""
    cos = [np.vdot(g, h) / np.linalg.norm(g) / np.linalg.norm(h) for g, h in zip(grads, _right_clip_by_value(grads, c))]
    return float(np.average(cos, weights=[g.size for g in grads]))


def clipping_cosine__array(grads, c):
    """An array with one cosine for each array in grads is returned instead of one number."""
    return np.array(
        [np.vdot(g, h) / np.linalg.norm(g) / np.linalg.norm(h) for g, h in zip(grads, _right_clip_by_value(grads, c))]
    )


def clipping_cosine__sign_gradient(grads, c):
    """The clipped version is replaced by c times the sign of every entry, as if all entries exceeded c."""
    u = _h_flat(grads)
    v = c * np.sign(u)
    return float(u @ v / np.linalg.norm(u) / np.linalg.norm(v))
