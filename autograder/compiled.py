"""Call a function that runs what Numba has compiled, which no signal of Python interrupts, in a process of its own.

An endless loop there ends with its process, and so does what writes outside an array; the notebook's kernel and its
variables stay. The process is forked from the kernel, so the function sees all that the student has defined. What it
changes there, such as a global count of its calls, lasts for the cases of one check, and never reaches the notebook.

Windows has no fork: there, an endless loop in compiled code hangs the kernel, as it does when the student calls it.
So it does where the notebook has run parallel code on OpenMP, of which a forked process dies; `course lab` avoids that.
"""

import contextlib
import faulthandler
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence

from autograder.box.attempt import observed
from autograder.box.compiling import Watch
from autograder.box.wire import LENGTH, WireError, decode, encode
from autograder.call import SECONDS, Outcome, call, copy_inputs, late
from autograder.exercise import Inputs
from autograder.reference_use import package_of, reached_by

COMPILE_SECONDS = 120.0  # for all calls together: np.where takes 2 for each number of axes, dtype and order
INTERRUPTED = "interrupted"  # the status of what has raised KeyboardInterrupt


def reaches_compiled_code(function: Callable) -> bool:
    """Whether Numba compiles a function, or one that it calls, as far as reading its code shows."""
    return any("numba" in (package_of(found), package_of(type(found))) for _, found in reached_by(function))


def call_compiled(function: Callable, cases: Sequence[Inputs], seconds: float = SECONDS) -> list[Outcome]:
    """Call ``function`` on every case, by position; an outcome that ends the process stands for all later cases too.

    Compiling counts against no call.
    """
    for inputs in cases:
        _compile_for(function, inputs)
    if not _may_fork():
        return _in_this_process(function, cases, seconds)
    outcomes, end = _in_a_child(function, cases, seconds)
    if outcomes and outcomes[-1].status == INTERRUPTED:
        raise KeyboardInterrupt
    return outcomes + [_dead(end, seconds)] * (len(cases) - len(outcomes))


def _compile_for(function: Callable, inputs: Inputs):
    """Compile a jitted function for the types of the inputs, which runs nothing of it.

    What a child compiles ends with it; what is compiled here is there for the next check as well. Helpers, whose types
    only their calls show, are left to the child, and so is what cannot be compiled.
    """
    with observed(), contextlib.suppress(Exception):
        function.compile(tuple(map(function.typeof_pyval, copy_inputs(inputs).values())))


def _may_fork() -> bool:
    if not hasattr(os, "fork"):
        return False
    try:
        return sys.modules["numba"].threading_layer() != "omp"
    except (KeyError, ValueError):  # nothing has run in parallel
        return True


def _in_this_process(function: Callable, cases: Sequence[Inputs], seconds: float) -> list[Outcome]:
    """The outcomes up to the first timeout."""
    outcomes: list[Outcome] = []
    for inputs in cases:
        outcomes.append(call(function, inputs, seconds))
        if outcomes[-1].status == "timeout":
            break
    return outcomes


def _in_a_child(function: Callable, cases: Sequence[Inputs], seconds: float) -> tuple[list[Outcome], int]:
    """The outcomes that a forked process has sent, and the status with which it ended."""
    reading, writing = os.pipe()
    with warnings.catch_warnings(action="ignore"):  # of threads, of which the child has none, and uses nothing
        child = os.fork()
    if child == 0:
        try:
            _serve(function, cases, seconds, writing)
        finally:
            os._exit(0)
    os.close(writing)
    outcomes: list[Outcome] = []
    try:
        with open(reading, "rb") as answers:
            while len(length := answers.read(LENGTH.size)) == LENGTH.size:
                with contextlib.suppress(WireError):  # the end of an answer that was cut short
                    outcomes.append(Outcome(**decode(answers.read(*LENGTH.unpack(length)))))
    except BaseException:  # the user's Ctrl-C
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, end = os.waitpid(child, 0)
    return outcomes, end


def _serve(function: Callable, cases: Sequence[Inputs], seconds: float, writing: int):
    """Call the function on every case and send the outcomes.

    The alarm that nothing handles ends the process, wherever it is, even when the kernel has been killed meanwhile.
    """
    import resource  # which Windows does not have

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would be put into the student's folder
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # which reaches the kernel too
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    elsewhere = COMPILE_SECONDS  # what is left to compile while the function runs, and to run while it compiles

    def change_clocks(_):
        nonlocal elsewhere
        elsewhere, _ = signal.setitimer(signal.ITIMER_REAL, elsewhere)

    Watch(change_clocks).attach()
    with open(writing, "wb") as answers:
        for inputs in cases:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            try:
                outcome = call(function, inputs, None)
            except KeyboardInterrupt:
                outcome = Outcome(INTERRUPTED)
            signal.setitimer(signal.ITIMER_REAL, 0)
            answers.write(_message(outcome))
            answers.flush()


def _message(outcome: Outcome) -> bytes:
    try:
        return encode(vars(outcome))
    except WireError as error:
        return encode(vars(Outcome("raised", error="TooLarge", message=f"the result has {error}")))


def _dead(end: int, seconds: float) -> Outcome:
    """The outcome of the call during which the process ended."""
    number = os.WTERMSIG(end) if os.WIFSIGNALED(end) else 0
    if number == signal.SIGALRM:
        return Outcome("timeout", message=late(seconds))
    why = signal.strsignal(number) if number else f"it ended itself with status {os.waitstatus_to_exitcode(end)}"
    outside = number in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT)
    hint = "; does it use an index outside an array? Compiled code does not check" if outside else ""
    return Outcome("crashed", message=f"its Python process is gone: {why}{hint}")
