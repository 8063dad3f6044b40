"""Pages say what a student needs, keep their pictures, tell nothing of hidden inputs, and run nothing."""

import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from chromium import launched
from lessons import TEXT, marker
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from pages import GIF, HOSTILE, JPEG, PNG, harmless

from autograder.call import Outcome, call
from autograder.catalogue import load
from autograder.check import HIDDEN, VISIBLE, judge
from autograder.corners import cases_of
from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.feedback import SHOWN, class_page, student_page
from autograder.grading.reports.marks import Mark, Marks
from autograder.grading.reports.pictures import MAX_PICTURE, MAX_PICTURES, pictures_of
from autograder.grading.reports.summary import summarize
from autograder.grading.submissions.assignment import copy_notebook, grade_id, read_assignment
from autograder.grading.submissions.restore import Remark
from autograder.report import MARKS, Diagnosis

NAMES = ("relu_backward", "sigmoid")


def reports(function, seed=HIDDEN):
    outcome = {
        "hostile": lambda inputs: Outcome("raised", error=HOSTILE, message=HOSTILE, where=HOSTILE, printed=HOSTILE),
    }.get(function, lambda inputs: call(function, inputs))
    return {f"check-{name}": judge(load(name), outcome, seed) for name in NAMES}


def result(student="ada", function="hostile", remarks=(), **options):
    fields = {"answers": {"sigmoid": HOSTILE}, "blank": ("relu_backward",), "level": "bwrap", "seconds": 0.5}
    return Result(student, reports(function), remarks, **{**fields, "public": reports(function, VISIBLE), **options})


def b64(data):
    return base64.b64encode(data).decode()


def notebook(released, **outputs):
    """A submission, with outputs for the cells of these names."""
    submission = copy_notebook(released)
    for cell in submission.cells:
        if data := outputs.get(grade_id(cell)):
            cell.outputs = [{"output_type": "display_data", "data": data, "metadata": {}}]
    return submission


def test_everything_that_a_student_wrote_is_escaped(assignment):
    hostile = result(student=HOSTILE, remarks=(Remark("file", HOSTILE),))
    for page in (student_page(assignment, hostile), class_page(summarize(assignment, [hostile], set(), 1.0))):
        seen = harmless(page)
        assert "img" not in seen.tags
        assert HOSTILE in seen.text
        assert str(731 * 977) not in seen.text


def test_the_page_shows_score_verdicts_diagnosis_hints_and_the_answer(assignment):
    exercise = load("relu_backward")
    form = exercise.misconceptions[0]
    answers = {"relu_backward": "my code", "why": "my words"}
    seen = harmless(student_page(assignment, result(function=form.function, answers=answers, blank=())))
    for text in ("ada", "relu_backward", form.sentence, *exercise.hints, "my code", "of 2 points", "my words"):
        assert text in seen.text
    assert {f"#{name}" for name in NAMES} <= set(seen.links)
    assert {link[1:] for link in seen.links} <= seen.ids


def test_a_task_is_among_what_is_graded_by_hand(tmp_path):
    task = marker(" [markdown]", grade_id="todo", locked=True, task=True, points=2)
    (tmp_path / "03_task.py").write_text(f"{TEXT}\n{task}\n# Plot it in a cell of your own.\n", encoding="utf-8")
    lesson = read_assignment(tmp_path / "03_task.py")
    answered = result(answers={"why": "Because."}, blank=())
    said = harmless(student_page(lesson, answered)).text
    assert "why (3), todo (2)" in said
    marks = Marks({"todo": Mark(2.0, 1.5)}, {"todo": "Which unit?"})
    said = " ".join(harmless(student_page(lesson, answered, marks=marks)).text.split())
    assert "Read and graded by your instructor: 1.5 of 2 points." in said
    assert "Your instructor writes: Which unit?" in said
    assert "1.5 of 4 points without what your instructor grades by hand: why (3)" in said


def test_a_notebook_that_could_not_be_read_has_a_page_too(assignment):
    unread = Result("ada", {}, (Remark("unreadable", "the file is empty"),), {}, (), "", 0.0)
    seen = harmless(student_page(assignment, unread, pictures_of(b"image/png")))
    assert "the file is empty" in seen.text
    assert "0 of 5 points" in seen.text  # a human grades 3 of them


def numbers(text):
    """The decimals in a text, which cases draw with three digits or more."""
    return {number for number in re.findall(r"\d+\.\d{3,}", text)}


