"""A class of toy submissions, named by their fate, with the score that each should get."""

import inspect
import json
import re
import textwrap
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.call import call
from autograder.check import HIDDEN, judge
from autograder.exercise import Exercise, Form
from autograder.files import ROOT
from autograder.grading.grade import grade_class
from autograder.grading.reports.summary import Summary
from autograder.grading.submissions.assignment import (
    Assignment,
    copy_notebook,
    grade_id,
    is_graded,
    is_solution,
    load_assignment,
)
from autograder.release import source_notebook

WRONG_CLASSMATES = 3  # students who each hold one misconception in every exercise


@dataclass(frozen=True)
class Toy:
    """A submission. ``diagnosed`` says which misconception should be named, by exercise; ``remarks`` which kinds."""

    student: str
    data: bytes
    score: float
    diagnosed: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def grade_demo(name: str, out: Path, **options) -> tuple[Summary, list[Toy]]:
    """Build the toy class of an assignment in ``out/submitted``, and grade it.

    Parameters
    ----------
    options : as for ``grade_class``.

    Returns
    -------
    The summary, and the toys with the scores that they should have got.
    """
    assignment = load_assignment(name)
    source = source_notebook(ROOT / "notebooks" / "text" / f"{name}.py")
    toys = write_class(out / "submitted", assignment, solutions_of(source))
    return grade_class(out / "submitted", assignment, out, **options), toys


def write_class(folder: Path, assignment: Assignment, solutions: dict[str, str]) -> list[Toy]:
    """Write the toy class into ``folder``, in nbgrader's layout, and return it.

    Parameters
    ----------
    solutions : the right answers, by grade_id.
    """
    toys = list(toy_class(assignment, solutions))
    for toy in toys:
        path = folder / toy.student / assignment.name / f"{assignment.name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(toy.data)
    return toys


def solutions_of(source: NotebookNode) -> dict[str, str]:
    """The right answers in an instructor's notebook, without the markers around them."""
    marker = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)
    return {grade_id(cell): marker.sub("", cell.source) for cell in source.cells if is_solution(cell)}


def toy_class(assignment: Assignment, solutions: dict[str, str]) -> Iterator[Toy]:
    """The toy submissions, one by one."""
    exercises = {exercise.name: exercise for exercise in assignment.exercises().values()}
    total = sum(exercise.points for exercise in exercises.values())
    leaves = [name for name in exercises if not _is_called_by_others(name, solutions)]
    victim = exercises[leaves[0]]

    def submission(answers: dict[str, str], change: Callable[[NotebookNode], None] = lambda notebook: None) -> bytes:
        notebook = copy_notebook(assignment.released)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source) if is_solution(cell) else cell.source
        change(notebook)
        return json.dumps(notebook).encode()

    def spoiled(body: str) -> bytes:
        """Right, but for the body of one function."""
        lines = ["import numpy as np", f"def {victim.name}(*inputs):", *textwrap.indent(body, "    ").splitlines()]
        return submission(solutions | {victim.name: "\n".join(lines)})

    yield Toy("perfect", submission(solutions), total)
    yield Toy("blank", submission({}), 0.0)
    for number in range(WRONG_CLASSMATES):
        forms = {name: form for name in leaves if (form := _form(exercises[name], number))}
        answers = solutions | {name: standalone(form, name) for name, form in forms.items()}
        lost = sum(exercises[name].points - expected_score(exercises[name], form) for name, form in forms.items())
        diagnosed = {name: form.name for name, form in forms.items()}
        yield Toy(f"misconceptions_{number + 1}", submission(answers), total - lost, diagnosed)

    without_one = total - victim.points
    yield Toy(
        "endless_loop",
        spoiled("while True:\n    try:\n        pass\n    except BaseException:\n        pass"),
        without_one,
        remarks=("limit",),
    )
    yield Toy("memory_hog", spoiled("return [np.ones(2**27) for _ in range(64)]"), without_one)
    yield Toy(
        "fork_bomb",
        spoiled("import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"),
        without_one,
        remarks=("limit",),
    )
    yield Toy("leaves_at_once", spoiled("import os\nos._exit(0)"), without_one)
    yield Toy("raises", spoiled("return 1 / 0"), without_one)
    yield Toy("returns_nothing", spoiled("return None"), without_one)
    yield Toy("prints_a_lot", spoiled("while True:\n    print('x' * 10**6)"), without_one, remarks=("limit",))
    borrowed = f"from {victim.reference.__module__} import {victim.reference.__name__} as right\nreturn right(*inputs)"
    yield Toy("calls_the_reference", spoiled(borrowed), without_one, remarks=("reference",))
    yield Toy(
        "other_signature", submission(solutions | {victim.name: f"def {victim.name}():\n    return 0"}), without_one
    )
    yield Toy("syntax_error", submission(solutions | {victim.name: f"def {victim.name}(:\n"}), without_one)

    yield Toy("tampered_check_cells", submission({}, _tamper), 0.0, remarks=("tampered",))
    yield Toy("deleted_check_cells", submission(solutions, _delete_checks), total, remarks=("deleted",))
    yield Toy("deleted_answer", submission(solutions, _deleter(victim.name)), without_one, remarks=("missing",))
    yield Toy("moved_cells", submission(solutions, _move), total, remarks=("moved",))
    yield Toy("duplicated_cells", submission(solutions, _duplicate), total, remarks=("duplicated",))
    yield Toy("broken_json", submission(solutions)[:-20], 0.0, remarks=("unreadable",))
    yield Toy("empty_file", b"", 0.0, remarks=("unreadable",))
    yield Toy("another_notebook", nbformat.writes(nbformat.v4.new_notebook()).encode(), 0.0, remarks=("foreign",))


