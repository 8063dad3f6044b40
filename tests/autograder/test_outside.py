"""An instructor's own exercises: where they are looked for, what is refused, and that no fault spreads to others."""

import os
import sys
from dataclasses import fields

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.catalogue import UnknownExercise, catalogue, extend, files_of, found, load, names
from autograder.check import check, example, hint
from autograder.cli import main
from autograder.exercise import Exercise
from autograder.outside import VARIABLE, ExerciseError
from autograder.reference_use import reference_used_by
from course_lib.units import ORDER

DOUBLE = '''
import numpy as np
from autograder.domain import Number
from autograder.exercise import Exercise

def double(x):
    return 2 * x

exercise = Exercise("double", "arithmetic", 2, double, ("What is twice 3?",), takes={"x": Number(1.0, 2.0)})

@exercise.case("a number")
def a_number(rng):
    return {"x": rng.uniform(1.0, 2.0)}

@exercise.misconception
def squares(x):
    """This is the square."""
    return x**2

@exercise.equivalent
def adds(x):
    return x + x
'''
MORE = '''
from autograder.catalogue import extend

exercise = extend("relu_backward")

@exercise.misconception
def leaks(dout, z):
    """A hundredth passes where ReLU is flat."""
    return dout * (1.0 * (z > 0) + 0.01 * (z <= 0))
'''


def leaks(dout, z):
    return np.where(z > 0, dout, 0.01 * dout)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder of a notebook, with ``exercises/`` in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exercises").mkdir()
    return tmp_path


def write(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(text)
    return folder / f"{name}.py"


def run(*arguments):
    return CliRunner().invoke(main, arguments)


def test_an_exercise_beside_the_notebook_is_checked(here):
    write(here / "exercises", "double", DOUBLE)
    assert check("double", lambda x: x + x).passed
    report = check("double", lambda x: x * x)
    assert (report.score, report.points) == (0, 2)
    assert "Likely cause: This is the square." in str(report)
    assert "Reproduce: double(" in str(report)
    assert hint("double") == "What is twice 3?"
    assert 1.0 <= example("double", 1)[0] <= 2.0


def test_the_environment_names_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "one", "double", DOUBLE)
    write(tmp_path / "two", "triple", DOUBLE.replace("double", "triple").replace("2 * x", "3 * x"))
    monkeypatch.setenv(VARIABLE, os.pathsep.join([str(tmp_path / "one"), "", str(tmp_path / "two")]))
    assert check("double", lambda x: 2 * x).passed
    assert check("triple", lambda x: 3 * x).passed
    assert names() - names(()) == {"double", "triple"}


def test_without_a_folder_there_are_the_courses_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    assert names() == {exercise.name for exercise in catalogue()}
    assert found() == (catalogue(), [])


def test_a_folder_that_is_deleted_hurts_nobody(here):
    (here / "gone").mkdir()
    os.chdir(here / "gone")
    (here / "gone").rmdir()
    assert check("relu_backward", lambda dout, z: dout * (z > 0)).passed


def test_an_unknown_name_is_told_what_there_is_and_where_it_was_looked_for(here, monkeypatch):
    write(here / "exercises", "double", DOUBLE)
    monkeypatch.setenv(VARIABLE, str(here / "nowhere"))
    with pytest.raises(UnknownExercise) as error:
        check("duoble", lambda x: x)
    said = str(error.value)
    assert said.startswith("no exercise is called 'duoble'; there are: affine_backward, ")
    assert ", double, " in said
    assert said.endswith(f"(looked in: the course, {here / 'nowhere'}, {here / 'exercises'})")
    assert not isinstance(error.value, KeyError)


