"""A claim as a card in the notebook: the statement, a prediction, then what was measured."""

import base64
from dataclasses import dataclass, replace
from html import escape

from course_lib.claims.claim import DEFAULT_SEEDS, NOT_SHOWN, Claim, judge, measure, measured_answer
from course_lib.figures.claims import claim_figure
from course_lib.figures.picture import png

# mark and colour; the word itself says the same once more
MARKS = {
    "holds": ("✓", "#3f90da"),
    "slip": ("✎", "#717581"),
    "incomplete": ("◐", "#a96b59"),
    "misleading": ("!", "#b35900"),
    "wrong": ("✗", "#bd1f01"),
    NOT_SHOWN: ("?", "#717581"),
}
UNTESTED_COLOUR = "#717581"


@dataclass(frozen=True)
class ClaimCard:
    """A claim, the learner's prediction, and the results of its experiment once it has been run."""

    claim: Claim
    prediction: str | None = None
    results: tuple = ()

    def predicted(self, prediction) -> "ClaimCard":
        """The card with the learner's prediction, one of the question's options, and the experiment's results.

        Raises
        ------
        ValueError
            When there is no such option.
        """
        if prediction not in self.claim.options:
            options = ", ".join(repr(option) for option in self.claim.options)
            raise ValueError(f"prediction must be one of {options}, got {prediction!r}")
        return replace(self, prediction=prediction).run()

    def run(self, seeds=DEFAULT_SEEDS) -> "ClaimCard":
        """The card with the experiment's results, one per seed."""
        return replace(self, results=measure(self.claim, seeds))

    def _repr_html_(self) -> str:
        return render_html(self)

    def __repr__(self) -> str:
        return render_text(self)


def render_text(card: ClaimCard) -> str:
    """The card as plain text."""
    claim = card.claim
    lines = [f"{claim.id}  The lecture notes: {claim.statement}", f"  Predict: {claim.question}"]
    if not card.results:
        lines += [f"    - {option}" for option in claim.options]
        return "\n".join([*lines, f"  Test it: claim_card({claim.id!r}, prediction={claim.options[0]!r})"])
    verdict, evidence = judge(claim, card.results)
    lines += [f"  Measured: {evidence}", *(f"  {line}" for line in _compared(card, verdict))]
    return "\n".join(
        [*lines, f"  Verdict: {verdict.upper()}. {_conclusion(claim, verdict)}", f"  Source: {claim.source}"]
    )


def render_html(card: ClaimCard) -> str:
    """The card as one HTML fragment."""
    claim = card.claim
    verdict, evidence = judge(claim, card.results) if card.results else ("", "")
    mark, colour = MARKS.get(verdict, ("", UNTESTED_COLOUR))
    badge = _badge(f"{mark} {verdict.upper()}", colour) if verdict else _badge("NOT YET TESTED", colour)
    parts = [
        f'<div role="status" style="border-left:6px solid {colour};padding:6px 12px;margin:4px 0;max-width:56em">',
        f'<div>{badge} <b>{escape(claim.id)}</b> <span style="opacity:.75">The lecture notes say:</span></div>',
        f'<blockquote style="margin:6px 0 6px 12px">{escape(claim.statement)}</blockquote>',
        f"<div><b>Predict:</b> {escape(claim.question)}</div>",
    ]
    if card.results:
        parts += [f"<div>{escape(line)}</div>" for line in _compared(card, verdict)]
        parts.append(
            f'<div style="margin:6px 0"><b>Measured</b> over {len(card.results)} seeds: {escape(evidence)}</div>'
        )
        parts.append(_figure_html(card))
        parts.append(f"<div><b>What holds:</b> {escape(_conclusion(claim, verdict))}</div>")
        parts.append(f'<div style="opacity:.75">Source: {escape(claim.source)}</div>')
        parts.append(_details("The rule", "; ".join(map(str, claim.rule)) + ": on every seed."))
    else:
        parts.append(f"<ul>{''.join(f'<li>{escape(option)}</li>' for option in claim.options)}</ul>")
        example = f"claim_card({claim.id!r}, prediction={claim.options[0]!r})"
        parts.append(f"<div>Test it: <code>{escape(example)}</code></div>")
        parts.append(_details("What holds", f"{claim.correction} ({claim.source})"))
    return "".join([*parts, "</div>"])


def _compared(card, verdict) -> list[str]:
    """What became of the prediction: nothing can be said when there is none, or when the experiment shows nothing."""
    if card.prediction is None or verdict == NOT_SHOWN:
        return []
    answer = measured_answer(card.claim, card.results)
    if card.prediction == answer:
        return [f"You predicted “{card.prediction}”, and that is what was measured."]
    return [f"You predicted “{card.prediction}”; measured: “{answer}”. What explains the difference?"]


def _conclusion(claim, verdict) -> str:
    return claim.correction if verdict != NOT_SHOWN else "This run does not show what the course says; try more seeds."


def _badge(text, colour) -> str:
    return f'<b style="background:{colour};color:#fff;padding:1px 8px;border-radius:3px">{text}</b>'


def _details(summary, text) -> str:
    return f'<details><summary style="cursor:pointer">{summary}</summary>{escape(text)}</details>'


def _figure_html(card) -> str:
    shown = claim_figure(card.claim, card.results)
    if shown is None:
        return ""
    image = base64.b64encode(png(shown.figure)).decode("ascii")
    return f'<img alt="{escape(shown.alt)}" style="max-width:100%;width:560px" src="data:image/png;base64,{image}">'
