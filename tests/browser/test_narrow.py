"""No text or formula of a lesson has to be scrolled sideways on a narrow page."""

import json
import urllib.request

import pytest
from conftest import TOKEN

from course_lib.units import built, lesson_of

pytestmark = [pytest.mark.browser, pytest.mark.soak]

WIDTH = 900
# Cells out of sight have no size, unless JupyterLab is told to lay out all of them.
LAID_OUT = {"windowingMode": "none"}
TOO_WIDE = """() => [...document.querySelectorAll(".jp-RenderedMarkdown")]
    .filter(text => text.scrollWidth > text.clientWidth + 1)
    .map(text => `${text.scrollWidth} in ${text.clientWidth}: ${text.innerText.slice(0, 100)}`)"""


@pytest.fixture(scope="module")
def whole_pages(jupyterlab):
    """All cells are laid out, whether they are in sight or not."""
    url = f"{jupyterlab}/lab/api/settings/@jupyterlab/notebook-extension:tracker?token={TOKEN}"

    def put(settings):
        data = json.dumps({"raw": json.dumps(settings)}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data, method="PUT"), timeout=60):
            pass

    put(LAID_OUT)
    yield
    put({})


@pytest.mark.parametrize("lesson", [pytest.param(lesson, id=lesson) for lesson in map(lesson_of, built())])
def test_no_text_is_wider_than_a_narrow_page(whole_pages, lab, workspace, lesson):
    opened = lab.open(workspace / f"{lesson}.ipynb")
    page = opened.show(WIDTH)
    texts = sum(cell.cell_type == "markdown" for cell in opened.source.cells)
    page.wait_for_function(f"document.querySelectorAll('.jp-RenderedMarkdown').length >= {texts}")
    page.wait_for_function("document.querySelectorAll('.jp-RenderedMarkdown mjx-container').length > 20")
    assert all(page.locator(".jp-RenderedMarkdown").evaluate_all("all => all.map(text => text.clientWidth > 0)"))
    assert page.evaluate(TOO_WIDE) == []
