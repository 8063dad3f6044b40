"""Weight initialisers: ``initializer(rng, fan_in, fan_out) -> (fan_in, fan_out) array``.

``rng`` is a ``numpy.random.Generator``; fan_in counts the inputs of a unit, fan_out those that its output feeds.
The matrix multiplies from the right, x @ w, as in Keras; PyTorch stores its transpose. Names with ``normal`` draw
from the whole normal distribution, as in PyTorch; Keras truncates them (here ``..._truncated_normal``).
"""

from math import erf, exp, pi, sqrt

import numpy as np

from course_lib._arguments.arrays import arrays, matrix, same_shape, samples
from course_lib._arguments.numbers import FINITE, NOT_NEGATIVE, POSITIVE, integer, shape_of
from course_lib._arguments.objects import function, generator, with_methods

# A standard normal cut at +-2 has the variance 1 - 4 * density(2) / P(|z| < 2): a standard deviation of 0.8796.
CUT = 2.0
TRUNCATED_STD = sqrt(1 - 2 * CUT * exp(-(CUT**2) / 2) / sqrt(2 * pi) / erf(CUT / sqrt(2)))


def zeros(rng, fan_in, fan_out):
    """All weights zero: every unit computes the same, and none of them ever differs (``rng`` is not used)."""
    _check_fans(fan_in, fan_out)
    return np.zeros((fan_in, fan_out))


def constant(value):
    """An initialiser with all weights ``value``: units of one layer stay copies of each other, as with zeros."""
    value = FINITE(value, name="value")

    def initialize(rng, fan_in, fan_out):
        _check_fans(fan_in, fan_out)
        return np.full((fan_in, fan_out), value)

    return initialize


def scaled_normal(std):
    """An initialiser that draws from a normal distribution of mean 0 and standard deviation ``std``."""
    std = NOT_NEGATIVE(std, name="std")

    def initialize(rng, fan_in, fan_out):
        _check(rng, fan_in, fan_out)
        return rng.normal(0.0, std, (fan_in, fan_out))

    return initialize


def scaled_uniform(limit):
    """An initialiser that draws uniformly from [-limit, limit]; the standard deviation is limit / sqrt(3)."""
    limit = NOT_NEGATIVE(limit, name="limit")

    def initialize(rng, fan_in, fan_out):
        _check(rng, fan_in, fan_out)
        return rng.uniform(-limit, limit, (fan_in, fan_out))

    return initialize


def scaled_truncated_normal(std):
    """An initialiser that draws from a normal distribution cut at two of its standard deviations.

    ``std`` is the standard deviation *after* the cut, as in Keras' ``VarianceScaling``. Keras' ``TruncatedNormal``
    takes the one before it, and delivers 12 % less; PyTorch's ``trunc_normal_`` too, but cuts at -2 and 2 by default,
    whatever ``std`` is.
    """
    std = NOT_NEGATIVE(std, name="std")

    def initialize(rng, fan_in, fan_out):
        _check(rng, fan_in, fan_out)
        z = rng.standard_normal((fan_in, fan_out))
        while (outside := np.abs(z) > CUT).any():
            z[outside] = rng.standard_normal(np.count_nonzero(outside))
        return z * (std / TRUNCATED_STD)

    return initialize


def glorot_normal(rng, fan_in, fan_out):
    """Normal with variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010, eq. 12)."""
    _check(rng, fan_in, fan_out)
    return rng.normal(0.0, np.sqrt(2.0 / (fan_in + fan_out)), (fan_in, fan_out))


def glorot_uniform(rng, fan_in, fan_out):
    """Uniform on [-limit, limit] with limit = sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16)."""
    _check(rng, fan_in, fan_out)
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def glorot_truncated_normal(rng, fan_in, fan_out):
    """As ``glorot_normal`` with the tails cut, the variance kept: what Keras calls ``glorot_normal``."""
    _check(rng, fan_in, fan_out)
    return scaled_truncated_normal(np.sqrt(2.0 / (fan_in + fan_out)))(rng, fan_in, fan_out)


def he_normal(rng, fan_in, fan_out):
    """Normal with variance 2 / fan_in, for ReLU (He et al. 2015, eq. 10)."""
    _check(rng, fan_in, fan_out)
    return rng.normal(0.0, np.sqrt(2.0 / fan_in), (fan_in, fan_out))


