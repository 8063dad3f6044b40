"""The gradebook's scores reach the files of Canvas, Moodle and Gradescope, for the right students."""

import csv
import io
import json
from datetime import datetime

import pytest

from autograder.grading.exports.export import (
    BOM,
    VISIBILITIES,
    ExportError,
    canvas_csv,
    gradescope_results,
    guarded,
    moodle_grades,
    moodle_worksheet,
    plain_csv,
)
from autograder.grading.exports.grades import CellGrade, GradeRow, grade_rows
from autograder.grading.exports.roster import RosterError, read_roster
from autograder.grading.records.gradebook import Entry, Gradebook

CHECKS = ("check-relu_backward", "check-sigmoid")
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    'Participant 77,Ada Lovelace,ada@uni.edu,Submitted for grading,,{top},Yes,"Friday, 2 January 2026, 9:00 AM",-,\r\n'
    "Participant 78,George Boole,george@uni.edu,No submission,,{top},Yes,-,-,keep me\r\n"
)
GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (11),01_lesson (12),Current Score\n"
    "    Points Possible,,,,,10,5,(read only)\n"
    '"Lovelace, Ada",501,U1,ada,Monday,7,,70\n'
    '"Boole, George",502,U2,george,Monday,8,3.5,80\n'
)


def row(student="ada", score=4.5, **options):
    fields = {"first_name": "", "last_name": "", "email": "", "lms_id": "", "raw": score or 0.0, "penalty": 0.0}
    fields |= {"max_score": 5.0, "submitted": None, "due": None, "pending": False, "cells": ()}
    return GradeRow("01_lesson", student, score=score, **(fields | options))


def lines(table):
    return list(csv.reader(io.StringIO(table.text.removeprefix(BOM), newline="")))


@pytest.fixture
def roster(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode(encoding))
        return read_roster(path)

    return write


@pytest.fixture
def gradebook(tmp_path, assignment):
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment(assignment)
        gradebook.add_students({"zoe": {"first_name": "Zoë", "last_name": "Šmíd", "email": "zoe@uni.edu"}})
        gradebook.record("01_lesson", Entry("ada", scores={CHECKS[0]: 1.0, CHECKS[1]: 0.5, "why": None}))
        gradebook.record(
            "01_lesson", Entry("bob", datetime(2026, 1, 2, 3, 4, 5).astimezone(), dict.fromkeys([*CHECKS, "why"], 0.0))
        )
        yield gradebook


def test_rows_hold_manual_scores_penalties_and_who_is_missing(gradebook):
    database = gradebook.database
    grade = database.find_grade("why", "01_lesson", "01_lesson", "ada")
    grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 2.0, 0.5, False
    database.find_submission_notebook("01_lesson", "01_lesson", "ada").late_submission_penalty = 1.25
    database.find_submission_notebook("01_lesson", "01_lesson", "bob").late_submission_penalty = 9.0
    database.db.commit()
    ada, bob, zoe = grade_rows(database)
    assert (ada.raw, ada.penalty, ada.score, ada.max_score) == (4.0, 1.25, 2.75, 5.0)
    assert {cell.name: cell.score for cell in ada.cells} == {CHECKS[0]: 1.0, CHECKS[1]: 0.5, "why": 2.5}
    assert not ada.pending
    # as nbgrader itself computes it
    stock = database.find_submission("01_lesson", "ada")
    assert (ada.raw, ada.penalty) == (stock.score, stock.late_submission_penalty)
    assert bob.score == 0.0
    assert (zoe.score, zoe.last_name, zoe.email) == (None, "Šmíd", "zoe@uni.edu")
    assert grade_rows(database, zero_for_missing=True)[2].score == 0.0
    assert [r.student for r in grade_rows(database, ["01_lesson"], ["bob"])] == ["bob"]
    assert grade_rows(database, ["another"]) == []


