"""Distillation against SciPy, its gradient against differences, and a student who learns from a teacher."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax
from scipy.special import softmax as scipy_softmax

from course_lib.analysis.gradient_check import numeric_grad, rel_error
from course_lib.compression.distillation import Distillation, distillation_loss, distillation_targets, soft_targets
from course_lib.data.datasets import moons
from course_lib.functions.losses import softmax_xent
from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import SGD
from course_lib.training.loop import fit

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 5), st.integers(1, 5))
temperatures = st.floats(0.5, 20)
alphas = st.floats(0, 1)


def draw(seed, size, dtype=np.float64):
    rng = np.random.default_rng(seed)
    student, teacher = 3 * rng.normal(size=(2, *size))
    return student.astype(dtype), teacher.astype(dtype), rng.integers(0, size[1], size[0])


@given(seeds, sizes, temperatures, st.sampled_from([np.float32, np.float64]))
def test_soft_targets(seed, size, temperature, dtype):
    _, teacher, _ = draw(seed, size, dtype)
    got = soft_targets(teacher, temperature)
    assert got.dtype == dtype
    # logits below 20 / 0.5 in size
    expected = scipy_softmax(teacher.astype(float) / temperature, axis=1)
    np.testing.assert_allclose(got, expected, rtol=0, atol=100 * np.finfo(dtype).eps)


@given(seeds, sizes, temperatures, alphas, st.sampled_from([np.float32, np.float64]))
def test_loss_equals_the_definition(seed, size, temperature, alpha, dtype):
    student, teacher, y = draw(seed, size, dtype)
    before = student.copy(), teacher.copy()
    loss, gradient = distillation_loss(student, teacher, y, temperature=temperature, alpha=alpha)
    log_q, log_p = (log_softmax(z.astype(float) / temperature, axis=1) for z in (student, teacher))
    soft = np.mean(np.sum(np.exp(log_p) * (log_p - log_q), axis=1))
    hard = -np.mean(log_softmax(student.astype(float), axis=1)[np.arange(size[0]), y])
    # logits of at most 15 / 0.5 are rounded by as many eps, and the soft part is multiplied by T**2
    atol = 200 * temperature**2 * np.finfo(dtype).eps
    np.testing.assert_allclose(loss, alpha * temperature**2 * soft + (1 - alpha) * hard, rtol=0, atol=atol)
    assert gradient.dtype == dtype
    for array, old in zip((student, teacher), before, strict=True):
        np.testing.assert_array_equal(array, old)


@given(seeds, sizes, temperatures, alphas)
def test_gradient(seed, size, temperature, alpha):
    student, teacher, y = draw(seed, size)
    arguments = {"temperature": temperature, "alpha": alpha}
    _, gradient = distillation_loss(student, teacher, y, **arguments)
    expected = numeric_grad(lambda z: distillation_loss(z, teacher, y, **arguments)[0], student)
    # differences of a loss of at most 400 * 40: entries below 1e-3 are lost in its round-off
    assert rel_error(gradient, expected, eps=1e-2) < 1e-6
    np.testing.assert_allclose(gradient.sum(axis=1), 0, rtol=0, atol=1e-12)


@given(seeds, sizes, temperatures)
def test_a_student_that_agrees_has_nothing_to_learn_from_the_teacher(seed, size, temperature):
    student, _, y = draw(seed, size)
    shifted = student + 7.0  # another offset of the logits, the same probabilities
    loss, gradient = distillation_loss(student, shifted, y, temperature=temperature, alpha=1.0)
    # round-off of logits of order 10, times T**2
    assert abs(loss) < 1e-11 and np.abs(gradient).max() < 1e-11


@given(seeds, sizes)
def test_alpha_zero_is_the_hard_loss(seed, size):
    student, teacher, y = draw(seed, size)
    loss, gradient = distillation_loss(student, teacher, y, temperature=3.0, alpha=0.0)
    expected, expected_gradient = softmax_xent(student, y)
    assert loss == expected
    np.testing.assert_array_equal(gradient, expected_gradient)


@given(seeds, sizes)
def test_hot_distillation_is_matching_logits(seed, size):
    """Hinton et al. 2015, eq. 4: with T**2 the gradient tends to (z - v) / (N C), for centred logits."""
    student, teacher, y = draw(seed, size)
    _, gradient = distillation_loss(student, teacher, y, temperature=1e4, alpha=1.0)
    centred = [z - z.mean(axis=1, keepdims=True) for z in (student, teacher)]
    # the next term of the expansion is smaller by (z - v)**2 / T, with logits of at most 15
    np.testing.assert_allclose(gradient, (centred[0] - centred[1]) / student.size, rtol=0, atol=0.05)


@pytest.mark.outcome
def test_fit_distils():
    rng = np.random.default_rng(1)
    x, _ = moons(100, rng=rng)
    teacher = 4 * np.column_stack([x[:, 1] - x[:, 0], x[:, 0] - x[:, 1]])
    wrong = (teacher.argmax(axis=1) + 1) % 2  # labels that the teacher contradicts
    student = mlp([2, 4, 2], activation="tanh", rng=rng)
    targets = distillation_targets(teacher, wrong)
    fit(student, x, targets, rng=rng, optimizer=SGD(0.1), epochs=30, loss=Distillation(2.0, alpha=1.0))
    assert np.mean(student.forward(x).argmax(axis=1) == teacher.argmax(axis=1)) > 0.95
    loss, gradient = Distillation(2.0, 0.3)(student.forward(x), targets)
    expected = distillation_loss(student.forward(x), teacher, wrong, temperature=2.0, alpha=0.3)
    assert loss == expected[0]
    np.testing.assert_array_equal(gradient, expected[1])


@given(seeds, sizes, temperatures)
def test_in_float32_the_loss_is_that_of_float64(seed, size, temperature):
    """The soft part is a difference that shrinks as 1 / T**2, and is multiplied by T**2: in float64, or it is noise."""
    student, teacher, y = draw(seed, size, np.float32)
    arguments = {"temperature": temperature, "alpha": 1.0}
    loss, gradient = distillation_loss(student, teacher, y, **arguments)
    expected, wide = distillation_loss(student.astype(float), teacher.astype(float), y, **arguments)
    assert loss == expected
    np.testing.assert_array_equal(gradient, wide.astype(np.float32))


@given(seeds, sizes, temperatures, alphas)
def test_classes_that_both_rule_out_cost_nothing(seed, size, temperature, alpha):
    student, teacher, y = draw(seed, size)
    columns = np.full((size[0], 2), -np.inf)
    wide = [np.column_stack([columns, z]) for z in (student, teacher)]
    loss, gradient = distillation_loss(*wide, y + 2, temperature=temperature, alpha=alpha)
    expected, kept = distillation_loss(student, teacher, y, temperature=temperature, alpha=alpha)
    # another order of summing at most 5 * 7 terms below 400 * 30
    assert loss == pytest.approx(expected, rel=1e-12, abs=1e-12 * temperature**2)
    np.testing.assert_allclose(gradient, np.column_stack([0 * y, 0 * y, kept]), rtol=0, atol=1e-12)


@given(seeds, sizes, temperatures)
def test_a_class_that_the_teacher_rules_out_is_only_unlearnt(seed, size, temperature):
    student, teacher, y = draw(seed, (size[0], size[1] + 1))
    teacher[:, 0] = -np.inf
    arguments = {"temperature": temperature, "alpha": 1.0}
    loss, gradient = distillation_loss(student, teacher, y, **arguments)
    teacher[:, 0] = -1e5  # as good as never
    expected, near = distillation_loss(student, teacher, y, **arguments)
    assert loss == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(gradient, near, rtol=0, atol=1e-12)
    assert (gradient[:, 0] > 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_the_student_rules_out_costs_infinitely_much_where_it_is_wanted(dtype):
    student, teacher = np.array([[-np.inf, 0, 1]], dtype), np.array([[0, 1, 2]], dtype)
    for y, alpha, infinite in ((1, 0.5, True), (1, 0.0, False), (0, 0.0, True), (0, 1.0, True)):
        loss, gradient = distillation_loss(student, teacher, [y], alpha=alpha)
        assert np.isinf(loss) == infinite and not np.isnan(loss)
        assert np.isfinite(gradient).all() and (gradient[0, 0] < 0) == infinite
    # the label is not asked for, and the teacher agrees
    loss, gradient = distillation_loss(student, student, [0], alpha=1.0)
    assert loss == 0 and not gradient.any()


ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: soft_targets(ONES, 0), ValueError, "temperature must be positive and finite, got 0"),
        (lambda: soft_targets(ONES, np.inf), ValueError, "temperature must be positive and finite, got inf"),
        (lambda: soft_targets(ONES, "4"), TypeError, "temperature must be a number, got '4'"),
        (lambda: soft_targets(ONES[:0], 1), ValueError, "logits must have at least one entry"),
        (
            lambda: distillation_loss(ONES, np.ones((2, 2)), [0, 0]),
            ValueError,
            r"teacher_logits .*\(2, 3\), got \(2, 2\)",
        ),
        (lambda: distillation_loss(ONES, ONES[:1], [0, 0]), ValueError, r"teacher_logits .*\(2, 3\), got \(1, 3\)"),
        (lambda: distillation_loss(ONES[0], ONES[0], 0), ValueError, r"one sample is logits\[None\]"),
        (lambda: distillation_loss(ONES, ONES, [0, 0], alpha=1.5), ValueError, r"alpha must lie in \[0, 1\], got 1.5"),
        (lambda: distillation_loss(ONES, ONES, [0, 3]), ValueError, r"labels must lie in \[0, 3\), got 3"),
        (lambda: distillation_loss(ONES, ONES, [0, 1.9]), TypeError, "labels must be integers, got float64"),
        (lambda: distillation_targets(ONES, [0, 1.9]), TypeError, "labels must be integers, got float64"),
        (lambda: distillation_targets(ONES, [0, 3]), ValueError, r"labels must lie in \[0, 3\), got 3"),
        (lambda: distillation_targets(ONES, [0]), ValueError, r"labels must have the shape \(2,\), got \(1,\)"),
        (lambda: Distillation(0), ValueError, "temperature must be positive"),
        (lambda: Distillation(alpha=np.nan), ValueError, r"alpha must lie in \[0, 1\], got nan"),
        (lambda: Distillation()(ONES, np.full((2, 4), 1.9)), ValueError, "labels must be whole numbers, got 1.9"),
        (lambda: Distillation()(ONES, [0, 1]), ValueError, r"targets must have the shape \(N, D\), got \(2,\)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_value(call, error, message):
    with pytest.raises(error, match=message):
        call()
