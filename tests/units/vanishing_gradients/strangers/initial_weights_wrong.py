"""Wrong answers to initial_weights."""

import numpy as np


def initial_weights__slope_forgotten(n, n_layers, slope, seed):
    """The variance is 1 / n whatever the slope."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1 / np.sqrt(n), (n, n)) for _ in range(n_layers)]


def initial_weights__he_for_all(n, n_layers, slope, seed):
    """The variance is 2 / n, which is right for ReLU alone."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, np.sqrt(2 / n), (n, n)) for _ in range(n_layers)]


def initial_weights__slope_on_top(n, n_layers, slope, seed):
    """The variance is slope / n: multiplied by the slope instead of divided by it."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, np.sqrt(slope / n), (n, n)) for _ in range(n_layers)]


def initial_weights__variance_as_deviation(n, n_layers, slope, seed):
    """The variance is handed to normal, which takes the standard deviation."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1 / (n * slope), (n, n)) for _ in range(n_layers)]


def initial_weights__slope_squared_again(n, n_layers, slope, seed):
    """The slope is squared once more, though it is the mean of the squares already."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1 / (np.sqrt(n) * slope), (n, n)) for _ in range(n_layers)]


def initial_weights__one_array_for_all(n, n_layers, slope, seed):
    """The same array stands in the list n_layers times."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1 / np.sqrt(n * slope), (n, n))] * n_layers


def initial_weights__seeded_in_the_loop(n, n_layers, slope, seed):
    """The generator is seeded anew for each layer, so that all layers are equal."""
    weights = []
    for _ in range(n_layers):
        rng = np.random.default_rng(seed)
        weights.append(rng.normal(0, 1 / np.sqrt(n * slope), (n, n)))
    return weights


def initial_weights__deviation_as_limit(n, n_layers, slope, seed):
    """The limits of the uniform distribution are one standard deviation, so that the variance is a third of the right one."""
    rng = np.random.default_rng(seed)
    s = 1 / np.sqrt(n * slope)
    return [rng.uniform(-s, s, (n, n)) for _ in range(n_layers)]


def initial_weights__never_negative(n, n_layers, slope, seed):
    """The weights are uniform between 0 and 1 before they are scaled, so that their mean is not 0."""
    rng = np.random.default_rng(seed)
    return [rng.random((n, n)) / np.sqrt(n * slope) for _ in range(n_layers)]


def initial_weights__fixed_generator(n, n_layers, slope, seed):
    """The seed is ignored: the generator is always seeded with 0."""
    rng = np.random.default_rng(0)
    return [rng.normal(0, 1 / np.sqrt(n * slope), (n, n)) for _ in range(n_layers)]


def initial_weights__no_seed(n, n_layers, slope, seed):
    """The generator is not seeded, so that two calls with the same seed differ."""
    rng = np.random.default_rng()
    return [rng.normal(0, 1 / np.sqrt(n * slope), (n, n)) for _ in range(n_layers)]


def initial_weights__orthogonal(n, n_layers, slope, seed):
    """The matrices are orthogonal and scaled, so that their entries are not independent."""
    rng = np.random.default_rng(seed)
    return [np.linalg.qr(rng.normal(size=(n, n)))[0] / np.sqrt(slope) for _ in range(n_layers)]


def initial_weights__one_layer_short(n, n_layers, slope, seed):
    """There is one array too few, for the connections between n_layers layers."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1 / np.sqrt(n * slope), (n, n)) for _ in range(n_layers - 1)]


def initial_weights__rows_all_equal(n, n_layers, slope, seed):
    """One row is drawn for each layer and repeated."""
    rng = np.random.default_rng(seed)
    return [np.tile(rng.normal(0, 1 / np.sqrt(n * slope), n), (n, 1)) for _ in range(n_layers)]


def initial_weights__symmetric(n, n_layers, slope, seed):
    """The matrices are made symmetric, so that half of their entries are copies."""
    rng = np.random.default_rng(seed)
    weights = []
    for _ in range(n_layers):
        w = rng.normal(0, 1 / np.sqrt(n * slope), (n, n))
        weights.append((w + w.T) / np.sqrt(2))
    return weights


def initial_weights__shared_among_layers(n, n_layers, slope, seed):
    """The variance is divided by the number of layers too."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1 / np.sqrt(n * slope * n_layers), (n, n)) for _ in range(n_layers)]


def initial_weights__one_matrix(n, n_layers, slope, seed):
    """A single matrix is returned instead of a list of one for each layer."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1 / np.sqrt(n * slope), (n, n))
