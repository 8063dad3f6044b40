"""Which cells a box runs: the lesson's definitions, and of the student's code the answers, or all of it."""

from autograder.grading.isolation.sandbox import Cell
from autograder.grading.submissions.assignment import grade_id, is_graded, is_solution
from autograder.grading.submissions.restore import Restored


def cells_to_run(restored: Restored) -> list[Cell]:
    """The lesson's definitions, and the student's answers, each with the added cells that stand behind it."""
    added = [(behind, Cell(f"added {i}", text, True)) for i, (behind, text) in enumerate(restored.added)]
    cells = [*_lesson(restored), *(cell for behind, cell in added if not behind)]
    for solution in filter(is_solution, restored.notebook.cells):
        name = grade_id(solution)
        if solution.cell_type == "code":
            cells += [Cell(name, text) for text in restored.parts.get(name, (solution.source,))]
        cells += [cell for behind, cell in added if behind == name]
    return [cell for cell in cells if cell.source.strip()]


def cells_as_they_stand(restored: Restored) -> list[Cell]:
    """The lesson's definitions, and then all of the student's code in its order."""
    written = [Cell(name or f"own {i}", text) for i, (name, text) in enumerate(restored.written)]
    return [cell for cell in [*_lesson(restored), *written] if cell.source.strip()]


def is_another_run(cells: list[Cell], others: list[Cell]) -> bool:
    """Whether a box would do something else with the others."""
    return [(cell.source, cell.only_definitions) for cell in cells] != [
        (cell.source, cell.only_definitions) for cell in others
    ]


def _lesson(restored: Restored) -> list[Cell]:
    # a test cell's constants would be what an answer should come to
    code = [cell for cell in restored.notebook.cells if cell.cell_type == "code" and not is_graded(cell)]
    return [Cell(f"lesson {i}", cell.source, True) for i, cell in enumerate(code) if not is_solution(cell)]
