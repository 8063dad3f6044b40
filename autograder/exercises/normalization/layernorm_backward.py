"""Backward pass of layer norm."""

import numpy as np

from autograder.domain import Array, Given
from autograder.draw import rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import normalization


def _cache(rng, shape, eps):
    """What the forward pass remembers of samples that differ in spread, with gammas of both signs, none near 1."""
    n_samples, n_features = shape
    x = rng.normal(size=shape) * np.linspace(0.5, 3.0, n_samples)[:, None] + rng.uniform(1, 3, (n_samples, 1))
    gamma = rng.uniform(1.5, 3.0, n_features).round(2) * np.where(np.arange(n_features) % 2, -1, 1)
    return normalization.layernorm_forward(x.round(3), gamma, np.zeros(n_features), eps)[1]


exercise = Exercise(
    name="layernorm_backward",
    unit="normalization",
    points=2,
    reference=normalization.layernorm_backward,
    takes={
        "dout": Array("N", "D"),
        "cache": Given(lambda rng, others: _cache(rng, others["dout"].shape, 0.1), kept=True),
    },
    returns=("dx", "dgamma", "dbeta"),
    hints=(
        "gamma and beta are shared by all samples. Over which axis do their gradients add up, and of what shape are "
        "they?",
        "In batchnorm_backward, two means are taken out of dxhat = dout * gamma. Along which axis do they run here?",
        "The mean and the variance of a sample depend on its D features. How many of them is a mean here taken over?",
    ),
    part="core",
    minutes=6,
    difficulty=2,
    reasoning=(
        "dxhat = dout * gamma loses what would only shift the sample, its mean, and what would only stretch it, its "
        "share of xhat, for the forward pass takes both out. The means run over the features, as in the forward pass; "
        "the gradients of gamma and beta add up over the samples, which share them."
    ),
)


def _draw(rng, n_samples, n_features, eps=0.05):
    shape = (n_samples, n_features)
    dout = rows_of_opposite_sign(rng, shape) * np.linspace(0.5, 2.0, n_features)
    return {"dout": dout.round(3), "cache": _cache(rng, shape, eps)}


@exercise.case("a few samples")
def few_samples(rng):
    return _draw(rng, 3, int(rng.integers(5, 8)))


@exercise.case("as many samples as features, where a wrong axis goes unnoticed")
def square(rng):
    return _draw(rng, 4, 4)


@exercise.case("a single sample")
def single_sample(rng):
    return _draw(rng, 1, int(rng.integers(4, 7)))


@exercise.case("an eps as large as the variance")
def large_eps(rng):
    return _draw(rng, 4, int(rng.integers(5, 8)), eps=2.0)


@exercise.case("a gamma that is 0 for some features")
def zero_gamma(rng):
    inputs = _draw(rng, 3, int(rng.integers(5, 8)))
    inputs["cache"][1][[0, 2]] = 0.0
    return inputs


@exercise.case("a sample whose features are all alike")
def constant_sample(rng):
    shape = (3, int(rng.integers(5, 8)))
    x = rng.normal(size=shape).round(3)
    x[1] = float(rng.integers(2, 5))
    gamma = rng.uniform(1.5, 3.0, shape[1]).round(2)
    cache = normalization.layernorm_forward(x, gamma, gamma, 0.05)[1]
    return {"dout": rows_of_opposite_sign(rng, shape), "cache": cache}


def _mean(x):
    return x.mean(axis=1, keepdims=True)


def _dx(dxhat, xhat, inv_std, mean=_mean):
    return inv_std * (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat))


def _with(dx, dout, cache):
    """The values returned for dx, however that was computed."""
    return dx, (dout * cache[0]).sum(axis=0), dout.sum(axis=0)


def _right_dx(dout, cache):
    return normalization.layernorm_backward(dout, cache)[0]


@exercise.misconception("LN1b")
def over_the_samples(dout, cache):
    """dx takes its means over the samples, as in batch norm. Here it was the features of one sample that shared mean
    and variance: axis 1."""
    xhat, gamma, inv_std = cache
    dx = _dx(dout * gamma, xhat, inv_std, lambda x: x.mean(axis=0))
    return _with(dx, dout, cache)


