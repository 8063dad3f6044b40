"""Subcommands for those who write the course: notebooks and exercises."""

import json
import sys

import click
from rich.table import Table

from autograder.cli.console import JSON, UNIT, chosen_exercises, progress_bar, show
from autograder.files import ROOT
from autograder.report import readable


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when a notebook is not what its text says.")
def build(check):
    """Build the notebooks that students open from notebooks/text/, and count the units in README."""
    from autograder.release import ReleaseError, build
    from autograder.units_table import write_units_table

    try:
        changed = build(ROOT, check) + write_units_table(ROOT / "README.md", check)
    except ReleaseError as error:
        raise click.ClickException(str(error)) from error
    for path in changed:
        click.echo(f"{'out of date' if check else 'built'}: {path.relative_to(ROOT)}")
    if check and changed:
        raise click.ClickException("run `course build` and commit the result")


@click.command()
@UNIT
@JSON
def exercises(unit, as_json):
    """List the exercises: the course's, and your own in $COURSE_EXERCISES and in exercises/."""
    chosen, errors = chosen_exercises(unit)
    rows = [
        {
            "name": e.name,
            "unit": e.unit,
            "part": e.part,
            "points": e.points,
            "minutes": e.minutes,
            "difficulty": e.difficulty,
            "signature": e.signature,
            "misconceptions": [form.name for form in e.misconceptions],
            "variants": [form.name for form in e.variants],
        }
        for e in chosen
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    else:
        table = Table("exercise", "unit", "part", "points", "min", "difficulty", "signature", "wrong forms", "variants")
        for row in rows:
            counts = [str(len(row[key])) for key in ("misconceptions", "variants")]
            numbers = [f"{row[key]:g}" for key in ("points", "minutes", "difficulty")]
            table.add_row(row["name"], row["unit"], row["part"], *numbers, row["signature"], *counts)
        show(table)
    stop_at(errors)


@click.command()
@click.argument("names", nargs=-1)
@UNIT
@JSON
def lint(names, unit, as_json):
    """Prove that every exercise, or those of these NAMES, rejects its wrong forms, names each of them, and accepts the
    right ones. Your own are found as by `course exercises`."""
    from autograder.catalogue import ExerciseError, load
    from autograder.lint import lint as lint_exercise

    try:
        chosen, errors = ([load(name) for name in names], []) if names else chosen_exercises(unit)
    except ExerciseError as error:
        raise click.UsageError(str(error)) from error
    with progress_bar() as progress:
        rows = [lint_exercise(e) for e in progress.track(chosen, description="lint")]
    if as_json:
        keys = "name unit misconceptions killed uniquely_named variants recognised equivalents accepted ok".split()
        click.echo(json.dumps([{key: getattr(row, key) for key in keys} for row in rows], indent=1))
    else:
        table = Table("exercise", "killed", "named", "variants recognised", "equivalents accepted", "")
        for row in rows:
            table.add_row(
                row.name,
                f"{row.killed} of {row.misconceptions}",
                f"{row.uniquely_named} of {row.misconceptions}",
                f"{row.recognised} of {row.variants}",
                f"{row.accepted} of {row.equivalents}",
                "ok" if row.ok else "\n".join(row.problems),
            )
        show(table)
        killed, all_forms = sum(r.killed for r in rows), sum(r.misconceptions for r in rows)
        click.echo(f"{killed} of {all_forms} wrong forms rejected in {len(rows)} exercises")
    stop_at(errors)
    if not all(row.ok for row in rows):
        sys.exit(1)


def stop_at(errors: list[str]) -> None:
    """Fail because of exercises that cannot be loaded, after all has been done for the others."""
    if errors:
        raise click.ClickException(readable("\n".join(errors)))
