"""Grade one submission where no class is: nothing is recorded, and what comes of it may be shown to the student."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.errors import UserError
from autograder.grading.isolation.limits import Limits, SandboxUnavailable
from autograder.grading.judging.disclosure import for_student
from autograder.grading.judging.grade_submission import Result, grade_submission
from autograder.grading.seeds import Key, seeds_of
from autograder.grading.submissions.assignment import Assignment
from autograder.grading.submissions.collect import read_submission
from autograder.report import Report, readable, render_text

LONGEST = 20_000  # characters that are said of one exercise
MOST_REMARKS = 20
CI_RUN = ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "CI_JOB_ID")  # of GitHub, and of GitLab


class NotGraded(UserError):
    """A submission could not be judged, and the student is not to blame; the message is for the instructor."""


@dataclass(frozen=True)
class Graded:
    """What came of one submission. ``result`` is the instructor's: it holds hidden inputs and expected values."""

    assignment: Assignment
    result: Result

    @cached_property
    def reports(self) -> dict[str, Report]:
        """By grade_id, what the student may see of each exercise and test cell."""
        public = self.result.public
        return {check: for_student(report, public.get(check)) for check, report in self.result.reports.items()}

    @property
    def outputs(self) -> dict[str, str]:
        """The reports as plain text, by grade_id."""
        return {check: render_text(report)[:LONGEST] for check, report in self.reports.items()}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What there is to say of the submission as a whole, a line each."""
        texts = [" ".join(readable(remark.text).split()) for remark in self.result.remarks]
        more = [f"and {len(texts) - MOST_REMARKS} remarks more"] if len(texts) > MOST_REMARKS else []
        return (*texts[:MOST_REMARKS], *more)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The answers that a human is still to read, by grade_id: those that were given."""
        return tuple(name for name in self.assignment.manual_ids if name not in self.result.blank and self.reports)

    @property
    def share(self) -> float:
        """Of the points that can be earned without a human: 0 to 1."""
        return self.result.score / self.assignment.points if self.assignment.points else 1.0

    def to_dict(self) -> dict:
        """As JSON for scripts: scores, verdicts, and what the student may see."""
        return {
            "assignment": self.assignment.name,
            "student": self.result.student,
            "score": round(self.result.score, 2),
            "points": self.assignment.points,
            "sandbox": self.result.level,
            "remarks": list(self.remarks),
            "waiting_for_a_human": list(self.waiting),
            "exercises": [
                {
                    "name": report.exercise,
                    "verdict": report.verdict,
                    "score": round(report.score, 2),
                    "points": report.points,
                    "output": self.outputs[check],
                }
                for check, report in self.reports.items()
            ],
        }


def run_of_ci() -> str:
    """What tells this run of a CI from all others, also where one is repeated; empty elsewhere."""
    return " ".join(os.environ.get(name, "") for name in CI_RUN).strip()


def grade_single(
    path: Path,
    assignment: Assignment,
    key: Key,
    *,
    student: str = "student",
    attempt: str = "",
    limits: Limits | None = None,
) -> Graded:
    """Grade the submission at ``path``: a notebook, or the folder that it was handed in in.

    Parameters
    ----------
    key : draws the hidden cases, others for each student, each version of a notebook and each attempt.
    student : whose it is; any name that tells students apart.
    attempt : what tells this hand-in from another one of the same notebook.

    Raises
    ------
    NotGraded, SandboxUnavailable
        When it could not be judged, for a reason of ours. Whatever is wrong with the submission is in the result.
    """
    submission = read_submission(student, path.absolute(), assignment.name)
    try:
        result = grade_submission(submission, assignment, limits, seeds_of(key, assignment, submission, attempt))
    except SandboxUnavailable:
        raise
    except Exception as error:
        raise NotGraded(f"our mistake, not the student's: {type(error).__name__}: {error}"[:500]) from error
    if faults := [remark.text for remark in result.remarks if remark.kind == "grader"]:
        raise NotGraded(faults[0])
    return Graded(assignment, result)
