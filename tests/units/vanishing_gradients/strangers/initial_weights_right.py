"""Right answers to initial_weights."""

import numpy as np


def initial_weights__normal(n, n_layers, slope, seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1 / np.sqrt(n * slope), (n, n)) for _ in range(n_layers)]


def initial_weights__uniform(n, n_layers, slope, seed):
    rng = np.random.default_rng(seed)
    limit = (3 / (n * slope)) ** 0.5
    weights = []
    for _ in range(n_layers):
        weights.append(rng.uniform(-limit, limit, size=(n, n)))
    return weights


def initial_weights__two_values(n, n_layers, slope, seed):
    rng = np.random.default_rng(seed)
    std = (n * slope) ** -0.5
    return list(std * rng.choice([-1.0, 1.0], size=(n_layers, n, n)))


def initial_weights__old_generator(n, n_layers, slope, seed):
    np.random.seed(seed)
    gain = 1 / np.sqrt(slope)
    return [gain * np.random.randn(n, n) / np.sqrt(n) for _ in range(n_layers)]


def initial_weights__a_generator_for_each_layer(n, n_layers, slope, seed):
    children = np.random.SeedSequence(seed).spawn(n_layers)
    variance = 1.0 / n / slope
    return [np.random.default_rng(c).standard_normal((n, n)) * np.sqrt(variance) for c in children]


def initial_weights__next_seed_for_the_next_layer(n, n_layers, slope, seed):
    return [np.random.default_rng(seed + i).normal(0, np.sqrt(1 / (n * slope)), (n, n)) for i in range(n_layers)]
