"""Wrong answers to clip_by_global_norm."""

import math

import numpy as np


def _right_clip_by_value(grads, c):
    return [np.clip(g, -c, c) for g in grads]


def _right_clip_by_global_norm(grads, c):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__each_array(grads, c):
    """Every array is clipped by its own norm instead of by the common one."""
    norm = float(np.sqrt(sum((g**2).sum() for g in grads)))
    out = []
    for g in grads:
        n = np.sqrt((g**2).sum())
        out.append(g * (c / n) if n > c else g.copy())
    return out, norm


def clip_by_global_norm__sum_of_norms(grads, c):
    """The norms of the arrays are added instead of their squares."""
    norm = float(sum(np.linalg.norm(g) for g in grads))
    scale = min(1.0, c / norm) if norm > 0 else 1.0
    return [scale * g for g in grads], norm


def clip_by_global_norm__no_root(grads, c):
    """The square root is missing, the squared norm is compared with c."""
    norm = float(sum(np.sum(g**2) for g in grads))
    scale = 1.0 if norm <= c else c / norm
    return [scale * g for g in grads], norm


def clip_by_global_norm__always_scaled(grads, c):
    """The gradients are always brought to norm c, also when they are smaller."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    if norm == 0:
        return [g.copy() for g in grads], norm
    return [g * c / norm for g in grads], norm


def clip_by_global_norm__max_for_min(grads, c):
    """max is used instead of min, so small gradients are enlarged and large ones not reduced."""
    norm = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    factor = max(1.0, c / norm) if norm else 1.0
    return [factor * g for g in grads], norm


def clip_by_global_norm__zero_gives_nan(grads, c):
    """The direction g / norm is computed first and is nan for all-zero gradients."""
    norm = np.sqrt(np.sum([np.sum(g**2) for g in grads]))
    unit = [g / norm for g in grads]
    return [u * min(norm, c) for u in unit], float(norm)


def clip_by_global_norm__zero_division(grads, c):
    """c is divided by the norm as a plain Python float, so all-zero gradients raise ZeroDivisionError."""
    norm = math.sqrt(math.fsum(float(v) ** 2 for g in grads for v in np.ravel(g)))
    return [g * min(1, c / norm) for g in grads], norm


def clip_by_global_norm__in_place(grads, c):
    """The arrays handed in are scaled in place."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    if norm > c:
        for g in grads:
            g *= c / norm
    return [g.copy() for g in grads], norm


def clip_by_global_norm__norm_after(grads, c):
    """The norm returned is the one after clipping."""
    clipped, norm = _right_clip_by_global_norm(grads, c)
    return clipped, float(np.sqrt(sum(np.sum(g**2) for g in clipped)))


def clip_by_global_norm__same_if_small(grads, c):
    """When nothing is to be clipped, the very arrays handed in are returned in a new list."""
    norm = float(np.linalg.norm(np.concatenate([g.ravel() for g in grads])))
    if norm > c:
        return [g * (c / norm) for g in grads], norm
    return list(grads), norm


def clip_by_global_norm__largest_entry(grads, c):
    """The largest absolute entry is taken for the norm."""
    norm = float(max(np.abs(g).max() for g in grads))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__eps_in_denominator(grads, c):
    """1e-6 is added to the norm in the denominator, which matters when the gradients and c are tiny."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    coef = min(1.0, c / (norm + 1e-6))
    return [g * coef for g in grads], norm


def clip_by_global_norm__list_of_norms(grads, c):
    """The norm returned is the list of the norms of the arrays."""
    clipped, norm = _right_clip_by_global_norm(grads, c)
    return clipped, [float(np.linalg.norm(g)) for g in grads]


def clip_by_global_norm__order(grads, c):
    """The norm is returned first and the list second."""
    clipped, norm = _right_clip_by_global_norm(grads, c)
    return norm, clipped


def clip_by_global_norm__compared_with_one(grads, c):
    """The norm is compared with 1 instead of c before scaling to c."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    if norm > 1:
        return [c / norm * g for g in grads], norm
    return [g.copy() for g in grads], norm


def clip_by_global_norm__inverse_factor(grads, c):
    """The factor is upside down, norm / c."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    return [g * (norm / c) if norm > c else g.copy() for g in grads], norm


def clip_by_global_norm__scaled_to_one(grads, c):
    """The gradients are divided by their norm, which leaves a norm of 1 instead of c."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    if norm > c:
        return [g / norm for g in grads], norm
    return [g.copy() for g in grads], norm


def clip_by_global_norm__spectral(grads, c):
    """np.linalg.norm(g, 2) is the spectral norm for matrices, not the Euclidean norm of their entries."""
    norm = float(np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in grads)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__recomputed_in_loop(grads, c):
    """The norm is computed afresh in the loop, after earlier arrays have been scaled, so later arrays get another factor."""
    out = [g.copy() for g in grads]
    first = float(np.sqrt(sum(np.sum(g**2) for g in out)))
    for i in range(len(out)):
        norm = np.sqrt(sum(np.sum(g**2) for g in out))
        if norm > c:
            out[i] = out[i] * (c / norm)
    return out, first


def clip_by_global_norm__spent_generator(grads, c):
    """The squares are a generator that a first sum (a test for zero) uses up, so the norm is always 0."""
    squares = (np.sum(g**2) for g in grads)
    if sum(squares) == 0:
        return [g.copy() for g in grads], 0.0
    norm = float(np.sqrt(sum(squares)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__mean_square(grads, c):
    """The squares are averaged over all entries instead of summed (a root mean square)."""
    v = np.concatenate([g.flatten() for g in grads])
    norm = float(np.sqrt(np.mean(v**2)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__ragged_norm(grads, c):
    """np.linalg.norm is called on the list itself, which fails for arrays of different shapes."""
    norm = float(np.linalg.norm(grads))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__biases_left_out(grads, c):
    """One-dimensional arrays, the biases, are left out of the norm."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads if g.ndim > 1)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clip_by_global_norm__limit_shared_out(grads, c):
    """Every array is clipped at c / sqrt(number of arrays), which bounds the common norm but with different factors."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    k = c / math.sqrt(len(grads))
    out = []
    for g in grads:
        n = np.linalg.norm(g)
        out.append(g * (k / n) if n > k else g.copy())
    return out, norm


def clip_by_global_norm__square_compared(grads, c):
    """The squared norm is compared with c to decide about scaling, while the factor uses the norm."""
    sq = sum(float(np.sum(g**2)) for g in grads)
    norm = math.sqrt(sq)
    if sq > c:
        return [g * (c / norm) for g in grads], norm
    return [g.copy() for g in grads], norm


def clip_by_global_norm__large_arrays_only(grads, c):
    """The common factor is applied only to those arrays whose own norm exceeds c."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    return [g * (c / norm) if np.linalg.norm(g) > c else g.copy() for g in grads], norm


def clip_by_global_norm__by_value(grads, c):
    """The entries are clipped by value, only the norm returned is the common one."""
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    return _right_clip_by_value(grads, c), norm


def clip_by_global_norm__only_list(grads, c):
    """Only the list of gradients is returned, the norm is forgotten."""
    return _right_clip_by_global_norm(grads, c)[0]
