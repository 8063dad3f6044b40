"""Name the mistake: a known form that did exactly what the student's function did, or a cause that explains it."""

import contextlib
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import islice

from autograder.box.wire import WireError, encode
from autograder.call import Outcome
from autograder.causes.compounded import compounded
from autograder.causes.conditions import conditions
from autograder.causes.confused import confused
from autograder.causes.corner_causes import conduct_causes, corner_causes
from autograder.causes.errors import errors
from autograder.causes.evidence import FINGERPRINT, Cause, Evidence
from autograder.causes.forms import (
    approximation,
    containers,
    forms,
    memory,
    mixing,
    no_verdict,
    not_finite,
    nothing,
    too_lenient,
    too_strict,
)
from autograder.causes.mostly import mostly
from autograder.causes.near_misses import near_misses, verdict_misses
from autograder.causes.parts import parts
from autograder.causes.proportions import proportions
from autograder.causes.regions import regions
from autograder.causes.relations import relations
from autograder.causes.substitutes import substitutes
from autograder.causes.together import each_call, each_result, several
from autograder.compare import same_outcome
from autograder.exercise import Form
from autograder.probes import Probes
from autograder.report import Diagnosis

MOST_CAUSES = 3  # that are told together
AT_ONCE = (proportions, mixing, forms, conditions)  # the searches that take no time
MOST_KNOWN = 1000  # different wrong answers to an exercise of which the causes are kept


def diagnose(
    probes: Probes, outcomes: Sequence[Outcome], verdicts: Sequence[str], *, derived: bool = True
) -> Diagnosis | None:
    """What explains the outcomes of the student's function, else None.

    Parameters
    ----------
    outcomes : what the student's function did with each of the calls of ``probes``, in the same order.
    verdicts : what each of them came to.
    derived : whether a cause is looked for where no form, or more than one, does the same.
    """
    exercise = probes.exercise
    judgements = [probes.judgement(index, outcomes) for index in range(len(outcomes))] if exercise.judge else None
    listed = [*exercise.misconceptions, *exercise.variants]
    order = sorted(range(len(outcomes)), key=lambda index: verdicts[index] == "pass")
    matches = [form for form in listed if behaves_like(form, probes, outcomes, judgements, order)]
    if not matches:
        matches = _alike_but_in_corners(probes, outcomes, judgements, verdicts)
    if len(matches) == 1:
        kind = "variant" if matches[0] in exercise.variants else "misconception"
        return Diagnosis(matches[0].name, matches[0].sentence, kind)
    if not derived:
        return None
    causes = _causes_once(probes, outcomes, verdicts)
    if not causes:
        return None
    return Diagnosis(causes[0].name, " ".join(cause.sentence for cause in causes), "derived")


def _causes_once(probes: Probes, outcomes: Sequence[Outcome], verdicts: Sequence[str]) -> list[Cause]:
    """The causes that are told; those of answers that do the same with the same calls are looked for once."""
    key = _digest(outcomes)
    if key in probes.causes:
        return probes.causes[key]
    causes = []
    with contextlib.suppress(Exception):  # whatever an answer has returned, the search for a cause costs it no verdict
        causes = _causes(Evidence(probes, outcomes, verdicts))
    if key and len(probes.causes) < MOST_KNOWN:
        probes.causes[key] = causes
    return causes


def _digest(outcomes: Sequence[Outcome]) -> bytes:
    """Names all that the outcomes hold of which a cause could be derived; empty when that is too much to look at."""
    told = [[o.status, o.value, o.error, o.message, list(o.mutated), list(o.shared)] for o in outcomes]
    try:
        return sha256(encode(told)).digest()
    except WireError:
        return b""


