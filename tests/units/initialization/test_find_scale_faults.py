"""What is said of a layer that is wrongly named, or not found, tells how large it is beside what it gets."""

import numpy as np
import pytest

from autograder.exercises.initialization.find_scale_faults import find_scale_faults, judge


def test_the_second_example_of_the_text():
    run = {"stds": np.array([1.4, 1.9, 16.0]), "means": np.array([0.0, 11.0, 2.0])}
    assert find_scale_faults(run) == [(1, "shifted")]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ([], "not found: layer 2 (large), where z has 16 times the size of what layer 2 gets"),
        ([(1, "small"), (2, "large")], "wrongly named: layer 1 (small), where z has 0.8 times the size"),
        ([(1, "large"), (3, "shifted")], "layer 3 (shifted), of which the first comes before the one at fault"),
    ],
)
def test_a_wrong_answer_is_told_how_far_off_the_layer_is(faults, said):
    run = {"stds": np.array([1.5, 1.2, 19.2, 19.2]), "means": np.zeros(4)}
    assert said in judge({"run": run}, faults).sentence
