"""Numba in a box: compiling is counted apart, up to an allowance, whatever the box says of it."""

import threading
import time
from dataclasses import replace
from functools import partial

import numba
import numpy as np
import pytest
from boxes import HURRY, LIMITS, X, box_processes, boxed, check_honest, hurried
from thrift import rest_in_soak

from autograder.box.compiling import Watch
from autograder.catalogue import load
from autograder.check import HIDDEN, judge_all
from autograder.grading.isolation import clock as module
from autograder.grading.isolation.clock import Budget, Clock, Late, Seconds
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.sandbox import Cell, Sandbox

BOXED = pytest.mark.sandbox
IMPORTS = "import time\nimport numpy as np\nimport numba\nfrom numba.core.compiler_lock import global_compiler_lock\n"
# np.where takes seconds to compile; holding the lock is what compiling does, for as long as is wanted
WHERE = f"{IMPORTS}@numba.njit\ndef f(x):\n    return np.where(x > 0, x, 0.0)"
HELPER = f"{IMPORTS}@numba.njit\ndef g(x):\n    return np.where(x > 0, x, 0.0)\ndef f(x):\n    return g(x)"
LOCKED = IMPORTS + "def f(x):\n    with global_compiler_lock:\n        time.sleep({})\n    return np.maximum(x, 0)"
LOOP = f"{IMPORTS}@numba.njit\ndef f(x):\n    i = 0\n    while i >= 0:\n        i = (i + 1) % 7\n    return x"


@BOXED
@pytest.mark.parametrize("source", rest_in_soak([WHERE, HELPER, LOCKED.format(3)]), ids=["jitted", "helper", "locked"])
def test_compiling_counts_against_no_call(source):
    with boxed(Cell("f", source)) as box:
        with hurried(box, 1.0):
            outcomes = box.run_all("f", [{"x": X}, {"x": X[:2]}] if source != LOCKED.format(3) else [{"x": X}])
        assert [outcome.status for outcome in outcomes] == ["returned"] * len(outcomes), outcomes
        assert np.array_equal(outcomes[0].value, np.maximum(X, 0))
        check_honest(box)


@BOXED
def test_compiling_counts_against_no_cell():
    cells = [Cell("imports", IMPORTS), Cell("f", "with global_compiler_lock: time.sleep(3)\ndef f(x): return x")]
    with boxed(cells[0]) as box, hurried(box, 2.0):
        assert [result.error for result in box.load(cells)] == ["", ""]


@BOXED
@pytest.mark.soak
def test_more_compiling_than_is_allowed_counts():
    limits = replace(LIMITS, compile_seconds=1.0, wall_factor=1.0)
    with boxed(Cell("f", LOCKED.format(600)), limits=limits) as box:
        began = time.monotonic()
        with hurried(box):
            assert box.run("f", {"x": X}).status == "timeout"
        assert time.monotonic() - began >= 1.0 + HURRY
        assert box._spending.compiling.wall == 0.0
        check_honest(box)


@BOXED
def test_an_endless_loop_in_compiled_code_ends():
    with boxed(Cell("f", LOOP), limits=replace(LIMITS, wall_factor=100.0)) as box:
        with hurried(box):
            outcome = box.run("f", {"x": X})
        assert (outcome.status, outcome.message) == (
            "timeout",
            "no answer within 0.5 s of processor time (call_seconds)",
        )
        check_honest(box)


@BOXED
def test_an_answer_that_was_late_is_tried_once_more_by_itself():
    """The first time the box is stopped from outside, as if others had all of the machine."""
    code = "def f(x):\n    return x"
    with boxed(Cell("f", code), limits=replace(LIMITS, wall_factor=1.0)) as box:
        for process in box_processes():
            process.suspend()
        with hurried(box, 2.0):
            outcomes = box.run_all("f", [{"x": x} for x in range(3)])
        assert [outcome.value for outcome in outcomes] == [0, 1, 2], outcomes
        check_honest(box)


