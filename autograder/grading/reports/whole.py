"""The summary of an assignment with several notebooks: their points added, and each of them named."""

from collections.abc import Sequence
from dataclasses import replace

from autograder.grading.reports.summary import MisconceptionRow, StudentRow, Summary


def related(summaries: Sequence[Summary]) -> list[Summary]:
    """The summaries of the notebooks, with what the last of them knows of lateness, which is that of the assignment."""
    last = {row.student: row for row in summaries[-1].students}
    return [replace(summary, students=tuple(_related(row, last) for row in summary.students)) for summary in summaries]


def _related(row: StudentRow, last: dict[str, StudentRow]) -> StudentRow:
    known = last.get(row.student, row)
    remarks = (*known.lateness, *_own_remarks(row))
    facts = ("late", "counted", "untimed", "lateness", "kept")
    return replace(row, remarks=remarks, **{name: getattr(known, name) for name in facts})


def _own_remarks(row: StudentRow) -> tuple[str, ...]:
    return tuple(remark for remark in row.remarks if remark not in row.lateness)


def combined(assignment: str, summaries: Sequence[Summary]) -> Summary:
    """The summary of the assignment.

    Parameters
    ----------
    assignment : its name; those of the summaries begin with it, and a dot.
    summaries : of all of its notebooks.
    """
    names = [summary.assignment.removeprefix(f"{assignment}.") for summary in summaries]
    rows: dict[str, list[tuple[str, StudentRow]]] = {}
    for name, summary in zip(names, related(summaries), strict=True):
        for row in summary.students:
            rows.setdefault(row.student, []).append((name, row))
    points = sum(summary.points for summary in summaries)
    last = summaries[-1]
    return Summary(
        assignment,
        points,
        tuple(_student(parts, points) for _, parts in sorted(rows.items(), key=lambda item: item[0].casefold())),
        tuple(
            replace(row, exercise=f"{name}: {row.exercise}")
            for name, summary in zip(names, summaries, strict=True)
            for row in summary.exercises
        ),
        tuple(sorted(_misconceptions(names, summaries), key=lambda row: (-row.count, row.exercise, row.name))),
        tuple(sorted({level for summary in summaries for level in summary.levels})),
        sum(summary.seconds for summary in summaries),
        head=last.head,
        left_out=tuple(dict.fromkeys(text for summary in summaries for text in summary.left_out)),
        page=summaries[0].page,
    )


def _student(parts: list[tuple[str, StudentRow]], points: float) -> StudentRow:
    _, last = parts[-1]
    each = ", ".join(f"{name} {row.score:g} of {row.points:g}" for name, row in parts)
    own = [f"{name}: {remark}" for name, row in parts for remark in _own_remarks(row)]
    return replace(
        last,
        score=round(sum(row.score for _, row in parts), 2),
        points=points,
        passed=sum(row.passed for _, row in parts),
        remarks=(each, *last.lateness, *own),
        fresh=any(row.fresh for _, row in parts),
        seconds=sum(row.seconds for _, row in parts),
    )


def _misconceptions(names: list[str], summaries: Sequence[Summary]) -> list[MisconceptionRow]:
    return [
        replace(row, exercise=f"{name}: {row.exercise}")
        for name, summary in zip(names, summaries, strict=True)
        for row in summary.misconceptions
    ]
