"""Locks, environment.yml, pyproject.toml, Makefile and licences say the same; CI lets no skip pass."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from autograder.files import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def entries(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Package -> (pinned requirement, sha256 digests) of a lock file."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        requirement, *digests = line.split("--hash=")
        found[canonicalize_name(Requirement(requirement).name)] = (Requirement(requirement), digests)
    return found


def pin(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_host_or_path(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"://|file:|\.whl|--(extra-)?index|--find-links|(^|\s)/", text, re.MULTILINE)
    locked = entries(name)
    assert locked
    for requirement, digests in locked.values():
        assert pin(requirement)
        assert digests
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", digest) for digest in digests)


def test_the_locks_hold_what_pyproject_asks_for():
    run, dev = map(entries, LOCKS)
    wanted = [(run, requirement) for requirement in PROJECT["dependencies"]]
    wanted += [(dev, requirement) for requirement in PROJECT["optional-dependencies"]["dev"]]
    for locked, text in wanted:
        requirement = Requirement(text)
        assert pin(locked[canonicalize_name(requirement.name)][0]) in requirement.specifier


def test_the_developers_lock_only_adds_to_the_students():
    run, dev = map(entries, LOCKS)
    assert set(run) < set(dev)
    assert {name: pin(run[name][0]) for name in run} == {name: pin(dev[name][0]) for name in run}


def test_the_lock_holds_the_build_backend_because_set_up_installs_the_project_without_a_network():
    (backend,) = map(Requirement, PYPROJECT["build-system"]["requires"])
    assert pin(entries("requirements.lock")[backend.name][0]) in backend.specifier


def test_conda_users_get_the_same_pins():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["name"] == PROJECT["name"]
    python, pip, nested = environment["dependencies"]
    assert pip == "pip"
    assert nested == {"pip": ["-r requirements.lock"]}
    assert python.removeprefix("python=") in SpecifierSet(PROJECT["requires-python"])
    assert python.removeprefix("python=") in supported()


def supported() -> list[str]:
    """The Python versions that the classifiers name."""
    return [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]


def test_all_places_name_the_same_pythons():
    low, *_, high = supported()
    assert PROJECT["requires-python"] == f">={low}"
    assert f"py{low.replace('.', '')}" == PYPROJECT["tool"]["ruff"]["target-version"]
    bounds = f"({low.replace('.', ', ')}) <= sys.version_info[:2] <= ({high.replace('.', ', ')})"
    assert bounds in (ROOT / ".ci" / "venv").read_text()
    assert f"{low} to {high}" in (ROOT / "Makefile").read_text()


def test_licences():
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    code, text = ((ROOT / name).read_text() for name in PROJECT["license-files"])
    assert code.startswith("MIT License\n")
    assert "Creative Commons Attribution 4.0 International Public License" in text
    # the legal code's eight sections, whole
    assert re.findall(r"^Section (\d) -- ", text, re.MULTILINE) == list("12345678")


def test_ci_runs_the_readmes_test_command():
    assert re.search(r"^make test\b", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert "make test" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("script", ["run", "venv", "apt", "system"])
def test_ci_scripts_can_be_run(script):
    path = ROOT / ".ci" / script
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", path], check=True)


def test_an_unfit_python_is_refused_with_what_to_type(tmp_path):
    old = tmp_path / "python3.10"
    program(old, '[ "$1" = --version ] && echo Python 3.10.13; exit 1')
    done = run([ROOT / ".ci" / "venv", tmp_path / "venv"], tmp_path, PYTHON=str(old))
    assert done.returncode == 1
    assert "3.11, 3.12 or 3.13" in done.stderr
    assert "Python 3.10.13" in done.stderr
    assert "PYTHON=python3.12 make setup" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_python_without_venv_is_named_with_the_package_that_brings_it(tmp_path):
    """As on Debian, where python3 comes without ensurepip; here apt may not install, there being no password."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    program(tmp_path / "python3", f'case "$2" in *ensurepip*) exit 1;; esac; exec {shlex.quote(sys.executable)} "$@"')
    program(tmp_path / "id", "echo 1000")
    program(tmp_path / "sudo", "exit 1")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = run([ROOT / ".ci" / "venv", tmp_path / "venv"], tmp_path, PATH=path, PYTHON="")
    assert done.returncode == 1
    assert f"Type: sudo apt install python{version}-venv" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(("user", "prefix"), [("0", ""), ("1000", "sudo -n ")])
def test_apt_is_used_where_it_needs_no_password(tmp_path, user, prefix):
    calls = shlex.quote(str(tmp_path / "calls"))
    program(tmp_path / "apt-get", f'echo "apt-get $*" >> {calls}')
    program(tmp_path / "id", f"echo {user}")
    program(tmp_path / "sudo", f'echo "sudo $*" >> {calls}')
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = run([ROOT / ".ci" / "apt", "bubblewrap"], tmp_path, PATH=path)
    assert done.returncode == 0, done.stderr
    said = (tmp_path / "calls").read_text()
    assert f"{prefix}apt-get -qq update" in said
    assert said.endswith("install --no-install-recommends bubblewrap\n")


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)


SKIPPING = "import pytest\n\ndef test_needs_the_moon():\n    pytest.skip('no moon here')\n"
PASSING = "def test_nothing_special():\n    pass\n"


@pytest.mark.soak
@pytest.mark.parametrize(
    ("tests", "ci", "workers", "code"),
    [
        (SKIPPING, "true", "0", 1),
        (SKIPPING, "true", "2", 1),
        (SKIPPING, "", "2", 0),
        (SKIPPING, "false", "0", 0),
        (PASSING, "true", "2", 0),
    ],
)
def test_in_ci_a_skip_fails_the_run_by_name_and_reason(tmp_path, tests, ci, workers, code):
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "test_it.py").write_text(tests)
    done = run([sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider"], tmp_path, CI=ci)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("test_it.py::test_needs_the_moon: no moon here" in done.stdout) == (tests is SKIPPING)


def run(command: list, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=600
    )
