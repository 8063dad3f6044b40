"""Subcommands for instructors: grading."""

import json
from pathlib import Path

import click
from rich.table import Table

from autograder.cli.console import JSON, progress_bar, show


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@click.option("--assignment", default="01_vanishing_gradients", show_default=True, help="The notebook's name.")
@click.option("--db", default="", help="The gradebook's SQLAlchemy URL. [default: gradebook.db in the --out folder]")
@click.option("--out", type=click.Path(path_type=Path), default="graded", show_default=True, help="Where pages go.")
@click.option("--demo", is_flag=True, help="Build a class of toy submissions in the --out folder, and grade it.")
@JSON
def grade(submissions, assignment, db, out, demo, as_json):
    """Grade the notebooks in SUBMISSIONS: nbgrader's layout, or a flat folder."""
    from autograder.grading.demo import grade_demo
    from autograder.grading.grade import grade_class
    from autograder.grading.gradebook import GradebookError
    from autograder.grading.sandbox import SandboxUnavailable
    from autograder.release import ReleaseError

    if demo == (submissions is not None):
        raise click.UsageError("name the folder of SUBMISSIONS, or give --demo")
    expected = {}
    with progress_bar() as progress:
        task = progress.add_task("grading", total=None)

        def report(done, total, student):
            progress.update(task, completed=done, total=total, description=student)

        try:
            if demo:
                summary, toys = grade_demo(assignment, out, db_url=db, progress=report)
                expected = {toy.student: toy.score for toy in toys}
            else:
                summary = grade_class(submissions, assignment, out, db, progress=report)
        except (FileNotFoundError, GradebookError, ReleaseError, SandboxUnavailable) as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            raise click.ClickException("interrupted; what is graded is kept, and a rerun goes on from there") from None

    if as_json:
        click.echo(json.dumps(summary.to_dict(), indent=1))
        return
    table = Table("student", "score", *(["should be"] if demo else []), "of", "remarks")
    for row in summary.students:
        should = [f"{expected[row.student]:g}"] if demo else []
        table.add_row(row.student, f"{row.score:g}", *should, f"{row.points:g}", "\n".join(row.remarks))
    show(table)
    if summary.misconceptions:
        table = Table("students", "exercise", "misconception")
        for row in summary.misconceptions:
            table.add_row(str(row.count), row.exercise, row.sentence)
        show(table)
    click.echo(f"{summary.graded} of {len(summary.students)} graded in {summary.seconds:.1f} s, the others unchanged")
    click.echo(f"summary   {out / f'{assignment}.summary.html'}")
    click.echo(f"feedback  {out / 'feedback'}")
    click.echo(f"gradebook {db or out / 'gradebook.db'}")
