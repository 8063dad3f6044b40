"""Start a worker in namespaces that bubblewrap has made, under the eyes of their first process.

Bubblewrap limits the bytes of a folder in memory, but not how many empty files there are in it, each of which takes a
kilobyte of the kernel's own memory; without control groups nothing counts that. The first process of a process
namespace can be neither stopped nor killed from within, and when it ends, the kernel ends all others.
"""

import os
import time

from . import namespaces, seccomp

WRITABLE = ("/tmp", "/dev/shm")
LOOK_SECONDS = 0.01  # in which two cores make some thousand files: a few megabytes


def main():
    seccomp.install()
    namespaces.set_dumpable(False)  # a student's code has no business in this process
    started = os.fork()
    if started == 0:
        namespaces.set_dumpable(True)
        from . import worker

        worker.main()
        return
    os.closerange(0, 2)  # so that the worker's end is seen at the other end of its pipes
    watch(started)


def watch(started: int):
    """Return when this process has ended, or when there are too many files."""
    while not crowded():
        ended, _ = os.waitpid(-1, os.WNOHANG)  # or an orphaned child
        if ended == started:
            return
        if not ended:
            time.sleep(LOOK_SECONDS)


def crowded() -> bool:
    """Whether there are more files than a box of a zygote's may have, anywhere."""
    found = map(os.statvfs, WRITABLE)
    return any(system.f_files - system.f_ffree > namespaces.INODES for system in found)
