"""Control groups: what all processes of a box may use together, where this process may make groups of its own.

Resource limits count each process by itself, so that a box of eight could use eight times its memory. A group is made
below the grader's own (whatever holds for the grader, holds for its boxes), and removed with the box. Both versions:
https://docs.kernel.org/admin-guide/cgroup-v1/ and https://docs.kernel.org/admin-guide/cgroup-v2.html.
"""

import atexit
import contextlib
import itertools
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.grading.isolation.limits import Limits

CONTROLLERS = ("memory", "pids", "cpu")
PREFIX = "course-box-"
LEAF = "course-grader"  # version 2 allows groups only below a group without processes: the grader moves to this one
OWN_PROCESSES = 8  # of ours in a box: bubblewrap's, the first one, and those that start it as root
CPU_MICROSECONDS = 100_000  # of each 100 ms: one core, however many processes there are
REMOVE_SECONDS = 2.0
# Waits for the end of the grader, whose end of the pipe is then closed, and removes what a kill has left it no time
# for. The folders are $@; the boxes themselves end with the grader, some milliseconds later.
UNDERTAKER = """
read -r never
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    left=no
    for parent; do
        for group in "$parent"/"$0"*; do
            [ ! -d "$group" ] || rmdir "$group" 2>/dev/null || left=yes
        done
    done
    [ $left = yes ] || exit 0
    sleep 0.1
done
"""


@dataclass(frozen=True)
class Group:
    """The control group of one box: a folder, or under version 1 one for each controller."""

    folders: tuple[Path, ...]
    entrance: str  # the file to write to in order to move oneself

    def add(self, process: int):
        """Put a process, and all that it will start, under the limits."""
        for folder in self.folders:
            _write(folder / "cgroup.procs", str(process))

    @contextlib.contextmanager
    def doors(self) -> Iterator[list[int]]:
        """Descriptors by which any process that gets them puts itself under the limits: it writes a 0 to each.

        That spares version 1 a lock of the whole machine (10 ms), which moving another process takes.
        """
        with contextlib.ExitStack() as opened:
            files = [folder / self.entrance for folder in self.folders]
            doors = [os.open(file, os.O_WRONLY | os.O_CLOEXEC) for file in files]
            for door in doors:
                opened.callback(os.close, door)
            yield doors

    def remove(self):
        """Kill what is left in it, and remove it; a group that will not go is left for a later grader to remove."""
        deadline = time.monotonic() + REMOVE_SECONDS
        for folder in self.folders:
            while not _removed(folder) and time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    for process in (folder / "cgroup.procs").read_text().split():
                        with contextlib.suppress(ProcessLookupError, PermissionError):
                            os.kill(int(process), signal.SIGKILL)
                time.sleep(0.002)


class Cgroups:
    """Where groups can be made: one for a process, for the names of the groups are counted.

    Parameters
    ----------
    parents : by controller, the folder to make groups in.
    version : of the interface, 1 or 2.
    """

    def __init__(self, parents: dict[str, Path], version: int):
        self.parents, self.version = parents, version
        self._prefix = f"{PREFIX}{os.getpid()}-"
        self._numbers = itertools.count()
        self._undertaker: subprocess.Popen | None = None

    def __str__(self):
        return f"{', '.join(self.parents)} (version {self.version})"

    def create(self, limits: Limits) -> Group:
        """A group with these limits and no process yet."""
        if self._undertaker is None:
            command = ["/bin/sh", "-c", UNDERTAKER, self._prefix, *map(str, set(self.parents.values()))]
            self._undertaker = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
            atexit.register(self._undertaker.communicate)  # ends it, as nothing is left for it to do
        name = f"{self._prefix}{next(self._numbers)}"
        folders = tuple(dict.fromkeys(parent / name for parent in self.parents.values()))
        for folder in folders:
            folder.mkdir()
        for controller, parent in self.parents.items():
            for file, value in _settings(controller, self.version, limits).items():
                # accounting of swap may be absent, and then there is nothing to limit
                with contextlib.suppress(FileNotFoundError) if "sw" in file else contextlib.nullcontext():
                    _write(parent / name / file, value)
        return Group(folders, "tasks" if self.version == 1 else "cgroup.procs")

    def sweep(self):
        """Remove the groups that graders have left behind which were killed."""
        for parent in set(self.parents.values()):
            for folder in parent.glob(f"{PREFIX}*"):
                grader = folder.name.removeprefix(PREFIX).partition("-")[0]
                if not (grader.isdigit() and psutil.pid_exists(int(grader))):
                    _removed(folder)


