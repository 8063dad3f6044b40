"""The grades of nbgrader's gradebook in the files that Canvas, Moodle and Gradescope read.

The gradebook is the truth: scores hold manual grades and extra credit, and late penalties are taken off, as nbgrader's
own exporter does it. Formats as their readers have them:

Canvas : ``lib/gradebook_importer.rb`` of canvas-lms: first the columns Student, ID, SIS User ID, SIS Login ID, Section
    in this order, then a column for each assignment, headed by its title or ``title (id)``; a second row says
    ``Points Possible``. Students are found by ID, else SIS User ID, SIS Login ID, name. Plain UTF-8.
Moodle, worksheet : ``mod/assign/feedback/offline/importgradeslib.php``: columns Identifier, Grade and Last modified
    (grade) are asked for by name; the others stay as ``mod/assign/gradingtable.php`` wrote them. Students are found by
    the number behind ``Participant``. A byte order mark is skipped, and makes Excel read the names right.
Moodle, grades : ``grade/import/csv``: any columns, mapped by hand; students by ID number or e-mail address.
Gradescope : results.json, https://gradescope-autograders.readthedocs.io/en/latest/specs/ ("Output format").
"""

import csv
import io
import re
from dataclasses import dataclass

from autograder.errors import UserError
from autograder.grading.exports.grades import GradeRow
from autograder.grading.exports.roster import Roster

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
BOM = "\ufeff"
CHECK = re.compile(r"(?<![^ ])check-")  # behind the notebook's name, where there are several
VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
# A spreadsheet runs a cell that begins so, also in its full-width form or behind white space (OWASP, "CSV Injection").
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
INNER = re.compile(r"""([;,|:\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"][\s"']*)(?=[=+\-@＝＋－＠])""")


class ExportError(UserError, ValueError):
    """The grades cannot be written in this form; the message says what to do."""


@dataclass(frozen=True)
class Table:
    """A CSV file, and the students with a submission who are not in the roster."""

    text: str
    unmatched: tuple[str, ...] = ()


def canvas_csv(rows: list[GradeRow], roster: Roster | None = None, titles: dict[str, str] | None = None) -> Table:
    """For Grades > Import in Canvas.

    Parameters
    ----------
    roster : the gradebook as exported from Canvas: gives everyone's ID, and the assignment's own number.
    titles : how Canvas calls the assignments, where it is not by their names.
    """
    names = list(dict.fromkeys(row.assignment for row in rows))
    heads = {name: (titles or {}).get(name, name) for name in names}
    own = CANVAS
    if roster:
        if "Section" not in roster.columns or "ID" not in roster.columns:
            raise ExportError(
                "the roster is not a Canvas gradebook: export it there (Grades > Export) and give that file"
            )
        own = roster.columns[: roster.columns.index("Section") + 1]
        heads = {name: roster.assignment_column(head) or head for name, head in heads.items()}
    points = {row.assignment: _number(row.max_score) for row in rows}
    lines = [
        [*own, *heads.values()],
        ["    Points Possible", *[""] * (len(own) - 1), *(points[name] for name in names)],
    ]
    unmatched = []
    by_student: dict[str, dict[str, GradeRow]] = {}
    for row in rows:
        by_student.setdefault(row.student, {})[row.assignment] = row
    for student, graded in by_student.items():
        if all(row.score is None for row in graded.values()):
            continue
        entry = roster.find(next(iter(graded.values()))) if roster else None
        if roster and entry is None:
            unmatched.append(student)
            continue
        row = next(iter(graded.values()))
        known = entry or {
            "Student": _sorted_name(row),
            "ID": row.lms_id,
            "SIS Login ID": student,
        }
        # an empty cell would clear the grade that is there
        scores = [_score(graded.get(name)) or known.get(heads[name], "") for name in names]
        lines.append([*(known.get(column, "") for column in own), *scores])
    return Table(_csv(lines), tuple(unmatched))


def moodle_worksheet(rows: list[GradeRow], roster: Roster | None, scale: bool = False) -> Table:
    """For "Upload grading worksheet" of one assignment in Moodle: the worksheet with the grades filled in.

    Parameters
    ----------
    roster : the worksheet as downloaded from Moodle, in English; nobody else knows Moodle's numbers.
    scale : whether scores are scaled to the maximum grade that Moodle has.

    Raises
    ------
    ExportError
        When it is no worksheet, there are several assignments, or the maximum grades differ.
    """
    if len({row.assignment for row in rows}) > 1:
        raise ExportError("a worksheet of Moodle holds one assignment: choose it with --assignment")
    columns = roster.columns if roster else ()
    if missing := {"Identifier", "Grade", "Last modified (grade)"}.difference(columns):
        raise ExportError(
            f"the roster has no column {', '.join(sorted(missing))}: switch Moodle to English, download the grading "
            "worksheet of the assignment, and give it with --roster"
        )
    lines, unmatched = [list(columns)], []
    for row in rows:
        if row.score is None:
            continue
        entry = roster.find(row)
        if entry is None:
            unmatched.append(row.student)
            continue
        top = _float(entry.get("Maximum Grade", "")) or row.max_score
        if abs(top - row.max_score) > 1e-6 and not scale:
            raise ExportError(
                f"the assignment is worth {top:g} in Moodle and {row.max_score:g} here: set the maximum grade there to "
                f"{row.max_score:g}, or scale the scores with --scale"
            )
        score = row.score * top / row.max_score if row.max_score else 0.0
        entry = {**entry, "Grade": _number(score)}
        lines.append([entry.get(column, "") for column in columns])
    return Table(BOM + _csv(lines), tuple(unmatched))


