"""An instructor's own test cells: run in a box, scored as nbgrader scores them, labelled wherever they are told of."""

import json

import pytest
from lessons import TEXT, marker

from autograder.grading.grade import grade_class
from autograder.grading.isolation.sandbox import Cell, Limits
from autograder.grading.judging.disclosure import for_student
from autograder.grading.judging.testcells import run_tests
from autograder.grading.records.audit import FILE, read
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.assignment import copy_notebook, grade_id, read_assignment
from autograder.release import ReleaseError, source_notebook
from autograder.report import render_html

NAME = "01_tests"
RIGHT = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)"
SECRET = "0.3274"
TESTS = f"""
{marker(grade_id="test_shape", grade=True, locked=True, points=2)}
expected = (2, 3)
def shape_of(z):
    return relu_backward(np.ones(z.shape), z).shape
assert shape_of(np.ones((2, 3))) == expected, "keep the shape"

{marker(grade_id="test_value", grade=True, locked=True, points=3)}
### BEGIN HIDDEN TESTS
assert shape_of(np.ones((1, 1))) == (1, 1)
assert relu_backward(np.array([{SECRET}]), np.array([1.0]))[0] == {SECRET}, "wanted {SECRET}"
### END HIDDEN TESTS
"""


@pytest.fixture(scope="module")
def own_tests(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / f"{NAME}.py"
    path.write_text(TEXT + TESTS, encoding="utf-8")
    return read_assignment(path)


@pytest.fixture
def grade(tmp_path, own_tests):
    def run(answers: dict[str, str], **options):
        for student, answer in answers.items():
            notebook = copy_notebook(own_tests.released)
            for cell in notebook.cells:
                cell.source = answer if grade_id(cell) == "relu_backward" else cell.source
            (tmp_path / "in").mkdir(exist_ok=True)
            (tmp_path / "in" / f"{student}.ipynb").write_text(json.dumps(notebook))
        summary = grade_class(tmp_path / "in", own_tests, tmp_path / "out", **options)
        with Gradebook(f"sqlite:///{tmp_path / 'out' / 'gradebook.db'}") as gradebook:
            scores = gradebook.scores(NAME)
        return summary, {s: (cells["test_shape"], cells["test_value"]) for s, cells in scores.items()}

    return run


def test_hidden_tests_are_not_released(own_tests):
    assert SECRET not in json.dumps(own_tests.released)
    assert own_tests.test_ids == {"test_shape": 2.0, "test_value": 3.0}
    assert own_tests.points == 1 + 1 + 2 + 3


@pytest.mark.soak
@pytest.mark.sandbox
def test_an_error_gives_nothing_and_all_else_full_points(grade, tmp_path):
    answers = {
        "right": RIGHT,
        "flat": "def relu_backward(dout, z):\n    return np.zeros(3)",
        "half": "def relu_backward(dout, z):\n    return 0 * dout",
        "missing": "",
        "leaves": "import os\ndef relu_backward(dout, z):\n    os._exit(0)",
        "exits": "def relu_backward(dout, z):\n    raise SystemExit(0)",
        "endless": "def relu_backward(dout, z):\n    while True: pass",
        "borrows": "from course_lib.functions.activations import relu_backward",
        "prints": "def relu_backward(dout, z):\n    print(float('inf'))\n    return {}[0]",
    }
    limits = Limits(call_seconds=1.0, function_seconds=2.0)  # an honest call takes a millisecond
    summary, scores = grade(answers, limits=limits)
    assert scores.pop("right") == (2.0, 3.0)
    assert scores.pop("half") == (2.0, 0.0)
    assert set(scores.values()) == {(0.0, 0.0)}
    assert {row.student: row.score for row in summary.students}["right"] == 6.0
    rows = {row.exercise: row for row in summary.exercises}
    assert rows["test_value"].verdicts["pass"] == 1

    page = (tmp_path / "out" / "feedback" / "half" / NAME / f"{NAME}.html").read_text()
    assert "not tamper-proof" in page
    assert SECRET not in page
    graded = (tmp_path / "out" / "autograded" / "half" / NAME / f"{NAME}.ipynb").read_text()
    assert "not tamper-proof" in graded
    log = {(row["student"], row["cell"]): row for row in read(tmp_path / "out" / FILE)}
    assert log["half", "test_value"]["tamper_proof"] is False
    assert log["half", "check-relu_backward"]["tamper_proof"] is True
    assert grade(answers, limits=limits)[0].graded == 0


VALUED = f"""
{marker(grade_id="valued", grade=True, locked=True, points=2)}
### BEGIN HIDDEN TESTS
import warnings
value = relu_backward(1.0, 1.0)
if value == 5:
    warnings.warn("wanted {SECRET}")
9 if value == 6 else value - {SECRET}
### END HIDDEN TESTS
"""


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("value", "score", "verdict", "instructor", "student"),
    [
        (1.3274, 1.0, "fail", "1 of 2", "partial credit"),
        (2.3274, 2.0, "pass", "", ""),
        (5, 0.0, "error", f"wanted {SECRET}", "wrote to stderr"),
        (6, 0.0, "grader_error", "came to 9, which is more than its 2 points", ""),
    ],
)
def test_what_is_told_of_a_value_and_of_a_warning(tmp_path, value, score, verdict, instructor, student):
    path = tmp_path / f"{NAME}.py"
    path.write_text(TEXT + VALUED, encoding="utf-8")
    assignment = read_assignment(path)
    answer = Cell("relu_backward", f"def relu_backward(dout, z):\n    return {value}")
    report = run_tests(assignment, [answer], Limits())["valued"]
    assert (report.score, report.verdict) == (pytest.approx(score), verdict)
    assert instructor in report.headline
    told = for_student(report)
    assert student in told.headline
    assert SECRET not in render_html(told)
    assert "not tamper-proof" in render_html(told)


@pytest.mark.sandbox
def test_what_a_test_cell_defines_stays_away_from_the_exercises(grade):
    """Else the hidden tests' own names and numbers would be there for the answers to read."""
    peeks = (
        "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0) if 'expected' not in globals() else None"
    )
    summary, scores = grade({"ada": peeks})
    assert summary.students[0].passed >= 1
    assert summary.students[0].score == 1.0
    assert scores["ada"] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("assert activations.relu(1) == 1", "uses activations of the course's library, which is sealed"),
        ("check('sigmoid', sigmoid)", "must be called check-<exercise>"),
        ("assert (", "it is no Python"),
    ],
)
def test_what_cannot_be_tested_so_is_refused_by_name(tmp_path, source, problem):
    path = tmp_path / f"{NAME}.py"
    cell = marker(grade_id="own", grade=True, locked=True, points=1)
    path.write_text(f"{TEXT}\n{cell}\n{source}\n")
    with pytest.raises(ReleaseError, match=rf"\(own\).*{problem}"):
        source_notebook(path)


def test_an_open_or_a_markdown_test_is_refused(tmp_path):
    path = tmp_path / f"{NAME}.py"
    path.write_text(f"{TEXT}\n{marker(grade_id='own', grade=True, locked=False, points=1)}\nassert True\n")
    with pytest.raises(ReleaseError, match="must be locked"):
        source_notebook(path)
    path.write_text(f"{TEXT}\n{marker(' [markdown]', grade_id='own', grade=True, locked=True, points=1)}\n# Hm\n")
    with pytest.raises(ReleaseError, match="must be a code cell"):
        source_notebook(path)
