"""The zygote: a process in bubblewrap that has loaded Python and NumPy, and forks itself into a box when asked to.

It holds no reference, no expected value and nothing of any student. A request is a JSON object with ``tmp_bytes`` and
``files``, and with it come the descriptors of

- the pipes that the grader and the box will talk over, of which the zygote keeps none,
- the leash: a socket on which the grader hears that the box is up, why it is not, and that it has been reaped; when the
  grader closes its end, the box ends,
- the files that the student has handed in beside the notebook, packed, when ``files`` says that there are any,
- the doors to the control groups that the box is to enter, if any.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass

from numpy.random import seed as seed_globally

from . import handed_in, namespaces, seccomp, worker

# what students import, and what Python and NumPy load when it is first used
PRELOADED = (
    "collections", "copy", "dataclasses", "functools", "itertools", "math", "numpy.fft", "numpy.linalg", "numpy.ma",
    "numpy.polynomial", "numpy.random", "secrets", "typing",
)  # fmt: skip
SET_CHILD_SUBREAPER = 36
REQUEST_BYTES, DOORS = 4096, 3
READY, REAPED = b".", b"x"


@dataclass(frozen=True)
class Room:
    """A box as the zygote knows it: its leash, its first process, and a descriptor that tells when that ends."""

    leash: socket.socket
    process: int
    pidfd: int


class Zygote:
    """Starts, ends and reaps boxes; one thread, which waits for nothing but the next of these events."""

    def __init__(self, control: socket.socket):
        self.control = control
        self.rooms: dict[int, Room] = {}  # by the descriptors that are polled: each room by two
        self.poll = select.poll()
        self.poll.register(control, select.POLLIN)

    def serve(self):
        """Until the grader's end of the control socket is closed."""
        self.control.send(READY)
        while True:
            descriptor, _ = self.poll.poll()[0]  # one at a time, for an event may be out of date after another
            if descriptor != self.control.fileno():
                self.close(self.rooms[descriptor])
                continue
            request, descriptors, _, _ = socket.recv_fds(self.control, REQUEST_BYTES, 4 + DOORS)
            if not request:
                return
            request = json.loads(request)
            self.open(request["tmp_bytes"], descriptors, descriptors.pop(3) if request["files"] else None)

    def open(self, tmp_bytes: int, descriptors: list[int], files: int | None):
        incoming, outgoing, leash, *doors = descriptors
        process = fork_box(tmp_bytes, incoming, outgoing, leash, doors, files)
        for descriptor in (incoming, outgoing, *doors, *([] if files is None else [files])):
            os.close(descriptor)
        room = Room(socket.socket(fileno=leash), process, os.pidfd_open(process) if process else -1)
        if not process:  # it has said why on the leash
            room.leash.close()
            return
        for descriptor in (room.leash.fileno(), room.pidfd):
            self.rooms[descriptor] = room
            self.poll.register(descriptor, select.POLLIN)

    def close(self, room: Room):
        """End the first process of a box, and with it, by the kernel's rule, all others; then close the leash."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(room.process, signal.SIGKILL)
        os.waitpid(room.process, 0)
        for descriptor in (room.leash.fileno(), room.pidfd):
            del self.rooms[descriptor]
            self.poll.unregister(descriptor)
        os.close(room.pidfd)
        with contextlib.suppress(OSError):  # the grader may have closed its end altogether
            room.leash.send(REAPED, socket.MSG_DONTWAIT)
        room.leash.close()


def fork_box(
    tmp_bytes: int, incoming: int, outgoing: int, leash: int, doors: list[int], files: int | None = None
) -> int:
    """Fork a box; the process id of its first process, or 0 when it could not be made.

    A process in between enters the control groups, leaves the namespaces and forks the first process of the new
    ones, which by its end becomes the zygote's own child.
    """
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        _or_say_why(leash, lambda: _between(tmp_bytes, incoming, outgoing, leash, doors, files, writing))
    os.close(writing)
    said = os.read(reading, 32)
    os.close(reading)
    os.waitpid(between, 0)
    return int(said or 0)


def _between(
    tmp_bytes: int, incoming: int, outgoing: int, leash: int, doors: list[int], files: int | None, writing: int
):
    for door in doors:
        os.write(door, b"0")
    os.dup2(incoming, 0)
    os.dup2(outgoing, 1)
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # leashes of other boxes, and the control socket
        if descriptor not in (0, 1, 2, leash, files, writing):
            with contextlib.suppress(OSError):  # the listing's own
                os.close(descriptor)
    namespaces.leave()
    first = os.fork()
    if first == 0:
        os.close(writing)
        _or_say_why(leash, lambda: _first(tmp_bytes, leash, files))
    os.write(writing, str(first).encode())


def _first(tmp_bytes: int, leash: int, files: int | None):
    """The first process of a box: it makes the room, starts the worker there, and ends with it."""
    os.setsid()  # a process group reaches across namespaces: kill(0) would end the zygote and all its boxes
    namespaces.furnish(tmp_bytes)
    if files is not None:
        with open(files, "rb") as packed:
            handed_in.protect(handed_in.lay(handed_in.unpack(packed.read()), os.getcwd()))
    os.write(leash, READY)
    os.close(leash)
    namespaces.disarm()
    seccomp.install()
    namespaces.set_dumpable(False)  # a student's code has no business in this process, though it holds no secret
    started = os.fork()
    if started == 0:
        namespaces.set_dumpable(True)
        seed_globally()  # else the global generator, which students use, would begin alike in every box
        worker.main()
        return
    os.closerange(0, 2)  # so that the worker's end is seen at the other end of its pipes
    while os.wait()[0] != started:
        """Reap orphaned children."""


def _or_say_why(leash: int, step):
    """Run the rest of a forked process, which never returns into the zygote's own code."""
    try:
        step()
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(leash, f"{type(error).__name__}: {error}"[:500].encode())
    finally:
        os._exit(0)


def main():
    control = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    if ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, *[ctypes.c_ulong(value) for value in (1, 0, 0, 0)]):
        sys.exit("this kernel has no child subreapers")
    for name in PRELOADED:
        importlib.import_module(name)
    seed_globally()  # loads what the first seeding loads
    gc.collect()
    gc.freeze()  # what a box inherits stays shared, for its collector does not write to it
    Zygote(control).serve()
