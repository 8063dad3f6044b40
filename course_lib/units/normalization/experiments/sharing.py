"""Which entries of a tensor share a mean, and what a norm therefore does not notice."""

from dataclasses import dataclass

import numpy as np

from course_lib.functions import normalization
from course_lib.functions.normalization import batchnorm_state

NORMS = ("batch", "layer", "group", "instance")
CHANNELS, GROUPS = 8, (1, 2, 4, 8)
MOST_IMAGES, LARGEST_SIDE = 8, 4
CHANGES = ("other images", "brighter", "channel × 3")
DRAWS, BRIGHTER, STRETCH = 3, 2.0, 3.0
UNNOTICED = 0.01  # of the output; what eps leaves is far below


@dataclass(frozen=True)
class Sharing:
    """What ``sharing`` measured.

    Attributes
    ----------
    block : (n, 8, side, side) boolean array, the entries that share a mean and a variance with the first one
    means : int, how many means there are
    entries : int, over how many entries each is taken
    changes : (3, draws) array, in the order of ``CHANGES``, how far the output of the first image goes, in units of its
        root mean square: when the other images are replaced, when 2 is added to the first image, and when the first
        channel of all images is multiplied by 3. NaN where a norm returns only zeros, or there is no other image.
    """

    norm: str
    groups: int
    n: int
    side: int
    seed: int
    block: np.ndarray
    means: int
    entries: int
    changes: np.ndarray

    @property
    def unnoticed(self) -> tuple[str, ...]:
        """The changes that leave the output as it was."""
        return tuple(name for name, change in zip(CHANGES, self.changes, strict=True) if not np.any(change > UNNOTICED))

    @property
    def only_zeros(self) -> bool:
        """Whether every entry is its own mean."""
        return self.entries == 1


def sharing(norm="batch", groups=2, n=4, side=3, seed=0) -> Sharing:
    """Normalise n images of 8 channels, change them in three ways, and see how far the output of the first image goes.

    Gamma is 1 and beta 0, and batch norm is in training. The norms are those of Wu and He (2018, figure 2).

    Parameters
    ----------
    norm : "batch", "layer", "group" or "instance"
    groups : int, 1, 2, 4 or 8; only group norm looks at it
    n : int from 1 to 8, images
    side : int from 1 to 4; an image has side * side pixels
    seed : int, of three draws of the images

    Raises
    ------
    ValueError
        When a parameter lies outside its range.
    """
    for name, value, options in (("norm", norm, NORMS), ("groups", groups, GROUPS)):
        if value not in options:
            raise ValueError(f"{name} must be one of {', '.join(map(str, options))}, got {value!r}")
    for name, value, most in (("n", n, MOST_IMAGES), ("side", side, LARGEST_SIDE)):
        if not 1 <= value <= most:
            raise ValueError(f"{name} must lie in [1, {most}], got {value!r}")
    shape = (n, CHANNELS, side, side)
    places = _shared(norm, groups)
    block = np.zeros(shape, dtype=bool)
    block[places] = True
    entries = int(block.sum())
    rngs = np.random.default_rng(seed).spawn(DRAWS)
    changes = np.stack([_changes(norm, groups, shape, rng) for rng in rngs], axis=1)
    if entries == 1:
        changes[:] = np.nan
    if n == 1:
        changes[0] = np.nan
    return Sharing(norm, groups, n, side, seed, block, block.size // entries, entries, changes)


def _shared(norm, groups):
    """Where the entries are that share a mean with the first one."""
    first, everything = slice(1), slice(None)
    samples = everything if norm == "batch" else first
    of_a_group = slice(CHANNELS // groups)
    channels = {"batch": first, "layer": everything, "group": of_a_group, "instance": first}[norm]
    return samples, channels


def _changes(norm, groups, shape, rng):
    x = rng.standard_normal(shape) + rng.standard_normal((1, CHANNELS, 1, 1))
    others, brighter, stretched = x.copy(), x.copy(), x.copy()
    others[1:] = rng.standard_normal((len(x) - 1, *shape[1:]))
    brighter[0] += BRIGHTER
    stretched[:, 0] *= STRETCH
    out = _normalised(norm, groups, x)[0]
    size = np.sqrt((out**2).mean())
    moved = [_normalised(norm, groups, each)[0] - out for each in (others, brighter, stretched)]
    return np.array([np.sqrt((each**2).mean()) for each in moved]) / (size if size > 0 else np.nan)


def _normalised(norm, groups, x):
    gamma, beta = np.ones(CHANNELS), np.zeros(CHANNELS)
    if norm == "batch":
        return normalization.batchnorm_forward(x, gamma, beta, batchnorm_state(CHANNELS), True)[0]
    if norm == "layer":
        return normalization.layernorm_forward(x, np.ones(x.shape[1:]), np.zeros(x.shape[1:]))[0]
    if norm == "group":
        return normalization.groupnorm_forward(x, gamma, beta, groups)[0]
    return normalization.instancenorm_forward(x, gamma, beta)[0]
