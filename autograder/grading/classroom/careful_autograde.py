"""nbgrader's autograde for folders that students have filled: it opens none of their files but what our own readers do.

nbgrader copies every file that lies beside a notebook, through links, into a folder that `nbgrader release_feedback`
publishes pages from: a link ``x.html`` to the gradebook would bring it to the student. And it waits forever for a
``timestamp.txt`` that is a named pipe.
"""

from datetime import UTC, datetime
from pathlib import Path

from nbgrader.converters import Autograde, BaseConverter
from nbgrader.coursedir import CourseDirectory

from autograder.grading.submissions.reading import moment_of, read_regular_file
from autograder.grading.submissions.receipt import TIMESTAMP
from autograder.grading.submissions.submission import Refused

TIMESTAMP_BYTES = 1000


class CarefulCourseDirectory(CourseDirectory):
    """Believes of a submission's time what ``course grade`` believes."""

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        try:
            moment, _ = moment_of(read_regular_file(Path(dest_path) / TIMESTAMP, TIMESTAMP_BYTES))
        except Refused:
            return None
        return moment and moment.astimezone(UTC).replace(tzinfo=None)  # as nbgrader keeps time


class NothingCopied(BaseConverter):
    """Copies no file from a submission: the notebook is rebuilt, and none of our pages shows another file."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """The files of the source are laid by ``Autograde``, those of the exchange with the record of the grading."""


class CarefulAutograde(Autograde, NothingCopied):
    """``Autograde`` with ``NothingCopied`` replacing its base class."""


def make_careful(converter: Autograde):
    """Turn nbgrader's own converter, which it offers no way to choose, into a careful one, before it has begun."""
    converter.__class__ = CarefulAutograde
    settings = {name: getattr(converter.coursedir, name) for name in converter.coursedir.trait_names(config=True)}
    converter.coursedir = CarefulCourseDirectory(parent=converter.parent, **settings)
