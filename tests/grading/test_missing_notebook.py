"""Who hands in no notebook, or nothing: what README.md says of the gradebook, of averages and of nbgrader's export."""

import csv

import pytest
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, RIGHT, booked, hand_in, make_course, nbgrader

from autograder.grading.grade import grade_class

pytestmark = pytest.mark.sandbox


def exported(course) -> dict[str, float]:
    nbgrader(course, "export")
    with (course / "grades.csv").open() as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def average(course) -> float:
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        return stock.average_assignment_score(NAME)


@pytest.mark.soak
@pytest.mark.parametrize("ours", [True, False])
def test_the_gradebook_and_the_export(tmp_path, source_path, assignment, ours):
    roster = tmp_path / "students.csv"
    roster.write_text("id\nada\neve\nabsent\n")
    course = make_course(tmp_path / "dl", source_path, students=roster)
    hand_in(course, assignment, "ada", relu_backward=RIGHT)
    hand_in(course, assignment, "eve").unlink()
    if ours:
        grade_class(course / "submitted", assignment, course)
    else:
        nbgrader(course, "autograde", NAME)
    assert set(booked(course)) == ({"ada", "eve"} if ours else {"ada"})
    assert average(course) == (0.5 if ours else 1.0)
    assert exported(course) == {"ada": 1.0, "eve": 0.0, "absent": 0.0}
