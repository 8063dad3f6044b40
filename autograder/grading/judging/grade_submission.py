"""Grade one submission: restore it, run it in a sandbox, judge every exercise outside."""

import sys
import time
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from autograder.call import Outcome
from autograder.check import HIDDEN, VISIBLE, defer_to, judge_all, report_on, visible_line
from autograder.exercise import Exercise, Inputs
from autograder.grading.isolation.bubblewrap import is_shown
from autograder.grading.isolation.memory import room_for
from autograder.grading.isolation.sandbox import Cell, Files, Limits, Sandbox, SandboxUnavailable
from autograder.grading.judging.as_it_stands import KIND as AS_IT_STANDS
from autograder.grading.judging.as_it_stands import judge_as_it_stands
from autograder.grading.judging.cells_to_run import cells_as_they_stand, cells_to_run, is_another_run
from autograder.grading.judging.disclosure import library_name
from autograder.grading.judging.follow_through import KIND as FOLLOWED
from autograder.grading.judging.follow_through import StandIns, follow_through
from autograder.grading.judging.kept import kept_within, limits_reached
from autograder.grading.judging.mentions import mentioned_by, of_several_definitions
from autograder.grading.judging.public_cases import in_need_of_words, public_limits, with_causes
from autograder.grading.judging.testcells import run_tests
from autograder.grading.submissions.assignment import Assignment, grade_id, is_solution
from autograder.grading.submissions.own_cells import OwnCell
from autograder.grading.submissions.restore import Remark, Restored, restore
from autograder.grading.submissions.submission import Submission
from autograder.probes import Probes
from autograder.report import Report

JUDGING_BYTES = 2 << 30  # that the grader may need more for one submission: a tenth of it is usual


@dataclass(frozen=True)
class Result:
    """What came of one submission.

    ``reports`` by grade_id of the check cell; empty when there was nothing to grade, which ``remarks`` explain.
    ``answers`` are the solution cells as graded, ``blank`` those that were left as released.
    ``level`` names the sandbox that was used. ``seconds`` is of the wall clock. ``judged`` are the reports that were
    made in this grading; the others were known. Who records it adds an ``id`` and the ``basis``, which is what it
    rests on (see ``fingerprints``). ``own`` are the cells that the student added. ``public`` are the reports of the
    public cases, by grade_id, from which a student is told what is wrong (see ``disclosure``).
    """

    student: str
    reports: dict[str, Report]
    remarks: tuple[Remark, ...]
    answers: dict[str, str]
    blank: tuple[str, ...]
    level: str
    seconds: float
    judged: tuple[str, ...] = ()
    id: str = ""
    basis: dict[str, str] = field(default_factory=dict)
    own: tuple[OwnCell, ...] = ()
    public: dict[str, Report] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return sum(report.score for report in self.reports.values())


