"""The Containerfile, as far as it can be followed without building an image."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import doctor
from autograder.files import ROOT

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line.split(maxsplit=1) for line in re.sub(r"(?m)^#.*\n|\\\n", "", TEXT).splitlines() if line.strip()]


def arguments_of(instruction: str) -> list[str]:
    return [rest for word, rest in LINES if word == instruction]


def test_the_base_is_pinned_by_name_and_version():
    (base,) = arguments_of("FROM")
    version = re.fullmatch(r"docker\.io/library/python:(\d+)\.(\d+)\.\d+-slim-[a-z]+", base)
    assert version, base
    assert doctor.check_python((int(version[1]), int(version[2]), 0)).status == "ok"


def test_what_runs_there_is_no_root():
    words = [word for word, _ in LINES]
    users = arguments_of("USER")
    assert users and "root" not in users and "0" not in users
    assert words.index("USER") < words.index("CMD")
    (created,) = re.findall(r"useradd .*?(\w+)\s*&&", " ".join(arguments_of("RUN")))
    assert users == [created]


def test_its_commands_are_those_of_readme_and_its_packages_those_of_the_doctor():
    run = " && ".join(arguments_of("RUN"))
    for command in arguments_of("RUN"):
        subprocess.run(["bash", "-n", "-c", command], check=True)
    steps = [" ".join(step.replace("--no-cache-dir", "").split()) for step in run.split("&&")]
    for command in ("--require-hashes -r requirements.lock", "--no-deps --no-build-isolation -e ."):
        assert f"pip install {command}" in README
        assert f".venv/bin/python -m pip install {command}" in steps
    assert [step.split("bin/")[-1] for step in steps][-2:] == ["course warmup", "course doctor"]
    assert "`course warmup`" in README
    (packages,) = re.findall(r"apt-get install -y --no-install-recommends ([\w -]+?) &&", " ".join(run.split()))
    assert doctor.GET_BUBBLEWRAP["debian"].split()[-1] in packages.split()


@pytest.mark.soak
@pytest.mark.sandbox
def test_what_is_copied_is_all_that_the_doctor_and_the_grading_need(tmp_path):
    for rest in arguments_of("COPY"):
        *sources, target = [word for word in shlex.split(rest) if not word.startswith("--")]
        for source in sources:
            place = tmp_path / target
            if (ROOT / source).is_dir():
                shutil.copytree(
                    ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
                )
            else:
                shutil.copy(ROOT / source, place)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONPYCACHEPREFIX": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "autograder.cli", "doctor", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert checks["notebooks"]["status"] == checks["packages"]["status"] == checks["sandbox"]["status"] == "ok", checks


def test_what_is_left_out_is_nothing_that_is_copied():
    ignored = (ROOT / ".dockerignore").read_text().split()
    copied = {word for rest in arguments_of("COPY") for word in rest.split()}
    assert copied.isdisjoint(ignored)
    assert Path(ROOT / "Containerfile").name in (ROOT / "docs" / "lms.md").read_text(encoding="utf-8")
