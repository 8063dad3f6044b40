"""`course doctor` sees what is missing, says what to type everywhere, and never falls over."""

import json
import os
import sys
from importlib import metadata

import pytest

from autograder import doctor
from autograder.doctor import GIB, PLATFORMS, Check, as_json, as_text, examine, exit_code
from autograder.files import ROOT

LOCK = """numpy==2.4.6 \\
    --hash=sha256:00
never-here==1.0 ; sys_platform == 'nowhere' \\
    --hash=sha256:00
rich==15.0.0
"""


def installed(versions):
    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    return version


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ((3, 10, 13), "missing"),
        ((3, 11, 0), "ok"),
        ((3, 13, 9), "ok"),
        ((3, 14, 0), "missing"),
        ((2, 7, 18), "missing"),
    ],
)
def test_python(version, status):
    check = doctor.check_python(version)
    assert check.status == status
    assert ".".join(map(str, version)) in check.detail


def test_packages_against_the_lock():
    assert doctor.pinned_versions(LOCK) == {"numpy": "2.4.6", "rich": "15.0.0"}
    assert doctor.check_packages(LOCK, installed({"numpy": "2.4.6", "rich": "15.0.0"})).status == "ok"
    other = doctor.check_packages(LOCK, installed({"numpy": "2.3.0", "rich": "15.0.0"}))
    assert (other.status, other.detail) == ("warn", "not as in requirements.lock: numpy 2.3.0 instead of 2.4.6")
    absent = doctor.check_packages(LOCK, installed({"numpy": "2.3.0"}))
    assert (absent.status, absent.detail) == ("missing", "not installed: rich")


def test_this_environment_has_the_locked_packages():
    check = doctor.check_packages((ROOT / "requirements.lock").read_text())
    assert check.status == "ok", check.detail


def test_disk_memory_and_cores():
    assert [doctor.check_disk(size * GIB).status for size in (0, 1, 2)] == ["missing", "warn", "ok"]
    assert [doctor.check_memory(size * GIB).status for size in (2, 4)] == ["warn", "ok"]
    assert [doctor.check_cores(cores).status for cores in (1, 2)] == ["warn", "ok"]
    assert doctor.check_disk(3 * GIB // 2).detail == "1.5 GiB free"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system ties no process to a core")
def test_only_cores_that_may_be_used_count():
    usable = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(usable)})
        assert doctor.check_cores().status == "warn"
    finally:
        os.sched_setaffinity(0, usable)
    assert doctor.check_cores().status == ("ok" if len(usable) > 1 else "warn")


def test_notebooks(tmp_path):
    assert doctor.check_notebooks(tmp_path).status == "missing"
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_orphan.ipynb").write_text("{}")
    check = doctor.check_notebooks(tmp_path)
    assert check.status == "warn"
    assert "01_orphan.ipynb" in check.detail


def test_kernel_cache(tmp_path, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "losses.py").write_text("\n@kernel\ndef _loss(): ...\n")
    (tmp_path / "clipping.py").write_text("no kernel here\n")
    (tmp_path / "__pycache__").mkdir()
    cold = doctor.check_cache(tmp_path)
    assert cold.status == "warn"
    assert "losses" in cold.detail
    assert "clipping" not in cold.detail

    index = tmp_path / "__pycache__" / f"losses._loss-2.py{sys.version_info.major}{sys.version_info.minor}.nbi"
    index.touch()
    assert doctor.check_cache(tmp_path).status == "ok"
    os.utime(index, (0, 0))  # older than the source
    assert doctor.check_cache(tmp_path).status == "warn"


def test_a_chromium_that_does_not_start_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    assert doctor.find_chromium() is None
    assert doctor.check_chromium().status == "missing"
    program(tmp_path / "chromium", code=1)
    assert doctor.find_chromium() is None
    downloaded = tmp_path / "browsers" / "chromium-1" / "chrome-linux" / "chrome"
    program(downloaded, code=0)
    assert doctor.find_chromium() == str(downloaded)
    program(tmp_path / "google-chrome", code=0)
    assert doctor.find_chromium() == str(tmp_path / "google-chrome")


def program(path, code):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)


def test_only_what_students_need_fails():
    needs = {who: Check("thing", "missing", "absent", doctor.SET_UP, who) for who in ("students", "instructors")}
    assert exit_code([needs["students"]]) == 1
    assert exit_code([needs["instructors"], Check("other", "warn", "old")]) == 0


def test_one_broken_check_stops_no_other(tmp_path):
    """A folder without lock, notebooks or course_lib: every check still answers."""
    checks = {check.name: check for check in examine(tmp_path)}
    assert checks["packages"].status == "missing"
    assert "could not be checked: FileNotFoundError" in checks["packages"].detail
    assert checks["Python"].status == "ok"
    assert len(checks) == len(examine())


def test_every_remedy_names_every_platform_and_is_shown(tmp_path):
    checks = [*examine(tmp_path), *examine(), doctor.check_python((3, 10)), doctor.check_cores(1)]
    for check in checks:
        assert check.status in ("ok", "warn", "missing")
        assert (check.status == "ok") == (not check.remedy)
        assert set(check.remedy) in (set(), set(PLATFORMS))
        for platform in check.remedy:
            assert check.remedy[platform] in as_text([check], platform)


def test_json_is_a_list_of_the_same_checks():
    checks = examine()
    assert [item["name"] for item in json.loads(as_json(checks))] == [check.name for check in checks]
    assert doctor.this_platform() in PLATFORMS