def test_a_mistake_is_added_to_one_of_the_courses_exercises(here):
    assert check("relu_backward", leaks).diagnosis.kind == "derived"
    before = len(load("relu_backward").misconceptions)
    path = write(here / "exercises", "relu_backward", MORE)
    assert check("relu_backward", leaks).diagnosis.sentence == "A hundredth passes where ReLU is flat."
    assert run("lint", "relu_backward").exit_code == 0
    assert len(load("relu_backward").misconceptions) == before + 1
    assert files_of("relu_backward")[1:] == (path,)
    path.unlink()
    assert len(load("relu_backward").misconceptions) == before
    assert check("relu_backward", leaks).diagnosis.kind == "derived"


def test_a_copy_shares_no_list_with_the_courses_exercise():
    own, copy = load("relu_backward", ()), extend("relu_backward")
    shared = [name for name, value in vars(own).items() if isinstance(value, list) and getattr(copy, name) is value]
    assert shared == []
    for field in fields(Exercise):  # what is computed from them is no field
        assert getattr(copy, field.name) == getattr(own, field.name)


def test_others_come_after_the_course(here):
    write(here / "exercises", "double", DOUBLE)
    write(here / "exercises", "add", DOUBLE.replace("double", "add").replace("arithmetic", "a word"))
    exercises, errors = found()
    assert [exercise.name for exercise in exercises[-2:]] == ["add", "double"]
    assert all(exercise.unit in ORDER for exercise in exercises[:-2])
    assert errors == []
    assert exercises[:-2] == catalogue()  # the course's own, whatever lies about


def test_the_commands_know_them(here):
    write(here / "exercises", "double", DOUBLE)
    assert "double(x)" in run("exercises").output
    only = run("exercises", "--unit", "arithmetic").output
    assert "double(x)" in only and "relu_backward" not in only
    assert "1 of 1 wrong forms rejected in 1 exercises" in run("lint", "double").output
    assert run("exercises", "--unit", "geometry").exit_code == 1
    write(here / "exercises", "double", DOUBLE.replace("x**2", "x + x"))
    failed = run("lint", "double")
    assert failed.exit_code == 1 and "squares survives" in failed.output


def test_two_of_one_name_are_refused_with_both_paths(here, monkeypatch):
    one, two = write(here / "exercises", "double", DOUBLE), write(here / "other", "double", DOUBLE)
    monkeypatch.setenv(VARIABLE, str(here / "other"))
    with pytest.raises(ExerciseError, match="two exercises are called double") as error:
        check("double", lambda x: x)
    assert str(one) in str(error.value) and str(two) in str(error.value)
    assert check("relu_backward", lambda dout, z: dout * (z > 0)).passed


def test_one_folder_that_is_named_twice_is_one(here, monkeypatch):
    write(here / "exercises", "double", DOUBLE)
    monkeypatch.setenv(VARIABLE, os.pathsep.join([str(here / "exercises"), str(here / "." / "exercises" / "")]))
    assert check("double", lambda x: 2 * x).passed


def test_a_file_may_be_a_link_to_one_of_another_name(here):
    (here / "exercises" / "double.py").symlink_to(write(here / "store", "double_v2", DOUBLE))
    assert check("double", lambda x: 2 * x).passed


def test_a_name_of_the_courses_is_refused_with_both_paths(here):
    path = write(here / "exercises", "relu_backward", DOUBLE.replace('"double"', '"relu_backward"'))
    with pytest.raises(ExerciseError, match="two exercises are called relu_backward") as error:
        check("relu_backward", leaks)
    assert str(path) in str(error.value)
    assert os.path.join("exercises", "vanishing_gradients", "relu_backward.py") in str(error.value)
    assert "extend('relu_backward')" in str(error.value)


