"""Exercises on augmentation: no right answer is refused by chance, nothing that is returned stops a judge, and what a
judge says of windows and partners is true."""

import numpy as np
import pytest
from thrift import rest_in_soak

from autograder.call import copy_inputs
from autograder.catalogue import load
from autograder.exercise import Form
from autograder.window_judge import windows

NAMES = ("random_crop_flip", "mixup")
SEEDS = range(300)
FORMS = [
    (exercise, form) for exercise in map(load, NAMES) for form in (Form(exercise.reference), *exercise.equivalents)
]


@pytest.mark.parametrize(("exercise", "form"), rest_in_soak(FORMS), ids=lambda value: getattr(value, "name", ""))
def test_no_right_answer_is_refused_on_300_seeds(exercise, form):
    for seed in SEEDS:
        for case in exercise.cases:
            calls = case.calls(seed)
            values = [form.function(*copy_inputs(one.inputs).values()) for one in calls]
            for one, value in zip(calls, values, strict=True):
                assert exercise.judge(one.inputs, value) is None, (seed, case.sentence, one.told)
            if exercise.judge_together:
                assert exercise.judge_together(values) is None, (seed, case.sentence)


@pytest.mark.parametrize("value", [None, 3, "images", [None, None], np.zeros(3), {"x": 1}, (np.zeros((0, 0)),) * 2])
@pytest.mark.parametrize("name", NAMES)
def test_strange_values_are_refused_without_an_exception(name, value):
    exercise = load(name)
    found = exercise.judge(exercise.cases[0].inputs(0), value).property
    assert found.split(" of ")[0] in ("type", "shape")


@pytest.mark.parametrize("number", [0.0, 1.0, -1.0, np.nan, np.inf, 1e300])
@pytest.mark.parametrize("name", NAMES)
def test_arrays_of_one_number_are_refused(name, number):
    exercise = load(name)
    for case in exercise.cases:
        inputs = case.inputs(0)
        right = exercise.reference(*copy_inputs(inputs).values())
        parts = [np.full(np.shape(part), number) for part in (right if type(right) is tuple else (right,))]
        with np.errstate(over="ignore"):  # 1e300 times itself
            assert exercise.judge(inputs, tuple(parts) if type(right) is tuple else parts[0]) is not None


def test_windows_are_slices_of_the_padded_image_and_their_mirror_images():
    images, pad = np.random.default_rng(0).normal(size=(2, 3, 4, 5)), 2
    plain, mirrored = windows(images, pad)
    padded = np.zeros((2, 3, 8, 9))
    padded[:, :, 2:6, 2:7] = images
    for row in range(5):
        for column in range(5):
            window = padded[:, :, row : row + 4, column : column + 5]
            np.testing.assert_array_equal(plain[:, row, column], window)
            np.testing.assert_array_equal(mirrored[:, row, column], window[..., ::-1])


def test_a_single_image_that_is_cut_elsewhere_is_found():
    exercise = load("random_crop_flip")
    inputs = exercise.cases[0].inputs(0)
    value = exercise.reference(*copy_inputs(inputs).values())
    value[17, 0, 1, 1] += 0.5
    assert exercise.judge(inputs, value).property == "windows: none"


@pytest.mark.parametrize("lam", [0.2, 0.75])
def test_a_single_label_of_another_partner_is_found(lam):
    exercise = load("mixup")
    inputs = exercise.cases[0].inputs(0) | {"lam": lam}
    mixed_x, mixed_y = exercise.reference(*copy_inputs(inputs).values())
    mixed_y[4] = np.roll(mixed_y[4], 1)
    assert exercise.judge(inputs, (mixed_x, mixed_y)).property.startswith("y: ")
