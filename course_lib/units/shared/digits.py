"""The digits as inputs of a network: standardised in one of two ways, whole or as a sample.

``standardized_digits`` moves all pixels by the same mean. Most pixels keep a mean of their own, so that inputs of a
unit have much in common: the usual state of data that nobody has looked at, in which ReLUs die from steps that are too
long. ``centred_digits`` takes from every pixel its own mean, as LeCun, Bottou, Orr and Müller (1998, section 4.3) say:
what then happens to signal and gradient comes from the network alone, and hardly a unit of a shallow network dies. Both
divide by one standard deviation for all pixels, since that of a pixel at the margin is nearly zero.
"""

from dataclasses import replace
from functools import lru_cache

from course_lib.data.datasets import Split, digits

N_DIGITS = 1347  # for training


def standardized_digits() -> Split:
    """The digits with the mean pixel at 0 and the standard deviation of all training pixels at 1."""
    data = digits()
    return _scaled(data, data.x_train.mean(), data.x_train.std())


def centred_digits() -> Split:
    """The digits with the mean of every pixel at 0 and the standard deviation of all training pixels at 1."""
    data = digits()
    mean = data.x_train.mean(axis=0)
    return _scaled(data, mean, (data.x_train - mean).std())


def _scaled(data, mean, std) -> Split:
    return replace(data, x_train=(data.x_train - mean) / std, x_test=(data.x_test - mean) / std)


def sample_digits(n, *, rng):
    """``n`` training digits (n, 64), centred pixel by pixel, and labels (n,), in random order."""
    data = _centred_once()
    chosen = rng.choice(N_DIGITS, size=n, replace=False)
    return data.x_train[chosen], data.y_train[chosen]


@lru_cache(maxsize=1)
def _centred_once():
    """For a slider, which draws a sample at every move; callers that get the arrays themselves may change them."""
    return centred_digits()
