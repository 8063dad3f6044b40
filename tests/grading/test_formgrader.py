"""Formgrader, as `course serve` starts it, in a real Chromium: what `course grade` recorded is shown, and manual
scores that are given there stay when the class is graded again."""

import base64
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from chromium import ANSWER_MS, launched
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook as Stock
from nbgrader_courses import NAME, RIGHT, WRONG, environment, hand_in, make_course
from pages import PNG
from playwright.sync_api import expect

from autograder.files import ROOT
from autograder.grading.classroom.nbgrader_course import formgrader_url, grading_settings, read_course
from autograder.grading.grade import grade_class

pytestmark = [pytest.mark.soak, pytest.mark.serial, pytest.mark.browser, pytest.mark.sandbox]

TOKEN = "formgrader-tests"
START_SECONDS = 300
XSS = """Because the sign of $z$ decides.

<img src=x onerror="fetch('/formgrader/api/grades')"><script>document.title = 'pwned'</script>"""


def grade(course):
    settings = grading_settings(read_course(course), NAME)
    return grade_class(settings.pop("submitted"), **settings)


def with_own_cells(notebook):
    """The answer goes on in cells of the student's own: text with a script, and a plot."""
    data = {"image/png": base64.b64encode(PNG).decode(), "text/html": "<script>document.title = 'pwned'</script>"}
    plot = new_code_cell("plt.plot([1, 2])", outputs=[new_output("display_data", data)])
    notebook.cells += [new_markdown_cell(f"**My explanation**: $a(1-a) \\le 1/4$. {XSS}"), plot]


def manual_score(database: str) -> float | None:
    with Stock(database) as stock:
        return stock.find_grade("why", NAME, NAME, "ada").manual_score


def commented(database: str) -> str | None:
    with Stock(database) as stock:
        return stock.find_comment("why", NAME, NAME, "ada").comment


