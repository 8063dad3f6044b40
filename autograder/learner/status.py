"""Where a learner stands in every unit, read from the folder that `course lab` has made."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.learner.progress import Progress, counted
from autograder.learner.results import cells_of, notebooks_of, saved_shares
from course_lib import store
from course_lib.units import built, lesson_of
from course_lib.units.questions import all_questions


@dataclass(frozen=True)
class Status:
    """Of one unit; ``saved`` is when its notebook was last saved, and None when nothing has been run in it."""

    progress: Progress
    predictions: int
    questions: int
    saved: datetime | None


def status_of(workspace: Path) -> list[Status]:
    """The status of every unit that exists, in the order of the course."""
    made = {name for name, entry in store.entries(workspace / store.PREDICTIONS).items() if _is_committed(entry)}
    rows = []
    for unit in built():
        notebooks = [path for path in notebooks_of(unit, workspace) if lesson_of(unit) in path.name]
        questions = {question.name for question in all_questions(unit)}
        progress = counted(unit, workspace, saved_shares(notebooks))
        times = [path.stat().st_mtime for path in notebooks if _was_run(path)]
        saved = datetime.fromtimestamp(max(times)) if times else None
        rows.append(Status(progress, len(questions & made), len(questions), saved))
    return rows


def _is_committed(entry: object) -> bool:
    return isinstance(entry, dict) and entry.get("committed") is True


def _was_run(path: Path) -> bool:
    return any(cell.get("execution_count") for cell in cells_of([path]))
