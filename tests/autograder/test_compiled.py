"""Compiled code is called in a process of its own: whatever it does, this process goes on, with all its variables."""

import functools
import os
import signal
import subprocess
import sys
import threading
import time

import numba
import numpy as np
import psutil
import pytest
from numba.core.compiler_lock import global_compiler_lock

from autograder import compiled
from autograder.call import Outcome, call
from autograder.check import check
from autograder.compiled import call_compiled, reaches_compiled_code

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")

INPUTS = {"x": np.array([1.0, np.nan, -2.0])}
PATIENCE = 60.0  # for what ends by itself, on the busiest machine


@numba.njit
def doubles(x):
    return 2 * x


@numba.njit
def never_ends(x):
    i = 0
    while i >= 0:
        i = (i + 1) % 7
    return x


@numba.njit
def writes_outside(x):
    for i in range(10**10):
        x[i] = 1.0
    return x


@numba.njit
def changes_its_input(x):
    x[0] = 7.0
    return x.sum()


@numba.njit
def prints(x):
    print("seen", x[0])
    return x


@numba.njit
def raises(x):
    raise ValueError("not today")


@numba.njit
def cannot_be_compiled(x):
    return x.no_such_thing


@numba.njit
def other_signature(x, y):
    return x


@numba.vectorize
def one_by_one(x):
    return x + 1


def by_way_of_a_helper(x):
    return doubles(x), [int(doubles(3))]


def leaves(x):
    doubles(x)
    os._exit(3)


def too_large(x):
    return np.broadcast_to(doubles(x)[0], (10**9, 10))


def many_items(x):
    return [float(doubles(3))] * 49_990  # which may cross, though not together with the rest


def stub(x):
    doubles(x)
    raise NotImplementedError


def leaves_python(x):
    sys.exit(doubles(3))


def interrupts(x):
    raise KeyboardInterrupt(doubles(3))


ALIKE = [doubles, changes_its_input, prints, raises, cannot_be_compiled, other_signature, one_by_one]
ALIKE += [by_way_of_a_helper, too_large, stub, leaves_python]


@pytest.fixture(autouse=True)
def _nothing_is_left():
    before = psutil.Process().children()
    yield
    assert [child for child in psutil.Process().children() if child not in before] == []


def name_of(value):
    return getattr(value, "__name__", None)


def same(one: Outcome, other: Outcome) -> bool:
    return repr(one) == repr(other)


@pytest.mark.parametrize("function", ALIKE, ids=name_of)
def test_the_outcome_is_that_of_a_call_in_this_process(function):
    cases = [INPUTS, {"x": np.ones((2, 2))}, INPUTS]
    outcomes = call_compiled(function, cases, PATIENCE)
    assert same(outcomes, [call(function, inputs, PATIENCE) for inputs in cases])
    assert np.isnan(INPUTS["x"][1]) and INPUTS["x"][0] == 1.0


@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_an_endless_loop_ends_within_the_limit(seconds):
    call_compiled(doubles, [INPUTS])
    began = time.monotonic()
    outcomes = call_compiled(never_ends, [INPUTS, INPUTS], seconds)
    assert [(o.status, o.message) for o in outcomes] == [("timeout", f"no answer within {seconds:g} s")] * 2
    assert time.monotonic() - began < seconds + PATIENCE


@pytest.mark.soak
def test_what_is_answered_before_the_endless_call_counts():
    def loops_at_two(n):
        return never_ends(1.0) if n == 2 else doubles(n)

    outcomes = call_compiled(loops_at_two, [{"n": n} for n in range(4)], 2.0)
    assert [outcome.status for outcome in outcomes] == ["returned", "returned", "timeout", "timeout"]
    assert [outcome.value for outcome in outcomes[:2]] == [0, 2]


def test_a_write_outside_an_array_costs_only_its_author():
    outcome = call_compiled(writes_outside, [INPUTS])[0]
    assert outcome.status == "crashed"
    assert "does it use an index outside an array?" in outcome.message
    assert call_compiled(leaves, [INPUTS])[0] == Outcome(
        "crashed", message="its Python process is gone: it ended itself with status 3"
    )


def test_many_items_cross_or_are_told():
    assert call_compiled(many_items, [INPUTS])[0].status in ("returned", "raised")


def test_state_lasts_from_case_to_case_and_never_reaches_the_notebook():
    seen = []

    def counts(x):
        seen.append(doubles(1))
        return len(seen)

    assert [outcome.value for outcome in call_compiled(counts, [INPUTS] * 3)] == [1, 2, 3]
    assert seen == []


def test_a_function_among_the_inputs_is_called():
    assert call_compiled(lambda f, x: doubles(f(x)), [{"f": np.sum, "x": np.ones(3)}])[0].value == 6.0


def holds_the_lock(seconds):
    """As compiling does."""
    with global_compiler_lock:
        time.sleep(seconds)
    return doubles(seconds)


