"""A small class for the tests of what is kept of it, and what has to be so whenever a grading has ended well."""

import json
import os

from autograder.grading.records.audit import FILE, read
from autograder.grading.records.cross_check import examine_class
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.records.results import Store, read_results, results_file
from autograder.grading.submissions.assignment import copy_notebook, grade_id
from autograder.grading.submissions.receipt import SECRET, TIMESTAMP

NAME = "01_lesson"
RIGHT = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)"
STUDENTS = {"ada": 1.0, "bob": 0.0, "cyd": 1.0}


def hand_in(folder, assignment, student, **answers):
    notebook = copy_notebook(assignment.released)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    (folder / f"{student}.ipynb").write_text(json.dumps(notebook))


def check_agreement(out, scores=STUDENTS, name=NAME):
    """Gradebook, results, log and pages say the same, each of them once."""
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        assert {s: sum(cells.values()) for s, cells in gradebook.scores(name).items()} == scores
    store = Store(results_file(out, name))
    assert {student: result.score for student, (_, result) in store.known.items()} == scores
    assert store.done == {result.id for _, result in store.known.values()}
    lines = results_file(out, name).read_text().splitlines()
    assert len(lines) == len(scores)
    found = examine_class(out, read_results(out))
    assert found.ok, found
    verdicts = [(row["student"], row["cell"]) for row in read(out / FILE) if row["event"] == "verdict"]
    assert len(verdicts) == len(set(verdicts)) == sum(len(result.reports) for _, result in store.known.values())
    for student, (_, result) in store.known.items():
        logged = [row for row in read(out / FILE) if row.get("student") == student]
        assert {row["grading"] for row in logged if row["event"] == "verdict"} == {result.id}
        assert sum(row["score"] for row in logged) == result.score
        page = out / "feedback" / student / name / f"{name}.html"
        assert page.stat().st_size > 0
        # of a submission that came with none, it is the grader's own
        assert len(page.with_name(SECRET).read_bytes()) == 128
        assert page.with_name(TIMESTAMP).exists()
    assert not [*out.rglob("*.part")]


def in_a_fork(function) -> int:
    """How a copy of this process ends that calls ``function``: 0, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            function()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