def grade_submission(
    submission: Submission,
    assignment: Assignment,
    limits: Limits | None = None,
    seeds: Mapping[str, int] | None = None,
    known: Result | None = None,
    keep: Collection[str] = (),
) -> Result:
    """Grade one submission. Nothing in it makes this raise; only a missing sandbox or our own fault does.

    Parameters
    ----------
    seeds : draw the hidden cases, by grade_id; by default the one of the notebook's own hidden tests.
    known, keep : an earlier result of the same submission, and the grade_ids whose reports are taken from it.
    """
    began = time.monotonic()
    limits = limits or Limits()
    remarks = [Remark("file", text) for text in submission.remarks]
    unread = Restored(None, (_refusal(submission),))
    restored = unread if submission.problem else restore(assignment, submission.data)
    remarks += restored.remarks
    if restored.notebook is None:
        return Result(submission.student, {}, tuple(remarks), {}, (), "", time.monotonic() - began)

    answers = {grade_id(cell): cell.source for cell in restored.notebook.cells if is_solution(cell)}
    cells, as_it_stands = cells_to_run(restored), cells_as_they_stand(restored)
    files = submission.loaded().files
    exercises = {check: e for check, e in assignment.exercises().items() if check not in keep}
    reports = {name: known.reports[name] for name in keep}
    public = {name: known.public[name] for name in keep if name in known.public}
    level = known.level if known else ""

    def judge_again(
        checks: Collection[str], others: list[Cell], stand_ins: StandIns | None = None
    ) -> dict[str, Report]:
        chosen, few = {check: exercises[check] for check in checks}, public_limits(limits)
        return _judge_exercises(chosen, others, few, seeds or {}, files, stand_ins)[0]

    if exercises:
        _keep_from_boxes(assignment)
        judged, borrowed, level = _judge_exercises(exercises, cells, limits, seeds or {}, files)
        judged = {check: of_several_definitions(report, answers) for check, report in judged.items()}
        better = judge_as_it_stands(restored, judged, judge_again)
        remarks += better.remarks
        told, named = _judge_public(exercises, judged, cells, limits, files)
        if better.reports:
            told |= _judge_public(exercises, better.reports, as_it_stands, limits, files)[0]
            judged |= better.reports
            told = {check: report for check, report in told.items() if not judged[check].passed or report.passed}
        public |= told
        reports |= with_causes(judged, told)
        sources = [cell.source for cell in cells]
        remarks += [_borrowed_remark(name, library_name(named.get(name, ""), sources)) for name in borrowed]
    if known:
        untouched = {known.reports[name].exercise for name in keep}
        kept = [remark for remark in known.remarks if remark.kind in ("reference", FOLLOWED, AS_IT_STANDS)]
        remarks += [remark for remark in kept if remark.text.split()[0] in untouched]
    if limits.follow_through and exercises:

        def judge(check: str, stand_ins: StandIns) -> Report:
            return judge_again([check], cells, stand_ins)[check]

        barred = {remark.text.split()[0] for remark in remarks if remark.kind == "reference"}
        ordered = {check: reports[check] for check in assignment.check_ids}
        again = follow_through(assignment.exercises(), list(exercises), ordered, answers, barred, judge, limits)
        reports |= again.reports
        remarks += again.remarks
        public = {check: report for check, report in public.items() if check not in again.reports}
    reports = _with_dependencies({check: reports[check] for check in assignment.check_ids}, answers) | {
        name: report for name, report in reports.items() if name in assignment.test_ids
    }
    if any(name not in keep for name in assignment.test_ids):
        # all of them, since one may build on what another defines
        tests = run_tests(assignment, cells, limits, files)
        if not all(report.passed for report in tests.values()) and is_another_run(cells, as_it_stands):
            again = run_tests(assignment, as_it_stands, public_limits(limits), files)
            tests |= {name: report for name, report in again.items() if report.score > tests[name].score}
        reports |= tests
    remarks += limits_reached(reports)
    earned = {report.exercise for report in reports.values() if report.score > 0}
    reports, public, answers, cut = kept_within(limits.result_bytes, reports, public, answers)
    remarks += cut
    return Result(
        submission.student,
        reports,
        tuple(remarks),
        answers,
        tuple(name for name in restored.blank if name not in earned),
        level,
        time.monotonic() - began,
        tuple(name for name in reports if name not in keep),
        own=restored.own,
        public=public,
    )


def _refusal(submission: Submission) -> Remark:
    if not submission.ours:
        return Remark("refused", submission.problem)
    return Remark("grader", f"our mistake, not yours; not graded: {submission.problem}. Mend that, and grade again")


def _keep_from_boxes(assignment: Assignment):
    shown = [file for files in assignment.files().values() for file in files if is_shown(file)]
    if shown:
        raise SandboxUnavailable(f"students' code could read the exercise {shown[0]}: move it out of that folder")


