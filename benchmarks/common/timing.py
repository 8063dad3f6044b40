"""Paired timings: every candidate runs in every round, so that a noisy machine is noisy to all of them."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping


def measure(candidates: Mapping[str, Callable[[], object]], *, seconds=1.0, least=5) -> dict[str, float]:
    """Median seconds per call of each candidate.

    Each is called twice to warm up. A candidate that takes less than a millisecond is timed in bundles of calls that
    take about one, because the clock and the call cost tenths of a microsecond. The rounds then go through all
    candidates in turn, until ``seconds`` per candidate are used up, but at least ``least`` times.
    """
    calls = {}
    for name, candidate in candidates.items():
        candidate()
        calls[name] = max(1, int(1e-3 / _time(candidate, 1)))
    samples: dict[str, list[float]] = {name: [] for name in candidates}
    end = time.perf_counter() + seconds * len(candidates)
    enabled = gc.isenabled()
    gc.disable()
    try:
        while time.perf_counter() < end or len(next(iter(samples.values()))) < least:
            for name, candidate in candidates.items():
                samples[name].append(_time(candidate, calls[name]))
    finally:
        if enabled:
            gc.enable()
    return {name: statistics.median(times) for name, times in samples.items()}


def _time(candidate, calls):
    start = time.perf_counter()
    for _ in range(calls):
        candidate()
    return (time.perf_counter() - start) / calls
