"""fan_in and fan_out of the weights of a dense or a convolutional layer, from their shape."""

import math

from autograder.domain import Given
from autograder.exercise import Call, Exercise
from course_lib import initialization

exercise = Exercise(
    name="fans",
    unit="initialization",
    points=1,
    reference=initialization.fans,
    takes={"shape": Given(lambda rng, others: _convolution(rng))},
    returns=("fan_in", "fan_out"),
    hints=(
        "How many numbers does one unit of a dense layer with weights (D, M) add up, and how many units does one input "
        "go to?",
        "One output pixel of a convolution is a sum over the channels that come in and over the kernel. How many "
        "products is that?",
        "The first axis of a convolution's weights counts the channels that go out, that of a dense layer's the "
        "inputs. Which of your two results belongs to which axis in each of the two?",
    ),
    part="core",
    minutes=3,
    difficulty=2,
    reasoning=(
        "A fan counts the terms of a sum: fan_in those of an output, fan_out those of the gradient at an input. In a "
        "convolution every channel contributes a whole kernel to either, so both have the factor K1 * K2."
    ),
)


def _sizes(rng, n) -> list[int]:
    """Different numbers, and none a side of a kernel: some wrong forms agree where two are alike."""
    return [int(size) for size in rng.choice([4, 6, 7, 8, 9, 11, 12, 13], n, replace=False)]


def _convolution(rng):
    return (*_sizes(rng, 2), *(int(k) for k in rng.permutation([2, 3])))


@exercise.case("a dense layer")
def dense(rng):
    one, other = sorted(_sizes(rng, 2))
    return [Call({"shape": (one, other)}, "more units than inputs"), Call({"shape": (other, one)}, "fewer units")]


@exercise.case("a convolution with a square kernel")
def square_kernel(rng):
    k = int(rng.choice([3, 5]))
    return {"shape": (*_sizes(rng, 2), k, k)}


@exercise.case("a convolution whose kernel is not square")
def other_kernel(rng):
    c_out, c_in, _, _ = _convolution(rng)
    return [Call({"shape": (c_out, c_in, 2, 3)}), Call({"shape": (c_out, c_in, 3, 2)}, "the kernel turned")]


@exercise.case("a convolution whose kernel is one pixel")
def one_pixel(rng):
    return {"shape": (*_sizes(rng, 2), 1, 1)}


@exercise.case("a convolution on an image of one channel")
def one_channel(rng):
    return {"shape": (_sizes(rng, 1)[0], 1, 3, 2)}


def _with(shape, dense, convolution):
    return dense(*shape) if len(shape) == 2 else convolution(*shape)


def _straight(d, m):
    return d, m


@exercise.misconception("IN10")
def forgets_the_kernel(shape):
    """The fans of a convolution are its channels. Each output adds up a whole kernel from each of them: multiply by K1
    * K2."""
    return _with(shape, _straight, lambda o, i, k, n: (i, o))


@exercise.misconception
def swaps_the_fans(shape):
    """fan_in and fan_out stand in each other's places, in a dense layer as in a convolution. fan_in counts what one
    output adds up."""
    return initialization.fans(shape)[::-1]


@exercise.misconception
def dense_as_convolution(shape):
    """The fans of a dense layer stand in each other's places. Its weights are (D, M) here, inputs first, as x @ w asks;
    only those of a convolution name what goes out first."""
    return _with(shape, lambda d, m: (m, d), lambda o, i, k, n: initialization.fans((o, i, k, n)))


@exercise.misconception
def convolution_as_dense(shape):
    """The fans of a convolution stand in each other's places. Its weights are (C_out, C_in, K1, K2): what goes out
    comes first."""
    return _with(shape, _straight, lambda o, i, k, n: (o * k * n, i * k * n))


@exercise.misconception
def kernel_for_fan_in_alone(shape):
    """fan_out of a convolution is C_out alone. An input pixel, too, goes to a whole kernel's worth of outputs in each
    channel."""
    return _with(shape, _straight, lambda o, i, k, n: (i * k * n, o))


@exercise.misconception
def kernel_first(shape):
    """The axes of a convolution are read as (K1, K2, C_in, C_out), which is Keras' order. Here they are (C_out, C_in,
    K1, K2)."""
    return _with(shape, _straight, lambda o, i, k, n: (o * i * k, o * i * n))


