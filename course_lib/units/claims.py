"""The claims of all units, found in their folders."""

import pkgutil
from functools import cache
from importlib import import_module

from course_lib.claims.claim import Claim
from course_lib.units import built


def all_claims(unit=None) -> tuple[Claim, ...]:
    """All claims, or those of one unit, such as "vanishing_gradients": unit by unit, module by module.

    Raises
    ------
    ValueError
        When no claim belongs to ``unit``.
    """
    if unit is None:
        return tuple(claim for name in built() for claim in _claims_of(name))
    if unit not in built():
        raise ValueError(f"unit must be one of {', '.join(built())}, got {unit!r}")
    return _claims_of(unit)


def find(claim_id) -> Claim:
    """The claim of that id; ValueError when there is none."""
    by_id = {claim.id: claim for claim in all_claims()}
    if claim_id not in by_id:
        raise ValueError(f"claim must be one of {', '.join(by_id)}, got {claim_id!r}")
    return by_id[claim_id]


@cache
def _claims_of(unit) -> tuple[Claim, ...]:
    package = import_module(f"course_lib.units.{unit}.claims")
    modules = (import_module(found.name) for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."))
    return tuple(claim for module in modules for claim in module.CLAIMS)
