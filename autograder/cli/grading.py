"""Subcommands for instructors: grading."""

import json
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from autograder.cli import assignments
from autograder.cli.console import JSON, counted, plain_errors, progress_bar, say, show
from autograder.cli.options import COURSE, DB, KEY_FILE, STUDENT, out_option
from autograder.cli.place import Place, place_of

if TYPE_CHECKING:  # importing it takes longer than most commands
    from autograder.grading.reports.summary import Summary

WHOLE = 30  # students whose scores are all printed
MOST = 10  # misconceptions


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@assignments.OPTION
@COURSE
@DB
@out_option("Where pages go.")
@click.option("--demo", is_flag=True, help="Build a class of toy submissions in the --out folder, and grade it.")
@KEY_FILE
@click.option("--new-key", is_flag=True, help="When the key is lost: draw all hidden cases anew, grade everybody anew.")
@click.option("--dask", default="", help="Grade on the Dask cluster with this scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--unsafe-no-sandbox", is_flag=True, help="Run students' code with your own rights. Recorded.")
@STUDENT
@JSON
def grade(submissions, named, course, db, out, demo, new_key, dask, unsafe_no_sandbox, as_json, **options):
    """Grade the notebooks in SUBMISSIONS: nbgrader's layout, a flat folder, or a zip of Canvas or Moodle.

    With --assignment all, every assignment that somebody has handed in is graded, one after the other.
    """
    with plain_errors():
        # nbgrader's own settings hold in its folder: the gradebook, the source notebooks, what being late costs
        place = place_of(course, out, db, alone=demo)
        folder = place.course
        first = assignments.lessons()[0] if demo and not named else named  # to show the grading, any will do
        chosen = assignments.all_handed_in(first, folder, submissions)
        groups = assignments.whole(folder, chosen)
    if demo and (unsafe_no_sandbox or dask):
        raise click.UsageError("--demo shows the sandbox of this machine: leave out --unsafe-no-sandbox and --dask")
    if new_key and len(chosen) > 1:
        raise click.UsageError(f"--new-key is for one assignment: name {' or '.join(chosen)}")
    if unsafe_no_sandbox:
        warning = "NO SANDBOX: students' code runs with your rights, and can read and change all that you can."
        click.secho(warning, fg="red", bold=True, err=True)
    options |= {"place": place, "demo": demo, "new_key": new_key, "dask": dask, "unsafe": unsafe_no_sandbox}
    summaries = {}
    for assignment, notebooks in groups.items():
        name = assignment if len(notebooks) > 1 else notebooks[0]
        if len(groups) > 1:
            click.echo(f"\n{name}", err=as_json)  # now: it may take long
        parts = [grade_one(notebook, submissions, **options) for notebook in notebooks]
        graded = put_together(parts, submissions) if len(parts) > 1 else parts[0]
        summaries[name] = graded.summary.to_dict()
        if not as_json:
            show_graded(graded, name, named, course)
    if as_json:
        click.echo(json.dumps(summaries if len(groups) > 1 else next(iter(summaries.values())), indent=1))


@dataclass(frozen=True)
class Graded:
    """What grading an assignment came to, and where it was put. ``expected`` holds the scores that toys should have."""

    summary: "Summary"
    place: Place
    expected: dict[str, float]
    settings: dict


def grade_one(assignment, submissions, *, place, demo, key_file, new_key, dask, unsafe, students) -> Graded:
    """Grade one assignment, with a progress bar."""
    from autograder.grading.cluster import executor_on
    from autograder.grading.demo import grade_demo
    from autograder.grading.grade import grade_class
    from autograder.grading.isolation.limits import UNSAFE, Limits

    with plain_errors():
        settings = place.settings(assignment)
    submissions = submissions or settings.get("submitted")
    if demo == (submissions is not None):
        raise click.UsageError("name the folder of SUBMISSIONS, or a --course, or give --demo")
    limits = settings.get("limits") or Limits()
    limits = replace(limits, levels=(UNSAFE,)) if unsafe else limits
    expected, keys = {}, {"key_file": key_file, "new_key": new_key}
    with progress_bar() as progress, plain_errors("what is graded is kept, and a rerun goes on from there"):
        task = progress.add_task("grading", total=None)

        def report(done, total, student):
            progress.update(task, completed=done, total=total, description=student)

        if demo:
            summary, toys = grade_demo(assignment, place.out, db_url=place.db, progress=report, **keys)
            expected = {toy.student: toy.score for toy in toys}
        else:
            graded, options = settings["assignment"], {"late": settings.get("late"), "limits": limits}
            with executor_on(dask, graded, limits) as executor:
                options |= {"executor": executor, "progress": report, "students": students}
                summary = grade_class(submissions, graded, place.out, place.db, **options, **keys)
    return Graded(summary, place, expected, settings)


