"""In how many settings beside its own a claim's verdict holds."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from course_lib.claims.claim import DEFAULT_SEEDS, Claim, Neighbour, measure, shown


@dataclass(frozen=True)
class Robustness:
    """The names of the neighbouring settings in which the verdict holds, and of those in which it does not."""

    holds: tuple[str, ...]
    fails: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of settings in which the verdict holds."""
        return len(self.holds) / (len(self.holds) + len(self.fails))

    def __str__(self) -> str:
        sentence = f"holds in {len(self.holds)} of {len(self.holds) + len(self.fails)} neighbouring settings"
        return f"{sentence}; not with {', '.join(self.fails)}" if self.fails else sentence


def holds_at(claim: Claim, neighbour: Neighbour, seeds: Iterable[int] = DEFAULT_SEEDS) -> bool:
    """Whether the claim's whole rule holds on all seeds in a neighbouring setting."""
    with np.errstate(all="ignore"):  # a setting may well diverge
        return shown(claim, measure(claim, seeds, **neighbour.changes))


def robustness(claim: Claim, seeds: Iterable[int] = DEFAULT_SEEDS, tried=lambda neighbour: None) -> Robustness:
    """Try all neighbouring settings; ``tried`` is called after each."""
    outcomes = {}
    for neighbour in claim.neighbours:
        outcomes[neighbour.name] = holds_at(claim, neighbour, seeds)
        tried(neighbour)
    return Robustness(
        tuple(name for name, held in outcomes.items() if held),
        tuple(name for name, held in outcomes.items() if not held),
    )
