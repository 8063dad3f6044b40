"""A claim's card by its id, as the lessons show it."""

from course_lib.units.claims import find
from course_lib.widgets.claim_card import ClaimCard


def claim_card(claim_id, prediction=None) -> ClaimCard:
    """The card of a claim. With a prediction, one of the question's options, the experiment runs at once.

    Parameters
    ----------
    claim_id : str, such as "C01"
    prediction : str or None

    Raises
    ------
    ValueError
        When there is no such claim, or no such option.
    """
    card = ClaimCard(find(claim_id))
    return card if prediction is None else card.predicted(prediction)
