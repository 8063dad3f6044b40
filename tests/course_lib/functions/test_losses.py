"""Softmax and cross-entropy against SciPy, their gradient against numerical ones, and the limits of infinite logits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, log_expit, log_softmax, logsumexp
from scipy.special import softmax as scipy_softmax

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.functions import losses
from course_lib.functions.losses import binary_xent, mse, softmax, softmax_backward, softmax_xent

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 6), st.integers(1, 6))
scales = st.sampled_from([1e-3, 1.0, 30.0, 1e4])
dtypes = st.sampled_from([np.float32, np.float64])


def draw(seed, size, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return (scale * rng.normal(size=size)).astype(dtype), rng.integers(0, size[1], size[0])


def accuracy(logits):
    """Rounding of the logits' differences, which exp turns into a relative error, and of the sums."""
    return float(np.finfo(logits.dtype).eps) * (20 + 4 * float(np.abs(logits).max()))


@given(seeds, sizes, scales, dtypes)
def test_softmax_equals_scipy(seed, size, scale, dtype):
    logits, _ = draw(seed, size, scale, dtype)
    probs = softmax(logits)
    assert probs.dtype == dtype
    np.testing.assert_allclose(
        probs, scipy_softmax(logits.astype(float), axis=1), rtol=accuracy(logits), atol=np.finfo(dtype).tiny
    )


@given(seeds, sizes, scales, dtypes)
def test_loss_equals_log_sum_exp_minus_the_label_s_logit(seed, size, scale, dtype):
    logits, y = draw(seed, size, scale, dtype)
    wide = logits.astype(float)
    expected = np.mean(logsumexp(wide, axis=1) - wide[np.arange(size[0]), y])
    loss, _ = softmax_xent(logits, y)
    assert isinstance(loss, float)
    assert loss == pytest.approx(expected, abs=accuracy(logits))


@given(seeds, sizes, scales, dtypes)
def test_gradient_is_probability_minus_label_over_n(seed, size, scale, dtype):
    logits, y = draw(seed, size, scale, dtype)
    _, dlogits = softmax_xent(logits, y)
    expected = np.exp(log_softmax(logits.astype(float), axis=1))
    expected[np.arange(size[0]), y] -= 1
    assert dlogits.dtype == dtype
    np.testing.assert_allclose(dlogits, expected / size[0], rtol=0, atol=accuracy(logits))


@given(seeds, sizes)
def test_gradient_equals_the_numerical_one(seed, size):
    logits, y = draw(seed, size, 2.0)
    _, dlogits = softmax_xent(logits, y)
    numeric = numeric_grad(lambda v: softmax_xent(v, y)[0], logits)
    # rounding of a loss below 20 over 2h is 4e-10; truncation h**2 / 6 is 2e-11
    np.testing.assert_allclose(dlogits, numeric, rtol=0, atol=2e-9)


@given(seeds, sizes, st.sampled_from([-2000.0, -1.0, 2000.0]))
def test_a_shift_of_every_row_changes_nothing(seed, size, shift):
    logits, y = draw(seed, size)
    shifts = shift * np.random.default_rng(seed).uniform(0.5, 1, (size[0], 1))
    loss, dlogits = softmax_xent(logits, y)
    shifted_loss, shifted = softmax_xent(logits + shifts, y)
    # the shift rounds the logits at 2000 * 1e-16
    assert shifted_loss == pytest.approx(loss, abs=1e-11)
    np.testing.assert_allclose(shifted, dlogits, rtol=0, atol=1e-11)


@given(seeds, sizes, scales)
def test_rows_of_the_gradient_sum_to_zero(seed, size, scale):
    logits, y = draw(seed, size, scale)
    _, dlogits = softmax_xent(logits, y)
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=20 * np.finfo(float).eps)  # at most 7 roundings
    assert np.all(np.delete(dlogits.ravel(), np.arange(size[0]) * size[1] + y) >= 0)


