"""The card: a prediction first, then evidence; honest when a run shows nothing."""

import json
from dataclasses import replace

import ipywidgets
import numpy as np
import pytest

from course_lib.claims.robustness import Robustness
from course_lib.units.cards import claim_card
from course_lib.units.claims import find
from course_lib.widgets.claim_card import MARKS, ClaimCard

pytestmark = pytest.mark.compiled

ROBUST = Robustness(("depth 15", "depth 60"), ("width 16",))


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    ipywidgets.Widget.close_all()


def everything(widget) -> str:
    """The state of all widgets that would be saved with a notebook, and what the cell displays."""
    state = json.dumps(ipywidgets.Widget.get_manager_state(), ensure_ascii=False)
    return state + repr(widget._repr_mimebundle_())


def committed(card, option) -> str:
    card.prediction.choice.value = option
    card.prediction.button.click()
    return everything(card)


def test_before_the_commitment_nothing_of_the_answer_is_there():
    claim = find("01.01")
    card = claim_card("01.01")
    said = everything(card)
    for shown in (claim.statement, claim.id, claim.disclosed, *claim.options):
        assert shown in said
    for hidden in (
        claim.correction,
        claim.source,
        claim.in_notes,
        "Control",
        "neighbouring settings",
        "The rule",
        "data:image",
    ):
        assert hidden not in said
    assert not any(verdict.upper() in said for verdict in MARKS)


@pytest.mark.parametrize(("option", "sentence"), [("z / 4", "and that is what"), ("sin(z)", "What explains")])
def test_a_commitment_runs_the_experiment_and_shows_every_part(option, sentence):
    claim = find("01.01")
    said = committed(claim_card("01.01"), option)
    assert sentence in said and "MISLEADING" in said and "Measured with 5 seeds" in said
    for shown in (*(part.says for part in claim.parts), "HOLDS", "WRONG", "Control:", claim.correction, claim.source):
        assert shown in said
    assert "neighbouring settings" in said


def test_how_robust_the_verdict_is():
    assert "holds in 2 of 3 neighbouring settings; not with width 16." in committed(
        ClaimCard(find("01.16"), ROBUST), "both"
    )
    ipywidgets.Widget.close_all()
    assert "neighbouring settings" not in committed(ClaimCard(find("01.46")), "all")


def test_the_choice_is_kept_and_shown_again():
    committed(claim_card("01.16"), "both")
    assert "SLIP" in everything(claim_card("01.16"))


def test_curves_stand_on_the_card():
    assert "standard deviation by layer" in committed(claim_card("01.44"), "more than 100")


def test_a_run_that_shows_nothing_says_so():
    claim = find("01.01")
    nothing = replace(claim.experiment(0), sine=0.0, quarter=1.0, sigmoid=1.0)
    said = committed(ClaimCard(replace(claim, experiment=lambda seed: nothing, setting="none"), ROBUST), "z / 4")
    assert "NOT SHOWN" in said and "does not show" in said
    for unsaid in (claim.correction, "neighbouring settings", "HOLDS", "WRONG"):
        assert unsaid not in said


def test_markup_in_a_claim_is_escaped():
    claim = replace(find("01.46"), statement="a <b> & c", question="x < y?", source="x < y 1998")
    said = committed(ClaimCard(claim), "all")
    assert "a &lt;b&gt; &amp; c" in said and "x &lt; y?" in said and "x &lt; y 1998" in said
    assert "<b> & c" not in said


def test_an_unknown_claim_is_refused():
    with pytest.raises(ValueError, match=r"claim must be one of 01\.01, .*got 'C01'"):
        claim_card("C01")


def contrast(colour) -> float:
    """Of white letters on the colour (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.05 + np.dot((0.2126, 0.7152, 0.0722), linear))


@pytest.mark.parametrize("verdict", MARKS)
def test_verdicts_can_be_read(verdict):
    assert contrast(MARKS[verdict][1]) >= 4.5
