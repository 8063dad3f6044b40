"""A listed mistake and another in one value: an answer that stands in a plain relation to what the listed one gives."""

import time
from collections.abc import Iterator

from autograder.causes.evidence import Cause, Evidence, Result
from autograder.causes.relations import plainly_related
from autograder.exercise import Form

SECONDS = 0.2  # of the processor
FEWEST = 3  # calls
# The relations that are mistakes of their own; others fit too much.
SIZES = {"divided_by_size", "not_divided_by_size", "divided_by_root", "times_root", "another_size"}
PLAIN = {"wrong_sign", "transposed", "factor"} | SIZES


def compounded(evidence: Evidence) -> Iterator[Cause]:
    """The first listed mistake to which something comes on top, in each of the results that are wrong."""
    began = time.process_time()
    for form in evidence.probes.exercise.misconceptions:
        if time.process_time() - began > SECONDS:
            return
        found = [_on_top(evidence, form, name) for name in evidence.wrong]
        if found and all(found):
            told = dict(zip(evidence.wrong, found, strict=True))
            of_each = [f"{name} {sentence}" for name, sentence in told.items()] if len(told) > 1 else found
            then = " And what would then come out " if len(told) == 1 else " And beside what would then come out, "
            yield Cause("compounded", f"Two mistakes at once. {form.sentence}{then}{' '.join(of_each)}")
            return


def _on_top(evidence: Evidence, form: Form, name: str) -> str | None:
    """What relates the result of that name to that of the form, in words."""
    calls = []
    for call in evidence.results[name]:
        outcome = evidence.probes.outcome_of(form.function, call.index)
        of_form = evidence.part(name, outcome.value) if outcome.status == "returned" else None
        if of_form is not None and len(of_form) == len(call.got):
            calls.append(Result(call.index, call.inputs, tuple(of_form), call.got))
    if len(calls) < max(FEWEST, len(evidence.results[name]) / 2):
        return None
    return next((cause.sentence for cause in plainly_related(evidence, calls) if cause.name in PLAIN), None)
