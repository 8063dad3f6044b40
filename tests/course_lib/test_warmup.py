"""`course warmup` forgets no kernel."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import course_lib
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
    assert "course_lib.functions.activations._sigmoid" in compiled
    forgotten = {
        name: dtype
        for name, signatures in compiled.items()
        for dtype in ("float32", "float64")
        # a kernel over integers alone has no dtype to choose
        if not signatures or any("float" in signature for signature in signatures)
        if not any(dtype in signature for signature in signatures)
    }
    assert not forgotten, "add a workload to course_lib/warmup/ that calls these"


def test_progress_counts_every_workload_to_the_end():
    heard = []
    warmed = compile_kernels(lambda *news: heard.append(news))
    labels = [label for label, _ in workloads()]
    assert [w.label for w in warmed] == labels
    assert all(w.seconds > 0 for w in warmed)
    assert heard == [*((i, len(labels), label) for i, label in enumerate(labels)), (len(labels), len(labels), "done")]
    assert len(set(labels)) == len(labels)


def unaligned(x):
    memory = np.empty(x.nbytes + 1, np.uint8)
    out = memory[1:].view(x.dtype).reshape(x.shape)
    out[...] = x
    return out


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


VIEWS = {
    "read-only": read_only,
    "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "Fortran": np.asfortranarray,
    "integers": lambda x: x.astype(np.int32),
    "not aligned": unaligned,
    "swapped bytes": lambda x: x.astype(x.dtype.newbyteorder()),
    "a list": lambda x: x.tolist(),
}


def signatures():
    """The number of signatures of each kernel."""
    modules = [import_module(found.name) for found in walk_packages(course_lib.__path__, "course_lib.")]
    kernels = [value for module in modules for value in vars(module).values() if isinstance(value, Dispatcher)]
    return {f"{kernel.__module__}.{kernel.__name__}": len(kernel.signatures) for kernel in kernels}


@pytest.mark.compiled
def test_no_layout_of_an_argument_compiles_a_kernel_again():
    compile_kernels()
    before, n_runs = signatures(), 0
    assert before
    for _, run in workloads():
        for place, argument in enumerate(run.args):
            if isinstance(argument, np.ndarray) and not isinstance(run.func, Dispatcher):
                for view in VIEWS.values():
                    arguments = [*run.args[:place], view(argument), *run.args[place + 1 :]]
                    try:
                        run.func(*arguments, **run.keywords)
                    except (TypeError, ValueError) as error:
                        assert str(error).startswith("theta ")  # which is updated where it lies
                    n_runs += 1
    assert n_runs > 500
    assert signatures() == before


@pytest.mark.compiled
@pytest.mark.soak
def test_several_processes_compile_the_same_workloads_and_count_them():
    heard = []
    warmed = compile_kernels(lambda *news: heard.append(news[:2]), processes=2)
    assert [w.label for w in warmed] == [label for label, _ in workloads()]
    assert heard[-1] == (len(warmed), len(warmed))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
