"""The cells of a notebook that are the student's own: what they may answer, and what a human who grades is shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from autograder.grading.submissions.assignment import Assignment, grade_id
from autograder.grading.submissions.cells import MAX_ADDED, MAX_SOURCE, Cell


@dataclass(frozen=True)
class OwnCell:
    """``index`` counts the cells of the submitted notebook, ``behind`` those of the assignment's: -1 before the first.

    ``kind`` is code or markdown. A cell that was taken for an answer has its ``answer`` instead of a text.
    """

    index: int
    behind: int
    kind: str
    text: str
    answer: str = ""


def own_cells(assignment: Assignment, cells: Sequence[Cell]) -> tuple[tuple[OwnCell, ...], int]:
    """The cells that the student added or changed, as far as they are shown, and how many are not.

    Parameters
    ----------
    cells : all of the notebook; those that were taken for an answer have its name, and are not ``named``.
    """
    released = assignment.released.cells
    plain = {cell.source for cell in released if not grade_id(cell)}
    numbers = {grade_id(cell): i for i, cell in enumerate(released) if grade_id(cell)}
    behind, size, found, more = -1, 0, [], 0
    for index, (cell, place) in enumerate(zip(cells, places_of(assignment, cells), strict=True)):
        behind = behind if place is None else place
        if cell.grade_id and not cell.named:
            behind = numbers[cell.grade_id]
            found.append(OwnCell(index, behind, _kind(cell), "", cell.grade_id))
        elif cell.text.strip() and (place is None or (not cell.grade_id and cell.text not in plain)):
            if size + len(cell.text) > MAX_SOURCE or len(found) >= MAX_ADDED:
                more += 1
            else:
                size += len(cell.text)
                found.append(OwnCell(index, behind, _kind(cell), cell.text))
    return tuple(found), more


def answers_in(own: Iterable[OwnCell]) -> dict[int, str]:
    """The answer that was taken from a cell, by the cell's number."""
    return {cell.index: cell.answer for cell in own if cell.answer}


def places_of(assignment: Assignment, cells: Sequence[Cell]) -> list[int | None]:
    """Of each cell which one of the assignment's it is, by its number; None for the student's own.

    By nbgrader's name, else by its text, else by Jupyter's id.
    """
    released = assignment.released.cells
    names = {grade_id(cell): i for i, cell in enumerate(released) if grade_id(cell)}
    ids = {cell.get("id"): i for i, cell in enumerate(released) if not grade_id(cell)}
    texts = defaultdict(list)
    for i, cell in enumerate(released):
        if cell.source.strip():
            texts[cell.source].append(i)
    last, places = -1, []
    for cell in cells:
        if cell.grade_id in names:
            place = names[cell.grade_id] if cell.named else None
        elif same := texts.get(cell.text):
            place = next((i for i in same if i > last), same[0])
        else:
            place = ids.get(cell.id)
        last = last if place is None else place
        places.append(place)
    return places


def written_elsewhere(
    assignment: Assignment, cells: Sequence[Cell], unanswered: Collection[str]
) -> tuple[dict[int, str], set[str]]:
    """Where answers for a human may stand that are not in their cells.

    A cell of the student's own directly behind the empty cell, or where a missing one stood, is taken for the answer.

    Parameters
    ----------
    unanswered : the names of those that nothing was written into.

    Returns
    -------
    dict, set
        The answer by the number of a cell in ``cells``; and the names of answers that may be anywhere among the
        student's own cells.
    """
    kinds = {grade_id(cell): cell.cell_type for cell in assignment.released.cells}
    numbers = {grade_id(cell): i for i, cell in enumerate(assignment.released.cells) if grade_id(cell)}
    places = places_of(assignment, cells)
    free = {i: _kind(cell) for i, cell in enumerate(cells) if places[i] is None and cell.text.strip() and cell.named}
    runs = defaultdict(list)  # the answers that may stand in the same cells
    for name in sorted(unanswered, key=numbers.get):
        runs[_run(places, numbers[name], [i for i, kind in free.items() if kind == kinds[name]])].append(name)
    answers = {}
    for run, names in runs.items():
        for place, i in enumerate(run):
            answers[i] = names[min(place, len(names) - 1)]
    left = {free[i] for i in free.keys() - answers.keys()}
    return answers, {name for name in set(unanswered) - set(answers.values()) if kinds[name] in left}


def _run(places: list[int | None], number: int, free: list[int]) -> tuple[int, ...]:
    """The free cells between where the assignment's cell of this number stands, or stood, and the next of its cells."""
    ours = [i for i, place in enumerate(places) if place is not None]
    before = [i for i in ours if places[i] <= number]
    start = max(before, key=lambda i: (places[i], i), default=-1)
    end = next((i for i in ours if i > start), len(places))
    return tuple(i for i in free if start < i < end)


def _kind(cell: Cell) -> str:
    return "code" if cell.kind == "code" else "markdown"