def wait_for(condition, seconds: float = START_SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def course(tmp_path_factory, source_path, assignment):
    course = make_course(tmp_path_factory.mktemp("formgrader") / "dl", source_path)
    hand_in(course, assignment, "ada", relu_backward=WRONG, why=XSS)
    hand_in(course, assignment, "bob", relu_backward=RIGHT)
    hand_in(course, assignment, "eve", change=with_own_cells, why="![photo.png](attachment:photo.png)")
    grade(course)
    return course


@pytest.fixture(scope="module")
def port(course):
    """The port of a formgrader that `course serve` has started; a token is needed, and only this machine is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = course.parent / "serve.log"
    command = [sys.executable, "-m", "autograder.cli", "serve", str(course)]
    with log.open("w") as output:
        server = subprocess.Popen(
            [*command, "--no-browser", "--port", str(port), "--token", TOKEN],
            cwd=course.parent,
            env=environment(course),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"http://127.0.0.1:{port}/api/status?token={TOKEN}"):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture(scope="module")
def page(chromium, port):
    """A page that has let itself in with the token; the network beyond this machine is cut off."""
    with launched(chromium) as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 1500})
        address = f"http://127.0.0.1:{port}/"
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        page.set_default_timeout(ANSWER_MS)
        page.goto(formgrader_url(port, TOKEN))
        yield page


def test_without_the_token_nobody_is_let_in(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/formgrader/api/assignments", timeout=60) as response:
        assert "/login" in response.url
        assert NAME not in response.read().decode().replace(response.url, "")


def test_the_class_that_course_grade_recorded_is_shown(page, port):
    page.goto(formgrader_url(port, TOKEN))
    row = page.get_by_role("row", name=NAME)
    expect(row).to_be_visible()
    expect(row.locator(".num-submissions")).to_have_text("3")
    page.goto(f"http://127.0.0.1:{port}/formgrader/gradebook/{NAME}/{NAME}")
    expect(page.get_by_role("row", name="Submission #1")).to_be_visible()
    expect(page.get_by_role("row", name="Submission #2")).to_be_visible()


def test_cells_of_the_students_own_are_shown_and_a_missing_picture_stops_nothing(page, port, course):
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        submission = stock.find_submission_notebook(NAME, NAME, "eve").id
    page.goto(f"http://127.0.0.1:{port}/formgrader/submissions/{submission}/?index=0")
    expect(page.get_by_text("the picture photo.png is not there")).to_be_visible()
    expect(page.get_by_text("The student's own 2 cells:")).to_be_visible()
    expect(page.locator("strong", has_text="My explanation")).to_be_visible()
    expect(page.locator("img[src^='data:image/png']")).to_have_count(1)
    (ROOT / "test-artifacts").mkdir(exist_ok=True)
    page.screenshot(path=ROOT / "test-artifacts" / "formgrader-own-cells.png", full_page=True)
    assert page.title() != "pwned"


def test_a_manual_score_given_there_is_kept_after_a_regrade(page, port, course, assignment):
    database = f"sqlite:///{course / 'gradebook.db'}"
    with Stock(database) as stock:
        submission = stock.find_submission_notebook(NAME, NAME, "ada").id
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"http://127.0.0.1:{port}/formgrader/submissions/{submission}/?index=0")
    answer = page.locator(".nbgrader_cell", has_text="the sign of")
    expect(answer).to_be_visible()
    # the report of `course grade`, with its looks; the student's HTML is text
    expect(page.get_by_text("FAIL").first).to_be_visible()
    frame = page.locator("div[role=status]", has_text="FAIL").first
    assert "border-left" in frame.get_attribute("style")
    expect(answer).to_contain_text("<script>")
    # formgrader fills these in when it has asked its server, and would overwrite what was typed before
    score, comment = answer.locator("input.score"), answer.locator("textarea.comment")
    expect(answer.locator("input.extra-credit")).to_have_attribute("placeholder", "0")
    expect(comment).to_have_attribute("placeholder", re.compile("."))
    score.fill("2.5")
    score.press("Tab")
    comment.fill("Well seen.")
    comment.press("Tab")
    wait_for(lambda: (manual_score(database), commented(database)) == (2.5, "Well seen."))
    (ROOT / "test-artifacts").mkdir(exist_ok=True)
    page.screenshot(path=ROOT / "test-artifacts" / "formgrader.png", full_page=True)
    assert page.title() != "pwned"
    assert not [url for url in requests if url.endswith("/formgrader/api/grades")]

    hand_in(course, assignment, "ada", relu_backward=RIGHT, why=XSS)
    assert grade(course).graded == 1
    with Stock(database) as stock:
        grades = {grade.name: grade.score for grade in stock.find_submission_notebook(NAME, NAME, "ada").grades}
        assert grades == {"check-relu_backward": 1.0, "check-sigmoid": 0.0, "why": 2.5}
    assert commented(database) == "Well seen."
    ours = (course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "2.5 of 3 points" in ours and "Well seen." in ours
    page.reload()
    expect(page.locator(".nbgrader_cell", has_text="the sign of").locator("input.score")).to_have_value("2.5")
    expect(page.get_by_text("PASS").first).to_be_visible()


def test_the_button_grades_in_the_sandbox(page, port, course, assignment):
    """The lightning bolt of "Manage Submissions": in the same server, of another submission."""
    canary = course.parent / "canary"
    hand_in(course, assignment, "cyd", relu_backward=f"open({str(canary)!r}, 'w').write('out')\n{RIGHT}")
    hand_in(course, assignment, "dan", relu_backward=RIGHT)
    page.goto(f"http://127.0.0.1:{port}/formgrader/manage_submissions/{NAME}")
    for student in ("cyd", "dan"):
        row = page.get_by_role("row", name=student)
        expect(row).to_be_visible()
        row.locator(".autograde a").click()
        expect(page.get_by_text("Successfully autograded")).to_be_visible()
        page.get_by_role("button", name="OK").click()
        expect(page.get_by_text("Successfully autograded")).to_be_hidden()
    assert not canary.exists()
    with Stock(f"sqlite:///{course / 'gradebook.db'}") as stock:
        assert stock.find_submission(NAME, "dan").score == 1.0
        assert stock.find_submission(NAME, "cyd").student.id == "cyd"
