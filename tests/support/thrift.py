"""Parameters of which the first run in `make test`, and the others in `make soak` alone."""

from collections.abc import Iterable

import pytest


def rest_in_soak(values: Iterable, keep: int = 1) -> list:
    """The values as parameters of a test; all but the first ``keep`` are marked ``soak``."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=[pytest.mark.soak] * (number >= keep))
        for number, value in enumerate(values)
    ]


def first_of_each(groups: Iterable[Iterable]) -> list:
    """The values of all groups as parameters; all but the first of each group are marked ``soak``."""
    return [parameter for values in groups for parameter in rest_in_soak(values)]
