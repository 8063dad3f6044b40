"""What anybody can read of the published cases, or learn by heart, answers no hidden one."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from autograder.box.wire import Seed
from autograder.call import Outcome
from autograder.catalogue import load, names
from autograder.check import example, judge_all
from autograder.contract import contract_problems
from autograder.corners import cases_of
from autograder.domain import Array
from autograder.draw import either_sign
from autograder.exercise import Exercise
from autograder.probes import Probes
from autograder.published import SEEDS, complete, drawn_calls, is_published, key_of

# a corner that hands over a right layer, of which there is one; corners count where all other cases pass
FUNCTIONS = {"is_dropout": ["again"]}
KEYED = (2, 3**80)  # any other seeds; those of a class have 128 bits


@pytest.mark.parametrize("name", sorted(names()))
def test_no_hidden_case_is_a_published_one(name):
    exercise = load(name)
    for seed in KEYED:
        drawn = zip(cases_of(exercise), drawn_calls(exercise, seed), strict=True)
        published = [case.kind or case.sentence for case, calls in drawn if is_published(exercise, calls)]
        assert published == FUNCTIONS.get(name, [])
    for seed in SEEDS:  # which keep what notebooks show
        drawn, plain = drawn_calls(exercise, seed), [case.calls(seed) for case in cases_of(exercise)]
        assert [len(calls) for calls in drawn] == [len(calls) for calls in plain]


UNKNOWN = Outcome("returned", None)
SMALL = ("sigmoid_slope_bound", "clip_by_value", "clip_by_global_norm", "soft_threshold", "fans")


@pytest.mark.parametrize("name", SMALL)
def test_a_table_of_the_published_cases_earns_nothing(name):
    exercise = load(name)
    table = {}
    for seed in SEEDS:
        probes = Probes(exercise, seed)
        for inputs, outcome in zip(probes.complete, probes.expected, strict=True):
            table[key_of(inputs)] = outcome

    def run_all(cases):
        return [table.get(key_of(complete(exercise, inputs)), UNKNOWN) for inputs in cases]

    assert judge_all(exercise, run_all, 1).passed
    for seed in range(100, 110):
        assert judge_all(exercise, run_all, seed, derived=False).score == 0.0


VERDICTS = ("passes_gradient_check", "is_batchnorm", "diagnose_curve", "find_fault", "symmetry_report")


WAYS = {
    "number": lambda number, inputs: number,
    "shapes": lambda number, inputs: _shapes(inputs),
    "any": lambda number, inputs: "",
}


@pytest.mark.parametrize("name", VERDICTS)
def test_who_only_counts_calls_or_looks_at_shapes_earns_little(name):
    exercise = load(name)
    drawn = [Probes(exercise, seed) for seed in range(1000, 1005)]
    for way, key in WAYS.items():
        run_all = learned(drawn, key)
        shares = [judge_all(exercise, run_all, seed, derived=False).share for seed in range(100, 104)]
        assert np.mean(shares) <= 0.2, way


def learned(drawn, key):
    """Answers what other seeds answer most often to the call of that number, to one of these shapes, or to any."""
    seen = defaultdict(Counter)
    answers = {}
    for probes in drawn:
        for number, (inputs, outcome) in enumerate(zip(probes.complete, probes.expected, strict=True)):
            if not probes.kind_of(number):
                seen[key(number, inputs)][repr(outcome.value)] += 1
                answers[repr(outcome.value)] = outcome

    def run_all(cases):
        asked = [seen[key(number, complete(probes.exercise, inputs))] for number, inputs in enumerate(cases)]
        return [answers[each.most_common(1)[0][0]] if each else UNKNOWN for each in asked]

    return run_all


def _shapes(value):
    if isinstance(value, dict):
        return tuple(_shapes(part) for part in value.values())
    return tuple(map(_shapes, value)) if isinstance(value, list | tuple) else (type(value), np.shape(value))


def test_the_same_seed_draws_the_same():
    exercise = load("sigmoid_slope_bound")
    one, other = ([key_of(call.inputs) for calls in drawn_calls(exercise, 77) for call in calls] for _ in range(2))
    assert one == other


def test_an_example_is_the_call_that_was_made():
    """Also of a hidden seed, whose calls come in another order and twice."""
    exercise, seed = load("symmetry_report"), KEYED[1]
    for number, calls in enumerate(drawn_calls(exercise, seed), start=1):
        for at, one in enumerate(calls, start=1):
            shown = example(exercise.name, number, at, seed)
            assert key_of(list(shown)) == key_of([v for k, v in one.inputs.items() if not k.endswith("=")])


def test_what_no_function_can_tell_apart_is_the_same():
    x = np.arange(6.0).reshape(2, 3)
    assert key_of(x) == key_of(np.asfortranarray(x)) == key_of(x.astype(int))
    assert key_of(1) == key_of(1.0) == key_of(np.array(1))
    assert key_of(x) != key_of(x.T) and key_of(Seed(1)) != key_of(Seed(2))

    def layer(eps):
        return lambda x: x + eps

    assert key_of(layer(0.1)) == key_of(layer(0.1)) != key_of(layer(0.2))


def test_a_case_that_cannot_be_drawn_otherwise_is_named_by_lint():
    exercise = Exercise("f", "u", 1, lambda z: z, (), takes={"z": Array()})
    exercise.case("one of two")(lambda rng: {"z": np.full(3, rng.integers(2))})
    exercise.case("drawn")(lambda rng: {"z": either_sign(rng, (2, 3))})
    said = [text for text in contract_problems(exercise) if "published seeds" in text]
    assert said == ['the case "one of two" can be answered from a table of what published seeds draw']
