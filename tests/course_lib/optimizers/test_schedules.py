"""Schedules against their definitions, step by step, and what all of them promise on every integer."""

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.optimizers.schedules import (
    ReduceOnPlateau,
    cosine,
    cosine_restarts,
    exponential,
    one_cycle,
    piecewise_constant,
    power,
    step_decay,
    triangular,
    warmup,
)

steps_anywhere = st.one_of(st.integers(-50, 400), st.integers(), st.sampled_from([-(10**400), 10**400]))
lengths = st.integers(1, 90)
rates = st.floats(1e-4, 10)
factors = st.floats(0.05, 1.0)

SCHEDULES = {
    "step": partial(step_decay, lr=0.3, factor=0.4, every=7),
    "exponential": partial(exponential, lr=0.3, factor=0.9, every=3),
    "power": partial(power, lr=0.3, every=11),
    "piecewise": partial(piecewise_constant, boundaries=[3, 20], values=[0.3, 0.1, 0.02]),
    "cosine": partial(cosine, lr=0.3, steps=40, lr_min=0.01),
    "cosine with restarts": partial(cosine_restarts, lr=0.3, period=9, growth=2, lr_min=0.01),
    "warm-up": partial(warmup, steps=5, then=partial(cosine, lr=0.3, steps=40)),
    "triangular": partial(triangular, lr_min=0.02, lr_max=0.3, half=8),
    "one cycle": lambda step: one_cycle(step, lr_max=0.3, steps=50).lr,
}
every_schedule = pytest.mark.parametrize("schedule", SCHEDULES.values(), ids=SCHEDULES)
FALLING = ("step", "exponential", "power", "piecewise", "cosine")


@every_schedule
@given(step=steps_anywhere)
def test_total_pure_and_within_its_bounds(schedule, step):
    value = schedule(step)
    assert type(value) is float
    assert 0 <= value <= 0.3 * (1 + 1e-12)  # interpolation is rounded
    assert schedule(step) == value
    if step < 0:
        assert value == schedule(0)
    if abs(step) < 2**63:
        assert schedule(np.int64(step)) == value


@pytest.mark.parametrize("name", FALLING)
@given(step=st.integers(-5, 10**6))
def test_these_never_rise(name, step):
    assert SCHEDULES[name](step + 1) <= SCHEDULES[name](step)


@pytest.mark.parametrize("name", ["piecewise", "cosine", "warm-up", "one cycle"])
@given(step=st.integers(50, 10**6))
def test_these_stay_where_they_ended(name, step):
    assert SCHEDULES[name](step) == SCHEDULES[name](50)


@given(rates, factors, lengths)
def test_step_decay_multiplies_once_in_every_period(lr, factor, every):
    expected = lr
    for step in range(4 * every):
        if step and step % every == 0:
            expected *= factor
        # up to three products, in another order
        assert step_decay(step, lr=lr, factor=factor, every=every) == pytest.approx(expected, rel=1e-14)


@given(rates, factors, lengths, st.integers(0, 500))
def test_exponential_falls_by_the_factor_over_any_period(lr, factor, every, step):
    at = partial(exponential, lr=lr, factor=factor, every=every)
    assert at(0) == lr
    # powers with exponents up to 590, each rounded to 1e-16 of the exponent times log(20)
    assert at(step + every) == pytest.approx(factor * at(step), rel=1e-12)
    assert at(step + 1) ** 2 == pytest.approx(at(step) * at(step + 2), rel=1e-12)


@given(rates, lengths, st.floats(0, 3), st.integers(0, 20))
def test_power_decay(lr, every, exponent, k):
    assert power(k * every, lr=lr, every=every) == pytest.approx(lr / (k + 1), rel=1e-14)
    general = power(k * every, lr=lr, every=every, exponent=exponent)
    assert math.log(lr / general) == pytest.approx(exponent * math.log(k + 1), abs=1e-13)


@given(st.sets(st.integers(-20, 60), max_size=5).map(sorted), st.integers(-30, 80))
def test_piecewise_constant_counts_the_boundaries_that_were_reached(boundaries, step):
    values = [1.0 / (i + 1) for i in range(len(boundaries) + 1)]
    reached = sum(step >= boundary for boundary in boundaries)
    assert piecewise_constant(step, boundaries=boundaries, values=values) == values[reached]