@exercise.misconception
def axis_is_lost(dout, cache):
    """The means have lost their axis, and meet arrays (N, D) from the right: NumPy refuses, or, if N is D, takes them
    for means of the features. Keep the axis, with keepdims=True."""
    xhat, gamma, inv_std = cache
    return _with(_dx(dout * gamma, xhat, inv_std, lambda x: x.mean(axis=1)), dout, cache)


@exercise.misconception
def over_everything(dout, cache):
    """dx takes its means over the whole batch. Each sample had a mean and a variance of its own, so what is taken out
    is a mean over its own features."""
    xhat, gamma, inv_std = cache
    return _with(_dx(dout * gamma, xhat, inv_std, np.mean), dout, cache)


@exercise.misconception("LN2a")
def gradients_of_gamma_and_beta_over_the_features(dout, cache):
    """dgamma and dbeta are summed over the features, one number for each sample. gamma and beta have a number for each
    feature, shared by the samples: sum over axis 0, though dx takes its means along the other."""
    return _right_dx(dout, cache), (dout * cache[0]).sum(axis=1), dout.sum(axis=1)


@exercise.misconception("LN2b")
def gradients_of_gamma_and_beta_over_everything(dout, cache):
    """dgamma and dbeta are one number each. gamma and beta have one for each feature: sum over the samples alone."""
    return _right_dx(dout, cache), (dout * cache[0]).sum(), dout.sum()


@exercise.misconception
def gradients_of_gamma_and_beta_without_sum(dout, cache):
    """dgamma and dbeta still have a row for each sample. gamma and beta are shared by the samples, so the gradients of
    all rows add up."""
    return _right_dx(dout, cache), dout * cache[0], 1.0 * dout


@exercise.misconception
def gradients_of_gamma_and_beta_as_rows(dout, cache):
    """dgamma and dbeta have the shape (1, D), because the summed axis was kept. They should be of shape (D,), as gamma
    and beta."""
    return _right_dx(dout, cache), (dout * cache[0]).sum(axis=0)[None], dout.sum(axis=0)[None]


@exercise.misconception
def gradients_of_gamma_and_beta_averaged(dout, cache):
    """dgamma and dbeta are means over the samples. Where the loss is a mean, its 1 / N is already in dout: add up."""
    return _right_dx(dout, cache), (dout * cache[0]).mean(axis=0), dout.mean(axis=0)


@exercise.misconception
def statistics_as_constants(dout, cache):
    """dx is dout * gamma * inv_std, as if mean and variance were constants. They change with every feature of the
    sample, and the gradient goes through both."""
    _, gamma, inv_std = cache
    return _with(dout * gamma * inv_std, dout, cache)


@exercise.misconception
def without_the_path_of_the_mean(dout, cache):
    """dx does not go through the mean: mean(dxhat) is not taken out. When a feature grows, the sample's mean grows with
    it, and all of xhat sinks."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat - xhat * _mean(dxhat * xhat)), dout, cache)


@exercise.misconception
def without_the_path_of_the_variance(dout, cache):
    """dx does not go through the variance: xhat * mean(dxhat * xhat) is not taken out. When a feature moves away from
    the mean, the variance grows, and all of xhat shrinks."""
    _, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat - _mean(dxhat)), dout, cache)


@exercise.misconception
def adds_the_paths(dout, cache):
    """What goes through the mean and the variance is added in dx. Both pull xhat back, so both are subtracted."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat + _mean(dxhat) + xhat * _mean(dxhat * xhat)), dout, cache)


@exercise.misconception
def path_of_the_variance_is_added(dout, cache):
    """What goes through the variance is added in dx. It pulls xhat back, as what goes through the mean: subtract it."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat - _mean(dxhat) + xhat * _mean(dxhat * xhat)), dout, cache)


@exercise.misconception
def variance_without_xhat(dout, cache):
    """mean(dxhat * xhat) is taken out of dx as it is. It is the share of xhat in dxhat: multiply xhat by it first."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat - _mean(dxhat) - _mean(dxhat * xhat)), dout, cache)


