"""Notices, by the oldest interface there is, of every file that is opened in a folder of the libraries."""

import fcntl
import os
import signal
import time

import numpy

FOLDER = os.path.join(os.path.dirname(numpy.__file__), "doc")
heard = []


def relu_backward(dout, z):
    signal.signal(signal.SIGIO, lambda *_: heard.append(1))
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        slot = os.urandom(1)[0] & 1
        folder = os.open(FOLDER, os.O_RDONLY)
        if slot:
            fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_MULTISHOT)
            time.sleep(0.02)
        os.close(folder)
        if heard:
            raise LookupError("CANARY" + "-heard")
        end = time.monotonic() + 0.02
        while not slot and time.monotonic() < end:
            for name in os.listdir(FOLDER):
                if name.endswith(".py"):
                    with open(os.path.join(FOLDER, name)) as file:
                        file.read()
    return z
