"""What the lecture notes say, put to the test: every statement with an experiment, a rule and a verdict."""

from course_lib.claims import vanishing_gradients
from course_lib.claims.claim import Claim, Verdict, run

__all__ = ["Claim", "Verdict", "all_claims", "find", "run"]


def all_claims(unit=None) -> tuple[Claim, ...]:
    """All claims, or those of one unit, such as "vanishing_gradients".

    Raises
    ------
    ValueError
        When no claim belongs to ``unit``.
    """
    claims = vanishing_gradients.CLAIMS
    if unit is None:
        return claims
    units = sorted({claim.unit for claim in claims})
    if unit not in units:
        raise ValueError(f"unit must be one of {', '.join(units)}, got {unit!r}")
    return tuple(claim for claim in claims if claim.unit == unit)


def find(claim_id) -> Claim:
    """The claim of that id; ValueError when there is none."""
    by_id = {claim.id: claim for claim in all_claims()}
    if claim_id not in by_id:
        raise ValueError(f"claim must be one of {', '.join(by_id)}, got {claim_id!r}")
    return by_id[claim_id]
