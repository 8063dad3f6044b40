"""What is kept of a submission: which limits it reached, and no more text than a limit allows."""

import re
from collections.abc import Mapping
from dataclasses import replace

from autograder.grading.submissions.restore import Remark
from autograder.report import Report

LIMIT = re.compile(r"[^;\n]{0,200}\((?:\w+_seconds|function_bytes|callbacks)\)")
NAME = re.compile(r"\((?:call|function|submission|compile)_seconds\)")
# a box may end with any words; of those, these are ours
TOO_MUCH = re.compile(
    r"its Python process is gone: the results of its calls have more than \d+ bytes in all \(function_bytes\)"
)
SHORT = 100  # characters of each text of a report that is cut
CUT = " [cut]"

Reports = dict[str, Report]


def limits_reached(reports: Mapping[str, Report]) -> list[Remark]:
    """A remark for each report that says which limit its answer reached."""
    return [Remark("limit", f"{report.exercise}: {said}") for report in reports.values() if (said := limit_of(report))]


def limit_of(report: Report) -> str:
    """Which limit an answer reached, in our own words, as students read them; empty where it did not."""
    found = [LIMIT.search(case.explanation) for case in report.cases if case.property == "timeout"]
    found += [TOO_MUCH.fullmatch(case.explanation) for case in report.cases if case.property == "crashed"]
    if words := next((match[0].strip() for match in found if match), ""):
        return words
    named = NAME.search(report.headline) if report.verdict == "timeout" else None  # what a box says of its cells
    return f"no answer in time {named[0]}" if named else ""


def kept_within(
    most: int, reports: Reports, public: Reports, answers: dict[str, str]
) -> tuple[Reports, Reports, dict[str, str], list[Remark]]:
    """The reports and answers of a submission; where they have more than ``most`` bytes, cut, and a remark on that."""
    size = sum(map(_size, [*reports.values(), *public.values()])) + sum(len(text.encode()) for text in answers.values())
    if size <= most:
        return reports, public, answers, []
    room = most // (8 * max(1, len(answers)))
    answers = {name: text if len(text) <= room else text[:room] + CUT for name, text in answers.items()}
    reports, public = ({name: _cut(report) for name, report in some.items()} for some in (reports, public))
    text = f"answers and reports had more than the {most} bytes that may be kept (result_bytes): their texts were cut"
    return reports, public, answers, [Remark("limit", text)]


def _size(report: Report) -> int:
    texts = [report.headline, *report.notes, *(text for c in report.cases for text in (c.explanation, c.reproduce))]
    return sum(len(text.encode()) for text in texts)


def _cut(report: Report) -> Report:
    cases = tuple(replace(c, explanation=_short(c.explanation), reproduce=_short(c.reproduce)) for c in report.cases)
    return replace(report, headline=_short(report.headline), cases=cases, notes=tuple(map(_short, report.notes[:3])))


def _short(text: str) -> str:
    return text if len(text) <= SHORT else text[:SHORT] + CUT
