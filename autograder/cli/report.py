"""Subcommands for instructors: what a graded class looks like, and its grades for the LMS."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from autograder.cli.console import JSON, plain_errors, show

ASSIGNMENT = click.option(
    "--assignment", default="01_vanishing_gradients", show_default=True, help="The notebook's name."
)
OUT = click.option(
    "--out", type=click.Path(path_type=Path), default="graded", show_default=True, help="Where `course grade` wrote."
)
DB = click.option(
    "--db", default="", help="The gradebook's SQLAlchemy URL. [default: gradebook.db in the --out folder]"
)
FORMATS = ("canvas", "moodle", "moodle-grades", "gradescope", "csv")


@click.command()
@ASSIGNMENT
@OUT
@DB
@click.option("--no-names", is_flag=True, help="A page that names no student, to show to the class.")
@JSON
def stats(assignment, out, db, no_names, as_json):
    """Write the statistics of a graded class: scores, exercises, misconceptions, whom to look at."""
    from autograder.grading.reports.class_report import write_statistics

    with plain_errors():
        statistics, path = write_statistics(out, assignment, db, names=not no_names)
    if as_json:
        click.echo(json.dumps(asdict(statistics), indent=1, default=str))
        return
    table = Table("exercise", "difficulty", "discrimination", "most frequent misconception")
    common = {row.exercise: row for row in reversed(statistics.misconceptions)}
    for row in statistics.exercises:
        held = common.get(row.name)
        said = f"{len(held.students)}: {held.sentence}" if held else ""
        table.add_row(row.name, _figure(row.difficulty), _figure(row.discrimination), said)
    show(table)
    click.echo(
        f"{statistics.students} students: mean {statistics.mean:.3g} of {statistics.points:g}, "
        f"median {statistics.quantile(0.5):.3g}; {len(statistics.attention)} to look at"
    )
    click.echo(f"page {path}")


@click.command()
@ASSIGNMENT
@OUT
@JSON
def similar(assignment, out, as_json):
    """List the answers that resemble each other more than chance explains: to look at, no verdict."""
    from autograder.grading.reports.class_report import write_similarity

    with plain_errors():
        found, path = write_similarity(out, assignment)
    if as_json:
        pairs = [{**asdict(pair), "bits": pair.bits} for pair in found.pairs]
        click.echo(json.dumps({**asdict(found), "pairs": pairs}, indent=1))
        return
    table = Table("student", "and", "bits", "exercises")
    for pair in found.pairs[:20]:
        table.add_row(pair.left, pair.right, f"{pair.bits:.1f}", str(len(pair.answers)))
    show(table)
    click.echo(f"{len(found.pairs) + found.hidden} pairs of {found.students} students; a list to look at, no verdict")
    click.echo(f"page {path}")


@click.command()
@click.argument("form", type=click.Choice(FORMATS), metavar="FORMAT")
@ASSIGNMENT
@OUT
@DB
@click.option("--roster", type=click.Path(path_type=Path), help="The LMS's own export: gradebook or grading worksheet.")
@click.option("--to", type=click.Path(path_type=Path), help="The file, for gradescope the folder.")
@click.option("--title", default="", help="How the LMS calls the assignment. [default: its name]")
@click.option("--scale", is_flag=True, help="Scale the scores to Moodle's maximum grade.")
@click.option("--zero-for-missing", is_flag=True, help="Write 0 for who has not submitted, instead of nothing.")
@click.option("--visibility", default="visible", show_default=True, help="Gradescope: who sees the tests, and when.")
def export(form, assignment, out, db, roster, to, title, scale, zero_for_missing, visibility):
    """Write the gradebook's scores in FORMAT: canvas, moodle, moodle-grades, gradescope or csv.

    Manual scores are in them, and late penalties are taken off.
    """
    from autograder.grading.exports.roster import read_roster
    from autograder.grading.reports.class_report import export_table, read_grades, write_gradescope
    from course_lib.files import write_atomically

    with plain_errors():
        rows = read_grades(out, assignment, db, zero_for_missing)
        if form == "gradescope":
            to = to or out / f"{assignment}.gradescope"
            click.echo(f"{len(write_gradescope(out, rows, to, visibility))} students: {to}")
        else:
            to = to or out / f"{assignment}.{'grades' if form == 'csv' else form}.csv"
            table = export_table(rows, form, read_roster(roster) if roster else None, title=title, scale=scale)
            write_atomically(to, table.text)
            click.echo(f"{sum(row.score is not None for row in rows) - len(table.unmatched)} students: {to}")
            for student in table.unmatched:
                click.echo(f"not in the roster, and not in the file: {student}", err=True)
    if pending := sum(row.pending for row in rows):
        click.echo(f"{pending} submissions are still to be graded by a human: their scores will change", err=True)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
