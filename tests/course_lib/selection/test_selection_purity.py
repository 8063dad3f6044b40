"""Ensembles, splits and compression leave their arguments alone, share no memory with them, and keep float32."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from purity import arrays_in, assert_pure

from course_lib.compression import low_rank, pruning, quantization
from course_lib.compression import sizes as compression
from course_lib.compression.int8_inference import fixed_point, int8_affine_forward, quantize_affine
from course_lib.data import splits as ms
from course_lib.layers.network import mlp
from course_lib.models import gan, rbm
from course_lib.selection import boosting, ensembles
from course_lib.selection import bootstrap as bagging
from course_lib.selection import stacked_generalization as stacking
from course_lib.selection.decision_stump import fit_stump, presort

seeds = st.integers(0, 2**32 - 1)
N, D, M = 6, 3, 2


def fresh():
    return np.random.default_rng(1)


def first_two(x, y, rng):
    """Predicts the first two features of a row, as they are."""
    return lambda new: new[:, :2]


def small_gan(dtype):
    return gan.small_gan(D, n_noise=M, hidden=(2,), rng=fresh(), dtype=dtype)


def trained_gan(data):
    trained = small_gan(data.dtype)
    gan.fit_gan(trained, data, rng=fresh(), steps=2, batch_size=4)
    return trained.generator.theta


AFFINE = quantization.affine_quantizer(-1, 1)
CHANNELS = quantization.symmetric_quantizer(np.ones(D), axis=1)
HALVES = [(np.arange(3), np.arange(3, 6)), (np.arange(3, 6), np.arange(3))]

# name -> (function, its arguments by their kind)
SAME_KIND = {
    "average_probabilities": (ensembles.average_probabilities, "probs weights"),
    "average_logits": (ensembles.average_logits, "members weights"),
    "Bagging": (lambda x, y: bagging.bagging(first_two, x, y, 3, rng=fresh())(x), "shares y"),
    "out_of_bag": (
        lambda x, y: bagging.bagging(first_two, x, y, 9, rng=fresh()).out_of_bag_probabilities(x),
        "shares y",
    ),
    "out_of_fold": (lambda x, y: ms.out_of_fold(first_two, x, y, HALVES, rng=fresh()), "shares y"),
    "stack_features": (lambda a, b: stacking.stack_features([a, b]), "x unit"),
    "presort": (lambda x: presort(x).values, "x"),
    "fake_quantize": (lambda x: quantization.fake_quantize_forward(x, AFFINE), "x"),
    "fake_quantize_backward": (quantization.fake_quantize_backward, "x mask"),
    "low_rank_factors": (lambda w: low_rank.low_rank_factors(w, 2), "x"),
    "hidden_probs": (lambda v, w, b, c: rbm.hidden_probs({"w": w, "b": b, "c": c}, v), "unit w b c"),
    "visible_probs": (lambda h, w, b, c: rbm.visible_probs({"w": w.T, "b": c, "c": b}, h), "unit w b c"),
    "free_energy": (lambda v, w, b, c: rbm.free_energy({"w": w, "b": b, "c": c}, v), "unit w b c"),
    "gibbs_step": (lambda v, w, b, c: rbm.gibbs_step({"w": w, "b": b, "c": c}, v, rng=fresh()), "unit w b c"),
    "cd_gradient": (lambda v, w, b, c: rbm.cd_gradient({"w": w, "b": b, "c": c}, v, 2, rng=fresh()), "unit w b c"),
    "fit_rbm": (
        lambda v, w, b, c: rbm.fit_rbm({"w": w, "b": b, "c": c}, v, rng=fresh(), epochs=1, batch_size=4)[0],
        "unit w b c",
    ),
    "discriminator_loss": (gan.discriminator_loss, "column unit"),
    "generator_loss": (gan.generator_loss, "column"),
    "discriminator_backprop": (lambda x, z: gan.discriminator_backprop(small_gan(x.dtype), x, z), "x unit"),
    "fit_gan": (trained_gan, "x"),
}
# these give integers, booleans or float64, whatever they get
OTHERS = {
    "vote_shares": (lambda y, w: ensembles.vote_shares(y[None], 2, w), "y one"),
    "majority_vote": (lambda y, w: ensembles.majority_vote(y[None], 2, w), "y one"),
    "ambiguity": (ensembles.ambiguity_decomposition, "x c3"),
    "bias_variance": (ensembles.bias_variance_covariance, "members c3"),
    "out_of_bag_mask": (lambda y: bagging.out_of_bag_mask(y, N), "y"),
    "stratified_k_fold": (lambda y: ms.stratified_k_fold(y, 3, rng=fresh()), "y"),
    "stratified_split": (lambda y: ms.stratified_split(y, rng=fresh()), "y"),
    "learning_curve_subsets": (lambda y: ms.learning_curve_subsets(y, [2, 4], rng=fresh()), "y"),
    "presort": (lambda x: presort(x).samples, "x"),
    "fit_stump": (lambda x, y, w: fit_stump(x, y, w, n_classes=2)(x), "x y positive"),
    "adaboost": (lambda x, y: boosted(x, y).vote_shares(x), "x y"),
    "resampling_learner": (lambda x, y: resampled(x, y)(x), "shares y"),
    "training_error_bound": (lambda errors: boosting.training_error_bound(errors), "positive"),
    "magnitude_mask": (lambda w: pruning.magnitude_mask(w, 0.5), "x"),
    "global_magnitude_masks": (lambda a, b: pruning.global_magnitude_masks([a, b], 0.5), "x unit"),
    "affine_quantizer": (lambda low, high: quantization.affine_quantizer(-low, high, axis=0), "positive positive"),
    "symmetric_quantizer": (lambda largest: quantization.symmetric_quantizer(largest, axis=0), "positive"),
    "calibrate": (lambda x: quantization.calibrate(x, axis=1), "x"),
    "quantize": (lambda x: quantization.quantize(x, CHANNELS), "x"),
    "dequantize": (lambda y: quantization.dequantize(y, AFFINE), "y"),
    "fixed_point": (fixed_point, "positive"),
    "quantize_affine": (lambda w, b: quantize_affine(w, b, AFFINE, AFFINE), "w c"),
    "log_likelihood": (lambda v, w, b, c: [rbm.log_likelihood({"w": w, "b": b, "c": c}, v)], "unit w b c"),
    "mode_coverage": (lambda x, centres: gan.mode_coverage(x, centres, 0.5), "x unit"),
    "csr_bytes": (lambda w: [compression.csr_bytes(w)], "x"),
}


def boosted(x, y):
    answers = iter([[0, 1, 0, 1, 1, 1], [0, 0, 0, 1, 0, 1]])  # of labels 0 1 0 1 0 1: one and one wrong
    answer = None

    def fit_weak(weights):
        nonlocal answer
        answer = np.array(next(answers))
        return lambda new, fitted=answer: fitted

    return boosting.adaboost(fit_weak, x, np.arange(N) % 2, n_rounds=2, n_classes=2)


def resampled(x, y):
    return boosting.resampling_learner(first_two, x, y, rng=fresh())(np.ones(N))


def draw(kinds, seed, dtype):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(2), N)
    arrays = {
        "x": rng.normal(size=(N, D)),
        "unit": rng.uniform(0, 1, (N, D)),
        "probs": rng.dirichlet(np.ones(D), (M, N)),
        "members": rng.normal(size=(M, N, D)),
        "shares": np.column_stack([shares, rng.normal(size=N)]),
        "column": rng.normal(size=(N, 1)),
        "weights": rng.uniform(0.1, 1, M),
        "positive": rng.uniform(0.1, 0.9, N),
        "one": np.ones(1),
        "c3": rng.normal(size=D),
        "w": rng.normal(size=(D, M)),
        "b": rng.normal(size=D),
        "c": rng.normal(size=M),
    }
    whole = {"y": rng.permutation(np.arange(N) % 2), "mask": rng.random((N, D)) < 0.5}
    return [whole[kind] if kind in whole else arrays[kind].astype(dtype) for kind in kinds.split()]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", SAME_KIND)
@settings(max_examples=10)  # the kinds of arrays matter, not their values
@given(seed=seeds)
def test_floats_stay_of_their_kind_and_nothing_is_shared(name, dtype, seed):
    function, kinds = SAME_KIND[name]
    result = assert_pure(function, *draw(kinds, seed, dtype))
    floats = {out.dtype for out in arrays_in(result) if out.dtype.kind == "f"}
    assert floats == {np.dtype(dtype)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OTHERS)
@settings(max_examples=10)  # the kinds of arrays matter, not their values
@given(seed=seeds)
def test_nothing_is_shared_nor_changed(name, dtype, seed):
    function, kinds = OTHERS[name]
    result = assert_pure(function, *draw(kinds, seed, dtype))
    assert {out.dtype for out in arrays_in(result) if out.dtype.kind == "f"} <= {np.dtype(np.float64)}


EQUALS = ("stack_features", "discriminator_loss")  # neither of their arguments is the data


@pytest.mark.parametrize("name", [name for name in SAME_KIND if " " in SAME_KIND[name][1] and name not in EQUALS])
@settings(max_examples=10)  # the kinds of arrays matter, not their values
@given(seed=seeds)
def test_the_first_argument_decides(name, seed):
    """float32 data with float64 parameters give float32, and the other way round float64."""
    function, kinds = SAME_KIND[name]
    for dtype, other in ((np.float32, np.float64), (np.float64, np.float32)):
        data, *_ = draw(kinds, seed, dtype)
        _, *parameters = draw(kinds, seed, other)
        assert {out.dtype for out in arrays_in(function(data, *parameters)) if out.dtype.kind == "f"} == {
            np.dtype(dtype)
        }


@given(seeds, st.sampled_from([np.float32, np.float64]), st.booleans())
def test_integer_layers(seed, dtype, last):
    w, b, x = draw("w c x", seed, dtype)
    layer = quantize_affine(w, b, AFFINE, None if last else AFFINE)
    before = [x.copy() for x in arrays_in(layer)]
    assert_pure(lambda q: int8_affine_forward(q, layer), quantization.quantize(x, AFFINE))
    for saved, now in zip(before, arrays_in(layer), strict=True):
        np.testing.assert_array_equal(now, saved)


def test_a_network_is_not_changed_by_what_is_measured_of_it(rng):
    network = mlp([D, 4, M], activation="relu", rng=rng)
    before = network.theta.copy()
    compression.network_size(network)
    low_rank.factorize_affine(network.layers[0], 2)
    pruning.global_magnitude_masks(pruning.weight_matrices(network), 0.5)
    np.testing.assert_array_equal(network.theta, before)
