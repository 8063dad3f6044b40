"""The text of a lesson, what it defines, and what its cells print."""

import ast
import re
from functools import cached_property
from types import SimpleNamespace

from autograder.catalogue import load
from autograder.files import ROOT
from autograder.solutions import define
from course_lib.units.shared.digits import standardized_digits


class Own:
    """The lesson's solutions; of other units, the references."""

    def __init__(self, functions):
        self._functions = functions

    def __getattr__(self, name):
        return self._functions[name] if name in self._functions else load(name).reference


class LessonText:
    """A lesson's text. ``constants`` are the names in small letters that its functions read."""

    def __init__(self, name: str, constants: frozenset[str] = frozenset()):
        self.text = (ROOT / "notebooks" / "text" / f"{name}.py").read_text(encoding="utf-8")
        lines = [line for line in self.text.splitlines() if line.startswith("# ")]
        self.prose = " ".join(re.sub(r"^#", "", line).strip() for line in lines)
        self._constants = constants

    @cached_property
    def defined(self) -> SimpleNamespace:
        """The functions that the lesson defines, the constants, and what they read."""
        digits = standardized_digits()
        namespace = {
            "SEEDS": range(5), "x_train": digits.x_train, "y_train": digits.y_train,
            "x_test": digits.x_test, "y_test": digits.y_test,
        }  # fmt: skip
        namespace["own"] = Own(namespace)
        for node in ast.parse(self.text).body:
            wanted = isinstance(node, (ast.Import, ast.FunctionDef))
            wanted = wanted or (isinstance(node, ast.ImportFrom) and node.module.startswith("course_lib"))
            names = _assigned(node)
            if wanted or (names and all(name.isupper() or name in self._constants for name in names)):
                define(ast.Module([node], []), namespace)
        return SimpleNamespace(**namespace)

    def printed(self, words, **others):
        """What a cell of the lesson prints, the one with these words, and the names that it defines."""
        (cell,) = [cell for cell in self.text.split("# %%\n")[1:] if words in cell]
        lines, defined = [], vars(self.defined) | others
        defined["print"] = lambda *said, end="\n": lines.append(" ".join(map(str, said)) + end)
        define(ast.parse(cell.partition("\n# %%")[0]), defined)
        return "".join(lines), defined


def _assigned(node) -> set[str]:
    targets = node.targets[0] if isinstance(node, ast.Assign) else ast.Tuple([])
    return {name.id for name in ast.walk(targets) if isinstance(name, ast.Name)}


def numbers(said) -> list[float]:
    """All numbers in what was printed."""
    return [float(number.replace(",", "")) for number in re.findall(r"(?<![\w.])[\d,]*\d(?:\.\d+)?", said)]
