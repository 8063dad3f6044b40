"""Parameters of which the first run in `make test`, more in `make soak`, and the last in `make seeds` alone."""

from collections.abc import Iterable
from math import inf

import pytest


def rest_in_soak(values: Iterable, keep: int = 1, soak: float = inf) -> list:
    """The values as parameters of a test: all but the first ``keep`` are marked ``soak``, or ``seeds`` from the place
    ``soak`` on."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=marks_at(number, keep, soak))
        for number, value in enumerate(values)
    ]


def marks_at(number: int, keep: int, soak: float) -> list:
    if number < keep:
        return []
    return [pytest.mark.soak if number < soak else pytest.mark.seeds]


def first_of_each(groups: Iterable[Iterable]) -> list:
    """The values of all groups as parameters; all but the first of each group are marked ``soak``."""
    return [parameter for values in groups for parameter in rest_in_soak(values)]
