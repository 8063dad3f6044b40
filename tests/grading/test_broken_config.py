"""With a broken nbgrader_config.py the real nbgrader grades nothing, and no code of a student's runs."""

import json

import pytest
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader_courses import NAME, RIGHT, hand_in, make_course, nbgrader

from autograder.grading.classroom.nbgrader_course import CONFIG, CourseError, read_course
from autograder.grading.classroom.new_class import GUARD

pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

SCRIPT = "<script>alert(2)</script>"
BREAK = {
    "it is no Python": lambda text: text + "if True\n",
    "it fails": lambda text: text + "1 / 0\n",
    "it hardens nothing": lambda text: text.replace("harden(c)", ""),
}


@pytest.fixture
def course(tmp_path, source_path, assignment):
    course = make_course(tmp_path / "dl", source_path)
    canary = tmp_path / "was_here"
    tell = f"try:\n    open({str(canary)!r}, 'w').write('out')\nexcept OSError:\n    pass\n"
    hand_in(course, assignment, "hostile", relu_backward=tell + RIGHT, why=SCRIPT)
    return course


def spoil(course, how):
    config = course / CONFIG
    config.write_text(BREAK[how](config.read_text()))


@pytest.mark.parametrize("how", BREAK)
def test_nothing_is_graded(course, how):
    spoil(course, how)
    said = nbgrader(course, "autograde", NAME, fails=True)
    assert "Nothing is graded: nbgrader_config.py" in said
    assert not (course.parent / "was_here").exists()
    assert not (course / "autograded").exists()


def test_formgraders_button_grades_nothing_either(course, monkeypatch):
    spoil(course, "it fails")
    monkeypatch.chdir(course)
    app = NbGrader()
    app.initialize([], root=str(course))
    done = NbGraderAPI(app.coursedir, config=app.config).autograde(NAME, "hostile")
    assert not done["success"]
    assert "Nothing is graded: nbgrader_config.py" in done["log"]
    assert not (course.parent / "was_here").exists()


@pytest.mark.soak
def test_pages_stay_harmless(course):
    nbgrader(course, "autograde", NAME)
    spoil(course, "it fails")
    nbgrader(course, "generate_feedback", NAME, "--force")
    page = (course / "feedback" / "hostile" / NAME / f"{NAME}.html").read_text()
    assert "Score: 1.0" in page
    assert SCRIPT not in page
    assert "seed=HIDDEN" not in page


def test_our_own_commands_say_what_is_wrong(course):
    spoil(course, "it fails")
    with pytest.raises(CourseError, match="ZeroDivisionError"):
        read_course(course)


@pytest.mark.soak
def test_the_two_files_agree(course):
    said = nbgrader(course, "autograde", NAME)
    assert "Collisions" not in said
    assert "not recognized" not in said
    assert "hardened" not in json.dumps(json.loads((course / GUARD).read_text()))


@pytest.mark.soak
def test_without_the_second_file_nbgrader_would_run_the_code(course):
    """So the tests above look for what would happen."""
    spoil(course, "it fails")
    (course / GUARD).unlink()
    nbgrader(course, "autograde", NAME)
    assert (course.parent / "was_here").exists()