@given(rates, lengths, st.floats(0, 1))
def test_cosine_is_the_projection_of_a_half_turn(lr, steps, share):
    lr_min = share * lr
    at = partial(cosine, lr=lr, steps=steps, lr_min=lr_min)
    turn = np.exp(1j * np.pi * np.arange(steps + 1) / steps).real
    expected = (lr + lr_min) / 2 + (lr - lr_min) / 2 * turn
    np.testing.assert_allclose([at(step) for step in range(steps + 1)], expected, rtol=0, atol=1e-14 * lr)
    assert at(0) == pytest.approx(lr, rel=1e-15)
    assert at(steps) == at(steps + 1) == lr_min


@given(rates, lengths, st.integers(1, 3))
def test_restarts_are_cosines_end_to_end(lr, period, growth):
    expected, length = [], period
    for _ in range(3):
        expected += [cosine(step, lr=lr, steps=length) for step in range(length)]
        length *= growth
    assert [cosine_restarts(i, lr=lr, period=period, growth=growth) for i in range(len(expected))] == expected


@pytest.mark.parametrize("name", SCHEDULES)
@given(steps=st.integers(0, 30), after=st.integers(0, 200))
def test_warm_up_leads_to_any_schedule_and_starts_its_clock(name, steps, after):
    then = SCHEDULES[name]
    at = partial(warmup, steps=steps, then=then)
    assert at(steps + after) == then(after)
    rise = [at(step) for step in range(steps + 1)]
    # from one step before 0, where the line is at zero, to the last step of the warm-up, where it is at then(0)
    np.testing.assert_allclose(rise[:steps], np.linspace(0, then(0), steps + 1)[1:], rtol=1e-13)
    assert all(value > 0 for value in rise)


@given(rates, st.floats(0, 1), lengths, st.integers(0, 500))
def test_triangular_is_smiths_formula(lr_max, share, half, step):
    lr_min = share * lr_max
    cycle = math.floor(1 + step / (2 * half))
    x = abs(step / half - 2 * cycle + 1)
    expected = lr_min + (lr_max - lr_min) * max(0, 1 - x)
    got = triangular(step, lr_min=lr_min, lr_max=lr_max, half=half)
    # step / half is up to 500 and loses that many roundings in the formula
    assert got == pytest.approx(expected, abs=1e-12 * lr_max)


@given(rates, st.integers(3, 300), st.floats(0, 0.95), st.floats(2, 50), st.floats(10, 1e5))
def test_one_cycle_has_three_phases_and_its_momentum_goes_the_other_way(lr_max, steps, share, div, final_div):
    cycle = [
        one_cycle(step, lr_max=lr_max, steps=steps, annihilation=share, div=div, final_div=final_div)
        for step in range(steps + 1)
    ]
    lr, momentum = np.transpose(cycle)
    peak = int(lr.argmax())
    assert lr[peak] == lr_max
    assert momentum[peak] == momentum.min() == 0.85
    assert lr[0] == lr[2 * peak] == lr_max / div
    assert lr[-1] == pytest.approx(lr_max / div / final_div, rel=1e-12)
    assert momentum[0] == 0.95
    assert (momentum[2 * peak :] == 0.95).all()
    # the last phase has its share (of which three phases of at least one step may take some), and no step too many
    assert steps - 2 * peak >= min(share * steps, steps - 2)
    assert steps - 2 * (peak + 1) < max(1, share * steps)
    # straight: three slopes, and in the first two lr and momentum move in proportion
    for phase in (slice(0, peak + 1), slice(peak, 2 * peak + 1), slice(2 * peak, steps + 1)):
        np.testing.assert_allclose(np.diff(lr[phase], n=2), 0, atol=1e-12 * lr_max)
    rise = (lr[: 2 * peak + 1] - lr[0]) / (lr_max - lr[0])
    np.testing.assert_allclose((0.95 - momentum[: 2 * peak + 1]) / 0.10, rise, atol=1e-12)


