"""nbgrader's release of feedback, which brings our pages up to date first."""

from pathlib import Path

from nbgrader.exchange.default.release_feedback import ExchangeReleaseFeedback

from autograder.errors import UserError
from autograder.grading.classroom.nbgrader_course import grading_settings, names_of, read_course
from autograder.grading.feedback_pages import update_feedback
from autograder.grading.records.results import results_file


class ReleaseCurrent(ExchangeReleaseFeedback):
    """Writes the pages anew on which a manual score, a comment or a penalty is missing; nbgrader's own pages stay."""

    def copy_files(self):
        root, name = Path(self.coursedir.root), self.coursedir.assignment_id
        try:
            self._update(root, name)
        except (UserError, OSError) as error:
            self.log.warning("The pages are released as they are, and may lack what changed lately: %s", error)
        super().copy_files()

    def _update(self, root: Path, name: str):
        course = read_course(root)
        for notebook in names_of(course, name):
            if results_file(root, notebook).exists():
                settings = grading_settings(course, notebook)
                assignment, db, late = (settings[key] for key in ("assignment", "db_url", "late"))
                done = update_feedback(settings["submitted"], assignment, root, db, late=late, ours_only=True)
                self.log.info("%d pages were brought up to date", len(done.written))
