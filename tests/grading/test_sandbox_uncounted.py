"""Where no control group counts what a box uses: what bounds it all the same."""

import os
import threading
import time
from pathlib import Path

import pytest
from boxes import LIMITS, X, box_processes, boxed, check_honest, hurried
from thrift import rest_in_soak

from autograder.grading.isolation import bubblewrap, plain
from autograder.grading.isolation.bubblewrap import BubblewrapLauncher
from autograder.grading.isolation.plain import SPARE_THREADS, PlainLauncher
from autograder.grading.isolation.sandbox import Cell
from autograder.grading.isolation.zygote_launcher import ZygoteLauncher

pytestmark = pytest.mark.sandbox

ATTACKS = Path(__file__).parent / "attacks" / "exhaustion"
# A hundred thousand files are a hundred megabytes of the kernel's memory. Those that are made while the first process
# of the box has not looked yet are thousands on an idle machine, and more on a busy one.
FILES = 100_000


class Census(threading.Thread):
    """The most files that any box has had, seen from outside, while this thread has run."""

    def __init__(self):
        super().__init__()
        self.most = 0
        self.done = threading.Event()

    def run(self):
        while not self.done.is_set():
            for process in box_processes():
                for place in ("tmp", "dev/shm"):
                    try:
                        found = os.statvfs(f"/proc/{process.pid}/root/{place}")
                    except OSError:
                        continue
                    self.most = max(self.most, found.f_files - found.f_ffree)
            time.sleep(0.005)


@pytest.fixture
def census():
    counting = Census()
    counting.start()
    yield counting
    counting.done.set()
    counting.join()


@pytest.mark.parametrize("attack", rest_in_soak(["inodes", "folders_in_folders", "stopped_watchers"]))
@pytest.mark.parametrize("kind", [ZygoteLauncher, BubblewrapLauncher], ids=lambda kind: kind.level)
def test_files_without_end_find_one(kind, attack, census):
    source = (ATTACKS / f"{attack}.py").read_text(encoding="utf-8")
    launcher = kind(bubblewrap.find(), None)
    try:
        with boxed(Cell("attack", source), launcher=launcher) as box:
            with hurried(box, 2.0 if kind is ZygoteLauncher else LIMITS.call_seconds):
                outcome = box.run("relu_backward", {"dout": X, "z": X})
            check_honest(box)
    finally:
        if kind is ZygoteLauncher:
            launcher.close()
    # a zygote's box is told that there is no room, and one of bubblewrap's ended
    assert outcome.status == ("timeout" if kind is ZygoteLauncher else "crashed"), outcome
    assert census.most < FILES
    if kind is ZygoteLauncher:  # bubblewrap's may have gone before anybody could look
        assert census.most > 10


def test_bubblewrap_counts_no_files_itself():
    """Else the first process of its boxes need not."""
    code = "import os\ndef room(x):\n    found = os.statvfs('/tmp')\n    return found.f_files"
    with boxed(Cell("room", code), launcher=BubblewrapLauncher(bubblewrap.find(), None)) as box:
        assert box.run("room", {"x": X}).value > FILES


def test_threads_without_end_find_one():
    code = """
import threading
def threads(x):
    never, kept = threading.Event(), []
    threading.stack_size(1 << 16)
    while len(kept) < 10_000:
        kept.append(threading.Thread(target=never.wait, daemon=True))
        try: kept[-1].start()
        except RuntimeError: break
    return len(kept)
"""
    launcher = PlainLauncher(None)
    with boxed(Cell("threads", code), launcher=launcher) as box:
        # others of the same user may come and go meanwhile
        assert 10 < box.run("threads", {"x": X}).value < 2 * SPARE_THREADS
        with boxed(launcher=launcher) as beside:
            check_honest(beside)
            assert plain.threads_of(os.stat(f"/proc/{beside._box.running.process.pid}").st_uid) > 10


def test_the_threads_of_a_user_are_counted():
    def rise() -> int:
        before, never = plain.threads_of(os.geteuid()), threading.Event()
        for _ in range(50):
            threading.Thread(target=never.wait).start()
        after = plain.threads_of(os.geteuid())
        never.set()
        return after - before

    # others of the same user's come and go, but not always so that they hide the fifty
    assert any(rise() > 25 for _ in range(20))
