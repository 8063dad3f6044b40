"""The page to start from, in a real kernel: all that the tour promises is what a new learner sees."""

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.catalogue import load
from autograder.files import ROOT
from autograder.lab import START_PAGE, lab_environment
from course_lib.units import ORDER, built, lesson_of


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """The outputs of the page's cells, by the first line of the cell."""
    notebook = nbformat.read(ROOT / "notebooks" / START_PAGE, as_version=4)
    folder = tmp_path_factory.mktemp("learner")
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute(env=lab_environment())
    return {cell.source.split("\n")[0]: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def html(outputs, line):
    return outputs[line][0].data["text/html"]


def test_the_check_names_the_mistake_and_the_hint_and_the_answer_are_at_hand(outputs):
    mistakes = {form.name: form.sentence for form in load("leaky_relu").misconceptions}
    verdict = html(outputs, 'check("leaky_relu")')
    assert any(sentence in verdict for sentence in mistakes.values()) and "Reproduce" in verdict
    assert load("leaky_relu").hints[0] in outputs['hint("leaky_relu", 1)'][0].data["text/plain"]
    assert "Not yet" in html(outputs, 'solution("leaky_relu")')


def test_the_prediction_and_the_widget_are_real(outputs):
    widget = "application/vnd.jupyter.widget-view+json"
    assert widget in outputs['predict("fifty_layers", lambda: 0.9**50)'][0].data
    assert any(widget in output.data for output in outputs["widgets.activation_explorer(predict=False)"])


def test_the_map_shows_every_unit_and_links_to_those_that_exist(outputs):
    table = html(outputs, "course_map()")
    for unit in ORDER:
        assert lesson_of(unit).replace("_", " ") in table
        assert (f'href="{lesson_of(unit)}.ipynb"' in table) == (unit in built())
    assert table.count("to come") == len(ORDER) - len(built())
