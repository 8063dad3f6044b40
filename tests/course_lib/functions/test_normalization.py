"""Normalisation layers against the index sets of Wu and He 2018, and their backward passes against differences."""

from math import fsum, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.analysis.gradient_check import numeric_grad
from course_lib.functions import normalization as norm
from course_lib.functions.affine import affine_forward

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 3)
shapes = st.one_of(st.tuples(small, st.integers(1, 6)), st.tuples(small, st.integers(1, 6), small, small))
dtypes = st.sampled_from([np.float32, np.float64])
# Far from 0: the differences' step of 1e-5 must be small against sqrt(eps), below which entries may lie together.
epsilons = st.sampled_from([0.01, 0.1, 1.0])
NORMS = ["batch", "batch, evaluation", "layer", "group", "instance"]


def draw(seed, shape, name, dtype=np.float64):
    """x, gamma, beta, dout, state and the number of groups, a divisor of the channels."""
    rng = np.random.default_rng(seed)
    if name == "instance":  # takes images alone
        shape = (*shape, 1, 1)[:4]
    parameters = shape[1:] if name == "layer" else shape[1:2]
    arrays = [rng.normal(size=s).astype(dtype) for s in (shape, parameters, parameters, shape)]
    state = {"mean": rng.normal(size=shape[1]).astype(dtype), "var": rng.uniform(0.5, 2, shape[1]).astype(dtype)}
    divisors = [g for g in range(1, shape[1] + 1) if shape[1] % g == 0]
    return *arrays, state, int(rng.choice(divisors))


def forward(name, x, gamma, beta, state, n_groups, eps):
    """out and cache of the named norm."""
    if name.startswith("batch"):
        return norm.batchnorm_forward(x, gamma, beta, state, training=name == "batch", eps=eps)[:2]
    if name == "layer":
        return norm.layernorm_forward(x, gamma, beta, eps)
    if name == "group":
        return norm.groupnorm_forward(x, gamma, beta, n_groups, eps)
    return norm.instancenorm_forward(x, gamma, beta, eps)


def backward(name, dout, cache):
    functions = {"layer": norm.layernorm_backward, "group": norm.groupnorm_backward}
    functions |= {"instance": norm.instancenorm_backward}
    return functions.get(name, norm.batchnorm_backward)(dout, cache)


def transcription(name, x, gamma, beta, state, n_groups, eps):
    """Equations 1 to 7 of Wu and He 2018, entry by entry with exact sums; evaluation takes the running statistics."""
    x = x.astype(float)
    size = x.shape[1] // n_groups
    owner = {
        "batch": lambda i: i[1],
        "layer": lambda i: i[0],
        "group": lambda i: (i[0], i[1] // size),
        "instance": lambda i: i[:2],
    }
    out = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        if name == "batch, evaluation":
            mean, var = float(state["mean"][i[1]]), float(state["var"][i[1]])
        else:
            share = [x[j] for j in np.ndindex(x.shape) if owner[name](j) == owner[name](i)]
            mean = fsum(share) / len(share)
            var = fsum((value - mean) ** 2 for value in share) / len(share)
        k = i[1:] if name == "layer" else i[1]
        out[i] = float(gamma[k]) * (x[i] - mean) / sqrt(var + eps) + float(beta[k])
    return out


@pytest.mark.parametrize("name", NORMS)
@given(seed=seeds, shape=shapes, eps=epsilons, dtype=dtypes)
def test_forward_equals_the_paper(name, seed, shape, eps, dtype):
    x, gamma, beta, _, state, n_groups = draw(seed, shape, name, dtype)
    out, _ = forward(name, x, gamma, beta, state, n_groups, eps)
    assert out.dtype == dtype
    # a few roundings of numbers below 6, divided by at least sqrt(eps) = 0.1, times gamma below 6
    atol = 10 * 6 * 6 / 0.1 * np.finfo(dtype).eps
    np.testing.assert_allclose(out, transcription(name, x, gamma, beta, state, n_groups, eps), rtol=0, atol=atol)


@pytest.mark.parametrize("name", NORMS)
@given(seed=seeds, shape=shapes, eps=epsilons)
def test_backward_equals_numerical_gradients(name, seed, shape, eps):
    x, gamma, beta, dout, state, n_groups = draw(seed, shape, name)

    def loss(x, gamma, beta):
        return np.sum(dout * forward(name, x, gamma, beta, state, n_groups, eps)[0])

    gradients = backward(name, dout, forward(name, x, gamma, beta, state, n_groups, eps)[1])
    numeric = (
        numeric_grad(lambda v: loss(v, gamma, beta), x),
        numeric_grad(lambda v: loss(x, v, beta), gamma),
        numeric_grad(lambda v: loss(x, gamma, v), beta),
    )
    for gradient, expected in zip(gradients, numeric, strict=True):
        assert gradient.shape == expected.shape
        # relative to the terms as well: they cancel to 0 where an entry has its mean for itself
        magnitude = max(np.abs(expected).max(), np.abs(dout).max() * max(1, np.abs(gamma).max()))
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-6 * magnitude)


