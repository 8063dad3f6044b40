"""What a verdict rests on, as digests: so that a rerun judges again exactly what may come out otherwise.

A verdict of an exercise rests on the submission, on the code cells of the lesson, on the exercise (its points, its
module and all of the course's own modules that this imports, the reference's among them), on the code that judges, on
the limits and on the key of the hidden cases. Other exercises, and the prose of the lesson, are not among them.
"""

import ast
import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from autograder import box
from autograder.box.sealed import SEALED
from autograder.files import ROOT
from autograder.grading.isolation.sandbox import Limits
from autograder.grading.judging import grade_submission
from autograder.grading.submissions.assignment import Assignment, grade_id, is_graded
from autograder.grading.submissions.submission import Submission, digest_of
from course_lib.files import sha256

Basis = dict[str, str]

# What every verdict of a submission rests on; each also rests on the entry under its own grade_id.
COMMON = ("submission", "lesson", "judging", "limits", "seeds", "group")
SHOWN = ("received", "assignment")  # change what is recorded and shown of a submission, but no verdict
BOX = Path(box.__file__).parent


def basis_of(submission: Submission, common: Basis) -> Basis:
    """What all that is recorded of one submission rests on; ``common`` from ``common_basis``."""
    received = [submission.student, str(submission.timestamp), submission.problem, *submission.remarks]
    drawn_for = {"group": submission.group} if submission.group else {}  # a group has the same hidden cases
    return {**common, "submission": submission.digest, "received": digest(received), **drawn_for}


def common_basis(assignment: Assignment, limits: Limits, seeds: str) -> Basis:
    """What is the same for the whole class. ``seeds`` names what draws the hidden cases, such as the key's id."""
    lesson = [cell.source for cell in assignment.master.cells if cell.cell_type == "code" and not is_graded(cell)]
    released = {name: assignment.released_text[name] for name in assignment.solution_ids}
    exercises = assignment.exercises()
    modules = {name: frozenset(files) for name, files in assignment.files().items()}
    constants = _constants(imported_files(frozenset().union(*modules.values())))
    cells = {grade_id(cell): cell for cell in assignment.master.cells if grade_id(cell)}
    tests = {name: digest([cells[name].source, cells[name].metadata["nbgrader"]]) for name in assignment.test_ids}
    return {
        "lesson": digest([lesson, released, constants]),
        "judging": digest_of_files([*imported_files(frozenset([Path(grade_submission.__file__)])), *BOX.rglob("*.py")]),
        "limits": digest(asdict(limits)),
        "seeds": seeds,
        "assignment": digest([assignment.master, assignment.released]),
        **{name: digest([digest_of_files(imported_files(modules[name])), e.points]) for name, e in exercises.items()},
        **tests,
    }


def verdict_print(basis: Basis, name: str) -> str:
    """A digest of all that the verdict of one cell rests on."""
    return digest([basis[key] for key in (*COMMON, name) if key in basis])


def same_verdict(one: Basis, other: Basis, name: str) -> bool:
    """Whether the verdict of one cell must be the same on either basis."""
    return name in one and name in other and all(one.get(key) == other.get(key) for key in (*COMMON, name))


def whole_print(basis: Basis) -> str:
    """A digest of all that is recorded of a submission."""
    return digest(sorted(basis.items()))


@cache
def imported_files(paths: frozenset[Path]) -> tuple[Path, ...]:
    """These modules, and the course's own modules that they import, directly or not, wherever the import stands.

    Of a package around a module only its own file is included: what else it exports decides nothing.
    """
    waiting, followed, around = list(paths), set(), set()
    while waiting:
        path = waiting.pop()
        if path not in followed:
            followed.add(path)
            around |= _packages_around(path)
            waiting += _imported_by(path)
    return tuple(sorted(followed | around))


def digest_of_files(paths: Iterable[Path]) -> str:
    return digest([[path.name, sha256(path)] for path in sorted(set(paths))])


def digest(facts) -> str:
    """SHA-256 in hexadecimal: of bytes as they are, of anything else as JSON."""
    return digest_of(facts if isinstance(facts, bytes) else json.dumps(facts, sort_keys=True).encode())


@cache
def _imported_by(path: Path) -> list[Path]:
    names = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # from package import x: x may be a module, or stand in the package's own file
            dotted = [f"{node.module}.{alias.name}" for alias in node.names]
            names += [name if _file_of_module(name) else node.module for name in dotted]
    ours = (name for name in names if name.partition(".")[0] in SEALED)
    return [file for name in ours if (file := _file_of_module(name))]


def _file_of_module(name: str) -> Path | None:
    base = ROOT.joinpath(*name.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


def _packages_around(path: Path) -> set[Path]:
    inside = [folder for folder in path.parents if folder.is_relative_to(ROOT) and folder != ROOT]
    return {file for folder in inside if (file := folder / "__init__.py").is_file()}


def _constants(files: Iterable[Path]) -> dict[str, str]:
    """The constants of the reference library that answers may use, in the modules that the exercises build on."""
    names = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files if file.is_relative_to(ROOT)}
    return {
        name: repr(value)
        for name, value in grade_submission.public_constants().items()
        if name.rpartition(".")[0] in names
    }
