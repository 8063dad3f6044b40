"""Exporters for nbgrader.

    nbgrader export --exporter=autograder.grading.exports.exporters.CanvasExporter --to=canvas.csv

A roster is set in nbgrader_config.py, ``c.CanvasExporter.roster = "roster.csv"``, or by ``--CanvasExporter.roster=``.
"""

import json
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from autograder.grading.exports.export import (
    Table,
    canvas_csv,
    gradescope_results,
    moodle_grades,
    moodle_worksheet,
    plain_csv,
)
from autograder.grading.exports.grades import GradeRow, grade_rows, impossible_scores
from autograder.grading.exports.roster import Roster, read_roster
from autograder.grading.submissions.names import id_problem
from course_lib.files import write_atomically


class _Exporter(ExportPlugin):
    """Writes one CSV file; the subclasses say of what form."""

    filename = "grades.csv"

    roster = Unicode("", help="CSV file of the LMS's students").tag(config=True)
    zero_for_missing = Bool(False, help="write 0, instead of nothing, for those who have not submitted").tag(
        config=True
    )

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of the gradebook; ``--to``, ``--assignment`` and ``--student`` as of nbgrader."""
        assignments, students = map(str, self.assignment), map(str, self.student)
        rows = grade_rows(gradebook, assignments, students, self.zero_for_missing)
        target = Path(self.to or self.filename)
        self.write(target, rows)
        for what in impossible_scores(rows):
            self.log.warning("A score that cannot be, written as it is: %s; look at it in formgrader", what)
        pending = sum(row.pending for row in rows)
        if pending:
            self.log.warning("%d submissions still have to be graded by hand; their scores will change", pending)

    def write(self, target: Path, rows: list[GradeRow]):
        """Write one table."""
        table = self.table(rows, read_roster(Path(self.roster)) if self.roster else None)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, table.text)
        self.log.info("Wrote %s", target)
        for student in table.unmatched:
            self.log.warning("%s is not in the roster, and not in the file", student)

    def table(self, rows: list[GradeRow], roster: Roster | None) -> Table:
        raise NotImplementedError


class PlainExporter(_Exporter):
    """All that the gradebook holds, with the score of every cell."""

    def table(self, rows, roster):
        return plain_csv(rows)


class CanvasExporter(_Exporter):
    """For Grades > Import in Canvas."""

    filename = "canvas.csv"

    def table(self, rows, roster):
        return canvas_csv(rows, roster)


class MoodleExporter(_Exporter):
    """For "Upload grading worksheet" of one assignment in Moodle."""

    filename = "moodle.csv"

    scale = Bool(False, help="scale the scores to the maximum grade that Moodle has").tag(config=True)

    def table(self, rows, roster):
        return moodle_worksheet(rows, roster, self.scale)


class MoodleGradesExporter(_Exporter):
    """For Grades > Import > CSV file in Moodle."""

    filename = "moodle_grades.csv"

    def table(self, rows, roster):
        return moodle_grades(rows)


class GradescopeExporter(_Exporter):
    """A folder with ``<student>/<assignment>/results.json`` for Gradescope."""

    filename = "gradescope"

    visibility = Unicode("visible", help="who sees the tests: visible, hidden, after_due_date, after_published").tag(
        config=True
    )

    def write(self, target, rows):
        for row in rows:
            if problem := id_problem(row.student):
                self.log.error("%s is not written: %s", ascii(row.student), problem)  # it would lead elsewhere
            elif row.score is not None:
                path = target / row.student / row.assignment / "results.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, json.dumps(gradescope_results(row, visibility=self.visibility), indent=1) + "\n")
        self.log.info("Wrote %s", target)