def drawn(seed):
    calls = [one.inputs for n in NAMES for case in cases_of(load(n)) for one in case.calls(seed)]
    values = [np.ravel(value) for inputs in calls for value in inputs.values()]
    return numbers(repr([float(x) for x in np.concatenate(values) if np.isfinite(x)]))


def test_hidden_inputs_are_never_shown_however_the_student_tries(assignment):
    def prints(*inputs):
        print([np.asarray(x).tolist() for x in inputs])
        return "".join(str(np.asarray(x).tolist()) for x in inputs)

    def raises(*inputs):
        raise ValueError(str([np.asarray(x).tolist() for x in inputs]))

    def named(*inputs):
        raise type(str(np.asarray(inputs[0]).tolist()), (ValueError,), {})()

    def returns(*inputs):
        return inputs[0]

    hidden = drawn(HIDDEN) - drawn(VISIBLE)
    assert len(hidden) > 20
    for thief in (prints, raises, named, returns):
        stolen, public = (
            {f"check-{n}": judge(load(n), lambda inputs, f=thief: leak(f, inputs), seed) for n in NAMES}
            for seed in (HIDDEN, VISIBLE)
        )
        answers = dict.fromkeys(NAMES, "code")
        page = student_page(assignment, Result("eve", stolen, (), answers, (), "", 0.0, public=public))
        assert "FAIL" in page or "ERROR" in page
        assert numbers(harmless(page).text) & drawn(VISIBLE), "nothing was stolen"
        assert not numbers(harmless(page).text) & hidden


def leak(function, inputs):
    """What a process of the student's would say of a call: everything."""
    outcome = call(function, inputs)
    said = str([np.asarray(value).tolist() for value in inputs.values()])
    return Outcome(outcome.status, outcome.value, outcome.error, said, said, (), said, (said,))


def test_the_lines_to_try_are_those_of_the_visible_cases(assignment):
    form = load("relu_backward").misconceptions[0]
    page = harmless(student_page(assignment, result(function=form.function, blank=())))
    assert "Reproduce:" in page.text
    shown = numbers(page.text)
    assert shown and shown <= drawn(VISIBLE)


def test_pictures_are_kept_where_they_were(assignment, released):
    submission = notebook(released, sigmoid={"image/png": b64(PNG), "text/html": "<script>x</script>"}, why={})
    why = next(cell for cell in submission.cells if grade_id(cell) == "why")
    why["attachments"] = {"a.gif": {"image/gif": b64(GIF)}}
    why.source = f"See ![it](attachment:a.gif) and ![that](data:image/jpeg;base64,{b64(JPEG)})"
    loose = next(cell for cell in submission.cells if cell.cell_type == "code" and not grade_id(cell))
    loose.outputs = [{"output_type": "display_data", "data": {"image/png": [b64(PNG + b"2")]}, "metadata": {}}]
    data = json.dumps(submission).encode()
    found = pictures_of(data)
    assert {name: len(uris) for name, uris in found.by_cell.items()} == {"sigmoid": 1, "why": 2, "": 1}
    assert found.left_out == 0
    seen = harmless(student_page(assignment, result(answers={"why": "words"}, blank=()), pictures_of(data)))
    assert len(seen.sources) == 4
    assert {source.partition(";")[0] for source in seen.sources} == {
        "data:image/png",
        "data:image/gif",
        "data:image/jpeg",
    }
    assert all(seen.alts)


def huge_png():
    return PNG[:16] + (100_000).to_bytes(4, "big") * 2 + PNG[24:]


@pytest.mark.parametrize(
    "data",
    [
        b64(b"<svg onload=alert(1)>"),
        b64(b"<html>"),
        "not base64!",
        "x" * (2 * MAX_PICTURE + 1),
        b64(PNG + bytes(MAX_PICTURE)),
        b64(huge_png()),
        b64(GIF[:6] + b"\xff\xff\xff\xff" + GIF[10:]),
        b64(JPEG[:25] + b"\xff\xff\xff\xff" + JPEG[29:]),
        '" onerror="alert(1)',
    ],
    ids="svg html base64 text large png gif jpeg markup".split(),
)
def test_what_is_no_picture_or_too_large_is_left_out(assignment, released, data):
    found = pictures_of(json.dumps(notebook(released, sigmoid={"image/png": data})).encode())
    assert (found.by_cell, found.left_out) == ({}, 1)


def test_an_active_type_is_never_taken(released):
    submission = notebook(released, sigmoid={"image/svg+xml": "<svg/>", "text/html": '<img src="image/png">'})
    assert pictures_of(json.dumps(submission).encode()).by_cell == {}


