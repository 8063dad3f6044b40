"""Which answers an answer calls, and how often it is defined, as far as its text says."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from autograder.report import Report

WORD = re.compile(r"[^\W\d]\w*")


def mentioned_by(name: str, names: Collection[str], answers: Mapping[str, str]) -> list[str]:
    """Those of ``names`` that the answer to the exercise ``name`` mentions, in the order of mention."""
    words = dict.fromkeys(WORD.findall(answers.get(name, "")))
    return [word for word in words if word in names and word != name]


def called_by(name: str, names: Collection[str], answers: Mapping[str, str]) -> list[str]:
    """The same, and those that these mention, and so on."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        new = [one for one in mentioned_by(waiting.pop(), names, answers) if one not in found and one != name]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)


def of_several_definitions(report: Report, answers: Mapping[str, str]) -> Report:
    """The report, which says of an answer that was written, and defined again as released below, what is in its way."""
    name = report.exercise
    times = len(re.findall(rf"^\s*def {name}\(", answers.get(name, ""), re.MULTILINE))
    if report.verdict != "not_implemented" or times < 2:
        return report
    headline = (
        f"{name} is defined {times} times in its cells, and the last definition, which counts, raises "
        "NotImplementedError: delete that one."
    )
    return replace(report, headline=headline)
