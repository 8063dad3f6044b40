"""Functions that students are handed run in the grader: its memory and time stay its own, whatever they are asked."""

import re
import resource
import time
from dataclasses import replace
from functools import partial

import pytest
from arena import LIMITS as HURRIED

from autograder.catalogue import load
from autograder.check import HIDDEN, judge_all
from autograder.grading.isolation import callbacks
from autograder.grading.isolation.limits import LEVELS
from autograder.grading.isolation.sandbox import Cell, Limits, Sandbox

LIMITS = replace(HURRIED, call_seconds=20.0, function_seconds=60.0, submission_seconds=120.0)
SOAK = [pytest.param(level, marks=pytest.mark.soak) for level in LEVELS[1:]]
pytestmark = [pytest.mark.sandbox, pytest.mark.parametrize("level", [LEVELS[0], *SOAK])]

# How an answer of an exercise calls what it is handed, so that hundreds of megabytes and more would come of it.
GREEDY = {
    "residual_backward": "(dout, branch_backward):\n    return branch_backward(np.zeros((1_000_000, 1)))",
    "numeric_grad": "(f, x, h=1e-5):\n    return f(np.zeros((1_000_000, 1)))",
    "gradient_norms_by_layer": "(backprop, batches):\n    return backprop(np.zeros((1_000_000, 1, 1)), batches[0][1])",
    "passes_gradient_check": (
        "(forward, backward, z):\n    return backward(np.zeros((30_000, 1)), np.zeros((1, 30_000))).size > 0"
    ),
    "is_batchnorm": (
        "(norm):\n    column, row = np.ones((30_000, 1)), np.ones((1, 30_000))\n"
        "    return norm(column, row, row, {'mean': row, 'var': row}, True)[0].size > 0"
    ),
    "is_dropout": (
        "(layer):\n    x = np.ones((30_000, 1))\n"
        "    return layer(x, np.full((1, 30_000), 0.5), True, np.random.default_rng(1))[0].size > 0"
    ),
    "is_glorot_normal": "(initializer, seed):\n    return initializer(np.random.default_rng(1), 10**6, 10**5).size > 0",
    "train_classifier": "(next_batch, n_batches, n_features, n_classes, seed):\n    return next_batch(10**10)",
}
HONEST = Cell("sigmoid", "import numpy as np\ndef sigmoid(z):\n    return np.exp(-np.logaddexp(0.0, -z))")


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def judged(box: Sandbox, name: str):
    return judge_all(load(name), partial(box.run_all, name), HIDDEN)


@pytest.fixture
def box_with(level):
    boxes = []

    def make(name: str, source: str, limits: Limits = LIMITS) -> Sandbox:
        box = Sandbox(replace(limits, levels=(level,)))
        boxes.append(box)
        box.load([HONEST, Cell(name, f"def {name}{source}")])
        return box

    yield make
    for box in boxes:
        box.close()


@pytest.mark.parametrize("name", GREEDY)
def test_arguments_that_are_not_documented_are_refused(name, level, box_with):
    box = box_with(name, GREEDY[name])
    before = judged(box, "sigmoid")
    at_first = peak()
    report = judged(box, name)
    assert report.verdict == "error" and report.score == 0, str(report)
    assert re.search(r"takes|at most", next(case.explanation for case in report.cases if case.explanation))
    assert peak() - at_first < 300 << 20
    assert before.passed and judged(box, "sigmoid").passed


# An instructor's exercise may not say what its function takes.
HOARDERS = {
    "a broadcast": "np.zeros((60_000, 1)), np.zeros((1, 60_000))",
    "a number": "60_000, 1.0",
}


@pytest.mark.parametrize("arguments", HOARDERS.values(), ids=HOARDERS)
def test_a_function_gets_no_more_memory_than_the_grader_has_set_aside(arguments, level, box_with):
    box = box_with("attack", f"(f):\n    try: return f({arguments})\n    except MemoryError as e: return 'held'")
    before = peak()
    outer = box.run("attack", {"f": lambda x, y: (x + y).sum() if hasattr(x, "shape") else [0.0] * x**2})
    assert outer.value == "held", outer
    assert peak() - before < callbacks.MEMORY_BYTES + (100 << 20)
    assert judged(box, "sigmoid").passed
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def count_to(n):
    i = 0
    while i < n:
        i += 1
    return i


def test_a_function_gets_no_more_time_than_the_call_has(level, box_with):
    box = box_with("attack", "(f):\n    return f(10**12)", replace(LIMITS, call_seconds=1.0))
    began = time.monotonic()
    assert box.run("attack", {"f": count_to}).status in ("timeout", "raised")
    assert time.monotonic() - began < 20
    assert judged(box, "sigmoid").passed


def test_a_function_is_called_no_more_often_than_is_allowed(level, box_with):
    box = box_with("attack", "(f):\n    while True: f()", replace(LIMITS, callbacks=100))
    assert box.run("attack", {"f": lambda: 1}).status == "timeout"
    assert judged(box, "sigmoid").passed


FORGED = {
    "no such function": "{'status': 'callback', 'number': 7, 'arguments': []}",
    "a list as its number": "{'status': 'callback', 'number': [0], 'arguments': []}",
    "no arguments": "{'status': 'callback', 'number': 0}",
    "text as arguments": "{'status': 'callback', 'number': 0, 'arguments': 'abc'}",
}


@pytest.mark.parametrize("question", FORGED.values(), ids=FORGED)
def test_a_forged_question_gets_an_error(question, level, box_with):
    find = "next(o for o in __import__('gc').get_objects() if type(o).__name__ == 'Channel')"
    source = f"(f):\n    channel = {find}\n    channel.send({question})\n    return channel.receive()"
    box = box_with("attack", source)
    assert box.run("attack", {"f": abs}).value["error"] in ("KeyError", "TypeError")
    assert judged(box, "sigmoid").passed
