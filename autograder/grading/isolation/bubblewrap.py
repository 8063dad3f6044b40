"""The command line that starts a box, or a zygote, under bubblewrap: what it sees, and what it may not do.

As an ordinary user bubblewrap suffices. As root it would be no sandbox, since root keeps its rights over the host's
files: so a first stage binds what the box needs where an unprivileged user can reach it (an interpreter below /root
cannot be reached otherwise), ``setpriv`` gives up root for good, and only then bubblewrap starts.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.box.sealed import SEALED
from autograder.files import ROOT
from autograder.grading.isolation.cgroups import Cgroups
from autograder.grading.isolation.launch import NO_FILES, Files, OwnProcess, in_memory
from autograder.grading.isolation.limits import Limits, SandboxUnavailable

PYTHON, LIBRARIES, BOX = "/py", "/site", "/box"
STAGES = ("/mnt", "/media", "/srv", "/opt")
ROOT_TOOLS = ("setpriv", "unshare", "mount")

ISOLATION = ("--unshare-all", "--unshare-user", "--cap-drop", "ALL", "--die-with-parent", "--new-session")
NOBODY = "65534"
# A mount namespace with a tmpfs at $1, in which $2 $4 ... are bound to $3 $5 ..., up to --; then what follows is
# started. Each step replaces the one before, so that the box stays the grader's own child and dies with it: a
# process of root's in between, its capabilities dropped, would not be allowed to signal the unprivileged one.
STAGING = (
    *("unshare", "--mount", "--propagation", "private", "/bin/sh", "-euc"),
    """mount -t tmpfs -o mode=755 tmpfs "$1"
    shift
    while [ "$1" != -- ]; do
        if [ -d "$1" ]; then mkdir "$2"; else : > "$2"; fi
        mount --rbind "$1" "$2"
        shift 2
    done
    shift
    exec "$@" """,
    "sh",
)
DROP = ("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--pdeathsig", "KILL", "--")
EMPTY = 4096  # bytes; bubblewrap has no size 0
# Nothing of ours is in the path, where a student's file of the same name would take its place, or give way to it.
PACKAGE = "box_of_the_grader"
OURS = (
    f"import sys, types; ours = sys.modules['{PACKAGE}'] = types.ModuleType('{PACKAGE}'); "
    "ours.__path__ = [{}]; "
    f"from {PACKAGE} import "
)
START = "import sys; sys.path += sys.argv[1:]; " + OURS.format(repr(BOX))
START_WORKER = START + "start_watched; start_watched.main()"
START_ZYGOTE = START + "zygote; zygote.main()"

# Counters of the whole machine, by which one box could tell another something; and terminals, of which the machine has
# one number for all.
MACHINE_WIDE = (
    "buddyinfo", "diskstats", "interrupts", "loadavg", "locks", "meminfo", "pagetypeinfo", "schedstat", "slabinfo",
    "softirqs", "stat", "uptime", "vmstat", "zoneinfo",
)  # fmt: skip
SEALED_FOLDERS = ("/proc/sys", "/proc/pressure", "/dev/pts")

INSTALL = "install it (Debian, Ubuntu: sudo apt install bubblewrap)"
NOT_ALLOWED = (
    "bubblewrap cannot make namespaces here. On Ubuntu 23.10 and later allow it with an AppArmor profile for "
    "/usr/bin/bwrap; in Docker start the container with --security-opt seccomp=unconfined --security-opt "
    "apparmor=unconfined --security-opt systempaths=unconfined, and as root also with --cap-add SYS_ADMIN; elsewhere "
    "see that sysctl user.max_user_namespaces is not 0"
)


@dataclass(frozen=True)
class Bind:
    """A folder or file of this machine, and where a box sees it, read-only."""

    source: str
    place: str


@dataclass(frozen=True)
class Bubblewrap:
    """An installed bubblewrap.

    ``can_disable_userns`` is false before version 0.8; what keeps a box from making namespaces of its own is then
    its seccomp filter alone.
    """

    path: str
    can_disable_userns: bool

    def worker(self, tmp_bytes: int, files: Mapping[str, int] | None = None) -> list[str]:
        """Start a worker whose standard input and output are the protocol's channel.

        The first process of its namespace (box/start_watched.py) is ours: student code can neither stop nor kill it.

        Parameters
        ----------
        tmp_bytes : size of /tmp, and of /dev/shm, in bytes: all that a box can write to.
        files : descriptors of what is to be read in /tmp, by the paths there.
        """
        isolation = [*ISOLATION, "--as-pid-1", *(["--disable-userns"] if self.can_disable_userns else [])]
        sealed = [_sealed(folder) for folder in SEALED_FOLDERS if os.path.isdir(folder)]
        counters = filter(os.path.exists, (f"/proc/{name}" for name in MACHINE_WIDE))
        hidden = [["--ro-bind", os.devnull, counter] for counter in counters]  # a bound device cannot be opened
        writable = [_tmpfs("/dev/shm", tmp_bytes), _tmpfs("/tmp", tmp_bytes)]
        given = [["--ro-bind-data", str(number), f"/tmp/{name}"] for name, number in (files or {}).items()]
        return self._command(isolation, START_WORKER, *sealed, *hidden, *writable, *given)

    def zygote(self) -> list[str]:
        """Start a zygote whose standard input is its control socket, and which cannot write to anything.

        Its boxes make namespaces of their own, so that it must be allowed to; they themselves are not.
        """
        return self._command(list(ISOLATION), START_ZYGOTE, *map(_sealed, ("/dev/shm", "/tmp")))

    def _command(self, isolation: list[str], start: str, *mounts: list[str]) -> list[str]:
        binds = box_binds()
        hidden = hidden_places(binds)
        prefix, staged = [], binds
        if os.geteuid() == 0:
            prefix, staged = drop_root(binds)
        command = [*prefix, self.path, *isolation, "--hostname", "box", "--clearenv"]
        for name, value in environment(PYTHON).items():
            command += ["--setenv", name, value]
        for bind in staged:
            command += ["--ro-bind", bind.source, bind.place]
        for place in hidden:
            command += ["--tmpfs", place, "--remount-ro", place]
        command += [*_root_links(), "--proc", "/proc", "--dev", "/dev"]
        for options in mounts:
            command += options
        # /dev is a tmpfs too, without a limit on its size
        command += ["--chdir", "/tmp", "--remount-ro", "/dev", "--remount-ro", "/"]
        # -I and -S: no environment, no user site and no .pth file decides what is imported; -B: nothing to write
        libraries = [bind.place for bind in binds if bind.place.startswith(LIBRARIES)]
        return [*command, "--", interpreter(PYTHON), "-I", "-S", "-B", "-c", start, *libraries]


def drop_root(binds: list[Bind]) -> tuple[list[str], list[Bind]]:
    """What to put before a command of root's so that it runs as nobody, and where it then finds the binds."""
    stage = _stage(binds)
    staged = [Bind(f"{stage}/{i}", bind.place) for i, bind in enumerate(binds)]
    pairs = [path for bind, copy in zip(binds, staged, strict=True) for path in (bind.source, copy.source)]
    return [*STAGING, stage, *pairs, "--", *DROP], staged


