"""The ``course`` command. Each subcommand gets its data elsewhere; only this module prints."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich import filesize
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from autograder.files import ROOT

# Before NumPy is imported: on small arrays, with a busy neighbour, BLAS threads cost more than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
UNIT = click.option("--unit", help="Only this unit: its name, number or both, such as 01_vanishing_gradients.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main():
    """Learn what makes deep networks train; grade those who do."""


@main.command()
@click.argument("workspace", type=click.Path(path_type=Path), default="workspace")
@click.option("--restore", is_flag=True, help="Bring back notebooks that you deleted.")
@click.option("--no-start", is_flag=True, help="Only bring the notebooks up to date.")
@click.option("--no-browser", is_flag=True, help="Start JupyterLab without opening a browser.")
@click.option("--port", type=int, help="The port that JupyterLab listens on.")
def lab(workspace, restore, no_start, no_browser, port):
    """Open JupyterLab on your own copy of the notebooks, in WORKSPACE. Your work is never overwritten."""
    from autograder import lab as student

    try:
        placed = student.prepare(workspace, ROOT / "notebooks", restore)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    for one in placed:
        click.echo(one.sentence)
    if not no_start:
        student.start(workspace, not no_browser, port)


@main.command()
def warmup():
    """Compile every kernel now, so that no notebook waits for the compiler."""
    from course_lib.warmup import compile_kernels

    with _progress() as progress:
        task = progress.add_task("compiling", total=None)
        warmed = compile_kernels(
            lambda done, total, label: progress.update(task, completed=done, total=total, description=label)
        )
    click.echo(f"{len(warmed)} workloads ready after {sum(w.seconds for w in warmed):.1f} s")


@main.command()
@JSON
def doctor(as_json):
    """Say what is missing on this machine, and how to get it."""
    from autograder import doctor as examiner

    checks = examiner.examine()
    click.echo(examiner.as_json(checks) if as_json else examiner.as_text(checks))
    sys.exit(examiner.exit_code(checks))


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when a notebook is not what its text says.")
def build(check):
    """Build the notebooks that students open from notebooks/text/."""
    from autograder.release import ReleaseError, build

    try:
        changed = build(ROOT, check)
    except ReleaseError as error:
        raise click.ClickException(str(error)) from error
    for path in changed:
        click.echo(f"{'differs from its text' if check else 'built'}: {path.relative_to(ROOT)}")
    if check and changed:
        raise click.ClickException("run `course build` and commit the result")


@main.command()
@UNIT
@JSON
def exercises(unit, as_json):
    """List the exercises."""
    rows = [
        {
            "name": e.name,
            "unit": e.unit,
            "points": e.points,
            "signature": e.signature,
            "misconceptions": [form.name for form in e.misconceptions],
            "variants": [form.name for form in e.variants],
        }
        for e in _exercises(unit)
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    table = Table("exercise", "unit", "points", "signature", "misconceptions", "variants")
    for row in rows:
        counts = [str(len(row[key])) for key in ("misconceptions", "variants")]
        table.add_row(row["name"], row["unit"], f"{row['points']:g}", row["signature"], *counts)
    _show(table)


@main.command()
@UNIT
@JSON
def lint(unit, as_json):
    """Prove that every exercise rejects its wrong forms, names each of them, and accepts the right ones."""
    from autograder.lint import lint as lint_exercise

    chosen = _exercises(unit)
    with _progress() as progress:
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
        _show(table)
        killed, all_forms = sum(r.killed for r in rows), sum(r.misconceptions for r in rows)
        click.echo(f"{killed} of {all_forms} wrong forms rejected in {len(rows)} exercises")
    if not all(row.ok for row in rows):
        sys.exit(1)


@main.command()
@UNIT
@JSON
def claims(unit, as_json):
    """Run the experiment behind every statement, and print the verdicts."""
    from course_lib.claims import all_claims, run

    chosen = all_claims(unit and _unit_name(unit))
    if not chosen:
        raise click.ClickException(f"no claims for the unit {unit!r}")
    with _progress() as progress:
        verdicts = [run(claim) for claim in progress.track(chosen, description="experiments")]
    if as_json:
        keys = "id unit statement verdict evidence seconds".split()
        click.echo(json.dumps([{key: getattr(v, key) for key in keys} for v in verdicts], indent=1))
        return
    table = Table("id", "the lecture notes say", "verdict", "evidence", "s", show_lines=True)
    for v in verdicts:
        table.add_row(v.id, v.statement, v.verdict, v.evidence, f"{v.seconds:.1f}")
    _show(table)


@main.command()
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
    with _progress() as progress:
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
    _show(table)
    if summary.misconceptions:
        table = Table("students", "exercise", "misconception")
        for row in summary.misconceptions:
            table.add_row(str(row.count), row.exercise, row.sentence)
        _show(table)
    click.echo(f"{summary.graded} of {len(summary.students)} graded in {summary.seconds:.1f} s, the others unchanged")
    click.echo(f"summary   {out / f'{assignment}.summary.html'}")
    click.echo(f"feedback  {out / 'feedback'}")
    click.echo(f"gradebook {db or out / 'gradebook.db'}")


@main.group()
def data():
    """See what data there is, and fetch the well-known sets."""


@data.command("list")
@JSON
def list_data(as_json):
    """List what comes with the course, what is in the cache, and what can be fetched."""
    from course_lib.holdings import holdings

    rows = [asdict(holding) for holding in holdings()]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    table = Table("name", "state", "size", "load it with")
    for row in rows:
        table.add_row(row["name"], row["state"], filesize.decimal(row["size"]), row["loader"])
    _show(table)


@data.command("get")
@click.argument("name")
def get_data(name):
    """Fetch the data set NAME into the cache: mnist, fashion-mnist or cifar-10."""
    from course_lib.downloads import DataUnavailable, download

    with _progress(DownloadColumn(), TransferSpeedColumn()) as progress:
        tasks = {}

        def report(done, total, file):
            if file not in tasks:
                tasks[file] = progress.add_task(file, total=total)
            progress.update(tasks[file], completed=done)

        try:
            folder = download(name, progress=report)
        except (DataUnavailable, ValueError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{name} is in {folder}")


def _unit_name(unit: str) -> str:
    """``01_vanishing_gradients``, ``01`` and ``vanishing_gradients`` all name the same unit."""
    from autograder.exercise import catalogue

    names = sorted({exercise.unit for exercise in catalogue()})
    numbered = {path.stem.partition("_")[::2] for path in (ROOT / "notebooks" / "text").glob("*.py")}
    for number, name in numbered:
        if unit in (number, number.lstrip("0"), name, f"{number}_{name}"):
            return name
    if unit in names:
        return unit
    raise click.ClickException(f"no unit is called {unit!r}; there are: {', '.join(names)}")


def _exercises(unit: str | None):
    from autograder.exercise import catalogue

    return catalogue(unit and _unit_name(unit))


def _progress(*amount: ProgressColumn) -> Progress:
    """A progress bar on standard error, so that standard output stays clean for pipes."""
    columns = [TextColumn("{task.description}"), BarColumn(), *(amount or [MofNCompleteColumn()]), TimeElapsedColumn()]
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _show(table: Table) -> None:
    # a pipe has no width to fit into: keep the rows whole
    Console(width=None if sys.stdout.isatty() else 200).print(table)


if __name__ == "__main__":
    main()
