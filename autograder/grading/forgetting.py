"""Take a name out of an assignment again under which somebody was graded by mistake."""

import shutil
from dataclasses import replace
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.grade import recorder, write_summary
from autograder.grading.records.audit import origin
from autograder.grading.records.deadlines import settle
from autograder.grading.records.enrolled import enrolled
from autograder.grading.records.gradebook import LatePenalty
from autograder.grading.reports.summary import summarize
from autograder.grading.submissions.allowances import read_allowances
from autograder.grading.submissions.assignment import Assignment
from autograder.grading.submissions.names import composed


class NobodyToForget(UserError, ValueError):
    """There is no such student in the assignment, or a human has graded them; the message says what to do."""


def forget(out: Path, assignment: Assignment, student: str, db_url: str = "", late: LatePenalty | None = None):
    """Take a student out of the results, the gradebook, the pages and the summary; the audit log says so.

    Raises
    ------
    NobodyToForget
        When there is nothing of the student, or scores or comments by hand; else as ``grade.recorder``.
    """
    with recorder(out, assignment, db_url, late) as record:
        name = assignment.booked_as
        known = {*record.store.known, *record.gradebook.students(name)}
        student = student if student in known else composed(student)
        if student not in known:
            raise NobodyToForget(f"nobody called {student} was graded in {name}: see `course export csv`")
        if record.gradebook.is_graded_by_hand(name, student):
            raise NobodyToForget(
                f"{student} has scores or comments by hand in {name}: take them back in formgrader first"
            )
        said = {"event": "forgotten", "student": student, "assignment": assignment.name}
        record.log.append([{**said, "seed_id": record.log.seed_id, **origin()}])
        for kind in ("feedback", "autograded"):
            shutil.rmtree(out / kind / student / name, ignore_errors=True)
            if (out / kind / student).is_dir() and not any((out / kind / student).iterdir()):
                (out / kind / student).rmdir()
        record.gradebook.remove(name, student, keep=student in enrolled(record.gradebook))
        record.store.remove(student)
        lateness = settle(record.gradebook, read_allowances(out), out, name)
        results = [result for _, result in record.store.known.values()]
        summary = summarize(assignment, results, set(), 0.0, lateness)
        write_summary(out, replace(summary, head=record.log.head))
