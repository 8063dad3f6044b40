"""The mechanism: bounds, verdicts, evidence."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pytest

from course_lib.claims import Claim, Control, Part, above, at_least, below, between, less_than, run, vary
from course_lib.claims.claim import NOT_SHOWN, describe, judge, measure, measured_answer
from course_lib.claims.robustness import Robustness, robustness
from course_lib.claims.rule import Bound


@dataclass(frozen=True)
class Grown:
    before: float
    after: float
    curve: np.ndarray

    @property
    def ratio(self):
        return self.after / self.before


def grows(seed, *, by=10.0, kind="fast"):
    return Grown(1.0, by + seed, np.arange(3.0))


def shrinks(seed, **_):
    return Grown(10.0 + seed, 1.0, np.arange(3.0))


EVIDENCE = "From {before:.0f} to {after:.0f} ({after.low:.0f} to {after.high:.0f}), {ratio:.1f}, {seeds} seeds."


def claim(**changes):
    fields = {
        "id": "99.01",
        "in_notes": "T01",
        "unit": "test",
        "statement": "It grows.",
        "question": "Does it?",
        "options": ("yes", "no"),
        "answer": less_than("ratio", 1.0),
        "experiment": grows,
        "setting": "{kind}, by {by}",
        "parts": (Part("", "holds", EVIDENCE, (above("ratio", 5.0),)),),
        "control": Control("Before it was {before:.0f}.", (below("before", 2.0),)),
        "verdict": "holds",
        "correction": "It does.",
        "source": "Nobody 1900",
        "neighbours": vary(by=(20.0, 2.0)),
    }
    return Claim(**(fields | changes))


def test_the_verdict_follows_from_the_measurement():
    assert run(claim()).verdict == "holds"
    assert run(claim(experiment=shrinks)).verdict == NOT_SHOWN


def test_one_seed_without_the_effect_is_enough_to_refuse_the_verdict():
    assert run(claim(experiment=lambda seed: grows(seed) if seed != 3 else shrinks(seed))).verdict == NOT_SHOWN


def test_every_bound_counts():
    part = Part("", "holds", EVIDENCE, (above("ratio", 5.0), below("before", 0.5)))
    assert run(claim(parts=(part,))).verdict == NOT_SHOWN


def test_the_control_counts_and_so_does_every_part():
    missed = Part("and more", "holds", EVIDENCE, (above("ratio", 1e6),))
    assert run(claim(parts=(*claim().parts, missed))).verdict == NOT_SHOWN
    assert run(claim(control=Control(EVIDENCE, (above("before", 5.0),)))).verdict == NOT_SHOWN


def test_the_setting_is_that_of_the_experiment():
    assert claim().parameters == {"by": 10.0, "kind": "fast"}
    assert claim().disclosed == "fast, by 10"
    assert claim(rates={"a": (0.1, 1.0), "b": (2.0,)}).disclosed == "fast, by 10 Rates tried: a 0.1, 1; b 2."


def test_neighbouring_settings_are_named_by_what_they_change():
    settings = vary(by=(0.3, 2.0), a_kind=("slow",), sizes=((1, 2),))
    assert [setting.name for setting in settings] == ["by 0.3", "by 2", "a kind slow", "sizes 1, 2"]
    assert [setting.changes for setting in settings][:2] == [{"by": 0.3}, {"by": 2.0}]


def test_robustness_tries_every_setting_and_names_those_that_fail():
    tried = []
    found = robustness(claim(), tried=tried.append)
    assert found == Robustness(("by 20",), ("by 2",)) and found.share == 0.5
    assert [neighbour.name for neighbour in tried] == ["by 20", "by 2"]
    assert str(found) == "holds in 1 of 2 neighbouring settings; not with by 2"
    assert str(Robustness(("a", "b"), ())) == "holds in 2 of 2 neighbouring settings"


def test_divergence_lies_above_every_limit():
    assert above("before", 5.0).holds(Grown(np.inf, 0, None))
    assert not below("before", 5.0).holds(Grown(np.inf, 0, None))


@pytest.mark.parametrize(
    ("bound", "inside", "outside"),
    [(above("before", 2.0), 2.1, 2.0), (below("before", 2.0), 1.9, 2.0), (between("before", 1.0, 2.0), 1.5, 0.9)],
)
def test_bounds(bound, inside, outside):
    assert bound.holds(Grown(inside, 0, None))
    assert not bound.holds(Grown(outside, 0, None))
    assert not bound.holds(Grown(np.nan, 0, None))
    assert "before" in str(bound)


def test_an_unbounded_bound_still_refuses_nan():
    assert not Bound("before").holds(Grown(np.nan, 0, None))


def test_the_evidence_is_filled_from_the_results():
    assert run(claim()).evidence == "From 1 to 12 (10 to 14), 12.0, 5 seeds. Before it was 1."
    assert run(claim(), range(10, 16)).evidence == "From 1 to 22 (20 to 25), 22.5, 6 seeds. Before it was 1."


def test_evidence_survives_infinite_values():
    results = tuple(Grown(1.0, np.inf, np.ones(2)) for _ in range(4))
    assert describe("{after:.1f}", results) == "inf"


def test_every_seed_is_measured_once_and_in_order():
    seen = []
    measure(claim(experiment=lambda seed: seen.append(seed) or grows(seed)), range(3, 9))
    assert seen == [3, 4, 5, 6, 7, 8]


def test_fewer_than_five_seeds_are_refused():
    with pytest.raises(ValueError, match="at least 5 seeds, got 4"):
        run(claim(), range(4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "true"}, "verdict must be one of"),
        ({"parts": ()}, "cannot fail"),
        ({"parts": (Part("", "holds", "It grew.", ()),)}, "cannot fail"),
        ({"control": Control("It grew.", ())}, "cannot fail"),
        ({"parts": (Part("", "true", "It grew.", (above("ratio", 5.0),)),)}, "verdict must be one of"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        claim(**change)


def test_an_answer_that_is_written_down_is_refused():
    with pytest.raises(TypeError, match="answer must be a function of the result, got 'yes'"):
        claim(answer="yes")


def test_the_answer_follows_from_the_medians():
    one = claim()
    assert measured_answer(one, measure(one)) == "yes"
    assert measured_answer(one, measure(claim(experiment=shrinks))) == "no"
    mostly = claim(experiment=lambda seed: grows(seed) if seed < 3 else shrinks(seed))
    assert measured_answer(one, measure(mostly)) == "yes"


def test_options_in_order_by_limits():
    rising, falling = at_least("before", 1.0, 10.0), less_than("before", 10.0, 1.0)
    for value, up, down in [(0.5, 0, 2), (1.0, 1, 1), (9.0, 1, 1), (10.0, 2, 0)]:
        assert (rising(Grown(value, 0, None)), falling(Grown(value, 0, None))) == (up, down)


def test_a_claim_is_frozen_and_judging_leaves_it_alone():
    one = claim()
    assert judge(one, measure(one)) == judge(one, measure(one))
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.verdict = "wrong"
