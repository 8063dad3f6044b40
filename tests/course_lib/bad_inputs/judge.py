"""One judge for calls that ought to be refused: what does the library answer, and does it survive the question?

Every call runs in a process of its own kind, because what is accepted by mistake may never return, or write beyond an
array and bring the process down later. A process is used again only as long as it has refused everything.
"""

import ast
import gc
import linecache
import multiprocessing
import re
import resource
import signal
import time
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import course_lib

LIBRARY = str(Path(course_lib.__file__).parent)
WORDS = re.compile(r"\b(got|must|needs?|expected|has|have|is|are|type|pass|call|no|not)\b")
SECONDS = 10  # of computing, for a call that takes microseconds; compiling a kernel takes two seconds
PATIENCE = 60  # of the clock: the machine may be busy


class Row(NamedTuple):
    """A call that should be refused in a sentence that ``about`` (a pattern) finds something in."""

    name: str
    call: Callable[[], object]
    about: str
    module: str = ""


class Verdict(NamedTuple):
    kind: str  # clear, unclear, accepted, hung or crashed
    said: str


def verdict_of(row: Row) -> Verdict:
    """Run the call here, and judge what it does."""
    try:
        answer = row.call()
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        return Verdict("clear" if is_clear(error, row.about) else "unclear", said)
    said = repr(answer)
    if hasattr(answer, "__next__"):
        said = f"an iterator, {next(answer)!r}"
    gc.collect()  # a heap that was written to falls apart here, if anywhere
    return Verdict("accepted", said)


def is_clear(error: Exception, about: str) -> bool:
    """Whether a line of the library raised it on purpose, in a sentence about the argument."""
    if not isinstance(error, TypeError | ValueError | LookupError | RuntimeError) or isinstance(error, RecursionError):
        return False
    last = traceback.extract_tb(error.__traceback__)[-1]
    raised = last.filename.startswith(LIBRARY) and last.lineno in lines_of_raise(last.filename)
    said = str(error)
    return raised and bool(WORDS.search(said)) and bool(re.search(about, said, re.DOTALL))


@cache
def lines_of_raise(path: str) -> frozenset[int]:
    tree = ast.parse("".join(linecache.getlines(path)))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    return frozenset(line for node in found for line in range(node.lineno, node.end_lineno + 1))


class Judge:
    """Sends rows to a forked process, and starts another one when that is no longer to be trusted."""

    def __init__(self, rows):
        self.rows = rows
        self.process = self.pipe = None

    def __call__(self, number: int) -> Verdict:
        if self.process is None:
            self._start()
        try:
            self.pipe.send(number)
            verdict = self.pipe.recv() if self.pipe.poll(PATIENCE) else Verdict("hung", "waits")
        except (EOFError, ConnectionError):
            self.process.join()
            code = self.process.exitcode
            hung = code == -signal.SIGXCPU
            verdict = Verdict("hung", f"computes for {SECONDS} s") if hung else Verdict("crashed", f"exit code {code}")
        if verdict.kind == "accepted" and not self._ends_well():
            verdict = Verdict("crashed", f"after it gave {verdict.said}")
        if verdict.kind != "clear":
            self.close()
        return verdict

    def _start(self):
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=answer_questions, args=(self.rows, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def _ends_well(self) -> bool:
        """Whether the process can free what it holds."""
        self.pipe.send(None)
        self.process.join(PATIENCE)
        return self.process.exitcode == 0

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.pipe.close()
            self.process = None


def answer_questions(rows, pipe):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (number := pipe.recv()) is not None:
        allow_seconds()
        verdict = verdict_of(rows[number])
        pipe.send(Verdict(verdict.kind, verdict.said[:500]))


def allow_seconds():
    """The system ends a process that computes for longer, in a kernel too, where Python sees no signal."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + SECONDS, hard))
