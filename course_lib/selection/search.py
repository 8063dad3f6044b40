"""Hyper-parameter search: spaces to draw from, grids, random search, successive halving, and batch-size rules."""

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from copy import deepcopy
from dataclasses import dataclass
from itertools import product

import numpy as np

from course_lib._arguments.numbers import FINITE, NOT_NEGATIVE, integer, number
from course_lib._arguments.objects import function, generator, with_methods


@dataclass(frozen=True)
class Uniform:
    """A number drawn uniformly from [low, high)."""

    low: float
    high: float

    def __post_init__(self):
        if not FINITE(self.low, name="low") < FINITE(self.high, name="high"):
            raise ValueError(f"finite low < high expected, got {self.low} and {self.high}")

    def sample(self, rng) -> float:
        return float(generator(rng).uniform(self.low, self.high))

    def grid(self, n) -> list[float]:
        """n equally spaced values from low to high; the middle when n = 1."""
        n = integer(n, 1, name="n")
        return np.linspace(self.low, self.high, n).tolist() if n > 1 else [(self.low + self.high) / 2]


@dataclass(frozen=True)
class LogUniform:
    """A number whose logarithm is uniform: every factor of ten is equally likely (Bergstra and Bengio 2012, sec. 2.4).

    For what acts by its order of magnitude, such as a learning rate: of ``Uniform(1e-5, 1e-1)`` 90 % lie above 1e-2.
    """

    low: float
    high: float

    def __post_init__(self):
        if not 0 < FINITE(self.low, name="low") < FINITE(self.high, name="high"):
            raise ValueError(f"finite 0 < low < high expected, got {self.low} and {self.high}")

    def sample(self, rng) -> float:
        # rounding must not lead out of the interval
        return min(max(math.exp(generator(rng).uniform(math.log(self.low), math.log(self.high))), self.low), self.high)

    def grid(self, n) -> list[float]:
        """n values from low to high with equal ratios; the geometric mean when n = 1."""
        n = integer(n, 1, name="n")
        return np.geomspace(self.low, self.high, n).tolist() if n > 1 else [math.sqrt(self.low) * math.sqrt(self.high)]


@dataclass(frozen=True)
class Integer:
    """A whole number from low to high, both included, all equally likely."""

    low: int
    high: int

    def __post_init__(self):
        if not integer(self.low, name="low") <= integer(self.high, name="high"):
            raise ValueError(f"low <= high expected, got {self.low} and {self.high}")

    def sample(self, rng) -> int:
        return int(generator(rng).integers(self.low, self.high, endpoint=True))

    def grid(self, n) -> list[int]:
        """At most n values from low to high, as equally spaced as whole numbers can be."""
        n = integer(n, 1, name="n")
        values = np.linspace(self.low, self.high, n) if n > 1 else [(self.low + self.high) / 2]
        return sorted({round(float(value)) for value in values})


@dataclass(frozen=True)
class Choice:
    """One of the values, all equally likely. A grid has all of them."""

    values: tuple

    def __post_init__(self):
        if isinstance(self.values, str) or not isinstance(self.values, Sequence):
            raise TypeError(f"values must be a list, got {self.values!r}: type Choice([{self.values!r}])")
        if not self.values:
            raise ValueError("values must hold at least one value, got none")

    def sample(self, rng):
        return self.values[int(generator(rng).integers(len(self.values)))]

    def grid(self, n) -> list:
        return list(self.values)


Space = Mapping[str, Uniform | LogUniform | Integer | Choice]


@dataclass(frozen=True)
class Trial:
    """One setting and what it led to; ``number`` counts from 0 in the order of drawing, ``budget`` is None without."""

    number: int
    settings: dict
    value: float
    budget: int | None = None


@dataclass(frozen=True)
class Search:
    """All trials, the lowest value first; NaN (a training that diverged) comes last.

    The best value of many trials is lucky as well as good: it is no estimate of what the setting does on new data.
    Judge it on data that the search has not used.
    """

    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        return self.trials[0]


def grid_search(objective, space: Space, n: int, *, rng, executor=None, progress=None) -> Search:
    """Every combination of ``n`` values per hyper-parameter: n**d trials for d of them.

    Parameters and errors as ``random_search``; ``n`` : int, at least 1, does not limit a ``Choice``.
    """
    n = integer(n, 1, name="n")
    _check(objective, space, rng, executor, progress)
    names, axes = list(space), [dimension.grid(n) for dimension in space.values()]
    settings = [dict(zip(names, values, strict=True)) for values in product(*axes)]
    seeds = rng.bit_generator.seed_seq.spawn(len(settings))
    return _ranked(_run_all(objective, list(enumerate(settings)), seeds, None, executor, progress))


def random_search(objective, space: Space, n_trials: int, *, rng, executor=None, progress=None) -> Search:
    """Settings drawn at random (Bergstra and Bengio 2012).

    Where a few of the hyper-parameters matter and the others do not, n trials try n values of each one that matters,
    and a grid only the d-th root of n.

    Parameters
    ----------
    objective : function ``(settings, rng) -> float``, such as a validation loss; lower is better. A process pool
        needs one that can be pickled: a function at the top of a module, or a frozen dataclass with ``__call__``.
    space : dict of name -> ``Uniform``, ``LogUniform``, ``Integer`` or ``Choice``
    n_trials : int, at least 1
    rng : numpy.random.Generator. Every trial has a child of it: its setting and its value depend on its number only,
        not on the number of trials, their order or the executor.
    executor : concurrent.futures.Executor that runs the trials, or None to run them here, one by one
    progress : function ``(done, total, trial)``, called here after every trial as it ends, or None

    Returns
    -------
    Search

    Raises
    ------
    TypeError, ValueError
        When ``n_trials`` is below 1, the space is empty or holds something else, the objective does not return a
        number, or another argument is not as described above. What the objective raises is passed on.
    """
    _check(objective, space, rng, executor, progress)
    settings, seeds = _draw(space, n_trials, rng)
    return _ranked(_run_all(objective, settings, seeds, None, executor, progress))


