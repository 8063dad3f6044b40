"""The attack suite again on every lower level of the ladder, with the same assertions.

What a level cannot hide is stated by `test_what_a_level_shows`, and told to the instructor by `course doctor`.
"""

import os
import sys
from dataclasses import replace

import pytest

from autograder.files import ROOT
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.sandbox import Cell
from autograder.grading.submissions.assignment import read_assignment

sys.path[:0] = [str(ROOT / "tests" / "grading"), str(ROOT / "tests" / "grading" / "attacks")]
pytest.register_assert_rewrite("arena")

import boxes  # noqa: E402
from arena import planted  # noqa: E402
from lessons import TEXT  # noqa: E402
from public_folder import public_folder  # noqa: E402
from test_attacks import test_attack  # noqa: E402, F401
from test_attacks_collusion import (  # noqa: E402, F401
    test_an_honest_student_beside_a_bomb_gets_full_marks,
    test_nothing_is_heard_of_a_student_who_is_graded_at_the_same_time,
    test_nothing_is_left_for_the_next_student,
    test_two_students_with_the_same_file_hear_nothing_of_each_other,
)

pytestmark = [pytest.mark.soak, pytest.mark.sandbox]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    source = tmp_path_factory.mktemp("text") / "01_lesson.py"
    source.write_text(TEXT, encoding="utf-8")
    return read_assignment(source)


@pytest.fixture(scope="module", params=LEVELS[1:])
def arena(request, lesson):
    with planted(lesson, request.param) as arena:
        yield arena


# What a box learns of the machine, and at which levels. None of it is a secret of the grader's, or a way to a mark.
SHOWN = {
    "that a file outside exists": (
        "import os\ndef look(path, grader): return os.path.exists(path)",
        ("landlock",),  # it judges what is opened, not what is asked about by name
    ),
    "how large a file outside is": (
        "import os\ndef look(path, grader):\n    try: return os.stat(path).st_size\n    except OSError: return 0",
        ("landlock",),
    ),
    "what is in a file outside": (
        "def look(path, grader):\n    try: return bool(open(path).read())\n    except OSError: return False",
        (),
    ),
    "what is in a folder outside": (
        "import os\ndef look(path, grader):\n    try: return bool(os.listdir(os.path.dirname(path)))\n"
        "    except OSError: return False",
        (),
    ),
    "which process started it": ("import os\ndef look(path, grader): return os.getppid() == grader", ("landlock",)),
    "the host's name": ("import os\ndef look(path, grader): return os.uname().nodename", ("landlock",)),
    "how busy the machine is": ("import os\ndef look(path, grader): return os.getloadavg()", LEVELS),
    "terminals, counted for the machine": (
        "def look(path, grader):\n    try: return open('/proc/sys/kernel/pty/nr').read()\n"
        "    except OSError: return ''",
        (),
    ),
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("code, shown", SHOWN.values(), ids=SHOWN.keys())
def test_what_a_level_shows(code, shown, level):
    limits = replace(boxes.LIMITS, levels=(level,))
    # nothing but the sandbox hides what is in it
    with public_folder("look-") as folder, boxes.boxed(Cell("look", code), limits=limits) as box:
        secret = folder / "gradebook.db"
        secret.write_text("secret")
        seen = box.run("look", {"path": str(secret), "grader": os.getpid()}).value
    own = {"the host's name": os.uname().nodename}
    name = next(name for name, row in SHOWN.items() if row[0] == code)
    assert (seen == own[name] if name in own else bool(seen)) == (level in shown), seen
