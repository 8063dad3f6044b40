"""Every lesson as a student meets it: run all, answer wrongly, answer rightly, move a slider."""

import re
from importlib import import_module

import pytest
from playwright.sync_api import expect

from autograder.catalogue import load
from autograder.report import TITLES
from course_lib.units import built, lesson_of, unit_named
from course_lib.units.claims import find

pytestmark = pytest.mark.browser

EXERCISE = "relu_backward"
WRONG = f"def {EXERCISE}(dout, z):\n    return np.where(dout > 0, dout, 0.0)"
RIGHT = f"def {EXERCISE}(dout, z):\n    return np.where(z > 0, dout, 0.0)"
EXERCISES_LESSON = lesson_of(load(EXERCISE).unit)


def marks_of(lesson):
    """`make test` takes one lesson, `make soak` all others."""
    return [] if lesson == EXERCISES_LESSON else [pytest.mark.soak]


def explorers(lesson):
    """All of the lesson that `make test` opens, and the first of every other: they share their machinery."""
    names = import_module(f"course_lib.units.{unit_named(lesson)}.widgets").__all__
    found = [name for name in names if name.endswith("_explorer")]
    return found if lesson == EXERCISES_LESSON else found[:1]


LESSONS = [pytest.param(lesson, id=lesson, marks=marks_of(lesson)) for lesson in map(lesson_of, built())]
every_lesson = pytest.mark.parametrize("notebook", LESSONS, indirect=True)
its_lesson = pytest.mark.parametrize("notebook", [EXERCISES_LESSON], indirect=True)
READABLE = 4.5  # contrast ratio that WCAG 2 asks of text at AA

# The contrast of a text with what is behind it, as WCAG 2 defines it, and its background (or otherwise its own colour).
COLOURS = """element => {
    const channels = colour => colour.match(/[\\d.]+/g).map(Number);
    const luminance = colour => {
        const [r, g, b] = channels(colour).map(c => c / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let behind = element;
    const fill = e => getComputedStyle(e).backgroundColor;
    while (channels(fill(behind))[3] === 0) behind = behind.parentElement;
    const [low, high] = [luminance(getComputedStyle(element).color), luminance(fill(behind))].sort((a, b) => a - b);
    const shown = behind === element ? fill(element) : getComputedStyle(element).color;
    return {contrast: (high + 0.05) / (low + 0.05), rgb: channels(shown).slice(0, 3)};
}"""


@pytest.fixture(scope="module")
def notebook(lab, workspace, request):
    """A notebook as released, all of its cells run; a red traceback would have stopped them."""
    opened = lab.open(workspace / f"{request.param}.ipynb")
    lab.screenshot(f"{request.param}-1-opened")
    opened.run_all()
    assert opened.tracebacks() == []
    return opened


@pytest.fixture
def answer(notebook):
    """A function that writes an answer into the solution cell, runs it and its check, and returns the verdict."""

    def write(code):
        solution = notebook.cell(EXERCISE)
        notebook.rewrite(solution, code)
        notebook.run(solution)
        return notebook.run(notebook.cell(f"check-{EXERCISE}")).get_by_role("status")

    return write


@every_lesson
def test_runs_to_its_end_with_every_exercise_unanswered(notebook, lab, request):
    assert notebook.not_run() == []
    checks = notebook.checks()
    assert checks
    for check in checks:
        verdict = notebook.cell(check).get_by_role("status")
        expect(verdict).to_contain_text(TITLES["not_implemented"])
        expect(verdict).to_contain_text(check.removeprefix("check-"))
    lab.screenshot(f"{request.node.callspec.id}-2-not-yet", notebook.cell(checks[0]))


@every_lesson
def test_every_picture_is_described_and_nothing_is_cut_off(notebook):
    pictures = notebook.page.locator(".jp-OutputArea-output img:not(.widget-image)")  # a widget names its own
    alternatives = pictures.evaluate_all(
        "all => all.map(picture => picture.alt || picture.closest('[role=img]')?.ariaLabel)"
    )
    assert alternatives and all(alternatives)
    too_wide = notebook.page.locator(".jp-OutputArea-output").evaluate_all(
        "all => all.filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.textContent.slice(0, 200))"
    )
    assert too_wide == []


