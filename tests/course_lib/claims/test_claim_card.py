"""The card: a prediction first, then evidence; honest when a run shows nothing."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.figures.claims import claim_figure
from course_lib.units.cards import claim_card
from course_lib.units.claims import all_claims, find
from course_lib.widgets.claim_card import ClaimCard


def test_before_the_run_the_answer_is_closed():
    card = claim_card("C01")
    html, text = card._repr_html_(), repr(card)
    assert find("C01").statement in html and find("C01").statement in text
    closed = html.index("<details>")
    assert find("C01").correction[:20] not in html[:closed] and find("C01").correction[:20] in html[closed:]
    assert "Measured" not in html and find("C01").correction not in text
    assert all(option in text for option in find("C01").options)


@pytest.mark.parametrize(("prediction", "sentence"), [("z / 4", "and that is what"), ("sin(z)", "What explains")])
def test_a_prediction_runs_the_experiment_and_is_compared(prediction, sentence):
    card = claim_card("C01", prediction=prediction)
    for shown in (card._repr_html_(), repr(card)):
        assert sentence in shown and "MISLEADING" in shown and "Measured" in shown
        assert find("C01").correction in shown and find("C01").source in shown


def test_run_without_prediction():
    card = claim_card("H01-sigmoid-vanishes").run()
    assert "HOLDS" in card._repr_html_() and "You predicted" not in card._repr_html_()
    assert '<img alt="norm of its gradient' in card._repr_html_()


def test_a_run_that_shows_nothing_says_so():
    claim = find("C01")
    nothing = replace(claim.experiment(0), sine=0.0, quarter=1.0, sigmoid=1.0)
    card = ClaimCard(replace(claim, experiment=lambda seed: nothing), "z / 4").run()
    for shown in (card._repr_html_(), repr(card)):
        assert "NOT SHOWN" in shown and "does not show" in shown
        assert claim.correction not in shown and "You predicted" not in shown


def test_an_unknown_option_is_refused_with_the_options():
    with pytest.raises(ValueError, match=r"prediction must be one of 'sin\(z\)', .*got 'cos'"):
        claim_card("C01", prediction="cos")


def test_markup_in_a_claim_is_escaped():
    claim = replace(find("C01"), statement="a <b> & c", source="x < y 1998")
    assert "a &lt;b&gt; &amp; c" in ClaimCard(claim)._repr_html_()


WITH_CURVES = [claim for claim in all_claims() if claim.curves]


@pytest.mark.parametrize("claim", WITH_CURVES, ids=[claim.id for claim in WITH_CURVES])
def test_figures_show_every_seed_of_every_series(claim):
    results = (claim.experiment(0), claim.experiment(1))
    shown = claim_figure(claim, results)
    series = claim.curves.series(results[0])
    lines = shown.figure.axes[0].lines
    assert len(lines) == 2 * len(series)
    drawn = {line.get_label(): line.get_ydata() for line in lines}
    for name, values in series.items():
        np.testing.assert_array_equal(drawn[name], values)
        assert name in shown.alt


def test_no_curves_no_figure():
    claim = find("C53")
    assert claim_figure(claim, ()) is None