def find(proc: Path = Path("/proc/self")) -> tuple[Cgroups | None, str]:
    """The groups that this process may make, or None, and in words what was found.

    Parameters
    ----------
    proc : the folder in which the kernel tells of this process's groups and mounts.
    """
    owns = _own_groups(proc)
    legacy = {name: owns[name] for name in CONTROLLERS if name in owns and _can_make_groups(owns[name])}
    if legacy:
        return _swept(Cgroups(legacy, 1))
    if "" not in owns:
        return None, "no control group of this process may be divided; limits hold for each process by itself"
    home = owns[""]
    base = home.parent if home.name == LEAF else home
    try:
        if base == home:
            (home / LEAF).mkdir(exist_ok=True)
            _write(home / LEAF / "cgroup.procs", str(os.getpid()))
        offered = (base / "cgroup.controllers").read_text().split()
        usable = [name for name in CONTROLLERS if name in offered]
        _write(base / "cgroup.subtree_control", " ".join(f"+{name}" for name in usable))
    except OSError as error:
        if base == home:  # others live in this group as well: back to them
            with contextlib.suppress(OSError):
                _write(home / "cgroup.procs", str(os.getpid()))
            _removed(home / LEAF)
        return None, (
            f"the control group of this process may not be divided ({error.strerror}), so that limits hold for each "
            "process by itself; start with: systemd-run --user --scope -p Delegate=yes course grade ..."
        )
    if not usable or not _can_make_groups(base):
        return None, "the control group of this process has no controller of memory or processes"
    return _swept(Cgroups(dict.fromkeys(usable, base), 2))


def _swept(cgroups: Cgroups) -> tuple[Cgroups, str]:
    cgroups.sweep()
    return cgroups, str(cgroups)


def _settings(controller: str, version: int, limits: Limits) -> dict[str, str]:
    """Files and what to write to them, in this order."""
    memory, processes = str(limits.memory_bytes), str(limits.processes + OWN_PROCESSES)
    quota, period = str(CPU_MICROSECONDS), "100000"
    files = {
        ("memory", 1): {"memory.limit_in_bytes": memory, "memory.memsw.limit_in_bytes": memory},
        ("memory", 2): {"memory.max": memory, "memory.swap.max": "0"},
        ("cpu", 1): {"cpu.cfs_period_us": period, "cpu.cfs_quota_us": quota},
        ("cpu", 2): {"cpu.max": f"{quota} {period}"},
    }
    return files.get((controller, version), {"pids.max": processes})


def _own_groups(proc: Path) -> dict[str, Path]:
    """The folder of this process's group by controller; that of version 2 under an empty name."""
    groups = {}
    for line in _lines(proc / "cgroup"):
        _, names, path = line.split(":", 2)
        groups |= dict.fromkeys(names.split(","), path)
    found = {}
    for names, root, place in _mounts(proc):
        for name in names:
            path = groups.get(name)
            if path is not None and Path(path).is_relative_to(root):
                found.setdefault(name, Path(place) / Path(path).relative_to(root))
    return {name: folder for name, folder in found.items() if folder.is_dir()}


def _mounts(proc: Path) -> Iterator[tuple[list[str], str, str]]:
    """Of each mounted hierarchy: its controllers, what of it is mounted, and where."""
    for line in _lines(proc / "mountinfo"):
        mount, _, system = line.partition(" - ")
        root, place = map(_unescaped, mount.split(" ")[3:5])
        kind, _, options = system.split(" ", 2)
        if kind == "cgroup":
            yield options.split(","), root, place
        elif kind == "cgroup2":
            yield [""], root, place


def _unescaped(path: str) -> str:
    """The kernel writes blanks and their like in octal, such as ``\\040``."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)


def _lines(file: Path) -> list[str]:
    # anything may be mounted under a name that is no text in this locale
    return [os.fsdecode(line) for line in file.read_bytes().split(b"\n") if line]


def _can_make_groups(folder: Path) -> bool:
    probe = folder / f"{PREFIX}{os.getpid()}-probe"
    try:
        probe.mkdir()
    except OSError:
        return False
    return _removed(probe)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _write(file: Path, text: str):
    # without creating it: in a control group a missing file is a feature that this kernel lacks
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