def _tmpfs(place: str, size: int) -> list[str]:
    return ["--size", str(size), "--tmpfs", place]


def _sealed(place: str) -> list[str]:
    return [*_tmpfs(place, EMPTY), "--remount-ro", place]


def find() -> Bubblewrap:
    """The bubblewrap of this machine.

    Raises
    ------
    SandboxUnavailable
        When bubblewrap (or, as root, one of the tools to become another user with) is not installed.
    """
    path = shutil.which("bwrap")
    if path is None:
        raise SandboxUnavailable(f"student code is run under bubblewrap, which is not installed: {INSTALL}")
    if os.geteuid() == 0 and (missing := missing_tools()):
        raise SandboxUnavailable(f"root needs {missing} of util-linux: install them, or grade as another user")
    options = subprocess.run([path, "--help"], capture_output=True, text=True, timeout=60).stdout
    return Bubblewrap(path, "--disable-userns" in options)


def missing_tools() -> str:
    """The names of the tools that root needs in order to become another user, and that are not installed."""
    return " and ".join(tool for tool in ROOT_TOOLS if shutil.which(tool) is None)


def box_binds() -> list[Bind]:
    """What a box sees: Python, the libraries that it starts with, the libraries of the course, the worker."""
    if _is_system_python():
        binds = [Bind("/usr", "/usr")]
    else:
        binds = [Bind("/usr/lib", "/usr/lib"), Bind("/usr/lib64", "/usr/lib64"), Bind(sys.base_prefix, PYTHON)]
    paths = sysconfig.get_paths()
    libraries = dict.fromkeys([str(Path(np.__file__).parents[1]), paths["purelib"], paths["platlib"]])
    binds += [Bind(path, f"{LIBRARIES}/{i}") for i, path in enumerate(libraries)]
    binds += [Bind("/etc/ld.so.cache", "/etc/ld.so.cache"), Bind(str(ROOT / "autograder" / "box"), BOX)]
    return [bind for bind in binds if os.path.exists(bind.source)]


