"""How long a check takes: warm, with a right and with a wrong answer; from a cold start; and compiling it all.

Run ``python benchmarks/check.py``.
"""

import os
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from autograder.call import call
from autograder.catalogue import catalogue
from autograder.check import VISIBLE, judge
from autograder.exercise import Exercise
from autograder.report import render_html

REPEATS = 9
FIRST_CHECK = """
import numpy as np
from autograder.check import check
print(check("relu_backward", lambda dout, z: dout * (z > 0)))
"""
WARM_UP = "from course_lib.warmup import compile_kernels; compile_kernels()"


def milliseconds(exercise: Exercise, function) -> float:
    """Median time of a check with its HTML."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        # what check does, but for the search for the reference, which would find these forms of our own
        render_html(judge(exercise, lambda inputs: call(function, inputs), VISIBLE))
        times.append(1e3 * (time.perf_counter() - began))
    return float(np.median(times))


def seconds(code: str, **environment) -> float:
    """Time of a new Python process that runs ``code``."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, env=os.environ | environment)
    return time.perf_counter() - began


def main():
    print(f"{'exercise':26}{'right, ms':>12}{'wrong, ms (slowest form)':>28}")
    worst = 0.0
    for exercise in catalogue():
        right = milliseconds(exercise, exercise.equivalents[0].function)
        wrong = max(milliseconds(exercise, form.function) for form in exercise.misconceptions)
        worst = max(worst, right, wrong)
        print(f"{exercise.name:26}{right:12.1f}{wrong:28.1f}")
    print(f"slowest check, warm: {worst:.1f} ms (goal 100 ms)")

    first = [seconds(FIRST_CHECK) for _ in range(5)]
    bare = [seconds("import numpy, numba") for _ in range(5)]
    print(f"new process to its first check: {np.median(first):.2f} s, of which numpy and numba {np.median(bare):.2f} s")
    with tempfile.TemporaryDirectory() as empty:
        cold = seconds(WARM_UP, NUMBA_CACHE_DIR=empty)
        warm = seconds(WARM_UP, NUMBA_CACHE_DIR=empty)
    print(f"all kernels: compiled from nothing in {cold:.1f} s, from the cache in {warm:.1f} s")


if __name__ == "__main__":
    main()
