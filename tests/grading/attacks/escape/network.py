"""The network: the internet, the machine itself, raw packets, names, netlink."""

import contextlib
import socket

TARGETS = (("1.1.1.1", 53), ("127.0.0.1", 22), ("169.254.169.254", 80), ("8.8.8.8", 443))


def relu_backward(dout, z):
    found = []
    for target in TARGETS:
        with contextlib.suppress(OSError), socket.socket() as connection:
            connection.settimeout(0.1)
            connection.connect(target)
            found.append(("CANARY" + "-found", target))
    with contextlib.suppress(OSError):
        found.append(("CANARY" + "-found", socket.gethostbyname("pypi.org")))
    with contextlib.suppress(OSError):
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)
        found.append(("CANARY" + "-found", "raw packets"))
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.sendto(b"CANARY", ("8.8.8.8", 53))
        found.append(("CANARY" + "-found", "a datagram"))
    if len(socket.if_nameindex()) > 1:
        found.append(("CANARY" + "-found", socket.if_nameindex()))
    raise ConnectionError(found)
