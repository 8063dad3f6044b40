"""An answer that fails because it calls one that fails gets its marks, and nobody gets others'."""

import json
from dataclasses import replace

import numpy as np
import pytest
from lessons import assignment_with

from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox
from autograder.grading.judging.grade_submission import grade_submission
from autograder.grading.reports.feedback import student_page
from autograder.grading.submissions.submission import Submission

pytestmark = pytest.mark.sandbox

SIGMOID = "def sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -np.asarray(z, dtype=float)))"
WRONG_SIGMOID = "def sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, z))"
SWISH = "def swish(z, beta=1.0):\n    return z * sigmoid(beta * z)"


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return assignment_with(tmp_path_factory.mktemp("text"), sigmoid="z", swish="z, beta")


def graded(assignment, sigmoid, swish, limits=None):
    notebook = assignment.filled({"sigmoid": {"source": sigmoid}, "swish": {"source": swish}})
    return grade_submission(Submission("ann", None, json.dumps(notebook).encode()), assignment, limits)


def scores(result):
    return {report.exercise: (report.score, report.points) for report in result.reports.values()}


@pytest.fixture(scope="module")
def followed(assignment):
    return graded(assignment, WRONG_SIGMOID, SWISH)


def test_an_answer_that_is_right_but_for_the_one_it_calls_gets_its_marks(followed):
    (wrong, of), (score, points) = scores(followed)["sigmoid"], scores(followed)["swish"]
    assert wrong < of and score == points


def test_the_page_and_the_terminal_say_so(followed, assignment):
    (text,) = [remark.text for remark in followed.remarks if remark.kind == "followed_through"]
    assert text.startswith("swish calls sigmoid, which fails: with the lesson's own in its place, it earns ")
    assert text.split(":")[1].strip() in student_page(assignment, followed).replace("&#39;", "'")


def test_a_course_may_do_without(assignment):
    result = graded(assignment, WRONG_SIGMOID, SWISH, replace(Limits(), follow_through=False))
    assert result.reports["check-swish"].verdict == "skipped"
    assert scores(result)["swish"][0] < scores(result)["swish"][1]
    assert not [remark for remark in result.remarks if remark.kind == "followed_through"]


def test_an_answer_with_a_mistake_of_its_own_gets_what_it_earns_by_itself(assignment):
    own = "def swish(z, beta=1.0):\n    return z * sigmoid(z)"  # beta is not used
    result = graded(assignment, WRONG_SIGMOID, own)
    alone = graded(assignment, SIGMOID, own)
    assert scores(result)["swish"] == scores(alone)["swish"]
    report = result.reports["check-swish"]
    assert report.verdict == "skipped"
    assert report.headline.startswith("swish calls sigmoid, which must pass first")


def test_endless_cells_of_the_students_own_end_nothing_else(assignment):
    limits = Limits(call_seconds=0.3, function_seconds=0.6, submission_seconds=4.0)
    result = graded(assignment, f"{WRONG_SIGMOID}\nwhile True: pass", f"{SWISH}\nwhile True: pass", limits)
    assert result.reports and all(score == 0 for score, _ in scores(result).values())


def test_luck_is_no_follow_through(assignment):
    """An answer that only mentions another, and does otherwise in every run."""
    tossed = "import os\n" + SWISH.replace("return", "if os.urandom(1)[0] < 128: return z * 0  # sigmoid\n    return")
    tossed = tossed.replace("sigmoid(beta * z)", "(1 / (1 + np.exp(-beta * z)))")
    for _ in range(3):
        result = graded(assignment, WRONG_SIGMOID, tossed)
        assert not [remark for remark in result.remarks if remark.kind == "followed_through"]


def test_two_answers_that_only_call_each_other_earn_nothing_by_it(assignment):
    # swish stands later, and could follow sigmoid; sigmoid cannot follow swish
    result = graded(
        assignment,
        "def sigmoid(z):\n    return swish(z, 1.0) / z",
        "def swish(z, beta=1.0):\n    return swish(z, beta)",
    )
    assert all(score < points for score, points in scores(result).values())


def test_who_uses_the_library_is_not_helped(assignment):
    borrowed = "from course_lib.functions.activations import sigmoid as right\ndef sigmoid(z):\n    return right(z)"
    result = graded(assignment, borrowed, SWISH)
    assert result.score == 0.0


@pytest.mark.soak
def test_what_students_send_cannot_hurt(assignment):
    """Arguments that take the memory, or the time, of whoever computes with them."""
    sent = "np.ones(2**21), [[]] * 1000, None, 'x' * 10**6, {'a': 1}, swish"
    hostile = f"def swish(z, beta=1.0):\n    for bad in ({sent}):\n        try:\n            sigmoid(bad)\n"
    hostile += "        except Exception:\n            pass\n    return z * sigmoid(beta * z)"
    (score, points) = scores(graded(assignment, WRONG_SIGMOID, hostile))["swish"]
    assert score == points


SECRET = "what only the grader knows"


def test_a_box_holds_nothing_of_what_stands_in():
    class Right:
        names = ("x",)

        def __call__(self, x):
            return len(SECRET) + x

    source = """
import gc, inspect

def f(x):
    return 0

def value(x):
    return f(x), f(x=x)

def peek(x):
    functions = [one for one in gc.get_objects() if inspect.isfunction(one)]
    known = [constant for one in functions for constant in one.__code__.co_consts]
    modules = [one.__module__ for one in functions]
    return " ".join(("only", "the", "grader")) in repr(known) or "test_follow_through" in modules
"""
    with Sandbox(stand_ins={"f": Right()}) as box:
        box.load([Cell("peek", source)])
        assert box.run("value", {"x": 1}).value == (len(SECRET) + 1,) * 2
        assert box.run("peek", {"x": np.zeros(1)}).value is False
