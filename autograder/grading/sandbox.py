"""The grader's side of the sandbox: start a box, load a student's cells, call the functions, survive everything."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass

import numpy as np

from autograder.call import Outcome, same_data
from autograder.exercise import Inputs
from autograder.grading import bubblewrap
from autograder.grading.box.wire import Callback, WireError
from autograder.grading.bubblewrap import SandboxUnavailable
from autograder.grading.channel import Channel, Gone, Late

START_SECONDS = 20.0  # 0.2 s on an idle machine
TEXT_LIMIT = 2000
ANSWERS = ("returned", "raised", "not_implemented", "signature", "reference_used", "missing")
ENDLESS, FATAL = "Endless", "Fatal"  # the errors of a cell that is not run again


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are of the wall clock, sizes in bytes.

    ``memory_bytes`` and ``file_bytes`` hold for each process, ``tmp_bytes`` for all files together.
    """

    call_seconds: float = 5.0
    function_seconds: float = 15.0
    submission_seconds: float = 120.0
    memory_bytes: int = 1 << 30
    processes: int = 8
    file_bytes: int = 16 << 20
    tmp_bytes: int = 32 << 20
    open_files: int = 128
    message_bytes: int = 32 << 20
    callbacks: int = 20_000

    def resources(self) -> dict[str, int]:
        """The limits that the kernel keeps, by their names in ``resource``."""
        return {
            "RLIMIT_AS": self.memory_bytes,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_FSIZE": self.file_bytes,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_CPU": int(self.submission_seconds) + 1,
            "RLIMIT_CORE": 0,
        }


@dataclass(frozen=True)
class Cell:
    """A code cell to run before the calls; the name is its grade_id, or any other label.

    With ``only_definitions``, only its imports, functions, classes and literal constants are run.
    """

    name: str
    source: str
    only_definitions: bool = False


@dataclass(frozen=True)
class CellResult:
    """What running one cell came to; ``error`` is empty when it ran through."""

    error: str = ""
    message: str = ""
    where: str = ""
    note: str = ""


LOADED = CellResult()


