"""What the arguments have in common with which an answer is wrong, and with no others."""

from collections.abc import Iterator

import numpy as np

from autograder.causes.evidence import Cause, Evidence

FEWEST = 2  # calls on either side, for a condition to be concluded


def conditions(evidence: Evidence) -> Iterator[Cause]:
    """The one condition on an argument that holds in all calls that fail, and in none of the others."""
    wrong = [index for index in evidence.own if evidence.verdicts[index] != "pass"]
    right = [index for index in evidence.own if evidence.verdicts[index] == "pass"]
    if len(wrong) < FEWEST or len(right) < FEWEST:
        return
    held = {index: set(_conditions_of(evidence.probes.complete[index])) for index in evidence.own}
    apart = set.intersection(*(held[i] for i in wrong)) - set.union(*(held[i] for i in right))
    if len(apart) == 1:
        (condition,) = apart
        yield Cause("condition", f"It is right but where {condition}, and there it never is: what has to be done then?")


def _conditions_of(inputs: dict) -> Iterator[str]:
    for name, value in inputs.items():
        if isinstance(value, dict):
            yield from (told for key, part in value.items() for told in _of_value(f"{name}[{key!r}]", part))
        else:
            yield from _of_value(name, value)


def _of_value(name: str, value) -> Iterator[str]:
    match value:
        case None | bool() | str():
            yield f"`{name}` is {value!r}"
        case int() | float() if value != value:
            yield f"`{name}` is nan"
        case int() | float():
            yield f"`{name}` is {'0' if value == 0 else 'not 0'}"
            yield f"`{name}` is {'negative' if value < 0 else 'not negative'}"
            yield f"`{name}` is {'1' if value == 1 else 'not 1'}"
        case np.ndarray() if value.dtype.kind in "iufb" and value.size:
            if value.ndim > 1:
                yield f"`{name}` has {'one row' if len(value) == 1 else 'several rows'}"
                yield f"`{name}` has {'a' if np.all(value == value[:1], axis=0).any() else 'no'} constant column"
            yield f"`{name}` holds {'a 0' if (value == 0).any() else 'no 0'}"
            yield f"`{name}` holds {'negative' if (value < 0).any() else 'no negative'} numbers"
            yield f"`{name}` is {'0 everywhere' if not value.any() else 'not 0 everywhere'}"
            yield f"`{name}` has {value.ndim} {'axis' if value.ndim == 1 else 'axes'}"
