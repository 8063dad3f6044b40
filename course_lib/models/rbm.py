"""Restricted Boltzmann machine: binary units in two layers, connected across the layers only.

A state of visible units v (D,) and hidden units h (M,) has the energy E(v, h) = -v b - h c - v w h and the probability
exp(-E(v, h)) / Z. The parameters are a dict: ``w`` (D, M), ``b`` (D,) of the visible and ``c`` (M,) of the hidden
units. Training lowers the negative log-likelihood of data, by contrastive divergence. scikit-learn's ``BernoulliRBM``
holds w transposed and trains by persistent chains (Tieleman 2008) instead; PyTorch and Keras have none.

Everywhere, the dtype of the states decides: the parameters are converted to it. TypeError or ValueError is raised when
states are not an array (N, units of their layer) of numbers in [0, 1] (NaN is not), when a parameter is missing or
of another shape, and when a number is of another kind or range than stated.
"""

from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

import numpy as np

from course_lib._arguments.arrays import array_of, float_type, matrix, same_shape
from course_lib._arguments.numbers import NOT_NEGATIVE, UNIT, integer
from course_lib._arguments.objects import generator, with_keys, with_methods
from course_lib.functions.activations import sigmoid
from course_lib.kernels.sums import sum_over
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import minibatches

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
    """Parameters to start from: normal weights of standard deviation ``std``, biases 0 (Hinton 2012, section 8).

    Raises
    ------
    TypeError, ValueError
        When a size is not an integer of at least 1, ``std`` is negative, or ``dtype`` is neither float32 nor float64.
    """
    D, M = integer(n_visible, 1, name="n_visible"), integer(n_hidden, 1, name="n_hidden")
    dtype = float_type(dtype)
    w = generator(rng).normal(0.0, NOT_NEGATIVE(std, name="std"), (D, M)).astype(dtype)
    return {"w": w, "b": np.zeros(D, dtype), "c": np.zeros(M, dtype)}


def hidden_probs(params, v):
    """P(h_j = 1 given v) = sigmoid(c + v w): (N, M) for visible states (N, D)."""
    return _hidden(*_machine_and_visible(params, v))


def visible_probs(params, h):
    """P(v_i = 1 given h) = sigmoid(b + w h): (N, D) for hidden states (N, M)."""
    h = UNIT.every(matrix(h, name="h"), name="h")
    machine = _machine(params, h.dtype)
    return _visible(machine, matrix(h, width=len(machine.c), name="h"))


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
    return _free_energy(*_machine_and_visible(params, v))


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
    return _gibbs(*_machine_and_visible(params, v), generator(rng))


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
    grads, reconstruction = _contrast(*_machine_and_visible(params, v), integer(k, 1, name="k"), generator(rng))
    return grads._asdict(), reconstruction


def fit_rbm(params, v, *, rng, optimizer=None, epochs=10, batch_size=32, k=1):
    """Train by contrastive divergence.

    Parameters
    ----------
    params : dict, not changed
    v : (N, D) array of data in [0, 1]; numbers between stand for probabilities
    rng : numpy.random.Generator, for the order of the samples and the states of the units
    optimizer : an object with ``step(theta, grad)``; gradient descent with rate 0.1 by default
    epochs, batch_size : int, at least 1
    k : int, at least 1, Gibbs steps for each gradient

    Returns
    -------
    params : dict of new arrays
    history : RBMHistory
    """
    start, v = _machine_and_visible(params, v)
    optimizer = SGD(lr=0.1) if optimizer is None else with_methods(optimizer, "step", name="optimizer")
    epochs, k = integer(epochs, 1, name="epochs"), integer(k, 1, name="k")
    theta = np.concatenate([value.ravel() for value in start])
    cuts = np.cumsum([value.size for value in start])[:-1]
    machine = Machine(*(part.reshape(value.shape) for part, value in zip(np.split(theta, cuts), start, strict=True)))
    history = RBMHistory()
    for _ in range(epochs):
        for batch in minibatches(len(v), batch_size, rng=rng):
            grads, reconstruction = _contrast(machine, v[batch], k, rng)
            history.reconstruction_error.append(float(np.mean((v[batch] - reconstruction) ** 2, dtype=np.float64)))
            optimizer.step(theta, np.concatenate([grad.ravel() for grad in grads]))
        history.free_energy.append(float(np.mean(_free_energy(machine, v), dtype=np.float64)))
    return machine._asdict(), history


def log_likelihood(params, v):
    """Exact mean log-likelihood of the visible states ``v`` (N, D), in nats, as a float.

    Z is summed over all states of the smaller layer, in float64: for small machines only.

    Raises
    ------
    ValueError
        When both layers have more than 20 units.
    """
    machine = _machine(params, np.float64)
    D, M = machine.w.shape
    if min(D, M) > LARGEST_ENUMERATION:
        raise ValueError(
            f"a layer of at most {LARGEST_ENUMERATION} units expected, got {D} and {M}: 2**{min(D, M)} states"
        )
    # seen from the other side, the hidden units are the visible ones, and Z is the same
    side = machine if D <= M else Machine(machine.w.T, machine.c, machine.b)
    energies = _free_energy(side, np.array(list(product([0.0, 1.0], repeat=min(D, M)))))
    # the largest term first, so that no exponential overflows
    log_z = -energies.min() + np.log(np.exp(energies.min() - energies).sum())
    return float(-_free_energy(*_machine_and_visible(params, v, np.float64)).mean() - log_z)


class Machine(NamedTuple):
    """The parameters: w (D, M), b (D,) of the visible and c (M,) of the hidden units."""

    w: np.ndarray
    b: np.ndarray
    c: np.ndarray


def _machine(params, dtype):
    params = with_keys(params, Machine._fields)
    w = array_of(params["w"], ("D", "M"), dtype, name="w")
    b, c = (same_shape(params[key], (n,), dtype, name=key) for key, n in zip("bc", w.shape, strict=True))
    return Machine(w, b, c)


def _machine_and_visible(params, v, dtype=None):
    """Both, in the dtype of v."""
    v = UNIT.every(matrix(v, dtype, name="v"), name="v")
    machine = _machine(params, v.dtype)
    return machine, matrix(v, width=len(machine.b), name="v")


def _hidden(machine, v):
    return sigmoid(v @ machine.w + machine.c)


def _visible(machine, h):
    return sigmoid(h @ machine.w.T + machine.b)


def _free_energy(machine, v):
    # logaddexp(0, z) = log(1 + exp(z)) without overflow
    return -v @ machine.b - sum_over(np.logaddexp(0, v @ machine.w + machine.c), axis=1)


def _gibbs(machine, v, rng):
    probs = _visible(machine, _draw(_hidden(machine, v), rng))
    return _draw(probs, rng), probs


def _contrast(machine, v, k, rng):
    """The gradient of ``cd_gradient`` as a ``Machine``, and the reconstruction."""
    model, reconstruction = _gibbs(machine, v, rng)
    for _ in range(k - 1):
        model, _ = _gibbs(machine, model, rng)
    of_data, of_model = _mean_statistics(machine, v), _mean_statistics(machine, model)
    return Machine(*(model - data for model, data in zip(of_model, of_data, strict=True))), reconstruction


def _mean_statistics(machine, v):
    """Means over the samples of v h, v and h, with h by its probabilities."""
    h = _hidden(machine, v)
    return v.T @ h / len(v), sum_over(v) / len(v), sum_over(h) / len(v)


def _draw(probs, rng):
    return (rng.random(probs.shape, dtype=probs.dtype) < probs).astype(probs.dtype)
