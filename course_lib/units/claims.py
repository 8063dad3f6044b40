"""The claims of all units, found in their folders, and how robust each was measured to be."""

import json
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path

from course_lib.claims.claim import Claim
from course_lib.claims.robustness import Robustness
from course_lib.files import write_atomically
from course_lib.units import FOLDER, built


def all_claims(unit=None) -> tuple[Claim, ...]:
    """All claims, or those of one unit, such as "vanishing_gradients", by their ids.

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


def in_lesson(unit) -> tuple[str, ...]:
    """The ids of the unit's claims whose cards stand in its lesson."""
    return import_module(f"course_lib.units.{unit}.claims").IN_LESSON


def robustness_file(unit) -> Path:
    """Where ``course claims --robustness`` records what it measured of a unit's claims."""
    return FOLDER / unit / "claims" / "robustness.json"


def recorded_robustness(claim) -> Robustness | None:
    """What was measured of a claim; None when nothing was, or of other settings than it names now."""
    found = _recorded(claim.unit).get(claim.id)
    if found is None:
        return None
    robustness = Robustness(tuple(found["holds"]), tuple(found["fails"]))
    known = {neighbour.name for neighbour in claim.neighbours}
    return robustness if {*robustness.holds, *robustness.fails} == known else None


def record_robustness(unit, measured: Iterable[tuple[Claim, Robustness]]) -> None:
    """Write down what was measured of a unit's claims, in place of all that was recorded."""
    found = {claim.id: {"holds": r.holds, "fails": r.fails} for claim, r in measured}
    write_atomically(robustness_file(unit), json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    _recorded.cache_clear()


@cache
def _recorded(unit) -> dict:
    file = robustness_file(unit)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


@cache
def _claims_of(unit) -> tuple[Claim, ...]:
    package = import_module(f"course_lib.units.{unit}.claims")
    modules = (import_module(found.name) for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."))
    return tuple(sorted((claim for module in modules for claim in module.CLAIMS), key=lambda claim: claim.id))
