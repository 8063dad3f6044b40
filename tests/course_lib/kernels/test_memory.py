"""Arrays that are freed and made again cost no page faults once something was trained; an import changes nothing."""

import platform
import subprocess
import sys

import pytest

from course_lib.layers import mlp
from course_lib.models import fit_gan, fit_rbm, init_rbm, small_gan
from course_lib.optimizers import Adam, first_order
from course_lib.training import fit, mlp_fit

COUNT = """
import resource, sys
import numpy as np
import course_lib.training
from course_lib.optimizers import SGD

if sys.argv[1] == "with":
    SGD(0.1).step(np.zeros(2), np.zeros(2))

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step():
    arrays = [np.ones(250_000) for _ in range(8)]  # 2 MB each

step()
before = faults()
for _ in range(10):
    step()
print(faults() - before)
"""


@pytest.mark.compiled
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator than glibc's")
def test_page_faults_of_repeated_steps():
    counts = {}
    for how in ("with", "without"):
        done = subprocess.run([sys.executable, "-c", COUNT, how], capture_output=True, text=True, check=True)
        counts[how] = int(done.stdout)
    # ten steps touch 160 MB: some 40,000 pages of 4 KiB, fewer where the system gives large pages
    assert counts["with"] < 200
    assert counts["with"] < counts["without"] / 5


def test_whoever_trains_calls_it(monkeypatch, rng):
    calls = []
    monkeypatch.setattr(first_order, "keep_freed_memory", lambda: calls.append(1))
    x, y = rng.normal(size=(8, 3)), rng.integers(0, 2, 8)
    runs = [
        lambda: fit(mlp([3, 4, 2], activation="relu", rng=rng), x, y, rng=rng, epochs=1),
        lambda: mlp_fit(mlp([3, 4, 2], activation="relu", rng=rng), x, y, rng=rng, optimizer=Adam(), epochs=1),
        lambda: fit_gan(small_gan(3, rng=rng), x, rng=rng, steps=1),
        lambda: fit_rbm(init_rbm(3, 2, rng=rng), rng.uniform(size=(8, 3)), rng=rng, epochs=1),
    ]
    for run in runs:
        calls.clear()
        run()
        assert calls
