"""An endless loop in compiled code, in a real kernel: the check ends, and the notebook keeps all its variables."""

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.lab import lab_environment
from autograder.report import TITLES

pytestmark = [pytest.mark.slow, pytest.mark.soak]

CELLS = (
    "import os\nimport numpy as np\nfrom numba import njit\nfrom autograder.check import check",
    "kernel, kept = os.getpid(), [1]",
    "@njit\ndef relu_backward(dout, z):\n    i = 0\n    while i >= 0:\n        i = (i + 1) % 7\n    return dout",
    "kept.append(2)\ncheck('relu_backward')",
    "@njit(cache=True)\ndef relu_backward(dout, z):\n    return np.where(z > 0, dout, 0.0)",
    "check('relu_backward')",
    "kept, os.getpid() == kernel, len(relu_backward.signatures) > 0",
)


def test_the_kernel_and_its_variables_outlive_an_endless_loop(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env={**lab_environment(), "IPYTHONDIR": str(tmp_path / "ipython")})
    shown = [[output.data for output in cell.outputs if "data" in output] for cell in notebook.cells]
    assert TITLES["timeout"] in shown[3][0]["text/html"]
    assert "no answer within 5 s" in shown[3][0]["text/html"]
    assert TITLES["pass"] in shown[5][0]["text/html"], shown[5]
    assert shown[6][0]["text/plain"] == "([1, 2], True, True)"
    assert not any(output.output_type == "stream" for cell in notebook.cells for output in cell.outputs)
    assert not list(tmp_path.glob("core*"))
