"""Right answers to find_scale_faults."""

import math

import numpy as np


def find_scale_faults__normal_formula(run):
    """The exact mean square of the rectified normal distribution of the layer before."""
    faults, square = [], 1.0
    for i, (s, m) in enumerate(zip(run["stds"].tolist(), run["means"].tolist())):
        factor = s / math.sqrt(2 * square)
        if abs(m) > 1.5 * s:
            faults.append((i, "shifted"))
        elif factor > 3.3:
            faults.append((i, "large"))
        elif factor < 0.3:
            faults.append((i, "small"))
        t = m / s
        square = (m * m + s * s) * (1 + math.erf(t / 2**0.5)) / 2 + m * s * math.exp(-t * t / 2) / math.sqrt(
            2 * math.pi
        )
    return faults


def find_scale_faults__logarithms(run):
    """All at once, in logarithms to the base of the fault's factor."""
    s, m = np.array(run["stds"], dtype=float), np.array(run["means"], dtype=float)
    shifted = np.abs(m) > 2 * s
    out = np.where(shifted, m**2 + s**2, s**2 / 2)
    into = np.r_[1.0, out[:-1]]
    power = np.rint(np.log(s / np.sqrt(2 * into)) / np.log(np.sqrt(128)))
    names = np.where(shifted, "shifted", np.where(power < 0, "small", np.where(power > 0, "large", "")))
    return [(i, str(name)) for i, name in enumerate(names) if name]


def find_scale_faults__shifted_first(run):
    """Finds the shifted ones first, then the others, and sorts at the end."""
    s, m = run["stds"], run["means"]
    faults = [(i, "shifted") for i in range(len(s)) if m[i] / s[i] > 1.5]
    heavy = {i for i, _ in faults}
    for i in set(range(len(s))) - heavy:
        if i == 0:
            expected = np.sqrt(2)
        elif i - 1 in heavy:
            expected = np.sqrt(2) * np.hypot(m[i - 1], s[i - 1])
        else:
            expected = s[i - 1]
        if s[i] < expected / 4:
            faults.append((i, "small"))
        if s[i] > expected * 4:
            faults.append((i, "large"))
    return sorted(faults)


def find_scale_faults__lists_of_numpy(run):
    """Pairs with NumPy integers, the names chosen by np.select."""
    s, m = run["stds"], run["means"]
    heavy = m > s
    expected = np.sqrt(2) * np.ones_like(s)
    expected[1:] = np.where(heavy, np.sqrt(2) * np.sqrt(m**2 + s**2), s)[:-1]
    kinds = np.select([heavy, s < 0.3 * expected, s > 3 * expected], ["shifted", "small", "large"], "")
    return [(i, kinds[i]) for i in np.flatnonzero(kinds != "")]


def find_scale_faults__gaussian(run):
    """It works out the mean square of ReLU's output for a normal z with this mean, and He's size of the next layer."""
    faults, received = [], 1.0
    for layer in range(len(run["stds"])):
        s, m = float(run["stds"][layer]), float(run["means"][layer])
        ratio = s / math.sqrt(2 * received)
        if m > 1.5 * s:
            faults.append((layer, "shifted"))
        elif ratio < 1 / 4:
            faults.append((layer, "small"))
        elif ratio > 4:
            faults.append((layer, "large"))
        t = m / s
        below = 0.5 * (1 + math.erf(t / math.sqrt(2)))
        density = math.exp(-t * t / 2) / math.sqrt(2 * math.pi)
        received = (m * m + s * s) * below + m * s * density
    return faults


def find_scale_faults__arrays(run):
    """Without a loop over the rules: logarithms of the ratios to the rms size before, rounded to powers of 16."""
    stds, means = np.asarray(run["stds"]), np.asarray(run["means"])
    before = np.concatenate([[1.0], np.sqrt(stds**2 + means**2)[:-1]])
    power = np.rint(np.log(stds / before) / np.log(16)).astype(int)
    names = np.where(means > 2 * stds, "shifted", np.where(power < 0, "small", np.where(power > 0, "large", "")))
    return [(int(i), str(names[i])) for i in np.flatnonzero(names != "")]
