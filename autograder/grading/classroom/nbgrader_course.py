"""An nbgrader course folder as its configuration describes it, read by nbgrader's own rules; formgrader on it."""

import contextlib
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from nbgrader.apps import NbGrader
from nbgrader.preprocessors import AssignLatePenalties

from autograder.errors import UserError
from autograder.grading.classroom.options import limits_of
from autograder.grading.isolation.limits import Limits
from autograder.grading.records.gradebook import LatePenalty
from autograder.grading.submissions.assignment import Assignment, notebooks_in, read_assignment
from autograder.lab import lab_command, lab_environment

CONFIG = "nbgrader_config.py"
FORMGRADER = "/formgrader/manage_assignments"


class CourseError(UserError, ValueError):
    """The folder is no nbgrader course, or its configuration is at fault; the message says what to do."""


@dataclass(frozen=True)
class Course:
    """``late`` is what the course's plug-in for late submissions takes off, ``limits`` are those of students' code."""

    root: Path
    db_url: str
    source: Path
    submitted: Path
    late: LatePenalty
    limits: Limits


def read_course(folder: Path) -> Course:
    """The course in a folder that has an ``nbgrader_config.py``, which is run: it is the instructor's own.

    Raises
    ------
    CourseError
        When there is none, or it fails.
    """
    folder = folder.resolve()
    if not (folder / CONFIG).is_file():
        raise CourseError(f"{folder} has no {CONFIG}: `course new-class {folder}` makes one")
    app = NbGrader(raise_config_file_errors=True, log_level=logging.ERROR)
    app.load_cwd_config = False  # that is another folder
    try:
        with _importable(folder):
            app.initialize([], root=str(folder))
            penalties = AssignLatePenalties(config=app.config)
            penalties.init_plugin()
        limits = limits_of(app.config)
    except (Exception, SystemExit) as error:  # the instructor's own code may raise anything
        raise CourseError(f"{folder / CONFIG} cannot be used: {type(error).__name__}: {error}") from error
    course = app.coursedir
    source, submitted = (
        Path(course.format_path(step, ".", ".")) for step in (course.source_directory, course.submitted_directory)
    )
    late = penalties.plugin_inst.late_submission_penalty
    return Course(Path(course.root), course.db_url, source, submitted, late, limits)


def course_in(folder: Path | None) -> Course | None:
    """The course in a folder; when none is named, the one in the present folder, if that is a course folder."""
    if folder is None and not Path(CONFIG).is_file():
        return None
    return read_course(folder or Path())


def grading_settings(course: Course | None, name: str) -> dict[str, object]:
    """What ``course grade`` takes from a course folder: assignment, submitted, out, db_url, late and limits.

    Parameters
    ----------
    course : nothing is taken where there is none.
    name : of the assignment; its source notebook is the course's own, as ``nbgrader generate_assignment`` takes it.

    Raises
    ------
    ReleaseError
        When the source notebook cannot be used.
    """
    if course is None:
        return {}
    return {
        "assignment": assignment_in(course.source, course.root, name) or name,
        "submitted": course.submitted,
        "out": course.root,
        "db_url": course.db_url,
        "late": course.late,
        "limits": course.limits,
    }


def assignment_in(source: Path, root: Path, name: str) -> Assignment | None:
    """The assignment, or the notebook ``ASSIGNMENT.NOTEBOOK`` of one with several; None where there is no source."""
    whole = next((folder for folder in (name, *_beginnings(name)) if (source / folder).is_dir()), name)
    notebook = name.removeprefix(f"{whole}.")
    path = source / whole / f"{notebook}.ipynb"
    if not path.is_file():
        return None
    siblings = tuple(other for other in notebooks_in(source / whole) if other != notebook)
    return read_assignment(path, root, whole if siblings or notebook != whole else "", siblings)


def names_of(course: Course | None, assignment: str) -> list[str]:
    """What the notebooks of an assignment are called here: like the assignment, where there is one and it is."""
    notebooks = notebooks_in(course.source / assignment) if course else []
    return [f"{assignment}.{each}" for each in notebooks] if notebooks not in ([], [assignment]) else [assignment]


def _beginnings(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts) - 1, 0, -1)]


def serve(root: Path, token: str, port: int, browser: bool = True) -> NoReturn:
    """Become JupyterLab with formgrader on a course: on this machine's own address, and on this port or not at all."""
    options = ("--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", f"--LabApp.default_url={FORMGRADER}")
    command = lab_command(root, browser, port, options)
    os.chdir(root)  # where nbgrader looks for its configuration
    os.execve(command[0], command, serve_environment(token))


def serve_environment(token: str) -> dict[str, str]:
    """The environment for it. The token is passed here, since every user of the machine can read command lines."""
    # lab_environment hides nbgrader's panel for making assignments, which is for instructors
    shown = {"JUPYTER_CONFIG_PATH": os.environ.get("JUPYTER_CONFIG_PATH", "")}
    return {**lab_environment(), **shown, "JUPYTER_TOKEN": token}


def formgrader_url(port: int, token: str) -> str:
    """Where a browser finds formgrader."""
    return f"http://127.0.0.1:{port}{FORMGRADER}?token={token}"


@contextlib.contextmanager
def _importable(folder: Path):
    """nbgrader finds a plug-in beside the configuration, since it is started in that folder."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