def _alike_but_in_corners(
    probes: Probes, outcomes: Sequence[Outcome], judgements: Sequence[tuple] | None, verdicts: Sequence[str]
) -> list[Form]:
    """The misconceptions that do as the student's function does in the cases of the exercise's own.

    There are as many ways to write one for arrays of any shape as there are shapes.
    """
    failing: dict[int, int] = {}  # the first call of each case that fails
    for index, verdict in enumerate(verdicts):
        if verdict != "pass" and not probes.kind_of(index):
            failing.setdefault(probes.case_of[index], index)
    own = [index for index in range(len(outcomes)) if not probes.kind_of(index)]
    if judgements is not None:  # what is random may differ after that call
        own = [index for index in own if index <= failing.get(probes.case_of[index], index)]
    elif _says_too_little(Evidence(probes, outcomes, verdicts)):
        return []
    listed = probes.exercise.misconceptions if failing else []
    return [form for form in listed if behaves_like(form, probes, outcomes, judgements, own)]


def _says_too_little(evidence: Evidence) -> bool:
    """Whether different mistakes may come to the same in the cases of the exercise's own: True, None, an exception."""
    return evidence.is_verdict or any(evidence.outcomes[index].status != "returned" for index in evidence.own)


def behaves_like(
    form: Form,
    probes: Probes,
    outcomes: Sequence[Outcome],
    judgements: Sequence[tuple] | None = None,
    order: Sequence[int] | None = None,
) -> bool:
    """Whether a form does the same as the outcomes on every call.

    Where a judge decides, ``judgements`` are its own, and the form's are the same; in corners, exceptions of one kind
    are the same. ``order`` are the numbers of the calls as they are compared: where an answer fails, most forms differ.
    """
    calls = range(len(outcomes)) if order is None else order
    if judgements is not None:
        return all(probes.judgement_of(form.function, index) == judgements[index] for index in calls)
    return all(_same(probes, probes.outcome_of(form.function, index), outcomes[index], index) for index in calls)


def _same(probes: Probes, one: Outcome, other: Outcome, index: int) -> bool:
    kind = probes.kind_of(index)
    if kind == "defaults" and other.error == "TypeError":  # it has lost its defaults, which forms do not need
        return True
    if kind and one.status == other.status == "raised":
        return one.error == other.error
    return same_outcome(one, other, FINGERPRINT)


def _causes(evidence: Evidence) -> list[Cause]:
    """The causes that are told: those of the first search that finds any, and what is changed that should not be."""
    if evidence.probes.exercise.judge:  # a value need not be the reference's
        return _first(evidence, (errors, forms, several, conduct_causes, conditions))
    if evidence.is_verdict:  # True, None or a word: too little to tell one cause from another by
        of_words = (several, too_strict, too_lenient, verdict_misses, confused)
        return _first(evidence, (nothing, no_verdict, errors, forms, *of_words, conduct_causes, conditions))
    if "" not in evidence.kinds:
        causes = list(memory(evidence)) or list(corner_causes(evidence))
        # of too many corners to guess from, what is changed or shared is at least seen
        return causes if len(causes) <= MOST_CAUSES else list(conduct_causes(evidence))
    # where all that is wrong overflows, many a change of the solution overflows too
    of_functions = (parts, not_finite, near_misses)
    of_results = (regions, each_result, each_call, compounded, proportions)
    of_values = (relations, substitutes, parts, not_finite, mostly, near_misses, *of_results)
    searches = [nothing, memory, errors, containers, *(of_values if evidence.is_about_values else of_functions)]
    conduct = list(conduct_causes(evidence))[:1]
    for search in [*searches, mixing, forms, conditions, approximation]:
        if evidence.is_out_of_time and search not in AT_ONCE:
            continue
        most = 1 if search in (substitutes, parts) else MOST_CAUSES
        if found := list(islice(search(evidence), most)):
            return [found[0], *conduct] if conduct else found
    return conduct


def _first(evidence: Evidence, searches: Sequence[Callable]) -> list[Cause]:
    """The first cause that one of the searches finds."""
    return list(islice((cause for search in searches for cause in search(evidence)), 1))
