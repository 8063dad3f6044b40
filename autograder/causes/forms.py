"""Results of the wrong form: a shape, a type, a dtype, keys that are missing, values in the wrong order."""

from collections.abc import Iterator

import numpy as np

from autograder.causes.evidence import Cause, Evidence

FORMS = ("type", "shape", "dtype", "order")


def forms(evidence: Evidence) -> Iterator[Cause]:
    """The form that is wrong in every call that fails."""
    found = [evidence.probes.difference(i, evidence.outcomes[i]) for i in evidence.failing if i in evidence.returned]
    if not found or any(difference is None or difference.property not in FORMS for difference in found):
        return
    first = found[0]
    yield Cause(f"form_{first.property}", first.sentence[0].upper() + first.sentence[1:].rstrip(".") + ".")


def memory(evidence: Evidence) -> Iterator[Cause]:
    """Whether the same call gives something else when it is repeated."""
    probes = evidence.probes
    calls = [i for i, of in enumerate(probes.case_of) if probes.cases[of].kind == "again"]
    if len(calls) < 3:
        return
    first, between, last = (evidence.outcomes[index] for index in calls)
    expected = [evidence.probes.expected[index].value for index in calls]
    forgets = first.status != last.status or not _equal(first.value, last.value)
    remembers = _equal(first.value, between.value) and first.status == "returned" and not _equal(*expected[:2])
    if forgets or (remembers and evidence.verdicts[calls[0]] == "pass"):
        yield Cause(
            "memory",
            "What a call returns depends on the calls before it: something is kept between calls (a global variable, a "
            "default argument that is changed, an attribute), or drawn at random.",
        )


def _equal(one, other) -> bool:
    return repr(_plain(one)) == repr(_plain(other))


def _plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
