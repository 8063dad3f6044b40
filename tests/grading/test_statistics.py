"""The statistics are right, and the page of any class can be read."""

import base64
import re
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
import scipy.stats
from lessons import TEXT, marker
from pages import HOSTILE, harmless

from autograder.grading.class_report import verdict_changes
from autograder.grading.judging.grade_submission import Result
from autograder.grading.reports.statistics import class_statistics, discrimination
from autograder.grading.reports.statistics_page import ANONYMOUS, MAX_ROWS, Change, excerpt, statistics_page
from autograder.grading.submissions.assignment import load_assignment, read_assignment
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


def test_assert_cells_count_in_scores_and_maximum(tmp_path):
    test = marker(grade_id="test_why", grade=True, locked=True, points=3)
    (tmp_path / "02_asserts.py").write_text(f"{TEXT}\n{test}\nassert sigmoid(0) == 0.5\n", encoding="utf-8")
    lesson = read_assignment(tmp_path / "02_asserts.py")
    results = []
    for student, right in (("ada", 1.0), ("bob", 0.0)):
        found = result(lesson, student, [1.0] * len(lesson.exercises()))
        found.reports["test_why"] = Report("test_why", "pass" if right else "fail", 3 * right, 3.0)
        results.append(found)
    statistics = class_statistics(lesson, results)
    assert statistics.in_words == "The scores are 2 and 5 of 5 points."
    row = statistics.exercises[-1]
    assert (row.name, row.points, row.difficulty) == ("test_why", 3.0, 0.5)
    assert "of 5 points" in harmless(statistics_page(statistics)).text


def test_the_statistics_are_those_of_numpy_and_scipy_for_partial_credit_too(unit, rng):
    shares = np.round(rng.random((23, len(unit.exercises()))), 2)
    statistics = class_statistics(unit, [result(unit, f"s{i}", row) for i, row in enumerate(shares)])
    scores = shares * np.array([e.points for e in unit.exercises().values()])
    correlations = np.corrcoef(np.concatenate([scores.T, [scores.sum(axis=1)]]))
    deviations, total = scores.std(axis=0), scores.sum(axis=1).std()
    for j, row in enumerate(statistics.exercises):
        # sums of the same numbers in another order
        assert row.discrimination == pytest.approx(
            scipy.stats.pearsonr(scores[:, j], scores.sum(axis=1) - scores[:, j]).statistic, abs=1e-12
        )
        # Henrysson's correction of the item-total correlation, which needs no rest score
        r, s = correlations[j, -1], deviations[j]
        corrected = (r * total - s) / np.sqrt(total**2 + s**2 - 2 * r * s * total)
        assert row.discrimination == pytest.approx(corrected, abs=1e-9)
    whole = np.round(scores.sum(axis=1), 2)  # scores are kept to the cent
    assert statistics.deviation == pytest.approx(np.sqrt(scipy.stats.moment(whole, 2)), rel=1e-12)
    assert statistics.quantile(0.25) == pytest.approx(scipy.stats.mstats.mquantiles(whole, 0.25, 1, 1)[0], rel=1e-12)


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([], "Nobody has submitted anything."),
        ([1.0], "The one student got {all:g} of {all:g} points."),
        ([0.5, 0.5, 0.5], "All 3 students got {half:g} of {all:g} points."),
        ([0.5] * 9, "All 9 students got {half:g} of {all:g} points."),
        ([1.0, 0.0], "The scores are 0 and {all:g} of {all:g} points."),
        ([1.0, 0.0, 0.5], "The scores are 0, {half:g} and {all:g} of {all:g} points."),
    ],
)
def test_small_classes_and_equal_scores_get_clear_words(unit, scores, said):
    class_ = [result(unit, f"s{i}", [share] * len(unit.exercises())) for i, share in enumerate(scores)]
    statistics = class_statistics(unit, class_)
    said = said.format(all=unit.points, half=unit.points / 2)
    assert statistics.in_words == said
    page = statistics_page(statistics)
    seen = harmless(page)
    assert said in seen.text
    assert not re.search(r"\b(nan|inf|None)\b", seen.text)
    no_discrimination = "No discrimination: that takes 5 students with different scores." in seen.text
    assert no_discrimination == bool(scores)
    assert len(seen.sources) == (len(set(scores)) > 1) + bool(scores)  # equal scores need no histogram


def test_weak_exercises_are_marked_and_named(unit, rng):
    shares = draw(unit, rng, 40)
    shares[:, 3] = 1.0 - (shares.sum(axis=1) > np.median(shares.sum(axis=1)))  # the weaker half has it right
    statistics = class_statistics(unit, [result(unit, f"s{i}", row) for i, row in enumerate(shares)])
    name = list(unit.exercises().values())[3].name
    assert statistics.exercises[3].discrimination < 0
    seen = harmless(statistics_page(statistics))
    assert name in [row.name for row in statistics.exercises if row.doubtful]
    hardest_first = sorted((e for e in statistics.exercises if e.doubtful), key=lambda e: e.difficulty)
    assert sum(f"below 0.2 in {', '.join(e.name for e in hardest_first)}." in alt for alt in seen.alts) == 1
    assert seen.text.count(f"{statistics.exercises[3].discrimination:.2f} !") == 1


def test_who_has_not_handed_in_is_named(unit):
    class_ = [result(unit, "ada", [1.0] * len(unit.exercises()))]
    statistics = class_statistics(unit, class_, missing=["bob", "eve"])
    seen = harmless(statistics_page(statistics))
    assert "2 of the gradebook's students have not submitted anything" in seen.text
    assert "bob, eve" in seen.text
    assert "bob" not in statistics_page(statistics, names=False)
    assert "2 of the gradebook's students" in statistics_page(statistics, names=False)


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
    assert ("Nobody has submitted anything." in seen.text) == (students == 0)
    assert all(seen.alts)


@pytest.mark.soak
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
    strong, weak = [1.0] * n, [0.0] * (n - 1) + [1.0]
    class_ = [result(unit, f"s{i}", strong if i % 2 else weak) for i in range(20)]
    class_ += [
        result(unit, "blank", weak, blank=tuple(names)),
        result(unit, "borrower", weak, (Remark("reference", "sigmoid calls the course's own"),)),
        Result("unread", {}, (Remark("unreadable", "the file is empty"),), {}, (), "", 0.0),
        result(unit, "copy", strong, answers=dict.fromkeys(names, long)),
        result(unit, "origin", strong, answers=dict.fromkeys(names, long.replace("x", "value"))),
        result(unit, "lucky", [1.0, *weak[1:]]),
        result(unit, "stuck", [0.0] * n),
    ]
    slow = result(unit, "slow", weak)
    check = next(iter(slow.reports))
    slow.reports[check] = replace(slow.reports[check], verdict="timeout")
    class_.append(slow)
    found = {row.student: " ".join(row.reasons) for row in class_statistics(unit, class_).second_looks}
    # the most urgent first
    assert list(found) == ["unread", "borrower", "copy", "origin", "blank", "stuck", "slow", "lucky"]
    assert f"answered {n} exercises, and none of them passes" in found["stuck"]
    assert "every answer is blank" in found["blank"]
    assert "the course's own" in found["borrower"]
    assert "the file is empty" in found["unread"]
    assert "are the same as those of origin" in found["copy"]
    assert "are the same as those of copy" in found["origin"]
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
    assert "There was one submission, 2026-01-02 09:00 (UTC)." in statistics_page(one)


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
