"""Three hundred boxes, some of which end badly: nothing is left of them, and nobody has grown."""

import os
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from autograder.files import ROOT
from autograder.grading.isolation.limits import Limits
from autograder.grading.isolation.sandbox import Cell, Sandbox

sys.path.insert(0, str(ROOT / "tests" / "grading"))
from boxes import box_processes, wait_until, zygotes

pytestmark = [pytest.mark.soak, pytest.mark.sandbox, pytest.mark.serial]

BOXES = 300
CODE = """
import os
def honest(x): return np.tanh(x)
def dies(x): os.kill(os.getpid(), 9)
def forks(x):
    for _ in range(3):
        if os.fork() == 0:
            while True: pass
    return x
def writes(x):
    for place in ('/tmp', '/dev/shm'):
        open(place + '/x', 'wb').write(bytes(1 << 20))
    return x
"""


def left() -> dict:
    """Everything that a box could leave on the machine, but for memory."""
    (zygote,) = zygotes()
    return {
        "processes": len(box_processes()),
        "descriptors": [len(os.listdir(f"/proc/{pid}/fd")) for pid in (os.getpid(), zygote.pid)],
        "mounts": [Path(f"/proc/{pid}/mountinfo").read_text().count("\n") for pid in (os.getpid(), zygote.pid)],
        "groups": sorted(p.name for p in Path("/sys/fs/cgroup").rglob(f"course-box-{os.getpid()}-*")),
        "files": sorted(p.name for place in ("/tmp", "/dev/shm", "/mnt") for p in Path(place).glob("x")),
        "threads": psutil.Process().num_threads(),
    }


def test_nothing_is_left_of_three_hundred_boxes():
    memory, before = [], None
    for number in range(BOXES):
        with Sandbox(Limits(levels=("zygote",), call_seconds=20.0)) as box:
            box.load([Cell("cell", "import numpy as np" + CODE)])
            name = ("honest", "dies", "forks", "writes")[number % 4]
            assert box.run(name, {"x": 1.0}).status == ("crashed" if name == "dies" else "returned")
        if number == 20:
            before = left()
        if number % 20 == 0:
            memory.append(psutil.Process().memory_info().rss + zygotes()[0].memory_info().rss)
    assert wait_until(lambda: left() == before), (left(), before)
    # in MiB against the number of boxes, without the first, which fill caches: less than 3 MiB for all 300
    slope = np.polyfit(np.arange(1, len(memory)), np.array(memory[1:]) / 2**20, 1)[0]
    assert slope * BOXES / 20 < 3.0, memory
