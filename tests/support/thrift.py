"""Parameters of which the first run in `make test`, and the others in `make soak` alone."""

from collections.abc import Iterable

import pytest


def rest_in_soak(values: Iterable, keep: int = 1) -> list:
    """The values as parameters of a test; all but the first ``keep`` are marked ``soak``."""
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=[pytest.mark.soak] * (number >= keep))
        for number, value in enumerate(values)
    ]
