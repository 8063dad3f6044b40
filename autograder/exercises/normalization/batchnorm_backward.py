"""The way back through batch norm in training, where the batch's own statistics depend on every entry."""

import numpy as np

from autograder.domain import Array, Given
from autograder.draw import either_sign
from autograder.exercise import Exercise
from autograder.exercises.normalization._inv_std_mistakes import add_inv_std_mistakes
from autograder.exercises.normalization._scale_gradient_mistakes import add_scale_gradient_mistakes
from course_lib.functions import normalization


def batchnorm_backward(dout, cache):
    xhat, gamma, inv_std = cache
    return normalization.batchnorm_backward(dout, (xhat, gamma, inv_std, True))


def _cache(rng, n, c, eps=0.01):
    """What the forward pass of a batch leaves: the columns of xhat have the mean 0."""
    x = rng.uniform([2.0, 0.3, 0.8], [3.0, 0.6, 1.2])[np.arange(c) % 3] * either_sign(rng, (n, c), 0.5, 1.5)
    return _cache_of(x, either_sign(rng, c, 1.3, 2.5), eps)


def _cache_of(x, gamma, eps):
    xhat, gamma, inv_std, _ = normalization.batchnorm_forward(
        x, gamma, 0 * gamma, normalization.batchnorm_state(x.shape[1]), True, eps
    )[1]
    return xhat, gamma, inv_std.ravel()


exercise = Exercise(
    name="batchnorm_backward",
    unit="normalization",
    points=4,
    reference=batchnorm_backward,
    takes={
        "dout": Array("N", "C"),
        "cache": Given(lambda rng, others: _cache(rng, *others["dout"].shape), kept=True),
    },
    returns=("dx", "dgamma", "dbeta"),
    hints=(
        "out = gamma * xhat + beta. gamma is used for each of the N samples of its feature: what happens to the N "
        "gradients?",
        "xhat does not change when the same number is added to a whole column of x. What does that say of the sum of a "
        "column of dx?",
        "Nor does xhat change (but for eps) when a column of x is stretched about its mean. Which part of dxhat = dout "
        "* gamma would do nothing else, and how do you take it out?",
        "dx is inv_std times dxhat, less its mean over the samples, less a multiple of xhat. Of which product is that "
        "multiple the mean?",
    ),
    part="core",
    minutes=14,
    difficulty=3,
    reasoning=(
        "x reaches the loss in three ways: directly, and through the mean and the variance, in which it has a share. "
        "The first gives dxhat * inv_std, the second takes out of it what is common to the batch, the third what runs "
        "along xhat. gamma and beta serve all samples, so their gradients are sums."
    ),
)


def _draw(rng, n, c, eps=0.01):
    """Gradients of which every way has a share: they have a mean, and a part that runs along xhat."""
    cache = _cache(rng, n, c, eps)
    dout = either_sign(rng, (n, c), 0.5, 1.5) + rng.uniform(0.7, 1.2, c) * rng.choice([-1, 1], c) + cache[0]
    return {"dout": dout.round(3), "cache": cache}


@exercise.case("a batch")
def batch(rng):
    return _draw(rng, int(rng.integers(6, 9)), 3)


