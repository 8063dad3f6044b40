"""An instructor's own exercises in grading: found by every process, worth what the assignment says, out of reach."""

import csv
import inspect
import json
import os
import shutil
import textwrap
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
import numpy as np
import pytest
from boxes import LIMITS, boxed, check_honest
from click.testing import CliRunner
from distributed import LocalCluster
from lessons import KEYS
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader_courses import nbgrader_api
from thrift import rest_in_soak

from autograder.catalogue import load, names
from autograder.cli import main
from autograder.files import ROOT
from autograder.grading.classroom.new_class import new_class
from autograder.grading.cluster import dask_cluster
from autograder.grading.demo import solutions_of
from autograder.grading.grade import grade_class
from autograder.grading.isolation import bubblewrap
from autograder.grading.isolation.limits import Limits, SandboxUnavailable
from autograder.grading.isolation.sandbox import Cell
from autograder.grading.judging.fingerprints import common_basis
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.regrade import regrade_class
from autograder.grading.submissions.assignment import grade_id, read_assignment
from autograder.outside import VARIABLE, ExerciseError
from autograder.release import ReleaseError, source_notebook

pytestmark = pytest.mark.sandbox

DOUBLE = '''
import numpy as np
from autograder.exercise import Exercise

def double(x):
    return 2 * x

exercise = Exercise("double", "arithmetic", 2, double, ("What is twice 3?",))

@exercise.case("a number")
def a_number(rng):
    return {"x": rng.uniform(1.0, 1.5)}

@exercise.case("a zero")
def a_zero(rng):
    return {"x": 0.0}

@exercise.case("a number below zero")
def below_zero(rng):
    return {"x": -rng.uniform(1.0, 1.5)}

@exercise.misconception
def squares(x):
    """This is the square."""
    return x**2

@exercise.equivalent
def adds(x):
    return x + x
'''
RIGHT = "def double(x):\n    return x + x"
SQUARE = "def double(x):\n    return x * x"
CHECK = 'check("double")\n### BEGIN HIDDEN TESTS\ncheck("double", seed=HIDDEN)\n### END HIDDEN TESTS'
UNIT = "01_vanishing_gradients"
POINTS = 10  # of the check, where the exercise has 2


def cell(source, **nbgrader):
    return new_code_cell(source, metadata={"nbgrader": {**KEYS, **nbgrader}})


@pytest.fixture
def course(as_handed_in, tmp_path) -> Path:
    return shutil.copytree(as_handed_in, tmp_path / "deep")


@pytest.fixture(scope="module")
def as_handed_in(tmp_path_factory) -> Path:
    """A course folder with an assignment on an exercise of its own, handed in by two students."""
    folder = tmp_path_factory.mktemp("made") / "deep"
    new_class(folder, (UNIT,))
    source = folder / "source" / "ps1"
    (source / "exercises").mkdir(parents=True)
    (source / "exercises" / "double.py").write_text(DOUBLE)
    answer = "def double(x):\n    ### BEGIN SOLUTION\n    y = x + x\n    ### END SOLUTION\n    return y"
    cells = [
        cell("import numpy as np\nfrom autograder.check import HIDDEN, check", grade_id="setup", locked=True),
        cell(answer, grade_id="double", solution=True),
        cell(CHECK, grade_id="check-double", grade=True, locked=True, points=POINTS),
    ]
    nbformat.write(new_notebook(cells=cells), source / "ps1.ipynb")
    hand_in(folder, "ada", RIGHT)
    hand_in(folder, "bob", SQUARE)
    return folder


def lesson(course):
    return read_assignment(course / "source" / "ps1" / "ps1.ipynb", course)


def own_file(course):
    return course / "source" / "ps1" / "exercises" / "double.py"


def hand_in(course, student, answer):
    notebook = nbformat.from_dict(lesson(course).released)
    notebook.cells[1].source = answer
    path = course / "submitted" / student / "ps1" / "ps1.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


def grade(course, **options):
    summary = grade_class(course / "submitted", lesson(course), course, **options)
    return {row.student: row.score for row in summary.students}


def run(*arguments):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_answer_is_worth_what_the_assignment_says(course):
    third = round(POINTS / 3, 2)  # a misconception is given what it earns on the published cases
    assert grade(course) == {"ada": POINTS, "bob": third}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert gradebook.scores("ps1") == {"ada": {"check-double": POINTS}, "bob": {"check-double": third}}
        notebook = gradebook.database.find_notebook("ps1", "ps1")
        assert notebook.max_score == POINTS
    page = (course / "feedback" / "bob" / "ps1" / "ps1.html").read_text()
    assert f"{third:g} of {POINTS}" in page and "This is the square." in page
    options = "--course", str(course), "--assignment", "ps1", "--json"
    statistics = json.loads(run("stats", *options))
    assert (statistics["points"], statistics["scores"]) == (POINTS, [third, POINTS])
    assert statistics["exercises"][0]["difficulty"] == pytest.approx((1 + third / POINTS) / 2)
    run("export", "csv", *options[:-1], "--to", str(course / "scores.csv"))
    assert json.loads(run("similar", *options))
    with (course / "scores.csv").open() as file:
        scores = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    assert scores == {"ada": (POINTS, POINTS), "bob": (third, POINTS)}


