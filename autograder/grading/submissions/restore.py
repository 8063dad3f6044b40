"""Rebuild a student's notebook from the master copy, with only the student's solution cells pasted in.

Whatever else was changed, deleted, moved, retyped, tagged or prefilled in the submission is thereby without effect;
it is said by name. An answer that was split, copied, or written in a cell of the student's own is found all the same.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from nbformat import NotebookNode

from autograder.grading.submissions.assignment import Assignment, grade_id
from autograder.grading.submissions.cells import MAX_ADDED, MAX_SOURCE, Cell, Unreadable, parse_cells
from autograder.grading.submissions.own_cells import OwnCell, own_cells, written_elsewhere

DEFINED = re.compile(r"^(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)\s*=(?!=)", re.MULTILINE)


NOT_FOR_STUDENTS = "audit"  # the kind of remarks that no student's page shows


@dataclass(frozen=True)
class Remark:
    """Something that the student or the instructor should know; ``kind`` is short and stable."""

    kind: str
    text: str


@dataclass(frozen=True)
class Restored:
    """A submission in the form in which it is graded.

    ``notebook`` is None when there is nothing to grade; ``blank`` names the solution cells without an answer;
    ``parts`` are the cells that make up an answer, where it is not one; ``added`` are the code cells that the student
    added, where answers may have what they need, each with the solution cell that it stands behind, or ""; ``own`` are
    all cells that a human who grades is shown. ``written`` is all code of the student's in its order, with the names of
    answers.
    """

    notebook: NotebookNode | None
    remarks: tuple[Remark, ...]
    blank: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added: tuple[tuple[str, str], ...] = ()
    own: tuple[OwnCell, ...] = ()
    written: tuple[tuple[str, str], ...] = ()


def restore(assignment: Assignment, data: bytes) -> Restored:
    """Rebuild the notebook in ``data``. Never raises because of what is in it.

    Where a solution cell appears several times, because it was split or copied, all that differ from the released cell
    make up the answer, in their order, as when the notebook is run from top to bottom. Where none of them defines what
    the released cell does, a cell of the student's own counts that does.
    """
    try:
        cells = parse_cells(data)
    except Unreadable as error:
        return Restored(None, (Remark("unreadable", str(error)),))
    cells, found = _recognized(assignment, cells)
    cells, waiting = _retyped(assignment, cells)
    if not any(cell.grade_id in assignment.released_text for cell in cells):
        return Restored(None, (Remark("foreign", f"no cell belongs to {assignment.name}: is it another notebook?"),))

    versions = _by_name(cells)
    remarks = [
        *found,
        *_solution_remarks(assignment, versions, waiting),
        *_locked_remarks(assignment, versions),
        *_order_remarks(assignment, cells),
    ]
    added, too_many = _added(assignment, cells)
    own, left_out = own_cells(assignment, cells)
    remarks += too_many
    remarks += [Remark("own", f"{left_out} of the cells that were added are not shown: there are too many")] * bool(
        left_out
    )
    parts = {name: _answered(versions[name], assignment.released_text[name]) for name in assignment.solution_ids}
    answers = {name: "\n\n".join(texts) or assignment.released_text[name] for name, texts in parts.items()}

    notebook = assignment.filled({name: {"source": answer} for name, answer in answers.items()})
    blank = [n for n in answers if _same(answers[n], assignment.released_text[n]) and n not in waiting]
    several = {name: texts for name, texts in parts.items() if len(texts) > 1}
    written = _as_it_stands(assignment, cells)
    return Restored(notebook, tuple(remarks), tuple(blank), several, added, own, written)


def _recognized(assignment: Assignment, cells: list[Cell]) -> tuple[list[Cell], list[Remark]]:
    """The cells, with the names of those that have lost theirs, or were written anew; and what is to be said of it.

    First by the id that Jupyter gives a cell, then, for an answer that is nowhere, by what it defines.
    """
    present = {cell.grade_id for cell in cells}
    lost = {cell.id: grade_id(cell) for cell in assignment.released.cells if grade_id(cell) not in {*present, ""}}
    cells = [cell if cell.grade_id else replace(cell, grade_id=lost.get(cell.id, "")) for cell in cells]
    versions, remarks = _by_name(cells), []
    ours = {cell.source for cell in assignment.released.cells}
    defined = {
        i: _defined(c.text) for i, c in enumerate(cells) if c.kind == "code" and not c.grade_id and c.text not in ours
    }
    for name in assignment.solution_ids:
        released = assignment.released_text[name]
        wanted = _defined(released)
        if wanted & _defined("\n".join(_answered(versions[name], released))):
            continue
        if own := [i for i, names in defined.items() if wanted & names and not cells[i].grade_id]:
            for i in own:
                cells[i] = replace(cells[i], grade_id=name, named=False)
            remarks.append(Remark("own_cell", f"{name} was answered in another cell than its own, which counts"))
    return cells, remarks


def _retyped(assignment: Assignment, cells: list[Cell]) -> tuple[list[Cell], set[str]]:
    """The cells, with the names of written answers that stand in others than their own; and what a human is to find."""
    versions = _by_name(cells)
    unanswered = [n for n in assignment.manual_ids if not _answered(versions[n], assignment.released_text[n])]
    answers, waiting = written_elsewhere(assignment, cells, unanswered)
    named = [replace(cell, grade_id=answers[i], named=False) if i in answers else cell for i, cell in enumerate(cells)]
    return named, waiting


def _defined(source: str) -> set[str]:
    """The names that a source defines outside of functions and classes."""
    return {name for names in DEFINED.findall(source) for name in names if name}


def _by_name(cells: list[Cell]) -> defaultdict[str, list[Cell]]:
    versions = defaultdict(list)
    for cell in cells:
        versions[cell.grade_id].append(cell)
    return versions


def _answered(versions: list[Cell], released: str) -> tuple[str, ...]:
    """What was written into the versions of a cell, one after the other, as far as it is read."""
    written = _written(versions, released)
    sizes = accumulate(map(len, written))
    return tuple(text for text, size in zip(written, sizes, strict=True) if size <= MAX_SOURCE)


def _written(versions: list[Cell], released: str) -> list[str]:
    """What differs from the released cell; of equal texts the last."""
    texts: dict[tuple, str] = {}
    for text in (version.text for version in versions):
        if text.strip() and not _same(text, released):
            texts.pop(_lines(text), None)
            texts[_lines(text)] = text
    return list(texts.values())


def _same(text: str, released: str) -> bool:
    """Whether two sources are equal up to white space at the ends of lines and of the cell."""
    return _lines(text) == _lines(released)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in text.strip().splitlines())


def _solution_remarks(assignment: Assignment, versions, waiting: set[str]) -> list[Remark]:
    remarks = []
    kinds = {grade_id(cell): cell.cell_type for cell in assignment.master.cells}
    for name in assignment.solution_ids:
        found = versions[name]
        changed = _answered(found, assignment.released_text[name])
        if not found:
            what = (
                "a human looks for it in the cells that were added" if name in waiting else "it counts as not answered"
            )
            remarks.append(Remark("missing", f"the cell {name} is missing: {what}"))
        if name in assignment.manual_ids and any(not cell.named for cell in found):
            remarks.append(Remark("own_cell", f"{name} was answered in another cell than its own, which counts"))
        if len(found) > 1 and all(cell.named for cell in found):
            which = ("none was changed", "the changed one counts", "all that were changed are run, in their order")
            which = which[min(len(changed), 2)]
            remarks.append(Remark("duplicated", f"the cell {name} appears {len(found)} times: {which}"))
        if len(changed) < len(_written(found, assignment.released_text[name])):
            text = f"the cell {name} has more than {MAX_SOURCE} characters: it is not read"
            remarks.append(Remark("huge", text))
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


def _order_remarks(assignment: Assignment, cells: list[Cell]) -> list[Remark]:
    place = {name: i for i, name in enumerate(assignment.released_text)}
    present = list(dict.fromkeys(cell.grade_id for cell in cells if cell.grade_id in place))
    moved = [(a, b) for a, b in pairwise(present) if place[a] > place[b]]
    return [Remark("moved", f"the cell {b} was moved after {a}: graded in the original order") for a, b in moved]


def _as_it_stands(assignment: Assignment, cells: list[Cell]) -> tuple[tuple[str, str], ...]:
    """The student's code from top to bottom: answers and added cells, without what was left as released."""
    ours = {_lines(cell.source) for cell in assignment.released.cells}
    locked = assignment.released_text.keys() - set(assignment.solution_ids)
    code = [cell for cell in cells if cell.kind == "code" and cell.grade_id not in locked and cell.text.strip()]
    theirs = [(cell.grade_id, cell.text) for cell in code if _lines(cell.text) not in ours]
    sizes = accumulate(len(text) for _, text in theirs)
    return tuple(each for each, size in zip(theirs[:MAX_ADDED], sizes, strict=False) if size <= MAX_SOURCE)


def _added(assignment: Assignment, cells: list[Cell]) -> tuple[tuple[tuple[str, str], ...], list[Remark]]:
    """The code of cells that are not ours, each behind the name of a solution; a remark where there is too much."""
    ours = {cell.source for cell in assignment.released.cells}
    behind, found = "", []
    for cell in cells:
        if cell.grade_id in assignment.solution_ids:
            behind = cell.grade_id
        elif cell.kind == "code" and not cell.grade_id and cell.text not in ours and len(cell.text) <= MAX_SOURCE:
            found.append((behind, cell.text))
    sizes = accumulate(len(text) for _, text in found)
    read = [each for each, size in zip(found[:MAX_ADDED], sizes, strict=False) if size <= MAX_SOURCE]
    if len(read) == len(found):
        return tuple(read), []
    text = f"of {len(found)} added cells only the first {len(read)} are read; move what is needed up"
    return tuple(read), [Remark("added", text)]
