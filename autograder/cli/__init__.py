"""The ``course`` command. Each subcommand gets its data elsewhere; only this package prints."""

import os
import sys

# Before NumPy is imported: on small arrays, with a busy neighbour, BLAS threads cost more than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import click

from autograder.cli import allowances, author, course_folder, elsewhere, grading, learn, regrade, report


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main():
    """Learn what makes deep networks train; grade those who do."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # no name or sign stops a command where it cannot be shown
            stream.reconfigure(errors="backslashreplace")


COMMANDS = (
    learn.lab,
    learn.status,
    learn.doctor,
    learn.warmup,
    learn.claims,
    learn.data,
    author.build,
    author.exercises,
    author.lint,
    grading.grade,
    regrade.regrade,
    regrade.audit,
    regrade.forget,
    report.feedback,
    report.stats,
    report.similar,
    report.export,
    elsewhere.export_autograder,
    elsewhere.grade_one,
    allowances.extend,
    allowances.due,
    course_folder.new_class,
    course_folder.serve,
)
for command in COMMANDS:
    main.add_command(command)
