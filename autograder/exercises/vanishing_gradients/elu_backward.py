"""Backward pass of ELU."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign, one_of_each_kind, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="elu_backward",
    unit="vanishing_gradients",
    points=2,
    reference=activations.elu_backward,
    takes={
        "dout": Array(integers=False),
        "z": Array(),
        "alpha": Number(0.1, 0.4, corners=(0.0, 2.5), says="at least 0"),
    },
    hints=(
        "The slope is 1 on the right. On the left it is that of alpha * (exp(z) - 1): what becomes of the -1?",
        "If you start from a = elu(z) on the left, a is alpha * exp(z) - alpha. What must be added to get the slope?",
        "0 * inf is nan. Which of your two slopes is inf at z = 800, and does a 0 multiply it, or is it left out?",
    ),
    part="more",
    minutes=3,
    difficulty=2,
    reasoning=(
        "The derivative of alpha (exp(z) - 1) is alpha exp(z), since the constant drops out. The minimum keeps exp "
        "from overflowing where that branch is not used."
    ),
)


@exercise.case("gradients of both signs, at inputs of both signs")
def both_signs(rng):
    shape = (int(rng.integers(2, 4)), 5)
    z = either_sign(rng, shape)
    z[:2, :4] = one_of_each_kind(rng)
    return {"dout": rows_of_opposite_sign(rng, shape), "z": z, "alpha": round(rng.uniform(0.4, 0.8), 3)}


@exercise.case("one sample, and a gradient of zero")
def single_sample(rng):
    z = np.array([[-1.25, -0.5, 0.5, 1.25]]) * rng.uniform(1, 1.8, size=4).round(2)
    return {"dout": np.array([[1.5, 0.0, -2.0, 0.5]]), "z": z, "alpha": round(rng.uniform(1.3, 2.5), 3)}


@exercise.case("inputs beyond 710, where exp overflows")
def beyond_overflow(rng):
    z = rng.uniform([720, 800, 1500], [750, 1500, 2000], size=(2, 3)).round() * [[1], [-1]]
    dout = rng.uniform(0.3, 2, size=(2, 3)).round(3) * [[1, -1, 1], [-1, 1, -1]]
    return {"dout": dout, "z": z, "alpha": 0.7}


@exercise.case("inputs of exactly zero, where ELU has a kink unless alpha is 1")
def at_the_kink(rng):
    z = np.array([[0.0, 1.5, -2.0], [3.0, 0.0, -0.1]])
    return {"dout": rng.uniform(0.5, 2, size=(2, 3)).round(3), "z": z, "alpha": round(rng.uniform(1.3, 2.5), 3)}


@exercise.case("arrays of three axes, and gradients of very different size")
def three_axes(rng):
    shape = (3, 2, int(rng.integers(4, 6)))
    dout, z = either_sign(rng, shape) * 10.0 ** rng.integers(-3, 4, size=shape), either_sign(rng, shape)
    z[:2, 0, :4] = one_of_each_kind(rng)
    dout[:2, 0] = rows_of_opposite_sign(rng, shape[1:])
    return {"dout": dout, "z": z, "alpha": 1.6}


@exercise.misconception("EL3")
def takes_the_output_for_the_slope(dout, z, alpha):
    """On the negative side the slope is taken as a = elu(z), which is negative. The slope is a + alpha,
    that is alpha * exp(z)."""
    return np.where(z > 0, dout, dout * alpha * (np.exp(z) - 1))


@exercise.misconception
def adds_one_instead_of_alpha(dout, z, alpha):
    """On the negative side the slope is taken as elu(z) + 1, which is right for alpha = 1 only. It is
    elu(z) + alpha."""
    return np.where(z > 0, dout, dout * (alpha * (np.exp(z) - 1) + 1))


@exercise.misconception
def takes_z_for_the_output(dout, z, alpha):
    """On the negative side the slope is taken as z + alpha. The short form needs the output, elu(z) +
    alpha."""
    return np.where(z > 0, dout, dout * (z + alpha))


@exercise.misconception("EL4b")
def ignores_alpha(dout, z, alpha):
    """On the negative side the slope is exp(z), whatever alpha is. It is alpha * exp(z)."""
    return np.where(z > 0, dout, dout * np.exp(z))


@exercise.misconception
def drops_dout(dout, z, alpha):
    """This is the derivative of ELU alone. The chain rule multiplies it by the incoming gradient dout."""
    return np.where(z > 0, 1.0, alpha * np.exp(z))


@exercise.misconception
def drops_dout_on_the_right(dout, z, alpha):
    """Where z > 0 the result is 1, the slope alone. The chain rule multiplies the slope by dout on both
    sides."""
    return np.where(z > 0, 1.0, dout * alpha * np.exp(z))


@exercise.misconception
def drops_dout_on_the_left(dout, z, alpha):
    """On the negative side the result is the slope alone. The chain rule multiplies it by dout on both
    sides."""
    return np.where(z > 0, dout, alpha * np.exp(z))


@exercise.misconception("EL2b")
def multiplies_inf_by_zero(dout, z, alpha):
    """For large z exp(z) is inf, and a mask that multiplies it by 0 gives nan. np.where leaves that branch
    out."""
    return dout * ((z > 0) + (z <= 0) * alpha * np.exp(z))


@exercise.misconception
def is_that_of_leaky_relu(dout, z, alpha):
    """On the negative side the slope is alpha everywhere, as for leaky ReLU. That of ELU dies away: alpha *
    exp(z)."""
    return np.where(z > 0, dout, alpha * dout)


@exercise.misconception
def is_that_of_relu(dout, z, alpha):
    """No gradient passes on the negative side, as for ReLU. ELU lets dout * alpha * exp(z) pass."""
    return np.where(z > 0, dout, 0.0)


@exercise.misconception
def swaps_the_branches(dout, z, alpha):
    """The exponential slope is on the positive side, where it grows without limit. It belongs to z <= 0."""
    return np.where(z > 0, dout * alpha * np.exp(z), dout)


@exercise.misconception
def exponential_everywhere(dout, z, alpha):
    """The slope alpha * exp(z) is used for every z. On the positive side ELU is z itself, with slope 1."""
    return dout * alpha * np.exp(z)


@exercise.misconception
def masks_by_the_gradient(dout, z, alpha):
    """The branch is chosen by the sign of dout. Which slope holds depends on the input z."""
    return np.where(dout > 0, dout, dout * alpha * np.exp(z))


@exercise.misconception
def power_rule_on_exp(dout, z, alpha):
    """exp(z) was differentiated as if it were a power of z. Here z is the exponent: the derivative of
    exp(z) is exp(z)."""
    return np.where(z > 0, dout, dout * alpha * z * np.exp(z - 1))


@exercise.misconception
def applies_elu_to_the_gradient(dout, z, alpha):
    """ELU itself was applied to z and multiplied by dout. Backward multiplies dout by the derivative."""
    return dout * np.where(z > 0, z, alpha * (np.exp(z) - 1))


@exercise.misconception
def nothing_passes_at_zero(dout, z, alpha):
    """z > 0 and z < 0 both leave out z = 0, so no gradient passes there. One of the two slopes must hold:
    use z <= 0."""
    return np.where(z > 0, dout, np.where(z < 0, dout * alpha * np.exp(z), 0.0))


@exercise.misconception(raises=ValueError)
def asks_about_the_whole_array(dout, z, alpha):
    """Python's if, and, or, max and min decide once, and here they were asked about a whole array. np.where
    or a mask decides for every entry."""
    return dout if z > 0 else dout * alpha * np.exp(z)


@exercise.misconception
def edits_dout_in_place(dout, z, alpha):
    """The result is right, but dout itself was overwritten: the caller's array now holds another
    gradient."""
    negative = z <= 0
    dout[negative] *= alpha * np.exp(z[negative])
    return dout


@exercise.variant
def passes_at_zero(dout, z, alpha):
    """At z = 0 any slope between 1 and alpha may be taken, and you chose 1. The course chooses alpha: use z
    > 0 to follow it."""
    return np.where(z >= 0, dout, dout * alpha * np.exp(z))


@exercise.equivalent
def chooses_by_sign(dout, z, alpha):
    return np.where(z > 0, dout, dout * alpha * np.exp(z))


@exercise.equivalent
def from_the_output(dout, z, alpha):
    a = np.where(z > 0, z, alpha * (np.exp(z) - 1))
    return dout * np.where(z > 0, 1, a + alpha)


@exercise.equivalent
def exponential_of_the_negative_part(dout, z, alpha):
    return dout * ((z > 0) + (z <= 0) * alpha * np.exp(np.minimum(z, 0)))


@exercise.equivalent
def works_on_a_copy(dout, z, alpha):
    dz = dout.copy()
    dz[z <= 0] *= alpha * np.exp(z[z <= 0])
    return dz


@exercise.equivalent
def loops(dout, z, alpha):
    dz = np.empty(z.shape)
    for index, value in np.ndenumerate(z):
        dz[index] = dout[index] * (1 if value > 0 else alpha * np.exp(value))
    return dz
