"""The judge of Monte-Carlo dropout: a network of few hidden units has few masks, so all that is expected is known.

Copies of one sample that stand in a batch get masks of their own, so that their means show expectation and spread.
"""

import itertools

import numpy as np

from autograder.compare import Difference
from autograder.exercises.regularization._random_masks import number_or_array

SIGMAS = 5.5  # a rare class is skewed: beyond 4.5 standard errors lies one mean in some thousands
FEWEST = 300  # copies of a sample, whose means say something
CLOSE = 1e-6  # of probabilities and entropies, absolutely: also what is added below a logarithm may be as much
BELOW_LOGARITHMS = (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0)  # added there, so that it is never that of 0
BROAD = 6.0  # standard errors within which a known mistake is recognised


def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def entropy_of(p):
    return -np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=-1)


def _close(got, expected) -> bool:
    return bool((np.abs(got - expected) <= CLOSE * (1 + np.abs(expected))).all())


def judge(inputs, value) -> Difference | None:
    """What is wrong with the mean and the entropy, for the inputs of ``mc_dropout_predict``."""
    x, params = np.asarray(inputs["x"], dtype=float), inputs["params"]
    if not isinstance(value, tuple | list) or len(value) != 2:
        return Difference("type", "the result should be two arrays, mean and entropy")
    mean, entropy = value
    n, n_classes = len(x), len(params["b2"])
    problem = number_or_array(mean, (n, n_classes), "mean") or number_or_array(entropy, (n,), "entropy")
    if problem:
        return problem
    mean, entropy = np.array(mean, dtype=float), np.array(entropy, dtype=float)
    return (
        _probabilities(mean, inputs["n_passes"])
        or _expected(x, params, inputs["p_drop"], inputs["n_passes"], mean)
        or _entropy(mean, entropy)
    )


def _probabilities(mean, n_passes) -> Difference | None:
    sums = mean.sum(axis=1)
    if (mean >= 0).all() and _close(sums, 1):
        return None
    factors = {"sum": n_passes, "divided by T - 1": n_passes / max(n_passes - 1, 0.5), "one pass too few": 0}
    factors |= {"divided twice": 1 / n_passes, "divided by T + 1": n_passes / (n_passes + 1)}
    factors["one pass too few"] = (n_passes - 1) / n_passes
    known = next((name for name, f in factors.items() if _close(sums, f)), "other")
    if _close(mean.sum(axis=0), 1):
        known = "over the batch"
    elif (mean < 0).any():
        known = "negative"
    text = f"the probabilities of a sample should add up to 1, and those of the first add up to {sums[0]:.4g}"
    return Difference(f"sum of mean: {known}", text)


def _entropy(mean, entropy) -> Difference | None:
    right = entropy_of(mean)
    if _close(entropy, right):
        return None
    n_classes = mean.shape[1]
    factors = {"in bits": 1 / np.log(2), "negative": -1.0, "a share of ln K": 1 / np.log(max(n_classes, 2))}
    factors |= {"averaged over the classes": 1 / n_classes, "base 10": 1 / np.log(10), "negative bits": -1 / np.log(2)}
    known = next((what for what, factor in factors.items() if _close(entropy, factor * right)), "")
    if not known and _close(entropy, mean.std(axis=1)):
        known = "std over the classes"
    if not known and _close(entropy, 1 - mean.max(axis=1)):
        known = "one minus the largest"
    with np.errstate(all="ignore"):
        if not known and any(_close(entropy, -np.sum(mean * np.log(mean + more), axis=1)) for more in BELOW_LOGARITHMS):
            known = "something below the logarithm"
    known = known or ("too small" if np.all(entropy <= right + CLOSE) else "other")
    number = int(np.argmax(np.abs(entropy - right)))
    text = (
        f"of sample {number} it is {entropy[number]:.4g}, where that of the mean probabilities is {right[number]:.4g}"
    )
    return Difference(f"entropy: {known}", f"the entropy is not that of the mean, in nats: {text}")


def _expected(x, params, p, n_passes, mean) -> Difference | None:
    """Whether the means of many copies of a sample are spread around what is expected as they should be."""
    if p == 0:
        right = _passes(x, params, 0.0, [np.ones(len(params["b1"]))])[0]
        if not _close(mean, right):
            return Difference("without dropout", "at p_drop = 0 the mean should be that of the network without dropout")
        return None
    others = np.arange(len(x))
    while len(others) >= FEWEST:
        same = (x[others] == x[others[0]]).all(axis=1)
        copies = mean[others[same]]
        problem = _of_copies(x[others[0]], params, p, n_passes, copies) if len(copies) >= FEWEST else None
        if problem:
            return problem
        others = others[~same]
    return None


