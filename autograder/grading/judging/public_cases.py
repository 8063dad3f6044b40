"""What a student is told of a wrong answer: what the cases that the notebook's check shows have found, run once more.

They run in boxes in which no hidden case has ever been, so that nothing that comes out of them, however a student has
chosen it, can tell what the hidden inputs were.
"""

from collections.abc import Mapping
from dataclasses import replace

from autograder.check import VISIBLE
from autograder.grading.isolation.sandbox import Limits
from autograder.report import Report

CLEAR = ("timeout", "not_implemented", "grader_error")  # verdicts that say all there is to say


def in_need_of_words(reports: Mapping[str, Report]) -> dict[str, int]:
    """The seeds of the public cases, by grade_id, of the reports that say more than that an answer is right."""
    return {
        check: VISIBLE
        for check, report in reports.items()
        if report.verdict not in CLEAR and not (report.passed and report.diagnosis is None)
    }


def public_limits(limits: Limits) -> Limits:
    """The limits of the public cases: together they may take as long as the cases of one function."""
    return replace(limits, submission_seconds=min(limits.submission_seconds, limits.function_seconds))


def with_causes(reports: Mapping[str, Report], public: Mapping[str, Report]) -> dict[str, Report]:
    """The reports, with the causes that were derived from the public cases where no known form explains them."""
    return {
        check: replace(report, diagnosis=cause)
        if not report.passed
        and report.diagnosis is None
        and (cause := public[check].diagnosis if check in public else None)
        and cause.kind == "derived"
        else report
        for check, report in reports.items()
    }
