"""The filter of system calls: interpreted as the kernel does, on both machines, and met from inside of real boxes."""

import errno
import os
import platform
import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from boxes import LIMITS, boxed

from autograder.box import seccomp, syscalls
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.sandbox import Cell

HEADERS = {0: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 1: "/usr/include/asm-generic/unistd.h"}
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_... of linux/audit.h
ALLOWED, KILLED = 0x7FFF0000, 0x80000000  # SECCOMP_RET_... of linux/seccomp.h
REFUSED, UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
OWN = 4321  # a process id


def verdict(code: bytes, arch: int, number: int, *arguments: int) -> int:
    """What a classic BPF machine returns for struct seccomp_data; by the kernel's documentation, networking/filter."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *(*arguments, *[0] * 6)[:6])
    at, held = 0, 0
    while True:
        operation, then, otherwise, value = struct.unpack_from("<HBBI", code, 8 * at)
        at += 1
        if operation == 0x20:  # BPF_LD | BPF_W | BPF_ABS
            (held,) = struct.unpack_from("<I", data, value)
        elif operation == 0x06:  # BPF_RET | BPF_K
            return value
        else:  # BPF_JMP with BPF_JEQ, BPF_JGE or BPF_JSET
            true = {0x15: held == value, 0x35: held >= value, 0x45: held & value != 0}[operation]
            at += then if true else otherwise


@pytest.mark.parametrize("column", HEADERS)
def test_the_numbers_are_the_kernels(column):
    header = Path(HEADERS[column])
    if not header.exists():
        pytest.skip(f"{header} is missing: install linux-libc-dev")
    numbers = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text()))
    tables = (
        syscalls.PRIVILEGED,
        syscalls.TALK,
        syscalls.DATES,
        syscalls.ATTRIBUTES,
        syscalls.FATAL,
        syscalls.UNKNOWN,
        syscalls.FORK,
        syscalls.TO_PROCESS,
        syscalls.TO_OTHERS,
    )
    others = {
        "clone": syscalls.CLONE,
        "ioctl": syscalls.IOCTL,
        "fcntl": syscalls.FCNTL,
        "futex": syscalls.FUTEX,
        "prctl": syscalls.PRCTL,
        "prlimit64": syscalls.PRLIMIT,
    }
    numbers.pop("syscalls", None)  # how many there are
    last = max(map(int, numbers.values()))  # of a header that may be older than the table
    for name, row in {**{k: v for table in tables for k, v in table.items()}, **others}.items():
        assert row[column] is None or row[column] > last or int(numbers[name]) == row[column], name


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number_gets_the_verdict_of_its_table(machine):
    column, arch = list(MACHINES).index(machine), MACHINES[machine]
    refused = {row[column] for t in (syscalls.PRIVILEGED, syscalls.TALK, syscalls.DATES) for row in t.values()}
    unknown = {row[column] for row in syscalls.UNKNOWN.values()}
    refused.add(syscalls.FCNTL[column])  # with no command that there is
    killed = {row[column] for row in syscalls.FATAL.values()}
    apart = (syscalls.FORK, syscalls.TO_OTHERS, syscalls.ATTRIBUTES)
    only_alone = {row[column] for table in apart for row in table.values()}
    only_alone |= {row[column] for row in (*syscalls.TO_PROCESS.values(), syscalls.PRLIMIT, syscalls.CLONE)}
    for alone in (0, OWN):
        code = seccomp.program(machine, alone)
        for number in range(1000):
            # a process that is neither the caller nor 0, no thread, no namespace, no terminal
            got = verdict(code, arch, number, 7 if number == syscalls.PRLIMIT[column] else 17, 999)
            expected = ALLOWED
            if number in killed:
                expected = KILLED
            elif number in refused or (alone and number in only_alone):
                expected = REFUSED
            elif number > syscalls.LAST or number in unknown:
                expected = UNKNOWN
            assert got == expected, (number, alone)


@pytest.mark.parametrize("machine", MACHINES)
def test_verdicts_that_depend_on_arguments(machine):
    column, arch = list(MACHINES).index(machine), MACHINES[machine]
    other = next(value for value in MACHINES.values() if value != arch)
    boxed_, alone = seccomp.program(machine), seccomp.program(machine, OWN)
    clone, ioctl, limit = (row[column] for row in (syscalls.CLONE, syscalls.IOCTL, syscalls.PRLIMIT))
    kill = syscalls.TO_PROCESS["kill"][column]
    assert verdict(boxed_, other, 1) == KILLED
    assert verdict(boxed_, arch, 0x40000000 + clone) == KILLED  # x86_64's second interface
    for bit in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(boxed_, arch, clone, bit | 17) == REFUSED
        assert verdict(alone, arch, clone, bit | 0x10000) == REFUSED
    thread = 0x3D0F00  # what pthread_create asks for
    assert verdict(boxed_, arch, clone, thread) == verdict(alone, arch, clone, thread) == ALLOWED
    assert verdict(boxed_, arch, ioctl, 0, 0x5413) == ALLOWED  # TIOCGWINSZ
    for request in (0x5412, 0x541C):
        assert verdict(boxed_, arch, ioctl, 0, request) == REFUSED
        assert verdict(boxed_, arch, ioctl, 0, request | 1 << 40) == REFUSED  # the kernel looks at the lower half only
    for process, expected in ((OWN, ALLOWED), (1, REFUSED), (0, REFUSED), (2**32 - 1, REFUSED), (2**64 - 1, REFUSED)):
        assert verdict(alone, arch, kill, process, 9) == expected
        assert verdict(boxed_, arch, kill, process, 9) == ALLOWED
    for process, expected in ((0, ALLOWED), (OWN, ALLOWED), (1, REFUSED)):
        assert verdict(alone, arch, limit, process) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_what_files_and_pages_that_all_boxes_see_may_be_used_for(machine):
    column, arch = list(MACHINES).index(machine), MACHINES[machine]
    fcntl, futex, prctl = (row[column] for row in (syscalls.FCNTL, syscalls.FUTEX, syscalls.PRCTL))
    for code in (seccomp.program(machine), seccomp.program(machine, OWN)):
        # the commands by linux/fcntl.h: copies, flags and seals, against locks, owners, signals, leases and notices
        for command in (0, 1, 2, 3, 4, 1030, 1032, 1033, 1034):
            assert verdict(code, arch, fcntl, 3, command) == ALLOWED
            assert verdict(code, arch, fcntl, 3, command | 1 << 40) == ALLOWED  # of which the kernel reads 32 bits
        for command in (5, 6, 7, 8, 9, 10, 15, 16, 36, 37, 38, 1024, 1025, 1026, 1029, 1031, 2**32 - 1):
            assert verdict(code, arch, fcntl, 3, command) == REFUSED
        # by linux/futex.h: waking, and waiting; 128 is private to the process, and 256 another clock
        for wake in (1, 3, 4, 5, 10):
            for clock in (0, 256):
                assert verdict(code, arch, futex, 0, wake | clock) == 0x00050000 | errno.EINVAL
                assert verdict(code, arch, futex, 0, wake | clock | 128) == ALLOWED
        for wait in (0, 9, 6, 7, 128, 137, 265):
            assert verdict(code, arch, futex, 0, wait) == ALLOWED
        assert verdict(code, arch, prctl, 1, 0) == REFUSED  # PR_SET_PDEATHSIG
        assert verdict(code, arch, prctl, 38, 1) == ALLOWED  # PR_SET_NO_NEW_PRIVS


def test_an_unknown_machine_has_no_program():
    with pytest.raises(KeyError):
        seccomp.program("vax")


CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def ask(number, arguments):
    ctypes.set_errno(0)
    result = libc.syscall(number, *map(ctypes.c_long, arguments))
    return ctypes.get_errno() if result == -1 else 0
"""


