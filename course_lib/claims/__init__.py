"""What a claim is, and how its experiment is judged. The claims themselves are in the folders of their units."""

from course_lib.claims.claim import Claim, Control, Curves, Part, Verdict, run, vary
from course_lib.claims.rule import above, at_least, below, between, less_than

__all__ = [
    "Claim",
    "Control",
    "Curves",
    "Part",
    "Verdict",
    "above",
    "at_least",
    "below",
    "between",
    "less_than",
    "run",
    "vary",
]
