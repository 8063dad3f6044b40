"""Whom a grader was grading when it was ended, as for lack of memory: the next run names them, and spares others."""

import contextlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.isolation.processes import die_with

DIED = (
    "the process that graded it was ended from outside, most likely for lack of memory: look at its answers; "
    "the next run tries again, in a process of its own"
)


class Died(UserError):
    """The process that graded a submission was ended."""


class InHand:
    """Students whose grading may end the grader, in a file that outlives it.

    Attributes
    ----------
    suspects : those whom an earlier run was ended at.
    """

    def __init__(self, file: Path):
        self.file = file
        try:
            read = json.loads(file.read_bytes())
        except (OSError, ValueError):
            read = []
        self.suspects = {name for name in read if isinstance(name, str)} if isinstance(read, list) else set()

    @contextlib.contextmanager
    def holding(self, student: str) -> Iterator[None]:
        """Within the block the student is graded; only the sudden end of this process leaves the name in the file."""
        self._write({*self.suspects, student})
        try:
            yield
        finally:
            self._write(self.suspects)

    def clear(self, student: str):
        """The student was graded after all."""
        if student in self.suspects:
            self.suspects.remove(student)
            self._write(self.suspects)

    def _write(self, students: set[str]):
        if students:
            self.file.write_text(json.dumps(sorted(students)))  # not synced: a power cut is nobody's fault
        else:
            self.file.unlink(missing_ok=True)


def one_at_a_time(steps: Sequence[Callable[[], Callable]]) -> Iterator[Callable]:
    """Do every step in a process whose end costs that step alone; of each, what returns its result or raises.

    A step makes the call that is sent to the process. One whose process has ended raises Died.
    """
    waiting = deque(steps)
    while waiting:
        with ProcessPoolExecutor(1, get_context("spawn"), initializer=die_with, initargs=(os.getpid(),)) as pool:
            broken = False
            while waiting and not broken:
                step = waiting.popleft()
                try:
                    future = pool.submit(step())
                    broken = isinstance(future.exception(), BrokenExecutor)
                    done = _died if broken else future.result
                except Exception as error:
                    done = _raiser(error)
                yield done


def _died():
    raise Died(DIED)


def _raiser(error: Exception) -> Callable:
    def fail():
        raise error

    return fail
