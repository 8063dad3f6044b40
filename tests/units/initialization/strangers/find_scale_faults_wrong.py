"""Wrong answers to find_scale_faults."""

import math

import numpy as np


def _ratios(run):
    """Each std over what it should be."""
    s, m = np.asarray(run["stds"]), np.asarray(run["means"])
    bent = np.where(np.abs(m) > s, 2 * (m**2 + s**2), s**2)
    return s / np.sqrt(np.concatenate([[2.0], bent[:-1]])), np.abs(m) > s


def find_scale_faults__against_one(run):
    """Compares every std with that of a healthy network, not with the layer before, so that all layers after a fault are blamed."""
    faults = []
    for i, (s, m) in enumerate(zip(run["stds"], run["means"])):
        if abs(m) > s:
            faults.append((i, "shifted"))
        elif s < 2**0.5 / 4:
            faults.append((i, "small"))
        elif s > 2**0.5 * 4:
            faults.append((i, "large"))
    return faults


def find_scale_faults__mean_forgotten(run):
    """Takes the std of the layer before for its size, without the mean, so that the layer after a shifted one looks large."""
    faults, before = [], 2**0.5
    for i, (s, m) in enumerate(zip(run["stds"], run["means"])):
        if abs(m) > s:
            faults.append((i, "shifted"))
        elif s / before < 0.25:
            faults.append((i, "small"))
        elif s / before > 4:
            faults.append((i, "large"))
        before = s
    return faults


def find_scale_faults__first_layer_skipped(run):
    """Begins with layer 1, since layer 0 has none before it."""
    ratio, shifted = _ratios(run)
    return [
        (i, "shifted" if shifted[i] else "small" if ratio[i] < 1 else "large")
        for i in range(1, len(ratio)) if shifted[i] or ratio[i] < 0.25 or ratio[i] > 4
    ]  # fmt: skip


def find_scale_faults__too_strict(run):
    """Calls every change by more than a tenth a fault."""
    ratio, shifted = _ratios(run)
    return [
        (i, "shifted" if shifted[i] else "small" if ratio[i] < 1 else "large")
        for i in range(len(ratio)) if shifted[i] or abs(ratio[i] - 1) > 0.1
    ]  # fmt: skip


def find_scale_faults__names_exchanged(run):
    """Says small for large and large for small."""
    ratio, shifted = _ratios(run)
    return [
        (i, "shifted" if shifted[i] else "large" if ratio[i] < 1 else "small")
        for i in range(len(ratio)) if shifted[i] or ratio[i] < 0.25 or ratio[i] > 4
    ]  # fmt: skip


def find_scale_faults__first_only(run):
    """Stops at the first fault."""
    ratio, shifted = _ratios(run)
    for i in range(len(ratio)):
        if shifted[i] or ratio[i] < 0.25 or ratio[i] > 4:
            return [(i, "shifted" if shifted[i] else "small" if ratio[i] < 1 else "large")]
    return []


def find_scale_faults__any_positive_mean(run):
    """Calls a layer shifted as soon as its mean is positive, however little."""
    ratio, _ = _ratios(run)
    faults = []
    for i, r in enumerate(ratio):
        if r < 0.25 or r > 4:
            faults.append((i, "small" if r < 1 else "large"))
        elif run["means"][i] > 0:
            faults.append((i, "shifted"))
    return faults


def find_scale_faults__by_kind(run):
    """Lists the small layers first, then the large and then the shifted ones, not in the order of the layers."""
    ratio, shifted = _ratios(run)
    layers = range(len(ratio))
    return (
        [(i, "small") for i in layers if ratio[i] < 0.25 and not shifted[i]]
        + [(i, "large") for i in layers if ratio[i] > 4 and not shifted[i]]
        + [(i, "shifted") for i in layers if shifted[i]]
    )


def find_scale_faults__absolute(run):
    """It judges every layer by its absolute size, not by what it gets, and so blames all layers after a fault too."""
    faults = []
    for i, (s, m) in enumerate(zip(run["stds"], run["means"], strict=True)):
        if abs(m) > 2 * s:
            faults.append((i, "shifted"))
        elif s < 0.25:
            faults.append((i, "small"))
        elif s > 4:
            faults.append((i, "large"))
    return faults


def find_scale_faults__mean_not_passed_on(run):
    """It compares with the previous standard deviation alone, and so calls the healthy layer after a shifted one large."""
    faults, before = [], 1.0
    for i, (s, m) in enumerate(zip(run["stds"], run["means"], strict=True)):
        if abs(m) > 2 * s:
            faults.append((i, "shifted"))
        elif s / before < 0.25:
            faults.append((i, "small"))
        elif s / before > 4:
            faults.append((i, "large"))
        before = s
    return faults


def find_scale_faults__skips_the_first(run):
    """It begins with the second layer, and never sees that the first is small or large."""
    stds, means, faults = run["stds"], run["means"], []
    for i in range(len(stds)):
        if abs(means[i]) > 2 * stds[i]:
            faults.append((i, "shifted"))
        elif i > 0:
            ratio = stds[i] / np.hypot(stds[i - 1], means[i - 1])
            if ratio < 0.25:
                faults.append((i, "small"))
            elif ratio > 4:
                faults.append((i, "large"))
    return faults


def find_scale_faults__absolute_mean(run):
    """It calls a layer shifted when its mean is beyond 1, not when it is large compared with its standard deviation."""
    faults, before = [], 1.0
    for i, (s, m) in enumerate(zip(run["stds"], run["means"], strict=True)):
        if abs(m) > 1:
            faults.append((i, "shifted"))
        elif s / before < 0.25:
            faults.append((i, "small"))
        elif s / before > 4:
            faults.append((i, "large"))
        before = np.hypot(s, m)
    return faults


def find_scale_faults__twice(run):
    """It counts the mean into a layer's own size as well, and calls a shifted layer large besides."""
    faults, before = [], 1.0
    for i, (s, m) in enumerate(zip(run["stds"], run["means"], strict=True)):
        size = np.hypot(s, m)
        if size / before < 0.25:
            faults.append((i, "small"))
        if size / before > 4:
            faults.append((i, "large"))
        if abs(m) > 2 * s:
            faults.append((i, "shifted"))
        before = size
    return faults


def find_scale_faults__mean_not_squared(run):
    """After a shifted layer the mean is taken, but not squared: what the next layer gets has the wrong size."""
    faults, got = [], 1.0
    for i, (s, m) in enumerate(zip(run["stds"], run["means"])):
        r = s / math.sqrt(2 * got)
        if m > s:
            faults.append((i, "shifted"))
        elif r < 0.25:
            faults.append((i, "small"))
        elif r > 4:
            faults.append((i, "large"))
        got = s * s + abs(m) if m > s else s * s / 2
    return faults
