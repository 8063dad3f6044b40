"""Every claim of every unit shows its effect on seeds that nobody chose by looking at the outcome.

All tests of a claim share its result on one seed, or two where all are drawn; `make soak` takes another, and `make
seeds` those of the card and others. Of a claim on times they are five, whose medians count.
"""

import inspect
import re
import string
import sys
from dataclasses import fields, is_dataclass, replace
from functools import cache

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.files import ROOT
from course_lib.claims.claim import VERDICTS, judge, measured_answer, shown
from course_lib.claims.robustness import robustness
from course_lib.figures.claims import claim_figure
from course_lib.units import ORDER, built
from course_lib.units.claims import all_claims, find, in_lesson, recorded_robustness
from course_lib.units.normalization.experiments import tuned_networks
from course_lib.units.regularization.experiments import tuned_methods
from course_lib.units.shared import arms
from course_lib.units.shared.arms import TUNING_SEEDS

CLAIMS = all_claims()


def marks_of(claim):
    """`make test` takes the claims whose cards stand in a lesson; nothing else runs beside those that are timed."""
    later = [] if claim.id in in_lesson(claim.unit) else [pytest.mark.soak]
    return [*later, *([pytest.mark.serial] if claim.timed else [])]


# scope: pytest then runs all tests of one claim in a row
@pytest.fixture(scope="module", params=[pytest.param(c, id=c.id, marks=marks_of(c)) for c in CLAIMS])
def claim(request):
    return request.param


@pytest.fixture(scope="module")
def results(claim):
    n_seeds = 5 if claim.timed else 2 if claim.curves else 1
    return tuple(measured(claim.experiment, seed) for seed in range(n_seeds))


@cache
def measured(experiment, seed):
    """A result, once for all claims that share an experiment, and all tests."""
    return experiment(seed)


@cache
def measured_again(experiment):
    """The result on the first of the seeds, anew."""
    return experiment(0)


# times depend on what else the machine does, not on rounding
rests_on_rounding = pytest.mark.parametrize(
    "claim",
    [pytest.param(c, id=c.id, marks=[*marks_of(c), *([] if c.timed else [pytest.mark.outcome])]) for c in CLAIMS],
    indirect=True,
    scope="module",
)


@rests_on_rounding
def test_the_measurement_bears_the_verdict_out(claim, results):
    verdict, evidence = judge(claim, results)
    assert verdict == claim.verdict, evidence


@pytest.mark.parametrize("seeds", rest_in_soak([[0, 1000], range(5), range(1001, 1006)], keep=0, soak=1), ids=str)
@rests_on_rounding
def test_the_measurement_bears_the_verdict_out_on(claim, seeds):
    assert not {*seeds} & {*TUNING_SEEDS}
    seeds = range(seeds[0], seeds[0] + 5) if claim.timed else seeds  # a median of two is not one
    results = tuple(measured(claim.experiment, seed) for seed in seeds)
    verdict, evidence = judge(claim, results)
    assert verdict == claim.verdict, evidence
    # the answer on the card is that of every seed
    assert claim.timed or len({measured_answer(claim, (result,)) for result in results}) == 1


WITH_ARMS = ("vanishing_gradients", "initialization")  # units whose networks are arms; others search by themselves, too
AT_AN_EDGE = {("04.27", "smooth")}  # the least smoothing is best, which is what the card says


def of_rates(arm, rates, best):
    return [((arm, "rate"), rates, best)]


def of_methods(net, methods, best):
    for field in fields(best):
        tried = sorted({getattr(method, field.name) for method in methods})
        if len(tried) > 1:
            yield (net, field.name), tuple(tried), getattr(best, field.name)


SEARCHES = {
    arms.best_rate: lambda args, best: of_rates(*args[-2:], best),  # it has the measure before them
    arms.quickest_rate: lambda args, best: of_rates(*args, best),
    tuned_networks.best_of: lambda args, best: of_rates(*args[:2], best),
    tuned_methods.best: lambda args, best: of_methods(args[0], args[2], best),
}


