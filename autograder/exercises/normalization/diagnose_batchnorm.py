"""Debug a batch norm that is good in training and bad in evaluation. The fault is planted by the seed."""

import numpy as np

from autograder.domain import Given
from autograder.draw import either_sign
from autograder.exercise import Call, Exercise

HEALTHY, FROZEN, REVERSED, STD = "healthy", "frozen", "reversed", "std"
BATCH, UNSCALED = "batch", "unscaled"
KEEP, EPS = 0.9, 1e-5
RTOL = 1e-6  # what is computed in the right way differs by rounding alone


def diagnose_batchnorm(record):
    return _diagnose(record)


def _diagnose(record, overlooks=(), keep=KEEP, start=(0.0, 1.0), ddof=0, is_frozen=None, is_bare=None, is_batch=None):
    """The reference, or without one of its questions, or with another in its place."""
    state = record["mean"], record["var"]
    is_bare, is_batch = is_bare or _is_bare, is_batch or _is_batch
    found = {
        FROZEN: (is_frozen or _near)(state, (0.0, 1.0)),
        REVERSED: _near(state, _running(record, 1 - keep, start, ddof)),
        STD: _near(state, _running(record, keep, start, ddof, root=True)),
        UNSCALED: is_bare(record),
        BATCH: is_batch(record),
    }
    return next((cause for cause, is_it in found.items() if is_it and cause not in overlooks), HEALTHY)


def _near(pair, expected, rtol=RTOL) -> bool:
    return all(np.all(np.abs(a - b) <= rtol * (1 + np.abs(b))) for a, b in zip(pair, expected, strict=True))


def _running(record, keep, start=(0.0, 1.0), ddof=0, root=False):
    """The running statistics after all batches, by the rule that keeps so much of the old ones."""
    batches = record["batches"]
    left = keep ** np.arange(len(batches), -1, -1.0)  # of the start, and of each batch
    spreads = batches.std(axis=1, ddof=ddof) if root else batches.var(axis=1, ddof=ddof)
    return tuple(
        left[0] * first + (1 - keep) * left[1:] @ of_batches
        for first, of_batches in zip(start, (batches.mean(axis=1), spreads), strict=True)
    )


def _normalized(x, mean, var):
    return (x - mean) / np.sqrt(var + EPS)


def _by_itself(record):
    x = record["x"]
    return record["gamma"] * _normalized(x, x.mean(axis=0), x.var(axis=0)) + record["beta"]


def _is_bare(record):
    return _near([record["out"]], [_normalized(record["x"], record["mean"], record["var"])])


def _is_batch(record):
    return _near([record["out"]], [_by_itself(record)])


exercise = Exercise(
    name="diagnose_batchnorm",
    unit="normalization",
    points=2,
    reference=diagnose_batchnorm,
    takes={"record": Given(lambda rng, others: _record(rng, STD), kept=True)},
    hints=(
        "You have all batches in their order. What should the running statistics be after them? Can a loop of three "
        "lines work it out?",
        "Which three of the six words speak of the running statistics, and what would these be in each of the three?",
        "When the running statistics are right, which two things may still be wrong with out, and what would out be in "
        "each of the two?",
        "Batches may be few, or change with time, and x may look unlike them all. What do you have to compare, so that "
        "none of that matters?",
    ),
    part="core",
    minutes=15,
    difficulty=3,
    reasoning=(
        "Each fault makes a number that can be computed from the batches and x, so it need not be guessed at: run "
        "through the batches by the right rule and by the wrong ones, and see which state is the one recorded. Where "
        "it is the right one, do the same with out."
    ),
)


