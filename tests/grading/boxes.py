"""Boxes for the sandbox's tests, with an honest function in each."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import psutil

from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox

# An honest call takes a millisecond, and on a busy machine a thousand; what never ends is called in a hurry instead.
# So little memory that filling it takes less than a second, and enough for NumPy.
LIMITS = Limits(call_seconds=60.0, function_seconds=180.0, submission_seconds=600.0, memory_bytes=512 << 20)
HURRY = 0.5  # seconds that a test waits for what never ends
HONEST = Cell("honest", "import numpy as np\ndef honest(x):\n    return np.tanh(x)")
X = np.linspace(-3.0, 3.0, 7)


def boxed(*cells: Cell, limits: Limits = LIMITS, **options) -> Sandbox:
    box = Sandbox(limits, **options)
    box.load([HONEST, *cells])
    return box


@contextlib.contextmanager
def hurried(box: Sandbox, seconds: float = HURRY) -> Iterator[None]:
    """Within the block, a call may take no longer: for calls that never end."""
    patient = box.limits
    box.limits = replace(patient, call_seconds=seconds)
    yield
    box.limits = patient


def attempt(code: str, *arguments, limits: Limits = LIMITS, name: str = "attack", seconds: float = LIMITS.call_seconds):
    """The outcome of ``attack``, after making sure that the honest function is answered before and after it.

    ``seconds`` are for the attack alone.
    """
    inputs = {f"x{i}": value for i, value in enumerate(arguments)}
    with boxed(Cell("attack", code), limits=limits) as box:
        check_honest(box)
        with hurried(box, seconds):
            outcome = box.run(name, inputs)
        check_honest(box)
    return outcome


def check_honest(box: Sandbox):
    outcome = box.run("honest", {"x": X})
    assert outcome.status == "returned", outcome
    assert np.array_equal(outcome.value, np.tanh(X))
    assert outcome.mutated == ()


def box_processes() -> list[psutil.Process]:
    """All processes of boxes that this process has started, at any level; a zygote itself is none."""
    return [process for process in psutil.Process().children(recursive=True) if is_alive(process) and _in_box(process)]


def zygotes() -> list[psutil.Process]:
    """The zygotes of this process, from inside bubblewrap."""
    own = psutil.Process().children(recursive=True)
    return [process for process in own if is_alive(process) and _runs(process, "zygote") and not _in_box(process)]


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether it becomes true: far longer than the kernel needs to clear away, on the busiest machine."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _in_box(process: psutil.Process) -> bool:
    # a box of the zygote has the zygote's command line, and the zygote or another process of the box as its parent
    if _runs(process, "start_watched") or _runs(process, "start_plain"):
        return True
    try:
        return _runs(process, "zygote") and _runs(process.parent(), "zygote")
    except psutil.NoSuchProcess:
        return False


def _runs(process: psutil.Process, module: str) -> bool:
    try:
        command = process.cmdline()
    except psutil.NoSuchProcess:
        return False
    return "-c" in command and "python" in command[0] and f"import {module}; {module}.main()" in " ".join(command)
