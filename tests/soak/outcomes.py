"""How training runs end under other arithmetics: every test marked ``outcome`` under each of them, as a table.

Sums run in another order on another processor, and a long training run amplifies the difference. What a test, a claim
or a lesson says of its end has to hold all the same. An arithmetic that this machine lacks is named and left out.
Arguments choose some of the columns, and ``Prescott+float32:1`` is one that does both; with ``--all``, those tests
count as well that only `make soak` and `make seeds` run.
"""

import json
import operator
import os
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import llvmlite.binding as llvm
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/course_lib", "tests/units")
KERNELS = Path(os.environ.get("NUMBA_CACHE_DIR", f"{sys.prefix}/kernels"))
TWO_AT_A_TIME = ("-n", "2", "--dist", "worksteal")
# what NumPy would use of this processor beyond what it takes for granted, and which of it older ones have not
NUMPY_USES = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
SINCE_SKYLAKE, SINCE_HASWELL = re.compile("AVX512_(?!SKX)"), re.compile("AVX512|X86_V4")
# OpenBLAS gives the Prescott's kernels another name
ALIASES = {"Prescott": "Katmai"}
# in a process of its own: the cores that the copies of OpenBLAS name, and the widest registers in Numba's code
PROBE = """
import json, numba, numpy, scipy.linalg, threadpoolctl
@numba.njit(fastmath=True)
def total(x):
    s = 0.0
    for i in range(x.size):
        s += x[i]
    return s
total(numpy.ones(9))
asm = "".join(total.inspect_asm().values())
cores = [info["architecture"] for info in threadpoolctl.threadpool_info() if info["internal_api"] == "openblas"]
bits = next(bits for register, bits in (("zmm", 512), ("ymm", 256), ("xmm", 128), ("", 0)) if register in asm)
print(json.dumps([bits, sorted(set(cores))]))
"""


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """``environment`` asks for it, and ``needs`` are the features without which a processor cannot do it."""

    name: str
    environment: dict[str, str]
    needs: tuple[str, ...] = ()

    def __add__(self, other: "Arithmetic") -> "Arithmetic":
        environment = self.environment | other.environment
        return Arithmetic(f"{self.name}+{other.name}", environment, self.needs + other.needs)


def processor(numba, openblas, numpy_lacks, *needs) -> Arithmetic:
    """The arithmetic of a processor that OpenBLAS and Numba know by name."""
    environment = {
        "NUMBA_CPU_NAME": numba,
        "NUMBA_CPU_FEATURES": "",  # those of that processor; unset, Numba goes on using those of this one
        "OPENBLAS_CORETYPE": openblas,
        "NPY_DISABLE_CPU_FEATURES": " ".join(filter(numpy_lacks, NUMPY_USES)),
        "NUMBA_CACHE_DIR": str(KERNELS / numba),
    }
    return Arithmetic(openblas, environment, needs)


PROCESSORS = (
    processor("generic", "Prescott", lambda feature: True, "sse3"),
    processor("haswell", "Haswell", SINCE_HASWELL.search, "avx2", "fma", "bmi2"),
    processor("skylake-avx512", "SkylakeX", SINCE_SKYLAKE.search, "avx2", "fma", "bmi2", "avx512f", "avx512vl"),
    Arithmetic("here", {}),
)
DISTURBED = (
    *(Arithmetic(f"{dtype}:{way}", {"LAST_BIT": f"{dtype}:{way}"}) for way in "12" for dtype in ("float32", "float64")),
    Arithmetic("other draws", {"OTHER_DRAWS": "1"}),
)


