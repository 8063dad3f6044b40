"""Boxes without namespaces: a process confined by Landlock and seccomp, or by nothing but limits.

For machines on which bubblewrap may not start, such as a container with Docker's own seccomp profile. Such a box can
read nothing but Python and its libraries, write to nothing, start no process, open no socket and signal only itself.
It does see which files exist outside, though not what is in them, and shares the process numbers of the machine.

Since all such boxes are one user's, nothing but a control group counts the threads of one box by itself; without one,
a box may have only so many more than that user has when it starts, which keeps it from taking all that the machine has.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable

from autograder.box import landlock
from autograder.box.handed_in import lay
from autograder.grading.isolation.bubblewrap import (
    BOX,
    LIBRARIES,
    NOBODY,
    OURS,
    PYTHON,
    Bind,
    box_binds,
    drop_root,
    environment,
    hidden_places,
    interpreter,
    missing_tools,
)
from autograder.grading.isolation.cgroups import Cgroups
from autograder.grading.isolation.launch import NO_FILES, Files, OwnProcess
from autograder.grading.isolation.limits import UNSAFE, Limits, SandboxUnavailable

ROOT_LINKS = ("/lib", "/lib64", "/dev/urandom")
WORK = "/work"
SPARE_THREADS = 256  # far more than libraries start, far fewer than a machine can have
START = OURS.format("sys.argv[2]") + "start_plain; start_plain.main()"


class PlainLauncher:
    """Boxes that are processes of the grader's machine.

    Parameters
    ----------
    confined : whether they are confined. If not, a student's code may do whatever the grader's user may.

    Raises
    ------
    SandboxUnavailable
        When they cannot be confined here.
    """

    counted_apart = False  # they have the user of others, and, confined, may start no processes, but only threads

    def __init__(self, cgroups: Cgroups | None, confined: bool = True):
        self.cgroups, self.confined = cgroups, confined
        self.level = "landlock" if confined else UNSAFE
        self.advice = "The libraries must be readable by every user when root grades" if confined else ""
        if confined and not landlock.version():
            raise SandboxUnavailable("this kernel has no Landlock: Linux 5.13 or newer, with landlock among its LSMs")
        if confined and os.geteuid() == 0 and (missing := missing_tools()):
            raise SandboxUnavailable(f"as root, {missing} of util-linux are needed")
        if confined and (shown := hidden_places(box_binds())):
            raise SandboxUnavailable(f"the course is installed among the libraries ({shown[0]}), and would be readable")

    def start(self, limits: Limits, files: Files = NO_FILES) -> OwnProcess:
        with contextlib.ExitStack() as laid:
            binds = box_binds()
            if files:
                # such a box has no folder of its own; outside, nobody but this user and, through it, the box may look
                outer = laid.enter_context(tempfile.TemporaryDirectory(prefix="handed-in-"))
                inner = os.path.join(outer, "files")
                os.mkdir(inner)
                os.chmod(inner, 0o755)
                lay(files, inner)
                binds.append(Bind(inner, WORK))
            return self._start(limits, binds, laid.pop_all().close)

    def _start(self, limits: Limits, binds: list[Bind], afterwards: Callable[[], None]) -> OwnProcess:
        prefix = []
        if self.confined and os.geteuid() == 0:
            prefix, binds = drop_root(binds)
        places = {bind.place: bind.source for bind in binds}
        python = places.get(PYTHON, PYTHON)
        setting = {
            "confined": self.confined,
            "threads": threads_of(int(NOBODY) if prefix else os.geteuid()) + SPARE_THREADS,
            "libraries": [source for place, source in places.items() if place.startswith(LIBRARIES)],
            "folder": places.get(WORK, "/"),
            "readable": [*places.values(), *filter(os.path.exists, ROOT_LINKS)],
        }
        start = [interpreter(python), "-I", "-S", "-B", "-c", START, json.dumps(setting), places[BOX]]
        return OwnProcess([*prefix, *start], environment(python), limits, self.cgroups, (), afterwards)


def threads_of(user: int) -> int:
    """How many threads a user has on this machine."""
    count = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # it has just ended
            if os.stat(f"/proc/{process}").st_uid == user:
                count += len(os.listdir(f"/proc/{process}/task"))
    return count