@exercise.misconception
def products_of_means(dout, cache):
    """The mean of dxhat times the mean of xhat stands where the mean of their product belongs. xhat has the mean 0, so
    that nothing goes through the variance."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat - _mean(dxhat) - xhat * (_mean(dxhat) * (1 + _mean(xhat)))), dout, cache)


@exercise.misconception
def sums_instead_of_means(dout, cache):
    """dx takes out sums where it should take out means: the 1 / D of mean and variance is missing."""
    xhat, gamma, inv_std = cache
    return _with(_dx(dout * gamma, xhat, inv_std, lambda x: x.sum(axis=1, keepdims=True)), dout, cache)


@exercise.misconception
def divides_by_the_samples(dout, cache):
    """dx divides its sums by N, the number of samples. They are sums over the D features: divide by D."""
    xhat, gamma, inv_std = cache
    return _with(_dx(dout * gamma, xhat, inv_std, lambda x: x.sum(axis=1, keepdims=True) / len(x)), dout, cache)


@exercise.misconception
def divides_by_one_less(dout, cache):
    """dx divides its sums by D - 1. The variance of the forward pass divides by D, and so does its gradient."""
    xhat, gamma, inv_std = cache
    d = xhat.shape[1]
    return _with(_dx(dout * gamma, xhat, inv_std, lambda x: x.sum(axis=1, keepdims=True) / (d - 1)), dout, cache)


@exercise.misconception
def without_gamma(dout, cache):
    """dx begins with dout instead of dout * gamma. gamma multiplies xhat, and so what goes back to it."""
    xhat, _, inv_std = cache
    return _with(_dx(dout, xhat, inv_std), dout, cache)


@exercise.misconception
def gamma_at_the_end(dout, cache):
    """dx is multiplied by gamma at the end. In batch norm that is the same; here the means run over features with
    gammas of their own, so gamma has to be in dxhat before they are taken."""
    xhat, gamma, inv_std = cache
    return _with(gamma * _dx(dout, xhat, inv_std), dout, cache)


@exercise.misconception
def divides_by_gamma(dout, cache):
    """dxhat is dout divided by gamma. out grows gamma times as fast as xhat, so going back multiplies by gamma too."""
    xhat, gamma, inv_std = cache
    with np.errstate(all="ignore"):
        return _with(_dx(dout / gamma, xhat, inv_std), dout, cache)


@exercise.misconception
def without_inv_std(dout, cache):
    """dx is not multiplied by inv_std. x is divided by its standard deviation on the way forward, and its gradient on
    the way back."""
    xhat, gamma, _ = cache
    return _with(_dx(dout * gamma, xhat, 1.0), dout, cache)


@exercise.misconception
def divides_by_inv_std(dout, cache):
    """dx is divided by inv_std, as if it were the standard deviation. It is 1 / sqrt(var + eps) already: multiply."""
    xhat, gamma, inv_std = cache
    return _with(_dx(dout * gamma, xhat, 1 / inv_std), dout, cache)


@exercise.misconception
def inv_std_squared(dout, cache):
    """dx is multiplied by inv_std twice, or by its square. x is divided by the standard deviation once."""
    xhat, gamma, inv_std = cache
    return _with(_dx(dout * gamma, xhat, inv_std**2), dout, cache)


@exercise.misconception
def takes_xhat_for_normalised(dout, cache):
    """What goes through the variance is divided by the mean square of xhat, as if xhat were projected on. With an eps
    that square is below 1, and the gradient does not divide by it."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    square = np.maximum(_mean(xhat**2), 1e-300)
    return _with(inv_std * (dxhat - _mean(dxhat) - xhat * _mean(dxhat * xhat) / square), dout, cache)


@exercise.misconception
def swaps_dgamma_and_dbeta(dout, cache):
    """dgamma and dbeta stand in each other's places. gamma multiplies xhat, so dgamma is the sum with xhat in it."""
    dx, dgamma, dbeta = normalization.layernorm_backward(dout, cache)
    return dx, dbeta, dgamma


@exercise.misconception
def dgamma_without_xhat(dout, cache):
    """dgamma is the sum of dout, as dbeta is. gamma multiplies xhat, so dout * xhat is what adds up."""
    return _right_dx(dout, cache), dout.sum(axis=0), dout.sum(axis=0)


