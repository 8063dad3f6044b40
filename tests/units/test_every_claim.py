"""Every claim of every unit shows its effect on seeds that nobody chose by looking at the outcome.

All tests of a claim share its results on two seeds; `make soak` takes the five of the cards, and five others.
"""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from course_lib.claims import run
from course_lib.claims.claim import NOT_SHOWN, VERDICTS, judge, measure, measured_answer
from course_lib.units import built
from course_lib.units.claims import all_claims, find

CLAIMS = all_claims()


def is_timed(claim):
    """Whether its result is made of times, which are never the same twice: experiments of a module ``..._cost``."""
    return claim.experiment.__module__.endswith("_cost")


# scope: pytest then runs all tests of one claim in a row
@pytest.fixture(scope="module", params=CLAIMS, ids=lambda claim: claim.id)
def claim(request):
    return request.param


@pytest.fixture(scope="module")
def results(claim):
    return tuple(map(claim.experiment, range(2)))


# times depend on what else the machine does, not on rounding
rests_on_rounding = pytest.mark.parametrize(
    "claim",
    [pytest.param(c, id=c.id, marks=[] if is_timed(c) else pytest.mark.outcome) for c in CLAIMS],
    indirect=True,
    scope="module",
)


@rests_on_rounding
def test_the_measurement_bears_the_verdict_out(claim, results):
    verdict, evidence = judge(claim, results)
    assert verdict == claim.verdict, evidence


@pytest.mark.soak
@pytest.mark.parametrize("seeds", [range(5), range(1000, 1005)], ids=["default seeds", "other seeds"])
@rests_on_rounding
def test_the_measurement_bears_the_verdict_out_on(claim, seeds):
    results = measure(claim, seeds)
    verdict, evidence = judge(claim, results)
    assert verdict == claim.verdict, evidence
    # the answer on the card is that of every seed, or of most
    answers = [measured_answer(claim, (result,)) for result in results]
    assert answers.count(measured_answer(claim, results)) >= 4


class Overruled:
    """A result with one value replaced."""

    def __init__(self, result, name, value):
        self._result, self._name, self._value = result, name, value

    def __getattr__(self, name):
        return self._value if name == self._name else getattr(self._result, name)


def test_each_bound_alone_can_refuse_the_verdict(claim, results):
    """The opposite effect: a value on the far side of one bound, on one seed."""
    result = results[0]
    for bound in claim.rule:
        for limit, beyond in ((bound.low, -1.0), (bound.high, 1.0)):
            if np.isfinite(limit):
                value = limit + beyond * max(abs(limit), 1.0)
                assert not bound.holds(Overruled(result, bound.quantity, value))
        assert not bound.holds(Overruled(result, bound.quantity, np.nan))
        assert bound.holds(result)


def opposites(claim, result):
    """Results without the effect: fields on the wrong side of their bounds; or else all alike, or far apart."""
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


def test_an_experiment_with_the_opposite_effect_does_not_get_the_verdict(claim, results):
    experiments = [lambda seed, o=opposite: o for opposite in opposites(claim, results[0])]
    verdicts = [run(replace(claim, experiment=experiment)).verdict for experiment in experiments]
    assert NOT_SHOWN in verdicts


def drawn(result, rng):
    """Another result of the same kind: its numbers are shares, or of any size and sign."""

    def numbers(shape):
        kinds = rng.uniform(size=shape), 10 ** rng.uniform(-14, 8, shape), -(10 ** rng.uniform(-14, 1, shape))
        return kinds[rng.integers(3)]

    return replace(result, **{f.name: numbers(np.shape(getattr(result, f.name))) for f in fields(result)})


def test_the_measured_answer_follows_from_the_result_alone(claim, results, rng):
    """Each option is the answer to some result; those who always get the same answer have not been measured."""
    found = set()
    with np.errstate(all="ignore"):
        for _ in range(5000):
            found.add(measured_answer(claim, (drawn(results[0], rng),)))
            if found == set(claim.options):
                return
    raise AssertionError(f"never measured: {set(claim.options) - found}")


def test_experiments_are_frozen_and_deterministic(claim, results):
    first = results[0]
    assert is_dataclass(first) and type(first).__dataclass_params__.frozen
    if is_timed(claim):
        return
    second = claim.experiment(0)
    for field in fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


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
