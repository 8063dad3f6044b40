"""Build what a student opens from ``notebooks/text/*.py``, just as ``nbgrader generate_assignment`` would."""

import ast
import re
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from autograder.box.sealed import SEALED
from autograder.catalogue import load
from autograder.errors import UserError
from autograder.lesson_cells import CHECK, core_of, with_times, without_solutions, written_out
from autograder.outside import ExerciseError, Folders, folders_around
from course_lib.files import write_atomically

# nbgrader's own, in its order, less those which need its database, a header file or a kernel.
# The first checksums are of the cells with their hidden tests, the last of the cells as released.
PREPROCESSORS = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
REQUIRED_KEYS = ("grade", "grade_id", "locked", "schema_version", "solution")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what nbformat allows as the id of a cell

Points = Mapping[str, float]


class ReleaseError(UserError, ValueError):
    """A text notebook that cannot be released; the message names every cell at fault."""


def source_notebook(
    path: Path, points: Points | None = None, folders: Folders | None = None, *, part: str = "", for_class: bool = False
) -> NotebookNode:
    """The instructor's notebook, with solutions and hidden tests, from its text form.

    Parameters
    ----------
    path : a ``.py`` file in jupytext's percent format, with exercises in the short form of ``lesson_cells``, or
        nbgrader's metadata in the cell markers; or an ``.ipynb`` of nbgrader's ``source`` folder.
    points : what each exercise is worth; by default as the catalogue of exercises says. The cells of an ``.ipynb``
        may say otherwise: it is the instructor's own.
    folders : of the instructor's own exercises; by default those of the environment, and the one beside the notebook.
    part : ``"core"`` leaves out what a lesson marks as more.
    for_class : whether model answers are switched off in it.

    Raises
    ------
    ReleaseError
        When an exercise is unknown, or the nbgrader metadata or the markers of a cell are wrong.
    """
    text = path.read_text(encoding="utf-8")
    own = path.suffix == ".ipynb"
    notebook = nbformat.reads(text, 4) if own else jupytext.reads(text, fmt="py:percent")
    try:
        folders = folders_around(path.parent) if folders is None else folders
        points = _catalogue_points(notebook, folders) if points is None else points
    except ExerciseError as error:
        raise ReleaseError(f"{path.name}: {error}") from error
    if part == "core":
        notebook = core_of(notebook, {name for name in points if load(name, folders).part == "more"})
    if for_class:
        notebook = without_solutions(notebook)
    notebook = with_times(written_out(notebook, points), lambda name: load(name, folders).effort)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    problems = find_problems(notebook, points, any_points=own)
    if problems:
        raise ReleaseError("\n".join(f"{path.name}: {problem}" for problem in problems))
    _set_stable_ids(notebook)
    nbformat.validate(notebook)
    return notebook


def release_notebook(path: Path, points: Points | None = None) -> NotebookNode:
    """The student's notebook: no solutions, hidden tests or outputs, and none but the course's own exercises.

    Parameters as of `source_notebook`.
    """
    notebook, resources = source_notebook(path, points, folders=()), {}
    for preprocessor in PREPROCESSORS:
        notebook, resources = preprocessor()(notebook, resources)
    nbformat.validate(notebook)
    return notebook


def build(root: Path, check: bool = False, points: Points | None = None) -> list[Path]:
    """Write ``notebooks/<name>.ipynb`` for every ``notebooks/text/<name>.py`` under ``root``.

    Parameters
    ----------
    root : the repository.
    check : write nothing, only say which notebooks differ from what their text would give.
    points : as of `source_notebook`.

    Returns
    -------
    list of Path
        The notebooks that were (with ``check``: that would be) written or changed.

    Raises
    ------
    ReleaseError
        When a text is wrong, or a notebook has no text to be built from.
    """
    folder = root / "notebooks"
    texts = {path.stem: path for path in sorted((folder / "text").glob("*.py"))}
    orphans = sorted(path.name for path in folder.glob("*.ipynb") if path.stem not in texts)
    if orphans:
        raise ReleaseError(f"notebooks/text/ has no text for {', '.join(orphans)}: write it, or delete the notebook")

    changed = []
    for name, text in texts.items():
        target = folder / f"{name}.ipynb"
        new = nbformat.writes(release_notebook(text, points)) + "\n"
        if not target.exists() or target.read_text(encoding="utf-8", errors="replace") != new:
            changed.append(target)
            if not check:
                write_atomically(target, new)
    return changed


def find_problems(notebook: NotebookNode, points: Points, any_points: bool = False) -> list[str]:
    """What is wrong with the nbgrader metadata and the markers of a source notebook, one sentence each.

    With ``any_points``, a check may be worth something else than ``points`` say.
    """
    problems = []
    seen: set[str] = set()
    sealed = _sealed_names(notebook)
    for number, cell in enumerate(notebook.cells, start=1):
        meta = cell.metadata.get("nbgrader", {})
        name = meta.get("grade_id", "")
        label = f"cell {number} ({name})" if name else f"cell {number}"
        found = _marker_problems(cell, meta)
        if meta:
            found += _metadata_problems(cell, meta, seen, points, any_points)
        if meta.get("grade", False) and not meta.get("solution", False) and not name.startswith(CHECK):
            found += _test_cell_problems(cell, meta, sealed)
        if name.startswith(CHECK) and name.removeprefix(CHECK) not in seen:
            found.append(f"no solution cell {name.removeprefix(CHECK)!r} comes before it")
        problems += [f"{label}: {problem}" for problem in found]
        seen.add(name)
    return problems


