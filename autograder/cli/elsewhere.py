"""Subcommands for instructors who grade elsewhere: one submission in a runner of CI, and what Gradescope runs."""

import json
import sys
from pathlib import Path

import click

from autograder.cli import assignments
from autograder.cli.console import counted, plain_errors
from autograder.cli.options import COURSE
from autograder.errors import UserError
from autograder.files import ROOT

VISIBILITY = click.option(
    "--visibility", default="visible", show_default=True, help="Gradescope: who sees the tests, and when."
)
FILE = click.Path(path_type=Path, dir_okay=False)
TOO_LOW, NOT_GRADED = 1, 2


@click.command("grade-one")
@click.argument("submission", type=click.Path(path_type=Path))
@click.option("--assignment", "named", default="", help="A lesson's name or number. [default: SUBMISSION's name]")
@click.option("--source", type=FILE, help="The source notebook of an assignment of your own, instead of a lesson.")
@click.option("--limits", type=FILE, help="The course's limits, as export-autograder writes them. [default: ours]")
@click.option("--student", default="", help="Whose it is: hidden cases are drawn for each student.")
@click.option("--key-file", type=FILE, envvar="COURSE_KEY_FILE", help="Draws the hidden cases. [default: a new key]")
@click.option("--json", "json_file", type=FILE, help="Write JSON here.")
@click.option("--markdown", "markdown_file", type=FILE, help="Write Markdown here; a file that is there, grows.")
@click.option("--gradescope", "gradescope_file", type=FILE, help="Write Gradescope's results.json here.")
@click.option("--metadata", type=FILE, help="Gradescope's submission_metadata.json, which says whose it is.")
@VISIBILITY
@click.option("--require", type=click.FloatRange(0, 100), help="End with code 1 below this percentage of the points.")
def grade_one(
    submission, named, source, limits, student, key_file, json_file, markdown_file, gradescope_file, metadata,
    visibility, require,
):  # fmt: skip
    """Grade one SUBMISSION, a notebook or its folder, and record nothing: for a runner of GitHub Classroom or any CI.

    What is written may be shown to the student: it tells no hidden input. Ends with code 0 when the submission was
    judged, whatever came of it (but see --require), and with 2 when it was not, for which the student is not to blame.
    """
    from autograder.grading.seeds import fresh_key, read_key
    from autograder.grading.ways.gradescope_results import attempt_in, results_of, student_in
    from autograder.grading.ways.limits_file import read_limits
    from autograder.grading.ways.markdown import markdown_of
    from autograder.grading.ways.single import grade_single, run_of_ci
    from course_lib.files import write_atomically

    try:
        with plain_errors():
            assignment = _assignment(named or submission.stem, source)
            student = student or (student_in(metadata) if metadata else "") or "student"
            key = read_key(key_file) if key_file else fresh_key()
            allowed = read_limits(limits) if limits else None
            attempt = (attempt_in(metadata) if metadata else "") or run_of_ci()
            graded = grade_single(submission, assignment, key, student=student, attempt=attempt, limits=allowed)
            if json_file:
                write_atomically(json_file, json.dumps(graded.to_dict(), indent=1) + "\n")
            if gradescope_file:
                write_atomically(gradescope_file, json.dumps(results_of(graded, visibility), indent=1) + "\n")
            if markdown_file:
                with markdown_file.open("a", encoding="utf-8") as file:
                    file.write(markdown_of(graded))
    except click.ClickException as error:
        error.show()
        sys.exit(NOT_GRADED)
    if not (json_file or markdown_file or gradescope_file):
        click.echo(markdown_of(graded), nl=False)
    click.echo(f"{assignment.name}: {graded.result.score:.4g} of {assignment.points:g} points", err=True)
    if require is not None and 100 * graded.share < require - 1e-9:
        sys.exit(TOO_LOW)


def _assignment(named: str, source: Path | None):
    """Nothing is looked for in the present folder, which may be the student's: its settings would be run here."""
    from autograder.grading.submissions.assignment import load_assignment, read_assignment

    if source is None:
        return load_assignment(assignments.named_assignment(named))
    if not source.is_file():
        raise UserError(f"there is no source notebook {source}: give the .ipynb of your course's source folder")
    return read_assignment(source)


@click.command("export-autograder")
@click.argument("service", type=click.Choice(["gradescope"]), metavar="SERVICE")
@assignments.OPTION
@COURSE
@click.option("--to", type=FILE, help="The zip. [default: ASSIGNMENT.gradescope.zip]")
@click.option("--key-file", type=FILE, help="Draws the hidden cases. [default: a new key]")
@VISIBILITY
def export_autograder(service, named, course, to, key_file, visibility):
    """Write an autograder for SERVICE, which is gradescope: a zip to upload there, with the course and the assignment.

    It holds the key of the hidden cases: give it to nobody but Gradescope.
    """
    from autograder.grading.classroom.nbgrader_course import course_in
    from autograder.grading.ways.gradescope_zip import write_autograder

    with plain_errors():
        folder = course_in(course)
        name = assignments.in_source(named, folder)
        source = folder.source / name / f"{name}.ipynb" if folder else ROOT / "notebooks" / "text" / f"{name}.py"
        to = to or Path(f"{name}.gradescope.zip")
        options = {"course": folder.root, "limits": folder.limits} if folder else {}
        files = write_autograder(source, to, key_file=key_file, visibility=visibility, **options)
    click.echo(f"{counted(len(files), 'file')}: {to}")
    click.echo("""Next, on Gradescope: a programming assignment, Configure Autograder, upload the zip.
Choose a base image with Ubuntu 22.04 or later, and at least 2 GB of memory; docs/lms.md says what to expect.
The zip holds the key of the hidden cases: give it to nobody else.""")