@pytest.mark.parametrize("name", NORMS)
@given(seed=seeds, shape=shapes, eps=epsilons)
def test_float32_stays_float32_and_agrees_with_float64(name, seed, shape, eps):
    x, gamma, beta, dout, state, n_groups = draw(seed, shape, name, np.float32)
    wide = [a.astype(float) for a in (x, gamma, beta)]
    # eps as a NumPy scalar of double precision, which would promote the arrays
    out, cache = forward(name, x, gamma, beta, state, n_groups, np.float64(eps))
    narrow = [out, *backward(name, dout, cache)]
    expected = [forward(name, *wide, state, n_groups, eps)[0]]
    expected += backward(name, dout.astype(float), forward(name, *wide, state, n_groups, eps)[1])
    for got, wanted in zip(narrow, expected, strict=True):
        assert got.dtype == np.float32
        # roundings in sums of at most 54 terms below 6 * 6 * 6, divided by sqrt(eps) twice at most
        np.testing.assert_allclose(got, wanted, rtol=0, atol=54 * 6**3 / eps * np.finfo(np.float32).eps)


@pytest.mark.parametrize("name", NORMS)
@given(seed=seeds, shape=shapes)
def test_inputs_are_left_alone(name, seed, shape):
    x, gamma, beta, dout, state, n_groups = draw(seed, shape, name)
    arrays = [x, gamma, beta, dout, *state.values()]
    before = [a.copy() for a in arrays]
    backward(name, dout, forward(name, x, gamma, beta, state, n_groups, 0.1)[1])
    assert all(a.tobytes() == b.tobytes() for a, b in zip(arrays, before, strict=True))