def moodle_grades(rows: list[GradeRow]) -> Table:
    """For Grades > Import > CSV file in Moodle, where the columns are mapped by hand."""
    names = list(dict.fromkeys(row.assignment for row in rows))
    by_student: dict[str, dict[str, GradeRow]] = {}
    for row in rows:
        by_student.setdefault(row.student, {})[row.assignment] = row
    late = [name for name in names if any(row.late for row in rows if row.assignment == name)]
    notes = [f"{name} (late)" for name in late]  # a column of feedback, to be mapped where it is wanted
    lines = [["Username", "First name", "Last name", "ID number", "Email address", *names, *notes]]
    for student, graded in by_student.items():
        row = next(iter(graded.values()))
        own = [student, row.first_name, row.last_name, row.lms_id, row.email]
        said = [graded[name].late if name in graded else "" for name in late]
        lines.append([*own, *(_score(graded.get(name)) for name in names), *said])
    return Table(BOM + _csv(lines))


def plain_csv(rows: list[GradeRow]) -> Table:
    """Everything, one line for each student and assignment: the columns of nbgrader's own exporter, and the cells."""
    cells = list(dict.fromkeys(cell.name for row in rows for cell in row.cells))
    head = (
        "assignment duedate timestamp student_id last_name first_name email raw_score late_submission_penalty".split()
    )
    lines = [[*head, "score", "max_score", "needs_manual_grade", "late", *cells]]
    for row in rows:
        scores = {cell.name: _number(cell.score) for cell in row.cells}
        lines.append(
            [
                *(row.assignment, str(row.due or ""), str(row.submitted or ""), row.student, row.last_name),
                *(row.first_name, row.email, _number(row.raw), _number(row.penalty), _score(row)),
                *(
                    _number(row.max_score),
                    "yes" if row.pending else "no",
                    row.late,
                    *(scores.get(cell, "") for cell in cells),
                ),
            ]
        )
    return Table(BOM + _csv(lines))


def gradescope_results(row: GradeRow, outputs: dict[str, str] | None = None, visibility: str = "visible") -> dict:
    """One student's results.json. How long the grading took is left out: the answers decide that.

    Parameters
    ----------
    outputs : what is shown of a cell, by its name. Nothing of hidden inputs may stand in it.
    visibility : who sees the tests, and when.

    Raises
    ------
    ExportError
        When Gradescope knows no such visibility.
    """
    if visibility not in VISIBILITIES:
        raise ExportError(f"Gradescope knows no visibility {visibility!r}; there are: {', '.join(VISIBILITIES)}")
    tests = [
        {
            "name": CHECK.sub("", cell.name),
            "score": round(cell.score, 2),
            "max_score": cell.max_score,
            **({} if cell.pending else {"status": "passed" if cell.score >= cell.max_score else "failed"}),
            "output": "Not graded yet." if cell.pending else (outputs or {}).get(cell.name, ""),
            "output_format": "text",
            "visibility": visibility,
        }
        for cell in row.cells
    ]
    said = [f"{_number(row.raw)} of {_number(row.max_score)}, {row.late}."] if row.late else []
    said += ["Some cells still have to be graded by hand."] if row.pending else []
    said += ["Nothing was submitted."] if row.score is None else []
    # the total of the tests knows no penalty, so that the score is given, which overrides it
    results = {"score": round(row.score or 0.0, 2), "output": "\n".join(said), "output_format": "text"}
    return {**results, "visibility": visibility, "tests": tests}


def _sorted_name(row: GradeRow) -> str:
    return ", ".join(name for name in (row.last_name, row.first_name) if name) or row.student


def _score(row: GradeRow | None) -> str:
    return "" if row is None or row.score is None else _number(row.score)


def _number(value: float) -> str:
    """Two decimals, as Canvas and Moodle keep them."""
    return f"{value:.2f}"


def _float(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return 0.0


def guarded(text: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would be a formula. Numbers and a dash are none.

    Which separator a spreadsheet takes depends on its language, so that one inside a text may begin a cell, too.
    """
    if text.strip() == "-":
        return text
    try:
        float(text)
        return text
    except ValueError:
        begins = text.startswith(FORMULA) or text.strip().startswith(FORMULA)
        return ("'" if begins else "") + INNER.sub(r"\1'", text)


def _csv(lines: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([guarded(cell) for cell in line] for line in lines)
    return out.getvalue()
