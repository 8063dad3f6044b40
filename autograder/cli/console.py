"""What the subcommands share: options, tables, progress bars, and the names of units."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder.errors import UserError
from autograder.report import readable
from course_lib.units import unit_named

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
UNIT = click.option("--unit", help="Only this unit: its name, number or both, such as 01_vanishing_gradients.")

ESTIMATED_FROM = 600.0  # seconds: a submission may take a minute, and the next a tenth of a second
MAX_NAME = 32  # characters beside a progress bar, which needs the rest of the line


@contextmanager
def plain_errors(interrupted: str = "") -> Iterator[None]:
    """Within the block, what a user can fix ends the command with its message alone."""
    try:
        yield
    except (UserError, OSError) as error:
        raise click.ClickException(readable(_said(error))) from error
    except KeyboardInterrupt:
        if not interrupted:
            raise
        raise click.ClickException(f"interrupted; {interrupted}") from None


def _said(error: Exception) -> str:
    """Our own words where there are any; else those of the system, which may not know the file."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    where = f" ({error.filename})" if error.filename else ""
    return f"a file cannot be read or written: {error.strerror}{where}"


def progress_bar(*amount: ProgressColumn) -> Progress:
    """A progress bar on standard error, so that standard output stays clean for pipes."""
    columns = [
        NameColumn(""),
        BarColumn(),
        *(amount or [MofNCompleteColumn()]),
        TimeElapsedColumn(),
        LeftColumn(),
    ]
    return Progress(*columns, console=Console(stderr=True), transient=True, speed_estimate_period=ESTIMATED_FROM)


class LeftColumn(TimeRemainingColumn):
    """How long it still takes, once that can be guessed from what is done."""

    def render(self, task: Task) -> Text:
        return Text("") if task.time_remaining is None else Text.assemble("about ", super().render(task), " left")


class PlainConsole(Console):
    """Prints what others have written as what it is: no escape sequence in it reaches the terminal."""

    def render_str(self, text: str, **options) -> Text:
        return super().render_str(readable(text), **options)


class NameColumn(TextColumn):
    """What is being worked on: the name of a student or a file."""

    def render(self, task: Task) -> Text:
        name = one_line(task.description)
        return Text(name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 3]}...")


def one_line(text: str) -> str:
    """Text of others as part of a line of ours: neither a line of its own, nor anything that a terminal obeys."""
    return readable(text).replace("\n", "\\n").replace("\t", " ")


def say(text: str, err: bool = False) -> None:
    """Print a line with names in it that others have chosen."""
    click.echo(one_line(text), err=err)


def show(table: Table) -> None:
    # a pipe has no width to fit into: keep the rows whole
    PlainConsole(width=None if sys.stdout.isatty() else 200, markup=False).print(table)


def unit_name(unit: str) -> str:
    """``01_vanishing_gradients``, ``01`` and ``vanishing_gradients`` all name the same unit."""
    try:
        return unit_named(unit)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def chosen_exercises(unit: str | None) -> tuple[list, list[str]]:
    """The exercises (of one unit) that can be loaded, the instructor's own among them, and why others cannot."""
    from autograder.catalogue import found

    exercises, errors = found()
    if unit and unit not in {exercise.unit for exercise in exercises}:
        unit = unit_name(unit)
    return [exercise for exercise in exercises if unit in (None, exercise.unit)], list(map(str, errors))


def counted(number: int, noun: str) -> str:
    """``1 student``, ``2 students``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
