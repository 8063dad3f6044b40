"""When a submission was due for its student, in the gradebook: extensions, extra time and late days.

What is allowed becomes nbgrader's own ``extension`` of the submission, from which nbgrader's plug-in for late
submissions, its `autograde` and formgrader count. An extension that was granted in nbgrader itself holds too: what of
it is ours, and why, is kept in a table of our own, beside nbgrader's.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

from nbgrader.api import Assignment as Master
from nbgrader.api import Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, delete, insert, inspect, select

from autograder.grading.records.gradebook import Gradebook
from autograder.grading.reports.lateness import BY_UNKNOWN, NOTHING, Lateness, duration, moment
from autograder.grading.submissions.allowances import Allowances
from autograder.grading.submissions.submission import Submission

DAY = 86400
ALLOWED = Table(
    "course_allowed_time",
    MetaData(),
    Column("submission", String(32), primary_key=True),  # nbgrader's id
    Column("elsewhere", Float),  # seconds of the extension that was granted in nbgrader itself
    Column("written", Float),  # seconds that are written as nbgrader's extension
    Column("days_left", Integer),
    Column("why", String),
    Column("doubt", String),
)


def update_deadlines(gradebook: Gradebook, allowances: Allowances, out: Path, student: str = "") -> set[str]:
    """Write what is allowed to everyone who has handed in, for all assignments: late days are spent in their order.

    Parameters
    ----------
    out : the class's folder, in which ``release/`` tells when an assignment was made, where nobody has said it.
    student : only this one.

    Returns
    -------
    set of str
        The assignments in which somebody's due date has moved: their late penalties are to be computed again.
    """
    session = gradebook.database.db
    known = _known(gradebook)
    if not allowances.rows and not known:
        return set()
    ALLOWED.create(session.connection(), checkfirst=True)
    spent: dict[str, int] = {}
    moved = set()
    masters = [master for master in session.query(Master) if master.duedate]
    for master in sorted(masters, key=lambda master: (master.duedate, master.name)):
        released = allowances.released(master.name) or _written(out / "release" / master.name)
        top = float(master.max_score or 0.0)
        chosen = {"student_id": student} if student else {}
        for submission in session.query(SubmittedAssignment).filter_by(assignment_id=master.id, **chosen):
            before = known.get(submission.id)
            elsewhere = submission.extension
            if before and _seconds(elsewhere) == before.written:
                elsewhere = None if before.elsewhere is None else timedelta(seconds=before.elsewhere)
            helps = _helps(gradebook, submission.student_id, top)
            row = _allowed(submission, master.duedate, elsewhere, allowances, released, spent, helps)
            if before is None and row["written"] == row["elsewhere"] and not row["doubt"] and row["days_left"] is None:
                continue
            if _seconds(submission.extension) != row["written"]:
                submission.extension = None if row["written"] is None else timedelta(seconds=row["written"])
                moved.add(master.name)
            if before is None or before._asdict() != row:
                session.execute(delete(ALLOWED).where(ALLOWED.c.submission == submission.id))
                session.execute(insert(ALLOWED), [row])
    gradebook.commit("the due dates")
    return moved


def settle(
    gradebook: Gradebook,
    allowances: Allowances,
    out: Path,
    assignment: str,
    submissions: Mapping[str, Submission] = NOTHING,
) -> dict[str, Lateness]:
    """Bring due dates and late penalties up to date; what they come to in one assignment, by student.

    Parameters
    ----------
    submissions : those that are there, by student: of some an LMS says that they are late, and no more.
    """
    _note_late(gradebook, assignment, submissions)
    moved = update_deadlines(gradebook, allowances, out)
    for name in sorted({assignment, *moved}):
        gradebook.update_penalties(name)
    return lateness_of(gradebook, assignment)


def _note_late(gradebook: Gradebook, assignment: str, submissions: Mapping[str, Submission]):
    """Give those who are late by an unknown time one after the due date, so that nbgrader's rule finds them late."""
    master = gradebook.database.db.query(Master).filter_by(name=assignment).one_or_none()
    if master is None or master.duedate is None or not any(s.timestamp is None for s in submissions.values()):
        return
    for booked in gradebook.database.db.query(SubmittedAssignment).filter_by(assignment_id=master.id):
        own, is_noted = submissions.get(booked.student_id), _is_noted(booked)
        if own and own.late and own.timestamp is None and (booked.timestamp is None or is_noted):
            booked.timestamp = master.duedate + BY_UNKNOWN
        elif own and is_noted and not own.late:
            booked.timestamp = None
    gradebook.commit("who is late")


def _is_noted(submission: SubmittedAssignment) -> bool:
    return submission.timestamp is not None and submission.timestamp.microsecond == BY_UNKNOWN.microseconds


