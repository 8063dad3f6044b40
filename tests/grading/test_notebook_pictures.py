"""The graded notebook keeps the student's pictures, and nothing else of their outputs."""

import base64
import json

import nbformat
import pytest
from nbgrader_courses import NAME, RIGHT, hand_in, make_course, nbgrader
from pages import GIF, HOSTILE, JPEG, PNG, Page

from autograder.call import call
from autograder.catalogue import load
from autograder.check import HIDDEN, judge
from autograder.grading.grade import grade_class
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.graded_notebook import graded_notebook
from autograder.grading.reports.pictures import MAX_FILE_NAME, pictures_of
from autograder.grading.submissions.assignment import copy_notebook, grade_id

ATTACHED = PNG[:-1] + b"!"
ANSWERS = {"relu_backward": RIGHT, "sigmoid": "...", "why": "See ![it](attachment:a.png)."}


def b64(data):
    return base64.b64encode(data).decode()


def display(**data):
    return {"output_type": "display_data", "data": {k.replace("_", "/"): v for k, v in data.items()}, "metadata": {}}


def cells_of(notebook):
    return {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}


@pytest.fixture(scope="module")
def result():
    exercise = load("relu_backward")
    report = judge(exercise, lambda inputs: call(exercise.reference, inputs), HIDDEN)
    return Result("ada", {"check-relu_backward": report}, (), ANSWERS, (), "zygote", 0.1)


def graded(assignment, result, submission):
    notebook = graded_notebook(assignment, result, pictures_of(json.dumps(submission).encode()))
    nbformat.validate(notebook)
    return cells_of(notebook)


def test_pictures_of_answers_are_kept(assignment, released, result):
    cells = cells_of(released)
    cells["relu_backward"].outputs = [display(image_png=b64(PNG), text_plain="<Figure>"), display(image_jpeg=b64(JPEG))]
    cells["why"]["attachments"] = {"a.png": {"image/png": b64(PNG)}}
    kept = graded(assignment, result, released)
    shown = [output["data"] for output in kept["relu_backward"].outputs]
    assert shown == [{"image/png": b64(PNG)}, {"image/jpeg": b64(JPEG)}]
    assert kept["why"].attachments == {"a.png": {"image/png": b64(PNG)}}
    assert kept["sigmoid"].outputs == []


def test_what_a_file_claims_to_be_does_not_count(assignment, released, result):
    cells_of(released)["relu_backward"].outputs = [display(image_png=b64(JPEG)), display(image_jpeg=b64(b"<svg/>"))]
    shown = [output["data"] for output in graded(assignment, result, released)["relu_backward"].outputs]
    assert shown == [{"image/jpeg": b64(JPEG)}]


def test_nothing_that_acts_or_could_pass_for_a_verdict_is_kept(assignment, released, result):
    stream = {"output_type": "stream", "name": "stdout", "text": HOSTILE}
    error = {"output_type": "error", "ename": HOSTILE, "evalue": HOSTILE, "traceback": [HOSTILE]}
    verdict = {"output_type": "execute_result", "data": {"text/plain": "2.0", "text/html": HOSTILE}, "metadata": {}}
    cells = cells_of(released)
    for name in ("relu_backward", "check-relu_backward", "check-sigmoid"):
        cells[name].outputs = [
            display(image_png=b64(PNG[:-4]) + HOSTILE, text_html=HOSTILE),
            {**display(text_markdown=HOSTILE), "metadata": {"image/png": {"alt": HOSTILE}}},
            {"output_type": "display_data", "data": {"image/svg+xml": "<svg/>", "image/gif": b64(GIF)}, "metadata": {}},
            *(stream, error, {**verdict, "execution_count": 1}),
        ]
    cells["why"]["attachments"] = {HOSTILE: {"text/html": HOSTILE, "image/svg+xml": "<svg/>"}}
    plain = graded(assignment, result, copy_notebook(assignment.released))
    assert graded(assignment, result, released) == plain
    assert plain["relu_backward"].outputs == []


def test_pictures_stand_only_where_the_cell_can_hold_them(assignment, released, result):
    """A student may turn a cell into one of another type; the graded notebook is the instructor's."""
    cells = cells_of(released)
    cells["why"]["outputs"] = [display(image_png=b64(PNG))]
    cells["relu_backward"]["attachments"] = {"a.png": {"image/png": b64(PNG)}}
    cells["sigmoid"]["attachments"] = {"a" * 10**5: {"image/png": b64(PNG)}}
    kept = graded(assignment, result, released)
    assert "outputs" not in kept["why"]
    assert "attachments" not in kept["relu_backward"]
    cells["why"]["attachments"] = {"a" * 10**5: {"image/png": b64(PNG)}}
    assert list(graded(assignment, result, released)["why"].attachments) == ["a" * MAX_FILE_NAME]


@pytest.mark.soak
@pytest.mark.sandbox
def test_nbgraders_own_feedback_shows_them(tmp_path, source_path, assignment):
    def draw(notebook):
        cells = cells_of(notebook)
        cells["relu_backward"].outputs = [display(image_png=b64(PNG), text_html=HOSTILE), display(image_jpeg=b64(JPEG))]
        cells["why"]["attachments"] = {"a.png": {"image/png": b64(ATTACHED)}}

    course = make_course(tmp_path / "dl", source_path)
    hand_in(course, assignment, "ada", change=draw, **ANSWERS)
    grade_class(course / "submitted", assignment, course)
    own = Page((course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text())
    nbgrader(course, "generate_feedback", NAME, "--force")
    path = course / "feedback" / "ada" / NAME / f"{NAME}.html"
    page = path.read_text()
    assert "Content-Security-Policy" not in page  # nbgrader's page, and no longer ours
    for picture in (PNG, ATTACHED, JPEG):
        assert sum(b64(picture) in source for source in own.sources) == 1
        assert page.count(b64(picture)) == 1
    assert HOSTILE not in page
