"""Masks that keep the largest weights, and stay while training goes on."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.compression.pruning import (
    CubicSparsity,
    MagnitudePruning,
    apply_masks,
    global_magnitude_masks,
    magnitude_mask,
    weight_matrices,
)
from course_lib.data.datasets import moons
from course_lib.layers.dense import Activation, Affine
from course_lib.layers.network import Sequential, mlp
from course_lib.optimizers.first_order import Momentum
from course_lib.training.loop import fit

seeds = st.integers(0, 2**32 - 1)
shapes = st.one_of(st.tuples(st.integers(1, 6), st.integers(1, 6)), st.tuples(*[st.integers(1, 3)] * 4))
shares = st.floats(0, 1)


@given(seeds, shapes, shares)
def test_the_smallest_magnitudes_are_removed(seed, shape, sparsity):
    w = np.random.default_rng(seed).normal(size=shape)
    before = w.copy()
    mask = magnitude_mask(w, sparsity)
    assert mask.shape == shape and (~mask).sum() == round(sparsity * w.size)
    assert np.abs(w[~mask]).max(initial=0) <= np.abs(w[mask]).min(initial=np.inf)
    np.testing.assert_array_equal(w, before)


def test_sign_does_not_matter_and_ties_go_by_position():
    assert magnitude_mask([-3.0, 0.1, 2.0, -0.2], 0.5).tolist() == [True, False, True, False]
    small_first = magnitude_mask(np.tile([2.0, -1.0], 200), 0.25).reshape(200, 2)
    np.testing.assert_array_equal(small_first, np.column_stack([np.ones(200), np.arange(200) >= 100]))


@given(seeds, st.lists(shapes, min_size=1, max_size=3), shares)
def test_global_masks_are_those_of_all_weights_in_one_vector(seed, all_shapes, sparsity):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) * 10.0 ** rng.integers(-2, 3) for shape in all_shapes]
    masks = global_magnitude_masks(weights, sparsity)
    assert [m.shape for m in masks] == all_shapes
    together = magnitude_mask(np.concatenate([w.ravel() for w in weights]), sparsity)
    np.testing.assert_array_equal(np.concatenate([m.ravel() for m in masks]), together)


def test_a_layer_of_small_weights_loses_more_under_one_threshold(rng):
    weights = [rng.normal(size=(9, 9)), 0.01 * rng.normal(size=(9, 9))]
    large, small = global_magnitude_masks(weights, 0.5)
    assert large.mean() > 0.9 > 0.1 > small.mean()


@given(shares, shares, st.integers(0, 50), st.integers(1, 50))
def test_cubic_schedule(a, b, start, n_steps):
    initial, final = sorted((a, b))
    schedule = CubicSparsity(final, n_steps, start, initial)
    steps = np.arange(start, start + n_steps + 5)
    got = np.array([schedule(int(t)) for t in steps])
    # the equation of Zhu and Gupta, with k = t - start
    k = np.minimum(steps - start, n_steps)
    np.testing.assert_allclose(got, final + (initial - final) * (1 - k / n_steps) ** 3, rtol=0, atol=1e-15)
    assert (np.diff(got) >= -1e-15).all() and got[-1] == final
    assert got[0] == pytest.approx(initial, abs=1e-15)
    assert start == 0 or schedule(start - 1) == 0


def network_and_data(dtype=np.float64):
    rng = np.random.default_rng(0)
    x, y = moons(60, rng=rng)
    return mlp([2, 8, 8, 2], activation="tanh", rng=rng, dtype=dtype), x, y, rng


@pytest.mark.parametrize("scope", ["global", "layer"])
def test_removed_weights_stay_removed_against_momentum(scope):
    network, x, y, rng = network_and_data()
    start = [w.copy() for w in weight_matrices(network)]
    pruning, seen = MagnitudePruning(lambda step: 0.6, every=3, scope=scope), []

    def watch(run):
        seen.append([w == 0 for w in weight_matrices(run.network)])

    fit(network, x, y, rng=rng, optimizer=Momentum(0.1), epochs=4, batch_size=10, callbacks=[pruning, watch])
    for masks in seen:
        for zero, first in zip(masks, seen[0], strict=True):
            np.testing.assert_array_equal(zero, first)
    removed = [zero.sum() for zero in seen[-1]]
    sizes = [w.size for w in start]
    if scope == "layer":
        assert removed == [round(0.6 * size) for size in sizes]
    assert sum(removed) == pytest.approx(0.6 * sum(sizes), abs=2)
    for w, old, mask in zip(weight_matrices(network), start, pruning.masks, strict=True):
        assert (w[mask] != old[mask]).all()  # what was kept goes on learning
    assert all((leaf.params["b"] != 0).all() for leaf in network.leaves() if "b" in leaf.params)


@pytest.mark.outcome
def test_the_schedule_is_followed_and_no_weight_comes_back():
    network, x, y, rng = network_and_data(np.float32)
    schedule, history = CubicSparsity(0.8, 10), []
    pruning = MagnitudePruning(schedule, every=2)

    def watch(run):
        if not run.epoch_ended:
            zero = np.concatenate([w.ravel() == 0 for w in weight_matrices(run.network)])
            history.append((run.step, zero))

    fit(network, x, y, rng=rng, optimizer=Momentum(0.1), epochs=3, batch_size=10, callbacks=[pruning, watch])
    for step, zero in history:
        at = step if step == 1 else step - step % 2
        assert zero.sum() == round(schedule(at) * zero.size)
    for (_, before), (_, after) in pairwise(history):
        assert (after >= before).all()
    assert network.theta.dtype == np.float32


def test_a_frozen_layer_is_not_pruned(rng):
    network = Sequential(Affine(3, 3, rng=rng), Activation("relu"), Affine(3, 2, rng=rng))
    network.layers[0].freeze()
    (only,) = weight_matrices(network)
    assert only is network.layers[2].params["w"]
    apply_masks(network, [np.zeros((3, 2), bool)])
    assert network.layers[0].params["w"].all() and not only.any()


kinds = st.sampled_from([bool, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.float32, np.float64])


@given(kinds, shares, st.data())
def test_magnitudes_of_every_kind_of_number(kind, sparsity, data):
    """Of signed integers the most negative has no opposite: np.abs(np.int8(-128)) is -128, the smallest of all."""
    drawn = {"b": st.booleans(), "f": st.floats(width=32)}.get(np.dtype(kind).kind)
    if drawn is None:
        ends = np.iinfo(kind)
        drawn = st.integers(int(ends.min), int(ends.max)) | st.sampled_from([int(ends.min), int(ends.max)])
    w = np.array(data.draw(st.lists(drawn, max_size=9)), kind)
    mask = magnitude_mask(w, sparsity)
    # sorted by exact magnitudes, NaN last, of equal ones the first; Python's integers and floats do not overflow
    order = sorted(range(w.size), key=lambda i: (np.isnan(w[i]), abs(w[i].item()) if w[i] == w[i] else 0))
    expected = np.ones(w.size, bool)
    expected[order[: round(sparsity * w.size)]] = False
    np.testing.assert_array_equal(mask, expected)


def test_the_most_negative_integer_is_large():
    assert magnitude_mask(np.array([-128, 1], np.int8), 0.5).tolist() == [True, False]


@given(seeds, shapes)
def test_a_share_of_none_or_all(seed, shape):
    w = np.random.default_rng(seed).normal(size=shape)
    assert magnitude_mask(w, 0).all() and not magnitude_mask(w, 1).any()


def test_nan_is_kept_as_long_as_anything_is_and_no_weights_have_no_mask():
    assert magnitude_mask([np.nan, np.inf, 1.0], 2 / 3).tolist() == [True, False, False]
    assert magnitude_mask(np.zeros((0, 3)), 0.5).shape == (0, 3)


def pruned(schedule, **options):
    network, x, y, rng = network_and_data()
    fit(network, x, y, rng=rng, epochs=1, callbacks=[MagnitudePruning(schedule, **options)])


def test_nothing_is_pruned_where_a_mask_does_not_fit():
    """All masks are looked at before the first weight is set to zero."""
    network, *_ = network_and_data()
    before = network.theta.copy()
    shapes = [w.shape for w in weight_matrices(network)]
    masks = [np.zeros(shape, bool) for shape in shapes[:-1]] + [np.zeros(shapes[-1], int)]
    with pytest.raises(TypeError, match=r"^masks must be boolean, got int64: pass mask.astype\(bool\)$"):
        apply_masks(network, masks)
    np.testing.assert_array_equal(network.theta, before)


REFUSED = [
    (lambda: magnitude_mask(np.ones(3), -0.1), ValueError, r"sparsity must lie in \[0, 1\], got -0.1"),
    (lambda: magnitude_mask(np.ones(3), 80), ValueError, r"sparsity must lie in \[0, 1\], got 80"),
    (lambda: magnitude_mask(np.ones(3), np.nan), ValueError, r"sparsity must lie in \[0, 1\], got nan"),
    (lambda: magnitude_mask(np.ones(3), "half"), TypeError, r"sparsity must be a number, got 'half' \(str\)"),
    (lambda: magnitude_mask(np.ones(3, np.float16), 0.5), TypeError, "w is float16, .*"),
    (lambda: magnitude_mask([1j], 0.5), TypeError, "w must hold real numbers, got complex128"),
    (lambda: global_magnitude_masks(np.ones((2, 2)), 0.5), TypeError, r"weights .* \(2, 2\): pass \[weights\]"),
    (lambda: global_magnitude_masks([], 0.5), ValueError, "there must be at least one array .*"),
    (lambda: global_magnitude_masks({"w": np.ones(2)}, 0.5), TypeError, r"weights .*: pass list\(weights.*"),
    (lambda: apply_masks(network_and_data()[0], [np.ones((2, 2), bool)]), ValueError, r".*\(2, 8\).*\[\(2, 2\)\]"),
    (lambda: apply_masks(np.ones((2, 2)), []), TypeError, r"network must be a Sequential, got array.*"),
    (lambda: weight_matrices([Activation("relu")]), TypeError, "network must be a Sequential, got .*"),
    (lambda: CubicSparsity(0.5, 10, initial=0.9), ValueError, "initial must be at most final, 0.5, got 0.9"),
    (lambda: CubicSparsity(80, 10), ValueError, r"final must lie in \[0, 1\], got 80"),
    (lambda: CubicSparsity(0.5, 0), ValueError, "n_steps must be at least 1, got 0"),
    (lambda: CubicSparsity(0.5, 10.0), TypeError, r"n_steps must be an integer, got 10.0 \(float\): type 10"),
    (lambda: CubicSparsity(0.5, 10, start=-1), ValueError, "start must be at least 0, got -1"),
    (lambda: CubicSparsity(0.5, 10)(np.arange(3)), TypeError, "step must be a number, got array.*"),
    (lambda: CubicSparsity(0.5, 10)(np.nan), ValueError, "step must be finite, got nan"),
    (lambda: MagnitudePruning(lambda step: 0.5, every=0), ValueError, "every must be at least 1, got 0"),
    (lambda: MagnitudePruning(lambda step: 0.5, every=1.5), TypeError, r"every must be an integer, got 1.5 \(float\)"),
    (lambda: MagnitudePruning(lambda step: 0.5, scope="local"), ValueError, "scope must be one of .*, got 'local'"),
    (lambda: MagnitudePruning(0.8), TypeError, r"schedule must be .* such as lambda step: 0.8, got 0.8 \(float\)"),
    (lambda: MagnitudePruning(CubicSparsity), TypeError, r".*: type CubicSparsity\(\.\.\.\)"),
    (lambda: pruned(lambda step: 80), ValueError, r"sparsity must lie in \[0, 1\], got 80"),
    (lambda: pruned(lambda step: None, scope="layer"), TypeError, "sparsity must be a number, got None .*"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        call()
