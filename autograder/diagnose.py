"""Name the mistake: which known form did exactly what the student's function did?"""

from collections.abc import Sequence

from autograder.call import Outcome
from autograder.compare import Tolerance, same_outcome
from autograder.exercise import Form
from autograder.probes import Probes

# A fingerprint is an exact match up to rounding: looser, and a mistake would be named on a guess.
FINGERPRINT = Tolerance(rtol=1e-6, atol=1e-12)


def diagnose(probes: Probes, outcomes: Sequence[Outcome]) -> Form | None:
    """The one misconception or variant whose outcomes equal the student's on every case, else None.

    Parameters
    ----------
    outcomes : what the student's function did with each of the cases of ``probes``, in the same order.
    """
    forms = [*probes.exercise.misconceptions, *probes.exercise.variants]
    matches = [form for form in forms if _behaves_like(form, probes, outcomes)]
    return matches[0] if len(matches) == 1 else None


def _behaves_like(form: Form, probes: Probes, outcomes: Sequence[Outcome]) -> bool:
    return all(
        same_outcome(probes.outcome_of(form, case), outcome, FINGERPRINT) for case, outcome in enumerate(outcomes)
    )