def test_plateau_waits_for_patience_updates_without_a_better_one():
    plateau = ReduceOnPlateau(1.0, factor=0.5, patience=3)
    losses = [5, 4, 4, 4.5, 3.9, 4, 4, 4, 3.95, 3.95, 3.95]
    assert [plateau.update(loss) for loss in losses] == [1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert plateau.best == 3.9


def test_plateau_compares_with_the_best_not_the_last():
    plateau = ReduceOnPlateau(1.0, factor=0.5, patience=3)
    assert [plateau.update(loss) for loss in (1, 9, 8, 7)][-1] == 0.5


def test_plateau_rests_after_a_reduction():
    plateau = ReduceOnPlateau(1.0, factor=0.5, patience=2, cooldown=3)
    assert [plateau.update(1.0) for _ in range(9)] == [1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_plateau_wants_a_fall_of_min_delta():
    slow = [1 - 0.01 * i for i in range(8)]
    strict, lenient = (ReduceOnPlateau(1.0, patience=4, min_delta=d) for d in (0.5, 0.0))
    assert [plateau.update(loss) for plateau in (strict, lenient) for loss in slow].count(1.0) == 4 + 8


@given(st.lists(st.floats(allow_nan=True), max_size=60), st.integers(1, 5), st.integers(0, 4))
def test_plateau_never_rises_nor_passes_its_floor(losses, patience, cooldown):
    plateau = ReduceOnPlateau(1.0, factor=0.3, patience=patience, cooldown=cooldown, lr_min=0.05)
    path = [1.0, *(plateau.update(loss) for loss in losses)]
    assert all(0.05 <= b <= a for a, b in pairwise(path))


def test_plateau_takes_nan_for_no_improvement():
    plateau = ReduceOnPlateau(1.0, factor=0.5, patience=2)
    assert [plateau.update(math.nan) for _ in range(2)] == [1.0, 0.5]
    assert plateau.best == math.inf


def test_plateau_does_not_raise_a_rate_that_is_below_the_floor():
    plateau = ReduceOnPlateau(0.01, patience=1, lr_min=0.05)
    plateau.update(1.0)
    assert plateau.update(1.0) == 0.01


def test_the_past_is_step_0_and_the_future_is_the_end():
    for name, schedule in SCHEDULES.items():
        assert schedule(-1) == schedule(-(10**9)) == schedule(0), name
    assert SCHEDULES["cosine"](41) == SCHEDULES["cosine"](10**9) == 0.01
    assert SCHEDULES["piecewise"](10**9) == 0.02
    assert SCHEDULES["one cycle"](10**9) == SCHEDULES["one cycle"](50)


@every_schedule
@pytest.mark.parametrize("step", [1.5, 2.0, "3", None, np.float64(1), [1]])
def test_there_is_nothing_between_two_steps(schedule, step):
    with pytest.raises(TypeError, match=r"^step must be an integer, got "):
        schedule(step)


@given(
    st.integers(0, 2**60), st.integers(1, 2**60), st.integers(1, 2**60), st.sampled_from([1, 2, 2**53]), st.floats(0, 1)
)
def test_no_schedule_runs_for_long(step, length, growth, unit, share):
    """All of these return: going from restart to restart would take years for periods of one step."""
    for period, factor in ((length, growth), (unit, 1), (1, 2)):
        assert 0 <= cosine_restarts(step, lr=1, period=period, growth=factor) <= 1
    for each in (cosine(step, lr=1, steps=length), triangular(step, lr_min=share, lr_max=1, half=length)):
        assert 0 <= each <= 1
    assert 0 <= one_cycle(step, lr_max=1, steps=length + 2).lr <= 1
    assert 0 <= step_decay(step, lr=1, factor=max(share, 1e-9), every=length) <= 1


RATE = {"lr": 1.0}
CALLS = {
    "step_decay": (partial(step_decay, 1), RATE | {"factor": 0.5, "every": 2}),
    "exponential": (partial(exponential, 1), RATE | {"factor": 0.5, "every": 2.5}),
    "power": (partial(power, 1), RATE | {"every": 2.5, "exponent": 0.5}),
    "piecewise": (partial(piecewise_constant, 1), {"boundaries": [2, 5], "values": [1, 2, 3]}),
    "cosine": (partial(cosine, 1), RATE | {"steps": 9, "lr_min": 0.5}),
    "restarts": (partial(cosine_restarts, 100), RATE | {"period": 10, "growth": 2, "lr_min": 0.5}),
    "warmup": (partial(warmup, 1), {"steps": 3, "then": lambda step: 0.1}),
    "triangular": (partial(triangular, 1), {"lr_min": 0.5, "lr_max": 1.0, "half": 3}),
    "one_cycle": (
        partial(one_cycle, 1),
        {"lr_max": 1.0, "steps": 9, "annihilation": 0.1, "div": 2, "final_div": 2, "momentum_max": 0.9},
    ),
    "plateau": (ReduceOnPlateau, RATE | {"factor": 0.5, "patience": 2, "min_delta": 0.1, "cooldown": 1, "lr_min": 0.1}),
}
BAD = {
    # argument: (values of a wrong type, values out of range)
    "lr": (["0.1", None, [1, 2]], [-1, math.nan, math.inf]),
    "lr_min": (["0.1", None], [-1, math.nan, math.inf]),
    "lr_max": (["0.1", None], [-1, math.nan, math.inf]),
    "factor": (["0.5", None], [0, -0.5, 1.5, math.nan]),
    "every": (["2", None], [0, -1]),
    "exponent": (["1", None], [-1, math.nan, math.inf]),
    "steps": ([2.0, 2.5, None, "3"], [-1]),
    "period": ([2.0, 2.5, None, "3"], [0, -1]),
    "growth": ([0.5, 2.0, None, "2"], [0, -1]),
    "half": ([2.0, 2.5, None, "3"], [0, -1]),
    "annihilation": ([None], [-0.1, 1, math.nan]),
    "div": ([None], [0, 0.5, -1, math.nan, math.inf]),
    "final_div": ([None], [0, 0.5, -1, math.nan, math.inf]),
    "momentum_max": ([None], [-0.1, 1, math.nan]),
    "patience": ([2.0, None], [0, -1]),
    "min_delta": ([None], [-1, math.nan, math.inf]),
    "cooldown": ([1.0, None], [-1]),
    "then": ([0.1, None, ReduceOnPlateau], []),
    "values": ([[None] * 3, ["1"] * 3], [[-1] * 3, [math.nan] * 3, [1, 2]]),
    "boundaries": ([[2.0, 5.0], [2.5, 5], ["2", "5"]], [[5, 2], [2, 2], [2]]),
}


@pytest.mark.parametrize(("name", "argument"), [(name, key) for name, (_, given) in CALLS.items() for key in given])
def test_values_that_make_no_schedule_are_refused(name, argument):
    call, settings = CALLS[name]
    call(**settings)
    of_wrong_type, out_of_range = BAD[argument]
    for values, error in ((of_wrong_type, TypeError), (out_of_range, ValueError)):
        for value in values:
            # a list of boundaries or values is recognised by what is wrong in it
            with pytest.raises(error, match=f"{argument}|a boundary|a value"):
                call(**settings | {argument: value})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: step_decay(1, lr=1, factor=0.5, every=2.0), r"every must be an integer, got 2.0 \(float\): type 2"),
        (lambda: step_decay(1, lr=1, factor=1.5, every=2), r"factor must lie in \(0, 1\], got 1.5"),
        (lambda: exponential(1, lr=1, factor=0.5, every=0), "every must be positive and finite, got 0"),
        (lambda: piecewise_constant(1, boundaries=[1], values=[1]), "1 boundaries need 2 values, got 1"),
        (lambda: piecewise_constant(1, boundaries=[5, 2], values=[1, 2, 3]), r"boundaries must rise, got \[5, 2\]"),
        (lambda: cosine(1, lr=1, steps=0), "steps must be at least 1, got 0"),
        (lambda: cosine(1, lr=0.1, steps=5, lr_min=1), "lr_min must be at most lr, got 1.0 and 0.1"),
        (lambda: triangular(1, lr_min=1, lr_max=0.1, half=5), "lr_min must be at most lr_max, got 1.0 and 0.1"),
        (lambda: cosine_restarts(100, lr=1, period=10, growth=0.5), r"growth must be an integer, got 0.5 \(float\)"),
        (lambda: warmup(1, steps=5, then=0.1), r"then must be a function of the step, got 0.1 \(float\)"),
        (lambda: warmup(1, steps=5, then=lambda step: -1), r"then\(0\) must be at least 0 and finite, got -1"),
        (lambda: one_cycle(1, lr_max=1, steps=2), "steps must be at least 3, got 2"),
        (lambda: one_cycle(1, lr_max=1, steps=9, momentum_max=0.5), "momentum_min must be at most momentum_max, .*"),
        (lambda: ReduceOnPlateau(1.0, patience=0), "patience must be at least 1, got 0"),
        (lambda: ReduceOnPlateau(1.0, factor=1.0), r"factor must lie in \(0, 1\), got 1.0"),
        (lambda: ReduceOnPlateau(1.0).update("0.5"), r"loss must be a number, got '0.5' \(str\)"),
        (lambda: ReduceOnPlateau(1.0).update(None), r"loss must be a number, got None \(NoneType\)"),
    ],
)
def test_messages_say_what_to_type(call, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}$"):
        call()
