"""What is kept of a submission: which limits it reached, and no more text than a limit allows."""

import re
from collections.abc import Mapping
from dataclasses import replace

from autograder.grading.submissions.restore import Remark
from autograder.report import Report

LIMIT = re.compile(r"[^;\n]{0,200}\((?:\w+_seconds|function_bytes|callbacks)\)")
REACHING = ("timeout", "crashed")  # the properties of cases that reached a limit
SHORT = 100  # characters of each text of a report that is cut
CUT = " [cut]"

Reports = dict[str, Report]


def limits_reached(reports: Mapping[str, Report]) -> list[Remark]:
    """A remark for each report that says which limit its answer reached."""
    return [Remark("limit", f"{report.exercise}: {said}") for report in reports.values() if (said := limit_of(report))]


def limit_of(report: Report) -> str:
    """Which limit an answer reached, in our own words; empty where it did not."""
    said = [case.explanation for case in report.cases if case.property in REACHING]
    said += [report.headline] if report.verdict == "timeout" else []
    return next((found[0].strip() for text in said if (found := LIMIT.search(text))), "")


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
    text = f"answers and reports had {size} bytes, of which {most} may be kept (result_bytes): their texts were cut"
    return reports, public, answers, [Remark("limit", text)]


def _size(report: Report) -> int:
    texts = [report.headline, *report.notes, *(text for c in report.cases for text in (c.explanation, c.reproduce))]
    return sum(len(text.encode()) for text in texts)


def _cut(report: Report) -> Report:
    cases = tuple(replace(c, explanation=_short(c.explanation), reproduce=_short(c.reproduce)) for c in report.cases)
    return replace(report, headline=_short(report.headline), cases=cases, notes=tuple(map(_short, report.notes[:3])))


def _short(text: str) -> str:
    return text if len(text) <= SHORT else text[:SHORT] + CUT
