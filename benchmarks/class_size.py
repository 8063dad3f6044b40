"""Seconds per submission and peak memory, from a class of 20 to one of 2,000: both should be flat.

Run ``python benchmarks/class_size.py [students ...]`` for notebook 01. Every submission has each answer right or, one
time in seven, replaced by a misconception, and outputs that make it a megabyte, as figures would. Each class is graded
by a process of its own, which uses every core from 24 submissions on; the last row grades the last class again, in
which nothing has changed. The folder for temporary files needs a megabyte for every submission.

``python benchmarks/class_size.py --lessons [students]`` has a class hand in all lessons, and `course grade --assignment
all` grade them: of twenty students, twelve have everything right, five every seventh answer wrong, two have left out
every third, and one has an answer that never ends, ends its process or takes all memory. Then one student hands in
anew, and the command runs again.
"""

import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import numpy as np
import psutil

from autograder.cli.assignments import lessons
from autograder.files import ROOT
from autograder.grading.demo import forms_of, solutions_of, standalone
from autograder.grading.grade import grade_class
from autograder.grading.submissions.assignment import load_assignment
from autograder.release import source_notebook

FIRST, *_ = LESSONS = lessons()
SIZES = (20, 200, 2000)
OUTPUT_BYTES = 700_000  # before base64
WRONG, LEFT_OUT = 1 / 7, 1 / 3
TWENTY = ["right"] * 12 + ["wrong"] * 5 + ["partly"] * 2 + ["odd"]
ODD = ("while True: pass", "import os; os._exit(1)", "return [bytearray(1 << 28) for _ in range(1000)]")
WRITTEN = ("*.results.jsonl", "audit.jsonl", "gradebook.db", "feedback/**/*.html", "autograded/**/*.ipynb")


def main(sizes: list[int]):
    with table(FIRST) as place:
        for size in sizes:
            folder = place / str(size)
            write_class(folder / "submitted", FIRST, ["wrong"] * size)
            show(str(size), graded(folder, FIRST))
        show(f"{sizes[-1]}, rerun", graded(folder, FIRST))


def every_lesson(size: int):
    kinds = [TWENTY[number * 7 % 20] for number in range(size)]
    with tempfile.TemporaryDirectory() as place:
        submitted, out = Path(place) / "submitted", Path(place) / "out"
        for name in LESSONS:
            write_class(submitted, name, kinds)
        print(f"{size} students, {', '.join(LESSONS)}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        course_grade(submitted, out)
        write_class(submitted, FIRST, ["wrong"])
        course_grade(submitted, out)
        for pattern in WRITTEN:
            print(f"{pattern:>24}{sum(path.stat().st_size for path in out.glob(pattern)) / 2**20:10.1f} MiB")


def course_grade(submitted: Path, out: Path):
    """Run the command, and print what it took: by the clock, of the processor in the graders, of memory in all."""
    command = [sys.executable, "-m", "autograder.cli", "grade", submitted, "--assignment", "all", "--out", out]
    peaks, before = Counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile("w+") as said, subprocess.Popen([*command, "--json"], stdout=said) as running:
        while running.poll() is None:
            peaks |= _memory(psutil.Process(running.pid))
            time.sleep(0.2)
        said.seek(0)
        summaries = json.load(said)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    for name, summary in summaries.items():
        graded, seconds = sum(row["fresh"] for row in summary["students"]), summary["seconds"]
        print(
            f"{name:>24}{graded:>6} graded{seconds:>10.1f} s{1000 * seconds / max(1, graded):>10.0f} ms each",
            flush=True,
        )
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = ", ".join(f"{who} {peak / 2**20:.0f} MiB" for who, peak in peaks.items())
    print(f"{'graders, processor':>24}{processor:10.1f} s; at most in memory: {memory}", flush=True)


def _memory(command: psutil.Process) -> Counter:
    """The bytes that the graders have, and those of the boxes: every process in a namespace of its own."""
    found = Counter()
    for process in [command, *command.children(recursive=True)]:
        with suppress(psutil.Error, OSError):
            own = os.readlink(f"/proc/{process.pid}/ns/pid") == os.readlink("/proc/self/ns/pid")
            found["graders" if own else "boxes"] += process.memory_info().rss
    return found


@contextmanager
def table(title: str) -> Iterator[Path]:
    print(f"{title}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'class':>24}{'seconds':>10}{'ms each':>10}{'grader, peak MiB':>18}{'largest other':>15}")
    with tempfile.TemporaryDirectory() as place:
        yield Path(place)


def write_class(folder: Path, lesson: str, kinds: Sequence[str]):
    """Submissions of as many students as there are kinds: right, wrong, partly or odd."""
    rng = np.random.default_rng(0)
    assignment = load_assignment(lesson)
    solutions = solutions_of(source_notebook(ROOT / "notebooks" / "text" / f"{lesson}.py"))
    wrong = {exercise.name: forms_of(exercise) for exercise in assignment.exercises().values()}
    for number, kind in enumerate(kinds):
        answers = solutions
        if kind == "wrong":
            hit = [name for name, forms in wrong.items() if forms and rng.random() < WRONG]
            chosen = {name: wrong[name][rng.integers(len(wrong[name]))] for name in hit}
            answers = solutions | {name: standalone(form, name) for name, form in chosen.items()}
        elif kind == "partly":
            answers = {name: answer for name, answer in solutions.items() if rng.random() >= LEFT_OUT}
        elif kind == "odd":
            name = rng.choice(list(wrong))
            answers = solutions | {name: f"def {name}(*inputs):\n    {ODD[number // 20 % len(ODD)]}"}
        notebook = assignment.filled({name: {"source": answer} for name, answer in answers.items()})
        picture = base64.b64encode(rng.bytes(OUTPUT_BYTES)).decode()
        figure = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("display_data", {"image/png": picture})])
        path = folder / f"student{number:05d}" / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**notebook, "cells": [*notebook.cells, figure]}))


def graded(folder: Path, lesson: str) -> dict:
    """Grade the class in ``folder`` in a process of its own."""
    command = [sys.executable, __file__, "--grade", str(folder), lesson]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def grade(folder: Path, lesson: str):
    began = time.perf_counter()
    summary = grade_class(folder / "submitted", lesson, folder / "out")
    seconds = time.perf_counter() - began
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"students": len(summary.students), "seconds": seconds, "peaks": peaks}))


def show(name: str, run: dict):
    each = 1000 * run["seconds"] / run["students"]
    print(f"{name:>24}{run['seconds']:>10.1f}{each:>10.1f}{run['peaks'][0]:>18.0f}{run['peaks'][1]:>15.0f}", flush=True)


if __name__ == "__main__":
    if "--grade" in sys.argv:
        grade(Path(sys.argv[2]), sys.argv[3])
    elif "--lessons" in sys.argv:
        every_lesson(int(sys.argv[2]) if len(sys.argv) > 2 else 200)
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
