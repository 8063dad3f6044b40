"""What becomes of signal and gradient in a wide network at its start, and which of its units are copies."""

from itertools import pairwise

import numpy as np

from course_lib._arguments.arrays import arrays, finite, same_shape
from course_lib._arguments.numbers import NOT_NEGATIVE, POSITIVE
from course_lib._arguments.objects import function

REACH, N_CELLS = 12.0, 24_000  # the normal density is 1e-32 at its twelfth standard deviation


def variance_factor(phi, q=1.0):
    """What an activation does to the variance of a signal, and of a gradient, on average over normal z.

    With weights of standard deviation g / sqrt(fan_in), and z of variance q in one layer, the variance of z in the next
    is q times g^2 times the first of the two numbers; that of the gradient in the layer before is multiplied by g^2
    times the second. At q = 0.25 tanh has 0.81 and 0.68.

    Parameters
    ----------
    phi : function of an array, entry by entry, continuous; it may have kinks
    q : float, the variance of z

    Returns
    -------
    forward, backward : float, E[phi(z)^2] / q and E[phi'(z)^2] for z normal with mean 0 and variance q; right to 1e-5
        where phi is smooth, to 1e-3 where it has kinks

    Raises
    ------
    TypeError, ValueError
        When ``phi`` is no function, or gives no finite number for each entry; when q is not positive.

    References
    ----------
    Poole, Lahiri, Raghu, Sohl-Dickstein and Ganguli 2016 (forward); Schoenholz, Gilmer, Ganguli and Sohl-Dickstein 2017
    (backward).
    """
    function(phi, name="phi", form="of an array")
    q = POSITIVE(q, name="q")
    ends = np.linspace(-REACH, REACH, N_CELLS + 1)
    outputs = finite(same_shape(phi(np.sqrt(q) * ends), ends.shape, np.float64, name="phi(z)"), name="phi(z)")
    middles = (ends[1:] + ends[:-1]) / 2
    density = np.exp(-(middles**2) / 2)
    density /= density.sum()
    slopes = np.diff(outputs) / (np.sqrt(q) * (ends[1] - ends[0]))
    squares = (outputs[1:] ** 2 + outputs[:-1] ** 2) / 2
    return float(density @ squares / q), float(density @ slopes**2)


def gain_for(phi):
    """The gain g for which weights of standard deviation g / sqrt(fan_in) keep z at variance 1 from layer to layer.

    1 / sqrt(E[phi(z)^2]) for standard normal z: sqrt(2) for ReLU, 1.59 for tanh. PyTorch's ``calculate_gain`` has 5 / 3
    for tanh, a number of experience; and sqrt(2) for ReLU.

    Raises
    ------
    TypeError, ValueError
        When ``phi`` is no function, or gives no finite number for each entry, or only zeros.

    References
    ----------
    He, Zhang, Ren and Sun 2015, section 2.2, for rectifiers.
    """
    return 1 / np.sqrt(POSITIVE(variance_factor(phi)[0], name="the mean of phi(z)**2"))


def symmetry_report(weights, tol=1e-8):
    """How many units of each hidden layer differ: two are the same when their incoming and outgoing weights agree.

    Such units compute the same and get the same gradient, so they stay the same, and a layer of k different ones is
    as good as k units.

    Parameters
    ----------
    weights : list of L arrays (fan_in, fan_out) of consecutive layers; the units of a hidden layer are the columns of
        one and the rows of the next
    tol : float, by which weights that agree may differ

    Returns
    -------
    counts : list of L - 1 int

    Raises
    ------
    TypeError, ValueError
        When ``weights`` is no list of matrices, or two that follow each other do not fit.
    """
    weights, tol = arrays(weights, np.float64, name="weights"), NOT_NEGATIVE(tol, name="tol")
    if not all(w.ndim == 2 for w in weights):
        raise ValueError(f"weights must be matrices (fan_in, fan_out), got the shapes {[w.shape for w in weights]}")
    counts = []
    for incoming, outgoing in pairwise(weights):
        if incoming.shape[1] != len(outgoing):
            raise ValueError(f"weights of consecutive layers must fit, got {incoming.shape} before {outgoing.shape}")
        different = []
        for unit in np.hstack([incoming.T, outgoing]):
            if not any(np.all(np.abs(unit - other) <= tol) for other in different):
                different.append(unit)
        counts.append(len(different))
    return counts
