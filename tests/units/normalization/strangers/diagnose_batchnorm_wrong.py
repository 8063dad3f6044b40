"""Wrong answers to diagnose_batchnorm."""

import numpy as np


def _after(batches, keep=0.9, spread=np.var, start=1.0):
    mean, var = np.zeros(batches.shape[2]), np.full(batches.shape[2], start)
    for batch in batches:
        mean = keep * mean + (1 - keep) * batch.mean(axis=0)
        var = keep * var + (1 - keep) * spread(batch, axis=0)
    return mean, var


def _same(a, b):
    return all(np.allclose(p, q, rtol=1e-5, atol=1e-8) for p, q in zip(a, b, strict=True))


def _evaluation(record):
    x, out, gamma, beta = (record[key] for key in ("x", "out", "gamma", "beta"))
    xhat = (x - record["mean"]) / np.sqrt(record["var"] + 1e-5)
    own = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
    if np.allclose(out, gamma * xhat + beta):
        return "healthy"
    if np.allclose(out, gamma * own + beta):
        return "batch"
    return "unscaled"


def diagnose_batchnorm__zero_is_frozen(record):
    """Whatever has a running mean near 0 is called frozen, also when the data have the mean 0."""
    recorded = record["mean"], record["var"]
    if np.abs(record["mean"]).max() < 0.5:
        return "frozen"
    if _same(recorded, _after(record["batches"], 0.1)):
        return "reversed"
    if _same(recorded, _after(record["batches"], spread=np.std)):
        return "std"
    return _evaluation(record)


def diagnose_batchnorm__root_at_the_end(record):
    """For std the recorded variance is compared with the root of the right running variance, not with the running mean of standard deviations."""
    mean, var = _after(record["batches"])
    recorded = record["mean"], record["var"]
    if _same(recorded, (np.zeros(len(mean)), np.ones(len(mean)))):
        return "frozen"
    if _same(recorded, _after(record["batches"], 0.1)):
        return "reversed"
    if _same(recorded, (mean, np.sqrt(var))):
        return "std"
    return _evaluation(record)


def diagnose_batchnorm__mean_of_all(record):
    """The right statistics are taken to be the plain averages over all batches, and everything else that is neither frozen nor std is called reversed."""
    batches = record["batches"]
    mean, var = batches.mean(axis=(0, 1)), batches.var(axis=1).mean(axis=0)
    if not record["mean"].any():
        return "frozen"
    if np.allclose(record["var"], batches.std(axis=1).mean(axis=0), rtol=0.05):
        return "std"
    if not (np.allclose(record["mean"], mean, rtol=0.05, atol=0.05) and np.allclose(record["var"], var, rtol=0.05)):
        return "reversed"
    return _evaluation(record)


def diagnose_batchnorm__mean_only(record):
    """Of the running statistics only the mean is looked at, so std is never found."""
    if not record["mean"].any():
        return "frozen"
    if np.allclose(record["mean"], _after(record["batches"], 0.1)[0]):
        return "reversed"
    if not np.allclose(record["mean"], _after(record["batches"])[0]):
        return "std"
    return _evaluation(record)


def diagnose_batchnorm__batch_unscaled(record):
    """For batch, out is compared with xhat by the statistics of x without gamma and beta, so batch is never found."""
    x, out, gamma, beta = (record[key] for key in ("x", "out", "gamma", "beta"))
    recorded = record["mean"], record["var"]
    zeros, ones = np.zeros(len(gamma)), np.ones(len(gamma))
    for word, values in [
        ("frozen", (zeros, ones)),
        ("reversed", _after(record["batches"], 0.1)),
        ("std", _after(record["batches"], spread=np.std)),
    ]:
        if _same(recorded, values):
            return word
    xhat = (x - record["mean"]) / np.sqrt(record["var"] + 1e-5)
    if np.allclose(out, (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)):
        return "batch"
    if np.allclose(out, xhat):
        return "unscaled"
    return "healthy"


def diagnose_batchnorm__variance_from_zero(record):
    """The running variances it compares with begin at 0 and not at 1, so that reversed and std are not recognized after few batches."""
    recorded = record["mean"], record["var"]
    zeros = np.zeros(len(record["gamma"]))
    if _same(recorded, (zeros, zeros + 1)):
        return "frozen"
    if _same(recorded, _after(record["batches"], 0.1, start=0.0)):
        return "reversed"
    if _same(recorded, _after(record["batches"], spread=np.std, start=0.0)):
        return "std"
    return _evaluation(record)


def diagnose_batchnorm__never_looks_at_out(record):
    """If the running statistics are right it says healthy and never compares out with what should come out."""
    recorded = record["mean"], record["var"]
    zeros = np.zeros(len(record["gamma"]))
    if _same(recorded, (zeros, zeros + 1)):
        return "frozen"
    if _same(recorded, _after(record["batches"], 0.1)):
        return "reversed"
    if _same(recorded, _after(record["batches"], spread=np.std)):
        return "std"
    return "healthy"