@every_lesson
def test_no_serious_complaint_of_axe(notebook):
    assert notebook.violations() == []


@its_lesson
def test_names_the_mistake_in_a_wrong_answer(notebook, answer, lab):
    verdict = answer(WRONG)
    mistakes = {form.name: form.sentence for form in load(EXERCISE).misconceptions}
    expect(verdict).to_contain_text(TITLES["fail"])
    expect(verdict).to_contain_text(mistakes["masks_by_the_gradient"])
    red, green, blue = colours(verdict, "fail")["rgb"]
    assert red > green and red > blue
    lab.screenshot("answer-1-wrong", verdict)

    verdict.get_by_text(re.compile("^Hint 1")).click()
    expect(verdict.get_by_text(load(EXERCISE).hints[0])).to_be_visible()
    lab.screenshot("answer-2-hint", verdict)


@its_lesson
def test_turns_green_for_the_right_answer(notebook, answer, lab):
    verdict = answer(RIGHT)
    expect(verdict).to_contain_text(TITLES["pass"])
    expect(verdict).not_to_contain_text(TITLES["fail"])
    red, green, blue = colours(verdict, "pass")["rgb"]
    assert green > red and green > blue
    lab.screenshot("answer-3-right", verdict)


@its_lesson
def test_explains_an_answer_that_raises(notebook, answer, lab):
    verdict = answer(f"def {EXERCISE}(dout, z):\n    return dout @ z")
    expect(verdict).to_contain_text(TITLES["error"])
    expect(verdict).to_contain_text("line 2")
    assert notebook.tracebacks() == []
    colours(verdict, "error")
    lab.screenshot("answer-4-raises", verdict)


@every_lesson
def test_claim_card_compares_the_prediction_with_the_measurement(notebook, lab, request):
    sources = "\n".join(cell.source for cell in notebook.source.cells)
    name = re.search(r'claim_card\("([^"]+)"\)', sources)[1]
    cell = notebook.cell_with(f'claim_card("{name}")')
    claim = find(name)
    card = notebook.run(cell)
    expect(card).to_contain_text(claim.statement)
    expect(card).not_to_contain_text(claim.correction)
    lab.screenshot(f"{request.node.callspec.id}-3-claim-question", card)
    card.get_by_role("radio").first.check()
    card.get_by_role("button", name="Commit").click()
    expect(card).to_contain_text(f"You predicted {claim.options[0]}", timeout=60_000)
    expect(card).to_contain_text(claim.correction)
    expect(card).to_contain_text("neighbouring settings")
    lab.screenshot(f"{request.node.callspec.id}-3-claim", card)


@every_lesson
def test_picture_and_readout_follow_the_slider(notebook, lab, request):
    for widget in explorers(request.node.callspec.id):
        explorer = notebook.explorer(widget)
        lab.screenshot(f"widget-{widget}-1-question", explorer.root)
        explorer.predict()
        lab.screenshot(f"widget-{widget}-2-shown", explorer.root)
        picture, readout = explorer.picture(), explorer.readout.inner_text()
        explorer.slider().press("ArrowRight")
        expect(explorer.readout).not_to_have_text(readout)
        assert explorer.picture() != picture, widget
        lab.screenshot(f"widget-{widget}-3-moved", explorer.root)


@its_lesson
def test_playground_trains_until_it_is_stopped(notebook, lab):
    explorer = notebook.explorer("playground")
    explorer.predict()
    untrained, picture = explorer.readout.inner_text(), explorer.picture()
    explorer.root.get_by_role("button", name="Play").click()
    expect(explorer.readout).not_to_have_text(untrained)
    explorer.root.get_by_role("button", name="Stop").click()
    expect(explorer.root.get_by_role("button", name="Play")).to_be_enabled()
    assert explorer.picture() != picture
    lab.screenshot("widget-playground-stopped", explorer.root)


def colours(verdict, name):
    """The colours of the word that says the verdict, which must be readable."""
    measured = verdict.get_by_text(TITLES[name]).first.evaluate(COLOURS)
    assert measured["contrast"] >= READABLE
    return measured
