"""Compiled kernels survive a copy or a touch of the tree, and are stale when any code in them changes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import course_lib
from course_lib.kernels.cache import source_stamp

pytestmark = [pytest.mark.compiled, pytest.mark.soak]

SCRIPT = """
import json
import numpy as np
from course_lib.functions import activations
from course_lib.functions import losses

activations.sigmoid(np.zeros(3))
losses.softmax_xent(np.zeros((2, 2)), np.array([0, 1]))
kernels = (activations._sigmoid, losses._softmax_xent)
print(json.dumps([sum(kernel.stats.cache_hits.values()) for kernel in kernels]))
"""


def cache_hits(tree, folder=None, **variables):
    """Whether each of two kernels came from the cache, in a new process that imports the library from ``tree``."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    environment |= {"PYTHONPATH": str(tree)} | ({"NUMBA_CACHE_DIR": str(folder)} if folder else {}) | variables
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, cwd=tree, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return [hits > 0 for hits in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A copy of the library's kernels, compiled once."""
    tree = tmp_path_factory.mktemp("compiled")
    package = Path(course_lib.__file__).parent
    shutil.copytree(package, tree / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    assert cache_hits(tree) == [False, False]
    return tree


@pytest.fixture
def tree(compiled, tmp_path):
    # copy, not copy2: every file of the copy is newer than the cache
    return shutil.copytree(compiled, tmp_path / "tree", copy_function=shutil.copy)


def test_a_copy_is_not_compiled_again(tree):
    assert cache_hits(tree) == [True, True]


def test_a_touch_is_not_compiled_again(tree):
    for path in tree.rglob("*.py"):
        path.touch()
    assert cache_hits(tree) == [True, True]


@pytest.mark.parametrize(
    ("changed", "hits"),
    [
        ("functions/activations.py", [False, True]),
        ("functions/losses.py", [True, False]),
        ("kernels/elementary.py", [False, False]),
    ],
)
def test_a_change_makes_stale_what_it_is_inlined_into_and_no_more(tree, changed, hits):
    path = tree / "course_lib" / changed
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert cache_hits(tree) == hits
    assert cache_hits(tree) == [True, True]


def test_a_folder_of_the_users_choice_is_used(tree, tmp_path):
    assert cache_hits(tree, tmp_path / "cache") == [False, False]
    assert cache_hits(tree, tmp_path / "cache") == [True, True]
    assert list((tmp_path / "cache").rglob("*.nbi"))


def test_where_no_folder_can_be_written_kernels_are_compiled_all_the_same(tree):
    """As for a course that is installed for many, under a user without a home."""
    folder = tree / "course_lib" / "functions" / "__pycache__"
    shutil.rmtree(folder)
    folder.touch()  # not even root can make files in it
    assert cache_hits(tree, HOME=os.devnull, XDG_CACHE_HOME=os.devnull) == [False, False]


def test_the_stamp_follows_every_form_of_import():
    here = Path(course_lib.__file__).parent
    source_stamp(here / "training" / "fused.py")
    from course_lib.kernels.cache import _imported

    names = {path.name for path in _imported(here / "training" / "fused.py")}
    assert {
        "decorators.py",
        "activations.py",
        "adam.py",
        "losses.py",
        "first_order.py",
        "dense.py",
        "network.py",
    } <= names