def test_pictures_are_limited_in_number_and_kept_once(released):
    outputs = {"output_type": "display_data", "metadata": {}}
    submission = notebook(released)
    code = next(cell for cell in submission.cells if cell.cell_type == "code")
    code.outputs = [{**outputs, "data": {"image/png": b64(PNG + bytes([i % 200]))}} for i in range(400)]
    found = pictures_of(json.dumps(submission).encode())
    assert len(found.by_cell[grade_id(code)]) == MAX_PICTURES
    assert found.left_out == 2 * (200 - MAX_PICTURES)  # the kept ones stand there twice, and are no loss


@pytest.mark.parametrize(
    "data", [b"", b"image/png", b'{"cells": "image/png"}', b'["image/"]', b'{"cells": [1, {"outputs": ["image/"]}]}']
)
def test_no_notebook_has_no_pictures(data):
    assert pictures_of(data).by_cell == {}


@pytest.mark.browser
def test_a_real_browser_shows_the_page_and_runs_nothing(assignment, released, chromium, tmp_path):
    submission = notebook(released, sigmoid={"image/png": b64(PNG)})
    html = student_page(assignment, result(), pictures_of(json.dumps(submission).encode()))
    # as if something had slipped through unescaped: the page's own policy stops it
    run = "document.title = 'run'"
    slipped = f'<script>{run}</script><img id="slipped" src="near.png" onload="{run}" onerror="{run}"></body>'
    path = tmp_path / "page.html"
    (tmp_path / "near.png").write_bytes(PNG)
    path.write_text(html.replace("</body>", slipped), encoding="utf-8")
    with launched(chromium) as browser:
        for width, scheme in ((380, "light"), (1200, "dark")):
            page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
            page.goto(path.as_uri())
            assert "run" not in page.title()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate("document.querySelector('.gallery img').naturalWidth") == 10
            assert page.evaluate("document.querySelector('#slipped').naturalWidth") == 0
            dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
            assert dark == (scheme == "dark")


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


def test_every_mark_is_in_a_plain_font():
    """DejaVu, which matplotlib ships and most Linux desktops use; what it lacks, others lack too."""
    for font in ("DejaVu Sans", "DejaVu Sans Mono"):
        drawn = FT2Font(findfont(font, fallback_to_default=False))
        assert [mark for mark in MARKS.values() if not drawn.get_char_index(ord(mark))] == []


def test_what_passed_is_folded_and_what_did_not_is_open(assignment):
    form = load("relu_backward").misconceptions[0]
    told = reports(form.function) | {"check-sigmoid": judge(load("sigmoid"), right_sigmoid, HIDDEN)}
    page = student_page(assignment, Result("ada", told, (), {"sigmoid": "code", "relu_backward": "code"}, (), "", 1.0))
    relu, sigmoid = (page.index(f'<section class="exercise" id="{name}">') for name in NAMES)
    assert '<details class="passed">' not in page[relu:sigmoid]
    assert '<details class="passed">' in page[sigmoid:]


def right_sigmoid(inputs):
    return call(load("sigmoid").reference, inputs)


def test_a_pasted_picture_is_no_text(assignment, released):
    why = next(cell for cell in released.cells if grade_id(cell) == "why")
    why.source = f"See ![it](data:image/png;base64,{b64(PNG)}) there."
    page = student_page(
        assignment, result(answers={"why": why.source}, blank=()), pictures_of(json.dumps(released).encode())
    )
    assert page.count(b64(PNG)) == 1
    seen = harmless(page)
    assert "See  there." in seen.text
    assert seen.alts == ["it"]


def test_a_large_class_can_be_filtered_and_folds_what_is_rare(assignment):
    names = [form.name for form in load("relu_backward").misconceptions]
    sentence = load("relu_backward").misconceptions[0].sentence
    class_ = []
    for i in range(40):
        one = result(f"s{i:02d}", load("relu_backward").reference, (Remark("file", "noted"),) if i == 3 else ())
        diagnosis = Diagnosis(f"{names[0]}_{i}", f"{sentence} {i}", "misconception")
        report = replace(one.reports["check-relu_backward"], diagnosis=diagnosis)
        class_.append(replace(one, reports={**one.reports, "check-relu_backward": report}))
    page = class_page(summarize(assignment, class_, set(), 1.0))
    seen = harmless(page)
    assert f"{40 - SHOWN} more, each held by 1 student at most" in seen.text
    assert "with remarks (1)" in seen.text
    assert page.count('<tr class="unremarked') == 39
    assert all(f"{sentence} {i}" in seen.text for i in range(40))
