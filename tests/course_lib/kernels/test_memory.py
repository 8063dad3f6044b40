"""Arrays that are freed and made again cost no page faults once the library is loaded."""

import platform
import subprocess
import sys

import pytest

COUNT = """
import resource, sys
import numpy as np
if sys.argv[1] == "with":
    import course_lib.kernels.decorators

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
