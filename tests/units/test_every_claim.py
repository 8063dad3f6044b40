"""Every claim of every unit shows its effect on seeds that nobody chose by looking at the outcome."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from course_lib.claims import run
from course_lib.claims.claim import NOT_SHOWN, VERDICTS, measure, measured_answer
from course_lib.units import built
from course_lib.units.claims import all_claims, find

CLAIMS = all_claims()


def is_timed(claim):
    """Whether its result is made of times, which are never the same twice: experiments of a module ``..._cost``."""
    return claim.experiment.__module__.endswith("_cost")


each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=[claim.id for claim in CLAIMS])


@pytest.mark.parametrize("seeds", [range(5), range(1000, 1005)], ids=["default seeds", "other seeds"])
@pytest.mark.parametrize(
    "claim",
    # times depend on what else the machine does, not on rounding
    [pytest.param(c, id=c.id, marks=[] if is_timed(c) else pytest.mark.outcome) for c in CLAIMS],
)
def test_the_measurement_bears_the_verdict_out(claim, seeds):
    outcome = run(claim, seeds)
    assert outcome.verdict == claim.verdict, outcome.evidence


class Overruled:
    """A result with one value replaced."""

    def __init__(self, result, name, value):
        self._result, self._name, self._value = result, name, value

    def __getattr__(self, name):
        return self._value if name == self._name else getattr(self._result, name)


@each_claim
def test_each_bound_alone_can_refuse_the_verdict(claim):
    """The opposite effect: a value on the far side of one bound, on one seed."""
    result = claim.experiment(0)
    for bound in claim.rule:
        for limit, beyond in ((bound.low, -1.0), (bound.high, 1.0)):
            if np.isfinite(limit):
                value = limit + beyond * max(abs(limit), 1.0)
                assert not bound.holds(Overruled(result, bound.quantity, value))
        assert not bound.holds(Overruled(result, bound.quantity, np.nan))
        assert bound.holds(result)


def opposites(claim):
    """Results without the effect: fields on the wrong side of their bounds; or else all alike, or far apart."""
    result = claim.experiment(0)
    names = [field.name for field in fields(result)]
    wrong = {
        bound.quantity: bound.low - 1.0 if np.isfinite(bound.low) else bound.high + 1.0
        for bound in claim.rule
        if bound.quantity in names
    }
    if wrong:
        return [replace(result, **wrong)]
    # the rule is on ratios: those of equal values are 1, and these are far from 1
    return [
        replace(result, **{n: np.full(np.shape(getattr(result, n)), scale**i)[()] for i, n in enumerate(names)})
        for scale in (1.0, 1e-9)
    ]


@each_claim
def test_an_experiment_with_the_opposite_effect_does_not_get_the_verdict(claim):
    verdicts = [run(replace(claim, experiment=lambda seed, o=opposite: o)).verdict for opposite in opposites(claim)]
    assert NOT_SHOWN in verdicts


def drawn(result, rng):
    """Another result of the same kind: its numbers are shares, or of any size and sign."""

    def numbers(shape):
        kinds = rng.uniform(size=shape), 10 ** rng.uniform(-14, 8, shape), -(10 ** rng.uniform(-14, 1, shape))
        return kinds[rng.integers(3)]

    return replace(result, **{f.name: numbers(np.shape(getattr(result, f.name))) for f in fields(result)})


@each_claim
def test_the_measured_answer_follows_from_the_result_alone(claim, rng):
    """Each option is the answer to some result; those who always get the same answer have not been measured."""
    result, found = claim.experiment(0), set()
    with np.errstate(all="ignore"):
        for _ in range(5000):
            found.add(measured_answer(claim, (drawn(result, rng),)))
            if found == set(claim.options):
                return
    raise AssertionError(f"never measured: {set(claim.options) - found}")


@each_claim
def test_the_measured_answer_is_that_of_every_seed_or_of_most(claim):
    results = measure(claim)
    answers = [measured_answer(claim, (result,)) for result in results]
    assert answers.count(measured_answer(claim, results)) >= 4


@each_claim
def test_experiments_are_frozen_and_deterministic(claim):
    first, second = claim.experiment(7), claim.experiment(7)
    assert is_dataclass(first) and type(first).__dataclass_params__.frozen
    if is_timed(claim):
        return
    for field in fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


@each_claim
def test_texts_are_there_and_fit_together(claim):
    for text in (claim.statement, claim.question, claim.correction, claim.source, claim.evidence):
        assert text.strip() == text and len(text) > 5
    assert claim in all_claims(claim.unit) and claim.verdict in VERDICTS
    assert len(set(claim.options)) == len(claim.options) >= 2
    assert any(character.isdigit() for character in claim.source), "a source has a year"
    assert "{" in claim.evidence, "evidence without a measured figure"


def test_ids_are_unique():
    ids = [claim.id for claim in CLAIMS]
    assert len(set(ids)) == len(ids)


def test_all_claims_by_unit():
    assert tuple(claim for unit in built() for claim in all_claims(unit)) == CLAIMS
    assert all(claim.unit == unit for unit in built() for claim in all_claims(unit))
    with pytest.raises(ValueError, match=r"unit must be one of .*, got 'cooking'"):
        all_claims("cooking")


def test_find():
    assert all(find(claim.id) is claim for claim in CLAIMS)
    with pytest.raises(ValueError, match="got 'C99'"):
        find("C99")
