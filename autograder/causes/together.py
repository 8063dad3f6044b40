"""Two mistakes at once, each of which explains some of what is returned, or some of the calls."""

import time
from collections import Counter
from collections.abc import Callable, Iterator

from autograder.box.attempt import observed
from autograder.call import Outcome
from autograder.causes.evidence import Cause, Evidence, Result, explains, leaves, same
from autograder.causes.near_misses import Edit, in_time, tried
from autograder.causes.relations import related, relations_by_result
from autograder.exercise import Form

MOST = 3  # mistakes that are told
SECONDS = 0.5  # of the processor, for what a judge says of all forms
MOST_KINDS = 2  # of edits that do the same


def each_result(evidence: Evidence) -> Iterator[Cause]:
    """For each of several wrong results, a mistake that explains it, whatever the others are."""
    if not evidence.wrong or (len(evidence.results) < 2 and not evidence.keys_of(evidence.wrong[0])):
        return
    found = relations_by_result(evidence)
    for form in evidence.probes.exercise.misconceptions:
        if len(found) < len(evidence.wrong):
            names = _results_of(evidence, lambda r, f=form.function: evidence.probes.outcome_of(f, r.index).value)
            if names and not names & found.keys():
                found |= dict.fromkeys(names, Cause(form.name, _in(names, form.sentence)))
    for name in [name for name in evidence.wrong if name not in found]:
        found |= _of_parts(evidence, name)
    left = [name for name in evidence.wrong if name not in found]
    if left:
        with observed():
            found |= _edits_by_result(evidence, left)
    causes = list(dict.fromkeys(found[name] for name in evidence.wrong if name in found))
    if causes:
        name = causes[0].name if len(causes) == 1 else "several"
        yield Cause(name, " ".join(cause.sentence for cause in causes[:MOST]))


def _of_parts(evidence: Evidence, name: str) -> dict[str, Cause]:
    """What is wrong with the one entry of a dict that is wrong."""
    calls = evidence.results[name]
    keys = evidence.keys_of(name)
    wrong = [place for place, _ in enumerate(keys) if not all(same(*_at(call, place)) for call in calls)]
    if len(wrong) != 1 or any(len(call.got) != len(keys) for call in calls):
        return {}
    (place,) = wrong
    parts = [Result(call.index, call.inputs, *_at(call, place)) for call in calls]
    told = f"Of {name}, only {keys[place]!r} is wrong"
    for argument in evidence.probes.exercise.parameters:
        if explains(parts, lambda r, a=argument: [r.inputs[a][keys[place]]]):
            return {name: Cause("not_updated", f"{told}: it is that of `{argument}`, unchanged.")}
    for cause in related(evidence, parts):
        return {name: Cause(cause.name, f"{told}: it {cause.sentence}")}
    return {}


def _at(call: Result, place: int) -> tuple[tuple, tuple]:
    return call.expected[place : place + 1], call.got[place : place + 1]


def _in(names, sentence: str) -> str:
    return f"In {' and '.join(sorted(names))}: {sentence}"


def _results_of(evidence: Evidence, value: Callable[[Result], object]) -> set[str]:
    """The results in which a function is wrong, if it is wrong there as the answer is; none if it is not."""
    wrong = set()
    for name, calls in evidence.results.items():
        if _explains(evidence, name, value):
            wrong.add(name)
        elif name in evidence.wrong:  # there may be another mistake
            continue
        elif not all(same(evidence.part(name, value(call)) or (), call.expected) for call in calls):
            return set()
    return wrong


def _explains(evidence: Evidence, name: str, value: Callable[[Result], object]) -> bool:
    return explains(evidence.results[name], lambda result: evidence.part(name, value(result)))


def _edits_by_result(evidence: Evidence, names: list[str]) -> dict[str, Cause]:
    """For each of these results what those edits change that do the same, of the first solution that has any."""
    kinds: dict[str, Counter] = {name: Counter() for name in names}
    first: dict[str, int] = {}
    for edit in tried(evidence):
        for name in [name for name in names if first.get(name, edit.of) == edit.of]:
            if in_time(edit.function, lambda n=name, e=edit: _explains(evidence, n, _value_of(evidence, e))):
                first[name] = edit.of
                kinds[name][edit.words] += 1
    found = {}
    for name in first:
        words = ", or ".join(words for words, _ in kinds[name].most_common(MOST_KINDS))
        found[name] = Cause("near_miss", f"In {name} one change of a way to write it does the same as yours: {words}.")
    return found


