"""A class is graded fairly end to end: whatever is handed in, everyone else's grade is right and recorded."""

import json
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import nbformat
import pytest

from autograder.grading import grade as module
from autograder.grading.demo import grade_demo
from autograder.grading.grade import grade_class
from autograder.grading.isolation.sandbox import Limits, SandboxUnavailable
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.assignment import copy_notebook, grade_id

pytestmark = pytest.mark.sandbox

NAME = "01_lesson"
RIGHT = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)"
WRONG = "def relu_backward(dout, z):\n    return (z > 0).astype(float)"  # forgets the chain rule


@pytest.fixture
def hand_in(tmp_path, assignment):
    """A function that writes a submission with these answers."""

    def write(student, added=(), **answers):
        notebook = copy_notebook(assignment.released)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        notebook.cells += map(nbformat.v4.new_code_cell, added)
        path = tmp_path / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
        return path

    return write


@pytest.fixture
def run(tmp_path, assignment):
    def grade(**options):
        return grade_class(tmp_path / "submitted", assignment, tmp_path / "out", **options)

    return grade


def recorded(tmp_path):
    with Gradebook(f"sqlite:///{tmp_path / 'out' / 'gradebook.db'}") as gradebook:
        return {student: sum(cells.values()) for student, cells in gradebook.scores(NAME).items()}


@pytest.mark.soak
def test_the_demo_class_gets_the_grades_that_its_fates_deserve(tmp_path):
    name = "01_vanishing_gradients"
    # two seconds where an honest call takes a millisecond, so that the endless loops of the class end soon
    summary, toys = grade_demo(name, tmp_path, limits=Limits(call_seconds=2.0))

    got = {row.student: row.score for row in summary.students}
    # the sum of scores that are rounded to cents, in another order
    assert got == pytest.approx({toy.student: toy.score for toy in toys}, abs=1e-6)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        booked = {student: sum(cells.values()) for student, cells in gradebook.scores(name).items()}
    assert booked == pytest.approx(got, abs=1e-6)

    named = {(row.exercise, row.name): row.students for row in summary.misconceptions}
    for toy in toys:
        for exercise, misconception in toy.diagnosed.items():
            assert toy.student in named[exercise, misconception]
    remarked = {row.student for row in summary.students if row.remarks}
    assert remarked == {toy.student for toy in toys if toy.remarks}
    fates = {toy.student for toy in toys}
    assert fates >= {"perfect", "blank", "endless_loop", "memory_hog", "tampered_check_cells", "broken_json"}
    assert all((tmp_path / "feedback" / fate / name / f"{name}.html").is_file() for fate in fates)


def test_partial_credit_diagnosis_and_pages(tmp_path, hand_in, run):
    hand_in("ada", relu_backward=RIGHT)
    hand_in("bob", relu_backward=WRONG)
    seen = []
    summary = run(progress=lambda done, total, student: seen.append((done, total, student)))
    assert [(row.student, row.passed) for row in summary.students] == [("ada", 1), ("bob", 0)]
    ada, bob = (row.score for row in summary.students)
    assert ada == 1.0
    assert 0 <= bob < ada
    assert recorded(tmp_path) == {"ada": ada, "bob": bob}
    assert [(m.exercise, m.name, m.students) for m in summary.misconceptions] == [
        ("relu_backward", "returns_the_mask", ("bob",))
    ]
    assert seen == [(1, 2, "ada"), (2, 2, "bob")]
    data = json.loads((tmp_path / "out" / f"{NAME}.summary.json").read_text())
    assert data["misconceptions"][0]["count"] == 1
    page = (tmp_path / "out" / "feedback" / "bob" / NAME / f"{NAME}.html").read_text()
    assert summary.misconceptions[0].sentence in page
    assert "1 or 0" in (tmp_path / "out" / f"{NAME}.summary.html").read_text()


def test_a_rerun_grades_only_what_changed(tmp_path, hand_in, run):
    hand_in("ada", relu_backward=RIGHT)
    hand_in("bob", relu_backward=WRONG)
    first = run()
    assert first.graded == 2
    again = run()
    assert again.graded == 0
    assert [(r.student, r.score) for r in again.students] == [(r.student, r.score) for r in first.students]
    assert again.misconceptions == first.misconceptions

    hand_in("bob", relu_backward=RIGHT)
    hand_in("cyd")
    third = run()
    assert {row.student for row in third.students if row.fresh} == {"bob", "cyd"}
    assert recorded(tmp_path) == {"ada": 1.0, "bob": 1.0, "cyd": 0.0}


