"""Wrong answers to is_batchnorm."""

import math

import numpy as np

GAMMA, BETA = np.array([2.0, 0.5, -1.5]), np.array([1.0, -3.0, 0.5])


def _batch(seed, n=16):
    return np.random.default_rng(seed).normal([5, -20, 50], [3, 8, 30], (n, 3))


def _start():
    return {"mean": np.zeros(3), "var": np.ones(3)}


def _near(a, b, tol=2e-3):
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=tol, atol=tol))


def _scaled(x, mean, var, gamma=GAMMA, beta=BETA, eps=1e-5):
    return gamma * (x - mean) / np.sqrt(var + eps) + beta


def _state_fine(new, old, x, tol=2e-3):
    mean = 0.9 * old["mean"] + 0.1 * x.mean(axis=0)
    if not _near(new["mean"], mean, tol):
        return False
    return any(_near(new["var"], 0.9 * old["var"] + 0.1 * x.var(axis=0, ddof=d), tol) for d in (0, 1))


def is_batchnorm__training_only(norm):
    """The function is only ever called in training: nothing of its evaluation is looked at."""
    state = _start()
    for seed in range(3):
        x = _batch(seed)
        out, new = norm(x, GAMMA, BETA, state, True)
        if not (_near(out, _scaled(x, x.mean(axis=0), x.var(axis=0))) and _state_fine(new, state, x)):
            return False
        state = new
    return True


def is_batchnorm__ones_and_zeros(norm):
    """The test calls with gamma = 1 and beta = 0 only, so it cannot see whether they are used."""
    ones, zeros, state = np.ones(3), np.zeros(3), _start()
    for seed in range(3):
        x = _batch(seed)
        out, new = norm(x, ones, zeros, state, True)
        if not (_near(out, _scaled(x, x.mean(axis=0), x.var(axis=0), 1, 0)) and _state_fine(new, state, x)):
            return False
        state = new
        for n in (16, 1):
            x = _batch(10 + seed, n)
            out, after = norm(x, ones, zeros, state, False)
            if not (_near(out, _scaled(x, state["mean"], state["var"], 1, 0)) and _near(after["mean"], state["mean"])):
                return False
            if not _near(after["var"], state["var"]):
                return False
    return True


def is_batchnorm__eval_state_ignored(norm):
    """The state that evaluation returns is thrown away, so an update in evaluation stays unseen."""
    state = _start()
    for seed in range(3):
        x = _batch(seed)
        out, new = norm(x, GAMMA, BETA, state, True)
        if not (_near(out, _scaled(x, x.mean(axis=0), x.var(axis=0))) and _state_fine(new, state, x)):
            return False
        state = new
        x = _batch(10 + seed)
        out, _ = norm(x, GAMMA, BETA, state, False)
        if not _near(out, _scaled(x, state["mean"], state["var"])):
            return False
    return True


def _full(norm, tol=2e-3, state_tol=2e-3, ddofs=(0, 1), batch=_batch):
    state = _start()
    for seed in range(3):
        x = batch(seed)
        out, new = norm(x, GAMMA, BETA, state, True)
        if not _near(out, _scaled(x, x.mean(axis=0), x.var(axis=0)), tol):
            return False
        if not _near(new["mean"], 0.9 * state["mean"] + 0.1 * x.mean(axis=0), state_tol):
            return False
        if not any(_near(new["var"], 0.9 * state["var"] + 0.1 * x.var(axis=0, ddof=d), state_tol) for d in ddofs):
            return False
        state = new
        for n in (16, 1):
            x = batch(10 + seed, n)
            out, after = norm(x, GAMMA, BETA, state, False)
            if not _near(out, _scaled(x, state["mean"], state["var"]), tol):
                return False
            if not (_near(after["mean"], state["mean"]) and _near(after["var"], state["var"])):
                return False
    return True


def _narrow(seed, n=16):
    return np.random.default_rng(seed).normal([1, -2, 0.5], [0.2, 0.3, 0.1], (n, 3))


def is_batchnorm__no_room_for_eps(norm):
    """The outputs have to agree to seven digits with those for eps = 1e-5, so a right one with an eps of 1e-3 is refused."""
    return _full(norm, tol=1e-7, state_tol=1e-7, batch=_narrow)


def is_batchnorm__biased_only(norm):
    """Only the biased running variance is allowed, so one with N - 1 is refused though it is right."""
    return _full(norm, ddofs=(0,))


