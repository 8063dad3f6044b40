"""What a student is told of the hidden cases: our own words, and what stands in the student's own code.

What we say of a difference holds expected values. What the student's process says (messages, printed text, warnings,
names of exceptions) may spell out the inputs that it was given. The instructor sees both, in the results; the pages
that students get show neither.
"""

import builtins
import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from autograder.box.sealed import SEALED
from autograder.grading.judging.testcells import NOISY, NOT_TAMPER_PROOF, PARTIAL
from autograder.kinds import ADVICE
from autograder.report import CaseResult, Diagnosis, Report

DIFFERENCES = {
    "type": "the result has the wrong type",
    "order": "the values are right, but in another order",
    "shape": "the result has the wrong shape",
    "dtype": "the result has the wrong dtype",
    "finite": "the result is not finite where it should be",
    "mutated": "the values are right, but an input was changed in place",
    "shared": "the values are right, but the result shares memory with an input",
    "sign": "every entry has the wrong sign",
    "scale": "every entry is too large or too small by the same factor",
    "transpose": "the result is transposed",
    "axis": "an axis of the result is reversed",
    "timeout": "no answer in time",
    "crashed": "the Python process ended, or its answer could not be read",
}
OTHER_VALUES = "the values are wrong"
ELSEWHERE = "The numbers of hidden cases are not shown; check in your notebook shows those of the visible ones."
OUR_HEADLINES = ("pass", "skipped", "not_implemented")
BORROWED = "{} uses the course's own library, which is what you are to write here: no points."

ERRORS = {name for name in dir(builtins) if name.endswith(("Error", "Exception", "Exit", "Interrupt", "Iteration"))}
ERRORS |= {"LinAlgError", "TooLarge"}
WARNING = re.compile(r"NumPy or Python warned: (?:divide by zero|overflow|underflow|invalid value) encountered in (.+)")
VALUE = re.compile(r"`\w+`")  # the name of one of several values, with which our own sentence begins
NUMBER = re.compile(r"(?<![\w.=])-?\d[\d.]*(?:e[-+]?\d+)?")  # in no name, and no default, which everybody can read
DOTTED = re.compile(rf"(?:{'|'.join(SEALED)})(?:\.\w+){{0,4}}")


def for_student(report: Report, answer: str) -> Report:
    """The report without anything that tells what the hidden inputs and the expected values were.

    Parameters
    ----------
    answer : the source of the student's solution cell, which may be quoted.
    """
    if NOT_TAMPER_PROOF in report.notes:
        return _test(report)
    cases = tuple(_case(case, answer) for case in report.cases)
    notes = [note for note in report.notes if (said := WARNING.fullmatch(note)) and _is_numpys(said[1])]
    notes += [ELSEWHERE] if any(case.explanation for case in cases) else []
    diagnosis = _diagnosis(report.diagnosis)
    return replace(report, headline=_headline(report, answer), cases=cases, diagnosis=diagnosis, notes=tuple(notes))


def library_name(said: str, sources: Iterable[str]) -> str:
    """The name of something in our library, if ``sources`` spell it out: a box may say anything; else empty."""
    text = "\n".join(sources)
    known = DOTTED.fullmatch(said) and all(re.search(rf"\b{word}\b", text) for word in said.split("."))
    return said if known else ""


def _test(report: Report) -> Report:
    """The report of an instructor's own test cell: its message and its line may be those of a hidden test."""
    kind = re.match(r"\w+", report.headline)
    known = kind and kind[0] in ERRORS
    stopped = DIFFERENCES["timeout"] if report.verdict == "timeout" else "it stopped"
    headline = f"{stopped} with {kind[0]}" if known else stopped
    headline = next((text for text in (NOISY, PARTIAL) if report.headline.startswith(text)), headline)
    return replace(report, headline="" if report.verdict in ("pass", "grader_error") else headline)


def _case(case: CaseResult, answer: str) -> CaseResult:
    if not case.explanation:
        return replace(case, reproduce="")
    if case.property in ("raised", "not_implemented"):
        text = _error(case.explanation, answer)
    else:
        text = DIFFERENCES.get(case.property, OTHER_VALUES)
        if value := VALUE.match(case.explanation):
            text = f"{value[0]}: {text}".replace(": the result", "")
        if case.property == "type":
            text += "".join(f": {words}" for words in ADVICE if case.explanation.endswith(words))
    return replace(case, explanation=text, reproduce="")


def _diagnosis(diagnosis: Diagnosis | None) -> Diagnosis | None:
    """A cause that was derived from the hidden calls may hold their numbers, or be what the box said of a value."""
    if diagnosis is None or diagnosis.kind != "derived":
        return diagnosis
    if diagnosis.name.startswith("form_"):  # of which the case tells as much as may be told
        return None
    words = NUMBER.sub(lambda number: number[0] if len(number[0].rstrip(".")) == 1 else "...", diagnosis.sentence)
    return replace(diagnosis, sentence=words)


def _error(said: str, answer: str) -> str:
    """The kind of an error and the line of the answer that it came from, as far as both are known from outside."""
    kind = next((word for word in re.findall(r"\w+(?=:)", said) if word in ERRORS), "an exception")
    text = f"it raised {kind}"
    number, line = re.search(r"(?:\(line (\d{1,6}): ([^\n]*)\))?\Z", said).groups()
    lines = answer.splitlines()
    known = number and 0 < int(number) <= len(lines) and lines[int(number) - 1].strip() == line
    return f"{text} in line {number}: {line}" if known else text


def _headline(report: Report, answer: str) -> str:
    if report.verdict in OUR_HEADLINES or not report.headline:
        return report.headline
    if report.verdict == "grader_error":
        return ""  # the report says whose fault it is
    name = report.exercise
    _, keep, signature = report.headline.rpartition(". Keep the signature ")
    if keep:
        own = re.search(rf"^def\s+{re.escape(name)}\s*(\([^()]*\))", answer, re.MULTILINE)
        defined = f", but it is defined as {name}{own[1]}" if own else ""
        return f"{name} cannot be called with the inputs of the exercise{defined}. Keep the signature {signature}"
    _, define, signature = report.headline.rpartition(". Define ")
    if define:
        _, stopped, error = report.headline.partition("its cell stopped with ")
        why = f"in its cell {_error(error.rpartition('. Define ')[0], answer)}" if stopped else "nothing defines it"
        return f"no function {name} to call: {why}. Define {signature}"
    return BORROWED.format(name)


def _is_numpys(operation: str) -> bool:
    return hasattr(np, operation.removeprefix("scalar "))
