"""Seconds per submission and peak memory, from a class of 20 to one of 2,000: both should be flat.

Run ``python benchmarks/class_size.py [students ...]``. Every submission of notebook 01 has each answer right or, one
time in seven, replaced by a misconception, and outputs that make it a megabyte, as figures would. Each class is graded
by a process of its own, which uses every core from 24 submissions on; the last row grades the last class again, in
which nothing has changed. The folder for temporary files needs a megabyte for every student.
"""

import base64
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np

from autograder.files import ROOT
from autograder.grading.demo import forms_of, solutions_of, standalone
from autograder.grading.grade import grade_class
from autograder.grading.submissions.assignment import load_assignment
from autograder.release import source_notebook

NAME = "01_vanishing_gradients"
SIZES = (20, 200, 2000)
OUTPUT_BYTES = 700_000  # before base64
WRONG = 1 / 7


def main(sizes: list[int]):
    print(f"{NAME}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'students':>16}{'seconds':>10}{'ms each':>10}{'grader, peak MiB':>18}{'largest other':>15}")
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            folder = Path(place) / str(size)
            write_class(folder / "submitted", size)
            show(str(size), graded(folder))
        show(f"{sizes[-1]}, rerun", graded(folder))


def write_class(folder: Path, students: int):
    rng = np.random.default_rng(0)
    assignment = load_assignment(NAME)
    solutions = solutions_of(source_notebook(ROOT / "notebooks" / "text" / f"{NAME}.py"))
    wrong = {exercise.name: forms_of(exercise) for exercise in assignment.exercises().values()}
    for number in range(students):
        hit = [name for name, forms in wrong.items() if forms and rng.random() < WRONG]
        chosen = {name: wrong[name][rng.integers(len(wrong[name]))] for name in hit}
        answers = solutions | {name: standalone(form, name) for name, form in chosen.items()}
        notebook = assignment.filled({name: {"source": answer} for name, answer in answers.items()})
        picture = base64.b64encode(rng.bytes(OUTPUT_BYTES)).decode()
        figure = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("display_data", {"image/png": picture})])
        path = folder / f"student{number:05d}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({**notebook, "cells": [*notebook.cells, figure]}))


def graded(folder: Path) -> dict:
    """Grade the class in ``folder`` in a process of its own."""
    command = [sys.executable, __file__, "--grade", str(folder)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def grade(folder: Path):
    began = time.perf_counter()
    summary = grade_class(folder / "submitted", NAME, folder / "out")
    seconds = time.perf_counter() - began
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"students": len(summary.students), "seconds": seconds, "peaks": peaks}))


def show(name: str, run: dict):
    each = 1000 * run["seconds"] / run["students"]
    print(f"{name:>16}{run['seconds']:>10.1f}{each:>10.1f}{run['peaks'][0]:>18.0f}{run['peaks'][1]:>15.0f}", flush=True)


if __name__ == "__main__":
    if "--grade" in sys.argv:
        grade(Path(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
