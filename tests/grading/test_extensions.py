"""Extensions, extra time and late days: what is allowed, where it is kept, and what it comes to in the gradebook."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook as Stock

from autograder.cli import main
from autograder.grading.records.deadlines import settle, update_deadlines
from autograder.grading.records.gradebook import Entry, Gradebook
from autograder.grading.reports.lateness import duration
from autograder.grading.submissions.allowances import (
    AllowanceError,
    Allowances,
    change_allowances,
    parsed_moment,
    parsed_span,
    read_allowances,
)

FIRST, SECOND = "01_lesson", "02_lesson"
DUE = {FIRST: datetime(2026, 3, 1, 12), SECOND: datetime(2026, 3, 8, 12)}
DAY, ALL, HOURLY = 86400, (lambda who, score, seconds: score), (lambda who, score, seconds: seconds / 36000)


def run(*arguments, fails=False):
    """What `course` says."""
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert (done.exit_code != 0) == fails, done.output
    return done.output


@pytest.fixture
def out(tmp_path):
    return tmp_path / "graded"


@pytest.fixture
def book(out, assignment):
    """Two assignments with due dates, and a function that hands in so many hours after them, for a score of 1.4."""
    out.mkdir()
    url = f"sqlite:///{out / 'gradebook.db'}"
    with Gradebook(url, ALL) as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.database.update_or_create_assignment(FIRST, duedate=DUE[FIRST])
        # the same cells, as a second assignment
        second = type(assignment)(SECOND, assignment.master, assignment.released)
        gradebook.add_assignment(second)
        gradebook.database.update_or_create_assignment(SECOND, duedate=DUE[SECOND])

        def hand_in(student, hours, name=FIRST):
            time = (DUE[name] + timedelta(hours=hours)).replace(tzinfo=UTC)
            gradebook.record(name, Entry(student, time, {"check-relu_backward": 1.0, "check-sigmoid": 0.4}))

        yield gradebook, hand_in


def what_counts(gradebook, out, name=FIRST):
    return settle(gradebook, read_allowances(out), out, name)


def test_a_new_due_date_holds_in_nbgraders_gradebook_too(book, out):
    gradebook, hand_in = book
    for student in ("ada", "bob"):
        hand_in(student, 2)
    assert what_counts(gradebook, out)["ada"].in_words == "1.4 of 5, late by 2 h, counted as 0"
    run("extend", "ada", "--assignment", FIRST, "--until", "2026-03-01 15:00 +0100", "--out", out)
    found = what_counts(gradebook, out)
    assert (found["ada"].seconds, found["ada"].counted, found["bob"].counted) == (0, 1.4, 0)
    assert found["ada"].allowed == ("extended to 2026-03-01 14:00 UTC",)
    with Stock(gradebook.url) as stock:
        assert stock.find_submission(FIRST, "ada").total_seconds_late == 0
    run("extend", "ada", "--assignment", FIRST, "--withdraw", "--out", out)
    assert what_counts(gradebook, out)["ada"].counted == 0
    with Stock(gradebook.url) as stock:
        assert stock.find_submission(FIRST, "ada").extension is None


def test_an_extension_granted_in_nbgrader_holds_beside_ours(book, out):
    gradebook, hand_in = book
    hand_in("ada", 20)
    gradebook.database.grant_extension(FIRST, "ada", hours=3)
    change_allowances(out, {("ada", "", "extra time"): "1h"})
    assert what_counts(gradebook, out)["ada"].own_due == DUE[FIRST] + timedelta(hours=3)
    change_allowances(out, {("ada", "", "extra time"): "24h"})
    assert what_counts(gradebook, out)["ada"].allowed == ("extra time of 1 d",)
    change_allowances(out, {("ada", "", "extra time"): ""})
    assert what_counts(gradebook, out)["ada"].own_due == DUE[FIRST] + timedelta(hours=3)
    gradebook.database.grant_extension(FIRST, "ada", hours=21)  # in formgrader's database, later
    assert what_counts(gradebook, out)["ada"].seconds == 0


def test_extra_time_is_a_share_of_the_time_since_the_release(book, out):
    gradebook, hand_in = book
    hand_in("ada", 20)
    said = run("extend", "ada", "--extra-time", "25%", "--out", out)
    assert (
        "is not counted, since nobody has said when 01_lesson was handed out: course due 01_lesson --released" in said
    )
    run("due", FIRST, "--released", "2026-02-25 12:00", "--out", out)
    assert what_counts(gradebook, out)["ada"].allowed == ("25 % extra time, 1 d",)
    assert what_counts(gradebook, out)["ada"].counted == 1.4


def test_late_days_are_spent_in_the_order_of_the_assignments(book, out):
    gradebook, hand_in = book
    hand_in("ada", 30, FIRST)
    hand_in("ada", 2, SECOND)
    hand_in("bob", 2, SECOND)
    hand_in("cyd", 50, FIRST)
    run("extend", "--late-days", 2, "--out", out)
    run("extend", "bob", "--late-days", 0, "--out", out)
    first, second = (what_counts(gradebook, out, name) for name in (FIRST, SECOND))
    assert (first["ada"].allowed, first["ada"].days_left, first["ada"].counted) == (
        ("2 late days spent, 0 left",),
        0,
        1.4,
    )
    assert (second["ada"].days_left, second["ada"].counted) == (0, 0)
    assert (second["bob"].days_left, second["bob"].counted) == (0, 0)
    # three would be needed, and two of them would change nothing under this rule
    assert (first["cyd"].allowed, first["cyd"].days_left, first["cyd"].counted) == ((), 2, 0)
    # a resubmission in time gives the days back
    hand_in("ada", -1, FIRST)
    assert what_counts(gradebook, out, SECOND)["ada"].allowed == ("1 late day spent, 1 left",)
    assert what_counts(gradebook, out, SECOND)["ada"].counted == 1.4


def test_late_days_that_do_not_suffice_are_spent_where_they_help(book, out):
    gradebook, hand_in = book
    hand_in("cyd", 50)
    change_allowances(out, {("", "", "late days"): "2"})
    with Gradebook(gradebook.url, HOURLY) as hourly:
        found = what_counts(hourly, out)["cyd"]
    assert (found.seconds, found.days_left) == (2 * 3600, 0)
    assert found.counted == pytest.approx(1.4 - 0.2)


def test_a_rerun_changes_nothing(book, out):
    gradebook, hand_in = book
    hand_in("ada", 30)
    change_allowances(out, {("", "", "late days"): "2", ("ada", "", "extra time"): "1h"})
    before = what_counts(gradebook, out)
    assert update_deadlines(gradebook, read_allowances(out), out) == set()
    assert what_counts(gradebook, out) == before


def test_a_roster_says_who_is_allowed_what(book, out, tmp_path):
    gradebook, hand_in = book
    hand_in("ada", 20)
    hand_in("bob", 2)
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "id;name;Extra time;late_days;due 01_lesson\r\nada;Ada;24h;;\r\nbob;Bob;;1;\r\n"
        "new;Newt;;;2026-03-09\r\n;?;1h;;\r\n"
    )
    said = run("extend", "--roster", roster, "--out", out)
    assert "no student is known by this line, so left out: ?, 1h" in said
    assert "new is not in the gradebook yet" in said
    found = what_counts(gradebook, out)
    assert found["ada"].allowed == ("extra time of 1 d",)
    assert (found["bob"].allowed, found["bob"].days_left) == (("1 late day spent, 0 left",), 0)
    hand_in("new", 100)
    assert what_counts(gradebook, out)["new"].counted == 1.4
    listed = list(csv.reader(Path(out / "allowances.csv").read_text().splitlines()))
    assert listed == [
        ["student", "assignment", "what", "value"],
        ["ada", "", "extra time", "24h"],
        ["bob", "", "late days", "1"],
        ["new", "01_lesson", "due", "2026-03-09"],
    ]
    roster.write_text("id,name\nada,Ada\n")
    assert "no column that allows anything" in run("extend", "--roster", roster, "--out", out, fails=True)


def test_due_dates_by_command(out):
    said = run("due", FIRST, "2026-03-01T12:00+01:00", "--out", out)
    assert "01_lesson is due 2026-03-01 11:00 UTC" in said
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        assert gradebook.database.find_assignment(FIRST).duedate == datetime(2026, 3, 1, 11)
    run("extend", "ada", "--assignment", FIRST, "--by", "2d", "--out", out)
    assert read_allowances(out).due("ada", FIRST) == datetime(2026, 3, 3, 11)
    assert "no due date of 02_lesson" in run(
        *("extend", "ada", "--assignment", SECOND, "--by", "2d", "--out", out), fails=True
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ada,01_lesson,due,soon", r"line 2: 'soon' is no time"),
        ("ada,,extra time,25 apples", "no extra time: write 25%"),
        ("ada,,late days,-1", "late days are a whole number"),
        ("ada,,holiday,1", "'holiday' is none of due, extra time"),
        ("../ada,,late days,1", "begins with a dot"),
        ("ada,late days,1", "expected student,assignment,what,value"),
        ("ada,,late days,1\nada,,late days,2", "line 3: another line says otherwise"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(line, why, out):
    out.mkdir()
    (out / "allowances.csv").write_text(f"student,assignment,what,value\n{line}\n")
    with pytest.raises(AllowanceError, match=why):
        read_allowances(out)


def test_times_and_spans():
    assert parsed_moment("2026-03-05 12:00 Europe/Vienna") == datetime(2026, 3, 5, 11)
    assert parsed_moment("2026-03-05") == datetime(2026, 3, 5, 23, 59, 59)
    assert parsed_span("25 %").share == parsed_span("25").share == 0.25
    assert parsed_span("1.5h").span == parsed_span("90 min").span == timedelta(minutes=90)
    assert Allowances({("ada", "", "late days"): "3", ("", "", "late days"): "1"}).late_days("bob") == 1
    assert [duration(seconds) for seconds in (0.4, 40, 7200, 93784)] == ["less than 1 s", "40 s", "2 h", "1 d 2 h"]


def test_a_new_class_takes_what_its_list_of_students_allows(tmp_path):
    students = tmp_path / "students.csv"
    students.write_text("id,first_name,extra time,group\nada,Ada,25%,\nbob,Bob,,team\n")
    folder = tmp_path / "deep"
    run("new-class", folder, "--assignment", "1", "--part", "core", "--students", students)
    assert read_allowances(folder).rows == {("ada", "", "extra time"): "25%", ("bob", "", "group"): "team"}
    students.write_text("id,shoe size\nada,38\n")
    assert "columns that mean nothing here: shoe size" in run("new-class", folder, "--students", students, fails=True)
