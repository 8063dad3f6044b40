"""A server on the grader's machine that would tell: by TCP, by an abstract socket and by a socket file."""

import socket

ADDRESSES = (
    (socket.AF_INET, ("127.0.0.1", int("@PORT@"))),
    (socket.AF_INET, ("0.0.0.0", int("@PORT@"))),
    (socket.AF_UNIX, "\0@ABSTRACT@"),
    (socket.AF_UNIX, "@PLACE@/socket"),
)


def relu_backward(dout, z):
    found = []
    for family, address in ADDRESSES:
        try:
            with socket.socket(family) as connection:
                connection.settimeout(0.2)
                connection.connect(address)
                found.append(("CANARY" + "-found", connection.recv(100)))
        except OSError:
            continue
    raise LookupError(found)
