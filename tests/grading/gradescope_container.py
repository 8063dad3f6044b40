"""A folder laid out as Gradescope's, and its scripts run there as in a container of Docker's: without namespaces.

What Docker's own profile refuses to a container is refused here by a filter of system calls, and root keeps no more
rights than it has there. bubblewrap makes the view: the interpreter lies where an unprivileged user may read it.
"""

import errno
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from autograder.files import ROOT

# https://docs.docker.com/engine/security/: what is left to root in a container
RIGHTS = "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL"
# unshare, setns, mount; clone; clone3 (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h)
NUMBERS = {"x86_64": ((272, 308, 165), 56, 435), "aarch64": ((97, 268, 40), 220, 435)}
NEW_NAMESPACE = 0x7E020000
PLACE = "/mnt/autograder"
DIFFERENT_USER = "nobody"


def no_namespaces() -> bytes:
    """An array of struct sock_filter: EPERM to whoever asks for a namespace; no clone3, whose flags no filter sees."""
    refused, clone, clone3 = NUMBERS[platform.machine()]

    def step(code, yes, no, value):
        return struct.pack("<HBBI", code, yes, no, value)

    def verdict(number):
        return step(0x06, 0, 0, 0x00050000 | number if number else 0x7FFF0000)

    code = [step(0x20, 0, 0, 0)]
    for number in refused:
        code += [step(0x15, 0, 1, number), verdict(errno.EPERM)]
    code += [step(0x15, 0, 1, clone3), verdict(errno.ENOSYS), step(0x15, 0, 3, clone)]
    code += [step(0x20, 0, 0, 16), step(0x45, 0, 1, NEW_NAMESPACE), verdict(errno.EPERM), verdict(0)]
    return b"".join(code)


@dataclass(frozen=True)
class Container:
    """``root`` holds source, submission and results, and is seen at ``/mnt/autograder``."""

    root: Path

    @classmethod
    def unpacked(cls, archive: Path, root: Path) -> "Container":
        """The container after Gradescope has built its image, but for the packages, which are this machine's."""
        for name in ("submission", "results"):
            (root / name).mkdir(parents=True)
        root.chmod(0o755)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(root / "source")
            for info in packed.infolist():
                (root / "source" / info.filename).chmod(info.external_attr >> 16)
        (root / "run_autograder").write_bytes((root / "source" / "run_autograder").read_bytes())
        (root / "run_autograder").chmod(0o755)
        course = root / "source" / "course" / ".venv" / "bin" / "course"
        course.parent.mkdir(parents=True)
        python = f"/mnt/py/bin/{os.path.basename(os.path.realpath(sys.executable))}"
        paths = f"PYTHONPATH={PLACE}/source/course:/mnt/site LD_LIBRARY_PATH=/mnt/py/lib"
        course.write_text(f'#!/bin/sh\n{paths} exec {python} -m autograder.cli "$@"\n')
        course.chmod(0o755)
        for cache in (ROOT / "course_lib").rglob("__pycache__"):  # what `course warmup` has compiled
            copy = root / "source" / "course" / cache.relative_to(ROOT)
            if copy.parent.is_dir():
                shutil.copytree(cache, copy)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{DIFFERENT_USER}:", root / "source"], check=True)
            subprocess.run(["chmod", "-R", "go=", root / "source"], check=True)
        return cls(root)

    def submit(self, files: dict[str, bytes], metadata: dict | None = None):
        """Replace the submission by these files."""
        for place in ("submission", "results"):
            for path in (self.root / place).iterdir():
                path.unlink()
        for name, data in files.items():
            (self.root / "submission" / name).write_bytes(data)
        if metadata:
            (self.root / "submission_metadata.json").write_text(json.dumps(metadata))

    def grade(self, filtered: bool = True) -> tuple[dict | None, str]:
        """results.json, if there is one, and what instructors are shown, after run_autograder."""
        command = ["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/mnt", "--bind", str(self.root), PLACE]
        command += ["--ro-bind", sys.base_prefix, "/mnt/py", "--ro-bind", sysconfig.get_path("purelib"), "/mnt/site"]
        if os.geteuid() == 0:
            command += [
                "--cap-drop",
                "ALL",
                *(word for right in RIGHTS.split() for word in ("--cap-add", f"CAP_{right}")),
            ]
        environment = {"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": PLACE, "COURSE_USER": DIFFERENT_USER}
        with tempfile.TemporaryFile() as filter_:
            filter_.write(no_namespaces())
            filter_.seek(0)
            options = ["--seccomp", str(filter_.fileno())] if filtered else []
            command += [*options, "--chdir", PLACE, "--", f"{PLACE}/run_autograder"]
            done = subprocess.run(
                command, env=environment, pass_fds=[filter_.fileno()], capture_output=True, text=True, timeout=600
            )
        results = self.root / "results" / "results.json"
        return json.loads(results.read_text()) if results.exists() else None, done.stdout + done.stderr


FORMATS = ("text", "html", "simple_format", "md", "ansi")
VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
SHARED = {
    "score": (int, float),
    "output": str,
    "output_format": FORMATS,
    "visibility": VISIBILITIES,
    "extra_data": dict,
}
WHOLE = {
    **SHARED, "execution_time": (int, float), "test_output_format": FORMATS, "test_name_format": FORMATS,
    "stdout_visibility": VISIBILITIES, "tests": list, "leaderboard": list,
}  # fmt: skip
TEST = {
    **SHARED, "max_score": (int, float), "status": ("passed", "failed"), "name": str, "name_format": FORMATS,
    "number": str, "tags": list,
}  # fmt: skip


def problems_of(results: dict) -> list[str]:
    """Where a results.json differs from https://gradescope-autograders.readthedocs.io/en/latest/specs/."""

    def fits(value, kind) -> bool:
        if isinstance(kind, tuple) and isinstance(kind[0], str):
            return value in kind
        return isinstance(value, kind) and not isinstance(value, bool)

    tests = results.get("tests", [])
    problems = []
    for found, known in [(results, WHOLE), *((test, TEST) for test in tests)]:
        problems += [
            f"{key}: {value!r}" for key, value in found.items() if key not in known or not fits(value, known[key])
        ]
    if "score" not in results and not (tests and all("score" in test for test in tests)):
        problems.append("neither the whole nor every test has a score")
    return problems
