"""Right answers to sigmoid_slope_bound."""

import math

import numpy as np


def sigmoid_slope_bound__power(n_layers):
    return 0.25**n_layers


def sigmoid_slope_bound__product(n_layers):
    return float(np.prod(np.full(n_layers, 0.25)))


def sigmoid_slope_bound__from_sigmoid(n_layers):
    s = 1 / (1 + math.exp(0))
    bound = 1.0
    for _ in range(n_layers):
        bound *= s * (1 - s)
    return bound


def sigmoid_slope_bound__recursion(n_layers):
    return 1.0 if n_layers == 0 else sigmoid_slope_bound__recursion(n_layers - 1) / 4


def sigmoid_slope_bound__two_to_minus(n_layers):
    return math.ldexp(1.0, -2 * n_layers)


def sigmoid_slope_bound__exp_log(n_layers):
    return math.exp(-n_layers * math.log(4))
