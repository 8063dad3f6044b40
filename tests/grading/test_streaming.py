"""A class need not fit into memory: notebooks stay on disk until it is their turn, and must not change meanwhile."""

import json
from concurrent.futures import Future
from zipfile import ZipFile

import pytest

from autograder.grading import grade as module
from autograder.grading.grade import grade_class
from autograder.grading.records.results import Store, results_file
from autograder.grading.submissions.assignment import grade_id
from autograder.grading.submissions.collect import collect
from autograder.grading.submissions.submission import Refused, Stored

NAME = "01_lesson"
RIGHT = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)"


@pytest.fixture
def submitted(tmp_path, assignment):
    """Six submissions that are right, each in a file of the student's name."""
    fields = {grade_id(c): {"source": RIGHT} for c in assignment.released.cells if grade_id(c) == "relu_backward"}
    folder = tmp_path / "submitted"
    folder.mkdir()
    for student in ("ada", "bob", "cyd", "dan", "eve", "fay"):
        (folder / f"{student}.ipynb").write_text(json.dumps(assignment.filled(fields)))
    return folder


class Later:
    """An executor that grades nothing until it is asked for a result, and counts what waits."""

    def __init__(self):
        self.waiting, self.most = [], 0

    def submit(self, work):
        future = Future()
        self.waiting.append((future, work))
        self.most = max(self.most, len(self.waiting))
        return future

    def wait(self, running, return_when):
        future, work = self.waiting.pop(0)
        future.set_result(work())
        return {future}, set(running) - {future}


def test_contents_are_read_again_when_needed(submitted):
    ada = collect(submitted, NAME)[0]
    assert isinstance(ada.contents, Stored)
    data = (submitted / "ada.ipynb").read_bytes()
    assert (ada.data, ada.size) == (data, len(data))
    assert ada.loaded().contents == data
    assert ada.loaded().digest == ada.digest


@pytest.mark.parametrize("change", [lambda path: path.write_text("other"), lambda path: path.unlink()])
def test_contents_that_have_changed_are_refused(submitted, change):
    ada = collect(submitted, NAME)[0]
    change(submitted / "ada.ipynb")
    with pytest.raises(Refused):
        _ = ada.data


def test_those_in_a_zip_are_read_again_too(submitted, tmp_path):
    with ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in submitted.iterdir():
            archive.write(path, path.name)
    found = collect(tmp_path / "all.zip", NAME)
    assert all(isinstance(submission.contents, Stored) for submission in found)
    assert [s.data for s in found] == [path.read_bytes() for path in sorted(submitted.iterdir())]


@pytest.mark.sandbox
@pytest.mark.parametrize("limit, value", [("IN_FLIGHT", 2), ("IN_FLIGHT_BYTES", 1)])
def test_only_some_notebooks_are_in_memory_at_a_time(submitted, tmp_path, assignment, monkeypatch, limit, value):
    executor = Later()
    monkeypatch.setattr(module, limit, value)
    monkeypatch.setattr(module, "wait", executor.wait)
    summary = grade_class(submitted, assignment, tmp_path / "out", executor=executor)
    assert summary.graded == 6
    assert executor.most == value


@pytest.mark.sandbox
@pytest.mark.parametrize("with_executor", [False, True])
def test_a_file_that_changes_meanwhile_is_graded_by_the_next_run(
    submitted, tmp_path, assignment, monkeypatch, with_executor
):
    class AtOnce(Later):
        def submit(self, work):
            future = super().submit(work)
            future.set_result(work())
            return future

    def change(done, total, student):
        if done == 1:
            path = submitted / "fay.ipynb"
            path.write_text(path.read_text() + " ")

    out = tmp_path / "out"
    options = {"executor": AtOnce()} if with_executor else {}
    monkeypatch.setattr(module, "IN_FLIGHT", 1)
    first = grade_class(submitted, assignment, out, progress=change, **options)
    fay = next(row for row in first.students if row.student == "fay")
    assert "changed while the class was graded" in " ".join(fay.remarks)
    assert Store(results_file(out, NAME)).result("fay") is None
    second = grade_class(submitted, assignment, out)
    assert [row.student for row in second.students if row.fresh] == ["fay"]
    assert {row.score for row in second.students} == {assignment.exercises()["check-relu_backward"].points}


@pytest.mark.sandbox
def test_equal_reports_are_in_memory_once(submitted, tmp_path, assignment):
    grade_class(submitted, assignment, tmp_path / "out")
    results = [result for _, result in Store(results_file(tmp_path / "out", NAME)).known.values()]
    assert len(results) == 6
    reports = [report for result in results for report in result.reports.values()]
    assert len({id(report) for report in reports}) == len(set(reports)) < len(reports)
