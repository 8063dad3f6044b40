"""Small sequence tasks that show what recurrent networks and attention can and cannot learn.

Sizes that are not integers, and an ``rng`` that is not a generator, are a TypeError; sizes that are too small, and
symbols that do not exist, a ValueError.
"""

import numpy as np

from course_lib._arguments.entries import labels
from course_lib._arguments.numbers import integer
from course_lib._arguments.objects import generator


def adding_problem(n_samples, n_steps, *, rng):
    """Two numbers of a long sequence are marked; the target is their sum (Hochreiter and Schmidhuber 1997, task 5.4).

    As in later work (Le et al. 2015): the numbers are uniform in [0, 1], one mark lies in each half, and the target is
    the sum itself. A constant answer of 1 has the mean squared error 1/6. The paper draws from [-1, 1], puts the
    marks into the first half, and scales the target to [0, 1].

    Parameters
    ----------
    n_samples, n_steps : int; at least 2 steps
    rng : numpy.random.Generator

    Returns
    -------
    x : (N, T, 2) array: the number, and 1 where it is marked, else 0
    y : (N, 1) array
    """
    _check(n_samples, n_steps, rng, least=2)
    numbers = rng.uniform(0, 1, (n_samples, n_steps))
    marks = np.zeros_like(numbers)
    rows = np.arange(n_samples)
    marks[rows, rng.integers(0, n_steps // 2, n_samples)] = 1
    marks[rows, rng.integers(n_steps // 2, n_steps, n_samples)] = 1
    return np.stack([numbers, marks], axis=2), (numbers * marks).sum(axis=1, keepdims=True)


def recall_first(n_samples, n_steps, *, rng, n_symbols=2):
    """The class of a sequence is its first symbol; everything after it is noise.

    Parameters
    ----------
    n_samples, n_steps : int; the symbol must be kept for ``n_steps - 1`` steps
    rng : numpy.random.Generator
    n_symbols : int, V

    Returns
    -------
    ids : (N, T) array of int in [0, V)
    y : (N,) array of int, the first column of ``ids``
    """
    _check(n_samples, n_steps, rng)
    ids = rng.integers(0, integer(n_symbols, 1, name="n_symbols"), (n_samples, n_steps))
    return ids, ids[:, 0].copy()


def parity(n_samples, n_steps, *, rng):
    """After every bit: whether the number of ones so far is odd. Two states suffice, but one wrong step is final.

    Parameters
    ----------
    n_samples, n_steps : int
    rng : numpy.random.Generator

    Returns
    -------
    ids : (N, T) array of 0 and 1
    y : (N, T) array of 0 and 1; ``y[:, -1]`` is the parity of the whole
    """
    _check(n_samples, n_steps, rng)
    ids = rng.integers(0, 2, (n_samples, n_steps))
    return ids, ids.cumsum(axis=1) % 2


def one_hot_steps(ids, n_symbols):
    """Every symbol of ids (N, T) as a row of zeros with a one at its place: (N, T, V)."""
    n_symbols = integer(n_symbols, 1, name="n_symbols")
    return np.eye(n_symbols)[labels(ids, n_symbols, name="ids")]


def _check(n_samples, n_steps, rng, least=1):
    integer(n_samples, 1, name="n_samples")
    integer(n_steps, least, name="n_steps")
    generator(rng)
