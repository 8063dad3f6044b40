"""What is said of this unit's claims alone; ``test_every_claim.py`` tests them with those of all units."""

import json
from dataclasses import asdict

from course_lib.claims import run
from course_lib.claims.claim import VERDICTS, judge, measure
from course_lib.units.claims import all_claims, find

CLAIMS = all_claims("vanishing_gradients")
LISTED = {f"C{n:02d}" for n in (1, 2, 10, 12, 14, 15, 16, 17, 18, 19, 20, 21, 42, 43, 52, 53, 58, 59, 60, 67)}


def test_the_listed_claims_are_there_with_every_verdict():
    assert {claim.in_notes.split("-")[0] for claim in CLAIMS} >= LISTED
    assert {claim.verdict for claim in CLAIMS} == set(VERDICTS)


def test_the_outcome_as_json():
    outcome = json.loads(json.dumps(asdict(run(find("01.18")))))
    assert set(outcome) == {"id", "unit", "statement", "verdict", "evidence", "seconds"}
    assert outcome["unit"] == "vanishing_gradients" and outcome["verdict"] == "wrong"
    assert outcome["seconds"] > 0 and "{" not in outcome["evidence"]


def test_the_evidence_changes_with_the_seeds():
    claim = find("01.40")
    assert judge(claim, measure(claim))[1] != judge(claim, measure(claim, range(50, 55)))[1]


# what was once said of each, and was refuted: a rate that suited one arm, a measure that could not come out otherwise
FLIPPED = {
    "N03-centring-or-slope": "holds",
    "C58-outperforms": "holds",
    "N07-bad-initialisation": "incomplete",
    "N08-negative-data": "misleading",
    "H11-negative-bias-kills": "incomplete",
    "H12-leaky-stays-alive": "misleading",
    "C18": "holds",
    "H04-large-inputs": "misleading",
    "H14-check-finds-bugs": "incomplete",
    "C12": "incomplete",
}


def test_verdicts_that_flipped_at_the_best_rates():
    assert {claim.in_notes: claim.verdict for claim in CLAIMS if claim.in_notes in FLIPPED} == FLIPPED


def test_the_misprints_stand_at_the_end():
    last = [claim.in_notes for claim in CLAIMS[-5:]]
    assert last == ["C14", "C15", "C16", "C17", "C18"]
