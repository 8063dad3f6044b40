"""Who hands in together: a group's one submission is that of each of its members, who get their own marks and pages."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.submissions.allowances import Allowances
from autograder.grading.submissions.assignment import Assignment
from autograder.grading.submissions.collect import look_through
from autograder.grading.submissions.submission import Submission

Groups = Mapping[str, tuple[str, ...]]  # the members, by the name of the group
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class NobodyCalled(UserError, ValueError):
    """A student was named who has not handed in; the message says what to do."""


def share_out(submissions: Iterable[Submission], groups: Groups) -> list[Submission]:
    """The submissions, with that of a group for each of its members.

    It was handed in under the group's name, or by one of them. Of several the newest counts, and of those whose time is
    not known the one under the group's name; what can be read comes first. A remark names the others.
    """
    left = {submission.student: submission for submission in submissions}
    shared = []
    for group, members in groups.items():
        own = [left.pop(name) for name in (group, *members) if name in left]
        if not own:
            continue
        chosen = max(own, key=lambda one: (not one.problem, one.timestamp or LONG_AGO))  # the first of equals
        others = [one.student for one in own if one is not chosen]
        remarks = [f"handed in together as {group}, by {chosen.student}: {', '.join(members)}"]
        remarks += [
            f"not graded, since {chosen.student}'s counts for all of {group}: that of {', '.join(others)}"
        ] * bool(others)
        shared += [
            replace(chosen, student=member, remarks=(*chosen.remarks, *remarks), group=group) for member in members
        ]
    return [*left.values(), *shared]


def handed_in(
    folder: Path, assignment: Assignment, allowances: Allowances, students: Collection[str] = ()
) -> tuple[dict[str, Submission], tuple[str, ...]]:
    """The submissions of an assignment by student, those of groups shared out, and what is left out.

    Parameters and errors as of ``look_through`` and ``only``.
    """
    which = {"notebook": assignment.notebook, "siblings": assignment.siblings}
    found = look_through(folder, assignment.booked_as, **which)
    shared = share_out(found.submissions, allowances.groups(assignment.booked_as))
    return {submission.student: submission for submission in only(shared, students)}, found.left_out


def only(submissions: Iterable[Submission], students: Collection[str]) -> list[Submission]:
    """Those of some students; all of them when none is named.

    Raises
    ------
    NobodyCalled
        When one of them has handed in nothing.
    """
    submissions = list(submissions)
    known = {submission.student for submission in submissions}
    if missing := [student for student in students if student not in known]:
        near = [name for name in sorted(known) if any(one.casefold() in name.casefold() for one in missing)][:4]
        hint = f"; there are {', '.join(near)}" if near else ""
        raise NobodyCalled(f"nothing was handed in by {', '.join(missing)}{hint}")
    return [submission for submission in submissions if not students or submission.student in students]
