"""Restricted Boltzmann machine: binary units in two layers, connected across the layers only.

A state of visible units v (D,) and hidden units h (M,) has the energy E(v, h) = -v b - h c - v w h and the probability
exp(-E(v, h)) / Z. The parameters are a dict: ``w`` (D, M), ``b`` (D,) of the visible and ``c`` (M,) of the hidden
units. Training lowers the negative log-likelihood of data, by contrastive divergence. scikit-learn's ``BernoulliRBM``
holds w transposed and trains by persistent chains (Tieleman 2008) instead; PyTorch and Keras have none.
"""

from dataclasses import dataclass, field
from itertools import product

import numpy as np

from course_lib._arguments import as_float
from course_lib.activations import sigmoid
from course_lib.optimizers import SGD
from course_lib.training import minibatches

# 2**20 states of the smaller layer take a second; each more unit doubles it.
LARGEST_ENUMERATION = 20


@dataclass
class RBMHistory:
    """One entry per step, and one per epoch.

    ``reconstruction_error`` : after each step, mean squared difference between the batch and the visible probabilities
    one Gibbs step later. It is easy to watch, but not what is minimised: it may fall while the likelihood does.
    ``free_energy`` : after each epoch, mean over all training data. Against that of held-out data, whose gap grows with
    overfitting (Hinton 2012, section 6), the unknown log Z cancels.
    """

    reconstruction_error: list[float] = field(default_factory=list)
    free_energy: list[float] = field(default_factory=list)


def init_rbm(n_visible, n_hidden, *, rng, std=0.01, dtype=np.float64):
    """Parameters to start from: normal weights of standard deviation ``std``, biases 0 (Hinton 2012, section 8)."""
    w = rng.normal(0.0, std, (n_visible, n_hidden)).astype(dtype)
    return {"w": w, "b": np.zeros(n_visible, dtype), "c": np.zeros(n_hidden, dtype)}


def hidden_probs(params, v):
    """P(h_j = 1 given v) = sigmoid(c + v w): (N, M) for visible states (N, D), in the parameters' dtype."""
    return sigmoid(_states(params, v, 0) @ params["w"] + params["c"])


def visible_probs(params, h):
    """P(v_i = 1 given h) = sigmoid(b + w h): (N, D) for hidden states (N, M), in the parameters' dtype."""
    return sigmoid(_states(params, h, 1) @ params["w"].T + params["b"])


def free_energy(params, v):
    """F(v) = -v b - sum_j log(1 + exp(c_j + (v w)_j)), so that P(v) = exp(-F(v)) / Z.

    Parameters
    ----------
    params : dict with ``w`` (D, M), ``b`` (D,), ``c`` (M,)
    v : (N, D) array of visible states

    Returns
    -------
    energy : (N,) array, in nats
    """
    v = _states(params, v, 0)
    # logaddexp(0, z) = log(1 + exp(z)) without overflow
    return -v @ params["b"] - np.logaddexp(0, v @ params["w"] + params["c"]).sum(axis=1)


def gibbs_step(params, v, *, rng):
    """Draw hidden states from v, and new visible states from those: one step of a chain that visits P(v).

    Parameters
    ----------
    v : (N, D) array of visible states

    Returns
    -------
    v : (N, D) array of zeros and ones
    probs : (N, D) array, the probabilities from which they were drawn
    """
    probs = visible_probs(params, _draw(hidden_probs(params, v), rng))
    return _draw(probs, rng), probs