def he_uniform(rng, fan_in, fan_out):
    """Uniform with the variance 2 / fan_in of ``he_normal``: on [-limit, limit] with limit = sqrt(6 / fan_in).

    PyTorch's ``kaiming_uniform_`` with ``nonlinearity="relu"``; its ``nn.Linear`` has limit = sqrt(1 / fan_in).
    """
    _check(rng, fan_in, fan_out)
    return scaled_uniform(np.sqrt(6.0 / fan_in))(rng, fan_in, fan_out)


def he_truncated_normal(rng, fan_in, fan_out):
    """As ``he_normal`` with the tails cut, the variance kept: what Keras calls ``he_normal``."""
    _check(rng, fan_in, fan_out)
    return scaled_truncated_normal(np.sqrt(2.0 / fan_in))(rng, fan_in, fan_out)


def lecun_normal(rng, fan_in, fan_out):
    """Normal with variance 1 / fan_in, for tanh and SELU (LeCun, Bottou, Orr and Müller 1998, section 4.6)."""
    _check(rng, fan_in, fan_out)
    return rng.normal(0.0, np.sqrt(1.0 / fan_in), (fan_in, fan_out))


def lecun_uniform(rng, fan_in, fan_out):
    """Uniform with the variance 1 / fan_in of ``lecun_normal``: on [-limit, limit] with limit = sqrt(3 / fan_in)."""
    _check(rng, fan_in, fan_out)
    return scaled_uniform(np.sqrt(3.0 / fan_in))(rng, fan_in, fan_out)


def lecun_truncated_normal(rng, fan_in, fan_out):
    """As ``lecun_normal`` with the tails cut, the variance kept: what Keras calls ``lecun_normal``."""
    _check(rng, fan_in, fan_out)
    return scaled_truncated_normal(np.sqrt(1.0 / fan_in))(rng, fan_in, fan_out)


def orthogonal(rng, fan_in, fan_out, gain=1.0):
    """gain times a random matrix whose rows or columns, whichever are fewer, are orthonormal (Saxe et al. 2014).

    A square one keeps the norm of every x (for gain 1); ReLU wants the gain sqrt(2). The same distribution as
    PyTorch's ``orthogonal_`` and Keras' ``Orthogonal``.
    """
    _check(rng, fan_in, fan_out)
    gain = FINITE(gain, name="gain")
    tall = rng.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
    q, r = np.linalg.qr(tall)
    # LAPACK fixes the signs of q by its own rule; with diag(r) > 0 the factors are unique, and q is uniformly
    # distributed over the orthogonal matrices (Mezzadri 2007).
    q *= gain * np.copysign(1.0, np.diag(r))
    return q if fan_in >= fan_out else q.T


def haar_orthogonal(rng, n):
    """A random orthogonal matrix (n, n), none likelier than another: ``orthogonal`` for a square (Mezzadri 2007)."""
    return orthogonal(rng, n, n)


def fans(shape):
    """fan_in and fan_out of a weight array: inputs that a unit adds up, and units that an input goes to.

    Parameters
    ----------
    shape : (fan_in, fan_out) of a dense layer, or (C_out, C_in, K1, K2) of a convolution, where an output adds up
        C_in * K1 * K2 numbers, and an input goes to C_out * K1 * K2 outputs, up to the margins and for stride 1

    Raises
    ------
    TypeError, ValueError
        When ``shape`` has neither two sizes nor four, or one that is no positive integer.
    """
    shape = shape_of(shape, name="shape")
    if len(shape) not in (2, 4):
        raise ValueError(f"shape must be (fan_in, fan_out) or (C_out, C_in, K1, K2), got {shape}")
    if len(shape) == 2:
        return shape
    c_out, c_in, k1, k2 = shape
    return c_in * k1 * k2, c_out * k1 * k2


def _check(rng, fan_in, fan_out):
    generator(rng)
    _check_fans(fan_in, fan_out)


def _check_fans(fan_in, fan_out):
    integer(fan_in, 1, name="fan_in")
    integer(fan_out, 1, name="fan_out")


def check_source(initializer, rng):
    """The pair as it is, for ``draw_weights``; ``rng`` may be None for an initialiser that draws nothing."""
    function(initializer, name="initializer", form="(rng, fan_in, fan_out) -> weights")
    return initializer, rng if rng is None else generator(rng)


