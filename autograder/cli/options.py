"""Options that several commands have: which class a command is about, and who of it."""

from pathlib import Path

import click

from autograder.grading.submissions.names import composed

COURSE = click.option(
    "--course", type=click.Path(path_type=Path), help="An nbgrader course. [default: here, if it is one]"
)
DB = click.option("--db", default="", help="The gradebook's SQLAlchemy URL. [default: the course's, else in --out]")
KEY_FILE = click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The key of the hidden cases. [default: $COURSE_KEY_FILE, else hidden-cases.key in --out]",
)


def by_name(_context, _parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of students as they are kept, however the keyboard or a listing has written them."""
    return tuple(map(composed, names))


def student_option(what: str, metavar: str | None = None):
    """The option ``--student``, which may be repeated, and what it means to the command."""
    return click.option("--student", "students", multiple=True, callback=by_name, metavar=metavar, help=what)


STUDENT = student_option("Only this student; repeatable.")


def out_option(what: str, default: str = "the course's, else graded"):
    """The option ``--out``, and what the folder is to the command."""
    return click.option("--out", type=click.Path(path_type=Path), help=f"{what} [default: {default}]")
