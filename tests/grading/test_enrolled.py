"""Who is in the class: where there is a roster, nobody else is made up; where it has other names, all are graded."""

from pathlib import Path

import pytest
from nbgrader_courses import NAME

from autograder.grading.records.enrolled import enrolled, of_the_class
from autograder.grading.records.gradebook import Entry, Gradebook
from autograder.grading.submissions.allowances import Allowances
from autograder.grading.submissions.submission import Submission


@pytest.fixture
def gradebook(tmp_path, assignment):
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        gradebook.add_assignment(assignment)
        yield gradebook


def looked_through(gradebook, *students, rows=()):
    """Who is graded, who of them with a remark, and who is left out."""
    submissions = {student: Submission(student, Path(student)) for student in students}
    found, left_out = of_the_class(submissions, gradebook, Allowances(dict(rows)))
    remarked = [student for student, one in found.items() if one.remarks]
    return sorted(found), remarked, [text.partition(":")[0] for text in left_out]


def test_without_a_roster_everybody_is_graded(gradebook):
    gradebook.record(NAME, Entry("ada"))  # by a submission
    assert looked_through(gradebook, "ada", "zoe") == (["ada", "zoe"], [], [])


def test_with_a_roster_a_name_that_stands_nowhere_is_left_out(gradebook):
    gradebook.record(NAME, Entry("early"))  # before there was a roster
    gradebook.add_students({"ada": {}, "bob": {}})
    assert looked_through(gradebook, "ada", "early", "zoe") == (["ada", "early"], [], ["zoe"])
    rows = {("zoe", "", "late days"): "1"}.items()  # whom the instructor has named elsewhere
    assert looked_through(gradebook, "ada", "zoe", rows=rows) == (["ada", "zoe"], [], [])
    for student in ("ada", "bob"):  # a roster is one also once everybody in it has handed in
        gradebook.record(NAME, Entry(student))
    assert looked_through(gradebook, "ada", "zoe") == (["ada"], [], ["zoe"])
    gradebook.remove(NAME, "ada", keep="ada" in enrolled(gradebook))
    assert enrolled(gradebook) == {"ada", "bob"}


def test_where_the_roster_has_none_of_all_names_they_are_graded_with_a_remark(gradebook):
    gradebook.add_students({"ab12": {"first_name": "Ada"}})
    for _ in range(2):
        assert looked_through(gradebook, "ada_7", "bob_8") == (["ada_7", "bob_8"], ["ada_7", "bob_8"], [])
        gradebook.record(NAME, Entry("ada_7"))