def test_a_cell_for_a_human_is_pending(gradebook):
    ada = grade_rows(gradebook.database)[0]
    assert ada.pending
    assert [cell.name for cell in ada.cells if cell.pending] == ["why"]


def test_canvas_without_a_roster():
    table = canvas_csv([row("ada", first_name="Ada", last_name="Lovelace"), row("bob_1", 3), row("cyd", None)])
    assert not table.text.startswith(BOM)
    assert lines(table) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01_lesson"],
        ["    Points Possible", "", "", "", "", "5.00"],
        ["Lovelace, Ada", "", "", "ada", "", "4.50"],
        ["bob_1", "", "", "bob_1", "", "3.00"],
    ]


def test_canvas_with_its_own_gradebook_as_roster(roster):
    known = roster(GRADEBOOK)
    table = canvas_csv([row("ada"), row("boolegeorge_502", 1.0), row("stranger_501", 5.0), row("eve", 2.0)], known)
    head, points, *students = lines(table)
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01_lesson (12)"]
    assert points[-1] == "5.00"
    assert students == [
        ["Lovelace, Ada", "501", "U1", "ada", "Monday", "4.50"],
        ["Boole, George", "502", "U2", "george", "Monday", "1.00"],
    ]
    assert table.unmatched == ("stranger_501", "eve")
    with pytest.raises(ExportError, match="not a Canvas gradebook"):
        canvas_csv([row()], roster("id,email\nada,a@b\n"))


def test_the_title_of_canvas_finds_its_column(roster):
    table = canvas_csv([row()], roster(GRADEBOOK), {"01_lesson": "Essay"})
    assert lines(table)[0][-1] == "Essay (11)"


def test_moodles_worksheet_keeps_everything_but_the_grade(roster):
    known = roster(WORKSHEET.format(top="5.00"))
    table = moodle_worksheet([row("Ada Lovelace_77"), row("george", 2.0), row("eve", 1.0), row("zoe", None)], known)
    assert table.text.startswith(BOM)
    head, ada, george = lines(table)
    assert head == WORKSHEET.partition("\r\n")[0].split(",")
    assert (ada[0], ada[4], ada[7]) == ("Participant 77", "4.50", "Friday, 2 January 2026, 9:00 AM")
    assert (george[0], george[4], george[9]) == ("Participant 78", "2.00", "keep me")
    assert table.unmatched == ("eve",)


def test_another_maximum_in_moodle_is_refused_or_scaled(roster):
    known = roster(WORKSHEET.format(top="100,00".replace(",", ".")))
    with pytest.raises(ExportError, match="worth 100 in Moodle and 5 here"):
        moodle_worksheet([row("ada")], known)
    assert lines(moodle_worksheet([row("ada")], known, scale=True))[1][4] == "90.00"


def test_what_is_no_worksheet_is_refused(roster):
    for known in (None, roster("Kennung,Bewertung,ID\n1,2,3\n")):
        with pytest.raises(ExportError, match="switch Moodle to English"):
            moodle_worksheet([row()], known)


def test_moodles_grade_import_and_the_plain_table():
    ada = row(email="ada@uni.edu", lms_id="9", penalty=0.5, raw=5.0, cells=(CellGrade("why", 2.0, 3.0, False),))
    assert lines(moodle_grades([ada, row("bob", None)])) == [
        ["Username", "First name", "Last name", "ID number", "Email address", "01_lesson", "01_lesson (late)"],
        ["ada", "", "", "9", "ada@uni.edu", "4.50", "late penalty of 0.5, counted as 4.5"],
        ["bob", "", "", "", "", "", ""],
    ]
    head, line, missing = lines(plain_csv([ada, row("bob", None)]))
    known = dict(zip(head, line, strict=True))
    assert (known["raw_score"], known["late_submission_penalty"], known["score"]) == ("5.00", "0.50", "4.50")
    assert (known["why"], known["needs_manual_grade"]) == ("2.00", "no")
    assert dict(zip(head, missing, strict=True))["score"] == ""


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-x", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1", "\n-x"])
def test_formulas_are_guarded(text):
    assert guarded(text).startswith("'") and guarded(text).replace("'", "") == text.replace("'", "")
    table = canvas_csv([row("ada", last_name=text, first_name="x")])
    assert lines(table)[2][0].startswith("'")


