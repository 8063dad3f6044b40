"""Optimisers against plain transcriptions of the papers, and what every optimiser promises."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.optimizers.adam import Adam, AdaMax, AdamW, Nadam
from course_lib.optimizers.first_order import SGD, AdaGrad, Momentum, Nesterov, RMSProp

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 40)
rates = st.floats(1e-4, 0.5)
shares = st.floats(0.0, 0.999)
dtypes = st.sampled_from([np.float32, np.float64])

MAKERS = {
    "sgd": lambda: SGD(0.07),
    "momentum": lambda: Momentum(0.03, 0.8),
    "ema": lambda: Momentum(0.03, 0.8, "ema"),
    "nesterov": lambda: Nesterov(0.03, 0.8),
    "adagrad": lambda: AdaGrad(0.2),
    "rmsprop": lambda: RMSProp(0.01),
    "adam": lambda: Adam(0.02),
    "adamw": lambda: AdamW(0.02, weight_decay=0.1),
    "adamax": lambda: AdaMax(0.02),
    "nadam": lambda: Nadam(0.02),
    "nadam without schedule": lambda: Nadam(0.02, psi=None),
}
every_optimizer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def gradients(seed, size, steps=7, exponents=(-3, 3)):
    """Gradients that change sign and scale between steps and between coordinates."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(steps, size)) * 10.0 ** rng.integers(*exponents, size=(steps, size))


def run(optimizer, theta, grads):
    theta = theta.copy()
    for g in grads:
        optimizer.step(theta, g.astype(theta.dtype))
    return theta


def agrees(fresh, seed, size, expected):
    """``expected(theta, grads)`` is the paper's, in float64; the optimiser agrees after every step, in both dtypes."""
    grads = gradients(seed, size)
    start = np.random.default_rng(seed + 1).normal(size=size)
    path = np.array([expected(start.copy(), grads[:t]) for t in range(1, len(grads) + 1)])
    # seven updates of a few rounded operations each; round-off is relative to the longest move on the way
    span = 1 + np.abs(grads).max() + np.abs(path).max()
    for dtype in (np.float64, np.float32):
        optimizer, theta = copy.deepcopy(fresh), start.astype(dtype)
        for g, there in zip(grads, path, strict=True):
            optimizer.step(theta, g.astype(dtype))
            np.testing.assert_allclose(theta, there, rtol=0, atol=200 * span * np.finfo(dtype).eps)


@given(seeds, sizes, rates)
def test_sgd(seed, size, lr):
    agrees(SGD(lr), seed, size, lambda theta, grads: theta - lr * grads.sum(axis=0))


@given(seeds, sizes, rates, shares)
def test_classic_momentum_is_a_sum_over_the_past(seed, size, lr, mu):
    def expected(theta, grads):
        # v_t = -lr sum_s mu^(t-s) g_s, unrolled
        for t in range(len(grads)):
            theta -= lr * sum(mu ** (t - s) * grads[s] for s in range(t + 1))
        return theta

    agrees(Momentum(lr, mu), seed, size, expected)


@given(seeds, sizes, rates, shares)
def test_ema_momentum_is_a_weighted_mean_of_the_past(seed, size, lr, mu):
    def expected(theta, grads):
        for t in range(len(grads)):
            theta -= lr * sum((1 - mu) * mu ** (t - s) * grads[s] for s in range(t + 1))
        return theta

    agrees(Momentum(lr, mu, "ema"), seed, size, expected)


@given(seeds, sizes, st.floats(0.01, 0.3), shares)
def test_nesterov_is_sutskevers_form_seen_from_the_look_ahead_point(seed, size, lr, mu):
    rng = np.random.default_rng(seed)
    curvature, start = rng.uniform(0.1, 3, size=size), rng.normal(size=size)
    w, v = start.copy(), np.zeros(size)
    theta, optimizer = start.copy(), Nesterov(lr, mu)
    for _ in range(9):
        v = mu * v - lr * curvature * (w + mu * v)
        w = w + v
        optimizer.step(theta, curvature * theta)
        # nine steps on a bowl on which the iterates stay of order 1
        np.testing.assert_allclose(theta, w + mu * v, rtol=0, atol=1e-12)
        np.testing.assert_allclose(optimizer.state["v"], v, rtol=0, atol=1e-12)


@given(seeds, sizes, rates, st.floats(1e-8, 1e-2))
def test_adagrad(seed, size, lr, eps):
    def expected(theta, grads):
        for t in range(len(grads)):
            theta -= lr * grads[t] / (np.sqrt((grads[: t + 1] ** 2).sum(axis=0)) + eps)
        return theta

    agrees(AdaGrad(lr, eps), seed, size, expected)


@given(seeds, sizes, rates, shares, st.floats(1e-8, 1e-2))
def test_rmsprop(seed, size, lr, rho, eps):
    def expected(theta, grads):
        for t in range(len(grads)):
            v = sum((1 - rho) * rho ** (t - s) * grads[s] ** 2 for s in range(t + 1))
            theta -= lr * grads[t] / (np.sqrt(v) + eps)
        return theta

    agrees(RMSProp(lr, rho, eps), seed, size, expected)


