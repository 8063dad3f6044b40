"""Grading on a real Dask cluster on this machine: identical results, also when workers or the scheduler die."""

import json
import os
import signal
from contextlib import contextmanager

import nbformat
import psutil
import pytest
from boxes import wait_until
from distributed import LocalCluster

from autograder.grading import cluster
from autograder.grading.cluster import ClusterError, dask_cluster
from autograder.grading.grade import grade_class
from autograder.grading.isolation.limits import Limits, SandboxUnavailable

pytestmark = [pytest.mark.sandbox, pytest.mark.serial, pytest.mark.soak]

ANSWERS = (
    "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)",
    "def relu_backward(dout, z):\n    return np.where(dout > 0, dout, 0.0)",
    "def relu_backward(dout, z):\n    return (z > 0).astype(float)",
    "def relu_backward(dout, z):\n    return 1 / 0",
)
N_STUDENTS = 8


@pytest.fixture(scope="module")
def local():
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def submitted(tmp_path_factory, assignment):
    """A class of which every fourth student wrote the same."""
    tmp_path = tmp_path_factory.mktemp("class")
    for k in range(N_STUDENTS):
        notebook = nbformat.from_dict(assignment.released)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "relu_backward":
                cell.source = ANSWERS[k % len(ANSWERS)]
        folder = tmp_path / "submitted" / f"student{k:02}" / assignment.name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{assignment.name}.ipynb")
    return tmp_path / "submitted"


@contextmanager
def connected(local, assignment):
    with dask_cluster(local.scheduler_address, assignment, Limits()) as executor:
        yield executor


def graded(submitted, assignment, out, key, **options):
    """What was found of every student."""
    summary = grade_class(submitted, assignment, out, key_file=key, **options)
    lines = (out / f"{assignment.name}.results.jsonl").read_text(encoding="utf-8").splitlines()
    found = ("reports", "remarks", "answers", "blank", "level")
    records = {record["student"]: {key: record[key] for key in found} for record in map(json.loads, lines)}
    assert len(records) == len(summary.students) == N_STUDENTS
    return records


def kill_once(pids):
    """A progress function that kills a process after the second submission."""
    done = []

    def progress(*_):
        done.append(1)
        if len(done) == 2:
            os.kill(pids[0], signal.SIGKILL)

    return progress


@pytest.fixture(scope="module")
def by_itself(submitted, assignment, tmp_path_factory):
    """The class as graded without a cluster, and the key of its hidden cases."""
    folder = tmp_path_factory.mktemp("alone")
    return graded(submitted, assignment, folder / "out", folder / "key"), folder / "key"


def test_a_cluster_gives_identical_results(local, submitted, assignment, tmp_path, by_itself):
    records, key = by_itself
    with connected(local, assignment) as executor:
        assert graded(submitted, assignment, tmp_path / "cluster", key, executor=executor) == records


def test_the_loss_of_a_worker_in_the_midst_changes_nothing(local, submitted, assignment, tmp_path, by_itself):
    records, key = by_itself
    pids = [worker.process.pid for worker in local.workers.values()]
    with connected(local, assignment) as executor:
        options = {"executor": executor, "progress": kill_once(pids)}
        assert graded(submitted, assignment, tmp_path / "cluster", key, **options) == records
    assert wait_until(lambda: not psutil.pid_exists(pids[0]))


@pytest.mark.soak
def test_without_any_worker_left_this_machine_goes_on(submitted, assignment, tmp_path, by_itself):
    records, key = by_itself
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as doomed:
        done = []

        def progress(*_):
            done.append(1)
            if len(done) == 2:
                doomed.close()

        with connected(doomed, assignment) as executor:
            options = {"executor": executor, "progress": progress}
            assert graded(submitted, assignment, tmp_path / "cluster", key, **options) == records


def test_nobody_at_the_address_is_said(assignment):
    elsewhere = dask_cluster("tcp://127.0.0.1:9", assignment, Limits())
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"), elsewhere:
        pass


def test_a_worker_without_a_sandbox_is_named(local, assignment):
    nowhere = dask_cluster(local.scheduler_address, assignment, Limits(levels=()))
    with pytest.raises(SandboxUnavailable, match="worker tcp://"), nowhere:
        pass


def test_a_worker_with_another_version_is_named(local, assignment, monkeypatch):
    monkeypatch.setattr(cluster, "version_of", lambda *_: "another")
    with (
        pytest.raises(ClusterError, match="has another version of the course"),
        dask_cluster(local.scheduler_address, assignment, Limits()),
    ):
        pass
