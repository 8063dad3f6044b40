"""A known mistake in all of the exercise's cases but one, in which something else is done."""

from collections.abc import Iterator

from autograder.causes.evidence import Cause, Evidence, leaves, same
from autograder.exercise import Form

FEWEST = 2  # cases that a mistake has to explain


def mostly(evidence: Evidence) -> Iterator[Cause]:
    """The one listed mistake that does as the answer does in all cases but one.

    Who divides by the wrong number may take a corner into account that another with the same mistake does not.
    """
    probes = evidence.probes
    cases = {probes.case_of[index] for index in evidence.own}
    if not {index for index in evidence.own if index in evidence.failing} <= set(evidence.returned):
        return
    found = []
    for form in probes.exercise.misconceptions:
        others = _cases_that_differ(evidence, form)
        failing = {probes.case_of[i] for i in evidence.own if i in evidence.failing} - others
        if len(others) == 1 and len(failing) >= max(FEWEST, len(cases) / 2):
            found.append((form, probes.cases[others.pop()].sentence))
    if len(found) == 1:
        ((form, case),) = found
        yield Cause(form.name, f"{form.sentence} That is so in all cases but one: {case}.")


def _cases_that_differ(evidence: Evidence, form: Form) -> set[int]:
    """The cases in which a form does something else than the answer; no more than two are looked for."""
    probes, others = evidence.probes, set()
    for index in evidence.own:
        if probes.case_of[index] in others:
            continue
        outcome, got = probes.outcome_of(form.function, index), evidence.outcomes[index]
        if outcome.status != "returned" or not same(leaves(outcome.value), leaves(got.value)):
            others.add(probes.case_of[index])
            if len(others) > 1:
                break
    return others
