"""Name the mistake: which known form did exactly what the student's function did?"""

from collections.abc import Sequence

from autograder.call import Outcome, call
from autograder.compare import Tolerance, same_outcome
from autograder.exercise import Exercise, Form, Inputs

# A fingerprint is an exact match up to rounding: looser, and a mistake would be named on a guess.
FINGERPRINT = Tolerance(rtol=1e-6, atol=1e-12)


def diagnose(exercise: Exercise, inputs: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Form | None:
    """The one misconception or variant whose outcomes equal the student's on every case, else None.

    Parameters
    ----------
    inputs : what each case passed.
    outcomes : what the student's function did with it, in the same order.
    """
    forms = [*exercise.misconceptions, *exercise.variants]
    matches = [form for form in forms if _behaves_like(form, inputs, outcomes)]
    return matches[0] if len(matches) == 1 else None


def _behaves_like(form: Form, inputs, outcomes) -> bool:
    return all(
        same_outcome(call(form.function, given), outcome, FINGERPRINT)
        for given, outcome in zip(inputs, outcomes, strict=True)
    )
