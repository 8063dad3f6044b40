"""Low-rank factorisation: one large affine layer as two thin ones."""

import numpy as np

from course_lib._arguments.arrays import array_of, finite
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import instance, with_keys
from course_lib.layers.dense import Affine


def low_rank_factors(w, rank):
    """The best approximation u @ v of ``w`` of a given rank, by singular values (Eckart and Young 1936).

    The squared error ||w - u v||**2 is the sum of the squared singular values left out. Both factors get the root of
    the singular values, so that their entries are of similar size.

    Parameters
    ----------
    w : (D, M) array, finite
    rank : int in [1, min(D, M)]

    Returns
    -------
    u : (D, rank) array
    v : (rank, M) array; both together have rank * (D + M) entries instead of D * M

    Raises
    ------
    TypeError
        When ``rank`` is not an integer.
    ValueError
        When ``w`` is not a finite matrix, or ``rank`` lies outside its range.
    """
    w = finite(array_of(w, ("D", "M"), name="w"), name="w")
    rank = integer(rank, 1, min(w.shape), name="rank")
    left, singular, right = np.linalg.svd(w, full_matrices=False)
    root = np.sqrt(singular[:rank])
    return left[:, :rank] * root, root[:, None] * right[:rank]


def factorize_affine(layer: Affine, rank) -> tuple[Affine, Affine]:
    """Two layers, x @ u and then @ v + b, in place of x @ w + b (Denton et al. 2014; Sainath et al. 2013).

    The first keeps its bias of zeros. Put the two into a new ``Sequential`` in place of the one, and fine-tune.

    Parameters
    ----------
    layer : Affine, D inputs and M outputs; not changed
    rank : int; the two are smaller than the one below D M / (D + M)

    Returns
    -------
    first, second : Affine layers (D, rank) and (rank, M)

    Raises
    ------
    TypeError, ValueError
        When ``layer`` is not an ``Affine``, or has no weights yet; otherwise as ``low_rank_factors``.
    """
    params = with_keys(instance(layer, Affine, name="layer").params, ("w", "b"), name="layer.params")
    u, v = low_rank_factors(params["w"], rank)
    first = Affine(*u.shape, rng=None, initializer=lambda rng, fan_in, fan_out: u)
    second = Affine(*v.shape, rng=None, initializer=lambda rng, fan_in, fan_out: v)
    second.params["b"][...] = params["b"]
    return first, second
