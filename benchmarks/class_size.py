"""Seconds per submission and peak memory, from a class of 20 to one of 2,000: both should be flat.

Run ``python benchmarks/class_size.py [students ...]`` for notebook 01, or ``python benchmarks/class_size.py --lessons
[students]`` for a class that has handed in all of them. Every submission has each answer right or, one time in seven,
replaced by a misconception, and outputs that make it a megabyte, as figures would. Each class is graded by a process of
its own, which uses every core from 24 submissions on; the last row of notebook 01 grades the last class again, in which
nothing has changed. The folder for temporary files needs a megabyte for every submission.
"""

import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np

from autograder.cli.assignments import lessons
from autograder.files import ROOT
from autograder.grading.demo import forms_of, solutions_of, standalone
from autograder.grading.grade import grade_class
from autograder.grading.submissions.assignment import load_assignment
from autograder.release import source_notebook

FIRST, *_ = LESSONS = lessons()
SIZES = (20, 200, 2000)
OUTPUT_BYTES = 700_000  # before base64
WRONG = 1 / 7


def main(sizes: list[int]):
    with table(FIRST) as place:
        for size in sizes:
            folder = place / str(size)
            write_class(folder / "submitted", FIRST, size)
            show(str(size), graded(folder, FIRST))
        show(f"{sizes[-1]}, rerun", graded(folder, FIRST))


def every_lesson(size: int):
    with table(f"{size} students, all lessons") as place:
        for name in LESSONS:
            write_class(place / "submitted", name, size)
        for name in LESSONS:
            show(name, graded(place, name))


@contextmanager
def table(title: str) -> Iterator[Path]:
    print(f"{title}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'class':>24}{'seconds':>10}{'ms each':>10}{'grader, peak MiB':>18}{'largest other':>15}")
    with tempfile.TemporaryDirectory() as place:
        yield Path(place)


def write_class(folder: Path, lesson: str, students: int):
    rng = np.random.default_rng(0)
    assignment = load_assignment(lesson)
    solutions = solutions_of(source_notebook(ROOT / "notebooks" / "text" / f"{lesson}.py"))
    wrong = {exercise.name: forms_of(exercise) for exercise in assignment.exercises().values()}
    for number in range(students):
        hit = [name for name, forms in wrong.items() if forms and rng.random() < WRONG]
        chosen = {name: wrong[name][rng.integers(len(wrong[name]))] for name in hit}
        answers = solutions | {name: standalone(form, name) for name, form in chosen.items()}
        notebook = assignment.filled({name: {"source": answer} for name, answer in answers.items()})
        picture = base64.b64encode(rng.bytes(OUTPUT_BYTES)).decode()
        figure = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("display_data", {"image/png": picture})])
        path = folder / f"student{number:05d}" / lesson / f"{lesson}.ipynb"
        path.parent.mkdir(parents=True)
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
