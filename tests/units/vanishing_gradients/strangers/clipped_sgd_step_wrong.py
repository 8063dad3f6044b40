"""Wrong answers to clipped_sgd_step."""

import numpy as np


def _right_clip_by_value(grads, c):
    return [np.clip(g, -c, c) for g in grads]


def _right_clip_by_global_norm(grads, c):
    norm = float(np.sqrt(sum(np.sum(g * g) for g in grads)))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in grads], norm


def clipped_sgd_step__clips_the_step(params, grads, lr, c):
    """The step lr * g is clipped at c instead of the gradient."""
    steps, _ = _right_clip_by_global_norm([lr * g for g in grads], c)
    return [p - s for p, s in zip(params, steps)]


def clipped_sgd_step__each_array(params, grads, lr, c):
    """Every gradient is clipped by its own norm."""
    new = []
    for p, g in zip(params, grads):
        (h,), _ = _right_clip_by_global_norm([g], c)
        new.append(p - lr * h)
    return new


def clipped_sgd_step__not_clipped(params, grads, lr, c):
    """The clipped gradients are computed but the original ones are used."""
    clipped, norm = _right_clip_by_global_norm(grads, c)
    return [p - lr * g for p, g in zip(params, grads)]


def clipped_sgd_step__clips_params(params, grads, lr, c):
    """The new parameters are clipped instead of the gradients."""
    new = [p - lr * g for p, g in zip(params, grads)]
    return _right_clip_by_global_norm(new, c)[0]


def clipped_sgd_step__ascent(params, grads, lr, c):
    """The step goes up the gradient."""
    clipped, _ = _right_clip_by_global_norm(grads, c)
    return [p + lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__params_changed(params, grads, lr, c):
    """The parameters are updated in place."""
    clipped = _right_clip_by_global_norm(grads, c)[0]
    for p, g in zip(params, clipped):
        p -= lr * g
    return [p.copy() for p in params]


def clipped_sgd_step__by_value(params, grads, lr, c):
    """The gradients are clipped by value instead of by global norm."""
    return [p - lr * g for p, g in zip(params, _right_clip_by_value(grads, c))]


def clipped_sgd_step__grads_changed(params, grads, lr, c):
    """The gradients handed in are scaled in place."""
    norm = np.sqrt(sum(np.sum(g * g) for g in grads))
    if norm > c:
        for i in range(len(grads)):
            grads[i] *= c / norm
    return [params[i] - lr * grads[i] for i in range(len(params))]


def clipped_sgd_step__lr_forgotten(params, grads, lr, c):
    """The learning rate is not used."""
    return list(map(np.subtract, params, _right_clip_by_global_norm(grads, c)[0]))


def clipped_sgd_step__zero_gives_nan(params, grads, lr, c):
    """The factor min(1, c / norm) is nan for all-zero gradients, and so are the new parameters."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    with np.errstate(all="ignore"):
        unit = [g / norm for g in grads]
    return [p - lr * min(norm, c) * u for p, u in zip(params, unit)]


def clipped_sgd_step__always_length_c(params, grads, lr, c):
    """The gradient is always scaled to norm c, so small gradients make steps that are too long."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    if norm == 0:
        return [p.copy() for p in params]
    return [p - lr * c * g / norm for p, g in zip(params, grads)]


def clipped_sgd_step__tuple_not_unpacked(params, grads, lr, c):
    """The result of clip_by_global_norm is not unpacked, so the list and the norm are taken for the gradients."""
    clipped = _right_clip_by_global_norm(grads, c)
    return [p - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__returns_steps(params, grads, lr, c):
    """The steps -lr g are returned instead of the new parameters."""
    return [-lr * g for g in _right_clip_by_global_norm(grads, c)[0]]


def clipped_sgd_step__norm_of_params(params, grads, lr, c):
    """The norm that decides about clipping is that of the parameters instead of the gradients."""
    norm = np.sqrt(sum(np.sum(p**2) for p in params))
    scale = c / norm if norm > c else 1.0
    return [p - lr * scale * g for p, g in zip(params, grads)]


def clipped_sgd_step__lr_and_c_swapped(params, grads, lr, c):
    """lr and c are exchanged: the gradient is clipped at lr and multiplied by c."""
    clipped, _ = _right_clip_by_global_norm(grads, lr)
    return [p - c * g for p, g in zip(params, clipped)]


_h_last = {}


def clipped_sgd_step__momentum(params, grads, lr, c):
    """A velocity is kept between calls, so the same call made twice gives different results."""
    clipped, _ = _right_clip_by_global_norm(grads, c)
    out = []
    for i, (p, g) in enumerate(zip(params, clipped)):
        v = 0.9 * _h_last.get((i, g.shape), np.zeros(g.shape)) + g
        _h_last[i, g.shape] = v
        out.append(p - lr * v)
    return out


def clipped_sgd_step__skips_large(params, grads, lr, c):
    """When the norm exceeds c no step is made at all, instead of a shorter one."""
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    if norm > c:
        return [p.copy() for p in params]
    return [p - lr * g for p, g in zip(params, grads)]


def clipped_sgd_step__same_if_zero(params, grads, lr, c):
    """For all-zero gradients the parameter arrays themselves are handed back instead of new ones."""
    clipped, norm = _right_clip_by_global_norm(grads, c)
    if norm == 0:
        return list(params)
    return [p - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__lr_twice(params, grads, lr, c):
    """The gradients are multiplied by lr before clipping and again in the step."""
    clipped, _ = _right_clip_by_global_norm([lr * g for g in grads], c)
    return [p - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__limit_over_lr(params, grads, lr, c):
    """The gradient is clipped at c / lr, so that the step, not the gradient, is bounded by c."""
    clipped, _ = _right_clip_by_global_norm(grads, c / lr)
    return [p - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__weight_decay(params, grads, lr, c):
    """The parameters are shrunk by 0.01 lr in every step as well (weight decay)."""
    clipped, _ = _right_clip_by_global_norm(grads, c)
    return [p * (1 - 0.01 * lr) - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__biases_not_clipped(params, grads, lr, c):
    """The common factor is applied to matrices only, one-dimensional gradients stay as they are."""
    clipped, _ = _right_clip_by_global_norm(grads, c)
    return [p - lr * (h if g.ndim > 1 else g) for p, g, h in zip(params, grads, clipped)]


def clipped_sgd_step__reversed_gradients(params, grads, lr, c):
    """The clipped gradients are collected in reverse order and meet the wrong parameters."""
    clipped = []
    for g in _right_clip_by_global_norm(grads, c)[0]:
        clipped.insert(0, g)
    return [p - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__first_only(params, grads, lr, c):
    """The return stands inside the loop, so only the first parameter comes back."""
    clipped, _ = _right_clip_by_global_norm(grads, c)
    new = []
    for p, g in zip(params, clipped):
        new.append(p - lr * g)
        return new


def clipped_sgd_step__limit_times_lr(params, grads, lr, c):
    """The gradient is clipped at lr c and then multiplied by lr once more."""
    clipped, _ = _right_clip_by_global_norm(grads, lr * c)
    return [p - lr * g for p, g in zip(params, clipped)]


def clipped_sgd_step__joint_with_params(params, grads, lr, c):
    """Parameters and gradients are clipped together by their joint norm."""
    both, _ = _right_clip_by_global_norm(list(params) + list(grads), c)
    return [p - lr * g for p, g in zip(params, both[len(params) :])]
