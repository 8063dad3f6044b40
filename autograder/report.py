"""What a check has found, and how it reads: as text in a terminal, as HTML in Jupyter."""

import html
import re
import sys
from dataclasses import dataclass

MARKS = {
    "pass": "✓",
    "fail": "✗",
    "error": "!",
    "timeout": "∞",
    "not_implemented": "…",
    "skipped": "–",
    "grader_error": "?",
}
PLAIN_MARKS = str.maketrans("✓✗∞…–", "+x~.-")
TITLES = {
    "pass": "PASS",
    "fail": "FAIL",
    "error": "ERROR",
    "timeout": "TIMEOUT",
    "not_implemented": "NOT YET",
    "skipped": "SKIPPED",
    "grader_error": "OUR MISTAKE",
}
# White text on each of them has a contrast above 4.5 to 1 (WCAG AA), in light and dark themes. The green is bluish, so
# that it stays apart from the red with red-green colour-blind eyes; the mark and the word say the same again.
COLOURS = {"pass": "#008560", "fail": "#da3410", "not_implemented": "#717581", "skipped": "#717581"}
OTHER_COLOUR = "#b35900"
GRADER_ERROR = "This is a fault of the exercise, not of your code; please tell your instructor."
# Inside an output cell the page's own style sheet is out of reach. One click selects the whole line of code.
CODE_STYLE = (
    "margin:2px 0 6px;padding:4px 8px;border:1px solid rgba(128,128,128,.4);"
    "white-space:pre-wrap;overflow-wrap:anywhere;user-select:all"
)
LONGEST = 4000  # characters of one text in a report
# What a terminal obeys, what turns the order of the text after it, and what cannot be written to a file.
UNREADABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
DETAIL_STYLE = "margin:2px 0 6px 1.3em;white-space:pre-wrap;overflow-wrap:anywhere"


@dataclass(frozen=True)
class Diagnosis:
    """A known form that did exactly what the student's function did."""

    name: str
    sentence: str
    kind: str  # "misconception", "variant", or "derived" for a cause that no form of the exercise describes

    @property
    def label(self) -> str:
        return "Right, under another convention" if self.kind == "variant" else "Likely cause"


@dataclass(frozen=True)
class CaseResult:
    """What came of one case.

    ``kind`` names a corner that is drawn from the domain, and is empty for a case of the exercise's own. The line that
    reproduces a failure repeats the call number ``call`` of the case number ``number``, both from 1.
    """

    sentence: str
    verdict: str
    explanation: str = ""
    property: str = ""
    reproduce: str = ""
    kind: str = ""
    number: int = 0
    call: int = 0


@dataclass(frozen=True)
class Report:
    """The judgement of one function.

    ``verdict`` is one of pass, fail, error, timeout, not_implemented, skipped, grader_error.
    ``score`` counts the passed cases, out of ``points``.
    """

    exercise: str
    verdict: str
    score: float
    points: float
    headline: str = ""
    cases: tuple[CaseResult, ...] = ()
    diagnosis: Diagnosis | None = None
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"

    @property
    def share(self) -> float:
        """Of the points; 1 for a pass, and for nothing else."""
        return 1.0 if self.passed else min(self.score / self.points, 0.99) if self.points else 0.0

    def __float__(self) -> float:
        return float(self.score)

    def __str__(self) -> str:
        return printable(render_text(self))

    __repr__ = __str__

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict | tuple[dict, dict]:
        """HTML for the reader; as text the bare score, which nbgrader takes as the cell's credit; and what `progress`
        reads in a notebook that was saved."""
        if not _shows_html():
            return {"text/plain": render_text(self)}
        said = {"course": {"exercise": self.exercise, "share": self.share}}
        return {"text/html": render_html(self), "text/plain": f"{float(self.score)}"}, said


def _shows_html() -> bool:
    from IPython import get_ipython  # only there when a front end asks for a display

    shell = get_ipython()
    return shell is not None and "text/html" in shell.display_formatter.active_types


