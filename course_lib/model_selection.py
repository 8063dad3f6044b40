"""Which samples to learn from and which to judge by: splits, folds, growing subsets, predictions without a leak.

All functions return integer indices, so that any number of arrays can be split alike. *Stratified* means that every
part has the classes in the proportions of the whole.
"""

import numpy as np


def k_fold(n, k, *, rng):
    """Cut n samples at random into k parts, each of which is the test part once.

    scikit-learn's ``KFold(k, shuffle=True)`` does the same; without ``shuffle=True``, its default, it cuts the samples
    in the order in which they come, which is often sorted by label. PyTorch and Keras have no such function.

    Parameters
    ----------
    n : int, the number of samples
    k : int in [2, n]

    Returns
    -------
    folds : list of k tuples ``(train, test)`` of sorted index arrays. The test parts are disjoint, cover everything,
        and differ in size by at most one.

    Raises
    ------
    ValueError
        When ``k`` lies outside [2, n].
    """
    return _deal(rng.permutation(n), k)


def stratified_k_fold(y, k, *, rng):
    """``k_fold`` in which every class is spread evenly over the test parts (Kohavi 1995, section 2.2).

    Parameters
    ----------
    y : (N,) array of labels
    k : int in [2, N]

    Returns
    -------
    folds : as those of ``k_fold``. The counts of a class in two test parts differ by at most one; a class with fewer
        than ``k`` samples is missing from some of them.

    Raises
    ------
    ValueError
        When ``y`` is not one-dimensional, or ``k`` lies outside [2, N].
    """
    return _deal(_by_class(y, rng), k)


def stratified_split(y, *, validation=0.2, test=0.2, rng):
    """Cut the samples at random into three parts: to learn from, to choose by, and to judge by once at the end.

    Parameters
    ----------
    y : (N,) array of labels
    validation, test : floats in [0, 1), the parts' shares of all samples; their sum is below one

    Returns
    -------
    train, validation, test : sorted index arrays, disjoint, together everything; the last two have
        round(share * N) entries. A class's count in a part is within one of its share (within two for ``train``).

    Raises
    ------
    ValueError
        When a share is negative, or nothing is left to learn from.
    """
    shares = {"validation": validation, "test": test}
    for name, share in shares.items():
        if not 0 <= share < 1:
            raise ValueError(f"{name} must lie in [0, 1), got {share}")
    order = _by_class(y, rng)
    sizes = {name: round(share * len(order)) for name, share in shares.items()}
    if sum(sizes.values()) >= len(order):
        raise ValueError(f"nothing is left to train on: validation {validation} and test {test} of {len(order)}")
    test_part, rest = _spread(order, sizes["test"], rng)
    validation_part, train_part = _spread(rest, sizes["validation"], rng)
    return np.sort(train_part), np.sort(validation_part), np.sort(test_part)


def learning_curve_subsets(y, sizes, *, rng):
    """Random subsets of growing size, each of which contains the smaller ones, stratified.

    A learning curve over nested subsets shows what *more* data does; over independent subsets it would also show the
    luck of the draw. Every class of c samples takes the places (1/2)/c, (3/2)/c, ... on the unit interval, and a subset
    is what stands first: a class's count is within 1 of its share when the classes are equally large, and within
    (1 + C c / N) / 2 otherwise.

    Parameters
    ----------
    y : (N,) array of labels
    sizes : increasing ints in [1, N]

    Returns
    -------
    subsets : list of index arrays; each begins with the previous one

    Raises
    ------
    ValueError
        When the sizes do not increase, or lie outside [1, N].
    """
    order = _by_class(y, rng)
    sizes = [int(size) for size in sizes]
    if sizes != sorted(set(sizes)) or not sizes or not 1 <= sizes[0] <= sizes[-1] <= len(order):
        raise ValueError(f"sizes must increase within [1, {len(order)}], got {sizes}")
    counts = np.unique(np.asarray(y), return_counts=True)[1]
    place = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    # equal places, as equally large classes have them, in random order
    order = order[np.lexsort((rng.permutation(len(order)), place))]
    return [order[:size] for size in sizes]


def out_of_fold(make_model, x, y, folds, *, rng):
    """Predict every sample by a model that has not seen it.

    ``make_model`` is given the training rows of the fold and nothing else: whatever it fits, a scaler as well as a
    network, cannot learn from the rows that it is judged by. Fitting the scaler on all of ``x`` before cutting the
    folds is the leak that this prevents. scikit-learn's ``cross_val_predict`` does the same with a ``Pipeline``.

    Parameters
    ----------
    make_model : function ``(x, y, rng) -> predict``, where ``predict(x)`` has one row for each row of ``x``;
        such as ``course_lib.learners.MLPLearner``
    x : (N, ...) array
    y : (N,) array
    folds : list of ``(train, test)`` index arrays, such as those of ``k_fold``

    Returns
    -------
    predictions : (N, ...) array with the dtype of the first model's predictions

    Raises
    ------
    ValueError
        When a fold tests what it trains on, or the test parts do not cover every sample exactly once.
    """
    x, y = np.asarray(x), np.asarray(y)
    _check_folds(folds, len(x))
    predictions = None
    for (train, test), child in zip(folds, rng.spawn(len(folds)), strict=True):
        predict = make_model(x[train], y[train], child)
        out = np.asarray(predict(x[test]))
        if predictions is None:
            predictions = np.empty((len(x), *out.shape[1:]), out.dtype)
        predictions[test] = out
    return predictions


def _check_folds(folds, n):
    for train, test in folds:
        if len(seen := np.intersect1d(train, test)):
            raise ValueError(f"a fold trains on {len(seen)} of the samples that it tests, the first is {seen[0]}")
    tested = np.concatenate([test for _, test in folds]) if folds else np.empty(0, int)
    if not np.array_equal(np.sort(tested), np.arange(n)):
        raise ValueError(f"the test parts must cover each of the {n} samples once, got {len(tested)} indices")


def _by_class(y, rng):
    """All indices, class after class; in random order within a class."""
    y = np.asarray(y)
    if y.ndim != 1:
        raise ValueError(f"labels (N,) expected, got shape {y.shape}")
    return np.lexsort((rng.permutation(len(y)), y))


def _deal(order, k):
    """Deal the indices like cards to k test parts."""
    if not 2 <= k <= len(order):
        raise ValueError(f"k must lie in [2, {len(order)}], the number of samples, got {k}")
    part = np.empty(len(order), np.int64)
    part[order] = np.arange(len(order)) % k
    return [(np.flatnonzero(part != i), np.flatnonzero(part == i)) for i in range(k)]


def _spread(order, size, rng):
    """``size`` of the indices at equal distances from a random start, and the others."""
    chosen = np.zeros(len(order), bool)
    if size:
        chosen[((np.arange(size) + rng.random()) * len(order) / size).astype(np.int64)] = True
    return order[chosen], order[~chosen]
