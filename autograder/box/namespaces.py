"""A room of its own for each box: fresh namespaces below those of the zygote, and no right in any of them.

A box sees no process but its own, has empty folders of its own for what it writes, and shares no network, no System V
IPC and no host name with any other. All of it ends with the first process of the box.
"""

import ctypes
import os

CLONE_NEW = {
    "user": 0x10000000, "mount": 0x00020000, "process": 0x20000000, "ipc": 0x08000000, "network": 0x40000000,
    "host name": 0x04000000, "cgroup": 0x02000000,
}  # fmt: skip
NO_SETUID, NO_DEVICES, NO_EXECUTION = 2, 4, 8
READ_ONLY = 1
SET_DUMPABLE, DROP_FROM_BOUNDING_SET, SET_NO_NEW_PRIVILEGES, AMBIENT, CLEAR_ALL = 4, 24, 38, 47, 4
CAPABILITIES_V3 = 0x20080522
INODES = 4096  # each takes a kilobyte of the kernel's memory, which no limit on bytes counts

libc = ctypes.CDLL(None, use_errno=True)


def leave():
    """Leave the zygote's namespaces; the process that is forked next is the first one of the new process namespace."""
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(sum(CLONE_NEW.values())), "unshare")
    for file, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w") as opened:
            opened.write(text)


def furnish(tmp_bytes: int):
    """Empty folders to write to, of ``tmp_bytes`` each, and the view of the own processes only."""
    size = f"size={tmp_bytes},nr_inodes={INODES},mode=1777"
    flags = NO_SETUID | NO_DEVICES | NO_EXECUTION
    _mount("tmpfs", "/tmp", flags, size)
    _mount("tmpfs", "/dev/shm", flags, size)
    _mount("tmpfs", "/dev/pts", flags | READ_ONLY, "size=4k")  # terminals of the zygote's are open to all its boxes
    try:
        _mount("proc", "/proc", flags, "subset=pid")  # no counters of the whole machine, which any box could move
    except OSError:  # before Linux 5.8
        _mount("proc", "/proc", flags, "")
    os.chdir("/tmp")  # the folder that this process stood in is the zygote's


def disarm():
    """Give up every capability for good; those of the new user namespace were needed to furnish it."""
    capability = 0
    while libc.prctl(DROP_FROM_BOUNDING_SET, *_longs(capability, 0, 0, 0)) == 0:
        capability += 1
    _check(libc.prctl(AMBIENT, *_longs(CLEAR_ALL, 0, 0, 0)), "ambient capabilities")
    _check(libc.prctl(SET_NO_NEW_PRIVILEGES, *_longs(1, 0, 0, 0)), "no new privileges")
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_V3, 0)
    _check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def set_dumpable(dumpable: bool):
    """Whether other processes of the same user may look into this one's memory."""
    _check(libc.prctl(SET_DUMPABLE, *_longs(int(dumpable), 0, 0, 0)), "dumpable")


def _mount(kind: str, place: str, flags: int, options: str):
    arguments = (kind.encode(), place.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _check(libc.mount(*arguments), f"mount {place}")


def _check(result: int, what: str):
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _longs(*values: int) -> list[ctypes.c_ulong]:
    return [ctypes.c_ulong(value) for value in values]
