"""A small assignment in the course's own format."""

from pathlib import Path

import nbformat
import pytest
from lessons import TEXT
from postgres_server import programs, running

from autograder.grading.submissions.assignment import Assignment, copy_notebook, read_assignment


@pytest.fixture(scope="session")
def source_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("text") / "01_lesson.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def assignment(source_path) -> Assignment:
    return read_assignment(source_path)


@pytest.fixture
def released(assignment) -> nbformat.NotebookNode:
    """A copy of what a student gets, to be changed."""
    return copy_notebook(assignment.released)


@pytest.fixture(scope="module")
def server():
    """The URL of a PostgreSQL server."""
    if programs() is None:
        pytest.skip("no PostgreSQL server is installed (Debian, Ubuntu: sudo apt install postgresql)")
    with running() as url:
        yield url
