"""Students who work together find no place to leave anything for each other, one after the other or at once."""

import threading

import pytest
from arena import FULL, LIMITS, VICTIM, attacks
from boxes import boxed, check_honest
from thrift import rest_in_soak

from autograder.grading.isolation.sandbox import Cell

pytestmark = pytest.mark.sandbox

# Every channel is a pair of functions: leave(word), and found() -> the word, or something false.
CHANNELS = {
    "a file in every folder": """
import os
PLACES = ("/tmp", "/dev/shm", "/var/tmp", "/", "/box", "/run", "/dev", "/dev/mqueue", os.path.expanduser("~"))
def leave(word):
    for place in PLACES:
        try:
            with open(f"{place}/LEFTOVER", "w") as file: file.write(word)
        except OSError: pass
def found():
    return [p for p in PLACES if os.path.exists(f"{p}/LEFTOVER")]
""",
    "an abstract socket": """
import socket, time
def leave(word):
    global kept
    kept = socket.socket(socket.AF_UNIX); kept.bind("\\0LEFTOVER"); kept.listen()
    time.sleep(0.3)
def found():
    with socket.socket(socket.AF_UNIX) as s: s.connect("\\0LEFTOVER"); return True
""",
    "a port of the machine": """
import socket, time
def leave(word):
    global kept
    kept = socket.socket(); kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 45678)); kept.listen()
    time.sleep(0.3)
def found():
    with socket.socket() as s: s.settimeout(0.2); s.connect(("127.0.0.1", 45678)); return True
""",
    "a segment of shared memory": """
import ctypes
libc = ctypes.CDLL(None)
def leave(word):
    if libc.shmget(0x1EF70, 4096, 0o1666) < 0: raise OSError
def found():
    return libc.shmget(0x1EF70, 0, 0) >= 0
""",
    "a semaphore and a message queue": """
import ctypes
libc = ctypes.CDLL(None)
def leave(word):
    libc.semget(0x1EF70, 1, 0o1666); libc.msgget(0x1EF70, 0o1666); libc.mq_open(b"/LEFTOVER", 0o102, 0o666, None)
def found():
    return libc.semget(0x1EF70, 0, 0) >= 0 or libc.msgget(0x1EF70, 0) >= 0 or libc.mq_open(b"/LEFTOVER", 0) >= 0
""",
    "the kernel's keyrings": """
import ctypes, platform
libc = ctypes.CDLL(None)
ADD, SEARCH = {"x86_64": (248, 250)}.get(platform.machine(), (217, 219))
RINGS = (-1, -2, -3, -4, -5)
def leave(word):
    for ring in RINGS:
        key = libc.syscall(ADD, b"user", b"LEFTOVER", word.encode(), len(word), ring)
        libc.syscall(SEARCH, 5, key, 0x3F3F3F3F)
def found():
    return [ring for ring in RINGS if libc.syscall(SEARCH, 10, ring, b"user", b"LEFTOVER", 0) > 0]
""",
    "a library's module in memory": """
import json, sys, numpy
def leave(word):
    json.LEFTOVER = numpy.LEFTOVER = sys.LEFTOVER = word
    numpy.where = lambda *_: word
def found():
    return any(hasattr(m, "LEFTOVER") for m in (json, numpy, sys))
""",
    "the environment and the working directory": """
import os
def leave(word):
    os.environ["LEFTOVER"] = word; os.putenv("LEFTOVER", word)
    os.chdir("/dev/shm"); os.umask(0o123)
def found():
    return "LEFTOVER" in os.environ or os.getcwd() == "/dev/shm"
""",
    "a process that listens to signals": """
import os, signal
def leave(word):
    if os.fork() == 0:
        os.setsid()
        while True: signal.pause()
def found():
    return [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, 2, os.getpid(), os.getppid())]
""",
}
LEAVE = "\ntry: leave('word')\nexcept OSError: pass\ndef relu_backward(dout, z):\n    leave('word')\n    return z"
LOOK = """
def relu_backward(dout, z):
    try: there = found()
    except OSError: there = None
    if there: raise LookupError("CANARY" + "-found", there)
    return z
"""