def draw_weights(initializer, rng, fan_in, fan_out):
    """A new array of the weights that ``initializer`` returns, refused unless they are (fan_in, fan_out) numbers."""
    return same_shape(initializer(rng, fan_in, fan_out), (fan_in, fan_out), name="the initializer's weights").copy()


def lsuv(network, x, *, rng=None, tol=0.1, max_iterations=10):
    """Layer-sequential unit-variance initialisation, in place (Mishkin and Matas 2016, algorithm 1).

    From input to output, each layer's weights are divided by the standard deviation of the layer's output on the
    data (before the activation, over all samples and units) until its variance is 1. The bias is not changed.

    Parameters
    ----------
    network : course_lib.layers.network.Sequential; layers with a parameter ``"w"`` are scaled
    x : array, a batch of inputs
    rng : numpy.random.Generator that draws the orthogonal matrices to start from; None keeps the present weights
    tol : float, the variance may differ from 1 by less
    max_iterations : int, the largest number of divisions for each layer

    Returns
    -------
    variances : list of float, those reached, from input to output

    Raises
    ------
    TypeError, ValueError
        When an argument is not as above, or a layer's output does not vary, or is not finite.
    """
    with_methods(network, "leaves", "forward", name="network")
    x, tol, max_iterations = samples(x), POSITIVE(tol, name="tol"), integer(max_iterations, 0, name="max_iterations")
    layers = [leaf for leaf in network.leaves() if "w" in leaf.params]
    if rng is not None:
        for layer in layers:
            w = layer.params["w"]
            w[...] = orthogonal(rng, len(w), w[0].size).reshape(w.shape)
    variances = []
    for index, layer in enumerate(layers):
        variance = _output_variance(network, layer, x)
        for _ in range(max_iterations):
            if abs(variance - 1) < tol:
                break
            if not 0 < variance < np.inf:
                raise ValueError(f"the output of layer {index} must vary on the data, got the variance {variance}")
            layer.params["w"] /= sqrt(variance)
            variance = _output_variance(network, layer, x)
        variances.append(variance)
    return variances


def lsuv_weights(weights, x, phi, tol=1e-3):
    """``lsuv`` for a network without biases that is given by its weights: z_l = a_(l-1) W_l, and a_l = phi(z_l).

    z is proportional to W, so one division is enough.

    Parameters
    ----------
    weights : list of arrays (fan_in, fan_out) of consecutive layers; they are not changed
    x : (N, D) array, a batch of inputs
    phi : function of an array, entry by entry
    tol : float, by which the standard deviation of z, over all samples and units, may differ from 1

    Returns
    -------
    scaled : list of new arrays

    Raises
    ------
    TypeError, ValueError
        When an argument is not as above, or the z of a layer does not vary, or is not finite.

    References
    ----------
    Mishkin and Matas 2016, algorithm 1.
    """
    function(phi, name="phi", form="of an array")
    a, tol = matrix(x, np.float64), POSITIVE(tol, name="tol")
    scaled = []
    for index, w in enumerate(arrays(weights, np.float64, name="weights")):
        if w.ndim != 2 or len(w) != a.shape[1]:
            raise ValueError(f"weights of layer {index} must have the shape ({a.shape[1]}, fan_out), got {w.shape}")
        std = np.std(a @ w)
        if not 0 < std < np.inf:
            raise ValueError(f"the z of layer {index} must vary on the data, got the standard deviation {std}")
        scaled.append(w / std if abs(std - 1) > tol else w.copy())
        z = a @ scaled[-1]
        a = same_shape(phi(z), z.shape, np.float64, name="phi(z)")
    return scaled


def _output_variance(network, layer, x):
    """Variance of what ``layer``, wherever it stands inside ``network``, computes for the inputs ``x``."""
    forward, outputs = layer.forward, []

    def observed(inputs):
        outputs.append(forward(inputs))
        return outputs[-1]

    layer.forward = observed  # hides the method of the class
    try:
        network.forward(x)
    finally:
        del layer.forward
    return float(outputs[-1].var(dtype=np.float64))


INITIALIZERS = {
    "glorot_normal": glorot_normal,
    "glorot_uniform": glorot_uniform,
    "he_normal": he_normal,
    "lecun_normal": lecun_normal,
    "normal 0.01": scaled_normal(0.01),
    "normal 1": scaled_normal(1.0),
    "zeros": zeros,
}
