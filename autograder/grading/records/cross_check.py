"""Whether the results say of every verdict what the audit log says: before a result is believed, and when it is asked.

What is compared: for every cell its score, points, verdict, diagnosis and answer, and for the submission all that
stands beside them on the page (see ``audit.records_of``). A result of which the log does not know everything yet, as
after a crash, is believed if it was sealed with the key of the class.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.grading.judging.grade_submission import Result
from autograder.grading.records.audit import FILE, Examined, examine, records_of

COMPARED = ("score", "points", "verdict", "diagnosis", "answer_sha256", "beside_sha256", "fingerprint")
SHOWN = ("score", "points", "verdict")
WORDS = {"answer_sha256": "answer", "beside_sha256": "text", "fingerprint": "basis"}
OF_THE_GRADING = ("beside_sha256",)  # says nothing of cells whose verdicts an earlier grading has made


@dataclass
class Logged:
    """What the log says of an assignment: the last record of each cell by student, and the cells of each grading."""

    assignment: str
    last: dict[tuple[str, str], tuple] = field(default_factory=dict)
    cells: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, record: dict):
        """Take in the next record of the log."""
        if record.get("assignment") != self.assignment:
            return
        if record.get("event") == "forgotten":
            self.last = {key: known for key, known in self.last.items() if key[0] != str(record.get("student"))}
        if record.get("event") == "verdict":
            cell, grading = str(record.get("cell")), str(record.get("grading"))
            self.last[str(record.get("student")), cell] = (grading, *(record.get(name) for name in COMPARED))
            self.cells[grading].add(cell)


def disagreement(result: Result, log: Logged, *, unfinished: bool = False) -> str:
    """What a result says otherwise than the log, in words, or empty.

    Parameters
    ----------
    unfinished : whether records of the result may be missing in the log.
    """
    for record in records_of(log.assignment, result, every_cell=True):
        cell, made = record["cell"], not result.reports or record["cell"] in result.judged
        known = log.last.get((result.student, cell))
        what = cell or "the submission"
        if made and (known is None or known[0] != result.id):
            if unfinished and cell not in log.cells.get(result.id, ()):
                continue
            return f"the log has no verdict on {what} of this grading"
        if known is None:
            return f"the log has no verdict on {what}"
        for name, there in zip(COMPARED, known[1:], strict=True):
            here = record.get(name)
            if there is not None and here != there and (made or name not in OF_THE_GRADING):
                shown = f": {here} here, {there} there" if name in SHOWN else ""
                return f"the {WORDS.get(name, name)} of {what} is another than in the log{shown}"
    logged, judged = log.cells.get(result.id, set()) - {""}, set(result.judged)
    if result.reports and not (logged <= judged if unfinished else logged == judged):
        return "the cells that were judged in this grading are others than in the log"
    surplus = logged - {*result.reports}
    return f"the verdict on {', '.join(sorted(surplus))}, which the log has, is missing" if surplus else ""


def examine_class(out: Path, results: dict[str, dict[str, Result]]) -> Examined:
    """Check the log in ``out``, and that it has every cell of every recorded result as it stands there.

    Parameters
    ----------
    results : the last recorded result of every student, by assignment.
    """
    logs = {assignment: Logged(assignment) for assignment in results}
    found = examine(out / FILE, lambda record: [log.add(record) for log in logs.values()])
    differing = [
        f"{student}, {assignment}: {why}"
        for assignment, known in results.items()
        for student, result in known.items()
        if (why := disagreement(result, logs[assignment]))
    ]
    return replace(found, differing=tuple(sorted(differing)))
