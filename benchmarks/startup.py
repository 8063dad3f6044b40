"""From a new process to the first trained network, warm and cold: `python benchmarks/startup.py`, about two minutes.

Cold means an empty cache of compiled kernels: what set-up does once. Warm is what a student waits for.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from common.results import write_json

TRAIN = """
import numpy as np
from course_lib.data import datasets
from course_lib.training.fused import mlp_fit
from course_lib.layers.network import mlp
from course_lib.optimizers.first_order import SGD

rng = np.random.default_rng(0)
x, y = datasets.moons(200, rng=rng)
mlp_fit(mlp([2, 16, 2], activation="tanh", rng=rng), x, y, rng=rng, optimizer=SGD(0.1), epochs=5)
"""
TASKS = {
    "Python alone": "pass",
    "import numpy, numba": "import numpy, numba",
    "first trained network": TRAIN,
    "all kernels": "from course_lib.warmup import compile_kernels; compile_kernels()",
}
REPEATS = 7


def seconds(code, cache=None):
    """The wall-clock time of a new Python process; with ``cache``, the folder of its compiled kernels."""
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    if cache:
        environment["NUMBA_CACHE_DIR"] = cache
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    return time.perf_counter() - start


def main():
    seconds(TASKS["all kernels"])
    warm = {name: statistics.median(seconds(code) for _ in range(REPEATS)) for name, code in TASKS.items()}
    with tempfile.TemporaryDirectory() as folder:
        cold = {"all kernels": seconds(TASKS["all kernels"], folder)}
    with tempfile.TemporaryDirectory() as folder:
        cold["first trained network"] = seconds(TRAIN, folder)
    print(f"{'new process':24}{'warm':>10}{'cold':>10}")
    for name, time_taken in warm.items():
        print(f"{name:24}{time_taken:8.2f} s" + (f"{cold[name]:8.1f} s" if name in cold else ""))
    print(f"Warm: median of {REPEATS}; the goal for the first trained network is 1.0 s. Cold: once.\n")
    write_json("startup", {"warm": warm, "cold": cold})


if __name__ == "__main__":
    main()
