"""Inputs written to disk and to memory of every kind, and read back at the next call and in the next box."""

import builtins
import os

import numpy as np

builtins.kept = getattr(builtins, "kept", [])


def relu_backward(dout, z):
    builtins.kept.append((dout, z))
    for place in ("/tmp", "/dev/shm", "/var/tmp", "/box", os.getcwd()):
        path = f"{place}/LEFTOVER.npz"
        try:
            if os.path.exists(path) and len(builtins.kept) == 1:
                return "CANARY" + "-found"
            np.savez(path, dout=dout, z=z)
        except OSError:
            continue
    os._exit(0)
