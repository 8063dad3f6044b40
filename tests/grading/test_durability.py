"""Whatever ends the grader (a kill at any step, a full disk, a read-only folder), nothing is lost or done twice."""

import ctypes
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from agreement import NAME, RIGHT, STUDENTS, check_agreement, hand_in, in_a_fork
from thrift import rest_in_soak

from autograder.grading import grade as module
from autograder.grading.grade import grade_class
from autograder.grading.records import journal
from autograder.grading.records.audit import FILE, read
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.records.recording import CannotRecord
from autograder.grading.records.results import Store, results_file
from autograder.grading.seeds import KeyProblem

pytestmark = pytest.mark.sandbox

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000


@pytest.fixture
def submitted(tmp_path, assignment):
    folder = tmp_path / "submitted"
    folder.mkdir()
    for student, score in STUDENTS.items():
        hand_in(folder, assignment, student, relu_backward=RIGHT if score else "raise NotImplementedError()")
    return folder


def killed_at(step, counted=None):
    """Patch this process so that it is killed at that step: before a file is synced or renamed, before or after a
    commit of the gradebook."""
    steps = [0]

    def around(owner, name, after=False):
        real = getattr(owner, name)

        def patched(*arguments, **options):
            tick()
            value = real(*arguments, **options)
            if after:
                tick()
            return value

        setattr(owner, name, patched)

    def tick():
        steps[0] += 1
        if counted:
            counted.value = steps[0]
        if steps[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)

    around(os, "fsync")
    around(os, "replace")
    around(Gradebook, "record", after=True)
    around(module, "grade_submission", after=True)


@pytest.mark.soak
def test_a_kill_at_any_step_loses_nothing_and_repeats_nothing(tmp_path, submitted, assignment):
    def grade(out):
        return grade_class(submitted, assignment, out)

    counted = multiprocessing.Value("i")
    assert in_a_fork(lambda: (killed_at(-1, counted), grade(tmp_path / "whole"))) == 0
    check_agreement(tmp_path / "whole")
    steps = counted.value
    assert steps > 30
    # always the same ones, so that a failure can be repeated; tests/soak kills the real command at random moments
    chosen = np.random.default_rng(1).choice(np.arange(1, steps + 1), size=6, replace=False)
    for step in chosen:
        out = tmp_path / f"step {step}"
        assert in_a_fork(lambda: (killed_at(step), grade(out))) == -signal.SIGKILL  # noqa: B023 - called at once
        recorded = {result.id for _, result in Store(results_file(out, NAME)).known.values()}
        grade(out)
        check_agreement(out)
        kept = {result.id for _, result in Store(results_file(out, NAME)).known.values()}
        assert recorded <= kept, "what was recorded was judged again"


