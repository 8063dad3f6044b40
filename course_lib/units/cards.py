"""A claim's card by its id, as the lessons show it."""

from course_lib.units.claims import find, recorded_robustness
from course_lib.widgets.claim_card import ClaimCard


def claim_card(claim_id) -> ClaimCard:
    """The card of a claim: its statement, the question, and, for who commits to an answer, what was measured.

    Parameters
    ----------
    claim_id : str, such as "01.07"

    Raises
    ------
    ValueError
        When there is no such claim.
    """
    claim = find(claim_id)
    return ClaimCard(claim, recorded_robustness(claim))
