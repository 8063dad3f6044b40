"""A seccomp filter: the system calls that a box may not make, as a small BPF program that the kernel runs at each.

The program is assembled here because it is short: neither a binding nor the system's libseccomp has to be present
among what a box sees. A filter is inherited by every process and cannot be taken off.
"""

import ctypes
import errno
import os
import platform
import struct

from . import syscalls

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column in syscalls, AUDIT_ARCH
NUMBER, ARCH, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; both architectures are little-endian
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
X32 = 0x40000000  # the numbers of x86_64's second interface, which would pass by the table

NEW_NAMESPACE = 0x7E020000  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET
CLONE_THREAD = 0x00010000
TYPE_INTO_TERMINAL = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS. Not the others:
# locks and notices on files that are open to all boxes, signals to whoever is named the owner of a descriptor, and
# memory for pipes, of which all processes of a user have one share.
PLAIN_FCNTL = (0, 1, 2, 3, 4, 1030, 1032, 1033, 1034)
# FUTEX_WAKE, _REQUEUE, _CMP_REQUEUE, _WAKE_OP, _WAKE_BITSET, without FUTEX_PRIVATE_FLAG, and with FUTEX_CLOCK_REALTIME:
# on a page of a library they wake, and count, the threads of other boxes. Waiting is left, for glibc joins threads so.
SHARED_WAKES = tuple(operation | clock for operation in (1, 3, 4, 5, 10) for clock in (0, 256))
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG: what ends a box when its grader is killed

SET_NO_NEW_PRIVILEGES, SET_SECCOMP, MODE_FILTER = 38, 22, 2


def program(machine: str, own_process: int = 0) -> bytes:
    """The filter as an array of struct sock_filter.

    Parameters
    ----------
    machine : ``x86_64`` or ``aarch64``.
    own_process : the id of the process when it has no process namespace of its own: it may then neither start processes
        nor signal any but itself. 0 in a namespace, where it can do no harm with either.

    Raises
    ------
    KeyError
        For any other machine.
    """
    column, arch = ARCHITECTURES[machine]
    refuse, unknown = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
    code = [_load(ARCH), *_unless(EQUAL, arch, KILL), _load(NUMBER)]
    code += [*_if(AT_LEAST, X32, KILL), *_if(AT_LEAST, syscalls.LAST + 1, unknown)]

    def numbers(table: dict) -> list[int]:
        return [row[column] for row in table.values() if row[column] is not None]

    for number in numbers(syscalls.FATAL):
        code += _if(EQUAL, number, KILL)
    apart = (syscalls.FORK, syscalls.TO_OTHERS, syscalls.ATTRIBUTES)
    refused = numbers(syscalls.PRIVILEGED) + numbers(syscalls.TALK) + numbers(syscalls.DATES)
    refused += [number for table in apart for number in numbers(table)] if own_process else []
    for number in refused:
        code += _if(EQUAL, number, refuse)
    for number in numbers(syscalls.UNKNOWN):
        code += _if(EQUAL, number, unknown)
    code += _when(syscalls.CLONE[column], 0, _if(ANY_BIT, NEW_NAMESPACE, refuse))
    for request in TYPE_INTO_TERMINAL:
        code += _when(syscalls.IOCTL[column], 1, _if(EQUAL, request, refuse))
    plain = [step for command in PLAIN_FCNTL for step in _if(EQUAL, command, ALLOW)]
    code += _when(syscalls.FCNTL[column], 1, [*plain, _return(refuse)])
    # of an error of any other kind glibc thinks that the program is broken, and ends it
    wakes = [step for operation in SHARED_WAKES for step in _if(EQUAL, operation, ERRNO | errno.EINVAL)]
    code += _when(syscalls.FUTEX[column], 1, wakes)
    code += _when(syscalls.PRCTL[column], 0, _if(EQUAL, SET_DEATH_SIGNAL, refuse))
    if own_process:
        code += _when(syscalls.CLONE[column], 0, _unless(ANY_BIT, CLONE_THREAD, refuse))
        code += _when(syscalls.PRLIMIT[column], 0, [*_if(EQUAL, 0, ALLOW), *_unless(EQUAL, own_process, refuse)])
        for number in numbers(syscalls.TO_PROCESS):
            code += _when(number, 0, _unless(EQUAL, own_process, refuse))
    code.append(_return(ALLOW))
    return b"".join(code)


def install(without_namespace: bool = False):
    """Filter this process and all that it will start, for good.

    Raises
    ------
    OSError
        When the kernel has no seccomp filters, or this machine is none that the table knows.
    """
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    code = program(machine, os.getpid() if without_namespace else 0)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))  # struct sock_fprog
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    for arguments in (
        (SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero),
        (SET_SECCOMP, ctypes.c_ulong(MODE_FILTER), filter_, zero, zero),
    ):
        if libc.prctl(*arguments):
            number = ctypes.get_errno()
            raise OSError(number, f"prctl {arguments[0]}: {os.strerror(number)}")


def _load(offset: int) -> bytes:
    return struct.pack("<HBBI", LOAD, 0, 0, offset)


def _return(verdict: int) -> bytes:
    return struct.pack("<HBBI", RETURN, 0, 0, verdict)


def _if(test: int, value: int, verdict: int) -> list[bytes]:
    return [struct.pack("<HBBI", test, 0, 1, value), _return(verdict)]


def _unless(test: int, value: int, verdict: int) -> list[bytes]:
    return [struct.pack("<HBBI", test, 1, 0, value), _return(verdict)]


def _when(number: int, argument: int, judged: list[bytes]) -> list[bytes]:
    """``judged``, applied to the lower half of an argument of one system call; the kernel ignores the upper half."""
    then = [_load(ARGUMENTS + 8 * argument), *judged, _load(NUMBER)]
    return [struct.pack("<HBBI", EQUAL, 0, len(then), number), *then]
