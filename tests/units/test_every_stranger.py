"""Answers that strangers wrote from the notebook alone: every right one passes, no wrong one does, most are told why.

They stand in ``tests/units/<unit>/strangers/<exercise>_right.py`` and ``_wrong.py``; the docstring of a wrong one says
what its author did wrong.
"""

import importlib.util
import statistics
import time
from functools import lru_cache
from pathlib import Path

import pytest
from thrift import first_of_each

from autograder import check as checks
from autograder.check import HIDDEN, check
from autograder.probes import Probes

FOLDERS = sorted(Path(__file__).parent.glob("*/strangers"))
# What its author calls wrong, and the course accepts: another convention, of which the student is told.
ANOTHER_CONVENTION = {
    "batchnorm_forward__unbiased_running",
    "clip_by_global_norm__eps_in_denominator",
    "elu_backward__one_at_zero",
    "prelu_backward__dz_at_zero",
    "rel_error__eps_added",
    "rel_error__larger_of_two",
    "relu_backward__half_at_zero",
    "relu_backward__passes_at_zero",
    "weight_decay_step__decays_new_w",
}
# Four decimals of a constant are enough; the arrays that backprop returns belong to whoever has called it; 12.0 is 12;
# digits of a run are all different.
FINE = {
    "selu__four_decimals",
    "gradient_norms_by_layer__sums_in_place",
    "fans__floats",
    "diagnose_curve__counts_pairs",
}
ACCEPTED = ANOTHER_CONVENTION | FINE
LEAST_SHARE_NAMED = 0.85


def exercises_in(folder) -> list[str]:
    return sorted(path.name.removesuffix("_wrong.py") for path in folder.glob("*_wrong.py"))


EXERCISES = [exercise for folder in FOLDERS for exercise in exercises_in(folder)]


def answers(exercise, kind):
    """The answers to an exercise, loaded anew, since some keep values between calls."""
    (path,) = (found for folder in FOLDERS for found in folder.glob(f"{exercise}_{kind}.py"))
    spec = importlib.util.spec_from_file_location(f"strangers_{exercise}_{kind}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {n: f for n, f in list(vars(module).items()) if n.startswith(f"{exercise}__")}


@pytest.mark.parametrize("exercise", first_of_each(map(exercises_in, FOLDERS)))
def test_every_right_answer_passes(exercise):
    for name, function in answers(exercise, "right").items():
        report = check(exercise, function)
        assert report.passed, f"{name}: {report}"
        assert report.score == report.points


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
@pytest.mark.parametrize("every", [pytest.param(2, marks=pytest.mark.soak), pytest.param(1, marks=pytest.mark.seeds)])
def test_no_wrong_answer_passes_and_most_are_told_why(folder, every, capsys, monkeypatch):
    """On the seed of grading; the share and the median time are printed."""
    # what the reference and the known forms do is the same for all answers to an exercise, and takes most of the time
    monkeypatch.setattr(checks, "Probes", lru_cache(maxsize=1)(Probes))
    named, unnamed, seconds = [], [], []
    for exercise in exercises_in(folder):
        for name, function in list(answers(exercise, "wrong").items())[::every]:
            began = time.perf_counter()
            report = check(exercise, function, seed=HIDDEN)
            seconds.append(time.perf_counter() - began)
            assert report.passed == (name in ACCEPTED), f"{name}: {report}"
            told = report.diagnosis is not None and report.diagnosis.kind == "variant"
            assert told == (name in ANOTHER_CONVENTION), f"{name}: {report}"
            if not report.passed:
                (named if report.diagnosis else unnamed).append(name)
    rejected = len(named + unnamed)
    with capsys.disabled():
        print(f"\n{folder.parent.name}: {len(named)} of {rejected} wrong answers are told why", end="")
        print(f" ({len(named) / rejected:.0%}); a check takes {1000 * statistics.median(seconds):.0f} ms (median)")
        print("not told why:", *unnamed, sep="\n  ")
    assert len(named) >= LEAST_SHARE_NAMED * rejected


def test_what_is_accepted_has_been_written():
    written = {name for exercise in EXERCISES for name in answers(exercise, "wrong")}
    assert written >= ACCEPTED