def _judge_exercises(
    exercises: dict[str, Exercise],
    cells: list[Cell],
    limits: Limits,
    seeds: Mapping[str, int],
    files: Files,
    stand_ins: StandIns | None = None,
) -> tuple[dict[str, Report], dict[str, str], str]:
    """The reports by grade_id, what each exercise has borrowed from the reference, and the level of the sandbox."""
    borrowed: dict[str, str] = {}
    # comparing a student's overflowed values may warn, which is nothing that the instructor needs to see
    quiet, limits = warnings.catch_warnings(action="ignore"), limits.with_those_of(exercises.values())
    box = Sandbox(limits, constants=public_constants(), files=files, stand_ins=stand_ins)
    with room_for(JUDGING_BYTES), box as sandbox, quiet:
        sandbox.load(cells)

        def run_all(name: str, cases: Sequence[Inputs]) -> list[Outcome]:
            outcomes = sandbox.run_all(name, cases)
            used = [outcome.message for outcome in outcomes if outcome.status == "reference_used"]
            if used:
                borrowed[name] = used[0]
            return outcomes

        reports = {}
        for check, exercise in exercises.items():
            run, seed = partial(run_all, exercise.name), seeds.get(check, HIDDEN)
            report = judge_all(exercise, run, seed, derived=seed == VISIBLE)
            reports[check] = report if seed == VISIBLE else fair_report(report, exercise)
        return reports, borrowed, sandbox.level


def _judge_public(
    exercises: dict[str, Exercise], reports: Mapping[str, Report], cells: list[Cell], limits: Limits, files: Files
) -> tuple[dict[str, Report], dict[str, str]]:
    """The reports of the public cases of those exercises about which there is something to say; what they borrow."""
    seeds = in_need_of_words(reports)
    if not seeds:
        return {}, {}
    chosen = {check: exercises[check] for check in seeds}
    told, borrowed, _ = _judge_exercises(chosen, cells, public_limits(limits), seeds, files)
    return told, borrowed


def fair_report(report: Report, exercise: Exercise) -> Report:
    """The report as it does not depend on the luck of the draw, and tells nothing of what was drawn.

    How many cases a wrong function passes may depend on the numbers. Where it does what a known misconception does, it
    is given what that earns on the published cases: the same for everybody, and what stock nbgrader gives.
    """
    if report.diagnosis and report.diagnosis.kind == "misconception":
        known = _report_of(exercise, report.diagnosis.name)
        report = replace(report, verdict=known.verdict, score=known.score, cases=known.cases)
    # The line of a hidden case would tell its numbers or its seed, and with them what a second submission is asked.
    # That of the visible case draws others, with which a wrong function fails too.
    cases = tuple(
        replace(case, reproduce=visible_line(exercise, case.number, case.call)) if case.reproduce else case
        for case in report.cases
    )
    return replace(report, cases=cases)


@cache
def _report_of(exercise: Exercise, misconception: str) -> Report:
    """What a misconception comes to on the published hidden cases."""
    form = next(form for form in exercise.misconceptions if form.name == misconception)
    probes = Probes(exercise, HIDDEN)
    return report_on(probes, probes.outcomes_of(form))


def _borrowed_remark(name: str, what: str) -> Remark:
    return Remark("reference", f"{name} calls {what or 'the reference'}, the course's own: no points")


def _with_dependencies(reports: dict[str, Report], answers: dict[str, str]) -> dict[str, Report]:
    """The reports, with those marked that fail while an answer which theirs mentions fails as well."""
    failing = {report.exercise for report in reports.values() if not report.passed}
    return {
        check: report if report.passed or report.verdict == "skipped" else _deferred(report, failing, answers)
        for check, report in reports.items()
    }


def _deferred(report: Report, failing: Collection[str], answers: Mapping[str, str]) -> Report:
    return defer_to(report, mentioned_by(report.exercise, failing, answers))


def public_constants() -> dict[str, object]:
    """The numbers and strings that the reference library publishes, such as the constants of SELU."""
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "course_lib"}
    return {
        f"{name}.{attribute}": value
        for name, module in modules.items()
        for attribute, value in vars(module).items()
        if not attribute.startswith("_") and type(value) in (bool, int, float, str)
    }
