"""The calls of an exercise's cases, drawn from one seed, and what the reference and every known form make of them."""

from collections.abc import Callable, Sequence

from autograder.box.attempt import observed
from autograder.box.wire import Seed
from autograder.call import Outcome, TimeLimitExceeded, call, call_unwatched, late, time_limit
from autograder.compare import Difference, Tolerance, agrees, compare, mutates, shares
from autograder.corners import GENERATORS, cases_of
from autograder.exercise import Call, Exercise, Form, Inputs
from autograder.published import complete, drawn_calls, order_of_cases

REFERENCE_SECONDS = 60.0  # for all calls: its kernels may have to be compiled first
FATAL = ("missing", "signature", "not_implemented", "reference_used")
LAST = (*FATAL, "timeout")  # the statuses after which no case is judged
OF_ALL_CALLS = {"unchanged": mutates, "new": shares}  # the kinds of cases that ask about every call


class Probes:
    """Each form is called once, in any order, however often its outcomes are compared with others.

    Attributes
    ----------
    cases : list of Case, the exercise's own and those drawn from its domain
    calls : list of Call, those of all cases one after another
    case_of : list of int, the index of the case that each call belongs to
    drawn : list of Inputs, one for each call
    expected : list of Outcome, those of the reference
    causes : dict of what explains wrong answers, by a digest of their outcomes; whoever finds a cause keeps it here

    Raises
    ------
    RuntimeError
        When the reference fails: a fault of the exercise.
    """

    def __init__(self, exercise: Exercise, seed: int):
        self.exercise, self.seed = exercise, seed
        self.cases = cases_of(exercise)
        drawn = drawn_calls(exercise, seed)
        numbered = [(index, one) for index in order_of_cases(exercise, seed) for one in drawn[index]]
        self.case_of = [index for index, _ in numbered]
        self.calls = [one for _, one in numbered]
        self.drawn = [one.inputs for one in self.calls]
        self.expected = self._expected_outcomes()
        # a form is about values, and need not repeat the reference's defaults
        self.complete = [complete(exercise, inputs) for inputs in self.drawn]
        self.causes: dict[bytes, list] = {}
        self._of_forms: dict[tuple[Callable, int], Outcome] = {}
        self._judgements: dict[tuple[Callable, int], tuple] = {}

    def _expected_outcomes(self) -> list[Outcome]:
        """What the reference does; a judge needs no value of it, which may take long to compute."""
        if self.exercise.judge:
            return [Outcome("returned", mutated=tuple(_generators(inputs))) for inputs in self.drawn]
        try:
            with observed(), time_limit(REFERENCE_SECONDS):
                return [self._expected(one) for one in self.calls]
        except TimeLimitExceeded:
            raise RuntimeError(f"the reference: {late(REFERENCE_SECONDS)}") from None

    def _expected(self, one: Call) -> Outcome:
        if one.right is not None:
            return Outcome("returned", one.right)
        try:
            return call_unwatched(self.exercise.reference, one.inputs)
        except (Exception, SystemExit) as error:
            raise RuntimeError(
                f"the reference raised ({one.told or 'a case'}): {type(error).__name__}: {error}"
            ) from error

    def outcome_of(self, function: Callable, index: int) -> Outcome:
        """What ``function`` does with the call of that index."""
        key = function, index
        if key not in self._of_forms:
            self._of_forms[key] = call(function, self.complete[index])
        return self._of_forms[key]

    def judgement_of(self, function: Callable, index: int) -> tuple:
        """The judge's verdict on what ``function`` does with the call of that index."""
        key = function, index
        if key not in self._judgements:
            self._judgements[key] = self.judgement(index, _OutcomesOf(self, function))
        return self._judgements[key]

    def judgement(self, index: int, outcomes: Sequence[Outcome]) -> tuple:
        """What the call of that index came to, without the numbers that it has drawn."""
        outcome = outcomes[index]
        difference = self.difference(index, outcomes) if outcome.status == "returned" else None
        return outcome.status, outcome.error, outcome.message, difference and difference.property

    def outcomes_of(self, form: Form) -> Sequence[Outcome]:
        """What ``form`` does with the calls, up to the first status after which none is judged."""
        outcomes = []
        for index in range(len(self.drawn)):
            outcomes.append(self.outcome_of(form.function, index))
            if outcomes[-1].status in LAST:
                break
        return outcomes

    def kind_of(self, index: int) -> str:
        """The kind of corner that the call of that index belongs to; empty for a case of the exercise's own."""
        return self.cases[self.case_of[index]].kind

    def tolerance(self, index: int) -> Tolerance:
        """How closely the call of that index is compared."""
        case = self.cases[self.case_of[index]]
        return Tolerance(self.exercise.rtol, case.atol_factor * self.exercise.atol, case.kind == "integers")

    def is_right(self, index: int, outcome: Outcome) -> bool:
        """Whether the value that the call of that index has returned is the reference's.

        Without a domain there is no case of its own for arguments that are changed, and every call asks for that.
        """
        mutated = self.exercise.takes is None and mutates(self.expected[index], outcome)
        return not mutated and agrees(self.expected[index].value, outcome.value, self.tolerance(index))

    def difference(self, index: int, outcomes: Sequence[Outcome]) -> Difference | None:
        """What is wrong with the value that the call of that index has returned; None when nothing is.

        ``outcomes`` are those of all calls up to this one at least.
        """
        expected, outcome = self.expected[index], outcomes[index]
        if self.exercise.judge:
            difference = self.exercise.judge(self.complete[index], outcome.value)
            difference = difference or self._beside_the_first(index, outcomes) or self._not_drawn(index, outcome)
            return difference or self._together(index, outcomes)
        difference = compare(expected, outcome, self.tolerance(index), self.exercise.returns)
        return difference or (mutates(expected, outcome) if self.exercise.takes is None else None)

    def _together(self, index: int, outcomes: Sequence[Outcome]) -> Difference | None:
        """What is wrong with all values of the case, of the exercise's own, whose last call that of the index is."""
        together = self.exercise.judge_together
        calls = [call for call, case in enumerate(self.case_of) if case == self.case_of[index]]
        if not together or self.kind_of(index) or index != calls[-1]:
            return None
        values = [outcomes[call].value for call in calls]
        each_is_right = all(
            self.exercise.judge(self.complete[call], outcomes[call].value) is None for call in calls[:-1]
        )
        return together(values) if each_is_right else None

    def _beside_the_first(self, index: int, outcomes: Sequence[Outcome]) -> Difference | None:
        """Whether a value is that of the case's first call where it must be, and another where it must not."""
        first, as_first = outcomes[self.case_of.index(self.case_of[index])], self.calls[index].as_first
        if as_first is None or first.status != "returned":
            return None
        if agrees(first.value, outcomes[index].value, self.tolerance(index)) == as_first:
            return None
        if as_first:
            return Difference("not repeated", "the result should be that of the first call again, and is another")
        return Difference("repeated", "the result should not be that of the first call, and is the same")

    def _not_drawn(self, index: int, outcome: Outcome) -> Difference | None:
        """Whether a call has left a generator alone that it should draw from."""
        unused = [name for name in _generators(self.drawn[index]) if name not in outcome.mutated]
        if not unused or self.kind_of(index) != GENERATORS:
            return None
        return Difference("not drawn", f"nothing is drawn from {unused[0]}, which is where the numbers must come from")

    def leaves_out_arguments(self, index: int) -> bool:
        """Whether the call of that index relies on the names or the defaults of parameters."""
        return tuple(self.drawn[index]) != self.exercise.parameters


class _OutcomesOf(Sequence):
    """What a function does with each of the calls; those of which nobody asks are not made."""

    def __init__(self, probes: Probes, function: Callable):
        self.probes, self.function = probes, function

    def __len__(self):
        return len(self.probes.drawn)

    def __getitem__(self, index):
        return self.probes.outcome_of(self.function, index)


def _generators(inputs: Inputs) -> list[str]:
    return [name for name, value in inputs.items() if isinstance(value, Seed)]
