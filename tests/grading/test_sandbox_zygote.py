"""Boxes of one zygote: apart from each other and the zygote, without rights, and with an end to what they write."""

import os
from dataclasses import replace

import numpy as np
import pytest
from boxes import LIMITS, X, box_processes, boxed, check_honest, zygotes

from autograder.grading.isolation.sandbox import Cell

pytestmark = pytest.mark.sandbox

ZYGOTE = replace(LIMITS, levels=("zygote",))

# What a box leaves where it can, and what another then finds: of every place that both have the same name for.
LEAVE = """
import os, ctypes
def leave(x):
    for place in ('/tmp', '/dev/shm', '/dev', '/dev/pts', '/', '/box', '/site/0', '/run', '/var/tmp', '.'):
        try: open(place + '/trace', 'w').write('x')
        except OSError: pass
    if os.fork() == 0:
        import time; time.sleep(1e6)
    np.random.seed(1)
    np.trace_of_a_box = os.environ['TRACE'] = 'x'
    return os.getpid()
"""
FIND = """
import os
def find(x):
    places = ('/tmp', '/dev/shm', '/dev', '/dev/pts', '/', '/box', '/site/0', '/run', '/var/tmp', '.')
    found = [p for p in places if os.path.exists(p + '/trace')]
    found += [p for p in ('/tmp', '/dev/shm', '/dev/pts') if os.listdir(p)]
    processes = [p for p in os.listdir('/proc') if p.isdigit()]
    return found, sorted(processes), hasattr(np, 'trace_of_a_box'), 'TRACE' in os.environ
def signal_all(x):
    for number in (-1, *range(1, 400)):
        if number != os.getpid():
            try: os.kill(number, 9)
            except OSError: pass
    return os.getpid()
def signal_group(x):
    for whose in (os.PRIO_PGRP, os.PRIO_USER):
        try: os.setpriority(whose, 0, 19)
        except PermissionError: pass
    os.kill(0, 9)
def priority(x):
    return os.getpriority(os.PRIO_PROCESS, 0), os.getpriority(os.PRIO_PGRP, 0)
def memories(x):
    readable = []
    for number in range(1, 400):
        try:
            open(f'/proc/{number}/mem', 'rb').close()
            readable.append(number)
        except OSError: pass
    return readable == [os.getpid()]
"""


@pytest.fixture
def two():
    """Two boxes of one zygote at the same time, the first of which has left its traces."""
    with boxed(Cell("leave", LEAVE), limits=ZYGOTE) as one, boxed(Cell("find", FIND), limits=ZYGOTE) as other:
        assert one.run("leave", {"x": X}).status == "returned"
        assert len(zygotes()) == 1
        yield one, other


def test_a_box_sees_nothing_of_another(two):
    found, processes, patched, variable = two[1].run("find", {"x": X}).value
    assert found == []
    assert processes == ["1", "2"]  # the first process of the box, and the worker
    assert not patched
    assert not variable


def test_a_box_cannot_signal_another_nor_the_zygote(two):
    one, other = two
    (zygote,) = zygotes()
    started = [process for process in box_processes() if process.parent() == zygote]
    assert other.run("signal_all", {"x": X}).status == "returned"
    assert other.run("signal_group", {"x": X}).status == "crashed"
    check_honest(one)
    check_honest(other)
    assert zygotes() == [zygote]
    assert started[0].is_running()  # the same box as before has answered
    own = os.getpriority(os.PRIO_PROCESS, 0)  # the tests may be running under nice
    assert other.run("priority", {"x": X}).value == (own, own)
    assert {process.nice() for process in (zygote, *box_processes())} == {own}


def test_no_memory_but_its_own_is_open_to_a_box(two):
    assert two[1].run("memories", {"x": X}).value is True


def test_the_global_generator_does_not_begin_alike_in_two_boxes():
    draws = []
    for _ in range(2):
        with boxed(Cell("draw", "def draw(): return np.random.rand(4)"), limits=ZYGOTE) as box:
            draws.append(box.run("draw", {}).value)
    assert not np.array_equal(*draws)


def test_nothing_of_the_course_is_in_the_memory_that_a_box_inherits():
    code = """
import gc, sys
def look():
    names = [n for n in sys.modules if n.split('.')[0] in ('autograder', 'course_lib', 'nbgrader', 'sqlalchemy')]
    texts = [o for o in gc.get_objects() if isinstance(o, dict) and any('reference' in str(k) for k in list(o))]
    return names, [sorted(map(str, t)) for t in texts]
"""
    with boxed(Cell("look", code), limits=ZYGOTE) as box:
        names, texts = box.run("look", {}).value
    assert names == []
    assert all("reference_used" in keys or "ReferenceUsed" in keys for keys in texts), texts


def test_the_box_has_no_rights_and_its_filter():
    code = """
def status():
    lines = [line.split(None, 1) for line in open('/proc/self/status')]
    return {key: value.strip() for key, value in (line for line in lines if len(line) == 2)}
"""
    for level in ("zygote", "bwrap"):
        with boxed(Cell("status", code), limits=replace(LIMITS, levels=(level,))) as box:
            status = box.run("status", {}).value
        for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb"):
            assert int(status[f"Cap{kind}:"], 16) == 0, (level, kind)
        assert status["NoNewPrivs:"] == "1"
        assert status["Seccomp:"] == "2"  # SECCOMP_MODE_FILTER
        assert status["Uid:"].split()[0] != "0"


@pytest.mark.parametrize("level", ["zygote", "bwrap"])
def test_what_a_box_writes_has_an_end(level):
    code = """
import os
def fill(place):
    written = 0
    try:
        for number in range(10_000):
            with open(f'{place}/{number}', 'wb') as file:
                written += file.write(bytes(1 << 20))
    except OSError:
        return written
def touch():
    try:
        for number in range(100_000):
            open(f'/tmp/{number}', 'w').close()
    except OSError:
        return number
"""
    limits = replace(LIMITS, levels=(level,))
    with boxed(Cell("fill", code), limits=limits) as box:
        for place in ("/tmp", "/dev/shm"):
            assert 0 < box.run("fill", {"place": place}).value <= limits.tmp_bytes
        for place in ("/", "/dev", "/proc", "/box", "/usr/lib", "/dev/pts", "/site/0"):
            assert box.run("fill", {"place": place}).value == 0, place
    if level == "zygote":
        with boxed(Cell("touch", code), limits=limits) as box:
            assert box.run("touch", {}).value < 10_000
