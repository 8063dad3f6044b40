"""An IPython extension of the kernels that `course lab` starts: a name that only the set-up cell defines says so.

All else about the error stays as it is. Loaded with the kernel, so that it imports nothing that takes time.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from autograder.files import ROOT

NOTE = "Run the set-up cell at the top of the notebook first: it defines {name}."


def load_ipython_extension(shell) -> None:
    """Called by IPython with the kernel's shell."""
    shell.set_custom_exc((NameError,), show)


def show(shell, kind, error, trace, tb_offset=None) -> None:
    """Show a NameError as ever, and below it what to run, if it is about a name that a set-up cell defines."""
    name = error.name
    if name not in shell.user_ns and name in set(names_of_setup_cells(ROOT / "notebooks")):
        error.add_note(NOTE.format(name=name))
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def names_of_setup_cells(folder: Path) -> Iterator[str]:
    """The names that the set-up cells of the course's notebooks define."""
    for path in folder.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "setup":
                yield from _names_in("".join(cell["source"]))


def _names_in(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
