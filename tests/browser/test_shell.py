"""What all widgets, figures and cards share on the page: names for screen readers, sizes, the prediction."""

import shutil
from importlib import import_module

import nbformat
import pytest
from playwright.sync_api import expect

from course_lib.units import built

pytestmark = [pytest.mark.browser, pytest.mark.soak]

WIDGETS = [(unit, name) for unit in built() for name in import_module(f"course_lib.units.{unit}.widgets").__all__]
WIDGET_NAMES = [name for _, name in WIDGETS]
PREDICTION = """Prediction(
    Question(
        "Which of the two has the lower loss?",
        ("the first", "the second"),
        lambda runs: int(runs[1].train_loss[-1] < runs[0].train_loss[-1]),
        "The first ends at {result[0].train_loss[0]:.2f}.",
        name="browser_test",
    ),
    lambda: [train_on_digits(depth=4, activation="tanh", lr=lr, epochs=1) for lr in (0.01, 0.1)],
    norms,
)"""
# It lasts until a test has made a folder of this name.
SLOW = """import time
from pathlib import Path
def until_told():
    while not Path("go-on").exists():
        time.sleep(0.05)
Prediction(Question("Slow?", ("yes", "no"), lambda _: 0, name="browser_test_slow"), until_told)"""
CELLS = [
    "from course_lib.units.cards import claim_card\n"
    "from course_lib.units.claims import all_claims\n"
    "from course_lib.units.shared.figures.seeds import Panel, over_seeds\n"
    "from course_lib.units.shared.training_runs import train_on_digits\n"
    "from course_lib.widgets.prediction import Prediction, Question\n"
    "def norms(runs):\n"
    "    series = {run.label: run.initial_norms for run in runs}\n"
    "    return over_seeds(*[Panel(series, title, 'layer', 'norm', log=True) for title in ('One panel', 'Another')])\n"
    "print('Printed.')",
    *(f"from course_lib.units.{unit}.widgets import {name}\n{name}(predict=False)" for unit, name in WIDGETS),
    f"{WIDGET_NAMES[0]}()",
    PREDICTION,
    SLOW,
    "claim_card(all_claims()[0].id)",
    "card = claim_card(next(claim.id for claim in all_claims() if claim.curves))\n"
    "card.prediction.choice.index = 0\ncard.prediction.commit()\ncard",
    'norms([train_on_digits(depth=4, activation="tanh", epochs=1)])',
]
NARROWEST_SLIDER = 200  # CSS pixels: 20 steps of ten pixels, which a hand can tell apart
SMALLEST_TEXT = 11
SMALLEST_POINTS = 8.5  # of the letters in any figure: course_lib.figures.style

CUT_OFF = """() => [...document.querySelectorAll(".jp-OutputArea-output, .jp-OutputArea-output *")]
    .filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
    .filter(part => getComputedStyle(part).overflowX !== "visible" || part.matches(".jp-OutputArea-output"))
    .filter(part => !part.matches(".tdn-picture, [role=img], select, textarea, .jp-OutputArea-prompt"))
    .map(part => part.className + ": " + part.textContent.slice(0, 100))"""
# Every picture on the page: how wide it is shown, how wide it was made, and how far its shape is from the one it was
# made in.
PICTURES = """() => [...document.querySelectorAll(".tdn-picture img, [role=img] > img")].map(image => {
    const box = image.getBoundingClientRect(), shape = image.naturalWidth / image.naturalHeight;
    return [box.width / image.naturalWidth, Math.abs(box.width / box.height / shape - 1)];
})"""

SCROLLED = """() => [...document.querySelectorAll(".tdn-picture, [role=img]")]
    .filter(picture => picture.scrollWidth > picture.clientWidth)
    .map(picture => `${picture.scrollWidth} in ${picture.clientWidth}: ${picture.ariaLabel.slice(0, 100)}`)"""


