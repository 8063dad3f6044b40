"""The real `nbgrader autograde` and we score an instructor's own test cells alike: values, warnings, errors."""

import nbformat
import pytest
from lessons import exercise, marker
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, booked, hand_in, nbgrader

from autograder.grading.grade import grade_class
from autograder.grading.judging.testcells import credit, is_shown
from autograder.grading.submissions.assignment import read_assignment
from autograder.release import source_notebook

POINTS = 2
WARN = "import warnings\ndef answer(x):\n    {}\n    return x"
ANSWERS = {
    "plain": "def answer(x):\n    return x",
    "numpy": "def answer(x):\n    return np.float64(x)",
    "warns": WARN.format("warnings.warn('careful')"),
    "divides": "def answer(x):\n    return x + 0 * (np.ones(1) / 0 > 0).sum()",
    "ignores": "import warnings\nwarnings.simplefilter('ignore')\n" + WARN.format("warnings.warn('careful')"),
    "deprecated": WARN.format("warnings.warn('old', DeprecationWarning)"),
    "deprecated_above": WARN.format("warnings.warn('old', DeprecationWarning, stacklevel=2)"),
    "pending": WARN.format("warnings.warn('soon', PendingDeprecationWarning)"),
    "prints": "def answer(x):\n    print('0.5')\n    return x",
    "raises": "def answer(x):\n    raise ValueError(x)",
    "missing": "",
    "logs": "import logging\nlog = logging.getLogger('own')\nlog.addHandler(logging.StreamHandler())\n"
    "def answer(x):\n    log.warning('x is %s', x)\n    return x",
    "logs_to_root": "import logging\ndef answer(x):\n    logging.info('no')\n    logging.error('yes')\n    return x",
    "greedy": "def answer(x):\n    return 5 if x == 0.25 else x",
}
REPR = "class Shown:\n    def __repr__(self):\n        return {}\nShown()"
TESTS = (
    "assert answer(1) == 1",
    "answer(0.5)",
    "answer(0.5)",  # the same line warns again
    "answer(1) == 1",
    "1.5 if answer(1) == 1 else 0.5",
    "total = 0\nfor x in (1, 2):\n    total += 0.5 * (answer(x) == x)\ntotal",
    "np.float64(1)",
    "np.array(1.0)",
    "float('nan')",
    "-1.0",
    "0",
    "0.0",
    "2",
    "True",
    "'0.5'",
    "'some text'",
    "[0.5]",
    "(0.5,)",
    "None",
    "print(0.5)",
    "print('some text')\n1.0",
    "0.5;",
    "0.5 ; # no value",
    "0.5  # a value",
    "0.5\n1.5",
    "score = 0.5",
    "if True:\n    0.5",
    "display(0.5)",
    "def unused():\n    return 0.5",
    REPR.format("'0.25'"),
    REPR.format("1 / 0"),
    "import sys\nprint('x', file=sys.stderr)\n1.0",
    "import sys\nsys.stderr.write('')\n1.0",
    "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    answer(1.0)\n1.0",
    "answer(0.25)",
    "# nothing",
)
TEXT = f"""# %%
import numpy as np
from autograder.check import HIDDEN, check
{exercise("relu_backward", "dout, z", "return np.where(z > 0, dout, 0.0)")}
{marker(grade_id="answer", solution=True)}
### BEGIN SOLUTION
def answer(x):
    return x
### END SOLUTION
"""


def lesson(path, tests, setup=""):
    cells = [
        f"{marker(grade_id=f't{i:02}', grade=True, locked=True, points=POINTS)}\n{test}\n"
        for i, test in enumerate(tests)
    ]
    path.write_text("\n".join([f"# %%\n{setup}\n" if setup else "", TEXT, *cells]), encoding="utf-8")
    return path


def make(folder, tests, answers, setup=""):
    """A course without our plug-in, so that its `nbgrader autograde` is nbgrader's own."""
    folder.mkdir()
    text = lesson(folder / f"{NAME}.py", tests, setup)
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\n")
    source = folder / "source" / NAME / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(source_notebook(text), source)
    assignment = read_assignment(text)
    for student, answer in answers.items():
        hand_in(folder, assignment, student, answer=answer)
    return assignment


@pytest.mark.sandbox
@pytest.mark.soak
def test_nbgrader_itself_gives_the_same_scores(tmp_path):
    course = tmp_path / "stock"
    assignment = make(course, TESTS, ANSWERS)
    grade_class(course / "submitted", assignment, course)
    ours = booked(course)
    too_much = f"t{TESTS.index('answer(0.25)'):02}"
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        grade = stock.find_grade(too_much, NAME, NAME, "greedy")
        assert (grade.auto_score, grade.needs_manual_grade) == (None, True)

    said = nbgrader(course, "autograde", NAME, "--force", fails=True)
    assert "partial credit cannot be greater than maximum points" in said
    assert not (course / "autograded" / "greedy" / NAME / f"{NAME}.ipynb").exists()
    theirs = booked(course)
    del ours["greedy"], theirs["greedy"]
    for student in ours:
        table = {
            TESTS[int(cell[1:])]: (ours[student][cell], theirs[student][cell])
            for cell in ours[student]
            if cell[0] == "t"
        }
        assert {test: pair for test, pair in table.items() if pair[0] != pair[1]} == {}, student
    assert ours == theirs
    # the comparison means something: every kind of score is there
    scores = {score for cells in ours.values() for score in cells.values()}
    assert {0.0, 0.25, 0.5, 1.0, 1.5, 2.0} <= scores
    assert ours["warns"]["t00"] == 0.0


@pytest.mark.sandbox
@pytest.mark.soak
def test_what_the_lesson_says_of_warnings_holds_in_its_test_cells(tmp_path):
    setup = (
        "import warnings\nimport numpy as np\nwarnings.simplefilter('ignore', UserWarning)\nnp.seterr(divide='ignore')"
    )
    answers = {name: ANSWERS[name] for name in ("warns", "divides", "deprecated", "plain")}
    course = tmp_path / "stock"
    assignment = make(course, ("assert answer(1) == 1",), answers, setup)
    grade_class(course / "submitted", assignment, course)
    ours = booked(course)
    nbgrader(course, "autograde", NAME, "--force")
    assert ours == booked(course)
    assert [ours[name]["t00"] for name in answers] == [2.0, 2.0, 0.0, 2.0]


@pytest.mark.parametrize(("value", "score"), [("0.25", 0.25), ("nan", 2.0), ("-0.5", 2.0), ("x", 2.0), ("7", 7.0)])
def test_the_credit_of_a_value(value, score):
    assert credit(value, 2.0) == score


@pytest.mark.parametrize(
    ("source", "shown"), [("1;", False), ("1", True), ("1; # x\n\n", False), ("';'", True), ("", False)]
)
def test_a_semicolon_hides_the_value(source, shown):
    assert is_shown(source) == shown
