"""What an instructor takes along from a graded class: statistics, similar answers, and files for the LMS."""

import glob
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from autograder.files import ROOT
from autograder.grading.demo import solutions_of, standalone
from autograder.grading.exports.export import (
    ExportError,
    Table,
    canvas_csv,
    gradescope_results,
    moodle_grades,
    moodle_worksheet,
    plain_csv,
)
from autograder.grading.exports.grades import GradeRow, grade_rows
from autograder.grading.exports.roster import Roster
from autograder.grading.grade import default_gradebook, results_file
from autograder.grading.judging.disclosure import for_student
from autograder.grading.judging.grade_submission import Result
from autograder.grading.records import audit
from autograder.grading.records.database import GradebookError, missing_file, reason, shown
from autograder.grading.records.deadlines import lateness_of
from autograder.grading.records.gradebook import Gradebook
from autograder.grading.records.results import SUFFIX, Store
from autograder.grading.reports.similarity import Similarities, compare_answers
from autograder.grading.reports.similarity_page import similarity_page
from autograder.grading.reports.statistics import ClassStatistics, class_statistics
from autograder.grading.reports.statistics_page import Change, statistics_page
from autograder.grading.submissions.allowances import read_allowances
from autograder.grading.submissions.assignment import Assignment, load_assignment
from autograder.grading.submissions.names import id_problem
from autograder.release import source_notebook
from autograder.report import render_text
from course_lib.files import write_atomically


def read_results(out: Path, assignment: str) -> list[Result]:
    """What `course grade` has kept in ``out``.

    Raises
    ------
    FileNotFoundError
        When nothing of this assignment was graded there.
    """
    path = results_file(out, assignment)
    if not path.exists():
        others = sorted(file.name.removesuffix(SUFFIX) for file in out.glob(f"*{SUFFIX}"))
        found = f"; there are some of {', '.join(others)} (choose one with --assignment)" if others else ""
        raise FileNotFoundError(
            f"{out} has no results of {assignment}{found}: run `course grade` first, or name with --out the folder "
            "that it wrote to"
        )
    return [result for _, result in Store(path).known.values()]


def write_statistics(
    out: Path, assignment: str | Assignment, db_url: str = "", *, names: bool = True, root: Path = ROOT
) -> tuple[ClassStatistics, Path]:
    """Write ``<assignment>.statistics.html`` into ``out``, or ``.statistics-no-names.html``.

    Parameters
    ----------
    assignment : its name, or the assignment itself.
    names : as of ``statistics_page``.

    Raises
    ------
    FileNotFoundError, GradebookError
        When there are no results, or no gradebook.
    """
    name, results = _named(out, assignment)
    loaded = load_assignment(name, root) if isinstance(assignment, str) else assignment
    rows = read_grades(out, loaded.booked_as, db_url)
    submitted = {row.student: row.submitted for row in rows if row.submitted}
    dues = Counter(row.due for row in rows if row.due)  # extensions are the exceptions
    due = dues.most_common(1)[0][0] if dues else None
    graded = {result.student for result in results}
    missing = [row.student for row in rows if row.score is None and row.student not in graded]
    with _open_gradebook(out, db_url) as gradebook:
        loaded = gradebook.as_worth(loaded)
        lateness = lateness_of(gradebook, loaded.booked_as)
    groups = read_allowances(out).groups(loaded.booked_as)
    statistics = class_statistics(loaded, results, submitted, due, missing, lateness, groups)
    changes = verdict_changes(audit.read(out / audit.FILE), name)
    path = out / f"{name}.statistics{'' if names else '-no-names'}.html"
    write_atomically(path, statistics_page(statistics, names=names, changes=changes))
    return statistics, path


def _named(out: Path, assignment: str | Assignment) -> tuple[str, list[Result]]:
    """The name of an assignment, and its results."""
    name = assignment if isinstance(assignment, str) else assignment.name
    return name, read_results(out, name)


