"""Pages say what a student needs, and run nothing that a student wrote."""

from html.parser import HTMLParser

import pytest

from autograder.call import Outcome, call
from autograder.check import HIDDEN, judge
from autograder.exercise import load
from autograder.grading.feedback import class_page, student_page
from autograder.grading.judging import Result
from autograder.grading.restore import Remark
from autograder.grading.summary import summarize

HOSTILE = "</code><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'\""


class Tags(HTMLParser):
    """Collects the tags, their attributes, and the text of a page; complains about tags left open."""

    VOID = ("meta", "br", "img", "link", "input", "hr")

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.links, self.text, self.open = set(), set(), set(), "", []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value for name, value in attrs if name == "href"}
        self.open += [] if tag in self.VOID else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def reports(function):
    outcome = {
        "hostile": lambda inputs: Outcome("raised", error=HOSTILE, message=HOSTILE, where=HOSTILE, printed=HOSTILE),
    }.get(function, lambda inputs: call(function, inputs))
    return {f"check-{n}": judge(load(n), outcome, HIDDEN) for n in ("relu_backward", "sigmoid")}


def result(student="ada", function="hostile", remarks=(), **options):
    fields = {"answers": {"sigmoid": HOSTILE}, "blank": ("relu_backward",), "level": "bwrap", "seconds": 0.5}
    return Result(student, reports(function), remarks, **{**fields, **options})


def test_everything_that_a_student_wrote_is_escaped(assignment):
    hostile = result(student=HOSTILE, remarks=(Remark("file", HOSTILE),))
    for page in (student_page(assignment, hostile), class_page(summarize(assignment, [hostile], set(), 1.0))):
        seen = Tags(page)
        assert not seen.tags & {"script", "img", "iframe", "object", "embed", "link"}
        assert "src" not in seen.attributes
        assert not any(name.startswith("on") for name in seen.attributes)
        assert all(link.startswith("feedback/%") for link in seen.links)
        assert HOSTILE in seen.text
        assert "49" not in seen.text
        assert "default-src 'none'" in page


def test_the_page_shows_score_verdicts_diagnosis_hints_and_the_answer(assignment):
    exercise = load("relu_backward")
    form = exercise.misconceptions[0]
    seen = Tags(
        student_page(assignment, result(function=form.function, answers={"relu_backward": "my code"}, blank=()))
    )
    for text in ("ada", "relu_backward", form.sentence, *exercise.hints, "my code", "of 2 points", "why"):
        assert text in seen.text
    assert "sigmoid" in seen.text


def test_a_notebook_that_could_not_be_read_has_a_page_too(assignment):
    unread = Result("ada", {}, (Remark("unreadable", "the file is empty"),), {}, (), "", 0.0)
    seen = Tags(student_page(assignment, unread))
    assert "the file is empty" in seen.text
    assert "0 of 2 points" in seen.text


@pytest.mark.parametrize("results", [[], ["unread"]])
def test_a_class_without_anything_graded_has_a_summary(assignment, results):
    unread = [Result("ada", {}, (), {}, (), "", 0.0) for _ in results]
    assert "No known misconception" in class_page(summarize(assignment, unread, set(), 0.0))


def test_misconceptions_are_counted_most_common_first(assignment):
    first, second = load("relu_backward").misconceptions[:2]
    class_ = [result(f"s{i}", form.function) for i, form in enumerate([first, second, second])]
    rows = summarize(assignment, class_, {"s1"}, 1.0).misconceptions
    mine = [(row.name, row.students) for row in rows if row.exercise == "relu_backward"]
    assert mine == [(second.name, ("s1", "s2")), (first.name, ("s0",))]