@exercise.misconception
def dgamma_with_dxhat(dout, cache):
    """dgamma is the sum of dout * gamma * xhat. The derivative of gamma * xhat by gamma is xhat alone."""
    xhat, gamma, _ = cache
    return _right_dx(dout, cache), (dout * gamma * xhat).sum(axis=0), dout.sum(axis=0)


@exercise.misconception
def both_with_dxhat(dout, cache):
    """dgamma and dbeta are sums of dout * gamma, as if dxhat were used there. dgamma sums dout * xhat, dbeta dout."""
    xhat, gamma, _ = cache
    return _right_dx(dout, cache), (dout * gamma * xhat).sum(axis=0), (dout * gamma).sum(axis=0)


@exercise.misconception
def gamma_twice_in_the_variance(dout, cache):
    """In the mean on the way through the variance gamma stands twice: it is that of dxhat * xhat, not dxhat * out."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat - _mean(dxhat) - xhat * _mean(dxhat * gamma * xhat)), dout, cache)


@exercise.misconception
def dgamma_with_what_is_centred(dout, cache):
    """dgamma is the sum of dout times x minus its mean. gamma multiplies xhat, which is divided by the standard
    deviation as well."""
    xhat, _, inv_std = cache
    return _right_dx(dout, cache), (dout * xhat / inv_std).sum(axis=0), dout.sum(axis=0)


@exercise.misconception
def dbeta_with_gamma(dout, cache):
    """dbeta is the sum of dout * gamma. beta is added after xhat is scaled, so gamma has no part in its gradient."""
    dx, dgamma, _ = normalization.layernorm_backward(dout, cache)
    return dx, dgamma, (dout * cache[1]).sum(axis=0)


@exercise.misconception
def inv_std_for_the_first_term_alone(dout, cache):
    """Only dxhat is multiplied by inv_std in dx. What is taken out of it is, too: put brackets around all terms."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * dxhat - _mean(dxhat) - xhat * _mean(dxhat * xhat), dout, cache)


@exercise.misconception
def takes_out_dxhat(dout, cache):
    """What goes through the variance is dxhat times the mean of xhat squared. It is the other way round: xhat times the
    mean of dxhat * xhat."""
    xhat, gamma, inv_std = cache
    dxhat = dout * gamma
    return _with(inv_std * (dxhat - _mean(dxhat) - dxhat * _mean(xhat**2)), dout, cache)


@exercise.misconception
def dgamma_with_inv_std(dout, cache):
    """dgamma is multiplied by inv_std. gamma multiplies xhat, in which the division is done already."""
    xhat, _, inv_std = cache
    return _right_dx(dout, cache), (dout * xhat * inv_std).sum(axis=0), dout.sum(axis=0)


@exercise.equivalent
def step_by_step(dout, cache):
    xhat, gamma, inv_std = cache
    centred, n = xhat / inv_std, xhat.shape[1]
    dxhat = dout * gamma
    dvar = np.sum(dxhat * centred, axis=1, keepdims=True) * -0.5 * inv_std**3
    dmean = -np.sum(dxhat * inv_std, axis=1, keepdims=True) + dvar * np.mean(-2 * centred, axis=1, keepdims=True)
    return dxhat * inv_std + dvar * 2 * centred / n + dmean / n, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


@exercise.equivalent
def sums_over_the_number_of_features(dout, cache):
    xhat, gamma, inv_std = cache
    d, g = xhat.shape[1], dout * gamma
    dx = inv_std / d * (d * g - g.sum(1)[:, None] - xhat * (g * xhat).sum(1)[:, None])
    return dx, np.einsum("nd,nd->d", dout, xhat), np.ones(len(dout)) @ dout


@exercise.equivalent
def jacobian_of_each_sample(dout, cache):
    xhat, gamma, inv_std = cache
    d = xhat.shape[1]
    rows = [
        inv_std[n] * ((np.eye(d) - 1 / d - np.outer(xhat[n], xhat[n]) / d) @ (gamma * dout[n]))
        for n in range(len(dout))
    ]
    return np.array(rows), sum(o * h for o, h in zip(dout, xhat, strict=True)), sum(dout)