def put_together(parts: list[Graded], submissions: Path | None) -> Graded:
    """All notebooks of one assignment, which have been graded, as one."""
    from autograder.grading.several_notebooks import put_together

    first = parts[0]
    folder, late = submissions or first.settings["submitted"], first.settings["late"]
    with plain_errors():
        summary = put_together(
            folder,
            [part.settings["assignment"] for part in parts],
            [part.summary for part in parts],
            first.place.out,
            first.place.db,
            late,
        )
    return replace(first, summary=summary)


def show_graded(graded: Graded, assignment: str, named: str, course: Path | None) -> None:
    """The summary, where everything is, and what to do next."""
    from autograder.grading.records.database import shown
    from autograder.grading.records.private import onlookers

    summary, place = graded.summary, graded.place
    out, db = place.out, place.db
    show_summary(summary, graded.expected)
    click.echo(f"summary   {out / f'{assignment}.summary.html'}")
    click.echo(f"feedback  {out / 'feedback'}")
    click.echo(f"gradebook {shown(db) if db else out / 'gradebook.db'}")
    click.echo(f"audit log {out / 'audit.jsonl'}, head")
    click.echo(f"          {summary.head}")
    if seen := onlookers(out):
        say(seen, err=True)
    several = len(assignments.graded_in(out)) > 1
    given = {"--assignment": (assignment if named or several else "", ""), "--course": (course, None)}
    given["--out"] = out, place.home
    given["--db"] = db and shown(db), shown(place.course.db_url) if db and place.course else ""
    again = [f" {option} {shlex.quote(str(value))}" for option, (value, default) in given.items() if value != default]
    click.echo("""Next: open the summary, then
  course stats      a page with the distribution, examples, and whom to look at
  course similar    a list of answers that resemble each other
  course export     the scores for Canvas, Moodle or Gradescope""")
    if again:
        say(f"each with{''.join(again)}")


def show_summary(summary, expected: dict[str, float]) -> None:
    """A small class whole; of a large one, whom there is something to say of. The summary page has everybody."""
    rows = summary.students
    if len(rows) > WHOLE and not expected:
        rows = [row for row in rows if row.remarks][:WHOLE]
    if rows:
        table = Table("student", "score", *(["should be"] if expected else []), "of", "remarks")
        for row in rows:
            should = [f"{expected[row.student]:g}"] if expected else []
            table.add_row(row.student, f"{row.score:g}", *should, f"{row.points:g}", "\n".join(row.remarks))
        show(table)
    if summary.misconceptions:
        table = Table("students", "exercise", "misconception")
        for row in summary.misconceptions[:MOST]:
            table.add_row(str(row.count), row.exercise, row.sentence)
        show(table)
    rest = [(len(summary.students) - len(rows), "student"), (len(summary.misconceptions) - MOST, "misconception")]
    if more := " and ".join(counted(number, noun) for number, noun in rest if number > 0):
        click.echo(f"{more} more in the summary")
    for text in summary.left_out:
        say(f"not graded: {text}")
    unchanged = ", the others unchanged" if summary.graded < len(summary.students) else ""
    click.echo(f"{summary.graded} of {len(summary.students)} graded in {summary.seconds:.1f} s{unchanged}")
    if summary.untimed:
        whose = f"of {counted(summary.untimed, 'submission')} nobody knows when"
        click.echo(f"{whose} they were handed in: they count as in time")
    if summary.late:
        click.echo(f"{counted(summary.late, 'submission')} late: the remarks say what counts")
    if summary.students:
        click.echo(f"median {summary.median:.3g} of {summary.points:g} points, {summary.below_half} below half of them")
