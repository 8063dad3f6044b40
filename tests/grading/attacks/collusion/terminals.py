"""Terminals, which the kernel counts for the whole machine, and the other numbers in which it counts for all."""

import os
import time

COUNTERS = ("/proc/sys/kernel/pty/nr", "/proc/sys/fs/file-nr", "/proc/sys/fs/inode-nr", "/proc/loadavg", "/proc/locks")


def relu_backward(dout, z):
    kept = []
    for _ in range(40):
        try:
            kept.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
        except OSError:
            break
    time.sleep(0.2)
    told = []
    for counter in COUNTERS:
        try:
            with open(counter) as file:
                told.append(file.read())
        except OSError:
            continue
    if kept or any(told):
        raise LookupError("CANARY" + "-counted", told, len(kept))
    return z
