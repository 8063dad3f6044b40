"""Right answers to is_batchnorm."""

import copy

import numpy as np


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


def is_batchnorm__recipe_and_one(norm):
    """The recipe of the notebook, and training on a batch of one; outputs lie between those for the least eps and the largest."""
    return _steps(norm, ONE)


def is_batchnorm__narrow_data(norm):
    """Small batches of two features with spreads near 1, and a start far from 0 and 1."""
    rng = np.random.default_rng(0)
    gamma, beta = np.array([2.0, 0.5]), np.array([10.0, -7.0])
    state = {"mean": np.array([4.0, -6.0]), "var": np.array([1.5, 0.8])}

    def close(a, b):
        return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=3e-3, atol=3e-3)

    for training, n in [(True, 5), (False, 7), (False, 4), (False, 1), (True, 1), (True, 6), (False, 3)]:
        x = rng.normal([3, -5], [1, 1.4], (n, 2))
        out, new = norm(x.copy(), gamma.copy(), beta.copy(), {k: v.copy() for k, v in state.items()}, training)
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
        if not close(out, gamma * (x - mean) / np.sqrt(var + 1e-9) + beta):
            return False
        if training:
            if not close(new["mean"], 0.9 * state["mean"] + 0.1 * mean):
                return False
            if not any(close(new["var"], 0.9 * state["var"] + 0.1 * v) for v in (var, var * n / max(n - 1, 1))):
                return False
        elif not (close(new["mean"], state["mean"]) and close(new["var"], state["var"])):
            return False
        state = new
    return True


def _reference(x, gamma, beta, state, training):
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state = {"mean": 0.9 * state["mean"] + 0.1 * mean, "var": 0.9 * state["var"] + 0.1 * var}
    else:
        mean, var = state["mean"], state["var"]
    return gamma * (x - mean) / np.sqrt(var + 5e-4) + beta, state


def is_batchnorm__against_my_own(norm):
    """Side by side with a batch norm of its own on small batches, whole numbers among them; N - 1 is undone where it is found."""
    rng, gamma, beta = np.random.default_rng(5), np.array([1, 3, -2]), np.array([4, 0, 2])
    theirs = {"mean": np.zeros(3), "var": np.ones(3)}
    for i in range(30):
        training = i % 3 != 1
        x = rng.integers([-2, 0, 5], [3, 6, 9], (1 if i % 5 == 2 else 4, 3))
        n, want, mine = len(x), *_reference(x, gamma, beta, theirs, training)
        old, (out, theirs) = theirs, norm(x, gamma, beta, theirs, training)
        if np.shape(out) != want.shape or not np.allclose(out, want, rtol=4e-3, atol=4e-3):
            return False
        other = {"mean": mine["mean"], "var": mine["var"] + training * 0.1 * x.var(axis=0) / max(n - 1, 1)}
        if not any(all(np.allclose(theirs[k], fine[k], 1e-9) for k in old) for fine in (mine, other)):
            return False
    return True


def is_batchnorm__strict_about_arguments(norm):
    """Reads 'does what batchnorm_forward does' as: it must not change its arguments either. A batch of one in training, too."""
    rng = np.random.default_rng(11)
    gamma, beta = rng.uniform(1, 3, 4), rng.normal(0, 5, 4)
    state, fine = {"mean": rng.normal(0, 3, 4), "var": rng.uniform(5, 9, 4)}, []
    for training, n in ((True, 5), (False, 5), (False, 9), (False, 1), (True, 1), (True, 2), (False, 2)):
        x = rng.normal(3, 6, (n, 4))
        arguments = (x, gamma, beta, state, training)
        before = copy.deepcopy(arguments)
        out, new = norm(*arguments)
        fine.append(all(np.array_equal(a, b) for a, b in zip(arguments[:3], before[:3], strict=True)))
        fine.append(all(np.array_equal(state[k], before[3][k]) for k in state))
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (state["mean"], state["var"])
        low, high = (gamma * (x - mean) / np.sqrt(var + eps) + beta for eps in (1e-9, 1e-3))
        fine.append(np.all(np.abs(out - (low + high) / 2) <= np.abs(high - low) + 1e-7))
        if training:
            fine.append(np.allclose(new["mean"], 0.9 * state["mean"] + 0.1 * mean))
            options = [0.9 * state["var"] + 0.1 * var * factor for factor in (1, n / max(n - 1, 1))]
            fine.append(any(np.allclose(new["var"], option) for option in options))
        else:
            fine.append(all(np.allclose(new[k], before[3][k]) for k in ("mean", "var")))
        state = new
    return all(fine)
