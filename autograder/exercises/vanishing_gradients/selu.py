"""Scaled exponential linear unit."""

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, one_of_each_kind
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="selu",
    unit="vanishing_gradients",
    points=1,
    reference=activations.selu,
    takes={"z": Array()},
    # constants of four decimals will do, whichever way they are rounded: 5e-5 / 1.05 + 5e-5 / 1.67 is below 1e-4
    rtol=1e-4,
    hints=(
        "SELU is lambda times an ELU with its own alpha. Which side does lambda scale, and which side does alpha?",
        "The constants are easily swapped. Which is the slope for z > 0, and is it nearer to 1.05 or to 1.67?",
        "Far to the left SELU levels off at -lambda * alpha = -1.7581. What does your function give at z = -30?",
    ),
    part="more",
    minutes=3,
    difficulty=1,
    reasoning=(
        "SELU is an ELU with a fixed alpha, scaled as a whole: lambda multiplies both sides, alpha the left one "
        "alone. With just this pair a standard normal input keeps mean 0 and variance 1."
    ),
)

LAMBDA = activations.SELU_LAMBDA
ALPHA = activations.SELU_ALPHA


@exercise.case("inputs of both signs")
def both_signs(rng):
    z = either_sign(rng, (int(rng.integers(2, 5)), 5))
    z[0, :4] = one_of_each_kind(rng)
    return {"z": z}


@exercise.case("one sample, with a zero in it")
def single_sample(rng):
    return {"z": np.array([[-1.5, 0.0, *one_of_each_kind(rng)[:2]]])}


@exercise.case("very negative inputs, where SELU is flat")
def flat(rng):
    return {"z": -rng.uniform([5, 15, 30], [9, 30, 60], size=(2, 3)).round(3)}


@exercise.case("inputs beyond 710, where exp overflows")
def beyond_overflow(rng):
    return {"z": rng.uniform([720, 800, 1500], [750, 1500, 2000], size=(2, 3)).round() * [[1], [-1]]}


@exercise.case("an array of three axes")
def three_axes(rng):
    z = either_sign(rng, (2, int(rng.integers(4, 6)), 3))
    z[0, :4, 0] = one_of_each_kind(rng)
    return {"z": z}


def _selu(z, scale, alpha):
    return scale * np.where(z > 0, z, alpha * (np.exp(z) - 1))


@exercise.misconception("SE1a")
def as_printed_in_the_lecture_notes(z):
    """This is the formula as the lecture notes print it, with exp on the positive side, lambda twice and
    1.67 for it. SELU is lambda * z for z > 0 and lambda * alpha * (exp(z) - 1) elsewhere."""
    return 1.67 * np.where(z > 0, np.exp(z) - 1, 1.67 * (np.exp(z) - 1))


@exercise.misconception("SE1b")
def exponential_on_the_positive_side(z):
    """The positive side is exp(z) - 1, which grows without limit. There SELU is the line lambda * z."""
    return LAMBDA * np.where(z > 0, np.exp(z) - 1, ALPHA * (np.exp(z) - 1))


@exercise.misconception("SE2b")
def swaps_the_constants(z):
    """lambda and alpha are swapped: your slope for z > 0 is 1.6733. lambda is 1.0507, and alpha is
    1.6733."""
    return _selu(z, ALPHA, LAMBDA)


@exercise.misconception
def swaps_the_rounded_constants(z):
    """lambda and alpha are swapped: your slope for z > 0 is 1.6733. lambda is 1.0507, and alpha is 1.6733."""
    return _selu(z, 1.6733, 1.0507)


@exercise.misconception("SE2a")
def swaps_the_constants_as_printed(z):
    """lambda = 1.67 and alpha = 1.05 is how the lecture notes print them, but they are swapped. lambda is
    1.0507, and alpha is 1.6733."""
    return _selu(z, 1.67, 1.05)


@exercise.misconception("SE3")
def lambda_on_the_left_only(z):
    """lambda scales the negative side only. It scales both: for z > 0 SELU is lambda * z."""
    return np.where(z > 0, z, LAMBDA * ALPHA * (np.exp(z) - 1))


@exercise.misconception
def lambda_on_the_right_only(z):
    """lambda scales the positive side only. It scales both: far to the left SELU is -lambda * alpha."""
    return np.where(z > 0, LAMBDA * z, ALPHA * (np.exp(z) - 1))


@exercise.misconception
def rounded_lambda_on_the_right_only(z):
    """lambda scales the positive side only. It scales both: far to the left SELU is -lambda * alpha."""
    return np.where(z > 0, 1.0507 * z, 1.6733 * (np.exp(z) - 1))