def _record(
    rng, cause=HEALTHY, n_batches=20, c=3, m=6, spread=(3.0, 0.4, 1.7), away=2.0, drift=0.0, shift=0.0, plain=0
):
    """What is known of a layer with that fault.

    Parameters
    ----------
    away : the mean of the features, in units of their spread; ``shift``, how far x lies from that.
    drift : by how much the mean moves from one batch to the next, in the same units.
    plain : the number of features whose gamma is 1 and whose beta is 0.
    """
    spread, sign = np.array(spread[:c]), rng.choice([-1, 1], c)
    batches = rng.normal(size=(n_batches, 8, c)) + away * sign + drift * sign * np.arange(n_batches)[:, None, None]
    x = rng.normal(size=(m, c))
    x = (x - x.mean(axis=0)) / (x.std(axis=0) + (m == 1)) + (away + drift * n_batches + shift) * sign
    record = {"batches": (spread * batches).round(3), "x": (spread * x).round(3)}
    mean, var = {
        FROZEN: (np.zeros(c), np.ones(c)),
        REVERSED: _running(record, 1 - KEEP),
        STD: _running(record, KEEP, root=True),
    }.get(cause, _running(record, KEEP))
    gamma, beta = either_sign(rng, c, 2.2, 3.0), either_sign(rng, c, 0.4, 0.9)
    gamma[:plain], beta[:plain] = 1.0, 0.0
    record |= {"mean": mean, "var": var, "gamma": gamma, "beta": beta}
    xhat = _normalized(record["x"], mean, var)
    out = {UNSCALED: xhat, BATCH: _by_itself(record)}.get(cause, gamma * xhat + beta)
    return record | {"out": out}


def _calls(rng, *causes, **setting) -> list[Call]:
    return [Call({"record": _record(rng, cause, **setting)}, f"the answer is {cause}") for cause in causes]


@exercise.case("the running statistics were never updated")
def frozen(rng):
    return _calls(rng, FROZEN, HEALTHY)


@exercise.case("the running statistics are nearly those of the last batch")
def reversed_momentum(rng):
    return _calls(rng, REVERSED, HEALTHY, drift=0.2)


@exercise.case("the running variance holds standard deviations")
def deviations(rng):
    return _calls(rng, STD, HEALTHY, spread=(1.0, 0.4, 1.7))


@exercise.case("evaluation uses the statistics of its own batch")
def own_batch(rng):
    return [*_calls(rng, BATCH, HEALTHY, shift=2.0), *_calls(rng, BATCH, HEALTHY, m=1)]


@exercise.case("evaluation leaves gamma and beta out")
def unscaled(rng):
    return [*_calls(rng, UNSCALED, HEALTHY, plain=2), *_calls(rng, UNSCALED, HEALTHY, shift=2.0)]


@exercise.case("few batches, after which the running statistics are still near those of the start")
def few_batches(rng):
    return _calls(rng, HEALTHY, STD, REVERSED, n_batches=3)


@exercise.case("features of mean 0 and variance 1, for which the start is right already")
def standard(rng):
    return _calls(rng, HEALTHY, FROZEN, STD, spread=(1.0, 1.0, 1.0), away=0.0)


@exercise.case("batches that change with time, and an x that is unlike them")
def drifting(rng):
    return _calls(rng, HEALTHY, UNSCALED, REVERSED, drift=0.3, shift=4.0)


@exercise.misconception
def always_healthy(record):
    """The answer is always healthy. Compare the running statistics, and then out, with what they should be."""
    return HEALTHY


@exercise.misconception
def overlooks_the_output(record):
    """Faults of the evaluation are not found. The running statistics may be right, and out still be wrong: work out
    what it should be."""
    return _diagnose(record, (BATCH, UNSCALED))


@exercise.misconception
def overlooks_the_state(record):
    """Faults of the running statistics are not found. out agrees with them, whatever they are: work out what they
    should be after all batches."""
    return _diagnose(record, (FROZEN, REVERSED, STD))


@exercise.misconception
def overlooks_frozen(record):
    """Running statistics that were never updated are not found. They are still exactly 0 and 1."""
    return _diagnose(record, (FROZEN,))


@exercise.misconception
def overlooks_reversed(record):
    """Running statistics that keep a tenth of their old value are not found. They are nearly those of the last batch,
    but a tenth of what was there before is left in them."""
    return _diagnose(record, (REVERSED,))


@exercise.misconception
def overlooks_std(record):
    """A running variance of standard deviations is not found. The running mean is right there: look at the variance as
    well. It is a running mean of standard deviations, which is not the root of the running variance."""
    return _diagnose(record, (STD,))


