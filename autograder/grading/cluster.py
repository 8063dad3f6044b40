"""Grade on a Dask cluster: the same jobs, on other machines.

Every worker needs this version of the course and a sandbox of its own. A worker gets submissions and the seeds of their
hidden cases, and no key, gradebook or audit log. What a worker was grading when it was lost is graded by another.
"""

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress

from autograder.errors import UserError
from autograder.files import ROOT
from autograder.grading.isolation import ladder
from autograder.grading.isolation.limits import Limits, SandboxUnavailable
from autograder.grading.judging.fingerprints import common_basis, digest
from autograder.grading.submissions.assignment import Assignment, load_assignment

CONNECT_SECONDS = 10
INSTALL = "pip install 'training-deep-networks[dask]'"


class ClusterError(UserError):
    """The cluster cannot be used; the message says what to do."""


@contextmanager
def executor_on(address: str, assignment: str | Assignment, limits: Limits) -> Iterator[Executor | None]:
    """The executor of ``dask_cluster``, or None for this machine when there is no address."""
    if not address:
        yield None
        return
    lesson = load_assignment(assignment, ROOT) if isinstance(assignment, str) else assignment
    with dask_cluster(address, lesson, limits) as executor:
        yield executor


@contextmanager
def dask_cluster(address: str, assignment: Assignment, limits: Limits) -> Iterator[Executor]:
    """An executor on the cluster whose scheduler listens at ``address``, such as tcp://10.0.0.5:8786.

    Raises
    ------
    ClusterError
        When nobody answers there, no worker is connected, or a worker has another version of the course.
    SandboxUnavailable
        When a worker cannot sandbox student code.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(f"grading on a cluster needs Dask, which is not installed: {INSTALL}") from error
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: start one with `dask scheduler`") from error
    with client:
        _examine_workers(client, assignment, limits)
        yield DaskExecutor(client)


class DaskExecutor(Executor):
    """Submits to a Dask client. A future fails with BrokenExecutor when the cluster, and not the function, failed."""

    def __init__(self, client):
        self._client = client

    def submit(self, fn, /, *args, **kwargs) -> Future:
        future: Future = Future()
        # pure: two students with the same answers are still two jobs
        remote = self._client.submit(fn, *args, **kwargs, pure=False)
        remote.add_done_callback(lambda done: _settle(future, done))
        return future


def _settle(future: Future, done) -> None:
    from distributed import KilledWorker

    # the grader may have cancelled it: then nobody waits for the outcome
    with suppress(InvalidStateError):
        if done.status == "finished":
            future.set_result(done.result())
        elif done.status == "error" and not isinstance(error := done.exception(), KilledWorker):
            future.set_exception(error)
        else:
            future.set_exception(BrokenExecutor(f"the cluster gave up on a submission ({done.status})"))


def _examine_workers(client, assignment: Assignment, limits: Limits) -> None:
    try:
        found = client.run(examine, assignment, limits, on_error="return")
    except OSError as error:
        raise ClusterError(f"the workers do not answer: {error}") from error
    if not found:
        raise ClusterError("no worker is connected to the scheduler: start some with `dask worker`")
    here = version_of(assignment, limits)
    for worker, answer in sorted(found.items()):
        if isinstance(answer, SandboxUnavailable):
            raise SandboxUnavailable(f"worker {worker}: {answer}")
        if isinstance(answer, Exception):
            raise ClusterError(f"worker {worker} cannot grade: {type(answer).__name__}: {answer}")
        if answer != here:
            raise ClusterError(f"worker {worker} has another version of the course: bring all machines to the same one")


def examine(assignment: Assignment, limits: Limits) -> str:
    """On a worker: its version of all that verdicts rest on, after its sandbox was tried."""
    ladder.choose(limits.levels)
    return version_of(assignment, limits)


def version_of(assignment: Assignment, limits: Limits) -> str:
    return digest(common_basis(assignment, limits, ""))