@cache
def searches(experiment) -> tuple[set, object]:
    """What is varied in an experiment's searches, each with the grid of values and the best one; its result."""
    found = set()

    def watched(real, read):
        def search(*args, **settings):
            best = real(*args, **settings)
            found.update(read(args, best))
            return best

        return search

    with pytest.MonkeyPatch.context() as patch:
        for real, read in SEARCHES.items():
            for module in [m for at, m in sys.modules.items() if at.startswith("course_lib.units.")]:
                if getattr(module, real.__name__, None) is real:
                    patch.setattr(module, real.__name__, watched(real, read))
        return found, experiment(0)


@pytest.mark.soak
@pytest.mark.parametrize(
    "claim",
    [pytest.param(c, id=c.id, marks=marks_of(c)) for c in CLAIMS if c.rates],
    indirect=True,
    scope="module",
)
def test_no_best_rate_lies_at_the_edge_of_what_was_tried(claim, results):
    found, again = searches(claim.experiment)
    shown = [rates for tried in claim.rates.values() for rates in ([tried] if isinstance(tried[0], float) else tried)]
    for (arm, what), grid, best in found:
        # otherwise a value outside of the grid may be better, and the comparison another
        assert grid[0] < best < grid[-1] or (claim.id, what) in AT_AN_EDGE, (arm, what, grid, best)
        assert any({*grid} <= {*rates} for rates in shown), "a grid that the card does not show"
    assert found or claim.unit not in WITH_ARMS
    if not claim.timed:
        assert_same(results[0], again)


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


NEAR = (1 - 1e-3, 1 + 1e-3)  # on both sides of a limit


def between_the_limits(claim, result, rng):
    """Another result that the rule may bear: fields move within their bounds, to the brim, and by factors."""
    values = {}
    for field in fields(result):
        value = getattr(result, field.name)
        bounds = [bound for bound in claim.rule if bound.quantity == field.name]
        low = max((bound.low for bound in bounds), default=-np.inf)
        high = min((bound.high for bound in bounds), default=np.inf)
        if np.ndim(value) == 0 and bounds:
            inside = [value, *(v for v in (low * f for f in NEAR) if low < v < high)]
            inside += [v for v in (high * f for f in NEAR) if low < v < high]
            if np.isfinite(low) and np.isfinite(high):
                inside.append(rng.uniform(low, high))
            else:  # far away on the open side
                limit, away = (low, 1.0) if np.isfinite(low) else (high, -1.0)
                inside.append(limit + away * 10 ** rng.uniform(-3, 6) * max(abs(limit), abs(value)))
            values[field.name] = inside[rng.integers(len(inside))]
        else:
            values[field.name] = value * 10 ** rng.uniform(-3, 3, np.shape(value)) if rng.random() < 0.5 else value
    return replace(result, **values)


def test_the_rule_excludes_the_other_options(claim, results, rng):
    """Whatever satisfies the rule has the answer of the card: no bound is so loose that another option passes."""
    answer, passed = claim.answer(results[0]), 0
    with np.errstate(all="ignore"):
        for _ in range(400):
            other = between_the_limits(claim, results[0], rng)
            if shown(claim, (other,)):
                passed += 1
                assert claim.answer(other) == answer, other
    assert passed > 10  # else next to nothing has been tried


def drawn(result, rng):
    """Another result of the same kind: its numbers are shares, or of any size and sign, each by itself or all alike."""
    of_all = rng.integers(3) if rng.random() < 0.5 else None

    def numbers(shape):
        kinds = rng.uniform(size=shape), 10 ** rng.uniform(-14, 8, shape), -(10 ** rng.uniform(-14, 1, shape))
        return kinds[rng.integers(3) if of_all is None else of_all]

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


def test_results_are_frozen(results):
    assert is_dataclass(results[0]) and type(results[0]).__dataclass_params__.frozen


@pytest.mark.soak  # takes as long as the experiments
def test_experiments_are_deterministic(claim, results):
    if not claim.timed and not claim.rates:  # ``test_no_best_rate`` does those a second time
        assert_same(results[0], measured_again(claim.experiment))


def assert_same(one, other):
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