FAULTS = {
    "a syntax error": (DOUBLE.replace("return 2 * x", "return 2 *"), ", line 7: SyntaxError: "),
    "a name that is missing": (DOUBLE.replace("import numpy as np", "import numpi as np"), ", line 2: ModuleNotFound"),
    "an exception": (DOUBLE + "\nlower = 1 / 0\n", ", line 24: ZeroDivisionError: "),
    "an exception in a function": (DOUBLE + "\ndouble(*range(2))\ndouble(1)\n", ", line 24: TypeError: "),
    "an exit": ("import sys\nsys.exit('no')\n", ", line 2: SystemExit: no"),
    "null bytes": ("exercise = '\0'", ": "),
    "no exercise": ("import numpy as np\n", " has no `exercise = Exercise(...)`"),
    "something else": ("exercise = 3\n", " has no `exercise = Exercise(...)`"),
    "another name": (DOUBLE.replace('"double"', '"duoble"'), " has an exercise called duoble"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_the_file_and_the_line_and_stays_there(here, fault):
    text, said = FAULTS[fault]
    path = write(here / "exercises", "double", text)
    write(here / "exercises", "triple", DOUBLE.replace("double", "triple"))
    with pytest.raises(ExerciseError) as error:
        check("double", lambda x: x)
    assert f"{path}{said}" in str(error.value)
    assert check("triple", lambda x: 2 * x).passed
    listed = run("exercises")
    assert listed.exit_code == 1
    assert "triple(x)" in listed.output and str(error.value) in listed.output
    assert run("lint", "double").exit_code == 2
    assert run("lint", "triple").exit_code == 0


def test_a_check_goes_on_when_the_file_of_a_helper_fails(here):
    write(here / "exercises", "double", "exercise =")
    notebook = {"check": check}
    code = (
        "def double(x): return 0 * x\ndef relu_backward(dout, z): return double(dout)\nreport = check('relu_backward')"
    )
    exec(code, notebook)
    assert notebook["report"].verdict == "fail"


def test_a_changed_file_is_loaded_anew_even_within_a_second(here):
    path = write(here / "exercises", "double", DOUBLE)
    assert not check("double", lambda x: 3 * x).passed
    assert load("double") is load("double")
    path.write_text(DOUBLE.replace("2 * x", "3 * x"))
    assert check("double", lambda x: 3 * x).passed
    assert [file.name for file in path.parent.iterdir()] == ["double.py"]  # no compiled file is left there


def test_helpers_are_no_exercises(here):
    write(here / "exercises", "_drawing", "1 / 0")
    (here / "exercises" / "folder.py").mkdir()
    (here / "exercises" / "notes.txt").touch()
    assert names() == names(())


WAYS = {
    "the exercise": "from autograder.catalogue import load\nexercise = load('double')\nf = exercise.reference",
    "through the catalogue": "from autograder.catalogue import load\ndef f(x):\n    return load('double').reference(x)",
    "from the folder": "from exercises.double import double\ndef f(x):\n    return double(x)",
    "from the folder as a module": "import exercises.double as own\ndef f(x):\n    return own.double(x)",
    "a wrong form": "from exercises.double import squares\ndef f(x):\n    return squares(x)",
}


@pytest.mark.parametrize("way", WAYS)
def test_use_of_what_is_in_the_file_is_use_of_the_reference(here, monkeypatch, way):
    write(here / "exercises", "double", DOUBLE)
    monkeypatch.syspath_prepend(str(here))
    notebook = {}
    exec(WAYS[way], notebook)
    for module in [name for name in sys.modules if name.partition(".")[0] == "exercises"]:
        monkeypatch.delitem(sys.modules, module)
    report = check("double", notebook["f"])
    assert (report.verdict, report.score) == ("error", 0)
    assert "of the course's library" in report.headline
    assert reference_used_by(lambda x: 2 * x) == ""


def test_an_error_in_the_exercises_own_code_is_shown_without_its_lines(here):
    text = (
        DOUBLE.replace(', takes={"x": Number(1.0, 2.0)}', "")
        .replace("    return 2 * x", "    return 2 * x(1.0)")
        .replace("rng.uniform(1.0, 2.0)", "secret")
    )
    write(
        here / "exercises",
        "double",
        text + "\ndef secret(y):\n    if y != 1.0: raise ValueError('other')\n    return y\n",
    )
    report = check("double", lambda x: x(2.0))
    assert "ValueError: other" in str(report) and "raise" not in str(report)