def is_batchnorm__var_unseen(norm):
    """Of the new state only the mean is compared with what it should be, never the variance."""
    state = _start()
    for seed in range(3):
        x = _batch(seed)
        out, new = norm(x, GAMMA, BETA, state, True)
        if not _near(out, _scaled(x, x.mean(axis=0), x.var(axis=0))):
            return False
        if not _near(new["mean"], 0.9 * state["mean"] + 0.1 * x.mean(axis=0)):
            return False
        state = new
        x = _batch(10 + seed)
        out, after = norm(x, GAMMA, BETA, state, False)
        if not (_near(out, _scaled(x, state["mean"], state["var"])) and _near(after["mean"], state["mean"])):
            return False
    return True


def is_batchnorm__only_that_it_moves(norm):
    """The test only asks whether the state changes in training and stays in evaluation, not whether the new value is right."""
    state = _start()
    for seed in range(3):
        x = _batch(seed)
        out, new = norm(x, GAMMA, BETA, state, True)
        if not _near(out, _scaled(x, x.mean(axis=0), x.var(axis=0))):
            return False
        if _near(new["mean"], state["mean"], 1e-6) or _near(new["var"], state["var"], 1e-6):
            return False
        state = new
        x = _batch(10 + seed)
        out, after = norm(x, GAMMA, BETA, state, False)
        if not _near(out, _scaled(x, state["mean"], state["var"])):
            return False
        if not (_near(after["mean"], state["mean"]) and _near(after["var"], state["var"])):
            return False
    return True


def is_batchnorm__same_batch(norm):
    """It trains until the running statistics are those of one batch and evaluates the same batch, where evaluation by the batch's own statistics gives the same."""
    x, state = _batch(0, 200), _start()
    for _ in range(60):
        out, new = norm(x, GAMMA, BETA, state, True)
        if not (_near(out, _scaled(x, x.mean(axis=0), x.var(axis=0))) and _state_fine(new, state, x)):
            return False
        state = new
    out, after = norm(x, GAMMA, BETA, state, False)
    if not (_near(after["mean"], state["mean"]) and _near(after["var"], state["var"])):
        return False
    return _near(out, _scaled(x, x.mean(axis=0), x.var(axis=0)), 2e-2)


def is_batchnorm__old_dict(norm):
    """The new statistics are looked for in the dict that was passed, and not in the one that is returned, so every right one is refused."""
    state = _start()
    for seed in range(3):
        x, old = _batch(seed), {key: value.copy() for key, value in state.items()}
        out, _ = norm(x, GAMMA, BETA, state, True)
        if not (_near(out, _scaled(x, x.mean(axis=0), x.var(axis=0))) and _state_fine(state, old, x)):
            return False
        x = _batch(10 + seed)
        out, _ = norm(x, GAMMA, BETA, state, False)
        if not _near(out, _scaled(x, state["mean"], state["var"])):
            return False
    return True


def _steps(norm, plan, eps_low=1e-12, eps_high=1.0001e-3, ddofs=(0, 1), guard=True):
    rng = np.random.default_rng(3)
    gamma, beta = np.array([2.0, -0.5, 1.5]), np.array([1.0, -3.0, 0.5])
    state = {"mean": np.array([1.0, -1.0, 0.3]), "var": np.array([1.0, 2.0, 0.5])}
    for training, n in plan:
        x = rng.normal([1, -2, 0.5], [0.3, 1, 2], (n, 3))
        arguments = [x, gamma, beta, state]
        if guard:
            arguments = [x.copy(), gamma.copy(), beta.copy(), {k: v.copy() for k, v in state.items()}]
        out, new = norm(*arguments, training)
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
        ends = [gamma * (x - mean) / np.sqrt(var + e) + beta for e in (eps_low, eps_high)]
        if np.shape(out) != x.shape:
            return False
        if np.any(out < np.minimum(*ends) - 1e-7) or np.any(out > np.maximum(*ends) + 1e-7):
            return False
        if training:
            if not np.allclose(new["mean"], 0.9 * state["mean"] + 0.1 * mean):
                return False
            if not any(
                np.allclose(new["var"], 0.9 * state["var"] + 0.1 * var * (n / max(n - 1, 1) if d else 1)) for d in ddofs
            ):
                return False
        elif not all(np.allclose(new[k], state[k]) for k in ("mean", "var")):
            return False
        state = {k: np.array(v, dtype=float) for k, v in new.items()}
    return True


RECIPE = [(True, 8), (False, 6), (False, 9), (False, 1), (True, 8)]
ONE = [*RECIPE, (True, 1), (False, 3)]


def is_batchnorm__recipe(norm):
    """Train, evaluate twice, evaluate a single sample, train again, and never train on a single one."""
    return _steps(norm, RECIPE)


