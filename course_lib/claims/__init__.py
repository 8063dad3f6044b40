"""What a claim is, and how its experiment is judged. The claims themselves are in the folders of their units."""

from course_lib.claims.claim import Claim, Verdict, run

__all__ = ["Claim", "Verdict", "run"]