def adam(theta, grads, lr, beta1, beta2, eps, weight_decay=0.0):
    """Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2."""
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(grads, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta)
    return theta


@given(seeds, sizes, rates, shares, shares, st.floats(1e-8, 1e-2))
def test_adam(seed, size, lr, beta1, beta2, eps):
    agrees(Adam(lr, beta1, beta2, eps), seed, size, lambda theta, grads: adam(theta, grads, lr, beta1, beta2, eps))


@given(seeds, sizes, rates, shares, shares, st.floats(0, 2))
def test_adamw(seed, size, lr, beta1, beta2, decay):
    agrees(
        AdamW(lr, beta1, beta2, weight_decay=decay),
        seed,
        size,
        lambda theta, grads: adam(theta, grads, lr, beta1, beta2, 1e-8, decay),
    )


@given(seeds, sizes, rates, shares, shares, st.floats(1e-8, 1e-2))
def test_adamax(seed, size, lr, beta1, beta2, eps):
    def expected(theta, grads):
        m, u = np.zeros_like(theta), np.zeros_like(theta)
        for t, g in enumerate(grads, start=1):
            m = beta1 * m + (1 - beta1) * g
            u = np.maximum(beta2 * u, np.abs(g))
            theta = theta - lr / (1 - beta1**t) * m / (u + eps)
        return theta

    agrees(AdaMax(lr, beta1, beta2, eps), seed, size, expected)


@given(seeds, sizes, rates, shares, shares, st.sampled_from([None, 0.004, 1.0]))
def test_nadam(seed, size, lr, beta1, beta2, psi):
    def mu(t):
        return beta1 if psi is None else beta1 * (1 - 0.5 * 0.96 ** (t * psi))

    def expected(theta, grads):
        m, v = np.zeros_like(theta), np.zeros_like(theta)
        for t, g in enumerate(grads, start=1):
            m = mu(t) * m + (1 - mu(t)) * g
            v = beta2 * v + (1 - beta2) * g**2
            now = np.prod([mu(i) for i in range(1, t + 1)])
            m_bar = mu(t + 1) * m / (1 - now * mu(t + 1)) + (1 - mu(t)) * g / (1 - now)
            theta = theta - lr * m_bar / (np.sqrt(v / (1 - beta2**t)) + 1e-8)
        return theta

    agrees(Nadam(lr, beta1, beta2, psi=psi), seed, size, expected)


@every_optimizer
@given(seed=seeds, size=sizes, dtype=dtypes, pause=st.integers(0, 6))
def test_a_copied_state_resumes_bit_by_bit(make, seed, size, dtype, pause):
    grads, start = gradients(seed, size), np.ones(size, dtype)
    whole = run(make(), start, grads)
    first, second = make(), make()
    halfway = run(first, start, grads[:pause])
    second.state = {name: value.copy() for name, value in first.state.items()}
    assert all(isinstance(value, np.ndarray) for value in second.state.values())
    np.testing.assert_array_equal(run(second, halfway, grads[pause:]), whole)


@every_optimizer
@given(seed=seeds, size=sizes, dtype=dtypes)
def test_updates_in_place_and_leaves_the_gradient_alone(make, seed, size, dtype):
    optimizer, theta = make(), np.ones(size, dtype)
    g = gradients(seed, size)[0].astype(dtype)
    before = g.copy()
    assert optimizer.step(theta, g) is None
    np.testing.assert_array_equal(g, before)
    assert (theta != 1).any()
    vectors = [value for value in optimizer.state.values() if value.ndim]
    assert all(value.dtype == dtype and value.shape == theta.shape for value in vectors)


@every_optimizer
def test_each_coordinate_goes_its_own_way(make, rng):
    grads, start = gradients(3, 12), rng.normal(size=12)
    order = rng.permutation(12)
    together = run(make(), start, grads)
    # vectorised and scalar iterations of the loop may round differently
    np.testing.assert_allclose(run(make(), start[order], grads[:, order]), together[order], rtol=1e-12)


@every_optimizer
def test_reaches_the_bottom_of_a_bowl(make, rng):
    curvature, theta = np.array([0.5, 1.0, 4.0]), rng.normal(size=3)
    start, optimizer = curvature @ theta**2, make()
    for _ in range(600):
        optimizer.step(theta, curvature * theta)
    assert curvature @ theta**2 < 1e-3 * start


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_is_not_hidden(make, dtype):
    theta, optimizer = np.ones(3, dtype), make()
    optimizer.step(theta, np.array([0.5, np.nan, 0.5], dtype))
    np.testing.assert_array_equal(np.isnan(theta), [False, True, False])


