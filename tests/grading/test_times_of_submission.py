"""When a submission came in: a student is not believed where an LMS knows better, and what is odd is said."""

import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.deadlines import settle
from autograder.grading.records.gradebook import Entry, Gradebook
from autograder.grading.reports.lateness import Lateness
from autograder.grading.reports.summary import UNTIMED, summarize
from autograder.grading.submissions.allowances import Allowances
from autograder.grading.submissions.collect import look_through
from autograder.grading.submissions.reading import moment_of
from autograder.grading.submissions.submission import Submission

NAME = "01_lesson"
DUE = datetime(2026, 3, 1, 12)
STAMP = "2026-01-01 00:00:00 UTC"


@pytest.fixture
def packed(tmp_path):
    """A function that finds the submissions in a zip of these files, by student; all have the date of a late one."""

    def pack(files: dict[str, str]) -> dict[str, Submission]:
        with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 12, 0, 0)), text)
        return {one.student: one for one in look_through(tmp_path / "class.zip", NAME).submissions}

    return pack


@pytest.mark.parametrize(
    "folder", ["bob_LATE_12_34_", "Bob B_12_assignsubmission_file_/", "Bob B_12_assignsubmission_file_"]
)
def test_a_timestamp_that_was_uploaded_to_an_lms_is_not_believed(packed, folder):
    (found,) = packed({f"{folder}{NAME}.ipynb": "{}", f"{folder}timestamp.txt": STAMP}).values()
    assert found.timestamp is None
    assert "timestamp.txt was uploaded by the student: it is not believed" in "".join(found.remarks)
    assert found.late == ("LATE" in folder)


def test_a_timestamp_of_nbgraders_layout_is_read_in_a_zip_and_a_broken_one_gains_nothing(packed):
    found = packed({
        f"ada/{NAME}/{NAME}.ipynb": "{}",
        f"ada/{NAME}/timestamp.txt": STAMP,
        f"bob/{NAME}/{NAME}.ipynb": "{}",
        f"bob/{NAME}/timestamp.txt": "soon",
    })  # fmt: skip
    assert found["ada"].timestamp == datetime(2026, 1, 1, tzinfo=UTC)
    assert found["bob"].timestamp == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert "not credible (timestamp.txt contains no time): the notebook's date in the zip" in found["bob"].remarks[0]


@pytest.mark.parametrize(
    "text",
    [
        "Thu Jan 1 11:30:00 UTC 2026",  # of the command `date`
        "Thu, 01 Jan 2026 12:30:00 +0100",
        "2026-01-01 11:30:00 utc",
        "\ufeff2026-01-01 11:30:00 UTC",
        "2026-01-01T12:30:00+01:00",
        "1 January 2026 11:30",
    ],
)
def test_a_time_in_any_form_that_nbgrader_reads(text):
    assert moment_of(text.encode()) == (datetime(2026, 1, 1, 11, 30, tzinfo=UTC), "")


def test_who_is_late_by_an_unknown_time_is_late(tmp_path, assignment):
    """Of all that the file names of Canvas say, LATE is the only word on the time."""
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", lambda who, score, seconds: score) as gradebook:
        gradebook.add_assignment(assignment)
        submissions = {s: Submission(s, Path(s), late=s != "ada") for s in ("ada", "bob", "cyd")}
        for student in submissions:
            gradebook.record(NAME, Entry(student, None, {"check-sigmoid": 1.0}))
        allowed = Allowances({("cyd", NAME, "due"): "2026-03-05"})

        def counts():
            return settle(gradebook, allowed, tmp_path, NAME, submissions)

        assert counts()["bob"].counted == 1.0  # nobody has set a due date yet
        gradebook.database.update_or_create_assignment(NAME, duedate=DUE)
        found = counts()
        assert found["bob"].short == "late by an unknown time, counted as 0"
        assert (found["ada"].counted, found["cyd"].counted) == (1.0, 1.0)
        gradebook.database.update_or_create_assignment(NAME, duedate=DUE + timedelta(days=1))
        assert counts()["bob"].counted == 0
        submissions["bob"] = replace(submissions["bob"], late=False)  # handed in again, or excused in Canvas
        assert counts()["bob"].counted == 1.0
        assert counts()["bob"].untimed


def test_a_missing_time_is_said_once_where_nobody_has_one_and_else_of_each(assignment):
    results = [Result(student, {}, (), {}, (), "", 0.0) for student in ("ada", "bob")]
    late = {"ada": Lateness(1, 5, due=DUE), "bob": Lateness(1, 5, due=DUE)}
    summary = summarize(assignment, results, set(), 0.0, late)
    assert (summary.untimed, [row.remarks for row in summary.students]) == (2, [(), ()])
    late["ada"] = replace(late["ada"], submitted=DUE)
    summary = summarize(assignment, results, set(), 0.0, late)
    assert (summary.untimed, [row.remarks for row in summary.students]) == (1, [(), (UNTIMED,)])
    assert summarize(assignment, results, set(), 0.0, {"ada": Lateness(1, 5)}).untimed == 0
