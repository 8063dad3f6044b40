"""Penalties, proximal steps and constraints against scikit-learn, SciPy, brute force and numerical gradients."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax
from sklearn.linear_model import ElasticNet, Lasso

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions.losses import softmax_xent
from course_lib.functions.regularization import (
    decoupled_weight_decay_step,
    elastic_net_penalty,
    elastic_net_proximal_step,
    elastic_net_subgradient,
    fgsm,
    l1_penalty,
    l1_proximal_step,
    l1_subgradient,
    l2_gradient,
    l2_loss_grad,
    l2_penalty,
    label_smooth,
    max_norm,
    smoothed_softmax_xent,
    soft_threshold,
)
from course_lib.layers.network import mlp
from course_lib.training.loop import backprop, fit

seeds = st.integers(0, 2**32 - 1)
shapes = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
sizes = st.tuples(st.integers(1, 6), st.integers(1, 6))
scales = st.sampled_from([1e-6, 1.0, 1e6])
dtypes = st.sampled_from([np.float32, np.float64])
lams = st.floats(0.01, 3)


def draw(seed, shape, scale=1.0, dtype=np.float64):
    return (scale * np.random.default_rng(seed).normal(size=shape)).astype(dtype)


def away_from_zero(seed, shape):
    """Entries with |w| >= 0.1, where the step of the numerical gradient does not cross the kink."""
    w = draw(seed, shape)
    return w + 0.1 * np.where(w >= 0, 1, -1)


def eps_of(dtype):
    return float(np.finfo(dtype).eps)


@given(seeds, shapes, scales, dtypes, lams)
def test_penalties_equal_their_norms(seed, shape, scale, dtype, lam):
    w = draw(seed, shape, scale, dtype)
    vector = w.astype(float).ravel()
    l1, l2 = lam * np.linalg.norm(vector, 1), lam / 2 * np.linalg.norm(vector) ** 2
    # sums of at most 625 positive float64 terms
    assert l1_penalty(w, lam) == pytest.approx(l1, rel=1e-12)
    assert l2_penalty(w, lam) == pytest.approx(l2, rel=1e-12)
    assert elastic_net_penalty(w, lam, 2 * lam) == pytest.approx(l1 + 2 * l2, rel=1e-12)


@given(seeds, shapes, lams, lams)
def test_gradients_of_the_penalties(seed, shape, l1, l2):
    w = away_from_zero(seed, shape)
    assert rel_error(l1_subgradient(w, l1), numeric_grad(partial(l1_penalty, lam=l1), w)) < 1e-6
    assert rel_error(l2_gradient(w, l2), numeric_grad(partial(l2_penalty, lam=l2), w)) < 1e-6
    elastic = numeric_grad(lambda v: elastic_net_penalty(v, l1, l2), w)
    # where l1 * sign(w) and l2 * w are of opposite sign nothing cancels: they never are
    assert rel_error(elastic_net_subgradient(w, l1, l2), elastic) < 1e-6


def test_the_subgradient_at_zero_is_zero():
    np.testing.assert_array_equal(l1_subgradient([-2.0, 0.0, -0.0, 3.0], 0.5), [-0.5, 0, 0, 0.5])


@given(st.lists(shapes, min_size=1, max_size=4), seeds, lams)
def test_l2_of_all_layers_is_that_of_one_long_vector(layers, seed, lam):
    weights = [draw(seed, shape) for shape in layers]
    loss, grads = l2_loss_grad(weights, lam)
    vector = np.concatenate([w.ravel() for w in weights])
    assert loss == pytest.approx(l2_penalty(vector, lam), rel=1e-12)  # another order of summing
    np.testing.assert_array_equal(np.concatenate([g.ravel() for g in grads]), l2_gradient(vector, lam))
    assert [g.shape for g in grads] == layers


@given(st.floats(-3, 3), st.floats(0, 2), st.floats(0, 2))
def test_proximal_steps_minimise_what_defines_them(w, l1, l2):
    """prox(w) = argmin (v - w)**2 / 2 + l1 |v| + l2 / 2 v**2, found on a grid."""
    grid = np.linspace(-4, 4, 80_001)
    objective = (grid - w) ** 2 / 2 + l1 * np.abs(grid) + l2 / 2 * grid**2
    found = elastic_net_proximal_step([w], [0.0], 1.0, l1, l2)
    # half the grid's spacing of 1e-4, and the rounding of the grid's own points
    np.testing.assert_allclose(found, grid[objective.argmin()], rtol=0, atol=5.1e-5)
    if l2 == 0:
        np.testing.assert_array_equal(found, soft_threshold([w], l1))


@given(seeds, shapes, scales, dtypes, st.floats(0, 2))
def test_soft_threshold_entry_by_entry(seed, shape, scale, dtype, ratio):
    w = draw(seed, shape, scale, dtype)
    t = float(dtype(ratio * scale))
    shrunk = soft_threshold(w, t)
    assert shrunk.dtype == dtype
    for before, after in zip(w.ravel(), shrunk.ravel(), strict=True):
        expected = before - dtype(t) if before > t else before + dtype(t) if before < -t else 0
        assert after == expected


def regression(rng, N=60, D=12):
    x = rng.normal(size=(N, D))
    truth = np.where(np.arange(D) < 4, rng.normal(size=D), 0)
    return x, x @ truth + 0.1 * rng.normal(size=N)


@pytest.mark.parametrize("ratio", [1.0, 0.6])
def test_proximal_steps_find_scikit_learns_solution_and_its_zeros(ratio, rng):
    x, y = regression(rng)
    alpha = 0.1
    peer = Lasso(alpha) if ratio == 1.0 else ElasticNet(alpha=alpha, l1_ratio=ratio)
    peer.set_params(fit_intercept=False, tol=1e-14, max_iter=100_000).fit(x, y)
    lr = len(x) / np.linalg.norm(x, 2) ** 2  # one over the curvature
    w = np.zeros(x.shape[1])
    for _ in range(2000):
        dw = x.T @ (x @ w - y) / len(x)
        if ratio == 1.0:
            w = l1_proximal_step(w, dw, lr, alpha)
        else:
            w = elastic_net_proximal_step(w, dw, lr, alpha * ratio, alpha * (1 - ratio))
    np.testing.assert_allclose(w, peer.coef_, rtol=0, atol=1e-6)  # the peer stops at a duality gap of 1e-14 |y|**2
    np.testing.assert_array_equal(w == 0, peer.coef_ == 0)
    assert 0 < np.count_nonzero(w) < len(w)


def test_the_subgradient_makes_small_weights_but_no_zeros(rng):
    x, y = regression(rng)
    w = {"proximal": np.zeros(12), "subgradient": np.full(12, 0.1)}
    for _ in range(2000):
        dw = {key: x.T @ (x @ value - y) / len(x) for key, value in w.items()}
        w["proximal"] = l1_proximal_step(w["proximal"], dw["proximal"], 0.1, 0.1)
        w["subgradient"] = w["subgradient"] - 0.1 * (dw["subgradient"] + l1_subgradient(w["subgradient"], 0.1))
    assert np.all(w["subgradient"] != 0)
    assert np.any(w["proximal"] == 0)


@given(seeds, shapes, dtypes, st.floats(1e-3, 0.5), st.floats(0, 1))
def test_decoupled_decay_is_l2_for_gradient_descent(seed, shape, dtype, lr, decay):
    w, dw = draw(seed, shape, dtype=dtype), draw(seed + 1, shape, dtype=dtype)
    stepped = decoupled_weight_decay_step(w, dw, lr, decay)
    exact = w.astype(float) - lr * (dw.astype(float) + decay * w.astype(float))
    assert stepped.dtype == dtype
    # three roundings of terms that may cancel
    np.testing.assert_allclose(stepped, exact, rtol=0, atol=4 * eps_of(dtype) * (np.abs(w) + np.abs(dw)).max())


def test_without_an_update_every_weight_shrinks_by_the_same_factor():
    w = np.array([[1.0, -20.0], [0.0, 1e-8]])
    np.testing.assert_allclose(decoupled_weight_decay_step(w, np.zeros_like(w), 0.1, 0.5), 0.95 * w, rtol=1e-15)


@given(seeds, sizes, scales, dtypes, st.floats(0.2, 2))
def test_max_norm_bounds_each_unit_and_leaves_the_others(seed, size, scale, dtype, ratio):
    w = draw(seed, size, scale, dtype)
    c = ratio * scale
    out = max_norm(w, c)
    assert out.dtype == dtype
    for column, constrained in zip(w.T, out.T, strict=True):
        norm = np.linalg.norm(column.astype(float))
        if norm <= c:
            np.testing.assert_array_equal(constrained, column)
        else:  # the factor and the product are rounded once each
            np.testing.assert_allclose(constrained, column.astype(float) * c / norm, rtol=4 * eps_of(dtype))


@given(seeds, st.tuples(*[st.integers(1, 3)] * 4))
def test_max_norm_of_convolution_weights_is_that_of_each_filter(seed, shape):
    w = draw(seed, shape)
    flat = max_norm(w.reshape(shape[0], -1).T, 0.7).T.reshape(shape)
    np.testing.assert_allclose(max_norm(w, 0.7, axis=(1, 2, 3)), flat, rtol=1e-14)  # another order of summing


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_max_norm_of_zero_and_of_huge_weights(dtype):
    w = np.array([[0, 3e30], [0, 4e30]], dtype=dtype)
    # float32 keeps the numbers to 7 digits
    np.testing.assert_allclose(max_norm(w, 1.0), [[0, 0.6], [0, 0.8]], rtol=1e-6)


@given(seeds, sizes, dtypes, st.floats(0, 1))
def test_smoothed_targets_are_distributions(seed, size, dtype, eps):
    N, C = size
    labels = np.random.default_rng(seed).integers(0, C, N)
    targets = label_smooth(np.eye(C, dtype=dtype)[labels], eps)
    assert targets.dtype == dtype
    # at most 6 terms, each rounded once or twice
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=16 * eps_of(dtype))
    for n, c in np.ndindex(N, C):
        expected = 1 - eps + eps / C if c == labels[n] else eps / C
        assert targets[n, c] == pytest.approx(expected, rel=4 * eps_of(dtype), abs=1e-300)


@given(seeds, sizes, st.sampled_from([1e-3, 1.0, 100.0]), dtypes, st.floats(0, 1))
def test_smoothed_loss_is_the_cross_entropy_with_smoothed_targets(seed, size, scale, dtype, eps):
    N, C = size
    logits = draw(seed, size, scale, dtype)
    y = np.random.default_rng(seed).integers(0, C, N)
    loss, dlogits = smoothed_softmax_xent(logits, y, eps)
    logs = log_softmax(logits.astype(float), axis=1)
    targets = label_smooth(np.eye(C)[y], eps)
    # the logits enter with their own rounding; two losses of opposite sign may cancel
    atol = 20 * eps_of(dtype) * (1 + float(np.abs(logits).max()))
    assert loss == pytest.approx(-(targets * logs).sum() / N, abs=atol)
    np.testing.assert_allclose(dlogits, (np.exp(logs) - targets) / N, rtol=0, atol=atol)
    assert dlogits.dtype == dtype


@given(seeds, sizes, st.floats(0, 1))
def test_gradient_of_the_smoothed_loss(seed, size, eps):
    logits = draw(seed, size)
    y = np.random.default_rng(seed).integers(0, size[1], size[0])
    dlogits = smoothed_softmax_xent(logits, y, eps)[1]
    numeric = numeric_grad(lambda z: smoothed_softmax_xent(z, y, eps)[0], logits)
    # entries below 1e-3 are held to 1e-9: the differences of losses of about 1 are rounded at 1e-16 / 1e-5
    assert rel_error(dlogits, numeric, eps=1e-3) < 1e-6


def test_the_smoothed_loss_is_least_at_the_gap_of_szegedy():
    eps, C = 0.1, 4
    gap = np.log((1 - eps + eps / C) / (eps / C))
    at = {d: smoothed_softmax_xent([[gap + d, 0, 0, 0]], [0], eps)[0] for d in (-0.1, 0.0, 0.1)}
    assert at[0.0] < min(at[-0.1], at[0.1])
    np.testing.assert_allclose(smoothed_softmax_xent([[gap, 0, 0, 0]], [0], eps)[1], 0, atol=1e-15)


@pytest.mark.outcome
def test_fit_trains_with_the_smoothed_loss(rng):
    x, y = rng.normal(size=(60, 2)), rng.integers(0, 2, 60)
    x[:, 0] += 6 * y
    network = mlp([2, 8, 2], activation="tanh", rng=rng)
    history = fit(network, x, y, rng=rng, epochs=40, loss=partial(smoothed_softmax_xent, eps=0.1))
    # the entropy of the targets (0.95, 0.05), which no network gets below
    least = -0.95 * np.log(0.95) - 0.05 * np.log(0.05)
    assert least < history.train_loss[-1] < history.train_loss[0]
    assert history.train_accuracy[-1] > 0.9


@given(seeds, shapes, dtypes, st.floats(0, 0.5))
def test_fgsm_moves_every_entry_by_eps_uphill_inside_the_range(seed, shape, dtype, eps):
    x = np.random.default_rng(seed).random(shape).astype(dtype)
    dx = draw(seed, shape, 1e-6, dtype)
    adversarial = fgsm(x, dx, eps)
    assert adversarial.dtype == dtype
    for before, slope, after in zip(x.ravel(), dx.ravel(), adversarial.ravel(), strict=True):
        step = eps if slope > 0 else -eps if slope < 0 else 0
        # one rounding of a number below 2
        assert after == pytest.approx(min(1.0, max(0.0, float(before) + step)), abs=2 * eps_of(dtype))


def test_fgsm_raises_the_loss_more_than_any_random_signs(rng):
    x, y = rng.random((20, 6)), rng.integers(0, 3, 20)
    network = mlp([6, 3], activation="relu", rng=rng)  # linear: the linearised loss is nearly the loss
    clean, dlogits = softmax_xent(network.forward(x), y)
    dx = network.backward(dlogits)

    def loss(inputs):
        return backprop(network, inputs, y)

    attacked = loss(fgsm(x, dx, 1e-3, -1.0, 2.0))
    # to first order the loss rises by eps * sum |dx|; the second order is about eps times smaller
    assert attacked - clean == pytest.approx(1e-3 * np.abs(dx).sum(), rel=0.02)
    assert all(attacked > loss(x + 1e-3 * rng.choice([-1, 1], x.shape)) for _ in range(50))


@pytest.mark.parametrize(
    "call",
    [
        lambda w: l1_subgradient(w, 0.1),
        lambda w: l2_gradient(w, 0.1),
        lambda w: l1_proximal_step(w, w, 0.1, 0.1),
        lambda w: elastic_net_subgradient(w, 0.1, 0.1),
        lambda w: elastic_net_proximal_step(w, w, 0.1, 0.1, 0.1),
        lambda w: decoupled_weight_decay_step(w, w, 0.1, 0.1),
        lambda w: max_norm(w, 0.5),
        lambda w: label_smooth(np.eye(4, dtype=w.dtype)[[0, 1, 1]], 0.1),
        lambda w: fgsm(w, w, 0.1),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_the_input_left_alone(call, dtype):
    w = draw(5, (3, 4), dtype=dtype)
    before = w.copy()
    out = call(w)
    assert out.dtype == dtype and out.shape == w.shape
    out += 1
    np.testing.assert_array_equal(w, before)


@given(seeds, sizes, dtypes, st.floats(0, 1))
def test_a_sequence_is_smoothed_as_its_steps_as_samples(seed, size, dtype, eps):
    logits = draw(seed, (2, *size), dtype=dtype)
    y = np.random.default_rng(seed).integers(0, size[1], (2, size[0]))
    loss, dlogits = smoothed_softmax_xent(logits, y, eps)
    expected, rows = smoothed_softmax_xent(logits.reshape(-1, size[1]), y.ravel(), eps)
    assert loss == expected
    np.testing.assert_array_equal(dlogits, rows.reshape(logits.shape))
    one_hot = np.eye(size[1])[y]
    np.testing.assert_array_equal(label_smooth(one_hot, eps)[0], label_smooth(one_hot[0], eps))


@given(seeds, sizes, st.sampled_from([0.0, 1e3, -1e5, 1e6]), dtypes, st.floats(0, 1))
def test_an_offset_of_all_logits_costs_no_digits_of_the_smoothed_loss(seed, size, offset, dtype, eps):
    logits = draw(seed, size, dtype=dtype) + dtype(offset)
    y = np.random.default_rng(seed).integers(0, size[1], size[0])
    loss = smoothed_softmax_xent(logits, y, eps)[0]
    # the differences of the rounded logits are exact; those stay below 10, and the sums have at most 36 terms
    logs = log_softmax(logits.astype(float), axis=1)
    expected = -(label_smooth(np.eye(size[1])[y], eps) * logs).sum() / size[0]
    assert loss == pytest.approx(expected, rel=8 * eps_of(dtype), abs=8 * eps_of(dtype))


@given(seeds, sizes, dtypes, st.sampled_from([0.0, 0.1, 1.0]), st.data())
def test_a_class_that_is_ruled_out_costs_nothing_unless_it_is_wanted(seed, size, dtype, eps, data):
    """eps = 0 wants the label alone; any other eps wants every class a little."""
    logits = draw(seed, (size[0], size[1] + 1), dtype=dtype)
    out = data.draw(st.integers(0, size[1]))
    y = np.full(size[0], data.draw(st.integers(0, size[1])))
    logits[:, out] = -np.inf
    loss, dlogits = smoothed_softmax_xent(logits, y, eps)
    assert np.isinf(loss) == (eps > 0 or out == y[0]) and not np.isnan(loss)
    assert np.isfinite(dlogits).all()
    if eps == 0:
        expected, gradient = softmax_xent(logits, y)
        assert loss == expected
        np.testing.assert_array_equal(dlogits, gradient)


STEPS = {
    "l1_proximal_step": (lambda w, dw: l1_proximal_step(w, dw, 0.1, 0.1), "dw"),
    "elastic_net_proximal_step": (lambda w, dw: elastic_net_proximal_step(w, dw, 0.1, 0.1, 0.1), "dw"),
    "decoupled_weight_decay_step": (lambda w, dw: decoupled_weight_decay_step(w, dw, 0.1, 0.1), "update"),
    "fgsm": (lambda w, dw: fgsm(w, dw, 0.1), "dx"),
}


@pytest.mark.parametrize("name", STEPS)
@given(shapes, shapes)
def test_shapes_that_would_broadcast_are_refused(name, shape, other):
    step, argument = STEPS[name]
    w, dw = np.ones(shape), np.ones(other)
    if shape == other:
        assert step(w.astype(np.float32), dw).dtype == np.float32  # the first array decides
    else:
        with pytest.raises(ValueError) as error:
            step(w, dw)
        assert str(error.value) == f"{argument} must have the shape {shape}, got {other}"


W, LABELS = np.ones((2, 3)), [0, 1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: l1_penalty(W, -1), ValueError, "lam must be at least 0 and finite, got -1"),
        (lambda: l1_subgradient(W, np.nan), ValueError, "lam must be at least 0 and finite, got nan"),
        (lambda: l2_penalty(W, np.inf), ValueError, "lam must be at least 0 and finite, got inf"),
        (lambda: l2_gradient(W, "1"), TypeError, "lam must be a number, got '1'"),
        (lambda: l2_loss_grad([W, W], -1), ValueError, "lam must be at least 0"),
        (lambda: l2_gradient(W.astype(np.float16), 1), TypeError, "w is float16"),
        (lambda: soft_threshold([1.0], -0.5), ValueError, "t must be at least 0 and finite, got -0.5"),
        (lambda: l1_proximal_step(W, W, -0.1, 0.1), ValueError, "lr must be at least 0 and finite, got -0.1"),
        (lambda: l1_proximal_step(W, W, 0.1, -0.1), ValueError, "lam must be at least 0 and finite, got -0.1"),
        (lambda: elastic_net_penalty(W, 1, -1), ValueError, "l2 must be at least 0 and finite, got -1"),
        (lambda: elastic_net_subgradient(W, -1, 1), ValueError, "l1 must be at least 0 and finite, got -1"),
        (lambda: elastic_net_proximal_step(W, W, 1, 1, -1), ValueError, "l2 must be at least 0 and finite, got -1"),
        (lambda: decoupled_weight_decay_step(W, W, 1, -1), ValueError, "weight_decay must be at least 0"),
        (lambda: max_norm([[1.0]], 0), ValueError, "c must be positive and finite, got 0"),
        (lambda: label_smooth([[1.0, 0.0]], 1.5), ValueError, r"eps must lie in \[0, 1\], got 1.5"),
        (lambda: label_smooth(LABELS, 0.1), ValueError, r"got \(2,\): for class numbers type label_smooth\(np.eye\("),
        (
            lambda: label_smooth([[0], [2]], 0.1),
            ValueError,
            r"rows of y_onehot must sum to 1, got 0: for class numbers",
        ),
        (lambda: smoothed_softmax_xent(W, LABELS, -0.1), ValueError, r"eps must lie in \[0, 1\], got -0.1"),
        (lambda: smoothed_softmax_xent(W, [0, 3], 0.1), ValueError, r"labels must lie in \[0, 3\), got 3"),
        (lambda: smoothed_softmax_xent(W, [0, 1.9], 0.1), TypeError, "labels must be integers, got float64"),
        (lambda: smoothed_softmax_xent(W[:0], [], 0.1), ValueError, "logits must have at least one entry"),
        (lambda: fgsm(W, W, np.nan), ValueError, "eps must be at least 0 and finite, got nan"),
        (lambda: fgsm(W, W, 0.1, low=1, high=0), ValueError, "high must be at least 1, got 0"),
    ],
)
def test_errors_carry_the_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