@exercise.misconception("SE4a")
def lambda_twice(z):
    """Every output is multiplied by lambda twice. Once is enough."""
    return LAMBDA * _selu(z, LAMBDA, ALPHA)


@exercise.misconception("SE4b")
def lambda_in_place_of_alpha(z):
    """On the negative side lambda stands where alpha should be, as the lecture notes print it. It is lambda
    * alpha * (exp(z) - 1)."""
    return _selu(z, LAMBDA, LAMBDA)


@exercise.misconception
def alpha_on_both_sides(z):
    """alpha multiplies the positive side as well. There SELU is lambda * z."""
    return LAMBDA * ALPHA * np.where(z > 0, z, np.exp(z) - 1)


@exercise.misconception
def forgets_alpha(z):
    """alpha is missing on the negative side. It is lambda * alpha * (exp(z) - 1)."""
    return _selu(z, LAMBDA, 1.0)


@exercise.misconception
def forgets_lambda(z):
    """This is ELU with the right alpha. SELU multiplies it by lambda, on both sides."""
    return _selu(z, 1.0, ALPHA)


@exercise.misconception
def is_elu(z):
    """This is ELU without either constant. Mean 0 and variance 1 are kept only with lambda and alpha."""
    return _selu(z, 1.0, 1.0)


@exercise.misconception
def forgets_minus_one(z):
    """The negative side is lambda * alpha * exp(z), so that the curve jumps at 0. Subtract 1 from exp(z)
    first."""
    return LAMBDA * np.where(z > 0, z, ALPHA * np.exp(z))


@exercise.misconception
def subtracts_one_outside(z):
    """alpha * exp(z) - 1 multiplies first and subtracts afterwards. alpha multiplies the whole difference:
    use parentheses."""
    return LAMBDA * np.where(z > 0, z, ALPHA * np.exp(z) - 1)


@exercise.misconception
def multiplies_inf_by_zero(z):
    """For large z exp(z) is inf, and a mask that multiplies it by 0 gives nan. np.where leaves that branch
    out."""
    return LAMBDA * ((z > 0) * z + (z <= 0) * ALPHA * (np.exp(z) - 1))


@exercise.misconception
def takes_the_larger(z):
    """The larger of the two branches is returned, but on the positive side the exponential is the larger.
    Choose by the sign of z."""
    return LAMBDA * np.maximum(z, ALPHA * (np.exp(z) - 1))


@exercise.misconception
def normalises_the_batch(z):
    """The inputs are standardised with their own mean and deviation. SELU does that on average over many
    layers, with two constants and no look at the batch."""
    return (z - z.mean()) / z.std()


@exercise.misconception(raises=ValueError)
def asks_about_the_whole_array(z):
    """Python's if, and, or, max and min decide once, and here they were asked about a whole array. np.where
    or a mask decides for every entry."""
    return LAMBDA * (z if z > 0 else ALPHA * (np.exp(z) - 1))


@exercise.misconception
def edits_z_in_place(z):
    """The result is right, but z itself was overwritten, and the backward pass still needs it."""
    negative = z < 0
    z[negative] = ALPHA * (np.exp(z[negative]) - 1)
    z *= LAMBDA
    return z


@exercise.misconception("SE5a")
def constants_of_two_decimals(z):
    """The constants are rounded to two decimals, 1.05 and 1.67. Over many layers that adds up to a drift: use all the
    digits that the text gives."""
    return _selu(z, 1.05, 1.67)


@exercise.equivalent("SE5b")
def constants_of_four_decimals(z):
    return _selu(z, 1.0507, 1.6733)


@exercise.equivalent("SE5c")
def constants_of_five_decimals(z):
    return _selu(z, 1.0507, 1.67326)


@exercise.equivalent
def chooses_by_sign(z):
    return np.where(z > 0, LAMBDA * z, LAMBDA * ALPHA * (np.exp(z) - 1))


@exercise.equivalent
def sum_of_two_parts(z):
    return LAMBDA * (np.maximum(z, 0) + ALPHA * np.expm1(np.minimum(z, 0)))


@exercise.equivalent
def constants_of_eight_decimals(z):
    return _selu(z, 1.05070099, 1.67326324)


@exercise.equivalent
def works_on_a_copy(z):
    out = LAMBDA * z
    out[z < 0] = LAMBDA * ALPHA * np.exp(z[z < 0]) - LAMBDA * ALPHA
    return out


@exercise.equivalent
def loops(z):
    out = [v if v > 0 else ALPHA * (np.exp(v) - 1) for v in z.flat]
    return LAMBDA * np.reshape(out, z.shape)
