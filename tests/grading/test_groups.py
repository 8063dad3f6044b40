"""One submission, several names: each member of a group gets marks, a page and a line in the exports."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader_courses import NAME, RIGHT, SIGMOID, booked, hand_in, make_course
from test_lateness_shown import course

from autograder.grading.submissions.groups import NobodyCalled, only, share_out
from autograder.grading.submissions.submission import Submission

TEAM = {"team": ("ada", "bob")}
EARLY, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


def work(student, time=None, problem=""):
    return Submission(student, Path(student), student.encode(), time, problem)


@pytest.mark.parametrize(
    ("handed_in", "counts"),
    [
        ([work("team")], "team"),
        ([work("bob")], "bob"),
        ([work("ada"), work("bob")], "ada"),
        ([work("ada", LATER), work("bob", EARLY)], "ada"),
        ([work("team", EARLY), work("bob", LATER)], "bob"),
        ([work("team", problem="no notebook"), work("bob")], "bob"),
    ],
)
def test_the_newest_that_can_be_read_counts_for_all_of_the_group(handed_in, counts):
    shared = share_out([work("cyd"), *handed_in], TEAM)
    assert [(one.student, one.data.decode(), one.group) for one in shared] == [
        ("cyd", "cyd", ""),
        ("ada", counts, "team"),
        ("bob", counts, "team"),
    ]
    assert f"handed in together as team, by {counts}: ada, bob" in shared[1].remarks
    others = [one.student for one in handed_in if one.student != counts]
    assert any(f"that of {other}" in remark for other in others for remark in shared[1].remarks) == bool(others)


def test_nobody_hands_in_for_others_unless_the_instructor_says_so():
    assert share_out([work("ada"), work("cyd")], {}) == [work("ada"), work("cyd")]


def test_who_is_not_there_is_said_with_who_may_be_meant():
    with pytest.raises(NobodyCalled, match="nothing was handed in by Ada; there are ada_12"):
        only([work("ada_12"), work("bob")], ["Ada"])


@pytest.mark.sandbox
def test_a_class_with_a_group_and_one_student_graded_alone(tmp_path, source_path, assignment):
    folder = make_course(tmp_path / "dl", source_path)
    roster = tmp_path / "roster.csv"
    roster.write_text("id,group\nada,team\nbob,team\ncyd,\n")
    course(folder, "extend", "--roster", str(roster))
    hand_in(folder, assignment, "team", "2026-01-01 00:00:00 UTC", relu_backward=RIGHT, sigmoid=SIGMOID)
    path = hand_in(folder, assignment, "cyd", relu_backward=RIGHT, sigmoid=SIGMOID)
    said = course(folder, "grade")
    assert "handed in together as team, by team: ada, bob" in said
    scores = booked(folder)
    assert scores["ada"] == scores["bob"]
    assert set(scores) == {"ada", "bob", "cyd"}
    assert all((folder / "feedback" / member / NAME / f"{NAME}.html").exists() for member in TEAM["team"])
    course(folder, "export", "csv")
    exported = (folder / f"{NAME}.grades.csv").read_text()
    assert "ada" in exported and "bob" in exported and "team" not in exported
    pairs = json.loads(course(folder, "similar", "--json"))["pairs"]
    assert not [pair for pair in pairs if {pair["left"], pair["right"]} == {"ada", "bob"}]
    # one alone: the others stay, and so does the summary of the class
    hand_in(folder, assignment, "cyd")
    hand_in(folder, assignment, "team")
    said = course(folder, "grade", "--student", "cyd")
    assert "1 of " in said
    assert booked(folder)["cyd"] != scores["cyd"]
    assert booked(folder)["ada"] == scores["ada"]
    assert path.exists()
