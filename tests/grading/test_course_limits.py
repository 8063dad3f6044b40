"""Limits are the course's to set, and an exercise's; whoever reaches one is told which, and so is the instructor."""

import json
import re

import pytest
from click.testing import CliRunner
from lessons import exercise, marker
from nbgrader_courses import NAME, booked, hand_in, make_course, nbgrader
from traitlets import TraitError
from traitlets.config import Config

from autograder.cli import main
from autograder.exercise import Exercise
from autograder.grading.classroom.nbgrader_course import CourseError, read_course
from autograder.grading.classroom.options import limits_of
from autograder.grading.isolation.limits import Limits
from autograder.grading.judging.disclosure import LIMIT
from autograder.grading.judging.kept import kept_within
from autograder.grading.submissions.assignment import read_assignment
from autograder.report import CaseResult, Report

TEXT = f"""# %%
import numpy as np
from autograder.check import HIDDEN, check
{exercise("relu_backward", "dout, z", "return np.where(z > 0, dout, 0.0)")}
{exercise("sigmoid", "z", "return np.exp(-np.logaddexp(0.0, -z))")}
{marker(grade_id="answer", solution=True)}
### BEGIN SOLUTION
def answer(x):
    return x
### END SOLUTION

{marker(grade_id="test-answer", grade=True, locked=True, points=2)}
assert answer(1) == 1
"""
OPTIONS = """
c.CourseLimits.wall_factor = 50
c.CourseLimits.call_seconds = 0.5
c.CourseLimits.result_bytes = 20_000
c.CourseLimits.exercises = {"sigmoid": {"call_seconds": 0.3}}
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = "car.*ful"
"""
RIGHT = {
    "relu_backward": "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)",
    "sigmoid": "def sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -z))",
    "answer": "def answer(x):\n    return x",
}
WARNS = "import warnings\ndef answer(x):\n    warnings.warn('{}')\n    return x"
FLOOD = (
    "import warnings, itertools\ncount = itertools.count()\ndef relu_backward(dout, z):\n"
    "    for _ in range(20): warnings.warn(f'{next(count)}' * 400)\n"
    "    raise ValueError('x' * 2000)"
)
STUDENTS = {
    "ada": {},
    "endless": {
        "relu_backward": "def relu_backward(dout, z):\n    while True: pass",
        "sigmoid": "def sigmoid(z):\n    while True: pass",
    },
    "careful": {"answer": WARNS.format("be careful")},
    "careless": {"answer": WARNS.format("never mind")},
    "flood": {"relu_backward": FLOOD},
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with limits of its own, and what `course grade` says of its class."""
    folder = tmp_path_factory.mktemp("limits")
    source = folder / f"{NAME}.py"
    source.write_text(TEXT)
    course = make_course(folder / "deep", source)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(OPTIONS)
    for student, answers in STUDENTS.items():
        hand_in(course, read_assignment(source), student, **RIGHT | answers)
    done = CliRunner().invoke(main, ["grade", "--course", str(course)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return course, " ".join(done.output.split())


def scores(course):
    rows = json.loads((course / f"{NAME}.summary.json").read_text())["students"]
    return {row["student"]: row["score"] for row in rows}


def page(course, student):
    return (course / "feedback" / student / NAME / f"{NAME}.html").read_text()


def remarks(course, student):
    rows = json.loads((course / f"{NAME}.summary.json").read_text())["students"]
    return next(row["remarks"] for row in rows if row["student"] == student)


@pytest.mark.sandbox
def test_the_terminal_and_the_page_name_the_limit_that_was_reached(graded):
    course, _ = graded
    said = [
        "relu_backward: no answer within 0.5 s of processor time (call_seconds)",
        "sigmoid: no answer within 0.3 s of processor time (call_seconds)",
    ]
    assert [text for text in remarks(course, "endless") if "no answer" in text] == said
    for seconds in ("0.5", "0.3"):
        assert f"no answer in time: {seconds} s of processor time (call_seconds)" in page(course, "endless")
    assert scores(course)["endless"] == 2


@pytest.mark.sandbox
def test_the_terminal_shows_the_remarks(graded):
    _, said = graded
    assert "call_seconds" in said


@pytest.mark.sandbox
def test_a_warning_that_the_course_allows_costs_nothing_and_the_page_says_so(graded):
    course, _ = graded
    got = scores(course)
    assert got["careful"] == got["ada"] == got["careless"] + 2
    assert "which the course allows here" in page(course, "careful")
    assert "which the course allows here" not in page(course, "ada")
    assert "it wrote to stderr" in page(course, "careless")


@pytest.mark.sandbox
def test_a_flood_of_text_is_cut_and_the_remark_says_so(graded):
    course, _ = graded
    assert any("(result_bytes)" in text for text in remarks(course, "flood"))
    lines = (course / f"{NAME}.results.jsonl").read_bytes().splitlines()
    assert max(map(len, lines)) < 60_000
    assert scores(course)["flood"] == scores(course)["ada"] - 1


def test_options_of_a_course_become_limits():
    config = Config()
    assert limits_of(config) == Limits()
    config.CourseLimits.call_seconds = 7
    config.CourseLimits.exercises = {"elu": {"function_seconds": 40}}
    limits = limits_of(config)
    assert (limits.call_seconds, limits.function_seconds) == (7, 15)
    assert (limits.of("elu").function_seconds, limits.of("elu").call_seconds) == (40, 7)
    assert limits.stderr_allowed == ""
    config.IgnorePattern.pattern = "x"  # which nbgrader does nothing with until it is enabled
    assert limits_of(config).stderr_allowed == ""


WRONG = {
    "no such option": ("c.CourseLimits.call_second = 3", "is call_seconds meant"),
    "no number": ("c.CourseLimits.call_seconds = 'long'", "call_seconds"),
    "below zero": ("c.CourseLimits.function_seconds = -1", "function_seconds"),
    "no such limit": ("c.CourseLimits.exercises = {'elu': {'seconds': 3}}", "no option seconds"),
    "no dict": ("c.CourseLimits.exercises = {'elu': 3}", "no dict"),
    "zero": ("c.CourseLimits.exercises = {'elu': {'call_seconds': 0}}", "no number above 0"),
    "no pattern": ("c.IgnorePattern.enabled = True; c.IgnorePattern.pattern = '('", "no regular expression"),
}


@pytest.mark.parametrize("line, says", WRONG.values(), ids=WRONG)
def test_an_option_that_cannot_be_is_told(tmp_path, line, says):
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
    with pytest.raises((CourseError, TraitError), match=says):
        read_course(tmp_path)


def test_the_course_has_the_last_word_on_the_limits_of_an_exercise():
    made = Exercise("long", "own", 1, abs, ("?",), limits={"call_seconds": 20.0, "function_seconds": 60.0})
    limits = Limits(exercises={"long": {"call_seconds": 9.0}, "other": {"call_seconds": 1.0}}).with_those_of([made])
    assert (limits.of("long").call_seconds, limits.of("long").function_seconds) == (9, 60)
    assert limits.of("other").call_seconds == 1
    assert limits.of("third") == limits


def test_what_is_kept_is_bounded_whatever_comes():
    case = CaseResult("a case", "fail", "é" * 5000, "f()" * 1000)
    report = Report("f", "fail", 0.0, 1.0, "h" * 3000, (case,) * 50, notes=("n" * 2000,) * 20)
    reports, public, answers, cut = kept_within(10**5, {"f": report}, {"f": report}, {"f": "x" * 10**6, "g": "short"})
    assert len(cut) == 1 and "(result_bytes)" in cut[0].text
    assert len(repr((reports, public, answers)).encode()) < 10**5
    assert answers["g"] == "short" and answers["f"].startswith("xxx")
    assert kept_within(10**7, reports, public, answers) == (reports, public, answers, [])


@pytest.mark.parametrize(
    "said", ["no answer within 5 s (", "12 s of processor time (secret_seconds)", "x (call_seconds)"]
)
def test_nothing_but_our_own_words_is_taken_for_a_limit(said):
    assert not LIMIT.search(said)
    assert re.search(LIMIT, "no answer within 60 s by the clock in all (function_seconds)")


@pytest.mark.sandbox
@pytest.mark.soak
def test_nbgrader_autograde_keeps_the_limits_of_the_course(graded):
    course, _ = graded
    nbgrader(course, "autograde", NAME, "--student", "careful", "--force")
    assert sum(booked(course)["careful"].values()) == scores(course)["careful"]
    nbgrader(course, "autograde", NAME, "--student", "endless", "--force")
    assert "0.3 s of processor time (call_seconds)" in page(course, "endless")
