"""The instructor's pages in a real browser: nothing sticks out of a telephone, and the filter of the students works."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from chromium import launched

from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.feedback import class_page, student_page
from autograder.grading.reports.marks import Mark, Marks
from autograder.grading.reports.similarity import compare_answers
from autograder.grading.reports.similarity_page import similarity_page
from autograder.grading.reports.statistics import class_statistics
from autograder.grading.reports.statistics_page import statistics_page
from autograder.grading.reports.summary import summarize
from autograder.grading.submissions.assignment import load_assignment
from autograder.grading.submissions.restore import Remark
from autograder.report import Diagnosis, Report

pytestmark = pytest.mark.browser

LONG = "aVeryLongNameWithoutAnySpaceThatGoesOnAndOnAndOnAndOnAndOnAndOnAndOnAndOnAndOn"
CODE = "def f(x):\n" + "".join(f"    x = np.sqrt(x + {i}) * {'long_name_' * 20}\n" for i in range(6)) + "    return x\n"


@pytest.fixture(scope="module")
def pages():
    unit = load_assignment("01_vanishing_gradients")
    exercises = unit.exercises()
    rng = np.random.default_rng(0)
    class_ = []
    for i in range(30):
        reports = {}
        for check, exercise in exercises.items():
            right = rng.random() < i / 30
            mistake = None if right else Diagnosis("it", f"It is {LONG} forgotten.", "misconception")
            score = exercise.points * right
            reports[check] = Report(exercise.name, "pass" if right else "fail", score, exercise.points, "", (), mistake)
        remarks = (Remark("reference", f"calls {LONG}"),) if i < 2 else ()
        own = CODE if i < 2 else "pass"
        answers = {e.name: own for e in exercises.values()}
        class_.append(Result(f"{LONG}{i}", reports, remarks, answers, (), "zygote", 0.1))
    times = {r.student: datetime(2026, 1, 1) + timedelta(hours=i) for i, r in enumerate(class_)}
    answers = {r.student: r.answers for r in class_}
    check, first = next(iter(exercises.items()))
    comment = f"{LONG}\n\n```\n{CODE}\n```\n\n| a | {LONG} |\n|---|---|\n| {LONG} | 1 |\n\n> {LONG} $a^{{{LONG}}}$"
    marks = Marks({check: Mark(first.points, 0.5)}, {first.name: comment, "another": comment})
    return {
        "class": class_page(summarize(unit, class_, set(), 1.0)),
        "statistics": statistics_page(class_statistics(unit, class_, times, datetime(2026, 1, 2))),
        "similarity": similarity_page(compare_answers(unit.name, answers, dict.fromkeys(class_[0].answers, ""))),
        "student": student_page(unit, replace(class_[0], student=LONG), marks=marks),
    }


@pytest.fixture(scope="module")
def show(pages, chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    with launched(chromium) as browser:

        def opened(name, width):
            path = folder / f"{name}.html"
            path.write_text(pages[name], encoding="utf-8")
            page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
            page.goto(path.as_uri())
            return page

        yield opened


@pytest.mark.parametrize("name", ["class", "statistics", "similarity", "student"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_sticks_out(show, name, width):
    page = show(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # what was folded away has no room of its own
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def test_students_can_be_filtered_without_a_script(show):
    page = show("class", 1280)
    rows = page.locator("tr:has(a[href^='feedback/'])")

    def visible():
        return sum(rows.nth(i).is_visible() for i in range(rows.count()))

    assert visible() == rows.count() == 30
    page.click("a[href='#remarked']")
    assert visible() == 2
    page.click("a[href='#low']")
    assert 2 < visible() < 28
    page.click("text=everybody")
    assert visible() == 30
