"""The RBM against sums over all its states and scikit-learn's; contrastive divergence against its expectation."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neural_network import BernoulliRBM

from course_lib.adam import Adam
from course_lib.gradient_check import numeric_grad
from course_lib.rbm import (
    cd_gradient,
    fit_rbm,
    free_energy,
    gibbs_step,
    hidden_probs,
    init_rbm,
    log_likelihood,
    visible_probs,
)

seeds = st.integers(0, 2**32 - 1)
units = st.integers(1, 4)
scales = st.sampled_from([0.1, 1.0, 3.0])


def machine(seed, D, M, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = {"w": (D, M), "b": (D,), "c": (M,)}
    return {key: rng.normal(0, scale, shape).astype(dtype) for key, shape in shapes.items()}


def all_states(n):
    return np.array(list(product([0.0, 1.0], repeat=n)))


def joint(params):
    """P(v, h) for all states, (2**D, 2**M), from the definition of the energy."""
    D, M = params["w"].shape
    weights = np.array(
        [
            [np.exp(v @ params["b"] + h @ params["c"] + v @ params["w"] @ h) for h in all_states(M)]
            for v in all_states(D)
        ]
    )
    return weights / weights.sum()


@given(seeds, units, units, scales)
def test_probabilities_and_free_energy_are_those_of_the_joint_distribution(seed, D, M, scale):
    params = machine(seed, D, M, scale)
    p, vs, hs = joint(params), all_states(D), all_states(M)
    given_v, given_h = p / p.sum(axis=1, keepdims=True), p / p.sum(axis=0)
    # sums of at most 256 positive terms
    np.testing.assert_allclose(hidden_probs(params, vs), given_v @ hs, rtol=1e-10)
    np.testing.assert_allclose(visible_probs(params, hs), given_h.T @ vs, rtol=1e-10)
    boltzmann = np.exp(-free_energy(params, vs))
    np.testing.assert_allclose(boltzmann / boltzmann.sum(), p.sum(axis=1), rtol=1e-10)
    data = vs[np.random.default_rng(seed).integers(0, len(vs), 5)]
    of_data = [np.log(p.sum(axis=1)[np.flatnonzero((vs == v).all(axis=1))[0]]) for v in data]
    assert log_likelihood(params, data) == pytest.approx(np.mean(of_data), rel=1e-9, abs=1e-12)


@given(seeds, st.integers(1, 12), st.integers(1, 12), scales)
def test_conditionals_and_free_energy_equal_scikit_learns(seed, D, M, scale):
    params = machine(seed, D, M, scale)
    theirs = BernoulliRBM(n_components=M)
    theirs.components_ = params["w"].T
    theirs.intercept_visible_, theirs.intercept_hidden_ = params["b"], params["c"]
    v = np.random.default_rng(seed).integers(0, 2, (6, D)).astype(float)
    np.testing.assert_allclose(hidden_probs(params, v), theirs.transform(v), rtol=1e-10)
    # terms of at most 12 * 12 units of a few times the scale, which may cancel
    np.testing.assert_allclose(free_energy(params, v), theirs._free_energy(v), rtol=1e-10, atol=1e-11)


def exact_gradient(params, data):
    """Gradient of the mean negative log-likelihood, by differences of the enumerated sum."""

    def loss(key, value):
        p = joint(params | {key: value}).sum(axis=1)
        index = (data @ 2 ** np.arange(data.shape[1])[::-1]).astype(int)
        return -np.mean(np.log(p[index]))

    return {key: numeric_grad(lambda value, key=key: loss(key, value), params[key]) for key in params}


def expected_cd(params, data, k):
    """The mean of CD-k over all its random draws: the chain's distribution, moved k times by its transition matrix."""
    D, M = params["w"].shape
    vs, hs, p = all_states(D), all_states(M), joint(params)
    transition = (p / p.sum(axis=1, keepdims=True)) @ (p / p.sum(axis=0)).T
    index = (data @ 2 ** np.arange(D)[::-1]).astype(int)
    start = np.bincount(index, minlength=len(vs)) / len(data)
    end = start @ np.linalg.matrix_power(transition, k)
    probs = (p / p.sum(axis=1, keepdims=True)) @ hs
    difference = end - start
    return {"w": (vs * difference[:, None]).T @ probs, "b": difference @ vs, "c": difference @ probs}


def assert_mean_gradient(params, data, k, expected, rng):
    """The mean of many CD gradients lies within 4.5 standard errors of ``expected``, entry by entry."""
    blocks = 100
    tall = np.tile(data, (20, 1))
    draws = [cd_gradient(params, tall, k, rng=rng)[0] for _ in range(blocks)]
    for key in params:
        values = np.array([d[key] for d in draws])
        error = values.std(axis=0, ddof=1) / np.sqrt(blocks)
        assert (np.abs(values.mean(axis=0) - expected[key]) <= 4.5 * error + 1e-12).all(), key


@pytest.mark.parametrize("k", [1, 2, 3])
def test_contrastive_divergence_has_the_mean_of_its_chain(k, rng):
    params = machine(k, 3, 2, 1.5)
    data = all_states(3)[[0, 3, 3, 6, 7]]
    assert_mean_gradient(params, data, k, expected_cd(params, data, k), rng)


