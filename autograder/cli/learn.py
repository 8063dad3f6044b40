"""Subcommands for students: the lessons, the machine, the claims, the data."""

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click
from rich import filesize
from rich.progress import DownloadColumn, TransferSpeedColumn
from rich.table import Table

from autograder.cli.console import JSON, UNIT, progress_bar, show, unit_name
from autograder.files import ROOT


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path), default="workspace")
@click.option("--unit", help="Open this unit's notebook; name it as in 1 or 01_vanishing_gradients.")
@click.option("--restore", is_flag=True, help="Bring back notebooks that you deleted.")
@click.option("--no-start", is_flag=True, help="Only bring the notebooks up to date.")
@click.option("--no-browser", is_flag=True, help="Start JupyterLab without opening a browser.")
@click.option("--port", type=int, help="The port that JupyterLab listens on.")
def lab(workspace, unit, restore, no_start, no_browser, port):
    """Open JupyterLab on your own copy of the notebooks, in WORKSPACE. Your work is never overwritten."""
    from autograder import lab as student
    from course_lib.units import lesson_of

    first = f"{lesson_of(unit_name(unit))}.ipynb" if unit else ""
    try:
        placed = student.prepare(workspace, ROOT / "notebooks", restore)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if not unit and any(one.path.name == student.START_PAGE and one.action == "added" for one in placed):
        first = student.START_PAGE  # later JupyterLab shows what was open when it was left
    opened = (f"--LabApp.default_url=/lab/tree/{first}",) if first else ()
    for one in placed:
        click.echo(one.sentence)
    if not no_start:
        student.start(workspace, not no_browser, port, opened)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path), default="workspace")
@JSON
def status(workspace, as_json):
    """Show how far you have come, by unit, from the notebooks that you have saved in WORKSPACE."""
    from autograder.learner.status import status_of

    if not workspace.is_dir():
        raise click.ClickException(f"there is no folder {workspace}: `course lab` makes it, or name yours")
    rows = status_of(workspace)
    if as_json:
        keys = "unit done exercises score points minutes_left".split()
        told = [{key: getattr(row.progress, key) for key in keys} for row in rows]
        for row, one in zip(rows, told, strict=True):
            one |= {"predictions": row.predictions, "questions": row.questions}
            one["saved"] = row.saved and row.saved.isoformat(timespec="minutes")
        click.echo(json.dumps(told, indent=1))
        return
    table = Table("unit", "core", "more", "points", "predictions", "core, minutes to go", "last saved")
    for row in rows:
        one = row.progress
        counts = [f"{one.done[part]} of {one.exercises[part]}" for part in ("core", "more")]
        saved = f"{row.saved:%Y-%m-%d %H:%M}" if row.saved else "not begun"
        points, predictions = f"{one.score:.3g} of {one.points:g}", f"{row.predictions} of {row.questions}"
        table.add_row(one.title, *counts, points, predictions, str(one.minutes_left), saved)
    show(table)


@click.command()
def warmup():
    """Compile every kernel now, so that no notebook waits for the compiler."""
    from course_lib.warmup import compile_kernels

    start = time.perf_counter()
    with progress_bar() as progress:
        task = progress.add_task("compiling", total=None)
        warmed = compile_kernels(
            lambda done, total, label: progress.update(task, completed=done, total=total, description=label),
            processes=_usable_cores(),
        )
    click.echo(f"{len(warmed)} workloads ready after {time.perf_counter() - start:.1f} s")


def _usable_cores() -> int:
    """Those that this process may run on, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command()
@JSON
def doctor(as_json):
    """Say what is missing on this machine, and how to get it."""
    from autograder import doctor as examiner

    checks = examiner.examine()
    click.echo(examiner.as_json(checks) if as_json else examiner.as_text(checks))
    sys.exit(examiner.exit_code(checks))


@click.command()
@UNIT
@JSON
@click.option("--robustness", "robust", is_flag=True, help="Try every neighbouring setting, and record the outcome.")
def claims(unit, as_json, robust):
    """Run the experiment behind every statement, and print the verdicts."""
    from course_lib.claims import run
    from course_lib.units.claims import all_claims

    chosen = all_claims(unit and unit_name(unit))
    if not chosen:
        raise click.ClickException(f"no claims for the unit {unit!r}")
    if robust:
        _robustness(chosen, as_json)
        return
    with progress_bar() as progress:
        verdicts = [run(claim) for claim in progress.track(chosen, description="experiments")]
    if as_json:
        click.echo(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))
        return
    table = Table("id", "the lecture notes say", "verdict", "evidence", "s", show_lines=True)
    for v in verdicts:
        table.add_row(v.id, v.statement, v.verdict, v.evidence, f"{v.seconds:.1f}")
    show(table)


def _robustness(chosen, as_json):
    """Try the neighbouring settings of the claims, record the outcome in the folders of their units, and print it."""
    from course_lib.claims.robustness import robustness
    from course_lib.units.claims import record_robustness

    measured = []
    with progress_bar() as progress:
        task = progress.add_task("settings", total=sum(len(claim.neighbours) for claim in chosen))
        for claim in chosen:
            measured.append((claim, robustness(claim, tried=lambda _: progress.advance(task))))
    for name in dict.fromkeys(claim.unit for claim in chosen):
        record_robustness(name, [(claim, found) for claim, found in measured if claim.unit == name])
    if as_json:
        click.echo(json.dumps([{"id": claim.id, **asdict(found)} for claim, found in measured], indent=1))
        return
    table = Table("id", "the lecture notes say", "the verdict")
    for claim, found in measured:
        table.add_row(claim.id, claim.statement, f"{claim.verdict}: {found}")
    show(table)


@click.group()
def data():
    """See what data there is, and fetch the well-known sets."""


@data.command("list")
@JSON
def list_data(as_json):
    """List what comes with the course, what is in the cache, and what can be fetched."""
    from course_lib.data.inventory import data_items

    rows = [asdict(item) for item in data_items()]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    table = Table("name", "state", "size", "load it with")
    for row in rows:
        table.add_row(row["name"], row["state"], filesize.decimal(row["size"]), row["loader"])
    show(table)


@data.command("get")
@click.argument("name")
def get_data(name):
    """Fetch the data set NAME into the cache: mnist, fashion-mnist or cifar-10."""
    from course_lib.data.downloads import DataUnavailable, download

    with progress_bar(DownloadColumn(), TransferSpeedColumn()) as progress:
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