@pytest.mark.parametrize("name", ["batch", "layer", "group", "instance"])
@given(seed=seeds, shape=shapes, scale=st.sampled_from([2.0**-20, 2.0**20]))
def test_the_scale_of_the_inputs_does_not_matter(name, seed, shape, scale):
    x, gamma, beta, _, state, n_groups = draw(seed, shape, name)
    out, _ = forward(name, x, gamma, beta, state, n_groups, 0.1)
    scaled, _ = forward(name, scale * x, gamma, beta, state, n_groups, 0.1 * scale**2)
    # a power of 2 leaves every rounding as it was, but for the root and its division
    np.testing.assert_allclose(scaled, out, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", ["batch", "layer", "group", "instance"])
def test_a_large_mean_does_not_cancel_the_variance(name, rng):
    x = rng.integers(-4, 5, (3, 4, 2, 3)).astype(float)
    gamma = np.ones(x.shape[1:] if name == "layer" else 4)
    far = x + 2.0**30  # exact in float64; its square, 2**60, would hold the variance in no bit at all
    outs = [forward(name, a, gamma, 0 * gamma, norm.batchnorm_state(4), 2, 0.1)[0] for a in (x, far)]
    # the mean of 2**30 + x is rounded by 2**-23 = 1e-7, and sqrt(eps) = 0.3
    np.testing.assert_allclose(outs[1], outs[0], rtol=0, atol=1e-6)


@given(seeds, shapes)
def test_one_group_is_layer_norm_and_single_channels_are_instance_norm(seed, shape):
    x, gamma, beta, dout, _, _ = draw(seed, shape, "group")
    spread = [np.broadcast_to(a.reshape(-1, *(1 for _ in shape[2:])), shape[1:]) for a in (gamma, beta)]
    layer, layer_cache = norm.layernorm_forward(x, *spread)
    group, group_cache = norm.groupnorm_forward(x, gamma, beta, 1)
    np.testing.assert_allclose(group, layer, rtol=0, atol=1e-11)  # roundings of order 1, over sqrt(eps) = 3e-3
    dx, *_ = norm.layernorm_backward(dout, layer_cache)
    # the same, with the root in the denominator once more
    np.testing.assert_allclose(norm.groupnorm_backward(dout, group_cache)[0], dx, rtol=0, atol=1e-8)

    # a channel of its own mean in every sample: batch norm of that sample alone
    images = x.reshape((*shape, 1, 1)[:4])
    instance = norm.instancenorm_forward(images, gamma, beta)[0].reshape(shape)
    single, _ = norm.groupnorm_forward(x, gamma, beta, shape[1])
    np.testing.assert_array_equal(single, instance)
    state = norm.batchnorm_state(shape[1])
    alone = [norm.batchnorm_forward(x[n : n + 1], gamma, beta, state, training=True)[0] for n in range(len(x))]
    np.testing.assert_allclose(instance, np.concatenate(alone), rtol=0, atol=1e-11)


@given(seeds, shapes)
def test_spatial_batch_norm_is_the_dense_one_over_all_pixels(seed, shape):
    x, gamma, beta, dout, state, _ = draw(seed, shape, "batch")
    out, cache, after = norm.batchnorm_forward(x, gamma, beta, state, training=True)
    rows = np.moveaxis(x, 1, -1).reshape(-1, shape[1])
    dense, dense_cache, dense_after = norm.batchnorm_forward(rows, gamma, beta, state, training=True)
    # roundings of another order of summing, over sqrt(eps) = 3e-3, and over eps in the gradient
    np.testing.assert_allclose(np.moveaxis(out, 1, -1).reshape(rows.shape), dense, rtol=0, atol=1e-11)
    for key in state:
        np.testing.assert_allclose(after[key], dense_after[key], rtol=0, atol=1e-14)
    dx, dgamma, dbeta = norm.batchnorm_backward(dout, cache)
    expected = norm.batchnorm_backward(np.moveaxis(dout, 1, -1).reshape(rows.shape), dense_cache)
    for got, wanted in zip((np.moveaxis(dx, 1, -1).reshape(rows.shape), dgamma, dbeta), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-8)


@given(seeds, shapes, st.floats(0, 1), st.integers(1, 5), dtypes)
def test_running_statistics_are_exponential_averages(seed, shape, momentum, n_batches, dtype):
    rng = np.random.default_rng(seed)
    batches = rng.normal(size=(n_batches, *shape)).astype(dtype)
    ones = np.ones(shape[1], dtype)
    state = norm.batchnorm_state(shape[1], dtype)
    for x in batches:
        _, _, state = norm.batchnorm_forward(x, ones, ones, state, True, momentum=np.float64(momentum))
    # unrolled: the batch k steps ago weighs (1 - momentum) * momentum**k, the start what is left
    weights = [(1 - momentum) * momentum**k for k in reversed(range(n_batches))]
    axes = tuple(axis for axis in range(len(shape)) if axis != 1)
    wide = batches.astype(float)
    mean = sum(w * x.mean(axis=axes) for w, x in zip(weights, wide, strict=True))
    var = momentum**n_batches + sum(w * x.var(axis=axes, ddof=0) for w, x in zip(weights, wide, strict=True))
    atol = 200 * np.finfo(dtype).eps  # sums of at most 27 squares below 36, and 5 updates
    assert {key: value.dtype for key, value in state.items()} == {"mean": dtype, "var": dtype}
    np.testing.assert_allclose(state["mean"], mean, rtol=0, atol=atol)
    np.testing.assert_allclose(state["var"], var, rtol=0, atol=atol)


@given(seeds, shapes)
def test_evaluation_treats_each_sample_alone_and_keeps_the_state(seed, shape):
    x, gamma, beta, _, state, _ = draw(seed, shape, "batch")
    before = {key: value.copy() for key, value in state.items()}
    out, _, after = norm.batchnorm_forward(x, gamma, beta, state, training=False)
    for n in range(len(x)):
        alone, _, _ = norm.batchnorm_forward(x[n : n + 1], gamma, beta, state, training=False)
        np.testing.assert_array_equal(alone[0], out[n])
    for key, value in before.items():
        np.testing.assert_array_equal(after[key], value)


def test_a_training_batch_of_one_gives_beta_and_no_gradient(rng):
    x, gamma, beta, dout = rng.normal(size=(4, 1, 3))
    out, cache, state = norm.batchnorm_forward(x, gamma[0], beta[0], norm.batchnorm_state(3), training=True)
    np.testing.assert_array_equal(out, beta)
    dx, dgamma, dbeta = norm.batchnorm_backward(dout, cache)
    assert not dx.any()
    assert not dgamma.any()
    np.testing.assert_array_equal(dbeta, dout[0])
    np.testing.assert_allclose(state["var"], 0.9, rtol=1e-15)  # the default momentum, times the initial 1


@given(seeds, st.tuples(small, small, small), dtypes)
def test_layer_norm_of_sequences_is_that_of_their_steps(seed, shape, dtype):
    rng = np.random.default_rng(seed)
    x, dout = rng.normal(size=(2, *shape, 4)).astype(dtype)
    gamma, beta = rng.normal(size=(2, 4)).astype(dtype)
    rows = [a.reshape(-1, 4) for a in (x, dout)]
    out, cache = norm.layernorm_forward(x, gamma, beta)
    flat, flat_cache = norm.layernorm_forward(rows[0], gamma, beta)
    np.testing.assert_array_equal(out.reshape(flat.shape), flat)
    got, wanted = norm.layernorm_backward(dout, cache), norm.layernorm_backward(rows[1], flat_cache)
    np.testing.assert_array_equal(got[0].reshape(flat.shape), wanted[0])
    for a, b in zip(got[1:], wanted[1:], strict=True):
        # another order of summing at most 27 products below 36
        np.testing.assert_allclose(a, b, rtol=0, atol=27 * 36 * np.finfo(dtype).eps)


@given(seeds, st.tuples(small, small, small), epsilons, dtypes)
def test_folded_affine_layer_equals_the_two_layers(seed, size, eps, dtype):
    rng = np.random.default_rng(seed)
    n, d, m = size
    x, w = rng.normal(size=(n, d)).astype(dtype), rng.normal(size=(d, m)).astype(dtype)
    b, gamma, beta, mean = rng.normal(size=(4, m)).astype(dtype)
    state = {"mean": mean, "var": rng.uniform(0, 2, m).astype(dtype)}
    expected, _, _ = norm.batchnorm_forward(affine_forward(x, w, b)[0], gamma, beta, state, False, eps)
    folded_w, folded_b = norm.fold_batchnorm(w, b, gamma, beta, **state, eps=np.float64(eps))
    out, _ = affine_forward(x, folded_w, folded_b)
    assert folded_w.dtype == folded_b.dtype == dtype
    # at most 5 terms below 36, times gamma below 6, over sqrt(eps) = 0.1 or more
    np.testing.assert_allclose(out, expected, rtol=0, atol=5 * 36 * 6 / 0.1 * np.finfo(dtype).eps)


@given(seeds, st.tuples(small, small, small, small))
def test_folded_convolution_equals_the_two_layers(seed, size):
    rng = np.random.default_rng(seed)
    n, c, m, k = size
    patches, w = rng.normal(size=(n, c, k, k)), rng.normal(size=(m, c, k, k))
    b, gamma, beta, mean = rng.normal(size=(4, m))
    state = {"mean": mean, "var": rng.uniform(0.5, 2, m)}
    convolve = "ncij,mcij->nm"  # a kernel as large as its image has one output pixel
    out, _, _ = norm.batchnorm_forward(np.einsum(convolve, patches, w) + b, gamma, beta, state, False)
    folded_w, folded_b = norm.fold_batchnorm(w, b, gamma, beta, **state, axis=0)
    # sums of at most 27 products below 36, times gamma below 6
    np.testing.assert_allclose(np.einsum(convolve, patches, folded_w) + folded_b, out, rtol=0, atol=1e-12)
    last_w, last_b = norm.fold_batchnorm(np.moveaxis(w, 0, -1), b, gamma, beta, **state)
    np.testing.assert_array_equal(np.moveaxis(last_w, -1, 0), folded_w)
    np.testing.assert_array_equal(last_b, folded_b)


@pytest.mark.parametrize("shape", [(2**20, 1), (2**16, 1, 4, 4)])
def test_float32_statistics_of_very_many_entries_are_right(shape):
    x = np.full(shape, 100.1, np.float32)
    x[::2] -= 1
    one, state = np.ones(1), norm.batchnorm_state(1)
    _, cache, state = norm.batchnorm_forward(x, one, 0 * one, state, True, momentum=0.0)
    # a sum of a million terms one after the other would be off by up to a million roundings, here 1 %
    np.testing.assert_allclose(state["mean"], x.mean(dtype=float), rtol=1e-6)
    np.testing.assert_allclose(state["var"], x.var(dtype=float), rtol=1e-4)  # the rounded mean is 4e-6 off
    _, dgamma, dbeta = norm.batchnorm_backward(np.full(shape, 0.1), cache)
    np.testing.assert_allclose(dbeta, 0.1 * x.size, rtol=1e-6)
    assert abs(dgamma[0]) < 0.1 * x.size * 1e-4  # its terms are +-0.1, half of each


def batchnorm(x=((2, 4)), gamma=4, beta=4, state=None, training=True, **options):
    state = norm.batchnorm_state(4) if state is None else state
    return norm.batchnorm_forward(np.ones(x), np.ones(gamma), np.ones(beta), state, training, **options)


def fold(w=(2, 4), vectors=(1,) * 5, **options):
    return norm.fold_batchnorm(np.ones(w), *(np.full(4, v) for v in vectors), **options)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: batchnorm(gamma=3), ValueError, r"gamma must have the shape \(4,\), got \(3,\)"),
        (lambda: batchnorm(beta=(1, 4)), ValueError, r"beta must have the shape \(4,\), got \(1, 4\)"),
        (lambda: batchnorm(x=4), ValueError, r"x must have the shape \(N, C\) or \(N, C, H, W\), got \(4,\)"),
        (lambda: batchnorm(x=(2, 4, 4)), ValueError, r"\(N, C\) or \(N, C, H, W\), got \(2, 4, 4\)"),
        (lambda: batchnorm(x=(0, 4)), ValueError, r"x must have at least one entry .*, got the shape \(0, 4\)"),
        (lambda: batchnorm(x=(2, 4, 0, 1)), ValueError, r"at least one entry .*, got the shape \(2, 4, 0, 1\)"),
        (lambda: batchnorm(state=norm.batchnorm_state(5)), ValueError, r"state\['mean'\] .* \(4,\), got \(5,\)"),
        (lambda: batchnorm(state={"mean": np.ones(4)}), ValueError, "state lacks 'var': its keys are mean, var"),
        (lambda: batchnorm(state=np.ones(4)), TypeError, "state must be a dict with the keys mean, var, got array"),
        (lambda: batchnorm(momentum=1.1), ValueError, r"momentum must lie in \[0, 1\], got 1.1"),
        (lambda: batchnorm(momentum=np.nan), ValueError, r"momentum must lie in \[0, 1\], got nan"),
        (lambda: batchnorm(eps=-1e-5), ValueError, "eps must be at least 0 and finite, got -1e-05"),
        (lambda: batchnorm(eps="1e-5"), TypeError, "eps must be a number, got '1e-5'"),
        (lambda: norm.batchnorm_state(0), ValueError, "n_channels must be at least 1, got 0"),
        (lambda: norm.batchnorm_state(4.0), TypeError, r"n_channels must be an integer, got 4.0 \(float\): type 4"),
        (lambda: norm.batchnorm_state(4, int), TypeError, "dtype must be float32 or float64, got int64"),
        (lambda: norm.batchnorm_backward(np.ones((2, 1)), batchnorm()[1]), ValueError, r"dout .*\(2, 4\), got \(2, 1"),
        (lambda: norm.layernorm_forward(np.ones((4, 3)), *np.ones((2, 4, 1))), ValueError, r"got .*\(4, 1\)"),
        (lambda: norm.layernorm_forward(np.ones((2, 6)), *np.ones((2, 5))), ValueError, r"got \(2, 6\), \(5,\)"),
        (lambda: norm.layernorm_forward(np.ones((0, 6)), *np.ones((2, 6))), ValueError, r"shape \(0, 6\)"),
        (lambda: norm.layernorm_forward(np.ones((2, 6)), *np.ones((2, 6)), -1), ValueError, "eps must be .* got -1"),
        (lambda: norm.groupnorm_forward(np.ones((2, 6)), *np.ones((2, 6)), 4), ValueError, "channels, 6, got 4"),
        (lambda: norm.groupnorm_forward(np.ones((2, 6)), *np.ones((2, 6)), 0), ValueError, "channels, 6, got 0"),
        (lambda: norm.groupnorm_forward(np.ones((2, 6)), *np.ones((2, 6)), 3.0), TypeError, "got 3.0 .*: type 3"),
        (lambda: norm.groupnorm_forward(np.ones(6), *np.ones((2, 6)), 1), ValueError, r"got \(6,\)"),
        (lambda: norm.instancenorm_forward(np.ones((2, 6)), *np.ones((2, 6))), ValueError, r"H, W\), got \(2, 6\)"),
        (lambda: fold(w=(4, 2)), ValueError, r"b must have the shape \(2,\), got \(4,\)"),
        (lambda: fold(axis=2), ValueError, r"axis must be in \[-2, 1\], got 2"),
        (lambda: fold(vectors=(1, 1, 1, 2, -1)), ValueError, "var must not be negative, got -1.0: is it the mean"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_data_decide_the_dtype(name, dtype):
    x, gamma, beta, dout, state, n_groups = draw(0, (3, 4), name)
    out, cache = forward(name, x.astype(dtype), gamma.astype(int), beta, state, n_groups, 1)
    assert {a.dtype for a in (out, *backward(name, dout, cache))} == {np.dtype(dtype)}