def test_other_points_are_a_reason_to_judge_again(course):
    grade(course)
    path = course / "source" / "ps1" / "ps1.ipynb"
    path.write_text(path.read_text().replace(f'"points": {POINTS}', '"points": 6'))
    report = regrade_class(course / "submitted", lesson(course), course)
    moves = {move.student: (move.before.score, move.after.score, move.why) for move in report.moves}
    why = "the exercise double is worth other points"
    assert moves == {"ada": (10, 6, why), "bob": (3.33, 2, why)}
    assert regrade_class(course / "submitted", lesson(course), course).judged == 0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert gradebook.database.find_notebook("ps1", "ps1").max_score == 6


def test_a_changed_file_is_noticed_in_the_same_process_and_by_the_command(course):
    grade(course)
    before = common_basis(lesson(course), Limits(), "")
    text = DOUBLE.replace("@exercise.misconception", "@exercise.variant")
    own_file(course).write_text(text)
    after = common_basis(lesson(course), Limits(), "")
    assert {key for key in before if before[key] != after[key]} == {"check-double"}
    options = "--course", str(course), "--assignment", "ps1", "--json"
    report = json.loads(run("regrade", *options))
    (move,) = report["moves"]
    assert (move["student"], move["after"]["score"]) == ("bob", POINTS)
    assert move["why"] == "the exercise double changed, or what it imports"
    assert "square" in move["after"]["sentence"]