def successive_halving(
    objective, space: Space, n_trials: int, *, min_budget, eta=3, rng, executor=None, progress=None
) -> Search:
    """Random search that gives the better settings more time (Jamieson and Talwalkar 2016).

    All settings get ``min_budget``, the best 1 / eta of them eta times as much, and so on until one is left (Karnin et
    al. 2013 halve, eta = 2). Every rung costs about the same. A setting that starts slowly is lost.

    Parameters
    ----------
    objective : function ``(settings, budget, rng) -> float``, with ``budget`` an int such as a number of epochs.
        Each call starts from the trial's own seed, so that more budget continues the same training.
    min_budget : int, at least 1
    eta : int, at least 2
    others : as ``random_search``; ``progress`` counts within a rung

    Returns
    -------
    Search
        One trial for each setting, with the value at its largest ``budget``: those with more budget first, the lowest
        value first among equals.
    """
    budget, eta = integer(min_budget, 1, name="min_budget"), integer(eta, 2, name="eta")
    _check(objective, space, rng, executor, progress)
    (alive, seeds), done = _draw(space, n_trials, rng), []
    while True:
        ranked = _ranked(_run_all(objective, alive, [seeds[i] for i, _ in alive], budget, executor, progress)).trials
        n_kept = len(ranked) // eta
        if n_kept < 1:
            return Search((*ranked, *done))
        done = [*ranked[n_kept:], *done]
        alive = [(trial.number, trial.settings) for trial in ranked[:n_kept]]
        budget *= eta


def linear_scaled_lr(lr, batch_size, base_batch_size):
    """lr * batch_size / base_batch_size (Goyal et al. 2017, section 2.1).

    k steps of a small batch move, while the gradient hardly changes, as far as one step of rate k lr on a batch k
    times larger. It breaks down early in training (hence their warm-up) and for very large batches.
    """
    return NOT_NEGATIVE(lr, name="lr") * _ratio(batch_size, base_batch_size)


def sqrt_scaled_lr(lr, batch_size, base_batch_size):
    """lr * sqrt(batch_size / base_batch_size) (Krizhevsky 2014, section 5): keeps the variance of a step, which a mean
    over k times more samples divides by k. Also the rule for Adam (Malladi et al. 2022)."""
    return NOT_NEGATIVE(lr, name="lr") * math.sqrt(_ratio(batch_size, base_batch_size))


def _ratio(batch_size, base_batch_size):
    return integer(batch_size, 1, name="batch_size") / integer(base_batch_size, 1, name="base_batch_size")


def _check(objective, space, rng, executor, progress):
    function(objective, name="objective", form="(settings, rng) -> float, or (settings, budget, rng) -> float")
    if not isinstance(space, Mapping) or not space:
        raise ValueError(f"space must be a dict of at least one hyper-parameter, got {space!r}")
    for name, dimension in space.items():
        if not isinstance(dimension, Uniform | LogUniform | Integer | Choice):
            advice = f": type Choice({dimension!r})" if isinstance(dimension, list | tuple) else ""
            kinds = "a Uniform, LogUniform, Integer or Choice"
            raise TypeError(f"space[{name!r}] must be {kinds}, got {dimension!r}{advice}")
    generator(rng)
    if executor is not None:
        with_methods(executor, "submit", name="executor")
    if progress is not None:
        function(progress, name="progress", form="(done, total, trial)")


def _draw(space, n_trials, rng):
    """Numbered settings, and the seed of each trial's run."""
    settings, seeds = [], []
    for trial, child in enumerate(rng.bit_generator.seed_seq.spawn(integer(n_trials, 1, name="n_trials"))):
        draw, run = child.spawn(2)
        generator = np.random.default_rng(draw)
        settings.append((trial, {name: dimension.sample(generator) for name, dimension in space.items()}))
        seeds.append(run)
    return settings, seeds


def _run_all(objective, settings: Sequence, seeds, budget, executor: Executor | None, progress: Callable | None):
    tasks = [(objective, *numbered, seed, budget) for numbered, seed in zip(settings, seeds, strict=True)]
    if executor is None:
        finished = (_run(*task) for task in tasks)
    else:
        futures = [executor.submit(_run, *task) for task in tasks]
        finished = (future.result() for future in as_completed(futures))
    trials = []
    for trial in finished:
        trials.append(trial)
        if progress is not None:
            progress(len(trials), len(tasks), trial)
    return trials


def _run(objective, trial, settings, seed, budget):
    # a copy, because a generator that spawns children counts them in its seed
    rng = np.random.default_rng(deepcopy(seed))
    value = objective(dict(settings), rng) if budget is None else objective(dict(settings), budget, rng)
    return Trial(trial, settings, number(value, name="the objective's value"), budget)


def _ranked(trials):
    def key(trial):
        diverged = math.isnan(trial.value)
        return diverged, 0.0 if diverged else trial.value, trial.number

    return Search(tuple(sorted(trials, key=key)))
