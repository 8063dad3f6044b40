"""What a box has computed is known at every level, and what a step may add to the grader's memory is bounded."""

import os
import resource
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from boxes import LIMITS, boxed

from autograder.grading.isolation import meter as module
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.memory import room_for
from autograder.grading.isolation.meter import Meter
from autograder.grading.isolation.sandbox import Cell

BUSY = """
import os, time
def busy(seconds):
    while sum(os.times()[:4]) < seconds: pass
    return True
def busy_child(seconds):
    if not (child := os.fork()):
        busy(seconds)
        os._exit(0)
    os.waitpid(child, 0)
    return True
"""


@pytest.mark.sandbox
@pytest.mark.parametrize("level", LEVELS)
def test_what_a_box_computes_is_counted_at_every_level(level):
    with boxed(Cell("busy", BUSY), limits=replace(LIMITS, levels=(level,))) as box:
        meter = Meter(box._box.running.root)
        before = meter.seconds()
        assert before is not None
        assert box.run("busy", {"seconds": 0.4}).value is True
        time.sleep(module.FRESH)
        assert 0.1 < meter.seconds() - before < 5
        if level != "landlock":  # which starts no process
            between = meter.seconds()
            assert box.run("busy_child", {"seconds": 0.4}).value is True
            time.sleep(module.FRESH)
            assert meter.seconds() - between > 0.2


def test_a_process_that_is_not_known_has_no_time():
    assert Meter(0).seconds() is None
    assert Meter(2**22 + 1).seconds() is None
    assert Meter(os.getpid()).seconds() > 0


def limit() -> int:
    return resource.getrlimit(resource.RLIMIT_AS)[0]


def test_a_step_gets_the_memory_that_is_set_aside_and_no_more():
    before = limit()
    with room_for(300 << 20):
        assert np.ones(10 << 20).sum() == 10 << 20  # 80 MB
        with room_for(4 << 30), pytest.raises(MemoryError):  # a block within has no more than the one around it
            np.ones(1 << 30)
        with pytest.raises(MemoryError):
            np.ones(100 << 20)
    assert limit() == before
    assert np.ones(50 << 20).size


def test_a_second_thread_neither_waits_nor_lifts_the_limit():
    seen = []

    def other():
        with room_for(1 << 40):
            seen.append(limit())

    with room_for(300 << 20):
        held = limit()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert seen == [held] == [limit()]
