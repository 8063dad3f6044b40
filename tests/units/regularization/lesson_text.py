"""The text of the lesson on regularization, what it defines, and what its cells print."""

import ast
import re
from functools import cache
from types import SimpleNamespace

from autograder.catalogue import load
from autograder.files import ROOT
from autograder.solutions import define
from course_lib.units.shared.digits import standardized_digits

TEXT = (ROOT / "notebooks" / "text" / "04_regularization.py").read_text(encoding="utf-8")
PROSE = " ".join(re.sub(r"^#", "", line).strip() for line in TEXT.splitlines() if line.startswith("# "))


class Own:
    """The lesson's solutions; of other units, the references."""

    def __init__(self, functions):
        self._functions = functions

    def __getattr__(self, name):
        return self._functions[name] if name in self._functions else load(name).reference


CONSTANTS = {"raw", "MEAN", "STD", "LOW", "HIGH", "STRENGTHS"}


def assigned(node):
    """The names that a statement of the lesson assigns to."""
    targets = node.targets[0] if isinstance(node, ast.Assign) else ast.Tuple([])
    return {name.id for name in ast.walk(targets) if isinstance(name, ast.Name)}


@cache
def lesson():
    """The functions that the lesson defines, the constants, and what they read."""
    digits = standardized_digits()
    namespace = {
        "SEEDS": range(5), "x_train": digits.x_train, "y_train": digits.y_train,
        "x_test": digits.x_test, "y_test": digits.y_test,
    }  # fmt: skip
    namespace["own"] = Own(namespace)
    for node in ast.parse(TEXT).body:
        wanted = isinstance(node, (ast.Import, ast.FunctionDef))
        wanted = wanted or (isinstance(node, ast.ImportFrom) and node.module.startswith("course_lib"))
        if wanted or (assigned(node) and assigned(node) <= CONSTANTS):
            define(ast.Module([node], []), namespace)
    return SimpleNamespace(**namespace)


def printed(words, **others):
    """What a cell of the lesson prints, the one with these words, and the names that it defines."""
    (cell,) = [cell for cell in TEXT.split("# %%\n")[1:] if words in cell]
    lines, defined = [], vars(lesson()) | others
    defined["print"] = lambda *said, end="\n": lines.append(" ".join(map(str, said)) + end)
    define(ast.parse(cell.partition("\n# %%")[0]), defined)
    return "".join(lines), defined


def numbers(said):
    """All numbers in what was printed."""
    return [float(number.replace(",", "")) for number in re.findall(r"(?<![\w.])[\d,]*\d(?:\.\d+)?", said)]
