"""The grader's side of the sandbox: start a box, load a student's cells, call the functions, survive everything."""

import time
from dataclasses import dataclass

from autograder.call import Outcome, same_data
from autograder.exercise import Inputs
from autograder.grading.isolation import ladder
from autograder.grading.isolation.box.wire import Callback
from autograder.grading.isolation.channel import Gone, Late
from autograder.grading.isolation.exchange import TEXT_LIMIT, Box
from autograder.grading.isolation.launch import Launcher
from autograder.grading.isolation.limits import LEVELS, BoxLost, Limits, SandboxUnavailable

__all__ = ["Cell", "CellResult", "Limits", "Sandbox", "SandboxUnavailable", "probe"]

ANSWERS = ("returned", "raised", "not_implemented", "signature", "reference_used", "missing")
LOST_LIMIT = 5  # of one submission
ENDLESS, FATAL = "Endless", "Fatal"  # the errors of a cell that is not run again


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


class Sandbox:
    """A student's submission, ready to be called: a box that is started again whenever the student's code ends it.

    Use it as a context manager, in a thread that outlives it: below the level of the zygote, a box dies with the
    thread that started it.

    Parameters
    ----------
    limits : what the submission may use.
    launcher : how boxes are started; when None, the best of ``limits.levels`` that works here.
    constants : plain values by dotted name which the sealed packages show, such as the constants of SELU.

    Raises
    ------
    SandboxUnavailable
        When no box can be started on this machine; also from ``load`` and ``run``.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        launcher: Launcher | None = None,
        constants: dict[str, object] | None = None,
    ):
        self.limits = limits or Limits()
        self.launcher = launcher or ladder.choose(self.limits.levels)
        self.level = self.launcher.level
        self.results: dict[Cell, CellResult] = {}
        self._constants = constants or {}
        self._cells: list[Cell] = []
        self._given_up: dict[str, Outcome] = {}
        self._seconds_spent: dict[str, float] = {}
        self._box: Box | None = None
        self._lost = 0
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
        began = time.monotonic()
        request = ("call", function, arguments, list(inputs))
        try:
            return self._outcome(function, inputs, self._ask(request, seconds, callables))
        except Late:
            outcome = Outcome("timeout", message=f"no answer within {seconds:.3g} s")
        except Gone as gone:
            outcome = Outcome("crashed", message=f"its Python process is gone: {gone}")
        finally:
            self._seconds_spent[function] = self._seconds_spent.get(function, 0.0) + time.monotonic() - began
        self.close()
        self._given_up[function] = outcome
        return outcome

    def _ask(self, request: tuple, seconds: float, callables: dict) -> dict:
        """The box's answer; asked once more in another box when what ended it was not the student's code."""
        while True:
            box = self._start()
            try:
                return box.ask(request, seconds, callables)
            except Gone:
                self.close()
                if not self._is_lost(box):
                    raise

    def _start(self) -> Box:
        """A box in which the cells have been run; every start that fails leaves out the cell that was to blame."""
        while self._box is None:
            try:
                box = Box(self.launcher, self.limits, self._constants)
            except BoxLost:
                self._count_loss()
                continue
            if all(self._load_cell(box, cell) for cell in self._cells):
                self._box = box
        return self._box

    def _load_cell(self, box: Box, cell: Cell) -> bool:
        if self.results.get(cell, LOADED).error in (ENDLESS, FATAL):
            return True
        seconds = min(self.limits.call_seconds, self._deadline - time.monotonic())
        if seconds <= 0:  # else hundreds of cells that each end their box would go on ending boxes
            self.results[cell] = CellResult(ENDLESS, "not run: the time for the submission is used up")
            return True
        try:
            said = box.ask(("cell", cell.source, cell.only_definitions), seconds)
            self.results[cell] = CellResult(**{field: _text(said, field) for field in CellResult.__annotations__})
            return True
        except Late:
            result = CellResult(ENDLESS, f"the cell did not end within {seconds:.3g} s")
        except Gone as gone:
            result = CellResult(FATAL, f"the cell ended its Python process: {gone}")
        box.close()
        if not self._is_lost(box):  # else it is tried again
            self.results[cell] = result
        return False

    def _is_lost(self, box: Box) -> bool:
        """Whether a closed box had ended through no doing of its own: nobody is to pay for that, nor wait for ever."""
        if box.running.lost:
            self._count_loss()
        return box.running.lost

    def _count_loss(self):
        self._lost += 1
        if self._lost > LOST_LIMIT:
            raise SandboxUnavailable(f"{self._lost} boxes ended from outside: see what else this machine is doing")

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


def probe(levels: tuple[str, ...] = LEVELS) -> tuple[bool, str]:
    """Whether student code can be sandboxed on this machine at one of these levels, and what to do if not."""
    try:
        with Sandbox(Limits(levels=levels)) as sandbox:  # the first box may have to wait for a zygote
            sandbox.load([Cell("probe", "def probe(x): return x + 1")])
            began = time.monotonic()
            sandbox.load([Cell("probe", "def probe(x): return x + 1")])
            outcome = sandbox.run("probe", {"x": 1})
    except SandboxUnavailable as error:
        return False, str(error)
    if outcome.value != 2:
        return False, f"a box started, but did not answer: {outcome.status} {outcome.message}"
    return True, f"{sandbox.level}: a box starts and answers in {1000 * (time.monotonic() - began):.0f} ms"


def _text(answer: dict, field: str) -> str:
    return str(answer.get(field, ""))[:TEXT_LIMIT] if isinstance(answer, dict) else ""
