"""Seconds per graded submission, against stock nbgrader on the same notebooks in the same run.

Run ``python benchmarks/grading.py [students]``. Every submission is a full solution of notebook 01. Stock nbgrader is
timed on the whole lesson, as an instructor would run it, and on the graded cells alone, which is all that ours runs.
It grades one submission after another and does nothing to protect the machine from a student's code. Ours sandboxes
every submission; it is timed in one process and, as it grades larger classes, on all cores.

``python benchmarks/grading.py --sandbox`` times the sandbox alone, at each level that works on this machine.
"""

import json
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
import psutil

from autograder.files import ROOT
from autograder.grading.demo import solutions_of, toy_class
from autograder.grading.grade import POOL_FROM, grade_class
from autograder.grading.isolation import ladder
from autograder.grading.isolation.limits import LEVELS, UNSAFE
from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox
from autograder.grading.judging.grade_submission import grade_submission
from autograder.grading.submissions.assignment import copy_notebook, grade_id, load_assignment
from autograder.grading.submissions.submission import Submission
from autograder.release import source_notebook

NAME = "01_vanishing_gradients"


def main(students: int):
    assignment = load_assignment(NAME)
    source = source_notebook(ROOT / "notebooks" / "text" / f"{NAME}.py")
    perfect = next(toy_class(assignment, solutions_of(source)))
    whole = nbformat.from_dict(json.loads(perfect.data))
    graded = copy_notebook(whole)
    graded.cells = [cell for cell in graded.cells if grade_id(cell)]

    alone = [grade_submission(Submission("ada", ROOT, perfect.data), assignment).seconds for _ in range(students + 1)]
    print(f"{NAME}, {os.cpu_count()} cores")
    print(f"a new box answers after {1000 * _start():.0f} ms, a call takes {1000 * _call():.2f} ms")
    print(f"a warm submission, judged but not recorded, takes {1000 * statistics.median(alone[1:]):.0f} ms")
    rows = [
        ("course grade, all cores", lambda n: _ours(assignment, whole, n), POOL_FROM, 25 * students),
        ("course grade, one process", lambda n: _ours(assignment, whole, n), 1, min(4 * students, POOL_FROM - 2)),
        ("nbgrader autograde, graded cells only", lambda n: _stock(source, graded, n), 1, students),
        ("nbgrader autograde, whole lesson", lambda n: _stock(source, whole, n), 1, students),
    ]
    print(f"{'seconds':<40}{'first':>14}{'each more':>14}{'ratio to all cores':>20}{'to one process':>16}")
    ours = []
    for what, grade, first, more in rows:
        seconds = grade(first)
        each = (grade(first + more) - seconds) / more
        ours += [each] * (len(ours) < 2)
        ratios = "".join(f"{each / own:{width}.1f}" for own, width in zip(ours, (20, 16), strict=False))
        print(f"{what:<40}{f'{seconds:.2f} ({first})':>14}{f'{each:.3f} ({more})':>14}{ratios}", flush=True)


FOUR = """
import numpy as np
def relu(x): return np.maximum(x, 0.0)
def sigmoid(x): return np.exp(-np.logaddexp(0.0, -x))
def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
def affine(x): return x @ np.ones((20, 5)) + 1.0
"""


def sandboxes(repeats: int = 30, boxes: int = 300):
    """Milliseconds of each level, and what a class of ``boxes`` costs in memory at the best one."""
    assignment = load_assignment(NAME)
    perfect = next(toy_class(assignment, solutions_of(source_notebook(ROOT / "notebooks" / "text" / f"{NAME}.py"))))
    submission = Submission("ada", ROOT, perfect.data)
    x = np.random.default_rng(0).normal(size=(30, 20))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds, median (and least) of {repeats}")
    print(f"{'level':<12}{'empty box':>20}{'box, four calls':>20}{'ended':>20}{NAME:>24}")
    for rung in ladder.survey((*LEVELS, UNSAFE)):
        if rung.launcher is None:
            print(f"{rung.level:<12}{rung.reason}")
            continue
        limits, times = Limits(levels=(rung.level,)), []
        for _ in range(repeats):
            marks = [time.perf_counter()]
            with Sandbox(limits) as sandbox:
                sandbox.load([])
                marks.append(time.perf_counter())
                sandbox.load([Cell("four", FOUR)])
                marks.append(time.perf_counter())
                for name in ("relu", "sigmoid", "softmax", "affine"):
                    assert np.isfinite(sandbox.run(name, {"x": x}).value).all()
                marks.append(time.perf_counter())
            marks.append(time.perf_counter())
            empty, box, calls, ended = np.diff(marks)
            times.append((empty, box + calls, ended, grade_submission(submission, assignment, limits).seconds))
        columns = 1000 * np.array([np.median(times, axis=0), np.min(times, axis=0)]).T
        print(f"{rung.level:<12}" + "".join(f"{f'{middle:.1f} ({least:.1f})':>20}" for middle, least in columns))
    _growth(boxes)


def _growth(boxes: int):
    resident = []
    for number in range(boxes + 1):
        with Sandbox() as sandbox:
            sandbox.load([Cell("four", FOUR)])
        if number in (boxes // 10, boxes):
            own = psutil.Process()
            trees = [own, *own.children(recursive=True)]
            resident.append(sum(process.memory_info().rss for process in trees) / 2**20)
    print(f"grader and zygote: {resident[0]:.1f} MiB after {boxes // 10} boxes, {resident[1]:.1f} after {boxes}")


def _start() -> float:
    def once() -> float:
        began = time.perf_counter()
        with Sandbox() as sandbox:
            sandbox.load([Cell("f", "def f(x): return x")])
            sandbox.run("f", {"x": 1})
        return time.perf_counter() - began

    return statistics.median(once() for _ in range(9))


def _call(calls: int = 500) -> float:
    with Sandbox() as sandbox:
        sandbox.load([Cell("f", "def f(x): return x")])
        began = time.perf_counter()
        for _ in range(calls):
            sandbox.run("f", {"x": 1})
        return (time.perf_counter() - began) / calls


def _write_class(folder: Path, notebook, students: int):
    for number in range(students):
        path = folder / "submitted" / f"student{number}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def _ours(assignment, notebook, students: int) -> float:
    """Seconds that we take for a class, from collecting to pages."""
    with tempfile.TemporaryDirectory() as place:
        _write_class(Path(place), notebook, students)
        began = time.perf_counter()
        grade_class(Path(place) / "submitted", assignment, Path(place) / "out")
        return time.perf_counter() - began


def _stock(source, notebook, students: int) -> float:
    """Seconds that ``nbgrader autograde`` takes for a class."""
    with tempfile.TemporaryDirectory() as place:
        course = Path(place)
        _write_class(course, notebook, students)
        (course / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.root = {place!r}\n")
        target = course / "source" / NAME / f"{NAME}.ipynb"
        target.parent.mkdir(parents=True)
        nbformat.write(source, target)
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])

        def nbgrader(command: str) -> float:
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "nbgrader", command, NAME],
                cwd=course,
                env={**os.environ, "PATH": path},
                check=True,
                capture_output=True,
            )
            return time.perf_counter() - began

        nbgrader("generate_assignment")
        return nbgrader("autograde")


if __name__ == "__main__":
    if "--sandbox" in sys.argv:
        sandboxes()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