def _value_of(evidence: Evidence, edit: Edit) -> Callable[[Result], object]:
    def value(result):
        try:
            return edit.function(*evidence.given(result.index))
        except Exception as error:  # edits may raise anything
            raise ValueError from error

    return value


def several(evidence: Evidence) -> Iterator[Cause]:
    """Listed mistakes that together are wrong in just those calls in which the answer is, and in the same way."""
    yield from _together(evidence, _of_forms(evidence))


def each_call(evidence: Evidence) -> Iterator[Cause]:
    """The same, and mistakes that are one change of a right answer."""
    found = _of_forms(evidence)
    with observed():
        for edit in tried(evidence):
            of_edit = in_time(edit.function, lambda e=edit: _calls_of(evidence, _wrong_of(evidence, e)))
            if of_edit:
                cause = Cause("near_miss", f"In one way to write it, one change does the same: {edit.words}.")
                found.setdefault(cause, of_edit)
    yield from _together(evidence, found)


def _together(evidence: Evidence, found: dict[Cause, set[int]]) -> Iterator[Cause]:
    """The fewest of the mistakes, as far as that is soon seen, of which each call that fails has one."""
    left = {index for index in evidence.own if index in evidence.failing}
    if not left or not left <= set(evidence.returned):
        return
    told: list[Cause] = []
    while left and len(told) < MOST:
        best = max(found, key=lambda cause: len(found[cause] & left), default=None)
        if best is None or not found[best] & left:
            return
        told.append(best)
        left -= found[best]
    if not left:
        name = told[0].name if len(told) == 1 else "several"
        yield Cause(name, " ".join(cause.sentence for cause in told))


def _of_forms(evidence: Evidence) -> dict[Cause, set[int]]:
    """The listed mistakes, and the calls in which each is wrong as the answer is."""
    probes = evidence.probes
    found = {}
    began = time.process_time()
    for form in probes.exercise.misconceptions:
        if probes.exercise.judge and time.process_time() - began > SECONDS:
            break
        if probes.exercise.judge:
            is_wrong = _judged(evidence, form)
        else:
            is_wrong = _compared(evidence, lambda index, f=form.function: probes.outcome_of(f, index))
        if calls := _calls_of(evidence, is_wrong):
            found[Cause(form.name, form.sentence)] = calls
    return found


# Whether a function is wrong in a call as the answer is; None where it is right.
Asked = Callable[[int], bool | None]


def _calls_of(evidence: Evidence, is_wrong_alike: Asked) -> set[int]:
    """The calls of the exercise's own in which a function is wrong as the answer is; none if it is wrong otherwise."""
    explained = set()
    for index in evidence.own:
        is_alike = is_wrong_alike(index)
        if is_alike is False:
            return set()
        if is_alike:
            explained.add(index)
    return explained


def _judged(evidence: Evidence, form: Form) -> Asked:
    def asked(index):
        judgement = evidence.probes.judgement_of(form.function, index)
        is_right = judgement[0] == "returned" and judgement[-1] is None
        return None if is_right else judgement == evidence.judgements[index]

    return asked


def _compared(evidence: Evidence, outcome_of: Callable[[int], Outcome]) -> Asked:
    def asked(index):
        outcome, got = outcome_of(index), evidence.outcomes[index]
        if outcome.status == "returned" and evidence.probes.is_right(index, outcome):
            return None
        if outcome.status != got.status or outcome.error != got.error:
            return False
        return outcome.status != "returned" or same(leaves(outcome.value), leaves(got.value))

    return asked


def _wrong_of(evidence: Evidence, edit: Edit) -> Asked:
    def outcome(index):
        try:
            return Outcome("returned", edit.function(*evidence.given(index)))
        except Exception as error:  # edits may raise anything
            return Outcome("raised", error=type(error).__name__)

    return _compared(evidence, outcome)
