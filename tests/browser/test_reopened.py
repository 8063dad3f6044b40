"""A notebook that was saved and is opened with a new kernel shows the last picture and text of every widget."""

import json
import shutil
import urllib.request

import nbformat
import pytest
from conftest import TOKEN
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.serial]

CELLS = [
    "from course_lib.units.vanishing_gradients.widgets import activation_explorer, gradient_check_explorer",
    "gradient_check_explorer(predict=False)",
    "activation_explorer()",
]
ANSWER = "measured"
MODELS_OF_TWO_WIDGETS = 150  # each has about 60, with layouts and styles


@pytest.fixture(scope="module")
def saved(lab, jupyterlab, workspace):
    """The notebook's text, saved before and after the learner committed; its kernel is gone."""
    path = workspace / "reopened.ipynb"
    shutil.rmtree(workspace / ".course", ignore_errors=True)  # what other tests have predicted
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS], metadata=kernel), path
    )
    opened = lab.open(path)
    opened.run_all()
    before = save(lab.page, path)
    for _ in range(3):
        opened.run(opened.cell_with(CELLS[1]))
    moved = opened.explorer("gradient_check_explorer")
    readout = moved.readout.inner_text()
    moved.slider("Step h").press("ArrowRight")
    expect(moved.readout).not_to_have_text(readout)
    opened.explorer("activation_explorer").predict()
    after = save(lab.page, path)
    readouts = lab.page.locator(".tdn-readout").all_inner_texts()
    lab.page.goto("about:blank")
    for session in json.load(urllib.request.urlopen(f"{jupyterlab}/api/sessions?token={TOKEN}")):
        request = urllib.request.Request(f"{jupyterlab}/api/sessions/{session['id']}?token={TOKEN}", method="DELETE")
        urllib.request.urlopen(request)
    return before, after, readouts


def save(page, path):
    """Save the notebook from the menu, as any front end has it; its text."""
    old = path.stat().st_mtime_ns
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Save Notebook", exact=True).click()
    while path.stat().st_mtime_ns == old or not is_whole(path.read_text(encoding="utf-8")):
        page.wait_for_timeout(50)
    return path.read_text(encoding="utf-8")


def is_whole(text) -> bool:
    """Whether that is a notebook, and not the beginning of one that is being written."""
    try:
        return bool(json.loads(text))
    except ValueError:
        return False


def test_the_answer_is_saved_only_once_it_is_given(saved):
    before, after, _ = saved
    assert ANSWER not in before
    assert ANSWER in after


def test_cells_that_are_run_again_leave_no_widgets_behind(saved):
    _, after, _ = saved
    state = json.loads(after)["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert 0 < len(state) <= MODELS_OF_TWO_WIDGETS


@pytest.mark.parametrize("front_end", ["lab/tree", "notebooks"])
def test_shows_pictures_and_texts_without_their_kernel(saved, lab, jupyterlab, front_end):
    page = lab.page
    page.goto(f"{jupyterlab}/{front_end}/reopened.ipynb?token={TOKEN}")
    expect(page.locator(".tdn-readout")).to_have_count(2)
    assert page.locator(".tdn-readout").all_inner_texts() == saved[2]
    page.wait_for_function("[...document.querySelectorAll('.tdn-picture img')].every(image => image.naturalWidth > 0)")
    assert page.locator(".tdn-picture").evaluate_all("all => all.map(picture => picture.ariaLabel)") == saved[2]
    assert page.get_by_text("model not found").count() == 0
    expect(page.get_by_role("status").filter(has_text=ANSWER)).to_be_visible()
    lab.screenshot(f"reopened-{front_end.partition('/')[0]}")
