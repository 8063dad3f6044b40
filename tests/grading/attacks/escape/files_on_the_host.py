"""Files that stay on the host, in every folder that could be written to."""

import contextlib
import os

PLACES = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/root",
    "/home",
    "/etc",
    "/box",
    "/site/0",
    "/usr/lib",
    "@PLACE@",
)


def relu_backward(dout, z):
    for place in PLACES:
        with contextlib.suppress(OSError), open(f"{place}/LEFTOVER", "w") as file:
            file.write("CANARY-left")
            os.chmod(file.name, 0o6777)
    return z
