"""An answer that fails because it calls another that fails is tried again with a right one in that one's place.

What is right is the lesson's own solution, and it is never where a student's code could read it: it runs in a box of
its own, and in the student's box stands a function that asks the grader for each value, as for functions among
arguments. Whatever arguments a student sends, nothing is computed with them in the grader.

Only answers that stand earlier in the notebook are replaced, so that no two answers can earn points by calling each
other; the failing one keeps its own score, and an answer that uses the course's library is never part of this.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.box.wire import error_of
from autograder.check import defer_to
from autograder.exercise import Exercise
from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox
from autograder.grading.judging.mentions import called_by
from autograder.grading.submissions.restore import Remark
from autograder.report import Report
from autograder.solutions import solution_of, text_of_solutions

KIND = "followed_through"  # of the remark that says so
OWN_FAULT = ("fail", "error", "timeout")  # verdicts that may be another's fault

StandIns = Mapping[str, Callable]


@dataclass(frozen=True)
class Again:
    """``reports`` are those that change, by grade_id; ``remarks`` say of each why."""

    reports: dict[str, Report]
    remarks: list[Remark]


@dataclass
class StandIn:
    """The lesson's solution of an exercise, in a box in which no student's code is; ``called`` once it was asked."""

    name: str
    names: tuple[str, ...]
    box: Sandbox
    called: bool = False

    def __call__(self, *arguments):
        self.called = True
        if len(arguments) > len(self.names):
            raise TypeError(f"{self.name} takes {len(self.names)} arguments, got {len(arguments)}")
        try:
            outcome = self.box.run(self.name, dict(zip(self.names, arguments, strict=False)))
        except BaseException:  # perhaps in the middle of a message: the next call starts another box
            self.box.close()
            raise
        if outcome.status == "returned":
            return outcome.value
        raise error_of(outcome.error, outcome.message)


def follow_through(
    exercises: Mapping[str, Exercise],
    judged: Collection[str],
    reports: Mapping[str, Report],
    answers: Mapping[str, str],
    barred: Collection[str],
    judge: Callable[[str, StandIns], Report],
    limits: Limits,
) -> Again:
    """Judge those answers again that may fail through the fault of others.

    Parameters
    ----------
    exercises, judged : those of the notebook, by the grade_id of their check, and which are judged in this run.
    reports : of all exercises of the notebook, in its order, whether judged in this run or known.
    answers : the sources of the answers, by the exercise's name.
    barred : the exercises whose answers have used the course's own library.
    judge : judges the answer of that check with functions in the place of others, by name.
    limits : of the box in which the solutions run.
    """
    again, began, box = Again({}, []), time.monotonic(), Sandbox(limits)
    units = dict.fromkeys(exercise.unit for exercise in exercises.values() if solution_of(exercise))
    with box:
        for check in judged:
            name = exercises[check].name
            names = _at_fault(name, reports, answers, barred) if _may_be_anothers(reports[check]) else []
            known = [exercise for exercise in exercises.values() if exercise.name in names and solution_of(exercise)]
            if not known or name in barred or time.monotonic() - began > limits.submission_seconds:
                continue
            if not box.results:
                box.load([Cell("solutions", text_of_solutions(unit)) for unit in units])
            stand_ins = {one.name: StandIn(one.name, one.parameters, box) for one in known}
            report = judge(check, stand_ins)
            called = [name for name, one in stand_ins.items() if one.called]
            if called and report.score > reports[check].score:  # else only luck has changed
                again.reports[check] = report if report.passed else _deferred(report, called)
                again.remarks.append(_remark(report, called))
    return again


def leaning(remarks: Sequence[Remark]) -> set[str]:
    """The exercises whose reports these remarks say to rest on a right answer in the place of another."""
    return {remark.text.split()[0] for remark in remarks if remark.kind == KIND}


def _may_be_anothers(report: Report) -> bool:
    return report.verdict in OWN_FAULT and bool(report.cases)


def _at_fault(name: str, reports: Mapping[str, Report], answers: Mapping[str, str], barred: Collection[str]) -> list:
    """The failing exercises, earlier in the notebook, that the answer calls, also by way of others."""
    order = [report.exercise for report in reports.values()]
    failing = {report.exercise for report in reports.values() if not report.passed}
    earlier = set(order[: order.index(name)])
    called = called_by(name, order, answers)
    if barred & set(called):
        return []
    return [one for one in called if one in failing & earlier]


def _deferred(report: Report, called: list[str]) -> Report:
    headline = f"{report.exercise} calls {', '.join(called)}, which must pass first; then check again. Its points are "
    return replace(defer_to(report, called), headline=f"{headline}those that it earns with a right one in that place.")


def _remark(report: Report, called: list[str]) -> Remark:
    fails, place = ("fails", "its place") if len(called) == 1 else ("fail", "their places")
    text = f"{report.exercise} calls {' and '.join(called)}, which {fails}: with the lesson's own in {place}, it earns "
    return Remark(KIND, f"{text}{report.score:g} of {report.points:g} points")