def test_a_long_chain_has_the_gradient_of_the_likelihood(rng):
    params = machine(5, 3, 2, 0.7)
    data = all_states(3)[[1, 1, 4, 6]]
    exact = exact_gradient(params, data)
    for key, value in expected_cd(params, data, 60).items():
        # differences with a step of 1e-5 of a sum of order 1; the chain's memory is gone after 60 steps
        np.testing.assert_allclose(value, exact[key], atol=1e-9)
    assert_mean_gradient(params, data, 10, exact, rng)
    # ten steps are enough to within the draws' spread, and one is not: that is the bias of CD-1
    assert np.abs(expected_cd(params, data, 1)["w"] - exact["w"]).max() > 0.01


def test_gibbs_steps_leave_the_model_distribution_as_it_is(rng):
    params = machine(3, 3, 2)
    p = joint(params).sum(axis=1)
    n = 40_000
    v = all_states(3)[rng.choice(8, n, p=p)]
    for _ in range(2):
        v, probs = gibbs_step(params, v, rng=rng)
        assert set(np.unique(v)) == {0.0, 1.0} and ((probs > 0) & (probs < 1)).all()
        counts = np.bincount((v @ [4, 2, 1]).astype(int), minlength=8)
        assert (np.abs(counts - n * p) <= 4.5 * np.sqrt(n * p * (1 - p))).all()


STRIPES = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1], [1, 1, 1, 1, 0, 0]], float)


@pytest.mark.outcome
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [1, 3])
def test_training_raises_the_exact_likelihood(seed, k):
    rng = np.random.default_rng(seed)
    data = np.tile(STRIPES, (10, 1))
    start = init_rbm(6, 4, rng=rng)
    before = {key: value.copy() for key, value in start.items()}
    params, history = fit_rbm(start, data, rng=rng, optimizer=Adam(0.05), epochs=100, batch_size=20, k=k)
    # at the start all 64 states are about as likely, and no model gives four patterns more than log(1/4) = -1.39;
    # thirty seeds reached -2.6 to -1.8
    assert log_likelihood(start, data) == pytest.approx(-np.log(64), abs=0.05)
    assert -3.2 < log_likelihood(params, data) <= -np.log(4)
    assert history.reconstruction_error[-1] < 0.5 * history.reconstruction_error[0]
    assert len(history.reconstruction_error) == 200 and len(history.free_energy) == 100
    assert history.free_energy[-1] == pytest.approx(np.mean(free_energy(params, data)))
    for key in start:
        np.testing.assert_array_equal(start[key], before[key])


def test_one_step_of_the_loop_is_one_step_along_the_gradient():
    start = machine(0, 3, 2)
    params, _ = fit_rbm(start, STRIPES[:, :3], rng=np.random.default_rng(1), epochs=1, batch_size=4)
    rng = np.random.default_rng(1)
    order = rng.permutation(4)
    grads, _ = cd_gradient(start, STRIPES[order, :3], rng=rng)
    for key in start:
        np.testing.assert_allclose(params[key], start[key] - 0.1 * grads[key], rtol=1e-12, atol=1e-15)


@given(seeds, units, units)
def test_float32_stays_float32(seed, D, M):
    params = machine(seed, D, M, dtype=np.float32)
    wide = {key: value.astype(float) for key, value in params.items()}
    rng = np.random.default_rng(seed)
    v = rng.integers(0, 2, (3, D))
    for function, states in ((hidden_probs, v), (free_energy, v), (visible_probs, rng.integers(0, 2, (3, M)))):
        result = function(params, states)
        assert result.dtype == np.float32
        # at most five terms of order 4, each rounded
        np.testing.assert_allclose(result, function(wide, states), rtol=0, atol=1e-5)
    grads, probs = cd_gradient(params, v, 2, rng=rng)
    trained, _ = fit_rbm(params, v, rng=rng, epochs=1)
    assert {a.dtype for a in (*grads.values(), probs, *trained.values())} == {np.dtype(np.float32)}
    assert {key: a.shape for key, a in trained.items()} == {key: a.shape for key, a in params.items()}
    assert {key: a.shape for key, a in grads.items()} == {key: a.shape for key, a in params.items()}


def test_extreme_weights_overflow_nowhere():
    params = {"w": np.array([[2000.0]]), "b": np.zeros(1), "c": np.zeros(1)}
    with np.errstate(over="raise", invalid="raise"):
        np.testing.assert_allclose(free_energy(params, [[1.0], [0.0]]), [-2000, -np.log(2)])
        assert log_likelihood(params, [[1.0]]) == pytest.approx(0, abs=1e-12)


@given(seeds, st.integers(1, 12), st.integers(1, 12))
def test_the_likelihood_is_the_same_summed_over_either_layer(seed, D, M):
    params = machine(seed, D, M)
    vs = all_states(D)
    over_visible = np.logaddexp.reduce(-free_energy(params, vs))
    v = vs[[0, -1]]
    # sums of at most 4096 positive terms
    assert log_likelihood(params, v) == pytest.approx(np.mean(-free_energy(params, v)) - over_visible, abs=1e-9)


def test_unfit_arguments_are_refused(rng):
    params = machine(0, 3, 2)
    with pytest.raises(ValueError, match=r"states \(N, 3\) expected, got \(4, 2\)"):
        hidden_probs(params, np.zeros((4, 2)))
    with pytest.raises(ValueError, match=r"states \(N, 2\) expected, got \(2,\)"):
        visible_probs(params, np.zeros(2))
    with pytest.raises(ValueError, match="k must be at least 1, got 0"):
        cd_gradient(params, np.zeros((1, 3)), 0, rng=rng)
    with pytest.raises(ValueError, match=r"got 21 and 30: 2\*\*21 states"):
        log_likelihood(machine(0, 21, 30), np.zeros((1, 21)))
