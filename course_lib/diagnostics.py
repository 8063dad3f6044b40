"""Measurements on a network: how large the gradient is that reaches each layer."""

import numpy as np

# sigmoid'(z) = s (1 - s) is largest at z = 0, where s = 1/2.
SIGMOID_MAX_SLOPE = 0.25


def gradient_norms_by_layer(backprop, batches):
    """Euclidean norm, layer by layer, of the gradient of the mean loss over all samples of all batches.

    The gradients of the batches are averaged first, weighted by the batches' sizes; the norm comes afterwards.

    Parameters
    ----------
    backprop : function ``(x, y) -> (activations, grads)``, two lists of L arrays: the outputs of the layers, and
        the gradients of the batch's mean loss with respect to each weight matrix
    batches : list of pairs (x, y), possibly of different sizes; the size of a batch is ``len(x)``

    Returns
    -------
    norms : (L,) float64 array

    Raises
    ------
    ValueError
        When the batches hold no sample.

    References
    ----------
    Glorot and Bengio 2010, section 4.2.
    """
    n_samples = sum(len(x) for x, _ in batches)
    if n_samples == 0:
        raise ValueError(f"batches must hold at least one sample, got {len(batches)} batches and no sample")
    totals = None
    for x, y in batches:
        _, grads = backprop(x, y)
        shares = [len(x) / n_samples * np.asarray(g, dtype=np.float64) for g in grads]
        totals = shares if totals is None else [t + s for t, s in zip(totals, shares, strict=True)]
    return np.array([np.linalg.norm(t) for t in totals])


def sigmoid_slope_bound(n_layers):
    """Upper bound 0.25**n_layers of the product of the derivatives of ``n_layers`` sigmoids.

    Parameters
    ----------
    n_layers : int, not negative

    Returns
    -------
    bound : float in (0, 1]; 1 for no layer, 0 where it underflows (from 538 layers on)

    Raises
    ------
    ValueError
        When ``n_layers`` is negative.

    References
    ----------
    Hochreiter 1991, chapter 4; Bengio, Simard and Frasconi 1994, section IV.
    """
    if n_layers < 0:
        raise ValueError(f"n_layers must be 0 or more, got {n_layers}")
    return SIGMOID_MAX_SLOPE**n_layers