@pytest.mark.soak
def test_processes_that_share_nothing_but_the_files_find_them(course, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert grade(course, executor=pool) == {"ada": POINTS, "bob": 3.33}


@pytest.mark.soak
@pytest.mark.serial
def test_a_cluster_finds_them_where_the_folder_is_in_the_same_place(course):
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with (
        LocalCluster(**options) as local,
        dask_cluster(local.scheduler_address, lesson(course), Limits()) as executor,
    ):
        assert grade(course, executor=executor) == {"ada": POINTS, "bob": 3.33}


@pytest.mark.parametrize("place", ["the course folder", "the environment"])
def test_the_other_places(course, tmp_path, monkeypatch, place):
    folder = {"the course folder": course / "exercises", "the environment": tmp_path / "mine"}[place]
    own_file(course).parent.rename(folder)
    if place == "the environment":
        monkeypatch.setenv(VARIABLE, str(folder))
    run("grade", "--course", str(course), "--assignment", "ps1")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert gradebook.scores("ps1")["ada"] == {"check-double": POINTS}


def test_nbgrader_grades_with_them(course):
    with nbgrader_api(course).gradebook as gradebook:
        gradebook.add_student("ada")
    assert nbgrader_api(course).generate_assignment("ps1")["success"]
    assert (course / "release" / "ps1" / "exercises" / "double.py").is_file()
    done = nbgrader_api(course).autograde("ps1", "ada")
    assert done["success"], done["log"]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert gradebook.scores("ps1")["ada"] == {"check-double": POINTS}


def test_an_exercise_is_never_taken_from_a_submission(course, monkeypatch):
    lenient = DOUBLE.replace("@exercise.misconception", "@exercise.variant")
    folder = hand_in(course, "eve", SQUARE).parent
    for place in (folder, folder.parent, course / "submitted"):
        (place / "exercises").mkdir()
        (place / "exercises" / "double.py").write_text(lenient)
    monkeypatch.chdir(folder)
    assert grade(course) == {"ada": POINTS, "bob": 3.33, "eve": 3.33}
    own_file(course).unlink()
    monkeypatch.chdir(course / "submitted")
    with pytest.raises(ReleaseError, match=r"^ps1\.ipynb: no exercise is called 'double'; there are: ") as error:
        grade(course)
    assert str(error.value).endswith(f"(looked in: the course, {own_file(course).parent}, {course / 'exercises'})")


@pytest.mark.soak
def test_nothing_in_the_folder_that_grading_is_started_in_is_run(course, tmp_path, monkeypatch):
    """Not for the cases, the reports, the pages, nor to find out what a wrong answer has done."""
    unit = read_assignment(course / "source" / UNIT / f"{UNIT}.ipynb", course)
    notebook = nbformat.from_dict(unit.released)
    solutions = solutions_of(source_notebook(ROOT / "notebooks" / "text" / f"{UNIT}.py"))
    for one in notebook.cells:
        if one.cell_type == "code" and grade_id(one) in solutions:
            one.source = solutions[grade_id(one)].replace("return ", "return 1.5 * ")
    path = course / "submitted" / "eve" / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)

    monkeypatch.chdir(path.parent)
    Path("exercises").mkdir()
    for name in names(()):
        Path("exercises", f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    summary = grade_class(course / "submitted", unit, course)
    assert summary.students[0].score < summary.points
    assert not (tmp_path / "run").exists()
    with pytest.raises(ExerciseError):
        load("relu_backward")  # as a notebook's check would, in the student's own process
    assert (tmp_path / "run").exists()


def test_a_fault_in_another_file_does_not_stop_the_grading(course):
    (own_file(course).parent / "broken.py").write_text("exercise =")
    assert grade(course)["ada"] == POINTS


def spying(course: Path) -> dict[str, str]:
    """Bodies of functions that would give something of the exercise away, each to be tried as an answer."""
    path, folder = str(own_file(course)), str(own_file(course).parent.parent)
    return {
        "reads the file": f"return open({path!r}).read()",
        "reads it by way of a process": f"""
            import os
            for process in ["self", *filter(str.isdigit, os.listdir("/proc"))]:
                try:
                    return open(f"/proc/{{process}}/root{path}").read()
                except OSError:
                    pass
            raise FileNotFoundError""",
        "lists the folder": f"import os; return os.listdir({os.path.dirname(path)!r})[0]",
        "imports it": f"import sys; sys.path[:0] = [{folder!r}]; from exercises import double; return double.__file__",
        "runs it": f"import runpy; return runpy.run_path({path!r})['__file__']",
        "looks it up in memory": """
            import gc, sys
            names = [name for name in sys.modules if name.startswith("autograder.exercises")]
            kept = [o for o in gc.get_objects() if type(o).__name__ in ("Exercise", "Form", "Case")]
            return [*names, *kept][0]""",
        "asks the environment": f"import os; return os.environ[{VARIABLE!r}]",
        "asks the catalogue": "from autograder.catalogue import load; return load('double').reference(x)",
        "asks outside": "from autograder import outside; return outside.exercise_in(x)",
    }


@pytest.mark.parametrize("level", rest_in_soak(["zygote", "bwrap", "landlock"]))
def test_students_code_sees_nothing_of_it(course, monkeypatch, level):
    monkeypatch.setenv(VARIABLE, str(own_file(course).parent))
    lesson(course).exercises()
    limits = Limits(**{**vars(LIMITS), "levels": (level,)})
    for way, body in spying(course).items():
        code = f"def double(x):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}"
        here = {}
        exec(code, here)
        if "look" not in way and "asks outside" not in way:
            assert here["double"](np.float64(1.0)) is not None, way  # outside of a box it leads somewhere
        with boxed(Cell("double", code), limits=limits) as box:
            assert box.level == level
            outcome = box.run("double", {"x": 1.0})
            check_honest(box)
        assert outcome.status in ("raised", "reference_used"), (way, outcome)


def test_an_answer_that_asks_for_the_reference_earns_nothing(course):
    body = spying(course)["asks the catalogue"]
    hand_in(course, "eve", f"def double(x):\n    {body}")
    summary = grade_class(course / "submitted", lesson(course), course)
    (row,) = [row for row in summary.students if row.student == "eve"]
    assert row.score == 0
    assert "double calls autograder.catalogue.load, the course's own: no points" in row.remarks


def test_a_folder_that_boxes_see_is_refused(course, monkeypatch):
    assert bubblewrap.is_shown(Path(np.__file__))
    assert bubblewrap.is_shown(Path(inspect.getsourcefile(json)))
    assert not bubblewrap.is_shown(own_file(course))
    binds = bubblewrap.box_binds()
    monkeypatch.setattr(bubblewrap, "box_binds", lambda: [*binds, bubblewrap.Bind(str(course.resolve()), "/libraries")])
    with pytest.raises(SandboxUnavailable, match=r"could read the exercise .*double\.py: move it"):
        grade(course)


def test_a_box_sees_the_libraries_of_the_project_but_not_the_project(monkeypatch):
    libraries = Path(np.__file__).resolve().parents[1]
    monkeypatch.setattr(bubblewrap, "ROOT", libraries.parent)  # an environment inside the course's folder
    assert bubblewrap.is_shown(Path(np.__file__))
    monkeypatch.setattr(bubblewrap, "ROOT", Path(np.__file__).resolve().parent)  # the course below what is bound
    assert not bubblewrap.is_shown(Path(np.__file__))
    assert bubblewrap.is_shown(libraries / "numba" / "__init__.py")


def test_a_student_who_was_not_given_the_file_is_told_where_it_was_looked_for(course, tmp_path):
    notebook = nbformat.from_dict(lesson(course).released)
    notebook.cells[1].source = RIGHT
    options = {"resources": {"metadata": {"path": tmp_path}}, "allow_errors": True, "timeout": 120}
    NotebookClient(notebook, **options).execute()
    said = str(notebook.cells[2].outputs)
    assert "no exercise is called" in said and str(tmp_path / "exercises") in said


def test_a_text_beside_the_folder_says_how_long_its_exercise_takes(course):
    text = own_file(course).parents[1] / "doubling.py"
    text.write_text('# %% [markdown]\n# **Exercise.** Double.\n\n# %% exercise="double"\ndef double(x):\n'
                    "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n")  # fmt: skip
    first, *_ = source_notebook(text).cells
    assert first.source.startswith("**Exercise** (5 minutes, difficulty 2 of 3). Double.")
