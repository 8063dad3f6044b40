"""The grader's side of the sandbox: start a box, load a student's cells, call the functions, survive everything."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

from autograder.box.wire import MAX_HEADER, Callback
from autograder.call import Outcome, same_data
from autograder.exercise import Inputs
from autograder.grading.isolation import ladder
from autograder.grading.isolation.channel import Gone
from autograder.grading.isolation.clock import Budget, Clock, Late, Seconds
from autograder.grading.isolation.exchange import START_SECONDS, TEXT_LIMIT, Box
from autograder.grading.isolation.launch import NO_FILES, Files, Launcher
from autograder.grading.isolation.limits import LEVELS, BoxLost, Limits, SandboxUnavailable
from autograder.grading.isolation.spending import CELLS, Spending

__all__ = ["NO_FILES", "Cell", "CellResult", "Files", "Limits", "Sandbox", "SandboxUnavailable", "probe"]

ANSWERS = ("returned", "raised", "not_implemented", "signature", "reference_used", "missing")
LOST_LIMIT = 5  # of one submission
ENDLESS, FATAL = "Endless", "Fatal"  # the errors of a cell that is not run again


@dataclass(frozen=True)
class Cell:
    """A code cell to run before the calls; the name is its grade_id, or any other label.

    With ``only_definitions``, its imports, functions, classes, literal constants and settings of warnings are run, and
    what else the other cells need.
    With ``shown``, the value of its last expression is told.
    """

    name: str
    source: str
    only_definitions: bool = False
    shown: bool = False


@dataclass(frozen=True)
class CellResult:
    """What running one cell came to; ``error`` is empty when it ran through. ``value`` is a repr, or empty."""

    error: str = ""
    message: str = ""
    where: str = ""
    note: str = ""
    value: str = ""
    stderr: str = ""


LOADED = CellResult()
FIRST_STAND_IN = 1000  # its number; those of arguments are their places
BATCH_CHARACTERS = MAX_HEADER // 16  # a character takes at most 12 bytes of a message's header


class Sandbox:
    """A student's submission, ready to be called: a box that is started again whenever the student's code ends it.

    Use it as a context manager, in a thread that outlives it: below the level of the zygote, a box dies with the
    thread that started it.

    Parameters
    ----------
    limits : what the submission may use.
    launcher : how boxes are started; when None, the best of ``limits.levels`` that works here.
    constants : plain values by dotted name which the sealed packages show, such as the constants of SELU.
    files : what lies in the working folder of every box, read-only.
    stand_ins : functions of the grader's that are called in the place of the student's, by name; each has the ``names``
        of its parameters.
    cell_limit : the name of the limit of time for a cell.

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
        files: Files = NO_FILES,
        stand_ins: Mapping[str, Callable] | None = None,
        cell_limit: str = "call_seconds",
    ):
        self.limits = limits or Limits()
        self.launcher = launcher or ladder.choose(self.limits.levels)
        self.level = self.launcher.level
        self.results: dict[Cell, CellResult] = {}
        self._constants, self._files = constants or {}, files
        self._stand_ins = stand_ins or {}
        self._cells: list[Cell] = []
        self._given_up: dict[str, Outcome] = {}
        self._spending = Spending(self.limits, cell_limit)
        self._bytes: defaultdict[str, int] = defaultdict(int)
        self._doubted: dict[str | Cell, bool] = {}  # what did not end in time, and whether it is to be tried alone
        self._box: Box | None = None
        self._lost = 0

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
        """Run the cells in a new box, and again in every later one, except those that ended one."""
        self.close()
        self._cells, self.results = list(cells), {}
        self._start()
        return [self.results[cell] for cell in cells]

    def run(self, function: str, inputs: Inputs) -> Outcome:
        """Call the student's function once; see ``run_all``."""
        return self.run_all(function, [inputs])[0]

    def run_all(self, function: str, cases: Sequence[Inputs]) -> list[Outcome]:
        """Call the student's function on every case, by position.

        Whatever it does, the next function finds a working box. After a call that does not end, or that ends the
        process, the same function is not called again: that outcome stands for all later cases too.
        """
        outcomes: list[Outcome] = []
        while len(outcomes) < len(cases):
            if function in self._given_up:
                outcomes.append(self._given_up[function])
            elif limit := self._spending.used_up(function, self.limits):
                outcomes.append(Outcome("timeout", message=f"not called: {limit} are used up"))
            else:
                outcomes += self._call(function, cases[len(outcomes) :])
        return outcomes

    def _call(self, function: str, cases: Sequence[Inputs]) -> list[Outcome]:
        """The outcomes of the cases up to the one that ends the box; without it when it is to be called again."""
        outcomes: list[Outcome] = []
        box = self._start()
        if self._doubted.get(function):
            cases = cases[:1]
            self._doubted[function] = False
        try:
            box.tell("calls", [_request(function, inputs) for inputs in cases], self._telling)
            for inputs in cases:
                outcomes.append(self._outcome(function, inputs, self._answer(box, function, inputs)))
            return outcomes
        except Late as late:
            outcome = Outcome("timeout", message=f"no answer within {late.limit}")
            again = self._is_tried_again(function, late)
        except Gone as gone:
            outcome, again = Outcome("crashed", message=f"its Python process is gone: {gone}"), False
        self.close()
        if not self._is_lost(box) and not again:
            self._given_up[function] = outcome
            outcomes.append(outcome)
        return outcomes

    def _answer(self, box: Box, function: str, inputs: Inputs) -> dict:
        clock = self._spending.clock(function, self.limits, box.meter)
        try:
            callables = {i: copy(value) for i, value in enumerate(inputs.values()) if callable(value)}
            callables |= dict(enumerate(self._stand_ins.values(), FIRST_STAND_IN))
            answer = box.answer(clock, callables)
        finally:
            self._spending.add(function, clock.used)
        self._bytes[function] += box.channel.length
        if self._bytes[function] > (most := self.limits.of(function).function_bytes):
            raise Gone(f"the results of its calls have more than {most} bytes in all (function_bytes)")
        return answer

    @property
    def _telling(self) -> float:
        """Seconds by the clock in which a box has to read what it is told."""
        return self.limits.call_seconds * self.limits.wall_factor

    def _is_tried_again(self, what: str | Cell, late: Late) -> bool:
        """Whether what did not end in time gets a second chance, by itself in a new box, as everything does once."""
        again = late.again and what not in self._doubted
        self._doubted[what] = again
        return again

    def _start(self) -> Box:
        """A box in which the cells have been run; every start that fails leaves out the cell that was to blame."""
        while self._box is None:
            began, box = time.monotonic(), None
            try:
                box = Box(self.launcher, self.limits, self._constants, self._files)
            except BoxLost:
                self._count_loss()
                continue
            finally:
                self._spending.add_start(began, box and box.meter)
            if self._put_in_place(box) and self._load_cells(box):
                self._box = box
        return self._box

    def _put_in_place(self, box: Box) -> bool:
        """Hand over the stand-ins, before there is any code of a student's; False when the box was lost."""
        requests = [(n, _sent(i, one)) for i, (n, one) in enumerate(self._stand_ins.items(), FIRST_STAND_IN)]
        try:
            if requests:
                box.tell("stand_ins", requests, self._telling)
            limit = "start", START_SECONDS  # whatever the student's own cells have used up
            for _ in requests:
                budget = Budget(Seconds(START_SECONDS, START_SECONDS), limit, limit)
                box.answer(Clock(budget, self._spending.compiling, box.meter.seconds))
            return True
        except (Late, Gone):
            box.close()
            self._count_loss()
            return False

    def _load_cells(self, box: Box) -> bool:
        """Run the cells in a new box, except those that have ended one; False when one of them ends this box too."""
        left = [cell for cell in self._cells if self.results.get(cell, LOADED).error not in (ENDLESS, FATAL)]
        limit = self._spending.used_up(CELLS, self.limits)
        if limit:  # else hundreds of cells that each end their box would go on doing so
            self.results |= dict.fromkeys(left, CellResult(ENDLESS, f"not run: {limit} are used up"))
            return True
        return all(self._load_batch(box, kind, batch) for kind in ("expect", "cells") for batch in _batches(left))

    def _load_batch(self, box: Box, kind: str, cells: list[Cell]) -> bool:
        cell, again = cells[0], False
        try:
            requests = [(cell.source, cell.only_definitions, cell.shown) for cell in cells]
            box.tell(kind, requests, self._telling)
            for cell in cells:
                clock = self._spending.clock(CELLS, self.limits, box.meter)
                try:
                    said = box.answer(clock)
                finally:
                    self._spending.add(CELLS, clock.used)
                result = CellResult(**{field: _text(said, field) for field in CellResult.__annotations__})
                # what ends a box is for the grader to say
                self.results[cell] = replace(result, error="an error") if result.error in (ENDLESS, FATAL) else result
            return True
        except Late as late:
            result = CellResult(ENDLESS, f"the cell did not end within {late.limit}")
            again = self._is_tried_again(cell, late)
        except Gone as gone:
            result = CellResult(FATAL, f"the cell ended its Python process: {gone}")
        box.close()
        if not self._is_lost(box) and not again:
            self.results[cell] = result
        return False

    def _is_lost(self, box: Box) -> bool:
        """Whether a closed box had ended through no fault of its own: nobody should pay for that, or wait forever."""
        if box.running.lost:
            self._count_loss()
        return box.running.lost

    def _count_loss(self):
        self._lost += 1
        if self._lost > LOST_LIMIT:
            raise SandboxUnavailable(
                f"{self._lost} boxes were ended from outside: see what else is running on this machine"
            )

    def _outcome(self, function: str, inputs: Inputs, answer: dict) -> Outcome:
        status = answer.get("status")
        if status not in ANSWERS:
            raise Gone(f"an answer of status {str(status)[:40]!r}")
        if status == "missing":
            return self._missing(function, _text(answer, "message"))
        after, warned = answer.get("after", list(inputs.values())), answer.get("warnings", [])
        shared = answer.get("shared", [])
        if not isinstance(after, list) or len(after) != len(inputs) or not isinstance(warned, list):
            raise Gone("an answer without the arguments")
        if not isinstance(shared, list):
            raise Gone("an answer without the arguments that it shares memory with")
        return Outcome(
            status,
            value=answer.get("value"),
            error=_text(answer, "error"),
            message=_text(answer, "message"),
            where=_text(answer, "where"),
            mutated=tuple(n for (n, old), new in zip(inputs.items(), after, strict=True) if not same_data(old, new)),
            printed=_text(answer, "printed"),
            warnings=tuple(text[:TEXT_LIMIT] for text in warned[:20] if type(text) is str),
            shared=tuple(name for name in inputs if name in shared),
        )

    def _missing(self, function: str, found: str) -> Outcome:
        """Why there is no such function: mostly, because the cell that should define it did not run through."""
        results = [self.results.get(cell, LOADED) for cell in self._cells if cell.name == function]
        result = next((result for result in results if result.error), LOADED)
        if result.error in (ENDLESS, FATAL):
            return Outcome("timeout" if result.error == ENDLESS else "crashed", message=result.message)
        if result.error:
            found = f"its cell stopped with {result.error}: {result.message} ({result.where})"
        return Outcome("missing", message=found)


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


def _request(function: str, inputs: Inputs) -> tuple:
    """A call as it is sent: functions among the inputs stay here, and are stood for by their position."""
    arguments = [_sent(place, value) for place, value in enumerate(inputs.values())]
    return function, arguments, list(inputs)


def _sent(place: int, value):
    return Callback(place, getattr(value, "names", ())) if callable(value) else value


def _batches(cells: list[Cell]) -> Iterator[list[Cell]]:
    """The cells in their order, as many at once as one message holds."""
    batch, size = [], 0
    for cell in cells:
        if batch and size + len(cell.source) > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
        batch.append(cell)
        size += len(cell.source)
    if batch:
        yield batch


def _text(answer: dict, field: str) -> str:
    text = answer.get(field, "")
    return text[:TEXT_LIMIT] if type(text) is str else ""  # to write out arrays can take minutes
