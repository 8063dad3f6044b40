"""Late submissions cost what nbgrader's own plug-in says, to the cent and to the second; so do extensions."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook as Stock
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader_courses import NAME, RIGHT, SIGMOID, WRONG, hand_in, make_course, nbgrader_api
from thrift import rest_in_soak

from autograder.grading.classroom.nbgrader_course import CourseError, grading_settings, read_course
from autograder.grading.grade import grade_class
from autograder.grading.records.gradebook import Entry, Gradebook, GradebookError
from autograder.grading.submissions.assignment import Assignment

DUE = datetime(2026, 3, 1, 12, 0)
CHECKS = ("check-relu_backward", "check-sigmoid")
# one of an instructor's own: a tenth of a point an hour, and nonsense at the ends, which nbgrader bounds
OWN = """
from nbgrader.plugins import LateSubmissionPlugin

class Hourly(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        if student_id == "generous":
            return -5
        if student_id == "harsh":
            return 1000
        return total_seconds_late / 3600 * 0.1

class Broken(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 0
"""
METHODS = {
    "none": "",
    "zero": 'c.LateSubmissionPlugin.penalty_method = "zero"',
    "custom": 'c.AssignLatePenalties.plugin_class = "own_late.Hourly"',
}
# hours after the due date, and hours of extension
STUDENTS = {
    "early": (-1, None),
    "exactly": (0, None),
    "late": (2, None),
    "a_second": (1 / 3600, None),
    "extended": (2, 3),
    "extended_too_little": (5, 3),
    "no_timestamp": (None, None),
    "generous": (1, None),
    "harsh": (1, None),
}


def configure(course, line):
    """Append to a course's settings."""
    (course / "own_late.py").write_text(OWN)
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"\n{line}\n")


def fill(url: str, assignment: Assignment, late=None):
    """Record the students, with manual scores and extra credit for some, after the due date has been set."""
    with Gradebook(url, late) as gradebook:
        gradebook.add_assignment(assignment)
        with Stock(url) as stock:
            stock.update_or_create_assignment(NAME, duedate=DUE)
            for student, (_, extension) in STUDENTS.items():
                stock.update_or_create_student(student)
                stock.add_submission(NAME, student)
                if extension:
                    stock.grant_extension(NAME, student, hours=extension)
                if student in ("late", "harsh"):
                    grade = stock.find_grade("why", NAME, NAME, student)
                    grade.manual_score, grade.extra_credit = 2.0, 0.25
                    stock.db.commit()
        for student, (hours, _) in STUDENTS.items():
            time = None if hours is None else (DUE + timedelta(hours=hours)).replace(tzinfo=UTC)
            gradebook.record(NAME, Entry(student, time, {CHECKS[0]: 1.0, CHECKS[1]: 0.4}))


def penalties(url: str) -> dict[str, float | None]:
    with Stock(url) as stock:
        return {
            submission.student_id: submission.notebooks[0].late_submission_penalty
            for submission in stock.find_assignment(NAME).submissions
        }


def nbgraders_own(url: str, course) -> dict[str, float | None]:
    """The penalties after nbgrader's preprocessor has run for every student, with the course's settings."""
    config = nbgrader_api(course).config
    for student in STUDENTS:
        names = {"notebook": NAME, "assignment": NAME, "student": student, "db_url": url}
        AssignLatePenalties(config=config).preprocess(new_notebook(), {"nbgrader": names})
    return penalties(url)


@pytest.fixture
def course(tmp_path, source_path):
    return make_course(tmp_path / "dl", source_path)


@pytest.mark.parametrize("method", rest_in_soak(METHODS))
def test_penalties_are_nbgraders(method, course, tmp_path, assignment, monkeypatch):
    configure(course, METHODS[method])
    monkeypatch.syspath_prepend(course)  # nbgrader is started in that folder
    ours, theirs = f"sqlite:///{tmp_path / 'ours.db'}", f"sqlite:///{tmp_path / 'theirs.db'}"
    fill(theirs, assignment)
    expected = nbgraders_own(theirs, course)
    fill(ours, assignment, read_course(course).late)
    assert penalties(ours) == expected
    late = {"late", "a_second", "extended_too_little", "generous", "harsh"}
    if method == "none":
        assert set(expected.values()) == {None}
    elif method == "zero":
        assert {student for student, penalty in expected.items() if penalty} == late
        assert expected["late"] == pytest.approx(1.4 + 2.25)  # the manual score and extra credit with it
    else:
        assert expected["late"] == pytest.approx(0.2)
        assert expected["extended_too_little"] == pytest.approx(0.2)
        assert (expected["generous"], expected["harsh"]) == (0.0, pytest.approx(1.4 + 2.25))


def test_penalties_follow_extensions_and_manual_scores_given_later(course, tmp_path, assignment):
    configure(course, METHODS["zero"])
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    fill(url, assignment, read_course(course).late)
    with Stock(url) as stock:
        stock.grant_extension(NAME, "late", days=1)
        stock.find_grade("why", NAME, NAME, "a_second").manual_score = 3.0
        stock.db.commit()
    with Gradebook(url, read_course(course).late) as gradebook:
        gradebook.update_penalties(NAME)
    assert penalties(url) == nbgraders_own(url, course)
    assert penalties(url)["late"] is None
    assert penalties(url)["a_second"] == pytest.approx(1.4 + 3.0)


def test_without_a_policy_penalties_stay(course, tmp_path, assignment):
    configure(course, METHODS["zero"])
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    fill(url, assignment, read_course(course).late)
    before = penalties(url)
    with Gradebook(url) as gradebook:
        gradebook.record(NAME, Entry("late", scores={CHECKS[0]: 0.5}))
        gradebook.update_penalties(NAME)
    assert penalties(url) == before


@pytest.mark.sandbox
def test_course_grade_takes_the_policy_and_the_source_of_the_folder(course, assignment):
    configure(course, METHODS["zero"])
    hand_in(course, assignment, "ada", "2026-03-01 11:59:59 UTC", relu_backward=RIGHT)
    hand_in(course, assignment, "bob", "2026-03-01 14:00:00 UTC", relu_backward=WRONG, sigmoid=SIGMOID)
    hand_in(course, assignment, "cyd", "2026-03-01 13:30:00 +0200", relu_backward=RIGHT)
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        stock.update_or_create_assignment(NAME, duedate=DUE)
    settings = grading_settings(read_course(course), NAME)
    options = {key: settings[key] for key in ("assignment", "out", "db_url", "late")}
    grade_class(settings["submitted"], **options)
    with Stock(settings["db_url"]) as stock:
        scores = {s.student_id: (s.score, s.late_submission_penalty) for s in stock.find_assignment(NAME).submissions}
    assert scores["ada"] == (1.0, 0.0)
    assert scores["bob"][0] == scores["bob"][1] >= 1.0
    assert scores["cyd"] == (1.0, 0.0)  # 11:30 in UTC
    # a rerun after an extension judges nothing, and takes the penalty back
    with Stock(settings["db_url"]) as stock:
        stock.grant_extension(NAME, "bob", hours=3)
    assert grade_class(settings["submitted"], **options).graded == 0
    with Stock(settings["db_url"]) as stock:
        assert stock.find_submission(NAME, "bob").late_submission_penalty == 0.0


def test_a_policy_that_fails_stops_before_anything_is_written(course, tmp_path, assignment):
    configure(course, 'c.AssignLatePenalties.plugin_class = "own_late.Broken"')
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    with pytest.raises(GradebookError, match="late penalty of late could not be computed: ZeroDivisionError"):
        fill(url, assignment, read_course(course).late)
    with Gradebook(url) as gradebook:
        assert set(gradebook.scores(NAME)["late"].values()) == {0.0, 2.25}
        assert gradebook.scores(NAME)["early"][CHECKS[0]] == 1.0


def test_settings_that_fail_are_said(course):
    configure(course, "c.AssignLatePenalties.plugin_class = 'nowhere.Plugin'")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py cannot be used"):
        read_course(course)
    configure(course, "raise ValueError('a slip')")
    with pytest.raises(CourseError, match="a slip"):
        read_course(course)
    shutil.rmtree(course)
    with pytest.raises(CourseError, match="new-class"):
        read_course(course)
