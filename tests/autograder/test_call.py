"""One call of a student's function, whatever it does, becomes plain data, and the caller goes on."""

import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from autograder.box.attempt import TEXT_LIMIT, text_of
from autograder.call import Outcome, call, copy_inputs, same_data


def x_input():
    return {"x": np.array([1.0, np.nan, -2.0])}


def test_returned_value_and_nothing_else():
    outcome = call(lambda x: x[2] * 2, x_input())
    assert outcome == Outcome("returned", value=-4.0)


def test_inputs_of_the_caller_are_never_changed():
    given = {"x": np.arange(3.0), "options": {"rates": [1, 2]}}
    saved = copy_inputs(given)

    def destroy(x, options):
        x[:] = -1
        options["rates"].append(3)

    assert call(destroy, given).mutated == ("x", "options")
    assert all(same_data(saved[name], given[name]) for name in given)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda x: x.sort(), True),
        (lambda x: x.resize((4,), refcheck=False), True),
        (lambda x: x.fill(np.nan), True),
        (lambda x: x * 2, False),
        (lambda x: x.copy().fill(0), False),
    ],
)
def test_mutation_is_seen_and_nan_equals_nan(change, seen):
    assert call(change, {"x": np.array([3.0, np.nan, 1.0])}).mutated == (("x",) if seen else ())


def test_exception_is_described_with_the_students_own_line():
    def divides(x):
        y = 3
        return y // 0

    outcome = call(divides, x_input())
    assert (outcome.status, outcome.error) == ("raised", "ZeroDivisionError")
    assert "by zero" in outcome.message
    assert outcome.where.endswith(": return y // 0") and outcome.where.startswith("line ")


def test_the_line_is_the_students_when_numpy_or_python_raise_deeper():
    def reshapes(x):
        return np.linalg.inv(x)

    def parses(x):
        import json

        return json.loads("{")

    assert call(reshapes, x_input()).where.endswith("return np.linalg.inv(x)")
    assert call(parses, x_input()).where.endswith('return json.loads("{")')


class SilentError(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")


@pytest.mark.parametrize(
    "error", [SilentError(), SystemExit(3), GeneratorExit(), RecursionError("deep"), MemoryError(), StopIteration()]
)
def test_no_exception_escapes(error):
    def raises(x):
        raise error

    outcome = call(raises, x_input())
    assert (outcome.status, outcome.error) == ("raised", type(error).__name__)


def test_endless_recursion_is_an_exception_like_others():
    def again(x):
        return again(x)

    assert call(again, x_input()).error == "RecursionError"


def test_a_stub_is_not_an_exception():
    def stub(x):
        raise NotImplementedError("write me")

    assert call(stub, x_input()).status == "not_implemented"


def test_the_users_own_interrupt_passes_through():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, x_input())


def endless(x):
    while True:
        pass


def endless_with_except(x):
    while True:
        try:  # noqa: SIM105 - what students write
            x = x + 1
        except Exception:
            pass


def endless_with_bare_except(x):
    while True:
        try:  # noqa: SIM105 - what students write
            nap()
        except:  # noqa: E722
            pass


def nap():
    time.sleep(0.01)


def endless_sleep(x):
    time.sleep(3600)


@pytest.mark.parametrize("function", [endless, endless_with_except, endless_with_bare_except, endless_sleep])
@pytest.mark.filterwarnings("ignore:overflow")
def test_endless_loop_ends(function):
    outcome = call(function, x_input(), seconds=0.2)
    assert (outcome.status, outcome.message) == ("timeout", "no answer within 0.2 s")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer on this system")
def test_no_alarm_is_left_behind():
    before = signal.getsignal(signal.SIGALRM)
    call(endless, x_input(), seconds=0.05)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert signal.getsignal(signal.SIGALRM) is before


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_endless_loop_ends_without_interval_timers(monkeypatch, handler):
    monkeypatch.delattr(signal, "setitimer", raising=False)
    before = signal.signal(signal.SIGINT, handler)
    try:
        assert call(endless, x_input(), seconds=0.2).status == "timeout"
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_interrupt_without_interval_timers_is_still_the_users(monkeypatch):
    monkeypatch.delattr(signal, "setitimer", raising=False)

    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, x_input(), seconds=60)


