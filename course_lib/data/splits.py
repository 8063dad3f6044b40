"""Which samples to learn from and which to judge by: splits, folds, growing subsets, predictions without a leak.

All functions return integer indices, so that any number of arrays can be split alike. *Stratified* means that every
part has the classes in the proportions of the whole.
"""

import numpy as np

from course_lib._arguments.arrays import rows, samples
from course_lib._arguments.entries import indices, integers
from course_lib._arguments.numbers import BELOW_ONE, integer, n_samples
from course_lib._arguments.objects import function, generator


def k_fold(n, k, *, rng):
    """Cut n samples at random into k parts, each of which is the test part once.

    scikit-learn's ``KFold(k, shuffle=True)`` does the same; without ``shuffle=True``, its default, it cuts the samples
    in the order in which they come, which is often sorted by label. PyTorch and Keras have no such function.

    Parameters
    ----------
    n : int, the number of samples, at least 2
    k : int in [2, n]

    Returns
    -------
    folds : list of k tuples ``(train, test)`` of sorted index arrays. The test parts are disjoint, cover everything,
        and differ in size by at most one.

    Raises
    ------
    TypeError
        When ``n`` or ``k`` is not an integer: labels go to ``stratified_k_fold``.
    ValueError
        When ``n`` is below 2, or ``k`` lies outside [2, n].
    """
    n = n_samples(n, instead="k_fold(len(y), ...), or stratified_k_fold(y, ...)")
    return _deal(generator(rng).permutation(n), k)


def stratified_k_fold(y, k, *, rng):
    """``k_fold`` in which every class is spread evenly over the test parts (Kohavi 1995, section 2.2).

    Parameters
    ----------
    y : (N,) array of labels, integers or strings; N at least 2
    k : int in [2, N]

    Returns
    -------
    folds : as those of ``k_fold``. The counts of a class in two test parts differ by at most one; a class with fewer
        than ``k`` samples is missing from some of them.

    Raises
    ------
    TypeError
        When labels are floats, or ``k`` is not an integer.
    ValueError
        When ``y`` is not one-dimensional or shorter than 2, or ``k`` lies outside [2, N].
    """
    return _deal(_by_class(y, rng), k)


def stratified_split(y, *, validation=0.2, test=0.2, rng):
    """Cut the samples at random into three parts: to learn from, to choose by, and to judge by once at the end.

    Parameters
    ----------
    y : (N,) array of labels, integers or strings
    validation, test : floats in [0, 1), the parts' shares of all samples; their sum is below one

    Returns
    -------
    train, validation, test : sorted index arrays, disjoint, together everything; the last two have
        round(share * N) entries. Every sample is as likely as any other to be in a part. A class's count differs from
        its share by less than one in ``test``, and by less than two in the others, which are cut from what it leaves.

    Raises
    ------
    TypeError
        When labels are floats.
    ValueError
        When ``y`` is not one-dimensional or empty, a share lies outside [0, 1), or nothing is left to learn from.
    """
    order = _by_class(y, rng)
    n_validation = round(BELOW_ONE(validation, name="validation") * len(order))
    n_test = round(BELOW_ONE(test, name="test") * len(order))
    if n_validation + n_test >= len(order):
        raise ValueError(f"nothing is left to train on: validation {validation} and test {test} of {len(order)}")
    test_part, rest = _spread(order, n_test, rng)
    validation_part, train_part = _spread(rest, n_validation, rng)
    return np.sort(train_part), np.sort(validation_part), np.sort(test_part)


def learning_curve_subsets(y, sizes, *, rng):
    """Random subsets of growing size, each of which contains the smaller ones, stratified.

    A learning curve over nested subsets shows what *more* data does; over independent subsets it would also show the
    luck of the draw. Every class of c samples takes the places (1/2)/c, (3/2)/c, ... on the unit interval, and a subset
    is what stands first: of C classes, one of c samples has a count within (1 + (C - 2) c / N) / 2 of its share, which
    is 1 - 1 / C when all are equally large.

    Parameters
    ----------
    y : (N,) array of labels, integers or strings
    sizes : increasing ints in [1, N]

    Returns
    -------
    subsets : list of index arrays; each begins with the previous one

    Raises
    ------
    TypeError
        When labels are floats, or a size is not an integer.
    ValueError
        When ``y`` is not one-dimensional or empty, or the sizes do not increase or lie outside [1, N].
    """
    order = _by_class(y, rng)
    sizes = [integer(size, name="each of the sizes") for size in (sizes if np.ndim(sizes) else [sizes])]
    if sizes != sorted(set(sizes)) or not sizes or not 1 <= sizes[0] <= sizes[-1] <= len(order):
        raise ValueError(f"sizes must increase within [1, {len(order)}], got {sizes}")
    counts = np.unique(np.asarray(y), return_counts=True)[1]
    place = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    # equal places, as equally large classes have them, in random order
    order = order[np.lexsort((rng.permutation(len(order)), place))]
    return [order[:size].copy() for size in sizes]


