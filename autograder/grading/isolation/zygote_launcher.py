"""The grader's side of the zygote: one for each process that grades, started when first needed, and again when lost."""

import atexit
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import threading

from autograder.box.handed_in import pack
from autograder.grading.isolation.bubblewrap import NOT_ALLOWED, Bubblewrap
from autograder.grading.isolation.cgroups import Cgroups
from autograder.grading.isolation.launch import COMPLAINT_BYTES, NO_FILES, Files, in_memory
from autograder.grading.isolation.limits import Limits, SandboxUnavailable

START_SECONDS = 20.0  # 0.4 s on an idle machine
FORK_SECONDS = 10.0  # 5 ms on an idle machine
DEATH_SECONDS = 0.5  # from the death of the zygote to that of the bubblewrap around it: some ms
END_SECONDS = 5.0  # 1 ms; the kernel ends a process namespace with the process
READY, REAPED = b".", b"x"
CREDENTIALS = struct.Struct("3i")  # struct ucred: process, user, group


class ZygoteLost(Exception):
    """The zygote is gone, or says nothing; the message is what it said last."""


class ForkedBox:
    """A box that the zygote has forked.

    Its end is the end of its first process, which the zygote kills when the leash is closed. The zygote says so
    when that process has been reaped; by then the kernel has ended all others in the process namespace.
    """

    lost = False

    def __init__(self, control: socket.socket, limits: Limits, cgroups: Cgroups | None, files: Files):
        box_incoming, self.outgoing = os.pipe()
        self.incoming, box_outgoing = os.pipe()
        self._pipes = [os.fdopen(self.incoming, "rb", 0), os.fdopen(self.outgoing, "wb", 0)]
        self.leash, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.leash.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.root = 0
        self.group = cgroups.create(limits) if cgroups else None
        try:
            request = json.dumps({"tmp_bytes": limits.tmp_bytes, "files": bool(files)}).encode()
            with contextlib.ExitStack() as sent:
                for descriptor in (box_incoming, box_outgoing):
                    sent.callback(os.close, descriptor)
                sent.enter_context(far)
                packed = [in_memory(pack(files), sent)] if files else []
                doors = sent.enter_context(self.group.doors()) if self.group else []
                socket.send_fds(control, [request], [box_incoming, box_outgoing, far.fileno(), *packed, *doors])
            said = self._wait(FORK_SECONDS)
            if said != READY:
                raise ZygoteLost(said.decode(errors="replace"))
        except BaseException:
            self.close()
            raise

    def close(self):
        if self.leash.fileno() < 0:
            return
        try:
            self.leash.shutdown(socket.SHUT_WR)
            self.lost = self._wait(END_SECONDS) != REAPED
        except (OSError, ZygoteLost):
            self.lost = True
        self.leash.close()
        for pipe in self._pipes:
            pipe.close()
        if self.group:
            self.group.remove()

    def complaint(self) -> str:
        self.close()
        return "its process ended at the start"

    def _wait(self, seconds: float) -> bytes:
        """The next message on the leash; an empty one when its other end is closed."""
        self.leash.settimeout(seconds)
        try:
            said, ancillary, _, _ = self.leash.recvmsg(COMPLAINT_BYTES, socket.CMSG_SPACE(CREDENTIALS.size))
        except TimeoutError:
            raise ZygoteLost(f"no answer within {seconds:g} s") from None
        if said == READY and ancillary:
            # the kernel's word for the first process of the box, which says this, as it is numbered here
            self.root, _, _ = CREDENTIALS.unpack(ancillary[0][2])
        return said


class ZygoteProcess:
    """A running zygote. It dies with this process, however that ends.

    Raises
    ------
    SandboxUnavailable
        When it does not start; the message is what bubblewrap said.
    """

    def __init__(self, command: list[str]):
        self.owner = os.getpid()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process: subprocess.Popen | None = None
        started = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(command, theirs, started), daemon=True)
        keeper.start()
        started.wait()
        theirs.close()
        self.control.settimeout(START_SECONDS)
        try:
            ready = self.process is not None and self.control.recv(len(READY)) == READY
        except OSError:
            ready = False
        if not ready:
            said = self._complaint() if self.process else ""
            raise SandboxUnavailable(f"the zygote did not start: {said or 'no message'}. {NOT_ALLOWED}")

    def _keep(self, command: list[str], theirs: socket.socket, started: threading.Event):
        # The kernel's "die with the parent" means the thread that started a process. This one lives as long as the
        # zygote, while the thread that first grades may end long before the others.
        try:
            self.process = subprocess.Popen(
                command,
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", os.defpath)},
                cwd="/",
            )
        finally:
            started.set()
        self.process.wait()

    @property
    def usable(self) -> bool:
        """Whether it runs, and is this process's own: after a fork it is still that of the parent."""
        return self.owner == os.getpid() and self.process is not None and self.process.poll() is None

    def close(self):
        """End it, and with it all its boxes."""
        self.control.close()
        if self.owner != os.getpid():
            return  # the parent's to end
        self._kill()
        self.process.stderr.close()

    def _kill(self):
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _complaint(self) -> str:
        self._kill()
        said = self.process.stderr.read(COMPLAINT_BYTES).decode(errors="replace").strip()
        self.close()
        return said


class ZygoteLauncher:
    """Boxes that are forked from a zygote under bubblewrap; may be shared by threads."""

    level = "zygote"
    counted_apart = True
    advice = NOT_ALLOWED

    def __init__(self, bubblewrap: Bubblewrap, cgroups: Cgroups | None):
        self.bubblewrap, self.cgroups = bubblewrap, cgroups
        self._lock = threading.Lock()
        self._zygote: ZygoteProcess | None = None
        atexit.register(self.close)

    def start(self, limits: Limits, files: Files = NO_FILES) -> ForkedBox:
        zygote = self._running()
        try:
            return ForkedBox(zygote.control, limits, self.cgroups, files)
        except (ZygoteLost, OSError):  # it may have been killed, and is then replaced as soon as that is seen
            with contextlib.suppress(subprocess.TimeoutExpired):
                zygote.process.wait(DEATH_SECONDS)
        try:
            return ForkedBox(self._running().control, limits, self.cgroups, files)
        except (ZygoteLost, OSError) as error:
            raise SandboxUnavailable(f"the zygote starts no box: {error}. {self.advice}") from None

    def close(self):
        with self._lock:
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None

    def _running(self) -> ZygoteProcess:
        with self._lock:
            if self._zygote is not None and not self._zygote.usable:
                self._zygote.close()
                self._zygote = None
            if self._zygote is None:
                self._zygote = ZygoteProcess(self.bubblewrap.zygote())
            return self._zygote