def readable(text: str) -> str:
    """The text, with every character that does something else than show as an escape, such as ``\\x1b``."""
    return UNREADABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def printable(text: str) -> str:
    """The text as far as the standard output can show it, for ``print`` raises where that knows few letters."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        return text.translate(PLAIN_MARKS).encode(encoding, "backslashreplace").decode(encoding)


def escape(text: str) -> str:
    """The text as HTML that shows it, and does nothing else."""
    return html.escape(readable(text[:LONGEST]))


def render_text(report: Report) -> str:
    """The report as plain text."""
    return readable(_text(report))


def _text(report: Report) -> str:
    lines = [f"{TITLES[report.verdict]}  {report.exercise}  {report.score:g} of {report.points:g} points"]
    if report.headline:
        lines.append(f"      {report.headline}")
    if report.verdict == "grader_error":
        lines.append(f"      {GRADER_ERROR}")
    explained = _first_explained(report)
    for case in _shown(report):
        lines.append(f"  {MARKS[case.verdict]} {case.sentence}")
        if case is explained:
            lines.append(f"      {case.explanation}")
    if report.diagnosis:
        lines.append(f"  {report.diagnosis.label}: {report.diagnosis.sentence}")
    if explained and explained.reproduce:
        lines.append(f"  Reproduce: {explained.reproduce}")
    lines += [f"  Note: {note}" for note in report.notes]
    if report.hints:
        lines.append(f"  For a hint: hint({report.exercise!r}, 1)  (1 to {len(report.hints)})")
    return "\n".join(lines)


def render_html(report: Report) -> str:
    """The report as one HTML fragment; everything that a student's code could have written is escaped."""
    colour = _colour(report.verdict)
    parts = [
        f'<div role="status" style="border-left:6px solid {colour};padding:6px 12px;margin:4px 0;max-width:56em">',
        f'<div><b style="background:{colour};color:#fff;padding:1px 8px;border-radius:3px">'
        f"{MARKS[report.verdict]} {TITLES[report.verdict]}</b> <code>{escape(report.exercise)}</code> "
        f'<span style="opacity:.75">{report.score:g} of {report.points:g} points</span></div>',
    ]
    if report.headline:
        parts.append(f'<div style="margin:6px 0">{escape(report.headline)}</div>')
    if report.verdict == "grader_error":
        parts.append(f"<div>{GRADER_ERROR}</div>")
    if report.diagnosis:
        parts.append(
            f'<div style="margin:6px 0"><b>{report.diagnosis.label}:</b> {escape(report.diagnosis.sentence)}</div>'
        )
    parts.append(_cases_html(report))
    explained = _first_explained(report)
    if explained and explained.reproduce:
        parts.append(f'Reproduce:<pre style="{CODE_STYLE}">{escape(explained.reproduce)}</pre>')
    parts += [f'<div style="opacity:.75;white-space:pre-wrap">Note: {escape(note)}</div>' for note in report.notes]
    parts.append(_hints_html(report.hints))
    parts.append("</div>")
    return "".join(parts)


def _shown(report: Report) -> list[CaseResult]:
    """The cases as they are listed: the corners that pass in one line, and those that did not count yet not at all."""
    listed = [case for case in report.cases if not case.kind or case.verdict not in ("pass", "skipped")]
    passed = [case.sentence for case in report.cases if case.kind and case.verdict == "pass"]
    return listed + [CaseResult(f"and: {'; '.join(passed)}", "pass")] * bool(passed)


def _colour(verdict: str) -> str:
    return COLOURS.get(verdict, OTHER_COLOUR)


def _first_explained(report: Report) -> CaseResult | None:
    """The first case that failed, preferring one whose reproduce line shows the numbers themselves."""
    explained = [case for case in report.cases if case.explanation]
    return min(explained, key=lambda case: "(*example(" in case.reproduce, default=None)


def _cases_html(report: Report) -> str:
    if not report.cases:
        return ""
    explained = _first_explained(report)
    rows = []
    for case in _shown(report):
        detail = f'<div style="{DETAIL_STYLE}">{escape(case.explanation)}</div>' if case is explained else ""
        rows.append(
            f'<li style="list-style:none"><b style="color:{_colour(case.verdict)};display:inline-block;width:1.3em">'
            f"{MARKS[case.verdict]}</b>{escape(case.sentence)}{detail}</li>"
        )
    return f'<ul style="margin:6px 0;padding-left:0">{"".join(rows)}</ul>'


def _hints_html(hints: tuple[str, ...]) -> str:
    """A ladder: each hint opens only from inside the one before it."""
    ladder = ""
    for number, text in reversed(list(enumerate(hints, 1))):
        opened = f'<div style="{DETAIL_STYLE}">{escape(text)}</div>{ladder}'
        ladder = f'<details><summary style="cursor:pointer">Hint {number} of {len(hints)}</summary>{opened}</details>'
    return ladder