def out_of_fold(make_model, x, y, folds, *, rng):
    """Predict every sample by a model that has not seen it.

    ``make_model`` is given the training rows of the fold and nothing else: whatever it fits, a scaler as well as a
    network, cannot learn from the rows that it is judged by. Fitting the scaler on all of ``x`` before cutting the
    folds is the leak that this prevents. scikit-learn's ``cross_val_predict`` does the same with a ``Pipeline``.

    Parameters
    ----------
    make_model : function ``(x, y, rng) -> predict``, where ``predict(x)`` has one row for each row of ``x``;
        such as ``course_lib.selection.MLPLearner``
    x : (N, ...) array
    y : (N,) or (N, ...) array
    folds : list of ``(train, test)`` index arrays, such as those of ``k_fold``

    Returns
    -------
    predictions : (N, ...) array of the dtype that holds the predictions of all models

    Raises
    ------
    TypeError
        When ``make_model`` or what it returns is not a function, or indices are not integers.
    ValueError
        When a fold tests what it trains on or trains on nothing, the test parts do not cover every sample exactly
        once, or a model does not predict one row for each sample, all alike.
    """
    x = samples(x)
    y = rows(y, len(x), name="y")
    folds = _checked_folds(folds, len(x))
    outputs = []
    for (train, test), child in zip(folds, generator(rng).spawn(len(folds)), strict=True):
        predict = trained(make_model, x[train], y[train], child)
        outputs.append(predicted(predict, x[test]))
    tested = np.concatenate([test for _, test in folds])
    return np.concatenate(alike(outputs))[np.argsort(tested)]


def trained(make_model, x, y, rng, *, name="make_model"):
    """``make_model(x, y, rng)``, a function ``predict``; a TypeError where one of the two is not a function."""
    function(make_model, name=name, form="(x, y, rng) -> predict")
    return function(make_model(x, y, rng), name=f"what {name} returns", form="of x")


def predicted(predict, x) -> np.ndarray:
    """``predict(x)``; a ValueError unless it has one row for each of ``x``, because other shapes might broadcast."""
    return rows(predict(x), len(x), name="predict(x)")


def alike(outputs):
    """The list of several models' predictions; a ValueError unless their rows have the same shape."""
    for out in outputs:
        if out.shape[1:] != outputs[0].shape[1:]:
            raise ValueError(f"all models must predict alike, got rows of {outputs[0].shape[1:]} and {out.shape[1:]}")
    return outputs


def _checked_folds(folds, n):
    if not isinstance(folds, list | tuple):
        raise TypeError(f"folds must be a list of pairs (train, test), got {folds!r}: type k_fold(len(x), k, rng=rng)")
    folds = [(indices(train, n, name="train"), indices(test, n, name="test")) for train, test in folds]
    for train, test in folds:
        if len(seen := np.intersect1d(train, test)):
            raise ValueError(f"a fold trains on {len(seen)} of the samples that it tests, the first is {seen[0]}")
        samples(train, name="the training part of a fold")
    tested = np.concatenate([test for _, test in folds]) if folds else np.empty(0, np.int64)
    if not np.array_equal(np.sort(tested), np.arange(n)):
        raise ValueError(f"the test parts must cover each of the {n} samples once, got {len(tested)} indices")
    return folds


def _by_class(y, rng):
    """All indices, class after class; in random order within a class."""
    y = np.asarray(y)
    if y.ndim != 1:
        raise ValueError(f"labels must have the shape (N,), got {y.shape}")
    samples(y, name="labels")
    if y.dtype.kind != "U":
        integers(y, name="labels")
    return np.lexsort((generator(rng).permutation(len(y)), y))


def _deal(order, k):
    """Deal the indices like cards to k test parts."""
    n = integer(len(order), 2, name="the number of samples")
    k = integer(k, 2, n, name="k")
    part = np.empty(n, np.int64)
    part[order] = np.arange(n) % k
    return [(np.flatnonzero(part != i), np.flatnonzero(part == i)) for i in range(k)]


def _spread(order, size, rng):
    """``size`` of the indices at equal distances from a random start, and the others.

    With the start r / size, r from 0 to n - 1, the places are floor((i n + r) / size): i n + r takes each number below
    size n once, so every place is as likely. Whole numbers, because a rounded place might lie beyond the last.
    """
    n, chosen = len(order), np.zeros(len(order), bool)
    if size:
        chosen[(np.arange(size) * n + rng.integers(n)) // size] = True
    return order[chosen], order[~chosen]