@every_optimizer
@given(seed=seeds, size=sizes, dtype=dtypes)
def test_no_denormal_numbers_remain_after_the_gradient_has_gone(make, seed, size, dtype):
    theta, optimizer = np.ones(size, dtype), make()
    if isinstance(optimizer, AdaGrad):
        return  # its sum does not fade
    optimizer.step(theta, np.ones(size, dtype))
    rng, tiny = np.random.default_rng(seed), np.finfo(dtype).tiny
    for value in optimizer.state.values():
        if value.ndim:
            value[...] = tiny * 10.0 ** rng.uniform(-5, 1, size=size)
    for step in range(60):
        optimizer.step(theta, np.zeros(size, dtype))
        # the first moments fade by 0.9 or more in a step, and the second ones may not vanish before them
        if step > np.log(10) / -np.log(0.9):
            vectors = [value for value in optimizer.state.values() if value.ndim]
            assert not any(((value != 0) & (np.abs(value) < tiny)).any() for value in vectors)
    assert np.isfinite(theta).all()


ADAPTIVE = {
    "adagrad": lambda eps: AdaGrad(0.1, eps),
    "rmsprop": lambda eps: RMSProp(0.1, 0.99, eps),
    "adam": lambda eps: Adam(0.1, eps=eps),
    "adamw": lambda eps: AdamW(0.1, eps=eps, weight_decay=0.1),
    "adamax": lambda eps: AdaMax(0.1, eps=eps),
    "nadam": lambda eps: Nadam(0.1, eps=eps),
}


@pytest.mark.parametrize("make", ADAPTIVE.values(), ids=ADAPTIVE)
@given(seeds, sizes, st.sampled_from([(np.float32, -63, 58), (np.float64, -98, 400)]), st.floats(1e-8, 0.1), st.data())
def test_adaptive_steps_do_not_depend_on_the_unit_of_the_gradient(make, seed, size, kind, eps, data):
    """With the formulas above, which hold at one scale: nothing is cut off at any other."""
    dtype, low, high = kind
    exponent = data.draw(st.integers(low, high))
    grads = gradients(seed, size, exponents=(0, 1)).astype(dtype)
    grads += np.copysign(dtype(0.5), grads)
    # multiplying by a power of two is exact, unless a square falls below the normal numbers of float32: then it is off
    # by some of the smallest ones, which are 2**-149. The least is 0.001 / 4 of the unit's square
    off = 20 * 2.0 ** (-149 - 2 * exponent) / 0.00025 if exponent < -57 and dtype == np.float32 else 0.0
    if not off:  # there, a gradient of zero starts RMSProp's square from zero again
        grads[np.random.default_rng(seed).random(grads.shape) < 0.3] = 0
    plain, scaled = np.ones(size, dtype), np.ones(size, dtype)
    of_plain, of_scaled = make(eps), make(np.ldexp(eps, exponent))
    length = np.zeros(size)
    for g in grads:
        before = plain.copy()
        of_plain.step(plain, g)
        of_scaled.step(scaled, np.ldexp(g, exponent))
        length += np.abs(plain - before)
        # theta is about 1
        assert np.all(np.abs(plain - scaled) <= off * length + (2e-6 if off else 0.0))


@pytest.mark.parametrize("name", ["sgd", "momentum", "ema", "nesterov"])
@given(seed=seeds, size=sizes, dtype=dtypes, exponent=st.integers(-100, 100))
def test_other_steps_are_proportional_to_the_gradient(name, seed, size, dtype, exponent):
    grads, zero = gradients(seed, size).astype(dtype), np.zeros(size, dtype)
    scaled = run(MAKERS[name](), zero, np.ldexp(grads, exponent))
    np.testing.assert_array_equal(scaled, np.ldexp(run(MAKERS[name](), zero, grads), exponent))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiny_gradients_move_theta_at_the_rate_as_in_pytorch(dtype):
    theta, optimizer = np.ones(3, dtype), Adam(1e-3, eps=1e-20)
    for _ in range(20):
        optimizer.step(theta, np.full(3, 1e-16, dtype))
    # PyTorch comes to 0.98; with moments cut off below 1e-30, -199
    np.testing.assert_allclose(theta, 0.98, rtol=0, atol=2e-6)


@given(seeds, sizes, st.floats(0.01, 1), st.floats(1e-3, 1e3))
def test_adams_first_step_is_as_long_as_its_rate(seed, size, lr, scale):
    theta = np.zeros(size)
    g = scale * np.random.default_rng(seed).choice([-1.0, 1.0], size=size)
    Adam(lr).step(theta, g)
    # eps / |g| is at most 1e-8 / 1e-3
    np.testing.assert_allclose(theta, -lr * np.sign(g), rtol=1.1e-5)


@given(seeds, sizes)
def test_decoupled_decay_does_not_depend_on_the_size_of_the_gradient(seed, size):
    grads, start = np.abs(gradients(seed, size)) + 0.1, np.ones(size)
    small, large = (run(AdamW(0.1, weight_decay=0.3), start, scale * grads) for scale in (1, 1e3))
    # eps / |g| is at most 1e-7, in each of 7 steps of 0.1
    np.testing.assert_allclose(small, large, rtol=0, atol=1e-6)


@given(seeds, sizes)
def test_a_new_rate_acts_at_the_next_step(seed, size):
    theta, optimizer = np.ones(size), Adam(0.1)
    optimizer.step(theta, gradients(seed, size)[0])
    before = theta.copy()
    optimizer.lr = 0.0
    optimizer.step(theta, gradients(seed, size)[1])
    np.testing.assert_array_equal(theta, before)