def standalone(form: Form, name: str) -> str:
    """The source of a wrong form as a student would have written it: under the exercise's name, without comment."""
    source = textwrap.dedent(inspect.getsource(form.function))
    source = source[source.index("def ") :].replace(f"def {form.name}(", f"def {name}(", 1)
    return f"import numpy as np\n\n{source}"


def expected_score(exercise: Exercise, form: Form) -> float:
    """What the hidden cases give for a form, judged in this process, without a sandbox."""
    return judge(exercise, lambda inputs: call(form.function, inputs), HIDDEN).score


def forms_of(exercise: Exercise) -> list[Form]:
    """The misconceptions that need nothing but NumPy, and can stand in a notebook as they are."""
    return [form for form in exercise.misconceptions if _needs_only_numpy(form)]


def _form(exercise: Exercise, number: int) -> Form | None:
    forms = forms_of(exercise)
    return forms[number % len(forms)] if forms else None


def _is_called_by_others(name: str, solutions: dict[str, str]) -> bool:
    """Whether another answer builds on this function, so that a mistake in it costs more than its own points."""
    return any(re.search(rf"\b{name}\b", text) for other, text in solutions.items() if other != name)


def _needs_only_numpy(form: Form) -> bool:
    return {name for name in _names(form.function.__code__) if name in form.function.__globals__} <= {"np"}


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _tamper(notebook: NotebookNode):
    for cell in notebook.cells:
        if is_graded(cell) and not is_solution(cell):
            cell.source = "float('inf')"
            cell.metadata.nbgrader.points = 1000
            cell.metadata.tags = ["skip-execution"]


def _delete_checks(notebook: NotebookNode):
    notebook.cells = [cell for cell in notebook.cells if not is_graded(cell) or is_solution(cell)]


def _deleter(name: str) -> Callable[[NotebookNode], None]:
    def delete(notebook: NotebookNode):
        notebook.cells = [cell for cell in notebook.cells if grade_id(cell) != name]

    return delete


def _move(notebook: NotebookNode):
    marked = [cell for cell in notebook.cells if grade_id(cell)]
    notebook.cells.remove(marked[1])
    notebook.cells.append(marked[1])


def _duplicate(notebook: NotebookNode):
    place, cell = next((i, cell) for i, cell in enumerate(notebook.cells) if is_solution(cell))
    notebook.cells.insert(place, nbformat.from_dict({**cell, "id": "copy", "source": "# an earlier attempt"}))
