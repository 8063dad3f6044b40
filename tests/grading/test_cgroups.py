"""Control groups: real ones where this machine allows them, and the files of both versions in a tree of our own."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from boxes import LIMITS, X, boxed, check_honest, wait_until

from autograder.grading.isolation import cgroups
from autograder.grading.isolation.limits import LEVELS, Limits
from autograder.grading.isolation.sandbox import Cell

FOUND, WHY = cgroups.find()
real = pytest.mark.skipif(FOUND is None, reason=f"control groups: {WHY}")


class Kernel:
    """Folders that behave as control groups do: a new one has its files, and can be removed with them."""

    def __init__(self, root: Path, controllers: str, version: int):
        self.root, self.controllers, self.version = root, controllers, version
        self.files = {
            1: ("cgroup.procs", "tasks", "pids.max", "memory.limit_in_bytes", "cpu.cfs_period_us", "cpu.cfs_quota_us"),
            2: ("cgroup.procs", "cgroup.subtree_control", "pids.max", "memory.max", "memory.swap.max", "cpu.max"),
        }[version]
        self.mkdir, self.rmdir = Path.mkdir, Path.rmdir

    def make(self, folder: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False):
        self.mkdir(folder, mode, parents, exist_ok)
        if folder.is_relative_to(self.root):
            for name in self.files:
                (folder / name).touch()
            if self.version == 2:
                (folder / "cgroup.controllers").write_text(self.controllers)

    def remove(self, folder: Path):
        shutil.rmtree(folder) if folder.is_relative_to(self.root) else self.rmdir(folder)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Set up a machine; returns the folder that stands for /proc/self."""

    def set_up(version: int, controllers: str, groups: str, mounts: str) -> Path:
        kernel = Kernel(tmp_path / "sys", controllers, version)
        monkeypatch.setattr(Path, "mkdir", lambda folder, *how, **options: kernel.make(folder, *how, **options))
        monkeypatch.setattr(Path, "rmdir", lambda folder: kernel.remove(folder))
        proc = tmp_path / "proc"
        kernel.mkdir(proc)
        kernel.make(tmp_path / "sys")
        (proc / "cgroup").write_text(groups)
        (proc / "mountinfo").write_text(mounts.replace("SYS", str(tmp_path / "sys").replace(" ", "\\040")))
        return proc

    return set_up


def contents(group: cgroups.Group) -> dict[str, str]:
    """What was written, by file: each under one of the folders."""
    files = [path for folder in group.folders for path in folder.iterdir() if path.stat().st_size]
    return {path.name: path.read_text() for path in files}


LIMIT = Limits(memory_bytes=123 << 20, processes=5)


def test_version_1_has_a_folder_for_each_controller(machine, tmp_path):
    mounts = "".join(
        f"3{i} 20 0:3{i} /docker/7 SYS/{names} rw - cgroup cgroup rw,{names}\n"
        for i, names in enumerate(("memory", "cpu,cpuacct", "pids"))
    )
    proc = machine(1, "", "3:memory:/docker/7/a\n2:cpu,cpuacct:/docker/7\n1:pids:/elsewhere\n0::/\n", mounts)
    for folder in ("memory/a", "cpu,cpuacct", "pids"):
        (tmp_path / "sys" / folder).mkdir(parents=True)
    found, text = cgroups.find(proc)
    assert text == "memory, cpu (version 1)"  # the group of pids is not among what is mounted here
    group = found.create(LIMIT)
    assert {folder.parent for folder in group.folders} == {tmp_path / "sys/memory/a", tmp_path / "sys/cpu,cpuacct"}
    group.add(4711)
    written = contents(group)
    assert written["memory.limit_in_bytes"] == str(123 << 20)
    assert int(written["cpu.cfs_quota_us"]) == int(written["cpu.cfs_period_us"])  # one core
    assert written["cgroup.procs"] == "4711"
    with group.doors() as doors:
        for door in doors:
            os.write(door, b"0")
    assert all((folder / "tasks").read_text() == "0" for folder in group.folders)
    group.remove()
    assert not any(folder.exists() for folder in group.folders)