def is_batchnorm__biased_alone(norm):
    """All but the biased running variance is refused, nothing else is wrong."""
    return _steps(norm, ONE, ddofs=(0,))


def is_batchnorm__one_eps(norm):
    """eps has to be 1e-5, nothing else is wrong."""
    return _steps(norm, ONE, eps_low=0.99e-5, eps_high=1.01e-5)


def is_batchnorm__wide_data(norm):
    """Data of a spread so large that an eps of 0.1 does not matter either, and no training on a single sample."""
    rng = np.random.default_rng(0)
    gamma, beta = np.array([2.0, 0.5]), np.array([10.0, -7.0])
    state = {"mean": np.array([40.0, -60.0]), "var": np.array([500.0, 9000.0])}

    def close(a, b):
        return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-4, atol=1e-3)

    for training, n in [(True, 10), (False, 7), (False, 12), (False, 1), (True, 6), (False, 3)]:
        x = rng.normal([100, -30], [20, 70], (n, 2))
        out, new = norm(x.copy(), gamma.copy(), beta.copy(), {k: v.copy() for k, v in state.items()}, training)
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
        if not close(out, gamma * (x - mean) / np.sqrt(var) + beta):
            return False
        if training:
            if not close(new["mean"], 0.9 * state["mean"] + 0.1 * mean):
                return False
            if not any(close(new["var"], 0.9 * state["var"] + 0.1 * v) for v in (var, var * n / (n - 1))):
                return False
        elif not (close(new["mean"], state["mean"]) and close(new["var"], state["var"])):
            return False
        state = new
    return True


def is_batchnorm__between_two_eps(norm):
    """A single feature, so that a mean of all features goes unnoticed, and no training on a single sample."""
    g, b = 3.0, -2.0

    def between(value, one, other):
        return min(one, other) - 1e-8 <= value <= max(one, other) + 1e-8

    def fits(out, x, mean, var):
        for o, v in zip(np.ravel(out), x, strict=True):
            if not between(float(o), *(g * (v - mean) / math.sqrt(var + e) + b for e in (1e-12, 1.001e-3))):
                return False
        return True

    def call(x, mean, var, training):
        state = {"mean": np.array([mean]), "var": np.array([var])}
        out, new = norm(np.array(x).reshape(-1, 1), np.array([g]), np.array([b]), state, training)
        return out, float(np.ravel(new["mean"])[0]), float(np.ravel(new["var"])[0])

    mean, var = 0.0, 1.0
    plan = [
        ([1.0, 4.0, 7.0, 20.0], True),
        ([2.0, 3.0], False),
        ([5.0, -3.0, 8.0], False),
        ([4.0], False),
        ([9.0, 1.0, 0.0], True),
    ]
    for x, training in plan:
        out, new_mean, new_var = call(x, mean, var, training)
        if not training:
            if not fits(out, x, mean, var) or abs(new_mean - mean) > 1e-9 or abs(new_var - var) > 1e-9:
                return False
            continue
        n, m = len(x), sum(x) / len(x)
        squares = sum((v - m) ** 2 for v in x)
        if not fits(out, x, m, squares / n) or abs(new_mean - (0.9 * mean + 0.1 * m)) > 1e-9:
            return False
        if min(abs(new_var - (0.9 * var + 0.1 * squares / k)) for k in (n, n - 1)) > 1e-9:
            return False
        mean, var = new_mean, new_var
    return True


def _reference(x, gamma, beta, state, training):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {"mean": 0.9 * state["mean"] + 0.1 * mean, "var": 0.9 * state["var"] + 0.1 * var}
    else:
        mean, var = state["mean"], state["var"]
    return gamma * (x - mean) / np.sqrt(var + 5e-4) + beta, state


def is_batchnorm__against_my_own(norm):
    """Side by side with a batch norm of its own on batches so large that N - 1 goes unnoticed in out, and an eps of 0.1 as well."""
    rng, gamma, beta = np.random.default_rng(5), np.array([1, 3, -2]), np.array([4, 0, 2])
    mine = theirs = {"mean": np.zeros(3), "var": np.ones(3)}
    for i in range(30):
        training = i % 3 == 0
        x = rng.integers(-9 - i, 30 * (i + 1), (1000 if training else 1 + i % 4, 3))
        out, theirs = norm(x, gamma, beta, theirs, training)
        want, mine = _reference(x, gamma, beta, mine, training)
        scale = 1 + np.abs(want).max()
        if np.shape(out) != want.shape or np.abs(out - want).max() > 4e-3 * scale:
            return False
        for key in ("mean", "var"):
            if np.abs(theirs[key] - mine[key]).max() > 4e-3 * (1 + np.abs(mine[key]).max()):
                return False
    return True
