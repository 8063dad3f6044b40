"""The methods of a comparison, each at the rate and the strength that suit it best, and the errors that they leave."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np

from course_lib.units.regularization.experiments.stacked_networks import Method, Net, Stack

SEARCH_SEEDS = tuple(range(90_001, 90_005))  # these judge nothing
MORE_SEARCH_SEEDS = tuple(range(90_001, 90_009))  # where arms differ by little
RATES = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16)
PLAIN = Method(0.0)
FIT_RATE = 0.3  # at this rate a network without regularisation learns its training labels by heart in 30 epochs
STRENGTHS = {
    "l2": (0.01, 0.03, 0.1, 0.3),
    "l1": (0.001, 0.003, 0.01, 0.03),
    "max_norm": (0.1, 0.2, 0.4, 0.8, 1.6),
    "smooth": (0.0125, 0.05, 0.2),
}


def grid(rates=RATES, *, like=PLAIN, **strengths) -> tuple[Method, ...]:
    """Methods with every combination of a rate and of the strengths, which are tuples of values of ``Method``."""
    names = ("rate", *strengths)
    return tuple(replace(like, **dict(zip(names, each, strict=True))) for each in product(rates, *strengths.values()))


@cache
def best(net: Net, n_epochs, methods: tuple[Method, ...], seeds=SEARCH_SEEDS) -> Method:
    """The one whose networks make the fewest errors on new samples, in the mean over ``seeds``.

    The first two seeds choose a fifth of the methods, four at least, among which all seeds decide.
    """
    first = _errors(net, n_epochs, methods, seeds[:2])
    left = np.argsort(first.mean(axis=0), kind="stable")[: max(4, len(methods) // 5)]
    rest = _errors(net, n_epochs, tuple(methods[i] for i in left), seeds[2:])
    return methods[left[np.argmin(np.concatenate([first[:, left], rest]).mean(axis=0))]]


def _errors(net, n_epochs, methods, seeds):
    """On new samples, (S, M)."""
    with np.errstate(all="ignore"):  # some diverge
        return Stack(net, seeds, methods).train(n_epochs).test_error()


def tuned(net: Net, n_epochs, kind: str | None = None, rates=RATES) -> Method:
    """The best rate of gradient descent, with the best strength of one kind of regularisation in ``STRENGTHS``."""
    return best(net, n_epochs, grid(rates, **({kind: STRENGTHS[kind]} if kind else {})))


def networks_of(seed, n_networks) -> range:
    """The seeds of the networks behind one seed of a claim."""
    return range(n_networks * seed, n_networks * (seed + 1))


def errors(net: Net, n_epochs, methods, seed, n_networks) -> list[tuple[float, float]]:
    """For each method the mean errors on the training samples, judged by the labels that they came with, and on new
    ones."""
    return errors_of(Stack(net, networks_of(seed, n_networks), methods).train(n_epochs))


def errors_of(stack: Stack) -> list[tuple[float, float]]:
    """The same of networks that are trained."""
    means = (each.mean(axis=0).tolist() for each in (stack.train_error(), stack.test_error()))
    return list(zip(*means, strict=True))