def test_version_2_moves_the_grader_aside(machine, tmp_path):
    mounts = "30 20 0:30 / SYS rw - cgroup2 cgroup2 rw\n"
    proc = machine(2, "cpuset cpu memory pids", "0::/user/scope\n", mounts)
    scope = tmp_path / "sys" / "user" / "scope"
    scope.mkdir(parents=True)
    found, text = cgroups.find(proc)
    assert text == "memory, pids, cpu (version 2)"
    assert (scope / cgroups.LEAF / "cgroup.procs").read_text() == str(os.getpid())
    assert (scope / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    group = found.create(LIMIT)
    assert [folder.parent for folder in group.folders] == [scope]
    written = contents(group)
    assert (written["memory.max"], written["memory.swap.max"]) == (str(123 << 20), "0")
    assert LIMIT.processes <= int(written["pids.max"]) < 2 * LIMIT.processes + 10
    assert written["cpu.max"] == "100000 100000"
    # the next process of the grader finds itself in the leaf, and makes its groups next to it
    (proc / "cgroup").write_text(f"0::/user/scope/{cgroups.LEAF}\n")
    again, _ = cgroups.find(proc)
    assert again.parents == found.parents


def test_a_group_that_may_not_be_divided_is_left_as_it_was(machine, tmp_path):
    mounts = "30 20 0:30 / SYS rw - cgroup2 cgroup2 rw\n"
    proc = machine(2, "memory pids", "0::/scope\n", mounts)
    scope = tmp_path / "sys" / "scope"
    scope.mkdir(parents=True)
    (scope / "cgroup.subtree_control").unlink()
    (scope / "cgroup.subtree_control").mkdir()  # stands for the kernel's refusal
    found, text = cgroups.find(proc)
    assert found is None
    assert "systemd-run --user --scope -p Delegate=yes" in text
    assert not (scope / cgroups.LEAF).exists()
    assert (scope / "cgroup.procs").read_text() == str(os.getpid())


def test_without_any_hierarchy_the_reason_is_told(machine):
    found, text = cgroups.find(machine(1, "", "", ""))
    assert found is None
    assert "no control group" in text


def test_anything_may_be_mounted_on_the_machine(machine, tmp_path):
    mounts = "29 20 8:17 / /media/STICK rw - vfat /dev/sdb1 rw\n30 20 0:30 / SYS rw - cgroup2 cgroup2 rw\n"
    proc = machine(2, "memory pids", "0::/\n", mounts)
    told = proc / "mountinfo"
    told.write_bytes(told.read_bytes().replace(b"STICK", b"\xc9t\xe9\x85\\040\xff"))
    assert cgroups.find(proc)[1] == "memory, pids (version 2)"


@real
def test_groups_of_a_killed_grader_are_swept():
    parents = set(FOUND.parents.values())
    gone = [
        parent / f"{cgroups.PREFIX}{2**22 + 1}-0" for parent in parents
    ]  # above the largest process id there can be
    alive = [parent / f"{cgroups.PREFIX}{os.getpid()}-swept" for parent in parents]
    for folder in (*gone, *alive):
        folder.mkdir()
    try:
        FOUND.sweep()
        assert not any(folder.exists() for folder in gone)
        assert all(folder.exists() for folder in alive)
    finally:
        for folder in (*gone, *alive):
            cgroups._removed(folder)


@real
@pytest.mark.sandbox
@pytest.mark.parametrize("level", LEVELS)
def test_a_grader_that_is_killed_leaves_no_group(level):
    code = f"""
from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox
box = Sandbox(Limits(levels=({level!r},)))
box.load([Cell("f", "def f(): return 1")])
print("ready", flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"ready\n"
        groups = [p for parent in FOUND.parents.values() for p in parent.glob(f"{cgroups.PREFIX}{grader.pid}-*")]
        assert len(groups) == len(FOUND.parents)
        grader.kill()
    assert wait_until(lambda: not any(group.exists() for group in groups))


@real
@pytest.mark.sandbox
@pytest.mark.parametrize("level", ["zygote", "bwrap"])
def test_all_processes_of_a_box_share_its_memory(level):
    code = """
import os, signal, time
def hog(children):
    r, w = os.pipe()
    for _ in range(children):
        if os.fork() == 0:
            held = bytearray(b'x' * (60 << 20))
            os.write(w, b'.')
            time.sleep(600)
    os.close(w)
    held, ended = 0, 0
    while held + ended < children:
        try: ended += os.waitpid(-1, os.WNOHANG)[0] != 0
        except ChildProcessError: pass
        os.set_blocking(r, False)
        try: held += len(os.read(r, 100))
        except BlockingIOError: time.sleep(0.01)
    return held
"""
    # each of the five is far below the limit of a process, and all together far above that of the box
    limits = replace(LIMITS, levels=(level,), memory_bytes=256 << 20)
    with boxed(Cell("hog", code), limits=limits) as box:
        assert box.run("hog", {"children": 1}).value == 1
        outcome = box.run("hog", {"children": 5})
        assert outcome.status == "crashed" or outcome.value < 5
        check_honest(box)


@real
@pytest.mark.sandbox
def test_a_box_is_in_its_group_before_its_code_runs():
    with boxed(Cell("f", "def f(x): return x"), limits=replace(LIMITS, levels=("zygote",))) as box:
        box.run("f", {"x": X})
        group = box._box.running.group
        # the first process and the worker, under every controller
        assert [len((folder / "cgroup.procs").read_text().split()) for folder in group.folders] == [
            2 for _ in group.folders
        ]
    assert not any(folder.exists() for folder in group.folders)