def diagnose_batchnorm__overwrites_record(record):
    """The recursion is run in the record's own arrays, which it overwrites, after the three words for the statistics have been tried on a copy."""
    recorded = record["mean"].copy(), record["var"].copy()
    zeros = np.zeros(len(record["gamma"]))
    tries = [
        ("frozen", (zeros, zeros + 1)),
        ("reversed", _after(record["batches"], 0.1)),
        ("std", _after(record["batches"], spread=np.std)),
    ]
    for word, values in tries:
        if _same(recorded, values):
            return word
    record["mean"][:], record["var"][:] = 0, 1
    for batch in record["batches"]:
        record["mean"] *= 0.9
        record["mean"] += 0.1 * batch.mean(axis=0)
        record["var"] *= 0.9
        record["var"] += 0.1 * batch.var(axis=0)
    return _evaluation(record)


def diagnose_batchnorm__too_tolerant(record):
    """The tolerance of the comparisons is so wide (0.5) that a fault is taken for healthy when its numbers are not far off."""
    x, out, gamma, beta = (record[key] for key in ("x", "out", "gamma", "beta"))
    mean, var = _after(record["batches"])
    xhat = (x - mean) / np.sqrt(var + 1e-5)
    own = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)
    if np.allclose(record["mean"], mean, rtol=0, atol=0.5) and np.allclose(record["var"], var, rtol=0.5, atol=0.5):
        if np.allclose(out, gamma * xhat + beta, rtol=0, atol=0.5):
            return "healthy"
        return "batch" if np.allclose(out, gamma * own + beta, rtol=0, atol=0.5) else "unscaled"
    if np.allclose(record["mean"], 0) and np.allclose(record["var"], 1):
        return "frozen"
    if np.allclose(record["mean"], mean, rtol=0, atol=0.5):
        return "std"
    return "reversed"


def diagnose_batchnorm__wrong_axis(record):
    """The statistics of the batches are taken over all of T and N axes mixed up: over the features of each sample."""
    mean, var = np.zeros_like(record["mean"], dtype=float), np.ones_like(record["var"], dtype=float)
    for batch in record["batches"]:
        mean = 0.9 * mean + 0.1 * batch.mean(axis=1).mean()
        var = 0.9 * var + 0.1 * batch.var(axis=1).mean()
    if np.allclose(record["mean"], 0):
        return "frozen"
    if not np.allclose(record["mean"], mean):
        return "reversed"
    if not np.allclose(record["var"], var):
        return "std"
    return "healthy"


def _normal(x, mean, var, gamma=1.0, beta=0.0):
    return gamma * (x - mean) / np.sqrt(var + 1e-5) + beta


def diagnose_batchnorm__stops_before_the_last_batch(record):
    """The loop stops before the last batch, so no recorded statistics ever agree."""
    r = record
    b = r["batches"]
    mean, var, sd, mean_r = 0.0, 1.0, 1.0, 0.0
    for t in range(len(b) - 1):
        mean = 0.9 * mean + 0.1 * b[t].mean(axis=0)
        var = 0.9 * var + 0.1 * b[t].var(axis=0)
        sd = 0.9 * sd + 0.1 * b[t].std(axis=0)
        mean_r = 0.1 * mean_r + 0.9 * b[t].mean(axis=0)
    if np.allclose(r["mean"], 0) and np.allclose(r["var"], 1):
        return "frozen"
    if np.allclose(r["mean"], mean_r):
        return "reversed"
    if np.allclose(r["mean"], mean) and np.allclose(r["var"], sd):
        return "std"
    if np.allclose(r["out"], _normal(r["x"], r["x"].mean(0), r["x"].var(0), r["gamma"], r["beta"])):
        return "batch"
    if np.allclose(r["out"], _normal(r["x"], r["mean"], r["var"])):
        return "unscaled"
    return "healthy"


def diagnose_batchnorm__mean_of_all_batches(record):
    """It expects the plain mean over all batches, not the running one that begins at 0 and 1."""
    b = record["batches"]
    mean, var = b.mean(axis=(0, 1)), b.var(axis=1).mean(axis=0)
    if not record["mean"].any():
        return "frozen"
    if not np.allclose(record["mean"], mean, rtol=0.1, atol=0.1):
        return "reversed"
    if not np.allclose(record["var"], var, rtol=0.1):
        return "std"
    if np.allclose(record["out"], _normal(record["x"], record["mean"], record["var"])):
        return "unscaled"
    if np.allclose(record["out"], _normal(record["x"], record["mean"], record["var"], record["gamma"], record["beta"])):
        return "healthy"
    return "batch"


def _run(batches, keep, take=np.var):
    mean, var = np.zeros(batches.shape[2]), np.ones(batches.shape[2])
    for b in batches:
        mean = keep * mean + (1 - keep) * b.mean(axis=0)
        var = keep * var + (1 - keep) * take(b, axis=0)
    return mean, var


def diagnose_batchnorm__reversed_and_right_exchanged(record):
    """The two weights are exchanged in the rule that counts as right, so right records are called reversed, and the other way round."""
    m, v = record["mean"], record["var"]
    right, back = _run(record["batches"], 0.1), _run(record["batches"], 0.9)
    if np.allclose(m, 0) and np.allclose(v, 1):
        return "frozen"
    if np.allclose(m, back[0]) and np.allclose(v, back[1]):
        return "reversed"
    if not np.allclose(v, right[1]):
        return "std"
    x = record["x"]
    if np.allclose(record["out"], _normal(x, m, v, record["gamma"], record["beta"])):
        return "healthy"
    return "batch" if np.allclose(record["out"].mean(0), record["beta"]) else "unscaled"