@BOXED
@pytest.mark.parametrize(
    "told",
    rest_in_soak(["'compiling'", "'compiled'", "['compiling', 'compiled'][i % 2]"]),
    ids=["begun", "ended", "both"],
)
def test_whoever_says_to_compile_gets_the_allowance_once(told):
    code = f"""
channel = next(o for o in __import__('gc').get_objects() if type(o).__name__ == 'Channel')
def f(x):
    i = 0
    while True:
        if i < 9000:
            channel.send({{'status': {told}}})
        i += 1
"""
    limits = replace(LIMITS, compile_seconds=1.0)
    with boxed(Cell("f", code), Cell("g", code.replace("def f", "def g")), limits=limits) as box:
        began = time.monotonic()
        with hurried(box):
            assert box.run("f", {"x": X}).status == "timeout"
            assert box.run("g", {"x": X}).status == "timeout"
        assert time.monotonic() - began < 60
        assert box._spending.compiling.cpu <= 1.0
        check_honest(box)


CACHED = {
    "parallel": (
        "@numba.njit(parallel=True)\ndef f(x):\n    y = np.empty_like(x)\n"
        "    for i in numba.prange(x.size):\n        y[i] = 2 * x[i]\n    return y"
    ),
    "njit": "@numba.njit(cache=True)\ndef f(x):\n    return 2 * x",
    "eager": "@numba.njit('f8[:](f8[:])', cache=True)\ndef f(x):\n    return 2 * x",
    "vectorize": "@numba.vectorize(['f8(f8)'], cache=True)\ndef f(x):\n    return 2 * x",
    "guvectorize": (
        "@numba.guvectorize(['void(f8[:], f8[:])'], '(n)->(n)', cache=True)\n"
        "def g(x, y):\n    y[:] = 2 * x\ndef f(x):\n    return g(x)"
    ),
}


@BOXED
@pytest.mark.parametrize("source", rest_in_soak(CACHED.values()), ids=CACHED)
def test_a_cache_or_threads_may_be_asked_for_as_in_a_notebook(source):
    with boxed(Cell("f", IMPORTS + source)) as box:
        outcome = box.run("f", {"x": X})
        assert np.array_equal(outcome.value, 2 * X), (outcome, box.results)


@BOXED
@pytest.mark.parametrize("level", [LEVELS[0], *(pytest.param(level, marks=pytest.mark.soak) for level in LEVELS[1:])])
def test_a_module_beside_the_notebook_may_ask_for_a_cache(level):
    """It uses Numba in the statement that imports it, and at the level landlock nothing can be written."""
    module = b"from numba import njit\n@njit('f8(f8)', cache=True)\ndef double(x):\n    return 2 * x\n"
    cell = Cell("f", "import fast\ndef f(x):\n    return fast.double(x)")
    with boxed(cell, limits=replace(LIMITS, levels=(level,)), files={"fast.py": module}) as box:
        assert box.run("f", {"x": 2.0}).value == 4, box.results


# right answers to relu_backward, as students write them
WHERE_OF_ANY_SHAPE = "@njit\ndef relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)"
LOOPS = """
def relu_backward(dout, z):
    out = np.zeros_like(dout)
    for i in {}(z.shape[0]):
        for j in range(z.shape[1]):
            if z[i, j] > 0:
                out[i, j] = dout[i, j]
    return out
"""
ANSWERS = {
    "where": WHERE_OF_ANY_SHAPE,
    "cached": "@njit(cache=True, fastmath=True)" + LOOPS.format("range"),
    "parallel": "@njit(parallel=True)" + LOOPS.format("prange"),
}


@BOXED
@pytest.mark.soak
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_right_answer_in_numba_gets_its_points(answer):
    """Within the limits that a class has; compiling takes most of a minute where the machine is busy."""
    with Sandbox() as box:
        box.load([Cell("relu_backward", f"import numpy as np\nfrom numba import njit, prange\n{answer}")])
        report = judge_all(load("relu_backward"), partial(box.run_all, "relu_backward"), HIDDEN)
    assert report.passed, str(report)


