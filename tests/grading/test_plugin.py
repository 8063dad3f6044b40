"""With one line of configuration, nbgrader itself grades in the sandbox: as `course grade`, and as safely."""

import socket
import textwrap
import threading

import nbformat
import pytest
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, RIGHT, SIGMOID, WRONG, booked, hand_in, make_course, nbgrader, nbgrader_api

from autograder.grading.grade import grade_class
from autograder.grading.submissions.assignment import grade_id, is_graded, is_solution

pytestmark = [pytest.mark.sandbox, pytest.mark.soak]

CHECKS = ("check-relu_backward", "check-sigmoid")


def hostile(canary, port):
    """An answer that is right, and tells whether it runs in a process of nbgrader's: by file, by socket, by death."""
    return (
        textwrap.dedent(f"""
        import os, signal, socket
        try:
            open({str(canary)!r}, "w").write("out")
        except OSError:
            pass
        try:
            socket.create_connection(("127.0.0.1", {port}), timeout=1).close()
        except OSError:
            pass
        try:
            os.kill(os.getppid(), signal.SIGKILL)
        except OSError:
            pass
        """)
        + RIGHT
    )


def killer(notebook):
    """A cell of the student's own, which nbgrader's kernel would run first, and die of."""
    notebook.cells.insert(0, nbformat.v4.new_code_cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))


def retag(notebook):
    for cell in notebook.cells:
        if is_graded(cell) and not is_solution(cell):
            cell.metadata.tags = ["skip-execution"]
            cell.metadata.nbgrader.points = 100
            cell.source = "100.0"


def delete(notebook):
    notebook.cells = [cell for cell in notebook.cells if not is_graded(cell) or is_solution(cell)]


def duplicate(notebook):
    doubles = [nbformat.from_dict({**cell, "id": f"{i}x"}) for i, cell in enumerate(notebook.cells) if grade_id(cell)]
    for cell in doubles:
        if is_graded(cell) and not is_solution(cell):
            cell.source = "1.0"
    notebook.cells += doubles


def retype(notebook):
    for cell in notebook.cells:
        if is_graded(cell):
            cell.cell_type = "markdown"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)


class Listener:
    """Counts who connects to a port of this machine."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                self.server.accept()[0].close()
            except OSError:
                return
            self.calls += 1


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    path = tmp_path_factory.mktemp("canary")
    path.chmod(0o777)
    return path / "was_here"


@pytest.fixture(scope="module")
def listener():
    listener = Listener()
    yield listener
    listener.server.close()


@pytest.fixture(scope="module")
def course(tmp_path_factory, source_path, assignment, canary, listener):
    """A class with attackers, graded by the real `nbgrader autograde`."""
    course = make_course(tmp_path_factory.mktemp("hardened") / "dl", source_path)
    hand_in(course, assignment, "ada", relu_backward=RIGHT, sigmoid=SIGMOID, why="Because.")
    hand_in(course, assignment, "bob", relu_backward=WRONG)
    hand_in(course, assignment, "hostile", relu_backward=hostile(canary, listener.port))
    hand_in(course, assignment, "killer", change=killer, relu_backward=RIGHT)
    for change in (retag, delete, duplicate, retype):
        hand_in(course, assignment, change.__name__, change=change, relu_backward=WRONG)
    hand_in(course, assignment, "broken", relu_backward=RIGHT).write_text('{"cells": [')
    (course / "submitted" / "broken" / NAME / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    nbgrader(course, "generate_assignment", NAME)
    nbgrader(course, "autograde", NAME)
    return course


def test_nbgrader_grades_as_course_grade_does(course, tmp_path, assignment):
    theirs = booked(course)
    grade_class(course / "submitted", assignment, tmp_path)
    assert theirs == booked(tmp_path)
    assert theirs["ada"] == {CHECKS[0]: 1.0, CHECKS[1]: 1.0, "why": 0.0}
    assert theirs["bob"][CHECKS[0]] < 1.0


def test_no_code_of_a_submission_runs_in_nbgraders_own_processes(course, canary, listener):
    scores = booked(course)
    assert scores["hostile"][CHECKS[0]] == 1.0
    assert scores["killer"][CHECKS[0]] == 1.0
    assert not canary.exists()
    assert listener.calls == 0


@pytest.mark.parametrize("change", ["retag", "delete", "duplicate", "retype"])
def test_spoiling_the_notebook_gains_nothing(course, change):
    scores = booked(course)
    assert scores[change] == scores["bob"]


def test_a_broken_notebook_gets_nothing_and_stops_nobody(course):
    assert set(booked(course)["broken"].values()) == {0.0}
    notebook = nbformat.read(course / "autograded" / "broken" / NAME / f"{NAME}.ipynb", 4)
    assert all("np.where" not in cell.source for cell in notebook.cells)


def test_answers_comments_and_reports_stand_in_the_graded_notebook(course):
    notebook = nbformat.read(course / "autograded" / "bob" / NAME / f"{NAME}.ipynb", 4)
    cells = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    assert cells["relu_backward"].source == WRONG
    assert "text/html" in cells[CHECKS[0]].outputs[0].data
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        assert stock.find_grade("why", NAME, NAME, "ada").needs_manual_grade
        assert stock.find_comment("relu_backward", NAME, NAME, "bob").auto_comment
        assert stock.find_comment("sigmoid", NAME, NAME, "bob").auto_comment == "No response."


def test_formgraders_button_takes_the_same_path(course, assignment, canary, listener):
    before = booked(course)
    hand_in(course, assignment, "bob", relu_backward=hostile(canary, listener.port), change=killer)
    done = nbgrader_api(course).autograde(NAME, "bob")
    assert done["success"], done
    assert booked(course) == {**before, "bob": {**before["bob"], CHECKS[0]: 1.0}}
    assert not canary.exists()
    assert listener.calls == 0


def test_feedback_pages_hold_neither_hidden_tests_nor_active_content(course, assignment):
    script = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    hand_in(course, assignment, "xss", relu_backward=f"### BEGIN HIDDEN TESTS\n{RIGHT}", why=script)
    api = nbgrader_api(course)
    assert api.autograde(NAME, "xss")["success"]
    own_page = course / "feedback" / "xss" / NAME / f"{NAME}.html"
    assert "<script>alert(2)" not in own_page.read_text()
    assert api.generate_feedback(NAME, "xss")["success"]
    page = (course / "feedback" / "xss" / NAME / f"{NAME}.html").read_text()
    assert "seed=HIDDEN" not in page
    assert "BEGIN HIDDEN TESTS" in page  # the student's own comment
    assert "<img src=x" not in page
    assert "<script>alert(2)" not in page


def test_without_a_sandbox_nbgrader_fails_and_runs_nothing(course, assignment, canary, listener, monkeypatch):
    hand_in(course, assignment, "unlucky", relu_backward=hostile(canary, listener.port))
    monkeypatch.setenv("PATH", "/nonexistent")
    done = nbgrader_api(course).autograde(NAME, "unlucky")
    assert not done["success"]
    assert "bubblewrap" in done["log"]
    assert not canary.exists()
    assert listener.calls == 0
    assert not (course / "autograded" / "unlucky" / NAME).exists()


def test_a_second_notebook_is_refused_by_name(course, assignment):
    path = hand_in(course, assignment, "two", relu_backward=RIGHT)
    path.rename(path.with_name("other.ipynb"))
    done = nbgrader_api(course).autograde(NAME, "two")
    assert not done["success"]
    assert not (course / "autograded" / "two" / NAME).exists()
