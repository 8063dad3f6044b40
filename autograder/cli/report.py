"""Subcommands for instructors: what a graded class looks like, and its grades for the LMS."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from autograder.cli import assignments
from autograder.cli.console import JSON, counted, plain_errors, say, show
from autograder.cli.options import COURSE, DB, out_option, student_option
from autograder.cli.place import place_of

OUT = out_option("Where `course grade` wrote.")
FORMATS = ("canvas", "moodle", "moodle-grades", "gradescope", "csv")
MOST = 8  # rows of a list that a page has whole


@click.command()
@assignments.OPTION
@COURSE
@OUT
@DB
@click.option("--no-names", is_flag=True, help="A page that names no student, to show to the class.")
@JSON
def stats(named, course, out, db, no_names, as_json):
    """Write the statistics of a graded class: scores, exercises, misconceptions, whom to look at."""
    from autograder.grading.class_report import write_statistics

    with plain_errors():
        place = place_of(course, out, db)
        found = {}
        for name in assignments.graded_notebooks(named, place.course, place.out):
            assignment = place.settings(name)["assignment"]
            found[name] = write_statistics(place.out, assignment, place.db, names=not no_names)
    if as_json:
        told = {name: asdict(statistics) for name, (statistics, _) in found.items()}
        click.echo(json.dumps(told if len(told) > 1 else next(iter(told.values())), indent=1, default=str))
        return
    for name, (statistics, path) in found.items():
        if len(found) > 1:
            click.echo(f"\n{name}")
        _show_statistics(statistics, path)
    if no_names:
        click.echo("The examples are as students wrote them: read them before you show the page.")


def _show_statistics(statistics, path: Path) -> None:
    table = Table("exercise", "difficulty", "discrimination")
    for row in statistics.exercises:
        mark = " !" if row.doubtful else ""
        table.add_row(row.name, _figure(row.difficulty), f"{_figure(row.discrimination)}{mark}")
    show(table)
    click.echo("difficulty: mean share of the points; discrimination: correlation with the other exercises,")
    click.echo("! where it is low")
    if statistics.misconceptions:
        table = Table("students", "exercise", "most frequent misconceptions")
        for row in statistics.misconceptions[:MOST]:
            table.add_row(str(len(row.students)), row.exercise, row.sentence)
        show(table)
    click.echo(f"{counted(statistics.students, 'student')}: {statistics.in_words}")
    if statistics.lateness:
        click.echo(statistics.late_in_words)
    missing = f"; {len(statistics.missing)} of the gradebook's have not handed in" if statistics.missing else ""
    click.echo(f"{len(statistics.second_looks)} to look at{missing}")
    click.echo(f"page {path}")


@click.command()
@assignments.OPTION
@COURSE
@OUT
@JSON
def similar(named, course, out, as_json):
    """List the answers that resemble each other more than chance explains: to look at, no verdict."""
    from autograder.grading.class_report import write_similarity

    with plain_errors():
        place = place_of(course, out)
        done = {}
        for name in assignments.graded_notebooks(named, place.course, place.out):
            done[name] = write_similarity(place.out, place.settings(name)["assignment"])
    if as_json:
        told = {name: _plain(found) for name, (found, _) in done.items()}
        click.echo(json.dumps(told if len(told) > 1 else next(iter(told.values())), indent=1))
        return
    for name, (found, path) in done.items():
        if len(done) > 1:
            click.echo(f"\n{name}")
        _show_similar(found, path)


def _plain(found) -> dict:
    return {**asdict(found), "pairs": [{**asdict(pair), "bits": pair.bits} for pair in found.pairs]}


def _show_similar(found, path: Path) -> None:
    if found.pairs:
        table = Table("student", "and", "bits", "exercises")
        for pair in found.pairs[:20]:
            table.add_row(pair.left, pair.right, f"{pair.bits:.1f}", str(len(pair.answers)))
        show(table)
    pairs = counted(len(found.pairs) + found.hidden, "pair")
    click.echo(f"{pairs} of {counted(found.students, 'student')}; a list to look at, no verdict")
    click.echo(f"page {path}")


@click.command()
@click.argument("form", type=click.Choice(FORMATS), metavar="FORMAT")
@assignments.OPTION
@COURSE
@OUT
@DB
@click.option("--roster", type=click.Path(path_type=Path), help="The LMS's own export: gradebook or grading worksheet.")
@click.option("--to", type=click.Path(path_type=Path), help="The file, for gradescope the folder.")
@click.option("--title", default="", help="How the LMS calls the assignment. [default: its name]")
@click.option("--scale", is_flag=True, help="Scale the scores to Moodle's maximum grade.")
@click.option("--zero-for-missing", is_flag=True, help="Write 0 for who has not submitted, instead of nothing.")
@click.option("--visibility", default="visible", show_default=True, help="Gradescope: who sees the tests, and when.")
def export(form, named, course, out, db, roster, to, title, scale, zero_for_missing, visibility):
    """Write the gradebook's scores in FORMAT: canvas, moodle, moodle-grades, gradescope or csv.

    Manual scores are in them, and late penalties are taken off.
    """
    from autograder.grading.class_report import export_table, read_grades, write_gradescope
    from autograder.grading.exports.grades import impossible_scores
    from autograder.grading.exports.roster import read_roster
    from course_lib.files import write_atomically

    with plain_errors():
        place = place_of(course, out, db)
        out = place.out
        assignment = assignments.booked(named, place.course, out, place.db)
        rows = read_grades(out, assignment, place.db, zero_for_missing)
        if form == "gradescope":
            to = to or out / f"{assignment}.gradescope"
            click.echo(f"{counted(len(write_gradescope(out, rows, to, visibility)), 'student')}: {to}")
        else:
            to = to or out / f"{assignment}.{'grades' if form == 'csv' else form}.csv"
            table = export_table(rows, form, read_roster(roster) if roster else None, title=title, scale=scale)
            write_atomically(to, table.text)
            scores = sum(row.score is not None for row in rows) - len(table.unmatched)
            click.echo(f"{counted(scores, 'student')}: {to}")
            for student in table.unmatched:
                say(f"not in the roster, and not in the file: {student}", err=True)
    for what in impossible_scores(rows):
        say(f"a score that cannot be, written as it is: {what}; look at it in formgrader", err=True)
    late = [row for row in rows if row.late]
    for row in late[:MOST]:
        say(f"{row.student}: {row.raw:.4g} of {row.max_score:g}, {row.late}", err=True)
    if len(late) > MOST:
        click.echo(f"{len(late) - MOST} more were late", err=True)
    if missing := sum(row.score is None for row in rows):
        click.echo(f"{missing} without a submission have no score (--zero-for-missing writes 0)", err=True)
    if pending := sum(row.pending for row in rows):
        click.echo(f"{counted(pending, 'submission')} still to be graded by a human: scores will change", err=True)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@assignments.OPTION
@student_option("Only this student's page; may be repeated.", "ID")
@COURSE
@OUT
@DB
def feedback(submissions, named, students, course, out, db):
    """Write the students' pages anew where the gradebook has changed: manual scores, comments, lateness.

    `course grade` does so too. SUBMISSIONS, by default the course's, is where the pictures on the pages come from.
    """
    from autograder.grading.feedback_pages import update_feedback

    with plain_errors():
        place = place_of(course, out, db)
        for assignment in assignments.all_graded(named, place.course, place.out):
            settings = place.settings(assignment)
            given = {"late": place.late, "students": students}
            folder = submissions or settings.get("submitted")
            done = update_feedback(folder, settings["assignment"], place.out, place.db, **given)
            pages = f"{counted(len(done.written), 'page')} written" if done.written else "every page is up to date"
            click.echo(f"{assignment}: {pages}, in {place.out / 'feedback'}")
            for student in done.changed:
                say(f"{student} has handed in anew since: run `course grade`", err=True)