@pytest.mark.parametrize("write", rest_in_soak([3, 1, 2, 5]))
def test_a_line_that_is_cut_in_the_middle_of_a_write(tmp_path, submitted, assignment, write):
    out, written = tmp_path / "out", [0]

    def half(descriptor, data):
        written[0] += 1
        if written[0] == write:
            os.write(descriptor, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return os.write(descriptor, data)

    def cut():
        journal.os = SimpleNamespace(**{**vars(os), "write": half})
        grade_class(submitted, assignment, out)

    assert in_a_fork(cut) == -signal.SIGKILL
    grade_class(submitted, assignment, out)
    assert [*out.glob("*.torn")]
    check_agreement(out)


def test_a_lost_or_older_gradebook_is_filled_from_the_results_without_judging(tmp_path, submitted, assignment):
    out = tmp_path / "out"
    grade_class(submitted, assignment, out)
    (out / "gradebook.db").unlink()
    (out / "feedback" / "ada" / NAME / f"{NAME}.html").unlink()
    assert grade_class(submitted, assignment, out).graded == 0
    check_agreement(out)


def test_a_fault_of_ours_leaves_a_trace_and_no_verdict(tmp_path, submitted, assignment, monkeypatch):
    honest = module.grade_submission

    def faulty(submission, **options):
        if submission.student == "bob":
            raise ZeroDivisionError("a bug")
        return honest(submission, **options)

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(module, "grade_submission", faulty)
        grade_class(submitted, assignment, out)
    events = [(row["event"], row["student"]) for row in read(out / FILE) if row["student"] == "bob"]
    assert events == [("fault", "bob")]
    assert grade_class(submitted, assignment, out).graded == 1
    (out / "gradebook.db").rename(tmp_path / "graded.db")
    assert grade_class(submitted, assignment, out).graded == 0
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        assert set(gradebook.scores(NAME)) == set(STUDENTS)


def test_without_its_key_a_class_is_not_graded_on(tmp_path, submitted, assignment):
    out = tmp_path / "out"
    grade_class(submitted, assignment, out)
    secret = (out / "hidden-cases.key").read_text().strip()
    told = [p for p in out.rglob("*") if p.is_file() and p.suffix != ".key" and secret.encode() in p.read_bytes()]
    assert told == []
    (out / "hidden-cases.key").unlink()
    with pytest.raises(KeyProblem, match="is lost"):
        grade_class(submitted, assignment, out)
    assert grade_class(submitted, assignment, out, new_key=True).graded == len(STUDENTS)


def test_hidden_cases_that_are_copied_from_the_published_seed_earn_nothing(tmp_path, submitted, assignment):
    """What a student can find at home: the published hidden cases, and the right values for them."""
    from autograder.catalogue import load
    from autograder.check import HIDDEN

    exercise = load("relu_backward")
    known = [case.inputs(HIDDEN) for case in exercise.cases]
    table = [[inputs["dout"].tolist(), exercise.reference(**inputs).tolist()] for inputs in known]
    find = "np.array(dict((str(k), v) for k, v in TABLE)[str(dout.tolist())])"
    code = f"TABLE = {table!r}\ndef relu_backward(dout, z):\n    return {find}"
    hand_in(submitted, assignment, "cheat", relu_backward=code)
    scores = {row.student: row.score for row in grade_class(submitted, assignment, tmp_path / "out").students}
    assert scores["ada"] == 1.0
    assert scores["cheat"] <= 0.25  # a case may hold a single value, which is drawn by nobody


@pytest.mark.soak
def test_a_killed_pool_worker_costs_nothing(tmp_path, submitted, assignment, monkeypatch):
    for number in range(8):
        hand_in(submitted, assignment, f"more{number}", relu_backward=RIGHT)
    scores = {**STUDENTS, **{f"more{number}": 1.0 for number in range(8)}}
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        victim = pool.submit(os.getpid).result()
        seen = []

        def progress(done, total, student):
            seen.append(student)
            if len(seen) == 2:
                os.kill(victim, signal.SIGKILL)

        grade_class(submitted, assignment, tmp_path / "out", executor=pool, progress=progress)
    check_agreement(tmp_path / "out", scores)


def test_no_pool_worker_outlives_a_killed_grader(tmp_path):
    code = """
        import os, sys, time
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context
        from autograder.grading.isolation.processes import die_with
        if __name__ == "__main__":
            pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=die_with, initargs=(os.getpid(),))
            print(pool.submit(os.getpid).result(), flush=True)
            time.sleep(600)
    """
    path = tmp_path / "grader.py"
    path.write_text(textwrap.dedent(code))
    grader = subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE, text=True)
    worker = int(grader.stdout.readline())
    grader.kill()
    grader.wait()
    for _ in range(600):
        if not alive(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker lives on")


def alive(pid) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def on_a_small_disk(disk, room, grade, keep):
    """Grade where there is no room, with more room again, and keep a copy; returns what was said the first time.

    The mount is seen by a copy of this process and its children only, and ends with them.
    """
    said = multiprocessing.Array("c", 2000)

    def mount(*options):
        subprocess.run(["mount", *options, disk], check=True)

    def work():
        unshare_mounts()
        mount("-t", "tmpfs", "-o", "size=1m", "none")
        out = disk / "out"
        if room is None:
            out.mkdir()
            mount("-o", "remount,ro")
        else:
            (disk / "filler").write_bytes(bytes(2**20 - room * 1024))
        try:
            grade(out)
        except CannotRecord as error:
            said.value = str(error).encode()[:1999]
        mount("-o", "remount,rw,size=50m")
        grade(out)
        shutil.copytree(out, keep)

    assert in_a_fork(work) == 0
    return said.value.decode()


def unshare_mounts():
    """A mount namespace of this process's own; without privilege, in a user namespace of its own."""
    user, group, root = os.getuid(), os.getgid(), os.geteuid() == 0
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | (0 if root else CLONE_NEWUSER)):
        raise OSError(ctypes.get_errno(), "unshare")
    if not root:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


@pytest.mark.parametrize("room", rest_in_soak([120, 12, 260, 280]))
def test_a_full_disk_is_said_and_loses_nothing(tmp_path, submitted, assignment, room):
    disk = tmp_path / "disk"
    disk.mkdir()
    said = on_a_small_disk(disk, room, lambda out: grade_class(submitted, assignment, out), tmp_path / "out")
    assert re.search("No space left on device|disk is full|disk I/O error", said), said
    assert "What is recorded stays" in said
    check_agreement(tmp_path / "out")


def test_a_read_only_folder_is_said_and_loses_nothing(tmp_path, submitted, assignment):
    disk = tmp_path / "disk"
    disk.mkdir()
    said = on_a_small_disk(disk, None, lambda out: grade_class(submitted, assignment, out), tmp_path / "out")
    assert "Read-only file system" in said
    check_agreement(tmp_path / "out")
