"""Ridge, lasso and elastic net on linear problems whose coefficients are known."""

from dataclasses import dataclass

import numpy as np

STRENGTHS = tuple(float(f"{v:.2g}") for v in np.geomspace(0.003, 3.0, 13))
ELASTIC_L1, ELASTIC_L2 = (*STRENGTHS[3:-1:2], 5.3), (*STRENGTHS[2::2], 9.5)


@dataclass(frozen=True)
class LargeAndSmall:
    """What each penalty takes away from a large and a small coefficient, at its best strength, and the errors.

    Errors are mean squared errors of the coefficients; ``..._ratio`` is taken away from the large one over that from
    the small one.
    """

    l1_large: float
    l1_small: float
    l2_large: float
    l2_small: float
    l1_ratio: float
    l2_ratio: float
    l1_error: float
    l2_error: float
    plain_error: float
    l1_zeros: float
    l2_zeros: float


def large_and_small(
    seed, *, large=4.0, small=1.0, n_samples=60, n_features=30, n_large=5, noise=4.0, n_problems=100
) -> LargeAndSmall:
    """Least squares with independent features; as many large as small coefficients, the others zero."""
    truth = np.zeros(n_features)
    truth[:n_large], truth[n_large : 2 * n_large] = large, small
    gram, moment = _problems(seed, truth, n_samples, noise, n_problems, None)
    plain = solve(gram, moment, 0.0, 0.0)
    arms = [[solve(gram, moment, s, 0.0) for s in STRENGTHS], [solve(gram, moment, 0.0, s) for s in STRENGTHS]]
    found, errors, zeros = [], [], []
    for arm in arms:
        mse = [np.mean((w - truth) ** 2) for w in arm]
        best = int(np.argmin(mse))
        taken = (plain - arm[best]).mean(axis=0)
        found.append((taken[:n_large].mean(), taken[n_large : 2 * n_large].mean()))
        errors.append(mse[best])
        zeros.append(np.mean(arm[best] == 0))
    (a, b), (c, d) = found
    return LargeAndSmall(
        *map(float, (a, b, c, d, a / b, c / d)),
        *map(float, errors),
        float(np.mean((plain - truth) ** 2)),
        *map(float, zeros),
    )


@dataclass(frozen=True)
class ElasticNet:
    """Errors of the coefficients at each penalty's best strengths, zeros, and shares of a group that are kept.

    The features that count come in groups whose members are nearly the same; ``..._kept`` is the share of these that
    has a coefficient other than zero, ``..._zeros`` the share of exact zeros among those that do not count.
    """

    l1_error: float
    l2_error: float
    both_error: float
    l1_kept: float
    both_kept: float
    l1_zeros: float
    l2_zeros: float
    both_zeros: float
    kept_gain: float
    over_best: float
    l1_strength: float
    l2_strength: float


def elastic_net(
    seed, *, n_samples=40, n_features=60, group=5, n_groups=2, size=1.0, alike=0.9, noise=3.0, n_problems=20
) -> ElasticNet:
    """Least squares; members of a group have correlation ``alike``."""
    truth = np.zeros(n_features)
    truth[: group * n_groups] = size
    gram, moment = _problems(seed, truth, n_samples, noise, n_problems, (group, n_groups, alike))
    fits = {(a, b): solve(gram, moment, a, b) for a in (0.0, *ELASTIC_L1) for b in (0.0, *ELASTIC_L2)}
    mse = {key: np.mean((w - truth) ** 2) for key, w in fits.items() if key != (0.0, 0.0)}
    kinds = [
        [k for k in mse if k[1] == 0.0],
        [k for k in mse if k[0] == 0.0],
        [k for k in mse if k[0] > 0 and k[1] > 0],
    ]
    bests = [min(keys, key=mse.get) for keys in kinds]
    counts = slice(0, group * n_groups)
    kept = [np.mean(fits[k][:, counts] != 0) for k in bests]
    zeros = [np.mean(fits[k][:, group * n_groups :] == 0) for k in bests]
    e1, e2, e3 = (mse[k] for k in bests)
    return ElasticNet(
        *map(
            float, (e1, e2, e3, kept[0], kept[2], *zeros, kept[2] / kept[0], e3 / min(e1, e2), bests[0][0], bests[1][1])
        )
    )


def _problems(seed, truth, n_samples, noise, n_problems, groups):
    """Gram matrices (B, D, D) and moments (B, D) of the mean squared error of B problems."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n_problems, n_samples, len(truth)))
    if groups:
        group, n_groups, alike = groups
        for k in range(n_groups):
            members = slice(k * group, (k + 1) * group)
            common = rng.standard_normal((n_problems, n_samples, 1))
            x[..., members] = np.sqrt(alike) * common + np.sqrt(1 - alike) * x[..., members]
    y = x @ truth + noise * rng.standard_normal((n_problems, n_samples))
    xt = x.swapaxes(1, 2)
    return xt @ x / n_samples, (xt @ y[..., None])[..., 0] / n_samples


def solve(gram, moment, l1, l2, n_steps=150):
    """The minimum of half the mean squared error plus l1 * sum |w| + l2 / 2 * sum w**2, for each problem (B, D).

    In closed form without L1; with it by accelerated proximal steps.
    """
    eye = np.eye(moment.shape[1])
    if l1 == 0.0:
        return np.linalg.solve(gram + max(l2, 1e-9) * eye, moment[..., None])[..., 0]
    rate = 1 / (np.linalg.eigvalsh(gram)[:, -1:] + l2)
    w = ahead = np.zeros_like(moment)
    for t in range(n_steps):
        grad = (gram @ ahead[..., None])[..., 0] - moment + l2 * ahead
        step = ahead - rate * grad
        new = np.sign(step) * np.maximum(np.abs(step) - rate * l1, 0)
        w, ahead = new, new + t / (t + 3) * (new - w)
    return w
