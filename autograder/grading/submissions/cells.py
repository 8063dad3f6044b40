"""The cells of a notebook that a stranger wrote, read within bounds."""

import json
from dataclasses import dataclass

from autograder.grading.submissions.encodings import what_it_is

MAX_CELLS = 5000
MAX_SOURCE = 100_000  # characters of one cell, and of all added ones: what one message to a box holds
MAX_ADDED = 200  # cells that the student added
# Parsed, an empty list of two bytes takes 35 times its size: unbounded, a notebook of 20 MB would fill 700 MB of
# the grader's memory. Honest notebooks have some ten brackets per cell.
MAX_CONTAINERS = 500_000
MAX_KEYS = 2_000_000

SAVE_AGAIN = "open it in Jupyter, save it, and submit it again"


@dataclass(frozen=True)
class Cell:
    """``grade_id`` is nbgrader's name, or empty; ``named`` says whether the notebook itself has it."""

    kind: str
    text: str
    grade_id: str
    id: str = ""
    named: bool = True


class Unreadable(ValueError):
    """What was handed in is no notebook; the message says why."""


def parse_cells(data: bytes) -> list[Cell]:
    """The cells of a notebook, in their order, and nothing else of it.

    Raises
    ------
    Unreadable
        The message says why, and what to do.
    """
    if not data.strip():
        raise Unreadable(f"the file is empty: {SAVE_AGAIN}")
    if data.count(b"[") + data.count(b"{") > MAX_CONTAINERS or data.count(b":") > MAX_KEYS:
        raise Unreadable(f"the file holds more lists than a notebook can have: clear its outputs, and {SAVE_AGAIN}")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise Unreadable(f"the file is nested too deeply to be a notebook: {SAVE_AGAIN}") from None
    except ValueError as error:
        unknown = f"the file is not JSON, so it is not a notebook ({str(error)[:200]}): {SAVE_AGAIN}"
        raise Unreadable(what_it_is(data) or unknown) from None
    cells = content.get("cells", _of_format_3(content)) if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(f"the file is JSON, but lacks the list of cells of a notebook (format 4): {SAVE_AGAIN}")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"the notebook has {len(cells)} cells; at most {MAX_CELLS} are read: delete the others")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _of_format_3(content: dict) -> list | None:
    sheets = content.get("worksheets")
    if not isinstance(sheets, list):
        return None
    parts = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for part in parts if isinstance(part, list) for cell in part] or None


def _cell(cell: dict) -> Cell:
    text = cell.get("source", cell.get("input", ""))  # as format 3 has it
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    if not isinstance(text, str):
        text = ""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates could not be written to a file
    return Cell(str(cell.get("cell_type"))[:20], text, name if isinstance(name, str) else "", str(cell.get("id"))[:64])