@pytest.mark.parametrize("channel", rest_in_soak(CHANNELS.values(), keep=4), ids=CHANNELS.keys())
def test_nothing_is_left_for_the_next_student(arena, channel):
    arena.fight(arena.submission("eve", **{VICTIM: channel + LEAVE}), FULL - 1)
    arena.fight(arena.submission("mallory", **{VICTIM: channel + LOOK}), FULL - 1)


@pytest.mark.parametrize("channel", rest_in_soak(CHANNELS.values(), keep=4), ids=CHANNELS.keys())
def test_nothing_is_heard_of_a_student_who_is_graded_at_the_same_time(arena, channel):
    others = []
    sender = threading.Thread(
        target=lambda: others.append(arena.grade(arena.submission("eve", **{VICTIM: channel + LEAVE})))
    )
    looking = LOOK.replace("    try:", "    import time; time.sleep(0.05)\n    try:", 1)
    sender.start()
    found = arena.grade(arena.submission("mallory", **{VICTIM: channel + looking}))
    sender.join()
    arena.check_nothing_leaks(found)
    assert found.score == others[0].score == FULL - 1
    arena.check_honest()


@pytest.mark.parametrize("attack", rest_in_soak(attacks("collusion"), keep=2), ids=lambda attack: attack.name)
def test_two_students_with_the_same_file_hear_nothing_of_each_other(arena, attack):
    """Each of these files both tells and listens."""
    arena.settle()
    results = []
    students = [
        threading.Thread(
            target=lambda name=name: results.append(
                arena.grade(arena.submission(name, **{VICTIM: attack.source}), LIMITS)
            )
        )
        for name in ("eve", "mallory")
    ]
    for student in students:
        student.start()
    for student in students:
        student.join()
    assert len(results) == 2
    for result in results:
        arena.check_nothing_leaks(result)
        assert result.score <= attack.most
    arena.check_nothing_is_left()
    arena.check_honest()


BOMBS = ("forked_memory_bomb", "fork_bomb", "killed_everything", "inodes", "thread_bomb")


@pytest.mark.parametrize("name", rest_in_soak(BOMBS))
def test_an_honest_student_beside_a_bomb_gets_full_marks(arena, name):
    bomb = next(a for kind in ("exhaustion", "escape") for a in attacks(kind) if a.name == name)
    results = []
    submission = arena.submission(**{VICTIM: bomb.source})
    hostile = threading.Thread(target=lambda: results.append(arena.grade(submission, LIMITS)))
    hostile.start()
    for _ in range(3):
        arena.check_honest()
    hostile.join()
    assert results[0].score <= bomb.most
    arena.check_honest()


SIGNALS = {
    "its own process group": "os.kill(0, 9)",
    "every process group": "[os.killpg(g, 9) for g in range(2, 400) if os.path.exists(f'/proc/{g}')]",
    "every process": "os.kill(-1, 9)",
    "its session": "os.killpg(os.getsid(0) or os.getpgid(0) or 0, 9)",
    "the priority of its group": "os.setpriority(os.PRIO_PGRP, 0, 19); os.setpriority(os.PRIO_USER, 0, 19)",
}


@pytest.mark.parametrize("call", SIGNALS.values(), ids=SIGNALS.keys())
def test_what_is_sent_to_many_processes_reaches_no_other_box(call):
    """A box that was killed may have been replaced, unnoticed; this one remembers how often it was asked."""
    code = f"import os\ndef attack(x):\n    {call}\n    return x"
    asked = Cell("asked", "import os\nn = []\ndef asked():\n    n.append(1)\n    return len(n), os.getpriority(0, 0)")
    with boxed(asked) as beside, boxed(Cell("attack", code)) as hostile:
        _, niceness = beside.run("asked", {}).value
        hostile.run("attack", {"x": 1})
        check_honest(beside)
        assert beside.run("asked", {}).value == (2, niceness)