@exercise.misconception
def overlooks_batch(record):
    """An evaluation by the statistics of its own batch is not found. out is then gamma * xhat + beta with the xhat of
    x by itself, so that each column of out has the mean beta."""
    return _diagnose(record, (BATCH,))


@exercise.misconception
def overlooks_unscaled(record):
    """An evaluation without gamma and beta is not found. out is then (x - mean) / sqrt(var + eps) alone."""
    return _diagnose(record, (UNSCALED,))


@exercise.misconception
def nearly_the_start_is_frozen(record):
    """A healthy layer counts as never updated, because its running statistics are near 0 and 1. Those of such data are,
    and after few batches those of any: never updated means exactly 0 and 1."""
    return _diagnose(record, is_frozen=lambda state, start: _near(state, start, rtol=0.4))


@exercise.misconception
def far_from_the_batches_is_frozen(record):
    """A healthy layer counts as never updated, because its running statistics are far from those of the batches. After
    a few they still hold much of 0 and 1, and where the data change with time they lag behind."""
    x = record["batches"].reshape(-1, record["batches"].shape[-1])
    return _diagnose(
        record, is_frozen=lambda state, start: np.any(np.abs(state[0] - x.mean(axis=0)) > 0.8 * x.std(axis=0))
    )


@exercise.misconception
def momentum_the_other_way(record):
    """Layers whose momentum is reversed count as healthy, and healthy ones as reversed. A healthy one keeps 0.9 of the
    old value, and takes 0.1 of the new one."""
    return _diagnose(record, keep=1 - KEEP)


@exercise.misconception
def starts_elsewhere(record):
    """Layers with a fault of the running statistics count as healthy: the loop over the batches begins with the
    variance 0, or with the statistics of the first batch. It begins with the mean 0 and the variance 1."""
    return _diagnose(record, start=(0.0, 0.0))


@exercise.misconception
def divides_by_n_minus_one(record):
    """Faults of the running statistics count as healthy, since what you expect of them never comes out. Go through
    three batches by hand: do you take in all of them, over the samples, with variances that divide by N?"""
    return _diagnose(record, ddof=1)


def _by_elimination(record, keep=KEEP, start=(0.0, 1.0), ddof=0):
    """What does not come out by the right rule has the fault that shows there: the mean, the variance, then out."""
    state, (mean, var) = (record["mean"], record["var"]), _running(record, keep, start, ddof)
    if _near(state, (0.0, 1.0)):
        return FROZEN
    if not _near(state[:1], [mean]):
        return REVERSED
    if not _near(state[1:], [var]):
        return STD
    return UNSCALED if _is_bare(record) else BATCH if _is_batch(record) else HEALTHY


@exercise.misconception
def other_variances_taken_for_std(record):
    """Healthy layers count as std, because your own running variance is another: the variances of your batches divide
    by N - 1, or your loop begins with the variance 0. They divide by N, and it begins with 1."""
    return _by_elimination(record, ddof=1)


@exercise.misconception
def first_batch_taken_for_reversed(record):
    """Healthy layers count as reversed, since your running mean is another. It begins with 0 and not with the first
    batch, takes in every batch, with its mean over the samples, and is not the plain mean of all."""
    first = record["batches"][0]
    return _by_elimination(record, start=(first.mean(axis=0), first.var(axis=0)))


@exercise.misconception
def every_other_mean_is_reversed(record):
    """Every layer that was updated counts as reversed or std: your loop keeps a tenth of the old value at each batch. A
    healthy layer keeps nine tenths."""
    return _by_elimination(record, keep=1 - KEEP)


@exercise.misconception
def standard_looking_is_unscaled(record):
    """A missing gamma and beta is not found, or found where nothing is wrong, since out is asked for mean 0 and
    variance 1. It has those where x is like the batches, and gamma is near 1: compare it with (x - mean) / sqrt(var +
    eps)."""
    out = record["out"]
    return _diagnose(
        record, is_bare=lambda _: np.all(abs(out.mean(axis=0)) < 1.5) and np.all(abs(out.std(axis=0) - 1) < 0.6)
    )


