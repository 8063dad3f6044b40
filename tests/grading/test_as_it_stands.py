"""What stock nbgrader gives its marks because it runs the whole notebook, gets them here too."""

import copy
import json
import textwrap
from dataclasses import replace

import nbformat
import pytest
from lessons import assignment_with

from autograder.grading.isolation.limits import Limits
from autograder.grading.judging.grade_submission import grade_submission
from autograder.grading.submissions.assignment import grade_id
from autograder.grading.submissions.submission import Submission

pytestmark = pytest.mark.sandbox

RELU = "def relu_backward(dout, z):\n    return dout * (z > 0)\n"
SIGMOID = "def sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -np.asarray(z, dtype=float)))\n"
STEP = "def relu_backward(dout, z):\n    return dout * (z > zero)\n"


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return assignment_with(tmp_path_factory.mktemp("text"), relu_backward="dout, z", sigmoid="z")


def submission_with(assignment, sources):
    """The submission with these sources: of answers by name, of added cells by any other; None takes a cell out."""
    notebook = copy.deepcopy(assignment.released)
    cells = []
    for cell in notebook.cells:
        name = grade_id(cell)
        source = sources.get(name, cell.source)
        if source is not None:
            cells.append(cell | {"source": source})
    added = [nbformat.v4.new_code_cell(source) for name, source in sources.items() if name.startswith("added")]
    notebook.cells = [cells[0], *added, *cells[1:]]
    return Submission("ann", None, json.dumps(notebook).encode())


def graded(assignment, sources, limits=None):
    return grade_submission(submission_with(assignment, sources), assignment, limits)


def passed(result):
    return [report.exercise for report in result.reports.values() if report.passed]


BOTH = ["relu_backward", "sigmoid"]
ELSEWHERE = {"relu_backward": None, "sigmoid": None}
STEP_ALONE = {"relu_backward": STEP, "sigmoid": SIGMOID}
NOTEBOOKS = {
    "two answers in one cell": {"relu_backward": RELU + SIGMOID, "sigmoid": None},
    "one in the cell of the other": {"relu_backward": RELU + SIGMOID},
    "all in a cell of one's own": ELSEWHERE | {"added": RELU + SIGMOID},
    "in an if": ELSEWHERE | {"added": "if True:\n" + textwrap.indent(RELU + SIGMOID, "    ")},
    "a tuple": ELSEWHERE | {"added": f"{RELU}{SIGMOID}relu_backward, sigmoid = relu_backward, sigmoid"},
    "a global": STEP_ALONE | {"added": "def setup():\n    global zero\n    zero = 0\nsetup()"},
    "exec": STEP_ALONE | {"added": "exec('zero = 0')"},
    "a file that is written": {
        "relu_backward": STEP.replace("zero", "int(open('zero.txt').read())"),
        "sigmoid": SIGMOID,
        "added": "with open('zero.txt', 'w') as f:\n    f.write('0')",
    },
    "a list that a comprehension fills": {
        "relu_backward": STEP.replace("zero", "zero[0]"),
        "sigmoid": SIGMOID,
        "added": "zero = []\n[zero.append(0) for _ in range(1)]",
    },
    "%time": STEP_ALONE | {"added": "%time zero = np.sin(0)"},
    "a shell line that goes on": STEP_ALONE | {"added": "!pip install \\\n   numpy \\\n   scipy\nzero = 0"},
    "IPython's shell": {
        "relu_backward": "from IPython import get_ipython\nget_ipython().run_line_magic('matplotlib', 'inline')\n"
        f"%cd /tmp\n{RELU}",
        "sigmoid": SIGMOID,
    },
    "from the future": {
        "relu_backward": "from __future__ import annotations\n" + RELU.replace("z)", "z: Unknown)", 1),
        "sigmoid": SIGMOID,
    },
    "%%writefile": {
        "relu_backward": f"import numpy as np\nfrom helpers_of_mine import zero\n{STEP}",
        "sigmoid": SIGMOID,
        "added": "%%writefile helpers_of_mine.py\nzero = 0",
    },
    "%run, %cd, %pwd, %env": {
        "relu_backward": f"%env ZERO=0\nimport os\n%cd /tmp\nhere = %pwd\n%run worker.py\n{STEP}",
        "sigmoid": SIGMOID,
        "added": "%%file worker.py\nimport os\nzero = int(os.environ['ZERO'])",
    },
    "%run of all": ELSEWHERE
    | {"added 1": f"%%writefile mine.py\nimport numpy as np\n{RELU}", "added 2": f"{SIGMOID}\n%run -i mine.py"},
    "__main__": STEP_ALONE
    | {
        "added": "import pickle, timeit\nclass Zero:\n    value = 0\nzero = pickle.loads(pickle.dumps(Zero())).value\n"
        "timeit.timeit('Zero()', 'from __main__ import Zero', number=1)\n[zero][0]"
    },
    "% in an expression": {
        "relu_backward": "!ls | grep \"it's\nzero = (17\n    % 17)\ntext = '''\n!ls\n'''\nif True:\n    %who\nnp.sin?\n"
        + STEP,
        "sigmoid": SIGMOID,
    },
    "other magics": {
        "relu_backward": f"%%capture\n%load_ext autoreload\n%autoreload 2\n%matplotlib inline\n{RELU}",
        "sigmoid": SIGMOID,
    },
    "await": STEP_ALONE
    | {"added": "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 0\nzero = await f()"},
    "processes": {
        "relu_backward": "import multiprocessing, subprocess\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "out = subprocess.run(['ls'], capture_output=True)\nprint(out.stdout)\n"
        f"with ProcessPoolExecutor(2) as pool:\n    print(list(pool.map(abs, [1])))\n{RELU}",
        "sigmoid": SIGMOID,
    },
    "who and where": {
        "relu_backward": "import getpass, os, platform, socket\nfrom pathlib import Path\nhelp(abs)\n"
        "print(getpass.getuser(), os.getlogin(), os.environ['USER'], Path.home(), socket.gethostname())\n"
        f"files = !ls\nprint(len(files), platform.platform())\n{RELU}",
        "sigmoid": SIGMOID,
    },
    "pasted from Python": {"relu_backward": ">>> " + RELU.replace("\n    ", "\n...     "), "sigmoid": SIGMOID},
    "pasted from IPython": {"relu_backward": "In [1]: " + RELU.replace("\n    ", "\n   ...:     "), "sigmoid": SIGMOID},
    "indented": {"relu_backward": textwrap.indent(RELU, "    "), "sigmoid": SIGMOID},
}


