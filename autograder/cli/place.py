"""Where the class is that a command is about: its course folder, if it is one, what was graded, and its gradebook."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli import assignments

if TYPE_CHECKING:  # importing it takes longer than most commands
    from autograder.grading.classroom.nbgrader_course import Course
    from autograder.grading.records.gradebook import LatePenalty


@dataclass(frozen=True)
class Place:
    """``out`` is where `course grade` writes; ``db`` the gradebook's URL, empty for the one in ``out``."""

    course: "Course | None"
    out: Path
    db: str

    @property
    def home(self) -> Path:
        """What ``out`` is unless it is named."""
        return _home(self.course)

    @property
    def db_url(self) -> str:
        """The gradebook's URL."""
        from autograder.grading.grade import default_gradebook

        return self.db or default_gradebook(self.out)

    @property
    def late(self) -> "LatePenalty | None":
        """What the course takes off for being late."""
        return self.course.late if self.course else None

    @property
    def sources(self) -> list[str]:
        """The assignments that there are to be graded."""
        return assignments.sources(self.course) or assignments.lessons()

    def settings(self, assignment: str) -> dict[str, object]:
        """What the course says of an assignment, as ``grading_settings``; without a course its name alone."""
        from autograder.grading.classroom.nbgrader_course import grading_settings

        return {"assignment": assignment, **grading_settings(self.course, assignment)}


def place_of(course: Path | None, out: Path | None, db: str = "", *, alone: bool = False) -> Place:
    """What was said on the command line counts before what the course's settings say, and so does a gradebook in out.

    Parameters
    ----------
    course, out, db : as they were said, or not.
    alone : whether no course is looked for.

    Raises
    ------
    CourseError
        When the folder is no course, or its settings fail.
    """
    from autograder.grading.classroom.nbgrader_course import course_in

    folder = None if alone else course_in(course)
    own = out is not None and (out / "gradebook.db").exists()
    return Place(folder, out or _home(folder), db or (folder.db_url if folder and not own else ""))


def _home(course: "Course | None") -> Path:
    return course.root if course else Path("graded")
