"""`course warmup` forgets no kernel."""

import json
import os
import subprocess
import sys

import pytest

from course_lib.warmup import compile_kernels, workloads

# In a fresh process with an empty cache: a kernel that only other kernels call is compiled then, and only then.
COMPILED = """
import importlib, json, pkgutil
import course_lib, course_lib.warmup
from numba.core.dispatcher import Dispatcher

course_lib.warmup.compile_kernels()
compiled = {}
for found in pkgutil.walk_packages(course_lib.__path__, "course_lib."):
    module = importlib.import_module(found.name)
    for name, value in vars(module).items():
        if isinstance(value, Dispatcher) and value.__module__ == found.name:
            compiled[f"{found.name}.{name}"] = [str(signature) for signature in value.signatures]
print(json.dumps(compiled))
"""


@pytest.mark.soak
def test_every_kernel_is_compiled_for_both_dtypes(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_DISABLE_JIT": "0"}
    command = [sys.executable, "-c", COMPILED]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    compiled = json.loads(done.stdout)
    assert "course_lib.activations._sigmoid" in compiled
    forgotten = {
        name: dtype
        for name, signatures in compiled.items()
        for dtype in ("float32", "float64")
        # a kernel over integers alone has no dtype to choose
        if not signatures or any("float" in signature for signature in signatures)
        if not any(dtype in signature for signature in signatures)
    }
    assert not forgotten, "add a workload to course_lib/warmup.py that calls these"


def test_progress_counts_every_workload_to_the_end():
    heard = []
    warmed = compile_kernels(lambda *news: heard.append(news))
    labels = [label for label, _ in workloads()]
    assert [w.label for w in warmed] == labels
    assert all(w.seconds > 0 for w in warmed)
    assert heard == [*((i, len(labels), label) for i, label in enumerate(labels)), (len(labels), len(labels), "done")]
    assert len(set(labels)) == len(labels)
