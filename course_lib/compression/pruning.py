"""Magnitude pruning: the smallest weights are set to zero, and stay zero while training goes on (Han et al. 2015)."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from course_lib._arguments.arrays import arrays, as_float
from course_lib._arguments.numbers import FINITE, UNIT, integer
from course_lib._arguments.objects import choice, function, instance
from course_lib.layers.network import Sequential


def magnitude_mask(w, sparsity):
    """Which weights to keep: False for the round(sparsity * size) smallest magnitudes, of equal ones the first.

    PyTorch's ``prune.l1_unstructured(amount=sparsity)`` removes as many; Keras has no pruning of its own.

    Parameters
    ----------
    w : array of any shape; not changed. NaN counts as larger than any number. Integers, whose most negative one has no
        magnitude of their kind, are compared as float64
    sparsity : float in [0, 1], the share that is removed, not the one that is kept

    Returns
    -------
    mask : boolean array, the shape of ``w``

    Raises
    ------
    TypeError
        When ``w`` does not hold real numbers, or holds float16.
    ValueError
        When ``sparsity`` lies outside [0, 1].
    """
    (mask,) = global_magnitude_masks([as_float(w, name="w")], sparsity)
    return mask


def global_magnitude_masks(weights, sparsity):
    """One threshold for all layers together: a layer of small weights loses more than its share.

    Parameters
    ----------
    weights : list of arrays, as in ``magnitude_mask``
    sparsity : float in [0, 1], the share of all weights that is removed

    Returns
    -------
    masks : list of boolean arrays of the same shapes, False where a weight is to be removed

    Raises
    ------
    TypeError
        When ``weights`` is one array instead of a list; otherwise as ``magnitude_mask``.
    ValueError
        When the list is empty, or ``sparsity`` lies outside [0, 1].
    """
    sparsity = UNIT(sparsity, name="sparsity")
    weights = arrays(weights, name="weights")
    if not weights:
        raise ValueError("there must be at least one array of weights to prune, got none")
    magnitudes = np.concatenate([np.abs(w).ravel() for w in weights])
    keep = np.ones(magnitudes.size, bool)
    keep[np.argsort(magnitudes, kind="stable")[: round(sparsity * magnitudes.size)]] = False
    ends = np.cumsum([w.size for w in weights])
    return [part.reshape(w.shape) for part, w in zip(np.split(keep, ends[:-1]), weights, strict=True)]


@dataclass(frozen=True)
class CubicSparsity:
    """s(t) = final + (initial - final) (1 - (t - start) / n_steps)**3 (Zhu and Gupta 2017, eq. 1).

    Most is removed early, while there is much to choose from. Before ``start`` it is 0, after the last step ``final``.

    Parameters
    ----------
    final, initial : floats in [0, 1], the first at least as large
    start, n_steps : ints, training steps, at least 0 and 1

    Raises
    ------
    TypeError, ValueError
        When a parameter is of another kind, or lies outside its range.
    """

    final: float
    n_steps: int
    start: int = 0
    initial: float = 0.0

    def __post_init__(self):
        initial, final = UNIT(self.initial, name="initial"), UNIT(self.final, name="final")
        if initial > final:
            raise ValueError(f"initial must be at most final, {final}, got {initial}")
        integer(self.n_steps, 1, name="n_steps")
        integer(self.start, 0, name="start")

    def __call__(self, step) -> float:
        step = FINITE(step, name="step")
        if step < self.start:
            return 0.0
        left = max(0.0, 1 - (step - self.start) / self.n_steps)
        return self.final + (self.initial - self.final) * left**3


@dataclass
class MagnitudePruning:
    """Callback of ``course_lib.training.fit`` that prunes a network while it learns.

    After every step the removed weights are set to zero again: gradient, momentum and weight decay would bring them
    back. Every ``every`` steps the masks are drawn again at the sparsity that the schedule asks for; weights that are
    zero already have the smallest magnitude, and stay removed. Biases, other vectors and frozen layers are left alone.

    Parameters
    ----------
    schedule : function of the step (1, 2, ...) -> sparsity, such as ``CubicSparsity``; for one-shot pruning before
        retraining, a constant ``lambda step: 0.8``
    every : int, at least 1, the steps between two changes of the masks
    scope : "global" (one threshold for the network) or "layer" (the same sparsity in every layer)

    Attributes
    ----------
    masks : list of boolean arrays, one for each weight matrix, or None before the first step

    Raises
    ------
    TypeError, ValueError
        When a parameter is of another kind or lies outside its range; when called, if the schedule leaves [0, 1].
    """

    schedule: Callable[[int], float]
    every: int = 1
    scope: str = "global"
    masks: list[np.ndarray] | None = field(default=None, init=False, repr=False)

    def __post_init__(self):
        function(self.schedule, name="schedule", form="of the step, such as lambda step: 0.8")
        integer(self.every, 1, name="every")
        choice(self.scope, ("global", "layer"), name="scope")

    def __call__(self, run) -> None:
        if run.epoch_ended:
            return
        if self.masks is not None:
            apply_masks(run.network, self.masks)
        if self.masks is None or run.step % self.every == 0:
            self.masks = self._draw(weight_matrices(run.network), self.schedule(run.step))
            apply_masks(run.network, self.masks)

    def _draw(self, weights, sparsity):
        if self.scope == "global":
            return global_magnitude_masks(weights, sparsity)
        return [magnitude_mask(w, sparsity) for w in weights]


def weight_matrices(network: Sequential) -> list[np.ndarray]:
    """The parameters with two or more axes of all layers that are not frozen, from input to output, as views."""
    instance(network, Sequential, name="network")
    return [value for leaf in network.leaves() if not leaf.frozen for value in leaf.params.values() if value.ndim > 1]


def apply_masks(network: Sequential, masks) -> None:
    """Set the weights of ``network`` to zero, in place, where a mask is False.

    Raises
    ------
    TypeError
        When a mask is not boolean.
    ValueError
        When there is not one mask of its shape for each of ``weight_matrices(network)``.
    """
    weights = weight_matrices(network)
    masks = [np.asarray(mask) for mask in masks]
    if [mask.shape for mask in masks] != [w.shape for w in weights]:
        raise ValueError(f"masks {[w.shape for w in weights]} expected, got {[mask.shape for mask in masks]}")
    for mask in masks:
        if mask.dtype != bool:
            raise TypeError(f"masks must be boolean, got {mask.dtype}: pass mask.astype(bool)")
    for w, mask in zip(weights, masks, strict=True):
        w[~mask] = 0
