"""A notebook counts as open when its kernel takes what is to be run, however late the session starts."""

import time

import nbformat
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.soak]

SECONDS = 3  # far longer than the page takes to draw the cells


def test_what_is_run_at_once_is_run_though_the_session_starts_late(lab, workspace):
    path = workspace / "late.ipynb"
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")], metadata=kernel), path)
    late = []

    def start_late(route):
        if route.request.method == "POST":
            late.append(route.request.url)
            time.sleep(SECONDS)
        route.continue_()

    lab.page.route("**/api/sessions*", start_late)
    opened = lab.open(path)
    opened.run_all(timeout=30_000)
    assert len(late) == 1 and opened.not_run() == []
    lab.page.unroute("**/api/sessions*")
