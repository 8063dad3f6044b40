"""Results of the wrong form: a shape, a type, a dtype, keys that are missing, values in the wrong order."""

from collections.abc import Iterator

import numpy as np

from autograder.causes.evidence import Cause, Evidence, is_finite, leaves
from autograder.domain import Domain

NEARLY = 0.01


def nothing(evidence: Evidence) -> Iterator[Cause]:
    """A function that never returns anything."""
    values = [evidence.outcomes[index].value for index in evidence.returned]
    if values and all(value is None for value in values):
        yield Cause("returns_nothing", "Nothing is returned: is a return missing, or on another path?")


def no_verdict(evidence: Evidence) -> Iterator[Cause]:
    """A number in every call, where True or False is asked for."""
    values = [evidence.outcomes[index].value for index in evidence.returned]
    asked = all(isinstance(outcome.value, bool) for outcome in evidence.probes.expected)
    if asked and values and all(isinstance(value, float | np.floating) for value in values):
        yield Cause("no_verdict", "The result is a number, and should be True or False: with what must it be compared?")


def too_strict(evidence: Evidence) -> Iterator[Cause]:
    """Verdicts of which those that should be False are, and some of those that should be True as well."""
    verdicts = {True: set(), False: set()}
    for expected, got in zip(evidence.probes.expected, evidence.outcomes, strict=False):
        if not isinstance(expected.value, bool) or not isinstance(got.value, bool | np.bool_):
            return
        verdicts[expected.value].add(bool(got.value))
    if verdicts == {True: {True, False}, False: {False}}:
        yield Cause("too_strict", f"What is wrong fails, as it should, and {_told_of_refused(evidence)}")


def too_lenient(evidence: Evidence) -> Iterator[Cause]:
    """Verdicts of which some that should be False are not, whatever becomes of those that should be True."""
    calls = [index for index in sorted(evidence.own) if index in evidence.returned]
    pairs = [(evidence.probes.expected[index].value, evidence.outcomes[index].value) for index in calls]
    if len(calls) < len(evidence.own) or not all(isinstance(v, bool | np.bool_) for pair in pairs for v in pair):
        return
    passed = [index for index, (expected, got) in zip(calls, pairs, strict=True) if got and not expected]
    if passed:
        probes = evidence.probes
        cases = dict.fromkeys(_detail(evidence, i) or probes.cases[probes.case_of[i]].sentence for i in passed)
        refused = any(expected and not got for expected, got in pairs)
        also = f" And {_told_of_refused(evidence)}" * refused
        asked = " Is a bound too wide, or something never compared?" * (len(cases) > 1)
        yield Cause("too_lenient", f"What should fail passes where the case is: {'; '.join(cases)}.{asked}{also}")


def _detail(evidence: Evidence, index: int) -> str:
    """What the words of a call say after a colon, which sets it apart from the other calls of its case."""
    return evidence.probes.calls[index].told.partition(": ")[2]


def _told_of_refused(evidence: Evidence) -> str:
    """What those have in common that should be True and are not: what is said of none that is."""
    of, verdicts = {True: {}, False: {}}, set()
    for index in sorted(evidence.own):
        if evidence.probes.expected[index].value is True:
            details = filter(None, _detail(evidence, index).split(", "))
            verdicts.add(bool(evidence.outcomes[index].value))
            of[bool(evidence.outcomes[index].value)].update(dict.fromkeys(details))
    details = [detail for detail in of[False] if detail not in of[True]] if True in verdicts else []
    how_much = "some of what is" if True in verdicts else "all that is"
    return (
        f"{how_much} right fails too{', where ' * bool(details)}{' or '.join(details)}: is a bound so narrow that "
        "chance decides, or is something asked for that the right ones need not have?"
    )


def containers(evidence: Evidence) -> Iterator[Cause]:
    """The type or the order of the results, where that is wrong in every call that fails."""
    yield from _of_form(evidence, ("type", "order"))


def forms(evidence: Evidence) -> Iterator[Cause]:
    """A shape or a dtype that is wrong in every call that fails."""
    yield from _of_form(evidence, ("type", "shape", "dtype", "order"))


def _of_form(evidence: Evidence, properties: tuple[str, ...]) -> Iterator[Cause]:
    failing = [index for index in evidence.failing if index in evidence.returned]
    found = [evidence.probes.difference(index, evidence.outcomes) for index in failing]
    if found and all(difference is not None and difference.property in properties for difference in found):
        sentence = found[0].sentence
        yield Cause(f"form_{found[0].property}", sentence[0].upper() + sentence[1:].rstrip(".") + ".")


