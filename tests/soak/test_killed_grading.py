"""The grader is killed at random moments; a rerun completes, and every grade is there once, as it should be."""

import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from autograder.grading.demo import grade_demo
from autograder.grading.gradebook import Gradebook

pytestmark = [pytest.mark.soak, pytest.mark.sandbox]

ASSIGNMENT = "01_vanishing_gradients"
# fates that end soon: endless loops would spend the test's time in waiting
SLOW = ("endless_loop", "memory_hog", "fork_bomb")


@pytest.fixture(scope="module")
def whole_class(tmp_path_factory):
    """The demonstration class without its slow members: the folder of submissions, and the scores they deserve."""
    out = tmp_path_factory.mktemp("class")
    _, toys = grade_demo(ASSIGNMENT, out)
    for fate in SLOW:
        shutil.rmtree(out / "submitted" / fate)
    return out / "submitted", {toy.student: toy.score for toy in toys if toy.student not in SLOW}


def start(submissions, out):
    command = [sys.executable, "-m", "autograder.cli", "grade", str(submissions), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def test_a_rerun_after_a_kill_completes_and_loses_nothing(whole_class, tmp_path):
    submissions, deserved = whole_class
    rng = np.random.default_rng(0)
    began = time.monotonic()
    undisturbed = start(submissions, tmp_path / "undisturbed")
    assert undisturbed.wait() == 0, undisturbed.stderr.read()
    duration = time.monotonic() - began
    for number in range(10):
        out = tmp_path / f"run {number}"
        for _ in range(2):
            grader = start(submissions, out)
            time.sleep(rng.uniform(0, duration))
            grader.send_signal(signal.SIGKILL)
            grader.wait()
        last = start(submissions, out)
        assert last.wait() == 0, last.stderr.read()
        with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
            scores = {student: sum(cells.values()) for student, cells in gradebook.scores(ASSIGNMENT).items()}
        # sums of scores that are rounded to cents, in another order
        assert scores == pytest.approx(deserved, abs=1e-6)
        pages = {path.parent.parent.name for path in (out / "feedback").rglob("*.html")}
        assert pages == set(deserved)
