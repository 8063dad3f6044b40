"""The cases of an exercise as drawn from one seed, with what the reference and every known form make of them."""

from collections.abc import Sequence

from autograder.call import Outcome, call
from autograder.exercise import Exercise, Form

REFERENCE_SECONDS = 60.0  # its kernels may have to be compiled first
FATAL = ("missing", "signature", "not_implemented", "reference_used")
LAST = (*FATAL, "timeout")  # the statuses after which no case is judged


class Probes:
    """Each form is called once, however often its outcomes are compared with others.

    Attributes
    ----------
    drawn : list of Inputs, one for each case
    expected : list of Outcome, those of the reference

    Raises
    ------
    RuntimeError
        When the reference fails: a fault of the exercise.
    """

    def __init__(self, exercise: Exercise, seed: int):
        self.exercise, self.seed = exercise, seed
        self.drawn = [case.inputs(seed) for case in exercise.cases]
        self.expected = [call(exercise.reference, inputs, REFERENCE_SECONDS) for inputs in self.drawn]
        self._of_forms: dict[tuple[Form, int], Outcome] = {}
        broken = next((e for e in self.expected if e.status != "returned"), None)
        if broken:
            raise RuntimeError(f"the reference {broken.status}: {broken.error} {broken.message}")

    def outcome_of(self, form: Form, case: int) -> Outcome:
        """What ``form`` does with the case of that index."""
        key = form, case
        if key not in self._of_forms:
            self._of_forms[key] = call(form.function, self.drawn[case])
        return self._of_forms[key]

    def outcomes_of(self, form: Form) -> Sequence[Outcome]:
        """What ``form`` does with the cases, up to the first status after which none is judged."""
        outcomes = []
        for case in range(len(self.drawn)):
            outcomes.append(self.outcome_of(form, case))
            if outcomes[-1].status in LAST:
                break
        return outcomes
