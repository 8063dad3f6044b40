"""What a student is told of an answer: all that the public cases have found, and a few bits of the hidden ones.

A student's process may put whatever it was given into a message, the name of an exception, a warning, the number of a
line, a dtype, a shape, or the factor by which a value is wrong. So nothing of the kind is shown that comes from hidden
cases. They decide the points, and are told by these alone, in words that stand in this module:

- of an answer that passes them all: nothing;
- of each other answer: how it ended (``VERDICTS``), which cases passed, and ``DIFFERENCES`` of the first that did not,
  where the public cases show no fault.

``most_bits`` counts what that can carry. What is wrong is told from the public cases (see ``public_cases``), whose
numbers the notebook's check shows anyway. Instructors see both, in the results.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from math import log2

from autograder.box.sealed import SEALED
from autograder.grading.judging.testcells import NOISY, NOT_TAMPER_PROOF, PARTIAL
from autograder.report import CaseResult, Report

VERDICTS = ("fail", "timeout", "not_implemented", "grader_error")  # "pass" is worth all points, "skipped" is a "fail"
DIFFERENCES = {
    "raised": "it raises an exception",
    "type": "the result has the wrong type",
    "order": "the values are right, but in another order",
    "shape": "the result has the wrong shape",
    "dtype": "the result has the wrong dtype",
    "finite": "the result is not finite where it should be",
    "mutated": "the values are right, but an input was changed in place",
    "shared": "the values are right, but the result shares memory with an input",
    "crashed": "the Python process ended, or its answer could not be read",
}
OTHER_VALUES = "the values are wrong"
OTHER_NUMBERS = "With the numbers in your notebook this passes, with others it does not"
ENDLESS = "no answer in time"
LIMITS = ("call_seconds", "function_seconds", "submission_seconds", "callbacks")
LIMIT = re.compile(rf"\d[\d.e+]* (?:s of processor time|s by the clock|calls)[ a-z]* \((?:{'|'.join(LIMITS)})\)")
UNCALLED = "{} could not be called with other numbers than those in your notebook."
OUR_HEADLINES = ("skipped", "not_implemented")  # verdicts whose headline we have written

# the kinds of errors in an instructor's own test cell that are told apart
ERRORS = ("AssertionError", "AttributeError", "IndexError", "KeyError", "NameError", "TypeError", "ValueError")
DOTTED = re.compile(rf"(?:{'|'.join(SEALED)})(?:\.\w+){{0,4}}")


def for_student(report: Report, public: Report | None = None) -> Report:
    """The report without anything that tells what the hidden inputs and the expected values were.

    Parameters
    ----------
    report : of the hidden cases.
    public : of the public cases of the same exercise, where they were run.
    """
    if NOT_TAMPER_PROOF in report.notes:
        return _test(report)
    if report.passed:
        return _passed(report, public)
    told = replace(report, verdict=_verdict(report, public), headline=_headline(report, public), diagnosis=None)
    if public is None or report.verdict in ("not_implemented", "grader_error"):
        return replace(told, cases=_cases(report, None), notes=())
    diagnosis = public.diagnosis if not public.passed and report.verdict != "skipped" else None
    return replace(told, cases=_cases(report, public), diagnosis=diagnosis, notes=public.notes)


def most_bits(own: int, corners: int) -> float:
    """How many bits of its hidden inputs a report that ``for_student`` returns can carry at most.

    Parameters
    ----------
    own, corners : how many cases of its own, and how many corners, the exercise has.
    """
    # corners are judged where all cases of its own pass; an answer that ends without cases shows none
    patterns = 2**own + 2**corners + 1
    return log2(len(VERDICTS)) + log2(patterns) + log2(len(DIFFERENCES) + 1 + 2 * len(LIMITS))


def library_name(said: str, sources: Iterable[str]) -> str:
    """The name of something in our library, if ``sources`` spell it out: a box may say anything; else empty."""
    text = "\n".join(sources)
    known = DOTTED.fullmatch(said) and all(re.search(rf"\b{word}\b", text) for word in said.split("."))
    return said if known else ""


def _test(report: Report) -> Report:
    """The report of an instructor's own test cell: its message and its line may be those of a hidden test."""
    kind = re.match(r"\w+", report.headline)
    stopped = _limit(report.headline) if report.verdict == "timeout" else "it stopped"
    headline = f"{stopped} with {kind[0]}" if kind and kind[0] in ERRORS else stopped
    headline = next((text for text in (NOISY, PARTIAL) if report.headline.startswith(text)), headline)
    headline = "" if report.verdict in ("pass", "grader_error") else headline
    return replace(report, headline=headline, score=round(report.score, 2))


def _passed(report: Report, public: Report | None) -> Report:
    """A pass, of which only the public cases may say that it follows another convention."""
    variant = public.diagnosis if public and public.passed else None
    return replace(report, headline="", cases=_cases(report, None), diagnosis=variant, notes=())


def _verdict(report: Report, public: Report | None) -> str:
    if report.verdict not in ("fail", "error"):
        return report.verdict
    return public.verdict if public and public.verdict in ("fail", "error", "timeout") else "fail"


def _headline(report: Report, public: Report | None) -> str:
    if report.verdict in OUR_HEADLINES:
        return report.headline
    if report.cases or report.verdict == "grader_error":  # of which the report says whose fault it is
        return ""
    return public.headline if public and not public.cases else UNCALLED.format(report.exercise)


def _cases(report: Report, public: Report | None) -> tuple[CaseResult, ...]:
    """The hidden cases, told by the public ones: those that pass by a mark, those that fail as the public ones do."""
    known = {case.sentence: case for case in public.cases} if public else {}
    told, is_explained = [], False
    for case in report.cases:
        shown = known.get(case.sentence)
        if case.verdict in ("pass", "skipped"):
            told.append(CaseResult(case.sentence, case.verdict, kind=case.kind))
        elif shown and shown.explanation:
            told.append(shown)
            is_explained = True
        else:
            told.append(CaseResult(case.sentence, "timeout" if case.verdict == "timeout" else "fail", kind=case.kind))
    if is_explained or report.verdict == "skipped":
        return tuple(told)
    failed = next((i for i, case in enumerate(report.cases) if case.explanation), None)
    if failed is not None:
        told[failed] = replace(told[failed], explanation=_words(report.cases[failed], public))
    return tuple(told)


def _limit(said: str) -> str:
    """Which limit of time was reached: the words are ours, and the numbers the course's."""
    found = LIMIT.search(said)
    return f"{ENDLESS}: {found[0]}" if found else ENDLESS


def _words(case: CaseResult, public: Report | None) -> str:
    if case.verdict == "timeout":
        return _limit(case.explanation)
    words = DIFFERENCES.get(case.property, OTHER_VALUES)
    return f"{OTHER_NUMBERS}: {words}" if public else words
