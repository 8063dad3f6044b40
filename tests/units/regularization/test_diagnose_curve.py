"""The records of runs: far enough from every limit that rounding decides nothing, and like those of real runs."""

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.exercises.regularization.diagnose_curve import exercise
from autograder.exercises.regularization.train_on_few import _descended, _logits, _task
from autograder.logged_runs import HEALTHY, LIMITS, ORDER, STRONG, WEAK, diagnosis, record_of
from course_lib.functions.losses import softmax_xent


def records(seed):
    rng = np.random.default_rng(seed)
    for case in exercise.cases:
        for call in case.draw(rng):
            yield call.told.removeprefix("the answer is "), call.inputs["record"]


@pytest.mark.parametrize("seed", rest_in_soak(range(40), soak=10))
def test_each_record_is_diagnosed_as_what_was_planted(seed):
    found = [(told, diagnosis(record)) for told, record in records(seed)]
    assert all(told == word for told, word in found)
    assert {word for _, word in found} == {HEALTHY, *ORDER}


@pytest.mark.parametrize("seed", rest_in_soak(range(10), soak=3))
@pytest.mark.parametrize("name", [name for name in LIMITS if name != "classes"])
def test_no_record_is_so_near_a_limit_that_rounding_decides(name, seed):
    """A hundredth of the limit is a thousand times what a sum of 40 numbers in another order can change."""
    for told, record in records(seed):
        for factor in (0.995, 1.005):
            assert diagnosis(record, **{name: factor * LIMITS[name]}) == told, (told, factor)


@pytest.mark.parametrize("seed", rest_in_soak(range(10), soak=3))
def test_records_hold_what_the_lesson_says(seed):
    for _, record in records(seed):
        n_passes, n_batches = len(record["train_loss"]), len(record["batch_loss"])
        for name in ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy"):
            assert record[name].shape == (n_passes,) and n_passes >= 5
            assert record[name].min() >= 0
        assert max(record["train_accuracy"].max(), record["valid_accuracy"].max()) <= 1
        assert len(record["batch_labels"]) == n_batches
        assert set(record["batch_labels"].ravel()) <= set(range(10))
        assert record["x_train"].shape[1] == record["x_valid"].shape[1]
        assert record["evaluations"].shape == (2,)


def real_run(seed, n_passes, noisy, **setting):
    """The curves of digits that are really trained on, with right labels or with one in five wrong."""
    x, y, right, x_new, y_new = _task(seed)
    y = y if noisy else right
    run = {name: [] for name in ("train_loss", "valid_loss", "train_accuracy", "valid_accuracy")}
    for passes in np.linspace(1, n_passes, 8).astype(int):
        params = _descended(x, y, seed, passes=int(passes), **setting)
        for part, images, labels in (("train", x, y), ("valid", x_new, y_new)):
            logits = _logits(params, images)
            run[f"{part}_loss"].append(softmax_xent(logits, labels)[0])
            run[f"{part}_accuracy"].append(np.mean(logits.argmax(axis=1) == labels))
    record = record_of(np.random.default_rng(seed))
    return record | {name: np.array(curve) for name, curve in run.items()}


@pytest.mark.soak
@pytest.mark.outcome
@pytest.mark.parametrize(
    ("cause", "setting"),
    [
        (WEAK, {"rate": 0.03, "momentum": 0.9, "n_passes": 60, "noisy": True}),
        (STRONG, {"rate": 0.03, "momentum": 0.9, "n_passes": 30, "noisy": True, "l2": 0.4}),
        (HEALTHY, {"rate": 0.03, "momentum": 0.9, "n_passes": 40, "noisy": False, "l2": 0.03}),
    ],
)
def test_real_runs_get_the_diagnosis_that_their_setting_deserves(cause, setting):
    assert [diagnosis(real_run(seed, **setting)) for seed in range(8)] == 8 * [cause]