class Machine:
    """A machine whose clock and processor stand where a test puts them; the processor is one that may not be known."""

    def __init__(self, monkeypatch):
        self.now, self.cpu, self.looks = 100.0, 50.0, 0
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)

    def clock(self, cpu, wall, allowance=None):
        budget = Budget(Seconds(cpu, wall), ("its processor", cpu), ("its clock", wall))
        return Clock(budget, allowance or Seconds(), self.meter)

    def meter(self):
        self.looks += 1
        return self.cpu

    def run(self, wall, cpu):
        self.now += wall
        if self.cpu is not None:
            self.cpu += cpu


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


def test_a_busy_machine_is_not_to_blame(machine):
    clock = machine.clock(cpu=5.0, wall=20.0)
    assert clock.left() == 5
    machine.run(wall=6.0, cpu=1.0)
    assert clock.left() == 4
    machine.run(wall=10.0, cpu=3.5)
    assert clock.left() == 0.5
    machine.run(wall=1.0, cpu=0.5)
    with pytest.raises(Late, match="its processor"):
        clock.left()
    assert clock.used == Seconds(5.0, 17.0)


def test_what_sleeps_is_late_by_the_clock(machine):
    clock = machine.clock(cpu=5.0, wall=20.0)
    machine.run(wall=19.0, cpu=0.0)
    assert clock.left() == 1
    machine.run(wall=1.0, cpu=0.0)
    with pytest.raises(Late, match="its clock"):
        clock.left()


def test_where_the_processor_time_is_not_known_the_clock_decides(machine):
    machine.cpu = None
    clock = machine.clock(cpu=5.0, wall=20.0)
    machine.run(wall=5.0, cpu=0.0)
    with pytest.raises(Late, match="its processor"):
        clock.left()


def test_a_box_that_asks_often_is_looked_at_when_it_may_have_used_up_what_it_has(machine):
    clock = machine.clock(cpu=5.0, wall=20.0)
    for _ in range(98):
        machine.run(wall=0.05, cpu=0.02)
        assert clock.left_for_us() > 0
    assert machine.looks == 2  # one at the start, and one before the first question
    machine.run(wall=0.05, cpu=0.02)
    assert clock.left_for_us() == pytest.approx(5 - 99 * 0.02)
    machine.run(wall=3.0, cpu=2.99)
    assert clock.left_for_us() == pytest.approx(0.03)
    machine.run(wall=0.02, cpu=0.03)
    with pytest.raises(Late, match="its processor"):
        clock.left_for_us()


def test_a_clock_stands_still_as_long_as_the_allowance_lasts(machine):
    allowance = Seconds(10.0, 40.0)
    clock = machine.clock(5.0, 20.0, allowance)
    assert clock.left() == 5
    machine.run(wall=2.0, cpu=2.0)
    clock.tell(compiling=True)
    assert clock.left() == 13
    machine.run(wall=8.0, cpu=4.0)
    clock.tell(compiling=False)
    assert (clock.left(), allowance) == (3, Seconds(6.0, 32.0))
    machine.run(wall=2.0, cpu=2.0)
    clock.tell(compiling=True)
    machine.run(wall=20.0, cpu=20.0)
    clock.tell(compiling=True)
    with pytest.raises(Late):
        clock.left()
    assert (clock.used.cpu, allowance) == (18, Seconds(0.0, 12.0))


def test_of_what_is_compiled_within_another_only_the_outermost_is_told():
    @numba.njit
    def inner(x):
        return x + 1

    @numba.njit
    def outer(x):
        return inner(x) * 2

    @numba.njit
    def broken(x):
        return x.no_such_thing

    told = []
    watch = Watch(told.append)
    watch.attach()
    watch.attach()
    assert outer(3) == 8
    assert told == [True, False]
    assert outer(4) == 10
    assert told == [True, False]
    with pytest.raises(numba.TypingError):
        broken(3)
    assert told[2:] == [True, False] * (len(told[2:]) // 2) != []
    del told[:]
    thread = threading.Thread(target=lambda: outer(3.0))
    thread.start()
    thread.join()
    assert told == []