@given(seeds, sizes, st.integers(2, 4))
def test_a_batch_repeated_has_the_same_loss_and_a_gradient_shared_out(seed, size, times):
    logits, y = draw(seed, size)
    loss, dlogits = softmax_xent(logits, y)
    again, shared = softmax_xent(np.tile(logits, (times, 1)), np.tile(y, times))
    assert again == pytest.approx(loss, rel=1e-14, abs=1e-15)  # another order of summing
    np.testing.assert_allclose(shared, np.tile(dlogits, (times, 1)) / times, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("n_classes", [1, 2, 10, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_logits_cost_the_logarithm_of_the_number_of_classes(n_classes, dtype):
    loss, _ = softmax_xent(np.full((3, n_classes), 7, dtype=dtype), np.zeros(3, dtype=int))
    assert loss == pytest.approx(np.log(n_classes), rel=4 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_probability_that_underflows_still_costs_its_distance(dtype):
    gap = 3000
    loss, dlogits = softmax_xent(np.array([[0, gap]], dtype=dtype), np.array([0]))
    assert loss == gap
    np.testing.assert_array_equal(dlogits, [[-1, 1]])


def test_nan_is_not_hidden():
    loss, dlogits = softmax_xent(np.array([[1.0, np.nan], [0.0, 1.0]]), np.array([0, 1]))
    assert np.isnan(loss)
    assert np.isnan(dlogits[0]).all()
    assert np.isfinite(dlogits[1]).all()


def test_integer_and_transposed_logits_are_accepted_and_left_alone():
    logits = np.array([[3, 1], [0, 2], [-1, 4]]).T
    before = logits.copy()
    loss, dlogits = softmax_xent(logits, np.array([2, 0]))
    expected, gradient = softmax_xent(np.ascontiguousarray(logits, dtype=float), np.array([2, 0]))
    assert loss == expected
    np.testing.assert_array_equal(dlogits, gradient)
    np.testing.assert_array_equal(logits, before)


@pytest.mark.parametrize(("label", "n_classes"), [(-1, 3), (3, 3), (7, 2)])
def test_labels_outside_the_classes_are_refused_with_their_value(label, n_classes):
    with pytest.raises(ValueError, match=rf"\[0, {n_classes}\), got {label}"):
        softmax_xent(np.zeros((2, n_classes)), np.array([0, label]))


@given(seeds, st.sampled_from([(4,), (2, 3), (2, 3, 1), (2, 1, 3, 5)]), scales, dtypes)
def test_softmax_and_its_logarithm_go_along_the_last_axis(seed, shape, scale, dtype):
    logits = (scale * np.random.default_rng(seed).normal(size=shape)).astype(dtype)
    before, wide = logits.copy(), logits.astype(float)
    probs, log_probs = softmax(logits), losses.log_softmax(logits)
    assert probs.dtype == log_probs.dtype == dtype and probs.shape == log_probs.shape == shape
    np.testing.assert_allclose(probs, scipy_softmax(wide, axis=-1), rtol=accuracy(logits), atol=np.finfo(dtype).tiny)
    np.testing.assert_allclose(log_probs, log_softmax(wide, axis=-1), rtol=0, atol=accuracy(logits))
    np.testing.assert_array_equal(logits, before)


def test_a_class_that_is_ruled_out_has_probability_zero():
    np.testing.assert_array_equal(softmax(np.array([[0.0, -np.inf, 0.0]])), [[0.5, 0, 0.5]])


@given(seeds, st.sampled_from([(1, 1), (4, 3), (2, 3, 4)]))
def test_backward_of_softmax_is_the_numerical_gradient(seed, shape):
    rng = np.random.default_rng(seed)
    logits, dout = rng.normal(size=shape), rng.normal(size=shape)
    dlogits = softmax_backward(dout, softmax(logits))
    numeric = numeric_grad(lambda z: np.sum(dout * softmax(z)), logits)
    # one class alone has gradient zero, which the differences meet to rounding over the step: so the floor
    assert rel_error(dlogits, numeric, eps=1e-3) < 1e-6
    np.testing.assert_allclose(dlogits.sum(axis=-1), 0, atol=1e-15 * (1 + np.abs(dout).sum()))


@given(seeds, st.sampled_from([(1,), (7,), (4, 3)]), st.sampled_from([1e-3, 1.0, 10.0]), dtypes)
def test_binary_cross_entropy_is_that_of_the_probabilities(seed, shape, scale, dtype):
    rng = np.random.default_rng(seed)
    logits = (scale * rng.normal(size=shape)).astype(dtype)
    y = rng.choice([0, 1, 0.25], size=shape)
    loss, dlogits = binary_xent(logits, y)
    s = expit(logits.astype(float))
    expected = np.mean(-y * log_expit(logits.astype(float)) - (1 - y) * log_expit(-logits.astype(float)))
    assert isinstance(loss, float) and dlogits.dtype == dtype
    assert loss == pytest.approx(expected, rel=accuracy(logits), abs=0)
    np.testing.assert_allclose(dlogits, (s - y) / s.size, rtol=0, atol=4 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("gap", [50.0, 3000.0])
def test_binary_cross_entropy_far_from_the_boundary(gap, dtype):
    """log(1 - s) of a rounded s would be infinite; and the loss of the right side is exp(-gap), not 0."""
    logits = np.array([gap, -gap], dtype)
    assert binary_xent(logits, np.array([0, 1]))[0] == gap
    assert binary_xent(logits, np.array([1, 0]))[0] == pytest.approx(np.exp(-gap), rel=1e-5, abs=0)


@given(seeds, st.sampled_from([(1,), (5,), (3, 4)]))
def test_gradients_of_binary_cross_entropy_and_squared_error_are_the_numerical_ones(seed, shape):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    for loss, y in ((binary_xent, rng.uniform(size=shape)), (mse, rng.normal(size=shape))):
        saved = x.copy(), y.copy()
        numeric = numeric_grad(lambda v, loss=loss, y=y: loss(v, y)[0], x)
        # differences of a loss near 1 over a step near 1e-5 are good to 1e-11, so gradients below 1e-3 have a floor
        assert rel_error(loss(x, y)[1], numeric, eps=1e-3) < 1e-6
        np.testing.assert_array_equal(x, saved[0])
        np.testing.assert_array_equal(y, saved[1])


@given(seeds, st.sampled_from([(1,), (5,), (3, 4)]), scales, dtypes)
def test_squared_error_is_the_mean_over_all_entries(seed, shape, scale, dtype):
    rng = np.random.default_rng(seed)
    pred, y = ((scale * rng.normal(size=shape)).astype(dtype) for _ in range(2))
    loss, dpred = mse(pred, y)
    squares = [(float(a) - float(b)) ** 2 for a, b in zip(pred.flat, y.flat, strict=True)]
    assert isinstance(loss, float) and dpred.dtype == dtype
    # every difference, square and sum is rounded, and squaring doubles a relative error
    assert loss == pytest.approx(sum(squares) / len(squares), rel=(4 + pred.size) * float(np.finfo(dtype).eps))
    np.testing.assert_allclose(dpred, 2 * (pred - y) / pred.size, rtol=4 * float(np.finfo(dtype).eps))


def test_binary_labels_are_probabilities():
    for label in (-1, 2, np.nan):
        with pytest.raises(ValueError, match=rf"labels must lie in \[0, 1\], got {float(label)}"):
            binary_xent(np.zeros(2), np.array([0, label]))


def test_nan_is_not_hidden_by_the_other_losses_either():
    x, y = np.array([0.0, np.nan, 1.0]), np.array([0.0, 1.0, 1.0])
    for loss in (binary_xent, mse):
        value, gradient = loss(x, y)
        assert np.isnan(value)
        np.testing.assert_array_equal(np.isnan(gradient), np.isnan(x))


@given(seeds, st.integers(1, 3), st.integers(1, 5), st.integers(1, 4), scales, dtypes)
def test_a_sequence_costs_as_much_as_its_steps_as_samples(seed, n_samples, n_steps, n_classes, scale, dtype):
    rng = np.random.default_rng(seed)
    logits = (scale * rng.normal(size=(n_samples, n_steps, n_classes))).astype(dtype)
    y = rng.integers(0, n_classes, (n_samples, n_steps))
    loss, dlogits = softmax_xent(logits, y)
    expected, rows = softmax_xent(logits.reshape(-1, n_classes), y.ravel())
    assert loss == expected
    np.testing.assert_array_equal(dlogits, rows.reshape(logits.shape))


def draw_padded(seed, size, dtype=np.float64):
    """Logits (N, T, C) and labels (N, T) of which some, but not all, are -1."""
    rng = np.random.default_rng(seed)
    n_samples, n_steps, n_classes = size
    y = rng.integers(0, n_classes, (n_samples, n_steps))
    y[rng.random(y.shape) < 0.4] = -1
    y.flat[rng.integers(y.size)] = 0
    return rng.normal(size=size).astype(dtype), y


padded_sizes = st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 4))


@given(seeds, padded_sizes, dtypes)
def test_ignored_labels_leave_the_loss_of_the_others(seed, size, dtype):
    logits, y = draw_padded(seed, size, dtype)
    before = logits.copy(), y.copy()
    loss, dlogits = softmax_xent(logits, y, ignore=-1)
    counted = y >= 0
    log_probs = log_softmax(logits.astype(float), axis=-1)
    costs = [-log_probs[n, t, y[n, t]] for n, t in zip(*np.nonzero(counted), strict=True)]
    assert isinstance(loss, float) and dlogits.dtype == dtype
    assert loss == pytest.approx(np.mean(costs), abs=accuracy(logits))
    assert not dlogits[~counted].any()
    logits[~counted] = np.nan  # what stands in the padding does not matter
    again, same = softmax_xent(logits, np.where(counted, y, -7), ignore=-7)
    assert again == loss
    np.testing.assert_array_equal(same, dlogits)
    np.testing.assert_array_equal(y, before[1])


@given(seeds, padded_sizes)
def test_the_gradient_of_a_padded_batch_is_the_numerical_one(seed, size):
    logits, y = draw_padded(seed, size)
    _, dlogits = softmax_xent(logits, y, ignore=-1)
    numeric = numeric_grad(lambda z: softmax_xent(z, y, ignore=-1)[0], logits)
    np.testing.assert_allclose(dlogits, numeric, rtol=0, atol=2e-9)  # as for a batch without padding


@given(seeds, sizes, dtypes)
def test_classes_that_are_ruled_out_might_as_well_not_be_there(seed, size, dtype):
    """For softmax, its logarithm and the cross-entropy; a label among them costs infinitely much, not NaN."""
    rng = np.random.default_rng(seed)
    n_samples, n_classes = size
    logits, y = draw(seed, size, 3.0, dtype)
    wide = np.full((n_samples, 2 * n_classes), -np.inf, dtype)
    columns = rng.permutation(2 * n_classes)[:n_classes]
    wide[:, columns] = logits
    # another order of summing at most 12 numbers
    eps = 16 * float(np.finfo(dtype).eps)
    close = {"rtol": eps, "atol": eps}
    probs, log_probs = softmax(wide), losses.log_softmax(wide)
    np.testing.assert_allclose(probs[:, columns], softmax(logits), **close)
    np.testing.assert_allclose(log_probs[:, columns], losses.log_softmax(logits), **close)
    ruled_out = np.setdiff1d(np.arange(2 * n_classes), columns)
    assert not probs[:, ruled_out].any() and (log_probs[:, ruled_out] == -np.inf).all()
    (loss, gradient), (expected, expected_gradient) = softmax_xent(wide, columns[y]), softmax_xent(logits, y)
    assert loss == pytest.approx(expected, rel=eps, abs=eps)
    np.testing.assert_allclose(gradient[:, columns], expected_gradient, **close)
    loss, gradient = softmax_xent(wide, np.full(n_samples, ruled_out[0]))
    assert loss == np.inf and np.isfinite(gradient).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_without_a_class_has_no_distribution(dtype):
    rows = np.array([[-np.inf, -np.inf], [0, np.inf], [0, 0]], dtype)
    for function in (softmax, losses.log_softmax):
        assert np.isnan(function(rows)).all(axis=1).tolist() == [True, True, False]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sign", [-1, 1])
def test_an_infinite_logit_costs_nothing_on_the_right_side_and_infinitely_much_elsewhere(sign, dtype):
    for right in (0.0, 0.25, 1.0):
        loss, gradient = binary_xent(np.array([sign * np.inf], dtype), [right])
        s = float(sign > 0)
        assert loss == (0 if right == s else np.inf)
        assert gradient.tolist() == [s - right]


@given(seeds, st.sampled_from([0.0, 0.25, 1.0, 1e-3, 1 - 1e-3]), st.floats(-700, 700))
def test_binary_cross_entropy_of_one_entry_is_accurate_to_the_last_digits(seed, label, logit):
    expected = -label * log_expit(logit) - (1 - label) * log_expit(-logit)
    # one rounding each of 1 - y, of the product, of log1p (2.1 ulp) and of the sum; SciPy's terms as many
    assert binary_xent([logit], [label])[0] == pytest.approx(expected, rel=1e-14, abs=0)


X = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: softmax_xent(X, [0, 1.9]), TypeError, "labels must be integers, got float64"),
        (lambda: softmax_xent(X, [0.0, 1.0]), TypeError, r"float64: pass labels.astype\(int\)"),
        (lambda: softmax_xent(X, [0, 1, 2]), ValueError, r"labels must have the shape \(2,\), got \(3,\)"),
        (lambda: softmax_xent(X, [[0], [1]]), ValueError, r"labels must have the shape \(2,\), got \(2, 1\)"),
        (lambda: softmax_xent(X, np.eye(3, dtype=int)[:2]), ValueError, "one-hot rows"),
        (lambda: softmax_xent(X[None], [0, 1]), ValueError, r"the shape \(1, 2\), got \(2,\)"),
        (lambda: softmax_xent(X[0], 1), ValueError, r"logits must have .* got \(3,\): one sample is logits\[None\]"),
        (lambda: softmax_xent(X[:0], []), ValueError, r"at least one entry .* \(0, 3\)"),
        (lambda: softmax_xent(X.astype(np.float16), [0, 1]), TypeError, "logits is float16"),
        (lambda: softmax_xent(X, [0, -1]), ValueError, r"labels must lie in \[0, 3\), got -1"),
        (lambda: softmax_xent(X, [0, -2], ignore=-1), ValueError, r"labels must lie in \[0, 3\), got -2"),
        (lambda: softmax_xent(X, [0, 1], ignore=0), ValueError, "ignore must be at most -1, got 0"),
        (lambda: softmax_xent(X, [0, 1], ignore=-1.0), TypeError, "ignore must be an integer"),
        (lambda: softmax_xent(X, [-1, -1], ignore=-1), ValueError, "nothing but the ignored -1"),
        (lambda: softmax_xent(X, [-1.0, 0.5], ignore=-1), TypeError, "labels must be integers, got float64"),
        (lambda: softmax(X[:, :0]), ValueError, r"logits must have at least one entry .* \(2, 0\)"),
        (lambda: softmax(3.0), ValueError, r"logits must have the shape \(..., C\), got \(\)"),
        (lambda: losses.log_softmax(X[:0]), ValueError, "logits must have at least one entry"),
        (lambda: softmax_backward(X[0], X[:1]), ValueError, r"dout must have the shape \(1, 3\), got \(3,\)"),
        (lambda: binary_xent(X[0], X[0][:, None]), ValueError, r"labels must have the shape \(3,\), got \(3, 1\)"),
        (lambda: binary_xent([], []), ValueError, "logits must have at least one entry"),
        (lambda: mse(X[0], X[0][:, None]), ValueError, r"y must have the shape \(3,\), got \(3, 1\)"),
        (lambda: mse([], []), ValueError, "pred must have at least one entry"),
        (lambda: mse(["a"], [1.0]), TypeError, "pred must hold real numbers"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
