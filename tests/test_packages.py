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


def test_the_library_names_its_topics():
    folder = ROOT / "course_lib"
    there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    named = re.findall(r"``([a-z0-9_]+)``", said_of("course_lib"))
    assert {name for name in there if not name.startswith("_")} == set(named) - {"fit", "mlp_fit"}