def test_other_limits_grade_anew_and_a_lost_gradebook_is_filled_again(tmp_path, hand_in, run):
    hand_in("ada", relu_backward=RIGHT)
    run()
    assert run(limits=Limits(call_seconds=4.0)).graded == 1
    (tmp_path / "out" / "gradebook.db").unlink()
    assert run(limits=Limits(call_seconds=4.0)).graded == 0
    assert recorded(tmp_path) == {"ada": 1.0}


def test_an_interruption_keeps_what_is_done(tmp_path, hand_in, run):
    for student in ("ada", "bob", "cyd"):
        hand_in(student, relu_backward=RIGHT)

    def interrupt(done, total, student):
        if student == "bob":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(progress=interrupt)
    assert recorded(tmp_path) == {"ada": 1.0, "bob": 1.0}
    with (tmp_path / "out" / f"{NAME}.results.jsonl").open("a") as file:
        file.write('{"fingerprint": "cut sho')
    summary = run()
    assert {row.student for row in summary.students if row.fresh} == {"cyd"}
    assert recorded(tmp_path) == {"ada": 1.0, "bob": 1.0, "cyd": 1.0}


def test_a_fault_of_ours_in_one_submission_is_said_and_stops_no_other(tmp_path, hand_in, run, monkeypatch):
    for student in ("ada", "bob"):
        hand_in(student, relu_backward=RIGHT)
    honest = module.grade_submission

    def faulty(submission, **options):
        if submission.student == "ada":
            raise ZeroDivisionError("a bug")
        return honest(submission, **options)

    monkeypatch.setattr(module, "grade_submission", faulty)
    remarks = {row.student: row.remarks for row in run().students}
    assert "our mistake" in remarks["ada"][0]
    assert remarks["bob"] == ()
    assert recorded(tmp_path) == {"bob": 1.0}
    monkeypatch.setattr(module, "grade_submission", honest)
    assert run().graded == 1
    assert recorded(tmp_path) == {"ada": 1.0, "bob": 1.0}


def test_without_a_sandbox_nothing_is_graded(tmp_path, hand_in, run, monkeypatch):
    hand_in("ada", relu_backward=RIGHT)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxUnavailable):
        run()


class Breaking:
    """An executor whose only process is killed when it should grade the second submission."""

    def __init__(self):
        self.given = 0

    def submit(self, function, *arguments):
        self.given += 1
        future = Future()
        if self.given == 1:
            future.set_result(function(*arguments))
        else:
            future.set_exception(BrokenProcessPool("killed"))
        return future


@pytest.mark.soak
def test_any_executor_will_do_and_a_broken_one_is_replaced(tmp_path, hand_in, run):
    for student in ("ada", "bob", "cyd"):
        hand_in(student, relu_backward=RIGHT)
    assert run(executor=Breaking()).graded == 3
    assert recorded(tmp_path) == {"ada": 1.0, "bob": 1.0, "cyd": 1.0}


@pytest.mark.soak
def test_a_large_class_is_graded_by_several_processes(tmp_path, hand_in, run, monkeypatch):
    monkeypatch.setattr(module, "POOL_FROM", 4)
    monkeypatch.setattr(module, "usable_cores", lambda: 2)
    for number in range(6):
        hand_in(f"student{number}", relu_backward=RIGHT if number % 2 else WRONG)
    scores = {row.student: row.score for row in run().students}
    assert all((score == 1.0) == (int(student[-1]) % 2 == 1) for student, score in scores.items())
    assert recorded(tmp_path) == scores


def test_answers_may_use_each_other_and_what_our_cells_define(tmp_path, hand_in, run):
    helper = "def half(x):\n    return x / SCALE"  # SCALE stands in the lesson's set-up cell
    code = "def sigmoid(z):\n    return half(1 + np.tanh(half(z)))"
    hand_in("ada", relu_backward=f"{helper}\n{RIGHT}", sigmoid=code)
    assert run().students[0].score == 2.0


def test_answers_may_use_functions_from_cells_that_the_student_added(hand_in, run):
    helper = "import time\ntime.sleep(30)\ndef positive(z):\n    return z > 0\nraise SystemExit"
    hand_in("ada", added=[helper], relu_backward="def relu_backward(dout, z):\n    return dout * positive(z)")
    (ada,) = run().students
    assert ada.score == 1.0
    assert not ada.remarks


def test_an_answer_that_uses_a_wrong_one_is_not_blamed_for_it(hand_in, run, tmp_path):
    code = "def sigmoid(z):\n    return relu_backward(1 / (1 + np.exp(-z)), z + np.inf) - 1"
    hand_in("ada", relu_backward=WRONG, sigmoid=code)
    run()
    page = (tmp_path / "out" / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert "sigmoid calls relu_backward, which must pass first" in page