def lateness_of(gradebook: Gradebook, assignment: str) -> dict[str, Lateness]:
    """What being late has cost everyone who has handed in, by student; as of the last ``update_deadlines``."""
    session = gradebook.database.db
    master = session.query(Master).filter_by(name=assignment).one_or_none()
    if master is None:
        return {}
    known, found = _known(gradebook), {}
    rows = (
        session.query(
            SubmittedAssignment, Notebook.name, SubmittedNotebook.score, SubmittedNotebook.late_submission_penalty
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(SubmittedNotebook.notebook)
        .order_by(Notebook.name)
    )
    scores: dict[SubmittedAssignment, list[tuple[str, float, float]]] = {}
    for submission, name, score, penalty in rows.filter(SubmittedAssignment.assignment_id == master.id):
        scores.setdefault(submission, []).append((name, float(score or 0.0), float(penalty or 0.0)))
    tops = {notebook.name: float(notebook.max_score or 0.0) for notebook in master.notebooks}
    top = sum(tops.values())
    for submission, parts in scores.items():
        score, penalty = (sum(part[place] for part in parts) for place in (1, 2))
        notebooks = tuple((name, earned, tops[name]) for name, earned, _ in parts) if len(tops) > 1 else ()
        row, due = known.get(submission.id), master.duedate
        own = due + submission.extension if due and submission.extension else due
        why = tuple(row.why.split("\n")) if row and row.why else ()
        if due and own != due and not why:
            why = (f"extended to {moment(own)}",)
        found[submission.student_id] = Lateness(
            *(score, top, penalty, submission.timestamp, due, own, why),
            days_left=row.days_left if row else None,
            doubt=(row.doubt or "") if row else "",
            notebooks=notebooks,
        )
    return found


def _allowed(
    submission: SubmittedAssignment,
    due: datetime,
    elsewhere: timedelta | None,
    allowances: Allowances,
    released: datetime | None,
    spent: dict[str, int],
    helps: Callable[[float, float], bool],
) -> dict:
    """The row of one submission; adds the late days that it takes to ``spent``."""
    student, name = submission.student_id, submission.assignment.name
    own, why, doubt = due + elsewhere if elsewhere else due, [], ""
    if elsewhere:
        why = [f"extended to {moment(own)}"]
    if (extended := allowances.due(student, name)) and extended > own:
        own, why = extended, [f"extended to {moment(extended)}"]
    if extra := allowances.extra_time(student, name):
        more = extra.span
        if extra.share and released and released < due:
            more += (due - released) * extra.share
        elif extra.share:
            doubt = (
                f"extra time of {100 * extra.share:g} % is not counted, since nobody has said when {name} was handed "
                f"out: course due {name} --released DATE"
            )
        if more and due + more > own:
            share = f"{100 * extra.share:g} % extra time, " if extra.share else "extra time of "
            own, why = due + more, [f"{share}{duration(more.total_seconds())}"]
    left = None
    if (budget := allowances.late_days(student)) is not None:
        left = max(0, budget - spent.get(student, 0))
        late = (submission.timestamp - own).total_seconds() if submission.timestamp else 0.0
        needed = ceil(late / DAY) if late > 0 else 0
        days = needed if needed <= left else left if helps(late, late - left * DAY) else 0
        if days:
            spent[student] = spent.get(student, 0) + days
            left -= days
            own += timedelta(days=days)
            why.append(f"{days} late {'day' if days == 1 else 'days'} spent, {left} left")
    written = (own - due).total_seconds() or _seconds(elsewhere)
    texts = {"why": "\n".join(why), "doubt": doubt, "days_left": left}
    return {"submission": submission.id, "elsewhere": _seconds(elsewhere), "written": written, **texts}


def _helps(gradebook: Gradebook, student: str, top: float) -> Callable[[float, float], bool]:
    """Whether being late by less seconds costs less, when not all of them can be made up for."""

    def helps(before: float, after: float) -> bool:
        return (gradebook.penalty(student, top, after) or 0.0) < (gradebook.penalty(student, top, before) or 0.0)

    return helps


def _known(gradebook: Gradebook) -> dict:
    session = gradebook.database.db
    if not inspect(session.connection()).has_table(ALLOWED.name):
        return {}
    return {row.submission: row for row in session.execute(select(ALLOWED))}


def _seconds(extension: timedelta | None) -> float | None:
    return None if extension is None else extension.total_seconds()


def _written(folder: Path) -> datetime | None:
    """When the notebooks that were handed out were made, in UTC without a zone."""
    times = [path.stat().st_mtime for path in folder.glob("*.ipynb")]
    return datetime.fromtimestamp(min(times), UTC).replace(tzinfo=None) if times else None
