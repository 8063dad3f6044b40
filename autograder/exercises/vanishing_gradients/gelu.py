"""GELU."""

import math

import numpy as np

from autograder.domain import Array
from autograder.draw import either_sign, one_of_each_kind, rows_of_opposite_sign
from autograder.exercise import Exercise
from course_lib.functions import activations

exercise = Exercise(
    name="gelu",
    unit="vanishing_gradients",
    points=1,
    reference=activations.gelu,
    rtol=1e-9,
    takes={"z": Array()},
    hints=(
        "GELU is z times a gate: the probability that a standard normal number is below z. What is it for z = 0, and "
        "for very large z?",
        "math.erf works on one number. Which function of NumPy makes it work on every entry of an array?",
        "The probability is a half of 1 + erf(...). By what must z be divided first, so that the gate is that of a "
        "normal distribution with variance 1?",
    ),
    part="more",
    minutes=4,
    difficulty=2,
    reasoning=(
        "The gate is the distribution function of a standard normal number, which is (1 + erf(z / sqrt(2))) / 2; "
        "np.vectorize lets math.erf, which knows single numbers, go through an array."
    ),
)


@exercise.case("inputs of both signs")
def both_signs(rng):
    z = either_sign(rng, (int(rng.integers(2, 5)), 5))
    z[0, :4] = one_of_each_kind(rng)
    return {"z": z}


@exercise.case("one sample, with a zero in it")
def single_sample(rng):
    return {"z": np.array([[-1.25, 0.0, *one_of_each_kind(rng)[:2]]])}


@exercise.case("small inputs, where GELU is nearly z / 2")
def small(rng):
    return {"z": rows_of_opposite_sign(rng, (2, 3)) / 50}


@exercise.case("large inputs of both signs")
def large(rng):
    return {"z": rng.uniform(30, 900, size=(2, 3)).round() * [[1], [-1]]}


@exercise.case("an array of three axes")
def three_axes(rng):
    z = either_sign(rng, (2, int(rng.integers(4, 6)), 3))
    z[0, :4, 0] = one_of_each_kind(rng)
    return {"z": z}


_erf = np.vectorize(math.erf, otypes=[float])


def _gate(z):
    return 0.5 * (1 + _erf(z / np.sqrt(2)))


@exercise.misconception
def returns_the_gate(z):
    """This is the gate alone, the probability that a standard normal number is below z. GELU is z times the gate."""
    return _gate(z)


@exercise.misconception
def forgets_the_root_of_two(z):
    """The gate is that of a normal distribution of variance 1/2: z goes into erf without being divided by the square
    root of 2."""
    return 0.5 * z * (1 + _erf(z))


@exercise.misconception
def multiplies_by_the_root_of_two(z):
    """z is multiplied by the square root of 2 where it should be divided by it: the gate opens twice as fast."""
    return 0.5 * z * (1 + _erf(z * np.sqrt(2)))


@exercise.misconception
def divides_by_two(z):
    """z is divided by 2 inside erf. The standard normal distribution has the square root of 2 there."""
    return 0.5 * z * (1 + _erf(z / 2))


@exercise.misconception
def approximates_with_tanh(z):
    """This is the approximation with tanh, which many libraries use. It is off by up to 5e-4; here the exact function
    is asked for."""
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


@exercise.misconception
def approximates_with_a_sigmoid(z):
    """This is the approximation z * sigmoid(1.702 z). It is off by up to 2e-2; here the exact function is asked for."""
    with np.errstate(over="ignore"):
        return z / (1 + np.exp(-1.702 * z))


@exercise.misconception
def forgets_the_half(z):
    """The gate runs from 0 to 2: 1 + erf has to be halved to be a probability."""
    return z * (1 + _erf(z / np.sqrt(2)))


@exercise.misconception
def forgets_the_one(z):
    """The gate is erf alone, which runs from -1 to 1, so that the result is the same for z and -z. A probability is
    (1 + erf) / 2."""
    return 0.5 * z * _erf(z / np.sqrt(2))


@exercise.misconception
def gates_the_other_side(z):
    """The gate is open for negative z and closed for positive z: it is the probability of being above z."""
    return 0.5 * z * (1 - _erf(z / np.sqrt(2)))


@exercise.misconception
def gates_with_the_density(z):
    """z is multiplied by the density of the normal distribution, which goes to 0 on both sides. The gate is the
    probability of being below z."""
    return z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


@exercise.misconception
def is_swish(z):
    """This is swish, whose gate is the sigmoid. GELU's gate is the distribution function of a normal number."""
    with np.errstate(over="ignore"):
        return z / (1 + np.exp(-z))


@exercise.misconception
def is_relu(z):
    """This is ReLU. GELU comes close to it for large z, and dips below 0 for negative ones."""
    return np.maximum(z, 0)


@exercise.equivalent
def z_times_the_gate(z):
    return z * _gate(z)


@exercise.equivalent
def from_erfc(z):
    return 0.5 * z * np.vectorize(math.erfc, otypes=[float])(-z / math.sqrt(2))


@exercise.equivalent
def loops(z):
    values = [v * 0.5 * (1 + math.erf(v / 2**0.5)) for v in z.ravel().tolist()]
    return np.array(values).reshape(z.shape)