def test_curves_show_every_seed_of_every_series(claim, results):
    shown = claim_figure(claim, results)
    if claim.curves is None:
        assert shown is None
        return
    series = claim.curves.series(results[0])
    lines = shown.figure.axes[0].lines
    assert len(lines) == len(results) * len(series) > len(series)
    drawn = {line.get_label(): line.get_ydata() for line in lines}
    for name, values in series.items():
        np.testing.assert_array_equal(drawn[name], values)
        assert name in shown.alt


def named(template) -> set[str]:
    """The names that a format string asks for."""
    return {name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


def test_texts_are_there_and_fit_together(claim):
    evidence = [part.evidence for part in (*claim.parts, claim.control)]
    for text in (claim.statement, claim.question, claim.correction, claim.source, claim.setting, *evidence):
        assert text.strip() == text and len(text) > 5
    assert claim in all_claims(claim.unit) and claim.verdict in VERDICTS
    assert len(set(claim.options)) == len(claim.options) >= 2
    assert any(character.isdigit() for character in claim.source), "a source has a year"
    assert all(map(named, evidence)), "evidence without a measured figure"


def test_every_parameter_of_the_experiment_is_disclosed(claim):
    assert named(claim.setting) == set(claim.parameters)
    assert inspect.Parameter.empty not in claim.parameters.values()
    assert "{" not in claim.disclosed
    assert ("the best of" in claim.setting) == bool(claim.rates), "the rates that were tried"


def test_the_parts_are_halves_of_the_statement(claim):
    says = [part.says for part in claim.parts]
    assert len(set(says)) == len(says)
    assert all(says) or len(says) == 1, "a part that says nothing is the whole statement"


def test_robustness_was_measured_in_the_settings_that_the_claim_names(claim):
    names = [neighbour.name for neighbour in claim.neighbours]
    assert len(set(names)) == len(names) >= 6
    for neighbour in claim.neighbours:
        assert set(neighbour.changes) <= set(claim.parameters)
        assert all(claim.parameters[name] != value for name, value in neighbour.changes.items())
    assert recorded_robustness(claim) is not None, "run `course claims --robustness`"


SETTLED = [claim for claim in CLAIMS if not claim.timed]  # times are never the same twice


# a sample of three: a claim's settings take about as long as all other tests of it
@pytest.mark.soak
@pytest.mark.outcome
@pytest.mark.parametrize("claim", SETTLED[:: len(SETTLED) // 3 + 1], ids=lambda claim: claim.id, indirect=True)
def test_robustness_is_what_is_measured_now(claim):
    recorded, now = recorded_robustness(claim), robustness(claim)
    # a bound is a line, and of the settings one may lie on it: rounding then decides
    assert len({*recorded.fails} ^ {*now.fails}) <= 1


def test_ids_are_neutral_and_in_order():
    for unit in built():
        number = ORDER.index(unit) + 1
        ids = [claim.id for claim in all_claims(unit)]
        assert ids == [f"{number:02}.{n:02}" for n in range(1, len(ids) + 1)]
        assert in_lesson(unit) == tuple(ids[: len(in_lesson(unit))]) and len(in_lesson(unit)) <= 6
    in_notes = [claim.in_notes for claim in CLAIMS]
    assert len(set(in_notes)) == len(in_notes)


def test_the_page_of_claims_shows_those_that_the_lessons_do_not():
    text = (ROOT / "notebooks" / "text" / "appendix_claims.py").read_text(encoding="utf-8")
    shown_there = re.findall(r'^claim_card\("([^"]+)"\)$', text, re.MULTILINE)
    assert shown_there == [claim.id for claim in CLAIMS if claim.id not in in_lesson(claim.unit)]


def test_all_claims_by_unit():
    assert tuple(claim for unit in built() for claim in all_claims(unit)) == CLAIMS
    assert all(claim.unit == unit for unit in built() for claim in all_claims(unit))
    with pytest.raises(ValueError, match=r"unit must be one of .*, got 'cooking'"):
        all_claims("cooking")


def test_find():
    assert all(find(claim.id) is claim for claim in CLAIMS)
    with pytest.raises(ValueError, match=r"got '99\.99'"):
        find("99.99")
