"""What an answer has forgotten that is right but for some corners of the domain."""

from collections.abc import Iterator

import numpy as np

from autograder.causes.evidence import Cause, Evidence, is_finite, leaves

SMALL = 1.0  # magnitudes below it are small


def corner_causes(evidence: Evidence) -> Iterator[Cause]:
    """A cause for each kind of corner that fails; only for answers that are right elsewhere."""
    conduct = list(conduct_causes(evidence))
    yield from conduct
    for kind in dict.fromkeys(map(evidence.probes.kind_of, evidence.failing)):
        failing = [index for index in evidence.failing if evidence.probes.kind_of(index) == kind]
        if not conduct or not all(evidence.outcomes[index].status == "raised" for index in failing):
            yield Cause(f"corner_{kind}", OF_KIND[kind](evidence, failing))


def conduct_causes(evidence: Evidence) -> Iterator[Cause]:
    """What is changed or handed back that should not be; it may be refused where the argument is not as usual.

    What the reference does with an argument in any call, an answer may do too.
    """
    for kind, (what, text) in CONDUCT.items():
        names = sorted(_names(evidence.outcomes, what) - _names(evidence.probes.expected, what))
        asked = any(case.kind == kind for case in evidence.probes.cases)
        if names and asked:
            told = " and ".join(f"`{name}`" for name in names)
            yield Cause(f"corner_{kind}", text.format(names=told, verb="are" if names[1:] else "is"))


def _names(outcomes, what: str) -> set[str]:
    return {name.rstrip("=") for outcome in outcomes for name in getattr(outcome, what)}


CONDUCT = {
    "unchanged": ("mutated", "{names} {verb} changed in place. An argument belongs to the "
                  "caller: make a copy, or build a new array."),
    "new": ("shared", "A result is, or is a view of, the array in {names}: whoever changes "
            "one changes the other. Return a new array in every branch."),
}  # fmt: skip


def _told(evidence: Evidence, failing: list[int]) -> str:
    return " and for ".join(dict.fromkeys(evidence.probes.calls[index].told for index in failing))


def _integers(evidence, failing) -> str:
    text = "It is right for floats, and wrong for arrays of integers."
    if all(_is_cut(evidence, index) for index in failing):
        text += " Fractions are cut off: zeros_like, empty_like or a copy of an integer array holds integers. Make it a"
        text += " float array."
    elif any(evidence.outcomes[index].status == "raised" for index in failing):
        text += " Fractions cannot be written into an array of integers: make it a float array first."
    return text


def _is_cut(evidence, index) -> bool:
    got = leaves(evidence.outcomes[index].value)
    return any(isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iu" for leaf in got)


def _shapes(evidence, failing) -> str:
    if {"an array of one axis", "an array of three axes"} <= {evidence.probes.calls[index].told for index in failing}:
        return "It is right for arrays of two axes only: something counts on their shape."
    text = f"It is right elsewhere, and wrong for {_told(evidence, failing)}."
    if "equal length" in text or "square" in text:
        text += " Something is decided by the shape, or a transpose or a product over the wrong axis shows only there."
    return text


def _views(evidence, failing) -> str:
    return (
        f"It is wrong for {_told(evidence, failing)}: something counts on how an array lies in memory. reshape and "
        "ravel of such an array are copies, and what is written into a copy is lost."
    )


def _magnitudes(evidence, failing) -> str:
    told = [evidence.probes.calls[index].told for index in failing]
    sizes = [float(text.rpartition(" ")[2]) for text in told]
    text = f"It is right for numbers of order 1, and wrong for {_told(evidence, failing)}."
    if max(sizes) < SMALL:
        return text + " A constant is added, subtracted or compared with that is no longer small beside them."
    raised = any(evidence.outcomes[index].status == "raised" for index in failing)
    if min(sizes) > SMALL and (raised or any(_is_not_finite(evidence, index) for index in failing)):
        return text + " Something overflows, or takes the logarithm of 0, on the way to a finite result."
    if min(sizes) > SMALL:
        return text + " Large values are cut off or treated in another way."
    return text


def _corners(evidence, failing) -> str:
    text = f"It is right for the usual values, and wrong for {_told(evidence, failing)}."
    if any(_is_not_finite(evidence, index) for index in failing):
        text += " Something is nan there: infinity / infinity or 0 times infinity after an overflow, or 0 / 0."
    elif text.endswith("= 0.") and len(failing) == 1:
        text += " Does something like `x or default` take 0 for a missing value, or is it divided by?"
    return text


def _is_not_finite(evidence, index) -> bool:
    return not all(map(is_finite, leaves(evidence.outcomes[index].value)))


def _again(evidence, failing) -> str:
    return (
        "The first call is right, and a later one is not: something is kept between calls, in a global variable, in a "
        "default argument, or on the function."
    )


def _unchanged(evidence, failing) -> str:
    return "An argument is written into, if only for a while. Work on a copy: arguments belong to the caller."


def _defaults(evidence, failing) -> str:
    wanted = " and ".join(f"`{name}={value!r}`" for name, value in evidence.probes.exercise.defaults.items())
    if any(evidence.outcomes[index].error == "TypeError" for index in failing):
        return f"The parameters have lost their names or defaults: the definition should say {wanted}."
    told = _told(evidence, failing)
    return f"It is right when all arguments are given, and wrong for {told}: the definition should say {wanted}."


OF_KIND = {
    "integers": _integers,
    "shapes": _shapes,
    "views": _views,
    "magnitudes": _magnitudes,
    "corners": _corners,
    "again": _again,
    "unchanged": _unchanged,
    "defaults": _defaults,
}
