"""Upper bound of the product of sigmoid derivatives."""

import math

from autograder.domain import Number
from autograder.exercise import Call, Exercise
from course_lib.analysis import diagnostics

exercise = Exercise(
    name="sigmoid_slope_bound",
    unit="vanishing_gradients",
    points=1,
    reference=diagnostics.sigmoid_slope_bound,
    takes={"n_layers": Number(1, 40, corners=(0, 100, 500), says="0")},
    hints=(
        "The derivative of the sigmoid is s * (1 - s), where s lies between 0 and 1. For which s is it largest?",
        "Every layer multiplies the gradient by one such derivative. What is the largest product of n of them?",
        "How large is a product of no factors at all?",
    ),
    # the bound itself is smaller than 1e-12 from 20 layers on
    atol=0.0,
    part="more",
    minutes=2,
    difficulty=1,
    reasoning=(
        "a (1 - a) is largest halfway, at a = 1/2, where it is 1/4, and each factor of the product can reach that at "
        "z = 0. So the bound is attained, and with no layer the empty product is 1."
    ),
)


# every case asks for a depth that is drawn as well, so that a table of the depths that a notebook shows earns nothing
@exercise.case("one layer, and a few")
def few_layers(rng):
    return [Call({"n_layers": 1}, "one layer"), Call({"n_layers": int(rng.integers(3, 20))}, "a few layers")]


@exercise.case("two layers, and some more")
def some_layers(rng):
    return [Call({"n_layers": 2}, "two layers"), Call({"n_layers": 2 * int(rng.integers(4, 20)) + 1}, "some layers")]


@exercise.case("no layer at all, and some")
def no_layer(rng):
    return [Call({"n_layers": 0}, "no layer"), Call({"n_layers": int(rng.integers(10, 40))}, "some layers")]


@exercise.case("deep networks")
def deep(rng):
    return [Call({"n_layers": 2 * int(rng.integers(20, 90))}, "a deep network")]


@exercise.misconception("AC4")
def slope_of_one(n_layers):
    """This takes 1 for the largest slope of the sigmoid, and the gradient could pass any depth. It is s * (1 - s) at
    s = 1/2, that is 0.25."""
    return 1.0**n_layers


@exercise.misconception
def value_instead_of_slope(n_layers):
    """0.5 is the value of the sigmoid at 0. Its slope there is 0.5 * (1 - 0.5) = 0.25."""
    return 0.5**n_layers


@exercise.misconception
def slope_at_one(n_layers):
    """This is the slope at z = 1. The slope is largest at z = 0, where the sigmoid is 1/2."""
    s = 1 / (1 + math.exp(-1))
    return (s * (1 - s)) ** n_layers


@exercise.misconception
def sum_of_slopes(n_layers):
    """The slopes of the layers are added up. The chain rule multiplies them."""
    return 0.25 * n_layers


@exercise.misconception
def one_layer_only(n_layers):
    """This is the bound for one layer. Each layer multiplies by its own derivative."""
    return 0.25


@exercise.misconception
def one_layer_too_few(n_layers):
    """One layer is left out. Each of the n_layers sigmoids contributes a factor."""
    return 0.25 ** max(n_layers - 1, 0)


@exercise.misconception
def one_layer_too_few_even_for_none(n_layers):
    """One layer is left out, and for no layer the bound exceeds 1. Each of the n_layers sigmoids contributes a
    factor."""
    return 0.25 ** (n_layers - 1)


@exercise.misconception
def one_layer_too_many(n_layers):
    """There is one factor too many. Each of the n_layers sigmoids contributes one, and no layer leaves 1."""
    return 0.25 ** (n_layers + 1)


@exercise.misconception
def inverse(n_layers):
    """This is the inverse of the bound, and grows with depth. Factors smaller than 1 make the product shrink."""
    return 4.0**n_layers


@exercise.misconception
def zero_for_no_layer(n_layers):
    """For no layer this is 0. A product of no factors is 1: the gradient passes unchanged."""
    return 0.25**n_layers if n_layers else 0.0


@exercise.misconception
def exponential_of_the_depth(n_layers):
    """This falls like exp(-n). The factor of each layer is 0.25, not 1/e."""
    return math.exp(-n_layers)


@exercise.misconception
def logarithm_of_the_bound(n_layers):
    """This is the logarithm of the bound. Return the bound itself."""
    return n_layers * math.log(0.25)


@exercise.equivalent
def loop(n_layers):
    bound = 1.0
    for _ in range(n_layers):
        bound *= 0.25
    return bound


@exercise.equivalent
def inverse_power_of_four(n_layers):
    return 1 / 4**n_layers


@exercise.equivalent
def power_of_two(n_layers):
    return math.ldexp(1.0, -2 * n_layers)


@exercise.equivalent
def through_the_logarithm(n_layers):
    return math.exp(n_layers * math.log(0.25))
