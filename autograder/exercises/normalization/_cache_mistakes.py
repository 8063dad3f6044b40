"""What goes wrong in the cache of batch norm, (xhat, gamma, inv_std), where all else may be right."""

from collections.abc import Callable

import numpy as np

from autograder.exercise import Exercise


def add_cache_mistakes(exercise: Exercise, forward: Callable):
    """``forward`` is the right one; ``cached(x, mean, var, inv_std)`` gives the first and the last of its cache."""

    @exercise.misconception
    def caches_x(*given):
        """The cache holds x where xhat is due. The way back needs the normalised values."""
        return forward(*given, cached=lambda x, mean, var, inv_std: (x, inv_std))

    @exercise.misconception
    def caches_what_is_only_centred(*given):
        """The cache holds x minus its mean where xhat is due. xhat is divided by the standard deviation as well."""
        return forward(*given, cached=lambda x, mean, var, inv_std: (x - mean, inv_std))

    @exercise.misconception
    def caches_what_is_scaled(*given):
        """The cache holds gamma * xhat where xhat is due. The way back needs the normalised values as they are before
        gamma."""
        gamma = given[1]
        return forward(*given, cached=lambda x, mean, var, inv_std: (gamma * (x - mean) * inv_std, inv_std))

    @exercise.misconception
    def caches_out(*given):
        """The cache holds out where xhat is due. The way back needs the normalised values, before gamma and beta."""
        out, (_, gamma, inv_std), new = forward(*given)
        return out, (out, gamma, inv_std), new

    @exercise.misconception
    def caches_the_deviation(*given):
        """The cache holds the standard deviation where its inverse is due: inv_std is 1 / sqrt(var + eps)."""
        return forward(*given, cached=lambda x, mean, var, inv_std: ((x - mean) * inv_std, 1 / inv_std))

    @exercise.misconception
    def caches_the_deviation_without_eps(*given):
        """The cache holds the standard deviation, without eps, where inv_std is due: that is 1 / sqrt(var + eps)."""
        return forward(*given, cached=lambda x, mean, var, inv_std: ((x - mean) * inv_std, np.sqrt(var)))

    @exercise.misconception
    def caches_the_variance(*given):
        """The cache holds the variance where inv_std is due: that is 1 / sqrt(var + eps)."""
        return forward(*given, cached=lambda x, mean, var, inv_std: ((x - mean) * inv_std, var))

    @exercise.misconception
    def caches_the_inverse_variance(*given):
        """The cache holds 1 / (var + eps) where inv_std is due, its square: the root is missing there."""
        return forward(*given, cached=lambda x, mean, var, inv_std: ((x - mean) * inv_std, inv_std**2))

    @exercise.misconception
    def caches_inv_std_without_eps(*given):
        """out is made with eps, and the inv_std of the cache without it. The cache holds what has made out."""
        return forward(*given, cached=lambda x, mean, var, inv_std: ((x - mean) * inv_std, 1 / np.sqrt(var)))

    @exercise.misconception
    def caches_beta(*given):
        """The cache holds beta where gamma is due. The way back multiplies by gamma; of beta it needs nothing."""
        out, (xhat, _, inv_std), new = forward(*given)
        return out, (xhat, given[2], inv_std), new

    @exercise.misconception
    def caches_in_another_order(*given):
        """The cache holds the right arrays in another order. It should be (xhat, gamma, inv_std)."""
        out, (xhat, gamma, inv_std), new = forward(*given)
        return out, (xhat, inv_std, gamma), new

    @exercise.misconception
    def caches_the_batch_in_evaluation(x, gamma, beta, state, training, eps, momentum):
        """In evaluation the cache holds xhat and inv_std of the batch. It holds what has made out, which there comes
        from the running statistics."""
        out, _, new = forward(x, gamma, beta, state, training, eps, momentum)
        return out, forward(x, gamma, beta, state, True, eps, momentum)[1], new