@exercise.misconception
def always_square(shape):
    """The fans of a convolution have the factor K1 ** 2. A kernel need not be square: take K1 * K2."""
    return _with(shape, _straight, lambda o, i, k, n: (i * k * k, o * k * k))


@exercise.misconception
def always_square_by_the_last(shape):
    """The fans of a convolution have the factor K2 ** 2. A kernel need not be square: take K1 * K2."""
    return _with(shape, _straight, lambda o, i, k, n: (i * n * n, o * n * n))


@exercise.misconception
def adds_the_sides(shape):
    """The fans of a convolution have the factor K1 + K2. A kernel of K1 rows and K2 columns holds K1 * K2 weights."""
    return _with(shape, _straight, lambda o, i, k, n: (i * (k + n), o * (k + n)))


@exercise.misconception
def one_side_of_the_kernel(shape):
    """The fans of a convolution have the factor K1 alone. A kernel of K1 rows and K2 columns holds K1 * K2 weights."""
    return _with(shape, _straight, lambda o, i, k, n: (i * k, o * k))


@exercise.misconception
def all_but_the_first_axis(shape):
    """fan_in is everything but the first axis, and fan_out the first axis, in a dense layer too. There the first axis
    counts the inputs, and fan_out of a convolution holds the kernel as well."""
    return math.prod(shape[1:]), shape[0]


@exercise.misconception
def all_but_the_last_axis(shape):
    """fan_in is everything but the last axis, and fan_out the last one. In a convolution the last axis is a side of the
    kernel, and the first counts the channels that go out."""
    return math.prod(shape[:-1]), shape[-1]


@exercise.misconception
def first_two_axes(shape):
    """fan_in and fan_out are the first two axes, whatever the layer. Those of a convolution count channels, of which
    what goes out comes first, and each brings a kernel."""
    return shape[0], shape[1]


@exercise.misconception
def last_two_axes(shape):
    """fan_in and fan_out are the last two axes, which are the kernel's in a convolution: how many channels there are
    makes no difference. Which axes hold them?"""
    return shape[-2], shape[-1]


@exercise.misconception
def both_channels(shape):
    """Both fans of a convolution are the number of all its weights. One output sees the channels that come in, and one
    input those that go out: each fan holds one of the two."""
    return _with(shape, _straight, lambda o, i, k, n: (o * i * k * n, o * i * k * n))


@exercise.misconception
def all_weights_for_both(shape):
    """Both fans are the number of all weights, in a dense layer too. One output adds up over what comes in, and one
    input goes to what goes out: each fan leaves the other out."""
    return (math.prod(shape),) * 2


@exercise.misconception
def kernel_alone(shape):
    """fan_in of a convolution is the kernel alone. An output adds up over all channels that come in: C_in * K1 * K2."""
    return _with(shape, _straight, lambda o, i, k, n: (k * n, o * k * n))


@exercise.misconception
def all_weights_for_fan_out(shape):
    """fan_out of a convolution is the number of all its weights. An input pixel belongs to one of the channels that
    come in, so that C_in is no factor."""
    return _with(shape, _straight, lambda o, i, k, n: (i * k * n, o * i * k * n))


@exercise.misconception
def channels_for_fan_out(shape):
    """fan_out of a convolution is C_out * C_in. An input pixel belongs to one of the channels that come in, and goes to
    a whole kernel's worth of outputs in each channel that goes out: C_out * K1 * K2."""
    return _with(shape, _straight, lambda o, i, k, n: (i * k * n, o * i))


@exercise.misconception
def fan_in_for_both(shape):
    """Both fans of a convolution are C_in times the kernel. For fan_out it is the channels that go out: C_out * K1 *
    K2."""
    return _with(shape, _straight, lambda o, i, k, n: (i * k * n, i * k * n))


@exercise.equivalent
def by_the_kernels_size(shape):
    if len(shape) == 2:
        return shape
    size = math.prod(shape[2:])
    return [shape[1] * size, shape[0] * size]


@exercise.equivalent
def by_the_number_of_weights(shape):
    n = math.prod(shape)
    return (n / shape[1], n / shape[0]) if len(shape) == 2 else (n // shape[0], n // shape[1])


@exercise.equivalent
def by_matching(shape):
    match list(shape):
        case [fan_in, fan_out]:
            pass
        case [fan_out, fan_in, *kernel]:
            for side in kernel:
                fan_in, fan_out = fan_in * side, fan_out * side
    return fan_in, fan_out