@pytest.fixture(scope="module")
def notebook(lab, workspace):
    """A notebook with everything that the course puts on a page, to a learner who has not predicted anything yet."""
    path = workspace / "shell.ipynb"
    shutil.rmtree(workspace / ".course", ignore_errors=True)
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS], metadata=kernel), path
    )
    opened = lab.open(path)
    opened.run_all()
    assert opened.tracebacks() == []
    card = opened.cell_with("claim_card(")
    card.scroll_into_view_if_needed()
    card.get_by_role("radio").first.check()
    card.get_by_role("button", name="Commit").click()
    expect(card.get_by_role("status")).to_contain_text("measured")
    return opened


@pytest.fixture
def page_of(notebook):
    """The function `notebook.show`; the page is as before once the test is over."""
    yield notebook.show
    notebook.show(1400)
    notebook.page.set_viewport_size({"width": 1400, "height": 1100})


THEMES = [(width, theme) for width in (1400, 900) for theme in ("Light", "Dark")]


@pytest.mark.parametrize(("width", "theme"), THEMES)
def test_no_serious_complaint_of_axe(notebook, page_of, lab, width, theme):
    page_of(width, theme)
    lab.screenshot(f"shell-{width}-{theme}")
    assert notebook.violations() == []


def test_axe_would_complain(notebook, page_of):
    page = page_of(1400)
    slider = page.get_by_role("slider").first
    name = slider.get_attribute("aria-label")
    slider.evaluate("slider => { slider.ariaLabel = ''; }")
    assert [found.partition(":")[0] for found in notebook.violations()] == ["aria-input-field-name"]
    page.locator(".noUi-handle").first.evaluate("(slider, name) => { slider.ariaLabel = name; }", name)


@pytest.mark.parametrize("width", [1400, 900, 600])
def test_text_stays_legible_and_nothing_is_cut_or_stretched(page_of, lab, width):
    page = page_of(width)
    page.wait_for_function("[...document.images].every(image => image.complete)")
    assert page.evaluate(CUT_OFF) == []
    pictures = page.evaluate(PICTURES)
    assert len(pictures) > len(WIDGETS)
    for scale, distortion in pictures:
        # 120 pixels to the inch; 0.05 pixels of rounding
        assert SMALLEST_POINTS / 72 * 120 * scale >= SMALLEST_TEXT - 0.05
        assert distortion < 0.02  # a pixel of rounding in the height of the smallest
    if width >= 900:
        assert page.evaluate(SCROLLED) == []
    lab.screenshot(f"shell-{width}")


def test_two_panels_share_a_row_where_there_is_room(notebook, page_of):
    panels = notebook.cell_with("norms([train_on_digits").locator("[role=img] > img")
    for width, in_one_row in ((1400, True), (900, False)):
        page_of(width)
        first, second = (panel.bounding_box()["y"] for panel in panels.all())
        assert (first == second) == in_one_row


def test_printed_lines_break_between_words(notebook):
    printed = notebook.cell_with("print('Printed.')").locator(".jp-OutputArea-output pre")
    expect(printed).to_have_css("word-break", "normal")


@pytest.mark.parametrize("name", WIDGET_NAMES)
def test_widget_fits_the_screen(notebook, page_of, lab, name):
    page_of(1400)
    explorer = notebook.explorer(name)
    root = explorer.root.first
    top = root.locator(".widget-inline-hbox:visible").first.bounding_box()["y"]
    readout = root.locator(".tdn-readout").bounding_box()
    assert readout["y"] + readout["height"] - top <= 780
    for track in root.locator(".noUi-base").all():
        assert track.bounding_box()["width"] >= NARROWEST_SLIDER
    lab.screenshot(f"shell-{name}", root)


def test_the_playgrounds_picture_fits_a_narrow_screen_too(notebook, page_of, lab):
    page_of(900)
    root = notebook.explorer("playground").root.first
    assert root.locator(".tdn-picture").bounding_box()["height"] <= 780
    lab.screenshot("shell-playground-900", root)


