"""The ends of boxes, of their zygote and of the grader: whoever goes first, nothing is left, and nobody pays for it."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import psutil
import pytest
from boxes import LIMITS, X, box_processes, boxed, check_honest, is_alive, wait_until, zygotes

from autograder.grading.isolation import cgroups, ladder
from autograder.grading.isolation.exchange import Box
from autograder.grading.isolation.limits import Limits
from autograder.grading.isolation.sandbox import Cell, Sandbox

pytestmark = pytest.mark.sandbox

ZYGOTE = replace(LIMITS, levels=("zygote",))

LEAVE = """
import os, time
def leave(x):
    if os.fork() == 0:
        time.sleep(1e6)
"""


def test_a_closed_box_leaves_nothing():
    groups = _group_folders()
    with boxed(Cell("leave", LEAVE), limits=ZYGOTE) as box:
        box.run("leave", {"x": X})
        assert len(box_processes()) == 3
        assert bool(_group_folders() - groups) == (cgroups.find()[0] is not None)
    assert box_processes() == []  # at once: close returns when the kernel has ended them all
    assert _group_folders() == groups


def test_a_box_that_ends_itself_is_buried_without_being_asked():
    with boxed(Cell("leave", "import os\ndef leave(): os.kill(os.getpid(), 9)"), limits=ZYGOTE) as box:
        before = len(box_processes())
        assert box.run("leave", {}).status == "crashed"
        assert wait_until(lambda: len(box_processes()) < before)


def test_boxes_outlive_the_thread_that_asked_for_them():
    boxes = []
    thread = threading.Thread(target=lambda: boxes.append(boxed(limits=ZYGOTE)))
    thread.start()
    thread.join()
    with boxes[0] as box:
        check_honest(box)


def test_a_zygote_that_is_killed_costs_nobody_anything():
    with boxed(limits=ZYGOTE) as box:
        check_honest(box)
        (zygote,) = zygotes()
        zygote.kill()
        assert wait_until(lambda: not is_alive(zygote))
        assert wait_until(lambda: not box_processes())  # its boxes die with it
        check_honest(box)  # asked again, in a box of a new zygote
        assert zygotes() != [zygote]
        zygotes()[0].kill()
        box.load([Cell("f", "def f(): return 1")])
        assert box.run("f", {}).value == 1


def test_boxes_that_are_ended_from_outside_again_and_again_are_an_error_of_ours():
    with boxed(Cell("slow", "import time\ndef slow(): time.sleep(600)"), limits=ZYGOTE) as box:
        stop = threading.Event()

        def kill():
            while not stop.wait(0.05):
                for zygote in zygotes():
                    zygote.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            with pytest.raises(ladder.SandboxUnavailable):
                box.run("slow", {})
        finally:
            stop.set()
            killer.join()
        check_honest(box)


def test_a_zygote_killed_in_the_middle_of_a_call_costs_nobody_anything():
    with boxed(Cell("slow", "import time\ndef slow(): time.sleep(0.6); return 1"), limits=ZYGOTE) as box:
        timer = threading.Timer(0.2, lambda: zygotes()[0].kill())
        timer.start()
        assert box.run("slow", {}).value == 1
        timer.join()


def test_a_fork_of_the_grader_starts_a_zygote_of_its_own():
    code = """
import multiprocessing, os, psutil
from autograder.grading.isolation.sandbox import Cell, Sandbox, Limits
def grade(_=None):
    with Sandbox(Limits(levels=("zygote",))) as box:
        box.load([Cell("f", "def f(): return 1")])
        return box.run("f", {}).value
values = [grade()]
with multiprocessing.get_context("fork").Pool(2) as pool:
    values += pool.map(grade, range(4), chunksize=1)
print(values + [grade()], flush=True)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout == "[1, 1, 1, 1, 1, 1]\n", done.stderr


def test_the_zygote_ends_with_the_grader():
    code = """
from autograder.grading.isolation.sandbox import Cell, Sandbox, Limits
box = Sandbox(Limits(levels=("zygote",)))
box.load([Cell("f", "def f(): return 1")])
print("ready", flush=True)
input()
"""
    for how in (lambda grader: grader.kill(), lambda grader: grader.stdin.close()):  # with and without warning
        command = [sys.executable, "-c", code]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as one:
            assert one.stdout.readline() == b"ready\n"
            started = psutil.Process(one.pid).children(recursive=True)
            assert len(started) >= 4  # of bubblewrap, the zygote, and the box
            how(one)
        assert wait_until(lambda started=started: not any(map(is_alive, started)))


def test_a_start_that_fails_says_where():
    """A size that no tmpfs can have stands for whatever the kernel may refuse."""
    launcher = ladder.choose(("zygote",))
    with pytest.raises(ladder.SandboxUnavailable, match="mount /tmp: Invalid argument"):
        launcher.start(Limits(tmp_bytes=-1))
    Box(launcher, Limits(), {}).close()  # and the next one starts


def test_many_boxes_at_once():
    boxes = [boxed(limits=ZYGOTE) for _ in range(24)]
    try:
        assert len(zygotes()) == 1
        for box in boxes:
            check_honest(box)
    finally:
        for box in boxes:
            box.close()
    assert box_processes() == []


@pytest.mark.serial
def test_boxes_leave_no_descriptor_and_no_memory():
    def once():
        with Sandbox(ZYGOTE) as box:
            box.load([Cell("f", "def f(): return 1")])
            assert box.run("f", {}).value == 1

    def open_files():
        """Of this process and of the zygote, once it has closed what the last box had."""
        pids = os.getpid(), zygote.pid
        counts = []
        for _ in range(30):
            counts.append([len(os.listdir(f"/proc/{pid}/fd")) for pid in pids])
            time.sleep(0.01)
        return [min(column) for column in zip(*counts, strict=True)]

    for _ in range(10):
        once()
    (zygote,) = zygotes()
    before, resident = open_files(), zygote.memory_info().rss
    for _ in range(40):
        once()
    after, later = open_files(), zygote.memory_info().rss
    assert after == before
    # a megabyte is a tenth of what would be lost if each box left 250 kB of the zygote's own
    assert later - resident < 1 << 20
    assert _group_folders() == set()


def _group_folders() -> set[str]:
    """The control groups of this process's boxes."""
    found, _ = cgroups.find()
    parents = found.parents.values() if found else []
    return {str(p) for parent in parents for p in parent.glob(f"{cgroups.PREFIX}{os.getpid()}-*")}