def run(command, arithmetic):
    folder = str(Path(__file__).parent)  # where the plugin is
    path = os.pathsep.join(filter(None, (folder, str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path} | arithmetic.environment
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


def obstacle(arithmetic) -> str | None:
    """Why this machine does not do it, or None; what the processor's name leads to is printed."""
    features = llvm.get_host_cpu_features()
    if lacking := [need for need in arithmetic.needs if not features.get(need)]:
        return f"this processor lacks {', '.join(lacking)}"
    done = run(["-c", PROBE], arithmetic)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    bits, cores = json.loads(done.stdout)
    asked = arithmetic.environment.get("OPENBLAS_CORETYPE")
    if asked and set(cores) not in ({asked}, {ALIASES.get(asked)}):
        return f"OpenBLAS does not follow: {', '.join(cores) or 'NumPy and SciPy use another library'}"
    print(f"{arithmetic.name}: registers of {bits} bits in Numba, OpenBLAS for {', '.join(cores) or None}", flush=True)
    return None


def outcomes(arithmetic, which) -> dict[str, str | None]:
    """What was wrong with each test, of those that pytest's ``-m which`` selects, or None when it held."""
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = [*TWO_AT_A_TIME, "-m", which, "-p", "last_bit", "-p", "no:cacheprovider", f"--junitxml={report}"]
        done = run(["-m", "pytest", *options, *TESTS], arithmetic)
        if done.returncode not in (0, 1):  # something else than a test that fails
            raise RuntimeError(f"{arithmetic.name}: pytest ended with {done.returncode}\n{done.stdout}{done.stderr}")
        cases = list(ElementTree.parse(report).iter("testcase"))
    tests = {f"{case.get('classname').replace('.', '/')}.py::{case.get('name')}": wrong_with(case) for case in cases}
    wrong = "".join(f"\n  {test}: {reason}" for test, reason in tests.items() if reason is not None)
    print(f"{arithmetic.name}: {len(cases)} tests in {time.monotonic() - start:.0f} s{wrong}", flush=True)
    return tests


def wrong_with(case) -> str | None:
    bad = [child.get("message") or child.tag for child in case if child.tag in ("failure", "error", "skipped")]
    return bad[0] if bad else None


def statement(test) -> str:
    """The row of the table that a test belongs to: a claim, or one for all parameters of a function."""
    path, _, name = test.partition(".py::")
    function, _, parameters = name.partition("[")
    if function == "test_the_measurement_bears_the_verdict_out_on":
        return f"claim {parameters.rpartition('-')[0]}"
    if function == "test_the_measurement_bears_the_verdict_out":
        return f"claim {parameters.removesuffix(']')}"
    return f"{Path(path).name.removeprefix('test_')}: {function.removeprefix('test_').replace('_', ' ')}"


def table(found: dict[str, dict[str, str | None]]) -> str:
    """The share that holds, one row for each statement and one column for each arithmetic."""
    held, counted = Counter(), Counter()
    for name, tests in found.items():
        for test, wrong in tests.items():
            counted[statement(test), name] += 1
            held[statement(test), name] += wrong is None
    statements = sorted({row for row, _ in counted})
    width = max(map(len, statements))
    lines = [" " * width + "".join(f"{name:>11}" for name in found)]
    for row in statements:
        cells = (f"{held[row, name]}/{counted[row, name]}" for name in found)
        lines.append(f"{row:{width}}" + "".join(f"{cell:>11}" for cell in cells))
    return "\n".join(lines)


def asked_for(names) -> list[list[Arithmetic]]:
    """Those of the given names, or all; several for a column that does all of them."""
    known = {one.name: one for one in (*PROCESSORS, *DISTURBED)}
    columns = [name.split("+") for name in names or known]
    if unknown := {part for parts in columns for part in parts} - set(known):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [[known[part] for part in parts] for parts in columns]


def main(words) -> int:
    which = "outcome" if "--all" in words else "outcome and not (soak or seeds)"
    columns = asked_for([word for word in words if word != "--all"])
    reasons = {one: obstacle(one) for column in columns for one in column if one in PROCESSORS}
    possible = [[one for one in column if not reasons.get(one)] for column in columns]
    present = [reduce(operator.add, column) for column in possible if column]
    found = {one.name: outcomes(one, which) for one in present}
    print(table(found))
    for one, reason in reasons.items():
        if reason:
            print(f"{one.name} is left out: {reason}")
    failures = [(one, test, wrong) for one in present for test, wrong in found[one.name].items() if wrong is not None]
    for one, test, wrong in failures:
        settings = " ".join(f"{key}='{value}'" for key, value in one.environment.items())
        print(f"\n{one.name}: {wrong}\n  PYTHONPATH=tests/soak {settings} python -m pytest -p last_bit '{test}'")
    print(f"\n{len(failures)} of {sum(map(len, found.values()))} outcomes do not hold.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
