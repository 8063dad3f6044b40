"""Who is in the class: the students whom the instructor has put into the gradebook, not a submission by its name.

nbgrader keeps both alike. So those who are there before anything of theirs is graded, or with a name or an address,
are remembered in a table of our own, beside nbgrader's.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from nbgrader.api import Student, SubmittedAssignment
from sqlalchemy import Column, MetaData, String, Table, func, insert, inspect, or_, select

from autograder.grading.records.gradebook import Gradebook
from autograder.grading.submissions.allowances import Allowances
from autograder.grading.submissions.names import shown
from autograder.grading.submissions.submission import Submission

ENROLLED = Table("course_enrolled", MetaData(), Column("student", String(128), primary_key=True))
NOBODYS = (
    "nobody of this name is in the roster, which is the students in the gradebook, so it is nobody's work: rename it, "
    "or add the student with `nbgrader db student add`, and grade again"
)
NONE_KNOWN = "the roster, which is the students in the gradebook, has nobody of this name, nor of any other here"


def enrolled(gradebook: Gradebook) -> set[str]:
    """The students of the roster; none where there is no roster."""
    session = gradebook.database.db
    details = (Student.first_name, Student.last_name, Student.email, Student.lms_user_id)
    named = [func.coalesce(detail, "") != "" for detail in details]
    graded = select(SubmittedAssignment.student_id)
    listed = {name for (name,) in session.query(Student.id).filter(or_(*named, Student.id.not_in(graded)))}
    known = set()
    if inspect(session.connection()).has_table(ENROLLED.name):
        known = {name for (name,) in session.execute(select(ENROLLED))}
    if new := listed - known:
        ENROLLED.create(session.connection(), checkfirst=True)
        session.execute(insert(ENROLLED), [{"student": name} for name in sorted(new)])
        gradebook.commit("the roster")
    return (listed | known) & gradebook.known_students()


def of_the_class(
    submissions: Mapping[str, Submission], gradebook: Gradebook, allowances: Allowances, students: Collection[str] = ()
) -> tuple[dict[str, Submission], tuple[str, ...]]:
    """The submissions of those who are known, and what to say of the others: where there is a roster, a name that
    stands nowhere else is nobody's. Where the roster has none of all the names, it has other names: a remark says so.

    Parameters
    ----------
    students : whom the instructor has named, and so knows.

    Raises
    ------
    AllowanceError
        When a group is called like a student who is not in it.
    """
    everybody = gradebook.known_students()
    allowances.check_groups(everybody)
    roster = enrolled(gradebook)
    strangers = submissions.keys() - roster - {student for student, _, _ in allowances.rows}
    if students or not roster:
        return dict(submissions), ()
    if not roster & submissions.keys():  # also when they are graded again, and have come into the gradebook by it
        remarked = {s: replace(submissions[s], remarks=(*submissions[s].remarks, NONE_KNOWN)) for s in strangers}
        return {**submissions, **remarked}, ()
    strangers -= everybody
    left_out = tuple(f"{shown(student)}: {NOBODYS}" for student in sorted(strangers))
    return {student: one for student, one in submissions.items() if student not in strangers}, left_out