def _of_copies(sample, params, p, n_passes, copies) -> Difference | None:
    center, variance, fourth = _moments(_all_passes(sample, params, p), n_passes)
    n, scatter = len(copies), np.mean((copies - center) ** 2, axis=0)
    if (np.ptp(copies, axis=0) < CLOSE).all():
        eval_mode = _passes(sample, params, 0.0, [np.ones(len(params["b1"]))])[0]
        known = "without dropout" if _close(copies[0], eval_mode) else "one mask for all samples"
        return Difference(known, f"all of {n} equal samples get the same mean: they should have masks of their own")
    if (np.abs(copies.mean(axis=0) - center) > SIGMAS * np.sqrt(variance / n) + CLOSE).any():
        known = _known(sample, params, p, n_passes, copies)
        found = copies.mean(axis=0)
        k = int(np.argmax(np.abs(found - center)))
        text = f"on average over {n} equal samples, class {k} should have {center[k]:.3g}, and has {found[k]:.3g}"
        return Difference(f"mean: {known}", text)
    if (np.abs(scatter - variance) > SIGMAS * np.sqrt((fourth - variance**2) / n) + CLOSE).any():
        times = float(np.median(scatter[variance > CLOSE] / variance[variance > CLOSE]))
        candidates = {"one mask for all passes": n_passes, "one pass more": n_passes / (n_passes + 1)}
        known = min(candidates, key=lambda name: abs(np.log(times / candidates[name])))
        more = "more" if times > 1 else "less"
        text = f"means over {n_passes} passes with new masks vary {more} than that, by {times:.3g} times the variance"
        return Difference(f"spread: {known if abs(np.log(times / candidates[known])) < 0.2 else more}", text)
    return None


def _moments(weighted, n_passes):
    """Expectation of the mean over passes, and the second and fourth moments about it."""
    weights, passes = weighted
    center = weights @ passes
    second, fourth = weights @ (passes - center) ** 2, weights @ (passes - center) ** 4
    t = n_passes
    return center, second / t, fourth / t**3 + 3 * (t - 1) / t**3 * second**2


def _masks(n, p):
    """All masks of n entries with their probabilities."""
    masks = np.array(list(itertools.product((0.0, 1.0), repeat=n)))
    return np.prod(np.where(masks == 0, p, 1 - p), axis=1), masks


def _passes(x, params, p, masks):
    hidden = np.maximum(x @ params["w1"] + params["b1"], 0)
    return np.stack([softmax(hidden * mask / (1 - p) @ params["w2"] + params["b2"]) for mask in masks])


def _all_passes(sample, params, p):
    weights, masks = _masks(len(params["b1"]), p)
    return weights, _passes(sample, params, p, masks)


def _logits(hidden, params):
    return hidden @ params["w2"] + params["b2"]


def _known(x, params, p, n_passes, copies) -> str:
    """The mistake whose expected mean is nearest, if it lies within the errors."""
    found = copies.mean(axis=0)
    error = BROAD * copies.std(axis=0) / np.sqrt(len(copies)) + CLOSE
    far = {name: np.max(np.abs(found - mean) / error) for name, mean in _wrong_means(x, params, p, n_passes)}
    nearest = min(far, key=far.get)
    return nearest if far[nearest] <= 1 else "other"


def _wrong_means(x, params, p, n_passes):
    h, n = x @ params["w1"] + params["b1"], len(params["b1"])
    hidden, n_classes = np.maximum(h, 0), len(params["b2"])
    weights, masks = _masks(n, p)
    kept = masks / (1 - p)
    yield "not rescaled", weights @ softmax(_logits(hidden * masks, params))
    yield "labels", weights @ np.eye(n_classes)[_logits(hidden * kept, params).argmax(axis=1)]
    yield "divided by p_drop", weights @ softmax(_logits(hidden * masks / p, params))
    exchanged, _ = _masks(n, 1 - p)
    yield "kept with p_drop", exchanged @ softmax(_logits(hidden * kept, params))
    yield "kept with p_drop, divided by it", exchanged @ softmax(_logits(hidden * masks / p, params))
    yield "without ReLU", weights @ softmax(_logits(h * kept, params))
    yield "before the bias", weights @ softmax(_logits(np.maximum((x @ params["w1"]) * kept + params["b1"], 0), params))
    several = np.array(list(itertools.product(range(len(masks)), repeat=n_passes)))
    logits = _logits(hidden * kept, params)
    yield "logits", np.prod(weights[several], axis=1) @ softmax(logits[several].mean(axis=1))
    in_weights, in_masks = _masks(len(x), p)
    first = np.maximum(x * in_masks / (1 - p) @ params["w1"] + params["b1"], 0)
    yield "on the input", in_weights @ softmax(_logits(first, params))
    both = softmax(_logits(first[:, None] * kept, params))
    yield "on the input, too", np.einsum("i,j,ijk->k", in_weights, weights, both)
    out_weights, out_masks = _masks(n_classes, p)
    yield "on the logits", out_weights @ softmax(_logits(hidden, params) * out_masks / (1 - p))
    both = softmax(logits[:, None] * out_masks / (1 - p))
    yield "on the logits, too", np.einsum("i,j,ijk->k", weights, out_weights, both)
    yield "half", np.full(len(weights), 1 / len(weights)) @ softmax(_logits(hidden * kept, params))
    yield "whole layers", (1 - p) * softmax(_logits(hidden / (1 - p), params)) + p * softmax(params["b2"])
    yield "probabilities exponentiated", weights @ softmax(softmax(logits))