@exercise.case("as many samples as features, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4)


@exercise.case("the same gradient for all samples, of which nothing is left")
def common_gradient(rng):
    given = _draw(rng, int(rng.integers(6, 9)), 3)
    return {**given, "dout": np.tile(given["dout"][:1], (len(given["dout"]), 1))}


@exercise.case("a gradient along xhat, of which eps leaves a little")
def along_xhat(rng):
    given = _draw(rng, int(rng.integers(6, 9)), 3, eps=0.2)
    return {**given, "dout": given["cache"][0] * either_sign(rng, 3, 0.5, 1.5)}


@exercise.case("a feature that is the same in the whole batch, and a gamma of 0")
def constant_feature(rng):
    n = int(rng.integers(6, 9))
    x, gamma = either_sign(rng, (n, 3), 0.5, 1.5), either_sign(rng, 3, 1.3, 2.5)
    x[:, 1], gamma[0] = x[0, 1], 0.0
    return {**_draw(rng, n, 3), "cache": _cache_of(x, gamma, 0.01)}


@exercise.case("a batch of one")
def batch_of_one(rng):
    return _draw(rng, 1, 3)


def _mean(d):
    return d.mean(axis=0)


def _backward(dout, cache, direct=1.0, through_mean=1.0, through_var=1.0, mean_of=_mean, dgamma=None, dbeta=None):
    """The reference with other weights of the three ways, or another gradient of gamma or beta."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (direct * dxhat - through_mean * mean_of(dxhat) - through_var * xhat * mean_of(dxhat * xhat))
    dgamma = (dout * xhat).sum(axis=0) if dgamma is None else dgamma
    return dx, dgamma, dout.sum(axis=0) if dbeta is None else dbeta


def _without_gamma(cache):
    xhat, gamma, inv_std = cache
    return xhat, np.ones_like(gamma), inv_std


@exercise.misconception("BB1")
def statistics_are_constants(dout, cache):
    """dx goes the direct way alone, as if mean and variance were constants. In training both are made of x, and the
    gradient goes back through them, too."""
    return _backward(dout, cache, through_mean=0.0, through_var=0.0)


@exercise.misconception("BB2")
def without_the_mean(dout, cache):
    """The way through the mean is missing in dx. A shift of the whole column changes nothing in out, so each column of
    dx adds up to 0."""
    return _backward(dout, cache, through_mean=0.0)


@exercise.misconception("BB3")
def without_the_variance(dout, cache):
    """The way through the variance is missing in dx, or 0: mean(dxhat) * mean(xhat) always is. The multiple of xhat
    that dxhat contains has to come out, by the mean of their product."""
    return _backward(dout, cache, through_var=0.0)


@exercise.misconception
def without_the_direct_way(dout, cache):
    """The direct way is missing in dx: there is only what goes back through the mean and the variance."""
    return _backward(dout, cache, direct=0.0)


@exercise.misconception("BB4a")
def forgets_gamma(dout, cache):
    """gamma is missing in dx. The gradient of xhat is dout * gamma."""
    return _backward(dout, _without_gamma(cache))


@exercise.misconception("BB4b")
def forgets_gamma_behind_the_statistics(dout, cache):
    """gamma is there on the direct way and missing on those through the mean and the variance. All three begin with
    dxhat = dout * gamma."""
    xhat, gamma, inv_std = cache
    dx = inv_std * (dout * gamma - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, *_backward(dout, cache)[1:]


@exercise.misconception("BB4c")
def multiplies_by_gamma_twice(dout, cache):
    """gamma is in dx twice: in dxhat = dout * gamma, and once more."""
    return _backward(dout, cache)[0] * cache[1], *_backward(dout, cache)[1:]


@exercise.misconception("BB5a")
def averages_both(dout, cache):
    """dgamma and dbeta are means over the samples. Each sample adds its share: take the sum."""
    xhat = cache[0]
    return _backward(dout, cache, dgamma=(dout * xhat).mean(axis=0), dbeta=dout.mean(axis=0))


@exercise.misconception("BB5b")
def averages_dgamma(dout, cache):
    """dgamma is a mean over the samples. Each sample adds its share: take the sum."""
    return _backward(dout, cache, dgamma=(dout * cache[0]).mean(axis=0))


@exercise.misconception("BB5c")
def averages_dbeta(dout, cache):
    """dbeta is a mean over the samples. Each sample adds its share: take the sum."""
    return _backward(dout, cache, dbeta=dout.mean(axis=0))


@exercise.misconception("BB6a")
def divides_by_n_minus_one(dout, cache):
    """The means in dx divide by N - 1. The forward pass takes the mean and the biased variance, with the divisor N."""
    return _backward(dout, cache, mean_of=_over_n_minus_one)


def _over_n_minus_one(d):
    with np.errstate(all="ignore"):
        return d.sum(axis=0) / np.float64(len(d) - 1)


@exercise.misconception("BB6b")
def divides_the_variance_by_n_minus_one(dout, cache):
    """On the way through the variance the sum is divided by N - 1. The forward pass has the biased variance, with the
    divisor N."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - xhat * _over_n_minus_one(dxhat * xhat))
    return dx, *_backward(dout, cache)[1:]


@exercise.misconception("BB7")
def dgamma_from_what_is_centred(dout, cache):
    """dgamma is made with x - mean instead of xhat. gamma multiplies xhat, so xhat is its derivative."""
    xhat, _, inv_std = cache
    return _backward(dout, cache, dgamma=(dout * xhat / inv_std).sum(axis=0))


add_scale_gradient_mistakes(exercise, _backward)
add_inv_std_mistakes(exercise, _backward)


@exercise.misconception
def sums_for_means(dout, cache):
    """In dx sums over the samples stand where means are due. Each entry has a share of 1 / N in the mean and in the
    variance of its batch."""
    return _backward(dout, cache, mean_of=lambda d: d.sum(axis=0))


@exercise.misconception
def sum_on_the_way_of_the_mean(dout, cache):
    """On the way through the mean the sum of dxhat stands where its mean is due. Each entry has a share of 1 / N in the
    mean of its batch."""
    return _backward(dout, cache, through_mean=len(dout))


@exercise.misconception
def sum_on_the_way_of_the_variance(dout, cache):
    """On the way through the variance the sum of dxhat * xhat stands where its mean is due. Each entry has a share of 1
    / N in the variance of its batch."""
    return _backward(dout, cache, through_var=len(dout))


@exercise.misconception
def adds_the_mean(dout, cache):
    """The way through the mean has the wrong sign: in xhat the mean is subtracted, and so it is in dx."""
    return _backward(dout, cache, through_mean=-1.0)


@exercise.misconception
def adds_the_variance(dout, cache):
    """The way through the variance has the wrong sign: a larger variance makes xhat smaller."""
    return _backward(dout, cache, through_var=-1.0)


@exercise.misconception
def half_the_variance(dout, cache):
    """The way through the variance has half its weight: the 2 of the square cancels the 1/2 of the root."""
    return _backward(dout, cache, through_var=0.5)


@exercise.misconception
def twice_the_variance(dout, cache):
    """The way through the variance has twice its weight: the 1/2 of the root cancels the 2 of the square."""
    return _backward(dout, cache, through_var=2.0)


@exercise.misconception
def variance_without_xhat(dout, cache):
    """On the way through the variance xhat is missing as a factor: what is far from the mean has the larger share."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - (dxhat * xhat).mean(axis=0))
    return dx, *_backward(dout, cache)[1:]


@exercise.misconception
def xhat_inside_the_mean(dout, cache):
    """On the way through the variance the second xhat stands inside the mean, as in mean(dxhat * xhat * xhat). It
    belongs in front: each sample takes its own xhat times the mean of dxhat * xhat."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    dx = inv_std * (dxhat - dxhat.mean(axis=0) - (dxhat * xhat**2).mean(axis=0))
    return dx, *_backward(dout, cache)[1:]


@exercise.misconception
def sums_and_no_gamma(dout, cache):
    """Two things at once: in dx gamma is missing, where dxhat is dout * gamma; and sums over the samples stand where
    means are due."""
    return _backward(dout, _without_gamma(cache), mean_of=lambda d: d.sum(axis=0))


@exercise.misconception
def no_mean_and_no_gamma(dout, cache):
    """Two things at once: in dx gamma is missing, where dxhat is dout * gamma; and so is the way through the mean."""
    return _backward(dout, _without_gamma(cache), through_mean=0.0)


@exercise.misconception
def no_variance_and_no_gamma(dout, cache):
    """Two things at once: in dx gamma is missing, where dxhat is dout * gamma; and so is the way through the
    variance."""
    return _backward(dout, _without_gamma(cache), through_var=0.0)


@exercise.misconception
def divides_by_the_number_of_features(dout, cache):
    """In dx the sums over the samples are divided by the number of features. They are means over the samples: N is
    len(dout)."""
    return _backward(dout, cache, mean_of=lambda d: d.sum(axis=0) / d.shape[1])


@exercise.misconception
def n_minus_one_but_of_one(dout, cache):
    """The means in dx divide by N - 1, but for a batch of one. The forward pass takes the mean and the biased variance,
    with the divisor N."""
    return _backward(dout, cache, mean_of=lambda d: d.sum(axis=0) / max(len(d) - 1, 1))


@exercise.misconception
def means_over_the_features(dout, cache):
    """In dx the means are taken over the features of each sample, as in layer norm. Batch norm shares its statistics
    over the samples: axis 0."""
    return _backward(dout, cache, mean_of=lambda d: d.mean(axis=1, keepdims=True))


@exercise.misconception
def one_mean_for_all(dout, cache):
    """In dx the means are taken over everything. Each feature has statistics of its own: axis 0 alone."""
    return _backward(dout, cache, mean_of=np.mean)


@exercise.misconception
def divides_dx_by_n(dout, cache):
    """dx is divided by N as a whole. Only the two ways through the statistics have that factor, and taking means has
    brought it in."""
    return _backward(dout, cache)[0] / len(dout), *_backward(dout, cache)[1:]


@exercise.misconception
def multiplies_dx_by_n(dout, cache):
    """dx is N times too large: in inv_std / N * (N * dxhat - ...) the factor 1 / N is missing."""
    return _backward(dout, cache)[0] * len(dout), *_backward(dout, cache)[1:]


@exercise.misconception
def dbeta_before_dgamma(dout, cache):
    """The gradients are right, in another order. Return dx, dgamma, dbeta."""
    dx, dgamma, dbeta = _backward(dout, cache)
    return dx, dbeta, dgamma


@exercise.misconception
def changes_dout(dout, cache):
    """The gradients are right, and dout has been changed in place, as by dout *= gamma. Whoever has called the function
    may still need it."""
    result = _backward(dout, cache)
    dout *= cache[1]
    return result


@exercise.equivalent
def step_by_step(dout, cache):
    xhat, gamma, inv_std = cache
    n = dout.shape[0]
    centred = xhat / inv_std
    dxhat = dout * gamma
    dinv_std = np.sum(dxhat * centred, axis=0)
    dvar = -0.5 * inv_std**3 * dinv_std
    dcentred = dxhat * inv_std + 2 / n * centred * dvar
    dmean = -np.sum(dcentred, axis=0)
    return dcentred + dmean / n, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


@exercise.equivalent
def in_one_line(dout, cache):
    xhat, gamma, inv_std = cache
    n, dbeta, dgamma = len(dout), dout.sum(0), np.einsum("nc,nc->c", dout, xhat)
    return gamma * inv_std / n * (n * dout - dbeta - xhat * dgamma), dgamma, dbeta


@exercise.equivalent
def by_the_jacobian(dout, cache):
    xhat, gamma, inv_std = cache
    n, c = xhat.shape
    dx = np.zeros((n, c))
    for j in range(c):
        jacobian = (np.eye(n) - 1 / n - np.outer(xhat[:, j], xhat[:, j]) / n) * inv_std[j]
        dx[:, j] = jacobian @ (dout[:, j] * gamma[j])
    return [dx, np.ones(n) @ (dout * xhat), np.ones(n) @ dout]
