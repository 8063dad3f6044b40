"""Every package says what is in it, and what it names is there."""

import ast
import re

import pytest

from autograder.files import ROOT

PACKAGES = [
    path for top in ("course_lib", "autograder", "benchmarks") for path in sorted((ROOT / top).rglob("__init__.py"))
]


def said_of(package):
    return ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))) or ""


@pytest.mark.parametrize("path", PACKAGES, ids=[path.parent.relative_to(ROOT).as_posix() for path in PACKAGES])
def test_a_package_has_a_docstring(path):
    assert len(said_of(path.parent)) > 30


@pytest.mark.parametrize("package", ["course_lib", "course_lib/layers"])
def test_the_library_names_its_modules(package):
    folder = ROOT / package
    there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    named = re.findall(r"``([a-z0-9_]+)``", said_of(package))
    assert {name for name in there if not name.startswith("_")} <= set(named)


def test_layers_are_named_with_their_modules():
    for module, names in re.findall(r"``(\w+)``\n    (.+)", said_of("course_lib/layers")):
        tree = ast.parse((ROOT / "course_lib" / "layers" / f"{module}.py").read_text(encoding="utf-8"))
        defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
        public = {name for name in defined if not name.startswith("_")}
        assert {name for name in re.findall(r"\b\w+\b", names) if name in public} >= public - {"Norm", "Recurrent"}