@pytest.mark.parametrize("name", WIDGET_NAMES)
def test_every_control_has_a_name_and_speaks_its_value(notebook, name):
    root = notebook.explorer(name).root.first
    sliders = root.get_by_role("slider")
    for slider in sliders.all():
        label, readout = (
            slider.evaluate(f"s => s.closest('.widget-slider').querySelector('{part}').textContent")
            for part in (".widget-label", ".widget-readout")
        )
        assert slider.get_attribute("aria-label") == label != ""
        assert slider.get_attribute("aria-valuetext") == readout.replace("\u2212", "-")
    if sliders.count():
        slider, picture = sliders.first, root.get_by_role("img").first
        before = picture.get_attribute("aria-label")
        slider.press("ArrowRight")
        expect(picture).not_to_have_attribute("aria-label", before)
        expect(slider).not_to_have_attribute("aria-valuetext", readout)
        assert picture.get_attribute("aria-label") == root.locator(".tdn-readout").text_content()


@pytest.mark.parametrize("name", WIDGET_NAMES)
def test_the_arrow_keys_choose_from_a_list(notebook, lab, name):
    for chooser in notebook.explorer(name).root.first.locator("select:enabled").all():
        chooser.evaluate("list => { list.selectedIndex = 0; list.focus(); }")
        lab.page.keyboard.press("ArrowDown")
        expect(chooser).to_be_focused()
        expect(chooser).to_have_css("outline", "rgb(25, 118, 210) solid 2px")
        assert chooser.evaluate("list => list.selectedIndex") == 1


def test_the_focus_goes_from_commit_to_the_answer_and_on_to_the_controls(notebook, lab):
    cell = notebook.cell_with(f"{WIDGET_NAMES[0]}()")
    cell.scroll_into_view_if_needed()
    cell.get_by_role("button", name="Commit").focus()
    lab.page.keyboard.press("Enter")
    expect(cell.get_by_role("status")).to_contain_text("Choose one of the answers first.")
    expect(cell.get_by_role("button", name="Commit")).to_be_focused()
    cell.get_by_role("radio").first.check()
    cell.get_by_role("button", name="Commit").focus()
    lab.page.keyboard.press("Space")
    expect(cell.get_by_role("status").first).to_contain_text("measured")
    expect(cell.get_by_role("status").first).to_be_focused()
    lab.page.keyboard.press("Tab")
    first_control = cell.locator(".tdn-shell .widget-inline-hbox:has(select, [role=slider])").first
    expect(first_control.locator("select, [role=slider]")).to_be_focused()


def test_an_answer_leaves_the_focus_to_who_has_gone_elsewhere(notebook, workspace):
    cell = notebook.cell_with('"browser_test_slow"')
    cell.scroll_into_view_if_needed()
    cell.get_by_role("radio").first.check()
    cell.get_by_role("button", name="Commit").click()
    expect(cell.get_by_role("status")).to_contain_text("running")
    editor = cell.locator(".cm-content")
    editor.click()
    (workspace / "go-on").mkdir()
    expect(cell.get_by_role("status")).to_contain_text("measured")
    expect(editor).to_be_focused()


def test_a_logarithmic_slider_speaks_the_value_not_its_logarithm(notebook):
    slider = notebook.page.get_by_role("slider", name="Step h")
    assert float(slider.get_attribute("aria-valuetext")) in (1.0e-5, 3.2e-5)  # a test may have moved it by a step


def test_prediction_with_the_keyboard(notebook, lab):
    cell = notebook.cell_with('"browser_test"')
    cell.scroll_into_view_if_needed()
    group = cell.get_by_role("radiogroup", name="Your prediction")
    status = cell.get_by_role("status")
    expect(status).to_be_empty()
    group.get_by_role("radio").first.focus()
    lab.page.keyboard.press("Space")
    lab.page.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio").nth(1)).to_be_checked()
    cell.get_by_role("button", name="Commit").focus()
    lab.page.keyboard.press("Enter")
    expect(status).to_contain_text("measured")
    expect(group).to_have_count(0)
    expect(status).to_be_focused()
    question = cell.locator("details")
    assert question.bounding_box()["height"] <= 30  # folded: one line
    expect(cell.get_by_role("img")).to_be_visible()
    lab.screenshot("shell-prediction", cell)

    again = notebook.run(cell)
    expect(again.get_by_role("status")).to_contain_text("measured")
