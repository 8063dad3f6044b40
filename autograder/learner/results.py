"""What the checks have said: in the notebooks that a learner has saved, and in the kernel that is running."""

import json
from collections.abc import Iterable
from pathlib import Path

from autograder.lesson_cells import CHECK
from autograder.report import Report

Shares = dict[str, float]  # exercise -> the best share of the points that was reached; 1 is a pass


def notebooks_of(unit: str, folder: Path) -> list[Path]:
    """The notebooks in a folder that are named after a unit, copies among them; all where none is."""
    return sorted(folder.glob(f"*{unit}*.ipynb")) or sorted(folder.glob("*.ipynb"))


def points_asked(notebooks: Iterable[Path]) -> dict[str, float]:
    """The exercises that the notebooks check, in their order, with their points."""
    found = {}
    for cell in cells_of(notebooks):
        match cell:
            case {"metadata": {"nbgrader": {"grade_id": str(name), "points": int() | float() as points}}}:
                if name.startswith(CHECK):
                    found.setdefault(name.removeprefix(CHECK), points)
    return found


def saved_shares(notebooks: Iterable[Path]) -> Shares:
    """What the reports say that stand in the notebooks."""
    said = []
    for cell in cells_of(notebooks):
        for output in cell.get("outputs", ()):
            match output:
                case {"metadata": {"course": {"exercise": str(name), "share": int() | float() as share}}}:
                    said.append((name, share))
    return _best(said)


def shares_here() -> Shares:
    """What the reports say that this kernel has shown; IPython keeps them."""
    from IPython import get_ipython

    shell = get_ipython()
    shown = list(shell.user_ns.get("Out", {}).values()) if shell else []
    return _best((report.exercise, report.share) for report in shown if isinstance(report, Report))


def all_shares(unit: str, folder: Path = Path()) -> Shares:
    """What was reached in this kernel or stands in the notebooks of a folder."""
    return _best([*shares_here().items(), *saved_shares(notebooks_of(unit, folder)).items()])


def _best(said: Iterable[tuple[str, float]]) -> Shares:
    best: Shares = {}
    for name, share in said:
        best[name] = max(share, best.get(name, 0.0))
    return best


def cells_of(notebooks: Iterable[Path]) -> list[dict]:
    """The cells of those notebooks that can be read."""
    cells = []
    for path in notebooks:
        try:
            cells += [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if isinstance(cell, dict)]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
    return cells
