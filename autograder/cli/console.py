"""What the subcommands share: options, tables, progress bars, and the names of units."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.errors import UserError
from autograder.files import ROOT

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
UNIT = click.option("--unit", help="Only this unit: its name, number or both, such as 01_vanishing_gradients.")


@contextmanager
def plain_errors(interrupted: str = "") -> Iterator[None]:
    """Within the block, what a user can mend ends the command with its message alone."""
    try:
        yield
    except (UserError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        if not interrupted:
            raise
        raise click.ClickException(f"interrupted; {interrupted}") from None


def progress_bar(*amount: ProgressColumn) -> Progress:
    """A progress bar on standard error, so that standard output stays clean for pipes."""
    # names of students and files are no markup
    columns = [
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *(amount or [MofNCompleteColumn()]),
        TimeElapsedColumn(),
    ]
    return Progress(*columns, console=Console(stderr=True), transient=True)


def show(table: Table) -> None:
    # a pipe has no width to fit into: keep the rows whole
    Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)


def unit_name(unit: str) -> str:
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


def chosen_exercises(unit: str | None):
    from autograder.exercise import catalogue

    return catalogue(unit and unit_name(unit))