def verdict_changes(records: Iterable[dict], assignment: str) -> list[Change]:
    """How often one verdict followed another for the same cell and student, most frequent first."""
    last: dict[tuple, str] = {}
    counts: Counter = Counter()
    for record in records:
        if record.get("event") == "verdict" and record.get("assignment") == assignment:
            key, verdict = (record.get("student"), record.get("cell")), str(record.get("verdict"))
            if last.get(key, verdict) != verdict:
                counts[last[key], verdict] += 1
            last[key] = verdict
    return [Change(*pair, count) for pair, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def write_similarity(out: Path, assignment: str | Assignment, *, root: Path = ROOT) -> tuple[Similarities, Path]:
    """Write ``<assignment>.similar.html`` into ``out``.

    Parameters
    ----------
    assignment : its name, or the assignment itself.

    Raises
    ------
    FileNotFoundError
        When there are no results.
    """
    name, results = _named(out, assignment)
    loaded = load_assignment(name, root) if isinstance(assignment, str) else assignment
    names = [exercise.name for exercise in loaded.exercises().values()]
    answers = {r.student: {n: r.answers.get(n, "") for n in names if n not in r.blank} for r in results if r.reports}
    for _, *others in read_allowances(out).groups(loaded.booked_as).values():  # a group's answers are one person's
        for student in others:
            answers.pop(student, None)
    released = {name: loaded.released_text.get(name, "") for name in names}
    similarities = compare_answers(name, answers, released, published_answers(loaded, root))
    similarities = replace(similarities, page=loaded.page)
    path = out / f"{name}.similar.html"
    write_atomically(path, similarity_page(similarities))
    return similarities, path


def published_answers(assignment: Assignment, root: Path = ROOT) -> dict[str, dict[str, str]]:
    """What anybody can find in this repository: the notebook's solutions, and other right forms of the exercises."""
    text = root / "notebooks" / "text" / f"{assignment.name}.py"  # an instructor's own lesson is not published
    solutions = solutions_of(source_notebook(text)) if text.exists() else {}
    published: dict[str, dict[str, str]] = defaultdict(dict)
    for exercise in assignment.exercises().values():
        published["the course's solution"][exercise.name] = solutions.get(exercise.name, "")
        for number, form in enumerate(exercise.equivalents, 1):
            published[f"the course's other solution {number}"][exercise.name] = standalone(form, exercise.name)
    return dict(published)


def booked_assignments(out: Path, db_url: str = "") -> list[str]:
    """The assignments that the gradebook holds submissions of. Parameters and errors as of ``read_grades``."""
    with _open_gradebook(out, db_url) as gradebook:
        return sorted(row.name for row in gradebook.database.assignments if row.num_submissions)


def read_grades(out: Path, assignment: str, db_url: str = "", zero_for_missing: bool = False) -> list[GradeRow]:
    """The rows of the gradebook for one assignment.

    Raises
    ------
    GradebookError
        When there is no gradebook, or it cannot be read.
    """
    with _open_gradebook(out, db_url) as gradebook:
        return grade_rows(gradebook.database, [assignment], zero_for_missing=zero_for_missing)


@contextmanager
def _open_gradebook(out: Path, db_url: str) -> Iterator[Gradebook]:
    """A gradebook to read from, which is there already."""
    url = db_url or default_gradebook(out)
    missing = missing_file(url)
    if missing:  # which would be made, and be empty
        raise GradebookError(f"there is no gradebook {missing}: name with --db or --out the one of `course grade`")
    with Gradebook(url) as gradebook:
        try:
            yield gradebook
        except SQLAlchemyError as error:
            raise GradebookError(f"the gradebook {shown(url)} cannot be read: {reason(error)}") from error


def export_table(
    rows: list[GradeRow], form: str, roster: Roster | None = None, *, title: str = "", scale: bool = False
) -> Table:
    """The CSV file of one assignment for an LMS.

    Parameters
    ----------
    form : canvas, moodle, moodle-grades or csv.
    title : how the LMS calls the assignment.

    Raises
    ------
    ExportError
        When the grades cannot be written in this form.
    """
    if not rows:
        raise ExportError("the gradebook has nobody in this assignment: grade it first, or give its --db")
    titles = {rows[0].assignment: title} if title else None
    tables = {
        "canvas": lambda: canvas_csv(rows, roster, titles),
        "moodle": lambda: moodle_worksheet(rows, roster, scale),
        "moodle-grades": lambda: moodle_grades(rows),
        "csv": lambda: plain_csv(rows),
    }
    return tables[form]()


def write_gradescope(out: Path, rows: list[GradeRow], target: Path, visibility: str = "visible") -> list[Path]:
    """Write ``<student>/results.json`` into ``target``, with what the student's feedback page says of each exercise."""
    told = _told_of_each(out, rows[0].assignment) if rows else {}
    paths = []
    for row in rows:
        if row.score is None or id_problem(row.student):
            continue
        results = gradescope_results(row, told.get(row.student, {}), visibility)
        path = target / row.student / "results.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(results, indent=1) + "\n")
        paths.append(path)
    return paths


def _told_of_each(out: Path, assignment: str) -> dict[str, dict[str, str]]:
    """What students read of each cell, by student and the cell's name in the rows of the gradebook."""
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for path in (results_file(out, assignment), *sorted(out.glob(f"{glob.escape(assignment)}.*{SUFFIX}"))):
        name = path.name.removesuffix(SUFFIX)
        notebook = "" if name == assignment else f"{name.removeprefix(f'{assignment}.')}: "
        for result in read_results(out, name) if path.exists() else ():
            for cell, report in result.reports.items():
                told[result.student][f"{notebook}{cell}"] = render_text(for_student(report, result.public.get(cell)))
    return told
