"""Subcommands for instructors: the nbgrader course folder, and formgrader on it."""

import secrets
from pathlib import Path

import click
from rich.table import Table

from autograder.cli.assignments import named_assignment
from autograder.cli.console import plain_errors, show


@click.command("new-class")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--assignment",
    "assignments",
    multiple=True,
    help="A notebook's name, or a unit's name or number; repeatable. [default: all]",
)
@click.option(
    "--part",
    type=click.Choice(["core", "all"]),
    default="all",
    show_default=True,
    help="What of each notebook: the core alone, or More as well.",
)
@click.option("--course-id", default="", help="nbgrader's name of the course. [default: the folder's name]")
@click.option(
    "--students",
    type=click.Path(path_type=Path),
    help="A CSV file: id, first_name, last_name, email; also extra time, late days, group, due NAME.",
)
@click.option("--exchange", type=click.Path(path_type=Path), help="nbgrader's exchange. [default: DIR/exchange]")
@click.option("--db", default="", help="The gradebook's SQLAlchemy URL. [default: DIR/gradebook.db]")
def new_class(folder, assignments, part, course_id, students, exchange, db):
    """Make an nbgrader course folder in DIR; what is there already, stays."""
    from autograder.grading.allowing import known_students, take_roster
    from autograder.grading.classroom.nbgrader_course import read_course
    from autograder.grading.classroom.new_class import new_class
    from autograder.grading.submissions.allowances import change_allowances

    options = {"course_id": course_id, "exchange": exchange, "db_url": db, "students": students, "part": part}
    names = tuple(map(named_assignment, assignments))
    with plain_errors():
        made = new_class(folder, names, **options)
        if students:
            db_url = read_course(folder).db_url
            allowed = take_roster(students, db_url, needed=False).changes
            if allowed:
                change_allowances(folder, allowed, known_students(db_url))
    table = Table("", str(folder), "")
    for row in made:
        table.add_row(row.action, row.what, row.note)
    show(table)
    click.echo(f"""Next, in {folder}:
  nbgrader generate_assignment NAME    make release/NAME, the students' notebook
  nbgrader release_assignment NAME     hand it out through the exchange
  nbgrader collect NAME                take in what was submitted
  course grade --assignment NAME       grade it (or: nbgrader autograde NAME)
  course serve .                       read answers, give manual scores
  nbgrader generate_feedback NAME      make pages for the students
  nbgrader release_feedback NAME       hand them out
Student code runs in a sandbox: `course doctor` says whether this machine has one.""")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR", default=".")
@click.option("--port", type=click.IntRange(1, 65535), default=8888, show_default=True)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--token", default="", help="What a browser must know to be let in. [default: a new one]")
def serve(folder, port, no_browser, token):
    """Open formgrader on the course folder DIR, for this machine only."""
    from autograder.grading.classroom.nbgrader_course import formgrader_url, read_course, serve

    with plain_errors():
        course = read_course(folder)
    token = token or secrets.token_urlsafe(24)
    click.echo(f"formgrader: {formgrader_url(port, token)}")
    click.echo("Run no cell of a submission there: JupyterLab is no sandbox. Ctrl-C ends it.")
    serve(course.root, token, port, not no_browser)
