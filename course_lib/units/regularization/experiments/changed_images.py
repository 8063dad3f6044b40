"""Augmentation of digits: rotation, crops, mirrored images and noise, after few epochs and after many."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from course_lib.data.augmentation import random_crop, random_flip, random_rotation
from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack
from course_lib.units.regularization.experiments.tuned_methods import SEARCH_SEEDS, networks_of

AUGMENT_RATES = (0.08, 0.16, 0.32, 0.64, 1.28)
CHANGES = ("plain", "rotation", "crop", "flip", "noise")


@dataclass(frozen=True)
class ChangedImages:
    """Errors on new digits, as they are, by what training images went through, after few epochs and after many.

    ``more`` has no changes, and twice as many digits; ratios are errors over those without changes, and
    ``rotation_over_more`` and ``noise_over_more`` those with rotation or noise over those of ``more``.
    """

    plain: float
    rotation: float
    crop: float
    flip: float
    noise: float
    more: float
    early_plain: float
    early_crop: float
    rotation_ratio: float
    crop_ratio: float
    flip_ratio: float
    noise_ratio: float
    more_ratio: float
    rotation_over_more: float
    noise_over_more: float
    early_crop_ratio: float
    crop_recovers: float


def changed_images(
    seed, *, width=64, n_samples=100, wrong=0.0, degrees=8.0, pad=1, noise=0.25, early=10, n_epochs=60, data="digits",
    n_networks=6,
) -> ChangedImages:  # fmt: skip
    """One ReLU layer, each arm at the rate that is best at the end; every epoch changes the images anew."""
    found, first = {}, {}
    for kinds, times in ((CHANGES, 1), (("more",), 2)):  # with more digits larger batches, too: as many steps in all
        net = Net(1, width, times * n_samples, wrong, data, batch_size=20 * times)
        strengths = (degrees, pad, noise)
        rates = _best(net, kinds, strengths, n_epochs)
        errors = _errors(net, networks_of(seed, n_networks), kinds, strengths, early, n_epochs, at=rates)
        for of, measured in zip((first, found), errors, strict=True):
            of.update(zip(kinds, measured.mean(axis=(1, 2)).tolist(), strict=True))
    ratios = {f"{kind}_ratio": found[kind] / found["plain"] for kind in list(found)[1:]}
    return ChangedImages(
        **found,
        early_plain=first["plain"],
        early_crop=first["crop"],
        **ratios,
        rotation_over_more=found["rotation"] / found["more"],
        noise_over_more=found["noise"] / found["more"],
        early_crop_ratio=first["crop"] / first["plain"],
        crop_recovers=first["crop"] / first["plain"] / ratios["crop_ratio"],
    )


@cache
def _best(net, kinds, strengths, n_epochs) -> tuple[float, ...]:
    """The rate for each kind."""
    found = _errors(net, SEARCH_SEEDS[:3], kinds, strengths, 0, n_epochs)[1]
    return tuple(AUGMENT_RATES[i] for i in found.mean(axis=1).argmin(axis=1))


def _errors(net, seeds, kinds, strengths, early, n_epochs, *, at=None):
    """Test errors (kinds, S, rates) after ``early`` epochs and at the end: all rates, or ``at`` one for each kind."""
    stack = Stack(net, [*seeds] * len(kinds), [Method(rate) for rate in (AUGMENT_RATES if at is None else at[:1])])
    if at is not None:
        stack.rate[:, 0, 0] = np.repeat(at, len(seeds))

    def changed(i, samples, rng):
        return _changed(kinds[i // len(seeds)], *strengths, samples, rng)

    with np.errstate(all="ignore"):
        errors = []
        for n in (early, n_epochs - early):
            stack.train(n, augment=changed)
            errors.append(stack.test_error().reshape(len(kinds), len(seeds), -1))
    return errors


def _changed(kind, degrees, pad, noise, samples, rng):
    """The training samples of one seed, changed: (N, 64)."""
    if kind in ("plain", "more"):
        return samples.x
    images = (samples.x * samples.scale + samples.shift).astype(np.float32).reshape(-1, 1, 8, 8)
    if kind == "rotation":
        images = random_rotation(images, degrees, rng=rng)
    elif kind == "crop":
        images = random_crop(images, pad, rng=rng)
    elif kind == "flip":
        images = random_flip(images, rng=rng)
    else:
        images = images + np.float32(noise) * rng.standard_normal(images.shape, dtype=np.float32)
    return ((images.reshape(len(images), -1) - samples.shift) / samples.scale).astype(np.float32)
