"""Start a box as a process of its own, and end it with all that it has started."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from autograder.grading.isolation.cgroups import Cgroups
from autograder.grading.isolation.limits import Limits

GO = b"\n"  # what every box waits for before it does anything, so that it can be put under limits first
HOLD = ("/bin/sh", "-c", 'read -r go && exec "$@"', "sh")  # reads byte by byte, and so nothing that follows
COMPLAINT_BYTES = 2000

Files = Mapping[str, bytes]  # by their paths in the working folder of the box, which the grader has checked
NO_FILES: Files = MappingProxyType({})


class Running(Protocol):
    """A box that has been started: what it says is read from ``incoming``, and what it hears written to ``outgoing``.

    ``lost`` says, once it is closed, whether it had ended before through no fault of its own. ``root`` is the number
    of the process from which all of the box descend, or 0.
    """

    root: int
    incoming: int
    outgoing: int
    lost: bool

    def close(self):
        """End everything in the box; when this returns, nothing of it is left."""

    def complaint(self) -> str:
        """End the box; what went wrong, in its own words, or an empty text."""


class Launcher(Protocol):
    """A way to start boxes.

    ``level`` names it, ``advice`` says what to do when no box starts. ``counted_apart`` is whether the kernel counts a
    box's processes by themselves; if not, a limit on their number would make a box pay for those of others.
    """

    level: str
    advice: str
    counted_apart: bool

    def start(self, limits: Limits, files: Files = NO_FILES) -> Running:
        """A box that is just starting, with files in its working folder: whether it succeeds shows when it answers."""


class OwnProcess:
    """A box that was started by a command of its own; it dies with the thread that started it.

    Parameters
    ----------
    command : ends with the worker, whose standard input and output are the channel.
    variables : the environment of the command.
    cgroups : where to make a control group for the box, if anywhere.
    inherited : descriptors that the command gets.
    afterwards : called when the box has ended.
    """

    lost = False

    def __init__(
        self,
        command: Sequence[str],
        variables: dict[str, str],
        limits: Limits,
        cgroups: Cgroups | None = None,
        inherited: Sequence[int] = (),
        afterwards: Callable[[], None] = lambda: None,
    ):
        self._afterwards = afterwards
        self.process = subprocess.Popen(
            [*HOLD, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=variables,
            cwd="/",
            pass_fds=inherited,
        )
        self.root = self.process.pid
        self.incoming, self.outgoing = self.process.stdout.fileno(), self.process.stdin.fileno()
        self.group = cgroups.create(limits) if cgroups else None
        if self.group:
            self.group.add(self.process.pid)
        os.write(self.outgoing, GO)

    def close(self):
        self._kill()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()
        if self.group:
            self.group.remove()
        self._afterwards()

    def complaint(self) -> str:
        self._kill()
        said = self.process.stderr.read(COMPLAINT_BYTES).decode(errors="replace").strip()
        self.close()
        return said

    def _kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def in_memory(data: bytes, opened: contextlib.ExitStack) -> int:
    """A descriptor of a file that is nowhere on the disk, at its beginning."""
    descriptor = os.memfd_create("handed in")
    opened.callback(os.close, descriptor)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