@pytest.mark.sandbox
@pytest.mark.parametrize("level", LEVELS)
def test_from_inside_a_box(level):
    column = list(MACHINES).index(platform.machine())
    with boxed(Cell("ask", CALL), limits=replace(LIMITS, levels=(level,))) as opened:

        def ask(number, *arguments):
            return opened.run("ask", {"number": number, "arguments": list(arguments)})

        # some of these the kernel would refuse anyway, but not personality, socket, inotify_init1 and unshare(0)
        alone = (syscalls.ATTRIBUTES,) if level == "landlock" else ()
        for table in (syscalls.PRIVILEGED, syscalls.TALK, syscalls.DATES, *alone):
            for name, row in table.items():
                assert row[column] is None or ask(row[column], 0, 0, 0, 0).value == errno.EPERM, name
        for row in syscalls.UNKNOWN.values():
            assert ask(row[column]).value == errno.ENOSYS
        assert ask(syscalls.LAST + 3).value == errno.ENOSYS
        assert ask(syscalls.CLONE[column], 0x10000000 | 17).value == errno.EPERM
        assert ask(syscalls.FATAL["reboot"][column]).status == "crashed"


@pytest.mark.sandbox
def test_without_a_process_namespace_a_box_reaches_only_itself():
    code = """
import os, resource, signal, threading
def reach(grader):
    said = []
    for attempt in (
        lambda: os.kill(grader, 0), lambda: os.kill(-1, 0), lambda: os.killpg(0, 0), os.fork, os.setsid,
        lambda: os.posix_spawn('/bin/true', ['true'], {}), lambda: resource.prlimit(grader, resource.RLIMIT_CPU),
        lambda: os.sched_setaffinity(grader, {0}), lambda: os.listdir(f'/proc/{grader}'), lambda: os.listdir('/'),
        lambda: open(f'/proc/{grader}/environ').read(), lambda: open('/etc/passwd'), lambda: open('/tmp/x', 'w'),
    ):
        try:
            attempt()
            said.append('done')
        except PermissionError:
            said.append('refused')
    thread = threading.Thread(target=said.append, args=('threads',))
    thread.start()
    thread.join()
    os.kill(os.getpid(), 0)
    return said
"""
    with boxed(Cell("reach", code), limits=replace(LIMITS, levels=("landlock",))) as opened:
        assert opened.run("reach", {"grader": os.getpid()}).value == ["refused"] * 13 + ["threads"]
