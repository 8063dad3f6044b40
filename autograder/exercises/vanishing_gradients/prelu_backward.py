"""Backward pass of the parametric ReLU, for its input and for its slopes."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, one_of_each_kind, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="prelu_backward",
    unit="vanishing_gradients",
    points=2,
    reference=activations.prelu_backward,
    takes={"dout": Array("N", "D", integers=False), "z": Array("N", "D"), "a": Array("D")},
    returns=("dz", "da"),
    hints=(
        "There are two gradients. Seen from z, the slope is 1 or a; but what is the derivative of a * z seen from a?",
        "All N samples of a column share one slope. What does the chain rule do with the N contributions?",
        "da has the shape of a. Which samples contribute to it: those where z is positive, or those where it is not?",
    ),
    part="more",
    minutes=5,
    difficulty=2,
    reasoning=(
        "Seen from z the slope is 1 or a; seen from a, the output changes by z where the leaky half is used, and not "
        "at all elsewhere. All N samples share a slope, so what they contribute adds up."
    ),
)


@exercise.case("gradients of both signs, at inputs of both signs")
def both_signs(rng):
    n, d = int(rng.integers(3, 5)), 5
    z = either_sign(rng, (n, d))
    z[0, :4], z[1, :4] = one_of_each_kind(rng), one_of_each_kind(rng)[::-1]
    z[2:] = -np.abs(z[2:])  # more than one sample counts towards each slope
    return {"dout": rows_of_opposite_sign(rng, (n, d)), "z": z, "a": rng.uniform(0.1, 0.6, size=d).round(3)}


@exercise.case("one sample")
def single_sample(rng):
    return {
        "dout": np.array([[-0.5, 1.5, 2.0]]),
        "z": np.array([[1.5, -2.0, -0.5]]) * rng.uniform(1, 1.8, size=3).round(2),
        "a": np.array([0.3, 0.2, -0.7]),
    }


@exercise.case("one feature, many samples")
def single_feature(rng):
    n = int(rng.integers(6, 10))
    z = -rng.uniform(1.2, 3, (n, 1)).round(3)
    z[:4, 0] = one_of_each_kind(rng)
    return {"dout": rows_of_opposite_sign(rng, (n, 1)), "z": z, "a": np.array([0.35])}


@exercise.case("a feature that is positive for every sample, and slopes that are negative or greater than one")
def positive_feature(rng):
    z = either_sign(rng, (5, 3))
    z[:4] = one_of_each_kind(rng)[:, np.newaxis]
    z[:, 1] = np.abs(z[:, 1])
    return {"dout": rows_of_opposite_sign(rng, (5, 3)), "z": z, "a": np.array([1.75, 0.25, -0.4])}


@exercise.case("inputs of exactly zero, where PReLU has a kink")
def at_the_kink(rng):
    return {
        "dout": rng.uniform(0.5, 2, size=(2, 3)).round(3),
        "z": np.array([[0.0, 1.5, -2.0], [3.0, 0.0, -0.1]]),
        "a": np.array([0.2, 0.4, 0.3]),
    }


def _dz(dout, z, a):
    return np.where(z > 0, dout, a * dout)


def _da(dout, z):
    return np.sum(dout * np.minimum(z, 0), axis=0)


@exercise.misconception("LR4a")
def da_sums_the_gradient(dout, z, a):
    """da is the sum of dout. The derivative of a * z with respect to a is z, and only where z is not
    positive."""
    return _dz(dout, z, a), np.sum(dout, axis=0)


@exercise.misconception("LR4b")
def da_forgets_z(dout, z, a):
    """da sums dout over the negative inputs, without the factor z. The derivative of a * z with respect to
    a is z."""
    return _dz(dout, z, a), np.sum(dout * (z <= 0), axis=0)


@exercise.misconception
def da_forgets_z_and_skips_zero(dout, z, a):
    """da sums dout where z < 0, without the factor z. The derivative of a * z with respect to a is z."""
    return _dz(dout, z, a), np.sum(dout * (z < 0), axis=0)


@exercise.misconception("LR4c")
def da_from_the_positive_side(dout, z, a):
    """da is collected where z > 0. The slope a does nothing there: only inputs that are not positive meet
    it."""
    return _dz(dout, z, a), np.sum(dout * np.maximum(z, 0), axis=0)


@exercise.misconception
def da_from_both_sides(dout, z, a):
    """da sums dout * z over all inputs. Positive inputs pass without meeting a, and contribute nothing."""
    return _dz(dout, z, a), np.sum(dout * z, axis=0)


@exercise.misconception("LR5a")
def da_not_summed(dout, z, a):
    """da has one row per sample. All samples share the slopes, so their contributions are summed over axis
    0."""
    return _dz(dout, z, a), dout * np.minimum(z, 0)


@exercise.misconception("LR5b")
def da_summed_over_everything(dout, z, a):
    """da is summed over samples and features alike. Each feature has its own slope: sum over axis 0
    only."""
    return _dz(dout, z, a), np.sum(dout * np.minimum(z, 0))


@exercise.misconception
def da_summed_over_features(dout, z, a):
    """da is summed over the features, which leaves one number per sample. Samples share a slope: sum over
    axis 0."""
    return _dz(dout, z, a), np.sum(dout * np.minimum(z, 0), axis=1)


@exercise.misconception
def da_keeps_an_axis(dout, z, a):
    """da has the shape (1, D), because of keepdims. A gradient has the shape of what it belongs to: a is
    (D,)."""
    return _dz(dout, z, a), np.sum(dout * np.minimum(z, 0), axis=0, keepdims=True)


@exercise.misconception
def da_averaged(dout, z, a):
    """da is a mean over the samples. The chain rule sums; if the loss is a mean, dout holds that factor
    already."""
    return _dz(dout, z, a), np.mean(dout * np.minimum(z, 0), axis=0)


@exercise.misconception
def da_times_a(dout, z, a):
    """da still holds the factor a. The derivative of a * z with respect to a is z alone."""
    return _dz(dout, z, a), a * _da(dout, z)


@exercise.misconception
def da_has_the_wrong_sign(dout, z, a):
    """da has the wrong sign: the absolute value of z was used. On the negative side the derivative is z,
    which is negative."""
    return _dz(dout, z, a), -_da(dout, z)


@exercise.misconception("LR2c")
def swaps_the_branches(dout, z, a):
    """This is the backward pass of a * z for z > 0, as the lecture notes print PReLU. The slope a acts
    where z is not positive."""
    return np.where(z > 0, a * dout, dout), np.sum(dout * np.maximum(z, 0), axis=0)


@exercise.misconception
def dz_swaps_the_branches(dout, z, a):
    """In dz the slope a acts where z > 0. It acts on the other side, as your da has it."""
    return np.where(z > 0, a * dout, dout), _da(dout, z)


@exercise.misconception
def dz_is_that_of_relu(dout, z, a):
    """dz is 0 on the negative side, as for ReLU. There PReLU lets a * dout pass."""
    return np.where(z > 0, dout, 0.0), _da(dout, z)


@exercise.misconception
def dz_ignores_the_negative_side(dout, z, a):
    """dz is dout everywhere. Where z is not positive, dout is multiplied by the slope a."""
    return dout.copy(), _da(dout, z)


@exercise.misconception
def dz_drops_dout(dout, z, a):
    """dz holds the slopes alone, 1 and a. The chain rule multiplies them by dout."""
    return np.where(z > 0, 1.0, a), _da(dout, z)


@exercise.misconception
def dz_drops_dout_on_the_left(dout, z, a):
    """On the negative side dz is a alone. The chain rule multiplies the slope by dout on both sides."""
    return np.where(z > 0, dout, a), _da(dout, z)


@exercise.misconception
def masks_by_the_gradient(dout, z, a):
    """dz looks at the sign of dout. Which slope holds depends on the input z."""
    return np.where(dout > 0, dout, a * dout), _da(dout, z)


@exercise.misconception
def nothing_passes_at_zero(dout, z, a):
    """z > 0 and z < 0 both leave out z = 0, so no gradient passes there. One of the two slopes must hold:
    use z <= 0."""
    return (z > 0) * dout + (z < 0) * a * dout, _da(dout, z)


@exercise.misconception
def swaps_the_results(dout, z, a):
    """The two gradients are right, but returned as da, dz. The order is dz, da."""
    return _da(dout, z), _dz(dout, z, a)


@exercise.misconception
def edits_dout_in_place(dout, z, a):
    """The result is right, but dout itself was overwritten: the caller's array now holds another
    gradient."""
    da = _da(dout, z)
    np.copyto(dout, a * dout, where=z <= 0)
    return dout, da


@exercise.misconception
def edits_dout_before_da(dout, z, a):
    """dout was overwritten with dz before da was computed from it, so da holds the factor a, and the
    caller's gradient is gone. Write dz to a new array."""
    np.copyto(dout, a * dout, where=z <= 0)
    return dout, _da(dout, z)


