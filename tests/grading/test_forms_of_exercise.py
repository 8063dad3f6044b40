"""Exercises that are judged otherwise than by the reference's values, in a real box: the same as in the notebook."""

from functools import partial

import pytest
from boxes import LIMITS

from autograder.catalogue import load
from autograder.check import HIDDEN, judge_all
from autograder.grading.isolation.sandbox import Cell, Sandbox
from autograder.solutions import solutions

pytestmark = pytest.mark.sandbox

CONSTANT = {
    "passes_gradient_check": "lambda forward, backward, z: True",
    "find_fault": "lambda run: (2, 'silent')",
    "glorot_normal": "lambda rng, fan_in, fan_out: np.full((fan_in, fan_out), 0.1)",
    "is_glorot_normal": "lambda initializer, seed: True",
    "is_batchnorm": "lambda norm: True",
    "initial_weights": "lambda n, n_layers, slope, seed: [np.zeros((n, n))] * n_layers",
    "train_classifier": "lambda next_batch, n_batches, d, c, seed: {'w1': np.ones((d, 2)), 'b1': np.ones(2), "
    "'w2': np.ones((2, c)), 'b2': np.ones(c)}",
}


def report_in_box(name: str, *sources: str):
    with Sandbox(LIMITS) as sandbox:
        sandbox.load([Cell(f"cell {number}", source) for number, source in enumerate(sources)])
        return judge_all(load(name), partial(sandbox.run_all, name), HIDDEN)


@pytest.mark.parametrize("name", CONSTANT)
def test_the_lessons_solution_passes_in_a_box(name):
    _, sources = solutions(load(name).unit)
    report = report_in_box(name, "\n\n".join(["import numpy as np", *sources.values()]))
    assert report.passed, str(report)


@pytest.mark.parametrize("name", CONSTANT)
def test_a_constant_answer_earns_nothing(name):
    assert float(report_in_box(name, "import numpy as np", f"{name} = {CONSTANT[name]}")) == 0


def test_more_batches_than_the_budget_are_refused_in_a_box():
    greedy = "def train_classifier(next_batch, *_):\n    while True: next_batch()"
    report = report_in_box("train_classifier", greedy)
    assert "EOFError" in str(report)
    assert report.diagnosis.name == "asks_for_too_many_batches"


def test_a_box_learns_nothing_of_the_true_labels():
    curious = "def train_classifier(next_batch, *_):\n    return next_batch.y_new"
    assert "AttributeError" in str(report_in_box("train_classifier", curious))
