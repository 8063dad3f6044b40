"""A claim as a card in the notebook: the statement, a prediction, and only then what was measured."""

import re
from html import escape

import ipywidgets

from course_lib.claims.claim import NOT_SHOWN, Claim, describe, judge, measure, measured_answer
from course_lib.claims.robustness import Robustness
from course_lib.figures.claims import claim_figure
from course_lib.figures.picture import panels_html
from course_lib.figures.style import percents, power_of_ten
from course_lib.widgets.names import SHELL
from course_lib.widgets.prediction import LINE, Prediction, Question

# mark and colour, on which white letters have a contrast of 4.5 or more; the word itself says the same once more
MARKS = {
    "holds": ("✓", "#2563a8"),
    "slip": ("✎", "#5f6470"),
    "incomplete": ("◐", "#8a5140"),
    "misleading": ("!", "#a34f00"),
    "wrong": ("✗", "#da3410"),
    NOT_SHOWN: ("?", "#5f6470"),
}


class ClaimCard(ipywidgets.VBox):
    """A claim with its question; who commits to an answer sees the experiment's outcome.

    Attributes
    ----------
    claim : Claim
    prediction : Prediction, kept under the claim's id
    """

    def __init__(self, claim: Claim, robustness: Robustness | None = None):
        self.claim = claim
        self.prediction = Prediction(
            question_of(claim), lambda: measure(claim), lambda results: _Html(render(claim, results, robustness))
        )
        super().__init__([ipywidgets.HTML(statement(claim)), self.prediction])
        self.add_class(SHELL).add_class("tdn-claim")


class _Html:
    """What has nothing but an HTML form."""

    def __init__(self, text):
        self._text = text

    def _repr_html_(self):
        return self._text


def question_of(claim: Claim) -> Question:
    """The claim's question, asked of the results of all seeds."""
    return Question(
        text=escape(claim.question),
        options=claim.options,
        answer=lambda results: claim.options.index(measured_answer(claim, results)),
        explanation=lambda results: _doubt(claim, results),
        name=claim.id,
    )


def statement(claim: Claim) -> str:
    """The statement and the experiment that tests it, as HTML: nothing of what comes out."""
    return (
        f'<div style="{LINE}"><b>{escape(claim.id)}</b> The lecture notes say:'
        f'<blockquote style="margin:6px 0 6px 12px">{escape(claim.statement)}</blockquote>'
        f"{_details('The experiment', claim.disclosed, is_open=True)}</div>"
    )


def render(claim: Claim, results: tuple, robustness: Robustness | None) -> str:
    """What the results say, as HTML: the verdict, part by part, the control, and what holds how robustly."""
    verdict, _ = judge(claim, results)
    found = [f"<div>{_badge(verdict)} Measured with {len(results)} seeds:</div>", "<ul>"]
    for part in claim.parts:
        said = f"{_badge(part.verdict)} “{escape(part.says)}”: " if part.says and verdict != NOT_SHOWN else ""
        found.append(f"<li>{said}{_figures(describe(part.evidence, results))}</li>")
    found.append(f"<li><b>Control:</b> {_figures(describe(claim.control.evidence, results))}</li></ul>")
    held = []
    if verdict != NOT_SHOWN:
        held.append(f"<div><b>What holds:</b> {_figures(claim.correction)}</div>")
        if robustness is not None:
            held.append(f"<div><b>How robust:</b> the verdict {escape(str(robustness))}.</div>")
    held.append(f"<div>Source: {escape(claim.source)}</div>")
    held.append(_details("The rule", "; ".join(map(str, claim.rule)) + ": on every seed."))
    figure = claim_figure(claim, results)
    if figure is None:
        return _block(found + held, verdict)
    # it needs the whole width of a narrow page
    return _block(found, verdict) + panels_html(figure.figure, figure.alt) + _block(held, verdict)


def _block(lines, verdict) -> str:
    style = f"{LINE};border-left:6px solid {MARKS[verdict][1]};padding:6px 12px;margin:4px 0"
    return f'<div style="{style}">{"".join(lines)}</div>'


def _figures(text) -> str:
    """The text as HTML, with 2e-19 as 2 times a power of ten, and 5% as 5 %."""
    return re.sub(r"([\d.]+)e([+-]?\d+)", lambda found: power_of_ten(*found.groups()), escape(percents(text)))


def _doubt(claim, results) -> str:
    verdict, _ = judge(claim, results)
    return "" if verdict != NOT_SHOWN else "On some seed it is otherwise: this run does not show what the course says."


def _badge(verdict) -> str:
    mark, colour = MARKS[verdict]
    style = f"background:{colour};color:#fff;padding:1px 8px;border-radius:3px;white-space:nowrap"
    return f'<b style="{style}">{mark} {verdict.upper()}</b>'


def _details(summary, text, is_open=False) -> str:
    heading = f'<summary style="cursor:pointer">{summary}</summary>'
    return f"<details{' open' if is_open else ''}>{heading}{_figures(text)}</details>"