def _stage(binds: list[Bind]) -> str:
    """A folder to bind into, which hides nothing that is bound."""
    for stage in STAGES:
        if os.path.isdir(stage) and not any(Path(bind.source).is_relative_to(stage) for bind in binds):
            return stage
    raise SandboxUnavailable(f"none of {', '.join(STAGES)} is free: move the course, or grade as an ordinary user")


def hidden_places(binds: list[Bind]) -> list[str]:
    """Places in the box where the project would show through: kept below a bind, or installed among the libraries."""
    return [os.path.join(bind.place, path.relative_to(bind.source)) for bind in binds for path in _private(bind)]


def is_shown(path: Path) -> bool:
    """Whether a box would see a file: it is below something that boxes need, and not hidden with the project."""
    path = path.resolve()
    return any(
        path.is_relative_to(os.path.realpath(bind.source))
        and not any(path.is_relative_to(folder.resolve()) for folder in _private(bind))
        for bind in box_binds()
    )


def _private(bind: Bind) -> list[Path]:
    """The folders below a bind that no box may see."""
    folders = [ROOT, *(Path(bind.source) / package for package in SEALED)]
    return [folder for folder in folders if folder.is_dir() and folder.is_relative_to(bind.source)]


def _root_links() -> list[str]:
    """/lib and its like: links into /usr on every current system, folders of their own on old ones."""
    links = []
    for name in ("lib", "lib32", "lib64"):
        path = f"/{name}"
        if os.path.islink(path):
            links += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            links += ["--ro-bind", path, path]
    return links


def _is_system_python() -> bool:
    return Path(sys.base_prefix).is_relative_to("/usr")


def interpreter(prefix: str) -> str:
    """The path of this Python when its installation, unless it is the system's, is seen at ``prefix``."""
    real = os.path.realpath(sys.executable)
    return real if _is_system_python() else os.path.join(prefix, os.path.relpath(real, sys.base_prefix))


def environment(prefix: str) -> dict[str, str]:
    """All variables that a box gets, with this Python's installation at ``prefix``."""
    variables = {
        "HOME": "/tmp",
        "JOBLIB_MULTIPROCESSING": "0",
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": "/tmp",
        "NUMBA_CACHE_DIR": "/tmp/numba",
        "NUMBA_NUM_THREADS": "1",
        "NUMBA_THREADING_LAYER": "workqueue",  # the layer omp ends processes that are forked
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "USER": "student",
    }
    return variables if _is_system_python() else {**variables, "LD_LIBRARY_PATH": f"{prefix}/lib"}


class BubblewrapLauncher:
    """Boxes that are started one by one, each by a bubblewrap of its own."""

    level = "bwrap"
    counted_apart = True
    advice = NOT_ALLOWED

    def __init__(self, bubblewrap: Bubblewrap, cgroups: Cgroups | None):
        self.bubblewrap, self.cgroups = bubblewrap, cgroups

    def start(self, limits: Limits, files: Files = NO_FILES) -> OwnProcess:
        variables = {"PATH": os.environ.get("PATH", os.defpath)}
        with ExitStack() as opened:
            descriptors = {name: in_memory(data, opened) for name, data in files.items()}
            command = self.bubblewrap.worker(limits.tmp_bytes, descriptors)
            return OwnProcess(command, variables, limits, self.cgroups, tuple(descriptors.values()))
