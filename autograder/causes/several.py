"""Verdicts that are wrong wherever one of a few listed mistakes is, or of which a few are taken for another."""

from collections.abc import Iterator

from autograder.causes.evidence import FINGERPRINT, Cause, Evidence
from autograder.compare import same_outcome
from autograder.exercise import Form

MOST = 3


def several(evidence: Evidence) -> Iterator[Cause]:
    """Listed mistakes that together are wrong in just those calls in which the answer is, and in the same way."""
    left = {index for index in evidence.own if evidence.verdicts[index] != "pass"}
    if not left <= set(evidence.returned):
        return
    of_forms = {form: _explained(form, evidence) for form in evidence.probes.exercise.misconceptions}
    found: list[Form] = []
    while left and len(found) < MOST:
        best = max(of_forms, key=lambda form: len(of_forms[form] & left), default=None)
        if best is None or not of_forms[best] & left:
            return
        found.append(best)
        left -= of_forms[best]
    if found and not left:
        name = found[0].name if len(found) == 1 else "several"
        yield Cause(name, " ".join(form.sentence for form in found))


def _explained(form: Form, evidence: Evidence) -> set[int]:
    """The calls in which a form is wrong as the answer is; none if it is wrong in another."""
    explained = set()
    for index in sorted(evidence.own, key=lambda i: evidence.verdicts[i] != "pass"):
        outcome = evidence.probes.outcome_of(form.function, index)
        if outcome.status == "returned" and evidence.probes.is_right(index, outcome):
            continue
        if not same_outcome(outcome, evidence.outcomes[index], FINGERPRINT):
            return set()
        explained.add(index)
    return explained


def confused(evidence: Evidence) -> Iterator[Cause]:
    """Words that stand where a few others are due."""
    calls = [i for i in evidence.own if i in evidence.returned and isinstance(evidence.probes.expected[i].value, str)]
    pairs = [(evidence.probes.expected[i].value, evidence.outcomes[i].value) for i in calls]
    wrong = dict.fromkeys((word, got) for word, got in pairs if isinstance(got, str) and word != got)
    if wrong and len(wrong) <= MOST and not any(evidence.verdicts[i] != "pass" for i in {*evidence.own} - {*calls}):
        due = {word: " or ".join(f"`{got}`" for one, got in wrong if one == word) for word, _ in wrong}
        told = [
            f"where `{word}` is due it is {'at times ' * ((word, word) in pairs)}{got}" for word, got in due.items()
        ]
        yield Cause(
            "confused",
            f"The answer is right but for this: {', and '.join(told)}. Which number tells the one from the other, is "
            "it compared with too wide or too narrow a bound, and does an earlier question get in its way?",
        )
