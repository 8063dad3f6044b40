"""Subcommands for instructors: due dates, extensions, extra time, late days, and who hands in together."""

from pathlib import Path

import click
from rich.table import Table

from autograder.cli import assignments
from autograder.cli.console import counted, plain_errors, say, show
from autograder.cli.options import COURSE, DB, by_name, out_option
from autograder.cli.place import Place, place_of

OUT = out_option("The class's folder.")


@click.command()
@click.argument("students", nargs=-1, metavar="STUDENT...", callback=by_name)
@assignments.OPTION
@click.option(
    "--until", default="", help="A new due date, such as '2026-03-05 12:00 +0100'; UTC where no zone is named."
)
@click.option("--by", default="", help="So much after the due date of the class: 48h, 2d.")
@click.option("--extra-time", default="", help="For all assignments, or the one named: 25%, 24h, 90min, 2d.")
@click.option("--late-days", default="", help="How many days they may be late, in all; without STUDENT, everybody.")
@click.option("--group", default="", help="The group in which they hand in, in all assignments or the one named.")
@click.option("--roster", type=click.Path(path_type=Path), help="Take all that from the columns of a CSV file.")
@click.option("--withdraw", is_flag=True, help="Take back what was allowed to STUDENT... so far.")
@COURSE
@OUT
@DB
def extend(students, named, until, by, extra_time, late_days, group, roster, withdraw, course, out, db):
    """Allow students another due date, extra time, or late days; or say who hands in together.

    Without anything to allow, what is allowed is listed. It is kept in allowances.csv beside the gradebook, and holds
    whenever the class is graded again. A roster has columns "extra time", "late days", "group", and "due NAME" for the
    assignment NAME.
    """
    from autograder.grading.allowing import extended, known_students, take_roster, withdrawn
    from autograder.grading.submissions.allowances import DUE, EXTRA_TIME, GROUP, LATE_DAYS, change_allowances

    given = {EXTRA_TIME: extra_time, LATE_DAYS: late_days, GROUP: group}
    with plain_errors():
        place = place_of(course, out, db)
        assignment = assignments.named_assignment(named, place.sources) if named else ""
        changes = {}
        if roster:
            found = take_roster(roster, place.db_url)
            changes |= found.changes
            for line in found.unknown:
                say(f"no student is known by this line, so left out: {line}", err=True)
        if withdraw:
            changes |= withdrawn(place.out, students, assignment)
        if until or by:
            if not (students and assignment):
                raise click.UsageError("a new due date is for somebody, and an --assignment: name both")
            changes |= {(s, assignment, DUE): until or extended(place.db_url, assignment, by) for s in students}
        for what, value in given.items():
            if value and not students and what != LATE_DAYS:
                raise click.UsageError(f"say to which STUDENT the {what} is allowed")
            scope = "" if what == LATE_DAYS else assignment
            changes |= {(student, scope, what): value for student in students or ("",) if value}
        if not changes:
            if students or roster:
                raise click.UsageError("say what is allowed: --until, --by, --extra-time, --late-days or --group")
            return _list(place.out)
        change_allowances(place.out, changes, known_students(place.db_url))
        _settle(place, changes)
    return None


@click.command()
@click.argument("assignment")
@click.argument("when", required=False, default="")
@click.option("--released", default="", help="When it was handed out, from which a percentage of extra time is taken.")
@COURSE
@OUT
@DB
def due(assignment, when, released, course, out, db):
    """Set the due date of ASSIGNMENT to WHEN, such as '2026-03-01 12:00 +0100'; UTC where no zone is named."""
    from autograder.grading.allowing import set_due_date
    from autograder.grading.reports.lateness import moment
    from autograder.grading.submissions.allowances import RELEASED, change_allowances, parsed_moment

    if not (when or released):
        raise click.UsageError("name the time, or when it was --released")
    with plain_errors():
        place = place_of(course, out, db)
        assignment = assignments.named_assignment(assignment, place.sources)
        place.out.mkdir(parents=True, exist_ok=True)
        if when:
            set_due_date(place.db_url, assignment, parsed_moment(when))
            say(f"{assignment} is due {moment(parsed_moment(when))}")
        if released:
            change_allowances(place.out, {("", assignment, RELEASED): released})
            say(f"{assignment} was handed out {moment(parsed_moment(released))}")
        _settle(place, {})


def _settle(place: Place, changes: dict) -> None:
    """Bring the gradebook up to date, and say what has come of it."""
    from autograder.grading.allowing import settle_class

    for (student, assignment, what), value in changes.items():
        about = f" in {assignment}" if assignment else ""
        say(f"{student or 'everybody'}: {what}{about} {value or 'withdrawn'}")
    done = settle_class(place.out, place.db_url, place.late, {s for s, _, _ in changes})
    for text in done.said:
        say(text)
    for student in done.strangers:
        say(f"{student} is not in the gradebook yet: it holds as soon as they hand in", err=True)
    if done.said:
        click.echo("`course grade` writes it on the pages, too")


def _list(out: Path) -> None:
    from autograder.grading.submissions.allowances import read_allowances

    rows = sorted(read_allowances(out).rows.items())
    table = Table("student", "assignment", "what", "value")
    for (student, assignment, what), value in rows:
        table.add_row(student or "everybody", assignment or "all", what, value)
    if rows:
        show(table)
    click.echo(f"{counted(len(rows), 'line')} in {out / 'allowances.csv'}")
