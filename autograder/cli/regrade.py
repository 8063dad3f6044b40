"""Subcommands for instructors: grade again what a changed exercise touches, and check the audit log."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.table import Table

from autograder.cli import assignments
from autograder.cli.console import JSON, plain_errors, progress_bar, say, show
from autograder.cli.options import COURSE, DB, KEY_FILE, STUDENT, out_option
from autograder.cli.place import place_of


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@assignments.OPTION
@COURSE
@DB
@out_option("Where the class was graded.", "as course grade")
@click.option("--dry-run", is_flag=True, help="Show whose grade would move, and record nothing.")
@KEY_FILE
@STUDENT
@JSON
def regrade(submissions, named, course, db, out, dry_run, key_file, students, as_json):
    """Judge again what a changed exercise touches in SUBMISSIONS, and show whose grade moved, and why."""
    from autograder.grading.regrade import regrade_class

    with plain_errors("a rerun goes on from there"):
        place = place_of(course, out, db)
        reports = {}
        for assignment in assignments.graded_notebooks(named, place.course, place.out):
            settings = place.settings(assignment)
            folder = submissions or settings.get("submitted")
            if folder is None:
                raise click.UsageError("name the folder of SUBMISSIONS, or a --course")
            with progress_bar() as progress:
                task = progress.add_task("regrading", total=None)
                reports[assignment] = regrade_class(
                    folder,
                    settings["assignment"],
                    place.out,
                    place.db,
                    dry_run=dry_run,
                    late=place.late,
                    limits=settings.get("limits"),
                    key_file=key_file,
                    students=students,
                    progress=lambda done, total, student, bar=(progress, task): bar[0].update(
                        bar[1], completed=done, total=total, description=student
                    ),
                )

    if as_json:
        told = {name: report.to_dict() for name, report in reports.items()}
        click.echo(json.dumps(told if len(told) > 1 else next(iter(told.values())), indent=1))
        return
    for name, report in reports.items():
        if len(reports) > 1:
            click.echo(f"\n{name}")
        _show(report, place.out, dry_run)


@click.command()
@click.argument("student")
@assignments.OPTION
@COURSE
@DB
@out_option("Where the class was graded.", "as course grade")
def forget(student, named, course, db, out):
    """Take STUDENT out of an assignment: a name under which somebody was graded by mistake."""
    from autograder.grading.forgetting import forget as take_out
    from autograder.grading.submissions.assignment import load_assignment

    with plain_errors():
        place = place_of(course, out, db)
        for name in assignments.graded_notebooks(named, place.course, place.out):
            assignment = place.settings(name)["assignment"]
            assignment = load_assignment(name) if isinstance(assignment, str) else assignment
            take_out(place.out, assignment, student, place.db, place.late)
            say(f"{student} is no more in {name}; what is still in the folder of submissions will be graded again")


def _show(report, out: Path, dry_run: bool) -> None:
    if report.moves:
        table = Table("student", "exercise", "before", "now", "because", show_lines=True)
        for move in report.moves:
            stays = f". A human gave {move.manual:g}, which stays" if move.manual is not None else ""
            table.add_row(move.student, move.exercise, _told(move.before), _told(move.after), move.why + stays)
        show(table)
    for row in report.totals:
        say(f"{row.student}: {row.before:g} -> {row.after:g}")
    done = "would be made" if dry_run else "were made"
    if report.submissions:
        click.echo(
            f"{report.judged} verdicts of {report.submissions} submissions {done} anew, {report.reused} hold as they "
            f"were; the grades of {len(report.totals)} students {'would move' if dry_run else 'moved'}"
        )
    else:
        click.echo("nothing that these grades rest on has changed: every verdict stands")
    if report.left:
        say(f"new or changed, so left for `course grade`: {', '.join(report.left)}")
    if report.failed:
        say(f"not judged through a fault of ours, their grades stay: {', '.join(report.failed)}")
    if report.submissions and not dry_run:
        click.echo(f"report    {out / f'{report.assignment}.regrade-{report.time}.html'}")


def _told(verdict) -> str:
    return f"{verdict.score:g} of {verdict.points:g}, {verdict.title.lower()}\n{verdict.sentence}".strip()


@click.group()
def audit():
    """Look into the audit log, which has every verdict."""


@audit.command()
@COURSE
@out_option("The class's folder.")
@DB
@JSON
def verify(course, out, db, as_json):
    """Check that no line of the log was changed, removed, added or moved, and that it has every result as it stands.

    The gradebook is compared with the results: automatic scores that are others, and all scores that cannot be.
    """
    from autograder.grading.booked_scores import gradebook_problems
    from autograder.grading.records.audit import FILE
    from autograder.grading.records.cross_check import examine_class
    from autograder.grading.records.database import missing_file
    from autograder.grading.records.results import read_results

    with plain_errors():
        place = place_of(course, out, db)
        out = place.out
    if not (out / FILE).is_file():
        raise click.ClickException(f"{out} has no {FILE}: name with --out where `course grade` has written to")
    results = read_results(out)
    with plain_errors():
        is_there = not missing_file(place.db_url)
        found = replace(
            examine_class(out, results), gradebook=gradebook_problems(results, place.db_url) if is_there else ()
        )
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1))
    else:
        click.echo(f"{found.records} records are whole and in order; head {found.head}")
        if found.torn:
            click.echo(f"{found.torn} bytes at the end were cut off by a crash; the next grading sets them aside")
        if found.broken is not None:
            say(f"line {found.broken} is broken: {found.why}", err=True)
        for what in found.differing:
            say(f"a recorded result is not what the log has: {what}", err=True)
        for what in found.gradebook:
            say(f"the gradebook: {what}", err=True)
        if found.gradebook:
            say("`course grade` books automatic scores again; manual scores are changed in formgrader", err=True)
        if not is_there:
            say("there is no gradebook to compare with: name it with --db", err=True)
    sys.exit(0 if found.ok else 1)
