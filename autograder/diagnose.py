"""Name the mistake: which known form did exactly what the student's function did?"""

from collections.abc import Sequence

from autograder.call import Outcome
from autograder.compare import Tolerance, same_outcome
from autograder.exercise import Form
from autograder.probes import Probes
from autograder.report import Diagnosis

# A fingerprint is an exact match up to rounding: looser, and a mistake would be named on a guess.
FINGERPRINT = Tolerance(rtol=1e-6, atol=1e-12)


def diagnose(probes: Probes, outcomes: Sequence[Outcome], verdicts: Sequence[str]) -> Diagnosis | None:
    """What explains the outcomes of the student's function, else None.

    Parameters
    ----------
    outcomes : what the student's function did with each of the calls of ``probes``, in the same order.
    verdicts : what each of them came to.
    """
    exercise = probes.exercise
    matches = [form for form in [*exercise.misconceptions, *exercise.variants] if behaves_like(form, probes, outcomes)]
    if len(matches) != 1:
        return None
    kind = "variant" if matches[0] in exercise.variants else "misconception"
    return Diagnosis(matches[0].name, matches[0].sentence, kind)


def behaves_like(form: Form, probes: Probes, outcomes: Sequence[Outcome]) -> bool:
    """Whether a form does the same as the outcomes on every call."""
    return all(
        same_outcome(probes.outcome_of(form.function, index), outcome, FINGERPRINT)
        for index, outcome in enumerate(outcomes)
    )
