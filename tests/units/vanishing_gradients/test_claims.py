"""What is said of this unit's claims alone; ``test_every_claim.py`` tests them with those of all units."""

import json
from dataclasses import asdict

from course_lib.claims import run
from course_lib.claims.claim import VERDICTS, judge, measure
from course_lib.units.claims import all_claims, find

CLAIMS = all_claims("vanishing_gradients")
LISTED = {f"C{n:02d}" for n in (1, 2, 10, 12, 14, 15, 16, 17, 18, 19, 20, 21, 42, 43, 52, 53, 58, 59, 60, 67)}


def test_the_listed_claims_are_there_with_every_verdict():
    assert {claim.id.split("-")[0] for claim in CLAIMS} >= LISTED
    assert {claim.verdict for claim in CLAIMS} == set(VERDICTS)


def test_an_id_says_what_was_expected():
    """With an H, that it would hold; of these the measurement said otherwise."""
    holding = {claim.id for claim in CLAIMS if claim.verdict == "holds"}
    assert holding ^ {claim.id for claim in CLAIMS if claim.id.startswith("H")} == {"C12", "C59", "H09-exponentials"}


def test_the_outcome_as_json():
    outcome = json.loads(json.dumps(asdict(run(find("H07-linear-without-activation")))))
    assert set(outcome) == {"id", "unit", "statement", "verdict", "evidence", "seconds"}
    assert outcome["unit"] == "vanishing_gradients" and outcome["verdict"] == "holds"
    assert outcome["seconds"] > 0 and "{" not in outcome["evidence"]


def test_the_evidence_changes_with_the_seeds():
    claim = find("C01")
    assert judge(claim, measure(claim))[1] != judge(claim, measure(claim, range(50, 55)))[1]
