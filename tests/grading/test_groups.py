"""One submission, several names: each member of a group gets marks, a page and a line in the exports."""

import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader_courses import NAME, RIGHT, SIGMOID, booked, hand_in, make_course
from test_lateness_shown import course

from autograder.cli import main
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.allowances import AllowanceError, Allowances, change_allowances, read_allowances
from autograder.grading.submissions.groups import NobodyCalled, only, share_out
from autograder.grading.submissions.submission import Submission

ZOE = "zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"
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


@pytest.mark.parametrize(
    ("lines", "known", "refused"),
    [
        (["eve,,group,carol"], {"carol"}, True),
        (["eve,,group,carol", "carol,,late days,1"], (), True),
        (["eve,01_lesson,group,carol", "carol,,group,carol"], (), False),  # she is in it
        (["eve,,group,carol"], {"eve"}, False),
        ([f"eve,,group,{unicodedata.normalize('NFD', ZOE)}"], {ZOE}, True),
    ],
)
def test_no_group_takes_the_place_of_a_student_of_its_name(tmp_path, lines, known, refused):
    (tmp_path / "allowances.csv").write_text("\n".join(lines))
    try:
        read_allowances(tmp_path).check_groups(known)
        assert not refused
    except AllowanceError as error:
        assert refused and "called like a student" in str(error)
    # and the command that the message names mends it
    change_allowances(tmp_path, {("eve", "", "group"): "team", ("eve", "01_lesson", "group"): "team"}, known)
    assert isinstance(read_allowances(tmp_path), Allowances)


def test_who_is_not_there_is_said_with_who_may_be_meant():
    with pytest.raises(NobodyCalled, match="nothing was handed in by Ada; there are ada_12"):
        only([work("ada_12"), work("bob")], ["Ada"])


@pytest.mark.sandbox
def test_a_class_with_a_group_and_one_student_graded_alone(tmp_path, source_path, assignment):
    roster = tmp_path / "roster.csv"
    roster.write_text(f"id,group\nada,team\nbob,team\ncyd,\n{ZOE}\n")
    folder = make_course(tmp_path / "dl", source_path, students=roster)
    course(folder, "extend", "--roster", str(roster))
    done = CliRunner().invoke(main, ["extend", "ada", "--group", "cyd", "--course", str(folder)])
    assert "the group cyd of ada is called like a student" in " ".join(done.output.split())
    hand_in(folder, assignment, "team", "2026-01-01 00:00:00 UTC", relu_backward=RIGHT, sigmoid=SIGMOID)
    path = hand_in(folder, assignment, "cyd", relu_backward=RIGHT, sigmoid=SIGMOID)
    hand_in(folder, assignment, unicodedata.normalize("NFD", ZOE))
    hand_in(folder, assignment, "eve", relu_backward=RIGHT)
    for _ in range(2):  # also once nobody in the roster is without a submission
        said = course(folder, "grade")
        assert "handed in together as team, by team: ada, bob" in said
        assert "not graded: eve: nobody of this name is in the roster" in said
        scores = booked(folder)
        assert scores["ada"] == scores["bob"]
        assert set(scores) == {"ada", "bob", "cyd", ZOE}
    assert all((folder / "feedback" / member / NAME / f"{NAME}.html").exists() for member in TEAM["team"])
    course(folder, "export", "csv")
    exported = (folder / f"{NAME}.grades.csv").read_text()
    assert "ada" in exported and "bob" in exported and "team" not in exported
    pairs = json.loads(course(folder, "similar", "--json"))["pairs"]
    assert not [pair for pair in pairs if {pair["left"], pair["right"]} == {"ada", "bob"}]
    # what a human gives to one is for all, until they get something else
    for given, booked_then in (({"ada": 2.0}, {"ada": 2.0, "bob": 2.0}), ({"bob": 1.0}, {"ada": 2.0, "bob": 1.0})):
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
            for member, score in given.items():
                grade = gradebook.database.find_grade("why", NAME, NAME, member)
                grade.manual_score, grade.needs_manual_grade = score, False
                gradebook.database.find_comment("why", NAME, NAME, member).manual_comment = "seen"
            gradebook.commit("what a human has given")
        course(folder, "feedback")
        assert {member: booked(folder)[member]["why"] for member in ("ada", "bob")} == booked_then
    assert "seen" in (folder / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert "why: members of team have other scores of a human (ada 2, bob 1)" in course(folder, "grade")
    scores = booked(folder)
    # one alone: the others stay, and so does the summary of the class
    hand_in(folder, assignment, "cyd")
    hand_in(folder, assignment, "team")
    said = course(folder, "grade", "--student", "cyd")
    assert "1 of " in said
    assert booked(folder)["cyd"] != scores["cyd"]
    assert booked(folder)["ada"] == scores["ada"]
    assert path.exists()