def test_in_a_thread_there_is_no_limit_and_no_error():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(call(lambda x: 1, x_input(), seconds=0.2)))
    thread.start()
    thread.join()
    assert outcomes == [Outcome("returned", value=1)]


def test_printing_is_captured_from_both_streams():
    def talks(x):
        print("to out")
        print("to err", file=sys.stderr)
        return 1

    assert call(talks, x_input()).printed == "to out\nto err\n"


def test_a_flood_is_cut_while_it_happens():
    """About 1 GB is printed; only the first characters may be held."""
    chunk = "flood " * 100_000

    def floods(x):
        for _ in range(2000):
            print(chunk)

    outcome = call(floods, x_input(), seconds=30)
    assert outcome.status == "returned"
    assert outcome.printed == chunk[:TEXT_LIMIT]


def test_text_that_cannot_be_encoded_is_made_so():
    def talks(x):
        print("broken \ud800 half")
        raise ValueError("also \udfff")

    outcome = call(talks, x_input())
    assert "broken" in outcome.printed and "also" in outcome.message
    (outcome.printed + outcome.message).encode("utf-8")


def test_texts_are_cut_and_never_raise():
    assert len(text_of("a" * 10 * TEXT_LIMIT)) == TEXT_LIMIT
    assert text_of(SilentError()) == "(no text: RuntimeError)"


def test_warnings_are_listed_once_each():
    def warns(x):
        warnings.warn("mind the step", stacklevel=1)
        warnings.warn("mind the step", stacklevel=1)
        return np.exp(np.array([1e3]))

    assert call(warns, x_input()).warnings == ("mind the step", "overflow encountered in exp")


def test_underflow_to_zero_is_no_reason_to_warn():
    assert call(lambda x: np.exp(np.array([-1e4]))[0], x_input()) == Outcome("returned", value=0.0)


def test_error_settings_of_the_notebook_have_no_effect():
    with np.errstate(all="raise"):
        outcome = call(lambda x: np.exp(x * 1e4)[0], x_input())
    assert (outcome.status, outcome.value) == ("returned", np.inf)


@pytest.mark.parametrize(
    "function",
    [lambda: 0, lambda x: 0, lambda x, y, z: 0, lambda *, x, y: 0, lambda x, *, y: 0, lambda y, x: 0],
    ids=["none", "too few", "too many", "keywords only", "one keyword only", "another order"],
)
def test_another_signature_is_reported(function):
    outcome = call(function, {"x": 1.0, "y": 2.0})
    assert outcome.status == "signature"
    assert outcome.message.startswith("expected to be called with (x, y), but it is defined as (")


@pytest.mark.parametrize(
    "function",
    [lambda x, y: 0, lambda a, b: 0, lambda x, y, more=1: 0, lambda *args: 0, lambda x, *rest: 0, lambda x, y, **k: 0],
)
def test_a_signature_that_fits_is_called(function):
    assert call(function, {"x": 1.0, "y": 2.0}).status == "returned"


@pytest.mark.parametrize("thing", [3.5, "relu", np.arange(3)])
def test_what_is_not_a_function_is_missing(thing):
    outcome = call(thing, x_input())
    assert outcome.status == "missing"
    assert type(thing).__name__ in outcome.message


def test_a_callable_among_the_inputs_is_passed_as_it_is():
    assert call(lambda f, x: f(x), {"f": len, "x": [1, 2]}) == Outcome("returned", value=2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (np.zeros(2), np.zeros(2, dtype=np.float32)),
        (np.zeros((2, 1)), np.zeros((1, 2))),
        ([1, 2], (1, 2)),
        ({"a": 1}, {"a": 1, "b": 2}),
        (1, 1.0),
        (True, 1),
        (0.0, 1.0),
        ([np.zeros(2)], [np.ones(2)]),
    ],
)
def test_different_data_is_different(before, after):
    assert not same_data(before, after)
    assert same_data(before, before) and same_data(after, after)