class Box:
    """One process under bubblewrap, from its start to its end."""

    def __init__(self, launcher: bubblewrap.Bubblewrap, limits: Limits, constants: dict[str, object]):
        self.limits = limits
        self.process = subprocess.Popen(
            launcher.command(limits.tmp_bytes),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", os.defpath)},
        )
        self.channel = Channel(self.process.stdout.fileno(), self.process.stdin.fileno(), limits.message_bytes)
        deadline = time.monotonic() + START_SECONDS
        try:
            self.channel.send({"limits": limits.resources(), "constants": constants}, deadline)
            self.channel.receive(deadline)
        except (Late, Gone):
            raise SandboxUnavailable(self._complaint()) from None

    def ask(self, request: tuple, seconds: float, callables: dict | None = None) -> dict:
        """One request and its answer; in between, answer the box's own questions about ``callables``.

        Raises
        ------
        Late, Gone
            As from Channel; the box is then of no more use.
        WireError
            When the request itself may not cross: a fault of the exercise.
        """
        deadline = time.monotonic() + seconds
        self.channel.send(request, deadline)
        for _ in range(self.limits.callbacks):
            answer = self.channel.receive(deadline)
            if not isinstance(answer, dict):
                raise Gone(f"an answer of type {type(answer).__name__}")
            if answer.get("status") != "callback":
                return answer
            try:
                self.channel.send(_evaluate(callables or {}, answer), deadline)
            except WireError as error:
                raise Gone(f"it asked for too much: {error}") from None
        raise Late

    def close(self):
        """Kill everything in the box: the end of bubblewrap ends its process namespace."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()

    def _complaint(self) -> str:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        said = self.process.stderr.read(2000).decode(errors="replace").strip()
        self.close()
        return f"a box did not start: {said or 'no message'}. {bubblewrap.NOT_ALLOWED}"


class Sandbox:
    """A student's submission, ready to be called: a box that is started again whenever the student's code ends it.

    Use it as a context manager, in a thread that outlives it: a box dies with the thread that started it.

    Parameters
    ----------
    limits : what the submission may use.
    launcher : the bubblewrap to use; found when None.
    constants : plain values by dotted name which the sealed packages show, such as the constants of SELU.

    Raises
    ------
    SandboxUnavailable
        When no box can be started on this machine; also from ``load`` and ``run``.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        launcher: bubblewrap.Bubblewrap | None = None,
        constants: dict[str, object] | None = None,
    ):
        self.limits = limits or Limits()
        self.launcher = launcher or bubblewrap.find()
        self.level = self.launcher.level
        self.results: dict[Cell, CellResult] = {}
        self._constants = constants or {}
        self._cells: list[Cell] = []
        self._given_up: dict[str, Outcome] = {}
        self._seconds_spent: dict[str, float] = {}
        self._box: Box | None = None
        self._deadline = time.monotonic() + self.limits.submission_seconds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the box, if there is one."""
        if self._box is not None:
            self._box.close()
            self._box = None

    def load(self, cells: list[Cell]) -> list[CellResult]:
        """Run the cells in a new box, and again in every later one, save those that ended one."""
        self.close()
        self._cells, self.results = list(cells), {}
        self._start()
        return [self.results[cell] for cell in cells]

    def run(self, function: str, inputs: Inputs) -> Outcome:
        """Call the student's function by position. Whatever it does, the next function finds a working box.

        After a call that does not end, or that ends the process, the same function is not called again.
        """
        if function in self._given_up:
            return self._given_up[function]
        seconds = min(
            self.limits.call_seconds,
            self.limits.function_seconds - self._seconds_spent.get(function, 0.0),
            self._deadline - time.monotonic(),
        )
        if seconds <= 0:
            return Outcome("timeout", message="not called: the time for its calls is used up")
        callables = {i: value for i, value in enumerate(inputs.values()) if callable(value)}
        arguments = [Callback(i) if i in callables else value for i, value in enumerate(inputs.values())]
        box = self._start()
        began = time.monotonic()
        try:
            return self._outcome(
                function, inputs, box.ask(("call", function, arguments, list(inputs)), seconds, callables)
            )
        except Late:
            outcome = Outcome("timeout", message=f"no answer within {seconds:.3g} s")
        except Gone as gone:
            outcome = Outcome("crashed", message=f"its Python process is gone: {gone}")
        finally:
            self._seconds_spent[function] = self._seconds_spent.get(function, 0.0) + time.monotonic() - began
        self.close()
        self._given_up[function] = outcome
        return outcome

    def _start(self) -> Box:
        """A box in which the cells have been run; every start that fails leaves out the cell that was to blame."""
        while self._box is None:
            box = Box(self.launcher, self.limits, self._constants)
            if all(self._load_cell(box, cell) for cell in self._cells):
                self._box = box
            else:
                box.close()
        return self._box

    def _load_cell(self, box: Box, cell: Cell) -> bool:
        if self.results.get(cell, LOADED).error in (ENDLESS, FATAL):
            return True
        seconds = min(self.limits.call_seconds, self._deadline - time.monotonic())
        try:
            said = box.ask(("cell", cell.source, cell.only_definitions), seconds)
            self.results[cell] = CellResult(**{field: _text(said, field) for field in CellResult.__annotations__})
        except Late:
            self.results[cell] = CellResult(ENDLESS, f"the cell did not end within {seconds:.3g} s")
        except Gone as gone:
            self.results[cell] = CellResult(FATAL, f"the cell ended its Python process: {gone}")
        return self.results[cell].error not in (ENDLESS, FATAL)

    def _outcome(self, function: str, inputs: Inputs, answer: dict) -> Outcome:
        status = answer.get("status")
        if status not in ANSWERS:
            raise Gone(f"an answer of status {str(status)[:40]!r}")
        if status == "missing":
            return self._missing(function, _text(answer, "message"))
        if status == "signature":
            expected, own = ", ".join(inputs), _text(answer, "message")
            return Outcome(status, message=f"expected to be called with ({expected}), but it is defined as {own}")
        after, warned = answer.get("after", list(inputs.values())), answer.get("warnings", [])
        if not isinstance(after, list) or len(after) != len(inputs) or not isinstance(warned, list):
            raise Gone("an answer without the arguments")
        return Outcome(
            status,
            value=answer.get("value"),
            error=_text(answer, "error"),
            message=_text(answer, "message"),
            where=_text(answer, "where"),
            mutated=tuple(n for (n, old), new in zip(inputs.items(), after, strict=True) if not same_data(old, new)),
            printed=_text(answer, "printed"),
            warnings=tuple(str(text)[:TEXT_LIMIT] for text in warned[:20]),
        )

    def _missing(self, function: str, found: str) -> Outcome:
        """Why there is no such function: mostly, because the cell that should define it did not run through."""
        cell = next((cell for cell in self._cells if cell.name == function), None)
        result = self.results.get(cell, LOADED)
        if result.error in (ENDLESS, FATAL):
            return Outcome("timeout" if result.error == ENDLESS else "crashed", message=result.message)
        if result.error:
            found = f"its cell stopped with {result.error}: {result.message} ({result.where})"
        return Outcome("missing", message=found or "nothing in the notebook defines it")


def probe() -> tuple[bool, str]:
    """Whether student code can be sandboxed on this machine, and what to do if not."""
    began = time.monotonic()
    try:
        with Sandbox() as sandbox:
            sandbox.load([Cell("probe", "def probe(x): return x + 1")])
            outcome = sandbox.run("probe", {"x": 1})
    except SandboxUnavailable as error:
        return False, str(error)
    if outcome.value != 2:
        return False, f"a box started, but did not answer: {outcome.status} {outcome.message}"
    return True, f"{sandbox.launcher.path}: a box starts and answers in {time.monotonic() - began:.2f} s"


def _evaluate(callables: dict, question: dict) -> dict:
    """The value of one of the grader's own functions, at arguments that the box has chosen."""
    try:
        with np.errstate(all="ignore"):
            return {"value": callables[question["number"]](*question["arguments"])}
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)[:TEXT_LIMIT]}


def _text(answer: dict, field: str) -> str:
    return str(answer.get(field, ""))[:TEXT_LIMIT] if isinstance(answer, dict) else ""