def cd_gradient(params, v, k=1, *, rng):
    """Contrastive divergence: an estimate of the gradient of the mean negative log-likelihood.

    The exact gradient, for w, is the mean of v h over the model minus that over the data: it needs samples from the
    model, which take a long Gibbs chain. CD-k stops the chain, which starts at the data, after k steps. The
    estimate is biased, and least so where k is large or the weights are small.

    Parameters
    ----------
    params : dict with ``w`` (D, M), ``b`` (D,), ``c`` (M,); not changed
    v : (N, D) array of data in [0, 1]
    k : int, at least 1

    Returns
    -------
    grads : dict of arrays, the keys and shapes of ``params``; descending along them raises the likelihood
    probs : (N, D) array, the visible probabilities in the first step: the reconstruction

    References
    ----------
    Hinton 2002; Hinton 2012, section 3: hidden units enter by probabilities where no sample is needed.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    data = _states(params, v, 0)
    model, reconstruction = gibbs_step(params, data, rng=rng)
    for _ in range(k - 1):
        model, _ = gibbs_step(params, model, rng=rng)
    of_data, of_model = _mean_statistics(params, data), _mean_statistics(params, model)
    return {key: of_model[key] - of_data[key] for key in params}, reconstruction


def fit_rbm(params, v, *, rng, optimizer=None, epochs=10, batch_size=32, k=1):
    """Train by contrastive divergence.

    Parameters
    ----------
    params : dict, not changed
    v : (N, D) array of data in [0, 1]; numbers between stand for probabilities
    rng : numpy.random.Generator, for the order of the samples and the states of the units
    optimizer : an object with ``step(theta, grad)``; gradient descent with rate 0.1 by default
    k : int, Gibbs steps for each gradient

    Returns
    -------
    params : dict of new arrays
    history : RBMHistory
    """
    optimizer = optimizer or SGD(lr=0.1)
    v = _states(params, v, 0)
    theta = np.concatenate([value.ravel() for value in params.values()])
    views, start = {}, 0
    for key, value in params.items():
        views[key] = theta[start : start + value.size].reshape(value.shape)
        start += value.size
    history = RBMHistory()
    for _ in range(epochs):
        for batch in minibatches(len(v), batch_size, rng=rng):
            grads, reconstruction = cd_gradient(views, v[batch], k, rng=rng)
            history.reconstruction_error.append(float(np.mean((v[batch] - reconstruction) ** 2, dtype=np.float64)))
            optimizer.step(theta, np.concatenate([grad.ravel() for grad in grads.values()]))
        history.free_energy.append(float(np.mean(free_energy(views, v), dtype=np.float64)))
    return views, history


def log_likelihood(params, v):
    """Exact mean log-likelihood of the visible states ``v`` (N, D), in nats, as a float.

    Z is summed over all states of the smaller layer, in float64: for small machines only.

    Raises
    ------
    ValueError
        When both layers have more than 20 units.
    """
    params = {key: np.asarray(value, dtype=np.float64) for key, value in params.items()}
    D, M = params["w"].shape
    if min(D, M) > LARGEST_ENUMERATION:
        raise ValueError(
            f"a layer of at most {LARGEST_ENUMERATION} units expected, got {D} and {M}: 2**{min(D, M)} states"
        )
    # seen from the other side, the hidden units are the visible ones, and Z is the same
    side = params if D <= M else {"w": params["w"].T, "b": params["c"], "c": params["b"]}
    energies = free_energy(side, np.array(list(product([0.0, 1.0], repeat=min(D, M)))))
    log_z = np.logaddexp.reduce(-energies)
    return float(np.mean(-free_energy(params, v)) - log_z)


def _mean_statistics(params, v):
    """Means over the samples of v h, v and h, with h by its probabilities."""
    h = hidden_probs(params, v)
    return {"w": v.T @ h / len(v), "b": v.mean(axis=0), "c": h.mean(axis=0)}


def _draw(probs, rng):
    return (rng.random(probs.shape, dtype=probs.dtype) < probs).astype(probs.dtype)


def _states(params, states, axis):
    """``states`` as an array (N, units of this layer) of the parameters' dtype."""
    w = params["w"]
    states = as_float(states, w.dtype)
    if states.ndim != 2 or states.shape[1] != w.shape[axis]:
        raise ValueError(f"states (N, {w.shape[axis]}) expected, got {states.shape}")
    return states
