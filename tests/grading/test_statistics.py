"""The statistics are right, and the page of any class can be read."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from pages import HOSTILE, harmless

from autograder.grading.assignment import load_assignment
from autograder.grading.judging import Result
from autograder.grading.reports.class_report import verdict_changes
from autograder.grading.reports.statistics import class_statistics, discrimination
from autograder.grading.reports.statistics_page import ANONYMOUS, MAX_ROWS, Change, excerpt, statistics_page
from autograder.grading.submissions.restore import Remark
from autograder.report import Diagnosis, Report

MISTAKE = Diagnosis("forgets_it", "It is forgotten.", "misconception")


@pytest.fixture(scope="module")
def unit():
    return load_assignment("01_vanishing_gradients")


def result(unit, student, shares, remarks=(), **options):
    """A student with a share of the points in every exercise, in their order."""
    reports = {}
    for (check, exercise), share in zip(unit.exercises().items(), shares, strict=True):
        verdict = "pass" if share == 1 else "fail"
        diagnosis = None if share == 1 else MISTAKE
        reports[check] = Report(exercise.name, verdict, share * exercise.points, exercise.points, diagnosis=diagnosis)
    answers = {e.name: f"def {e.name}(x):\n    return {student!r}" for e in unit.exercises().values()}
    return Result(student, reports, remarks, **{"answers": answers, "blank": (), "level": "", "seconds": 0, **options})


def draw(unit, rng, students):
    """A class of students of different strength, in exercises of different difficulty."""
    n = len(unit.exercises())
    chances = 1 / (1 + np.exp(-rng.normal(0, 1.5, (students, 1)) - rng.normal(0, 1, n)))
    return (rng.random((students, n)) < chances).astype(float)


def test_difficulty_and_discrimination_are_those_of_the_definition(unit, rng):
    shares = draw(unit, rng, 60)
    shares[:, 0] = 1.0
    statistics = class_statistics(unit, [result(unit, f"s{i}", row) for i, row in enumerate(shares)])
    points = np.array([e.points for e in unit.exercises().values()])
    scores = shares * points
    for j, row in enumerate(statistics.exercises):
        # sums of the same numbers in another order
        assert row.difficulty == pytest.approx(shares[:, j].mean(), abs=1e-12)
        if j == 0:
            assert row.discrimination is None
            continue
        x, rest = scores[:, j], np.delete(scores, j, axis=1).sum(axis=1)
        # the point-biserial formula: means of the rest scores of those who have it right and wrong
        p = (x > 0).mean()
        expected = (rest[x > 0].mean() - rest[x == 0].mean()) / rest.std() * np.sqrt(p * (1 - p))
        assert row.discrimination == pytest.approx(expected, abs=1e-9)
    assert statistics.mean == pytest.approx(scores.sum(axis=1).mean(), abs=0.005)  # scores are rounded to cents
    assert statistics.quantile(0.5) == pytest.approx(np.median(scores.sum(axis=1)), abs=0.005)


def test_an_exercise_is_not_compared_with_itself():
    item, rest = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    assert discrimination(item, rest) == pytest.approx(-1 / 3)
    assert discrimination(item, item + rest) > 0


@pytest.mark.parametrize("students", [0, 1, 2, 4])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_small_classes_and_equal_scores_have_a_page(unit, students, share):
    class_ = [result(unit, f"s{i}", [share] * len(unit.exercises())) for i in range(students)]
    statistics = class_statistics(unit, class_)
    assert statistics.students == students
    assert all(row.discrimination is None for row in statistics.exercises)
    assert all(row.difficulty == (share if students else None) for row in statistics.exercises)
    seen = harmless(statistics_page(statistics))
    assert ("Nobody has handed in anything." in seen.text) == (students == 0)
    assert all(seen.alts)


def test_a_class_of_2000_has_a_page_of_the_same_size(unit, rng):
    shares = draw(unit, rng, 2000)
    remark = (Remark("reference", "calls the course's own"),)
    class_ = [result(unit, f"student{i}", row, remark) for i, row in enumerate(shares)]
    start = datetime(2026, 1, 1)
    times = {r.student: start + timedelta(minutes=7 * i) for i, r in enumerate(class_)}
    large = statistics_page(class_statistics(unit, class_, times, start + timedelta(days=5)))
    small = statistics_page(class_statistics(unit, class_[:200], dict(list(times.items())[:200])))
    assert len(large) < 2 * len(small)
    assert len(large) < 1_000_000
    assert f"and {2000 - MAX_ROWS} more" in harmless(large).text


def test_misconceptions_by_count_with_the_shortest_example(unit):
    n = len(unit.exercises())
    name = next(iter(unit.exercises().values())).name
    class_ = [result(unit, s, [0.0] + [1.0] * (n - 1), answers={name: s * 3}) for s in ("longest", "mid", "x")]
    class_.append(result(unit, "y", [1.0, 0.0] + [1.0] * (n - 2)))
    first, second = class_statistics(unit, class_).misconceptions
    assert (first.exercise, first.students) == (name, ("longest", "mid", "x"))
    assert (first.example_student, first.example) == ("x", "xxx")
    assert second.students == ("y",)


def test_what_students_wrote_is_escaped_and_names_are_left_out_on_request(unit):
    n = len(unit.exercises())
    answers = {e.name: HOSTILE for e in unit.exercises().values()}
    hostile = result(unit, f"eve{HOSTILE}", [0.0] * n, (Remark("tampered", HOSTILE),), answers=answers)
    statistics = class_statistics(unit, [hostile])
    seen = harmless(statistics_page(statistics))
    assert HOSTILE in seen.text
    assert "eve" in seen.text
    anonymous = harmless(statistics_page(statistics, names=False))
    assert "eve" not in anonymous.text.replace("every", "").replace("level", "")
    assert f"Example of {ANONYMOUS}" in anonymous.text


def test_whom_to_look_at(unit, rng):
    n = len(unit.exercises())
    names = [e.name for e in unit.exercises().values()]
    long = "def f(x):\n" + "".join(f"    x = x * {i} + np.sqrt(x)\n" for i in range(5)) + "    return x\n"
    strong, weak = [1.0] * n, [0.0] * n
    class_ = [result(unit, f"s{i}", strong if i % 2 else weak) for i in range(20)]
    class_ += [
        result(unit, "blank", weak, blank=tuple(names)),
        result(unit, "borrower", weak, (Remark("reference", "sigmoid calls the course's own"),)),
        Result("unread", {}, (Remark("unreadable", "the file is empty"),), {}, (), "", 0.0),
        result(unit, "copy", strong, answers=dict.fromkeys(names, long)),
        result(unit, "origin", strong, answers=dict.fromkeys(names, long.replace("x", "value"))),
        result(unit, "lucky", [1.0] + [0.0] * (n - 1)),
    ]
    slow = result(unit, "slow", weak)
    check = next(iter(slow.reports))
    slow.reports[check] = replace(slow.reports[check], verdict="timeout")
    class_.append(slow)
    found = {row.student: " ".join(row.reasons) for row in class_statistics(unit, class_).attention}
    assert set(found) == {"blank", "borrower", "unread", "copy", "origin", "lucky", "slow"}
    assert "every answer is blank" in found["blank"]
    assert "the course's own" in found["borrower"]
    assert "the file is empty" in found["unread"]
    assert "equal those of origin" in found["copy"]
    assert "equal those of copy" in found["origin"]
    assert f"more in {names[0]}" in found["lucky"]
    assert f"no answer in time: {names[0]}" in found["slow"]


def test_a_fault_of_ours_is_no_score(unit):
    n = len(unit.exercises())
    class_ = [result(unit, f"s{i}", [1.0] * n) for i in range(3)]
    check, report = next(iter(class_[0].reports.items()))
    class_[0].reports[check] = replace(report, verdict="grader_error", score=0.0)
    row = class_statistics(unit, class_).exercises[0]
    assert (row.graded, row.difficulty) == (2, 1.0)


def test_the_time_line_counts_who_is_late(unit):
    due = datetime(2026, 1, 2, 12)
    times = {f"s{i}": due + timedelta(hours=i - 3) for i in range(6)}
    statistics = class_statistics(unit, [result(unit, "s0", [1.0] * len(unit.exercises()))], times, due)
    assert statistics.late == 2
    assert "6 submissions from 2026-01-02 09:00 to 2026-01-02 14:00, 2 after the due date" in statistics_page(
        statistics
    )
    one = replace(statistics, submitted=statistics.submitted[:1], due=None)
    assert "1 submissions" in statistics_page(one)


def test_plots_are_pictures_with_text(unit, rng):
    class_ = [result(unit, f"s{i}", row) for i, row in enumerate(draw(unit, rng, 12))]
    statistics = class_statistics(unit, class_, {"s0": datetime(2026, 1, 1)})
    page = statistics_page(statistics)
    assert page == statistics_page(statistics)
    seen = harmless(page)
    assert len(seen.sources) == 3
    assert all(len(alt) > 40 for alt in seen.alts)
    for source in seen.sources:
        picture = base64.b64decode(source.partition("base64,")[2]).decode()
        assert picture.startswith("<?xml")
        assert "<script" not in picture


def test_verdict_changes_are_read_from_the_audit_log(unit):
    def record(student, verdict, assignment="a", event="verdict"):
        return {"event": event, "student": student, "cell": "c", "assignment": assignment, "verdict": verdict}

    log = [record("ada", "fail"), record("bob", "fail"), record("ada", "pass"), record("bob", "pass")]
    log += [record("ada", "pass"), record("ada", "error"), record("ada", "fail", "b"), record("ada", "x", event="y")]
    changes = verdict_changes(log, "a")
    assert changes == [Change("fail", "pass", 2), Change("pass", "error", 1)]
    page = statistics_page(class_statistics(unit, []), changes=changes)
    assert "Regrades" in page


def test_long_examples_are_cut():
    assert excerpt("a\nb\n") == "a\nb"
    assert excerpt("\n".join("x" * 3 for _ in range(100))).endswith("xxx\n...")
    assert len(excerpt("x" * 10**6)) < 3000