def _catalogue_points(notebook: NotebookNode, folders: Folders) -> Points:
    """What the exercises are worth that a notebook mentions: a fault in another one's file does not matter here."""
    ids = (cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in notebook.cells)
    checked = {name.removeprefix(CHECK) for name in ids if name.startswith(CHECK)}
    mentioned = checked | {cell.metadata["exercise"] for cell in notebook.cells if "exercise" in cell.metadata}
    return {name: load(name, folders).points for name in sorted(mentioned)}


def _metadata_problems(
    cell: NotebookNode, meta: Mapping, seen: set[str], points: Points, any_points: bool
) -> list[str]:
    missing = [key for key in REQUIRED_KEYS if key not in meta]
    if missing:
        return [f"its nbgrader metadata lacks {', '.join(missing)}"]
    name, worth = meta["grade_id"], meta.get("points")
    problems = []
    if name in seen:
        problems.append(f"grade_id {name!r} is taken by an earlier cell")
    if not ID.fullmatch(name):
        problems.append(f"grade_id {name!r} may hold only letters, digits, - and _, and at most 64 of them")
    if meta["grade"] and (isinstance(worth, bool) or not isinstance(worth, int | float) or worth < 0):
        problems.append(f"it is graded, so it needs points of 0 or more, got {worth!r}")
    if meta["grade"] and not meta["solution"] and name.startswith(CHECK):
        problems += _check_cell_problems(name, meta, points, any_points)
    if meta["solution"] and cell.cell_type == "code" and "BEGIN SOLUTION" not in cell.source:
        problems.append("it is a solution cell without ### BEGIN SOLUTION and ### END SOLUTION")
    return problems


def _check_cell_problems(name: str, meta: Mapping, points: Points, any_points: bool) -> list[str]:
    exercise = name.removeprefix(CHECK)
    problems = []
    if not meta["locked"]:
        problems.append("a check cell must be locked")
    if exercise not in points:
        problems.append(f"the catalogue has no exercise {exercise!r} (`course exercises` lists them)")
    elif not any_points and meta.get("points") != points[exercise]:
        problems.append(f"it gives {meta.get('points')} points, the catalogue gives {points[exercise]:g}")
    return problems


def _test_cell_problems(cell: NotebookNode, meta: Mapping, sealed: set[str]) -> list[str]:
    """Of an ordinary test cell, which is run beside the answers, where the course's library is sealed."""
    if meta.get("task", False):
        return []
    if cell.cell_type != "code":
        return ["a test cell must be a code cell"]
    try:
        statements = ast.parse(cell.source).body
    except SyntaxError as error:
        return [f"it is no Python: {error}"]
    used = {node.id for statement in statements for node in ast.walk(statement) if isinstance(node, ast.Name)}
    problems = []
    if re.search(r"\bcheck\(", cell.source):
        problems.append(f"a cell that calls check must be called {CHECK}<exercise>")
    elif found := sorted(used & sealed):
        problems.append(f"it uses {', '.join(found)} of the course's library, which is sealed while answers are tested")
    if not meta.get("locked", False):
        problems.append("a test cell must be locked")
    return problems


def _sealed_names(notebook: NotebookNode) -> set[str]:
    """The names that the notebook's cells import from the course's own packages."""
    names = set()
    for cell in notebook.cells:
        try:
            nodes = list(ast.walk(ast.parse(cell.source))) if cell.cell_type == "code" else []
        except SyntaxError:  # IPython's magics
            continue
        for node in nodes:
            origin = node.module if isinstance(node, ast.ImportFrom) else None
            for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else []:
                if (origin or alias.name).partition(".")[0] in SEALED:
                    names.add(alias.asname or alias.name.partition(".")[0])
    return names


def _marker_problems(cell: NotebookNode, meta: Mapping) -> list[str]:
    problems = []
    kinds = (("SOLUTION", "solution", "a solution cell"), ("HIDDEN TESTS", "grade", "a check cell"))
    for kind, key, holder in kinds:
        marks = re.findall(rf"(BEGIN|END) {kind}", cell.source)
        if marks != ["BEGIN", "END"] * (len(marks) // 2):
            problems.append(f"its marks of {kind} do not pair: {', '.join(marks)}")
        if marks and not meta.get(key, False):
            problems.append(f"{kind} marks stand only in {holder}")
    return problems


def _set_stable_ids(notebook: NotebookNode) -> None:
    """Cell ids from grade_id, else from content, so that a rebuild changes only what the author changed."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:16]
        name = cell.metadata.get("nbgrader", {}).get("grade_id", digest)
        seen[name] += 1
        cell.id = name if seen[name] == 1 else f"{name}-{seen[name]}"