SEPARATORS = (";", ",", "\t", "\n", "\r\n", "|", '"', '";"', "; ", ";'", "\u2028")


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("formula", ["=1+1", "-x", "+x", "@x", "＝1"])
def test_formulas_behind_what_may_separate_cells_are_guarded(separator, formula):
    """Excel in German takes the semicolon, and whatever pastes text the tab and the line break."""
    text = f"Ada{separator}{formula}"
    assert guarded(text) == f"Ada{separator}'{formula}"
    people = [row("ada", last_name=text, first_name="x", email=text, lms_id=text)]
    for table in (canvas_csv(people), moodle_grades(people), plain_csv(people)):
        assert formula in table.text and f"{separator}{formula}".replace('"', '""') not in table.text


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "ada", "2026-11-20 12:00:00+00:00", "Lovelace, Ada-Maria", "a; b", "-1.50", "+3", "a=b", "x@y.edu"),
        *("    Points Possible", "O'Brien", "Š"),
    ],
)
def test_what_is_no_formula_stays(text):
    assert guarded(text) == text


def test_quotes_commas_and_line_breaks_survive():
    name = 'O"Brien, the "first"\nline'
    assert lines(canvas_csv([row(last_name=name)]))[2][0] == name


def test_gradescopes_results():
    cells = (CellGrade("check-sigmoid", 0.5, 1.0, False), CellGrade("why", 0.0, 3.0, True))
    ada = row(score=0.25, raw=0.5, penalty=0.25, pending=True, cells=cells)
    results = json.loads(json.dumps(gradescope_results(ada, {"check-sigmoid": "FAIL ..."}, "after_published")))
    assert results["score"] == 0.25
    assert "execution_time" not in results  # a number that the answers choose
    shown = {"output_format": "text", "visibility": "after_published"}
    assert "0.50 of 5.00, late penalty of 0.25, counted as 0.25." in results["output"]
    assert results["tests"] == [
        {"name": "sigmoid", "score": 0.5, "max_score": 1.0, "status": "failed", "output": "FAIL ...", **shown},
        {"name": "why", "score": 0.0, "max_score": 3.0, "output": "Not graded yet.", **shown},
    ]
    assert all(gradescope_results(ada, visibility=v)["visibility"] == v for v in VISIBILITIES)
    with pytest.raises(ExportError, match="knows no visibility 'public'"):
        gradescope_results(ada, visibility="public")


def test_rosters_are_read_as_people_save_them(roster, tmp_path):
    for text, encoding in (
        ("id,email\nada,Müller@uni.edu\n", "utf-8-sig"),
        ("id;email\r\nada;Müller@uni.edu\r\n", "cp1252"),
        ("id\temail\nada\tMüller@uni.edu\n", "utf-8"),
    ):
        known = roster(text, encoding)
        assert known.rows == ({"id": "ada", "email": "Müller@uni.edu"},)
        assert known.find(row("x", email="müller@UNI.edu")) == known.rows[0]
    with pytest.raises(RosterError, match="no column that names students"):
        roster("colour\nred\n")
    with pytest.raises(RosterError, match="cannot be read"):
        read_roster(tmp_path / "nowhere.csv")


def test_what_two_lines_share_finds_nobody(roster):
    known = roster("id,email\nada,same@uni.edu\neve,same@uni.edu\nbob,bob@one.edu\nbob2,bob@two.edu\n")
    assert known.find(row("x", email="same@uni.edu")) is None
    assert known.find(row("ada"))["id"] == "ada"
    assert known.find(row("nobody")) is None
