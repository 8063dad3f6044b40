"""Exercises on augmentation: what a judge says of windows and partners is true."""

import numpy as np
import pytest

from autograder.call import copy_inputs
from autograder.catalogue import load
from autograder.exercises.regularization._window_judge import windows


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
