"""The real command is killed at random moments; a rerun completes, and every grade is there once, as it should be."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from autograder.files import ROOT
from autograder.grading.demo import solutions_of, write_class
from autograder.grading.grade import POOL_FROM
from autograder.grading.records.audit import FILE, read
from autograder.grading.records.cross_check import examine_class
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.records.results import Store, read_results, results_file
from autograder.grading.submissions.assignment import read_assignment
from autograder.release import source_notebook

sys.path.append(str(ROOT / "tests" / "grading"))

from lessons import TEXT
from nbgrader_courses import NAME as ASSIGNMENT
from nbgrader_courses import make_course

pytestmark = [pytest.mark.soak, pytest.mark.sandbox]

# fates that end soon: endless loops would spend the test's time in waiting
SLOW = ("endless_loop", "memory_hog", "fork_bomb", "prints_a_lot")
KILLS = 4
STUDENTS = 2 * POOL_FROM  # a pool of processes grades the class, and goes on without one when few are left


@pytest.fixture(scope="module")
def whole_class(tmp_path_factory):
    """The demonstration class of a small lesson without its slow members, and classmates to make up the number: the
    course folder, and the scores they deserve."""
    text = tmp_path_factory.mktemp("class") / f"{ASSIGNMENT}.py"
    text.write_text(TEXT, encoding="utf-8")
    course = make_course(text.parent / "course", text)
    folder = course / "submitted"
    toys = write_class(folder, read_assignment(text), solutions_of(source_notebook(text)))
    for fate in SLOW:
        shutil.rmtree(folder / fate)
    deserved = {toy.student: toy.score for toy in toys if toy.student not in SLOW}
    for number in range(STUDENTS - len(deserved)):
        shutil.copytree(folder / "misconceptions_1", folder / f"classmate_{number}")
        deserved[f"classmate_{number}"] = deserved["misconceptions_1"]
    assert len(deserved) == STUDENTS
    return course, deserved


def gradebook_of(out: Path) -> str:
    return f"sqlite:///{out / 'gradebook.db'}"


class Grader:
    """The command, in processes that can be told from all others by a mark in their environment."""

    def __init__(self, course: Path, out: Path):
        self.mark = f"SOAK_RUN={uuid.uuid4()}"
        name, value = self.mark.split("=")
        places = ["--course", str(course), "--out", str(out), "--db", gradebook_of(out)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder.cli", "grade", *places, "--json", "--assignment", ASSIGNMENT],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, name: value},
        )

    def finish(self) -> dict:
        said, complaint = self.process.communicate()
        assert self.process.returncode == 0, complaint
        return json.loads(said)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def left(self) -> list[str]:
        """The command lines of its processes that still live."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:  # it has ended, or is not ours
                continue
        return found


def wait_until_nothing_is_left(grader: Grader, seconds: float = 120.0):
    deadline = time.monotonic() + seconds
    while grader.left() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert grader.left() == []


def check_agreement(out: Path, deserved: dict[str, float]):
    """Gradebook, results, log and pages say what each student deserves, each of them once."""
    with Gradebook(gradebook_of(out)) as gradebook:
        scores = {student: sum(cells.values()) for student, cells in gradebook.scores(ASSIGNMENT).items()}
    # sums of scores that are rounded to cents, in another order
    assert scores == pytest.approx(deserved, abs=1e-6)
    store = Store(results_file(out, ASSIGNMENT))
    assert {s: result.score for s, (_, result) in store.known.items()} == pytest.approx(deserved, abs=1e-6)
    assert store.done == {result.id for _, result in store.known.values()}
    assert len(results_file(out, ASSIGNMENT).read_text().splitlines()) == len(deserved)

    found = examine_class(out, read_results(out))
    assert found.ok, found
    rows = [row for row in read(out / FILE) if row["event"] == "verdict"]
    assert set(Counter((row["student"], row["cell"]) for row in rows).values()) == {1}
    logged = {student: 0.0 for student in deserved}
    for row in rows:
        assert row["grading"] == store.known[row["student"]][1].id
        logged[row["student"]] += row["score"]
    assert logged == pytest.approx(deserved, abs=1e-6)

    pages = {path.parent.parent.name for path in (out / "feedback").rglob("*.html") if path.stat().st_size}
    assert pages == set(deserved)
    assert not [*out.rglob("*.part")]


def undisturbed(course: Path, out: Path, deserved: dict[str, float]) -> float:
    """The seconds of a whole run."""
    began = time.monotonic()
    Grader(course, out).finish()
    duration = time.monotonic() - began
    check_agreement(out, deserved)
    return duration


def test_a_rerun_after_a_kill_completes_and_loses_nothing(whole_class, tmp_path):
    course, deserved = whole_class
    # spread over the run: one moment in each of as many equal parts of it
    moments = (np.arange(KILLS) + np.random.default_rng(0).uniform(size=KILLS)) / KILLS
    interrupted = 0
    duration = undisturbed(course, tmp_path / "undisturbed", deserved)
    for number, moment in enumerate(moments):
        out = tmp_path / f"run {number}"
        grader = Grader(course, out)
        time.sleep(moment * duration)
        grader.kill()
        wait_until_nothing_is_left(grader)
        known = Store(results_file(out, ASSIGNMENT)).known
        kept = {result.id for _, result in known.values()}
        interrupted += 0 < len(kept) < len(deserved)
        summary = Grader(course, out).finish()
        fresh = {row["student"] for row in summary["students"] if row["fresh"]}
        assert not fresh & set(known), "what was recorded was graded again"
        check_agreement(out, deserved)
        assert kept <= {result.id for _, result in Store(results_file(out, ASSIGNMENT)).known.values()}
        print(f"killed after {moment * duration:.1f} of {duration:.1f} s: {len(kept)} of {len(deserved)} were recorded")
        shutil.rmtree(out)
    assert interrupted  # the start-up and the end take their part of the time