@pytest.mark.parametrize("sources", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_all_that_is_right_when_run_from_top_to_bottom_is_right(assignment, sources):
    result = graded(assignment, sources)
    assert passed(result) == BOTH, [(report.verdict, report.headline) for report in result.reports.values()]
    assert not result.blank


def test_a_stub_below_the_answer_is_named(assignment):
    stub = "def relu_backward(dout, z):\n    # mine\n    raise NotImplementedError()"
    report = graded(assignment, {"relu_backward": f"{RELU}\n{stub}", "sigmoid": SIGMOID}).reports["check-relu_backward"]
    assert report.headline.startswith("relu_backward is defined 2 times in its cells, and the last definition, which")


def test_it_is_said(assignment):
    result = graded(assignment, NOTEBOOKS["exec"])
    (text,) = [remark.text for remark in result.remarks if remark.kind == "as_it_stands"]
    assert text.startswith("relu_backward counts as it does when all cells are run from top to bottom")


def test_it_is_said_as_long_as_the_verdict_is_kept(assignment):
    submission = submission_with(assignment, NOTEBOOKS["exec"])
    first = grade_submission(submission, assignment)
    kept = grade_submission(submission, assignment, known=first, keep=tuple(first.reports))
    assert passed(kept) == BOTH
    assert [remark for remark in kept.remarks if remark.kind == "as_it_stands"]


def test_what_is_wrong_all_the_same_stays_wrong(assignment):
    wrong = RELU.replace("z > 0", "z >= 1")
    result = graded(assignment, {"relu_backward": wrong, "sigmoid": SIGMOID, "added": "trial = 1 / 3"})
    alone = graded(assignment, {"relu_backward": wrong, "sigmoid": SIGMOID})
    assert passed(result) == ["sigmoid"]
    assert [r.score for r in result.reports.values()] == [r.score for r in alone.reports.values()]
    assert not [remark for remark in result.remarks if remark.kind == "as_it_stands"]


def test_cells_that_never_end_cost_only_what_is_in_them(assignment):
    limits = replace(Limits(), call_seconds=0.5, function_seconds=1.5)
    sources = {
        "relu_backward": STEP,
        "sigmoid": SIGMOID,
        "added 1": "exec('zero = 0')\nwhile True: pass",
        "added 2": "1 / 0",
    }
    assert "sigmoid" in passed(graded(assignment, sources, limits))


def test_the_library_is_borrowed_in_no_way(assignment):
    added = "exec('from course_lib.functions.activations import relu_backward as zero_')\nrelu_backward = zero_"
    result = graded(assignment, {"relu_backward": None, "sigmoid": SIGMOID, "added": added})
    assert passed(result) == ["sigmoid"]
