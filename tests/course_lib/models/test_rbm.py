"""The RBM against sums over all its states and scikit-learn's; contrastive divergence against its expectation."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neural_network import BernoulliRBM

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.models.rbm import (
    cd_gradient,
    fit_rbm,
    free_energy,
    gibbs_step,
    hidden_probs,
    init_rbm,
    log_likelihood,
    visible_probs,
)
from course_lib.optimizers.adam import Adam

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


@pytest.mark.compiled
@pytest.mark.parametrize("k", [1, 2, 3])
def test_contrastive_divergence_has_the_mean_of_its_chain(k, rng):
    params = machine(k, 3, 2, 1.5)
    data = all_states(3)[[0, 3, 3, 6, 7]]
    assert_mean_gradient(params, data, k, expected_cd(params, data, k), rng)


@pytest.mark.compiled
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


@pytest.mark.compiled
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


@given(
    seeds,
    units,
    units,
    st.sampled_from([np.float32, np.float64]),
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, bool]),
)
def test_the_dtype_of_the_states_decides(seed, D, M, of_params, of_states):
    """float32 stays float32; integers and booleans become float64; the parameters follow."""
    params = machine(seed, D, M, dtype=of_params)
    expected = np.float32 if of_states == np.float32 else np.float64
    wide = {key: value.astype(float) for key, value in params.items()}
    rng = np.random.default_rng(seed)
    v, h = (rng.integers(0, 2, (3, n)).astype(of_states) for n in (D, M))
    for function, states in ((hidden_probs, v), (free_energy, v), (visible_probs, h)):
        result = function(params, states)
        assert result.dtype == expected
        # at most five terms of order 4, each rounded
        np.testing.assert_allclose(result, function(wide, states.astype(float)), rtol=0, atol=1e-5)
    drawn, of_drawn = gibbs_step(params, v, rng=rng)
    grads, probs = cd_gradient(params, v, 2, rng=rng)
    trained, _ = fit_rbm(params, v, rng=rng, epochs=1)
    assert {a.dtype for a in (drawn, of_drawn, probs, *grads.values(), *trained.values())} == {np.dtype(expected)}
    assert {key: a.shape for key, a in trained.items()} == {key: a.shape for key, a in params.items()}
    assert {key: a.shape for key, a in grads.items()} == {key: a.shape for key, a in params.items()}
    # in float64 always, and the parameters are exact there
    assert log_likelihood(params, v) == log_likelihood(wide, v.astype(float))


@pytest.mark.compiled
def test_sums_over_many_samples_and_many_units_keep_their_digits():
    n = 1_000_000
    params = {"w": np.zeros((1, 1), np.float32), "b": np.zeros(1, np.float32), "c": np.full(1, -1.2, np.float32)}
    v = np.full((n, 1), 0.1, np.float32)
    rng = np.random.default_rng(0)
    one, many = (cd_gradient(params, states, rng=rng)[0] for states in (v[:1], v))
    # Without weights the hidden units are as likely in the model as in the data: both are sums of a million equal
    # numbers. The model's visible units are coins; of the data's mean 0.1 a sum in float32 makes 0.101.
    assert one["c"][0] == many["c"][0] == 0
    assert many["b"][0] == pytest.approx(0.5 - 0.1, abs=4.5 * 0.5 / np.sqrt(n))
    h = 100_000
    wide = {"w": np.zeros((1, h)), "b": np.zeros(1), "c": rng.uniform(-1, 1, h).astype(np.float32).astype(float)}
    energy = free_energy({key: value.astype(np.float32) for key, value in wide.items()}, v[:1])
    # float32's rounding of each term, at random, and of the sum once
    assert energy[0] == pytest.approx(free_energy(wide, v[:1].astype(float))[0], rel=2e-7)


def test_log_z_of_many_states_keeps_its_digits():
    params = machine(1, 14, 30, 0.5)
    vs = all_states(14)
    exact = np.logaddexp.reduce(-free_energy(params, vs).astype(np.longdouble))
    got = -np.mean(free_energy(params, vs[:1])) - log_likelihood(params, vs[:1])
    assert got == pytest.approx(float(exact), rel=1e-14)


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


PARAMS, V = machine(0, 3, 2), np.zeros((4, 3))


def fitted(params=PARAMS, v=V, **changed):
    return fit_rbm(params, v, **{"rng": np.random.default_rng(0), "epochs": 1} | changed)


REFUSED = [
    (lambda rng: hidden_probs(PARAMS, V[:, :2]), ValueError, r"v must have the shape \(N, 3\), got \(4, 2\)"),
    (
        lambda rng: hidden_probs(PARAMS, V[0]),
        ValueError,
        r"v must have the shape \(N, D\), .*: one sample is v\[None\]",
    ),
    (lambda rng: hidden_probs(PARAMS, V[:0]), ValueError, "v must have at least one entry .*"),
    (lambda rng: hidden_probs(PARAMS, V + 2), ValueError, r"v must lie in \[0, 1\], got 2.0"),
    (lambda rng: hidden_probs(PARAMS, V - 1), ValueError, r"v must lie in \[0, 1\], got -1.0"),
    (lambda rng: free_energy(PARAMS, V + np.nan), ValueError, r"v must lie in \[0, 1\], got nan"),
    (lambda rng: free_energy(PARAMS, V.astype(np.float16)), TypeError, "v is float16, .*"),
    (lambda rng: visible_probs(PARAMS, np.zeros(2)), ValueError, r"h must have the shape \(N, D\), .* h\[None\]"),
    (lambda rng: visible_probs(PARAMS, V), ValueError, r"h must have the shape \(N, 2\), got \(4, 3\)"),
    (lambda rng: visible_probs(PARAMS, V[:, :2] + 255), ValueError, r"h must lie in \[0, 1\], got 255.0"),
    (lambda rng: hidden_probs({"w": V}, V), ValueError, "params lacks 'b', 'c': its keys are w, b, c"),
    (lambda rng: hidden_probs(PARAMS["w"], V), TypeError, "params must be a dict with the keys w, b, c, got array.*"),
    (lambda rng: hidden_probs(PARAMS | {"b": 0.0}, V), ValueError, r"b must have the shape \(3,\), got \(\)"),
    (lambda rng: hidden_probs(PARAMS | {"c": np.zeros(1)}, V), ValueError, r"c must have the shape \(2,\), got \(1,\)"),
    (lambda rng: hidden_probs(PARAMS | {"w": V[0]}, V), ValueError, r"w must have the shape \(D, M\), got \(3,\)"),
    (lambda rng: gibbs_step(PARAMS, V, rng=0), TypeError, r"rng must be .*: type rng=np.random.default_rng\(0\)"),
    (lambda rng: cd_gradient(PARAMS, V, 0, rng=rng), ValueError, "k must be at least 1, got 0"),
    (lambda rng: cd_gradient(PARAMS, V, 1.0, rng=rng), TypeError, r"k must be an integer, got 1.0 \(float\): type 1"),
    (lambda rng: cd_gradient(PARAMS, V + 2, rng=rng), ValueError, r"v must lie in \[0, 1\], got 2.0"),
    (lambda rng: fitted(v=V + 255), ValueError, r"v must lie in \[0, 1\], got 255.0"),
    (lambda rng: fitted(v=V[:0]), ValueError, "v must have at least one entry .*"),
    (lambda rng: fitted(k=0), ValueError, "k must be at least 1, got 0"),
    (lambda rng: fitted(epochs=0), ValueError, "epochs must be at least 1, got 0"),
    (lambda rng: fitted(epochs=1.0), TypeError, r"epochs must be an integer, got 1.0 \(float\): type 1"),
    (lambda rng: fitted(batch_size=0), ValueError, "batch_size must be at least 1, got 0"),
    (lambda rng: fitted(batch_size=8.0), TypeError, r"batch_size must be an integer, got 8.0 \(float\): type 8"),
    (lambda rng: fitted(rng=0), TypeError, r"rng must be .*: type rng=np.random.default_rng\(0\)"),
    (lambda rng: fitted(optimizer=Adam), TypeError, r"optimizer must be .* class Adam: type Adam\(\.\.\.\)"),
    (lambda rng: fitted(optimizer=0.1), TypeError, "optimizer must be an object with step, got 0.1 .*"),
    (lambda rng: init_rbm(0, 2, rng=rng), ValueError, "n_visible must be at least 1, got 0"),
    (lambda rng: init_rbm(3, 2.0, rng=rng), TypeError, r"n_hidden must be an integer, got 2.0 \(float\): type 2"),
    (lambda rng: init_rbm(3, 2, rng=rng, std=-1), ValueError, "std must be at least 0 and finite, got -1"),
    (lambda rng: init_rbm(3, 2, rng=rng, dtype=int), TypeError, "dtype must be float32 or float64, got int64"),
    (lambda rng: init_rbm(3, 2, rng=5), TypeError, r"rng must be .*: type rng=np.random.default_rng\(5\)"),
    (lambda rng: log_likelihood(PARAMS, V + 2), ValueError, r"v must lie in \[0, 1\], got 2.0"),
    (lambda rng: log_likelihood(machine(0, 21, 30), V), ValueError, r".*got 21 and 30: 2\*\*21 states"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message, rng):
    with pytest.raises(error, match=f"^{message}$"):
        call(rng)
