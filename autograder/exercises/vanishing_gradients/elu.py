"""Exponential linear unit."""

import numpy as np

from autograder.domain import Array, Number
from autograder.draw import either_sign, one_of_each_kind
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="elu",
    unit="vanishing_gradients",
    points=1,
    reference=activations.elu,
    takes={"z": Array(), "alpha": Number(0.1, 0.4, corners=(0.0, 2.5), says="at least 0")},
    hints=(
        "For z > 0 ELU is z itself. On the left it starts at 0 and flattens out: at which value, for very negative z?",
        "exp(z) is 1 at z = 0, but ELU is 0 there. What is subtracted, and before or after multiplying by alpha?",
        "0 * inf is nan. Which of your two branches is inf at z = 800, and does a 0 multiply it, or is it left out?",
    ),
    part="more",
    minutes=4,
    difficulty=2,
    reasoning=(
        "np.where computes both branches and then chooses. Without the minimum, exp overflows on the side that is "
        "thrown away: the result would still be right, but NumPy warns, and a product with a mask would give nan."
    ),
)


@exercise.case("inputs of both signs")
def both_signs(rng):
    z = either_sign(rng, (int(rng.integers(2, 5)), 5))
    z[0, :4] = one_of_each_kind(rng)
    return {"z": z, "alpha": round(rng.uniform(0.4, 0.8), 3)}


@exercise.case("one sample, with a zero in it")
def single_sample(rng):
    return {
        "z": np.array([[-1.5, 0.0, *one_of_each_kind(rng)[:2]]]),
        "alpha": round(rng.uniform(1.3, 1.8), 3),
    }


@exercise.case("very negative inputs, where ELU is flat")
def flat(rng):
    return {"z": -rng.uniform([5, 15, 30], [9, 30, 60], size=(2, 3)).round(3), "alpha": round(rng.uniform(1.3, 2.5), 3)}


@exercise.case("inputs beyond 710, where exp overflows")
def beyond_overflow(rng):
    return {"z": rng.uniform([720, 800, 1500], [750, 1500, 2000], size=(2, 3)).round() * [[1], [-1]], "alpha": 0.7}


@exercise.case("an array of three axes")
def three_axes(rng):
    z = either_sign(rng, (2, int(rng.integers(4, 6)), 3))
    z[0, :4, 0] = one_of_each_kind(rng)
    return {"z": z, "alpha": 1.6}


@exercise.misconception("EL1")
def forgets_minus_one(z, alpha):
    """The negative side is alpha * exp(z), so that the curve jumps at 0. Subtract 1 from exp(z) first."""
    return np.where(z > 0, z, alpha * np.exp(z))


@exercise.misconception
def subtracts_one_outside(z, alpha):
    """alpha * exp(z) - 1 multiplies first and subtracts afterwards. alpha multiplies the whole difference:
    use parentheses."""
    return np.where(z > 0, z, alpha * np.exp(z) - 1)


@exercise.misconception("EL2a")
def multiplies_inf_by_zero(z, alpha):
    """For large z exp(z) is inf, and a mask that multiplies it by 0 gives nan. np.where leaves that branch
    out."""
    return (z > 0) * z + (z <= 0) * alpha * (np.exp(z) - 1)


@exercise.misconception("EL4a")
def ignores_alpha(z, alpha):
    """The negative side is exp(z) - 1, whatever alpha is. The lecture notes leave alpha out: it sets where
    ELU flattens."""
    return np.where(z > 0, z, np.exp(z) - 1)


@exercise.misconception
def alpha_in_the_exponent(z, alpha):
    """alpha multiplies z inside the exponential, which changes how fast ELU flattens. It belongs outside,
    where it sets the value at which it does."""
    return np.where(z > 0, z, np.exp(alpha * z) - 1)


@exercise.misconception
def is_leaky_relu(z, alpha):
    """The negative side is the line alpha * z, as in leaky ReLU. That of ELU is alpha * (exp(z) - 1), which
    flattens."""
    return np.where(z > 0, z, alpha * z)


@exercise.misconception
def swaps_the_branches(z, alpha):
    """The exponential is on the positive side, where it grows without limit. It belongs to z <= 0."""
    return np.where(z > 0, alpha * (np.exp(z) - 1), z)


@exercise.misconception
def takes_the_larger(z, alpha):
    """The larger of z and alpha * (exp(z) - 1) is returned, but on the positive side the exponential soon
    is the larger. Choose by the sign of z."""
    return np.maximum(z, alpha * (np.exp(z) - 1))


@exercise.misconception
def exponential_everywhere(z, alpha):
    """alpha * (exp(z) - 1) is used for every z. On the positive side ELU is z itself."""
    return alpha * (np.exp(z) - 1)


@exercise.misconception
def adds_the_exponential_on_both_sides(z, alpha):
    """max(z, 0) is right for the positive side, but alpha * (exp(z) - 1) is added there too. Add it only
    where z <= 0."""
    return np.maximum(z, 0) + alpha * (np.exp(z) - 1)


@exercise.misconception
def turns_the_negative_side_up(z, alpha):
    """1 - exp(z) is positive for negative z. ELU is negative there: exp(z) - 1."""
    return np.where(z > 0, z, alpha * (1 - np.exp(z)))


@exercise.misconception
def exponent_with_a_minus(z, alpha):
    """exp(-z) grows without limit for negative z. ELU flattens there: the exponent is z."""
    return np.where(z > 0, z, alpha * (np.exp(-z) - 1))


@exercise.misconception
def scales_both_sides(z, alpha):
    """alpha multiplies the positive side as well. There ELU is z itself."""
    return alpha * np.where(z > 0, z, np.exp(z) - 1)


@exercise.misconception
def is_relu(z, alpha):
    """The negative side is 0, as in ReLU. That of ELU is alpha * (exp(z) - 1)."""
    return np.maximum(z, 0)


@exercise.misconception(raises=ValueError)
def asks_about_the_whole_array(z, alpha):
    """Python's if, and, or, max and min decide once, and here they were asked about a whole array. np.where
    or a mask decides for every entry."""
    return z if z > 0 else alpha * (np.exp(z) - 1)


@exercise.misconception
def edits_z_in_place(z, alpha):
    """The result is right, but z itself was overwritten, and the backward pass still needs it."""
    negative = z < 0
    z[negative] = alpha * (np.exp(z[negative]) - 1)
    return z


@exercise.equivalent
def chooses_by_sign(z, alpha):
    return np.where(z > 0, z, alpha * (np.exp(z) - 1))


@exercise.equivalent
def exponential_of_the_negative_part(z, alpha):
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


@exercise.equivalent
def minimum_of_the_exponential(z, alpha):
    return np.maximum(0, z) + np.minimum(0, alpha * (np.exp(np.minimum(0, z)) - 1))


@exercise.equivalent
def exponential_only_where_needed(z, alpha):
    out = z.astype(float)
    out[z <= 0] = alpha * np.exp(z[z <= 0]) - alpha
    return out


@exercise.equivalent
def loops(z, alpha):
    out = np.empty(z.shape)
    for index, value in np.ndenumerate(z):
        out[index] = value if value >= 0 else alpha * (np.exp(value) - 1)
    return out
