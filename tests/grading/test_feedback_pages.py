"""What a human gives in formgrader reaches the student's page: points, comments, and what being late has come to."""

import base64
import json
from datetime import datetime

import pytest
from click.testing import CliRunner
from nbformat.v4 import new_output
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, RIGHT, WRONG, hand_in, make_course, nbgrader_api
from pages import PNG, harmless

from autograder.cli import main
from autograder.grading.class_report import write_statistics
from autograder.grading.classroom.nbgrader_course import grading_settings, read_course
from autograder.grading.grade import grade_class
from autograder.grading.submissions.assignment import grade_id, read_assignment

pytestmark = pytest.mark.sandbox

SINGLE = "def relu_backward(dout, z):\n    return np.where(z > 0, dout, 0).astype(np.float32)"
ANSWER = "Because **both tails** are flat.\n\n- so the slope\n- is nearly zero\n\n<script>alert(1)</script>"
READ = "Read and graded by your instructor"


def grade(course):
    settings = grading_settings(read_course(course), NAME)
    return grade_class(settings.pop("submitted"), **settings)


def feedback(course, *arguments):
    done = CliRunner().invoke(main, ["feedback", "--course", str(course), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def with_plot(notebook):
    cell = next(cell for cell in notebook.cells if grade_id(cell) == "relu_backward")
    cell.outputs = [new_output("display_data", {"image/png": base64.b64encode(PNG).decode()})]


def path_of(course, student):
    return course / "feedback" / student / NAME / f"{NAME}.html"


def page(course, student):
    return path_of(course, student).read_text(encoding="utf-8")


def text(course, student):
    return " ".join(harmless(page(course, student)).text.split())


@pytest.fixture(scope="module")
def course(tmp_path_factory, source_path, assignment):
    course = make_course(tmp_path_factory.mktemp("pages") / "dl", source_path)
    for student, answers in {
        "ada": {"relu_backward": RIGHT, "why": ANSWER},
        "bob": {"relu_backward": WRONG},
        "cyd": {"relu_backward": RIGHT, "why": "![photo.png](attachment:photo.png)"},
        "dee": {"relu_backward": SINGLE, "sigmoid": "def sigmoid(z):\n    raise ValueError(f'what is {z.ndim}?')"},
    }.items():
        hand_in(course, assignment, student, "2026-03-01 12:00:00 UTC", with_plot, **answers)
    grade(course)
    return course


@pytest.fixture
def by_hand(course):
    """Give points and comments as formgrader does; what was given is taken back after the test."""
    given = []

    def give(student, name, *, score=None, comment=None, extra=None):
        with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
            if score is not None or extra is not None:
                row = stock.find_grade(name, NAME, NAME, student)
                row.manual_score, row.extra_credit, row.needs_manual_grade = score, extra, False
            if comment is not None:
                answer = name.removeprefix("check-")
                stock.find_comment(answer, NAME, NAME, student).manual_comment = comment
            stock.db.commit()
        given.append((student, name))

    yield give
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        for student, name in given:
            row = stock.find_grade(name, NAME, NAME, student)
            row.manual_score, row.extra_credit, row.needs_manual_grade = None, None, row.auto_score is None
            stock.find_comment(name.removeprefix("check-"), NAME, NAME, student).manual_comment = None
        stock.db.commit()
    feedback(course)


def test_before_anyone_has_read_it_the_page_does_not_say_so(course):
    said = text(course, "ada")
    assert "1 of 2 points without what your instructor grades by hand: why (3)" in said
    assert READ not in said
    assert "has not graded this yet" in said
    assert "No answer." in text(course, "bob")
    assert "0.5 of 5 points" not in text(course, "ada")


def test_a_written_answer_is_rendered_and_nothing_in_it_acts(course):
    seen = harmless(page(course, "ada"))
    assert "<strong>both tails</strong>" in page(course, "ada")
    assert "<li>so the slope</li>" in page(course, "ada")
    assert "<script>alert(1)</script>" in seen.text
    assert "**" not in seen.text


def test_of_public_cases_the_page_shows_what_the_check_in_the_notebook_shows(course):
    said = text(course, "dee")
    assert "the result should have dtype float64, got float32" in said
    assert "ValueError: what is 2? (line 2: raise ValueError(f'what is {z.ndim}?'))" in said


def test_a_missing_picture_is_named(course):
    assert "[the picture photo.png is not there]" in text(course, "cyd")


def test_grading_again_brings_points_and_comment_to_the_page(course, by_hand):
    by_hand("ada", "why", score=2.5, comment="Well *seen*; but what of zero?")
    assert grade(course).graded == 0
    said = text(course, "ada")
    assert "3.5 of 5 points" in said
    assert f"{READ}: 2.5 of 3 points" in said
    assert "Your instructor writes: Well seen; but what of zero?" in said
    assert READ not in text(course, "cyd")


def test_course_feedback_writes_only_what_has_changed(course, by_hand):
    by_hand("ada", "why", score=3.0)
    by_hand("cyd", "why", score=1.0, comment="Where is it?")
    before = path_of(course, "bob").stat().st_mtime_ns
    assert "1 page written" in feedback(course, "--student", "cyd")
    assert READ not in text(course, "ada") and READ in text(course, "cyd")
    assert "1 page written" in feedback(course, "--assignment", "all")
    assert f"{READ}: 3 of 3 points" in text(course, "ada")
    assert "up to date" in feedback(course)
    assert path_of(course, "bob").stat().st_mtime_ns == before


def test_pictures_stay_where_the_submission_is_gone(course, by_hand):
    assert len(harmless(page(course, "cyd")).sources) == 1
    by_hand("cyd", "why", score=0.5)
    (course / "submitted" / "cyd").rename(course / "cyd")
    feedback(course)
    (course / "cyd").rename(course / "submitted" / "cyd")
    assert f"{READ}: 0.5 of 3 points" in text(course, "cyd")
    assert len(harmless(page(course, "cyd")).sources) == 1


def test_points_given_over_the_autograder_and_on_top_of_it_are_shown(course, by_hand):
    by_hand("bob", "check-relu_backward", score=1.0, comment="Near enough.")
    by_hand("ada", "check-relu_backward", extra=0.5)
    feedback(course)
    said = text(course, "bob")
    assert "Your instructor gave 1 of 1 points." in said
    assert "Near enough." in said
    assert "1.5 of 2 points" in text(course, "ada")


def test_what_being_late_has_come_to_is_on_the_page(course):
    def set_due(when):
        with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
            stock.update_or_create_assignment(NAME, duedate=when)

    set_due(datetime(2026, 3, 1, 10))
    feedback(course)
    assert "late by 2 h" in text(course, "ada")
    set_due(None)
    feedback(course)
    assert "late by" not in text(course, "ada")


def test_another_submission_since_keeps_its_points_and_says_that_it_is_looked_at_again(course, assignment, by_hand):
    by_hand("ada", "why", score=2.0)
    hand_in(course, assignment, "ada", "2026-03-01 12:00:00 UTC", relu_backward=RIGHT, why=f"{ANSWER} And so on.")
    assert "ada has handed in anew since" in feedback(course)
    grade(course)
    said = text(course, "ada")
    assert READ not in said
    assert "2 of 3 points from your instructor, who will look at it again" in said


def test_a_student_who_was_not_graded_is_named(course):
    done = CliRunner().invoke(main, ["feedback", "--course", str(course), "--student", "zoe"])
    assert done.exit_code == 1
    assert "zoe" in done.output


def test_a_page_of_nbgraders_is_replaced_by_ours(course):
    path_of(course, "bob").write_text("<html>nbgrader's</html>")
    assert "1 page written" in feedback(course)
    assert "relu_backward" in text(course, "bob")


def test_points_that_the_instructor_changes_hold_in_marks_page_and_statistics(course, by_hand):
    by_hand("ada", "why", score=3.0)
    path = course / "source" / NAME / f"{NAME}.ipynb"
    source = json.loads(path.read_text(encoding="utf-8"))
    for cell in source["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        mark |= {"check-relu_backward": {"points": 4}, "why": {"points": 6}}.get(mark.get("grade_id"), {})
    path.write_text(json.dumps(source), encoding="utf-8")
    assert grade(course).points == 5
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        ada = stock.find_submission(NAME, "ada")
        assert (ada.score, ada.max_score) == (7.0, 11.0)
    said = text(course, "ada")
    assert "7 of 11 points" in said
    assert "relu_backward 4 of 4" in said
    assert "3 of 6 points" in said
    statistics, _ = write_statistics(course, read_assignment(path), f"sqlite:///{course / 'gradebook.db'}")
    assert statistics.points == 5
    assert statistics.scores[-1] == 4


def test_points_changed_in_the_gradebook_hold_until_the_source_gives_others(course):
    url = f"sqlite:///{course / 'gradebook.db'}"

    def worth():
        with Stock(url) as stock:
            ada = stock.find_submission(NAME, "ada")
            return stock.find_grade("check-relu_backward", NAME, NAME, "ada").score, ada.max_score

    before = worth()
    with Stock(url) as stock:
        stock.find_grade_cell("check-relu_backward", NAME, NAME).max_score = 10.0
        stock.db.commit()
    for _ in range(2):
        grade(course)
        assert worth() == (10.0, before[1] - before[0] + 10.0)
    assert "relu_backward 10 of 10" in text(course, "ada")
    path = course / "source" / NAME / f"{NAME}.ipynb"
    statistics, _ = write_statistics(course, read_assignment(path), url)
    assert statistics.points == 11
    path.write_text(path.read_text(encoding="utf-8").replace(f'"points": {before[0]:g}', '"points": 2'))
    grade(course)
    assert worth()[0] == 2.0


@pytest.mark.soak
def test_nbgrader_releases_pages_that_are_up_to_date_and_makes_its_own_of_any_answer(course, by_hand):
    api = nbgrader_api(course)

    def done(action, **options):
        said = action(NAME, **options)
        assert said["success"], said

    done(api.generate_assignment)
    done(api.release_assignment)
    by_hand("cyd", "why", score=2.0, comment="Read.")
    done(api.release_feedback)
    assert f"{READ}: 2 of" in text(course, "cyd")
    done(api.generate_feedback, force=True)
    assert "the picture photo.png is not there" in page(course, "cyd")
    done(api.release_feedback)
    assert "course-basis" not in page(course, "cyd")