@exercise.variant
def passes_at_zero(dout, z, a):
    """At z = 0 any slope between a and 1 is a subgradient, and you chose 1. The course chooses a: use z > 0
    to follow it."""
    return np.where(z >= 0, dout, a * dout), _da(dout, z)


@exercise.equivalent
def chooses_by_sign(dout, z, a):
    return np.where(z > 0, dout, dout * a), np.where(z > 0, 0, dout * z).sum(axis=0)


@exercise.equivalent
def masks(dout, z, a):
    negative = z <= 0
    return dout * (~negative + negative * a), (dout * z * negative).sum(0)


@exercise.equivalent
def einsum(dout, z, a):
    dz = dout.copy()
    dz[z <= 0] = np.broadcast_to(a, z.shape)[z <= 0] * dout[z <= 0]
    return dz, np.einsum("nd,nd->d", dout, np.minimum(z, 0))


@exercise.equivalent
def loops(dout, z, a):
    dz, da = np.zeros(z.shape), np.zeros(a.shape)
    for n in range(z.shape[0]):
        for d in range(z.shape[1]):
            if z[n, d] > 0:
                dz[n, d] = dout[n, d]
            else:
                dz[n, d] = a[d] * dout[n, d]
                da[d] += dout[n, d] * z[n, d]
    return [dz, da]
