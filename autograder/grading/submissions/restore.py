"""Rebuild a student's notebook from the master copy, with only the student's solution cells pasted in.

Whatever else was changed, deleted, moved, retyped, tagged or prefilled in the submission is thereby without effect;
it is said by name.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, pairwise

from nbformat import NotebookNode

from autograder.grading.submissions.assignment import Assignment, grade_id

MAX_CELLS = 5000
MAX_SOURCE = 100_000  # characters of one cell, and of all added ones: what one message to a box holds
MAX_ADDED = 200  # cells that the student added
# Parsed, an empty list of two bytes takes 35 times its size: unbounded, a notebook of 20 MB would fill 700 MB of
# the grader's memory. Honest notebooks have some ten brackets per cell.
MAX_CONTAINERS = 500_000
MAX_KEYS = 2_000_000

SAVE_AGAIN = "open it in Jupyter, save it, and submit it again"

MAY_DEFINE = re.compile(r"^(?:def|class|import|from|@|\w+\s*=)", re.MULTILINE)


@dataclass(frozen=True)
class Remark:
    """Something that the student or the instructor should know; ``kind`` is short and stable."""

    kind: str
    text: str


@dataclass(frozen=True)
class Restored:
    """A submission in the form in which it is graded.

    ``notebook`` is None when there is nothing to grade; ``blank`` names the solution cells without an answer;
    ``added`` are the code cells that the student added, where answers may have their helper functions.
    """

    notebook: NotebookNode | None
    remarks: tuple[Remark, ...]
    blank: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Cell:
    kind: str
    text: str
    grade_id: str


class _Unreadable(ValueError):
    pass


def restore(assignment: Assignment, data: bytes) -> Restored:
    """Rebuild the notebook in ``data``. Never raises because of what is in it.

    Where a solution cell appears several times, the last one that differs from the released cell counts: it is the
    one in force when the notebook has been run from top to bottom.
    """
    try:
        cells = _parse(data)
    except _Unreadable as error:
        return Restored(None, (Remark("unreadable", str(error)),))
    if not any(cell.grade_id in assignment.released_text for cell in cells):
        return Restored(None, (Remark("foreign", f"no cell belongs to {assignment.name}: is it another notebook?"),))

    versions = defaultdict(list)
    for cell in cells:
        versions[cell.grade_id].append(cell)
    remarks = [
        *_solution_remarks(assignment, versions),
        *_locked_remarks(assignment, versions),
        *_order_remarks(assignment, cells),
    ]
    added, too_many = _added(assignment, cells)
    remarks += too_many
    answers = {name: _chosen(versions[name], assignment.released_text[name]) for name in assignment.solution_ids}

    notebook = assignment.filled({name: {"source": answer} for name, answer in answers.items()})
    blank = [name for name in answers if _same(answers[name], assignment.released_text[name])]
    return Restored(notebook, tuple(remarks), tuple(blank), added)


def _parse(data: bytes) -> list[_Cell]:
    if not data.strip():
        raise _Unreadable(f"the file is empty: {SAVE_AGAIN}")
    if data.count(b"[") + data.count(b"{") > MAX_CONTAINERS or data.count(b":") > MAX_KEYS:
        raise _Unreadable(f"the file holds more lists than a notebook can have: clear its outputs, and {SAVE_AGAIN}")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise _Unreadable(f"the file is nested too deeply to be a notebook: {SAVE_AGAIN}") from None
    except ValueError as error:
        raise _Unreadable(f"the file is not JSON, so it is not a notebook ({str(error)[:200]}): {SAVE_AGAIN}") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise _Unreadable(f"the file is JSON, but lacks the list of cells of a notebook (format 4): {SAVE_AGAIN}")
    if len(cells) > MAX_CELLS:
        raise _Unreadable(f"the notebook has {len(cells)} cells; at most {MAX_CELLS} are read: delete the others")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _cell(cell: dict) -> _Cell:
    text = cell.get("source", "")
    if isinstance(text, list):
        text = "".join(line for line in text if isinstance(line, str))
    if not isinstance(text, str):
        text = ""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates could not be written to a file
    return _Cell(str(cell.get("cell_type"))[:20], text, name if isinstance(name, str) else "")


def _chosen(versions: list[_Cell], released: str) -> str:
    changed = [v.text for v in versions if not _same(v.text, released) and len(v.text) <= MAX_SOURCE]
    return changed[-1] if changed else released


def _same(text: str, released: str) -> bool:
    """Whether two sources are equal up to white space at the ends of lines and of the cell."""
    return [line.rstrip() for line in text.strip().splitlines()] == [
        line.rstrip() for line in released.strip().splitlines()
    ]


def _solution_remarks(assignment: Assignment, versions) -> list[Remark]:
    remarks = []
    kinds = {grade_id(cell): cell.cell_type for cell in assignment.master.cells}
    for name in assignment.solution_ids:
        found = versions[name]
        changed = [v for v in found if not _same(v.text, assignment.released_text[name])]
        if not found:
            remarks.append(Remark("missing", f"the cell {name} is missing: it counts as not answered"))
        if len(found) > 1:
            which = "the last changed one counts" if changed else "none was changed"
            remarks.append(Remark("duplicated", f"the cell {name} appears {len(found)} times: {which}"))
        if any(len(v.text) > MAX_SOURCE for v in found):
            remarks.append(Remark("huge", f"the cell {name} has more than {MAX_SOURCE} characters: it is not read"))
        if any(v.kind != kinds[name] for v in found):
            remarks.append(Remark("retyped", f"the cell {name} is no longer a {kinds[name]} cell: read as one"))
    return remarks


def _locked_remarks(assignment: Assignment, versions) -> list[Remark]:
    locked = {name: text for name, text in assignment.released_text.items() if name not in assignment.solution_ids}
    deleted = [name for name in locked if not versions[name]]
    changed = [name for name, text in locked.items() if any(not _same(v.text, text) for v in versions[name])]
    doubled = [name for name in locked if len(versions[name]) > 1]
    remarks = []
    for kind, names, what in (
        ("deleted", deleted, "deleted"),
        ("tampered", changed, "changed"),
        ("duplicated", doubled, "duplicated"),
    ):
        if names:
            remarks.append(Remark(kind, f"locked cells were {what} (the originals are graded): {_listed(names)}"))
    return remarks


def _listed(names: list[str], shown: int = 4) -> str:
    more = [f"and {len(names) - shown} more"] if len(names) > shown else []
    return ", ".join([*names[:shown], *more])


def _order_remarks(assignment: Assignment, cells: list[_Cell]) -> list[Remark]:
    place = {name: i for i, name in enumerate(assignment.released_text)}
    present = list(dict.fromkeys(cell.grade_id for cell in cells if cell.grade_id in place))
    moved = [(a, b) for a, b in pairwise(present) if place[a] > place[b]]
    return [Remark("moved", f"the cell {b} was moved after {a}: graded in the original order") for a, b in moved]


def _added(assignment: Assignment, cells: list[_Cell]) -> tuple[tuple[str, ...], list[Remark]]:
    """The code of cells that are not ours, as far as it may define something; a remark where there is too much."""
    ours = {cell.source for cell in assignment.released.cells}
    loose = [c.text for c in cells if c.kind == "code" and not c.grade_id and c.text not in ours]
    found = [text for text in loose if len(text) <= MAX_SOURCE and MAY_DEFINE.search(text)]
    sizes = accumulate(len(text) for text in found)
    read = [text for text, size in zip(found[:MAX_ADDED], sizes, strict=False) if size <= MAX_SOURCE]
    if len(read) == len(found):
        return tuple(read), []
    text = f"of {len(found)} added cells with definitions only the first {len(read)} are read; move what is needed"
    return tuple(read), [Remark("added", text)]