def test_compiling_counts_against_no_call(monkeypatch):
    outcomes = call_compiled(holds_the_lock, [{"seconds": 1.5}, {"seconds": 0.0}], 1.0)
    assert [outcome.value for outcome in outcomes] == [3.0, 0.0]
    monkeypatch.setattr(compiled, "COMPILE_SECONDS", 0.5)
    assert call_compiled(holds_the_lock, [{"seconds": 600.0}], 1.0)[0].status == "timeout"


@pytest.mark.soak
def test_a_jitted_function_is_compiled_once_for_all_checks():
    @numba.njit
    def relu_backward(dout, z):
        return np.where(z > 0, dout, 0.0)

    assert check("relu_backward", relu_backward).passed
    kept = list(relu_backward.signatures)
    assert kept
    assert check("relu_backward", relu_backward).passed
    assert relu_backward.signatures == kept


def test_a_check_of_endless_compiled_code_says_so():
    @numba.njit
    def relu_backward(dout, z):
        while z[0, 0] == z[0, 0]:
            dout[0, 0] += 1
        return dout

    report = check("relu_backward", relu_backward)
    assert report.verdict == "timeout"
    assert "no answer within 5 s" in str(report)


@pytest.fixture
def keyboard():
    """Ctrl-C raises KeyboardInterrupt, as in a kernel, and nobody else hears of it: a notebook that another test keeps
    open would end its kernel."""
    handler, listener = signal.signal(signal.SIGINT, signal.default_int_handler), signal.set_wakeup_fd(-1)
    yield
    signal.signal(signal.SIGINT, handler)
    signal.set_wakeup_fd(listener)


def test_the_users_interrupt_ends_it(keyboard):
    call_compiled(never_ends, [INPUTS], 0.1)  # compiled now: the compiler may swallow an interrupt
    ended = threading.Event()

    def press_again_and_again():
        # while a process is being forked, Python may swallow an interrupt as well
        while not ended.wait(3.0):
            os.kill(os.getpid(), signal.SIGINT)

    hand = threading.Thread(target=press_again_and_again)
    hand.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        call_compiled(never_ends, [INPUTS], PATIENCE)
    ended.set()
    assert time.monotonic() - began < PATIENCE / 2
    hand.join()
    with pytest.raises(KeyboardInterrupt):
        call_compiled(interrupts, [INPUTS])


def test_there_is_a_limit_in_a_thread_too():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.extend(call_compiled(never_ends, [INPUTS], 0.3)))
    thread.start()
    thread.join(PATIENCE)
    assert [outcome.status for outcome in outcomes] == ["timeout"]


def test_without_fork_it_is_called_in_this_process(monkeypatch):
    monkeypatch.delattr(os, "fork")
    seen = []

    def counts(x):
        seen.append(doubles(1))
        while x > 1:
            pass

    outcomes = call_compiled(counts, [{"x": x} for x in (1, 2, 3)], 0.3)
    assert [outcome.status for outcome in outcomes] == ["returned", "timeout"]
    assert seen == [2, 2]


KILLED = """
import numba, sys
from autograder.compiled import call_compiled
@numba.njit
def f(x):
    while x > 0: x = x % 7 + 1
    return x
f.compile((numba.int64,))
print("ready", flush=True)
call_compiled(f, [{"x": 1}], 5.0)
"""


@pytest.mark.soak
def test_a_kernel_that_is_killed_leaves_no_endless_process_behind():
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True) as kernel:
        assert kernel.stdout.readline() == "ready\n"
        while not (children := psutil.Process(kernel.pid).children()):
            time.sleep(0.01)
        kernel.kill()
    _, alive = psutil.wait_procs(children, PATIENCE)
    assert not alive


OPENMP = """
import numba, numpy as np
from autograder.compiled import call_compiled
@numba.njit(parallel=True)
def f(x):
    total = 0.0
    for i in numba.prange(x.size): total += x[i]
    return total
f(np.ones(3))
assert numba.threading_layer() == "omp"
print(*call_compiled(f, [{"x": np.ones(4)}]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Numba's wheels have no GNU OpenMP")
def test_parallel_code_on_openmp_which_dies_of_a_fork_still_gets_its_answer():
    said = subprocess.run(
        [sys.executable, "-c", OPENMP],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_THREADING_LAYER": "omp"},
    )
    assert "value=4.0" in said.stdout, said.stderr


def closure():
    helper = doubles
    return lambda x: helper(x)


COMPILED = [doubles, one_by_one, by_way_of_a_helper, closure(), functools.partial(doubles), lambda x: numba.njit(x)]
NOT_COMPILED = [lambda x: np.tanh(x), np.tanh, len, None, 3.5, functools.partial(max, 1), lambda x: psutil.cpu_count()]


def test_what_reaches_compiled_code():
    assert all(map(reaches_compiled_code, COMPILED))
    assert not any(map(reaches_compiled_code, NOT_COMPILED))
