"""README's table of the units, each with what is built of it."""

import re
from importlib import import_module
from pathlib import Path

from autograder.catalogue import catalogue
from course_lib.files import write_atomically
from course_lib.units import ORDER, built, lesson_of
from course_lib.units.claims import all_claims

HEADING = "## The units so far"
COLUMNS = "| unit | lesson | exercises | widgets | claims |\n|---|---|---|---|---|\n"


def write_units_table(readme: Path, check: bool = False) -> list[Path]:
    """Count again what ``readme`` has below the heading.

    Returns
    -------
    list of Path
        ``readme``, when it was (with ``check``: would be) changed.
    """
    text = readme.read_text(encoding="utf-8")
    before, heading, after = text.partition(f"{HEADING}\n\n{COLUMNS}")
    rest = re.sub(r"\A(\|.*\n)*", "", after)
    rows = "\n".join(map(row_of, ORDER))
    new = f"{before}{heading}{rows}\n{rest}"
    if not heading or new == text:
        return []
    if not check:
        write_atomically(readme, new)
    return [readme]


def row_of(unit: str) -> str:
    """The unit's row of the table."""
    title = lesson_of(unit).replace("_", " ")
    if unit not in built():
        return f"| {title} | to come | | | |"
    exercises, widgets = catalogue(unit), import_module(f"course_lib.units.{unit}.widgets").__all__
    wrong = sum(len(exercise.misconceptions) for exercise in exercises)
    return f"| {title} | yes | {len(exercises)}, with {wrong} wrong forms | {len(widgets)} | {len(all_claims(unit))} |"