def not_finite(evidence: Evidence) -> Iterator[Cause]:
    """Results that are nan or infinite in every call that fails."""
    got = [leaves(evidence.outcomes[index].value) for index in evidence.failing if index in evidence.returned]
    if got and len(got) == len(evidence.failing) and not any(all(map(is_finite, values)) for values in got):
        told = (
            "It is right but where something comes out as nan or infinite: a number overflows, or it is 0 / 0, 0 times "
        )
        yield Cause(
            "not_finite", f"{told}infinity, or the logarithm of 0 on the way. Which step is it, and is it needed?"
        )


def approximation(evidence: Evidence) -> Iterator[Cause]:
    """Results that are all nearly right, and not by rounding."""
    calls = [index for index in evidence.failing if index in evidence.returned]
    pairs = [(leaves(evidence.probes.expected[i].value), leaves(evidence.outcomes[i].value)) for i in calls]
    if len(calls) == len(evidence.failing) and all(_nearly(expected, got) for expected, got in pairs):
        yield Cause(
            "approximation",
            f"All results are right to within {100 * NEARLY:g} %, and no better: is a step too coarse, a constant "
            "given with too few digits, or something computed in float32?",
        )


def _nearly(expected: list, got: list) -> bool:
    if not all(isinstance(value, np.ndarray | np.generic | float) for value in [*expected, *got]):
        return False
    if [np.shape(value) for value in expected] != [np.shape(value) for value in got]:
        return False
    return all(np.allclose(g, e, rtol=NEARLY, atol=0) for e, g in zip(expected, got, strict=True))


def mixing(evidence: Evidence) -> Iterator[Cause]:
    """Entries of the result that change with an entry of the arguments which they should not depend on."""
    calls = evidence.of_kind("again")
    if len(calls) < 3 or not all(index in evidence.returned for index in calls):
        return
    (one, other), (got, got_other) = (
        [leaves(outcome.value) for outcome in outcomes]
        for outcomes in ([evidence.probes.expected[i] for i in calls[:2]], [evidence.outcomes[i] for i in calls[:2]])
    )
    if not len(one) == len(other) == len(got) == len(got_other):
        return
    for e, f, g, h in zip(one, other, got, got_other, strict=True):
        arrays = [np.asarray(value) for value in (e, f, g, h)]
        if len({a.shape for a in arrays}) == 1 and all(a.dtype.kind in "iuf" for a in arrays) and arrays[0].size > 1:
            stays = arrays[0] == arrays[1]
            # what has been changed
            if Domain(evidence.probes.exercise.takes).has_any_shape:
                stays.flat[-1] = False
            else:
                stays[-1] = False
            if stays.any() and not stays.all() and not np.allclose(arrays[2][stays], arrays[3][stays], 1e-9, 1e-12):
                yield Cause(
                    "mixing",
                    "Entries of the result depend on entries of the arguments that are none of theirs: something is "
                    "decided or computed once for a whole array (a mean, a maximum, a norm, a sum, a matrix product) "
                    "where each entry, or each sample, stands alone.",
                )
                return


def memory(evidence: Evidence) -> Iterator[Cause]:
    """Whether the same call gives something else when it is repeated."""
    calls = evidence.of_kind("again")
    if len(calls) < 3:
        return
    first, between, last = (evidence.outcomes[index] for index in calls)
    expected = [evidence.probes.expected[index].value for index in calls]
    forgets = first.status != last.status or not _equal(first.value, last.value)
    remembers = _equal(first.value, between.value) and first.status == "returned" and not _equal(*expected[:2])
    if forgets or (remembers and evidence.verdicts[calls[0]] == "pass") or _repeats_earlier(evidence):
        yield Cause(
            "memory",
            "What a call returns depends on the calls before it: something is kept between calls (a global variable, a "
            "default argument that is changed, an attribute), or drawn at random.",
        )


def _repeats_earlier(evidence: Evidence) -> bool:
    """Whether every call that fails gives what an earlier one, with other arguments, has rightly given."""
    rightly = {}
    for index in evidence.returned:
        if evidence.verdicts[index] == "pass":
            rightly.setdefault(repr(_plain(evidence.outcomes[index].value)), index)
    failing = [repr(_plain(evidence.outcomes[index].value)) for index in evidence.failing]
    repeated = [rightly.get(value, index) < index for value, index in zip(failing, evidence.failing, strict=True)]
    return len(repeated) > 1 and all(repeated)


def _equal(one, other) -> bool:
    return repr(_plain(one)) == repr(_plain(other))


def _plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