@exercise.misconception
def one_plain_feature_is_unscaled(record):
    """A healthy layer counts as unscaled, because one of its features is. Its gamma may be 1 and its beta 0: ask for
    all features."""
    xhat = _normalized(record["x"], record["mean"], record["var"])
    return _diagnose(record, is_bare=lambda record: np.any(np.abs(record["out"] - xhat) < 1e-6))


@exercise.misconception
def unlike_beta_is_batch(record):
    """A healthy layer counts as one that uses its own batch, because the mean of out is not beta. That is as it should
    be where x is unlike the training data; by its own statistics the mean of out is beta."""
    return _diagnose(record, is_batch=lambda record: np.any(_off_beta(record) > 1.5))


@exercise.misconception
def roughly_beta_is_batch(record):
    """A healthy layer counts as one that uses its own batch, because the mean of out is near beta. Where x is like the
    training data it always is: by its own statistics it is exactly beta."""
    return _diagnose(record, is_batch=lambda _: np.all(_off_beta(record) <= 1.5))


def _off_beta(record):
    return np.abs(record["out"].mean(axis=0) - record["beta"])


def _renamed(cause, **names):
    return names.get(cause, cause)


@exercise.misconception
def frozen_for_reversed(record):
    """frozen and reversed stand in each other's places. frozen is what has never been updated."""
    return _renamed(_diagnose(record), frozen=REVERSED, reversed=FROZEN)


@exercise.misconception
def batch_for_unscaled(record):
    """batch and unscaled stand in each other's places. unscaled is what leaves gamma and beta out."""
    return _renamed(_diagnose(record), batch=UNSCALED, unscaled=BATCH)


@exercise.misconception
def batch_for_reversed(record):
    """batch and reversed stand in each other's places. reversed is what has gone wrong in training, with the weight of
    the old running statistics; batch goes wrong in evaluation."""
    return _renamed(_diagnose(record), batch=REVERSED, reversed=BATCH)


@exercise.misconception
def all_causes(record):
    """A list is returned. There is one cause: return its word alone."""
    return [_diagnose(record)]


@exercise.equivalent
def nearest_state(record):
    batches, start = record["batches"], np.stack([np.zeros_like(record["mean"]), np.ones_like(record["var"])])
    states = {"frozen": start}
    for word, keep, power in (("healthy", 0.9, 1.0), ("reversed", 0.1, 1.0), ("std", 0.9, 0.5)):
        state = start
        for batch in batches:
            state = keep * state + (1 - keep) * np.stack([batch.mean(0), batch.var(0) ** power])
        states[word] = state
    got = np.stack([record["mean"], record["var"]])
    word = min(states, key=lambda word: np.abs(states[word] - got).max())
    if word != "healthy":
        return word
    xhat = (record["x"] - got[0]) / np.sqrt(got[1] + 1e-5)
    own = record["x"] - record["x"].mean(0)
    own = own / np.sqrt((own**2).mean(0) + 1e-5)
    outs = {"healthy": record["gamma"] * xhat + record["beta"], "unscaled": xhat}
    outs["batch"] = record["gamma"] * own + record["beta"]
    return min(outs, key=lambda word: np.linalg.norm(outs[word] - record["out"]))


@exercise.equivalent
def by_weights(record):
    mean, var, n = record["mean"], record["var"], len(record["batches"])
    if (mean == 0).all() and (var == 1).all():
        return "frozen"
    weights = 0.1 * 0.9 ** np.arange(n)[::-1]
    means, variances = record["batches"].mean(axis=1), record["batches"].var(axis=1)
    if not np.allclose(mean, weights @ means):
        return "reversed"
    if not np.allclose(var, weights @ variances + 0.9**n):
        return "std"
    x, out = record["x"], record["out"]
    if np.allclose(out, (x - mean) / np.sqrt(var), rtol=1e-3, atol=1e-3):
        return "unscaled"
    return "batch" if np.allclose(out.mean(axis=0), record["beta"]) else "healthy"
